"""One initiative, from the opening of a season to the QR code of its printed citation, on a served installation.

Everything goes through pages: people sign in through the form; addresses, ids and codes are read where they would.
The steps are the same in every kind of browser that `Installation.person` gives.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from core.vietnamese.dates import format_date, local_date
from tests.journeys.browser import Browser, Page, Upload
from tests.journeys.installation import Installation
from tests.journeys.materials import address_on, paper, photo
from tests.journeys.organising import decide_and_publish, prepare_season, start_judging

WORKER, COLLEAGUE, OFFICER, UPPER = "0900000001", "0900001216", "0900000002", "0900000003"
ORGANISER = "0900000005"
JUDGES = (("Đỗ Văn Cường", "0900001133"), ("Nguyễn Thị Bích Hợp", "0900000004"), ("Lò Văn Thương", "0900001134"))
AUTHORS = ("Lò Thị Mai", "Lường Thị Ỏn")
TITLE = "Cải tiến giàn héo chè bằng lưới thép"
# Points of the default sheet's five criteria (30, 15, 15, 20, 20), by judge: 80, 86 and 83, so the mean is 83.
MARKS = ((26, 13, 10, 16, 15), (28, 13, 12, 17, 16), (27, 13, 11, 16, 16))
TOTAL = "83"


def journey(made: Installation) -> None:
    """Go all the way."""
    organiser = made.person(ORGANISER, wide=True)
    season = open_season(organiser)
    code = file_initiative(made)
    confirm_share(made, code)
    return_and_complete(made, code)
    endorse(made, OFFICER)
    endorse(made, UPPER)
    receive(organiser, season)
    appoint(organiser, season)
    for judge, marks in zip(JUDGES, MARKS, strict=True):
        judge_and_seal(made.person(judge[1], wide=True), marks)
    close_and_rank(organiser, season, code)
    decide_and_publish(
        organiser, season, entries=1, number="123", written="123/QĐ-LĐLĐ", basis="Biên bản số 05/BB-HĐ ngày 20/06/2026"
    )
    visitor = made.person()
    results = visitor.follow(visitor.get("/ket-qua"), "Đợt hành trình 2026")
    assert [name for name in AUTHORS if name not in results.words] == []
    verify(visitor, organiser, season)
    assert "Đã có kết quả" in made.person(WORKER).get("/ho-so").words


def open_season(organiser: Browser) -> str:
    """Prepare and open a season; return where its page is. The digest shown before freezing is the one shown after."""
    page = prepare_season(
        organiser, movement="Lao động giỏi", title="Đợt hành trình 2026", prefix="LDST",
        document="Kế hoạch 360/KH-LĐLĐ ngày 22/7/2022",
    )  # fmt: skip
    before = digest_on(page)
    page = organiser.follow(page, "Mở đợt xét")
    page = organiser.send(page, "Mở đợt xét")
    assert page.h1 == "Đợt hành trình 2026"
    assert digest_on(organiser.follow(page, "Đọc quy tắc của đợt")) == before
    return page.url


def digest_on(page: Page) -> str:
    """Return the SHA-256 that a page shows."""
    found = re.findall(r"\b[0-9a-f]{64}\b", page.words)
    assert found, page.words[:3000]
    return found[0]


def file_initiative(made: Installation) -> str:
    """Enter an initiative with a co-author, two photos and a PDF; return its code."""
    worker = made.person(WORKER)
    page = worker.follow(worker.get("/"), "Xem và nộp hồ sơ")
    page = worker.follow(page, "Bắt đầu nộp hồ sơ")
    for answer in ("Có", "Đã áp dụng", "Chưa"):
        name = page.names("tra-loi")[0] if page.names("tra-loi") else radio_name(page)
        page = worker.send(page, "Tiếp tục", **{name: page.choice(name, answer)})
    page = worker.follow(page, "Tác giả và đơn vị")
    page = worker.send(page, "Thêm đồng tác giả")
    names, shares = page.names("-name"), page.names("-share")
    page = worker.send(page, "Lưu và tiếp tục", **{names[1]: "Lường Thị Ỏn", shares[0]: "60", shares[1]: "40"})
    assert page.h1 == "Sáng kiến là gì", page.words[:2000]
    page = worker.send(
        page, "Lưu và tiếp tục", title=TITLE, **page.filled({
            "linh-vuc": "che", "cach-cu": "Héo trên nia tre, mùa mưa chậm, phải thêm củi.",
            "cach-moi": "Làm giàn héo hai tầng bằng lưới thép, thổi khí nóng sạch từ lò sao.",
        }), **{page.box("khong-vi-pham"): page.choice(page.box("khong-vi-pham"), "Có")},
    )  # fmt: skip
    assert page.h1 == "Hiệu quả", page.words[:2000]
    used = format_date(local_date(datetime.now(UTC)) - timedelta(days=60))
    page = worker.send(
        page, "Lưu và tiếp tục", **page.filled({"ngay-ap-dung": used, "hieu-qua": "Sấy nhanh hơn 2 giờ."})
    )
    assert page.h1 == "Ảnh và tài liệu", page.words[:2000]
    files = [Upload("truoc.jpg", photo("a"), "image/jpeg"), Upload("sau.jpg", photo("bb"), "image/jpeg"),
             Upload("bang-ke.pdf", paper(), "application/pdf")]  # fmt: skip
    page = worker.send(page, "Lưu và tiếp tục", **{page.box("minh-chung"): files})
    return submit(worker, page)


def radio_name(page: Page) -> str:
    """Return the name of the page's one group of radio buttons."""
    return re.findall(r'<input[^>]*type="radio"[^>]*name="([^"]+)"', page.text)[0]


def submit(worker: Browser, page: Page) -> str:
    """Check, pledge and file; return the code on the receipt."""
    if "Kiểm tra lại trước khi nộp" not in page.words:
        page = worker.follow(page, "Kiểm tra và nộp")
    page = worker.send(page, "Nộp hồ sơ", pledge="y")
    assert page.path.endswith("/bien-nhan"), page.words[:2500]
    return re.findall(r"LDST-26-\d{4}-\d", page.words)[0]


def confirm_share(made: Installation, code: str) -> None:
    """The co-author confirms her part."""
    colleague = made.person(COLLEAGUE)
    page = colleague.follow(colleague.get("/ho-so"), TITLE)
    assert code in page.words
    page = colleague.send(page, "Xác nhận phần của tôi")
    assert "Xác nhận phần của tôi" not in page.words


def return_and_complete(made: Installation, code: str) -> None:
    """The officer returns with two reasons at once, the worker completes and files again: the code stays."""
    officer = made.person(OFFICER)
    page = officer.follow(officer.get("/xac-nhan"), "Xem")
    reasons = [page.choice("reasons", "Thiếu ảnh trước/sau"), page.choice("reasons", "Chưa rõ cách làm mới")]
    page = officer.send(page, "Gửi quyết định", decision="return", reasons=reasons, note="Chụp rõ giàn mới.")
    assert "Đã trả lại hồ sơ" in page.words
    worker = made.person(WORKER)
    page = worker.get("/ho-so")
    assert ["Thiếu ảnh trước/sau" in page.words, "Chưa rõ cách làm mới" in page.words] == [True, True]
    page = worker.follow(page, "Bổ sung ngay")
    page = worker.follow(page, "Sáng kiến là gì")
    page = worker.send(page, "Lưu và tiếp tục", **page.filled({"cach-moi": "Giàn hai tầng bằng lưới thép mắt 8 mm."}))
    while page.h1 != "Kiểm tra lại trước khi nộp":
        page = worker.send(page, "Lưu và tiếp tục")
    assert submit(worker, page) == code


def endorse(made: Installation, phone: str) -> None:
    """One office of the line endorses."""
    officer = made.person(phone)
    page = officer.follow(officer.get("/xac-nhan"), "Xem")
    page = officer.send(page, "Gửi quyết định", decision="endorse")
    assert "Đã chuyển 1 hồ sơ" in page.words, page.words[:1500]


def receive(organiser: Browser, season: str) -> None:
    """The organiser takes the entry into the season."""
    page = organiser.follow(organiser.get(season), "Hồ sơ")
    page = organiser.follow(organiser.get(organiser.get(season).links("/ho-so")[-1]), TITLE)
    page = organiser.send(page, "Tiếp nhận")
    assert "Đã tiếp nhận" in page.words


def appoint(organiser: Browser, season: str) -> None:
    """Make a panel of three, assign them evenly, start judging."""
    page = start_judging(organiser, season, JUDGES)
    if "per_entry" in page.text:
        page = organiser.send(page, "Xem phương án", per_entry="3")
    page = organiser.send(page, "Áp dụng")
    assert "Đã giao thêm 3 lượt chấm." in page.words, page.words[:2000]


def judge_and_seal(judge: Browser, marks: tuple[int, ...]) -> None:
    """One judge answers who is close, scores, finishes and seals."""
    page = judge.get("/cham")
    if "Đánh dấu tác giả" in page.h1:
        page = judge.send(page, "Ghi nhận và vào danh sách phiếu")
    page = judge.follow(page, "Chấm tiếp")
    assert [secret for secret in AUTHORS if secret in page.text] == []
    typed = {}
    for name, points in zip(page.names("points-"), marks, strict=True):
        level = name.replace("points-", "level-")
        typed |= {level: level_of(page, level, points), name: str(points)}
    page = judge.send(page, "Xong", **typed)
    page = judge.follow(judge.get("/cham"), "Niêm phong")
    page = judge.send(page, "Niêm phong")
    assert "Đã niêm phong 1 phiếu" in page.words, page.words[:1500]


def level_of(page: Page, name: str, points: int) -> str:
    """Return the level of a criterion that holds these points."""
    for tag in re.findall(r"<input\b[^>]*>", page.text):
        known = dict(re.findall(r'\b(name|value|data-low|data-high)="([^"]*)"', tag))
        if known.get("name") == name and float(known["data-low"]) <= points <= float(known["data-high"]):
            return known["value"]
    raise AssertionError(f"no level of {name} holds {points}")


def close_and_rank(organiser: Browser, season: str, code: str) -> None:
    """Close judging; the ranking shows the mean of the three totals."""
    page = organiser.follow(organiser.get(season), "Tiến độ chấm")
    page = organiser.follow(page, "Kết thúc chấm và xếp hạng")
    page = organiser.send(page, "Kết thúc chấm")
    page = organiser.follow(organiser.get(season), "Xếp hạng")
    row = re.findall(r"(?s)<tr>.*?</tr>", page.text)
    shown = next(" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in row if code in one)
    assert shown.startswith(f"1 {code}"), shown
    assert f" {TOTAL} 80–86 " in shown, shown


def verify(visitor: Browser, organiser: Browser, season: str) -> None:
    """The QR code of the printed citation opens the page that says it is real."""
    page = organiser.follow(organiser.get(season), "Giấy chứng nhận")
    address = address_on(organiser.download(page, "Tải PDF"))
    assert address.startswith(f"{visitor.address}/x/")
    seen = visitor.get(address)
    assert seen.h1 == "Giấy chứng nhận có thật"
    assert ["Lò Thị Mai" in seen.words, "Quyết định số 123/QĐ-LĐLĐ" in seen.words] == [True, True]
