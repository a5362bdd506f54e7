"""The eligibility tests of the movement format on plain values. They say yes or no and never touch a score."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.entries.answers import equals, value_of
from core.scoring.movement import Eligibility, Form, FormField

AwardedSince = Callable[[str, date], bool]
"""Whether somebody behind the entry received the award of this id on or after a day."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of those behind an entry on the day of filing; None is unknown, and unknown refuses nobody."""

    filed_on: date
    is_member: bool | None = None
    member_since: date | None = None
    unit_kind: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)


def failed(rules: tuple[Eligibility, ...], form: Form, standing: Standing, awarded: AwardedSince) -> list[Eligibility]:
    """Return the conditions that the entry does not meet, in the order of the movement.

    A question without an answer is left to the check of required answers: it fails no condition.
    """
    return [rule for rule in rules if not holds(rule, form, standing, awarded)]


def holds(rule: Eligibility, form: Form, standing: Standing, awarded: AwardedSince) -> bool:
    """Whether one condition is met. Source: the movement format, §2, table eligibility."""
    asked = next((one for one in form.fields if one.id == rule.field), None)
    stored = standing.answers.get(rule.field or "")
    if asked is not None and value_of(asked, stored) is None:
        return True
    return _TESTS[rule.test](rule, asked, stored, standing, awarded)


def months_later(day: date, months: int) -> date:
    """Return the same day of the month `months` later, or the month's last day where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _field_is(rule: Eligibility, asked: FormField | None, stored: Any, _s: Standing, _a: AwardedSince) -> bool:
    return asked is None or equals(asked, stored, rule.is_)


def _date_window(rule: Eligibility, asked: FormField | None, stored: Any, _s: Standing, _a: AwardedSince) -> bool:
    day = value_of(asked, stored) if asked is not None else None
    if day is None:
        return True
    return (rule.from_ is None or day >= rule.from_) and (rule.to is None or day <= rule.to)


def _within_months(
    rule: Eligibility, asked: FormField | None, stored: Any, standing: Standing, _a: AwardedSince
) -> bool:
    day = value_of(asked, stored) if asked is not None else None
    return day is None or standing.filed_on <= months_later(day, rule.months or 0)


def _member(_r: Eligibility, _f: FormField | None, _v: Any, standing: Standing, _a: AwardedSince) -> bool:
    return standing.is_member is not False


def _tenure(rule: Eligibility, _f: FormField | None, _v: Any, standing: Standing, _a: AwardedSince) -> bool:
    since = standing.member_since
    return since is None or months_later(since, rule.months or 0) <= standing.filed_on


def _unit_kind(rule: Eligibility, _f: FormField | None, _v: Any, standing: Standing, _a: AwardedSince) -> bool:
    return standing.unit_kind in (rule.units or ())


def _not_awarded(rule: Eligibility, _f: FormField | None, _v: Any, standing: Standing, awarded: AwardedSince) -> bool:
    return not awarded(rule.award or "", months_later(standing.filed_on, -12 * (rule.years or 0)))


_TESTS = {
    "field_is": _field_is,
    "date_window": _date_window,
    "within_months": _within_months,
    "member": _member,
    "tenure": _tenure,
    "unit_kind": _unit_kind,
    "not_awarded": _not_awarded,
}
