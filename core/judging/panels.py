"""Verbs of panels: who judges, and what keeps a person from an entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from core.accounts.models import Account, RoleGrant
from core.accounts.rules import Actor, Role
from core.audit import service as audit
from core.entries.models import Entry
from core.extensions import db
from core.judging import queries
from core.judging.conflicts import people_behind
from core.judging.models import Assignment, Judge, Panel, Recusal, Scoresheet
from core.judging.rules import (
    JudgeAlreadyOnPanel,
    JudgeHasSheets,
    JudgingNotOpen,
    NotAJudge,
    RecusalReason,
    SheetStatus,
    TitleMissing,
)
from core.people.models import Person
from core.seasons.models import Season, Stage
from core.seasons.rules import Phase
from core.vietnamese.codes import new_public_id
from core.vietnamese.text import clean_line, clean_text

PREPARABLE = frozenset({Phase.OPEN, Phase.JUDGING})


def season_of(stage: Stage) -> Season:
    """Return the season of a stage."""
    season = db.session.get(Season, stage.season_id)
    assert season is not None
    return season


def check_preparable(season: Season) -> None:
    """Pass while panels and assignments may change.

    :raise JudgingNotOpen: the season is not open yet, or already ranked.
    """
    if season.phase not in PREPARABLE:
        raise JudgingNotOpen(phase=season.phase)


def create_panel(stage: Stage, *, title: str, field: str = "", actor: Actor, at: datetime) -> Panel:
    """Make a panel of a score stage, for all entries or for those of one field.

    :raise TitleMissing: no name was given.
    :raise JudgingNotOpen: panels no longer change.
    """
    season = season_of(stage)
    check_preparable(season)
    if not clean_line(title):
        raise TitleMissing()
    panel = Panel(public_id=new_public_id(), stage_id=stage.id, stage=stage, title=clean_line(title)[:200], field=field)
    db.session.add(panel)
    db.session.flush()
    audit.record("panel.create", panel, actor=actor, at=at, after={"title": panel.title}, season_id=season.id)
    return panel


def add_judge(
    panel: Panel, account: Account, *, expertise: Sequence[str] = (), is_chair: bool = False, actor: Actor, at: datetime
) -> Judge:
    """Put an account on a panel; one who had left comes back.

    :raise NotAJudge: the account has not the role.
    :raise JudgeAlreadyOnPanel: the person sits there.
    """
    season = season_of(panel.stage)
    check_preparable(season)
    name = account.person.full_name
    if not db.session.scalar(
        sa.select(RoleGrant.id).where(RoleGrant.account_id == account.id, RoleGrant.role == Role.JUDGE).limit(1)
    ):
        raise NotAJudge(name=name)
    judge = db.session.scalar(sa.select(Judge).where(Judge.panel_id == panel.id, Judge.person_id == account.person_id))
    if judge is not None and judge.left_at is None:
        raise JudgeAlreadyOnPanel(judge=name)
    if judge is None:
        judge = Judge(
            public_id=new_public_id(), panel_id=panel.id, panel=panel, person_id=account.person_id,
            person=account.person, account_id=account.id, account=account, expertise=list(expertise),
        )  # fmt: skip
        db.session.add(judge)
    judge.left_at, judge.is_chair = None, is_chair
    db.session.flush()
    audit.record("panel.add_judge", judge, actor=actor, at=at, after={"judge": name, "panel": panel.title},
                 season_id=season.id)  # fmt: skip
    return judge


def make_chair(judge: Judge, *, actor: Actor, at: datetime) -> None:
    """Make a judge the one chair of the panel."""
    season = season_of(judge.panel.stage)
    check_preparable(season)
    for other in judge.panel.judges:
        other.is_chair = other.id == judge.id
    db.session.flush()
    audit.record("panel.make_chair", judge, actor=actor, at=at, after={"judge": judge.person.full_name},
                 season_id=season.id)  # fmt: skip


def remove_judge(judge: Judge, *, actor: Actor, at: datetime) -> None:
    """Let a judge leave the panel: assignments are withdrawn and unsealed sheets become void.

    :raise JudgeHasSheets: a sealed sheet exists; it counts, so the judge stays on record (reopen or recuse instead).
    """
    season = season_of(judge.panel.stage)
    check_preparable(season)
    sheets = list(
        db.session.scalars(
            sa.select(Scoresheet).where(Scoresheet.judge_id == judge.id, Scoresheet.status != SheetStatus.VOID)
        )
    )
    sealed = sum(1 for sheet in sheets if sheet.status == SheetStatus.SEALED)
    if sealed:
        raise JudgeHasSheets(judge=judge.person.full_name, count=sealed)
    for sheet in sheets:
        sheet.status, sheet.void_reason = SheetStatus.VOID, "judge_left"
    for row in db.session.scalars(
        sa.select(Assignment).where(Assignment.judge_id == judge.id, Assignment.withdrawn_at.is_(None))
    ):
        row.withdrawn_at = at
    judge.left_at, judge.is_chair = at, False
    db.session.flush()
    audit.record("panel.remove_judge", judge, actor=actor, at=at, before={"judge": judge.person.full_name},
                 season_id=season.id)  # fmt: skip


def recuse(
    entry: Entry, person: Person, *, reason: RecusalReason, note: str = "", actor: Actor, at: datetime
) -> Recusal:
    """Keep a person off an entry for good: assignments are withdrawn, sheets become void and are kept.

    Repeating it changes nothing.

    :raise JudgingNotOpen: the season is ranked; reopen judging first.
    """
    check_preparable(entry.season)
    known = queries.recusal_of(entry, person.id)
    if known is not None:
        return known
    row = Recusal(
        entry_id=entry.id, person_id=person.id, reason=reason, note=clean_text(note)[:500],
        declared_by_id=actor.account_id, declared_at=at,
    )  # fmt: skip
    db.session.add(row)
    judges = sa.select(Judge.id).where(Judge.person_id == person.id)
    for assignment in db.session.scalars(
        sa.select(Assignment).where(Assignment.entry_id == entry.id, Assignment.judge_id.in_(judges))
    ):
        assignment.withdrawn_at = assignment.withdrawn_at or at
    for sheet in db.session.scalars(
        sa.select(Scoresheet).where(
            Scoresheet.entry_id == entry.id, Scoresheet.judge_id.in_(judges), Scoresheet.status != SheetStatus.VOID
        )
    ):
        sheet.status, sheet.void_reason = SheetStatus.VOID, f"recused:{reason}"
    db.session.flush()
    audit.record(
        "judging.recuse", row, actor=actor, at=at, after={"reason": reason, "person": person.full_name},
        note=row.note, season_id=entry.season_id, unit_path=entry.unit.path,
    )  # fmt: skip
    return row


def declare(
    judges: Sequence[Judge], *, people: Sequence[int], units: Sequence[int], actor: Actor, at: datetime
) -> list[Recusal]:
    """Take a judge's one-time answer: recuse from every entry of the season with a ticked author or unit.

    Assigned or not: an entry given to the judge later must not slip past what was declared now.

    :param people: ids of persons, authors or nominees, the judge is close to.
    :param units: ids of units.
    """
    made = []
    for judge in judges:
        season = season_of(judge.panel.stage)
        made += [
            recuse(entry, judge.person, reason=RecusalReason.RELATIVE, actor=actor, at=at)
            for entry in queries.entries_in(season, queries.DECLARABLE_STATES)
            if entry.unit_id in units or set(people) & {*people_behind(entry), entry.owner_id}
        ]
        judge.declared_at = at
    db.session.flush()
    return made
