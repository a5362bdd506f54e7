"""Bands, gates and caps: what a total and its parts mean for the entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from core.scoring.facts import as_number
from core.scoring.movement import Gate, Sheet
from core.scoring.points import Points
from core.scoring.result import FiredGate
from core.scoring.rules import Rules


def band_of(sheet: Sheet, total: Fraction) -> str | None:
    """Return the first band that the rounded total reaches, or None below all of them."""
    return next((band.id for band in sheet.bands if total >= Fraction(band.min)), None)


def fire_fact_gates(rules: Rules, facts: Mapping[str, Fraction]) -> tuple[FiredGate, ...]:
    """Return the fact gates that fire on the facts that are known."""
    return tuple(FiredGate(gate.id, gate.effect) for gate in rules.sheet.gates if _fact_fires(rules, gate, facts))


def fire_gates(rules: Rules, points: Points, facts: Mapping[str, Fraction]) -> tuple[FiredGate, ...]:
    """Return every gate that fires: those of `min_pass` in document order, then the declared ones."""
    below_min = [
        FiredGate(f"min.{criterion.id}", criterion.below_min)
        for criterion in rules.criteria
        if criterion.min_pass is not None and points.values[criterion.id] < Fraction(criterion.min_pass)
    ]
    declared = [
        FiredGate(gate.id, gate.effect)
        for gate in rules.sheet.gates
        if _fact_fires(rules, gate, facts) or _points_fire(rules, gate, points)
    ]
    return (*below_min, *declared)


def apply_caps(sheet: Sheet, band: str | None, fired: Sequence[FiredGate]) -> tuple[str | None, tuple[str, ...]]:
    """Lower the band by the caps that fired, in order; a cap never raises and never gives a band.

    :return: the band, and each band that a cap brought it down to.
    """
    rank = {each.id: place for place, each in enumerate(sheet.bands)}
    caps = {gate.id: gate.band for gate in sheet.gates}
    reached: list[str] = []
    for gate in fired:
        cap = caps.get(gate.id)
        if gate.effect == "cap" and cap is not None and band is not None and rank[band] < rank[cap]:
            band = cap
            reached.append(cap)
    return band, tuple(reached)


def _fact_fires(rules: Rules, gate: Gate, facts: Mapping[str, Fraction]) -> bool:
    if gate.fact is None or gate.fact not in facts:
        return False
    fact, number = rules.facts[gate.fact], facts[gate.fact]
    if gate.is_ is not None:
        return number == as_number(fact, gate.is_)
    if gate.at_least is not None:
        return number >= _limit(rules, gate, gate.at_least)
    return gate.below is not None and number < _limit(rules, gate, gate.below)


def _limit(rules: Rules, gate: Gate, value: object) -> Fraction:
    """Return the number that a fact is compared with; a count may be compared with one that is not whole."""
    number = as_number(rules.facts[gate.fact or ""], value)
    return Fraction(str(value)) if number is None else number


def _points_fire(rules: Rules, gate: Gate, points: Points) -> bool:
    if gate.total_below is not None:
        return points.total < Fraction(gate.total_below)
    codes = gate.criteria or ()
    if gate.points_below is not None:
        return any(points.values[code] < Fraction(gate.points_below) for code in codes)
    if gate.fraction_below is None:
        return False
    return any(points.values[code] < gate.fraction_below * Fraction(rules.by_code[code].highest) for code in codes)
