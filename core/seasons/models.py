"""Seasons and their frozen rules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, CanonicalJSON, Instant, append_only, plain, text_enum
from core.organisations.models import Unit
from core.seasons.rules import Phase, Scope


class RuleSnapshot(Base):
    """Frozen rules: the canonical bytes of a movement, or of a season (movement and its choices). Insert only."""

    __tablename__ = "rule_snapshot"
    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(plain(64), unique=True)
    kind: Mapped[str] = mapped_column(plain(16))
    canonical: Mapped[bytes]
    movement_id: Mapped[str] = mapped_column(plain(40))
    rules_version: Mapped[int]
    engine: Mapped[str] = mapped_column(plain(8))
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by_id: Mapped[int | None]
    __table_args__ = (sa.CheckConstraint("kind IN ('movement', 'season')", name="kind"),)
    __witnessed__ = ("sha256", "kind", "canonical", "movement_id", "rules_version", "engine")


class Season(Base):
    """One run of a movement by one unit. Past draft it always has its frozen rules."""

    __tablename__ = "season"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(plain(32), unique=True)
    movement_id: Mapped[str] = mapped_column(plain(40), index=True)
    title: Mapped[str] = mapped_column(sa.String(250))
    year: Mapped[int]
    code_prefix: Mapped[str] = mapped_column(plain(8))
    owner_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    phase: Mapped[Phase] = mapped_column(text_enum(Phase, "phase"), default=Phase.DRAFT)
    legal_document: Mapped[str] = mapped_column(sa.String(250), default="")
    opens_at: Mapped[datetime | None] = mapped_column(Instant)
    # Entries count when received_at <= closes_at; begun uploads have the grace.
    closes_at: Mapped[datetime | None] = mapped_column(Instant)
    grace_minutes: Mapped[int] = mapped_column(default=15)
    judging_closes_at: Mapped[datetime | None] = mapped_column(Instant)
    # The draft's choices:
    # {"sheets": {stage: [sheet, …]}, "quotas": {sheet: {tier: {"quota": n, …}}}, "endorse_days": n}.
    choices: Mapped[Any] = mapped_column(CanonicalJSON, default=dict)
    movement_snapshot_id: Mapped[int | None] = mapped_column(sa.ForeignKey("rule_snapshot.id"))
    snapshot_id: Mapped[int | None] = mapped_column(sa.ForeignKey("rule_snapshot.id"))
    last_entry_number: Mapped[int] = mapped_column(default=0)
    last_judging_number: Mapped[int] = mapped_column(default=0)
    judging_closed_at: Mapped[datetime | None] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(default=1)

    owner_unit: Mapped[Unit] = relationship(lazy="joined")
    snapshot: Mapped[RuleSnapshot | None] = relationship(foreign_keys=[snapshot_id])
    movement_snapshot: Mapped[RuleSnapshot | None] = relationship(foreign_keys=[movement_snapshot_id])
    milestones: Mapped[list[Milestone]] = relationship(order_by="Milestone.at", lazy="selectin")
    stages: Mapped[list[Stage]] = relationship(order_by="Stage.position", lazy="selectin")
    amendments: Mapped[list[Amendment]] = relationship(order_by="Amendment.number", back_populates="season")

    __table_args__ = (
        sa.CheckConstraint("phase = 'draft' OR snapshot_id IS NOT NULL", name="open_means_frozen"),
        sa.CheckConstraint("opens_at IS NULL OR closes_at IS NULL OR closes_at > opens_at", name="dates_in_order"),
        sa.UniqueConstraint("owner_unit_id", "code_prefix", "year"),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012
    __witnessed__ = (
        "movement_id", "title", "year", "code_prefix", "owner_unit_id", "phase", "opens_at", "closes_at",
        "grace_minutes", "judging_closes_at", "choices", "movement_snapshot_id", "snapshot_id", "judging_closed_at",
        "published_at",
    )  # fmt: skip


class Stage(Base):
    """A step of the season as its frozen rules name it; rows exist so that panels and sheets can point at them."""

    __tablename__ = "stage"
    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(sa.ForeignKey("season.id"), index=True)
    slug: Mapped[str] = mapped_column(plain(40))
    kind: Mapped[str] = mapped_column(plain(16))
    title: Mapped[str] = mapped_column(sa.String(250))
    position: Mapped[int]
    blind: Mapped[str] = mapped_column(plain(16), default="open")
    __table_args__ = (
        sa.UniqueConstraint("season_id", "slug"),
        sa.CheckConstraint("kind IN ('endorse', 'check', 'score', 'vote', 'decide')", name="kind"),
        sa.CheckConstraint("blind IN ('open', 'authors', 'double')", name="blind"),
    )
    __witnessed__ = ("season_id", "slug", "kind", "position", "blind")


class Milestone(Base):
    """A dated step of the season that people see: endorsement done, council, results.

    An extension of the deadline is one too: `at` the new deadline, `title` the document, `note` the reason.
    """

    __tablename__ = "milestone"
    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(sa.ForeignKey("season.id"), index=True)
    kind: Mapped[str] = mapped_column(plain(24))
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (sa.UniqueConstraint("season_id", "kind"),)
    __witnessed__ = ("season_id", "kind", "title", "note", "at")


class Amendment(Base):
    """A change of the rules of a running season: from one snapshot to another, by a decision. Insert only.

    `number` counts within the season from 1; `sha256` is the digest of everything else and of the amendment before.
    """

    __tablename__ = "amendment"
    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(sa.ForeignKey("season.id"), index=True)
    number: Mapped[int]
    from_snapshot_id: Mapped[int] = mapped_column(sa.ForeignKey("rule_snapshot.id"))
    to_snapshot_id: Mapped[int] = mapped_column(sa.ForeignKey("rule_snapshot.id"))
    decision_number: Mapped[str] = mapped_column(sa.String(200))
    decided_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(500))
    scope: Mapped[Scope] = mapped_column(text_enum(Scope, "scope"))
    sha256: Mapped[str] = mapped_column(plain(64))
    amended_by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Instant)

    season: Mapped[Season] = relationship(back_populates="amendments")
    from_snapshot: Mapped[RuleSnapshot] = relationship(foreign_keys=[from_snapshot_id], lazy="joined")
    to_snapshot: Mapped[RuleSnapshot] = relationship(foreign_keys=[to_snapshot_id], lazy="joined")
    __table_args__ = (sa.UniqueConstraint("season_id", "number"),)
    __witnessed__ = (
        "season_id", "number", "from_snapshot_id", "to_snapshot_id", "decision_number", "decided_on", "reason", "scope",
        "sha256", "amended_by_id", "at",
    )  # fmt: skip


append_only(RuleSnapshot)
append_only(Amendment)
