"""The second step of reading, for the criteria of one sheet: one kind each, sums, ranges and steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from core.scoring.checks import check_filled, check_positive, check_unique
from core.scoring.exact import is_multiple, plain
from core.scoring.misuse import Log
from core.scoring.movement import Criterion, Fact, Level, Sheet, Value

# Keys that only some kinds of criterion have. A key at its default says nothing and is let through.
_KINDS_OF_KEY: dict[str, frozenset[str]] = {
    "min": frozenset({"points", "value"}),
    "step": frozenset({"points", "levels"}),
    "clip": frozenset({"group"}),
    "column": frozenset({"points", "levels", "remark"}),
    "comment": frozenset({"points", "levels", "remark"}),
    "min_pass": frozenset({"points", "levels", "value", "group"}),
    "deductions": frozenset({"points", "levels"}),
}
_UNSAID: dict[str, tuple[object, ...]] = {"clip": (False,), "comment": ("optional",), "deductions": ((),)}


def check_criteria(log: Log, place: str, sheet: Sheet, facts: Sequence[Fact]) -> None:
    """Note everything that is wrong with the criteria of a sheet, in document order."""
    checker = _Criteria(log, sheet, facts)
    for number, criterion in enumerate(sheet.criteria):
        checker.check(criterion, f"{place}.criteria[{number}]", top=True)
    checker.check_codes(sheet.criteria, f"{place}.criteria")
    if not any(criterion.kind in {"points", "levels", "value"} for criterion in sheet.walk()):
        log.add("no_scored", f"{place}.criteria")
    if sheet.scale != "open":
        total = _sum_of_highest(criterion for criterion in sheet.criteria if not criterion.outside)
        if total is not None and total != sheet.scale:
            log.add("sum_mismatch", f"{place}.criteria", value=plain(total), known=plain(sheet.scale))


def has_clear_kind(criterion: Criterion) -> bool:
    """Say whether exactly one of max, levels, value, criteria or `scored = false` says what the criterion is."""
    said = [criterion.levels is not None, criterion.value is not None, criterion.criteria is not None,
            not criterion.scored]  # fmt: skip
    if sum(said) == 0:
        return criterion.max is not None
    takes_max = criterion.value is not None or criterion.criteria is not None
    return sum(said) == 1 and (criterion.max is None or takes_max)


def _sum_of_highest(criteria: Iterable[Criterion]) -> Decimal | None:
    """Return Σ max of the scored ones; None while one of them does not say its max."""
    total = Decimal(0)
    for criterion in criteria:
        if not all(_says_max(part) for part in criterion.walk()):
            return None
        if criterion.scored:
            total += criterion.highest
    return total


def _says_max(criterion: Criterion) -> bool:
    """Say whether the max of a criterion is known, so that a sum over it means something."""
    if not has_clear_kind(criterion) or (criterion.kind == "value" and criterion.max is None):
        return False
    if criterion.levels == () or criterion.criteria == ():
        return False
    return all(is_sound(level) for level in criterion.levels or ())


def is_sound(level: Level) -> bool:
    """Say whether a level has points, or a range from a lower to a higher number, and not both."""
    if level.points is not None:
        return level.from_ is None and level.to is None
    return level.from_ is not None and level.to is not None and level.from_ <= level.to


class _Criteria:
    """Walks the criteria of one sheet with what they refer to at hand."""

    def __init__(self, log: Log, sheet: Sheet, facts: Sequence[Fact]) -> None:
        self.log = log
        self.sheet = sheet
        self.facts = {fact.id for fact in facts}
        self.columns = {column.id for column in sheet.columns}

    def check(self, criterion: Criterion, place: str, *, top: bool = False) -> None:
        if not has_clear_kind(criterion):
            self.log.add("kind_unclear", place)
        else:
            self._check_keys(criterion, place, top=top)
            if criterion.scored:
                self._check_range(criterion, place)
            self._check_levels(criterion, place)
            self._check_steps(criterion, place)
            if criterion.value is not None:
                self._check_value(criterion.value, f"{place}.value")
            self._check_group(criterion, place)
        if criterion.column is not None and criterion.column not in self.columns:
            self.log.add("unknown_ref", f"{place}.column", value=criterion.column)
        for number, deduction in enumerate(criterion.deductions):
            self._check_fact(deduction.fact, f"{place}.deductions[{number}].fact")
            check_positive(self.log, f"{place}.deductions[{number}].points", deduction.points)
        for number, child in enumerate(criterion.criteria or ()):
            self.check(child, f"{place}.criteria[{number}]")

    def check_codes(self, criteria: Iterable[Criterion], place: str, seen: set[str] | None = None) -> None:
        """Codes are unique in the whole sheet, because marks, gates and tie-breaks name a criterion by its code."""
        seen = set() if seen is None else seen
        for number, criterion in enumerate(criteria):
            if criterion.id in seen:
                self.log.add("duplicate_id", f"{place}[{number}].id", value=criterion.id)
            seen.add(criterion.id)
            self.check_codes(criterion.criteria or (), f"{place}[{number}].criteria", seen)

    def _check_fact(self, fact_id: str, place: str) -> None:
        if fact_id not in self.facts:
            self.log.add("unknown_ref", place, value=fact_id)

    def _check_keys(self, criterion: Criterion, place: str, *, top: bool) -> None:
        kind = criterion.kind
        for key, kinds in _KINDS_OF_KEY.items():
            given = getattr(criterion, key)
            if given is not None and given not in _UNSAID.get(key, ()) and kind not in kinds:
                self.log.add("key_not_here", place, key=key)
        if criterion.floor is not None and not criterion.deductions:
            self.log.add("key_not_here", place, key="floor")
        if criterion.below_min != "note" and criterion.min_pass is None:
            self.log.add("key_not_here", place, key="below_min")
        if criterion.outside and not top:
            self.log.add("key_not_here", place, key="outside")
        if kind == "remark" and criterion.comment not in {"optional", "always"}:
            self.log.add("key_not_here", place, key="comment")
        if kind == "value" and criterion.max is None:
            self.log.add("missing_key", place, key="max")

    def _check_range(self, criterion: Criterion, place: str) -> None:
        if criterion.kind in {"points", "value"} and criterion.max is not None and criterion.lowest >= criterion.max:
            self.log.add("range_order", place)
        elif criterion.min_pass is not None and not criterion.lowest <= criterion.min_pass <= criterion.highest:
            self.log.add("min_pass_range", f"{place}.min_pass")

    def _check_levels(self, criterion: Criterion, place: str) -> None:
        if criterion.levels is None:
            return
        check_filled(self.log, f"{place}.levels", criterion.levels)
        check_unique(self.log, f"{place}.levels", criterion.levels)
        for number, level in enumerate(criterion.levels):
            if not is_sound(level):
                self.log.add("level_range", f"{place}.levels[{number}]")

    def _check_steps(self, criterion: Criterion, place: str) -> None:
        """Every bound of a mark is a multiple of its step and of what marks are rounded to."""
        step = self.sheet.step if criterion.step is None else criterion.step
        if criterion.step is not None:
            check_positive(self.log, f"{place}.step", step)
        bounds = _bounds(criterion)
        mark = self.sheet.rounding.mark
        units = [step] if criterion.is_judged else []
        if criterion.is_judged and mark is not None:
            units.append(mark.to)
        if criterion.value is not None and criterion.value.round is not None:
            units.append(criterion.value.round.to)
        for at, bound in bounds:
            wrong = next((unit for unit in units if unit > 0 and not is_multiple(bound, unit)), None)
            if wrong is not None:
                self.log.add("off_step", f"{place}.{at}", value=plain(bound), known=plain(wrong))

    def _check_value(self, value: Value, place: str) -> None:
        self._check_fact(value.fact, f"{place}.fact")
        said = [value.rate is not None, value.share_of is not None, value.steps is not None]
        if sum(said) != 1 or value.steps == ():
            self.log.add("value_transform", place)
        if value.base is not None and value.rate is None and sum(said) == 1:
            self.log.add("key_not_here", place, key="base")
        if value.share_of is not None:
            if value.share_of != "max":
                self._check_fact(value.share_of, f"{place}.share_of")
            if value.round is None:
                self.log.add("share_round", place)
        starts = [step.from_ for step in value.steps or ()]
        if any(later <= earlier for earlier, later in pairwise(starts)):
            self.log.add("steps_order", f"{place}.steps")
        if value.round is not None:
            check_positive(self.log, f"{place}.round.to", value.round.to)

    def _check_group(self, criterion: Criterion, place: str) -> None:
        if criterion.criteria is None:
            return
        check_filled(self.log, f"{place}.criteria", criterion.criteria)
        total = _sum_of_highest(criterion.criteria) if criterion.criteria else None
        if total is None or criterion.max is None or criterion.max == total:
            return
        if not criterion.clip or criterion.max > total:
            self.log.add("sum_mismatch", f"{place}.max", value=plain(total), known=plain(criterion.max))


def _bounds(criterion: Criterion) -> list[tuple[str, Decimal]]:
    """Return each bound of a criterion with the key it stands in."""
    if criterion.kind in {"points", "value"}:
        pairs = [("min", criterion.min), ("max", criterion.max)]
    else:
        pairs = [
            (f"levels[{number}].{key}", bound)
            for number, level in enumerate(criterion.levels or ())
            for key, bound in (("points", level.points), ("from", level.from_), ("to", level.to))
        ]
    return [(key, bound) for key, bound in pairs if bound is not None]
