"""Panels, judges, recusals, score sheets with their marks, and stored results."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.accounts.models import Account
from core.db import Base, CanonicalJSON, Instant, Points, append_only, plain, text_enum, unchanged
from core.entries.models import Entry
from core.judging.rules import RecusalReason, SheetStatus
from core.people.models import Person
from core.seasons.models import Amendment, RuleSnapshot, Season, Stage


class Panel(Base):
    """A group of judges of one stage, for all entries or for one field."""

    __tablename__ = "panel"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(plain(32), unique=True)
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stage.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    field: Mapped[str] = mapped_column(plain(40), default="")
    revision: Mapped[int] = mapped_column(default=1)

    stage: Mapped[Stage] = relationship(lazy="joined")
    judges: Mapped[list[Judge]] = relationship(back_populates="panel", order_by="Judge.id", lazy="selectin")
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012
    __witnessed__ = ("stage_id", "title", "field")


class Judge(Base):
    """A person on a panel. One who left keeps the row: sealed sheets point at it."""

    __tablename__ = "judge"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(plain(32), unique=True)
    panel_id: Mapped[int] = mapped_column(sa.ForeignKey("panel.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    expertise: Mapped[Any] = mapped_column(CanonicalJSON, default=list)
    is_chair: Mapped[bool] = mapped_column(default=False)
    # When the judge answered the one question about people and units they are close to; None: not asked yet.
    declared_at: Mapped[datetime | None] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)

    panel: Mapped[Panel] = relationship(back_populates="judges", lazy="joined")
    person: Mapped[Person] = relationship(lazy="joined")
    account: Mapped[Account] = relationship()
    __table_args__ = (sa.UniqueConstraint("panel_id", "person_id"),)
    __witnessed__ = ("panel_id", "person_id", "account_id", "is_chair", "left_at")


class Recusal(Base):
    """A person kept off an entry, by declaration or derived from the tree; the reason is the evidence."""

    __tablename__ = "recusal"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    reason: Mapped[RecusalReason] = mapped_column(text_enum(RecusalReason, "reason"))
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    declared_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    declared_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (sa.UniqueConstraint("entry_id", "person_id"),)
    __witnessed__ = ("entry_id", "person_id", "reason", "note")


class Assignment(Base):
    """An entry given to a judge in a stage, with the reason for the pair."""

    __tablename__ = "assignment"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("judge.id"), index=True)
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stage.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    assigned_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    assigned_at: Mapped[datetime] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)

    entry: Mapped[Entry] = relationship(lazy="joined")
    judge: Mapped[Judge] = relationship(lazy="joined")
    __table_args__ = (sa.UniqueConstraint("entry_id", "judge_id"),)
    __witnessed__ = ("entry_id", "judge_id", "stage_id", "withdrawn_at")


class Scoresheet(Base):
    """One sheet: entry, stage, column, filler. Reopening makes a new version; a recusal voids, nothing is deleted."""

    __tablename__ = "scoresheet"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(plain(32), unique=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stage.id"), index=True)
    sheet_slug: Mapped[str] = mapped_column(plain(40))
    column_slug: Mapped[str] = mapped_column(plain(40))
    filler_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    judge_id: Mapped[int | None] = mapped_column(sa.ForeignKey("judge.id"), index=True)
    status: Mapped[SheetStatus] = mapped_column(text_enum(SheetStatus, "status"), default=SheetStatus.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    remark: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    sealed_at: Mapped[datetime | None] = mapped_column(Instant)
    void_reason: Mapped[str] = mapped_column(sa.String(300), default="")
    # The digest of the rules it was sealed under; NULL where it is not sealed, or was before rules could be amended.
    rules_sha256: Mapped[str | None] = mapped_column(plain(64))
    revision: Mapped[int] = mapped_column(default=1)

    entry: Mapped[Entry] = relationship(lazy="joined")
    stage: Mapped[Stage] = relationship(lazy="joined")
    filler: Mapped[Account] = relationship(lazy="joined")
    marks: Mapped[list[Mark]] = relationship(
        back_populates="scoresheet", order_by="Mark.id", lazy="selectin", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012
    __table_args__ = (
        sa.Index(
            "uq_scoresheet_one_live",
            "entry_id", "stage_id", "column_slug", "filler_id",
            unique=True,
            sqlite_where=sa.text("status <> 'void'"),
            postgresql_where=sa.text("status <> 'void'"),
        ),
        sa.CheckConstraint("status <> 'sealed' OR sealed_at IS NOT NULL", name="sealed_has_time"),
    )  # fmt: skip
    __witnessed__ = (
        "entry_id", "stage_id", "sheet_slug", "column_slug", "filler_id", "status", "version", "remark", "sealed_at",
        "void_reason",
    )  # fmt: skip
    __witnessed_if_set__ = ("rules_sha256",)

    @classmethod
    def __witness_when__(cls) -> sa.ColumnElement[bool]:
        """An open sheet is saved by itself and not audited; a sealed or void one never changes unseen."""
        return cls.status.in_([SheetStatus.SEALED, SheetStatus.VOID])


class Mark(Base):
    """The mark of one criterion, which it names by the id in the frozen rules. Points as typed and checked."""

    __tablename__ = "mark"
    id: Mapped[int] = mapped_column(primary_key=True)
    scoresheet_id: Mapped[int] = mapped_column(sa.ForeignKey("scoresheet.id"), index=True)
    criterion: Mapped[str] = mapped_column(plain(40))
    points: Mapped[Decimal | None] = mapped_column(Points)
    level: Mapped[str | None] = mapped_column(plain(40))
    comment: Mapped[str] = mapped_column(sa.Text, default="")

    scoresheet: Mapped[Scoresheet] = relationship(back_populates="marks")
    __table_args__ = (sa.UniqueConstraint("scoresheet_id", "criterion"),)
    __witnessed__ = ("scoresheet_id", "criterion", "points", "level", "comment")
    __witnessed_with__ = "scoresheet_id"


class Score(Base):
    """The stored result of an entry in a stage, with the digests of its inputs and of its rules."""

    __tablename__ = "score"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stage.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    is_current: Mapped[bool] = mapped_column(default=True)
    status: Mapped[str] = mapped_column(plain(16))
    total: Mapped[Decimal | None] = mapped_column(Points)
    band: Mapped[str | None] = mapped_column(plain(40))
    # The whole result as movement-format §4 defines it, and what it was computed from.
    result: Mapped[Any] = mapped_column(CanonicalJSON)
    inputs: Mapped[Any] = mapped_column(CanonicalJSON)
    inputs_sha256: Mapped[str] = mapped_column(plain(64))
    rules_sha256: Mapped[str] = mapped_column(plain(64))
    engine: Mapped[str] = mapped_column(plain(8))
    computed_at: Mapped[datetime] = mapped_column(Instant)

    entry: Mapped[Entry] = relationship(lazy="joined")
    __table_args__ = (sa.UniqueConstraint("entry_id", "stage_id", "version"),)
    __witnessed__ = (
        "entry_id", "stage_id", "version", "is_current", "status", "total", "band", "result", "inputs",
        "inputs_sha256", "rules_sha256", "engine",
    )  # fmt: skip


class KeptRules(Base):
    """The rules that an entry keeps although an amendment changed those of its season: its sheets were all sealed.

    It holds until an amendment that scores everything anew. Insert only.
    """

    __tablename__ = "kept_rules"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"))
    amendment_id: Mapped[int] = mapped_column(sa.ForeignKey("amendment.id"), index=True)
    snapshot_id: Mapped[int] = mapped_column(sa.ForeignKey("rule_snapshot.id"))

    entry: Mapped[Entry] = relationship()
    amendment: Mapped[Amendment] = relationship()
    snapshot: Mapped[RuleSnapshot] = relationship(lazy="joined")
    __table_args__ = (sa.UniqueConstraint("entry_id", "amendment_id"),)
    __witnessed__ = ("entry_id", "amendment_id", "snapshot_id")


class Ranking(Base):
    """The stored ranking of a season's stage: one row per computation, the last one current."""

    __tablename__ = "ranking"
    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(sa.ForeignKey("season.id"), index=True)
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stage.id"))
    sheet_slug: Mapped[str] = mapped_column(plain(40))
    version: Mapped[int] = mapped_column(default=1)
    is_current: Mapped[bool] = mapped_column(default=True)
    # {"order": [entry public ids], "entries": {id: {rank, tier, reasons}}}, and the entries as they went in.
    result: Mapped[Any] = mapped_column(CanonicalJSON)
    inputs: Mapped[Any] = mapped_column(CanonicalJSON)
    inputs_sha256: Mapped[str] = mapped_column(plain(64))
    rules_sha256: Mapped[str] = mapped_column(plain(64))
    computed_at: Mapped[datetime] = mapped_column(Instant)

    season: Mapped[Season] = relationship()
    __table_args__ = (sa.UniqueConstraint("season_id", "stage_id", "sheet_slug", "version"),)
    __witnessed__ = ("season_id", "stage_id", "sheet_slug", "version", "is_current", "result", "inputs", "rules_sha256")


# A sealed sheet may only become void, with a reason; a void one stays as it is. Its marks never change, so a verb that
# seals flushes the marks first.
append_only(
    Scoresheet,
    when="OLD.status IN ('sealed', 'void')",
    when_update="OLD.status IN ('sealed', 'void') AND NOT COALESCE(OLD.status = 'sealed' AND NEW.status = 'void' AND "
    "NEW.void_reason <> '' AND "
    + unchanged(
        "id", "public_id", "entry_id", "stage_id", "sheet_slug", "column_slug", "filler_id", "judge_id", "version",
        "remark", "created_at", "finished_at", "sealed_at", "rules_sha256",
    )
    + ", FALSE)",
)  # fmt: skip


append_only(KeptRules)


def _in_closed_sheet(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM scoresheet WHERE scoresheet.id = {row}.scoresheet_id "  # noqa: S608  # `row` is OLD or NEW.
        "AND scoresheet.status IN ('sealed', 'void'))"
    )


append_only(
    Mark,
    when=_in_closed_sheet("OLD"),
    when_update=f"{_in_closed_sheet('OLD')} OR {_in_closed_sheet('NEW')}",
    when_insert=_in_closed_sheet("NEW"),
)
