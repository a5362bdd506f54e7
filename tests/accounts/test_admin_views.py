"""An administrator's pages: users and roles, never the content of entries."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.accounts import policy, queries, service
from core.accounts.models import Account
from core.accounts.rules import SYSTEM, Role
from core.entries.models import Entry
from core.entries.rules import State
from core.extensions import db
from core.organisations.models import Unit
from tests.accounts.office import kept, reading, writing
from tests.conftest import NOW
from tests.makers import make_account, make_filed_entry, make_person, make_season, make_unit
from tests.pages import h1_of, send, text_of

SignIn = Callable[[Account], FlaskClient]


@dataclass
class Office:
    """An administrator, and Mai who holds nothing yet."""

    admin: FlaskClient
    own: Account
    mai: Account
    province: Unit
    tea: Unit


@pytest.fixture
def office(app: Flask, sign_in: SignIn) -> Office:
    """The province and one unit."""
    with writing(app):
        province = make_unit("LĐLĐ tỉnh")
        tea = make_unit("CĐCS Chè", province)
        own = make_account(make_person("Nguyễn Đức Thịnh", province), (Role.ADMIN, province))
        mai = make_account(make_person("Lò Thị Mai", tea, phone="0912345678"), phone="0912345678")
        kept(province, tea, own, mai)
    return Office(sign_in(own), own, mai, province, tea)


def _page(account: Account) -> str:
    return f"/nguoi-dung/{account.public_id}"


def _names(text: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', text)


def test_users_are_listed_with_what_they_may_do(office: Office) -> None:
    page = office.admin.get("/nguoi-dung")
    assert h1_of(page) == "Người dùng"
    assert _names(page.text) == ["Lò Thị Mai", "Nguyễn Đức Thịnh"]
    told = text_of(page)
    assert "Được nộp và xem hồ sơ của mình." in told
    assert "Được quản lý người dùng, cây tổ chức, nhật ký. Không xem được nội dung hồ sơ và điểm." in told


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"tim": "mai"}, ["Lò Thị Mai"]),
        ({"tim": "0912 345 678"}, ["Lò Thị Mai"]),
        ({"vai_tro": "admin"}, ["Nguyễn Đức Thịnh"]),
        ({"vai_tro": "judge"}, []),
    ],
)
def test_users_are_found_by_name_key_and_role(office: Office, query: dict[str, str], names: list[str]) -> None:
    assert _names(office.admin.get("/nguoi-dung", query_string=query).text) == names


def test_a_role_is_given_and_ended_and_the_person_signs_in_anew(office: Office, sign_in: SignIn) -> None:
    mai = sign_in(office.mai)
    page = office.admin.get(_page(office.mai))
    page = send(office.admin, page, button="Giao vai trò", role="officer", unit=office.tea.public_id)
    told = text_of(page)
    assert "Đã giao vai trò Cán bộ công đoàn ở CĐCS Chè. Lò Thị Mai cần đăng nhập lại." in told
    assert "Được xem và xác nhận hồ sơ của CĐCS Chè; được cấp mã đăng nhập." in told
    assert mai.get("/tai-khoan").status_code == 303
    assert sign_in(office.mai).get("/doan-vien").status_code == 200
    page = send(office.admin, page, button="Kết thúc")
    assert "Đã kết thúc vai trò Cán bộ công đoàn ở CĐCS Chè." in text_of(page)
    assert sign_in(office.mai).get("/doan-vien").status_code == 403


@pytest.mark.parametrize(("role", "word"), [("judge", "Giám khảo"), ("organiser", "Ban tổ chức")])
def test_an_administrator_is_not_made_judge_or_organiser(office: Office, role: str, word: str) -> None:
    page = office.admin.get(_page(office.own))
    answer = send(office.admin, page, button="Giao vai trò", role=role, unit=office.tea.public_id)
    assert answer.status_code == 409
    assert (
        f"Một người không vừa là {word} vừa là Quản trị hệ thống. Kết thúc vai trò Quản trị hệ thống trước, "
        "hoặc chọn người khác."
    ) in text_of(answer)


def test_what_is_missing_in_a_grant_is_named(office: Office) -> None:
    page = office.admin.get(_page(office.mai))
    answer = send(office.admin, page, button="Giao vai trò", role="", unit="")
    assert (answer.status_code, "Chọn vai trò" in text_of(answer)) == (422, True)
    answer = send(office.admin, page, button="Giao vai trò", role="king", unit="nowhere")
    assert "Chọn một vai trò trong danh sách" in text_of(answer)
    assert "Chọn một đơn vị trong danh sách" in text_of(answer)


LAST = "Đây là người quản trị duy nhất. Giao quyền quản trị cho người khác trước."


@pytest.mark.parametrize("button", ["Kết thúc", "Khóa tài khoản"])
def test_the_last_administrator_stays(office: Office, button: str) -> None:
    page = office.admin.get(_page(office.own))
    answer = send(office.admin, page, button=button)
    assert answer.status_code == 409
    assert LAST in text_of(answer)
    assert office.admin.get("/nguoi-dung").status_code == 200


def test_a_closed_account_is_signed_out_and_may_be_opened_again(office: Office, sign_in: SignIn) -> None:
    mai = sign_in(office.mai)
    page = send(office.admin, office.admin.get(_page(office.mai)), button="Khóa tài khoản")
    assert "Đã khóa tài khoản của Lò Thị Mai." in text_of(page)
    assert mai.get("/tai-khoan").status_code == 303
    page = send(office.admin, page, button="Mở lại tài khoản")
    assert "Đã mở lại tài khoản của Lò Thị Mai." in text_of(page)
    assert sign_in(office.mai).get("/tai-khoan").status_code == 200


def test_somebody_is_signed_out_everywhere(office: Office, sign_in: SignIn) -> None:
    mai = sign_in(office.mai)
    page = send(office.admin, office.admin.get(_page(office.mai)), button="Đăng xuất khỏi mọi máy")
    assert "Đã đăng xuất Lò Thị Mai khỏi mọi máy." in text_of(page)
    assert mai.get("/tai-khoan").status_code == 303


def test_an_administrator_hands_out_a_code(office: Office, app: Flask) -> None:
    page = office.admin.get(_page(office.mai))
    slip = send(office.admin, page, button="Cấp mã 6 số", follow=False)
    code = re.search(r"code-large\">(\d{3}) (\d{3})<", slip.text)
    assert code is not None
    with reading(app):
        found, _row = service.verify_code("0912345678", code[1] + code[2], at=NOW, cost=1)
        assert found.id == office.mai.id


def test_an_administrator_adds_people_anywhere(office: Office) -> None:
    page = office.admin.get("/doan-vien/them")
    page = send(
        office.admin, page, button="Thêm người", full_name="Lò Văn An", unit=office.province.public_id, kind="member",
        phone="0987654321", with_account="y",
    )  # fmt: skip
    assert h1_of(page) == "Lò Văn An"


def test_officers_do_not_manage_users(office: Office, app: Flask, sign_in: SignIn) -> None:
    with writing(app):
        officer = make_account(make_person("Hà Thị Thủy"), (Role.OFFICER, db.session.get_one(Unit, office.tea.id)))
        kept(officer)
    client = sign_in(officer)
    assert [client.get(path).status_code for path in ("/nguoi-dung", _page(office.mai), "/to-chuc", "/nhat-ky")] == [
        403, 403, 403, 403,
    ]  # fmt: skip


def test_an_administrator_opens_no_entry(office: Office, app: Flask) -> None:
    with writing(app):
        season = make_season(owner_unit=db.session.get_one(Unit, office.province.id))
        entry = make_filed_entry(season, db.session.get_one(Unit, office.tea.id))
        kept(entry)
    with reading(app):
        admin = queries.actor_of(queries.account(office.own.id), NOW.date())
        row = db.session.get_one(Entry, entry.id)
        assert row.state == State.SUBMITTED
        assert not policy.sees(admin, row)
        assert policy.fields(admin, row) == frozenset()
        assert list(db.session.scalars(policy.visible(admin, Entry))) == []
    assert office.admin.get(f"/ho-so/{entry.public_id}").status_code == 404


def test_the_administrators_acts_are_in_the_trail(office: Office, app: Flask) -> None:
    with writing(app):
        service.disable(queries.account(office.mai.id), actor=SYSTEM, at=NOW)
    told = text_of(office.admin.get("/nhat-ky"))
    assert "Khóa tài khoản" in told
