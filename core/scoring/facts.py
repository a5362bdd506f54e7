"""Facts as numbers: which are known for an entry, which are missing, and which are not what they should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from core.scoring.exact import parse_typed
from core.scoring.movement import Fact, Sheet
from core.scoring.rules import Rules


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """The facts of one entry as exact numbers by key, and why some of them are not there."""

    numbers: Mapping[str, Fraction]
    reasons: tuple[str, ...]


def facts_read(sheet: Sheet) -> set[str]:
    """Return the ids of the facts that a sheet's criteria, gates and ranking read."""
    found = {gate.fact for gate in sheet.gates} | {step.fact for step in sheet.ranking.tie_break}
    for criterion in sheet.walk():
        found |= {deduction.fact for deduction in criterion.deductions}
        if criterion.value is not None:
            found |= {criterion.value.fact, criterion.value.share_of}
    return {fact for fact in found if fact}


def as_number(fact: Fact, value: object) -> Fraction | None:
    """Return a value of the fact as a number: yes is 1, a choice its place from 0; None where the kind is wrong."""
    if fact.kind == "yesno":
        return Fraction(value) if isinstance(value, bool) else None
    if fact.kind == "choice":
        places = [choice.id for choice in fact.choices]
        return Fraction(places.index(value)) if isinstance(value, str) and value in places else None
    number = parse_typed(value)
    if number is None:
        return None
    exact = Fraction(number)
    return None if fact.kind == "count" and exact.denominator != 1 else exact


def fact_number(fact: Fact, value: object) -> Fraction | None:
    """Return a given value of the fact as a number, or None where it is of the wrong kind or below its `min`."""
    number = as_number(fact, value)
    if number is not None and fact.kind in {"count", "number"} and number < Fraction(fact.min):
        return None
    return number


def read_facts(rules: Rules, given: Mapping[str, object]) -> KnownFacts:
    """Read the facts that a score uses; an absent one takes its default, and without a default it is missing."""
    numbers: dict[str, Fraction] = {}
    reasons: list[str] = []
    for key, fact, is_max in rules.used_facts:
        value = given.get(key)
        if value is None and not is_max:
            value = fact.default
        if value is None:
            reasons.append(f"fact_missing:{key}")
            continue
        number = fact_number(fact, value)
        # The season's most is at least what this entry has itself, where that is known.
        if number is None or (is_max and number < numbers.get(fact.id, number)):
            reasons.append(f"fact_invalid:{key}")
        else:
            numbers[key] = number
    return KnownFacts(numbers, tuple(reasons))
