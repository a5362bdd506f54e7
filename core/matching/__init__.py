"""Who scores what: an exact plan of judges and entries from plain values. No web, no database, no clock.

`plan` answers with a `Plan` that keeps every condition, or with `Infeasible`: minimal sets of conditions that cannot
hold together. The same problem and the same seed give the same plan.
"""

from __future__ import annotations

from core.matching.problem import Entry, Judge, Problem, Rules, digest_of, seed_of
from core.matching.results import Code, Infeasible, Kind, Member, Pair, Plan


def plan(problem: Problem) -> Plan | Infeasible:
    """Return who scores what, or the conditions that cannot hold together."""
    # HiGHS and numpy take a while to load, and only those who plan need them.
    from core.matching.solving import solve

    return solve(problem)


__all__ = [
    "Code", "Entry", "Infeasible", "Judge", "Kind", "Member", "Pair", "Plan", "Problem", "Rules", "digest_of", "plan",
    "seed_of",
]  # fmt: skip
