"""The same browser as `tests.journeys.browser`, but real: a Chromium of one person, with JavaScript or without.

A page is read as it stands on the screen; links, boxes and buttons are pressed where a finger would press them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Browser as Program
from playwright.sync_api import ConsoleMessage, FilePayload, Locator, Response, ViewportSize

from tests import pages
from tests.journeys.browser import Browser, Page, Upload

PHONE: ViewportSize = {"width": 360, "height": 640}
DESK: ViewportSize = {"width": 1280, "height": 800}
# How far the page, or on a phone a table in it, is wider than the place it has.
TOO_WIDE = """phone => [document.documentElement, ...document.querySelectorAll(phone ? ".table-scroll" : "_")]
    .map(part => part.scrollWidth - part.clientWidth).reduce((most, each) => Math.max(most, each), 0)"""
PATIENCE = 15_000  # Milliseconds until a thing that cannot be pressed is a fault.


class Chromium(Browser):
    """One person at a phone or at a desk."""

    def __init__(self, program: Program, address: str, *, wide: bool, script: bool) -> None:
        super().__init__(address)
        self.script = script
        context = program.new_context(
            viewport=DESK if wide else PHONE, java_script_enabled=script, base_url=address,
            locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        self.tab = context.new_page()
        self.tab.on("console", self._said)
        self.tab.on("pageerror", lambda error: self.faults.append(f"{self.tab.url}: {error}"))
        self.tab.on("dialog", lambda asked: asked.accept())

    def get(self, url: str) -> Page:
        """Open an address: a link of a page, or a path that a person may type."""
        return self._shown(self.tab.goto(urljoin(self.address, url)))

    def follow(self, page: Page, text: str) -> Page:
        """Press a link."""
        link = self._link(page, text)
        with self.tab.expect_navigation() as arriving:
            link.click()
        return self._shown(arriving.value)

    def download(self, page: Page, text: str) -> bytes:
        """Press a link that hands over a file."""
        link = self._link(page, text)
        with self.tab.expect_download() as arriving:
            link.click()
        return Path(arriving.value.path()).read_bytes()

    def send(self, page: Page, button: str = "", *, action: str = "", **typed: Any) -> Page:
        """Fill in the boxes of the page's own form and press its button."""
        self._still_on(page)
        number = pages.forms(page).index(page.form(button, action))  # type: ignore[arg-type]
        form = self.tab.locator("form").nth(number)
        for name, value in typed.items():
            self._fill_in(form, name, value)
        pressed = form.locator("button", has_text=re.compile(re.escape(button))).first
        self._uncover(pressed)
        with self.tab.expect_navigation() as arriving:
            pressed.click()
        return self._shown(arriving.value)

    def close(self) -> None:
        """Put the device away."""
        self.tab.context.close()

    def _link(self, page: Page, text: str) -> Locator:
        """Return the first link that reads `text` and can be seen, or could be once what folds it away is open."""
        self._still_on(page)
        links = self.tab.locator("a[href]", has_text=re.compile(re.escape(text)))
        seen = links.locator("visible=true")
        found = (seen if seen.count() else links).first
        self._uncover(found)
        return found

    def _fill_in(self, form: Locator, name: str, value: Any) -> None:
        boxes = form.locator(f'[name="{name}"]:not([type=hidden])')
        first = boxes.first
        kind = first.get_attribute("type") or first.evaluate("box => box.localName")
        self._uncover(first)
        if kind == "file":
            self._attach(first, value)
        elif kind == "checkbox":
            wanted = {str(one) for one in (value if isinstance(value, list) else [value])}
            for box in boxes.all():
                box.set_checked(box.get_attribute("value") in wanted)
        elif kind == "radio":
            form.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "select":
            first.select_option(str(value))
        else:
            first.fill(str(value))

    def _attach(self, box: Locator, files: list[Upload]) -> None:
        """Choose files; with JavaScript each goes at once, and its row says when it has arrived."""
        rows = self.tab.locator("[data-files] .file-row")
        before = rows.count()
        box.set_input_files([FilePayload(name=one.name, mimeType=one.kind, buffer=one.data) for one in files])
        if self.script:
            rows.nth(before + len(files) - 1).wait_for()
            self.tab.locator("[data-files] progress").first.wait_for(state="detached")

    def _uncover(self, found: Locator) -> None:
        """Open what is folded above a thing, from outside in."""
        closed = found.locator("xpath=ancestor::details[not(@open)]")
        while closed.count():
            closed.first.locator("xpath=./summary").click()

    def _still_on(self, page: Page) -> None:
        assert self.tab.url == page.url, f"on the screen is {self.tab.url}, not {page.url}"

    def _shown(self, response: Response | None) -> Page:
        """Read the page on the screen; neither it nor, on a phone, a table may need scrolling sideways."""
        self.loads += 1
        assert response is not None, self.tab.url
        wide = self.tab.evaluate(TOO_WIDE, self.tab.viewport_size == PHONE)
        if wide > 0:
            self.faults.append(f"{self.tab.url}: {wide} px wider than the screen")
        kind = response.headers.get("content-type", "")
        return Page(response.status, self.tab.url, kind, self.tab.content().encode())

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{self.tab.url}: {message.text}")
