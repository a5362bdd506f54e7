"""The trail: events, witnesses, the head of the chain, checkpoints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import unchanged
from core.migrations.shapes import allow_changes, forbid_changes, plain

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Detail and nonce may be erased, nothing else changes.
EVENT_CHANGED = (
    "NOT COALESCE("
    + unchanged(
        "id", "at", "verb", "actor_id", "actor_name", "subject_table", "subject_id", "season_id", "unit_path",
        "detail_digest", "prev_hash", "hash",
    )
    + " AND (NEW.detail IS NULL OR NEW.detail = OLD.detail) AND (NEW.nonce IS NULL OR NEW.nonce = OLD.nonce), FALSE)"
)
WITNESS_CHANGED = (
    f"NOT COALESCE({unchanged('event_id', 'table_name', 'row_key', 'digest')} AND NEW.nonce IS NULL, FALSE)"
)


def upgrade() -> None:
    """Make the tables and what guards them."""
    op.create_table(
        "audit_checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoint")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("verb", plain(64), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(200), nullable=False),
        sa.Column("subject_table", plain(64), nullable=False),
        sa.Column("subject_id", plain(64), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=True),
        sa.Column("unit_path", plain(255), nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=True),
        sa.Column("nonce", sa.LargeBinary(), nullable=True),
        sa.Column("detail_digest", sa.LargeBinary(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_event_hash")),
    )
    op.create_index(op.f("ix_audit_event_at"), "audit_event", ["at"])
    op.create_index(op.f("ix_audit_event_subject"), "audit_event", ["subject_table", "subject_id"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
    )
    op.create_table(
        "audit_witness",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("table_name", plain(64), nullable=False),
        sa.Column("row_key", plain(64), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", "table_name", "row_key", name=op.f("pk_audit_witness")),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_audit_witness_event_id")),
    )
    op.create_index(op.f("ix_audit_witness_row"), "audit_witness", ["table_name", "row_key", "event_id"])
    head = sa.table(
        "audit_head", sa.column("id", sa.Integer), sa.column("last_id", sa.Integer), sa.column("last_hash", sa.LargeBinary)
    )
    op.bulk_insert(head, [{"id": 1, "last_id": 0, "last_hash": bytes(32)}])
    forbid_changes("audit_event", when_update=EVENT_CHANGED)
    forbid_changes("audit_witness", when_update=WITNESS_CHANGED)
    forbid_changes("audit_checkpoint")


def downgrade() -> None:
    """Drop them."""
    allow_changes("audit_checkpoint")
    allow_changes("audit_witness", when_update=WITNESS_CHANGED)
    allow_changes("audit_event", when_update=EVENT_CHANGED)
    op.drop_table("audit_witness")
    op.drop_table("audit_head")
    op.drop_table("audit_event")
    op.drop_table("audit_checkpoint")
