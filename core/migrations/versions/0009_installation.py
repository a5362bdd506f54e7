"""Whether a database is a real installation or a demonstration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.migrations.shapes import plain

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of one row."""
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", plain(8), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ready_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one_row")),
        sa.CheckConstraint("kind IN ('real', 'demo')", name=op.f("ck_installation_kind")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("installation")
