"""Verbs of score sheets: filling, finishing, sealing, reopening."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from core.accounts.rules import Actor
from core.audit import service as audit
from core.entries.models import Entry
from core.entries.rules import StaleRevision
from core.extensions import db
from core.judging import queries
from core.judging.inputs import (
    PANEL_COLUMNS,
    column_by,
    entry_rules,
    panel_column,
    problems_of,
    rules_for,
    scoring_rules,
)
from core.judging.models import Judge, Mark, Scoresheet
from core.judging.rules import (
    JudgingDeadlinePassed,
    JudgingNotOpen,
    NoSuchColumn,
    ReasonNeeded,
    SheetAlreadyExists,
    SheetIncomplete,
    SheetNotFinished,
    SheetStatus,
    check_not_sealed,
)
from core.seasons.models import Season, Stage
from core.seasons.rules import Phase
from core.vietnamese.codes import new_public_id
from core.vietnamese.text import clean_text

FILLABLE_PHASES = {True: frozenset({Phase.JUDGING}), False: frozenset({Phase.OPEN, Phase.JUDGING})}
"""When sheets may be filled: by a panel's judge (True), or in the columns of nominee and unit."""


@dataclass(frozen=True, slots=True)
class MarkTyped:
    """What was entered for one criterion: points None where nothing (or no number) was typed."""

    points: Decimal | None = None
    level: str | None = None
    comment: str = ""


def open_sheet(
    entry: Entry, stage: Stage, *, by: str = "judge", judge: Judge | None = None, actor: Actor, at: datetime
) -> Scoresheet:
    """Begin a sheet: the panel's column for a judge, else the column that `by` (self, unit) fills.

    :raise JudgingNotOpen: sheets are not filled now.
    :raise NoSuchColumn: the entry's sheet has no such column.
    :raise SheetAlreadyExists: the filler has one, or somebody else has the one sheet of the unit's or own column.
    """
    check_fillable(entry, is_panel=by in PANEL_COLUMNS)
    rules = rules_for(entry, stage.slug)
    column = panel_column(rules.sheet) if by in PANEL_COLUMNS else column_by(rules.sheet, by)
    if column is None:
        raise NoSuchColumn(by=by)
    is_shared = column.by not in PANEL_COLUMNS
    held = queries.column_sheet(entry, stage, column.id) if is_shared else queries.sheet_of(
        entry, stage, column.id, actor.account_id
    )  # fmt: skip
    if held is not None:
        raise SheetAlreadyExists(entry=entry.code)
    assert actor.account_id is not None
    sheet = Scoresheet(
        public_id=new_public_id(), entry_id=entry.id, entry=entry, stage_id=stage.id, stage=stage,
        sheet_slug=rules.sheet.id, column_slug=column.id, filler_id=actor.account_id,
        judge_id=judge.id if judge is not None else None, status=SheetStatus.OPEN, remark="",
        version=queries.last_version(entry, stage, column.id, actor.account_id) + 1, created_at=at, saved_at=at,
    )  # fmt: skip
    try:
        # The constraint decides between two requests at once; the savepoint keeps what this request did before.
        with db.session.begin_nested():
            db.session.add(sheet)
    except IntegrityError as error:
        raise SheetAlreadyExists(entry=entry.code) from error
    return sheet


def check_fillable(entry: Entry, *, is_panel: bool) -> None:
    """Pass while sheets of this kind may be filled.

    :raise JudgingNotOpen: the season is not there yet, or judging is closed.
    """
    if entry.season.phase not in FILLABLE_PHASES[is_panel]:
        raise JudgingNotOpen(phase=entry.season.phase)


def save_marks(
    sheet: Scoresheet,
    marks: Mapping[str, MarkTyped],
    *,
    remark: str | None = None,
    revision: int,
    received_at: datetime,
) -> None:
    """Keep what was entered, complete or not; criteria left out of `marks` keep theirs.

    A finished sheet that no longer passes the check is open again. Not audited: an unsealed sheet is the judge's own.

    :param revision: the sheet's as the page knew it.
    :raise SheetAlreadySealed: it does not change any more.
    :raise StaleRevision: saved elsewhere in between; nothing is overwritten.
    :raise JudgingDeadlinePassed: the sheet was finished and the deadline has passed.
    """
    check_not_sealed(sheet.status, sheet.sealed_at)
    check_fillable(sheet.entry, is_panel=sheet.judge_id is not None)
    if sheet.status == SheetStatus.FINISHED:
        _check_judging_time(sheet.entry.season, received_at)
    if revision != sheet.revision:
        raise StaleRevision(current=sheet.revision, saved_at=sheet.saved_at)
    rules = rules_for(sheet.entry, sheet.stage.slug)
    known = {criterion.id for criterion in rules.filled_by(sheet.column_slug)}
    rows = {mark.criterion: mark for mark in sheet.marks}
    for criterion, typed in marks.items():
        if criterion in known:
            _keep(sheet, rows.get(criterion), criterion, typed)
    if remark is not None:
        sheet.remark = clean_text(remark)
    sheet.saved_at = received_at
    # The clock may stand still between two saves; the revision must move all the same.
    flag_modified(sheet, "saved_at")
    db.session.flush()
    if sheet.status == SheetStatus.FINISHED and problems_of(sheet, rules):
        sheet.status, sheet.finished_at = SheetStatus.OPEN, None
        db.session.flush()


def _check_judging_time(season: Season, received_at: datetime) -> None:
    if season.judging_closes_at is not None and received_at > season.judging_closes_at:
        raise JudgingDeadlinePassed(deadline=season.judging_closes_at)


def _keep(sheet: Scoresheet, row: Mark | None, criterion: str, typed: MarkTyped) -> None:
    comment = clean_text(typed.comment)
    if typed.points is None and not typed.level and not comment:
        if row is not None:
            sheet.marks.remove(row)
        return
    if row is None:
        row = Mark(criterion=criterion)
        sheet.marks.append(row)
    row.points, row.level, row.comment = typed.points, typed.level or None, comment


def finish(sheet: Scoresheet, *, at: datetime) -> None:
    """Mark a sheet as done («Xong»); it stays editable until it is sealed. Repeating it changes nothing.

    :raise SheetAlreadySealed: it is past that.
    :raise SheetIncomplete: marks are missing or out of range; the error lists all problems.
    """
    check_not_sealed(sheet.status, sheet.sealed_at)
    problems = problems_of(sheet, rules_for(sheet.entry, sheet.stage.slug))
    if problems:
        raise SheetIncomplete(problems=problems)
    if sheet.status != SheetStatus.FINISHED:
        sheet.status, sheet.finished_at = SheetStatus.FINISHED, at
        db.session.flush()


def unfinish(sheet: Scoresheet, *, received_at: datetime) -> None:
    """Take back «Xong».

    :raise SheetAlreadySealed: it is sealed.
    :raise JudgingDeadlinePassed: finished sheets stay as they are after the deadline.
    """
    check_not_sealed(sheet.status, sheet.sealed_at)
    _check_judging_time(sheet.entry.season, received_at)
    sheet.status, sheet.finished_at = SheetStatus.OPEN, None
    db.session.flush()


def seal(sheet: Scoresheet, *, actor: Actor, at: datetime) -> None:
    """Seal a finished sheet for good.

    :raise SheetAlreadySealed: it is.
    :raise SheetNotFinished: its filler has not said «Xong».
    :raise SheetIncomplete: its marks no longer pass the check.
    """
    check_not_sealed(sheet.status, sheet.sealed_at)
    check_fillable(sheet.entry, is_panel=sheet.judge_id is not None)
    if sheet.status != SheetStatus.FINISHED:
        raise SheetNotFinished(entry=sheet.entry.judging_code or sheet.entry.code)
    rules = entry_rules(sheet.entry)
    problems = problems_of(sheet, scoring_rules(rules, sheet.stage.slug, str(sheet.entry.subject)))
    if problems:
        raise SheetIncomplete(problems=problems)
    # Marks first: once the sheet is sealed the database lets none of them change.
    db.session.flush()
    sheet.status, sheet.sealed_at, sheet.rules_sha256 = SheetStatus.SEALED, at, rules.digest
    db.session.flush()
    audit.record(
        "sheet.seal", sheet, actor=actor, at=at, after={"entry": sheet.entry.code, "version": sheet.version},
        season_id=sheet.entry.season_id,
    )  # fmt: skip


def finished_sheets(actor: Actor, stage: Stage) -> list[Scoresheet]:
    """Return the sheets of a judge in a stage that are finished and not sealed, readable ones only."""
    return [
        item.sheet
        for item in queries.queue_of(actor)
        if item.assignment.stage_id == stage.id and item.sheet is not None and item.sheet.status == SheetStatus.FINISHED
    ]


def seal_round(stage: Stage, *, actor: Actor, at: datetime) -> int:
    """Seal all finished sheets of the acting judge in a stage. Return how many."""
    found = finished_sheets(actor, stage)
    for sheet in found:
        seal(sheet, actor=actor, at=at)
    return len(found)


def seal_finished_at_deadline(season: Season, *, actor: Actor, at: datetime) -> int:
    """Seal every finished sheet of a season whose judging deadline has passed. Return how many; 0 before it."""
    if season.phase != Phase.JUDGING or season.judging_closes_at is None or at <= season.judging_closes_at:
        return 0
    stages = [stage.id for stage in queries.score_stages(season)]
    found = db.session.scalars(
        sa.select(Scoresheet)
        .where(Scoresheet.stage_id.in_(stages), Scoresheet.status == SheetStatus.FINISHED)
        .order_by(Scoresheet.id)
    ).all()
    for sheet in found:
        seal(sheet, actor=actor, at=at)
    return len(found)


def reopen_sheet(sheet: Scoresheet, *, reason: str, actor: Actor, at: datetime) -> Scoresheet:
    """Let a judge correct a sealed sheet: the old one becomes void and stays on record, a copy is open in its place.

    :raise ReasonNeeded: no reason was given.
    :raise JudgingNotOpen: judging is closed.
    :raise SheetNotFinished: it is not sealed.
    """
    check_fillable(sheet.entry, is_panel=True)
    reason = clean_text(reason)
    if not reason:
        raise ReasonNeeded()
    if sheet.status != SheetStatus.SEALED:
        raise SheetNotFinished(entry=sheet.entry.code)
    sheet.status, sheet.void_reason = SheetStatus.VOID, reason[:300]
    db.session.flush()
    fresh = Scoresheet(
        public_id=new_public_id(), entry_id=sheet.entry_id, entry=sheet.entry, stage_id=sheet.stage_id,
        stage=sheet.stage, sheet_slug=sheet.sheet_slug, column_slug=sheet.column_slug, filler_id=sheet.filler_id,
        filler=sheet.filler, judge_id=sheet.judge_id, status=SheetStatus.OPEN, version=sheet.version + 1,
        remark=sheet.remark, created_at=at, saved_at=at,
        marks=[Mark(criterion=m.criterion, points=m.points, level=m.level, comment=m.comment) for m in sheet.marks],
    )  # fmt: skip
    db.session.add(fresh)
    db.session.flush()
    audit.record(
        "sheet.reopen", sheet, actor=actor, at=at, before={"version": sheet.version}, after={"version": fresh.version},
        note=reason, season_id=sheet.entry.season_id,
    )  # fmt: skip
    return fresh
