"""What people type into boxes: numbers, money, days, times, phones; what is wrong stays in its box."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from core.web import forms


class Sample(forms.Form):
    """A box of each kind."""

    number = forms.NumberField("Số")
    money = forms.MoneyField("Tiền")
    day = forms.DateField("Ngày", [forms.required("Nhập ngày")])
    at = forms.TimeField("Giờ")
    phone = forms.PhoneField("Điện thoại")
    line = forms.LineField("Dòng", [forms.at_most(5)])
    text = forms.TextField("Đoạn")


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context("/", method="POST"):
        yield


def filled(**typed: str) -> Sample:
    form = Sample(MultiDict({"day": "1/1/2026"} | typed))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("number", "8,5", Decimal("8.5")),
        ("number", "8.5", Decimal("8.5")),
        ("number", " 8,50 ", Decimal("8.5")),
        ("number", "0", Decimal(0)),
        ("number", "", None),
        ("money", "12 triệu", 12_000_000),
        ("money", "12.000.000 đ", 12_000_000),
        ("money", "", None),
        ("day", "5/3/2026", date(2026, 3, 5)),
        ("day", "05-03-2026", date(2026, 3, 5)),
        ("at", "17h", time(17, 0)),
        ("at", "17:30", time(17, 30)),
        ("phone", "0912 345 678", "0912345678"),
        ("line", "  a   b ", "a b"),
        ("text", "a\r\nb", "a\nb"),
    ],
)
def test_what_people_write_is_understood(field, typed, value):
    form = filled(**{field: typed})
    assert form.errors == {}
    assert form[field].data == value


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("number", "tám", "Chỉ nhập chữ số, ví dụ 8,5"),
        ("number", "1.234", "Có thể hiểu là 1.234 hoặc 1,234. Viết rõ một trong hai"),
        ("money", "ba", "Chỉ nhập chữ số, ví dụ 8,5"),
        ("day", "31/02/2026", "Ngày phải là ngày có thật, ví dụ 05/03/2026"),
        ("day", "5/3", "Ngày phải có đủ ngày, tháng, năm, ví dụ 05/03/2026"),
        ("day", " ", "Nhập ngày"),
        ("at", "25:00", "Giờ viết dạng 17:00"),
        ("phone", "12", "Số điện thoại cần có 10 chữ số, ví dụ 0912 345 678"),
        ("line", "dài quá", "Viết ngắn lại: tối đa 5 ký tự"),
    ],
)
def test_what_cannot_be_understood_says_so_once_and_stays_in_its_box(field, typed, sentence):
    form = filled(**{field: typed})
    assert form.errors == {field: [sentence]}
    assert form[field]._value() == typed


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("number", Decimal("8.50"), "8,5"),
        ("money", 12_000_000, "12.000.000"),
        ("day", date(2026, 3, 5), "05/03/2026"),
        ("at", time(7, 5), "07:05"),
        ("phone", "0912345678", "0912 345 678"),
        ("number", None, ""),
    ],
)
def test_what_is_stored_is_shown_as_people_write_it(field, value, shown):
    assert Sample(formdata=None, data={field: value})[field]._value() == shown
