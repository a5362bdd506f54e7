"""Entries with authors, files, steps and facts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.migrations.shapes import allow_changes, forbid_changes, one_of, plain

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and what guards them."""
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", plain(32), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("code", plain(24), nullable=True),
        sa.Column("draft_code", plain(24), nullable=False),
        sa.Column("judging_code", plain(24), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("folded", plain(300), nullable=False),
        sa.Column("field", plain(40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("nominee_id", sa.Integer(), nullable=True),
        sa.Column("collective_name", sa.String(250), nullable=False),
        sa.Column("filed_by_id", sa.Integer(), nullable=True),
        sa.Column("is_on_behalf", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("eligibility", sa.LargeBinary(), nullable=False),
        sa.Column("route", sa.LargeBinary(), nullable=False),
        sa.Column("route_index", sa.Integer(), nullable=False),
        sa.Column("holder_unit_id", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("pledged_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.Column("form_key", plain(64), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["account.id"], name=op.f("fk_entry_filed_by_id")),
        sa.ForeignKeyConstraint(["holder_unit_id"], ["unit.id"], name=op.f("fk_entry_holder_unit_id")),
        sa.ForeignKeyConstraint(["nominee_id"], ["person.id"], name=op.f("fk_entry_nominee_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_entry_owner_id")),
        sa.ForeignKeyConstraint(["season_id"], ["season.id"], name=op.f("fk_entry_season_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_entry_unit_id")),
        sa.UniqueConstraint("code", name=op.f("uq_entry_code")),
        sa.UniqueConstraint("draft_code", name=op.f("uq_entry_draft_code")),
        sa.UniqueConstraint("form_key", name=op.f("uq_entry_form_key")),
        sa.UniqueConstraint("judging_code", name=op.f("uq_entry_judging_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_entry_public_id")),
        sa.CheckConstraint("state IN ('draft', 'withdrawn') OR code IS NOT NULL", name=op.f("ck_entry_filed_means_code")),
        one_of(
            "ck_entry_state", "state",
            "draft", "submitted", "returned", "refused", "endorsed", "received", "in_judging", "scored", "decided", "awarded", "not_awarded", "withdrawn", "ineligible", "shelved", "annulled",
        ),
        one_of("ck_entry_subject", "subject", "initiative", "person", "collective"),
    )
    op.create_index(op.f("ix_entry_holder_unit_id"), "entry", ["holder_unit_id"])
    op.create_index(op.f("ix_entry_nominee_id"), "entry", ["nominee_id"])
    op.create_index(op.f("ix_entry_owner_id"), "entry", ["owner_id"])
    op.create_index(op.f("ix_entry_season_id"), "entry", ["season_id"])
    op.create_index(op.f("ix_entry_season_state"), "entry", ["season_id", "state"])
    op.create_index(op.f("ix_entry_state"), "entry", ["state"])
    op.create_index(op.f("ix_entry_submitted_at"), "entry", ["submitted_at"])
    op.create_index(op.f("ix_entry_unit_id"), "entry", ["unit_id"])
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", plain(32), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("field_id", plain(40), nullable=False),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("media_type", plain(100), nullable=False),
        sa.Column("extension", plain(8), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", plain(64), nullable=False),
        sa.Column("preview_sha256", plain(64), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_attachment_entry_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["account.id"], name=op.f("fk_attachment_uploaded_by_id")),
        sa.UniqueConstraint("entry_id", "sha256", "field_id", name=op.f("uq_attachment_entry_id_sha256_field_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attachment_public_id")),
    )
    op.create_index(op.f("ix_attachment_entry_id"), "attachment", ["entry_id"])
    op.create_table(
        "authorship",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("full_name", sa.String(120), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("workplace", sa.String(250), nullable=False),
        sa.Column("job_title", sa.String(200), nullable=False),
        sa.Column("qualification", sa.String(200), nullable=False),
        sa.Column("share", sa.BigInteger(), nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorship")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_authorship_entry_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_authorship_person_id")),
        sa.UniqueConstraint("entry_id", "person_id", name=op.f("uq_authorship_entry_id_person_id")),
        sa.UniqueConstraint("entry_id", "position", name=op.f("uq_authorship_entry_id_position")),
        sa.CheckConstraint("share > 0 AND share <= 100000000", name=op.f("ck_authorship_share_range")),
    )
    op.create_index(op.f("ix_authorship_entry_id"), "authorship", ["entry_id"])
    op.create_index(op.f("ix_authorship_person_id"), "authorship", ["person_id"])
    op.create_table(
        "entry_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("fact_id", plain(40), nullable=False),
        sa.Column("value", plain(80), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_fact")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_fact_entry_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["account.id"], name=op.f("fk_entry_fact_set_by_id")),
        sa.UniqueConstraint("entry_id", "fact_id", name=op.f("uq_entry_fact_entry_id_fact_id")),
    )
    op.create_index(op.f("ix_entry_fact_entry_id"), "entry_fact", ["entry_id"])
    op.create_table(
        "entry_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("verb", plain(40), nullable=False),
        sa.Column("from_state", sa.String(32), nullable=False),
        sa.Column("to_state", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("reasons", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_step")),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name=op.f("fk_entry_step_actor_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_step_entry_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_entry_step_unit_id")),
        one_of(
            "ck_entry_step_from_state", "from_state",
            "draft", "submitted", "returned", "refused", "endorsed", "received", "in_judging", "scored", "decided", "awarded", "not_awarded", "withdrawn", "ineligible", "shelved", "annulled",
        ),
        one_of(
            "ck_entry_step_to_state", "to_state",
            "draft", "submitted", "returned", "refused", "endorsed", "received", "in_judging", "scored", "decided", "awarded", "not_awarded", "withdrawn", "ineligible", "shelved", "annulled",
        ),
    )
    op.create_index(op.f("ix_entry_step_entry_id"), "entry_step", ["entry_id"])
    forbid_changes("entry_step")


def downgrade() -> None:
    """Drop them."""
    allow_changes("entry_step")
    op.drop_table("entry_step")
    op.drop_table("entry_fact")
    op.drop_table("authorship")
    op.drop_table("attachment")
    op.drop_table("entry")
