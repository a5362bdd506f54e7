"""What is typed about units, and the drop-down list of units that other rooms' forms use too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, ValidationError
from wtforms.validators import Length

from core.organisations.models import Unit
from core.organisations.queries import in_tree_order
from core.organisations.rules import ids_on
from core.vietnamese.dates import local_date
from core.web import requests
from core.web.forms import DateField, Form, LineField, NumberField, required


class UnitField(SelectField):
    """A choice among the units that the view offers with `offer`; what comes from elsewhere is refused."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        self._units: dict[str, Unit] = {}
        super().__init__(*arguments, choices=[], **keywords)

    def offer(self, units: Iterable[Unit], *, empty: str | None = None) -> None:
        """Fill the list in the order of the tree, lower units set in by dashes."""
        ordered = in_tree_order(units)
        top = min((len(ids_on(unit.path)) for unit in ordered), default=0)
        self._units = {unit.public_id: unit for unit in ordered}
        self.choices = [("", empty or _("Chọn đơn vị"))] + [
            (unit.public_id, "– " * (len(ids_on(unit.path)) - top) + unit.name) for unit in ordered
        ]

    @property
    def unit(self) -> Unit | None:
        """The chosen unit."""
        return self._units.get(self.data or "")

    @property
    def chosen(self) -> Unit:
        """The chosen unit of a required field, after the form has been validated."""
        assert self.unit is not None
        return self.unit

    def pre_validate(self, form: Any) -> None:
        """Refuse a unit that is not on the list, in our words."""
        if self.data and self.unit is None:
            raise ValidationError(_("Chọn một đơn vị trong danh sách"))


def not_in_future(_form: Any, field: Any) -> None:
    """Refuse a day after today: what is written here takes effect at once."""
    if field.data is not None and field.data > local_date(requests.now()):
        raise ValidationError(_("Ngày này chưa đến. Nhập ngày hôm nay hoặc trước đó"))


class UnitForm(Form):
    """A new unit."""

    name = LineField(
        _l("Tên đơn vị"),
        [required(_l("Nhập tên đơn vị")), Length(max=250, message=_l("Tên dài quá 250 ký tự. Rút ngắn lại"))],
    )
    code = LineField(
        _l("Mã đơn vị"),
        [required(_l("Nhập mã đơn vị")), Length(max=40, message=_l("Mã dài quá 40 ký tự. Rút ngắn lại"))],
        description=_l("Chữ không dấu, số, dấu gạch ngang. Ví dụ: cdcs-che-tan-uyen"),
    )
    kind = SelectField(_l("Cấp"), [required(_l("Chọn cấp của đơn vị"))])
    new_kind = LineField(
        _l("Tên cấp mới"),
        [Length(max=200, message=_l("Tên cấp dài quá 200 ký tự. Rút ngắn lại"))],
        description=_l("Ví dụ: Công đoàn cơ sở"),
    )
    parent = UnitField(_l("Thuộc đơn vị"))
    member_count = NumberField(_l("Số đoàn viên"))
    valid_from = DateField(_l("Ngày thành lập"), [not_in_future])

    def validate_code(self, field: Any) -> None:
        """A code is written on forms and in files: plain letters, digits and dashes only."""
        if not all(letter.isascii() and (letter.isalnum() or letter in "-._") for letter in field.data or ""):
            raise ValidationError(_("Mã chỉ gồm chữ không dấu, số và dấu gạch ngang, ví dụ cdcs-che-tan-uyen"))

    def validate_new_kind(self, field: Any) -> None:
        """A new level needs its name."""
        if self.kind.data == NEW_KIND and not field.data:
            raise ValidationError(_("Nhập tên cấp mới"))

    def validate_member_count(self, field: Any) -> None:
        """People are counted whole."""
        if field.data is not None and (field.data != int(field.data) or not 0 <= field.data < 10_000_000):
            raise ValidationError(_("Số đoàn viên là số nguyên, ví dụ 120"))


NEW_KIND = "+"


class RenameForm(Form):
    """Another name, from a day on."""

    name = LineField(
        _l("Tên mới"),
        [required(_l("Nhập tên mới")), Length(max=250, message=_l("Tên dài quá 250 ký tự. Rút ngắn lại"))],
    )
    on = DateField(_l("Tên mới dùng từ ngày"), [required(_l("Nhập ngày dùng tên mới")), not_in_future])


class MoveForm(Form):
    """Another unit above."""

    parent = UnitField(_l("Chuyển về thuộc"), [required(_l("Chọn đơn vị"))])


class DissolveForm(Form):
    """The end of a unit, and who takes over."""

    successor = UnitField(_l("Đơn vị kế thừa"), [required(_l("Chọn đơn vị kế thừa"))])
    on = DateField(_l("Giải thể từ ngày"), [required(_l("Nhập ngày giải thể")), not_in_future])
    reason = LineField(
        _l("Lý do"),
        [required(_l("Nhập lý do")), Length(max=300, message=_l("Lý do dài quá 300 ký tự. Rút ngắn lại"))],
        description=_l("Ví dụ: Sáp nhập theo Quyết định số 12/QĐ-LĐLĐ"),
    )
    founded_on: date | None = None

    def validate_on(self, field: Any) -> None:
        """A unit does not end before it began."""
        if field.data is not None and self.founded_on is not None and field.data < self.founded_on:
            raise ValidationError(_("Ngày giải thể phải sau ngày thành lập"))
