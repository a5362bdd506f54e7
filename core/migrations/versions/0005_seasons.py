"""Frozen rules, seasons, stages and milestones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.migrations.shapes import allow_changes, forbid_changes, one_of, plain

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and what guards them."""
    op.create_table(
        "rule_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", plain(64), nullable=False),
        sa.Column("kind", plain(16), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("movement_id", plain(40), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("engine", plain(8), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_snapshot")),
        sa.UniqueConstraint("sha256", name=op.f("uq_rule_snapshot_sha256")),
        sa.CheckConstraint("kind IN ('movement', 'season')", name=op.f("ck_rule_snapshot_kind")),
    )
    op.create_table(
        "season",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", plain(32), nullable=False),
        sa.Column("movement_id", plain(40), nullable=False),
        sa.Column("title", sa.String(250), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("code_prefix", plain(8), nullable=False),
        sa.Column("owner_unit_id", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(32), nullable=False),
        sa.Column("legal_document", sa.String(250), nullable=False),
        sa.Column("opens_at", sa.BigInteger(), nullable=True),
        sa.Column("closes_at", sa.BigInteger(), nullable=True),
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column("judging_closes_at", sa.BigInteger(), nullable=True),
        sa.Column("choices", sa.LargeBinary(), nullable=False),
        sa.Column("movement_snapshot_id", sa.Integer(), nullable=True),
        sa.Column("snapshot_id", sa.Integer(), nullable=True),
        sa.Column("last_entry_number", sa.Integer(), nullable=False),
        sa.Column("last_judging_number", sa.Integer(), nullable=False),
        sa.Column("judging_closed_at", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_season")),
        sa.ForeignKeyConstraint(["movement_snapshot_id"], ["rule_snapshot.id"], name=op.f("fk_season_movement_snapshot_id")),
        sa.ForeignKeyConstraint(["owner_unit_id"], ["unit.id"], name=op.f("fk_season_owner_unit_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["rule_snapshot.id"], name=op.f("fk_season_snapshot_id")),
        sa.UniqueConstraint("owner_unit_id", "code_prefix", "year", name=op.f("uq_season_owner_unit_id_code_prefix_year")),
        sa.UniqueConstraint("public_id", name=op.f("uq_season_public_id")),
        sa.CheckConstraint("opens_at IS NULL OR closes_at IS NULL OR closes_at > opens_at", name=op.f("ck_season_dates_in_order")),
        sa.CheckConstraint("phase = 'draft' OR snapshot_id IS NOT NULL", name=op.f("ck_season_open_means_frozen")),
        one_of("ck_season_phase", "phase", "draft", "open", "judging", "ranked", "decided", "published"),
    )
    op.create_index(op.f("ix_season_movement_id"), "season", ["movement_id"])
    op.create_index(op.f("ix_season_owner_unit_id"), "season", ["owner_unit_id"])
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("kind", plain(24), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.ForeignKeyConstraint(["season_id"], ["season.id"], name=op.f("fk_milestone_season_id")),
        sa.UniqueConstraint("season_id", "kind", name=op.f("uq_milestone_season_id_kind")),
    )
    op.create_index(op.f("ix_milestone_season_id"), "milestone", ["season_id"])
    op.create_table(
        "stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("slug", plain(40), nullable=False),
        sa.Column("kind", plain(16), nullable=False),
        sa.Column("title", sa.String(250), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("blind", plain(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
        sa.ForeignKeyConstraint(["season_id"], ["season.id"], name=op.f("fk_stage_season_id")),
        sa.UniqueConstraint("season_id", "slug", name=op.f("uq_stage_season_id_slug")),
        sa.CheckConstraint("blind IN ('open', 'authors', 'double')", name=op.f("ck_stage_blind")),
        sa.CheckConstraint("kind IN ('endorse', 'check', 'score', 'vote', 'decide')", name=op.f("ck_stage_kind")),
    )
    op.create_index(op.f("ix_stage_season_id"), "stage", ["season_id"])
    forbid_changes("rule_snapshot")


def downgrade() -> None:
    """Drop them."""
    allow_changes("rule_snapshot")
    op.drop_table("stage")
    op.drop_table("milestone")
    op.drop_table("season")
    op.drop_table("rule_snapshot")
