"""An officer's pages of people: only the own subtree, one person per form, a code shown once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.accounts import queries
from core.accounts.models import Account, SignInCode
from core.accounts.rules import Role
from core.extensions import db
from core.organisations.models import Unit
from core.people.models import Person
from core.people.rules import MembershipKind
from tests.accounts.office import kept, reading, writing
from tests.makers import make_account, make_person, make_unit
from tests.pages import h1_of, send, text_of


@dataclass
class Office:
    """Two neighbouring units with an officer each, and Mai in the first."""

    officer: FlaskClient
    neighbour: FlaskClient
    tea: Unit
    team: Unit
    rubber: Unit
    mai: Person
    account: Account


@pytest.fixture
def office(app: Flask, sign_in: Callable[[Account], FlaskClient]) -> Office:
    """The two units."""
    with writing(app):
        province = make_unit("LĐLĐ tỉnh")
        tea, rubber = make_unit("CĐCS Chè", province), make_unit("CĐCS Cao su", province)
        team = make_unit("Tổ Sao chè", tea)
        officer = make_account(make_person("Hà Thị Thủy", tea), (Role.OFFICER, tea))
        neighbour = make_account(make_person("Vàng A Páo", rubber), (Role.OFFICER, rubber))
        mai = make_person("Lò Thị Mai", team, phone="0912345678")
        account = make_account(mai, phone="0912345678")
        kept(officer, neighbour, tea, team, rubber, mai, account)
    return Office(sign_in(officer), sign_in(neighbour), tea, team, rubber, mai, account)


def _mai(office: Office, act: str = "") -> str:
    return f"/doan-vien/{office.mai.public_id}{act}"


def test_the_list_holds_the_subtree_and_nobody_else(office: Office) -> None:
    page = office.officer.get("/doan-vien")
    assert h1_of(page) == "Danh sách đoàn viên"
    names = re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', page.text)
    assert names == ["Lò Thị Mai", "Hà Thị Thủy"]
    assert "Chưa đăng nhập lần đầu" in text_of(page)
    assert "Lò Thị Mai" not in office.neighbour.get("/doan-vien").text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"tim": "lo thi"}, ["Lò Thị Mai"]),
        ({"tim": "0912 345"}, ["Lò Thị Mai"]),
        ({"tim": "páo"}, []),
        ({"dien": "worker"}, []),
        ({"dien": "không có"}, ["Lò Thị Mai", "Hà Thị Thủy"]),
    ],
)
def test_the_list_is_filtered(office: Office, query: dict[str, str], names: list[str]) -> None:
    page = office.officer.get("/doan-vien", query_string=query)
    assert re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', page.text) == names
    if not names:
        assert "Không có ai khớp với bộ lọc." in text_of(page)


def test_the_filter_of_units_knows_only_ones_own(office: Office) -> None:
    below = office.officer.get("/doan-vien", query_string={"don_vi": office.team.public_id})
    assert ("Lò Thị Mai" in below.text, "Hà Thị Thủy</a></th>" in below.text) == (True, False)
    assert "Cao su" not in below.text


def test_a_long_list_comes_in_pages_by_key(office: Office, app: Flask) -> None:
    with writing(app):
        unit = db.session.get_one(Unit, office.team.id)
        for number in range(55):
            make_person(f"Giàng A {chr(65 + number % 26)}{number:02d}", unit)
    first = office.officer.get("/doan-vien")
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert following is not None
    second = office.officer.get(following[1].replace("&amp;", "&"))
    names = [re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', page.text) for page in (first, second)]
    assert [len(found) for found in names] == [50, 7]
    assert len(set(names[0] + names[1])) == 57
    assert 'rel="prev"' in second.text


def _add(office: Office, **more: object) -> TestResponse:
    page = office.officer.get("/doan-vien/them")
    typed = {"full_name": "Lò Văn An", "unit": office.team.public_id, "kind": "member", "with_account": "y", **more}
    return send(office.officer, page, button="Thêm người", **typed)


def _people(app: Flask, name: str) -> list[Person]:
    with reading(app):
        return list(db.session.scalars(sa.select(Person).where(Person.full_name == name)))


def test_a_person_is_added_with_an_account(office: Office, app: Flask) -> None:
    page = _add(office, phone="+84 987 654 321", member_code="lc 77", sex="male", birth_year="1988", job_title="Thợ")
    assert h1_of(page) == "Lò Văn An"
    told = text_of(page)
    assert "Đã thêm Lò Văn An." in told
    assert "Tên đăng nhập: 0987 654 321, lc77" in told
    assert "Tổ Sao chè" in told
    with reading(app):
        account = queries.account_by_key("0987654321")
        assert account is not None
        person = account.person
        assert (person.phone, person.birth_year, person.membership.member_code) == ("0987654321", 1988, "LC77")


def test_without_the_tick_there_is_no_account(office: Office) -> None:
    page = office.officer.get("/doan-vien/them")
    values = {"full_name": "Lò Văn An", "unit": office.team.public_id, "kind": "worker", "phone": "0987654321"}
    found = send(office.officer, page, button="Thêm người", **values, with_account=[])
    assert "Chưa có tài khoản" in text_of(found)
    assert MembershipKind.WORKER.value not in text_of(found)


def test_a_familys_phone_stays_contact_only_and_the_page_says_so(office: Office, app: Flask) -> None:
    told = text_of(_add(office, phone="0912345678", member_code="LC77"))
    assert "0912 345 678 đã là tên đăng nhập của người khác (thường là người nhà), nên chỉ lưu để liên hệ." in told
    assert "Tên đăng nhập: lc77" in told
    assert [person.phone for person in _people(app, "Lò Văn An")] == ["0912345678"]


def test_with_the_familys_phone_alone_the_person_is_kept_and_the_next_act_is_named(office: Office) -> None:
    told = text_of(_add(office, phone="0912345678"))
    assert "Chưa tạo được tài khoản." in told
    assert "Chưa có tài khoản" in told


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"full_name": ""}, "Nhập họ và tên"),
        ({"unit": ""}, "Chọn đơn vị"),
        ({"phone": "12"}, "Số điện thoại cần có 10 chữ số, ví dụ 0912 345 678"),
        ({"birth_year": "88"}, "Năm sinh gồm 4 chữ số, ví dụ 1988"),
        ({"phone": "", "member_code": ""}, "Nhập số điện thoại hoặc mã đoàn viên để đăng nhập"),
        ({"kind": "boss"}, "Chọn một mục trong danh sách"),
    ],
)
def test_what_is_missing_is_named_at_its_field(office: Office, app: Flask, more: dict[str, str], sentence: str) -> None:
    page = _add(office, **{"phone": "0987654321", **more})
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert _people(app, "Lò Văn An") == []


def test_nobody_is_added_to_a_unit_of_others(office: Office, app: Flask) -> None:
    page = _add(office, unit=office.rubber.public_id, phone="0987654321")
    assert (page.status_code, "Chọn một đơn vị trong danh sách" in text_of(page)) == (422, True)
    assert _people(app, "Lò Văn An") == []


def test_a_member_code_of_somebody_else_is_named(office: Office) -> None:
    _add(office, member_code="LC77")
    page = _add(office, full_name="Lò Văn Bình", member_code="lc77")
    assert "Mã đoàn viên LC77 đã có người khác dùng. Kiểm tra lại mã trên thẻ." in text_of(page)


def test_the_same_form_sent_twice_adds_one_person(office: Office, app: Flask) -> None:
    page = office.officer.get("/doan-vien/them")
    typed = {"full_name": "Lò Văn An", "unit": office.team.public_id, "kind": "member", "phone": "0987654321"}
    answers = [send(office.officer, page, button="Thêm người", follow=False, **typed) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert len(_people(app, "Lò Văn An")) == 1


def test_data_are_corrected(office: Office) -> None:
    page = office.officer.get(_mai(office, "/sua"))
    page = send(office.officer, page, button="Lưu thông tin", full_name="Lò Thị Mai Hương", job_title="Tổ trưởng")
    assert h1_of(page) == "Lò Thị Mai Hương"
    assert "Tổ trưởng" in text_of(page)


def test_a_form_opened_before_somebody_else_saved_is_refused(office: Office, app: Flask) -> None:
    first, second = (office.officer.get(_mai(office, "/sua")) for _ in range(2))
    send(office.officer, first, button="Lưu thông tin", job_title="Tổ trưởng")
    answer = send(office.officer, second, button="Lưu thông tin", job_title="Công nhân")
    assert answer.status_code == 409
    assert "vừa được người khác lưu" in text_of(answer)
    assert [person.job_title for person in _people(app, "Lò Thị Mai")] == ["Tổ trưởng"]


def test_a_person_moves_to_another_unit_of_the_officer_only(office: Office) -> None:
    page = office.officer.get(_mai(office, "/chuyen"))
    refused = send(office.officer, page, button="Chuyển đơn vị", unit=office.rubber.public_id, on="1/5/2026")
    assert "Chọn một đơn vị trong danh sách" in text_of(refused)
    page = office.officer.get(_mai(office, "/chuyen"))
    refused = send(office.officer, page, button="Chuyển đơn vị", unit=office.tea.public_id, on="1/6/2026")
    assert "Ngày này chưa đến. Nhập ngày hôm nay hoặc trước đó" in text_of(refused)
    page = office.officer.get(_mai(office, "/chuyen"))
    done = send(office.officer, page, button="Chuyển đơn vị", unit=office.tea.public_id, on="1/5/2026")
    told = text_of(done)
    assert "Đã chuyển Lò Thị Mai sang CĐCS Chè." in told
    assert "đến 30/04/2026" in told
    assert "từ 01/05/2026" in told


def test_a_code_is_shown_once_on_a_slip_and_opens_the_account(office: Office, app: Flask) -> None:
    page = office.officer.get(_mai(office))
    slip = send(office.officer, page, button="Cấp mã 6 số", follow=False)
    assert h1_of(slip) == "Mã đăng nhập lần đầu"
    shown = re.search(r"code-large\">(\d{3}) (\d{3})<", slip.text)
    assert shown is not None
    code = shown[1] + shown[2]
    assert "Dùng một lần, trong 3 ngày: đến 09:00, 07/05/2026." in text_of(slip)
    assert "no-store" in slip.headers["Cache-Control"]
    again = send(office.officer, page, button="Cấp mã 6 số")
    assert h1_of(again) == "Lò Thị Mai"
    assert "Mã 6 số chỉ hiện một lần, lúc vừa cấp." in text_of(again)
    assert code not in again.text
    with reading(app):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SignInCode)) == 1
    visitor = app.test_client()
    entered = send(
        visitor, visitor.get("/ma-dang-nhap"), button="Đặt mật khẩu", key="0912345678", code=code,
        password="đường về bản xa", follow=False,
    )  # fmt: skip
    assert entered.status_code == 303


def test_an_officer_gets_no_code_for_an_organiser_among_the_own_members(office: Office, app: Flask) -> None:
    with writing(app):
        province = db.session.scalars(sa.select(Unit).where(Unit.parent_id.is_(None))).one()
        boss = make_person("Trần Thị Ánh", db.session.get_one(Unit, office.tea.id))
        make_account(boss, (Role.ORGANISER, province))
        kept(boss)
    page = office.officer.get(f"/doan-vien/{boss.public_id}")
    assert "Tài khoản này có vai trò ở cấp khác. Người quản trị hệ thống cấp mã." in text_of(page)
    assert "Cấp mã 6 số" not in text_of(page)
    mai = office.officer.get(_mai(office))
    forged = send(office.officer, mai, button="Cấp mã 6 số", follow=False)
    key = re.search(r'name="form_key" value="([^"]+)"', office.officer.get(_mai(office)).text)
    token = re.search(r'name="csrf_token" value="([^"]+)"', mai.text)
    assert (forged.status_code, key is not None, token is not None) == (200, True, True)
    answer = office.officer.post(f"/doan-vien/{boss.public_id}/ma", data={"form_key": key[1], "csrf_token": token[1]})
    assert answer.status_code == 403
    assert "do người quản trị hệ thống làm" in text_of(answer)


def test_sign_in_names_follow_the_contact_data_when_asked(office: Office, app: Flask) -> None:
    page = office.officer.get(_mai(office, "/sua"))
    page = send(office.officer, page, button="Lưu thông tin", phone="0987654321")
    assert "Tên đăng nhập: 0912 345 678" in text_of(page)
    page = send(office.officer, page, button="Đăng nhập bằng số và mã hiện tại")
    assert "Tên đăng nhập: 0987 654 321" in text_of(page)


def test_an_account_can_be_made_later(office: Office, app: Flask) -> None:
    with writing(app):
        person = make_person("Lò Văn An", db.session.get_one(Unit, office.team.id), phone="0987654321")
        kept(person)
    page = office.officer.get(f"/doan-vien/{person.public_id}")
    page = send(office.officer, page, button="Tạo tài khoản")
    assert "Tên đăng nhập: 0987 654 321" in text_of(page)


@pytest.mark.parametrize("act", ["", "/sua", "/chuyen"])
def test_the_officer_next_door_finds_nobody(office: Office, act: str) -> None:
    answer = office.neighbour.get(_mai(office, act))
    assert answer.status_code == 404
    assert "Lò Thị Mai" not in answer.text


@pytest.mark.parametrize("act", ["/sua", "/chuyen", "/ma", "/tai-khoan"])
def test_the_officer_next_door_changes_nobody(office: Office, app: Flask, act: str) -> None:
    page = office.neighbour.get("/doan-vien/them")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    key = re.search(r'name="form_key" value="([^"]+)"', page.text)
    assert token is not None
    assert key is not None
    data = {"csrf_token": token[1], "form_key": key[1], "full_name": "Người khác"}
    assert office.neighbour.post(_mai(office, act), data=data).status_code == 404
    assert len(_people(app, "Lò Thị Mai")) == 1


def test_the_unit_next_door_is_not_there_either(office: Office) -> None:
    assert office.neighbour.get(f"/to-chuc/{office.tea.public_id}").status_code == 404
    page = office.officer.get(f"/to-chuc/{office.tea.public_id}")
    assert h1_of(page) == "CĐCS Chè"
    assert "LĐLĐ tỉnh" not in page.text.split("<main")[1].split("</main")[0]


def test_workers_see_no_lists_of_people(office: Office, sign_in: Callable[[Account], FlaskClient]) -> None:
    worker = sign_in(office.account)
    assert [worker.get(path).status_code for path in ("/doan-vien", "/doan-vien/them", "/nguoi-dung", "/nhat-ky")] == [
        403, 403, 403, 403,
    ]  # fmt: skip
    assert worker.get(_mai(office)).status_code in (403, 404)
