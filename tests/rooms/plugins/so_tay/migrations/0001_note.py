"""Notes."""

import sqlalchemy as sa
from alembic import op

from core.roomkit import one_of, plain

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "x_so_tay_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", plain(32), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        one_of("ck_x_so_tay_note_state", "state", "kept", "shown"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_x_so_tay_note_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_x_so_tay_note"),
        sa.UniqueConstraint("public_id", name="uq_x_so_tay_note_public_id"),
    )
    op.create_index("ix_x_so_tay_note_unit_id", "x_so_tay_note", ["unit_id"])


def downgrade() -> None:
    op.drop_table("x_so_tay_note")
