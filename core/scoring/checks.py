"""Small checks that the second step of reading makes in several tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.scoring.misuse import Log
from core.scoring.movement import Fact, FormField


def check_unique(log: Log, place: str, items: Iterable[Any]) -> None:
    """Note every id that stands a second time in one list."""
    seen: set[str] = set()
    for number, item in enumerate(items):
        if item.id in seen:
            log.add("duplicate_id", f"{place}[{number}].id", value=item.id)
        seen.add(item.id)


def check_filled(log: Log, place: str, items: Sequence[object]) -> None:
    """Note a required list that is empty."""
    if not items:
        log.add("empty_text", place)


def check_dates(log: Log, place: str, start: date, end: date | None) -> None:
    """Note an end that does not come after its start."""
    if end is not None and end <= start:
        log.add("date_order", place)


def check_positive(log: Log, place: str, number: Decimal | int | None) -> None:
    """Note a number that is given and not above 0."""
    if number is not None and number <= 0:
        log.add("not_positive", place)


def check_not_negative(log: Log, place: str, number: Decimal | int | None) -> None:
    """Note a number that is given and below 0."""
    if number is not None and number < 0:
        log.add("negative", place)


def check_fraction(log: Log, place: str, fraction: Fraction | None) -> None:
    """Note a fraction that is given and not above 0 and at most 1."""
    if fraction is not None and not 0 < fraction <= 1:
        log.add("fraction_range", place)


def value_fits(fact: Fact, value: object, *, at_least_min: bool = False) -> bool:
    """Say whether a value written in the file is one that the fact can have."""
    if fact.kind == "yesno":
        return isinstance(value, bool)
    if fact.kind == "choice":
        return value in {choice.id for choice in fact.choices}
    if not isinstance(value, Decimal):
        return False
    if fact.kind == "count" and value != value.to_integral_value():
        return False
    return not at_least_min or value >= fact.min


def answer_fits(field: FormField, value: object) -> bool:
    """Say whether a value written in the file is an answer that the form field can have."""
    if field.kind in {"choice", "choices"}:
        return value in {choice.id for choice in field.choices}
    wanted = {"yesno": bool, "number": Decimal, "money": Decimal, "date": date, "text": str, "longtext": str}
    return field.kind in wanted and isinstance(value, wanted[field.kind])
