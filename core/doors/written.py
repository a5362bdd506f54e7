"""How an office writes points, ranges, numbering and headings in a score sheet, read as what is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from core.scoring.exact import is_acceptable, plain
from core.vietnamese.text import fold

Style = tuple[str, int]
Role = Literal[
    "code",
    "title",
    "max",
    "min",
    "range",
    "from",
    "to",
    "level",
    "guidance",
    "self",
    "unit",
    "council",
    "judge",
    "other",
]

LARGEST = 10**9
_NUMBER = r"-?\d{1,9}(?:[.,]\d{1,6})?"
_RANGE = rf"(?:từ\s+)?({_NUMBER})\s*(?:điểm|đ)?\s*(?:-|–|—|÷|~|→|đến|tới)\s*(?:dưới\s+)?({_NUMBER})\s*(?:điểm|đ)?"
_ONLY_RANGE = re.compile(rf"\(?\s*{_RANGE}\s*\)?\s*[.;]?", re.IGNORECASE)
_ONLY_NUMBER = re.compile(
    rf"\(?\s*(?:tối đa|điểm tối đa|≤|<=)?\s*:?\s*({_NUMBER})\s*(?:điểm|đ)?\s*\)?\s*[.;]?", re.IGNORECASE
)
# Points at the end of a line of text: «Hoàn toàn mới: 27–30 điểm», «Không mới (0 điểm)».
_TAIL = re.compile(
    rf"^(?P<text>.*?\S)\s*(?:[:;,(\[]|\s[-–—])\s*(?:(?:tối đa|cho|chấm)\s+)?"
    rf"(?:{_RANGE}|(?P<one>{_NUMBER})\s*(?:điểm|đ\b))\s*[)\]]?\s*[.;]?$",
    re.IGNORECASE | re.DOTALL,
)
_NUMBERED = re.compile(
    r"^\(?(?P<code>[IVX]{1,5}|\d{1,3}(?:\.\d{1,3}){0,3}|[A-ZĐ](?:\.\d{1,3}){0,3}|[a-zđ])(?:[.)/:]\s*|\s+[-–]\s+)(?P<rest>\S.*)$",
    re.DOTALL,
)
_BULLET = re.compile(r"^([-–—+*•])\s*(\S.*)$", re.DOTALL)
_ROMANS = {name: place for place, name in enumerate("I II III IV V VI VII VIII IX X XI XII XIII XIV XV".split(), 1)}


@dataclass(frozen=True, slots=True)
class Points:
    """What a cell says of points: `low` None where it is one number."""

    low: Decimal | None
    high: Decimal

    @property
    def text(self) -> str:
        """The points as a Vietnamese reader writes them."""
        high = plain(self.high).replace(".", ",")
        return high if self.low is None else plain(self.low).replace(".", ",") + f"–{high}"


def points_of(value: object) -> Points | None:
    """Return the points that a cell says: a number, «0,25», «21–26», «từ 16 đến 20 điểm»; None where it says none."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        number = Decimal(value)
        return Points(None, number) if abs(number) < LARGEST and is_acceptable(number) else None
    if not isinstance(value, str):
        return None
    found = _ONLY_RANGE.fullmatch(value)
    if found:
        return _range(found[1], found[2])
    found = _ONLY_NUMBER.fullmatch(value)
    return Points(None, _number(found[1])) if found else None


def points_at_end(text: str) -> tuple[str, Points] | None:
    """Return a line without the points it ends with, and the points; None where it ends with none."""
    found = _TAIL.match(text)
    if found is None:
        return None
    points = Points(None, _number(found["one"])) if found["one"] else _range(found[2], found[3])
    return found["text"].rstrip(" :;,-–—"), points


def levels_in(text: str) -> tuple[str, list[tuple[str, Points]]]:
    """Return the text of a cell without its lines that end with points, and those lines as levels."""
    kept: list[str] = []
    levels: list[tuple[str, Points]] = []
    for line in text.split("\n"):
        found = points_at_end(line)
        if found and (levels or "\n" in text):
            levels.append((without_bullet(found[0]), found[1]))
        else:
            kept.append(line)
    return ("\n".join(kept), levels) if len(levels) > 1 else (text, [])


def code_of(value: object) -> str:
    """Return the numbering of a cell bare: «I.», «1.1», «a)» and 2 give I, 1.1, a and 2; nothing for other texts."""
    if isinstance(value, date):
        # A spreadsheet made a day of «1.2»; the day comes first in Viet Nam.
        return f"{value.day}.{value.month}"
    text = fold_code(str(value)) if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool) else ""
    return text if re.fullmatch(r"[A-Za-z0-9]{1,8}(?:[.-][A-Za-z0-9]{1,4}){0,4}", text) else ""


def fold_code(text: str) -> str:
    """Return a code without the signs around it; đ is a letter of the list, but not of a code."""
    bare = text.strip().strip("().:/ ").replace("đ", "d").replace("Đ", "D")
    # A Vietnamese spreadsheet shows the number 1.1 as 1,1.
    return re.sub(r"(?<=\d),(?=\d)", ".", bare)


def numbered(text: str) -> tuple[str, str]:
    """Return the numbering that a text begins with, and the rest; «1.1. Tính mới» gives 1.1 and «Tính mới»."""
    found = _NUMBERED.match(text)
    return (fold_code(found["code"]), found["rest"]) if found else ("", text)


def without_bullet(text: str) -> str:
    """Return a line without the dash or dot in front of it."""
    found = _BULLET.match(text.strip())
    return found[2] if found else text.strip()


def has_bullet(text: str) -> bool:
    """Whether a line begins with a dash or a dot."""
    return _BULLET.match(text.strip()) is not None


def style_of(code: str, before: list[Style], last_upper: str) -> Style:
    """Return the kind of numbering of a code and its depth in dots; rows of one kind stand side by side.

    :param before: kinds of the rows around it, outermost first: they tell whether I is a numeral or a letter.
    :param last_upper: the letter numbered last, for the same.
    """
    if not code:
        return ("none", 0)
    head, *rest = code.split(".")
    if rest:
        return ("dots", len(rest))
    if head.isdigit():
        return ("dots", 0)
    if head in _ROMANS and not (("upper", 0) in before and last_upper and ord(last_upper) + 1 == ord(head[0])):
        return ("roman", 0)
    return ("upper" if head.isupper() else "lower", 0)


def role_of(heading: str) -> Role | None:
    """Return what a column holds by its heading, with or without marks; None for a text that is no heading."""
    text = re.sub(r"[^a-z0-9 ]", " ", fold(heading))
    text = " ".join(text.split())
    if not text or len(text) > 60:
        return None
    for role, pattern in _ROLES:
        if pattern.search(text):
            return role
    return None


_ROLE_WORDS: tuple[tuple[Role, str], ...] = (
    ("code", r"^(?:tt|stt|so tt|so thu tu|ma|ma so|ma tieu chi|muc so|so)$"),
    ("self", r"\btu (?:cham|danh gia|xep|cho)\b|\bca nhan (?:cham|tu)"),
    ("council", r"\bhoi dong\b"),
    ("judge", r"\bgiam khao\b|\bnguoi cham\b|\bthanh vien\b"),
    ("unit", r"\bdon vi (?:cham|danh gia)|\bcap tren\b|\btham dinh\b|\bcong doan .*cham|\bto cham\b|\bcum\b.*cham"),
    ("other", r"^(?:diem )?(?:cham|dat|duoc|danh gia|ket qua|thuc te)$|\bdiem (?:cham|dat|danh gia|ket luan|thuc te)"),
    ("other", r"^nhan xet|^y kien|^ky ten"),
    ("from", r"^(?:diem )?(?:tu|thap nhat)(?: diem)?$"),
    ("to", r"^(?:diem )?(?:den|cao nhat)(?: diem)?$"),
    ("range", r"khoang diem|khung diem|diem tu den|^tu den$|muc diem|diem (?:cua |theo |tung )?muc|bieu diem"),
    ("min", r"toi thieu|diem liet|diem san"),
    ("max", r"toi da|thang diem|diem chuan|^(?:so )?diem$|diem quy dinh|tong diem"),
    ("title", r"tieu chi|noi dung|tieu chuan|chi tieu|hang muc|^ten\b"),
    ("level", r"^(?:cac )?muc(?: do| danh gia)?$|mo ta|dien giai|xep muc|muc do"),
    ("guidance", r"ghi chu|huong dan|minh chung|cach (?:cham|tinh)|giai thich|can cu"),
)
_ROLES = tuple((role, re.compile(pattern)) for role, pattern in _ROLE_WORDS)


def _range(low: str, high: str) -> Points:
    first, last = _number(low), _number(high)
    return Points(min(first, last), max(first, last))


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
