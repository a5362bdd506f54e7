"""The first step of reading: keys, types and required values, derived from the annotations of the movement."""

from __future__ import annotations

import re
import types
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from core.scoring.exact import is_acceptable, plain
from core.scoring.kinds import Word
from core.scoring.misuse import WANTED, Log
from core.scoring.movement import Criterion, Head, Movement

T = TypeVar("T")

DEEPEST = 4
_IDS = {
    Word.SLUG: re.compile(r"[a-z0-9][a-z0-9-]{0,39}"),
    Word.CODE: re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"),
    Word.CHOICE: re.compile(r"[a-z][a-z0-9-]{0,39}"),
}
_FRACTION = re.compile(r"(-?[0-9]{1,18})/([0-9]{1,18})")


class Key(NamedTuple):
    """One key of a table: its name in the file, its attribute, its type, and whether it must be there."""

    name: str
    attribute: str
    hint: Any
    required: bool


@cache
def keys_of(table: type) -> tuple[Key, ...]:
    """Return the keys of a table in the order of its dataclass."""
    hints = get_type_hints(table, include_extras=True)
    return tuple(
        Key(f.name.rstrip("_"), f.name, hints[f.name], f.default is MISSING and f.default_factory is MISSING)
        for f in fields(table)
    )


class Reader:
    """Turns a mapping into the dataclasses of a movement and notes every fault of structure.

    With `frozen`, numbers and dates arrive as the strings of the canonical form; scalars stay strings then.
    """

    def __init__(self, log: Log, *, frozen: bool = False) -> None:
        self.log = log
        self.frozen = frozen

    def movement(self, raw: Mapping[str, Any]) -> Movement | None:
        """Read a whole movement without its `format`; None where anything is wrong with its structure."""
        head_names = {key.attribute for key in keys_of(Head)}
        rest = [key for key in keys_of(Movement) if key.attribute not in head_names]
        known = ["format", "movement", *(key.name for key in rest)]
        self._refuse_unknown(raw, known, "")
        head: Head | None = None
        if raw.get("movement") is None:
            self.log.add("missing_key", "", key="movement")
        else:
            head = self.table(Head, raw["movement"], "movement")
        values = self._values(rest, raw, "")
        if self.log.problems or head is None:
            return None
        return Movement(**{key.attribute: getattr(head, key.attribute) for key in keys_of(Head)}, **values)

    def table(self, kind: type[T], raw: object, place: str) -> T | None:
        """Read one table into its dataclass; None where it, or anything inside it, is wrong."""
        if not isinstance(raw, Mapping):
            return self._wrong("table", place)
        if kind is Criterion and place.count("criteria[") > DEEPEST:
            self.log.add("too_deep", place)
            return None
        before = len(self.log.problems)
        keys = keys_of(cast("Any", kind))
        self._refuse_unknown(raw, [key.name for key in keys], place)
        values = self._values(keys, raw, place)
        return kind(**values) if len(self.log.problems) == before else None

    def _values(self, keys: Sequence[Key], raw: Mapping[str, Any], place: str) -> dict[str, Any]:
        values = {}
        for key in keys:
            given = raw.get(key.name)
            if given is not None:
                values[key.attribute] = self.value(key.hint, given, f"{place}.{key.name}" if place else key.name)
            elif key.required:
                self.log.add("missing_key", place, key=key.name)
        return values

    def _refuse_unknown(self, raw: Mapping[str, Any], known: Sequence[str], place: str) -> None:
        for name in raw:
            if name not in known:
                self.log.add("unknown_key", place, key=name, known=", ".join(sorted(known)))

    def value(self, hint: Any, raw: object, place: str) -> Any:
        """Read one value of the annotated type; None where it is wrong."""
        origin = get_origin(hint)
        if origin is Annotated:
            return self._word(get_args(hint)[1], raw, place)
        if origin in {Union, types.UnionType}:
            return self.value(next(arm for arm in get_args(hint) if arm is not type(None)), raw, place)
        if origin is Literal:
            return self._choice(get_args(hint), raw, place)
        if origin is tuple:
            return self._list(get_args(hint)[0], raw, place)
        readers: dict[Any, Callable[[object, str], Any]] = {
            str: self._text,
            bool: self._boolean,
            int: self._integer,
            Decimal: self._number,
            date: self._date,
        }
        if hint is Fraction:
            return self._fraction(raw, place)
        if hint in readers:
            return readers[hint](raw, place)
        return self.table(hint, raw, place)

    def _wrong(self, wanted: str, place: str) -> Any:
        self.log.add("wrong_type", place, wanted=WANTED[wanted])
        return None

    def _list(self, hint: Any, raw: object, place: str) -> tuple[Any, ...] | None:
        if not isinstance(raw, (list, tuple)):
            return self._wrong("list", place)
        return tuple(self.value(hint, item, f"{place}[{number}]") for number, item in enumerate(raw))

    def _text(self, raw: object, place: str) -> str | None:
        if not isinstance(raw, str):
            return self._wrong("text", place)
        return unicodedata.normalize("NFC", raw).replace("\r\n", "\n").strip()

    def _choice(self, allowed: tuple[str, ...], raw: object, place: str) -> str | None:
        text = self._text(raw, place)
        if text is not None and text not in allowed:
            self.log.add("bad_choice", place, value=text, known=", ".join(allowed))
        return text

    def _word(self, word: Word, raw: object, place: str) -> Any:
        if word is Word.SCALAR:
            return self._scalar(raw, place)
        if word is Word.SCALE:
            if isinstance(raw, str) and raw.strip() == "open":
                return "open"
            return self._number(raw, place, wanted="scale")
        text = self._text(raw, place)
        if text is None:
            return None
        if word is Word.FILLED:
            if not text:
                self.log.add("empty_text", place)
        elif not _IDS[word].fullmatch(text):
            self.log.add("bad_id", place, value=text)
        return text

    def _boolean(self, raw: object, place: str) -> bool | None:
        return raw if isinstance(raw, bool) else self._wrong("boolean", place)

    def _integer(self, raw: object, place: str) -> int | None:
        if self.frozen and isinstance(raw, str):
            raw = int(raw)
        if isinstance(raw, bool) or not isinstance(raw, int):
            return self._wrong("integer", place)
        return int(self._number(raw, place) or 0)

    def _number(self, raw: object, place: str, wanted: str = "number") -> Decimal | None:
        if self.frozen and isinstance(raw, str):
            raw = as_decimal(raw)
        if isinstance(raw, bool) or not isinstance(raw, (int, Decimal)):
            return self._wrong(wanted, place)
        number = Decimal(raw)
        if not is_acceptable(number):
            self.log.add("bad_number", place)
            return None
        # The value and its digest do not know how many zeros were typed behind the point.
        return Decimal(plain(number)) if number else Decimal(0)

    def _date(self, raw: object, place: str) -> date | None:
        if self.frozen and isinstance(raw, str):
            return date.fromisoformat(raw)
        if isinstance(raw, datetime) or not isinstance(raw, date):
            return self._wrong("date", place)
        return raw

    def _fraction(self, raw: object, place: str) -> Fraction | None:
        if isinstance(raw, str):
            text = raw.strip()
            parts = _FRACTION.fullmatch(text)
            if parts and int(parts[2]):
                return Fraction(int(parts[1]), int(parts[2]))
            if parts:
                self.log.add("fraction_range", place)
                return None
            if not (self.frozen and text.isdigit()):
                return self._wrong("fraction", place)
        number = self._number(raw, place, wanted="fraction")
        return None if number is None else Fraction(number)

    def _scalar(self, raw: object, place: str) -> bool | Decimal | str | date | None:
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, str):
            return self._text(raw, place)
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return raw
        return self._number(raw, place, wanted="scalar")


def as_decimal(text: str) -> Decimal:
    """Return the number that a file writes; one beyond what Decimal holds becomes NaN, which is refused later."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")
