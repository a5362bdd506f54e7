"""Verbs of assignment: giving entries to judges by hand or evenly, and the start of judging."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from core.accounts.rules import Actor
from core.audit import service as audit
from core.entries import service as entries
from core.entries.models import Entry
from core.entries.rules import State, check_transition
from core.extensions import db
from core.judging import queries
from core.judging.conflicts import ties_of
from core.judging.models import Assignment, Judge, Scoresheet
from core.judging.panels import check_preparable, season_of
from core.judging.planning import Case, Pair, Plan, Seat, plan_evenly
from core.judging.rules import (
    ASSIGNABLE,
    JudgeRecused,
    JudgingNotOpen,
    NothingReceived,
    RecusalReason,
    SameUnit,
    SheetStatus,
    WrongPanel,
    check_not_sealed,
)
from core.seasons import service as seasons
from core.seasons.models import Season, Stage
from core.seasons.rules import Phase
from core.vietnamese.codes import make_code

ASSIGNABLE_STATES = tuple(State(word) for word in ASSIGNABLE)


def check_pair(entry: Entry, judge: Judge, stage: Stage) -> None:
    """Pass for a pair that may be.

    :raise WrongState: the entry is not received, or already scored.
    :raise WrongPanel: the judge has left, or the panel is of another stage or field.
    :raise SameUnit: the judge belongs to an author's unit or to one above or below it.
    :raise JudgeRecused: another conflict.
    """
    name, code = judge.person.full_name, entry.code
    if entry.state not in ASSIGNABLE_STATES:
        check_transition("start_judging", entry.state)
    other_field = judge.panel.field not in ("", entry.field)
    if (
        judge.left_at is not None
        or judge.panel.stage_id != stage.id
        or entry.season_id != stage.season_id
        or other_field
    ):
        raise WrongPanel(judge=name, entry=code)
    tie = ties_of([entry], [judge.person_id]).between(entry, judge.person_id)
    if tie is not None and tie.reason == RecusalReason.SAME_UNIT:
        raise SameUnit(judge=name, entry=code, reason=tie.reason, on_line=tie.on_line)
    if tie is not None:
        raise JudgeRecused(judge=name, entry=code, reason=tie.reason)


def assign(entry: Entry, judge: Judge, stage: Stage, *, reason: str = "", actor: Actor, at: datetime) -> Assignment:
    """Give an entry to a judge; a withdrawn pair is taken up again. Repeating it changes nothing.

    :param reason: why this pair, in words; by hand where empty.
    :raise JudgingNotOpen, WrongState, WrongPanel, SameUnit, JudgeRecused: see `check_pair`.
    """
    season = season_of(stage)
    check_preparable(season)
    check_pair(entry, judge, stage)
    row = queries.assignment_of(entry, judge)
    if row is not None and row.withdrawn_at is None:
        return row
    row = _give(row, entry, judge, reason or _("Giao bằng tay"), actor=actor, at=at)
    db.session.flush()
    return row


def _give(row: Assignment | None, entry: Entry, judge: Judge, reason: str, *, actor: Actor, at: datetime) -> Assignment:
    """Put a checked pair on record, in the row it had before where there is one."""
    if row is None:
        row = Assignment(entry_id=entry.id, judge_id=judge.id, stage_id=judge.panel.stage_id, entry=entry, judge=judge)
        db.session.add(row)
    row.withdrawn_at = None
    row.reason = reason[:300]
    row.assigned_by_id, row.assigned_at = actor.account_id, at
    audit.record(
        "judging.assign", row, actor=actor, at=at, after={"judge": judge.person.full_name, "entry": entry.code},
        note=row.reason, season_id=entry.season_id,
    )  # fmt: skip
    return row


def unassign(assignment: Assignment, *, actor: Actor, at: datetime) -> None:
    """Take an entry back from a judge; a sheet begun becomes void.

    :raise SheetAlreadySealed: the judge's sheet is sealed: it counts.
    """
    stage = queries.stage_of(assignment)
    check_preparable(season_of(stage))
    sheet = db.session.scalar(
        sa.select(Scoresheet).where(
            Scoresheet.entry_id == assignment.entry_id,
            Scoresheet.judge_id == assignment.judge_id,
            Scoresheet.status != SheetStatus.VOID,
        )
    )
    if sheet is not None:
        check_not_sealed(sheet.status, sheet.sealed_at)
        sheet.status, sheet.void_reason = SheetStatus.VOID, "unassigned"
    assignment.withdrawn_at = at
    db.session.flush()
    before = {"judge": assignment.judge.person.full_name, "entry": assignment.entry.code}
    audit.record("judging.unassign", assignment, actor=actor, at=at, before=before, season_id=stage.season_id)


def propose_even(stage: Stage, *, per_entry: int, seed: str) -> Plan:
    """Return the plan that `assign_evenly` would carry out, changing nothing. Case and seat ids are public ids."""
    season = season_of(stage)
    found = queries.entries_in(season, ASSIGNABLE_STATES)
    judges = queries.judges_of(stage)
    ties = ties_of(found, (judge.person_id for judge in judges))
    cases = [
        Case(
            id=entry.public_id,
            label=entry.code or entry.draft_code,
            field=entry.field,
            barred=frozenset(judge.public_id for judge in judges if ties.between(entry, judge.person_id) is not None),
        )
        for entry in found
    ]
    seats = [
        Seat(
            id=judge.public_id,
            name=judge.person.full_name,
            field=judge.panel.field,
            expertise=frozenset(judge.expertise or ()),
            unit=judge.person.unit.path if judge.person.unit else "",
        )
        for judge in judges
    ]
    existing: dict[str, frozenset[str]] = {}
    for row in queries.live_assignments(stage):
        held = existing.get(row.entry.public_id, frozenset())
        existing[row.entry.public_id] = held | {row.judge.public_id}
    return plan_evenly(cases, seats, existing, per_case=per_entry, seed=seed)


def assign_evenly(stage: Stage, *, per_entry: int, seed: str, actor: Actor, at: datetime) -> Plan:
    """Give every entry `per_entry` judges and keep what is assigned; each pair stores its reason.

    The same seed on the same records gives the same pairs. What could not be filled is in `plan.shortages`.

    :raise JudgingNotOpen: assignments no longer change.
    """
    check_preparable(season_of(stage))
    plan = propose_even(stage, per_entry=per_entry, seed=seed)
    entries_by = {entry.public_id: entry for entry in queries.entries_in(season_of(stage), ASSIGNABLE_STATES)}
    judges_by = {judge.public_id: judge for judge in queries.judges_of(stage)}
    known = {(row.entry_id, row.judge_id): row for row in queries.all_assignments(stage)}
    # The plan has left out every pair that may not be, so the pairs need no second check.
    with db.session.no_autoflush:
        for pair in plan.pairs:
            entry, judge = entries_by[pair.case], judges_by[pair.seat]
            _give(known.get((entry.id, judge.id)), entry, judge, reason_of(pair), actor=actor, at=at)
    db.session.flush()
    return plan


def reason_of(pair: Pair) -> str:
    """Return why the plan made a pair, in words that are stored with it."""
    parts = [_("Phân công đều: lúc giao đang giữ %(n)s hồ sơ", n=pair.load)]
    if pair.is_expert:
        parts.append(_("cùng lĩnh vực"))
    if pair.repeats_unit:
        parts.append(_("cùng đơn vị với một giám khảo khác vì không còn ai"))
    return ", ".join(parts)


# --- Start --------------------------------------------------------------------------------------------------------


def start_judging(season: Season, *, actor: Actor, at: datetime) -> int:
    """Close intake and begin judging: received entries get their judging codes and state. Return how many.

    :raise WrongPhase: the season is not open.
    :raise NothingReceived: no entry is received.
    """
    found = queries.entries_in(season, (State.RECEIVED,))
    if not found:
        raise NothingReceived()
    seasons.move(season, "start_judging", actor=actor, at=at)
    return _take_in(season, found, actor=actor, at=at)


def take_in(season: Season, *, actor: Actor, at: datetime) -> int:
    """Bring entries that were received after the start into judging. Return how many.

    :raise JudgingNotOpen: judging has not started, or is closed.
    """
    if season.phase != Phase.JUDGING:
        raise JudgingNotOpen(phase=season.phase)
    return _take_in(season, queries.entries_in(season, (State.RECEIVED,)), actor=actor, at=at)


def _take_in(season: Season, found: Iterable[Entry], *, actor: Actor, at: datetime) -> int:
    shuffled = list(found)
    # Neither the codes nor the order in which rows change may say who filed first.
    secrets.SystemRandom().shuffle(shuffled)
    for entry in shuffled:
        entry.judging_code = _draw_code(season.year)
        entries.record_outcome(entry, "start_judging", actor=actor, at=at)
    season.last_judging_number += len(shuffled)
    db.session.flush()
    return len(shuffled)


def _draw_code(year: int) -> str:
    """Return a judging code nobody has: drawn, so that it tells nothing about the entry."""
    while True:
        code = make_code("GK", year, 100_000 + secrets.randbelow(900_000))
        if db.session.scalar(sa.select(Entry.id).where(Entry.judging_code == code)) is None:
            return code
