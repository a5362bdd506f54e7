"""Minimal sets of conditions that cannot hold together: a deletion filter over exact answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.matching.model import Part, choose
from core.matching.problem import Problem
from core.matching.results import Kind, Member
from core.matching.single import members_of
from core.matching.table import tabulate


def minimal(members: Sequence[Member], holds: Callable[[list[Member]], bool]) -> tuple[Member, ...]:
    """Return a part of `members` that cannot hold, while it can without any one of them.

    Whole runs are left out where the rest still cannot hold, then ever shorter ones, at last each one alone.

    :param holds: whether some members can hold together; it is False for all of them.
    """
    kept = list(members)
    size = max(len(kept) // 2, 1)
    while True:
        start = 0
        while start < len(kept):
            fewer = kept[:start] + kept[start + size :]
            if not holds(fewer):
                kept = fewer
            else:
                start += size
        if size == 1:
            return tuple(kept)
        size //= 2


def can_hold(problem: Problem, members: Sequence[Member]) -> bool:
    """Whether some plan keeps these conditions, whatever becomes of the others."""
    active = frozenset(members)
    table = tabulate(problem, {}, active)
    floors = [Member(Kind.FLOOR, judge=judge.id) in active for judge in problem.judges]
    ceilings = [Member(Kind.CEILING, judge=judge.id) in active for judge in problem.judges]
    low = np.where(floors, (problem.rules.floor or 0) - table.base, 0)
    high = np.where(ceilings, (problem.rules.ceiling or 0) - table.base, len(problem.entries))
    if (high < 0).any():
        return False
    low = np.maximum(low, 0)
    if (low > high).any():
        return False
    return choose(table, Part(table.free, low, high, np.zeros_like(table.draw), gap=10.0**6)) is not None


def blocks_of_all(problem: Problem) -> list[tuple[Member, ...]]:
    """Return one minimal set of the whole problem, whose bounds on loads cannot be kept."""
    members: list[Member] = []
    if problem.rules.floor is not None:
        members += [Member(Kind.FLOOR, judge=judge.id) for judge in problem.judges]
    for entry in problem.entries:
        members += members_of(problem, entry)
    if problem.rules.ceiling is not None:
        members += [Member(Kind.CEILING, judge=judge.id) for judge in problem.judges]
    return [minimal(members, lambda some: can_hold(problem, some))]
