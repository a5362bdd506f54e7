"""Between the text in a box and the value in a draft: reading, writing back, what may be chosen where."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from core.errors import DomainError
from core.movements.content import DAY, NUMBER, at, place_of, steps_of, unpack
from core.movements.schema import Root, kind_of, table_at
from core.scoring.movement import Criterion
from core.vietnamese.dates import format_date, parse_date
from core.vietnamese.numbers import parse_decimal
from core.vietnamese.text import clean_line, clean_text, fold

OPEN_WORDS = frozenset({"mo", "open"})
TRUE, FALSE = "true", "false"


def anchor(place: str) -> str:
    """Return the id of a box or a section on the page: sheets-0-criteria-2-max."""
    return place.replace("[", "-").replace("].", "-").replace("]", "").replace(".", "-").replace("~", "o-")


def table_of(place: str) -> type:
    """Return the table at a place; the root for «»."""
    return (table_at(place) or Root) if place else Root


def has_children(value: Any) -> bool:
    """Say whether a table holds anything."""
    return isinstance(value, dict) and bool(value)


# --- Text and value --------------------------------------------------------------------------------------------------


def show(value: Any) -> str:
    """Return how a packed value stands in its box: 8,5 without grouping marks, 05/03/2026, lines, the text itself."""
    plain = unpack(value)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return TRUE if plain else FALSE
    if isinstance(plain, (int, Decimal)):
        return f"{plain:f}".replace(".", ",") if isinstance(plain, Decimal) else str(plain)
    if isinstance(plain, date):
        return format_date(plain)
    if is_foreign(value):
        return ""
    return "\n".join(plain) if isinstance(plain, list) else str(plain)


def is_foreign(value: Any) -> bool:
    """Say whether no box can show a value: a table, or a list of anything but texts, which only a file can bring."""
    plain = unpack(value)
    if isinstance(plain, list):
        return not all(isinstance(item, str) for item in plain)
    return isinstance(plain, dict)


def same_text(typed: str, shown: str) -> bool:
    """Say whether a box came back as the page wrote it; browsers send line ends of their own."""
    return typed.replace("\r\n", "\n").strip() == shown.strip() and shown.strip() != ""


def reader_of(kind: str, content: Any, place: str) -> str:
    """Return how a box is read: by the kind of its key; a value of open type by the fact or question it speaks of."""
    return answer_kind(content, place) if kind == "scalar" else kind


def read(reader: str, typed: str) -> Any:
    """Return the packed value of a typed text; None for an empty box, the text itself where it cannot be read."""
    if reader == "long":
        return clean_text(typed) or None
    if reader == "lines":
        return [line for line in clean_text(typed).split("\n") if line] or None
    text = clean_line(typed)
    if not text:
        return None
    try:
        if reader in {"number", "integer"}:
            return _number(text, whole=reader == "integer")
        if reader == "date":
            return {DAY: parse_date(text).isoformat()}
        if reader == "scale":
            return "open" if fold(text) in OPEN_WORDS else _number(text)
        if reader == "fraction":
            return text.replace(" ", "") if "/" in text else _number(text)
    except DomainError:
        return text
    return text


def _number(text: str, *, whole: bool = False) -> Any:
    number = parse_decimal(text)
    is_whole = number == number.to_integral_value()
    return {NUMBER: str(int(number)) if is_whole else str(number)} if is_whole or not whole else text


# --- What may be chosen where ----------------------------------------------------------------------------------------


def head_of(place: str) -> tuple[str, int]:
    """Return the first key of a place, and the number behind it."""
    steps = steps_of(place) or [""]
    number = steps[1] if len(steps) > 1 and isinstance(steps[1], int) else 0
    return str(steps[0]), number


def key_below_sheet(place: str) -> str:
    """Return the key of a sheet that a place lies in."""
    steps = steps_of(place)
    return str(steps[2]) if len(steps) > 2 else ""


def _named(rows: Any) -> Iterator[tuple[str, str]]:
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and isinstance(row.get("id"), str):
            title = row.get("title")
            yield row["id"], title if isinstance(title, str) and title else row["id"]


def criteria_of(rows: Any) -> Iterator[dict[str, Any]]:
    """Yield every criterion of a sheet as typed, groups before their children."""
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict):
            yield row
            yield from criteria_of(row.get("criteria"))


def referable(content: dict[str, Any], ref: str, place: str) -> list[tuple[str, str]]:
    """Return what a key may name, as (id, words): facts, questions, and the criteria, bands, columns of its sheet.

    What is no title of the draft has no words here: the page finds them by the id.
    """
    key, number = head_of(place)
    sheet = f"sheets[{number}]" if key == "sheets" else "sheets[0]"
    if ref == "criterion":
        scored = [row for row in criteria_of(at(content, f"{sheet}.criteria")) if kind_of(Criterion, row) != "remark"]
        return [(code, f"{code}. {title}") for code, title in _named(scored)]
    if ref == "share":
        return [("max", ""), *_named(content.get("facts"))]
    if ref == "person":
        return list(_named(at(content, f"awards[{number}].person_kinds")))
    lists = {"fact": "facts", "field": "form.fields", "sheet": "sheets", "band": f"{sheet}.bands",
             "column": f"{sheet}.columns"}  # fmt: skip
    return list(_named(at(content, lists[ref])))


def _spoken_of(content: dict[str, Any], place: str) -> dict[str, Any] | None:
    """Return the fact or question whose value stands at a place."""
    above = place_of(steps_of(place)[:-1])
    row = at(content, above)
    if not isinstance(row, dict):
        return None
    if above.startswith("facts["):
        return row
    rows, key = (at(content, "form.fields"), "field") if "field" in row else (content.get("facts"), "fact")
    found = (
        each
        for each in (rows if isinstance(rows, list) else [])
        if isinstance(each, dict) and each.get("id") == row.get(key)
    )
    return next(found, None)


def answer_kind(content: dict[str, Any], place: str) -> str:
    """Return how a value of open type is read: number, date or text, by the fact or question it speaks of."""
    kind = (_spoken_of(content, place) or {}).get("kind")
    return {"count": "number", "number": "number", "money": "number", "date": "date"}.get(str(kind), "text")


def answers(content: dict[str, Any], place: str) -> list[tuple[str, Any]] | None:
    """Return the values among which one of open type is chosen, as `referable` does; None where it is typed."""
    spoken_of = _spoken_of(content, place) or {}
    if spoken_of.get("kind") == "yesno":
        return [(TRUE, ""), (FALSE, "")]
    if spoken_of.get("kind") in ("choice", "choices"):
        return list(_named(spoken_of.get("choices")))
    return None
