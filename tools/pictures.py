"""Makes the pictures of README.md from a running demo: python tools/pictures.py http://127.0.0.1:8000"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PASSWORD = "thi-dua-2026"  # noqa: S105  # The demo prints it.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def signed_in(browser: Browser, address: str, phone: str, width: int, height: int) -> Page:
    """Return a page of somebody signed in through the form."""
    page = browser.new_context(viewport={"width": width, "height": height}, base_url=address).new_page()
    page.goto("/dang-nhap")
    page.fill("[name=key]", phone)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_load_state()
    return page


def shrink(path: Path) -> None:
    """Keep a picture small: 128 colours are enough for pages."""
    Image.open(path).convert("RGB").quantize(128).save(path, optimize=True)


def main(address: str) -> None:
    """Take a worker's phone and a judge's desk."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = signed_in(browser, address, "0900000001", 360, 640)
        page.goto("/ho-so")
        page.screenshot(path=FOLDER / "doan-vien.png")
        page = signed_in(browser, address, "0900000004", 1280, 800)
        page.goto("/cham")
        once = page.get_by_role("button", name="Ghi nhận và vào danh sách phiếu")
        if once.count():
            once.click()
            page.wait_for_load_state()
        page.locator("a", has_text="Chấm tiếp").first.click()
        page.wait_for_load_state()
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=FOLDER / "giam-khao.png")
        browser.close()
    for name in ("doan-vien.png", "giam-khao.png"):
        shrink(FOLDER / name)


if __name__ == "__main__":
    main(sys.argv[1])
