"""Codes that people read aloud and type: entry codes, citation codes, and the random ids of addresses."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from core.errors import DomainError
from core.vietnamese.text import clean_line

_FILLERS = re.compile(r"[\s\-‐‑–—._]+")
_ENTRY_CODE = re.compile(r"(?P<prefix>[A-Z]{1,10})(?P<year>\d{2})(?P<number>\d{4,9})(?P<check>\d)", re.ASCII)
_PREFIX = re.compile(r"[A-Z]{1,10}", re.ASCII)

# H. M. Damm's totally anti-symmetric quasigroup of order 10: any single wrong digit and any two neighbours exchanged
# change the check digit. Source: Damm, «Total anti-symmetrische Quasigruppen», Marburg 2004.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)

# D. Crockford's base 32: no U, and no I, L, O, which look like digits and are read as the digit they mimic.
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_CITATION_LENGTH = 16
_GROUPS = (4, 4, 4, 5)


class CodeNotUnderstood(DomainError):
    """The text has not the form of a code. Facts: `text`."""


class CodeCheckFailed(DomainError):
    """The form is right and the check character is not: at least one character was mistyped. Facts: `text`."""


@dataclass(frozen=True)
class EntryCode:
    """The parts of a code such as LDST-26-0417-3; its text is the whole code with its check digit."""

    prefix: str
    year: int
    number: int

    def __str__(self) -> str:
        return make_code(self.prefix, self.year, self.number)


def make_code(prefix: str, year: int, number: int) -> str:
    """Return the code of an entry: prefix (1 to 10 letters A to Z), two digits of the year, number, check digit.

    :raise ValueError: a prefix with other characters, or a number outside 1 to 999 999 999.
    """
    if not _PREFIX.fullmatch(prefix) or not 1 <= number <= 999_999_999 or not 2000 <= year <= 2099:
        raise ValueError(f"no code can be made of {prefix!r}, {year}, {number}")
    body = f"{prefix}-{year % 100:02d}-{number:04d}"
    return f"{body}-{_damm(body)}"


def parse_code(text: str) -> EntryCode:
    """Return the parts of a typed code; case, blanks and dashes do not matter.

    :raise CodeNotUnderstood: another form.
    :raise CodeCheckFailed: one wrong digit, two neighbours exchanged, or another slip.
    """
    bare = _FILLERS.sub("", clean_line(text)).upper()
    match = _ENTRY_CODE.fullmatch(bare)
    if match is None or int(match["number"]) == 0:
        raise CodeNotUnderstood(text=text)
    if _damm(bare[:-1]) != int(match["check"]):
        raise CodeCheckFailed(text=text)
    return EntryCode(match["prefix"], 2000 + int(match["year"]), int(match["number"]))


def _damm(body: str) -> int:
    """Return the check digit over the digits of a body, letters first turned into two digits each (A is 10)."""
    state = 0
    for char in body:
        if char.isalnum():
            for digit in str(int(char, 36)):
                state = _DAMM[state][int(digit)]
    return state


def new_public_id() -> str:
    """Return a new secret id for an address: 26 characters 0-9 a-z, 130 random bits, never starting with a dash."""
    return "".join(secrets.choice(_BASE32) for _ in range(26)).lower()


def new_citation_code() -> str:
    """Return a new code to be printed on a citation: 80 random bits and a check character, as XXXX-XXXX-XXXX-XXXXX."""
    body = "".join(secrets.choice(_BASE32) for _ in range(_CITATION_LENGTH))
    return _grouped(body + _check_character(body))


def parse_citation_code(text: str) -> str:
    """Return the printed form of a typed citation code; case, blanks, dashes, and O or I for 0 or 1 do not matter.

    :raise CodeNotUnderstood: not 17 characters of the alphabet.
    :raise CodeCheckFailed: one wrong character, any two exchanged, or another slip.
    """
    bare = _FILLERS.sub("", clean_line(text)).upper().translate(_LOOKALIKES)
    if len(bare) != _CITATION_LENGTH + 1 or any(char not in _BASE32 for char in bare):
        raise CodeNotUnderstood(text=text)
    if _check_character(bare[:-1]) != bare[-1]:
        raise CodeCheckFailed(text=text)
    return _grouped(bare)


def _grouped(bare: str) -> str:
    parts, start = [], 0
    for size in _GROUPS:
        parts.append(bare[start : start + size])
        start += size
    return "-".join(parts)


def _check_character(body: str) -> str:
    """Return the character that makes the weighted sum over GF(32) zero; weights are powers of a primitive element.

    The scheme of ISBN-10 over a field of 32: every weight is non-zero, so any single wrong character shows; any two
    weights differ (there are 31 powers and 17 places), so any two exchanged characters show. ISO 7064 would need check
    characters outside the alphabet.
    """
    total = 0
    for char in body:
        # Horner's rule: the sum so far times x, plus the value; the check character itself has weight 1.
        total = _times_x(total ^ _BASE32.index(char))
    return _BASE32[total]


def _times_x(value: int) -> int:
    """Multiply by x in GF(2)[x] modulo the primitive polynomial x^5 + x^2 + 1."""
    shifted = value << 1
    return shifted ^ 0b100101 if shifted & 0b100000 else shifted
