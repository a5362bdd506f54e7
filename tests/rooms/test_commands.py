"""The command line with an optional room: its tables move after the core's, and stop alone."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from core.cli import main

Run = Callable[..., Result]

ANOTHER_STEP = '''"""A step that fails after it began."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("CREATE TABLE x_so_tay_other (id INTEGER)")
    raise OSError("đĩa đầy")


def downgrade() -> None:
    op.drop_table("x_so_tay_other")
'''


@pytest.fixture
def thidua(so_tay: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs a command in an installation whose plugin folder holds only the tiny room."""
    for name in list(os.environ):
        if name.startswith("THIDUA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THIDUA_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("THIDUA_PLUGINS_DIR", str(so_tay.parent))
    monkeypatch.setenv("THIDUA_ROOMS", "so_tay")
    return lambda *words: CliRunner().invoke(main, list(words))


def tables(tmp_path: Path) -> set[str]:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'instance' / 'thidua.sqlite3'}")
    found = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return {name for name in found if "so_tay" in name}


def test_upgrade_moves_the_core_then_the_room(thidua: Run, tmp_path: Path) -> None:
    done = thidua("db", "upgrade")
    assert done.exit_code == 0, done.output
    assert "Phần so_tay đang ở bản 0001." in done.output
    assert tables(tmp_path) == {"x_so_tay_note", "alembic_version_so_tay"}
    assert thidua("db", "check").output == "Cơ sở dữ liệu khớp với chương trình.\n"
    stands = json.loads(thidua("db", "current", "--json").output)
    assert stands["rooms"] == {"so_tay": {"current": "0001", "pending": []}}
    assert "✓ Phần so_tay: đang mở." in thidua("doctor").output


def test_a_failing_step_stops_only_the_room_and_leaves_nothing(thidua: Run, so_tay: Path, tmp_path: Path) -> None:
    (so_tay / "migrations" / "0002_other.py").write_text(ANOTHER_STEP, "utf-8")
    done = thidua("db", "upgrade")
    assert done.exit_code == 1
    assert "Phần so_tay chưa mở được: không nâng cấp được dữ liệu: OSError: đĩa đầy." in done.output
    assert tables(tmp_path) == set()
    stands = json.loads(thidua("db", "current", "--json").output)
    assert stands["pending"] == []
    assert stands["rooms"]["so_tay"]["pending"] == ["0001", "0002"]
    told = thidua("doctor")
    assert told.exit_code == 1
    assert "✗ Phần so_tay: Dữ liệu chưa nâng cấp. Chạy: thidua db upgrade" in told.output


def test_two_last_steps_are_found_before_anything_moves(thidua: Run, so_tay: Path, tmp_path: Path) -> None:
    step = (so_tay / "migrations" / "0001_note.py").read_text("utf-8")
    (so_tay / "migrations" / "0002_too.py").write_text(step.replace('"0001"', '"0002"'), "utf-8")
    done = thidua("db", "upgrade")
    assert done.exit_code == 1
    assert "Phần so_tay chưa mở được: không đọc được các bước" in done.output
    assert tables(tmp_path) == set()


def test_switching_off_drops_nothing_and_check_does_not_mind(
    thidua: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thidua("db", "upgrade")
    monkeypatch.delenv("THIDUA_ROOMS")
    assert thidua("db", "upgrade").exit_code == 0
    assert tables(tmp_path) == {"x_so_tay_note", "alembic_version_so_tay"}
    assert thidua("db", "check").exit_code == 0
    assert "so_tay" not in thidua("doctor").output


def test_the_core_goes_up_and_down_beside_a_room_that_is_gone(
    thidua: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thidua("db", "upgrade")
    monkeypatch.delenv("THIDUA_ROOMS")
    monkeypatch.delenv("THIDUA_PLUGINS_DIR")
    assert thidua("db", "downgrade", "0008", "--yes").exit_code == 0
    assert thidua("db", "upgrade").exit_code == 0
    assert tables(tmp_path) == {"x_so_tay_note", "alembic_version_so_tay"}


def test_an_operator_takes_the_tables_away_on_purpose(thidua: Run, tmp_path: Path) -> None:
    thidua("db", "upgrade")
    done = thidua("db", "downgrade", "base", "--room", "so_tay", "--yes")
    assert "Phần so_tay đang ở bản –." in done.output
    assert tables(tmp_path) == {"alembic_version_so_tay"}
    refused = thidua("db", "downgrade", "base", "--room", "so_khac", "--yes")
    assert refused.exit_code == 2
    assert "Không có phần so_khac" in refused.output


def test_a_broken_room_is_named_by_every_command(thidua: Run, so_tay: Path) -> None:
    (so_tay / "room.py").write_text("import khong_co", "utf-8")
    upgraded, checked, told = thidua("db", "upgrade"), thidua("db", "check"), thidua("doctor")
    assert [upgraded.exit_code, checked.exit_code, told.exit_code] == [1, 1, 1]
    for each in (upgraded, checked, told):
        assert re.search("so_tay.*không nạp được mã: ModuleNotFoundError", each.output)
