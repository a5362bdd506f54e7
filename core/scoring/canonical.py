"""The frozen canonical form: one sequence of bytes for one set of rules, and the way back.

JSON in UTF-8 NFC, keys sorted, no spaces, defaults filled in, absent keys left out, numbers as strings.
Source: the movement format, format 1, §6.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.errors import DomainError
from core.scoring.exact import plain
from core.scoring.misuse import Log
from core.scoring.movement import Eligibility, Fact, FormField, Gate, Head, Movement, Sheet, Tier
from core.scoring.reading import FORMAT
from core.scoring.rules import FrozenScorer
from core.scoring.structure import Reader, as_decimal, keys_of

ENGINE = "1"


def canonical_bytes(movement: Movement) -> bytes:
    """Return the canonical form of a complete movement, as `reading` gives it."""
    return encode(_document(movement))


def digest(movement: Movement) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return digest_of(canonical_bytes(movement))


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of frozen bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def encode(document: Mapping[str, Any]) -> bytes:
    """Write a document of strings, booleans, lists and mappings in the canonical way."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def read_canonical(content: bytes) -> Movement:
    """Read a movement back from its canonical bytes.

    The rules were checked when they were frozen. They are not checked again: a season must stay readable even if a
    later release would refuse to open one like it.

    :raise UnreadableSnapshot: the bytes are not a frozen movement of format 1 and engine 1.
    """
    return _movement_of(_loads(content))


class UnreadableSnapshot(DomainError):
    """Frozen bytes that this release cannot read. Facts: reason."""


class ChoiceUnknown(DomainError):
    """A season chose a stage, sheet, tier or negative quota that its movement does not have. Facts: kind, value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """The number of prizes that a season gives in one tier; None leaves what the movement says."""

    quota: int | None = None
    quota_per_field: int | None = None
    quota_per_unit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonChoices:
    """What a season decides itself.

    `sheets`: per score stage the chosen sheets, one for each subject that is judged there.
    `quotas`: per sheet and tier the season's own numbers of prizes.
    `dates`: whatever days and instants (aware) the season freezes, by name.
    `scorers`: by sheet, what scores it instead of engine 1. Written only where there is one, so that the bytes of all
    other seasons are what they were before scorers existed.
    """

    sheets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quotas: Mapping[str, Mapping[str, Quota]] = field(default_factory=dict)
    dates: Mapping[str, date | datetime] = field(default_factory=dict)
    scorers: Mapping[str, FrozenScorer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonDocument:
    """The second frozen document: the movement and the season's choices. The engine reads nothing else."""

    movement: Movement
    choices: SeasonChoices
    engine: str = ENGINE


def season_document(movement: Movement, choices: SeasonChoices) -> bytes:
    """Return the canonical bytes that a season freezes when it opens; a score stage not named gets its first sheet.

    :raise ChoiceUnknown: the choices name something that the movement does not have, or a negative quota.
    """
    sheets = {}
    for stage in movement.stages:
        if stage.kind == "score":
            sheets[stage.id] = tuple(choices.sheets.get(stage.id) or stage.sheets[:1])
            _require("sheet", sheets[stage.id], stage.sheets)
    _require("stage", choices.sheets, sheets)
    _require("sheet", choices.quotas, [sheet.id for sheet in movement.sheets])
    for sheet_id, quotas in choices.quotas.items():
        _require("tier", quotas, [tier.id for tier in movement.sheet(sheet_id).tiers])
        for tier_id, quota in quotas.items():
            if any(count is not None and count < 0 for count in (quota.quota, quota.quota_per_field,
                                                                 quota.quota_per_unit)):  # fmt: skip
                raise ChoiceUnknown(kind="quota", value=tier_id)
    body = _document(movement)
    body.pop("engine")
    season = {
        "sheets": {stage: list(chosen) for stage, chosen in sheets.items()},
        "quotas": {sheet: _frozen(dict(quotas)) for sheet, quotas in choices.quotas.items()},
        "dates": {name: _instant(day) for name, day in choices.dates.items()},
    }
    chosen = {sheet for stage in sheets.values() for sheet in stage}
    if scorers := {sheet: _frozen(scorer) for sheet, scorer in choices.scorers.items() if sheet in chosen}:
        season["scorers"] = scorers
    return encode({"engine": ENGINE, "movement": body, "season": season})


def read_season_document(content: bytes) -> SeasonDocument:
    """Read the second frozen document back.

    :raise UnreadableSnapshot: the bytes are not such a document of engine 1.
    """
    raw = _loads(content)
    try:
        season = raw["season"]
        choices = SeasonChoices(
            sheets={stage: tuple(chosen) for stage, chosen in season["sheets"].items()},
            quotas={
                sheet: {tier: Quota(**{key: int(count) for key, count in quota.items()}) for tier, quota in by.items()}
                for sheet, by in season["quotas"].items()
            },
            dates={name: _day(text) for name, text in season["dates"].items()},
            scorers={
                sheet: FrozenScorer(scorer["id"], int(scorer["version"]), scorer["code"])
                for sheet, scorer in season.get("scorers", {}).items()
            },
        )
        movement = _movement_of({"engine": raw["engine"], **raw["movement"]})
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UnreadableSnapshot(reason=repr(error)) from error
    return SeasonDocument(movement=movement, choices=choices)


def effective_sheet(document: SeasonDocument, stage: str, subject: str | None = None) -> Sheet:
    """Return the sheet by which a stage scores a subject, with the season's own quotas in its tiers.

    :param subject: needed where the stage judges several subjects, each by a sheet of its own.
    :raise ChoiceUnknown: the season has no such score stage, or no sheet for that subject there.
    """
    _require("stage", [stage], document.choices.sheets)
    chosen = [document.movement.sheet(sheet_id) for sheet_id in document.choices.sheets[stage]]
    fitting = [sheet for sheet in chosen if subject is None or sheet.subject == subject]
    if not fitting:
        raise ChoiceUnknown(kind="subject", value=subject)
    return with_quotas(fitting[0], document.choices.quotas.get(fitting[0].id, {}))


def with_quotas(sheet: Sheet, quotas: Mapping[str, Quota]) -> Sheet:
    """Return the sheet with the numbers of prizes that a season decided."""
    return replace(sheet, tiers=tuple(_with_quota(tier, quotas.get(tier.id, Quota())) for tier in sheet.tiers))


def _with_quota(tier: Tier, quota: Quota) -> Tier:
    return replace(
        tier,
        quota=tier.quota if quota.quota is None else quota.quota,
        quota_per_field=tier.quota_per_field if quota.quota_per_field is None else quota.quota_per_field,
        quota_per_unit=tier.quota_per_unit if quota.quota_per_unit is None else quota.quota_per_unit,
    )


def _require(kind: str, named: Any, known: Any) -> None:
    for value in named:
        if value not in known:
            raise ChoiceUnknown(kind=kind, value=value)


def _instant(day: date | datetime) -> str:
    return day.astimezone(UTC).isoformat() if isinstance(day, datetime) else day.isoformat()


def _day(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _document(movement: Movement) -> dict[str, Any]:
    values = _frozen(movement)
    head = {key.name: values.pop(key.name) for key in keys_of(Head) if key.name in values}
    return {"engine": ENGINE, "format": str(FORMAT), "movement": head, **values}


def _frozen(value: Any) -> Any:
    """Return strings, booleans, lists and mappings only; what is None is left out."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, Decimal)):
        return plain(value)
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [_frozen(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in value.items()}
    assert is_dataclass(value)
    pairs = ((f.name.rstrip("_"), getattr(value, f.name)) for f in fields(value))
    return {name: _frozen(item) for name, item in pairs if item is not None}


def _loads(content: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(content)
    except ValueError as error:
        raise UnreadableSnapshot(reason=repr(error)) from error
    if not isinstance(raw, dict) or raw.get("engine") != ENGINE:
        raise UnreadableSnapshot(reason="engine")
    return raw


def _movement_of(raw: dict[str, Any]) -> Movement:
    log = Log()
    body = {key: value for key, value in raw.items() if key != "engine"}
    try:
        movement = Reader(log, frozen=True).movement(body)
    except (ValueError, AttributeError) as error:
        raise UnreadableSnapshot(reason=repr(error)) from error
    if movement is None or body.get("format") != str(FORMAT):
        raise UnreadableSnapshot(reason="; ".join(problem.sentence for problem in log.problems) or "format")
    return _with_scalars(movement)


def _with_scalars(movement: Movement) -> Movement:
    """Give values of open type the type that their fact or question has; in the frozen form they are strings."""
    facts = {fact.id: fact for fact in movement.facts}
    questions = {question.id: question for question in movement.form.fields}
    return replace(
        movement,
        form=replace(movement.form, fields=tuple(_question(asked, questions) for asked in movement.form.fields)),
        facts=tuple(replace(fact, default=_as_fact(fact, fact.default)) for fact in movement.facts),
        eligibility=tuple(_rule(rule, questions) for rule in movement.eligibility),
        sheets=tuple(
            replace(sheet, gates=tuple(_gate(gate, facts) for gate in sheet.gates)) for sheet in movement.sheets
        ),
    )


def _as_fact(fact: Fact, value: Any) -> Any:
    return as_decimal(value) if isinstance(value, str) and fact.kind in {"count", "number"} else value


def _as_answer(asked: FormField, value: Any) -> Any:
    if isinstance(value, str) and asked.kind in {"number", "money"}:
        return as_decimal(value)
    return date.fromisoformat(value) if isinstance(value, str) and asked.kind == "date" else value


def _question(asked: FormField, questions: Mapping[str, FormField]) -> FormField:
    if asked.show_if is None:
        return asked
    earlier = questions[asked.show_if.field]
    return replace(asked, show_if=replace(asked.show_if, is_=_as_answer(earlier, asked.show_if.is_)))


def _rule(rule: Eligibility, questions: Mapping[str, FormField]) -> Eligibility:
    if rule.field is None:
        return rule
    return replace(rule, is_=_as_answer(questions[rule.field], rule.is_))


def _gate(gate: Gate, facts: Mapping[str, Fact]) -> Gate:
    if gate.fact is None:
        return gate
    fact = facts[gate.fact]
    return replace(
        gate,
        is_=_as_fact(fact, gate.is_),
        at_least=_as_fact(fact, gate.at_least),
        below=_as_fact(fact, gate.below),
    )
