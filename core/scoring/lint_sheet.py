"""The remarks on one score sheet: levels that overlap or gape, and bands, conditions and prizes nobody reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from core.scoring.facts import as_number
from core.scoring.movement import Band, Criterion, Fact, Gate, Level, Movement, Sheet, Tier
from core.scoring.remarks import Remark, remark, shortened, source_mark, title_length
from core.vietnamese.numbers import format_number


def sheet_remarks(movement: Movement, sheet: Sheet, place: str) -> Iterator[Remark]:
    """Yield every remark on one sheet, in the order of the document."""
    yield from title_length("sheet", sheet.title, place)
    if sheet.source is None:
        yield remark("sheet_no_source", f"{place}.source", title=shortened(sheet.title))
    yield from source_mark(sheet.source, f"{place}.source")
    if movement.stages and all(sheet.id not in stage.sheets for stage in movement.stages):
        yield remark("sheet_unused", place, title=shortened(sheet.title))
    unverified = [criterion.title for criterion in sheet.walk() if criterion.mark == "UNVERIFIED"]
    if unverified:
        yield remark("marks_unverified", f"{place}.criteria", title=shortened(sheet.title), count=len(unverified),
                     titles="; ".join(unverified))  # fmt: skip
    yield from _criteria(sheet.criteria, sheet, place)
    reach = Reach(sheet)
    if isinstance(sheet.scale, Decimal) and reach.highest is not None and reach.highest > sheet.scale:
        points, limit = format_number(reach.highest), format_number(sheet.scale)
        yield remark("above_scale", f"{place}.criteria", title=shortened(sheet.title), points=points, limit=limit)
    for number, column in enumerate(sheet.columns):
        yield from title_length("column", column.title, f"{place}.columns[{number}]")
    yield from _bands(sheet, reach, place)
    yield from _gates(movement, sheet, reach, place)
    yield from _disparity(movement, sheet, place)
    yield from _ranking(movement, sheet, place)
    yield from _tiers(sheet, reach, place)


# --- Criteria -----------------------------------------------------------------------------------------------------


def _criteria(criteria: Iterable[Criterion], sheet: Sheet, place: str) -> Iterator[Remark]:
    for number, criterion in enumerate(criteria):
        at = f"{place}.criteria[{number}]"
        yield from title_length("criterion", criterion.title, at)
        yield from _guidance(criterion, at)
        yield from _levels(criterion, criterion.step or sheet.step, at)
        yield from _bounds(criterion, at)
        yield from _criteria(criterion.criteria or (), sheet, at)


def _guidance(criterion: Criterion, place: str) -> Iterator[Remark]:
    if not criterion.is_judged:
        return
    levels = criterion.levels or ()
    if not levels and not criterion.guidance.strip():
        yield remark("criterion_no_guidance", f"{place}.guidance", title=shortened(criterion.title))
    bare = sum(not level.guidance.strip() for level in levels)
    if bare and not criterion.guidance.strip():
        yield remark("levels_no_guidance", f"{place}.levels", title=shortened(criterion.title), count=bare)


def _levels(criterion: Criterion, step: Decimal, place: str) -> Iterator[Remark]:
    """Compare neighbours from the lowest level up; between two fixed levels nothing can be typed, so nothing gapes."""
    numbered = sorted(enumerate(criterion.levels or ()), key=lambda each: (each[1].lowest, each[1].highest))
    top: Level | None = None
    for number, level in numbered:
        at = f"{place}.levels[{number}]"
        yield from title_length("level", level.title, at)
        if top is not None:
            names = {"title": shortened(criterion.title), "upper": level.title, "lower": top.title}
            if level.lowest <= top.highest:
                both = min(level.highest, top.highest)
                yield remark("levels_overlap", at, points=_span(level.lowest, both), **names)
            elif level.lowest > top.highest + step and (level.points is None or top.points is None):
                yield remark("levels_gap", at, points=_span(top.highest + step, level.lowest - step), **names)
        if top is None or level.highest > top.highest:
            top = level


def _span(low: Decimal, high: Decimal) -> str:
    return format_number(low) if low == high else f"{format_number(low)}–{format_number(high)}"


def _bounds(criterion: Criterion, place: str) -> Iterator[Remark]:
    title = shortened(criterion.title)
    if criterion.clip and criterion.criteria is not None and criterion.max is not None:
        total = sum((child.highest for child in criterion.criteria if child.scored), Decimal(0))
        if total > criterion.max:
            yield remark(
                "group_clipped",
                f"{place}.max",
                title=title,
                points=format_number(total),
                limit=format_number(criterion.max),
            )
    if criterion.value is not None and criterion.value.steps:
        best = max(step.points for step in criterion.value.steps)
        if best < criterion.highest:
            yield remark("value_below_max", f"{place}.value.steps", title=title, points=format_number(best),
                         limit=format_number(criterion.highest))  # fmt: skip
    if criterion.min_pass is None:
        return
    values = {"title": title, "points": format_number(criterion.min_pass), "limit": format_number(criterion.highest)}
    if criterion.min_pass > criterion.highest:
        yield remark("min_pass_always", f"{place}.min_pass", **values)
    elif criterion.min_pass <= lowest_of(criterion):
        yield remark("min_pass_never", f"{place}.min_pass", **values)
    elif criterion.min_pass == criterion.highest:
        yield remark("min_pass_full", f"{place}.min_pass", **values)


def lowest_of(criterion: Criterion) -> Decimal:
    """Return the fewest points that a criterion ends with, deductions taken off."""
    if criterion.criteria is not None:
        return sum((lowest_of(child) for child in criterion.criteria if child.scored), Decimal(0))
    if criterion.deductions and criterion.floor is not None:
        return min(criterion.lowest, criterion.floor)
    return criterion.lowest


# --- What can be reached ------------------------------------------------------------------------------------------


class Reach:
    """The totals that a sheet can give; `highest` None where sheets are added up without an end."""

    def __init__(self, sheet: Sheet) -> None:
        scored = [top for top in sheet.criteria if top.scored]
        self.lowest = sum((lowest_of(top) for top in scored), Decimal(0))
        adds_up = any(column.method == "sum" for column in sheet.columns)
        self.highest = None if adds_up else sum((top.highest for top in scored), Decimal(0))
        failing = [gate.total_below for gate in sheet.gates if gate.effect in {"fail", "disqualify"}]
        # Below this an entry has neither band nor prize.
        self.passing = max((points for points in failing if points is not None), default=self.lowest)
        self.capped = frozenset(gate.band for gate in sheet.gates if gate.effect == "cap" and gate.band)
        self.bands = frozenset(band.id for number, band in enumerate(sheet.bands) if self._gives(sheet, number, band))

    def _gives(self, sheet: Sheet, number: int, band: Band) -> bool:
        """Say whether some total, or a cap, ends in the band."""
        if band.id in self.capped:
            return True
        ceiling = sheet.bands[number - 1].min if number else None
        if self.highest is not None and band.min > self.highest:
            return False
        return ceiling is None or ceiling > max(self.lowest, self.passing)


def _bands(sheet: Sheet, reach: Reach, place: str) -> Iterator[Remark]:
    for number, band in enumerate(sheet.bands):
        at = f"{place}.bands[{number}]"
        yield from title_length("band", band.title, at)
        if band.id in reach.bands:
            continue
        if reach.highest is not None and band.min > reach.highest:
            yield remark("band_unreachable", f"{at}.min", title=band.title, points=format_number(band.min),
                         limit=format_number(reach.highest))  # fmt: skip
        elif sheet.bands[number - 1].min <= reach.lowest:
            yield remark("band_shadowed", at, title=band.title, points=format_number(reach.lowest))
        else:
            yield remark("band_failed", at, title=band.title, points=format_number(reach.passing))
    if sheet.bands and sheet.bands[-1].min > max(reach.lowest, reach.passing):
        yield remark(
            "below_bands", f"{place}.bands", title=shortened(sheet.title), points=format_number(sheet.bands[-1].min)
        )


def _gates(movement: Movement, sheet: Sheet, reach: Reach, place: str) -> Iterator[Remark]:
    facts = {fact.id: fact for fact in movement.facts}
    by_code = {criterion.id: criterion for criterion in sheet.walk()}
    for number, gate in enumerate(sheet.gates):
        at = f"{place}.gates[{number}]"
        if gate.fact is not None:
            outcome = _fact_outcome(gate, facts[gate.fact])
        elif gate.total_below is not None:
            outcome = _outcome(gate.total_below, reach.lowest, reach.highest)
        else:
            outcome = _points_outcome(gate, [by_code[code] for code in gate.criteria or ()])
        if outcome is not None:
            yield remark(f"gate_{outcome}", at, title=shortened(gate.text))
        elif gate.effect == "cap" and sheet.bands and gate.band == sheet.bands[0].id:
            yield remark("cap_no_effect", f"{at}.band", title=shortened(gate.text))


def _outcome(limit: Decimal | Fraction, lowest: Decimal, highest: Decimal | None) -> str | None:
    """Return whether a value from lowest to highest is `never` or `always` below the limit; None where both happen."""
    if limit <= lowest:
        return "never"
    return "always" if highest is not None and limit > highest else None


def _points_outcome(gate: Gate, criteria: list[Criterion]) -> str | None:
    """One criterion below its limit is enough to fire."""
    found = []
    for criterion in criteria:
        limit: Decimal | Fraction = gate.points_below if gate.points_below is not None else Decimal(0)
        if gate.fraction_below is not None:
            limit = gate.fraction_below * Fraction(criterion.highest)
        found.append(_outcome(limit, lowest_of(criterion), criterion.highest))
    if found and all(each == "never" for each in found):
        return "never"
    return "always" if "always" in found else None


def _fact_outcome(gate: Gate, fact: Fact) -> str | None:
    """Counts and numbers begin at `min` and have no end; the other kinds are tried value by value."""
    if fact.kind in {"count", "number"}:
        if isinstance(gate.at_least, Decimal) and gate.at_least <= fact.min:
            return "always"
        limits = [each for each in (gate.below, gate.is_) if isinstance(each, Decimal)]
        is_under = any(each < fact.min or (each == fact.min and gate.below is not None) for each in limits)
        return "never" if is_under else None
    values: tuple[object, ...] = (False, True) if fact.kind == "yesno" else tuple(each.id for each in fact.choices)
    fires = [_fires(gate, fact, value) for value in values]
    if all(fires):
        return "always"
    return None if any(fires) else "never"


def _fires(gate: Gate, fact: Fact, value: object) -> bool:
    number = as_number(fact, value) or Fraction(0)
    for limit, test in ((gate.is_, number.__eq__), (gate.at_least, number.__ge__), (gate.below, number.__lt__)):
        if limit is not None:
            return bool(test(as_number(fact, limit) or Fraction(0)))
    return False


# --- Judges, ties, prizes -----------------------------------------------------------------------------------------


def _disparity(movement: Movement, sheet: Sheet, place: str) -> Iterator[Remark]:
    rule, title = sheet.disparity, shortened(sheet.title)
    if rule.column_gap is not None and len(sheet.columns) == 1:
        yield remark("column_gap_alone", f"{place}.disparity.column_gap", title=title)
    if not rule.classes and rule.spread is None:
        return
    if rule.resolve_at <= 2:
        yield remark("disparity_never", f"{place}.disparity.resolve_at", title=title, count=rule.resolve_at)
    for stage in movement.stages:
        if sheet.id in stage.sheets and stage.judges_min < 2:
            yield remark("disparity_few_judges", f"{place}.disparity", title=title, stage=stage.title)


def _ranking(movement: Movement, sheet: Sheet, place: str) -> Iterator[Remark]:
    title = shortened(sheet.title)
    if sheet.tiers and not sheet.ranking.tie_break:
        yield remark("no_tie_break", f"{place}.ranking.tie_break", title=title)
    if sheet.ranking.vote is not None and all(stage.kind != "vote" for stage in movement.stages):
        yield remark("vote_without_stage", f"{place}.ranking.vote", title=title)
    by_field = sheet.ranking.within == "field" or any(tier.quota_per_field is not None for tier in sheet.tiers)
    choices = [asked for asked in movement.form.fields if asked.kind == "choice"]
    if by_field and not any(asked.id == "linh-vuc" or asked.required for asked in choices):
        yield remark("no_field_question", f"{place}.ranking", title=title)


def _tiers(sheet: Sheet, reach: Reach, place: str) -> Iterator[Remark]:
    for number, tier in enumerate(sheet.tiers):
        at = f"{place}.tiers[{number}]"
        yield from title_length("tier", tier.title, at)
        if 0 in (tier.quota, tier.quota_per_field, tier.quota_per_unit):
            yield remark("tier_quota_zero", at, title=tier.title)
        if tier.bands and reach.bands.isdisjoint(tier.bands):
            yield remark("tier_no_band", f"{at}.bands", title=tier.title)
            continue
        ceiling = _ceiling(sheet, tier, reach)
        if tier.min is not None and ceiling is not None and _is_above(tier.min, *ceiling):
            yield remark("tier_unreachable", f"{at}.min", title=tier.title, points=format_number(tier.min),
                         limit=format_number(ceiling[0]))  # fmt: skip
            continue
        above = next((each for each in sheet.tiers[:number] if _takes_all(each, tier, reach)), None)
        if above is not None:
            yield remark("tier_shadowed", at, title=tier.title, upper=above.title)


def _ceiling(sheet: Sheet, tier: Tier, reach: Reach) -> tuple[Decimal, bool] | None:
    """Return the most points of an entry that the tier's bands let in, and whether that total itself is let in.

    None where there is no end: a cap brings any total into its band, an open sum has no highest total.
    """
    if not tier.bands or not sheet.bands:
        return None if reach.highest is None else (reach.highest, True)
    if reach.capped.intersection(tier.bands):
        return None
    best = min(number for number, band in enumerate(sheet.bands) if band.id in tier.bands and band.id in reach.bands)
    above = [band.min for band in sheet.bands[:best] if reach.highest is None or band.min <= reach.highest]
    if above:
        return above[-1], False
    return None if reach.highest is None else (reach.highest, True)


def _is_above(points: Decimal, ceiling: Decimal, is_included: bool) -> bool:
    return points > ceiling if is_included else points >= ceiling


def _takes_all(above: Tier, tier: Tier, reach: Reach) -> bool:
    """Say whether a higher tier without a limit takes everybody whom the lower one could take."""
    if (above.quota, above.quota_per_field, above.quota_per_unit) != (None, None, None):
        return False
    floor = max(reach.passing, reach.lowest if tier.min is None else tier.min)
    if above.min is not None and above.min > floor:
        return False
    return not above.bands or (bool(tier.bands) and set(tier.bands) <= set(above.bands))
