"""What one entry can have, looked at alone: closed forms. Without bounds on loads this decides everything."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from core.matching.problem import Entry, Judge, Problem, drawn
from core.matching.results import Kind, Member


def is_given(problem: Problem, entry: Entry) -> bool:
    """Whether work that has begun fills the entry already: the plan has nothing to say about it."""
    return len(entry.begun) >= problem.rules.per_entry


def needs_expert(problem: Problem, entry: Entry) -> bool:
    """Whether the rule of one expert binds the entry."""
    return entry.field in problem.expert_fields and not is_given(problem, entry)


def unit_of(judge: Judge) -> str:
    """Return the key under which two judges are of one unit; who has no unit is alone."""
    return judge.unit or f"\0{judge.id}"


def able(problem: Problem, entry: Entry) -> list[Judge]:
    """Return the judges who may take the entry: panel and conflicts allow it."""
    return [judge for judge in problem.judges if judge.may_judge(entry) and judge.id not in entry.barred]


def members_of(problem: Problem, entry: Entry) -> list[Member]:
    """Return the conditions on one entry, those that people give up last first."""
    kinds = [Kind.BARRED] if entry.barred else []
    if not is_given(problem, entry):
        kinds += [Kind.WANTED]
        kinds += [Kind.APART] if problem.rules.apart else []
        kinds += [Kind.EXPERT] if needs_expert(problem, entry) else []
    return [Member(kind, entry.id) for kind in kinds]


def can_have(problem: Problem, entry: Entry, members: Iterable[Member], more: frozenset[str] = frozenset()) -> bool:
    """Whether the entry, alone, can have judges so that these conditions on it hold; those begun and `more` stay."""
    active = {member.kind for member in members}
    kept = [problem.by_id[one] for one in sorted(entry.begun | more)]
    barred = entry.barred if Kind.BARRED in active else frozenset()
    if any(judge.id in barred for judge in kept):
        return False
    taken = {unit_of(judge) for judge in kept} if Kind.APART in active else {judge.id for judge in kept}
    free: dict[str, bool] = {}
    for judge in problem.judges:
        key = unit_of(judge) if Kind.APART in active else judge.id
        if judge.id not in barred and judge.may_judge(entry) and key not in taken:
            free[key] = free.get(key, False) or judge.knows(entry)
    missing = max(problem.rules.per_entry - len(kept), 0) if Kind.WANTED in active else len(free)
    if missing > len(free):
        return False
    if Kind.EXPERT not in active or any(judge.knows(entry) for judge in kept):
        return True
    return missing > 0 and any(free.values())


def kept_from_before(problem: Problem, entry: Entry) -> frozenset[str]:
    """Return the largest part of who had the entry before that can stay; among equal ones the seed chooses."""
    if is_given(problem, entry):
        return frozenset()
    judges = [problem.by_id[one] for one in entry.held - entry.begun if one in problem.by_id]
    stay = [judge.id for judge in judges if judge.may_judge(entry) and judge.id not in entry.barred]
    stay.sort(key=lambda one: drawn(problem.seed, "kept", entry.id, one))
    conditions = members_of(problem, entry)
    most = min(len(stay), problem.rules.per_entry - len(entry.begun))
    for count in range(most, 0, -1):
        for some in combinations(stay, count):
            if _may_stay(problem, entry, some) and can_have(problem, entry, conditions, frozenset(some)):
                return frozenset(some)
    return frozenset()


def _may_stay(problem: Problem, entry: Entry, some: tuple[str, ...]) -> bool:
    """Whether these sit apart from each other and from who has begun."""
    if not problem.rules.apart:
        return True
    units = [unit_of(problem.by_id[one]) for one in some]
    begun = {unit_of(problem.by_id[one]) for one in entry.begun}
    return len(set(units)) == len(units) and not begun & set(units)
