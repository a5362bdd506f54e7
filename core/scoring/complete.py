"""Fills in the defaults that are computed, so that a movement says everything that a season freezes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from core.scoring.movement import DEFAULT_COLUMNS, Column, Criterion, Gate, Movement, Sheet


def complete(movement: Movement) -> Movement:
    """Return a sound movement with its subjects sorted and every computed default filled in."""
    return replace(
        movement,
        subjects=tuple(sorted(set(movement.subjects))),
        sheets=tuple(_complete_sheet(sheet) for sheet in movement.sheets),
    )


def _complete_sheet(sheet: Sheet) -> Sheet:
    columns = tuple(_complete_column(column) for column in sheet.columns or DEFAULT_COLUMNS)
    return replace(
        sheet,
        criteria=tuple(_complete_criterion(criterion, sheet) for criterion in sheet.criteria),
        columns=columns,
        official=sheet.official or columns[-1].id,
        gates=tuple(_complete_gate(gate, sheet) for gate in sheet.gates),
    )


def _complete_column(column: Column) -> Column:
    return replace(column, min_sheets=column.sheets_needed)


def _complete_gate(gate: Gate, sheet: Sheet) -> Gate:
    """A fraction test without criteria means every scored top criterion inside the scale."""
    if gate.fraction_below is None or gate.criteria is not None:
        return gate
    inside = tuple(top.id for top in sheet.criteria if top.scored and not top.outside)
    return replace(gate, criteria=inside)


def _complete_criterion(criterion: Criterion, sheet: Sheet) -> Criterion:
    if criterion.kind == "remark":
        return criterion
    if criterion.criteria is not None:
        children = tuple(_complete_criterion(child, sheet) for child in criterion.criteria)
        criterion = replace(criterion, criteria=children)
    if criterion.value is not None and criterion.value.rate is not None and criterion.value.base is None:
        criterion = replace(criterion, value=replace(criterion.value, base=Decimal(0)))
    is_bounded, floor = criterion.kind in {"points", "value"}, criterion.floor
    if criterion.deductions and floor is None:
        floor = criterion.lowest
    return replace(
        criterion,
        max=criterion.highest,
        min=criterion.lowest if is_bounded else None,
        step=(criterion.step or sheet.step) if criterion.is_judged else None,
        floor=floor,
    )
