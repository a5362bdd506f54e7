"""What is typed about a person."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, ValidationError
from wtforms.validators import Length

from core.organisations.forms import UnitField, not_in_future
from core.people.rules import MembershipKind, Sex
from core.people.words import kind_name, sex_name
from core.vietnamese.dates import local_date
from core.web import requests
from core.web.forms import DateField, Form, LineField, PhoneField, required


class ChoiceField(RadioField):
    """One choice of few, whose refusal is in our words."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not on the list."""
        if self.data and str(self.data) not in {str(value) for value, _label in self.choices}:
            raise ValidationError(_("Chọn một mục trong danh sách"))


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds of membership as choices."""
    return [(kind.value, kind_name(kind)) for kind in MembershipKind]


class CorrectionForm(Form):
    """A person's own data."""

    full_name = LineField(
        _l("Họ và tên"),
        [required(_l("Nhập họ và tên")), Length(max=120, message=_l("Họ và tên dài quá 120 ký tự. Rút ngắn lại"))],
    )
    member_code = LineField(
        _l("Mã đoàn viên"), [Length(max=40, message=_l("Mã đoàn viên dài quá 40 ký tự. Kiểm tra lại mã trên thẻ"))]
    )
    phone = PhoneField(_l("Số điện thoại"))
    sex = ChoiceField(_l("Giới tính"), choices=[], default="")
    birth_year = LineField(_l("Năm sinh"), description=_l("Ví dụ: 1988"))
    job_title = LineField(
        _l("Công việc, chức vụ"),
        [Length(max=200, message=_l("Công việc, chức vụ dài quá 200 ký tự. Rút ngắn lại"))],
    )
    qualification = LineField(
        _l("Trình độ chuyên môn"),
        [Length(max=200, message=_l("Trình độ dài quá 200 ký tự. Rút ngắn lại"))],
        description=_l("Ví dụ: Kỹ sư cơ khí"),
    )

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.sex.choices = [(sex.value, sex_name(sex)) for sex in Sex] + [("", _("Chưa ghi"))]

    def validate_birth_year(self, field: Any) -> None:
        """A year in which somebody who works now can have been born."""
        text = field.data or ""
        this_year = local_date(requests.now()).year
        if text and not (text.isascii() and text.isdecimal() and 1900 <= int(text) <= this_year - 10):
            raise ValidationError(_("Năm sinh gồm 4 chữ số, ví dụ 1988"))

    @property
    def facts(self) -> dict[str, Any]:
        """The typed values as the service takes them, name and member code apart."""
        return {
            "phone": self.phone.data or "",
            "sex": Sex(self.sex.data) if self.sex.data else None,
            "birth_year": int(self.birth_year.data) if self.birth_year.data else None,
            "job_title": self.job_title.data or "",
            "qualification": self.qualification.data or "",
        }


class MemberForm(CorrectionForm):
    """A new person in a unit, with an account where wanted."""

    unit = UnitField(_l("Đơn vị"), [required(_l("Chọn đơn vị"))])
    kind = ChoiceField(
        _l("Diện tham gia"),
        [required(_l("Chọn diện tham gia"))],
        choices=[],
        default=MembershipKind.MEMBER.value,
    )
    with_account = BooleanField(
        _l("Tạo tài khoản để người này tự đăng nhập"),
        default=True,
        description=_l("Đăng nhập bằng số điện thoại hoặc mã đoàn viên ghi ở trên."),
    )

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.kind.choices = kind_choices()

    def validate_with_account(self, field: Any) -> None:
        """An account has to be named by something."""
        if field.data and not (self.phone.data or self.member_code.data) and not self.phone.process_errors:
            raise ValidationError(
                _("Nhập số điện thoại hoặc mã đoàn viên để đăng nhập, hoặc bỏ đánh dấu ô tạo tài khoản")
            )


class TransferForm(Form):
    """Another unit, from a day on."""

    unit = UnitField(_l("Đơn vị mới"), [required(_l("Chọn đơn vị"))])
    kind = ChoiceField(_l("Diện tham gia"), [required(_l("Chọn diện tham gia"))], choices=[])
    on = DateField(_l("Từ ngày"), [required(_l("Nhập ngày chuyển")), not_in_future])

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.kind.choices = kind_choices()
