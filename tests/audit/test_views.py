"""The page of the trail: who, what, when, before and after, in words; and what it keeps from an administrator."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.accounts.models import Account
from core.accounts.rules import SYSTEM, Actor, Role
from core.audit import service as audit
from core.audit import words
from core.people import service as people
from tests.accounts.office import kept, writing
from tests.conftest import NOW
from tests.makers import make_account, make_person, make_unit
from tests.pages import h1_of, text_of

MAI = Actor(7, 7, "Lò Thị Mai")
EMPTY = "Không có thao tác nào trong khoảng thời gian này"


@pytest.fixture
def admin(app: Flask, sign_in: Callable[[Account], FlaskClient]) -> FlaskClient:
    """An administrator's browser, after a few acts in May."""
    with writing(app):
        unit = make_unit("CĐCS Chè")
        account = make_account(make_person("Nguyễn Đức Thịnh", unit), (Role.ADMIN, unit))
        person = make_person("Lo Van An", unit)
        people.correct(person, {"full_name": "Lò Văn An", "phone": "0912345678"}, actor=MAI, at=NOW)
        audit.record("role.grant", account, actor=SYSTEM, at=NOW, after={"role": "officer", "unit": "CĐCS Chè"})
        audit.record(
            "award.choose", ("entry", 1), actor=MAI, at=NOW + timedelta(days=1), before={"tier": "nhat"},
            after={"tier": "nhi"}, note="Điểm 87,25 thấp hơn hồ sơ kia",
        )  # fmt: skip
        kept(account)
    return sign_in(account)


def _acts(page: TestResponse) -> list[str]:
    return re.findall(r'<td data-label="Việc">([^<]+)</td>', page.text)


def test_the_trail_is_read_newest_first_with_before_and_after(admin: FlaskClient) -> None:
    page = admin.get("/nhat-ky")
    assert h1_of(page) == "Nhật ký"
    assert _acts(page)[:3] == ["Chọn mức khen thưởng", "Giao vai trò", "Sửa thông tin cá nhân"]
    told = text_of(page)
    assert "Người: Lò Văn An Họ và tên: Lo Van An → Lò Văn An" in told
    assert "Điện thoại: – → 0912 345 678" in told
    assert "Vai trò: Cán bộ công đoàn" in told
    assert "Hệ thống" in told


def test_what_was_filed_judged_or_awarded_is_not_told(admin: FlaskClient) -> None:
    page = admin.get("/nhat-ky")
    assert "Không hiện nội dung" in text_of(page)
    for secret in ("nhat", "nhi", "87,25"):
        assert secret not in text_of(page).replace("nhat-ky", "")
    assert b"87,25" not in _sheet(admin.get("/nhat-ky/tai-ve"))


@pytest.mark.parametrize(
    ("query", "acts"),
    [
        ({"viec": "role.grant"}, ["Giao vai trò"]),
        ({"nguoi": "Thị Mai"}, ["Chọn mức khen thưởng", "Sửa thông tin cá nhân"]),
        ({"tu": "5/5/2026"}, ["Chọn mức khen thưởng"]),
        ({"den": "04/05/2026", "viec": "person.correct"}, ["Sửa thông tin cá nhân"]),
        ({"tu": "01/06/2026"}, []),
        ({"viec": "unit.move"}, []),
    ],
)
def test_the_trail_is_filtered_by_act_person_and_day(
    admin: FlaskClient, query: dict[str, str], acts: list[str]
) -> None:
    page = admin.get("/nhat-ky", query_string=query)
    assert _acts(page) == acts
    assert (EMPTY in text_of(page)) == (acts == [])


def test_a_day_that_is_none_is_named_at_its_box(admin: FlaskClient) -> None:
    page = admin.get("/nhat-ky?tu=31/02/2026")
    assert page.status_code == 422
    assert "Ngày phải là ngày có thật, ví dụ 05/03/2026" in text_of(page)
    assert admin.get("/nhat-ky/tai-ve?tu=hôm nay").status_code == 422


def test_a_long_trail_comes_in_pages(admin: FlaskClient, app: Flask) -> None:
    with writing(app):
        for number in range(60):
            audit.record("account.sign_in", ("account", number), actor=MAI, at=NOW)
    first = admin.get("/nhat-ky?viec=account.sign_in")
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert following is not None
    second = admin.get(following[1].replace("&amp;", "&"))
    assert [len(_acts(page)) for page in (first, second)] == [50, 10]
    assert "Về trang mới nhất" in text_of(second)
    assert admin.get("/nhat-ky?sau=x").status_code == 200


def _sheet(answer: TestResponse) -> bytes:
    with ZipFile(BytesIO(answer.data)) as book:
        return b"".join(book.read(name) for name in book.namelist() if name.startswith("xl/"))


def test_the_filtered_trail_goes_into_a_spreadsheet(admin: FlaskClient) -> None:
    answer = admin.get("/nhat-ky/tai-ve?viec=person.correct")
    assert answer.headers["Content-Disposition"] == "attachment; filename=nhat-ky-2026-05-04.xlsx"
    text = _sheet(answer).decode()
    assert "Sửa thông tin cá nhân" in text
    assert "Họ và tên: Lo Van An → Lò Văn An" in text
    assert "Giao vai trò" not in text


def test_nobody_else_reads_the_trail(client: FlaskClient) -> None:
    assert [client.get(path).status_code for path in ("/nhat-ky", "/nhat-ky/tai-ve")] == [303, 303]


def test_an_act_nobody_worded_is_named_by_its_room(app: Flask) -> None:
    with app.test_request_context("/"):
        assert words.verb_phrase("entry.something_new") == "Việc khác với hồ sơ"
        assert words.verb_phrase("something.new") == "Việc khác"
        assert words.changes("something.new", {"name": "a"}, {"name": "b"}) == []
