"""Numbers and money in words and figures."""

from decimal import Decimal

import pytest

from core.vietnamese.numbers import (
    MoneyOutOfRange,
    NumberAmbiguous,
    NumberNotUnderstood,
    amount_in_words,
    format_money,
    format_number,
    number_in_words,
    parse_decimal,
    parse_money,
)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (4, "bốn"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (25, "hai mươi lăm"),
        (101, "một trăm linh một"),
        (104, "một trăm linh bốn"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (115, "một trăm mười lăm"),
        (1_005, "một nghìn không trăm linh năm"),
        (1_000_005, "một triệu không trăm linh năm"),
        (12_050_000, "mười hai triệu không trăm năm mươi nghìn"),
        (1_200_000_000, "một tỷ hai trăm triệu"),
        (2_000_000_000_005, "hai nghìn tỷ không trăm linh năm"),
        (-21, "âm hai mươi mốt"),
    ],
)
def test_numbers_are_read_with_their_irregular_forms(number, words):
    assert number_in_words(number) == words


def test_an_amount_ends_in_dong():
    assert amount_in_words(12_000_000) == "mười hai triệu đồng"


@pytest.mark.parametrize(
    ("typed", "vnd"),
    [
        ("12000000", 12_000_000),
        ("12.000.000 đ", 12_000_000),
        ("12.000.000\u00a0đ", 12_000_000),
        ("12 000 000 đồng", 12_000_000),
        ("12.000.000,00 VNĐ", 12_000_000),
        ("12,000,000", 12_000_000),
        ("12 triệu", 12_000_000),
        ("12tr", 12_000_000),
        ("1,2 tỷ", 1_200_000_000),
        ("1.2 TỶ", 1_200_000_000),
        ("1 tỷ 200 triệu", 1_200_000_000),
        ("1.200 triệu đồng", 1_200_000_000),
        ("0,5 triệu", 500_000),
        ("500k", 500_000),
        ("500 nghìn", 500_000),
        ("0", 0),
    ],
)
def test_money_is_read_as_people_type_it(typed, vnd):
    assert parse_money(typed) == vnd


@pytest.mark.parametrize(
    "typed", ["", "đ", "mười triệu", "5 USD", "1 tỷ 2", "2 triệu 1 tỷ", "12 00 0", "١٢", "12 triệu?"]
)
def test_money_that_cannot_be_read_is_refused(typed):
    with pytest.raises(NumberNotUnderstood):
        parse_money(typed)


def test_an_english_thousand_is_refused_as_ambiguous():
    with pytest.raises(NumberAmbiguous) as refusal:
        parse_money("12,000")
    assert refusal.value.readings == (12000, 12)


@pytest.mark.parametrize("typed", ["-5", "12.5", "0,5 đ", "1000001 tỷ"])
def test_money_outside_whole_dong_is_refused(typed):
    with pytest.raises(MoneyOutOfRange):
        parse_money(typed)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("8,5", "8.5"),
        ("8.5", "8.5"),
        (" 10 ", "10"),
        ("0,125", "0.125"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1234.5678", "1234.5678"),
        ("-3", "-3"),
    ],
)
def test_decimals_accept_comma_and_point(typed, value):
    assert parse_decimal(typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["1.234", "1,234"])
def test_a_decimal_with_two_readings_is_refused(typed):
    with pytest.raises(NumberAmbiguous) as refusal:
        parse_decimal(typed)
    assert refusal.value.readings == (Decimal(1234), Decimal("1.234"))


@pytest.mark.parametrize("typed", ["", "8,", ",5", "8..5", "1.23.4", "8,5,5", "tám", "1e3", "NaN", "٨", "8,5 điểm"])
def test_text_that_is_no_decimal_is_refused(typed):
    with pytest.raises(NumberNotUnderstood):
        parse_decimal(typed)


def test_numbers_are_shown_in_vietnamese_form():
    assert format_number(1_234_567) == "1.234.567"
    assert format_number(Decimal("8.50")) == "8,5"
    assert format_number(Decimal("-1234.5")) == "-1.234,5"
    assert format_number(Decimal("84.25"), places=1) == "84,3"
    assert format_number(Decimal("1E+3")) == "1.000"


def test_money_is_shown_with_a_sign_that_never_breaks_away():
    assert format_money(12_000_000) == "12.000.000\u00a0đ"
