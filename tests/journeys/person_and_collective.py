"""A person and a collective, nominated by their unit, from filing to the verified citation, on a served process.

The steps are the same in every kind of browser that `Installation.person` gives.
"""

from __future__ import annotations

import re

from tests.journeys.browser import Browser, Page, Upload
from tests.journeys.installation import Installation
from tests.journeys.materials import address_on, photo
from tests.journeys.organising import decide_and_publish, prepare_season, start_judging

OFFICER, UPPER, ORGANISER, NOMINEE = "0900000002", "0900000003", "0900000005", "0900001183"
JUDGES = (("Nguyễn Trung Hậu", "0900001142"), ("Trương Mỹ Duyên", "0900001138"))
PERSON, COLLECTIVE = "Đoàn Khắc Hiển", "Tổ Kế hoạch vật tư"
# Nine criteria of the person's sheet: 93 and 88 points, mean 90,5, less three points for three late tasks.
PERSON_MARKS = ((14, 10, 13, 5, 14, 9, 9, 10, 9), (13, 10, 12, 4, 13, 9, 9, 9, 9))
PERSON_TOTAL = "87,5"
# Six criteria of the collective's sheet: 91 and 89 points, mean 90, no late task.
COLLECTIVE_MARKS = ((14, 27, 23, 12, 10, 5), (13, 27, 22, 13, 9, 5))
COLLECTIVE_TOTAL = "90"


def journey(made: Installation) -> None:
    """Go all the way."""
    organiser = made.person(ORGANISER, wide=True)
    season = open_season(organiser)
    codes = [nominate(made, PERSON), nominate(made, COLLECTIVE)]
    self_score(made.person(NOMINEE), PERSON, PERSON_MARKS[0])
    unit_score(made, PERSON, PERSON_MARKS[1])
    endorse(made, {PERSON: "3", COLLECTIVE: "0"})
    receive(organiser, season, len(codes))
    appoint(organiser, season)
    for number, (_, phone) in enumerate(JUDGES):
        score_both(made.person(phone, wide=True), number)
    close(organiser, season, codes)
    decide_and_publish(
        organiser, season, entries=2, number="7", written="07/QĐ-LĐLĐ", basis="Biên bản số 06/BB-HĐ ngày 20/06/2026"
    )
    verify(made.person(), organiser, season)


def open_season(organiser: Browser) -> str:
    """Prepare and open a season of persons and collectives; return where its page is."""
    page = prepare_season(
        organiser, movement="Tham mưu giỏi", title="Đợt phục vụ 2026", prefix="TMG",
        document="Nghị quyết 04/NQ-CĐVC ngày 16/8/2019",
    )  # fmt: skip
    page = organiser.send(organiser.follow(page, "Mở đợt xét"), "Mở đợt xét")
    assert page.h1 == "Đợt phục vụ 2026"
    return page.url


def nominate(made: Installation, who: str) -> str:
    """The unit's officer nominates a person or a collective and files; return the code."""
    officer = made.person(OFFICER)
    page = officer.get("/nhap-ho")
    if who == PERSON:
        page = officer.send(page, "Tìm", action="/nhap-ho", tim=PERSON)
        page = officer.send(page, "Đề nghị người này")
    else:
        page = officer.send(page, "Đề nghị tập thể này", **{"ten-tap-the": COLLECTIVE})
    page = officer.get(page.links("/phan/1")[0])
    while page.h1 != "Kiểm tra lại trước khi nộp":
        page = officer.send(page, "Lưu và tiếp tục", **answers(page))
    page = officer.send(page, "Nộp hồ sơ", pledge="y")
    assert page.path.endswith("/bien-nhan"), page.words[:2500]
    return re.findall(r"TMG-26-\d{4}-\d", page.words)[0]


def answers(page: Page) -> dict[str, object]:
    """Return answers to the questions that this step asks."""
    typed: dict[str, object] = {}
    if "title" in page.names("title"):
        typed["title"] = "Gộp ba mẫu báo cáo thành một"
    if page.names("linh-vuc"):
        typed[page.box("linh-vuc")] = page.choice(page.box("linh-vuc"), "Doanh nghiệp")
    for part, text in (("tham-muu", "Đề xuất gộp ba mẫu báo cáo."), ("phuc-vu", "Trả lời trong ngày.")):
        if any(name.endswith(part) for name in page.names(part)):
            typed |= page.filled({part: text})
    if any(name.endswith("minh-chung") for name in page.names("minh-chung")):
        typed[page.box("minh-chung")] = [Upload("bien-ban.jpg", photo("x"), "image/jpeg")]
    return typed


def points(page: Page, marks: tuple[int, ...]) -> dict[str, str]:
    """Return marks by the names of the page's boxes, in order."""
    return {name: str(mark) for name, mark in zip(page.names("points-"), marks, strict=True)}


def self_score(nominee: Browser, who: str, marks: tuple[int, ...]) -> None:
    """The nominee fills and seals the own column."""
    page = nominee.follow(nominee.get("/ho-so"), "Gộp ba mẫu báo cáo thành một")
    assert who in page.words
    page = nominee.follow(page, "Tự chấm")
    page = nominee.send(page, "Xong, sang bước niêm phong", **points(page, marks))
    page = nominee.send(page, "Niêm phong phiếu")
    assert "niêm phong" in page.words


def unit_score(made: Installation, who: str, marks: tuple[int, ...]) -> None:
    """The officer fills and seals the unit's column."""
    officer = made.person(OFFICER)
    for link in officer.get("/xac-nhan").links("/ho-so/"):
        page = officer.get(link)
        if who in page.words and "Đơn vị chấm" in page.words:
            page = officer.follow(page, "Đơn vị chấm")
            page = officer.send(page, "Xong, sang bước niêm phong", **points(page, marks))
            officer.send(page, "Niêm phong phiếu")
            return
    raise AssertionError(f"no entry of {who} waits for this officer")


def endorse(made: Installation, late: dict[str, str]) -> None:
    """Both offices of the line endorse; the first declares late tasks and that there was no discipline."""
    for phone in (OFFICER, UPPER):
        officer = made.person(phone)
        for link in officer.get("/xac-nhan").links("/ho-so/"):
            page = officer.get(link)
            who = PERSON if PERSON in page.words else COLLECTIVE
            typed = dict.fromkeys(page.names("fact-viec-tre-han"), late[who])
            typed |= {name: page.choice(name, "Không") for name in page.names("fact-ky-luat")}
            page = officer.send(page, "Gửi quyết định", decision="endorse", **typed)
            assert "Đã chuyển 1 hồ sơ" in page.words, page.words[:1500]


def receive(organiser: Browser, season: str, count: int) -> None:
    """The organiser receives every entry that waits."""
    for _ in range(count):
        page = organiser.get(f"{season}/ho-so?trang_thai=endorsed")
        page = organiser.follow(page, "Gộp ba mẫu báo cáo thành một")
        page = organiser.send(page, "Tiếp nhận")
        assert "Đã tiếp nhận hồ sơ" in page.words


def appoint(organiser: Browser, season: str) -> None:
    """Make a panel of two, give both entries to both, start judging."""
    page = start_judging(organiser, season, JUDGES)
    page = organiser.send(page, "Áp dụng")
    assert "Đã giao thêm 4 lượt chấm." in page.words, page.words[:2000]


def score_both(judge: Browser, number: int) -> None:
    """One judge scores both entries and seals the round."""
    page = judge.get("/cham")
    if "Đánh dấu tác giả" in page.h1:
        judge.send(page, "Ghi nhận và vào danh sách phiếu")
    for _ in range(2):
        page = judge.follow(judge.get("/cham"), "Chấm tiếp")
        marks = PERSON_MARKS if len(page.names("points-")) == len(PERSON_MARKS[0]) else COLLECTIVE_MARKS
        judge.send(page, "Xong", **points(page, marks[number]))
    page = judge.send(judge.follow(judge.get("/cham"), "Niêm phong"), "Niêm phong")
    assert "Đã niêm phong 2 phiếu" in page.words, page.words[:1500]


def close(organiser: Browser, season: str, codes: list[str]) -> None:
    """Close judging; the ranking shows the totals worked out by hand, late tasks taken off."""
    page = organiser.follow(organiser.get(season), "Tiến độ chấm")
    organiser.send(organiser.follow(page, "Kết thúc chấm và xếp hạng"), "Kết thúc chấm")
    page = organiser.follow(organiser.get(season), "Xếp hạng")
    rows = [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in re.findall(r"(?s)<tr>.*?</tr>", page.text)]
    for code, total in zip(codes, (PERSON_TOTAL, COLLECTIVE_TOTAL), strict=True):
        shown = next(row for row in rows if code in row)
        assert f" {total} " in shown, shown


def verify(visitor: Browser, organiser: Browser, season: str) -> None:
    """Everybody reads both results; the QR code of either printed citation opens the page that says it is real."""
    results = visitor.follow(visitor.get("/ket-qua"), "Đợt phục vụ 2026")
    assert [PERSON in results.words, COLLECTIVE in results.words] == [True, True]
    for who in (PERSON, COLLECTIVE):
        page = organiser.follow(organiser.get(season), "Giấy chứng nhận")
        address = address_on(organiser.download(page, f"Tải PDF {who}"))
        assert address.startswith(f"{visitor.address}/x/")
        seen = visitor.get(address)
        assert seen.h1 == "Giấy chứng nhận có thật"
        assert [who in seen.words, "Quyết định số 07/QĐ-LĐLĐ" in seen.words] == [True, True]
