"""The tables of the movement format as the doors walk them: which table a key holds, and in what order keys stand."""

from __future__ import annotations

import types
from collections.abc import Iterable
from dataclasses import is_dataclass
from functools import cache
from typing import Any, NamedTuple, Union, get_args, get_origin

from core.scoring.movement import Head, Movement
from core.scoring.structure import keys_of


class Held(NamedTuple):
    """What a key holds: its table (None where it is a plain value) and whether there are several in a list."""

    table: type | None
    is_list: bool


class Top:
    """The whole file: `format`, `[movement]` and the other top tables."""


@cache
def held_by(table: type) -> dict[str, Held]:
    """Return every key of a table in the order of the format, with what it holds."""
    if table is Top:
        head = {key.attribute for key in keys_of(Head)}
        rest = {key.name: _held(key.hint) for key in keys_of(Movement) if key.attribute not in head}
        return {"format": Held(None, is_list=False), "movement": Held(Head, is_list=False), **rest}
    return {key.name: _held(key.hint) for key in keys_of(table)}


def in_order(table: type | None, names: Iterable[str]) -> list[str]:
    """Return names of keys as the format orders them; those it does not know come last, as they were."""
    known = {name: place for place, name in enumerate(held_by(table))} if table is not None else {}
    return sorted(names, key=lambda name: known.get(name, len(known)))


def _held(hint: Any) -> Held:
    if get_origin(hint) in {Union, types.UnionType}:
        hint = next(arm for arm in get_args(hint) if arm is not type(None))
    is_list = get_origin(hint) is tuple
    inner = get_args(hint)[0] if is_list else hint
    return Held(inner if isinstance(inner, type) and is_dataclass(inner) else None, is_list)
