"""Verbs of assignment: giving entries to judges by hand or by the solver, and the start of judging."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from core import matching
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
from core.judging.rules import (
    ASSIGNABLE,
    JudgeRecused,
    JudgingNotOpen,
    NoPlan,
    NothingReceived,
    PlanChanged,
    RecusalReason,
    SameUnit,
    SheetStatus,
    WrongPanel,
    check_not_sealed,
)
from core.matching import Code, Infeasible, Pair, Plan, Problem, Rules, digest_of, seed_of
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


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the solver answers for a stage, and from what: ids in it are public ids.

    `added` and `withdrawn` are pairs (entry, judge) that applying changes.
    """

    answer: Plan | Infeasible
    entries: dict[str, Entry]
    judges: dict[str, Judge]
    rules: Rules
    public_number: str
    digest: str
    seed: str
    held: frozenset[tuple[str, str]]

    @property
    def fingerprint(self) -> str:
        """What tells this plan from another: SHA-256 of its seed and pairs."""
        pairs = self.answer.pairs if isinstance(self.answer, Plan) else ()
        lines = (f"{pair.entry}:{pair.judge}" for pair in pairs)
        return hashlib.sha256("\n".join((self.seed, *lines)).encode()).hexdigest()

    @property
    def added(self) -> list[Pair]:
        """New pairs, by entry."""
        pairs = self.answer.pairs if isinstance(self.answer, Plan) else ()
        return [pair for pair in pairs if (pair.entry, pair.judge) not in self.held]

    @property
    def withdrawn(self) -> tuple[tuple[str, str], ...]:
        """Pairs of before that the plan takes back."""
        return self.answer.dropped if isinstance(self.answer, Plan) else ()


def propose(stage: Stage, rules: Rules, *, public_number: str = "") -> Proposal:
    """Return the plan that `apply_plan` would carry out, changing nothing.

    Pairs with a sheet stay; others stay where they can. Judges of the unit that runs the season, or of one above it,
    count as of no common unit: they judge everybody, as for conflicts.
    """
    season = season_of(stage)
    found = {entry.public_id: entry for entry in queries.entries_in(season, ASSIGNABLE_STATES)}
    judges = {judge.public_id: judge for judge in queries.judges_of(stage)}
    ties = ties_of(found.values(), (judge.person_id for judge in judges.values()))
    begun = {(sheet.entry_id, sheet.judge_id) for sheet in queries.live_sheets(stage)}
    rows = [row for row in queries.live_assignments(stage) if row.entry.public_id in found]
    cases = []
    for key, entry in found.items():
        held = {row.judge.public_id: row.judge_id for row in rows if row.entry_id == entry.id}
        cases.append(
            matching.Entry(
                id=key,
                field=entry.field,
                barred=frozenset(k for k, one in judges.items() if ties.between(entry, one.person_id) is not None),
                begun=frozenset(k for k, judge_id in held.items() if (entry.id, judge_id) in begun),
                held=frozenset(held),
            )
        )
    seats = [
        matching.Judge(key, one.panel.field, frozenset(one.expertise or ()), _unit_of(one, season))
        for key, one in judges.items()
    ]
    digest = digest_of(entry.code or entry.draft_code for entry in found.values())
    seed = seed_of(digest, public_number)
    answer = matching.plan(Problem(tuple(cases), tuple(seats), rules, seed))
    pairs = frozenset((row.entry.public_id, row.judge.public_id) for row in rows)
    return Proposal(answer, found, judges, rules, public_number, digest, seed, pairs)


def _unit_of(judge: Judge, season: Season) -> str:
    unit = judge.person.unit
    return "" if unit is None or season.owner_unit.path.startswith(unit.path) else unit.path


def apply_plan(
    stage: Stage, rules: Rules, *, public_number: str = "", shown: str = "", actor: Actor, at: datetime
) -> Proposal:
    """Carry out the plan of the records as they are now; each pair stores its reason, the trail the number and seed.

    :param shown: the fingerprint of the plan that was looked at (empty: none was).
    :raise JudgingNotOpen: assignments no longer change.
    :raise NoPlan: the conditions cannot hold together.
    :raise PlanChanged: the records give another plan now than was shown.
    """
    season = season_of(stage)
    check_preparable(season)
    made = propose(stage, rules, public_number=public_number)
    if isinstance(made.answer, Infeasible):
        raise NoPlan(sets=len(made.answer.blocks))
    if shown and shown != made.fingerprint:
        raise PlanChanged()
    known = {(row.entry_id, row.judge_id): row for row in queries.all_assignments(stage)}
    # The plan has left out every pair that may not be, so the pairs need no second check.
    for entry_id, judge_id in made.withdrawn:
        unassign(known[made.entries[entry_id].id, made.judges[judge_id].id], actor=actor, at=at)
    loads = made.answer.loads.values()
    with db.session.no_autoflush:
        for pair in made.added:
            entry, judge = made.entries[pair.entry], made.judges[pair.judge]
            reason = reason_of(pair, min(loads), max(loads))
            _give(known.get((entry.id, judge.id)), entry, judge, reason, actor=actor, at=at)
    db.session.flush()
    audit.record(
        "judging.plan", stage, actor=actor, at=at, season_id=season.id,
        after={
            "per_entry": rules.per_entry, "expert": rules.expert, "apart": rules.apart, "public_number": public_number,
            "entries_sha256": made.digest, "seed": made.seed, "added": len(made.added),
            "withdrawn": len(made.withdrawn), "groups": made.answer.groups,
        },
    )  # fmt: skip
    return made


def reason_of(pair: Pair, low: int, high: int) -> str:
    """Return why the plan made a pair, in words that are stored with it.

    :param low: the lowest load of a judge in the plan; `high` the highest.
    """
    texts = {
        Code.EXPERT: _("Chuyên gia của lĩnh vực hồ sơ"),
        Code.LINKS: _("Nối các nhóm giám khảo để điểm so sánh được với nhau"),
    }
    why = texts.get(pair.code, _("Chia đều"))
    return _("%(why)s: giữ %(n)s hồ sơ, các giám khảo giữ %(low)s–%(high)s", why=why, n=pair.load, low=low, high=high)


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
