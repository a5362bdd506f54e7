"""Dates and times as Vietnamese offices write and read them, in the time zone of Vietnam."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.errors import DomainError
from core.vietnamese.text import clean_line

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})\s*[/.\-]\s*(?P<month>\d{1,2})\s*[/.\-]\s*(?P<year>\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)
_TIME = re.compile(r"(?P<hour>\d{1,2})\s*(?:[:h]|giờ)\s*(?P<minute>\d{2})?", re.ASCII | re.IGNORECASE)

_TWO_DAYS = timedelta(hours=48)


class DateNotUnderstood(DomainError):
    """The text has not the form day/month/year with a year of four digits. Facts: `text`."""


class DateImpossible(DomainError):
    """The form is right but the calendar has no such day («31/02/2026»). Facts: `text`, `day`, `month`, `year`."""


class TimeNotUnderstood(DomainError):
    """The text is no time of day. Facts: `text`."""


@dataclass(frozen=True)
class TimeLeft:
    """What is left until a deadline, in whole units rounded down; all zero when it has passed or is under a minute."""

    passed: bool
    days: int
    hours: int
    minutes: int

    def __str__(self) -> str:
        if self.passed:
            return "đã hết hạn"
        if self.days:
            return f"còn {self.days} ngày"
        parts = [f"{self.hours} giờ"] if self.hours else []
        parts += [f"{self.minutes} phút"] if self.minutes else []
        return f"còn {' '.join(parts)}" if parts else "còn chưa đến 1 phút"


def to_local(instant: datetime) -> datetime:
    """Return an aware instant in the time of Vietnam.

    :raise ValueError: the instant has no time zone, so nobody knows when it was.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return instant.astimezone(ZONE)


def from_local(day: date, at: time = time(0, 0)) -> datetime:
    """Return the UTC instant of a wall-clock time in Vietnam."""
    return datetime.combine(day, at.replace(tzinfo=None), tzinfo=ZONE).astimezone(UTC)


def local_date(instant: datetime) -> date:
    """Return the calendar day in Vietnam of an aware instant."""
    return to_local(instant).date()


def format_date(day: date) -> str:
    """Return 05/03/2026; an aware instant gives its day in Vietnam."""
    if isinstance(day, datetime):
        day = local_date(day)
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def format_time(instant: datetime) -> str:
    """Return 17:00, in Vietnam."""
    return f"{to_local(instant):%H:%M}"


def format_instant(instant: datetime) -> str:
    """Return «17:00, 05/03/2026», in Vietnam."""
    return f"{format_time(instant)}, {format_date(instant)}"


def format_instant_exact(instant: datetime) -> str:
    """Return «14:07:32, 12/05/2026», in Vietnam, as a receipt states it."""
    return f"{to_local(instant):%H:%M:%S}, {format_date(instant)}"


def format_deadline(instant: datetime) -> str:
    """Return «17:00 thứ Sáu, 15/05/2026», in Vietnam."""
    return f"{format_time(instant)} {weekday(local_date(instant))}, {format_date(instant)}"


def weekday(day: date) -> str:
    """Return the day of the week as it stands inside a sentence: «thứ Sáu», «Chủ nhật»."""
    return _WEEKDAYS[day.weekday()]


def administrative_date(day: date) -> str:
    """Return «ngày 05 tháng 02 năm 2026»: a zero before days below 10 and before months 1 and 2 only.

    Source: NĐ 30/2020/NĐ-CP, Phụ lục I.
    """
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def parse_date(text: str) -> date:
    """Return the day a person typed: 5/3/2026, 05-03-2026 or 5.3.2026 (day first), or the 2026-03-05 of a browser.

    :raise DateNotUnderstood: another form, or a year of two digits.
    :raise DateImpossible: a day the calendar does not have.
    """
    line = clean_line(text)
    match = _DAY_FIRST.fullmatch(line) or _YEAR_FIRST.fullmatch(line)
    if match is None:
        raise DateNotUnderstood(text=text)
    day, month, year = int(match["day"]), int(match["month"]), int(match["year"])
    try:
        return date(year, month, day)
    except ValueError:
        raise DateImpossible(text=text, day=day, month=month, year=year) from None


def parse_time(text: str) -> time:
    """Return a time of day from «17:00», «17h», «17h30» or «17 giờ 30».

    :raise TimeNotUnderstood: another form or no such time.
    """
    match = _TIME.fullmatch(clean_line(text).removesuffix("phút").strip())
    hour, minute = (int(match["hour"]), int(match["minute"] or 0)) if match else (24, 0)
    if hour > 23 or minute > 59:
        raise TimeNotUnderstood(text=text)
    return time(hour, minute)


def time_left(deadline: datetime, now: datetime) -> TimeLeft:
    """Return what is left at `now`: whole days above 48 hours, else hours and minutes. Its text is «còn 3 ngày».

    The deadline itself is still in time. Source: ux.md §7 (countdown), architecture.md §11.11.
    """
    left = deadline - now
    if left < timedelta(0):
        return TimeLeft(passed=True, days=0, hours=0, minutes=0)
    if left > _TWO_DAYS:
        return TimeLeft(passed=False, days=left.days, hours=0, minutes=0)
    minutes = int(left.total_seconds()) // 60
    return TimeLeft(passed=False, days=0, hours=minutes // 60, minutes=minutes % 60)
