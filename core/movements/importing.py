"""What comes in by a file or from the clipboard: read, shown before it replaces anything, then taken over."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from typing import Any

from core.doors.excel import PreviewRow, SheetDraft, read_workbook
from core.doors.problems import toml_problems
from core.movements.content import at, pack
from core.movements.rules import FileUnreadable
from core.scoring.reading import read_toml
from core.scoring.structure import as_decimal

MOVEMENT, SHEET = "movement", "sheet"
_KEPT = ("id", "title", "subject", "source")
"""What a sheet of the draft keeps when its criteria come from a file."""
DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Incoming:
    """What was read: `content` as a draft stores it (empty: nothing could be read), and what there is to say of it."""

    kind: str
    content: dict[str, Any]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rows: tuple[PreviewRow, ...] = field(default=())

    @property
    def text(self) -> str:
        """The content as the page carries it to the confirming act."""
        return json.dumps(self.content, ensure_ascii=False)


def read_movement(name: str, data: bytes) -> Incoming:
    """Read a whole movement: an .xlsx by its name, else the text of a movement.toml."""
    if name.lower().endswith(".xlsx"):
        book = read_workbook(data)
        return Incoming(MOVEMENT, pack(book.mapping), tuple(problem.sentence for problem in book.problems))
    reading = read_toml(data)
    text = data.decode("utf-8-sig", "replace")
    said = tuple(
        f"{problem.where}: {problem.sentence}" if problem.where and problem.where not in problem.sentence
        else problem.sentence
        for problem in toml_problems(text, reading)
    )  # fmt: skip
    if any(problem.code in {"file_too_big", "toml_syntax"} for problem in reading.problems):
        return Incoming(MOVEMENT, {}, said)
    return Incoming(MOVEMENT, pack(tomllib.loads(text, parse_float=as_decimal)), said)


def of_sheet(draft: SheetDraft) -> Incoming:
    """Return a score sheet that a door read."""
    said = tuple(problem.sentence for problem in draft.problems)
    return Incoming(SHEET, pack(draft.sheet), said, draft.notes, draft.preview)


def accept(text: str) -> dict[str, Any]:
    """Return the content that a page carried; it went through a browser, so only its shape is trusted after this.

    :raise FileUnreadable: it is not what a page of ours carries.
    """
    try:
        found = _plain(json.loads(text), 0)
    except (ValueError, RecursionError) as error:
        raise FileUnreadable() from error
    if not isinstance(found, dict) or not found:
        raise FileUnreadable()
    return found


def _plain(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise ValueError(depth)
    if isinstance(value, dict):
        return {str(key): _plain(item, depth + 1) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value]
    return value if isinstance(value, (bool, str)) else str(value)


def take_sheet(content: dict[str, Any], number: int, sheet: dict[str, Any]) -> None:
    """Put the criteria of a file in place of those of a sheet; what the draft says of the sheet otherwise stays."""
    sheets = content.get("sheets")
    if not isinstance(sheets, list):
        sheets = content["sheets"] = []
    while len(sheets) <= number:
        sheets.append({})
    given = at(content, f"sheets[{number}]")
    old = given if isinstance(given, dict) else {}
    kept = {key: old[key] for key in _KEPT if old.get(key)}
    sheets[number] = {**old, **{key: value for key, value in sheet.items() if key not in kept}}
