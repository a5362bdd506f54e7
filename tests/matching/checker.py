"""Every condition of a plan, checked naively from the problem alone, and small problems decided by trying everything.

Nothing here is shared with `core.matching` but the values that go in and come out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from core.matching import Entry, Infeasible, Judge, Kind, Member, Plan, Problem

Given = dict[str, frozenset[str]]


def _judges(problem: Problem) -> dict[str, Judge]:
    return {judge.id: judge for judge in problem.judges}


def _may(judge: Judge, entry: Entry) -> bool:
    return judge.panel in ("", entry.field)


def _knows(judge: Judge, entry: Entry) -> bool:
    return entry.field != "" and (entry.field in judge.expertise or entry.field == judge.panel)


def _expert_is_asked(problem: Problem, entry: Entry) -> bool:
    return problem.rules.expert and any(_may(one, entry) and _knows(one, entry) for one in problem.judges)


def given(plan: Plan, problem: Problem) -> Given:
    """Return the judges of each entry in a plan."""
    return {entry.id: frozenset(one.judge for one in plan.pairs if one.entry == entry.id) for entry in problem.entries}


def loads_of(problem: Problem, pairs: Given) -> dict[str, int]:
    """Return each judge's whole load."""
    counted = Counter(one for judges in pairs.values() for one in judges)
    return {judge.id: judge.load + counted[judge.id] for judge in problem.judges}


def violations(problem: Problem, pairs: Given) -> list[str]:
    """Return what is wrong with the judges of each entry, one line each."""
    judges, rules, wrong = _judges(problem), problem.rules, []
    for entry in problem.entries:
        mine = pairs[entry.id]
        new = mine - entry.begun
        if not entry.begun <= mine:
            wrong.append(f"{entry.id} loses work begun")
        if len(mine) != max(rules.per_entry, len(entry.begun)):
            wrong.append(f"{entry.id} has {len(mine)} judges")
        wrong += [f"{entry.id} goes to {one}, who is barred" for one in mine & entry.barred]
        wrong += [f"{entry.id} goes to {one} of another panel" for one in new if not _may(judges[one], entry)]
        for one, other in combinations(sorted(mine), 2):
            same = judges[one].unit != "" and judges[one].unit == judges[other].unit
            if rules.apart and same and not {one, other} <= entry.begun:
                wrong.append(f"{entry.id} has {one} and {other} of one unit")
        full = len(entry.begun) >= rules.per_entry
        if not full and _expert_is_asked(problem, entry) and not any(_knows(judges[one], entry) for one in mine):
            wrong.append(f"{entry.id} has no expert")
    for judge, load in loads_of(problem, pairs).items():
        if rules.floor is not None and load < rules.floor:
            wrong.append(f"{judge} is below the floor")
        if rules.ceiling is not None and load > rules.ceiling:
            wrong.append(f"{judge} is above the ceiling")
    return wrong


def groups_of(pairs: Given) -> int:
    """Return how many parts of the graph share nothing."""
    parts: list[set[str]] = []
    for judges in pairs.values():
        if judges:
            touching = [part for part in parts if part & judges]
            parts = [part for part in parts if not part & judges] + [set(judges).union(*touching)]
    return len(parts)


def better_by_a_swap(problem: Problem, pairs: Given, fixed: Given) -> bool:
    """Whether two entries could swap judges so that everything holds and the groups are fewer."""
    groups = groups_of(pairs)
    for a, b in combinations(sorted(pairs), 2):
        for one in pairs[a] - pairs[b] - fixed[a]:
            for other in pairs[b] - pairs[a] - fixed[b]:
                swapped = {**pairs, a: pairs[a] - {one} | {other}, b: pairs[b] - {other} | {one}}
                if groups_of(swapped) < groups and violations(problem, swapped) == []:
                    return True
    return False


# --- Small problems, by trying everything -------------------------------------------------------------------------


def members_of(problem: Problem) -> set[Member]:
    """Return every condition of a problem."""
    found: set[Member] = set()
    for entry in problem.entries:
        found |= {Member(Kind.BARRED, entry.id)} if entry.barred else set()
        if len(entry.begun) < problem.rules.per_entry:
            found.add(Member(Kind.WANTED, entry.id))
            found |= {Member(Kind.APART, entry.id)} if problem.rules.apart else set()
            found |= {Member(Kind.EXPERT, entry.id)} if _expert_is_asked(problem, entry) else set()
    for judge in problem.judges:
        found |= {Member(Kind.FLOOR, judge=judge.id)} if problem.rules.floor is not None else set()
        found |= {Member(Kind.CEILING, judge=judge.id)} if problem.rules.ceiling is not None else set()
    return found


def _choices(problem: Problem, entry: Entry, active: set[Member]) -> Iterator[frozenset[str]]:
    """Name every set of judges that one entry may have under these conditions."""
    judges = _judges(problem)
    kinds = {one.kind for one in active if one.entry == entry.id}
    begun = entry.begun
    full = len(entry.begun) >= problem.rules.per_entry
    able = [one.id for one in problem.judges if _may(one, entry) and one.id not in begun]
    for count in range(1 if full else len(able) + 1):
        for more in combinations(able, count):
            mine = begun | set(more)
            if Kind.BARRED in kinds and mine & entry.barred:
                continue
            if Kind.WANTED in kinds and len(mine) != problem.rules.per_entry:
                continue
            units = [judges[one].unit for one in more if judges[one].unit]
            met = len(set(units)) < len(units) or {judges[one].unit for one in begun} & set(units)
            if Kind.APART in kinds and met:
                continue
            if Kind.EXPERT in kinds and not any(_knows(judges[one], entry) for one in mine):
                continue
            yield mine


def whole_loads(problem: Problem, active: Iterable[Member], kept: Given | None = None) -> set[tuple[int, ...]]:
    """Return every vector of loads under some conditions; with `kept`, of plans in which these pairs stay."""
    active = set(active)
    order = [judge.id for judge in problem.judges]
    found = {tuple(judge.load for judge in problem.judges)}
    for entry in problem.entries:
        choices = [one for one in _choices(problem, entry, active) if kept is None or kept[entry.id] <= one]
        added = {tuple(int(one in choice) for one in order) for choice in choices}
        found = {tuple(a + b for a, b in zip(loads, more, strict=True)) for loads in found for more in added}
    floors = [Member(Kind.FLOOR, judge=one) in active for one in order]
    ceilings = [Member(Kind.CEILING, judge=one) in active for one in order]
    low = [problem.rules.floor or 0 if one else 0 for one in floors]
    high = [problem.rules.ceiling or 0 if one else 10**9 for one in ceilings]
    return {loads for loads in found if all(a <= x <= b for a, x, b in zip(low, loads, high, strict=True))}


def wrong_with_blocks(problem: Problem, answer: Infeasible) -> list[str]:
    """Return what is wrong with an answer that nothing can be done."""
    everything, wrong = members_of(problem), []
    for block in answer.blocks:
        wrong += [f"{one} is no condition" for one in block if one not in everything]
        if whole_loads(problem, block):
            wrong.append(f"{block} can hold together")
        wrong += [
            f"{block} cannot hold without {one} either" for one in block if not whole_loads(problem, set(block) - {one})
        ]
    return wrong
