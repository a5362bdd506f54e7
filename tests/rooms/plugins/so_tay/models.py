"""The one table, and how a note relates to an actor."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from core.roomkit import Instant, Unit, entity, plain, relate, room_tables, text_enum, under_grants


class Base(DeclarativeBase):
    """The parent of the room's tables."""

    metadata = room_tables("so_tay")


class State(StrEnum):
    """A note is kept, then shown to everybody."""

    KEPT = "kept"
    SHOWN = "shown"


class Note(Base):
    """A line about a unit."""

    __tablename__ = "x_so_tay_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(plain(32), unique=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey(Unit.__table__.c.id), index=True)
    state: Mapped[State] = mapped_column(text_enum(State, "state"), default=State.KEPT)
    text: Mapped[str] = mapped_column(sa.String(200))
    written_at: Mapped[datetime] = mapped_column(Instant)

    unit: Mapped[Unit] = relationship(Unit)


entity(Note, read="so_tay.read", phase=Note.state)
relate(
    Note,
    "subtree",
    clause=lambda a, r: Note.unit_id.in_(sa.select(Unit.id).where(under_grants(Unit.path, a, r))),
    holds=lambda a, r, note: a.covers(r, note.unit.path),
)
