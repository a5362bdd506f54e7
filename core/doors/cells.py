"""One value of a movement as one cell of a workbook, and back: every text, number and choice keeps what it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, get_args, get_origin

from core.doors.labels import OPEN, WORDS, label_of
from core.doors.mapping import plain_number
from core.doors.schema import held_by
from core.scoring.exact import plain
from core.scoring.kinds import Word
from core.scoring.structure import keys_of
from core.vietnamese.text import fold

LONGEST = 32_000
_YES, _NO = "Có", "Không"
# A text that a spreadsheet would take for a formula, or that begins with our own mark, gets a mark in front.
_TO_MARK = tuple("=+-@|%＝＋－＠'")
# What a workbook or the way through it would change: signs without a shape, edges of blanks, its own escapes.
_TO_QUOTE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]|^\\s|\\s$|_x[0-9A-Fa-f]{4}_")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Slot:
    """One column: its path inside a row, its heading, what it holds, and the words for its choices."""

    path: tuple[str, ...]
    title: str
    hint: Any
    is_list: bool = False
    words: Mapping[str, str] | None = None

    def shown(self, value: Any) -> str | int | Decimal | None:
        """Return what stands in the cell: a text, or a number that a spreadsheet keeps exactly."""
        if self.is_list:
            return _lines_shown(self._word(item) for item in value)
        if self.hint is bool:
            return _YES if value else _NO
        if self.hint is Word.SCALAR:
            return _scalar_shown(value)
        if self.hint is Word.SCALE and value == "open":
            return OPEN
        if isinstance(value, (int, Decimal)):
            return _number_shown(value)
        if isinstance(value, date):
            return _day_shown(value)
        return text_shown(self._word(value))

    def read(self, value: Any) -> Any:
        """Return what a cell means; what cannot be read comes back as it is, for the validator to refuse it."""
        if self.is_list:
            lines = value.split("\n") if isinstance(value, str) else [text_read(value)]
            return [self._unword(_line_read(line)) for line in lines if not isinstance(line, str) or line.strip()]
        if self.hint is bool:
            return _truth_read(value)
        if self.hint is Word.SCALAR:
            return _scalar_read(value)
        if self.hint is Word.SCALE and isinstance(value, str) and fold(value) in {fold(OPEN), "open"}:
            return "open"
        if self.hint in {int, Decimal, Word.SCALE, "fraction"}:
            return _number_read(value)
        if self.hint is date:
            return _day_read(value)
        return self._unword(text_read(value))

    def _word(self, value: str) -> str:
        return self.words.get(value, value) if self.words else value

    def _unword(self, value: Any) -> Any:
        for code, word in (self.words or {}).items():
            if isinstance(value, str) and fold(value) in {fold(word), code}:
                return code
        return value


def slots_of(table: type, path: tuple[str, ...] = (), before: str = "") -> list[Slot]:
    """Return the columns of a table, those of the single tables inside it with their name in front."""
    found = []
    hints = {key.name: key.hint for key in keys_of(table)}
    for name, held in held_by(table).items():
        title = label_of(table, name)
        at = (*path, name)
        if held.table is not None and not held.is_list:
            found += slots_of(held.table, at, f"{before}{title}: ")
        elif held.table is None:
            found.append(Slot(at, f"{before}{title}", _kind(hints[name]), held.is_list, WORDS.get((table, name))))
    return found


def text_shown(text: str) -> str:
    """Return a text as a cell holds it: never a formula, and never changed on the way.

    :raise ValueError: a cell cannot hold so long a text.
    """
    _measure(text)
    if _TO_QUOTE.search(text):
        return f"'{json.dumps(text)}"
    return f"'{text}" if text.startswith(_TO_MARK) else text


def _lines_shown(items: Iterable[str]) -> str | None:
    """Return several texts as the lines of one cell; one that has line breaks itself is quoted."""
    text = "\n".join(json.dumps(item) if "\n" in item or item.startswith('"') else text_shown(item) for item in items)
    _measure(text)
    return text or None


def _measure(text: str) -> None:
    """Refuse a text that a cell cannot hold; a spreadsheet counts in UTF-16."""
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST:
        raise ValueError(f"a cell holds at most {LONGEST} characters")


def _line_read(line: Any) -> Any:
    return _quoted(line) if isinstance(line, str) and line.startswith('"') else text_read(line)


def text_read(value: Any) -> Any:
    """Return the text of a cell; a number is the text that a reader sees."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return plain(value)
    if isinstance(value, str) and value.startswith("'"):
        return _quoted(value[1:])
    return value


def _quoted(text: str) -> str:
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        try:
            return str(json.loads(text, strict=False))
        except ValueError:
            return text
    return text


def _kind(hint: Any) -> Any:
    """Return the type or the word that says how a cell is read."""
    if get_origin(hint) is Annotated:
        return get_args(hint)[1]
    arms = [arm for arm in get_args(hint) if arm is not type(None)] if type(None) in get_args(hint) else []
    if arms:
        return _kind(arms[0])
    return "fraction" if getattr(hint, "__name__", "") == "Fraction" else hint


def _number_shown(number: int | Decimal) -> str | int | Decimal:
    return number if Decimal(repr(float(number))) == number else plain(number)


def _number_read(value: Any) -> Any:
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        try:
            return plain_number(Decimal(value.strip().replace(",", ".")))
        except (InvalidOperation, ValueError):
            return value
    return text_read(value) if isinstance(value, str) else value


def _day_shown(day: date) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def _day_read(value: Any) -> Any:
    text = value.strip() if isinstance(value, str) else ""
    iso, day = _ISO.fullmatch(text), _DAY.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if day:
            return date(int(day[3]), int(day[2]), int(day[1]))
    except ValueError:
        pass
    return value


def _truth_read(value: Any) -> Any:
    said = fold(value) if isinstance(value, str) else ""
    if said in {"co", "x", "true", "dung"}:
        return True
    return False if said in {"khong", "false", "sai"} else value


def _scalar_shown(value: Any) -> str | int | Decimal:
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, (int, Decimal)):
        return _number_shown(value)
    if isinstance(value, date):
        return _day_shown(value)
    shown = text_shown(value)
    return shown if _scalar_read(shown) == value else f"'{json.dumps(value)}"


def _scalar_read(value: Any) -> Any:
    if not isinstance(value, str) or value.startswith("'"):
        return text_read(value) if isinstance(value, str) else value
    for read in (_truth_read, _number_read, _day_read):
        found = read(value)
        if not isinstance(found, str):
            return found
    return value
