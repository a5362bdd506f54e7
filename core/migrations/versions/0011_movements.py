"""Movements made on the web: drafts, the versions they freeze, and the switches at units."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.migrations.shapes import allow_changes, forbid_changes, one_of, plain

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and what guards them."""
    op.create_table(
        "movement_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("movement_id", plain(40), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", plain(64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement_version")),
        sa.UniqueConstraint("movement_id", "rules_version", name=op.f("uq_movement_version_movement_id_rules_version")),
        sa.UniqueConstraint("sha256", name=op.f("uq_movement_version_sha256")),
    )
    op.create_index(op.f("ix_movement_version_movement_id"), "movement_version", ["movement_id"])
    op.create_table(
        "movement_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", plain(32), nullable=False),
        sa.Column("movement_id", plain(40), nullable=False),
        sa.Column("owner_unit_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(250), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=True),
        sa.Column("copied_from", plain(40), nullable=False),
        sa.Column("offered_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement_draft")),
        sa.ForeignKeyConstraint(["offered_id"], ["movement_version.id"], name=op.f("fk_movement_draft_offered_id")),
        sa.ForeignKeyConstraint(["owner_unit_id"], ["unit.id"], name=op.f("fk_movement_draft_owner_unit_id")),
        sa.UniqueConstraint("movement_id", name=op.f("uq_movement_draft_movement_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_movement_draft_public_id")),
        one_of("ck_movement_draft_state", "state", "draft", "checked", "offered"),
        sa.CheckConstraint(
            "state <> 'offered' OR offered_id IS NOT NULL", name=op.f("ck_movement_draft_offered_has_version")
        ),
    )
    op.create_index(op.f("ix_movement_draft_owner_unit_id"), "movement_draft", ["owner_unit_id"])
    op.create_table(
        "movement_switch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("movement_id", plain(40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement_switch")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_movement_switch_unit_id")),
        sa.UniqueConstraint("movement_id", "unit_id", name=op.f("uq_movement_switch_movement_id_unit_id")),
    )
    op.create_index(op.f("ix_movement_switch_unit_id"), "movement_switch", ["unit_id"])
    forbid_changes("movement_version")


def downgrade() -> None:
    """Drop them."""
    allow_changes("movement_version")
    op.drop_table("movement_switch")
    op.drop_table("movement_draft")
    op.drop_table("movement_version")
