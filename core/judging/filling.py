"""A score sheet as the scoring page shows it: criteria with what is in their boxes, the running total, neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.accounts.rules import Actor
from core.entries.models import Entry
from core.judging import queries, words
from core.judging.forms import Typed, typed_sheet
from core.judging.inputs import effective_points, highest_total, rules_for, sheet_total
from core.judging.models import Judge, Scoresheet
from core.judging.queries import QueueItem
from core.scoring.movement import Criterion
from core.scoring.rules import Rules
from core.seasons.models import Stage
from core.vietnamese.numbers import format_number


@dataclass(frozen=True, slots=True)
class Filling:
    """One person filling one sheet: the entry, stage and column, the seat of a judge, the sheet once it exists."""

    entry: Entry
    stage: Stage
    by: str
    column: str
    rules: Rules
    judge: Judge | None = None
    sheet: Scoresheet | None = None

    @property
    def revision(self) -> int:
        """The sheet's revision; 0 before it exists."""
        return self.sheet.revision if self.sheet is not None else 0

    @property
    def label(self) -> str:
        """The code by which the filler knows the entry."""
        return queries.label_for(self.entry, is_open=self.judge is None or self.stage.blind == "open")


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the sheet: the heading of a group, a criterion with boxes, or a remark alone."""

    kind: str
    criterion: Criterion
    number: str = ""
    macro: dict[str, Any] = field(default_factory=dict)
    comment: str = ""
    error: str = ""


def stored_values(sheet: Scoresheet | None) -> dict[str, str]:
    """Return a stored sheet as the boxes of its page hold it."""
    if sheet is None:
        return {}
    values = {"remark": sheet.remark}
    for mark in sheet.marks:
        values[f"points-{mark.criterion}"] = "" if mark.points is None else format_number(mark.points)
        values[f"level-{mark.criterion}"] = mark.level or ""
        values[f"comment-{mark.criterion}"] = mark.comment
    return values


def blocks(
    rules: Rules, column: str, values: Mapping[str, str], errors: Mapping[str, str], *, readonly: bool
) -> list[Block]:
    """Return the sheet in document order; groups stand before their criteria, computed criteria are left out."""
    filled = {criterion.id for criterion in rules.filled_by(column)}
    shown: list[Block] = []
    number = 0
    for criterion in rules.criteria:
        if criterion.kind == "group" and any(child.id in filled for child in criterion.walk()):
            shown.append(Block("group", criterion))
        if criterion.id not in filled:
            continue
        comment = values.get(f"comment-{criterion.id}", "")
        error = errors.get(criterion.id, "")
        if criterion.kind == "remark":
            shown.append(Block("remark", criterion, comment=comment, error=error))
            continue
        number += 1
        macro = _macro(rules, criterion, values, readonly=readonly)
        shown.append(Block("criterion", criterion, str(number), macro | {"error": error or None}, comment, error))
    return shown


def _macro(rules: Rules, criterion: Criterion, values: Mapping[str, str], *, readonly: bool) -> dict[str, Any]:
    points = values.get(f"points-{criterion.id}", "")
    level = values.get(f"level-{criterion.id}", "")
    if not points:
        shown = effective_points(criterion, None, level)
        points = "" if shown is None else format_number(shown)
    return {
        "id": criterion.id,
        "title": criterion.title,
        "max": format_number(criterion.highest),
        "levels": [
            {
                "value": one.id,
                "title": one.title,
                "low": format_number(one.lowest),
                "high": format_number(one.highest),
                "description": one.guidance,
            }
            for one in criterion.levels or ()
        ],
        "level_value": level or None,
        "points_value": points,
        "hint": criterion.guidance or None,
        "step": format_number(criterion.step or rules.sheet.step),
        "readonly": readonly,
    }


def running_total(rules: Rules, column: str, values: Mapping[str, str]) -> str:
    """Return «Tổng 24/100 · còn 2 tiêu chí» for what is in the boxes."""
    typed = typed_sheet(values, rules, column)
    points = [
        effective_points(criterion, typed.marks[criterion.id].points, typed.marks[criterion.id].level)
        for criterion in rules.filled_by(column)
        if criterion.is_judged
    ]
    total = sum((one for one in points if one is not None), Decimal(0))
    return words.total_text(total, highest_total(rules, column), points.count(None))


def errors_of(typed: Typed, problems: tuple[str, ...], rules: Rules) -> dict[str, str]:
    """Return one sentence for each criterion that keeps the sheet from being finished, by its id."""
    errors = {code: words.unread_points(rules.by_code[code]) for code in typed.unread}
    for problem in problems:
        kind, _colon, code = problem.partition(":")
        criterion = rules.by_code.get(code)
        if criterion is not None and code not in errors:
            errors[code] = words.problem_text(kind, criterion, typed.marks[code], rules)
    return errors


def own_totals(actor: Actor, filling: Filling) -> list[tuple[str, bool]]:
    """Return the totals of this judge's own finished sheets of the same kind, highest first, and which is this one."""
    totals = []
    for sheet in queries.done_sheets(actor, filling.stage, filling.rules.sheet.id):
        rules = rules_for(sheet.entry, filling.stage.slug)
        is_this = filling.sheet is not None and sheet.id == filling.sheet.id
        totals.append((sheet_total(sheet, rules), is_this))
    return [(format_number(total), is_this) for total, is_this in sorted(totals, reverse=True)]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where an entry stands in the judge's queue: its place from 1, the whole, the entries before and after."""

    place: int
    total: int
    before: QueueItem | None
    after: QueueItem | None


def neighbours(queue: list[QueueItem], entry: Entry) -> Neighbours:
    """Return the place of an entry in a queue."""
    places = [item.entry.id for item in queue]
    here = places.index(entry.id) if entry.id in places else 0
    before = queue[here - 1] if here > 0 else None
    after = queue[here + 1] if here + 1 < len(queue) else None
    return Neighbours(here + 1, len(queue), before, after)


def next_to_do(queue: list[QueueItem], entry: Entry | None = None) -> QueueItem | None:
    """Return the next item that is not done: after `entry` first, then from the start; None when all are done."""
    ids = [item.entry.id for item in queue]
    start = ids.index(entry.id) + 1 if entry is not None and entry.id in ids else 0
    here = entry.id if entry is not None else None
    return next(
        (one for one in queue[start:] + queue[:start] if one.status in {"new", "open"} and one.entry.id != here), None
    )
