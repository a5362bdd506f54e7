"""Whether a person reaches the threshold of an award by one of its routes. It informs; it never awards.

Source: the movement format, format 1, §5.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

from core.scoring.exact import plain, written
from core.scoring.kinds import ReachLevel
from core.scoring.movement import AwardKind, Threshold

_LEVELS: tuple[str, ...] = get_args(ReachLevel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """A solution of the person: its year, whether it is recognised, its value in đồng (None: unknown)."""

    year: int
    recognised: bool
    value: Decimal | None = None
    kind: str | None = None
    level: str | None = None

    @classmethod
    def from_mapping(cls, raw: Mapping[str, Any]) -> Achievement:
        """Make an achievement of `{year, recognised, value, kind, level}`, the value as a string or a number."""
        value = raw.get("value")
        return cls(
            year=int(raw["year"]),
            recognised=raw.get("recognised") is True,
            value=None if value is None else Decimal(value),
            kind=raw.get("kind"),
            level=raw.get("level"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCheck:
    """One route: what counts towards it, and which of count, value and every_year are missing."""

    route: str
    count: int
    value: Decimal
    missing: tuple[str, ...]

    @property
    def met(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardCheck:
    """All routes that exist for the person on that day, in the order of the thresholds."""

    routes: tuple[RouteCheck, ...]

    @property
    def qualifies(self) -> bool:
        """Whether one route is met; one is enough."""
        return any(route.met for route in self.routes)

    def as_dict(self) -> dict[str, Any]:
        """Return the check as plain values for JSON."""
        return {
            "qualifies": self.qualifies,
            "routes": [
                {
                    "route": route.route,
                    "count": route.count,
                    "value": plain(route.value),
                    "met": route.met,
                    "missing": list(route.missing),
                }
                for route in self.routes
            ],
        }


def award_check(
    award: AwardKind,
    person: str,
    year: int,
    on: date,
    achievements: Iterable[Achievement | Mapping[str, Any]],
) -> AwardCheck:
    """Check one person for an award kind.

    :param person: the kind of person, one of `award.person_kinds`.
    :param year: the last year that counts.
    :param on: the day whose thresholds apply.
    """
    given = [each if isinstance(each, Achievement) else Achievement.from_mapping(each) for each in achievements]
    rows = current_thresholds(award, person, on)
    return AwardCheck(routes=tuple(_check_route(row, year, given) for row in rows))


def current_thresholds(award: AwardKind, person: str, on: date) -> list[Threshold]:
    """Return, per route of the person, the row with the latest `valid_from` not after `on`, unless it has ended."""
    latest: dict[str, Threshold | None] = {}
    for row in award.thresholds:
        if row.person == person:
            known = latest.setdefault(row.route, None)
            if row.valid_from <= on and (known is None or row.valid_from > known.valid_from):
                latest[row.route] = row
    return [row for row in latest.values() if row is not None and (row.valid_to is None or row.valid_to >= on)]


def _check_route(row: Threshold, year: int, achievements: Sequence[Achievement]) -> RouteCheck:
    window = range(year - row.window_years + 1, year + 1)
    counted = [each for each in achievements if each.recognised and each.year in window and _suits(row, each)]
    value = sum((Fraction(each.value or 0) for each in counted), Fraction(0))
    missing = []
    if len(counted) < row.min_count:
        missing.append("count")
    if value < Fraction(row.min_value):
        missing.append("value")
    if row.every_year and not {each.year for each in counted}.issuperset(window):
        missing.append("every_year")
    return RouteCheck(route=row.route, count=len(counted), value=written(value), missing=tuple(missing))


def _suits(row: Threshold, achievement: Achievement) -> bool:
    if row.solution_kind is not None and achievement.kind != row.solution_kind:
        return False
    if row.min_level is None:
        return True
    return achievement.level in _LEVELS and _LEVELS.index(achievement.level) >= _LEVELS.index(row.min_level)
