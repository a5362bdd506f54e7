"""The sample forms of the page that shows every component."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, PasswordField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput

from core.web.forms import DateField, Form, LineField, MoneyField, NumberField, PhoneField, TextField, required

LONG_NAME = "Nguyễn Thị Hường Ẳ Ễ Ợ Ặ Ỗ Ữ Nghiễm Khuyến Thưởng Phượng Nguyệt"


class StyleForm(Form):
    """One field of each kind."""

    title = LineField(
        _l("Tên hồ sơ"),
        [required(_l("Nhập tên hồ sơ")), Length(max=150, message=_l("Tên hồ sơ dài quá 150 ký tự. Rút ngắn lại"))],
        description=_l("Ngắn gọn. Ví dụ: Cải tiến giàn héo chè để sấy nhanh hơn"),
    )
    story = TextField(
        _l("Trước đây làm thế nào, có gì chưa tốt?"),
        [required(_l("Kể cách làm trước đây"))],
        description=_l("Kể như nói với tổ trưởng. 3–5 câu là đủ."),
        render_kw={"data-max": 500},
    )
    applied_on = DateField(_l("Ngày áp dụng"), [required(_l("Nhập ngày áp dụng"))])
    benefit = MoneyField(_l("Số tiền làm lợi"))
    hours = NumberField(_l("Số giờ tiết kiệm"))
    phone = PhoneField(_l("Số điện thoại"), [required(_l("Nhập số điện thoại"))])
    state = RadioField(
        _l("Đã áp dụng thực tế chưa?"),
        [required(_l("Chọn một câu trả lời"))],
        choices=[
            SelectChoice("yes", _l("Đã áp dụng")),
            SelectChoice("trial", _l("Đang áp dụng thử")),
            SelectChoice("no", _l("Chưa")),
        ],
    )
    effects = SelectMultipleField(
        _l("Hiệu quả về mặt nào?"),
        choices=[
            SelectChoice("money", _l("Tiết kiệm tiền")),
            SelectChoice("safety", _l("An toàn lao động")),
            SelectChoice("other", _l("Mặt khác")),
        ],
        option_widget=CheckboxInput(),
    )
    other = LineField(_l("Mặt khác là gì?"))
    field_of_work = SelectField(
        _l("Lĩnh vực"),
        [required(_l("Chọn lĩnh vực"))],
        choices=[
            SelectChoice("", _l("Chọn")),
            SelectChoice("make", _l("Sản xuất")),
            SelectChoice("teach", _l("Giáo dục")),
        ],
    )
    unit = LineField(_l("Đơn vị"), [required(_l("Nhập tên đơn vị"))])
    secret = PasswordField(_l("Mật khẩu"), [required(_l("Nhập mật khẩu"))])
    files = MultipleFileField(_l("Ảnh và tài liệu"))
    pledge = BooleanField(
        _l("Tôi cam kết nội dung trên đúng sự thật và là của tôi hoặc nhóm tôi."),
        [required(_l("Đánh dấu vào ô cam kết để nộp hồ sơ"))],
    )


def samples() -> dict[str, Any]:
    """Return the variables of the page: `sample` filled with long text, `wrong` with an error at every field."""
    sample = StyleForm(
        formdata=None,
        prefix="sample-",
        data={
            "title": LONG_NAME,
            "story": LONG_NAME + ". " + LONG_NAME,
            "state": "yes",
            "effects": ["money"],
            "unit": LONG_NAME,
        },
    )
    wrong = StyleForm(
        formdata=MultiDict(
            {"wrong-title": "Ẵ" * 151, "wrong-applied_on": "31/02/2026", "wrong-benefit": "ba", "wrong-phone": "12"}
        ),
        prefix="wrong-",
    )
    wrong.validate()
    return {"sample": sample, "wrong": wrong, "long_name": LONG_NAME}
