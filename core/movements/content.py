"""What a draft holds: the mapping of the format as JSON that keeps exact numbers, days, and whatever was mistyped.

A number is `{"#": "12.5"}`, a day `{"@": "2026-01-31"}`; texts and booleans are themselves. A text where a number
belongs is what somebody typed there: the validator names it, and nothing is lost. A place is a path as the validator
writes it, `sheets[0].criteria[2].max`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

NUMBER, DAY = "#", "@"
_STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,4})\]")


def pack(value: Any) -> Any:
    """Return plain values of the format (mappings, lists, str, bool, int, Decimal, date) as a draft stores them."""
    if isinstance(value, Mapping):
        return {str(key): pack(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [pack(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, Decimal)):
        return {NUMBER: str(value)}
    if isinstance(value, date) and not isinstance(value, datetime):
        return {DAY: value.isoformat()}
    return value.isoformat() if isinstance(value, (datetime, time)) else str(value)


def unpack(value: Any) -> Any:
    """Return stored content as the plain values that the validator reads."""
    if isinstance(value, dict):
        atom = _atom(value)
        return atom if atom is not None else {key: unpack(item) for key, item in value.items()}
    return [unpack(item) for item in value] if isinstance(value, list) else value


def _atom(value: dict[str, Any]) -> int | Decimal | date | None:
    if len(value) != 1:
        return None
    ((mark, text),) = value.items()
    if not isinstance(text, str):
        return None
    try:
        if mark == DAY:
            return date.fromisoformat(text)
        if mark == NUMBER:
            return int(text) if re.fullmatch(r"-?\d{1,400}", text) else Decimal(text)
    except (ValueError, InvalidOperation):
        return None
    return None


def number_of(value: Any) -> Decimal | None:
    """Return the number that a packed value is, else None."""
    found = unpack(value)
    return Decimal(found) if isinstance(found, (int, Decimal)) and not isinstance(found, bool) else None


# --- Places ----------------------------------------------------------------------------------------------------------


def steps_of(place: str) -> list[str | int]:
    """Return the keys and numbers of a place: `sheets[0].max` is ["sheets", 0, "max"]."""
    return [int(number) if number else key for key, number in _STEP.findall(place)]


def place_of(steps: list[str | int]) -> str:
    """Return the place of keys and numbers."""
    place = ""
    for step in steps:
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else step
    return place


def at(content: Any, place: str) -> Any:
    """Return what stands at a place; None where nothing does."""
    for step in steps_of(place):
        if isinstance(step, int):
            if not isinstance(content, list) or step >= len(content):
                return None
            content = content[step]
        elif isinstance(content, dict):
            content = content.get(step)
        else:
            return None
    return content


def put(content: dict[str, Any], place: str, value: Any) -> None:
    """Write `value` at a place, None takes the key away; tables on the way are made, list items must be there."""
    *way, last = steps_of(place)
    node: Any = content
    for step in way:
        if isinstance(step, int):
            if not isinstance(node, list) or step >= len(node):
                return
            node = node[step]
            continue
        if not isinstance(node, dict):
            return
        if not isinstance(node.get(step), (dict, list)):
            if value is None:
                return
            node[step] = {}
        node = node[step]
    if isinstance(node, dict) and isinstance(last, str):
        if value is None:
            node.pop(last, None)
        else:
            node[last] = value


# --- Rows ------------------------------------------------------------------------------------------------------------


def add_row(content: dict[str, Any], place: str, row: dict[str, Any]) -> int:
    """Add a row to the list at a place, making the list; return its number."""
    rows = at(content, place)
    if not isinstance(rows, list):
        rows = []
        put(content, place, rows)
    rows.append(row)
    return len(rows) - 1


def remove_row(content: dict[str, Any], place: str) -> bool:
    """Take away the row at a place; say whether there was one."""
    rows, number = _row(content, place)
    if rows is None:
        return False
    del rows[number]
    return True


def move_row(content: dict[str, Any], place: str, by: int) -> bool:
    """Exchange the row at a place with its neighbour; say whether there were both."""
    rows, number = _row(content, place)
    if rows is None or not 0 <= number + by < len(rows):
        return False
    rows[number], rows[number + by] = rows[number + by], rows[number]
    return True


def _row(content: dict[str, Any], place: str) -> tuple[list[Any] | None, int]:
    *way, last = steps_of(place) or [""]
    rows = at(content, place_of(way)) if isinstance(last, int) else None
    return (rows, last) if isinstance(rows, list) and isinstance(last, int) and last < len(rows) else (None, 0)
