"""The one place that knows the database: column types, transactions, and what SQLite and PostgreSQL do differently."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

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

    # Columns whose every change must appear in the audit chain; audit/witness.py reads this and the next three.
    __witnessed__: ClassVar[tuple[str, ...]] = ()
    # Witnessed columns that came later: witnesses of rows in which they are NULL stay what they were.
    __witnessed_if_set__: ClassVar[tuple[str, ...]] = ()
    # The foreign key to the row with which this one begins and ceases to be witnessed; empty: on its own.
    __witnessed_with__: ClassVar[str] = ""

    @classmethod
    def __witness_when__(cls) -> sa.ColumnElement[bool]:
        """Return the condition under which a row is witnessed."""
        return sa.true()


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


def unchanged(*columns: str) -> str:
    """Return the SQL condition, for a trigger on UPDATE, that these columns keep their values (NULL equals NULL)."""
    return " AND ".join(f"(NEW.{name} = OLD.{name} OR (NEW.{name} IS NULL AND OLD.{name} IS NULL))" for name in columns)


def append_only_ddl(
    dialect: str, table: str, *, when: str | None = None, when_update: str | None = None, when_insert: str | None = None
) -> tuple[list[str], list[str]]:
    """Return the statements that forbid UPDATE and DELETE on `table`, and those that allow them again.

    Conditions are plain SQL that both databases read. One that comes out NULL refuses nothing: wrap what may be
    unknown in COALESCE.

    :param when: a condition on the OLD row; rows for which it is false may change. None: no row may.
    :param when_update: in its place for UPDATE, a condition on OLD and NEW, such as NOT COALESCE(unchanged(…), FALSE).
    :param when_insert: a condition on the NEW row; INSERT is refused where it holds. None: every row may come in.
    """
    guards = [("UPDATE", when_update or when or "TRUE", "NEW"), ("DELETE", when or "TRUE", "OLD")]
    if when_insert:
        guards.append(("INSERT", when_insert, "NEW"))
    make, drop = [], []
    for verb, condition, row in guards:
        name, function = f"trg_{table}_no_{verb.lower()}", f"fn_{table}_no_{verb.lower()}"
        if dialect == "sqlite":
            make.append(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
            drop.append(f"DROP TRIGGER {name}")
            continue
        # The condition stands in the function: PostgreSQL allows no subquery in a trigger's WHEN. The code makes the
        # driver raise IntegrityError, as SQLite's does.
        make.append(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
            f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'check_violation'; END IF; RETURN {row}; END $$"
        )
        make.append(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")
        drop += [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {function}()"]
    return make, drop


def append_only(model: type[DeclarativeBase], **conditions: str | None) -> None:
    """Give the model's table its append-only triggers wherever it is created from the models.

    Migrations spell the same conditions out; the schema test compares the two.
    """
    table = model.__table__
    assert isinstance(table, sa.Table)

    @event.listens_for(table, "after_create")
    def make(_table: Any, connection: Connection, **_: Any) -> None:
        for statement in append_only_ddl(connection.dialect.name, table.name, **conditions)[0]:
            connection.exec_driver_sql(statement)


def subtree(column: Any, path: str) -> sa.ColumnElement[bool]:
    """Return the condition «`column` is `path` or below it» as a range, which both databases answer from the index.

    A path is ids joined by dots and closed by one («1.4.17.»), so that 1.4 is no prefix of 1.41.
    """
    if not path:
        return sa.true()
    return sa.and_(column >= path, column < path[:-1] + "/")
