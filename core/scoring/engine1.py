"""Engine 1: the score of one entry, a pure function of frozen rules, sealed sheets and facts.

Source: the movement format, format 1, §4. The numbers in the comments are its steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from core.scoring.exact import MICRO, written
from core.scoring.facts import read_facts
from core.scoring.filled import CheckedSheet, FilledSheet, read_sheet
from core.scoring.gates import apply_caps, band_of, fire_fact_gates, fire_gates
from core.scoring.points import MarksByColumn, Points, count_points, short_columns
from core.scoring.result import FiredGate, Score, SheetResult, Status
from core.scoring.rules import Rules

ENGINE = "1"


def score(rules: Rules, sheets: Iterable[FilledSheet | Mapping[str, Any]], facts: Mapping[str, object]) -> Score:
    """Score one entry.

    :param sheets: sealed sheets only, one per judge and column, in any order; values or plain mappings.
    :param facts: by id, and `<id>.max` for the greatest value among the season's entries. Numbers are Decimal, int or
        typed strings, yes and no are bools, a choice is its id; absent or None means unknown.
    """
    known = read_facts(rules, facts)  # 1
    fact_gates = fire_fact_gates(rules, known.numbers)  # 2
    checked = sorted((read_sheet(rules, _as_sheet(sheet)) for sheet in sheets), key=lambda each: each.sheet.id)  # 3
    marks = _valid_marks(rules, checked)
    totals: dict[str, Points | None] = {}
    for column in rules.columns:  # 4 to 8
        enough = not known.reasons and not short_columns(rules, marks, column)
        totals[column] = count_points(rules, marks, column, known.numbers) if enough else None
    points = totals[rules.official]
    gates = fact_gates if points is None else fire_gates(rules, points, known.numbers)  # 10
    band = None if points is None else band_of(rules.sheet, points.total)  # 9
    band, caps = apply_caps(rules.sheet, band, gates)  # 11
    doubts = [] if points is None else _third_judge(rules, marks, known.numbers)  # 12
    status = _status(points, fact_gates, gates, doubts)  # 13
    return Score(
        status=status,
        total=_points_written(points),
        by_criterion={} if points is None else {code: written(value) for code, value in points.values.items()},
        columns={column: _points_written(each) for column, each in totals.items()},
        band=None if status in {"disqualified", "failed"} else band,
        gates=gates,
        sheets={each.sheet.id: _sheet_result(each) for each in checked},
        reasons=(
            *known.reasons,
            *(f"sheet_invalid:{each.sheet.id}" for each in checked if each.problems),
            *(f"too_few_sheets:{column}" for column in short_columns(rules, marks, rules.official)),
            *(() if points is None else points.notes),
            *(f"{gate.effect}:{gate.id}" for gate in gates),
            *(f"capped:{cap}" for cap in caps),
            *doubts,
            *_column_gaps(rules, totals),
        ),
    )


def _as_sheet(sheet: FilledSheet | Mapping[str, Any]) -> FilledSheet:
    return sheet if isinstance(sheet, FilledSheet) else FilledSheet.from_mapping(sheet)


def _valid_marks(rules: Rules, checked: Sequence[CheckedSheet]) -> dict[str, list[Mapping[str, int]]]:
    """Return the marks of the sheets that count, by column."""
    marks: dict[str, list[Mapping[str, int]]] = {column: [] for column in rules.columns}
    for each in checked:
        if not each.problems:
            marks[each.sheet.column].append(each.marks)
    return marks


def _sheet_result(checked: CheckedSheet) -> SheetResult:
    if checked.problems:
        return SheetResult(valid=False, total=None, problems=checked.problems)
    return SheetResult(valid=True, total=written(Fraction(sum(checked.marks.values()), MICRO)), problems=())


def _points_written(points: Points | None) -> Any:
    return None if points is None else written(points.total)


def _third_judge(rules: Rules, marks: MarksByColumn, facts: Mapping[str, Fraction]) -> list[str]:
    """Return why another judge must score: what each official sheet alone would give differs too much."""
    disparity = rules.sheet.disparity
    official = marks[rules.official]
    if not 2 <= len(official) < disparity.resolve_at or (not disparity.classes and disparity.spread is None):
        return []
    alone = [count_points(rules, {**marks, rules.official: [each]}, rules.official, facts).total for each in official]
    doubts = []
    if disparity.classes and len({band_of(rules.sheet, total) for total in alone}) > 1:
        doubts.append("third_judge:classes")
    if disparity.spread is not None and max(alone) - min(alone) > Fraction(disparity.spread):
        doubts.append("third_judge:spread")
    return doubts


def _column_gaps(rules: Rules, totals: Mapping[str, Points | None]) -> list[str]:
    """Return the columns whose total lies too far from the official one; a note for the reader."""
    gap, points = rules.sheet.disparity.column_gap, totals[rules.official]
    if gap is None or points is None:
        return []
    return [
        f"column_gap:{column}"
        for column, other in totals.items()
        if other is not None and abs(other.total - points.total) > Fraction(gap)
    ]


def _status(
    points: Points | None, fact_gates: Sequence[FiredGate], gates: Sequence[FiredGate], doubts: Sequence[str]
) -> Status:
    if any(gate.effect == "disqualify" for gate in fact_gates):
        return "disqualified"
    if points is None:
        return "unscored"
    if doubts:
        return "pending"
    effects = {gate.effect for gate in gates}
    if "disqualify" in effects:
        return "disqualified"
    return "failed" if "fail" in effects else "passed"
