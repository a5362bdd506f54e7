"""`thidua db …`: move the schema between its numbered steps, and compare it with the models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from sqlalchemy import Engine

if TYPE_CHECKING:
    from core.migrations.runner import Line
    from core.rooms import Found


@click.group(name="db", epilog="Ví dụ: thidua db upgrade")
def database() -> None:
    """Cơ sở dữ liệu: nâng cấp, hạ cấp, kiểm tra."""


@database.command(epilog="Ví dụ: thidua db upgrade")
@click.argument("revision", default="head", metavar="[BẢN]")
def upgrade(revision: str) -> None:
    """Nâng cơ sở dữ liệu lên BẢN (mặc định: bản mới nhất)."""
    from flask_babel import gettext as _

    from core import installation, rooms
    from core.migrations import runner

    with _engine() as engine:
        _known(revision)
        runner.upgrade(engine, revision)
        if not runner.pending(engine):
            # Whoever upgrades by hand runs a real installation; a demonstration declares itself before this.
            with engine.begin() as connection:
                installation.declare(connection, installation.REAL, at=datetime.now(UTC), ready=True)
        click.echo(_("Cơ sở dữ liệu đang ở bản %(revision)s.", revision=runner.current(engine) or "–"))
        if runner.pending(engine):
            return
        found = _rooms()
        closed = rooms.upgrade(engine, found)
        for each in found:
            if each.failure is not None:
                click.echo(_("Phần %(name)s chưa mở được: %(why)s", name=each.name, why=each.failure.message), err=True)
            elif each.line is not None:
                here = runner.current(engine, line=each.line) or "–"
                click.echo(_("Phần %(name)s đang ở bản %(revision)s.", name=each.name, revision=here))
    if closed:
        raise SystemExit(1)


@database.command(epilog="Ví dụ: thidua db downgrade 0007")
@click.argument("revision", metavar="BẢN")
@click.option("--room", "name", metavar="PHẦN", help="Chỉ hạ bảng của phần tùy chọn này (đang ghi ở THIDUA_ROOMS).")
@click.confirmation_option(prompt="Dữ liệu của các bản bị gỡ sẽ mất. Tiếp tục?", help="Không hỏi lại.")
def downgrade(revision: str, name: str | None) -> None:
    """Hạ cơ sở dữ liệu xuống BẢN («base»: gỡ hết); bảng của các bản sau mất cả dữ liệu."""
    from flask_babel import gettext as _

    from core.migrations import runner

    with _engine() as engine:
        line = runner.CORE if name is None else _line_of(name)
        _known(revision, line)
        runner.downgrade(engine, revision, line=line)
        here = runner.current(engine, line=line) or "–"
        click.echo(
            _("Cơ sở dữ liệu đang ở bản %(revision)s.", revision=here)
            if name is None
            else _("Phần %(name)s đang ở bản %(revision)s.", name=name, revision=here)
        )


@database.command(epilog="Ví dụ: thidua db current")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def current(as_json: bool) -> None:
    """In bản đang dùng và các bản chưa áp dụng."""
    from flask_babel import gettext as _

    from core.migrations import runner

    with _engine() as engine:
        here, waiting = runner.current(engine), runner.pending(engine)
        lines = {each.name: each.line for each in _rooms() if each.line is not None}
        optional = {
            name: (runner.current(engine, line=line), runner.pending(engine, line=line)) for name, line in lines.items()
        }
        if as_json:
            stands = {name: {"current": there, "pending": steps} for name, (there, steps) in optional.items()}
            click.echo(json.dumps({"current": here, "pending": waiting, "rooms": stands}))
            return
        click.echo(_("Cơ sở dữ liệu đang ở bản %(revision)s.", revision=here or "–"))
        for name, (there, _steps) in optional.items():
            click.echo(_("Phần %(name)s đang ở bản %(revision)s.", name=name, revision=there or "–"))
        steps = [*waiting, *(f"{name} {step}" for name, (_there, later) in optional.items() for step in later)]
        if steps:
            click.echo(_("Chưa áp dụng: %(steps)s. Chạy: thidua db upgrade", steps=", ".join(steps)))


@database.command(epilog="Ví dụ: thidua db check")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def check(as_json: bool) -> None:
    """So cơ sở dữ liệu với chương trình; mã thoát 0 chỉ khi khớp hoàn toàn."""
    from flask_babel import gettext as _

    from core import rooms
    from core.migrations import compare

    with _engine() as engine:
        found = compare.differences(engine)
        for each in _rooms():
            found += [f"{each.name}: {each.failure.message}"] if each.failure is not None else []
            found += rooms.differences(engine, each) if each.failure is None else []
        if as_json:
            click.echo(json.dumps({"ok": not found, "differences": found}, ensure_ascii=False))
        for line in () if as_json else found:
            click.echo(line)
        if not found and not as_json:
            click.echo(_("Cơ sở dữ liệu khớp với chương trình."))
    if found:
        raise SystemExit(1)


@contextmanager
def _engine() -> Iterator[Engine]:
    """Yield the installation's database, from the settings alone: a broken plugin must not stop an upgrade."""
    import sqlalchemy as sa

    from core.config import Settings

    engine = sa.create_engine(Settings().resolved().database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def _rooms() -> list[Found]:
    """Return the optional rooms that are switched on; a broken one says so and stops nothing."""
    from core.cli.context import rooms_on

    return rooms_on()


def _line_of(name: str) -> Line:
    from flask_babel import gettext as _

    line = next((each.line for each in _rooms() if each.name == name and each.failure is None), None)
    if line is None:
        raise click.BadParameter(
            _("Không có phần %(name)s, hoặc phần này không có bảng.", name=name), param_hint="--room"
        )
    return line


def _known(revision: str, line: Line | None = None) -> None:
    """Refuse a revision that no step has."""
    from flask_babel import gettext as _

    from core.migrations import runner

    steps = runner.revisions(line or runner.CORE)
    if revision not in {"head", "base", *steps}:
        raise click.BadParameter(
            _("Không có bản %(revision)s. Các bản: %(steps)s.", revision=revision, steps=", ".join(steps)),
            param_hint="BẢN",
        )
