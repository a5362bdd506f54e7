"""A movement as the text of its `movement.toml`: written so that it can be read, corrected and kept beside others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.doors.mapping import to_mapping
from core.doors.schema import Held, Top, held_by, in_order
from core.scoring.movement import Movement

WIDTH = 120
_NOTHING = Held(None, is_list=False)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# What may not stand in a string as it is; halves of a surrogate pair cannot stand in a file at all.
_TO_ESCAPE = re.compile('[\\\\"\x00-\x1f\x7f]')
_SURROGATES = re.compile("[\ud800-\udfff]")


def to_toml(movement: Movement | Mapping[str, Any]) -> str:
    """Return the text of a movement file; reading it gives the same movement with the same digest.

    A mapping need not be sound, so that a draft can be taken away: its values need only be of the types that TOML has
    (str, bool, int, Decimal, date, lists, mappings). None means absent.

    :raise TypeError: a value has no form in TOML, such as a float.
    """
    mapping = to_mapping(movement) if isinstance(movement, Movement) else movement
    lines: list[str] = []
    _write_table(lines, mapping, Top, ())
    return "\n".join(lines).lstrip("\n") + "\n"


def _write_table(lines: list[str], values: Mapping[str, Any], table: type | None, path: tuple[str, ...]) -> None:
    """Write the plain keys of a table, then the tables inside it: TOML wants it in that order."""
    known = held_by(table) if table is not None else {}
    given = {name: value for name, value in values.items() if value is not None}
    inner: list[str] = []
    for name in in_order(table, given):
        held = known.get(name, _NOTHING)
        if _stands_alone(given[name], is_top=table is Top):
            inner.append(name)
        else:
            lines.extend(_key_lines(name, given[name], held))
    for name in inner:
        held, below = known.get(name, _NOTHING), (*path, name)
        title = ".".join(_key(part) for part in below)
        if isinstance(given[name], Mapping):
            lines.extend(("", f"[{title}]"))
            _write_table(lines, given[name], held.table, below)
        else:
            for item in given[name]:
                lines.extend(("", f"[[{title}]]"))
                _write_table(lines, item, held.table, below)


def _stands_alone(value: Any, *, is_top: bool) -> bool:
    """Whether a value is written under a heading of its own: a top table, or one too long for a line."""
    if isinstance(value, Mapping):
        return is_top or not _fits(value)
    if not isinstance(value, (list, tuple)) or not value or not all(isinstance(item, Mapping) for item in value):
        return False
    return is_top or not all(_fits(item) for item in value)


def _fits(table: Mapping[str, Any]) -> bool:
    """Whether a table can be read on one line: short, and no text in it has line breaks."""
    return not _has_breaks(table) and len(_inline(table, None)) <= WIDTH - 4


def _has_breaks(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_has_breaks(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(_has_breaks(item) for item in value)
    return isinstance(value, str) and "\n" in value


def _key_lines(name: str, value: Any, held: Held) -> list[str]:
    """Return `name = value`, a list of several tables or of many words over several lines."""
    if isinstance(value, str) and "\n" in value:
        return [f"{_key(name)} = {_several_lines(value)}"]
    line = f"{_key(name)} = {_inline(value, held.table)}"
    is_list = isinstance(value, (list, tuple)) and bool(value)
    if is_list and (len(line) > WIDTH or (len(value) > 1 and isinstance(value[0], Mapping))):
        return [f"{_key(name)} = [", *(f"  {_inline(item, held.table)}," for item in value), "]"]
    return [line]


def _inline(value: Any, table: type | None) -> str:
    """Return a value on one line.

    :raise TypeError: TOML has no such value.
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return _number(value)
    if isinstance(value, Fraction):
        return _text(f"{value.numerator}/{value.denominator}")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_inline(item, table) for item in value)}]"
    if isinstance(value, Mapping):
        known = held_by(table) if table is not None else {}
        pairs = [
            f"{_key(name)} = {_inline(value[name], known.get(name, _NOTHING).table)}"
            for name in in_order(table, value)
            if value[name] is not None
        ]
        return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
    raise TypeError(f"TOML has no {type(value).__name__}")


def _number(number: int | Decimal) -> str:
    """Write a number as it was typed; one that is no number at all stays so, and is refused when it is read."""
    if isinstance(number, int):
        return str(number)
    if not number.is_finite():
        return "nan" if number.is_nan() else str(number).lower().replace("infinity", "inf")
    return format(number, "f") if abs(number.adjusted()) < 40 else str(number)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    return f'"{_escaped(text)}"'


def _several_lines(text: str) -> str:
    """Write a text over several lines; every quote is escaped, so none can end it."""
    return '"""\n' + "\n".join(_escaped(line) for line in text.split("\n")) + '"""'


def _escaped(text: str) -> str:
    return _TO_ESCAPE.sub(lambda found: _ESCAPES.get(found[0], f"\\u{ord(found[0]):04X}"), _SURROGATES.sub("�", text))
