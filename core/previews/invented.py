"""Invented people, answers, marks and facts of a movement: the same ones for the same rules, shortest or longest.

Everything is drawn from SHA-256 of a seed and a label, so a preview shows tomorrow what it showed today, and nobody's
real data is ever near it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from core.entries import answers
from core.entries.rules import TITLE_LIMIT_CHARS
from core.scoring.exact import plain, round_to, written
from core.scoring.filled import FilledSheet, Mark
from core.scoring.movement import Column, Criterion, Fact, Form, FormField, Level
from core.scoring.ranking import Vote
from core.scoring.rules import Rules
from core.vietnamese.codes import make_code

COUNT = 200
NAME_LENGTH = 60
# What a text without a limit of its own is filled up to.
LONG_LINE, LONG_STORY = 200, 2000
PREFIX, YEAR, MEMBERS = "XT", 2026, 9


class Size(StrEnum):
    """Which set of invented data: the least that an entrant may write, or the most."""

    SHORT = "ngan-nhat"
    LONG = "dai-nhat"


@dataclass(frozen=True, slots=True)
class Dice:
    """Draws that depend on a seed and a label only."""

    seed: str

    def pick(self, label: str, count: int) -> int:
        """Return a whole number from 0 to count - 1."""
        return int.from_bytes(hashlib.sha256(f"{self.seed}\n{label}".encode()).digest()[:8]) % count

    def part(self, label: str) -> Fraction:
        """Return a part of one, in thousandths."""
        return Fraction(self.pick(label, 1001), 1000)


_FAMILIES = ("Lò", "Vàng", "Nguyễn", "Trần", "Lê", "Giàng", "Phạm", "Hoàng", "Tẩn", "Đỗ")
_GIVEN = ("An", "Mai", "Hà", "Sơn", "Yến", "Ngân", "Lộc", "Thu", "Dũng", "Ễnh")
_LONG_WORDS = (
    "Nguyễn", "Phước", "Hoàng", "Quỳnh", "Trương", "Lưỡng", "Ường", "Khuyến", "Nghiễm", "Thưởng", "Phượng", "Nguyệt",
)  # fmt: skip
_UNITS = ("Tổ sấy", "Tổ điện", "Tổ may", "Đội 1", "Đội 2", "Phòng Kế hoạch", "Phân xưởng 3", "Trạm bơm")
_TITLES = ("Ống sấy mới", "Giá để cưa", "Lịch trực chung", "Bơm tự ngắt", "Mẫu báo cáo gộp", "Máng rửa hai ngăn")
_LONG_UNIT = "Công đoàn cơ sở Công ty Cổ phần Chè Ẳng Ễ Ợ xã Tam Đường, phân xưởng {number}, tỉnh Lai Châu"
_LONG_TITLE = (
    "Ẳ Ễ Ợ: ứng dụng hệ thống giám sát nhiệt độ tự động để nâng cao chất lượng, giảm tiêu hao năng lượng trong dây "
    "chuyền sấy chè và bảo đảm an toàn lao động"
)
_STORY = (
    "Trước đây tổ phải làm bằng tay, mất ba giờ mỗi ca và hay hỏng hàng. Nay làm theo cách mới thì còn bốn mươi phút, "
    "đỡ vất vả, an toàn hơn; số liệu đo trong hai tháng Ẳ Ễ Ợ đều ghi ở sổ giao ca. "
)


def filled_to(text: str, length: int) -> str:
    """Return the text repeated and cut to exactly so many characters, without a blank at its end."""
    cut = (text * (length // len(text) + 1))[:length]
    return cut if cut == cut.rstrip() else cut.rstrip() + "Ẳ"


def person_name(dice: Dice, size: Size, number: int) -> str:
    """Return a name; the longest have 60 characters with the tallest letters."""
    if size == Size.SHORT:
        return f"{_FAMILIES[dice.pick(f'họ {number}', 10)]} {_GIVEN[dice.pick(f'tên {number}', 10)]}"
    start = dice.pick(f"tên {number}", len(_LONG_WORDS))
    words = _LONG_WORDS[start:] + _LONG_WORDS[:start]
    return filled_to(" ".join(("Ẳng Thị Ễ Ợ", *words)) + " ", NAME_LENGTH)


def unit_name(dice: Dice, size: Size, number: int) -> str:
    """Return where somebody works; several people share a unit."""
    place = dice.pick(f"đơn vị {number}", len(_UNITS))
    return _UNITS[place] if size == Size.SHORT else _LONG_UNIT.format(number=place + 1)


def entry_title(dice: Dice, size: Size, number: int) -> str:
    """Return what an entry is called; the longest titles have exactly the most characters that are taken."""
    if size == Size.SHORT:
        return _TITLES[dice.pick(f"tên hồ sơ {number}", len(_TITLES))]
    return filled_to(f"{_LONG_TITLE} ", TITLE_LIMIT_CHARS)


# --- The form -----------------------------------------------------------------------------------------------------


def stored_answers(form: Form, size: Size, today: date) -> dict[str, Any]:
    """Return answers as they are stored: the longest ask every question that hangs on another, the shortest none."""
    found: dict[str, Any] = {}
    for asked in form.fields:
        waiting = [other.show_if.is_ for other in form.fields if other.show_if and other.show_if.field == asked.id]
        value = _answer(asked, size, today, waiting)
        if size == Size.LONG or asked.required or waiting:
            found[asked.id] = answers.stored_of(asked, value)
    return found


def _answer(asked: FormField, size: Size, today: date, waiting: list[Any]) -> Any:
    if asked.kind in {"text", "longtext"}:
        return _text(asked, size)
    if asked.kind in {"number", "money"}:
        lowest = asked.min if asked.min is not None else Decimal(1)
        most = asked.max if asked.max is not None else Decimal(999_999_999_999)
        value: Any = lowest if size == Size.SHORT else max(most, lowest)
    elif asked.kind == "date":
        value = today - timedelta(days=30)
    elif asked.kind == "file":
        return None
    else:
        offered: list[Any] = [False, True] if asked.kind == "yesno" else [choice.id for choice in asked.choices]
        if asked.kind == "choices":
            return offered if size == Size.LONG else [each for each in offered if each not in waiting][:1]
        # The longest set opens what hangs on the answer, the shortest keeps it closed.
        liked = [each for each in offered if (each in waiting) == (size == Size.LONG)]
        return (liked or offered)[-1 if asked.kind == "yesno" else 0]
    return waiting[0] if waiting and size == Size.LONG else value


def _text(asked: FormField, size: Size) -> str:
    if size == Size.SHORT:
        return "Có"
    return filled_to(_STORY, asked.max_length or (LONG_STORY if asked.kind == "longtext" else LONG_LINE))


# --- Sheets, facts, votes -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InventedEntry:
    """One entry that nobody filed, with all that scoring and ranking read."""

    number: int
    code: str
    title: str
    author: str
    unit: str
    field: str
    sheets: tuple[FilledSheet, ...]
    facts: Mapping[str, object]
    vote: Vote


def entries(rules: Rules, size: Size, *, seed: str, fields: tuple[str, ...], judges: int) -> list[InventedEntry]:
    """Return 200 entries for one sheet.

    :param fields: the fields of work, as the rules write them; empty where there are none.
    :param judges: how many judges each entry gets at least.
    """
    dice = Dice(seed)
    return [_entry(rules, size, dice, number, fields, judges) for number in range(1, COUNT + 1)]


def _entry(rules: Rules, size: Size, dice: Dice, number: int, fields: tuple[str, ...], judges: int) -> InventedEntry:
    # Every twenty-fifth entry does as well as the one before, so that ties are seen; the last one lacks its sheets.
    like = number - 1 if number % 25 == 0 else number
    quality = Fraction(2, 5) + Fraction(3, 10) * (dice.part(f"tốt {like}") + dice.part(f"đều {like}"))
    sheets = () if number == COUNT else tuple(_sheets(rules, size, dice, like, quality, judges))
    return InventedEntry(
        number=number,
        code=make_code(PREFIX, YEAR, number),
        title=entry_title(dice, size, number),
        author=person_name(dice, size, number),
        unit=unit_name(dice, size, like),
        field=fields[dice.pick(f"lĩnh vực {like}", len(fields))] if fields else "",
        sheets=sheets,
        facts={fact.id: _fact(rules, dice, like, fact, quality) for fact in rules.facts.values()},
        vote=_vote(dice, number),
    )


def _vote(dice: Dice, number: int) -> Vote:
    """Return a vote that carries for eleven entries of twelve."""
    against = 4 if dice.pick(f"không bầu {number}", 12) == 0 else dice.pick(f"phiếu bầu {number}", 3)
    return Vote(for_=MEMBERS - against, base=MEMBERS)


def _sheets(rules: Rules, size: Size, dice: Dice, number: int, quality: Fraction, judges: int) -> Iterator[FilledSheet]:
    for column in rules.columns.values():
        count = max(column.sheets_needed, judges if column.by in {"judge", "council"} else 1)
        for place in range(count):
            yield judged_sheet(rules, size, dice, column, number, place, quality)


def judged_sheet(
    rules: Rules, size: Size, dice: Dice, column: Column, number: int, place: int, quality: Fraction
) -> FilledSheet:
    """Return a whole sheet that counts; judges differ by a few points in a hundred."""
    marks: dict[str, Mark] = {}
    for criterion in rules.filled_by(column.id):
        words = filled_to(_STORY, LONG_LINE) if size == Size.LONG else "Rõ."
        comment = words if criterion.comment in {"always", "extremes"} else None
        if criterion.kind == "remark":
            marks[criterion.id] = Mark(comment=comment)
            continue
        label = f"{number} {criterion.id}"
        wanted = quality + (dice.part(label) - Fraction(1, 2)) / 6
        wanted += (dice.part(f"{label} {column.id} {place}") - Fraction(1, 2)) / 9
        marks[criterion.id] = _mark(rules, criterion, min(max(wanted, Fraction(0)), Fraction(1)), comment)
    return FilledSheet(id=f"{column.id}-{place + 1}", column=column.id, marks=marks)


def _mark(rules: Rules, criterion: Criterion, part: Fraction, comment: str | None) -> Mark:
    lowest, highest = criterion.lowest, criterion.highest
    wanted = Fraction(lowest) + (Fraction(highest) - Fraction(lowest)) * part
    points = written(round_to(wanted, criterion.step or rules.sheet.step, "half_up"))
    points = min(max(points, lowest), highest)
    if not criterion.levels:
        return Mark(points=plain(points), comment=comment)
    level = min(criterion.levels, key=lambda each: _distance(each, points))
    if level.points is not None:
        return Mark(level=level.id, comment=comment)
    return Mark(points=plain(min(max(points, level.lowest), level.highest)), level=level.id, comment=comment)


def _distance(level: Level, points: Decimal) -> Decimal:
    return max(level.lowest - points, points - level.highest, Decimal(0))


def _fact(rules: Rules, dice: Dice, number: int, fact: Fact, quality: Fraction) -> object:
    label = f"{number} {fact.id}"
    if fact.kind == "yesno":
        return dice.pick(label, 10) == 0
    if fact.kind == "choice":
        return fact.choices[dice.pick(label, len(fact.choices))].id
    for criterion in rules.criteria:
        if criterion.value is not None and criterion.value.fact == fact.id:
            return plain(max(_for_points(criterion, quality), fact.min))
        if criterion.value is not None and criterion.value.share_of == fact.id:
            return plain(max(Decimal(100), fact.min))
    # Late work, warnings, complaints: most have none.
    return plain(fact.min + max(dice.pick(label, 8) - 4, 0))


def _for_points(criterion: Criterion, quality: Fraction) -> Decimal:
    """Return a whole number that gives a criterion about the points of that quality."""
    value = criterion.value
    assert value is not None
    if value.steps:
        return value.steps[min(int(quality * len(value.steps)), len(value.steps) - 1)].from_
    if value.rate:
        number = (Fraction(criterion.highest) * quality - Fraction(value.base or 0)) / Fraction(value.rate)
        return Decimal(max(int(number), 0))
    return Decimal(int(100 * quality))
