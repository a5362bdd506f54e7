"""`thidua db …`: move the schema between its numbered steps, and compare it with the models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlalchemy import Engine


@click.group(name="db", epilog="Ví dụ: thidua db upgrade")
def database() -> None:
    """Cơ sở dữ liệu: nâng cấp, hạ cấp, kiểm tra."""


@database.command(epilog="Ví dụ: thidua db upgrade")
@click.argument("revision", default="head", metavar="[BẢN]")
def upgrade(revision: str) -> None:
    """Nâng cơ sở dữ liệu lên BẢN (mặc định: bản mới nhất)."""
    from flask_babel import gettext as _

    from core import installation
    from core.migrations import runner

    with _engine() as engine:
        _known(revision)
        runner.upgrade(engine, revision)
        if not runner.pending(engine):
            # Whoever upgrades by hand runs a real installation; a demonstration declares itself before this.
            with engine.begin() as connection:
                installation.declare(connection, installation.REAL, at=datetime.now(UTC), ready=True)
        click.echo(_("Cơ sở dữ liệu đang ở bản %(revision)s.", revision=runner.current(engine) or "–"))


@database.command(epilog="Ví dụ: thidua db downgrade 0007")
@click.argument("revision", metavar="BẢN")
@click.confirmation_option(prompt="Dữ liệu của các bản bị gỡ sẽ mất. Tiếp tục?", help="Không hỏi lại.")
def downgrade(revision: str) -> None:
    """Hạ cơ sở dữ liệu xuống BẢN («base»: gỡ hết); bảng của các bản sau mất cả dữ liệu."""
    from flask_babel import gettext as _

    from core.migrations import runner

    with _engine() as engine:
        _known(revision)
        runner.downgrade(engine, revision)
        click.echo(_("Cơ sở dữ liệu đang ở bản %(revision)s.", revision=runner.current(engine) or "–"))


@database.command(epilog="Ví dụ: thidua db current")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def current(as_json: bool) -> None:
    """In bản đang dùng và các bản chưa áp dụng."""
    from flask_babel import gettext as _

    from core.migrations import runner

    with _engine() as engine:
        here, waiting = runner.current(engine), runner.pending(engine)
        if as_json:
            click.echo(json.dumps({"current": here, "pending": waiting}))
            return
        click.echo(_("Cơ sở dữ liệu đang ở bản %(revision)s.", revision=here or "–"))
        if waiting:
            click.echo(_("Chưa áp dụng: %(steps)s. Chạy: thidua db upgrade", steps=", ".join(waiting)))


@database.command(epilog="Ví dụ: thidua db check")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def check(as_json: bool) -> None:
    """So cơ sở dữ liệu với chương trình; mã thoát 0 chỉ khi khớp hoàn toàn."""
    from flask_babel import gettext as _

    from core.migrations import compare

    with _engine() as engine:
        found = compare.differences(engine)
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


def _known(revision: str) -> None:
    """Refuse a revision that no step has."""
    from flask_babel import gettext as _

    from core.migrations import runner

    steps = runner.revisions()
    if revision not in {"head", "base", *steps}:
        raise click.BadParameter(
            _("Không có bản %(revision)s. Các bản: %(steps)s.", revision=revision, steps=", ".join(steps)),
            param_hint="BẢN",
        )
