"""`thidua audit` and `thidua db` on an installation of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from core.cli import main
from core.migrations import runner

Run = Callable[..., Result]


@pytest.fixture
def thidua(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs a command on a fresh, empty installation."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THIDUA_INSTANCE", str(tmp_path / "instance"))
    return lambda *words, **more: CliRunner().invoke(main, list(words), **more)


def tamper(statement: str) -> None:
    """Change the installation's database past the application."""
    engine = sa.create_engine(f"sqlite:///{Path('instance/thidua.sqlite3').resolve()}")
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def test_the_schema_goes_up_is_told_and_goes_down(thidua: Run) -> None:
    last, steps = runner.revisions()[-1], runner.revisions()
    told = thidua("db", "current")
    assert told.output == f"Cơ sở dữ liệu đang ở bản –.\nChưa áp dụng: {', '.join(steps)}. Chạy: thidua db upgrade\n"
    assert thidua("db", "upgrade").output == f"Cơ sở dữ liệu đang ở bản {last}.\n"
    assert json.loads(thidua("db", "current", "--json").output) == {"current": last, "pending": [], "rooms": {}}
    assert thidua("db", "check").output == "Cơ sở dữ liệu khớp với chương trình.\n"
    down = thidua("db", "downgrade", "0002", "--yes")
    assert (down.exit_code, down.output) == (0, "Cơ sở dữ liệu đang ở bản 0002.\n")
    assert thidua("db", "check").exit_code == 1


def test_a_revision_that_does_not_exist_is_refused(thidua: Run) -> None:
    answer = thidua("db", "upgrade", "0999")
    assert answer.exit_code == 2
    assert "Không có bản 0999." in answer.output


def test_downgrading_asks_first(thidua: Run) -> None:
    thidua("db", "upgrade")
    assert thidua("db", "downgrade", "0001", input="n\n").exit_code == 1
    assert json.loads(thidua("db", "current", "--json").output)["pending"] == []


def test_check_names_what_differs(thidua: Run) -> None:
    thidua("db", "upgrade")
    tamper("DROP TRIGGER trg_entry_step_no_update")
    answer = thidua("db", "check")
    assert answer.exit_code == 1
    assert answer.output.startswith("entry_step: trg_entry_step_no_update: only in the models")


def test_a_checkpoint_is_printed_and_verifies(thidua: Run) -> None:
    thidua("db", "upgrade")
    text = thidua("audit", "checkpoint", "--reason", "Khóa sổ").output.strip()
    assert text == "0:" + "0" * 64
    good = thidua("audit", "verify", "--checkpoint", text)
    assert (good.exit_code, good.output) == (0, "Nhật ký liền mạch, dữ liệu khớp với nhật ký.\n")
    assert json.loads(thidua("audit", "verify", "--json").output) == {"ok": True, "faults": []}


def test_each_fault_is_one_sentence_and_the_exit_code_says_so(thidua: Run) -> None:
    thidua("db", "upgrade")
    tamper("INSERT INTO unit_kind (code, name, rank) VALUES ('x', 'X', 1)")
    answer = thidua("audit", "verify")
    assert answer.exit_code == 1
    assert answer.output == ("Bảng unit_kind, bản ghi x được thêm ngoài hệ thống: nhật ký không có bản ghi này.\n")
    unknown = "7:" + "a" * 64
    found = json.loads(thidua("audit", "verify", "--json", "--checkpoint", unknown).output)
    assert [fault["kind"] for fault in found["faults"]] == ["checkpoint", "inserted"]


def test_a_checkpoint_that_cannot_be_read_says_its_form(thidua: Run) -> None:
    thidua("db", "upgrade")
    answer = thidua("audit", "verify", "--checkpoint", "abc")
    assert answer.exit_code == 2
    assert "Mã chốt có dạng SỐ:MÃ_BĂM" in answer.output
