"""Column types and triggers as migrations spell them, without the application's models."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from core.db import append_only_ddl


def plain(length: int) -> sa.types.TypeEngine[str]:
    """Return text compared byte by byte on both databases."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def one_of(name: str, column: str, *values: str) -> sa.CheckConstraint:
    """Return the CHECK called `name` that keeps `column` to `values`."""
    words = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({words})", name=op.f(name))


def forbid_changes(table: str, **conditions: Any) -> None:
    """Make `table` append-only; conditions as `core.db.append_only_ddl` takes them."""
    for statement in append_only_ddl(op.get_context().dialect.name, table, **conditions)[0]:
        op.execute(statement)


def allow_changes(table: str, **conditions: Any) -> None:
    """Remove what `forbid_changes` made with the same conditions."""
    for statement in append_only_ddl(op.get_context().dialect.name, table, **conditions)[1]:
        op.execute(statement)
