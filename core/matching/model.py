"""The plan as a linear program for HiGHS, handed over whole as arrays.

A column for each pair; rows for the judges of each entry, the load of each judge, one expert, and one judge of each
unit. Rows of entries, units and loads are a flow network: their linear program has whole-numbered corners. Only rows of
experts can cut across units, so whole numbers are asked for only where the linear answer has fractions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from core.matching.table import Bools, Ints, Table

Floats = npt.NDArray[np.float64]
WHOLE = 1e-6


@dataclass(frozen=True, slots=True)
class Part:
    """What of a table is asked: pairs in question (E×J), bounds of added loads (J), cost of each pair (E×J).

    With `even`, loads cost as well: the k-th entry of a judge costs 2k−1, so that the sum of squares is least, before
    the costs of pairs count. `gap`: how much dearer than the cheapest an answer in whole numbers may be.
    """

    mask: Bools
    low: Ints
    high: Ints
    cost: Ints
    even: bool = False
    gap: float = 0.99


@dataclass(slots=True)
class _Rows:
    """Rows in the making: parallel lists of column, row and value of each number in them, and the bounds of each."""

    column: list[Any]
    row: list[Any]
    value: list[Any]
    low: list[Any]
    high: list[Any]

    def add(self, column: Any, row: Any, low: Any, high: Any) -> None:
        """Add rows that sum some columns; `row` counts from the first of them."""
        self.column.append(column)
        self.row.append(row + sum(len(some) for some in self.low))
        self.value.append(np.ones(len(column)))
        self.low.append(low)
        self.high.append(high)


@dataclass(frozen=True, slots=True)
class _Program:
    """A program of HiGHS, the entry and judge of its first columns, and what one step of evenness costs."""

    lp: Any
    entry: Ints
    judge: Ints
    scale: float


def choose(table: Table, part: Part) -> Bools | None:
    """Return the cheapest pairs (E×J) that keep every row, or None where there are none."""
    program = _program(table, part)
    values = _run(program.lp)
    if values is None:
        return None
    values = values[: len(program.entry)]
    rough = np.abs(values - np.round(values)) > WHOLE
    chosen = _matrix(part, program, values)
    if not rough.any():
        return chosen
    # Whole numbers for the few entries that came out in fractions, around what the others have; else for all.
    loose = np.zeros(len(part.mask), dtype=bool)
    loose[program.entry[rough]] = True
    if not part.even and part.gap > 0.99:
        chosen[loose] = False
        added = chosen.sum(axis=0)
        fewer = replace(
            table, least=np.where(loose, table.least, 0), most=np.where(loose, table.most, 0),
            lacks_expert=table.lacks_expert & loose,
        )  # fmt: skip
        rest = replace(part, mask=part.mask & loose[:, None], low=part.low - added, high=part.high - added)
        mended = _in_whole_numbers(fewer, rest)
        if mended is not None:
            return chosen | mended
    return _in_whole_numbers(table, part)


def _in_whole_numbers(table: Table, part: Part) -> Bools | None:
    program = _program(table, part)
    values = _run(program.lp, gap=program.scale * part.gap)
    return None if values is None else _matrix(part, program, values)


def _matrix(part: Part, program: _Program, values: Floats) -> Bools:
    chosen = np.zeros(part.mask.shape, dtype=bool)
    taken = values[: len(program.entry)] > 0.5
    chosen[program.entry[taken], program.judge[taken]] = True
    return chosen


def _program(table: Table, part: Part) -> _Program:
    entries, judges = part.mask.shape
    entry, judge = np.nonzero(part.mask)
    number = np.arange(len(entry))
    rows = _Rows([], [], [], [], [])
    rows.add(number, entry, table.least, table.most)
    rows.add(number, judge, part.low, part.high)

    lacking = np.flatnonzero(table.lacks_expert)
    able = np.flatnonzero(table.lacks_expert[entry] & table.knows[entry, judge])
    rows.add(able, _places(lacking, entries)[entry[able]], np.ones(len(lacking)), table.most[lacking])

    bound = np.flatnonzero(table.apart[entry])
    key = entry[bound] * (table.unit.max(initial=0) + 1) + table.unit[judge[bound]]
    _keys, of, count = np.unique(key, return_inverse=True, return_counts=True)
    crowded = np.flatnonzero(count > 1)
    met = np.flatnonzero(count[of] > 1)
    rows.add(bound[met], _places(crowded, len(count))[of[met]], np.zeros(len(crowded)), np.ones(len(crowded)))

    cost, scale = part.cost[entry, judge].astype(np.float64), 1.0
    if part.even:
        scale = 1.0 + float(table.most.sum()) * float(part.cost.max(initial=0))
        steps = part.high - part.low
        of = np.repeat(np.arange(judges), steps)
        step = np.arange(len(of)) - np.repeat(np.cumsum(steps) - steps, steps)
        rows.column.append(len(entry) + np.arange(len(of)))
        rows.row.append(entries + of)
        rows.value.append(-np.ones(len(of)))
        rows.high[1] = part.low
        cost = np.concatenate([cost, scale * (2.0 * (table.base[of] + part.low[of] + step) + 1.0)])
    return _Program(_handed(rows, cost), entry, judge, scale)


def _places(chosen: Ints, count: int) -> Ints:
    """Return the place of each chosen number among the chosen; −1 for the others."""
    places = np.full(count, -1)
    places[chosen] = np.arange(len(chosen))
    return places


def _handed(rows: _Rows, cost: Floats) -> Any:
    """Return the rows as a program of HiGHS; every column lies between 0 and 1."""
    column, row, value = np.concatenate(rows.column), np.concatenate(rows.row), np.concatenate(rows.value)
    low, high = np.concatenate(rows.low), np.concatenate(rows.high)
    order = np.lexsort((row, column))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(low)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(len(cost)), np.ones(len(cost))
    lp.row_lower_, lp.row_upper_ = low.astype(np.float64), high.astype(np.float64)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=len(cost)))]).astype(np.int32)
    lp.a_matrix_.index_ = row[order].astype(np.int32)
    lp.a_matrix_.value_ = value[order]
    return lp


def _run(lp: Any, *, gap: float | None = None) -> Floats | None:
    """Solve and return the values of the columns; None where the rows cannot hold together.

    One thread and a fixed seed: the same program has the same answer.

    :param gap: ask for whole numbers, at most so much dearer than the cheapest.
    :raise RuntimeError: the solver gave up, which it has no reason to.
    """
    if not lp.num_col_:
        holds = (np.array(lp.row_lower_) <= 0).all() and (np.array(lp.row_upper_) >= 0).all()
        return np.zeros(0) if holds else None
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 0)
    if gap is None:
        # The rows are sparse and plain; looking for simpler ones costs more than it saves.
        solver.setOptionValue("presolve", "off")
        solver.setOptionValue("solver", "simplex")
    else:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * lp.num_col_
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", gap)
    solver.passModel(lp)
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return np.array(solver.getSolution().col_value)
    if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
        return None
    raise RuntimeError(f"the solver stopped: {solver.modelStatusToString(status)}")
