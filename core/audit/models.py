"""The trail: events in one hash chain, the digests of witnessed rows, and checkpoints that may leave the system."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.audit.chain import checkpoint_text
from core.db import Base, Instant, append_only, plain, unchanged


class AuditEvent(Base):
    """One act. `hash` chains over `prev_hash`, the plain columns, `detail_digest` and the digests of its witnesses."""

    __tablename__ = "audit_event"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    verb: Mapped[str] = mapped_column(plain(64))
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(sa.String(200))
    subject_table: Mapped[str] = mapped_column(plain(64))
    subject_id: Mapped[str] = mapped_column(plain(64))
    season_id: Mapped[int | None]
    unit_path: Mapped[str] = mapped_column(plain(255), default="")
    # Erasable: what was said, and the nonce without which `detail_digest` says nothing about it.
    detail: Mapped[bytes | None]
    nonce: Mapped[bytes | None]
    detail_digest: Mapped[bytes]
    prev_hash: Mapped[bytes]
    hash: Mapped[bytes] = mapped_column(unique=True)

    __table_args__ = (
        sa.Index("ix_audit_event_subject", "subject_table", "subject_id"),
        sa.Index("ix_audit_event_at", "at"),
    )


class AuditWitness(Base):
    """The nonced digest of a row's witnessed columns as an event left them.

    No digest says that the row was deleted, or went back to its author's hands (`__witness_when__`).
    """

    __tablename__ = "audit_witness"
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_event.id"), primary_key=True)
    table_name: Mapped[str] = mapped_column(plain(64), primary_key=True)
    row_key: Mapped[str] = mapped_column(plain(64), primary_key=True)
    # Erasable once a later witness of the row stands.
    nonce: Mapped[bytes | None]
    digest: Mapped[bytes | None]

    __table_args__ = (sa.Index("ix_audit_witness_row", "table_name", "row_key", "event_id"),)


class AuditHead(Base):
    """The one row that writers lock: number and hash of the last event."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_id: Mapped[int]
    last_hash: Mapped[bytes]

    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)


class Checkpoint(Base):
    """A head of the chain at a moment that may be printed, mailed or published."""

    __tablename__ = "audit_checkpoint"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    event_id: Mapped[int]
    hash: Mapped[bytes]
    reason: Mapped[str] = mapped_column(sa.String(200))
    season_id: Mapped[int | None]

    @property
    def text(self) -> str:
        """The checkpoint as it is printed and typed: «number:hash»."""
        return checkpoint_text(self.event_id, self.hash)


append_only(
    AuditEvent,
    when_update="NOT COALESCE("
    + unchanged(
        "id", "at", "verb", "actor_id", "actor_name", "subject_table", "subject_id", "season_id", "unit_path",
        "detail_digest", "prev_hash", "hash",
    )
    + " AND (NEW.detail IS NULL OR NEW.detail = OLD.detail) AND (NEW.nonce IS NULL OR NEW.nonce = OLD.nonce), FALSE)",
)  # fmt: skip
append_only(
    AuditWitness,
    when_update="NOT COALESCE("
    + unchanged("event_id", "table_name", "row_key", "digest")
    + " AND NEW.nonce IS NULL, FALSE)",
)
append_only(Checkpoint)


@sa.event.listens_for(AuditHead.__table__, "after_create")
def _begin_chain(table: sa.Table, connection: sa.Connection, **_: object) -> None:
    """Give the chain its head: number 0, hash of nothing."""
    connection.execute(table.insert().values(id=1, last_id=0, last_hash=bytes(32)))
