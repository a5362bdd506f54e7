"""Vietnamese mobile numbers: ten digits in store, three groups on the page."""

from __future__ import annotations

import re

from core.errors import DomainError
from core.vietnamese.text import clean_line

_FILLERS = re.compile(r"[\s.\-()/]")
_COUNTRY = re.compile(r"(?:\+|00)84|84(?=\d{9,10}$)")
# The mobile ranges since the change of 2018: 03, 05, 07, 08 and 09 followed by eight digits.
_MOBILE = re.compile(r"0[35789]\d{8}", re.ASCII)


class PhoneNotUnderstood(DomainError):
    """The text is no Vietnamese mobile number of ten digits. Facts: `text`."""


def parse_phone(text: str) -> str:
    """Return the ten digits of a mobile number typed with blanks, points, dashes or +84.

    :raise PhoneNotUnderstood: anything else, land lines too.
    """
    bare = _FILLERS.sub("", clean_line(text))
    national = _COUNTRY.sub("0", bare, count=1) if _COUNTRY.match(bare) else bare
    # «+84 (0)912…» keeps its national zero.
    digits = "0" + national.lstrip("0") if national.startswith("00") else national
    if not _MOBILE.fullmatch(digits):
        raise PhoneNotUnderstood(text=text)
    return digits


def format_phone(digits: str) -> str:
    """Return 0912 345 678 from ten digits; any other text unchanged."""
    return f"{digits[:4]} {digits[4:7]} {digits[7:]}" if len(digits) == 10 and digits.isdecimal() else digits
