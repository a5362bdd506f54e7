"""What an office types to tell a story, to record a consent and to note where a story appeared."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, ValidationError
from wtforms.validators import URL, Optional

from core.roomkit import DateField, Form, LineField, TextField, at_most, required
from plugins.tuyen_truyen.rules import SUMMARY_LENGTH


class StoryForm(Form):
    """The words of a story, and one picture of the entry."""

    title = LineField(_l("Tiêu đề"), [required(_l("Nhập tiêu đề tin")), at_most(200)])
    summary = TextField(
        _l("Tóm tắt"),
        [required(_l("Nhập tóm tắt, một đến hai câu")), at_most(SUMMARY_LENGTH)],
        description=_l("Một đến hai câu; hiện ở danh sách, trên Zalo và Facebook."),
    )
    body = TextField(
        _l("Nội dung"),
        [required(_l("Nhập nội dung tin")), at_most(8000)],
        description=_l("Mỗi dòng là một đoạn. Chỉ nêu tên người đã đồng ý; tên tác giả hiện riêng ở cuối tin."),
    )
    picture = RadioField(_l("Ảnh"), validate_choice=False)
    picture_alt = LineField(
        _l("Mô tả ảnh"), [at_most(200)], description=_l("Trong ảnh có gì, cho người không nhìn thấy ảnh")
    )

    def validate_picture_alt(self, field: LineField) -> None:
        """Ask for words wherever there is a picture."""
        if self.picture.data and not field.data:
            raise ValidationError(str(_l("Mô tả ảnh trong một câu")))


class ReasonForm(Form):
    """Why a story is returned or withdrawn."""

    reason = LineField(_l("Lý do"), [required(_l("Ghi lý do")), at_most(500)])


class PaperForm(Form):
    """What a person signed on paper."""

    person = SelectField(_l("Người được nêu trong tin"), validate_choice=False)
    answer = RadioField(_l("Trả lời trên phiếu"), [required(_l("Chọn một câu trả lời"))])
    paper = LineField(
        _l("Nơi lưu phiếu"),
        [required(_l("Ghi nơi lưu phiếu đã ký")), at_most(200)],
        description=_l("Ví dụ: Tập công văn 2026, số 12"),
    )


class AppearanceForm(Form):
    """Where a story was seen."""

    channel = SelectField(_l("Kênh"), validate_choice=False)
    outlet = LineField(
        _l("Tên báo, trang hoặc chuyên mục"),
        [required(_l("Nhập tên báo, trang hoặc chuyên mục")), at_most(200)],
        description=_l("Ví dụ: Báo Lai Châu"),
    )
    url = LineField(
        _l("Đường dẫn"),
        [Optional(), at_most(500), URL(message=_l("Đường dẫn bắt đầu bằng https:// hoặc http://"))],
    )
    appeared_on = DateField(_l("Ngày đăng"), [required(_l("Nhập ngày đăng, ví dụ 05/03/2026"))])
