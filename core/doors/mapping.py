"""A movement as the plain values of its file: what a form shows, what is exported, what is read again."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.scoring.movement import Column, Criterion, Gate, Head, Movement, Sheet, Value
from core.scoring.reading import FORMAT, from_mapping
from core.scoring.structure import keys_of

__all__ = ["from_mapping", "to_mapping"]


def to_mapping(movement: Movement) -> dict[str, Any]:
    """Return the editable form of a movement, with the keys of its file; what the format fills in itself is left out.

    Values are str, bool, int, Decimal (where not whole), date, and lists and dicts of them. Read again, it is the same
    movement with the same digest.
    """
    values = _values(replace(movement, sheets=tuple(_short_sheet(sheet) for sheet in movement.sheets)))
    head = {key.name: values.pop(key.name) for key in keys_of(Head) if key.name in values}
    return {"format": FORMAT, "movement": head, **values}


def plain_number(number: Decimal | int) -> int | Decimal:
    """Return a whole number as an int, so that a file says 30 and not 30.0."""
    return int(number) if number == int(number) else Decimal(number)


def _short_sheet(sheet: Sheet) -> Sheet:
    """Take out of a sheet what `complete` would compute."""
    columns = tuple(_short_column(column) for column in sheet.columns)
    inside = tuple(top.id for top in sheet.criteria if top.scored and not top.outside)
    return replace(
        sheet,
        criteria=tuple(_short_criterion(criterion, sheet) for criterion in sheet.criteria),
        columns=columns,
        official=None if columns and sheet.official == columns[-1].id else sheet.official,
        gates=tuple(_short_gate(gate, inside) for gate in sheet.gates),
    )


def _short_column(column: Column) -> Column:
    return replace(column, min_sheets=None) if column.min_sheets == column.fewest else column


def _short_gate(gate: Gate, inside: tuple[str, ...]) -> Gate:
    is_all = gate.fraction_below is not None and gate.criteria == inside
    return replace(gate, criteria=None) if is_all else gate


def _short_criterion(criterion: Criterion, sheet: Sheet) -> Criterion:
    kind, children = criterion.kind, criterion.criteria
    if kind == "remark":
        return criterion
    if criterion.floor is not None and criterion.floor == criterion.lowest:
        criterion = replace(criterion, floor=None)
    if kind == "levels" or (kind == "group" and criterion.max == replace(criterion, max=None).highest):
        criterion = replace(criterion, max=None)
    return replace(
        criterion,
        min=None if criterion.min == 0 else criterion.min,
        step=None if criterion.step == sheet.step else criterion.step,
        value=None if criterion.value is None else _short_value(criterion.value),
        criteria=None if children is None else tuple(_short_criterion(child, sheet) for child in children),
    )


def _short_value(value: Value) -> Value:
    return replace(value, base=None) if value.base == 0 else value


def _values(table: Any) -> dict[str, Any]:
    """Return the keys of one table whose values differ from the default."""
    return {
        field.name.rstrip("_"): _value(given)
        for field in fields(table)
        if (given := getattr(table, field.name)) is not None and not _is_default(field, given)
    }


def _is_default(field: Any, given: Any) -> bool:
    return field.default is not MISSING and type(given) is type(field.default) and given == field.default


def _value(value: Any) -> Any:
    if is_dataclass(value):
        return _values(value)
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    return plain_number(value) if isinstance(value, Decimal) else value
