"""A legal row of any table, made from the column types: for tests that must hold for every table there is."""

from __future__ import annotations

import importlib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import core
from core.db import Base, CanonicalJSON, Instant, Points
from tests.conftest import NOW

# What a CHECK asks for and a type cannot say.
SPECIAL: dict[str, Any] = {
    "audit_event.verb": lambda n: f"test.v{n}",
    "audit_head.last_id": lambda n: n,
    "authorship.share": lambda n: Decimal(50 + n),
    "entry.state": lambda n: "submitted",
    "installation.id": lambda n: 1,
    "installation.kind": lambda n: "real",
    "rule_snapshot.kind": lambda n: "season",
    "scoresheet.void_reason": lambda n: "",
    "stage.blind": lambda n: "open",
    "stage.kind": lambda n: "score",
}


def load_models() -> list[sa.Table]:
    """Import every room's models and return the core's tables, parents first."""
    for path in sorted(Path(core.__file__).parent.glob("*/models.py")):
        importlib.import_module(f"core.{path.parent.name}.models")
    ours = {mapper.local_table for mapper in Base.registry.mappers if mapper.class_.__module__.startswith("core.")}
    return [table for table in Base.metadata.sorted_tables if table in ours]


def values(table: sa.Table, n: int) -> dict[str, Any]:
    """Return the `n`-th row of a table, as the types take it; it points at the `n`-th row of other tables."""
    return {column.name: value(column, n) for column in table.columns}


def value(column: sa.Column[Any], n: int) -> Any:
    """Return what the `n`-th row holds in a column."""
    special = SPECIAL.get(f"{column.table.name}.{column.name}")
    if special:
        return column.type.enum_class(special(n)) if isinstance(column.type, sa.Enum) else special(n)
    for foreign in column.foreign_keys:
        # A row that pointed at its own table would have to wait for itself.
        return None if foreign.column.table is column.table else value(foreign.column, n)
    return _of_type(column, n)


def _of_type(column: sa.Column[Any], n: int) -> Any:
    kind = column.type
    made: Any
    if isinstance(kind, sa.Enum):
        made = next(iter(kind.enum_class))
    elif isinstance(kind, Points):
        made = Decimal(n)
    elif isinstance(kind, Instant):
        # Later columns hold later moments: an end comes after its beginning.
        made = NOW + timedelta(days=n, hours=list(column.table.columns).index(column))
    elif isinstance(kind, CanonicalJSON):
        made = {"n": n}
    elif isinstance(kind, sa.Date):
        made = date(2026, 1, n)
    elif isinstance(kind, sa.Boolean):
        made = False
    elif isinstance(kind, sa.Integer):
        made = n
    elif isinstance(kind, sa.LargeBinary):
        made = bytes([n]) * 32
    else:
        made = f"{column.name}-{n}"[: getattr(kind, "length", None)]
    return made
