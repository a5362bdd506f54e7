"""Whether stored results are what frozen rules, sealed sheets and facts give: bit for bit, plugin or not.

Every row is computed by the rules it names, and those must be rules that were in force in its season.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
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
from core.judging.rules import ScorerGone, SheetStatus
from core.judging.scorers import changed_code
from core.scoring.canonical import ChoiceUnknown, canonical_bytes, digest_of
from core.scoring.exact import plain
from core.scoring.rules import Rules
from core.scoring.scorers import ScorerFailed
from core.seasons.amending import seal_of, snapshots
from core.seasons.frozen import SeasonRules, rules_in
from core.seasons.models import Season, Stage

WITH_RESULT = (State.SCORED, State.DECIDED, State.AWARDED, State.NOT_AWARDED, State.ANNULLED)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not recompute: what (a code that has words), of which entry or sheet, and figures."""

    code: str
    season: str
    subject: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked of a season, counted (scores, rankings, sheets, amendments, rules), and what differs.

    :param stored: how many of the scores are stored and cannot be recomputed here.
    :param scorers_gone: the scorers that would be needed for those, as id and version.
    :param scorers_changed: scorers whose code is no longer what was frozen; the results were compared all the same.
    """

    differences: list[Difference]
    counts: Mapping[str, int]
    stored: int = 0
    scorers_gone: tuple[str, ...] = ()
    scorers_changed: tuple[str, ...] = ()


class _Known:
    """The rules that were ever in force in a season, by digest, and what was counted while they were used."""

    def __init__(self, season: Season) -> None:
        self.counts: Counter[str] = Counter()
        self.rules: dict[str, SeasonRules] = {}
        self.damaged: dict[str, str] = {}
        every = snapshots(season)
        for snapshot in every:
            try:
                self.rules[snapshot.sha256] = rules_in(snapshot)
            except DomainError as error:
                self.damaged[snapshot.sha256] = type(error).__name__
        self.first, self.current = every[0].sha256, every[-1].sha256
        self.stored = 0
        self.scorers_gone: set[str] = set()
        self.scorers_changed: set[str] = set()
        self._prepared: dict[tuple[str, str, str], Rules] = {}

    def prepared(self, digest: str, stage: str, subject: str) -> Rules:
        """Return what scores a subject by the rules of that digest.

        :raise ChoiceUnknown: those rules have no sheet for it.
        """
        key = digest, stage, subject
        if key not in self._prepared:
            self._prepared[key] = scoring_rules(self.rules[digest], stage, subject)
        return self._prepared[key]


def recompute(season: Season) -> list[Difference]:
    """Compare every stored score and ranking of a season with what is computed anew; empty means that all agree."""
    return verify(season).differences


def verify(season: Season) -> Verified:
    """Compare a season's rules, amendments, sheets, scores and rankings with what they must be.

    Scores and rankings: from stored inputs every version ever stored, by the rules each row names; from sheets and
    facts those that count, by the rules each entry goes by.
    """
    known = _Known(season)
    found = [*_check_rules(season, known)]
    for stage in queries.score_stages(season):
        found += _check_stage(season, stage, known)
    named = [Difference(one.code, season.public_id, one.subject, one.facts) for one in found]
    counted = ("scores", "rankings", "sheets", "amendments", "rules")
    return Verified(
        named, {key: known.counts[key] for key in counted}, known.stored, tuple(sorted(known.scorers_gone)),
        tuple(sorted(known.scorers_changed)),
    )  # fmt: skip


# --- Rules and amendments ------------------------------------------------------------------------------------------


def _check_rules(season: Season, known: _Known) -> Iterator[Difference]:
    known.counts["rules"] = len(known.rules) + len(known.damaged)
    for digest, reason in known.damaged.items():
        yield Difference("rules_damaged", "", digest[:12], {"reason": reason})
    current, own = known.rules.get(known.current), season.movement_snapshot
    if own is not None and digest_of(own.canonical) != own.sha256:
        yield Difference("movement_damaged", "")
    elif own is not None and current is not None and own.canonical != canonical_bytes(current.movement):
        yield Difference("movement_differs", "")
    earlier, before = "", None
    for number, amendment in enumerate(season.amendments, start=1):
        known.counts["amendments"] += 1
        follows = before is None or amendment.from_snapshot_id == before
        if seal_of(amendment, season, earlier) != amendment.sha256 or amendment.number != number or not follows:
            yield Difference("amendment_changed", "", str(amendment.number), {"decision": amendment.decision_number})
        earlier, before = amendment.sha256, amendment.to_snapshot_id
    if before is not None and before != season.snapshot_id:
        yield Difference("amendment_missing", "")


# --- Results -------------------------------------------------------------------------------------------------------


def _check_stage(season: Season, stage: Stage, known: _Known) -> Iterator[Difference]:
    found = {entry.id: entry for entry in db.session.scalars(sa.select(Entry).where(Entry.season_id == season.id))}
    kept = {row.entry_id: row.snapshot.sha256 for row in queries.kept_rules(season)}
    yield from _check_sheets(stage, known)
    scores = _raw(Score, Score.stage_id == stage.id)
    current = {row.entry_id: row for row in scores if row.is_current}
    for row in scores:
        entry = found.get(row.entry_id)
        due = kept.get(row.entry_id, known.current) if row.is_current else None
        yield from _check_score(row, entry.code or entry.draft_code if entry else "", stage, known, due)
    stored = {entry.public_id: _read(current[id_].result) for id_, entry in found.items() if id_ in current}
    anew = _computed(stage, [entry for entry in found.values() if entry.id in current], known, kept, stored)
    for one in anew:
        if canonical_json(one.inputs) != bytes(current[one.entry.id].inputs):
            yield Difference("sheets_differ", "", one.entry.code or "")
    for entry in found.values():
        if entry.state in WITH_RESULT and entry.id not in current:
            yield Difference("score_missing", "", entry.code or "")
    yield from _check_rankings(stage, known, anew)


def _check_sheets(stage: Stage, known: _Known) -> Iterator[Difference]:
    """Yield sealed sheets that say they were sealed under rules which were never in force here."""
    for sheet in queries.live_sheets(stage):
        if sheet.status == SheetStatus.SEALED:
            known.counts["sheets"] += 1
            digest = sheet.rules_sha256 or known.first
            if digest not in known.rules and digest not in known.damaged:
                yield Difference("sheet_rules_differ", "", sheet.entry.code or "")


def _computed(
    stage: Stage, found: list[Entry], known: _Known, kept: Mapping[int, str], stored: Mapping[str, Any]
) -> list[Computed]:
    """Return the scores of entries by the rules they go by; without those whose rules cannot be read.

    :param stored: results as they stand, by the entry's public id: taken where the scorer is gone, or fails.
    """

    def scored(inputs: dict[str, Any], rules: Rules) -> dict[str, Any]:
        try:
            return score_of(inputs, rules)
        except (ScorerGone, ScorerFailed):
            result: dict[str, Any] = stored[inputs["entry"]]
            return result

    rules = known.rules.get(known.current)
    if rules is None:
        return []
    own = {entry: known.rules[digest] for entry, digest in kept.items() if digest in known.rules}
    readable = [entry for entry in found if kept.get(entry.id) not in known.damaged]
    try:
        return compute(stage, readable, rules, own, scored)
    except (ChoiceUnknown, KeyError, TypeError):
        return []


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


def _check_score(row: Any, code: str, stage: Stage, known: _Known, due: str | None) -> Iterator[Difference]:
    """Check one stored score. `due`: the digest of the rules that it must name, None for one that no longer counts."""
    known.counts["scores"] += 1
    inputs, result = _read(row.inputs), _read(row.result)
    if inputs is None or hashlib.sha256(row.inputs).hexdigest() != row.inputs_sha256:
        yield Difference("inputs_changed", "", code)
        return
    if row.rules_sha256 in known.damaged:
        return
    rules = known.rules.get(row.rules_sha256)
    if rules is None or row.engine != rules.engine or due not in (None, row.rules_sha256):
        yield Difference("rules_differ", "", code)
        return
    try:
        prepared = known.prepared(row.rules_sha256, stage.slug, inputs["subject"])
        if changed_code(prepared) and prepared.scorer is not None:
            known.scorers_changed.add(prepared.scorer.name)
        anew = score_of(inputs, prepared)
    except ScorerGone as gone:
        # What is stored stays as it is: its inputs are whole, and nobody here can say more.
        known.stored += 1
        known.scorers_gone.add(gone.scorer)
        return
    except ScorerFailed as failed:
        yield Difference("scorer_failed", "", code, {"scorer": failed.scorer, "reason": failed.reason})
        return
    except (DomainError, KeyError):
        yield Difference("inputs_changed", "", code)
        return
    if canonical_json(anew) != bytes(row.result):
        stored = result.get("total") if isinstance(result, dict) else None
        yield Difference("result_differs", "", code, {"stored": stored, "computed": anew["total"]})
    total = None if row.total is None else plain(row.total)
    if (row.status, total, row.band) != (anew["status"], anew["total"], anew["band"]):
        yield Difference("columns_differ", "", code, {"stored": total, "computed": anew["total"]})


def _check_rankings(stage: Stage, known: _Known, anew: list[Computed]) -> Iterator[Difference]:
    rows = _raw(Ranking, Ranking.stage_id == stage.id)
    current = {row.sheet_slug for row in rows if row.is_current}
    for row in rows:
        known.counts["rankings"] += 1
        inputs = _read(row.inputs)
        if inputs is None or hashlib.sha256(row.inputs).hexdigest() != row.inputs_sha256:
            yield Difference("ranking_inputs_changed", "", row.sheet_slug)
            continue
        if row.rules_sha256 in known.damaged:
            continue
        if row.rules_sha256 not in known.rules or (row.is_current and row.rules_sha256 != known.current):
            yield Difference("ranking_rules_differ", "", row.sheet_slug)
            continue
        try:
            prepared = known.prepared(row.rules_sha256, stage.slug, inputs["subject"])
            again = ranking_of(inputs, prepared)
        except (DomainError, KeyError):
            yield Difference("ranking_inputs_changed", "", row.sheet_slug)
            continue
        if canonical_json(again) != bytes(row.result):
            yield Difference("ranking_differs", "", row.sheet_slug)
        if row.is_current:
            mine = [one for one in anew if str(one.entry.subject) == inputs["subject"]]
            if canonical_json(ranking_inputs(stage, inputs["subject"], prepared, mine)) != bytes(row.inputs):
                yield Difference("ranking_scores_differ", "", row.sheet_slug)
    ranked = {known.prepared(known.current, stage.slug, str(one.entry.subject)).sheet.id for one in anew}
    for sheet in sorted(ranked - current):
        yield Difference("ranking_missing", "", sheet)
