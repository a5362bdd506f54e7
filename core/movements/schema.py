"""The tables of the format as forms need them: what each key holds, derived from the same annotations as the reader."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from core.movements.content import steps_of
from core.scoring.kinds import Word
from core.scoring.meaning import TEST_KEYS
from core.scoring.movement import Criterion, Eligibility, FormField, Gate, Head, Movement, Value
from core.scoring.structure import keys_of


@dataclass(frozen=True, slots=True)
class Slot:
    """One key of a table.

    `kind`: text, id, number, integer, yesno, date, fraction, scalar, scale, choice, choices, lines, table, tables.
    `table`: what a table or a row of tables is. `default`: what an absent key means, None where nothing.
    """

    name: str
    kind: str
    required: bool
    default: Any = None
    choices: tuple[str, ...] = ()
    table: type | None = None


class Root:
    """The file as a whole: `[movement]` and the tables beside it."""


@cache
def slots(table: type) -> dict[str, Slot]:
    """Return the keys of a table by name, in the order of the format."""
    if table is Root:
        head = {key.name for key in keys_of(Head)}
        rest = {slot.name: slot for slot in slots(Movement).values() if slot.name not in head}
        return {"movement": Slot("movement", "table", True, table=Head), **rest}
    defaults = {field.name: field.default for field in fields(table) if field.default is not MISSING}
    return {
        key.name: _slot(key.name, key.hint, required=key.required, default=defaults.get(key.attribute))
        for key in keys_of(table)
    }


_SIMPLE: dict[Any, str] = {
    str: "text", bool: "yesno", int: "integer", Decimal: "number", date: "date", Fraction: "fraction",
}  # fmt: skip
_WORDS = {
    Word.FILLED: "text", Word.SLUG: "id", Word.CODE: "id", Word.CHOICE: "id", Word.SCALAR: "scalar",
    Word.SCALE: "scale",
}  # fmt: skip


def _slot(name: str, hint: Any, *, required: bool, default: Any) -> Slot:
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        inner = next(arm for arm in get_args(hint) if arm is not type(None))
        return _slot(name, inner, required=required, default=default)
    if origin is Annotated:
        return Slot(name, _WORDS[get_args(hint)[1]], required, default)
    if origin is Literal:
        return Slot(name, "choice", required, default, choices=get_args(hint))
    if origin is tuple:
        item = _slot(name, get_args(hint)[0], required=required, default=default)
        if item.kind == "table":
            return Slot(name, "tables", required, table=item.table)
        return Slot(name, "choices" if item.kind == "choice" else "lines", required, choices=item.choices)
    if hint in _SIMPLE:
        return Slot(name, _SIMPLE[hint], required, default)
    return Slot(name, "table", required, default, table=hint)


def table_at(place: str) -> type | None:
    """Return the table whose keys stand at a place: Criterion for `sheets[0].criteria[2]`; None for anything else."""
    table: type | None = Root
    slot: Slot | None = None
    for step in steps_of(place):
        if isinstance(step, int):
            continue
        if table is None:
            return None
        slot = slots(table).get(step)
        table = slot.table if slot is not None else None
    return table


def rows_of(content: Any, table: type = Root, place: str = "") -> Iterator[tuple[type, str, dict[str, Any]]]:
    """Yield every row of every list of tables in a draft: its table, its place, and the row itself."""
    if not isinstance(content, dict):
        return
    for slot in slots(table).values():
        given = content.get(slot.name)
        at = f"{place}.{slot.name}" if place else slot.name
        if slot.table is None:
            continue
        if slot.kind == "table":
            yield from rows_of(given, slot.table, at)
        elif isinstance(given, list):
            for number, row in enumerate(given):
                if isinstance(row, dict):
                    yield slot.table, f"{at}[{number}]", row
                    yield from rows_of(row, slot.table, f"{at}[{number}]")


# --- Tables of several kinds: what says which kind, and which keys belong to it ---------------------------------------

# For each kind the keys whose presence says it.
MARKERS: dict[type, dict[str, tuple[str, ...]]] = {
    Criterion: {"points": (), "levels": ("levels",), "group": ("criteria",), "value": ("value",),
                "remark": ("scored",)},
    Gate: {"total_below": ("total_below",), "points_below": ("points_below",), "fraction_below": ("fraction_below",),
           "is": ("fact", "is"), "at_least": ("fact", "at_least"), "below": ("fact", "below")},
    Value: {"rate": ("rate",), "share_of": ("share_of",), "steps": ("steps",)},
}  # fmt: skip
# Keys that only some kinds have; the others belong to every kind.
ONLY: dict[type, dict[str, frozenset[str]]] = {
    Criterion: {
        "max": frozenset({"points", "value", "group"}), "min": frozenset({"points", "value"}),
        "levels": frozenset({"levels"}), "value": frozenset({"value"}), "criteria": frozenset({"group"}),
        "step": frozenset({"points", "levels"}), "clip": frozenset({"group"}),
        "column": frozenset({"points", "levels", "remark"}), "comment": frozenset({"points", "levels", "remark"}),
        "min_pass": frozenset({"points", "levels", "value", "group"}),
        "below_min": frozenset({"points", "levels", "value", "group"}),
        "deductions": frozenset({"points", "levels"}), "floor": frozenset({"points", "levels"}),
        "scored": frozenset(),
    },
    Gate: {
        "total_below": frozenset({"total_below"}), "points_below": frozenset({"points_below"}),
        "fraction_below": frozenset({"fraction_below"}), "criteria": frozenset({"points_below", "fraction_below"}),
        "fact": frozenset({"is", "at_least", "below"}), "is": frozenset({"is"}), "at_least": frozenset({"at_least"}),
        "below": frozenset({"below"}),
    },
    Value: {
        "rate": frozenset({"rate"}), "base": frozenset({"rate"}), "share_of": frozenset({"share_of"}),
        "steps": frozenset({"steps"}),
    },
    FormField: {
        "min": frozenset({"number", "money"}), "max": frozenset({"number", "money"}),
        "max_length": frozenset({"text", "longtext"}), "max_files": frozenset({"file"}),
        "max_mb": frozenset({"file"}), "extensions": frozenset({"file"}), "choices": frozenset({"choice", "choices"}),
    },
    Eligibility: {
        key: frozenset(test for test, keys in TEST_KEYS.items() if key in keys)
        for key in ("field", "is", "from", "to", "months", "units", "award", "years")
    },
}  # fmt: skip
_KIND_KEY: dict[type, str] = {FormField: "kind", Eligibility: "test"}


def kind_of(table: type, row: Any) -> str:
    """Return the kind of a row of a table in `MARKERS` or `ONLY`; the first kind where nothing says one."""
    if not isinstance(row, dict):
        row = {}
    if table in _KIND_KEY:
        return str(row.get(_KIND_KEY[table], ""))
    if table is Criterion and row.get("scored") is False:
        return "remark"
    for kind, keys in MARKERS[table].items():
        if keys and keys != ("scored",) and keys[-1] in row:
            return kind
    return next(iter(MARKERS[table]))


def set_kind(table: type, row: dict[str, Any], kind: str) -> None:
    """Make a row of another kind: what only the old one has goes, what says the new one is there, though empty."""
    if kind == kind_of(table, row) or kind not in MARKERS[table]:
        return
    for key, kinds in ONLY[table].items():
        if kind not in kinds:
            row.pop(key, None)
    for key in MARKERS[table][kind]:
        slot = slots(table)[key]
        empty: Any = [] if slot.kind == "tables" else {} if slot.kind == "table" else ""
        row.setdefault(key, False if key == "scored" else empty)


def is_marker(table: type, row: Any, key: str) -> bool:
    """Say whether an empty box of this key must stay in the row, because it says what kind the row is."""
    return table in MARKERS and key in MARKERS[table].get(kind_of(table, row), ())


def belongs(table: type, row: Any, key: str, *, is_top: bool = True) -> bool:
    """Say whether a key is shown in a row: it belongs to the row's kind, or something stands there already."""
    if isinstance(row, dict) and key in row and key != "scored":
        return True
    if table is Criterion and key == "outside" and not is_top:
        return False
    kinds = ONLY.get(table, {}).get(key)
    return kinds is None or kind_of(table, row) in kinds
