"""Proposals, decisions with their numbers, awards and the printed citation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.awards.rules import CitationStatus, DecisionStatus
from core.db import Base, CanonicalJSON, Instant, plain, text_enum
from core.entries.models import Entry
from core.people.models import Person
from core.seasons.models import Season


class Proposal(Base):
    """An entry put forward for a tier of the season's rules, in the order of preference."""

    __tablename__ = "proposal"
    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(sa.ForeignKey("season.id"), index=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), unique=True)
    tier: Mapped[str] = mapped_column(plain(40))
    tier_title: Mapped[str] = mapped_column(sa.String(200))
    position: Mapped[int]
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)

    entry: Mapped[Entry] = relationship(lazy="joined")
    __witnessed__ = ("season_id", "entry_id", "tier", "position", "note")


class Decision(Base):
    """A signed decision. Its number is unique in the unit's series of the year."""

    __tablename__ = "decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(plain(32), unique=True)
    season_id: Mapped[int] = mapped_column(sa.ForeignKey("season.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    status: Mapped[DecisionStatus] = mapped_column(
        text_enum(DecisionStatus, "decision_status"), default=DecisionStatus.DRAFT
    )
    series: Mapped[str] = mapped_column(plain(40))
    year: Mapped[int]
    number: Mapped[int]
    signed_on: Mapped[date]
    place: Mapped[str] = mapped_column(sa.String(120))
    authority: Mapped[str] = mapped_column(sa.String(200))
    signer_title: Mapped[str] = mapped_column(sa.String(120))
    signer_name: Mapped[str] = mapped_column(sa.String(120))
    # What the decision stands on: the minutes of the council that voted.
    basis: Mapped[str] = mapped_column(sa.String(300), default="")
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    decided_at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(default=1)

    season: Mapped[Season] = relationship()
    awards: Mapped[list[Award]] = relationship(back_populates="decision", order_by="Award.register_number")
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012
    __table_args__ = (
        sa.UniqueConstraint("unit_id", "series", "year", "number"),
        sa.CheckConstraint("number > 0", name="number_positive"),
    )
    __witnessed__ = (
        "season_id", "unit_id", "status", "series", "year", "number", "signed_on", "place", "authority",
        "signer_title", "signer_name", "basis",
    )  # fmt: skip

    @property
    def label(self) -> str:
        """The number as documents write it: below ten with a leading zero (NĐ 30/2020/NĐ-CP, Phụ lục I) [V2]."""
        return f"{self.number:02d}/{self.series}"


class Award(Base):
    """One recipient in one decision. `register_number` is the order in the decision («số sổ vàng»)."""

    __tablename__ = "award"
    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(sa.ForeignKey("decision.id"), index=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    tier: Mapped[str] = mapped_column(plain(40))
    tier_title: Mapped[str] = mapped_column(sa.String(200))
    # The person, or None for a collective; the printed text is as of the decision.
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    # "person:<id>" or "unit:<id>:<folded name>": what makes one live award per recipient and achievement.
    recipient_key: Mapped[str] = mapped_column(plain(300))
    recipient_name: Mapped[str] = mapped_column(sa.String(250))
    recipient_detail: Mapped[str] = mapped_column(sa.String(400), default="")
    achievement: Mapped[str] = mapped_column(sa.String(500))
    register_number: Mapped[int]
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    decision: Mapped[Decision] = relationship(back_populates="awards", lazy="joined")
    entry: Mapped[Entry] = relationship(lazy="joined")
    person: Mapped[Person | None] = relationship()
    citations: Mapped[list[Citation]] = relationship(back_populates="award", order_by="Citation.id", lazy="selectin")
    __table_args__ = (
        sa.UniqueConstraint("decision_id", "register_number"),
        sa.Index(
            "uq_award_one_live",
            "entry_id", "tier", "recipient_key",
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )  # fmt: skip
    __witnessed__ = (
        "decision_id", "entry_id", "tier", "tier_title", "person_id", "recipient_key", "recipient_name",
        "recipient_detail", "achievement", "register_number", "revoked_at",
    )  # fmt: skip


class Citation(Base):
    """The printed paper of an award. `code` is unguessable and opens the public verify page."""

    __tablename__ = "citation"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(plain(40), unique=True)
    award_id: Mapped[int] = mapped_column(sa.ForeignKey("award.id"), index=True)
    status: Mapped[CitationStatus] = mapped_column(
        text_enum(CitationStatus, "citation_status"), default=CitationStatus.VALID
    )
    replaced_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("citation.id"))
    # What was printed, so that a reprint years later is the same page.
    values: Mapped[Any] = mapped_column(CanonicalJSON)
    pdf_sha256: Mapped[str | None] = mapped_column(plain(64))
    issued_at: Mapped[datetime] = mapped_column(Instant)
    revoked_on: Mapped[date | None]

    award: Mapped[Award] = relationship(back_populates="citations", lazy="joined")
    __witnessed__ = ("code", "award_id", "status", "replaced_by_id", "values", "revoked_on")
