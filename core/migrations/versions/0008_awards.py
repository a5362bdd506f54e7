"""Proposals, decisions, awards and citations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.migrations.shapes import one_of, plain

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", plain(32), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("series", plain(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("authority", sa.String(200), nullable=False),
        sa.Column("signer_title", sa.String(120), nullable=False),
        sa.Column("signer_name", sa.String(120), nullable=False),
        sa.Column("basis", sa.String(300), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_decision_decided_by_id")),
        sa.ForeignKeyConstraint(["season_id"], ["season.id"], name=op.f("fk_decision_season_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_decision_unit_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_decision_public_id")),
        sa.UniqueConstraint("unit_id", "series", "year", "number", name=op.f("uq_decision_unit_id_series_year_number")),
        one_of("ck_decision_decision_status", "status", "draft", "issued"),
        sa.CheckConstraint("number > 0", name=op.f("ck_decision_number_positive")),
    )
    op.create_index(op.f("ix_decision_season_id"), "decision", ["season_id"])
    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("tier", plain(40), nullable=False),
        sa.Column("tier_title", sa.String(200), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("recipient_key", plain(300), nullable=False),
        sa.Column("recipient_name", sa.String(250), nullable=False),
        sa.Column("recipient_detail", sa.String(400), nullable=False),
        sa.Column("achievement", sa.String(500), nullable=False),
        sa.Column("register_number", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_award_decision_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_award_entry_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_award_person_id")),
        sa.UniqueConstraint("decision_id", "register_number", name=op.f("uq_award_decision_id_register_number")),
    )
    op.create_index(op.f("ix_award_decision_id"), "award", ["decision_id"])
    op.create_index(op.f("ix_award_entry_id"), "award", ["entry_id"])
    op.create_index(
        op.f("uq_award_one_live"), "award", ["entry_id", "tier", "recipient_key"], unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"), postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("tier", plain(40), nullable=False),
        sa.Column("tier_title", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_proposal_entry_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["account.id"], name=op.f("fk_proposal_proposed_by_id")),
        sa.ForeignKeyConstraint(["season_id"], ["season.id"], name=op.f("fk_proposal_season_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_proposal_entry_id")),
    )
    op.create_index(op.f("ix_proposal_season_id"), "proposal", ["season_id"])
    op.create_table(
        "citation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", plain(40), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_sha256", plain(64), nullable=True),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citation")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_citation_award_id")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["citation.id"], name=op.f("fk_citation_replaced_by_id")),
        sa.UniqueConstraint("code", name=op.f("uq_citation_code")),
        one_of("ck_citation_citation_status", "status", "valid", "replaced", "revoked"),
    )
    op.create_index(op.f("ix_citation_award_id"), "citation", ["award_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("citation")
    op.drop_table("proposal")
    op.drop_table("award")
    op.drop_table("decision")
