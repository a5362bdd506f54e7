"""Entries: what was filed, by whom, with what, and every step it took."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, CanonicalJSON, Instant, Points, append_only, plain, text_enum
from core.entries.rules import State, Subject
from core.organisations.models import Unit
from core.people.models import Person
from core.seasons.models import Season


class Entry(Base):
    """A file (hồ sơ) in a season. `route` is the line of endorsing units, computed from the tree at submission."""

    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(plain(32), unique=True)
    season_id: Mapped[int] = mapped_column(sa.ForeignKey("season.id"), index=True)
    subject: Mapped[Subject] = mapped_column(text_enum(Subject, "subject"))
    # The public code exists from submission on; a draft shows its own number.
    code: Mapped[str | None] = mapped_column(plain(24), unique=True)
    draft_code: Mapped[str] = mapped_column(plain(24), unique=True)
    # What blind judges see instead of the code; drawn at the start of judging.
    judging_code: Mapped[str | None] = mapped_column(plain(24), unique=True)
    state: Mapped[State] = mapped_column(text_enum(State, "state"), default=State.DRAFT, index=True)
    title: Mapped[str] = mapped_column(sa.String(300), default="")
    folded: Mapped[str] = mapped_column(plain(300), default="")
    # The field (lĩnh vực) for panels, ranking and quotas: the id of a choice of the movement's form.
    field: Mapped[str] = mapped_column(plain(40), default="")
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    # For a person: whom the entry is about. For a collective: its unit or team, by name.
    nominee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    collective_name: Mapped[str] = mapped_column(sa.String(250), default="")
    filed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    is_on_behalf: Mapped[bool] = mapped_column(default=False)
    # Answers by field id: text as str, numbers and money as decimal strings, choices as list, yes/no as bool.
    answers: Mapped[Any] = mapped_column(CanonicalJSON, default=dict)
    # Eligibility answers of P3, kept as evidence.
    eligibility: Mapped[Any] = mapped_column(CanonicalJSON, default=dict)
    route: Mapped[Any] = mapped_column(CanonicalJSON, default=list)
    route_index: Mapped[int] = mapped_column(default=0)
    holder_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    # The unit that must act next; None for drafts and after receipt.
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    pledged_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    received_at: Mapped[datetime | None] = mapped_column(Instant)
    form_key: Mapped[str | None] = mapped_column(plain(64), unique=True)
    revision: Mapped[int] = mapped_column(default=1)

    season: Mapped[Season] = relationship(lazy="joined")
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id], lazy="joined")
    holder_unit: Mapped[Unit | None] = relationship(foreign_keys=[holder_unit_id])
    owner: Mapped[Person] = relationship(foreign_keys=[owner_id])
    nominee: Mapped[Person | None] = relationship(foreign_keys=[nominee_id])
    authorships: Mapped[list[Authorship]] = relationship(
        back_populates="entry", order_by="Authorship.position", lazy="selectin", cascade="all, delete-orphan"
    )
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="entry", order_by="Attachment.id", lazy="selectin", cascade="all, delete-orphan"
    )
    steps: Mapped[list[EntryStep]] = relationship(back_populates="entry", order_by="EntryStep.id")
    facts: Mapped[list[EntryFact]] = relationship(back_populates="entry", lazy="selectin")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012
    __table_args__ = (
        sa.CheckConstraint("state IN ('draft', 'withdrawn') OR code IS NOT NULL", name="filed_means_code"),
        sa.Index("ix_entry_season_state", "season_id", "state"),
    )
    __witnessed__ = (
        "season_id", "subject", "code", "judging_code", "state", "title", "field", "unit_id", "owner_id", "nominee_id",
        "collective_name", "answers", "route", "route_index", "holder_unit_id", "submitted_at", "received_at",
    )  # fmt: skip

    @classmethod
    def __witness_when__(cls) -> sa.ColumnElement[bool]:
        """In its author's hands (a draft, or returned) an entry is saved by itself and often, and not audited."""
        return sa.and_(cls.code.is_not(None), cls.state.not_in([State.DRAFT, State.RETURNED]))


class Authorship(Base):
    """An author of an entry with a share in per cent. Name and workplace are as they were at filing."""

    __tablename__ = "authorship"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    position: Mapped[int]
    full_name: Mapped[str] = mapped_column(sa.String(120))
    birth_year: Mapped[int | None]
    workplace: Mapped[str] = mapped_column(sa.String(250), default="")
    job_title: Mapped[str] = mapped_column(sa.String(200), default="")
    qualification: Mapped[str] = mapped_column(sa.String(200), default="")
    share: Mapped[Decimal] = mapped_column(Points)
    is_lead: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)

    entry: Mapped[Entry] = relationship(back_populates="authorships")
    person: Mapped[Person | None] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("entry_id", "position"),
        sa.UniqueConstraint("entry_id", "person_id"),
        sa.CheckConstraint("share > 0 AND share <= 100000000", name="share_range"),
    )
    __witnessed__ = ("entry_id", "person_id", "full_name", "share", "is_lead", "confirmed_at")
    __witnessed_with__ = "entry_id"


class Attachment(Base):
    """A file of an entry; the bytes lie in storage under their digest."""

    __tablename__ = "attachment"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(plain(32), unique=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    # The form field it answers, or the criterion it is evidence for; empty: supporting material.
    field_id: Mapped[str] = mapped_column(plain(40), default="")
    filename: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(plain(100))
    extension: Mapped[str] = mapped_column(plain(8))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(plain(64))
    preview_sha256: Mapped[str | None] = mapped_column(plain(64))
    pages: Mapped[int | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)

    entry: Mapped[Entry] = relationship(back_populates="attachments")
    __table_args__ = (sa.UniqueConstraint("entry_id", "sha256", "field_id"),)
    __witnessed__ = ("entry_id", "field_id", "filename", "sha256", "size")
    __witnessed_with__ = "entry_id"


class EntryStep(Base):
    """One act in the life of an entry, as the timeline shows it."""

    __tablename__ = "entry_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    verb: Mapped[str] = mapped_column(plain(40))
    from_state: Mapped[State] = mapped_column(text_enum(State, "from_state"))
    to_state: Mapped[State] = mapped_column(text_enum(State, "to_state"))
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    # The office that acted; people see the office, the audit trail the person.
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    # Codes of reasons (a return lists all of them at once), then words.
    reasons: Mapped[Any] = mapped_column(CanonicalJSON, default=list)
    note: Mapped[str] = mapped_column(sa.Text, default="")

    entry: Mapped[Entry] = relationship(back_populates="steps")
    unit: Mapped[Unit | None] = relationship()
    __witnessed__ = ("entry_id", "at", "verb", "from_state", "to_state", "actor_id", "unit_id", "reasons", "note")


class EntryFact(Base):
    """A value about an entry that is no mark (late tasks, discipline, votes), as text: «true», «12», «cao»."""

    __tablename__ = "entry_fact"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    fact_id: Mapped[str] = mapped_column(plain(40))
    value: Mapped[str] = mapped_column(plain(80))
    set_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    set_at: Mapped[datetime] = mapped_column(Instant)

    entry: Mapped[Entry] = relationship(back_populates="facts")
    __table_args__ = (sa.UniqueConstraint("entry_id", "fact_id"),)
    __witnessed__ = ("entry_id", "fact_id", "value")
    __witnessed_with__ = "entry_id"


append_only(EntryStep)
