"""What this database is: a real installation or a demonstration. Set at its creation and never changed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Instant, plain

REAL, DEMO = "real", "demo"


class Installation(Base):
    """The one row. `ready_at` is None while a demonstration is being built."""

    __tablename__ = "installation"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(plain(8))
    created_at: Mapped[datetime] = mapped_column(Instant)
    ready_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.CheckConstraint("kind IN ('real', 'demo')", name="kind"),
    )


def find(connection: sa.Connection) -> tuple[str, bool] | None:
    """Return (kind, ready) of the database, or None where nothing says so yet (or there is no such table)."""
    if not sa.inspect(connection).has_table("installation"):
        return None
    table = Installation.__table__
    row = connection.execute(sa.select(table.c.kind, table.c.ready_at)).first()
    return None if row is None else (row.kind, row.ready_at is not None)


def is_blank(connection: sa.Connection) -> bool:
    """Whether nothing was ever put in: every installation begins with its root unit."""
    names = sa.inspect(connection).get_table_names()
    if "unit" not in names:
        return not names
    return connection.execute(sa.select(sa.literal(1)).select_from(sa.table("unit")).limit(1)).first() is None


def declare(connection: sa.Connection, kind: str, *, at: datetime, ready: bool) -> None:
    """Say what a new database is; one that has said so already keeps its word."""
    if find(connection) is None:
        connection.execute(
            sa.insert(Installation).values(id=1, kind=kind, created_at=at, ready_at=at if ready else None)
        )


def finish(connection: sa.Connection, *, at: datetime) -> None:
    """Say that a demonstration is complete."""
    connection.execute(sa.update(Installation).values(ready_at=at))
