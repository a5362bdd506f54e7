"""Version 1 of the scorer, released and therefore never changed: the geometric mean of the two sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any

from core.api import Rules, Score, score, with_total

DIGITS = 40


def geometric_mean(rules: Rules, sheets: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]) -> Score:
    """Return 2 × √(A × B) as the total; sheets, groups, gates and classes are engine 1's work.

    The square root of a Decimal is correctly rounded, so 40 digits are the same on every machine.
    """
    added = score(rules, sheets, facts)
    if added.total is None:
        return added
    with localcontext(prec=DIGITS):
        total = 2 * (added.by_criterion["A"] * added.by_criterion["B"]).sqrt()
    return with_total(rules, added, Decimal(total))
