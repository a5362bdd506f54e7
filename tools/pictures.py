"""Makes the pictures of README.md and docs/movements.md from a fresh demo: python tools/pictures.py http://127.0.0.1:8000

For docs/movements.md an organiser makes a whole movement on the pages, opens a season from it and amends its rules, so
what the document tells is also done here. A demo in which that was done before shows the movement twice.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PASSWORD = "thi-dua-2026"  # noqa: S105  # The demo prints it.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WORKER, JUDGE, ORGANISER = "0900000001", "0900000004", "0900000005"
DESK, PHONE = (1280, 800), (360, 640)
LARGEST_BYTES = 60 * 1024
VIET_NAM = timezone(timedelta(hours=7))

# --- The movement of docs/movements.md: what is typed at each step, as (place, text); «+» adds a row -----------------

TITLE = "Tiết kiệm điện, nước"
CRITERIA = (
    ("Tính mới", (("Chưa có ở đơn vị", "20"), ("Cải tiến cách đang có", "10"), ("Đã có người làm", "0"))),
    ("Mức tiết kiệm", (("Từ 10% trở lên", "30"), ("Từ 5% đến dưới 10%", "20"), ("Dưới 5%", "10"))),
    ("Dễ làm theo", (("Tổ nào cũng làm được ngay", "20"), ("Cần hướng dẫn", "10"), ("Chỉ làm được một nơi", "0"))),
    ("Giữ được lâu", (("Đã thành nền nếp", "20"), ("Làm theo đợt", "10"), ("Mới làm thử", "5"))),
    ("An toàn", (("Không sinh nguy cơ mới", "10"), ("Có nguy cơ, đã phòng ngừa", "5"), ("Còn nguy cơ", "0"))),
)
HEAD = (
    ("movement.summary", "Người lao động kể một cách dùng ít điện, ít nước hơn mà việc vẫn chạy."),
    ("movement.legal_basis[0].document", "Kế hoạch 12/KH-LĐLĐ về phong trào tiết kiệm điện, nước"),
    ("movement.legal_basis[0].mark", "V"),
)
WHO = (("movement.subjects", "initiative"), ("form.authors.~has", "on"))
QUESTIONS = (
    ("+", "form.fields"),
    ("form.fields[0].title", "Trước đây làm thế nào? Nay đổi ra sao?"),
    ("form.fields[0].kind", "longtext"),
    ("form.fields[0].required", "on"),
    ("form.fields[0].help", "Kể như nói với tổ trưởng, 3 đến 5 câu là đủ."),
    ("+", "form.fields"),
    ("form.fields[1].title", "Mỗi tháng bớt được bao nhiêu phần trăm?"),
    ("form.fields[1].kind", "number"),
    ("form.fields[1].required", "on"),
    ("form.fields[1].help", "So hóa đơn tháng trước và tháng sau khi đổi. Ví dụ: 8,5."),
    ("+", "form.fields"),
    ("form.fields[2].title", "Ảnh, hóa đơn làm minh chứng"),
    ("form.fields[2].kind", "file"),
    ("form.fields[2].help", "Chụp hai hóa đơn, hoặc ảnh nơi đã đổi."),
)
SHEET = (("sheets[0].title", "Phiếu chấm tiết kiệm"), ("sheets[0].subject", "initiative"))
BANDS_AND_GATE = (
    ("+", "sheets[0].bands"),
    ("sheets[0].bands[0].title", "Loại A"),
    ("sheets[0].bands[0].min", "80"),
    ("+", "sheets[0].bands"),
    ("sheets[0].bands[1].title", "Loại B"),
    ("sheets[0].bands[1].min", "50"),
    ("+", "sheets[0].gates"),
    ("sheets[0].gates[0].text", "Tổng điểm dưới 50"),
    ("sheets[0].gates[0].total_below", "50"),
    ("sheets[0].gates[0].effect", "fail"),
)
TIERS = tuple(
    line
    for number, (title, quota, least) in enumerate(
        (("Giải Nhất", "1", "85"), ("Giải Nhì", "2", "75"), ("Giải Khuyến khích", "5", "50"))
    )
    for line in (
        ("+", "sheets[0].tiers"),
        (f"sheets[0].tiers[{number}].title", title),
        (f"sheets[0].tiers[{number}].quota", quota),
        (f"sheets[0].tiers[{number}].min", least),
    )
)
# The list begins with one stage, in which the judges score; the others are added behind it and moved to their places.
STAGES = (
    ("stages[0].judges_min", "2"),
    ("stages[0].blind", "authors"),
    ("+", "stages"),
    ("stages[1].title", "Công đoàn cơ sở xác nhận"),
    ("stages[1].kind", "endorse"),
    ("^", "stages[1]"),
    ("+", "stages"),
    ("stages[2].title", "Ban tổ chức tiếp nhận"),
    ("stages[2].kind", "check"),
    ("^", "stages[2]"),
    ("+", "stages"),
    ("stages[3].title", "Quyết định khen thưởng"),
    ("stages[3].kind", "decide"),
)


# --- Pages ------------------------------------------------------------------------------------------------------------


def signed_in(browser: Browser, address: str, phone: str, size: tuple[int, int]) -> Page:
    """Return a page of somebody signed in through the form."""
    viewport = {"width": size[0], "height": size[1]}
    page = browser.new_context(viewport=viewport, base_url=address, locale="vi-VN").new_page()
    page.goto("/dang-nhap")
    page.fill("[name=key]", phone)
    page.fill("[name=password]", PASSWORD)
    press(page, "Đăng nhập")
    return page


def press(page: Page, name: str) -> None:
    """Press the first button of that name and wait for the page that follows."""
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def follow(page: Page, name: str) -> None:
    """Follow the first link of exactly that name."""
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_load_state()


def fill(page: Page, name: str, text: str) -> None:
    """Type, tick or choose in a box by its name, wherever it is folded away."""
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    box = page.locator(f'[name="{name}"]:not([type=hidden])')
    kind = box.first.evaluate("each => each.type")
    if kind in ("checkbox", "radio"):
        (box if text == "on" else page.locator(f'[name="{name}"][value="{text}"]')).first.check()
    elif kind == "select-one":
        box.select_option(text)
    else:
        box.fill(text)


def do(page: Page, lines: tuple[tuple[str, str], ...]) -> None:
    """Do what the lines of a step say."""
    for place, text in lines:
        if place in ("+", "^"):
            page.locator(f'button[value="{ {"+": "add", "^": "up"}[place] }:{text}"]').first.click()
            page.wait_for_load_state()
        else:
            fill(page, place, text)


def shoot(page: Page, name: str, at: str = "") -> None:
    """Take what the window shows, from the top of the page or of the element that `at` selects; keep it small."""
    if at:
        page.locator(at).first.evaluate("each => scrollTo(0, each.getBoundingClientRect().top + scrollY - 24)")
    else:
        page.evaluate("scrollTo(0, 0)")
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    for colours in (128, 64, 32, 16):
        Image.open(path).convert("RGB").quantize(colours).save(path, optimize=True)
        if path.stat().st_size <= LARGEST_BYTES:
            return


# --- README.md --------------------------------------------------------------------------------------------------------


def take_readme(browser: Browser, address: str) -> None:
    """Take a worker's phone and a judge's desk."""
    page = signed_in(browser, address, WORKER, PHONE)
    page.goto("/ho-so")
    shoot(page, "doan-vien")
    page = signed_in(browser, address, JUDGE, DESK)
    page.goto("/cham")
    if page.get_by_role("button", name="Ghi nhận và vào danh sách phiếu").count():
        press(page, "Ghi nhận và vào danh sách phiếu")
    page.locator("a", has_text="Chấm tiếp").first.click()
    page.wait_for_load_state()
    shoot(page, "giam-khao")


# --- docs/movements.md ------------------------------------------------------------------------------------------------


def take_movement(browser: Browser, address: str) -> None:
    """Make a movement, open a season from it, amend its rules; take a picture at each turn."""
    page = signed_in(browser, address, ORGANISER, DESK)
    page.goto("/phong-trao-cua-toi")
    follow(page, "Lập phong trào mới")
    fill(page, "title", TITLE)
    shoot(page, "phong-trao-tao-moi")
    press(page, "Lưu và tiếp tục")
    home = page.url.partition("/buoc/")[0]
    _write(page, home, browser, address)
    _take_files(page, home)
    page.goto(f"{home}/xem-thu?muc=phieu")
    shoot(page, "phong-trao-xem-thu")
    _put_to_use(page, home)
    season = _open_season(page)
    _amend(page, home, season)
    page.goto("/phong-trao-cua-toi")
    shoot(page, "phong-trao-danh-sach")


def _write(page: Page, home: str, browser: Browser, address: str) -> None:
    _on_phone(browser, address, home, "phong-trao-con-viec")
    do(page, HEAD)
    press(page, "Lưu và tiếp tục")
    do(page, WHO)
    press(page, "Lưu và tiếp tục")
    do(page, QUESTIONS)
    press(page, "Lưu và tiếp tục")
    do(page, SHEET)
    for number, (title, levels) in enumerate(CRITERIA):
        place = f"sheets[0].criteria[{number}]"
        do(page, (("+", "sheets[0].criteria"), (f"{place}.title", title), (f"{place}.~kind", "levels")))
        press(page, "Lưu bản nháp")
        for position, (level, points) in enumerate(levels):
            row = f"{place}.levels[{position}]"
            do(page, (("+", f"{place}.levels"), (f"{row}.title", level), (f"{row}.points", points)))
        press(page, "Lưu bản nháp")
        if number == 0:
            shoot(page, "phong-trao-tieu-chi", at="#sheets-0-criteria-title")
    press(page, "Lưu và tiếp tục")
    press(page, "Lưu và tiếp tục")
    do(page, BANDS_AND_GATE)
    press(page, "Lưu và tiếp tục")
    do(page, TIERS)
    press(page, "Lưu và tiếp tục")
    do(page, STAGES)
    press(page, "Lưu và tiếp tục")


def _on_phone(browser: Browser, address: str, home: str, name: str) -> None:
    page = signed_in(browser, address, ORGANISER, PHONE)
    page.goto(home)
    shoot(page, name, at="#con-viec")
    page.context.close()


def _take_files(page: Page, home: str) -> None:
    """Paste the same score sheet from Excel; it is shown, and not taken."""
    rows = ["TT\tTiêu chí\tMức\tĐiểm"]
    for number, (title, levels) in enumerate(CRITERIA, start=1):
        for position, (level, points) in enumerate(levels):
            rows.append(f"{'' if position else number}\t{'' if position else title}\t{level}\t{points}")
    page.goto(f"{home}/tep")
    page.locator("textarea[name$=pasted]").fill("\n".join(rows))
    press(page, "Xem trước phiếu")
    shoot(page, "phong-trao-dan-phieu")


def _put_to_use(page: Page, home: str) -> None:
    page.goto(f"{home}/kiem-tra")
    press(page, "Kiểm tra")
    follow(page, "Đưa vào dùng")
    shoot(page, "phong-trao-dua-vao-dung")
    press(page, "Đưa vào dùng")


def _open_season(page: Page) -> str:
    """Open a season from the movement; return its address."""
    page.goto("/dot-xet/moi")
    page.get_by_label(TITLE, exact=False).first.check()
    press(page, "Lưu và tiếp tục")
    fill(page, "legal_document", "Kế hoạch 12/KH-LĐLĐ về phong trào tiết kiệm điện, nước")
    season = page.url.rpartition("/")[0]
    press(page, "Lưu và tiếp tục")
    press(page, "Lưu và tiếp tục")
    for name, days in (("opens_on", 0), ("closes_on", 30), ("judging_on", 45)):
        fill(page, name, _day(days))
    press(page, "Lưu và tiếp tục")
    press(page, "Lưu và tiếp tục")
    page.goto(f"{season}/mo")
    shoot(page, "phong-trao-mo-dot")
    press(page, "Mở đợt xét")
    return season


def _day(later: int) -> str:
    return (datetime.now(VIET_NAM) + timedelta(days=later)).strftime("%d/%m/%Y")


def _amend(page: Page, home: str, season: str) -> None:
    """Give one prize more in the next version, then take that version over into the running season."""
    page.goto(f"{home}/buoc/7")
    fill(page, "sheets[0].tiers[1].quota", "3")
    press(page, "Lưu bản nháp")
    page.goto(f"{home}/kiem-tra")
    press(page, "Kiểm tra")
    follow(page, "Đưa vào dùng")
    press(page, "Đưa vào dùng")
    page.goto(f"{season}/sua-doi")
    fill(page, "movement", "moi")
    fill(page, "decision_number", "15/QĐ-LĐLĐ")
    fill(page, "decided_on", _day(0))
    fill(page, "reason", "Nhiều đơn vị dự xét hơn dự kiến")
    page.locator("[name=scope]").first.check()
    press(page, "Xem mọi khác biệt")
    shoot(page, "phong-trao-sua-doi")


PARTS: dict[str, Callable[[Browser, str], None]] = {"readme": take_readme, "phong-trao": take_movement}


def main(address: str, *names: str) -> None:
    """Take the named parts, all without a name."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for name in names or tuple(PARTS):
            PARTS[name](browser, address)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
