"""People and their memberships."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.migrations.shapes import one_of, plain

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", plain(32), nullable=False),
        sa.Column("full_name", sa.String(120), nullable=False),
        sa.Column("folded", plain(120), nullable=False),
        sa.Column("sort_key", plain(500), nullable=False),
        sa.Column("sex", sa.String(32), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("phone", plain(20), nullable=False),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("job_title", sa.String(200), nullable=False),
        sa.Column("qualification", sa.String(200), nullable=False),
        sa.Column("person_kind", plain(40), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["person.id"], name=op.f("fk_person_merged_into_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_public_id")),
        one_of("ck_person_sex", "sex", "female", "male"),
    )
    op.create_index(op.f("ix_person_folded"), "person", ["folded"])
    op.create_index(op.f("ix_person_sort_key"), "person", ["sort_key"])
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("member_code", plain(40), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_membership_unit_id")),
        sa.UniqueConstraint("member_code", name=op.f("uq_membership_member_code")),
        one_of("ck_membership_membership_kind", "kind", "member", "worker", "former", "civil_servant"),
    )
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"])
    op.create_index(op.f("ix_membership_unit_id"), "membership", ["unit_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("membership")
    op.drop_table("person")
