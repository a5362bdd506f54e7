"""The plan itself: one entry alone first, then all together, then the links between groups, then the reasons.

Order of what is wanted: every condition; as many pairs of before as can stay; loads as even as they can be; the draw
of the seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.matching.blocking import blocks_of_all, minimal
from core.matching.linking import Draft, link
from core.matching.model import Part, choose
from core.matching.problem import Entry, Problem
from core.matching.results import Code, Infeasible, Member, Pair, Plan
from core.matching.single import able, can_have, kept_from_before, members_of
from core.matching.table import Bools, Ints, Table, lottery, tabulate

Kept = Mapping[str, frozenset[str]]
NARROW = ((8, 4), (24, 8))
"""How many judges of each entry come into question, any and experts, before all do: most problems need no more."""
ENDLESS = 10**6


def solve(problem: Problem) -> Plan | Infeasible:
    """Return who scores what, or the conditions that cannot hold together."""
    blocks = [block for entry in problem.entries if (block := _block_of(problem, entry))]
    if not blocks:
        kept: Kept = {entry.id: kept_from_before(problem, entry) for entry in problem.entries}
        found = _together(problem, kept)
        if found is None:
            kept = _kept_within_bounds(problem)
            found = _together(problem, kept)
        if found is not None:
            return _reasoned(problem, kept, found)
        blocks = blocks_of_all(problem)
    blocked = {one.entry for block in blocks for one in block} - {""}
    counts = {entry.id: len(able(problem, entry)) for entry in problem.entries if entry.id in blocked}
    return Infeasible(tuple(blocks), counts)


def _block_of(problem: Problem, entry: Entry) -> tuple[Member, ...]:
    """Return what one entry alone cannot have; empty where it can have everything."""
    members = members_of(problem, entry)
    if can_have(problem, entry, members):
        return ()
    return minimal(members, lambda some: can_have(problem, entry, some))


@dataclass(frozen=True, slots=True)
class _Found:
    """Pairs added (E×J), and the bounds of whole loads (J) that a swap must keep."""

    table: Table
    chosen: Bools
    low: Ints
    high: Ints


def bounds_of(problem: Problem, base: Ints) -> tuple[Ints, Ints]:
    """Return the floor and ceiling of each judge's whole load as the rules ask, never below what is there."""
    floor = 0 if problem.rules.floor is None else problem.rules.floor
    ceiling = ENDLESS if problem.rules.ceiling is None else problem.rules.ceiling
    return np.full(len(base), floor), np.full(len(base), ceiling)


def _together(problem: Problem, kept: Kept) -> _Found | None:
    """Return pairs for all entries at once with the loads as even as can be; None where bounds on loads forbid it."""
    table = tabulate(problem, kept)
    low, high = bounds_of(problem, table.base)
    base, wanted = table.base, int(table.most.sum())
    if (base > high).any():
        return None
    level_low, level_high = _level(base, wanted)
    level_low, level_high = np.clip(level_low, low, high), np.clip(level_high, low, high)
    masks = list(_narrowed(problem, table))
    for mask in masks:
        chosen = choose(table, Part(mask, np.maximum(level_low - base, 0), level_high - base, table.draw, gap=ENDLESS))
        if chosen is not None:
            return _Found(table, chosen, level_low, level_high)
    least = np.maximum(low - base, 0)
    everything = np.maximum(np.minimum(high - base, table.free.sum(axis=0)), least)
    some = np.minimum(everything, np.maximum(level_high - base, least) * 2 + 8)
    for most in (some, everything):
        chosen = choose(table, Part(table.free, least, most, table.draw, even=True))
        if chosen is not None:
            whole = base + chosen.sum(axis=0)
            return _Found(table, chosen, whole, whole)
    return None


def _level(base: Ints, wanted: int) -> tuple[Ints, Ints]:
    """Return the bounds of whole loads when `wanted` more are poured over these like water."""
    level = int(base.min(initial=0))
    while int(np.maximum(level - base, 0).sum()) < wanted:
        level += 1
    return np.maximum(base, level - 1), np.maximum(base, level)


def _narrowed(problem: Problem, table: Table) -> list[Bools]:
    """Return ever more pairs in question, drawn by the seed; the last are all of them."""
    order = lottery(problem.seed, table.free.shape)
    masks: list[Bools] = []
    for some, experts in NARROW:
        if some + experts < table.free.shape[1]:
            masks.append(_first(table.free, order, some) | _first(table.free & table.knows, order, experts))
    return [*masks, table.free]


def _first(mask: Bools, order: Ints, count: int) -> Bools:
    """Return for each entry the first `count` pairs of a mask by their place in the draw."""
    place = np.where(mask, order, ENDLESS)
    first = np.argsort(place, axis=1, kind="stable")[:, :count]
    some = np.zeros_like(mask)
    np.put_along_axis(some, first, True, axis=1)
    return some & mask


def _kept_within_bounds(problem: Problem) -> Kept:
    """Return the most pairs of before that can stay when the bounds on loads hold too; none where nothing can."""
    table = tabulate(problem, {})
    low, high = bounds_of(problem, table.base)
    if (table.base > high).any():
        return {}
    least = np.maximum(low - table.base, 0)
    most = np.maximum(np.minimum(high - table.base, table.free.sum(axis=0)), least)
    chosen = choose(table, Part(table.free, least, most, -table.held.astype(np.int64)))
    if chosen is None:
        return {}
    stay = chosen & table.held
    return {
        entry.id: frozenset(problem.judges[column].id for column in np.flatnonzero(stay[row]))
        for row, entry in enumerate(problem.entries)
    }


def _reasoned(problem: Problem, kept: Kept, found: _Found) -> Plan:
    """Join what was there with what was added, link the groups, and say why for each pair."""
    entries, judges = problem.entries, problem.judges
    place = {judge.id: number for number, judge in enumerate(judges)}
    there: list[dict[int, Code]] = []
    for entry in entries:
        codes = {place[one]: Code.KEPT for one in kept.get(entry.id, frozenset())}
        there.append(codes | {place[one]: Code.BEGUN for one in entry.begun})
    draft = Draft(problem, found.table, found.chosen.copy(), there, found.low, found.high)
    linked = link(draft)
    loads = draft.loads()
    pairs: list[Pair] = []
    for row, entry in enumerate(entries):
        codes = dict(there[row])
        expert = bool(found.table.lacks_expert[row])
        for added in np.flatnonzero(draft.chosen[row]).tolist():
            by_field = expert and bool(found.table.knows[row, added])
            codes[added] = Code.LINKS if (row, added) in linked else Code.EXPERT if by_field else Code.BALANCE
        for column, code in sorted(codes.items()):
            knows = bool(found.table.knows[row, column])
            pairs.append(Pair(entry.id, judges[column].id, code, int(loads[column]), entry.field if knows else ""))
    given = {(pair.entry, pair.judge) for pair in pairs}
    dropped = [(entry.id, one) for entry in entries for one in sorted(entry.held) if (entry.id, one) not in given]
    by_judge = {judge.id: int(loads[number]) for number, judge in enumerate(judges)}
    return Plan(tuple(pairs), tuple(dropped), by_judge, draft.groups())
