"""Moments as pages write them, in the language of the request; the form of dates stays Vietnamese."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from core.vietnamese import dates
from core.vietnamese.dates import local_date


def deadline(instant: datetime) -> str:
    """Return «17:00 thứ Sáu, 15/05/2026», the weekday in the language of the page."""
    day = local_date(instant)
    names = (
        _("thứ Hai"), _("thứ Ba"), _("thứ Tư"), _("thứ Năm"), _("thứ Sáu"), _("thứ Bảy"), _("Chủ nhật"),
    )  # fmt: skip
    return f"{dates.format_time(instant)} {names[day.weekday()]}, {dates.format_date(day)}"


def left(until: datetime, now: datetime) -> str:
    """Return «còn 3 ngày», «còn 5 giờ 20 phút» or «đã hết hạn», in the language of the page."""
    found = dates.time_left(until, now)
    if found.passed:
        return _("đã hết hạn")
    if found.days:
        return _("còn %(n)s ngày", n=found.days)
    if found.hours and found.minutes:
        return _("còn %(h)s giờ %(m)s phút", h=found.hours, m=found.minutes)
    if found.hours:
        return _("còn %(h)s giờ", h=found.hours)
    return _("còn %(m)s phút", m=found.minutes) if found.minutes else _("còn chưa đến 1 phút")
