"""Dates and times."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from core.vietnamese.dates import (
    DateImpossible,
    DateNotUnderstood,
    TimeNotUnderstood,
    administrative_date,
    format_date,
    format_deadline,
    format_instant,
    format_instant_exact,
    from_local,
    local_date,
    parse_date,
    parse_time,
    time_left,
    to_local,
    weekday,
)

DEADLINE = datetime(2026, 5, 15, 10, 0, tzinfo=UTC)


def test_instants_are_shown_in_the_time_of_vietnam():
    assert format_instant(datetime(2026, 3, 5, 10, 0, tzinfo=UTC)) == "17:00, 05/03/2026"
    assert format_instant_exact(datetime(2026, 5, 12, 7, 7, 32, tzinfo=UTC)) == "14:07:32, 12/05/2026"
    assert format_deadline(DEADLINE) == "17:00 thứ Sáu, 15/05/2026"


def test_the_day_of_an_instant_is_the_day_in_vietnam():
    late = datetime(2026, 5, 14, 17, 30, tzinfo=UTC)
    assert local_date(late) == date(2026, 5, 15)
    assert format_date(late) == "15/05/2026"


def test_an_instant_without_a_zone_is_a_defect():
    with pytest.raises(ValueError, match="without a time zone"):
        to_local(datetime(2026, 5, 15, 10, 0))  # noqa: DTZ001


def test_a_typed_time_becomes_the_right_instant():
    assert from_local(date(2026, 5, 15), time(17, 0)) == DEADLINE


def test_the_week_starts_on_monday_and_sunday_has_its_own_name():
    assert [weekday(date(2026, 5, 11) + timedelta(n)) for n in range(7)] == [
        "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật",
    ]  # fmt: skip


def test_administrative_dates_pad_small_days_and_two_months_only():
    assert administrative_date(date(2026, 2, 5)) == "ngày 05 tháng 02 năm 2026"
    assert administrative_date(date(2026, 3, 5)) == "ngày 05 tháng 3 năm 2026"
    assert administrative_date(date(2026, 12, 25)) == "ngày 25 tháng 12 năm 2026"


@pytest.mark.parametrize("typed", ["5/3/2026", "05-03-2026", "5.3.2026", " 05 / 03 / 2026 ", "2026-03-05"])
def test_a_date_is_read_day_first(typed):
    assert parse_date(typed) == date(2026, 3, 5)


@pytest.mark.parametrize("typed", ["", "5/3/26", "5/3", "2026/03/05", "hôm nay", "٥/٣/٢٠٢٦"])
def test_other_forms_of_date_are_refused(typed):
    with pytest.raises(DateNotUnderstood):
        parse_date(typed)


@pytest.mark.parametrize("typed", ["31/02/2026", "0/1/2026", "1/13/2026", "1/1/0000"])
def test_a_day_the_calendar_lacks_is_refused(typed):
    with pytest.raises(DateImpossible):
        parse_date(typed)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("17:00", time(17)), ("7h", time(7)), ("17h30", time(17, 30)), ("17 giờ 30 phút", time(17, 30))],
)
def test_a_time_is_read_as_people_write_it(typed, expected):
    assert parse_time(typed) == expected


@pytest.mark.parametrize("typed", ["", "24:00", "7:60", "7", "5 chiều"])
def test_other_forms_of_time_are_refused(typed):
    with pytest.raises(TimeNotUnderstood):
        parse_time(typed)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=3, hours=5), "còn 3 ngày"),
        (timedelta(hours=48, seconds=1), "còn 2 ngày"),
        (timedelta(hours=48), "còn 48 giờ"),
        (timedelta(hours=5, minutes=20, seconds=59), "còn 5 giờ 20 phút"),
        (timedelta(minutes=59), "còn 59 phút"),
        (timedelta(seconds=30), "còn chưa đến 1 phút"),
        (timedelta(0), "còn chưa đến 1 phút"),
        (timedelta(microseconds=-1), "đã hết hạn"),
    ],
)
def test_what_is_left_is_said_in_whole_units(left, words):
    assert str(time_left(DEADLINE, DEADLINE - left)) == words
