"""Signing in, the first sign-in with a code, one's own account: what people read, and what attackers do not learn."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.accounts import queries, service
from core.accounts.models import Account, WebSession
from core.accounts.passwords import hashed
from core.accounts.rules import SYSTEM, LoginKind, Role
from core.extensions import db
from tests.accounts.office import kept, reading, writing
from tests.conftest import NOW, SettableClock
from tests.makers import make_account, make_person, make_unit
from tests.pages import form, h1_of, send, text_of

PASSWORD = "sương sớm đồi chè"
WRONG = "Số điện thoại hoặc mật khẩu chưa đúng. Còn 4 lần thử."


@pytest.fixture
def account(app: Flask) -> Account:
    """Mai, who signs in with phone or member code."""
    with writing(app):
        found = make_account(
            make_person("Lò Thị Mai", make_unit()), phone="0912345678", password_hash=hashed(PASSWORD, cost=1)
        )
        service.add_key(found, LoginKind.MEMBER_CODE, "LC000101")
        kept(found)
    return found


def _sign_in(client: FlaskClient, key: str, password: str = PASSWORD, *, to: str = "", **more: Any) -> TestResponse:
    page = client.get("/dang-nhap", query_string={"tiep": to} if to else None)
    return send(client, page, button="Đăng nhập", key=key, password=password, follow=False, **more)


def _is_signed_in(client: FlaskClient) -> bool:
    return client.get("/tai-khoan").status_code == 200


@pytest.mark.parametrize(
    "key", ["0912345678", "0912 345 678", "+84 912 345 678", "LC000101", "lc000101", "lc\u200b000101"]
)
def test_one_signs_in_with_phone_or_member_code_however_typed(client: FlaskClient, account: Account, key: str) -> None:
    answer = _sign_in(client, key)
    assert (answer.status_code, answer.location) == (303, "/viec-can-lam")
    page = client.get("/tai-khoan")
    assert h1_of(page) == "Tài khoản của tôi"
    assert "Lò Thị Mai" in text_of(page)


def test_a_wrong_password_says_how_many_tries_are_left_and_keeps_the_name(
    client: FlaskClient, account: Account
) -> None:
    answer = _sign_in(client, "0912345678", "sương muộn")
    assert answer.status_code == 422
    assert WRONG in text_of(answer)
    assert form(answer, button="Đăng nhập").values["key"] == "0912345678"
    assert "sương muộn" not in answer.text
    assert not _is_signed_in(client)


def test_known_unknown_and_closed_accounts_answer_alike(client: FlaskClient, account: Account) -> None:
    with writing(client.application):
        make_account(phone="0912345679", password_hash=hashed(PASSWORD, cost=1), disabled_at=NOW)
    answers = [_sign_in(client, key, "sương muộn") for key in ("0912345678", "0900000000", "0912345679")]

    def bare(answer: TestResponse) -> str:
        return re.sub(r'09\d{8}|(csrf_token|form_key)" value="[^"]*"', "", answer.text)

    assert {answer.status_code for answer in answers} == {422}
    assert len({bare(answer) for answer in answers}) == 1


def test_after_five_wrong_tries_the_door_waits_a_while_for_right_ones_too(
    client: FlaskClient, account: Account, clock: SettableClock
) -> None:
    told = [text_of(_sign_in(client, "0912345678", "sương muộn")) for _ in range(5)]
    assert "Còn 1 lần thử." in told[3]
    assert "Đã hết lần thử, đợi 15 phút rồi đăng nhập lại." in told[4]
    answer = _sign_in(client, "+84 912 345 678")
    assert answer.status_code == 429
    assert re.search(r"Thao tác quá nhanh\. Đợi \d+ giây rồi bấm lại\.", text_of(answer))
    clock.forward(minutes=15)
    assert _sign_in(client, "0912345678").status_code == 303


def test_tries_on_an_unknown_name_are_limited_too(client: FlaskClient, account: Account) -> None:
    answers = [_sign_in(client, "0900000000", "sương muộn").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_empty_boxes_are_named(client: FlaskClient, account: Account) -> None:
    page = text_of(_sign_in(client, "", ""))
    assert "Nhập số điện thoại hoặc mã đoàn viên" in page
    assert "Nhập mật khẩu" in page


def test_a_visitor_is_led_to_sign_in_and_back(client: FlaskClient, account: Account) -> None:
    answer = client.get("/tai-khoan?x=1")
    assert answer.location == "/dang-nhap?tiep=%2Ftai-khoan%3Fx%3D1"
    page = client.get(answer.location)
    done = send(client, page, button="Đăng nhập", key="0912345678", password=PASSWORD, follow=False)
    assert done.location == "/tai-khoan?x=1"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "\\/evil.example", "/\tx", "javascript:x"]
)
def test_nobody_is_sent_to_another_site(client: FlaskClient, account: Account, target: str) -> None:
    assert _sign_in(client, "0912345678", to=target).location == "/viec-can-lam"


def test_each_sign_in_begins_a_new_session(client: FlaskClient, account: Account) -> None:
    """A session id planted before signing in is worth nothing after."""
    with client.session_transaction() as planted:
        planted["sid"] = "planted-by-somebody"
    _sign_in(client, "0912345678")
    with client.session_transaction() as now:
        first = now["sid"]
    assert first != "planted-by-somebody"
    other = client.application.test_client()
    with other.session_transaction() as kept:
        kept["sid"] = "planted-by-somebody"
    assert not _is_signed_in(other)


def test_signing_in_again_ends_the_session_of_this_browser(client: FlaskClient, account: Account) -> None:
    page = client.get("/dang-nhap")
    again = client.get("/dang-nhap")
    for shown in (page, again):
        send(client, shown, button="Đăng nhập", key="0912345678", password=PASSWORD, follow=False)
    with reading(client.application):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(WebSession)) == 1


def test_a_session_whose_row_is_gone_is_a_visitor(client: FlaskClient, account: Account) -> None:
    _sign_in(client, "0912345678")
    assert _is_signed_in(client)
    with writing(client.application):
        service.end_sessions(account)
    assert not _is_signed_in(client)


def test_a_closed_account_is_signed_out_at_the_next_request(client: FlaskClient, account: Account) -> None:
    _sign_in(client, "0912345678")
    with writing(client.application):
        service.disable(queries.account(account.id), actor=SYSTEM, at=NOW)
    assert not _is_signed_in(client)


def test_an_idle_session_ends(client: FlaskClient, account: Account, clock: SettableClock) -> None:
    _sign_in(client, "0912345678")
    clock.forward(minutes=119)
    assert _is_signed_in(client)
    clock.forward(minutes=121)
    assert not _is_signed_in(client)


def test_the_same_sign_in_form_sent_twice_opens_one_session(client: FlaskClient, account: Account) -> None:
    page = client.get("/dang-nhap")
    for _ in range(2):
        send(client, page, button="Đăng nhập", key="0912345678", password=PASSWORD, follow=False)
    with reading(client.application):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(WebSession)) == 1


# --- The six-digit code ---------------------------------------------------------------------------------------------


@pytest.fixture
def code(app: Flask, account: Account) -> str:
    """A code for Mai, as the officer reads it out."""
    with writing(app):
        return service.issue_code(queries.account(account.id), actor=SYSTEM, at=NOW, cost=1)


def _first(client: FlaskClient, code: str, *, to: str = "", password: str = "đường về bản xa") -> TestResponse:
    page = client.get("/ma-dang-nhap", query_string={"tiep": to} if to else None)
    return send(client, page, button="Đặt mật khẩu", key="0912 345 678", code=code, password=password, follow=False)


def test_the_first_sign_in_sets_a_password_and_goes_to_the_wanted_page(client: FlaskClient, code: str) -> None:
    answer = _first(client, f"{code[:3]} {code[3:]}", to="/tai-khoan")
    assert (answer.status_code, answer.location) == (303, "/tai-khoan")
    page = text_of(client.get("/tai-khoan"))
    assert "Đã đặt mật khẩu. Lần sau đăng nhập bằng mật khẩu này." in page
    assert _sign_in(client.application.test_client(), "0912345678", "đường về bản xa").status_code == 303
    assert _sign_in(client.application.test_client(), "0912345678", PASSWORD).status_code == 422


CODE_REFUSED = "Mã 6 số chưa đúng, đã dùng hoặc đã quá hạn."


def test_a_code_works_once(client: FlaskClient, code: str) -> None:
    _first(client, code)
    answer = _first(client.application.test_client(), code)
    assert answer.status_code == 422
    assert CODE_REFUSED in text_of(answer)


def test_a_code_is_too_old_after_three_days(client: FlaskClient, code: str, clock: SettableClock) -> None:
    clock.forward(days=3)
    assert CODE_REFUSED in text_of(_first(client, code))


def test_five_wrong_tries_end_the_code(client: FlaskClient, code: str, clock: SettableClock) -> None:
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert CODE_REFUSED in text_of(_first(client, wrong))
    clock.forward(minutes=15)
    assert CODE_REFUSED in text_of(_first(client, code))


def test_a_weak_password_keeps_the_code(client: FlaskClient, code: str) -> None:
    answer = _first(client, code, password="12345678")
    assert "Mật khẩu này rất nhiều người dùng nên dễ bị đoán. Chọn mật khẩu khác." in text_of(answer)
    assert _first(client, code).status_code == 303


def test_the_first_sign_in_leads_to_no_other_site(client: FlaskClient, code: str) -> None:
    assert _first(client, code, to="//evil.example").location == "/viec-can-lam"


# --- One's own account ----------------------------------------------------------------------------------------------


def test_ones_own_page_says_what_each_role_means(app: Flask, sign_in: Any) -> None:
    with writing(app):
        unit = make_unit("CĐCS Chè")
        officer = make_account(make_person("Lò Văn An", unit), (Role.OFFICER, unit))
        kept(officer)
    page = text_of(sign_in(officer).get("/tai-khoan"))
    assert "Được xem và xác nhận hồ sơ của CĐCS Chè; được cấp mã đăng nhập." in page


def test_changing_the_password_signs_out_other_browsers_and_keeps_this_one(
    client: FlaskClient, account: Account
) -> None:
    other = client.application.test_client()
    _sign_in(other, "0912345678")
    _sign_in(client, "0912345678")
    page = client.get("/tai-khoan/mat-khau")
    done = send(client, page, button="Đổi mật khẩu", current=PASSWORD, password="đường về bản xa")
    assert "Đã đổi mật khẩu. Các máy khác đã được đăng xuất." in text_of(done)
    assert (_is_signed_in(client), _is_signed_in(other)) == (True, False)


def test_the_present_password_is_asked_for(client: FlaskClient, account: Account) -> None:
    _sign_in(client, "0912345678")
    page = client.get("/tai-khoan/mat-khau")
    answer = send(client, page, button="Đổi mật khẩu", current="sai", password="đường về bản xa")
    assert "Mật khẩu hiện tại chưa đúng." in text_of(answer)
    with reading(client.application):
        assert queries.account(account.id).password_hash == account.password_hash
