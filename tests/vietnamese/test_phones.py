"""Telephone numbers."""

import pytest

from core.vietnamese.phones import PhoneNotUnderstood, format_phone, parse_phone


@pytest.mark.parametrize(
    "typed",
    ["0912345678", "0912 345 678", "0912.345.678", "091-234-5678", "+84 912 345 678", "84912345678", "0084912345678",
     "(+84) 0912 345 678", "+84 (0)912345678", "\u202a+84 912 345 678\u202c"],
)  # fmt: skip
def test_a_mobile_number_becomes_ten_digits(typed):
    assert parse_phone(typed) == "0912345678"


def test_a_national_number_starting_like_the_country_code_is_kept():
    assert parse_phone("0848 123 456") == "0848123456"
    assert parse_phone("+84 848 123 456") == "0848123456"


@pytest.mark.parametrize(
    "typed", ["", "912345678", "09123456789", "0212345678", "0912a45678", "+1 912 345 6789", "٠٩١٢٣٤٥٦٧٨"]
)
def test_other_numbers_are_refused(typed):
    with pytest.raises(PhoneNotUnderstood):
        parse_phone(typed)


def test_a_number_is_shown_in_three_groups():
    assert format_phone("0912345678") == "0912 345 678"
    assert format_phone("không có") == "không có"
