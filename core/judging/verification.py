"""Whether stored results are what frozen rules, sealed sheets and facts give: bit for bit, plugin or not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from core.db import canonical_json
from core.entries.models import Entry
from core.entries.rules import State
from core.errors import DomainError
from core.extensions import db
from core.judging import queries
from core.judging.closing import Computed, compute, ranking_inputs, ranking_of, score_of
from core.judging.inputs import scoring_rules
from core.judging.models import Ranking, Score
from core.scoring.exact import plain
from core.seasons.frozen import SeasonRules, rules_of
from core.seasons.models import Season, Stage

WITH_RESULT = (State.SCORED, State.DECIDED, State.AWARDED, State.NOT_AWARDED, State.ANNULLED)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not recompute: what (a code that has words), of which entry or sheet, and figures."""

    code: str
    season: str
    subject: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def recompute(season: Season) -> list[Difference]:
    """Compare every stored score and ranking of a season with what is computed anew; empty means that all agree.

    From stored inputs: every version ever stored. From sheets and facts: those that count.
    """
    try:
        rules = rules_of(season)
    except DomainError as error:
        return [Difference("rules_damaged", season.public_id, facts={"reason": type(error).__name__})]
    return [
        Difference(one.code, season.public_id, one.subject, one.facts)
        for stage in queries.score_stages(season)
        for one in _check_stage(season, stage, rules)
    ]


def _check_stage(season: Season, stage: Stage, rules: SeasonRules) -> Iterator[Difference]:
    found = {entry.id: entry for entry in db.session.scalars(sa.select(Entry).where(Entry.season_id == season.id))}
    scores = _raw(Score, Score.stage_id == stage.id)
    current = {row.entry_id: row for row in scores if row.is_current}
    for row in scores:
        entry = found.get(row.entry_id)
        yield from _check_score(row, entry.code or entry.draft_code if entry else "", stage, rules)
    anew = compute(stage, [entry for entry in found.values() if entry.id in current], rules)
    for one in anew:
        if canonical_json(one.inputs) != bytes(current[one.entry.id].inputs):
            yield Difference("sheets_differ", "", one.entry.code or "")
    for entry in found.values():
        if entry.state in WITH_RESULT and entry.id not in current:
            yield Difference("score_missing", "", entry.code or "")
    yield from _check_rankings(stage, rules, anew)


def _raw(model: type[Score] | type[Ranking], condition: sa.ColumnElement[bool]) -> list[Any]:
    """Return rows with their JSON as stored bytes: what cannot be read must not stop the check."""
    columns = [
        sa.type_coerce(column, sa.LargeBinary).label(column.key) if column.key in ("result", "inputs") else column
        for column in model.__table__.columns
    ]
    return list(db.session.execute(sa.select(*columns).where(condition).order_by(model.id)))


def _read(stored: bytes) -> Any:
    """Return stored JSON, None where it is none, or not in the canonical form."""
    try:
        value = json.loads(stored)
    except ValueError:
        return None
    return value if canonical_json(value) == bytes(stored) else None


def _check_score(row: Any, code: str, stage: Stage, rules: SeasonRules) -> Iterator[Difference]:
    inputs, result = _read(row.inputs), _read(row.result)
    if inputs is None or hashlib.sha256(row.inputs).hexdigest() != row.inputs_sha256:
        yield Difference("inputs_changed", "", code)
        return
    if row.rules_sha256 != rules.digest or row.engine != rules.engine:
        yield Difference("rules_differ", "", code)
        return
    anew = score_of(inputs, scoring_rules(rules, stage.slug, inputs["subject"]))
    if canonical_json(anew) != bytes(row.result):
        stored = result.get("total") if isinstance(result, dict) else None
        yield Difference("result_differs", "", code, {"stored": stored, "computed": anew["total"]})
    total = None if row.total is None else plain(row.total)
    if (row.status, total, row.band) != (anew["status"], anew["total"], anew["band"]):
        yield Difference("columns_differ", "", code, {"stored": total, "computed": anew["total"]})


def _check_rankings(stage: Stage, rules: SeasonRules, anew: list[Computed]) -> Iterator[Difference]:
    rows = _raw(Ranking, Ranking.stage_id == stage.id)
    current = {row.sheet_slug for row in rows if row.is_current}
    for row in rows:
        inputs = _read(row.inputs)
        if inputs is None or hashlib.sha256(row.inputs).hexdigest() != row.inputs_sha256:
            yield Difference("ranking_inputs_changed", "", row.sheet_slug)
            continue
        if row.rules_sha256 != rules.digest:
            yield Difference("ranking_rules_differ", "", row.sheet_slug)
            continue
        prepared = scoring_rules(rules, stage.slug, inputs["subject"])
        if canonical_json(ranking_of(inputs, prepared)) != bytes(row.result):
            yield Difference("ranking_differs", "", row.sheet_slug)
        if row.is_current:
            mine = [one for one in anew if str(one.entry.subject) == inputs["subject"]]
            if canonical_json(ranking_inputs(stage, inputs["subject"], prepared, mine)) != bytes(row.inputs):
                yield Difference("ranking_scores_differ", "", row.sheet_slug)
    for sheet in sorted({str(one.inputs["sheet"]) for one in anew} - current):
        yield Difference("ranking_missing", "", sheet)
