"""The graph of judges and entries made of one piece by swaps that keep every condition and every bound of loads.

Scores of judges who share no entry, not even over others, cannot be compared. A swap gives entry a's judge to b and
b's to a; a move gives an entry from a judge to another whose load allows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.matching.problem import Problem
from core.matching.table import Bools, Ints, Table

Step = tuple[tuple[int, int, int], ...]
"""Changes at once: entry, judge who gives, judge who takes (all by place)."""


@dataclass(slots=True)
class Draft:
    """Pairs in the making: added ones (E×J), those that stand (judges by entry), bounds of whole loads."""

    problem: Problem
    table: Table
    chosen: Bools
    there: Sequence[Mapping[int, object]]
    low: Ints
    high: Ints

    def loads(self) -> Ints:
        """Return the whole load of each judge."""
        return self.table.base + self.chosen.sum(axis=0)

    def judges(self, row: int) -> list[int]:
        """Return all judges of an entry."""
        return sorted({*(int(one) for one in np.flatnonzero(self.chosen[row])), *self.there[row]})

    def labels(self) -> tuple[list[int], list[int]]:
        """Return the group of each entry (−1: has no judge) and of each judge (−1: has no entry)."""
        parent = list(range(self.chosen.shape[1]))

        def root(one: int) -> int:
            while parent[one] != one:
                parent[one] = parent[parent[one]]
                one = parent[one]
            return one

        seated = [self.judges(row) for row in range(len(self.chosen))]
        for judges in seated:
            for other in judges[1:]:
                parent[root(other)] = root(judges[0])
        busy = {one for judges in seated for one in judges}
        of_judge = [root(one) if one in busy else -1 for one in range(len(parent))]
        return [of_judge[judges[0]] if judges else -1 for judges in seated], of_judge

    def groups(self) -> int:
        """Return the number of parts that share nothing."""
        return len({one for one in self.labels()[1] if one >= 0})

    def keeps(self, step: Step) -> bool:
        """Whether everything still holds for the entries and judges of a step after it."""
        loads = self.loads()
        for _row, giver, taker in step:
            loads[giver] -= 1
            loads[taker] += 1
        changed = [one for _row, giver, taker in step for one in (giver, taker)]
        if any(not self.low[one] <= loads[one] <= self.high[one] for one in changed):
            return False
        return all(self._may_change(row, giver, taker) for row, giver, taker in step)

    def _may_change(self, row: int, giver: int, taker: int) -> bool:
        seated = self.judges(row)
        if not self.table.free[row, taker] or taker in seated:
            return False
        others = [one for one in seated if one != giver]
        if self.table.apart[row] and self.table.unit[taker] in self.table.unit[others]:
            return False
        return not self.table.lacks_expert[row] or bool(self.table.knows[row, [*others, taker]].any())

    def take(self, step: Step) -> None:
        """Carry out a step."""
        for row, giver, taker in step:
            self.chosen[row, giver] = False
            self.chosen[row, taker] = True

    def undo(self, step: Step) -> None:
        """Take a step back."""
        self.take(tuple((row, taker, giver) for row, giver, taker in step))


def link(draft: Draft) -> set[tuple[int, int]]:
    """Take steps while one makes the groups fewer; return the pairs (entry, judge) that came by them."""
    linked: set[tuple[int, int]] = set()
    while (groups := draft.groups()) > 1:
        for step in _steps(draft, groups):
            if not draft.keeps(step):
                continue
            draft.take(step)
            if draft.groups() < groups:
                linked |= {(row, taker) for row, _giver, taker in step}
                break
            draft.undo(step)
        else:
            break
    return {pair for pair in linked if draft.chosen[pair]}


def _steps(draft: Draft, groups: int) -> Iterator[Step]:
    """Name the moves and swaps between two groups, smallest group first, moves before swaps.

    A swap joins two groups only where one of the two pairs it breaks leaves its own group whole.
    """
    whole_without: dict[tuple[int, int], bool] = {}

    def is_loose(row: int, giver: int) -> bool:
        if (row, giver) not in whole_without:
            draft.chosen[row, giver] = False
            whole_without[row, giver] = draft.groups() == groups
            draft.chosen[row, giver] = True
        return whole_without[row, giver]

    of_entry, of_judge = (np.array(labels) for labels in draft.labels())
    counts = {int(one): int((of_judge == one).sum()) for one in of_judge if one >= 0}
    rows, givers = np.nonzero(draft.chosen)
    for group in sorted(counts, key=lambda one: (counts[one], one))[:-1]:
        inside = of_entry[rows] == group
        others = (of_judge != group) & (of_judge >= 0)
        for here, takers in ((inside, others), (~inside, of_judge == group)):
            for row, giver in zip(rows[here].tolist(), givers[here].tolist(), strict=True):
                for taker in np.flatnonzero(draft.table.free[row] & takers).tolist():
                    yield ((row, giver, taker),)
        far_rows, far_givers = rows[~inside], givers[~inside]
        for row, giver in zip(rows[inside].tolist(), givers[inside].tolist(), strict=True):
            fits = np.flatnonzero(draft.table.free[row, far_givers] & draft.table.free[far_rows, giver])
            for other, taker in zip(far_rows[fits].tolist(), far_givers[fits].tolist(), strict=True):
                if is_loose(row, giver) or is_loose(other, taker):
                    yield ((row, giver, taker), (other, taker, giver))
