"""Where a path of the format stands in a TOML text, so that a problem can name its line."""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Iterator

Path = tuple[str | int, ...]

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_BLANKS = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_TEXT = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}|' + r"'''(?:[^']|'(?!''))*'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}\n#]+")


def line_of(text: str, place: str) -> int | None:
    """Return the line (from 1) on which the value of a path stands, such as `sheets[0].criteria[2].max`.

    Where the text lacks the last parts of the path, the line of the innermost table or list that it has; None where it
    has nothing of it.
    """
    return Places(text).line_of(place)


class Places:
    """The lines of every key and every item of a TOML text; as far as it could be followed where it is not TOML."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._text = text.removeprefix("\ufeff")
        self._at = 0
        self._lists: dict[Path, int] = {}
        self._seen = 0
        self._line = 1
        with contextlib.suppress(_Lost, RecursionError):
            self._document()

    def line_of(self, place: str) -> int | None:
        """Return the line of a path as `line_of` does."""
        path: Path = tuple(name or int(number) for name, number in _STEP.findall(place))
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return None

    # --- The grammar of TOML, as far as lines need it ----------------------------------------------------------------

    def _document(self) -> None:
        table: Path = ()
        while self._skip_blanks():
            if self._sees("["):
                table = self._heading()
            else:
                self._pair(table)

    def _heading(self) -> Path:
        """Follow `[a.b]` or `[[a.b]]` and return the path that the keys below it belong to."""
        is_list = self._sees("[[")
        self._at += 2 if is_list else 1
        line = self._line_now()
        path: Path = ()
        names = list(self._names())
        for name in names[:-1]:
            self._lines.setdefault((*path, name), line)
            path = self._last_of((*path, name))
        path = (*path, names[-1])
        if is_list:
            self._lines.setdefault(path, line)
            self._lists[path] = self._lists.get(path, -1) + 1
            path = (*path, self._lists[path])
        self._expect("]]" if is_list else "]")
        self._lines.setdefault(path, line)
        return path

    def _last_of(self, path: Path) -> Path:
        """Return the table that a name in a heading means: in a list of tables the last one so far."""
        return (*path, self._lists[path]) if path in self._lists else path

    def _pair(self, table: Path) -> None:
        line = self._line_now()
        path = table
        for name in self._names():
            path = (*path, name)
            self._lines.setdefault(path, line)
        self._expect("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip_blanks()
        self._lines.setdefault(path, self._line_now())
        if self._sees("["):
            self._at += 1
            number = 0
            while self._skip_blanks() and not self._sees("]"):
                self._value((*path, number))
                number += 1
                self._skip_comma()
            self._expect("]")
        elif self._sees("{"):
            self._at += 1
            while self._skip_blanks() and not self._sees("}"):
                self._pair(path)
                self._skip_comma()
            self._expect("}")
        else:
            found = _TEXT.match(self._text, self._at) or _PLAIN.match(self._text, self._at)
            if found is None:
                raise _Lost
            self._at = found.end()

    def _names(self) -> Iterator[str]:
        while True:
            self._skip_blanks()
            found = _KEY.match(self._text, self._at)
            if found is None:
                raise _Lost
            self._at = found.end()
            yield _name(found[0])
            dot = _DOT.match(self._text, self._at)
            if dot is None:
                return
            self._at = dot.end()

    def _sees(self, sign: str) -> bool:
        return self._text.startswith(sign, self._at)

    def _expect(self, sign: str) -> None:
        self._skip_blanks()
        if not self._sees(sign):
            raise _Lost
        self._at += len(sign)

    def _skip_comma(self) -> None:
        self._skip_blanks()
        if self._sees(","):
            self._at += 1

    def _skip_blanks(self) -> bool:
        """Go to the next sign that is neither blank nor comment; say whether there is one."""
        found = _BLANKS.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at < len(self._text)

    def _line_now(self) -> int:
        self._line += self._text.count("\n", self._seen, self._at)
        self._seen = self._at
        return self._line


class _Lost(Exception):
    """The text is not TOML from here on."""


def _name(written: str) -> str:
    if written[0] == "'":
        return written[1:-1]
    if written[0] == '"':
        try:
            return next(iter(tomllib.loads(f"{written} = 0")))
        except tomllib.TOMLDecodeError as error:
            raise _Lost from error
    return written
