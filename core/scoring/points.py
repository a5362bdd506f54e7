"""From valid sheets and known facts to the exact points of every criterion and to the total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.scoring.exact import MICRO, round_to
from core.scoring.movement import Column, Criterion, Value
from core.scoring.rules import Rules, share_key

# The marks of the valid sheets of each column, in millionths of a point.
MarksByColumn = Mapping[str, Sequence[Mapping[str, int]]]


@dataclass(frozen=True, slots=True)
class Points:
    """Exact values of scored criteria in document order, the rounded total, and where a floor or a clip held."""

    values: Mapping[str, Fraction]
    total: Fraction
    notes: tuple[str, ...]


def combine(column: Column, sheets: Sequence[Mapping[str, int]], codes: Sequence[str]) -> dict[str, Fraction]:
    """Make one value per criterion of all valid sheets of a column (at least one).

    :param codes: what the column fills, in document order.
    """
    count = len(sheets)
    drop = {"median": count, "trimmed_mean": column.drop}.get(column.method, 0)
    # A median leaves the one or two in the middle; a single sheet, looked at alone, is never dropped.
    drop = min(drop, (count - 1) // 2)
    divisor = MICRO if column.method == "sum" else MICRO * (count - 2 * drop)
    if column.over == "sheet":
        ordered = sorted(sheets, key=lambda marks: (sum(marks.values()), [marks[code] for code in codes]))
        kept = ordered[drop : count - drop]
        return {code: Fraction(sum(marks[code] for marks in kept), divisor) for code in codes}
    by_code = {code: sorted(marks[code] for marks in sheets) for code in codes}
    return {code: Fraction(sum(marks[drop : count - drop]), divisor) for code, marks in by_code.items()}


def short_columns(rules: Rules, marks: MarksByColumn, official: str) -> list[str]:
    """Return the needed columns that have too few valid sheets, in document order."""
    return [
        column
        for column in rules.needed_columns(official)
        if len(marks.get(column, ())) < rules.columns[column].sheets_needed
    ]


def count_points(rules: Rules, marks: MarksByColumn, official: str, facts: Mapping[str, Fraction]) -> Points:
    """Compute criteria, groups and total, with `official` as the column that decides.

    Every needed column has at least one sheet, and every used fact is known.
    """
    combined = {
        column: combine(rules.columns[column], marks[column], [c.id for c in rules.filled_by(column) if c.is_judged])
        for column in rules.needed_columns(official)
    }
    values: dict[str, Fraction] = {}
    notes: dict[str, str] = {}

    def settle(criterion: Criterion) -> Fraction:
        if criterion.criteria is not None:
            points = _group(criterion, [settle(child) for child in criterion.criteria if child.scored], notes)
        elif criterion.value is not None:
            points = _value(criterion, criterion.value, facts)
        else:
            points = combined[criterion.column or official][criterion.id]
            points = _deduct(criterion, points, facts, notes)
            rounding = rules.sheet.rounding.criterion
            points = points if rounding is None else round_to(points, rounding.to, rounding.mode)
        values[criterion.id] = points
        return points

    total = sum((settle(top) for top in rules.sheet.criteria if top.scored), Fraction(0))
    rounding = rules.sheet.rounding.total
    in_order = [criterion.id for criterion in rules.criteria if criterion.id in values]
    return Points(
        values={code: values[code] for code in in_order},
        total=round_to(total, rounding.to, rounding.mode),
        notes=tuple(notes[code] for code in in_order if code in notes),
    )


def _deduct(criterion: Criterion, points: Fraction, facts: Mapping[str, Fraction], notes: dict[str, str]) -> Fraction:
    """Take deductions off, never below the floor; a mark that was already under the floor stays where it was."""
    if not criterion.deductions:
        return points
    taken = sum((Fraction(d.points) * facts[d.fact] for d in criterion.deductions), Fraction(0))
    floor = criterion.lowest if criterion.floor is None else criterion.floor
    least = min(points, Fraction(floor))
    if points - taken < least:
        notes[criterion.id] = f"floored:{criterion.id}"
        return least
    return points - taken


def _value(criterion: Criterion, value: Value, facts: Mapping[str, Fraction]) -> Fraction:
    """Turn a fact into points: rate, share or steps, then into [min, max], then rounded."""
    number = facts[value.fact]
    lowest, highest = Fraction(criterion.lowest), Fraction(criterion.highest)
    if value.rate is not None:
        points = Fraction(value.base or 0) + Fraction(value.rate) * number
    elif value.share_of is not None:
        divisor = facts[share_key(value.fact, value.share_of)]
        points = highest * number / divisor if divisor else Fraction(0)
    else:
        reached = [step.points for step in value.steps or () if Fraction(step.from_) <= number]
        points = Fraction(reached[-1]) if reached else lowest
    points = min(max(points, lowest), highest)
    return points if value.round is None else round_to(points, value.round.to, value.round.mode)


def _group(criterion: Criterion, children: Sequence[Fraction], notes: dict[str, str]) -> Fraction:
    points = sum(children, Fraction(0))
    if criterion.clip and points > Fraction(criterion.highest):
        notes[criterion.id] = f"clipped:{criterion.id}"
        return Fraction(criterion.highest)
    return points
