"""What goes wrong with movement files: valid tables with parts dropped, doubled, retyped, nested, swapped or huge."""

from __future__ import annotations

import copy
from datetime import date, time
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.scoring.random_movements import Raw, to_toml

# Values of every type that a file can hold, most of them nowhere right.
STRANGE: list[Any] = [
    True, False, 0, -1, 1, 7, Decimal("0.5"), Decimal("-2.75"), "", " ", "0", "1/0", "2/3", "open", "max", "Đ" * 50,
    "\u0000", "\u202e", "..", "../..", "{place}", "%s", "<b>", [], {}, [[]], [{}], {"": ""}, {"id": "a"},
    date(1, 1, 1), date(9999, 12, 31), time(8), Raw("1979-05-27T07:32:00Z"), Raw("1979-05-27T07:32:00"),
    Raw("0x1F"), Raw("1_000"), Raw("+0.0"), Raw("-0.0"),
]  # fmt: skip
HUGE: list[Any] = [
    Raw("inf"), Raw("-inf"), Raw("nan"), Raw("1e400"), Raw("1e-400"), Raw("1e999999999"), Raw("-1e999999999999999999"),
    Raw("1" + "0" * 4000), Raw("0." + "1" * 4000), 10**12, -(10**12), 10**18, 2**64, Decimal("999999999999.999999"),
    Decimal("0.0000001"), "x" * 70_000, [0] * 5000, Raw("[" * 60 + "]" * 60),
]  # fmt: skip
SIGNS = ['"', "]", "}", "=", ",", "\n", "\r", "\u0000", "’", ".", "[["]


@st.composite
def mutated_files(draw: st.DrawFn, valid: st.SearchStrategy[dict[str, Any]]) -> str:
    """Take a valid movement and spoil it in one to four places, seldom in its text itself."""
    tables = copy.deepcopy(draw(valid))
    for _ in range(draw(st.integers(1, 4))):
        spoil(draw, tables)
    text = to_toml(tables)
    return spoil_text(draw, text) if draw(st.integers(0, 99)) in range(40, 46) else text


def spoil(draw: st.DrawFn, tables: dict[str, Any]) -> None:
    """Change one place of the tables, at any depth."""
    holder, key = place(draw, tables)
    what = draw(st.sampled_from(["drop", "double", "retype", "nest", "huge", "rename", "swap"]))
    if what == "drop":
        del holder[key]
    elif what == "retype":
        holder[key] = copy.deepcopy(draw(st.sampled_from(STRANGE)))
    elif what == "huge":
        holder[key] = copy.copy(draw(st.sampled_from(HUGE)))
    elif what == "nest":
        for _ in range(draw(st.sampled_from([1, 1, 2, 6]))):
            holder[key] = draw(st.sampled_from([[holder[key]], {"a": holder[key]}, {"criteria": [holder[key]]}]))
    elif what == "swap":
        other, there = place(draw, tables)
        taken = copy.deepcopy(other[there])
        holder[key] = taken
    elif isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        name = draw(st.sampled_from([key + "x", key.upper(), "id", "max", "from", "criteria", "", "a.b", "Đ"]))
        value = holder[key] if what == "double" else holder.pop(key)
        holder[name] = copy.deepcopy(value)


def place(draw: st.DrawFn, tables: dict[str, Any]) -> tuple[Any, Any]:
    """Return a table or list and the key or position of one thing in it."""
    holder: Any = tables
    key: Any = "format"
    if not tables:
        tables["format"] = 1
    while True:
        key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
        inner = holder[key]
        if not (isinstance(inner, (dict, list)) and inner) or draw(st.integers(1, 5)) == 1:
            return holder, key
        holder = inner


def spoil_text(draw: st.DrawFn, text: str) -> str:
    """Drop, double, cut or change something in the text, as an editor or a broken copy would."""
    at = draw(st.integers(0, len(text) - 1))
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at) + 1 or len(text)
    return draw(
        st.sampled_from([
            text[:start] + text[end:],
            text[:end] + text[start:end] + text[end:],
            text[:at],
            text[:at] + text[at + 1 :],
            text[:at] + draw(st.sampled_from(SIGNS)) + text[at:],
            text + "x = " + "[" * 2000,
            text + "x = " + "9" * 5000,
            "\ufeff" + text,
            text.replace("\n", "\r\n"),
            text.replace(" = 1", " = 1,5"),
        ])
    )  # fmt: skip
