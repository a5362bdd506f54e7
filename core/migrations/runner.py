"""Moves a database between revisions: one transaction for the whole way, so that a failing step leaves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

VERSION_TABLE = "thidua_version"


class BrokenReferences(RuntimeError):
    """A step left rows that point at nothing; it was undone."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sequence of steps with a version table of its own; no other line can be in its way."""

    steps: Path
    version_table: str


CORE = Line(Path(__file__).parent / "versions", VERSION_TABLE)


def upgrade(engine: Engine, revision: str = "head", *, line: Line = CORE) -> None:
    """Bring the database up to `revision`."""
    _run(engine, line, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str, *, line: Line = CORE) -> None:
    """Take the database down to `revision` («base»: no table left)."""
    _run(engine, line, lambda config: command.downgrade(config, revision))


def current(engine: Engine, *, line: Line = CORE) -> str | None:
    """Return the revision the database stands at; None before the first."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": line.version_table})
        return context.get_current_revision()


def pending(engine: Engine, *, line: Line = CORE) -> list[str]:
    """Return the revisions still to apply, first to last."""
    here = current(engine, line=line)
    return [step for step in revisions(line) if here is None or step > here]


def revisions(line: Line = CORE) -> list[str]:
    """Return all revisions, first to last."""
    script = ScriptDirectory.from_config(_config(line))
    # Two last steps would be found out only by the upgrade.
    script.get_current_head()
    return [step.revision for step in reversed(list(script.walk_revisions()))]


def _config(line: Line, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("version_locations", str(line.steps).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["version_table"] = line.version_table
    return config


def _run(engine: Engine, line: Line, step: Callable[[Config], None]) -> None:
    with engine.connect() as connection, _references_unchecked(connection), connection.begin():
        step(_config(line, connection))
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise BrokenReferences(", ".join(sorted({row[0] for row in broken})))


@contextmanager
def _references_unchecked(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild and drop tables without deleting the rows that point at them; checked before the commit.

    SQLite ignores the pragma inside a transaction, hence the driver's connection, where none has begun yet.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
