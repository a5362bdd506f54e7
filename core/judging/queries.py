"""Who stands how to an entry as a judge, and the lists that judges and organisers work through."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.accounts import policy
from core.accounts.models import Account, RoleGrant
from core.accounts.rules import Actor, Role
from core.entries import queries as entry_queries  # noqa: F401  # Registers Entry before the relations below.
from core.entries.models import Entry
from core.entries.rules import State
from core.extensions import db
from core.judging.models import Assignment, Judge, KeptRules, Panel, Ranking, Recusal, Score, Scoresheet
from core.judging.rules import SheetStatus
from core.people.models import Person
from core.seasons.models import Season, Stage
from core.seasons.rules import Phase, Scope
from core.vietnamese.text import fold


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One entry in a judge's queue: the assignment and the judge's live sheet (None: not begun)."""

    assignment: Assignment
    sheet: Scoresheet | None

    @property
    def entry(self) -> Entry:
        """The entry to be scored."""
        return self.assignment.entry

    @property
    def status(self) -> str:
        """`new` before a sheet exists, else the sheet's."""
        return "new" if self.sheet is None else str(self.sheet.status)

    @property
    def label(self) -> str:
        """The code this judge knows the entry by: the judging code where authors are hidden."""
        return label_for(self.entry, is_open=stage_of(self.assignment).blind == "open")


def label_for(entry: Entry, *, is_open: bool) -> str:
    """Return the code that names an entry to a judge."""
    return (entry.code if is_open else entry.judging_code) or entry.draft_code


def stage_of(assignment: Assignment) -> Stage:
    """Return the stage of an assignment."""
    stage = db.session.get(Stage, assignment.stage_id)
    assert stage is not None
    return stage


def score_stages(season: Season) -> list[Stage]:
    """Return the stages of a season in which sheets are filled, in order."""
    return [stage for stage in season.stages if stage.kind == "score"]


def panels_of(stage: Stage) -> list[Panel]:
    """Return the panels of a stage, oldest first."""
    return list(db.session.scalars(sa.select(Panel).where(Panel.stage_id == stage.id).order_by(Panel.id)))


def judges_of(stage: Stage, *, with_left: bool = False) -> list[Judge]:
    """Return the judges of a stage, by panel and then as they were added."""
    query = sa.select(Judge).join(Panel).where(Panel.stage_id == stage.id).order_by(Panel.id, Judge.id)
    return list(db.session.scalars(query if with_left else query.where(Judge.left_at.is_(None))))


def judge_candidates(name: str, limit: int = 20) -> list[Account]:
    """Return live accounts with the role of a judge whose owner's name contains `name`, accents folded."""
    query = (
        sa.select(Account)
        .join(Person, Person.id == Account.person_id)
        .where(
            Account.disabled_at.is_(None),
            Account.id.in_(sa.select(RoleGrant.account_id).where(RoleGrant.role == Role.JUDGE)),
            Person.folded.contains(fold(name), autoescape=True),
        )
        .order_by(Person.sort_key, Account.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


DECLARABLE_STATES = (State.RECEIVED, State.IN_JUDGING)
"""Entries a judge is asked about: all that are or may come before the panel."""


def entries_in(season: Season, states: Iterable[State]) -> list[Entry]:
    """Return the entries of a season in these states, by code."""
    return list(
        db.session.scalars(
            sa.select(Entry)
            .where(Entry.season_id == season.id, Entry.state.in_(list(states)))
            .order_by(Entry.code, Entry.id)
        )
    )


def live_assignments(stage: Stage) -> list[Assignment]:
    """Return the assignments of a stage that hold: not withdrawn, judge still there, person not recused."""
    return list(
        db.session.scalars(
            sa.select(Assignment)
            .join(Judge, Judge.id == Assignment.judge_id)
            .where(Assignment.stage_id == stage.id, *_holding())
            .order_by(Assignment.id)
        )
    )


def all_assignments(stage: Stage) -> list[Assignment]:
    """Return the assignments of a stage, withdrawn ones too."""
    return list(
        db.session.scalars(sa.select(Assignment).where(Assignment.stage_id == stage.id).order_by(Assignment.id))
    )


def _holding() -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions, on Assignment joined with Judge, under which an assignment holds."""
    recused = sa.exists().where(Recusal.entry_id == Assignment.entry_id, Recusal.person_id == Judge.person_id)
    return (Assignment.withdrawn_at.is_(None), Judge.left_at.is_(None), ~recused)


def assignment_of(entry: Entry, judge: Judge) -> Assignment | None:
    """Return the row of a pair, withdrawn or not."""
    return db.session.scalar(
        sa.select(Assignment).where(Assignment.entry_id == entry.id, Assignment.judge_id == judge.id)
    )


def seat_of(actor: Actor, entry: Entry) -> Assignment | None:
    """Return the assignment by which the actor scores an entry: the one of the latest stage."""
    return db.session.scalar(
        sa.select(Assignment)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Stage, Stage.id == Assignment.stage_id)
        .where(Assignment.entry_id == entry.id, Judge.account_id == actor.account_id, *_holding())
        .order_by(Stage.position.desc(), Assignment.id)
        .limit(1)
    )


def recusal_of(entry: Entry, person_id: int) -> Recusal | None:
    """Return what keeps a person off an entry."""
    return db.session.scalar(sa.select(Recusal).where(Recusal.entry_id == entry.id, Recusal.person_id == person_id))


def recusals_in(season: Season) -> list[Recusal]:
    """Return the recusals of a season, newest first."""
    return list(
        db.session.scalars(
            sa.select(Recusal)
            .join(Entry, Entry.id == Recusal.entry_id)
            .where(Entry.season_id == season.id)
            .order_by(Recusal.declared_at.desc(), Recusal.id.desc())
        )
    )


def queue_of(actor: Actor) -> list[QueueItem]:
    """Return what a judge has to score now, in an order of the judge's own that says nothing about time or owner."""
    found = db.session.scalars(
        sa.select(Assignment)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(Season, Season.id == Entry.season_id)
        .where(
            Judge.account_id == actor.account_id,
            Entry.state == State.IN_JUDGING,
            Season.phase == Phase.JUDGING,
            *_holding(),
        )
    ).all()
    sheets = sheets_of_filler(actor, [row.entry_id for row in found])
    items = [QueueItem(row, sheets.get((row.entry_id, row.stage_id))) for row in found]
    return sorted(items, key=lambda item: (item.assignment.stage_id, seeded(item.assignment)))


def seeded(assignment: Assignment) -> str:
    """Return the key of the judge's own order."""
    return hashlib.sha256(f"{assignment.judge.public_id}\n{assignment.entry.public_id}".encode()).hexdigest()


def sheets_of_filler(actor: Actor, entry_ids: list[int]) -> dict[tuple[int, int], Scoresheet]:
    """Return the actor's live sheets as a judge, by entry and stage."""
    rows = db.session.scalars(
        sa.select(Scoresheet).where(
            Scoresheet.filler_id == actor.account_id,
            Scoresheet.judge_id.is_not(None),
            Scoresheet.entry_id.in_(entry_ids),
            Scoresheet.status != SheetStatus.VOID,
        )
    )
    return {(row.entry_id, row.stage_id): row for row in rows}


def own_sealed(actor: Actor) -> list[Scoresheet]:
    """Return the sealed sheets that the actor filled as a judge and may still read, newest first."""
    return list(
        db.session.scalars(
            policy.visible(actor, Scoresheet)
            .where(Scoresheet.filler_id == actor.account_id, Scoresheet.status == SheetStatus.SEALED)
            .order_by(Scoresheet.sealed_at.desc(), Scoresheet.id.desc())
        )
    )


def done_sheets(actor: Actor, stage: Stage, sheet_slug: str) -> list[Scoresheet]:
    """Return the sheets of one kind that the actor finished or sealed as a judge in a stage."""
    return list(
        db.session.scalars(
            policy.visible(actor, Scoresheet).where(
                Scoresheet.filler_id == actor.account_id,
                Scoresheet.judge_id.is_not(None),
                Scoresheet.stage_id == stage.id,
                Scoresheet.sheet_slug == sheet_slug,
                Scoresheet.status.in_([SheetStatus.FINISHED, SheetStatus.SEALED]),
            )
        )
    )


def sheet_of(entry: Entry, stage: Stage, column: str, account_id: int | None) -> Scoresheet | None:
    """Return the live sheet of a filler for an entry, stage and column."""
    return db.session.scalar(
        sa.select(Scoresheet).where(
            Scoresheet.entry_id == entry.id,
            Scoresheet.stage_id == stage.id,
            Scoresheet.column_slug == column,
            Scoresheet.filler_id == account_id,
            Scoresheet.status != SheetStatus.VOID,
        )
    )


def column_sheet(entry: Entry, stage: Stage, column: str) -> Scoresheet | None:
    """Return the live sheet of a column that one person fills for the entry, whoever that is."""
    return db.session.scalar(
        sa.select(Scoresheet).where(
            Scoresheet.entry_id == entry.id,
            Scoresheet.stage_id == stage.id,
            Scoresheet.column_slug == column,
            Scoresheet.status != SheetStatus.VOID,
        )
    )


def live_sheets(stage: Stage) -> list[Scoresheet]:
    """Return every sheet of a stage that is not void, in one query."""
    return list(
        db.session.scalars(
            sa.select(Scoresheet)
            .where(Scoresheet.stage_id == stage.id, Scoresheet.status != SheetStatus.VOID)
            .order_by(Scoresheet.entry_id, Scoresheet.id)
        )
    )


def last_version(entry: Entry, stage: Stage, column: str, filler_id: int) -> int:
    """Return the highest version of a filler's sheets, void ones too; 0 before the first."""
    return (
        db.session.scalar(
            sa.select(sa.func.max(Scoresheet.version)).where(
                Scoresheet.entry_id == entry.id,
                Scoresheet.stage_id == stage.id,
                Scoresheet.column_slug == column,
                Scoresheet.filler_id == filler_id,
            )
        )
        or 0
    )


def judge_of(sheet: Scoresheet) -> Judge | None:
    """Return the seat from which a sheet was filled; None for the columns of nominee and unit."""
    return None if sheet.judge_id is None else db.session.get(Judge, sheet.judge_id)


def current_scores(stage: Stage) -> list[Score]:
    """Return the stored results of a stage that count."""
    return list(
        db.session.scalars(
            sa.select(Score).where(Score.stage_id == stage.id, Score.is_current.is_(True)).order_by(Score.id)
        )
    )


def current_rankings(season: Season) -> list[Ranking]:
    """Return the stored rankings of a season that count, by sheet."""
    return list(
        db.session.scalars(
            sa.select(Ranking)
            .where(Ranking.season_id == season.id, Ranking.is_current.is_(True))
            .order_by(Ranking.stage_id, Ranking.sheet_slug)
        )
    )


def kept_rules(season: Season, entry: Entry | None = None) -> list[KeptRules]:
    """Return which entries keep rules of before an amendment: since the last one that scores everything anew.

    An entry has one such row at most: while it keeps rules, later amendments pass it by.

    :param entry: ask for this one only.
    """
    reaching = [a.id for a in season.amendments if a.scope == Scope.NOT_YET_SCORED and a.number > _last_rescore(season)]
    if not reaching:
        return []
    query = sa.select(KeptRules).where(KeptRules.amendment_id.in_(reaching)).order_by(KeptRules.id)
    if entry is not None:
        query = query.where(KeptRules.entry_id == entry.id)
    return list(db.session.scalars(query))


def _last_rescore(season: Season) -> int:
    return max((a.number for a in season.amendments if a.scope == Scope.RESCORE_ALL), default=0)


def earlier_score(score: Score) -> Score | None:
    """Return the last stored result of the same entry and stage that other rules gave."""
    return db.session.scalar(
        sa.select(Score)
        .where(
            Score.entry_id == score.entry_id, Score.stage_id == score.stage_id, Score.version < score.version,
            Score.rules_sha256 != score.rules_sha256,
        )
        .order_by(Score.version.desc())
        .limit(1)
    )  # fmt: skip


def earlier_ranking(ranking: Ranking) -> Ranking | None:
    """Return the last stored ranking of the same stage and subject that other rules gave."""
    rows = db.session.scalars(
        sa.select(Ranking)
        .where(
            Ranking.stage_id == ranking.stage_id, Ranking.id < ranking.id,
            Ranking.rules_sha256 != ranking.rules_sha256,
        )
        .order_by(Ranking.id.desc())
    )  # fmt: skip
    return next((row for row in rows if row.inputs["subject"] == ranking.inputs["subject"]), None)


def undeclared_judges(actor: Actor) -> list[Judge]:
    """Return the actor's seats that have entries and were not yet asked about people and units close to them."""
    return list(
        db.session.scalars(
            sa.select(Judge)
            .where(Judge.account_id == actor.account_id, Judge.left_at.is_(None), Judge.declared_at.is_(None))
            .where(sa.exists().where(Assignment.judge_id == Judge.id, Assignment.withdrawn_at.is_(None)))
            .order_by(Judge.id)
        )
    )


def own_seats(actor: Actor) -> list[Judge]:
    """Return the seats that the actor holds on panels."""
    return list(
        db.session.scalars(
            sa.select(Judge).where(Judge.account_id == actor.account_id, Judge.left_at.is_(None)).order_by(Judge.id)
        )
    )


def assignments_of(judge: Judge) -> list[Assignment]:
    """Return the assignments of a judge that hold."""
    return list(
        db.session.scalars(
            sa.select(Assignment)
            .join(Judge, Judge.id == Assignment.judge_id)
            .where(Assignment.judge_id == judge.id, *_holding())
            .order_by(Assignment.id)
        )
    )


# --- Relations ----------------------------------------------------------------------------------------------------


def _assigned(actor: Actor, *more: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(Assignment.entry_id)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Stage, Stage.id == Assignment.stage_id)
        .where(Judge.account_id == actor.account_id, *_holding(), *more)
    )


def _assigned_clause(actor: Actor, _role: Role) -> sa.ColumnElement[bool]:
    return Entry.id.in_(_assigned(actor))


def _assigned_holds(actor: Actor, _role: Role, entry: Entry) -> bool:
    return db.session.scalar(_assigned(actor, Assignment.entry_id == entry.id).limit(1)) is not None


def _openly_clause(actor: Actor, _role: Role) -> sa.ColumnElement[bool]:
    return Entry.id.in_(_assigned(actor, Stage.blind == "open"))


def _openly_holds(actor: Actor, _role: Role, entry: Entry) -> bool:
    return (
        db.session.scalar(_assigned(actor, Stage.blind == "open", Assignment.entry_id == entry.id).limit(1)) is not None
    )


def _self_filler_clause(actor: Actor, _role: Role) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(Entry.nominee_id, Entry.owner_id) == actor.person_id


def _self_filler_holds(actor: Actor, _role: Role, entry: Entry) -> bool:
    return actor.person_id is not None and (entry.nominee_id or entry.owner_id) == actor.person_id


def _filler_clause(actor: Actor, _role: Role) -> sa.ColumnElement[bool]:
    recused = sa.exists().where(Recusal.entry_id == Scoresheet.entry_id, Recusal.person_id == actor.person_id)
    return sa.and_(
        Scoresheet.filler_id == actor.account_id,
        Scoresheet.status != SheetStatus.VOID,
        sa.or_(Scoresheet.judge_id.is_(None), ~recused),
    )


def _filler_holds(actor: Actor, _role: Role, sheet: Scoresheet) -> bool:
    if actor.account_id is None or sheet.filler_id != actor.account_id or sheet.status == SheetStatus.VOID:
        return False
    return sheet.judge_id is None or actor.person_id is None or recusal_of(sheet.entry, actor.person_id) is None


policy.relate(Entry, "assigned", clause=_assigned_clause, holds=_assigned_holds)
policy.relate(Entry, "assigned_openly", clause=_openly_clause, holds=_openly_holds)
policy.relate(Entry, "self_filler", clause=_self_filler_clause, holds=_self_filler_holds)
policy.entity(Scoresheet, read="sheet.read")
policy.relate(Scoresheet, "filler", clause=_filler_clause, holds=_filler_holds)
