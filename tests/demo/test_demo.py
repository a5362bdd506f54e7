"""`thidua demo`: built once, kept, rebuilt where it was interrupted, and sound in every record."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from core.app import create_app
from core.cli import main
from core.config import Settings
from core.db import begin_writing
from core.entries.models import Entry
from core.extensions import db
from core.seasons.models import Season
from tests import databases
from tests.pages import h1_of, send

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def built() -> Iterator[tuple[Path, dict[str, Any]]]:
    """The folder of a demonstration that the command built, and what it printed."""
    folder = databases.empty_instance()
    with pytest.MonkeyPatch.context() as environment:
        _only(environment, folder)
        made = CliRunner().invoke(main, ["demo", "--no-serve", "--json"])
    assert made.exit_code == 0, made.output
    yield folder, json.loads(made.stdout)
    shutil.rmtree(folder, ignore_errors=True)


def _only(environment: pytest.MonkeyPatch, folder: Path) -> None:
    for name in list(os.environ):
        if name.startswith("THIDUA_"):
            environment.delenv(name)
    environment.setenv("THIDUA_INSTANCE", str(folder))
    environment.setenv("THIDUA_PASSWORD_COST", "1")


@pytest.fixture
def folder(built: tuple[Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of it, named by the environment."""
    copy = databases.empty_instance()
    shutil.copytree(built[0], copy, dirs_exist_ok=True)
    _only(monkeypatch, copy)
    yield copy
    shutil.rmtree(copy, ignore_errors=True)


@pytest.fixture
def thidua(folder: Path) -> Run:
    """A function that runs a command on the copy."""

    def run(*words: str) -> Result:
        # A command is a process of its own; pages that a test read before left this one reading.
        begin_writing()
        return CliRunner().invoke(main, list(words))

    return run


def test_the_command_prints_one_account_for_each_role(built: tuple[Path, dict[str, Any]]) -> None:
    _, told = built
    assert (told["new"], told["url"]) == (True, "http://127.0.0.1:8000/")
    assert {one["role"] for one in told["accounts"]} >= {
        "worker", "officer", "upper_officer", "judge", "organiser", "admin",
    }  # fmt: skip


def test_a_second_start_keeps_the_data(folder: Path, thidua: Run, built: tuple[Path, dict[str, Any]]) -> None:
    with sqlite3.connect(folder / "thidua.sqlite3") as connection:
        connection.execute("UPDATE login_key SET folded = folded")
        before = connection.execute("SELECT count(*), max(id) FROM audit_event").fetchone()
    connection.close()
    again = thidua("demo", "--no-serve", "--json")
    told = json.loads(again.stdout)
    assert (told["new"], told["accounts"]) == (False, built[1]["accounts"])
    with sqlite3.connect(folder / "thidua.sqlite3") as connection:
        assert connection.execute("SELECT count(*), max(id) FROM audit_event").fetchone() == before
    connection.close()
    said = thidua("demo", "--no-serve").output
    assert "Bản dùng thử có sẵn, dữ liệu giữ như lần trước." in said
    assert f"Mật khẩu:  {told['password']} (chung cho mọi tài khoản)" in said


def test_an_interrupted_build_is_built_anew(folder: Path, thidua: Run) -> None:
    with sqlite3.connect(folder / "thidua.sqlite3") as connection:
        connection.execute("UPDATE installation SET ready_at = NULL")
        connection.execute("DROP TABLE citation")
    connection.close()
    (folder / "demo.json").unlink()
    made = thidua("demo", "--no-serve", "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["new"] is True
    assert thidua("results", "verify").exit_code == 0


def test_a_build_interrupted_before_its_first_row_is_no_real_installation(tmp_path: Path, monkeypatch: Any) -> None:
    from core.cli.demo import _prepared
    from core.migrations import runner

    _only(monkeypatch, tmp_path)
    begin_writing()
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'thidua.sqlite3'}")
    runner.upgrade(engine)
    engine.dispose()
    app, _, is_new = _prepared(tmp_path, 8000)
    assert is_new
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_every_printed_account_signs_in(folder: Path, built: tuple[Path, dict[str, Any]]) -> None:
    app = create_app(Settings(instance=folder, database_url=f"sqlite:///{folder / 'thidua.sqlite3'}"))
    for one in built[1]["accounts"]:
        client = app.test_client()
        page = client.get("/dang-nhap")
        home = send(client, page, button="Đăng nhập", key=one["phone"], password=built[1]["password"])
        assert home.status_code == 200, one
        assert "Đăng xuất" in home.text, one
        assert h1_of(client.get("/viec-can-lam")) == "Việc cần làm"
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_trail_and_every_result_verify(thidua: Run) -> None:
    for command in (("audit", "verify"), ("results", "verify"), ("doctor",), ("db", "check")):
        done = thidua(*command)
        assert done.exit_code == 0, f"{command}: {done.output}"


def test_there_is_something_to_see_in_every_phase(folder: Path) -> None:
    app = create_app(Settings(instance=folder, database_url=f"sqlite:///{folder / 'thidua.sqlite3'}"))
    with app.app_context():
        phases = set(db.session.scalars(sa.select(Season.phase).distinct()))
        assert phases >= {"open", "judging", "published"}
        assert (db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) or 0) >= 30
        db.session.remove()
        db.engine.dispose()
