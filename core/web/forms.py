"""The parent of every form: Vietnamese messages from the catalogue, values cleaned as they come in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import TextInput

from core.errors import DomainError
from core.vietnamese import dates, numbers, phones
from core.vietnamese.text import clean_line, clean_text
from core.web.sentences import say


class _Catalogue:
    """WTForms' own messages through our catalogue; it ships no Vietnamese."""

    def gettext(self, text: str) -> str:
        return gettext(text)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return ngettext(singular, plural, n)


class Form(FlaskForm):
    """A form. The token is checked once for the whole application, so the form itself carries none."""

    class Meta(FlaskForm.Meta):
        """No token of its own; messages from our catalogue."""

        csrf = False

        def get_translations(self, form: Any) -> _Catalogue:
            """Return our catalogue for every language."""
            return _Catalogue()


class LineField(StringField):
    """One line: NFC, trimmed, without invisible characters."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean what was typed."""
        if valuelist:
            self.data = clean_line(valuelist[0])


class TextField(TextAreaField):
    """Several lines: NFC, line ends as one character, without invisible characters."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean what was typed."""
        if valuelist:
            self.data = clean_text(valuelist[0])


class _Parsed(Field):
    """A text box whose text has a meaning; what was typed stays in the box when it has none."""

    widget = TextInput()
    typed: str | None = None

    def parse(self, text: str) -> Any:
        """Return the value of `text`, or raise a DomainError that has words."""
        raise TypeError(text)

    def show(self, value: Any) -> str:
        """Return how a stored value is written in the box."""
        return str(value)

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else self.show(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Parse what was typed; an empty box is None."""
        self.typed = valuelist[0] if valuelist else ""
        self.data = None
        text = clean_line(self.typed)
        if not text:
            return
        try:
            self.data = self.parse(text)
        except DomainError as error:
            raise ValueError(say(error)) from error


class NumberField(_Parsed):
    """A decimal number as people write it (8,5 or 8.5): Decimal or None."""

    def parse(self, text: str) -> Decimal:
        """Return the number."""
        return numbers.parse_decimal(text)

    def show(self, value: Any) -> str:
        """Return 8,5."""
        return numbers.format_number(value)


class MoneyField(_Parsed):
    """An amount in đồng («12 triệu», 12.000.000 đ): int or None."""

    def parse(self, text: str) -> int:
        """Return the amount."""
        return numbers.parse_money(text)

    def show(self, value: Any) -> str:
        """Return 12.000.000."""
        return numbers.format_number(value)


class DateField(_Parsed):
    """A day (5/3/2026): date or None."""

    def parse(self, text: str) -> Any:
        """Return the day."""
        return dates.parse_date(text)

    def show(self, value: Any) -> str:
        """Return 05/03/2026."""
        return dates.format_date(value)


class TimeField(_Parsed):
    """A time of day (17:00, 17h): time or None."""

    def parse(self, text: str) -> Any:
        """Return the time."""
        return dates.parse_time(text)

    def show(self, value: Any) -> str:
        """Return 17:00."""
        return value.strftime("%H:%M")


class PhoneField(_Parsed):
    """A phone number: ten digits or None."""

    def parse(self, text: str) -> str:
        """Return the digits."""
        return phones.parse_phone(text)

    def show(self, value: Any) -> str:
        """Return 0912 345 678."""
        return phones.format_phone(value)


def required(message: str | Any = None) -> InputRequired:
    """Return the validator of a field that must be filled in; `message` says what to type."""
    return _Filled(message or _l("Nhập nội dung này"))


def at_most(characters: int) -> Length:
    """Return the validator of a text that may not be longer."""
    return Length(max=characters, message=_l("Viết ngắn lại: tối đa %(n)s ký tự", n=characters))


class _Filled(InputRequired):
    """Something must be there after cleaning; what was wrongly typed keeps its own message."""

    def __call__(self, form: Any, field: Field) -> None:
        if field.errors or field.process_errors:
            return
        if field.data is None or (isinstance(field.data, str) and not field.data.strip()) or field.data == []:
            raise ValidationError(str(self.message))


__all__ = [
    "DataRequired", "DateField", "Form", "LineField", "MoneyField", "NumberField", "PhoneField", "TextField",
    "TimeField", "at_most", "required",
]  # fmt: skip
