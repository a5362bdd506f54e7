"""A problem as arrays of entries × judges: who may, who knows, what is missing, what the seed draws."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.matching.problem import Problem
from core.matching.results import Kind, Member
from core.matching.single import is_given, members_of, unit_of

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Table:
    """Arrays over entries (E) and judges (J), both in the order of ids.

    `free` (E×J): pairs that may still be made; `knows` (E×J); `held` (E×J): pairs of before; `draw` (E×J): what the
    seed draws, 0…3; `least` and `most` (E): judges still wanted; `lacks_expert` (E); `apart` (E): no two of one unit;
    `unit` (J): number of the judge's unit; `base` (J): loads before anything is added.
    """

    free: Bools
    knows: Bools
    held: Bools
    draw: Ints
    least: Ints
    most: Ints
    lacks_expert: Bools
    apart: Bools
    unit: Ints
    base: Ints


def tabulate(problem: Problem, kept: Mapping[str, frozenset[str]], active: frozenset[Member] | None = None) -> Table:
    """Return the arrays of what is left to plan when these pairs of before stay besides those begun.

    :param active: the conditions that count (None: all).
    """
    entries, judges = problem.entries, problem.judges
    place = {judge.id: number for number, judge in enumerate(judges)}
    shape = (len(entries), len(judges))
    units = {key: number for number, key in enumerate(sorted({unit_of(judge) for judge in judges}))}
    unit = np.array([units[unit_of(one)] for one in judges], dtype=np.int64)
    free, knows = _by_field(problem)
    held = np.zeros(shape, dtype=bool)
    least, most = np.zeros(len(entries), dtype=np.int64), np.zeros(len(entries), dtype=np.int64)
    lacks_expert, apart = np.zeros(len(entries), dtype=bool), np.zeros(len(entries), dtype=bool)
    base = np.array([judge.load for judge in judges], dtype=np.int64)
    for row, entry in enumerate(entries):
        counts = {one.kind for one in members_of(problem, entry) if active is None or one in active}
        taken = [place[one] for one in entry.begun | kept.get(entry.id, frozenset())]
        base[taken] += 1
        apart[row] = Kind.APART in counts
        if is_given(problem, entry):
            free[row] = False
            continue
        if Kind.BARRED in counts:
            free[row, [place[one] for one in entry.barred if one in place]] = False
        free[row, taken] = False
        if taken and apart[row]:
            free[row] &= ~np.isin(unit, unit[taken])
        held[row, [place[one] for one in entry.held if one in place]] = True
        missing = problem.rules.per_entry - len(taken)
        least[row] = missing if Kind.WANTED in counts else 0
        most[row] = missing if Kind.WANTED in counts else len(judges)
        lacks_expert[row] = Kind.EXPERT in counts and not knows[row, taken].any()
    free[most == 0] = False
    return Table(free, knows, held, _draws(problem.seed, shape), least, most, lacks_expert, apart, unit, base)


def _by_field(problem: Problem) -> tuple[Bools, Bools]:
    """Return who may judge and who knows, before conflicts: one row for each field, spread over the entries."""
    fields: dict[str, tuple[Any, Any]] = {}
    for entry in problem.entries:
        if entry.field not in fields:
            fields[entry.field] = (
                np.array([judge.may_judge(entry) for judge in problem.judges], dtype=bool),
                np.array([judge.knows(entry) for judge in problem.judges], dtype=bool),
            )
    rows = [fields[entry.field] for entry in problem.entries]
    shape = (len(problem.entries), len(problem.judges))
    may = np.array([one for one, _knows in rows], dtype=bool).reshape(shape)
    return may, np.array([one for _may, one in rows], dtype=bool).reshape(shape)


def _draws(seed: str, shape: tuple[int, int]) -> Ints:
    """Return a number 0…3 for each pair from the seed alone: SHAKE-256, one byte a pair, entries then judges.

    Few levels: with a cost of its own for each pair the linear program takes fifty times as long.
    """
    octets = hashlib.shake_256(f"{seed}\npairs".encode()).digest(shape[0] * shape[1])
    return (np.frombuffer(octets, dtype=np.uint8) // 64).astype(np.int64).reshape(shape)


def lottery(seed: str, shape: tuple[int, int]) -> Ints:
    """Return a number 0…65535 for each pair, apart from `draw`: the order in which pairs come into question."""
    octets = hashlib.shake_256(f"{seed}\nlottery".encode()).digest(2 * shape[0] * shape[1])
    return np.frombuffer(octets, dtype=">u2").astype(np.int64).reshape(shape)
