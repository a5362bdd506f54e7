"""The one door by which a movement comes in: TOML, a mapping from a form or Excel, or a value made in Python.

All of them go through the same two steps, so they give the same movement, the same digest and the same problems.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from core.scoring.complete import complete
from core.scoring.meaning import check_meaning
from core.scoring.misuse import Log, MovementRefused, Problem
from core.scoring.movement import Criterion, Head, Movement
from core.scoring.structure import Reader, as_decimal, keys_of

FORMAT = 1
LARGEST_BYTES = 256 * 1024

_POSITION = re.compile(r"at line (\d+), column (\d+)")
_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*')
_DECIMAL_COMMA = re.compile(r"=\s*([+-]?[0-9]+),([0-9]+)")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading: a complete movement, or every problem of the first step that found any."""

    movement: Movement | None
    problems: tuple[Problem, ...]

    def require(self, name: str) -> Movement:
        """Return the movement.

        :param name: where it came from, for the message.
        :raise MovementRefused: it has problems; they are all in the error.
        """
        if self.movement is None:
            raise MovementRefused(name=name, problems=self.problems)
        return self.movement


def read_toml(source: bytes | str) -> Reading:
    """Read the bytes or the text of a `movement.toml`."""
    content = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if len(content) > LARGEST_BYTES:
        return _refused("file_too_big")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _refused("toml_syntax", detail="tệp phải lưu bằng mã UTF-8")
    try:
        # A number with more digits than Python reads is a ValueError, endless nesting a RecursionError.
        raw = tomllib.loads(text, parse_float=as_decimal)
    except (ValueError, RecursionError) as error:
        return _refused("toml_syntax", **_where(error, text))
    return from_mapping(raw)


def from_mapping(raw: Mapping[str, Any]) -> Reading:
    """Read a movement from plain values: mappings, lists, str, bool, int, Decimal, date; None means absent."""
    log = Log()
    given = raw.get("format")
    if type(given) is not int or given != FORMAT:
        log.add("bad_format", "format")
        if given is not None:
            return Reading(None, tuple(log.problems))
    movement = Reader(log).movement(raw)
    if movement is not None and not log.problems:
        check_meaning(movement, log)
    if movement is None or log.problems:
        return Reading(None, tuple(log.problems))
    return Reading(complete(movement), ())


def from_movement(movement: Movement) -> Reading:
    """Read a movement that was made in Python, by the same rules as a file."""
    return from_mapping(as_mapping(movement))


def load_movement(path: Path | str) -> Movement:
    """Read a movement file.

    :raise MovementRefused: the file has problems; they are all in the error.
    :raise OSError: the file cannot be opened.
    """
    path = Path(path)
    return read_toml(path.read_bytes()).require(path.name)


def as_mapping(movement: Movement) -> dict[str, Any]:
    """Return a movement as the plain values of its file, so that it can be edited, exported or read again."""
    values = _plain_values(movement)
    head = {key.name: values.pop(key.name) for key in keys_of(Head) if key.name in values}
    return {"format": FORMAT, "movement": head, **values}


def _plain_values(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        table = {
            field.name.rstrip("_"): _plain_values(getattr(value, field.name))
            for field in fields(value)
            if getattr(value, field.name) is not None
        }
        # The max of levels is computed; written in a file it would say a second kind.
        if isinstance(value, Criterion) and value.kind == "levels":
            table.pop("max", None)
        return table
    if isinstance(value, (tuple, list)):
        return [_plain_values(item) for item in value]
    return f"{value.numerator}/{value.denominator}" if isinstance(value, Fraction) else value


def _refused(code: str, **values: str) -> Reading:
    return Reading(None, (Problem(code, "", values),))


def _where(error: Exception, text: str) -> dict[str, str]:
    """Return the place of a syntax error in Vietnamese, and its line; the parser's own words are English."""
    found = _POSITION.search(str(error))
    if not found:
        return {"detail": "cuối tệp viết dở" if "end of document" in str(error) else "nội dung viết sai"}
    line = text.split("\n")[int(found[1]) - 1]
    comma = _DECIMAL_COMMA.search(_TEXTS.sub("", line))
    if comma:
        detail = f"dòng {found[1]}, số «{comma[1]},{comma[2]}» phải viết là {comma[1]}.{comma[2]}"
    else:
        detail = f"dòng {found[1]}, cột {found[2]} viết sai"
    return {"detail": detail, "line": found[1]}
