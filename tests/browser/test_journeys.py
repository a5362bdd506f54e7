"""The main acts in a real browser on a phone's screen, once with JavaScript and once without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, Route

from core.awards.models import Citation
from core.demo.province import PASSWORD
from core.entries.models import Attachment, Entry
from core.extensions import db
from tests.nets import world
from tests.nets.server import running

TITLE = "Giá kê bao búp chè tại đầu nương"


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[Flask, str]]:
    """A world of one's own: what is filed and sealed here must not change the pages that others look at."""
    with world.copied() as app, running(app, threads=4) as port:
        yield app, f"http://127.0.0.1:{port}"


class Phone:
    """Somebody's phone: counts taps and page loads."""

    def __init__(self, browser: Browser, address: str, number: str, *, script: bool) -> None:
        self.page: Page = browser.new_context(
            viewport={"width": 360, "height": 640}, java_script_enabled=script, base_url=address, locale="vi-VN",
        ).new_page()  # fmt: skip
        self.taps = self.loads = 0
        self.page.on("framenavigated", self._loaded)
        if number:
            self.page.goto("/dang-nhap")
            self.page.fill("[name=key]", number)
            self.page.fill("[name=password]", PASSWORD)
            self.press("Đăng nhập")

    def _loaded(self, _frame: object) -> None:
        self.loads += 1

    def press(self, text: str) -> None:
        """Tap a button or link by its words, and wait for what comes."""
        found = self.page.locator("main").get_by_role("button", name=text).or_(
            self.page.locator("main").get_by_role("link", name=text)
        )  # fmt: skip
        # Autosave may have one more word with the server before the form goes.
        with self.page.expect_navigation():
            found.first.click()
        self.taps += 1

    def choose(self, label: str) -> None:
        """Tap a choice by its words."""
        self.page.locator("main").get_by_label(label, exact=True).first.check()
        self.taps += 1

    def tick(self, part: str) -> None:
        """Tap the first choice of the question whose name ends in `part`."""
        self.page.locator(f"[name$='{part}']").first.check()
        self.taps += 1

    def pick(self, part: str, value: str) -> None:
        """Open a list and take one of its lines: two taps."""
        self.page.select_option(f"[name$='{part}']", value)
        self.taps += 2

    def attach(self, file: dict[str, object]) -> None:
        """Choose a photo: the button, and the photo in the phone's own window."""
        self.page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]
        self.taps += 2

    def type(self, part: str, text: str) -> None:
        """Tap a box whose name ends in `part` and type."""
        self.page.fill(f"[name$='{part}']", text)
        self.taps += 1

    @property
    def h1(self) -> str:
        """The page's heading."""
        return self.page.locator("h1").inner_text()


def photo() -> dict[str, object]:
    """Return a small JPEG as a phone hands it over."""
    out = BytesIO()
    Image.new("RGB", (640, 480), "#557744").save(out, "JPEG")
    return {"name": "gia-ke.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def fill_in(worker: Phone, title: str, *, script: bool, slow: bool = False) -> None:
    """Go from the page of open seasons to the pledge, which is given: everything but «Nộp hồ sơ».

    :param slow: press on while the photo is still on its way.
    """
    worker.page.goto("/dang-nhan")
    worker.press("Xem và nộp hồ sơ")
    worker.press("Bắt đầu nộp hồ sơ")
    for answer in ("Có", "Đã áp dụng", "Chưa"):
        worker.choose(answer)
        worker.press("Tiếp tục")
        assert worker.page.get_by_text("Chọn một câu trả lời").count() == 0
    worker.press("Tác giả và đơn vị")
    worker.press("Lưu và tiếp tục")
    worker.type("title", title)
    worker.pick("linh-vuc", "che")
    worker.type("cach-cu", "Bao búp đặt xuống đất, bị ướt và dập.")
    worker.type("cach-moi", "Đóng giá hai tầng bằng tre, dựng ở đầu nương.")
    worker.tick("khong-vi-pham")
    worker.press("Lưu và tiếp tục")
    assert worker.h1 == "Hiệu quả", worker.page.locator("main").inner_text()[:1500]
    worker.type("ngay-ap-dung", f"01/{world.AT.month:02d}/{world.AT.year}")
    worker.type("hieu-qua", "Búp không còn dập, đỡ công phân loại lại.")
    worker.press("Lưu và tiếp tục")
    on_its_way: list[Route] = []
    if slow:
        # The wire holds the upload back until it is told to go on.
        worker.page.route(re.compile(r"/tep\b"), lambda route: on_its_way.append(route))  # noqa: PLW0108  # Playwright counts arguments.
    if slow:
        with worker.page.expect_request(re.compile(r"/tep\b")):
            worker.attach(photo())
    else:
        worker.attach(photo())
    if script and not slow:
        # The server's own row: only then the photo counts as received.
        worker.page.wait_for_selector("[data-files] .file-row form")
    if slow:
        worker.page.locator("main").get_by_role("button", name="Lưu và tiếp tục").click()
        assert "Còn tệp đang tải. Tải xong sẽ tự gửi tiếp." in worker.page.locator("[data-files]").inner_text()
        with worker.page.expect_navigation():
            on_its_way.pop().continue_()
        worker.page.unroute(re.compile(r"/tep\b"))
    else:
        worker.press("Lưu và tiếp tục")
    if worker.h1 != "Kiểm tra lại trước khi nộp":
        worker.press("Kiểm tra và nộp")
    worker.tick("pledge")


def filed(app: Flask, title: str) -> list[tuple[str, int, int]]:
    """Return state, number of files and number of units that endorsed, of each entry with this title."""
    with app.app_context():
        entries = db.session.scalars(sa.select(Entry).where(Entry.title == title)).unique().all()
        found = [(str(entry.state), _files(entry), entry.route_index) for entry in entries]
        db.session.remove()
    return found


def _files(entry: Entry) -> int:
    query = sa.select(sa.func.count()).select_from(Attachment).where(Attachment.entry_id == entry.id)
    return db.session.scalar(query) or 0


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_first_initiative_from_a_phone(browser: Browser, site: tuple[Flask, str], script: bool) -> None:
    app, address = site
    title = f"{TITLE} {script}"
    worker = Phone(browser, address, "0900000001", script=script)
    # The goals (ux G1: 35 taps besides typing, 12 loads) are of somebody who is signed in.
    worker.taps = worker.loads = 0
    fill_in(worker, title, script=script)
    worker.press("Nộp hồ sơ")
    assert worker.page.url.endswith("/bien-nhan"), worker.page.locator("main").inner_text()[:1500]
    print(f"first initiative: {worker.taps} taps, {worker.loads} page loads")
    assert (worker.taps <= 35, worker.loads <= 12) == (True, True), (worker.taps, worker.loads)
    assert filed(app, title) == [("submitted", 1, 0)]
    officer = Phone(browser, address, "0900000002", script=script)
    officer.page.goto("/xac-nhan")
    officer.page.locator("main li, main article, main .card", has_text=title).get_by_role("link").first.click()
    officer.page.wait_for_load_state()
    officer.press("Gửi quyết định")
    # The clock of this world stands still, so both runs count as one act of this moment.
    assert "hồ sơ lên Công đoàn xã Tân Uyên." in officer.page.locator("main").inner_text()
    assert filed(app, title) == [("submitted", 1, 1)]


def test_pressing_on_during_an_upload_goes_on_when_it_is_done(browser: Browser, site: tuple[Flask, str]) -> None:
    app, address = site
    worker = Phone(browser, address, "0900000001", script=True)
    fill_in(worker, "Bấm tiếp khi ảnh còn đang tải", script=True, slow=True)
    worker.press("Nộp hồ sơ")
    assert filed(app, "Bấm tiếp khi ảnh còn đang tải") == [("submitted", 1, 0)]


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_double_click_files_one_entry(browser: Browser, site: tuple[Flask, str], script: bool) -> None:
    app, address = site
    title = f"Bấm hai lần liền {script}"
    worker = Phone(browser, address, "0900000001", script=script)
    fill_in(worker, title, script=script)
    sent = []
    worker.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    worker.page.locator("main").get_by_role("button", name="Nộp hồ sơ").dblclick(no_wait_after=True)
    worker.page.wait_for_url("**/bien-nhan")
    if script:
        assert len([url for url in sent if "suc-song" not in url]) == 1, sent
    assert worker.page.locator("h1").count() == 1
    assert filed(app, title) == [("submitted", 1, 0)]


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_judge_scores_and_seals(browser: Browser, site: tuple[Flask, str], script: bool) -> None:
    judge = Phone(browser, site[1], "0900000004", script=script)
    judge.page.goto("/cham")
    if "Đánh dấu tác giả" in judge.h1:
        judge.press("Ghi nhận và vào danh sách phiếu")
    judge.press("Chấm tiếp")
    for criterion in judge.page.locator("[data-criterion]").all():
        level = criterion.locator("input[type=radio]").nth(1)
        level.check()
        criterion.locator("[data-points]").fill((level.get_attribute("data-low") or "").split(",")[0])
    judge.press("Xong, sang hồ sơ sau")
    judge.page.goto("/cham")
    judge.press("Niêm phong")
    judge.press("Niêm phong")
    assert "Đã niêm phong 1 phiếu" in judge.page.locator("body").inner_text()


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_anybody_verifies_a_citation(browser: Browser, site: tuple[Flask, str], script: bool) -> None:
    app, address = site
    with app.app_context():
        code = db.session.scalars(sa.select(Citation.code)).first()
        db.session.remove()
    visitor = Phone(browser, address, "", script=script)
    visitor.page.goto("/x")
    visitor.type("code", str(code).lower().replace("-", " "))
    visitor.press("Kiểm tra")
    assert visitor.h1 == "Giấy chứng nhận có thật"
