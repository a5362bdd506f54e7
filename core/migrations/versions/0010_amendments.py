"""Amendments of a running season, the rules an entry keeps, and the rules a sheet was sealed under."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import unchanged
from core.migrations.shapes import allow_changes, forbid_changes, one_of, plain

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CLOSED = "OLD.status IN ('sealed', 'void')"
SHEET_COLUMNS = (
    "id", "public_id", "entry_id", "stage_id", "sheet_slug", "column_slug", "filler_id", "judge_id", "version",
    "remark", "created_at", "finished_at", "sealed_at",
)  # fmt: skip


def _sheet_changed(*columns: str) -> str:
    return (
        "OLD.status IN ('sealed', 'void') AND NOT COALESCE(OLD.status = 'sealed' AND NEW.status = 'void' AND "
        f"NEW.void_reason <> '' AND {unchanged(*columns)}, FALSE)"
    )


BEFORE = {"when": CLOSED, "when_update": _sheet_changed(*SHEET_COLUMNS)}
AFTER = {"when": CLOSED, "when_update": _sheet_changed(*SHEET_COLUMNS, "rules_sha256")}


def upgrade() -> None:
    """Make the tables and the column. In a sheet sealed before this step it stays NULL: there were no amendments."""
    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_snapshot_id", sa.Integer(), nullable=False),
        sa.Column("to_snapshot_id", sa.Integer(), nullable=False),
        sa.Column("decision_number", sa.String(200), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("scope", sa.String(32), nullable=False),
        sa.Column("sha256", plain(64), nullable=False),
        sa.Column("amended_by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sa.ForeignKeyConstraint(["from_snapshot_id"], ["rule_snapshot.id"], name=op.f("fk_amendment_from_snapshot_id")),
        sa.ForeignKeyConstraint(["season_id"], ["season.id"], name=op.f("fk_amendment_season_id")),
        sa.ForeignKeyConstraint(["to_snapshot_id"], ["rule_snapshot.id"], name=op.f("fk_amendment_to_snapshot_id")),
        sa.UniqueConstraint("season_id", "number", name=op.f("uq_amendment_season_id_number")),
        one_of("ck_amendment_scope", "scope", "not_yet_scored", "rescore_all"),
    )
    op.create_index(op.f("ix_amendment_season_id"), "amendment", ["season_id"])
    op.create_table(
        "kept_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("amendment_id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_rules")),
        sa.ForeignKeyConstraint(["amendment_id"], ["amendment.id"], name=op.f("fk_kept_rules_amendment_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_kept_rules_entry_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["rule_snapshot.id"], name=op.f("fk_kept_rules_snapshot_id")),
        sa.UniqueConstraint("entry_id", "amendment_id", name=op.f("uq_kept_rules_entry_id_amendment_id")),
    )
    op.create_index(op.f("ix_kept_rules_amendment_id"), "kept_rules", ["amendment_id"])
    allow_changes("scoresheet", **BEFORE)
    op.add_column("scoresheet", sa.Column("rules_sha256", plain(64), nullable=True))
    forbid_changes("scoresheet", **AFTER)
    forbid_changes("amendment")
    forbid_changes("kept_rules")


def downgrade() -> None:
    """Drop them."""
    allow_changes("kept_rules")
    allow_changes("amendment")
    allow_changes("scoresheet", **AFTER)
    op.drop_column("scoresheet", "rules_sha256")
    forbid_changes("scoresheet", **BEFORE)
    op.drop_table("kept_rules")
    op.drop_table("amendment")
