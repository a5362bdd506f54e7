"""Compares a database with the models, down to checks, partial indexes, collations and triggers.

Both sides are read back from a database by the same queries: the models are created in a scratch place (memory on
SQLite, a schema that is rolled back on PostgreSQL), so that no spelling of either engine counts as a difference.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from core.db import Base
from core.migrations.runner import VERSION_TABLE

# "entry.title" or "entry: ck_entry_state" → how it is defined.
Schema = dict[str, str]

SCRATCH = "thidua_scratch"
# An optional room keeps its tables under a prefix, and its revision in a version table of its own.
ROOM_PREFIX, ROOM_VERSION_PREFIX = "x_", "alembic_version_"
_CORE = Path(__file__).resolve().parent.parent

Mine = Callable[[str], bool]


def of_core(table: str) -> bool:
    """Whether a table is one of the core's own."""
    return table != VERSION_TABLE and not table.startswith((ROOM_PREFIX, ROOM_VERSION_PREFIX))


def differences(engine: Engine) -> list[str]:
    """Return one line for each thing in which the database and the models differ, sorted; empty when they agree."""
    _load_models()
    tables = {mapper.local_table for mapper in Base.registry.mappers if mapper.class_.__module__.startswith("core.")}
    return _compared(
        engine, Base.metadata, [table for table in Base.metadata.sorted_tables if table in tables], of_core
    )


def room_differences(engine: Engine, metadata: sa.MetaData, prefix: str) -> list[str]:
    """Return the same for the tables of an optional room, all of which begin with `prefix`."""
    return _compared(engine, metadata, list(metadata.sorted_tables), lambda table: table.startswith(prefix))


def _compared(engine: Engine, metadata: sa.MetaData, tables: list[sa.Table], mine: Mine) -> list[str]:
    with engine.connect() as connection:
        there = describe(connection, mine)
    wanted = _described_models(engine, metadata, tables, mine)
    lines = [f"{key}: only in the models: {wanted[key]}" for key in wanted.keys() - there.keys()]
    lines += [f"{key}: only in the database: {there[key]}" for key in there.keys() - wanted.keys()]
    lines += [
        f"{key}: the database has {there[key]}, the models have {wanted[key]}"
        for key in wanted.keys() & there.keys()
        if wanted[key] != there[key]
    ]
    return sorted(lines)


def describe(connection: Connection, mine: Mine, schema: str | None = None) -> Schema:
    """Return the columns, constraints, indexes and triggers of the tables that are `mine`, as the database says."""
    inspector = sa.inspect(connection)
    found: Schema = {}
    for table in filter(mine, inspector.get_table_names(schema=schema)):
        found[table] = "table"
        for column in inspector.get_columns(table, schema=schema):
            found[f"{table}.{column['name']}"] = _column(column, connection)
        key = inspector.get_pk_constraint(table, schema=schema)
        if key["constrained_columns"]:
            found[f"{table}: {key['name']}"] = f"primary key {key['constrained_columns']}"
        for foreign in inspector.get_foreign_keys(table, schema=schema):
            target = f"{foreign['referred_table']}{foreign['referred_columns']}"
            found[f"{table}: {foreign['name']}"] = f"{foreign['constrained_columns']} → {target} {foreign['options']}"
        for unique in inspector.get_unique_constraints(table, schema=schema):
            found[f"{table}: {unique['name']}"] = f"unique {unique['column_names']}"
        for check in inspector.get_check_constraints(table, schema=schema):
            found[f"{table}: {check['name']}"] = f"check {check['sqltext']}"
        for index in inspector.get_indexes(table, schema=schema):
            if not index.get("duplicates_constraint"):
                options = {
                    name: str(value) for name, value in index.get("dialect_options", {}).items() if value is not None
                }
                kind = "unique index" if index["unique"] else "index"
                found[f"{table}: {index['name']}"] = f"{kind} {index['column_names']} {options or ''}".strip()
    found.update(_triggers(connection, mine, schema))
    return found


def _column(column: Any, connection: Connection) -> str:
    parts = [column["type"].compile(connection.dialect), "NULL" if column["nullable"] else "NOT NULL"]
    # Serial columns name their sequence, and with it the schema they stand in.
    if column["default"] is not None:
        parts.append(f"DEFAULT {re.sub(r'nextval.*', 'nextval', column['default'])}")
    return " ".join(parts)


def _triggers(connection: Connection, mine: Mine, schema: str | None) -> Schema:
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {f"{table}: {name}": text for table, name, text in rows if mine(table)}
    query = sa.text(
        "SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid), p.prosrc FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE NOT t.tgisinternal AND n.nspname = COALESCE(:schema, current_schema())"
    )
    return {
        f"{table}: {name}": f"{definition.replace(f'{schema}.', '').replace('public.', '')} {source}"
        for table, name, definition, source in connection.execute(query, {"schema": schema})
        if mine(table)
    }


def _described_models(engine: Engine, metadata: sa.MetaData, tables: list[sa.Table], mine: Mine) -> Schema:
    if engine.dialect.name == "sqlite":
        scratch = sa.create_engine("sqlite://")
        with scratch.begin() as connection:
            metadata.create_all(connection, tables=tables)
            described = describe(connection, mine)
        scratch.dispose()
        return described
    with engine.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql(f"CREATE SCHEMA {SCRATCH}")
        # A room's tables point at the core's, which stand in the real schema.
        path = SCRATCH if metadata is Base.metadata else f"{SCRATCH}, {connection.dialect.default_schema_name}"
        connection.exec_driver_sql(f"SET LOCAL search_path TO {path}")
        # Without the check, the tables of the real schema are not looked for, and all are made.
        metadata.create_all(connection, tables=tables, checkfirst=False)
        described = describe(connection, mine, SCRATCH)
        transaction.rollback()
    return described


def _load_models() -> None:
    """Import every room's models, so that the metadata is whole."""
    for path in sorted(_CORE.glob("*/models.py")):
        importlib.import_module(f"core.{path.parent.name}.models")
    # Its one table belongs to no room; nothing else would import it for a command that stands alone.
    importlib.import_module("core.installation")
