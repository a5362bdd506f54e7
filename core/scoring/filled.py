"""A filled score sheet, and whether its marks may count. The same check guards sealing and scoring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.scoring.exact import MICRO, parse_typed, round_to
from core.scoring.movement import Criterion, Rounding
from core.scoring.rules import Judged, Rules


@dataclass(frozen=True, slots=True)
class Mark:
    """What one sheet says about one criterion: points as typed (`"8.5"`), the id of a level, a remark."""

    points: str | Decimal | int | None = None
    level: str | None = None
    comment: str | None = None

    @property
    def has_points(self) -> bool:
        """Whether anything was typed; an empty box is nothing."""
        return self.points is not None and self.points != ""

    @property
    def has_level(self) -> bool:
        """Whether a level was picked."""
        return self.level is not None and self.level != ""

    @property
    def has_comment(self) -> bool:
        """Whether the remark says something; blanks do not."""
        return bool(self.comment and self.comment.strip())


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """A sheet as one person filled it, for one column."""

    id: str
    column: str
    marks: Mapping[str, Mark] = field(default_factory=dict)

    @classmethod
    def from_mapping(cls, raw: Mapping[str, Any]) -> FilledSheet:
        """Make a sheet of `{id, column, marks: {criterion: {points, level, comment}}}`."""
        marks = {
            code: Mark(**{key: (mark or {}).get(key) for key in ("points", "level", "comment")})
            for code, mark in raw.get("marks", {}).items()
        }
        return cls(id=raw["id"], column=raw["column"], marks=marks)


@dataclass(frozen=True, slots=True)
class CheckedSheet:
    """The problems of a filled sheet, and the marks that were sound, in millionths of a point."""

    sheet: FilledSheet
    problems: tuple[str, ...]
    marks: Mapping[str, int]


def check_sheet(rules: Rules, sheet: FilledSheet) -> tuple[str, ...]:
    """Return what keeps a sheet from counting, as `code:criterion` in document order; nothing means that it counts."""
    return read_sheet(rules, sheet).problems


def read_sheet(rules: Rules, sheet: FilledSheet) -> CheckedSheet:
    """Check a filled sheet and read its marks. Source: the movement format, format 1, §4 step 3."""
    if sheet.column not in rules.columns:
        return CheckedSheet(sheet, ("column_unknown",), {})
    problems: list[str] = []
    marks: dict[str, int] = {}
    filled = rules.filled_by(sheet.column)
    for criterion in filled:
        mark = sheet.marks.get(criterion.id, Mark())
        if criterion.kind == "remark":
            problems += _check_remark(criterion, mark)
            continue
        outcome = _read_mark(rules, rules.judged[criterion.id], mark)
        if isinstance(outcome, str):
            problems.append(f"{outcome}:{criterion.id}")
        else:
            marks[criterion.id] = outcome
    problems += [f"mark_unknown:{code}" for code in sorted(set(sheet.marks) - {c.id for c in filled})]
    return CheckedSheet(sheet, tuple(problems), marks)


def _check_remark(criterion: Criterion, mark: Mark) -> list[str]:
    problems = []
    if mark.has_points or mark.has_level:
        problems.append(f"mark_unknown:{criterion.id}")
    if criterion.comment == "always" and not mark.has_comment:
        problems.append(f"comment_missing:{criterion.id}")
    return problems


def _read_mark(rules: Rules, judged: Judged, mark: Mark) -> int | str:
    """Return a sound mark in millionths of a point, or the code of the first thing wrong with it."""
    typed: object = mark.points
    lowest, highest, outside = judged.lowest, judged.highest, "mark_out_of_range"
    if judged.levels:
        if not mark.has_level:
            return "level_missing" if mark.has_points else "mark_missing"
        level = judged.levels.get(str(mark.level))
        if level is None:
            return "level_unknown"
        if not mark.has_points:
            typed = level.points
        lowest, highest, outside = level.lowest, level.highest, "points_outside_level"
    elif mark.has_level:
        return "level_unknown"
    if typed is None or typed == "":
        return "mark_missing"
    number = parse_typed(typed)
    if number is None:
        return "mark_not_number"
    # The range is tested on the number as typed: 50.4 of 50 is too much, although it would round to 50.
    if not lowest <= number <= highest:
        return outside
    points = _in_micro(number, rules.sheet.rounding.mark)
    # A mark with more than six decimals is no multiple of any step, because no step has more.
    if points is None or points % judged.step:
        return "mark_off_step"
    if _needs_comment(judged, points) and not mark.has_comment:
        return "comment_missing"
    return points


def _in_micro(number: Decimal, rounding: Rounding | None) -> int | None:
    """Return a mark in millionths of a point, rounded if the sheet says so; None where that is not whole."""
    if rounding is not None:
        return int(round_to(Fraction(number), rounding.to, rounding.mode) * MICRO)
    numerator, denominator = number.as_integer_ratio()
    micro, rest = divmod(numerator * MICRO, denominator)
    return None if rest else micro


def _needs_comment(judged: Judged, points: int) -> bool:
    if judged.criterion.comment == "extremes":
        return points in judged.extremes
    return judged.criterion.comment == "always"
