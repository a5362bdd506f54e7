"""Filled sheets and facts made by chance (always the same chance for the same seed), and the best ones there are."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from core.scoring.engine1 import score
from core.scoring.exact import plain
from core.scoring.movement import Fact, Movement, Sheet
from core.scoring.rules import Judged, Rules

REMARK = "Có nhận xét."
MARGIN = 3


def seeded(*words: str) -> random.Random:
    """Return a source of chance that is the same in every run."""
    return random.Random("/".join(words))  # noqa: S311  # Repeatable, not secret.


def step_of(judged: Judged) -> Decimal:
    """Return the step of a criterion's points."""
    return Decimal(judged.step) / 1_000_000


def mark(points: Decimal, level: str | None) -> dict[str, Any]:
    """Return a mark with a remark, as a sheet carries it."""
    made: dict[str, Any] = {"points": plain(points), "comment": REMARK}
    return made | ({"level": level} if level is not None else {})


def spans(judged: Judged) -> list[tuple[Decimal, Decimal, str | None]]:
    """Return where points may lie, as (lowest, highest, level), lowest first."""
    if not judged.levels:
        return [(judged.lowest, judged.highest, None)]
    return sorted((level.lowest, level.highest, id_) for id_, level in judged.levels.items())


def random_mark(judged: Judged, chance: random.Random) -> dict[str, Any]:
    """Return a mark within the rules."""
    low, high, level = chance.choice(spans(judged))
    return mark(low + step_of(judged) * chance.randint(0, int((high - low) / step_of(judged))), level)


def raised(judged: Judged, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the next higher mark that a person could give, None at the top."""
    points, step = Decimal(given["points"]), step_of(judged)
    for low, high, level in spans(judged):
        next_up = max(low, points + step)
        if points < next_up <= high:
            return mark(next_up, level)
    return None


def extreme_mark(judged: Judged, *, is_best: bool) -> dict[str, Any]:
    """Return the highest or the lowest mark."""
    if is_best:
        _low, high, level = max(spans(judged), key=lambda span: span[1])
        return mark(high, level)
    low, _high, level = spans(judged)[0]
    return mark(low, level)


def sheets_wanted(rules: Rules) -> int:
    """Return how many sheets in a column satisfy every rule and leave no third judge awaited."""
    fewest = max(column.sheets_needed for column in rules.sheet.columns)
    return max(MARGIN + 1, fewest, rules.sheet.disparity.resolve_at)


def sheet_of(rules: Rules, column: str, number: int, marks: Mapping[str, Any]) -> dict[str, Any]:
    """Return a filled sheet; criteria that only take remarks get one."""
    remarks = {c.id: {"comment": REMARK} for c in rules.filled_by(column) if c.kind == "remark"}
    return {"id": f"{column}-{number}", "column": column, "marks": {**remarks, **marks}}


def judged_in(rules: Rules, column: str) -> list[Judged]:
    """Return the criteria to which a column gives points."""
    return [rules.judged[c.id] for c in rules.filled_by(column) if c.id in rules.judged]


def random_sheets(rules: Rules, chance: random.Random) -> list[dict[str, Any]]:
    """Return sheets of every column, enough of them for any rule of the sheet."""
    return [
        sheet_of(rules, column, number, {j.criterion.id: random_mark(j, chance) for j in judged_in(rules, column)})
        for column in rules.columns
        for number in range(sheets_wanted(rules))
    ]


def extreme_sheets(rules: Rules, *, is_best: bool = True) -> list[dict[str, Any]]:
    """Return the best or the worst sheets that can be filled."""
    return [
        sheet_of(
            rules, column, number,
            {j.criterion.id: extreme_mark(j, is_best=is_best) for j in judged_in(rules, column)},
        )
        for column in rules.columns
        for number in range(sheets_wanted(rules))
    ]  # fmt: skip


def random_facts(movement: Movement, chance: random.Random) -> dict[str, Any]:
    """Return a value for every fact, and for counted ones the greatest of the season."""
    facts: dict[str, Any] = {}
    for fact in movement.facts:
        if fact.kind == "yesno":
            facts[fact.id] = chance.random() < 0.2
        elif fact.kind == "choice":
            facts[fact.id] = chance.choice(fact.choices).id
        else:
            facts[fact.id] = plain(fact.min + chance.randint(1, 5))
            facts[f"{fact.id}.max"] = plain(fact.min + 5)
    return facts


def best_facts(rules: Rules) -> dict[str, Any]:
    """Return facts with which the best sheets come as far as they can; a few rounds over each fact are enough."""
    tried = {fact.id: list(_values(fact, rules.sheet)) for fact in rules.facts.values()}
    chosen = {id_: values[0] for id_, values in tried.items()}
    sheets = extreme_sheets(rules)
    for _round in range(2):
        for id_, values in tried.items():
            found = [(_goodness(rules, sheets, {**chosen, id_: value}), -place) for place, value in enumerate(values)]
            chosen[id_] = values[-max(found)[1]]
    return chosen


def _values(fact: Fact, sheet: Sheet) -> Iterator[Any]:
    if fact.kind == "yesno":
        yield from (False, True)
    elif fact.kind == "choice":
        yield from (choice.id for choice in fact.choices)
    else:
        numbers = {fact.min, fact.min + 1, fact.min + 5}
        for gate in sheet.gates:
            if gate.fact == fact.id:
                numbers |= {n for n in (gate.at_least, gate.below) if isinstance(n, Decimal)}
        for criterion in sheet.walk():
            if criterion.value is not None and criterion.value.fact == fact.id:
                numbers |= {step.from_ for step in criterion.value.steps or ()}
        yield from (plain(number) for number in sorted(numbers) if number >= fact.min)


def _goodness(rules: Rules, sheets: list[dict[str, Any]], facts: Mapping[str, Any]) -> tuple[bool, int, Decimal]:
    found = score(rules, sheets, with_maxima(facts))
    bands = [band.id for band in rules.sheet.bands]
    place = len(bands) - bands.index(found.band) if found.band in bands else 0
    return found.status == "passed", place, found.total if found.total is not None else Decimal(-1)


def with_maxima(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts together with the season's greatest, as if this entry had it."""
    return {**facts, **{f"{id_}.max": value for id_, value in facts.items() if isinstance(value, str)}}


def best_score(rules: Rules) -> Decimal | None:
    """Return the highest total that an entry can reach, None where it cannot be said."""
    return score(rules, extreme_sheets(rules), with_maxima(best_facts(rules))).total


def falling(values: list[Decimal]) -> bool:
    """Whether thresholds listed from the top never rise."""
    return all(later <= earlier for earlier, later in pairwise(values))
