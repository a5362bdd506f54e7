"""The second step of reading, for one score sheet: columns, rounding, bands, gates, ranking and tiers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from core.scoring.checks import check_fraction, check_not_negative, check_positive, check_unique, value_fits
from core.scoring.meaning_criteria import check_criteria
from core.scoring.misuse import Log
from core.scoring.movement import Column, Fact, Gate, Sheet, TieBreak


def check_sheet_rules(log: Log, place: str, sheet: Sheet, facts: Sequence[Fact]) -> None:
    """Note everything in one score sheet that does not fit together."""
    check_positive(log, f"{place}.step", sheet.step)
    if sheet.scale != "open":
        check_positive(log, f"{place}.scale", sheet.scale)
    check_criteria(log, place, sheet, facts)
    for number, column in enumerate(sheet.columns):
        _check_column(log, f"{place}.columns[{number}]", column, sheet)
    check_unique(log, f"{place}.columns", sheet.columns)
    if sheet.official is not None and sheet.official not in {column.id for column in sheet.columns}:
        log.add("unknown_ref", f"{place}.official", value=sheet.official)
    _check_rounding(log, place, sheet)
    _check_bands(log, place, sheet)
    by_id = {fact.id: fact for fact in facts}
    for number, gate in enumerate(sheet.gates):
        _check_gate(log, f"{place}.gates[{number}]", gate, sheet, by_id)
    check_unique(log, f"{place}.gates", sheet.gates)
    _check_disparity(log, place, sheet)
    for number, step in enumerate(sheet.ranking.tie_break):
        _check_tie_break(log, f"{place}.ranking.tie_break[{number}]", step, sheet, by_id)
    check_fraction(log, f"{place}.ranking.vote", sheet.ranking.vote)
    _check_tiers(log, place, sheet)


def _check_column(log: Log, place: str, column: Column, sheet: Sheet) -> None:
    drops = column.method == "trimmed_mean"
    if (column.drop >= 1) != drops or column.drop < 0:
        log.add("drop_method", place)
    elif column.sheets_needed < column.fewest:
        log.add("min_sheets_drop", f"{place}.min_sheets", value=column.drop, known=column.fewest)
    criteria = list(sheet.walk())
    clips = any(criterion.clip for criterion in criteria)
    if column.method in {"median", "trimmed_mean"} and column.over == "sheet":
        deducts = any(criterion.deductions for criterion in criteria)
        if clips or deducts or sheet.rounding.criterion is not None:
            log.add("drop_conflict", place)
    if column.method == "sum":
        by_fraction = any(gate.fraction_below is not None for gate in sheet.gates)
        if sheet.scale != "open" or clips or by_fraction:
            log.add("sum_conflict", place)


def _check_rounding(log: Log, place: str, sheet: Sheet) -> None:
    for key in ("mark", "criterion", "total"):
        rounding = getattr(sheet.rounding, key)
        if rounding is not None:
            check_positive(log, f"{place}.rounding.{key}.to", rounding.to)


def _check_bands(log: Log, place: str, sheet: Sheet) -> None:
    check_unique(log, f"{place}.bands", sheet.bands)
    points = [band.min for band in sheet.bands]
    if any(lower >= upper for upper, lower in pairwise(points)):
        log.add("bands_order", f"{place}.bands")


def _check_gate(log: Log, place: str, gate: Gate, sheet: Sheet, facts: dict[str, Fact]) -> None:
    if not _has_one_test(gate):
        log.add("gate_test", place)
    if (gate.effect == "cap") != (gate.band is not None):
        log.add("cap_band", place)
    elif gate.band is not None and gate.band not in {band.id for band in sheet.bands}:
        log.add("unknown_ref", f"{place}.band", value=gate.band)
    scored = {criterion.id for criterion in sheet.walk() if criterion.scored}
    for number, code in enumerate(gate.criteria or ()):
        if code not in scored:
            log.add("unknown_ref", f"{place}.criteria[{number}]", value=code)
    check_fraction(log, f"{place}.fraction_below", gate.fraction_below)
    if gate.fact is None:
        return
    if gate.fact not in facts:
        log.add("unknown_ref", f"{place}.fact", value=gate.fact)
        return
    for key, value in (("is", gate.is_), ("at_least", gate.at_least), ("below", gate.below)):
        # A count may be compared with any number, but it can only be equal to a whole one.
        compares_number = key != "is" and facts[gate.fact].kind == "count" and isinstance(value, Decimal)
        if value is not None and not compares_number and not value_fits(facts[gate.fact], value):
            log.add("scalar_kind", f"{place}.{key}", value=gate.fact)


def _has_one_test(gate: Gate) -> bool:
    """Say whether the keys of a gate make exactly one test, with nothing left over."""
    given = {key for key in ("total_below", "points_below", "fraction_below", "fact") if _is_given(gate, key)}
    if len(given) != 1:
        return False
    comparisons = sum(_is_given(gate, key) for key in ("is_", "at_least", "below"))
    if given == {"fact"}:
        return comparisons == 1 and gate.criteria is None
    if comparisons:
        return False
    if given == {"total_below"}:
        return gate.criteria is None
    if given == {"points_below"}:
        return bool(gate.criteria)
    return gate.criteria is None or bool(gate.criteria)


def _is_given(table: Any, key: str) -> bool:
    return getattr(table, key) is not None


def _check_disparity(log: Log, place: str, sheet: Sheet) -> None:
    disparity = sheet.disparity
    if disparity.classes and not sheet.bands:
        log.add("disparity_bands", f"{place}.disparity")
    check_not_negative(log, f"{place}.disparity.spread", disparity.spread)
    check_positive(log, f"{place}.disparity.resolve_at", disparity.resolve_at)
    check_not_negative(log, f"{place}.disparity.column_gap", disparity.column_gap)


def _check_tie_break(log: Log, place: str, step: TieBreak, sheet: Sheet, facts: dict[str, Fact]) -> None:
    if (step.criterion is None) == (step.fact is None):
        log.add("tie_key", place)
    scored = {criterion.id for criterion in sheet.walk() if criterion.scored}
    if step.criterion is not None and step.criterion not in scored:
        log.add("unknown_ref", f"{place}.criterion", value=step.criterion)
    if step.fact is not None and step.fact not in facts:
        log.add("unknown_ref", f"{place}.fact", value=step.fact)


def _check_tiers(log: Log, place: str, sheet: Sheet) -> None:
    bands = {band.id for band in sheet.bands}
    previous = None
    for number, tier in enumerate(sheet.tiers):
        at = f"{place}.tiers[{number}]"
        if tier.min is not None:
            if previous is not None and tier.min > previous:
                log.add("tier_order", f"{at}.min")
            previous = tier.min
        for position, band in enumerate(tier.bands):
            if band not in bands:
                log.add("unknown_ref", f"{at}.bands[{position}]", value=band)
        for key in ("quota", "quota_per_field", "quota_per_unit"):
            check_not_negative(log, f"{at}.{key}", getattr(tier, key))
    check_unique(log, f"{place}.tiers", sheet.tiers)
