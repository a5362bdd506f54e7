"""Units with their kinds, names and successors; clusters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.migrations.shapes import plain

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "cluster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", plain(40), nullable=False),
        sa.Column("name", sa.String(250), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
        sa.UniqueConstraint("code", "year", name=op.f("uq_cluster_code_year")),
    )
    op.create_table(
        "unit_kind",
        sa.Column("code", plain(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit_kind")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", plain(32), nullable=False),
        sa.Column("code", plain(40), nullable=False),
        sa.Column("kind_code", plain(40), nullable=False),
        sa.Column("name", sa.String(250), nullable=False),
        sa.Column("folded", plain(250), nullable=False),
        sa.Column("sort_key", plain(750), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("campaign_parent_id", sa.Integer(), nullable=True),
        sa.Column("path", plain(255), nullable=False),
        sa.Column("member_count", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.ForeignKeyConstraint(["campaign_parent_id"], ["unit.id"], name=op.f("fk_unit_campaign_parent_id")),
        sa.ForeignKeyConstraint(["kind_code"], ["unit_kind.code"], name=op.f("fk_unit_kind_code")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
        sa.UniqueConstraint("path", name=op.f("uq_unit_path")),
        sa.UniqueConstraint("public_id", name=op.f("uq_unit_public_id")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name=op.f("ck_unit_dates_in_order")),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name=op.f("ck_unit_not_own_parent")),
    )
    op.create_index(op.f("ix_unit_folded"), "unit", ["folded"])
    op.create_index(op.f("ix_unit_sort_key"), "unit", ["sort_key"])
    op.create_table(
        "cluster_member",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cluster_id", "unit_id", name=op.f("pk_cluster_member")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_cluster_member_cluster_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_cluster_member_unit_id")),
    )
    op.create_table(
        "unit_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(250), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_name")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_name_unit_id")),
    )
    op.create_index(op.f("ix_unit_name_unit_id"), "unit_name", ["unit_id"])
    op.create_table(
        "unit_succession",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_unit_id", sa.Integer(), nullable=False),
        sa.Column("to_unit_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_succession")),
        sa.ForeignKeyConstraint(["from_unit_id"], ["unit.id"], name=op.f("fk_unit_succession_from_unit_id")),
        sa.ForeignKeyConstraint(["to_unit_id"], ["unit.id"], name=op.f("fk_unit_succession_to_unit_id")),
        sa.UniqueConstraint("from_unit_id", "to_unit_id", name=op.f("uq_unit_succession_from_unit_id_to_unit_id")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("unit_succession")
    op.drop_table("unit_name")
    op.drop_table("cluster_member")
    op.drop_table("unit")
    op.drop_table("unit_kind")
    op.drop_table("cluster")
