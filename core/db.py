"""The one place that knows the database: column types, transactions, and what SQLite and PostgreSQL do differently."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

POINT_SCALE = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Base(DeclarativeBase):
    """The parent of every table. Constraint names are fixed so that migrations can name what they drop."""

    metadata = sa.MetaData(naming_convention=NAMING)

    # Columns whose every change must appear in the audit chain; audit/witness.py reads it.
    __witnessed__: tuple[str, ...] = ()


class Points(TypeDecorator[Decimal]):
    """An exact decimal with at most 6 places, stored as an integer count of millionths."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Any) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value) * POINT_SCALE
        if scaled != scaled.to_integral_value():
            raise ValueError(f"more than six decimals: {value}")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        return None if value is None else (Decimal(value) / POINT_SCALE).normalize() + Decimal(0)


class Instant(TypeDecorator[datetime]):
    """A moment: an aware datetime outside, UTC microseconds since 1970 inside, equal on both databases."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime is not a moment")
        delta = value.astimezone(UTC) - EPOCH
        return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        seconds, micro = divmod(value, 1_000_000)
        return datetime.fromtimestamp(seconds, tz=UTC).replace(microsecond=micro)


class CanonicalJSON(TypeDecorator[Any]):
    """JSON as canonical bytes (sorted keys, no blanks, UTF-8), so that equal values are equal bytes.

    Decimals are not JSON: store them as strings. The value read back is a fresh object; assign a new one to change it.
    """

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> bytes | None:
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: bytes | None, dialect: Any) -> Any:
        return None if value is None else json.loads(value)


def canonical_json(value: Any) -> bytes:
    """Return `value` as JSON bytes with sorted keys and no blanks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def text_enum(kind: type[StrEnum], name: str) -> sa.Enum:
    """Return the column type of a StrEnum: its values as text with a CHECK called `name`."""
    return sa.Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def plain(length: int) -> sa.String:
    """Return text compared byte by byte on both databases: keys, codes, paths, sort keys."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


# --- Transactions -------------------------------------------------------------------------------------------------

_read_only: ContextVar[bool] = ContextVar("thidua_read_only", default=False)


def begin_reading() -> None:
    """Make the transactions that this request opens from here on read-only."""
    _read_only.set(True)


def begin_writing() -> None:
    """Make the transactions opened from here on writing ones (BEGIN IMMEDIATE on SQLite).

    Call it after the body is parsed, files are stored and passwords hashed, never before: on SQLite the write lock is
    one for the whole database.
    """
    _read_only.set(False)


@contextmanager
def reading() -> Iterator[None]:
    """Read inside this block without taking the write lock, whatever mode the caller is in."""
    token = _read_only.set(True)
    try:
        yield
    finally:
        _read_only.reset(token)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    """Give every SQLite connection the settings that durability and append-only triggers depend on."""
    if type(dbapi_connection).__module__ != "sqlite3":
        return
    # The driver's own transaction handling begins late and never immediately; we begin ourselves (see _begin).
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        # Without it INSERT OR REPLACE deletes a row without asking the append-only trigger.
        "recursive_triggers=ON",
        "busy_timeout=15000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Open the transaction as the request's mode says."""
    read_only = _read_only.get()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
    elif connection.dialect.name == "postgresql" and read_only:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


# --- Triggers -----------------------------------------------------------------------------------------------------


def append_only_ddl(dialect: str, table: str, *, when: str | None = None) -> tuple[list[str], list[str]]:
    """Return the statements that forbid UPDATE and DELETE on `table`, and those that allow them again.

    :param when: a condition on the OLD row (plain SQL that both databases read); rows for which it is false may change.
    """
    condition = f" WHEN {when}" if when else ""
    names = [(f"trg_{table}_no_{verb.lower()}", verb) for verb in ("UPDATE", "DELETE")]
    if dialect == "sqlite":
        make = [
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW{condition} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for name, verb in names
        ]
        return make, [f"DROP TRIGGER {name}" for name, _ in names]
    function = f"fn_{table}_append_only"
    make = [
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    ]
    guard = f" WHEN ({when})" if when else ""
    make += [
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW{guard} EXECUTE FUNCTION {function}()"
        for name, verb in names
    ]
    return make, [f"DROP TRIGGER {name} ON {table}" for name, _ in names] + [f"DROP FUNCTION {function}()"]


def subtree(column: Any, path: str) -> sa.ColumnElement[bool]:
    """Return the condition «`column` is `path` or below it» as a range, which both databases answer from the index.

    A path is ids joined by dots and closed by one («1.4.17.»), so that 1.4 is no prefix of 1.41.
    """
    if not path:
        return sa.true()
    return sa.and_(column >= path, column < path[:-1] + "/")
