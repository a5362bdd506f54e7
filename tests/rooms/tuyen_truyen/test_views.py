"""What everybody reads, what an office does, and that nothing else gets out."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from python_calamine import CalamineWorkbook

from core.config import Settings
from core.extensions import db
from core.registry import PLUGINS, PluginsFailed
from plugins.tuyen_truyen import queries
from plugins.tuyen_truyen.models import Consent, Story
from plugins.tuyen_truyen.rules import Named as Person
from plugins.tuyen_truyen.rules import Scope, check_ancestors, mentioned, slug_of
from tests.conftest import NOW
from tests.makers import make_account, make_received_entry, make_season
from tests.nets.tools import tool
from tests.pages import form, h1_of, send, signed_in_client, text_of
from tests.rooms.conftest import installation
from tests.rooms.tuyen_truyen.press import Office, give_picture, revoke, win


@pytest.fixture
def office(open_office: Office) -> Office:
    """Return everybody; each act and each request has a context of its own."""
    return open_office


OUT = ("submit", "approve", "publish")
ATOM = "{http://www.w3.org/2005/Atom}"


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (480, 320), "teal").save(made, "JPEG")
    return made.getvalue()


def published(office: Office, **words: object) -> str:
    """Publish a story and return its path."""
    return office.path(office.story(*OUT, **words))


def only(office: Office, kind: type) -> Any:
    """Return the one row of a kind."""
    with office.app.app_context():
        return db.session.scalars(sa.select(kind)).one()


# --- Everybody --------------------------------------------------------------------------------------------------------


def test_a_published_story_is_read_by_everybody(office: Office) -> None:
    office.say("mai", Scope.NAME)
    path = published(office)
    visitor = office.app.test_client()
    assert re.fullmatch(r"/tin/gian-heo-che-hai-tang-[0-9a-z]{26}", path)
    assert f'<a href="{path}">Giàn héo chè hai tầng</a>' in visitor.get("/tin").text
    page = visitor.get(path)
    assert h1_of(page) == "Giàn héo chè hai tầng"
    said = text_of(page)
    for words in ("Bớt ba giờ mỗi mẻ.", "Một đoạn. Hai đoạn.", "Tác giả Lò Thị Mai", "Giải Nhất", "CĐCS Chè Tân Uyên"):
        assert words in said
    assert "Đặng Văn Hùng" not in said
    assert '<meta property="og:description" content="Bớt ba giờ mỗi mẻ.">' in page.text


def test_a_mistyped_slug_leads_to_the_story(office: Office) -> None:
    path = published(office)
    wrong = office.app.test_client().get("/tin/ten-cu-" + path.rpartition("-")[2])
    assert (wrong.status_code, wrong.location) == (303, path)


@pytest.mark.parametrize("acts", [(), ("submit",), ("submit", "approve"), (*OUT, "withdraw")])
def test_what_is_not_published_gets_out_nowhere(office: Office, acts: tuple[str, ...]) -> None:
    office.say("mai", Scope.NAME)
    visitor = office.app.test_client()
    before = [visitor.get(path) for path in ("/tin", "/tin/nhung", "/tin/atom.xml")]
    story = office.story(*acts, title="Lò Thị Mai giữ bí mật")
    # Not to visitors, not to those who may read it in the office either: lists are the same for everybody.
    for client in (visitor, office.client("writer"), office.client("mai")):
        for path in ("/tin", "/tin/nhung", "/tin/atom.xml"):
            assert "bí mật" not in client.get(path).text
        assert client.get(office.path(story)).status_code == 404
        assert client.get(f"/tin/anh/{story.public_id}.jpg").status_code == 404
    after = visitor.get("/tin/atom.xml")
    assert (after.data, after.headers["ETag"]) == (before[2].data, before[2].headers["ETag"])
    assert visitor.get("/tin/nhung").data == before[1].data


def test_a_revoked_award_takes_the_story_from_page_list_and_feed(office: Office) -> None:
    path = published(office)
    visitor = office.app.test_client()
    empty = visitor.get("/tin/atom.xml").headers["ETag"]
    with office.app.app_context():
        revoke(office.entry)
    assert visitor.get(path).status_code == 404
    assert "Chưa có tin nào được đăng." in text_of(visitor.get("/tin"))
    assert visitor.get("/tin/atom.xml").headers["ETag"] != empty
    assert ET.fromstring(visitor.get("/tin/atom.xml").data).find(f"{ATOM}entry") is None


def test_consent_taken_back_leaves_page_feed_caption_and_release_at_once(office: Office) -> None:
    office.say("mai", Scope.NAME)
    path = published(office)
    story = only(office, Story)
    visitor, writer = office.app.test_client(), office.client("writer")
    places = [(visitor, path), (visitor, "/tin/atom.xml"), (writer, f"/tin/soan/{story.public_id}/thong-cao")]
    caption = re.compile(r'(?s)<textarea class="input textarea" id="loi-dang".*?</textarea>')
    assert all("Lò Thị Mai" in client.get(place).text for client, place in places)
    assert "Lò Thị Mai" in caption.findall(writer.get(f"/tin/soan/{story.public_id}").text)[0]
    mai = office.client("mai")
    send(mai, mai.get("/tin/dong-y"), button="Rút lại đồng ý")
    assert not any("Lò Thị Mai" in client.get(place).text for client, place in places)
    assert "Lò Thị Mai" not in caption.findall(writer.get(f"/tin/soan/{story.public_id}").text)[0]


def test_the_feed_is_valid_atom(office: Office) -> None:
    office.say("mai", Scope.NAME)
    path = published(office, title="Giàn héo <hai tầng> & «bền»")
    answer = office.app.test_client().get("/tin/atom.xml")
    assert answer.mimetype == "application/atom+xml"
    feed = ET.fromstring(answer.data)
    assert feed.tag == f"{ATOM}feed"
    # RFC 4287, 4.1.1 and 4.1.2: what a feed and an entry must have exactly once.
    for thing in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(thing.findall(f"{ATOM}{name}")) == 1, name
        assert datetime.fromisoformat(thing.findtext(f"{ATOM}updated", "")).tzinfo is not None
        assert re.match(r"[a-z]+:", thing.findtext(f"{ATOM}id", ""))
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Giàn héo <hai tầng> & «bền»"
    assert entry.findtext(f"{ATOM}summary") == "Bớt ba giờ mỗi mẻ."
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Lò Thị Mai"
    (link,) = entry.findall(f"{ATOM}link")
    assert link.attrib == {"rel": "alternate", "type": "text/html", "href": f"http://127.0.0.1:8000{path}"}
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Liên đoàn Lao động tỉnh Lai Châu"
    (own,) = [each for each in feed.findall(f"{ATOM}link") if each.get("rel") == "self"]
    assert own.get("href") == "http://127.0.0.1:8000/tin/atom.xml"
    again = office.app.test_client().get("/tin/atom.xml", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_picture_is_drawn_anew_and_ends_with_the_consent(office: Office) -> None:
    with office.app.app_context():
        give_picture(office.entry, photo())
    for name in ("mai", "hung"):
        office.say(name, Scope.PICTURE)
    path = published(office, picture=True, picture_alt="Giàn héo hai tầng")
    public_id = path.rpartition("-")[2]
    visitor = office.app.test_client()
    assert f'<img src="/tin/anh/{public_id}.jpg" alt="Giàn héo hai tầng">' in visitor.get(path).text
    sent = visitor.get(f"/tin/anh/{public_id}.jpg")
    assert (sent.status_code, sent.mimetype) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(sent.data)).getexif() == {}
    assert "private" in sent.headers["Cache-Control"]
    office.say("hung", Scope.PICTURE, is_given=False)
    # The story showed it, so it left with it.
    assert visitor.get(f"/tin/anh/{public_id}.jpg").status_code == 404
    assert visitor.get(path).status_code == 404


def test_the_embedded_list_is_framed_by_nobody_unless_the_operator_says_so(
    office: Office, clock: Callable[[], object]
) -> None:
    published(office)
    page = office.app.test_client().get("/tin/nhung")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "<nav" not in page.text
    allowed = {"tuyen_truyen": {"frame_ancestors": "https://congdoan.example https://*.laichau.example"}}
    with installation(
        "sqlite", clock, rooms=("tuyen_truyen",), plugins_dir=PLUGINS, room_settings=allowed
    ) as app:  # fmt: skip
        framed = app.test_client().get("/tin/nhung").headers
        assert framed["Content-Security-Policy"].endswith(
            "frame-ancestors https://congdoan.example https://*.laichau.example"
        )
        assert "X-Frame-Options" not in framed
        # That page alone.
        assert app.test_client().get("/tin").headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("value", ["*", "http://a.example", "https://a.example; script-src *", "", "'self'"])
def test_other_values_for_who_may_frame_close_the_room(value: str, clock: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="frame_ancestors"):
        check_ancestors(value)
    given = {"tuyen_truyen": {"frame_ancestors": value}}
    with pytest.raises(PluginsFailed, match="frame_ancestors"), installation(
        "sqlite", clock, rooms=("tuyen_truyen",), plugins_dir=PLUGINS, room_settings=given
    ):  # fmt: skip
        pass


def test_the_list_pages_by_key(office: Office) -> None:
    with office.app.app_context():
        season, unit, mai = office.entry.season, office.entry.unit, office.accounts["mai"].person
        for number in range(queries.PAGE_SIZE + 1):
            later = make_season(owner_unit=season.owner_unit, year=2030 + number)
            entry = make_received_entry(later, unit, owner=mai, officer=False)
            win(entry, mai)
            office.entry_id = entry.id
            office.story(*OUT, title=f"Tin {number}")
    visitor = office.app.test_client()
    first = visitor.get("/tin")
    assert len(re.findall("<article", first.text)) == queries.PAGE_SIZE
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    assert re.findall(r'card-title"><a [^>]+>([^<]+)', visitor.get(following).text) == ["Tin 0"]


# --- The office -------------------------------------------------------------------------------------------------------


def test_from_a_recognised_initiative_to_the_web_by_two_people(office: Office) -> None:
    office.say("mai", Scope.NAME)
    writer, second = office.client("writer"), office.client("second")
    board = writer.get("/tin/soan")
    assert "Cải tiến giàn héo chè" in text_of(board)
    page = send(writer, board, button="Soạn tin")
    assert h1_of(page) == "Sửa tin"
    empty = send(writer, page, button="Lưu tin")
    assert (empty.status_code, "Nhập tóm tắt, một đến hai câu" in text_of(empty)) == (422, True)
    page = send(writer, empty, button="Lưu tin", summary="Chị Lò Thị Mai bớt ba giờ mỗi mẻ.")
    assert "Đang soạn" in text_of(page)
    page = send(writer, page, button="Gửi duyệt")
    assert "Chờ duyệt" in text_of(page)
    assert "Duyệt" in text_of(page)
    refused = send(writer, page, button="Duyệt")
    assert refused.status_code == 403
    assert "Người viết tin không tự duyệt." in text_of(refused)
    page = send(second, second.get(page.request.path), button="Duyệt")
    page = send(second, page, button="Đăng tin")
    assert "Đã đăng" in text_of(page)
    (path,) = re.findall(r'href="(/tin/cai-tien-gian-heo-che-[^"]+)"', page.text)
    assert "Chị Lò Thị Mai bớt ba giờ mỗi mẻ." in text_of(office.app.test_client().get(path))
    # It stands in the log by itself, and elsewhere is added.
    page = send(second, page, action="/noi-dang", channel="press", outlet="Báo Lai Châu", appeared_on="5/5/2026")
    assert "05/05/2026 · Báo · Báo Lai Châu" in text_of(page)
    log = second.get("/tin/nhat-ky")
    assert "Báo Lai Châu" in text_of(log)
    assert path in text_of(log)
    book = CalamineWorkbook.from_filelike(io.BytesIO(second.get("/tin/nhat-ky.xlsx").data))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0] == ["Ngày đăng", "Kênh", "Tên báo, trang hoặc chuyên mục", "Tiêu đề", "Đường dẫn"]
    assert rows[1][:4] == [date(2026, 5, 5), "Báo", "Báo Lai Châu", "Cải tiến giàn héo chè"]
    assert rows[2][1] == "Trang web này"
    page = send(second, second.get(f"{second_path(page)}/go"), reason="Sai số liệu")
    assert "Đã gỡ" in text_of(page)
    assert "Lý do: Sai số liệu" in text_of(page)
    assert office.app.test_client().get(path).status_code == 404


def second_path(page: object) -> str:
    (path,) = set(re.findall(r'action="(/tin/soan/[0-9a-z]{26})/', page.text))  # type: ignore[attr-defined]
    return path


def test_a_chosen_picture_stays_chosen_when_the_words_change(office: Office) -> None:
    with office.app.app_context():
        give_picture(office.entry, photo())
    story = office.story(picture=True, picture_alt="Giàn héo")
    writer = office.client("writer")
    page = writer.get(f"/tin/soan/{story.public_id}/sua")
    assert '<a href="/ho-so/' in page.text
    send(writer, page, button="Lưu tin", summary="Câu khác.")
    kept = only(office, Story)
    assert (kept.summary, kept.picture_id is not None, kept.picture_alt) == ("Câu khác.", True, "Giàn héo")
    send(writer, writer.get(page.request.path), button="Lưu tin", picture="", picture_alt="")
    assert only(office, Story).picture_id is None


def test_an_officer_writes_and_does_not_approve(office: Office) -> None:
    officer = office.client("officer")
    page = send(officer, officer.get("/tin/soan"), button="Soạn tin")
    page = send(officer, page, button="Lưu tin", summary="Bớt ba giờ mỗi mẻ.")
    page = send(officer, page, button="Gửi duyệt")
    assert "Chờ duyệt" in text_of(page)
    assert "Duyệt</span>" not in page.text
    assert officer.get(f"{page.request.path}/tra-lai").status_code == 403
    second = office.client("second")
    page = send(second, second.get(f"{page.request.path}/tra-lai"), reason="Thêm số liệu")
    assert "Lý do: Thêm số liệu" in text_of(page)


def test_a_foreign_office_finds_nothing(office: Office) -> None:
    story = office.story("submit")
    stranger = office.client("stranger")
    assert stranger.get(f"/tin/soan/{story.public_id}").status_code == 404
    assert "Giàn héo" not in text_of(stranger.get("/tin/soan"))
    assert "Cải tiến giàn héo chè" not in text_of(stranger.get("/tin/soan"))
    assert office.app.test_client().get("/tin/soan").status_code == 303


def test_a_form_on_paper_is_recorded_with_where_it_is_kept(office: Office) -> None:
    story = office.story()
    writer = office.client("writer")
    page = writer.get(f"/tin/soan/{story.public_id}")
    wrong = send(writer, page, action="/dong-y", person="0", answer="picture")
    assert (wrong.status_code, "Ghi nơi lưu phiếu đã ký" in text_of(wrong)) == (422, True)
    page = send(writer, page, action="/dong-y", person="0", answer="picture", paper="Sổ 3")
    assert "Lò Thị Mai Đồng ý 04/05/2026 (Sổ 3) Đồng ý 04/05/2026 (Sổ 3)" in text_of(page)
    page = send(writer, page, action="/dong-y", person="0", answer="none", paper="Sổ 4")
    assert "Lò Thị Mai Không đồng ý 04/05/2026 (Sổ 4) Không đồng ý 04/05/2026 (Sổ 4)" in text_of(page)
    with office.app.app_context():
        assert len(db.session.scalars(sa.select(Consent)).all()) == 4


def test_people_are_asked_themselves_with_nothing_ticked_for_them(office: Office) -> None:
    mai = office.client("mai")
    page = mai.get("/tin/dong-y")
    said = text_of(page)
    assert "Tôi đồng ý để Công đoàn nêu họ tên của tôi" in said
    assert said.count("Chưa trả lời, coi như không đồng ý") == 2
    assert "checked" not in page.text
    page = send(mai, page, button="Tôi đồng ý")
    assert "Đã đồng ý 04/05/2026" in text_of(page)
    row = only(office, Consent)
    assert (row.scope, row.is_given, row.paper, row.recorded_at) == (Scope.NAME, True, "", NOW)
    assert "Chưa có sáng kiến nào được khen" in text_of(office.client("officer").get("/tin/dong-y"))
    # Nobody answers for somebody else: the address names an entry that is not theirs.
    officer = office.client("officer")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', officer.get("/tin/soan").text)[0]
    values = {**form(page, "/tin/dong-y/").values, "csrf_token": token}
    assert officer.post(form(page, "/tin/dong-y/").action, data=values).status_code == 403


def test_every_page_reads_in_english(office: Office) -> None:
    office.say("mai", Scope.NAME)
    path = published(office)
    story = only(office, Story)
    writer = office.client("writer")
    writer.get("/ngon-ngu/en")
    assert h1_of(writer.get("/tin")) == "Stories of initiatives"
    assert "Authors" in text_of(writer.get(path)) or "Author" in text_of(writer.get(path))
    assert "Consent of the people in the story" in text_of(writer.get(f"/tin/soan/{story.public_id}"))
    assert h1_of(writer.get("/tin/dong-y")) == "Consent to stories"


def test_english_is_complete_and_compiled() -> None:
    assert tool("translations").faults("tuyen_truyen") == []


# --- With and without -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rooms", [(), ("tuyen_truyen",)])
def test_the_house_stands_with_the_room_and_without(rooms: tuple[str, ...], clock: Callable[[], object]) -> None:
    with installation("sqlite", clock, rooms=rooms) as app:
        visitor = app.test_client()
        assert visitor.get("/").status_code == 200
        assert ("Tin sáng kiến" in text_of(visitor.get("/"))) is bool(rooms)
        assert visitor.get("/tin").status_code == (200 if rooms else 404)


def test_it_is_off_unless_the_installation_says_so(app: Flask) -> None:
    assert Settings().rooms == ()
    assert not [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/tin")]


# --- Rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("chị Lò Thị Mai, tổ trưởng", True), ("LÒ THỊ MAI", True), ("lo thi mai", True), ("Lò  Thị\nMai", True),
        ("Lò Thị Mai Anh", True), ("Lò Thị Maimai", False), ("Thị Mai", False), ("", False),
    ],
)  # fmt: skip
def test_a_name_is_found_whole_whatever_its_marks(text: str, found: bool) -> None:
    assert bool(mentioned([Person("person:1", "Lò Thị Mai")], text)) is found


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Giàn héo đỡ củi 30%!", "gian-heo-do-cui-30"), ("«…»", "tin"), ("a " * 100, ("a-" * 40)[:79])],
)
def test_an_address_is_made_of_the_title(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_a_worker_sees_neither_board_nor_log(office: Office) -> None:
    """A worker who is nobody's author and no officer sees neither board nor log."""
    with office.app.app_context():
        account = make_account()
        db.session.commit()
    worker = signed_in_client(office.app, account)
    assert [worker.get(path).status_code for path in ("/tin/soan", "/tin/nhat-ky")] == [403, 403]
