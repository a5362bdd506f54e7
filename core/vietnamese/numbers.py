"""Numbers and money as they are written, typed and spoken in Vietnamese offices."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from core.errors import DomainError
from core.vietnamese.text import clean_line

NO_BREAK_SPACE = "\u00a0"
MONEY_LIMIT_VND = 10**15

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUP_NAMES = ("", " nghìn", " triệu")
_BILLION = 10**9

_UNITS = {
    "tỷ": 10**9, "tỉ": 10**9, "ty": 10**9, "ti": 10**9,
    "triệu": 10**6, "trieu": 10**6, "tr": 10**6,
    "nghìn": 10**3, "nghin": 10**3, "ngàn": 10**3, "ngan": 10**3, "k": 10**3,
}  # fmt: skip
_CURRENCY = re.compile(r"\s*(?:việt nam đồng|đồng|dong|vnđ|vnd|đ|₫|d)\.?$", re.IGNORECASE)
_MONEY_PART = re.compile(r"(?P<number>[0-9](?:[0-9.,]|\s(?=[0-9]))*)\s*(?P<unit>[^\W\d_]*)\s*")
_DECIMAL = re.compile(r"(?P<sign>[-−+]?)(?P<body>\d[\d.,]*)", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*", re.ASCII)
_SPACED = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")


class NumberNotUnderstood(DomainError):
    """The text is no number. Facts: `text`."""


class NumberAmbiguous(DomainError):
    """The text can be read as two numbers («1.234»). Facts: `text`, `readings` (two `Decimal`s)."""


class MoneyOutOfRange(DomainError):
    """An amount of money below zero, with a fraction of a đồng, or above the limit. Facts: `text`, `limit_vnd`."""


def number_in_words(number: int) -> str:
    """Return a whole number as it is read aloud, with the forms mốt, tư, lăm, linh and mươi.

    A group of zeros is skipped: 1.000.005 is «một triệu không trăm linh năm».
    """
    if number < 0:
        return f"âm {number_in_words(-number)}"
    return _read(number, inner=False) or _DIGITS[0]


def amount_in_words(amount_vnd: int) -> str:
    """Return an amount of money in words: 12000000 is «mười hai triệu đồng»."""
    return f"{number_in_words(amount_vnd)} đồng"


def _read(number: int, *, inner: bool) -> str:
    """Read any number; `inner` when something was read before it, so that its hundreds are said even when none."""
    billions, rest = divmod(number, _BILLION)
    words = [f"{_read(billions, inner=inner)} tỷ"] if billions else []
    for place in (2, 1, 0):
        group = rest // 1000**place % 1000
        if group:
            words.append(_read_group(group, inner=inner or bool(words)) + _GROUP_NAMES[place])
    return " ".join(words)


def _read_group(group: int, *, inner: bool) -> str:
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    words = [f"{_DIGITS[hundreds]} trăm"] if hundreds or inner else []
    if tens == 0 and ones and words:
        words.append("linh")
    elif tens == 1:
        words.append("mười")
    elif tens:
        words.append(f"{_DIGITS[tens]} mươi")
    if ones:
        words.append(_ones(ones, tens))
    return " ".join(words)


def _ones(ones: int, tens: int) -> str:
    if ones == 1 and tens >= 2:
        return "mốt"
    if ones == 4 and tens >= 2:
        return "tư"
    if ones == 5 and tens >= 1:
        return "lăm"
    return _DIGITS[ones]


def parse_decimal(text: str) -> Decimal:
    """Return the number a person typed; the comma and the point are both taken for the decimal mark.

    «8,5», «8.5», «1.234,5», «1 234,5» and «1.234.567» are clear.

    :raise NumberAmbiguous: «1.234» or «1,234», which one person means as a thousand and another as one and a bit.
    :raise NumberNotUnderstood: anything else.
    """
    line = _SPACED.sub("", clean_line(text).replace(NO_BREAK_SPACE, " "))
    match = _DECIMAL.fullmatch(line)
    if match is None:
        raise NumberNotUnderstood(text=text)
    negative = match["sign"] in {"-", "−"}
    value = _decimal_of(match["body"], text=text)
    return -value if negative else value


def _decimal_of(body: str, *, text: str) -> Decimal:
    grouped = _GROUPED.fullmatch(body)
    if grouped:
        whole = Decimal(body.replace(grouped["mark"], ""))
        if len(re.findall("[.,]", body)) > 1:
            return whole
        if not body.startswith("0"):
            raise NumberAmbiguous(text=text, readings=(whole, Decimal(body.replace(",", "."))))
    return _with_decimal_mark(body, text=text)


def _with_decimal_mark(body: str, *, text: str) -> Decimal:
    """Read a body whose last point or comma, if any, is the decimal mark and whose other marks group thousands."""
    cut = max(body.rfind("."), body.rfind(","))
    if cut < 0:
        return Decimal(body)
    whole, fraction = body[:cut], body[cut + 1 :]
    mark = next((char for char in whole if char in ".,"), None)
    if not fraction or mark == body[cut]:
        raise NumberNotUnderstood(text=text)
    if mark is not None:
        if not _GROUPED.fullmatch(whole):
            raise NumberNotUnderstood(text=text)
        whole = whole.replace(mark, "")
    return Decimal(f"{whole}.{fraction}")


def parse_money(text: str) -> int:
    """Return an amount in đồng from what people type.

    «12.000.000 đ», «12 000 000», «12 triệu», «1,2 tỷ» and «1 tỷ 200 triệu» are clear. A point before three digits
    groups thousands, as Vietnamese offices write («1.200 triệu»); a comma there is refused as ambiguous («12,000»).

    :raise NumberNotUnderstood: no amount can be read.
    :raise NumberAmbiguous: «12,000».
    :raise MoneyOutOfRange: negative, a fraction of a đồng, or above `MONEY_LIMIT_VND`.
    """
    line = clean_line(text).casefold()
    if line.startswith(("-", "−")):
        raise MoneyOutOfRange(text=text, limit_vnd=MONEY_LIMIT_VND)
    total, last_unit = Decimal(0), 10**18
    for number, word in _money_parts(_CURRENCY.sub("", line), text=text):
        unit = _UNITS.get(word, 0) if word else 1
        # «1 tỷ 2» means 1.200.000.000 in speech and nothing sure in writing: each part after the first needs its unit.
        if not unit or unit >= last_unit or (unit == 1 and last_unit < 10**18):
            raise NumberNotUnderstood(text=text)
        total += _money_number(number, text=text) * unit
        last_unit = unit
    if total != total.to_integral_value() or total > MONEY_LIMIT_VND:
        raise MoneyOutOfRange(text=text, limit_vnd=MONEY_LIMIT_VND)
    return int(total)


def _money_parts(line: str, *, text: str) -> list[tuple[str, str]]:
    """Cut «1 tỷ 200 triệu» into (number, unit word) pairs that cover the whole line."""
    parts, position = [], 0
    while match := _MONEY_PART.match(line, position):
        parts.append((match["number"], match["unit"]))
        position = match.end()
    if not parts or position < len(line):
        raise NumberNotUnderstood(text=text)
    return parts


def _money_number(number: str, *, text: str) -> Decimal:
    body = number.strip()
    if re.fullmatch(r"\d{1,3}(?: \d{3})+", body):
        return Decimal(body.replace(" ", ""))
    grouped = _GROUPED.fullmatch(body)
    if grouped and grouped["mark"] == "." and not body.startswith("0"):
        return Decimal(body.replace(".", ""))
    if " " in body:
        raise NumberNotUnderstood(text=text)
    return _decimal_of(body, text=text)


def format_number(number: int | Decimal, places: int | None = None) -> str:
    """Return a number in Vietnamese form: 1.234.567 and 8,5.

    :param places: digits after the comma, rounded half up; `None` shows the exact value without trailing zeros.
    """
    value = Decimal(number)
    if places is not None:
        value = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    whole, _, fraction = f"{abs(value):f}".partition(".")
    if places is None:
        fraction = fraction.rstrip("0")
    sign = "-" if value < 0 else ""
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{sign}{grouped},{fraction}" if fraction else f"{sign}{grouped}"


def format_money(amount_vnd: int) -> str:
    """Return an amount as 12.000.000 đ, with a no-break space so that the sign never stands alone on a line."""
    return f"{format_number(amount_vnd)}{NO_BREAK_SPACE}đ"
