"""Verbs that end judging: what is still missing, computing and storing scores and rankings, taking it back."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from core.accounts.rules import Actor
from core.audit import service as audit
from core.db import canonical_json
from core.entries import service as entries
from core.entries.models import Entry
from core.entries.rules import State
from core.extensions import db
from core.judging import queries
from core.judging.inputs import (
    PANEL_COLUMNS,
    facts_of,
    kept_by_entry,
    panel_column,
    problems_of,
    score_inputs,
    scoring_rules,
    season_maxima,
)
from core.judging.models import Judge, Ranking, Score, Scoresheet
from core.judging.rules import JudgingNotOpen, ReasonNeeded, ScorerGone, SheetsMissing, SheetStatus
from core.judging.scorers import score_values
from core.judging.sheets import seal_finished_at_deadline
from core.scoring.ranking import rank
from core.scoring.rules import Rules
from core.scoring.scorers import ScorerFailed
from core.seasons import service as seasons
from core.seasons.frozen import SeasonRules, rules_of
from core.seasons.models import Season, Stage
from core.seasons.rules import Phase
from core.vietnamese.text import clean_text


@dataclass(frozen=True, slots=True)
class Missing:
    """A sheet without which judging is not complete: whose (None: nobody is assigned) and of which column."""

    entry: Entry
    judge: Judge | None
    column: str
    status: str
    # One that is sealed and must be reopened.
    sheet: Scoresheet | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """The score of one entry as it would be stored."""

    entry: Entry
    inputs: dict[str, Any]
    result: dict[str, Any]
    # Those by which it was computed: the season's, or the ones that the entry keeps.
    rules: SeasonRules


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of a value."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


# --- What is missing ----------------------------------------------------------------------------------------------


def missing_sheets(season: Season) -> list[Missing]:
    """Return every sheet that should be sealed and is not, by stage and entry.

    Counted are: assigned judges without a sealed sheet; judges short of what stage and column ask for; columns of
    nominee or unit that the score needs, or that somebody began.
    """
    rules, kept = rules_of(season), kept_by_entry(season)
    found = queries.entries_in(season, (State.IN_JUDGING,))
    return [one for stage in queries.score_stages(season) for one in _missing_in(stage, found, rules, kept)]


def _missing_in(
    stage: Stage, found: Sequence[Entry], rules: SeasonRules, kept: Mapping[int, SeasonRules]
) -> Iterator[Missing]:
    sheets: dict[int, list[Scoresheet]] = defaultdict(list)
    for sheet in queries.live_sheets(stage):
        sheets[sheet.entry_id].append(sheet)
    judges: dict[int, list[Judge]] = defaultdict(list)
    for row in queries.live_assignments(stage):
        judges[row.entry_id].append(row.judge)
    prepared: dict[tuple[str, str], Rules] = {}
    for entry in found:
        own = kept.get(entry.id, rules)
        key = own.digest, str(entry.subject)
        if key not in prepared:
            prepared[key] = scoring_rules(own, stage.slug, key[1])
        wanted = own.stage(stage.slug).judges_min
        yield from _missing_for(entry, prepared[key], sheets[entry.id], judges[entry.id], wanted)


def _missing_for(
    entry: Entry, rules: Rules, sheets: list[Scoresheet], judges: list[Judge], wanted: int
) -> Iterator[Missing]:
    for one in sheets:
        # Sealed under rules that an amendment replaced: it counts again once it is reopened and corrected.
        if one.status == SheetStatus.SEALED and problems_of(one, rules):
            yield Missing(entry, queries.judge_of(one), one.column_slug, "invalid", one)
    panel = panel_column(rules.sheet)
    if panel is not None:
        held = {sheet.judge_id: sheet for sheet in sheets if sheet.column_slug == panel.id}
        for judge in judges:
            sheet = held.get(judge.id)
            if sheet is None or sheet.status != SheetStatus.SEALED:
                yield Missing(entry, judge, panel.id, "new" if sheet is None else str(sheet.status))
        counted = {judge.id for judge in judges} | {s.judge_id for s in held.values() if s.status == SheetStatus.SEALED}
        for _number in range(max(wanted, panel.sheets_needed) - len(counted)):
            yield Missing(entry, None, panel.id, "unassigned")
    needed = set(rules.needed_columns(rules.official))
    for column in rules.sheet.columns:
        if column.by in PANEL_COLUMNS:
            continue
        own = next((sheet for sheet in sheets if sheet.column_slug == column.id), None)
        if (own is not None and own.status != SheetStatus.SEALED) or (own is None and column.id in needed):
            yield Missing(entry, None, column.id, "new" if own is None else str(own.status))


def disagreements(season: Season) -> list[Entry]:
    """Return the entries whose judges differ so much that the rules ask for another one. No figures leave here.

    None are known while the season's scorer is missing or fails; closing says so.
    """
    rules, kept = rules_of(season), kept_by_entry(season)
    found = queries.entries_in(season, (State.IN_JUDGING,))
    try:
        scored = [one for stage in queries.score_stages(season) for one in compute(stage, found, rules, kept)]
    except (ScorerGone, ScorerFailed):
        return []
    return [one.entry for one in scored if any(reason.startswith("third_judge:") for reason in one.result["reasons"])]


# --- Computing ----------------------------------------------------------------------------------------------------


def compute(
    stage: Stage,
    found: Iterable[Entry],
    rules: SeasonRules,
    kept: Mapping[int, SeasonRules] | None = None,
    by: Callable[[dict[str, Any], Rules], dict[str, Any]] | None = None,
) -> list[Computed]:
    """Score entries in a stage from sealed sheets and facts, in one query of sheets; nothing is stored.

    :param kept: rules of their own, by the ids of the entries that keep them through an amendment.
    :param by: what gives the score of inputs; `score_of` where not given.
    :raise ScorerGone: the rules name a scorer that is not installed.
    :raise ScorerFailed: it does not answer soundly.
    """
    found, kept, by = list(found), kept or {}, by or score_of
    sealed: dict[int, list[Scoresheet]] = defaultdict(list)
    for sheet in queries.live_sheets(stage):
        if sheet.status == SheetStatus.SEALED:
            sealed[sheet.entry_id].append(sheet)
    computed = []
    for subject in sorted({str(entry.subject) for entry in found}):
        mine = [entry for entry in found if str(entry.subject) == subject]
        every = {one.digest: one for one in (kept.get(entry.id, rules) for entry in mine)}
        for digest_, own in every.items():
            prepared = scoring_rules(own, stage.slug, subject)
            # The season's greatest is that of all its entries, whichever rules each is scored by.
            facts = {entry.id: facts_of(entry, own.facts) for entry in mine}
            maxima = season_maxima(prepared, facts.values())
            for entry in mine:
                if kept.get(entry.id, rules).digest == digest_:
                    inputs = score_inputs(entry, stage.slug, prepared, sealed[entry.id], facts[entry.id] | maxima)
                    computed.append(Computed(entry, inputs, by(inputs, prepared), own))
    return computed


def score_of(inputs: dict[str, Any], rules: Rules) -> dict[str, Any]:
    """Return the score that inputs give, as it is stored.

    :raise ScorerGone: the rules name a scorer that is not installed.
    :raise ScorerFailed: it does not answer soundly.
    """
    return score_values(rules, inputs)


def ranking_inputs(stage: Stage, subject: str, rules: Rules, scored: Iterable[Computed]) -> dict[str, Any]:
    """Return what the ranking of one sheet is computed from, as plain values; no vote has been taken yet."""
    return {
        "stage": stage.slug,
        "sheet": rules.sheet.id,
        "subject": subject,
        "entries": sorted(
            (
                {
                    "id": one.entry.public_id,
                    "score": {key: one.result[key] for key in ("status", "total", "by_criterion", "band")},
                    "field": one.entry.field,
                    "unit": one.entry.unit.public_id,
                    "facts": one.inputs["facts"],
                    "vote": None,
                }
                for one in scored
            ),
            key=lambda values: str(values["id"]),
        ),
    }


def ranking_of(inputs: dict[str, Any], rules: Rules) -> dict[str, Any]:
    """Return the ranking that inputs give, as it is stored."""
    return rank(rules, inputs["entries"]).as_dict()


# --- Closing ------------------------------------------------------------------------------------------------------


def close_judging(season: Season, *, actor: Actor, at: datetime, allow_missing: bool = False) -> int:
    """Score and rank every entry, store both with their inputs and digests, move the season to ranked.

    Entries that cannot be scored are stored so too, with their reasons. Return how many entries were scored.

    :param allow_missing: close although sheets are missing; those entries are scored by what is sealed.
    :raise JudgingNotOpen: the season is not being judged.
    :raise SheetsMissing: sheets are not sealed.
    :raise ScorerGone: the season's scorer is not installed; nothing is stored.
    :raise ScorerFailed: it does not answer soundly; nothing is stored.
    """
    if season.phase != Phase.JUDGING:
        raise JudgingNotOpen(phase=season.phase)
    seal_finished_at_deadline(season, actor=actor, at=at)
    missing = missing_sheets(season)
    if missing and not allow_missing:
        raise SheetsMissing(count=len(missing), season=season.public_id)
    found = queries.entries_in(season, (State.IN_JUDGING,))
    store(season, found, actor=actor, at=at)
    for entry in found:
        entries.record_outcome(entry, "score", actor=actor, at=at)
    seasons.move(season, "close_judging", actor=actor, at=at)
    return len(found)


def store(season: Season, found: list[Entry], *, actor: Actor, at: datetime) -> None:
    """Score and rank entries in every stage, each by the rules it goes by, and store that in place of what counted."""
    rules, kept = rules_of(season), kept_by_entry(season)
    for stage in queries.score_stages(season):
        _store_stage(season, stage, compute(stage, found, rules, kept), rules, actor=actor, at=at)


def _store_stage(
    season: Season, stage: Stage, scored: list[Computed], rules: SeasonRules, *, actor: Actor, at: datetime
) -> None:
    retire(stage)
    versions = _last_versions(stage)
    for one in scored:
        total = one.result["total"]
        db.session.add(
            Score(
                entry_id=one.entry.id, entry=one.entry, stage_id=stage.id, version=versions.get(one.entry.id, 0) + 1,
                is_current=True, status=one.result["status"], total=None if total is None else Decimal(total),
                band=one.result["band"], result=one.result, inputs=one.inputs, inputs_sha256=digest(one.inputs),
                rules_sha256=one.rules.digest, engine=one.rules.engine, computed_at=at,
            )
        )  # fmt: skip
    digests = {}
    for subject in sorted({str(one.entry.subject) for one in scored}):
        prepared = scoring_rules(rules, stage.slug, subject)
        inputs = ranking_inputs(stage, subject, prepared, (o for o in scored if str(o.entry.subject) == subject))
        digests[prepared.sheet.id] = _store_ranking(season, stage, inputs, prepared, rules, at=at)
    db.session.flush()
    audit.record(
        "judging.store_results", season, actor=actor, at=at, season_id=season.id,
        after={"stage": stage.slug, "entries": len(scored), "rankings": digests, "rules": rules.digest},
    )  # fmt: skip


def _store_ranking(
    season: Season, stage: Stage, inputs: dict[str, Any], prepared: Rules, rules: SeasonRules, *, at: datetime
) -> str:
    sheet = prepared.sheet.id
    last = db.session.scalar(
        sa.select(sa.func.max(Ranking.version)).where(Ranking.stage_id == stage.id, Ranking.sheet_slug == sheet)
    )
    row = Ranking(
        season_id=season.id, stage_id=stage.id, sheet_slug=sheet, version=(last or 0) + 1, is_current=True,
        result=ranking_of(inputs, prepared), inputs=inputs, inputs_sha256=digest(inputs), rules_sha256=rules.digest,
        computed_at=at,
    )  # fmt: skip
    db.session.add(row)
    return row.inputs_sha256


def _last_versions(stage: Stage) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(Score.entry_id, sa.func.max(Score.version)).where(Score.stage_id == stage.id).group_by(Score.entry_id)
    )
    return {entry_id: version for entry_id, version in rows}  # noqa: C416  # Rows are no pairs to the type checker.


def retire(stage: Stage) -> None:
    """Let the stored results of a stage count no longer; they stay on record."""
    for row in queries.current_scores(stage):
        row.is_current = False
    for ranking in db.session.scalars(
        sa.select(Ranking).where(Ranking.stage_id == stage.id, Ranking.is_current.is_(True))
    ):
        ranking.is_current = False
    db.session.flush()


def reopen_judging(season: Season, *, reason: str, actor: Actor, at: datetime) -> int:
    """Take a ranked season back into judging; its results no longer count but stay on record.

    :raise ReasonNeeded: no reason was given.
    :raise WrongPhase: the season is not ranked, or already decided.
    """
    reason = clean_text(reason)
    if not reason:
        raise ReasonNeeded()
    seasons.move(season, "reopen_judging", actor=actor, at=at)
    for stage in queries.score_stages(season):
        retire(stage)
    found = queries.entries_in(season, (State.SCORED,))
    for entry in found:
        entries.record_outcome(entry, "unscore", actor=actor, at=at, note=reason)
    audit.record("judging.reopen", season, actor=actor, at=at, note=reason, season_id=season.id)
    return len(found)
