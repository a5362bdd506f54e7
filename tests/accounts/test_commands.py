"""`thidua user`: the first administrator of an empty installation, the list, closing an account."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from core.accounts import queries, service
from core.accounts.rules import Role
from core.cli import context
from core.cli.user import user
from core.organisations.queries import roots
from tests.accounts.office import reading, writing
from tests.makers import make_unit


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on the test's installation."""

    @contextmanager
    def here() -> Iterator[Flask]:
        with app.app_context():
            yield app

    monkeypatch.setattr(context, "app_context", here)

    def call(*words: str) -> Result:
        return CliRunner().invoke(user, list(words))

    return call


def test_the_first_administrator_of_an_empty_installation_gets_a_code_and_a_root_unit(run: Any, app: Flask) -> None:
    told = run("add", "Nguyễn Đức Thịnh", "--phone", "+84 912 345 678", "--role", "admin")
    assert told.exit_code == 0
    code = re.search(r"Mã 6 số: (\d{6})  \(dùng một lần, đến ", told.output)
    assert code is not None
    assert "Nguyễn Đức Thịnh: 0912345678" in told.output
    with reading(app):
        account = queries.account_by_key("0912345678")
        assert account is not None
        assert [(grant.role, grant.unit.name) for grant in account.grants] == [
            (Role.ADMIN, "Liên đoàn Lao động tỉnh Lai Châu")
        ]
        assert service.verify_code("0912345678", code[1], at=account.created_at, cost=1)[0] is account
        assert len(roots()) == 1


def test_an_organiser_is_added_over_a_unit_of_the_tree(run: Any, app: Flask) -> None:
    with writing(app):
        province = make_unit("LĐLĐ tỉnh", code="tinh")
        make_unit("CĐCS Chè", province, code="che")
    told = run("add", "Trần Thị Ánh", "--member-code", "lc 12", "--role", "organiser", "--unit", "tinh", "--json")
    assert json.loads(told.output)["keys"] == ["lc12"]
    assert "Không có đơn vị mã cdcs" in run("add", "A", "--phone", "0912345678", "--unit", "cdcs").output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--phone", "12"], "Số điện thoại cần có 10 chữ số, ví dụ 0912 345 678"),
        ([], "Cần --phone hoặc --member-code để đăng nhập."),
        (["--phone", "0912345678"], "0912345678 đã dùng để đăng nhập cho người khác."),
    ],
)
def test_what_cannot_be_added_is_said_and_nothing_is_left(
    run: Any, app: Flask, words: list[str], sentence: str
) -> None:
    run("add", "Lò Thị Mai", "--phone", "0912345678")
    told = run("add", "Lò Văn An", *words)
    assert told.exit_code != 0
    assert sentence in told.output
    assert [row["name"] for row in json.loads(run("list", "--json").output)] == ["Lò Thị Mai"]


def test_the_list_and_closing_an_account(run: Any) -> None:
    run("add", "Lò Thị Mai", "--phone", "0912345678")
    run("add", "Nguyễn Đức Thịnh", "--phone", "0987654321", "--role", "admin")
    assert run("list").output.splitlines() == [
        "Lò Thị Mai: 0912345678; Đoàn viên", "Nguyễn Đức Thịnh: 0987654321; Quản trị hệ thống",
    ]  # fmt: skip
    assert run("list", "--role", "admin").output == "Nguyễn Đức Thịnh: 0987654321; Quản trị hệ thống\n"
    assert run("disable", "0912 345 678").output == "Đã khóa tài khoản của Lò Thị Mai.\n"
    assert run("list").output.splitlines()[0] == "Lò Thị Mai: 0912345678; Đoàn viên (đã khóa)"
    last = run("disable", "0987654321")
    assert last.exit_code == 1
    assert "Đây là người quản trị duy nhất." in last.output
    assert "Không có tài khoản nào dùng 0900000000 để đăng nhập." in run("disable", "0900000000").output


def test_every_command_explains_itself_with_an_example(run: Any) -> None:
    for words in ([], ["add"], ["list"], ["disable"]):
        assert "Ví dụ: thidua user" in " ".join(run(*words, "--help").output.split())
