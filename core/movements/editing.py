"""Writing a form back into a draft, and the buttons beside it: add, remove and move rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from core.movements.boxes import FALSE, TRUE, is_foreign, show
from core.movements.content import add_row, at, move_row, place_of, put, remove_row, steps_of
from core.movements.rules import RowUnknown
from core.movements.schema import Root, Slot, is_marker, set_kind, slots, table_at
from core.scoring.movement import Authors, Sheet, Value

KIND, HAS = "~kind", "~has"
"""Boxes that are no keys of the format: which kind a row is, and whether a table is there at all."""


class BoxLike(Protocol):
    """What the form of a page knows of one box."""

    name: str
    kind: str
    table: type
    row_place: str
    key: str
    slot: Slot | None


def save(content: dict[str, Any], filled: Iterable[tuple[BoxLike, Any]]) -> None:
    """Write every box of a page into the draft; kinds change last, when what they drop was written."""
    kinds: list[tuple[BoxLike, str]] = []
    tables: set[str] = set()
    for box, data in filled:
        if box.key == KIND:
            kinds.append((box, str(data)))
        elif box.key == HAS:
            _set_there(content, box.row_place, is_there=bool(data))
        else:
            if at(content, box.row_place) != {}:
                tables.add(box.row_place)
            _write(content, box, data)
    for box, kind in kinds:
        row = at(content, box.row_place)
        if isinstance(row, dict):
            set_kind(box.table, row, kind)
    for place in sorted(tables, key=len, reverse=True):
        _prune(content, place)


def act(content: dict[str, Any], said: str) -> str:
    """Do what a button beside a row says («add:facts», «remove:facts[0]»); return the place to look at afterwards.

    :raise RowUnknown: there is no such row or list.
    """
    verb, _colon, place = said.partition(":")
    if verb == "add":
        if not _is_list(place):
            raise RowUnknown(place=place)
        return f"{place}[{add_row(content, place, _new_row(place))}]"
    above, number = place_of(steps_of(place)[:-1]), (steps_of(place) or [0])[-1]
    if verb == "drop" and isinstance(at(content, above) if above else content, dict):
        put(content, place, None)
        return above
    if not isinstance(number, int) or not _is_list(above):
        raise RowUnknown(place=place)
    if verb == "remove" and remove_row(content, place):
        return above
    by = {"up": -1, "down": 1}.get(verb)
    if by is not None and move_row(content, place, by):
        return f"{above}[{number + by}]"
    raise RowUnknown(place=place)


def _is_list(place: str) -> bool:
    steps = steps_of(place)
    if not steps or isinstance(steps[-1], int):
        return False
    table = table_at(place_of(steps[:-1])) if len(steps) > 1 else Root
    slot = slots(table).get(str(steps[-1])) if table is not None else None
    return slot is not None and slot.kind == "tables"


def _new_row(place: str) -> dict[str, Any]:
    return {"criteria": []} if table_at(place) is Sheet else {}


def _set_there(content: dict[str, Any], place: str, *, is_there: bool) -> None:
    """Make an optional table or take it away; one that is there keeps what it holds."""
    if is_there != (at(content, place) is not None):
        put(content, place, {} if is_there else None)


def _write(content: dict[str, Any], box: BoxLike, data: Any) -> None:
    """Write one box: what is unchanged stays as it is, an empty box and a default leave no key behind."""
    slot = box.slot
    assert slot is not None
    row = at(content, box.row_place) if box.row_place else content
    given = row.get(slot.name) if isinstance(row, dict) else None
    value = _value_of(box.kind, slot, data)
    if box.kind == "select" and data == show(given):
        return
    if box.kind == "checks" and isinstance(given, list) and sorted(data or []) == _texts(given):
        return
    if _is_default(slot, value) and (is_foreign(given) or (slot.kind == "yesno" and not isinstance(given, bool))):
        # The box could not show what stands here; it goes when something else is typed.
        return
    if _same(value, given) or (given is None and _is_default(slot, value)):
        return
    if _is_default(slot, value):
        value = None
    if value is None and is_marker(box.table, row, slot.name):
        value = ""
    put(content, box.name, value)


def _value_of(kind: str, slot: Slot, data: Any) -> Any:
    if kind == "yesno":
        return bool(data)
    if kind == "checks":
        return list(data or []) or None
    if kind == "select":
        if data in (None, ""):
            return None
        return {TRUE: True, FALSE: False}.get(data, data) if slot.kind == "scalar" else data
    return data


def _texts(rows: list[Any]) -> list[str]:
    return sorted(each for each in rows if isinstance(each, str))


def _same(value: Any, given: Any) -> bool:
    """Say whether a box came back as it was: nothing is nothing however it is stored, ticks have no order."""
    if value is None and given in ("", []):
        return True
    if isinstance(value, list) and isinstance(given, list) and all(isinstance(each, str) for each in given):
        return sorted(value) == sorted(given)
    return bool(value == given)


def _is_default(slot: Slot, value: Any) -> bool:
    if value is None:
        return True
    if slot.kind == "yesno":
        return bool(value) == bool(slot.default)
    return slot.kind == "choice" and slot.default is not None and value == slot.default


def _prune(content: dict[str, Any], place: str) -> None:
    """Take away a table that holds nothing, unless its being there says something."""
    steps = steps_of(place)
    if steps and isinstance(steps[-1], str) and at(content, place) == {} and table_at(place) not in (Authors, Value):
        put(content, place, None)


__all__ = ["HAS", "KIND", "act", "save"]
