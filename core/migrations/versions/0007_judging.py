"""Panels, judges, recusals, assignments, score sheets, scores and rankings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import unchanged
from core.migrations.shapes import allow_changes, forbid_changes, one_of, plain

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CLOSED = "OLD.status IN ('sealed', 'void')"
# A sealed sheet may only become void, with a reason; a void one stays as it is.
SHEET_CHANGED = (
    "OLD.status IN ('sealed', 'void') AND NOT COALESCE(OLD.status = 'sealed' AND NEW.status = 'void' AND "
    "NEW.void_reason <> '' AND "
    + unchanged(
        "id", "public_id", "entry_id", "stage_id", "sheet_slug", "column_slug", "filler_id", "judge_id", "version",
        "remark", "created_at", "finished_at", "sealed_at",
    )
    + ", FALSE)"
)
IN_CLOSED_SHEET = (
    "EXISTS (SELECT 1 FROM scoresheet WHERE scoresheet.id = {row}.scoresheet_id "
    "AND scoresheet.status IN ('sealed', 'void'))"
)
OLD_CLOSED, NEW_CLOSED = IN_CLOSED_SHEET.format(row="OLD"), IN_CLOSED_SHEET.format(row="NEW")
MARK_GUARD = {"when": OLD_CLOSED, "when_update": f"{OLD_CLOSED} OR {NEW_CLOSED}", "when_insert": NEW_CLOSED}


def upgrade() -> None:
    """Make the tables and what guards them."""
    op.create_table(
        "panel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", plain(32), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("field", plain(40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_panel_stage_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_panel_public_id")),
    )
    op.create_index(op.f("ix_panel_stage_id"), "panel", ["stage_id"])
    op.create_table(
        "ranking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("sheet_slug", plain(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("inputs_sha256", plain(64), nullable=False),
        sa.Column("rules_sha256", plain(64), nullable=False),
        sa.Column("computed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking")),
        sa.ForeignKeyConstraint(["season_id"], ["season.id"], name=op.f("fk_ranking_season_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_ranking_stage_id")),
        sa.UniqueConstraint("season_id", "stage_id", "sheet_slug", "version", name=op.f("uq_ranking_season_id_stage_id_sheet_slug_version")),
    )
    op.create_index(op.f("ix_ranking_season_id"), "ranking", ["season_id"])
    op.create_table(
        "recusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("declared_by_id", sa.Integer(), nullable=True),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
        sa.ForeignKeyConstraint(["declared_by_id"], ["account.id"], name=op.f("fk_recusal_declared_by_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_recusal_entry_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recusal_person_id")),
        sa.UniqueConstraint("entry_id", "person_id", name=op.f("uq_recusal_entry_id_person_id")),
        one_of("ck_recusal_reason", "reason", "author", "same_unit", "endorser", "relative", "other"),
    )
    op.create_index(op.f("ix_recusal_entry_id"), "recusal", ["entry_id"])
    op.create_index(op.f("ix_recusal_person_id"), "recusal", ["person_id"])
    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("status", plain(16), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("band", plain(40), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("inputs_sha256", plain(64), nullable=False),
        sa.Column("rules_sha256", plain(64), nullable=False),
        sa.Column("engine", plain(8), nullable=False),
        sa.Column("computed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_score_entry_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_score_stage_id")),
        sa.UniqueConstraint("entry_id", "stage_id", "version", name=op.f("uq_score_entry_id_stage_id_version")),
    )
    op.create_index(op.f("ix_score_entry_id"), "score", ["entry_id"])
    op.create_index(op.f("ix_score_stage_id"), "score", ["stage_id"])
    op.create_table(
        "judge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", plain(32), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("expertise", sa.LargeBinary(), nullable=False),
        sa.Column("is_chair", sa.Boolean(), nullable=False),
        sa.Column("declared_at", sa.BigInteger(), nullable=True),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_judge_account_id")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_judge_panel_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_judge_person_id")),
        sa.UniqueConstraint("panel_id", "person_id", name=op.f("uq_judge_panel_id_person_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_judge_public_id")),
    )
    op.create_index(op.f("ix_judge_account_id"), "judge", ["account_id"])
    op.create_index(op.f("ix_judge_panel_id"), "judge", ["panel_id"])
    op.create_index(op.f("ix_judge_person_id"), "judge", ["person_id"])
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("assigned_by_id", sa.Integer(), nullable=True),
        sa.Column("assigned_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.ForeignKeyConstraint(["assigned_by_id"], ["account.id"], name=op.f("fk_assignment_assigned_by_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_assignment_entry_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_assignment_judge_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_assignment_stage_id")),
        sa.UniqueConstraint("entry_id", "judge_id", name=op.f("uq_assignment_entry_id_judge_id")),
    )
    op.create_index(op.f("ix_assignment_entry_id"), "assignment", ["entry_id"])
    op.create_index(op.f("ix_assignment_judge_id"), "assignment", ["judge_id"])
    op.create_index(op.f("ix_assignment_stage_id"), "assignment", ["stage_id"])
    op.create_table(
        "scoresheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", plain(32), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("sheet_slug", plain(40), nullable=False),
        sa.Column("column_slug", plain(40), nullable=False),
        sa.Column("filler_id", sa.Integer(), nullable=False),
        sa.Column("judge_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("sealed_at", sa.BigInteger(), nullable=True),
        sa.Column("void_reason", sa.String(300), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoresheet")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_scoresheet_entry_id")),
        sa.ForeignKeyConstraint(["filler_id"], ["account.id"], name=op.f("fk_scoresheet_filler_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_scoresheet_judge_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_scoresheet_stage_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_scoresheet_public_id")),
        sa.CheckConstraint("status <> 'sealed' OR sealed_at IS NOT NULL", name=op.f("ck_scoresheet_sealed_has_time")),
        one_of("ck_scoresheet_status", "status", "open", "finished", "sealed", "void"),
    )
    op.create_index(op.f("ix_scoresheet_entry_id"), "scoresheet", ["entry_id"])
    op.create_index(op.f("ix_scoresheet_filler_id"), "scoresheet", ["filler_id"])
    op.create_index(op.f("ix_scoresheet_judge_id"), "scoresheet", ["judge_id"])
    op.create_index(op.f("ix_scoresheet_stage_id"), "scoresheet", ["stage_id"])
    op.create_index(
        op.f("uq_scoresheet_one_live"), "scoresheet", ["entry_id", "stage_id", "column_slug", "filler_id"], unique=True,
        sqlite_where=sa.text("status <> 'void'"), postgresql_where=sa.text("status <> 'void'"),
    )
    op.create_table(
        "mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scoresheet_id", sa.Integer(), nullable=False),
        sa.Column("criterion", plain(40), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=True),
        sa.Column("level", plain(40), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
        sa.ForeignKeyConstraint(["scoresheet_id"], ["scoresheet.id"], name=op.f("fk_mark_scoresheet_id")),
        sa.UniqueConstraint("scoresheet_id", "criterion", name=op.f("uq_mark_scoresheet_id_criterion")),
    )
    op.create_index(op.f("ix_mark_scoresheet_id"), "mark", ["scoresheet_id"])
    forbid_changes("scoresheet", when=CLOSED, when_update=SHEET_CHANGED)
    forbid_changes("mark", **MARK_GUARD)


def downgrade() -> None:
    """Drop them."""
    allow_changes("mark", **MARK_GUARD)
    allow_changes("scoresheet", when=CLOSED, when_update=SHEET_CHANGED)
    op.drop_table("mark")
    op.drop_table("scoresheet")
    op.drop_table("assignment")
    op.drop_table("judge")
    op.drop_table("score")
    op.drop_table("recusal")
    op.drop_table("ranking")
    op.drop_table("panel")
