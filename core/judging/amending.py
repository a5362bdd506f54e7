"""What an amendment of the rules means for what was filed and scored: its reach, what stands in its way, doing it.

Source of the semantics: docs/decisions/0015.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts.rules import Actor
from core.entries import answers
from core.entries.models import Entry, EntryFact
from core.entries.rules import State
from core.extensions import db
from core.judging import queries
from core.judging.closing import missing_sheets, store
from core.judging.inputs import problems_of, scoring_rules
from core.judging.models import KeptRules, Scoresheet
from core.judging.rules import AmendmentRefused, Obstacle, SheetStatus
from core.scoring.movement import FormField, Sheet
from core.seasons import amending
from core.seasons.amending import Grounds, Proposal
from core.seasons.frozen import SeasonRules, rules_of
from core.seasons.models import Amendment, Season, Stage
from core.seasons.rules import Phase, Scope


@dataclass(frozen=True, slots=True)
class Invalid:
    """A sealed sheet that the amended rules find wrong, with what is wrong (`code:criterion`)."""

    sheet: Scoresheet
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """What an amendment of a certain scope would do. `keeps`: entries that keep the rules they were scored by."""

    entries: int
    sealed: int
    scored: int
    keeps: tuple[Entry, ...] = ()
    invalid: tuple[Invalid, ...] = ()
    obstacles: tuple[Obstacle, ...] = field(default=())


def impact_of(season: Season, proposal: Proposal, scope: Scope) -> Impact:
    """Return what amended rules would do to the season as it stands; nothing is written."""
    every = list(db.session.scalars(sa.select(Entry).where(Entry.season_id == season.id).order_by(Entry.id)).unique())
    sheets = [sheet for stage in queries.score_stages(season) for sheet in queries.live_sheets(stage)]
    sealed = [sheet for sheet in sheets if sheet.status == SheetStatus.SEALED]
    kept_before = {row.entry_id for row in queries.kept_rules(season)}
    keeps = _complete(season, kept_before) if scope == Scope.NOT_YET_SCORED else []
    untouched = {entry.id for entry in keeps}
    if scope == Scope.NOT_YET_SCORED:
        untouched |= kept_before
    reached = [sheet for sheet in sheets if sheet.entry_id not in untouched]
    obstacles = list(_obstacles(season, proposal, scope, every, sheets, {sheet.id for sheet in reached}))
    # A sheet is held against the new rules only where they can read it at all.
    invalid = [] if obstacles else list(_invalid(proposal.after, reached))
    if invalid and season.phase == Phase.RANKED:
        obstacles.append(Obstacle("ranked_invalid", {"n": len(invalid)}))
    filed = [entry for entry in every if entry.state not in (State.DRAFT, State.WITHDRAWN)]
    scored = sum(1 for entry in filed if entry.state == State.SCORED)
    return Impact(len(filed), len(sealed), scored, tuple(keeps), tuple(invalid), tuple(obstacles))


def amend(season: Season, proposal: Proposal, grounds: Grounds, *, actor: Actor, at: datetime) -> Amendment:
    """Amend the rules of a running season, with everything that follows for its entries, in one transaction.

    Not yet scored: entries whose sheets are all sealed keep their rules. Rescore all: a ranked season is scored and
    ranked anew at once; what counted stays on record.

    :raise AmendmentRefused: what was filed or scored would not stay readable; the error lists all obstacles.
    :raise WrongPhase, SeasonChanged, GroundsMissing, DecidedInFuture, RulesNotInForce: see `amend_season`.
    """
    amending.check_grounds(proposal, grounds, at=at)
    found = impact_of(season, proposal, grounds.scope)
    if found.obstacles:
        raise AmendmentRefused(obstacles=found.obstacles)
    old = season.snapshot
    assert old is not None
    amendment = amending.amend_season(season, proposal, grounds, actor=actor, at=at)
    for entry in found.keeps:
        db.session.add(
            KeptRules(
                entry_id=entry.id, entry=entry, amendment_id=amendment.id, amendment=amendment, snapshot_id=old.id,
                snapshot=old,
            )
        )  # fmt: skip
    db.session.flush()
    if season.phase == Phase.RANKED:
        store(season, queries.entries_in(season, (State.SCORED,)), actor=actor, at=at)
    else:
        _reopen_finished(season)
    return amendment


def _complete(season: Season, kept: set[int]) -> list[Entry]:
    """Return the entries being judged whose sheets are all sealed and that keep no earlier rules yet."""
    if season.phase != Phase.JUDGING:
        return []
    lacking = {one.entry.id for one in missing_sheets(season)}
    done = {
        sheet.entry_id
        for stage in queries.score_stages(season)
        for sheet in queries.live_sheets(stage)
        if sheet.status == SheetStatus.SEALED
    }
    found = queries.entries_in(season, (State.IN_JUDGING,))
    return [entry for entry in found if entry.id in done and entry.id not in lacking | kept]


def _reopen_finished(season: Season) -> None:
    """Take back «Xong» where the rules now ask for more: only a sheet that passes the check may wait for its seal."""
    rules, kept = rules_of(season), {row.entry_id for row in queries.kept_rules(season)}
    for stage in queries.score_stages(season):
        for sheet in queries.live_sheets(stage):
            if sheet.status == SheetStatus.FINISHED and sheet.entry_id not in kept and _problems(rules, sheet):
                sheet.status, sheet.finished_at = SheetStatus.OPEN, None
    db.session.flush()


def _problems(rules: SeasonRules, sheet: Scoresheet) -> tuple[str, ...]:
    return problems_of(sheet, scoring_rules(rules, sheet.stage.slug, str(sheet.entry.subject)))


def _invalid(rules: SeasonRules, sheets: list[Scoresheet]) -> Iterator[Invalid]:
    for sheet in sheets:
        problems = _problems(rules, sheet) if sheet.status == SheetStatus.SEALED else ()
        if problems:
            yield Invalid(sheet, problems)


# --- What stands in the way ----------------------------------------------------------------------------------------


def _obstacles(
    season: Season, proposal: Proposal, scope: Scope, every: list[Entry], sheets: list[Scoresheet],
    reached: set[int],
) -> Iterator[Obstacle]:  # fmt: skip
    """Yield everything for which an amendment is refused, the form first, each once."""
    before, after = proposal.before, proposal.after
    if season.phase == Phase.RANKED and scope != Scope.RESCORE_ALL:
        yield Obstacle("ranked_keeps", {})
    subjects = Counter(str(entry.subject) for entry in every)
    for subject, count in sorted(subjects.items()):
        if subject not in after.movement.subjects:
            yield Obstacle("subject_gone", {"subject": subject, "n": count})
    yield from _form_obstacles(before, after, every)
    yield from _fact_obstacles(before, after, every)
    if _steps(before) != _steps(after):
        yield Obstacle("stages_changed", {})
        return
    sealed = any(sheet.status == SheetStatus.SEALED for sheet in sheets)
    for stage in queries.score_stages(season):
        for subject in sorted(subjects):
            mine = [sheet for sheet in sheets if sheet.stage_id == stage.id and str(sheet.entry.subject) == subject]
            if (stage.slug, subject) in before.by_subject and subject in after.movement.subjects:
                yield from _sheet_obstacles(stage, subject, before, after, mine, scope, reached, sealed)


def _steps(rules: SeasonRules) -> list[tuple[Any, ...]]:
    """Return what people and rows hold on to in the steps of a season; titles and numbers in them may change."""
    return [
        (stage.id, stage.kind, stage.unit_kind, stage.panels, stage.blind, stage.majority is None)
        for stage in rules.movement.stages
    ]


def _form_obstacles(before: SeasonRules, after: SeasonRules, every: list[Entry]) -> Iterator[Obstacle]:
    """Yield questions that were answered and would be lost, read as something else, or shown to more people."""
    old = {one.id: one for one in answers.with_evidence(before.form, before.sheets()).fields}
    new = {one.id: one for one in answers.with_evidence(after.form, after.sheets()).fields}
    for key, asked in old.items():
        given = [value for entry in every if (value := _given(entry, key)) is not None]
        if given:
            yield from _question_obstacles(asked, new.get(key), given)
    named = sum(1 for entry in every if entry.authorships)
    if before.form.authors is not None and after.form.authors is None and named:
        yield Obstacle("authors_gone", {"n": named})


def _given(entry: Entry, key: str) -> Any:
    """Return what an entry answers to a question: the stored answer, or True for files; None for nothing."""
    stored = (entry.answers or {}).get(key)
    if stored not in (None, "", []):
        return stored
    return True if any(file.field_id == key for file in entry.attachments) else None


def _question_obstacles(asked: FormField, new: FormField | None, given: list[Any]) -> Iterator[Obstacle]:
    facts = {"title": asked.title, "n": len(given)}
    if new is None:
        yield Obstacle("field_gone", facts)
        return
    if new.kind != asked.kind:
        yield Obstacle("field_kind", facts)
    known = {choice.id for choice in new.choices}
    for choice in asked.choices:
        users = sum(1 for value in given if choice.id == value or (isinstance(value, list) and choice.id in value))
        if choice.id not in known and users:
            yield Obstacle("choice_gone", {"title": asked.title, "choice": choice.title, "n": users})
    if (asked.confidential and not new.confidential) or (asked.identifies and not new.identifies):
        yield Obstacle("field_exposed", facts)


def _fact_obstacles(before: SeasonRules, after: SeasonRules, every: list[Entry]) -> Iterator[Obstacle]:
    """Yield facts whose recorded values the new rules could not read."""
    rows = db.session.execute(
        sa.select(EntryFact.fact_id, EntryFact.value).where(EntryFact.entry_id.in_([entry.id for entry in every]))
    ).all()
    new = {fact.id: fact for fact in after.facts}
    for fact in before.facts:
        values = [value for key, value in rows if key == fact.id]
        now = new.get(fact.id)
        if not values or now is None:
            continue
        gone = {choice.id for choice in fact.choices} - {choice.id for choice in now.choices}
        if now.kind != fact.kind or gone & set(values):
            yield Obstacle("fact_changed", {"title": fact.title, "n": len(values)})


def _sheet_obstacles(
    stage: Stage, subject: str, before: SeasonRules, after: SeasonRules, mine: list[Scoresheet], scope: Scope,
    reached: set[int], sealed: bool,
) -> Iterator[Obstacle]:  # fmt: skip
    """Yield what keeps begun sheets of one stage and subject from being filled, read or compared on."""
    old, new = before.sheet(stage.slug, subject), after.by_subject.get((stage.slug, subject))
    facts = {"stage": stage.title, "subject": subject, "n": len(mine)}
    if new is None or (new.id != old.id and mine):
        yield Obstacle("sheet_begun", facts)
        return
    columns = {column.id: column for column in new.columns}
    for column in old.columns:
        users = sum(1 for sheet in mine if sheet.column_slug == column.id and sheet.id in reached)
        if users and (column.id not in columns or columns[column.id].by != column.by):
            yield Obstacle("column_gone", {"title": column.title, "n": users})
    if scope == Scope.NOT_YET_SCORED and sealed and new.id == old.id:
        yield from _comparable(old, new)


def _comparable(old: Sheet, new: Sheet) -> Iterator[Obstacle]:
    """Yield what keeps scores by the old and by the new rules from standing in one ranking."""
    kinds = {criterion.id: criterion.kind for criterion in new.walk()}
    for criterion in old.walk():
        if criterion.id not in kinds:
            yield Obstacle("criterion_gone", {"title": criterion.title})
        elif kinds[criterion.id] != criterion.kind:
            yield Obstacle("criterion_kind", {"title": criterion.title})
    bands = {band.id for band in new.bands}
    for band in old.bands:
        if band.id not in bands:
            yield Obstacle("band_gone", {"title": band.title})
