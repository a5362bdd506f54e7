"""Stories, consents, appearances."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.roomkit import allow_changes, forbid_changes, one_of, plain

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STORY, CONSENT, APPEARANCE = (f"x_tuyen_truyen_{name}" for name in ("story", "consent", "appearance"))


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        STORY,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", plain(32), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("summary", sa.String(400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("picture_alt", sa.String(200), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=True),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{STORY}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{STORY}_public_id")),
        one_of(f"ck_{STORY}_state", "state", "draft", "waiting", "approved", "published", "withdrawn"),
        sa.CheckConstraint(
            "state <> 'published' OR published_at IS NOT NULL", name=op.f(f"ck_{STORY}_published_means_when")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f(f"fk_{STORY}_entry_id")),
        sa.ForeignKeyConstraint(["picture_id"], ["attachment.id"], name=op.f(f"fk_{STORY}_picture_id")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["account.id"], name=op.f(f"fk_{STORY}_drafted_by_id")),
        sa.ForeignKeyConstraint(["edited_by_id"], ["account.id"], name=op.f(f"fk_{STORY}_edited_by_id")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["account.id"], name=op.f(f"fk_{STORY}_approved_by_id")),
    )
    op.create_index(op.f(f"ix_{STORY}_state"), STORY, ["state"])
    live = sa.text("state <> 'withdrawn'")
    op.create_index(f"uq_{STORY}_live", STORY, ["entry_id"], unique=True, sqlite_where=live, postgresql_where=live)
    op.create_table(
        CONSENT,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_key", plain(300), nullable=False),
        sa.Column("person_name", sa.String(250), nullable=False),
        sa.Column("scope", sa.String(32), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("paper", sa.String(200), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CONSENT}")),
        one_of(f"ck_{CONSENT}_scope", "scope", "name", "picture"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f(f"fk_{CONSENT}_entry_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f(f"fk_{CONSENT}_recorded_by_id")),
    )
    op.create_index(op.f(f"ix_{CONSENT}_entry_id"), CONSENT, ["entry_id"])
    forbid_changes(CONSENT)
    op.create_table(
        APPEARANCE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("outlet", sa.String(200), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("appeared_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{APPEARANCE}")),
        one_of(f"ck_{APPEARANCE}_channel", "channel", "web", "facebook", "zalo", "press", "broadcast", "other"),
        sa.ForeignKeyConstraint(["story_id"], [f"{STORY}.id"], name=op.f(f"fk_{APPEARANCE}_story_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f(f"fk_{APPEARANCE}_recorded_by_id")),
    )
    op.create_index(op.f(f"ix_{APPEARANCE}_story_id"), APPEARANCE, ["story_id"])


def downgrade() -> None:
    """Take the three tables away."""
    op.drop_table(APPEARANCE)
    allow_changes(CONSENT)
    op.drop_table(CONSENT)
    op.drop_table(STORY)
