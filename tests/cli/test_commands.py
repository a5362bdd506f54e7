"""The command line as an operator meets it: help, refusals, health."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from core import installation
from core.cli import COMMANDS, main

Run = Callable[..., Result]
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for an installation, named by the environment."""
    for name in list(os.environ):
        if name.startswith("THIDUA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THIDUA_INSTANCE", str(tmp_path / "instance"))
    return tmp_path


@pytest.fixture
def thidua(folder: Path) -> Run:
    """A function that runs a command there."""
    return lambda *words: CliRunner().invoke(main, list(words))


def every_command() -> Iterator[tuple[str, ...]]:
    context = click.Context(main)
    for name in main.list_commands(context):
        yield (name,)
        command = main.get_command(context, name)
        if isinstance(command, click.Group):
            yield from ((name, inner) for inner in command.list_commands(context))


def declare(folder: Path, kind: str) -> None:
    engine = sa.create_engine(f"sqlite:///{folder / 'instance' / 'thidua.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(sa.delete(installation.Installation))
        installation.declare(connection, kind, at=NOW, ready=True)
    engine.dispose()


def test_help_lists_every_command(thidua: Run) -> None:
    told = thidua("--help")
    assert told.exit_code == 0
    assert "Ví dụ: thidua demo" in told.output
    for name, (_, _, line) in COMMANDS.items():
        assert any(row.split()[:1] == [name] and line.split(":")[0] in row for row in told.output.splitlines()), name


@pytest.mark.parametrize("command", list(every_command()), ids=" ".join)
def test_every_command_explains_itself_with_an_example(thidua: Run, command: tuple[str, ...]) -> None:
    told = thidua(*command, "--help")
    assert told.exit_code == 0
    assert f"Ví dụ: thidua {command[0]}" in told.output


def test_an_unknown_command_is_refused(thidua: Run) -> None:
    assert thidua("khong-co").exit_code == 2


def test_the_server_waits_for_the_schema(thidua: Run) -> None:
    refused = thidua("serve")
    assert refused.exit_code == 1
    assert "Cơ sở dữ liệu chưa ở bản mới nhất. Chạy: thidua db upgrade" in refused.output


def test_a_demonstration_is_served_on_this_machine_only(thidua: Run, folder: Path) -> None:
    thidua("db", "upgrade")
    declare(folder, installation.DEMO)
    for host in ("0.0.0.0", "192.168.1.10", "::"):  # What is refused.
        refused = thidua("serve", "--host", host)
        assert refused.exit_code == 1
        assert "Đây là bản dùng thử: chỉ chạy được trên máy này (--host 127.0.0.1)." in refused.output


def test_a_real_installation_is_never_turned_into_a_demonstration(thidua: Run, folder: Path) -> None:
    thidua("db", "upgrade")
    before = (folder / "instance" / "thidua.sqlite3").read_bytes()
    refused = thidua("demo", "--no-serve")
    assert refused.exit_code == 1
    assert f"Thư mục {folder / 'instance'} đang chứa dữ liệu thật, bản dùng thử không ghi vào đó." in refused.output
    assert "Đặt THIDUA_INSTANCE sang một thư mục trống rồi chạy lại." in refused.output
    assert (folder / "instance" / "thidua.sqlite3").read_bytes() == before


def test_a_port_in_use_is_named_with_the_next_one(thidua: Run) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = thidua("demo", "--port", str(port))
        assert refused.exit_code == 1
        assert f"Cổng {port} đang có chương trình khác dùng. Thử: thidua demo --port {port + 1}" in refused.output
        thidua("db", "upgrade")
        refused = thidua("serve", "--port", str(port))
        assert refused.exit_code == 1
        assert f"Cổng {port} đang có chương trình khác dùng. Thử: thidua serve --port {port + 1}" in refused.output


# --- Doctor -------------------------------------------------------------------------------------------------------


def test_the_doctor_finds_a_sound_installation_sound(thidua: Run) -> None:
    thidua("db", "upgrade")
    told = thidua("doctor")
    assert told.exit_code == 0, told.output
    assert "✓ Cơ sở dữ liệu: sqlite, đúng bản." in told.output
    assert "✗" not in told.output
    found = json.loads(thidua("doctor", "--json").stdout)
    assert {one["level"] for one in found} <= {"ok", "warning"}
    assert [one["sentence"] for one in found if one["part"] == "Địa chỉ công khai"] == [
        "mã QR sẽ trỏ về máy này. Đặt THIDUA_BASE_URL trước khi chạy thật."
    ]


def test_the_doctor_says_what_is_missing(thidua: Run) -> None:
    told = thidua("doctor")
    assert told.exit_code == 1
    assert "✗ Cơ sở dữ liệu: chưa ở bản mới nhất. Chạy: thidua db upgrade" in told.output


def test_the_doctor_names_a_broken_movement(thidua: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    thidua("db", "upgrade")
    broken = folder / "phong-trao" / "hong-roi"
    broken.mkdir(parents=True)
    (broken / "movement.toml").write_text("format = 1\n[movement]\nid = 'sai'\n", encoding="utf-8")
    monkeypatch.setenv("THIDUA_MOVEMENTS_DIR", str(folder / "phong-trao"))
    told = thidua("doctor")
    assert told.exit_code == 1
    assert [line for line in told.output.splitlines() if line.startswith("✗ Phong trào hong-roi")], told.output


def test_the_doctor_names_a_secret_that_others_can_read(thidua: Run, folder: Path) -> None:
    thidua("db", "upgrade")
    thidua("doctor")
    secret = folder / "instance" / "secret.key"
    secret.chmod(0o644)
    told = thidua("doctor")
    assert told.exit_code == 1
    assert f"✗ Khóa bí mật: người khác đọc được {secret}. Chạy: chmod 600 {secret}" in told.output


def test_the_doctor_says_that_the_database_does_not_answer(thidua: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_DATABASE_URL", "sqlite:////khong/co/thidua.sqlite3")
    told = thidua("doctor")
    assert told.exit_code == 1
    assert "✗ Cơ sở dữ liệu: không kết nối được" in told.output
