"""Drafts of movements, the versions that were offered, and where movements are switched on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, CanonicalJSON, Instant, append_only, plain, text_enum
from core.movements.rules import DraftState
from core.organisations.models import Unit


class MovementVersion(Base):
    """One set of rules that was put to use: the canonical bytes of a movement. Insert only."""

    __tablename__ = "movement_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    movement_id: Mapped[str] = mapped_column(plain(40), index=True)
    rules_version: Mapped[int]
    canonical: Mapped[bytes]
    sha256: Mapped[str] = mapped_column(plain(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[int | None]
    __table_args__ = (sa.UniqueConstraint("movement_id", "rules_version"),)
    __witnessed__ = ("movement_id", "rules_version", "canonical", "sha256")


class MovementDraft(Base):
    """The working copy of a movement that a unit makes.

    `content` is what was typed, wrong or right (see `content.py`); `previous` what the last save replaced, for undoing.
    `offered` is the version in use, which editing leaves alone; None before the first and once withdrawn.
    """

    __tablename__ = "movement_draft"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(plain(32), unique=True)
    movement_id: Mapped[str] = mapped_column(plain(40), unique=True)
    owner_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(250))
    state: Mapped[DraftState] = mapped_column(text_enum(DraftState, "state"), default=DraftState.DRAFT)
    content: Mapped[Any] = mapped_column(CanonicalJSON)
    previous: Mapped[Any] = mapped_column(CanonicalJSON, nullable=True)
    copied_from: Mapped[str] = mapped_column(plain(40), default="")
    offered_id: Mapped[int | None] = mapped_column(sa.ForeignKey("movement_version.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by_id: Mapped[int | None]
    saved_at: Mapped[datetime] = mapped_column(Instant)
    saved_by_id: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)

    owner_unit: Mapped[Unit] = relationship(lazy="joined")
    offered: Mapped[MovementVersion | None] = relationship(lazy="joined")

    __table_args__ = (sa.CheckConstraint("state <> 'offered' OR offered_id IS NOT NULL", name="offered_has_version"),)
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012
    # What is typed is not witnessed: it is nobody's rule before it is a version.
    __witnessed__ = ("owner_unit_id", "offered_id")


class MovementSwitch(Base):
    """Whether a movement may be used at a unit and below it, until a unit further down says otherwise."""

    __tablename__ = "movement_switch"
    id: Mapped[int] = mapped_column(primary_key=True)
    movement_id: Mapped[str] = mapped_column(plain(40))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    is_on: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by_id: Mapped[int | None]
    unit: Mapped[Unit] = relationship(lazy="joined")
    __table_args__ = (sa.UniqueConstraint("movement_id", "unit_id"),)
    __witnessed__ = ("movement_id", "unit_id", "is_on")


append_only(MovementVersion)
