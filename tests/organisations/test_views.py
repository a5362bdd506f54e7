"""The pages of the tree: what an administrator sees and does, and which refusals are read there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.accounts.models import Account
from core.accounts.rules import SYSTEM, Role
from core.db import begin_reading
from core.extensions import db
from core.organisations import service
from core.organisations.models import Unit
from tests.accounts.office import kept, reading, writing
from tests.conftest import NOW
from tests.makers import make_account, make_person, make_unit
from tests.pages import h1_of, send, text_of


@pytest.fixture
def units(app: Flask) -> dict[str, Unit]:
    """A province with two units, one of them with a team."""
    with writing(app):
        province = make_unit("LĐLĐ tỉnh", code="tinh")
        tea = make_unit("CĐCS Chè", province, code="che", member_count=120)
        rubber = make_unit("CĐCS Cao su", province, code="cao-su", member_count=80)
        team = make_unit("Tổ Đường lò", tea, code="to-1")
        found = {"province": province, "tea": tea, "rubber": rubber, "team": team}
        kept(*found.values())
    return found


@pytest.fixture
def admin(app: Flask, units: dict[str, Unit], sign_in: Callable[[Account], FlaskClient]) -> FlaskClient:
    """An administrator's browser."""
    with writing(app):
        province = db.session.get_one(Unit, units["province"].id)
        account = make_account(make_person("Nguyễn Đức Thịnh", province), (Role.ADMIN, province))
        kept(account)
    return sign_in(account)


def _names(page: TestResponse) -> list[str]:
    tree = page.text.split('<ul class="unit-tree">')[1].split("</main>")[0]
    return re.findall(r'<a href="/to-chuc/[^"]+">([^<]+)</a>', tree)


def _url(unit: Unit, act: str = "") -> str:
    return f"/to-chuc/{unit.public_id}{act}"


def test_the_tree_shows_parents_before_children_in_the_alphabet_and_counts(admin: FlaskClient) -> None:
    page = admin.get("/to-chuc")
    assert h1_of(page) == "Cây tổ chức"
    assert _names(page) == ["LĐLĐ tỉnh", "CĐCS Cao su", "CĐCS Chè", "Tổ Đường lò"]
    told = text_of(page)
    assert "4 đơn vị đang hoạt động, 0 đã giải thể." in told
    assert "200 đoàn viên theo số liệu đơn vị báo." in told


def test_a_search_without_marks_keeps_the_line_above(admin: FlaskClient) -> None:
    assert _names(admin.get("/to-chuc?tim=duong")) == ["LĐLĐ tỉnh", "CĐCS Chè", "Tổ Đường lò"]
    assert _names(admin.get("/to-chuc?tim=CAO-su")) == ["LĐLĐ tỉnh", "CĐCS Cao su"]
    assert "Không có đơn vị nào tên hoặc mã như vậy." in text_of(admin.get("/to-chuc?tim=xyz"))


def test_a_unit_is_added_with_a_new_level(admin: FlaskClient, units: dict[str, Unit]) -> None:
    page = admin.get("/to-chuc/them", query_string={"thuoc": units["tea"].public_id})
    page = send(
        admin, page, button="Thêm đơn vị", name="Tổ Sao chè", code="TO-2", kind="+", new_kind="Tổ công đoàn",
        member_count="12", valid_from="1/5/2020",
    )  # fmt: skip
    assert h1_of(page) == "Tổ Sao chè"
    told = text_of(page)
    assert "Đã thêm Tổ Sao chè." in told
    for word in ("to-2", "Tổ công đoàn", "LĐLĐ tỉnh ▸ CĐCS Chè", "01/05/2020"):
        assert word in told


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Nhập tên đơn vị"),
        ({"code": "tổ 2"}, "Mã chỉ gồm chữ không dấu, số và dấu gạch ngang, ví dụ cdcs-che-tan-uyen"),
        ({"code": "CHE"}, "Mã che đã là mã của đơn vị khác. Nhập mã khác."),
        ({"kind": "+", "new_kind": ""}, "Nhập tên cấp mới"),
        ({"member_count": "1,5"}, "Số đoàn viên là số nguyên, ví dụ 120"),
        ({"valid_from": "1/6/2026"}, "Ngày này chưa đến. Nhập ngày hôm nay hoặc trước đó"),
    ],
)
def test_what_is_wrong_with_a_new_unit_is_named(admin: FlaskClient, typed: dict[str, str], sentence: str) -> None:
    page = admin.get("/to-chuc/them")
    answer = send(admin, page, button="Thêm đơn vị", **{"name": "Tổ", "code": "to-9", "kind": "cdcs", **typed})
    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_a_renamed_unit_keeps_its_names_over_time(admin: FlaskClient, units: dict[str, Unit]) -> None:
    page = admin.get(_url(units["tea"], "/doi-ten"))
    page = send(admin, page, button="Đổi tên", name="CĐCS Chè Tân Uyên", on="1/5/2026")
    assert h1_of(page) == "CĐCS Chè Tân Uyên"
    assert "CĐCS Chè Tân Uyên 01/05/2026 nay CĐCS Chè Chưa ghi 30/04/2026" in text_of(page)
    page = admin.get(_url(units["tea"], "/doi-ten"))
    answer = send(admin, page, button="Đổi tên", name="CĐCS Chè Than Uyên", on="30/4/2026")
    assert "Tên hiện tại dùng từ 01/05/2026. Nhập ngày từ đó trở đi." in text_of(answer)


def test_a_move_is_done_and_undone(admin: FlaskClient, app: Flask, units: dict[str, Unit]) -> None:
    page = admin.get(_url(units["team"], "/chuyen"))
    page = send(admin, page, button="Chuyển", parent=units["rubber"].public_id)
    assert "Đã chuyển Tổ Đường lò về thuộc CĐCS Cao su." in text_of(page)
    page = send(admin, page, button="Hoàn tác: chuyển lại về CĐCS Chè")
    assert "LĐLĐ tỉnh ▸ CĐCS Chè" in text_of(page)
    with reading(app):
        assert db.session.get_one(Unit, units["team"].id).path == units["team"].path


def test_a_unit_is_not_moved_below_itself(admin: FlaskClient, units: dict[str, Unit]) -> None:
    page = admin.get(_url(units["tea"], "/chuyen"))
    answer = send(admin, page, button="Chuyển", parent=units["team"].public_id)
    assert answer.status_code == 422
    assert "Tổ Đường lò là chính CĐCS Chè hoặc nằm trong CĐCS Chè. Chọn đơn vị ở ngoài." in text_of(answer)


def test_a_dissolved_unit_is_marked_with_its_successor(admin: FlaskClient, units: dict[str, Unit]) -> None:
    page = admin.get(_url(units["tea"], "/giai-the"))
    assert h1_of(page) == "Giải thể CĐCS Chè"
    assert "1 đơn vị, đi theo về đơn vị kế thừa" in text_of(page)
    wrong = send(admin, page, button="Giải thể đơn vị", successor=units["team"].public_id, reason="")
    assert "Chọn một đơn vị trong danh sách" in text_of(wrong)
    assert "Nhập lý do" in text_of(wrong)
    page = admin.get(_url(units["tea"], "/giai-the"))
    done = send(
        admin, page, button="Giải thể đơn vị", successor=units["rubber"].public_id, on="1/5/2026", reason="Sáp nhập"
    )
    told = text_of(done)
    assert "Đã giải thể từ ngày 01/05/2026" in told
    assert "Đơn vị kế thừa: CĐCS Cao su . Sáp nhập" in told
    tree = admin.get("/to-chuc")
    assert _names(tree) == ["LĐLĐ tỉnh", "CĐCS Cao su", "CĐCS Chè", "Tổ Đường lò"]
    assert "Đã giải thể 01/05/2026 kế thừa: CĐCS Cao su" in text_of(tree)
    assert "3 đơn vị đang hoạt động, 1 đã giải thể." in text_of(tree)


def test_a_units_page_names_its_people_and_who_is_in_charge(
    admin: FlaskClient, app: Flask, units: dict[str, Unit]
) -> None:
    with writing(app):
        tea = db.session.get_one(Unit, units["tea"].id)
        make_account(make_person("Hà Thị Thủy", tea), (Role.OFFICER, tea))
        make_person("Lò Thị Mai", db.session.get_one(Unit, units["team"].id))
    told = text_of(admin.get(_url(units["tea"])))
    assert "Người có trong hệ thống 2" in told
    assert "Hà Thị Thủy Cán bộ công đoàn" in told


def test_the_first_unit_of_an_empty_tree_needs_no_parent(app: Flask, admin: FlaskClient) -> None:
    page = admin.get("/to-chuc/them")
    page = send(admin, page, button="Thêm đơn vị", name="Tổng Liên đoàn", code="tld", kind="cdcs", parent="")
    assert "Không thuộc đơn vị nào (cấp cao nhất)" in text_of(page)


@pytest.mark.parametrize("path", ["/to-chuc", "/to-chuc/them"])
def test_visitors_are_asked_to_sign_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 303
    assert client.get(path).location.startswith("/dang-nhap")


def test_names_of_a_day_are_kept_for_documents(app: Flask, units: dict[str, Unit]) -> None:
    with writing(app):
        service.rename(db.session.get_one(Unit, units["tea"].id), "Tên mới", on=date(2026, 5, 1), actor=SYSTEM, at=NOW)
    with reading(app):
        begin_reading()
        assert db.session.scalar(sa.select(Unit.folded).where(Unit.code == "che")) == "ten moi"
