"""Marks of the demo's score sheets, derived from how good an entry is said to be; the rule stands in the demo files."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from core.judging.service import MarkTyped
from core.scoring.movement import Criterion

JUDGE_OFFSETS = (0, -2, 2, -1, 1)
COLUMN_OFFSETS = {"self": 4, "unit": 1}
HALF = Decimal("0.5")


def aim(quality: int, offset: int) -> Decimal:
    """Return the total out of a hundred that a filler aims at."""
    return Decimal(min(100, max(0, quality + offset)))


def marks_for(
    criteria: Sequence[Criterion], target: Decimal, *, remarks: Sequence[str], comments: dict[str, str], turn: int
) -> dict[str, MarkTyped]:
    """Return a mark for each criterion so that they sum to `target` per cent of the maxima, rounded half up.

    :param remarks: what is written where the rules demand a remark and `comments` has none, taken in turn.
    """
    made: dict[str, MarkTyped] = {}
    reached = maxima = Decimal(0)
    for place, criterion in enumerate(criteria):
        comment = comments.get(criterion.id, "")
        remark = comment or remarks[(turn + place) % len(remarks)]
        if not criterion.is_judged:
            made[criterion.id] = MarkTyped(comment=remark)
            continue
        maxima += criterion.highest
        upto = (maxima * target / 100 + HALF).to_integral_value(ROUND_FLOOR)
        points = min(criterion.highest, max(criterion.lowest, upto - reached))
        reached = upto
        is_extreme = points in (criterion.lowest, criterion.highest)
        if criterion.comment == "always" or (criterion.comment == "extremes" and is_extreme):
            comment = remark
        made[criterion.id] = MarkTyped(points=points, level=_level(criterion, points), comment=comment)
    return made


def _level(criterion: Criterion, points: Decimal) -> str | None:
    for level in criterion.levels or ():
        low = level.points if level.points is not None else level.from_
        high = level.points if level.points is not None else level.to
        if low is not None and high is not None and low <= points <= high:
            return level.id
    return None
