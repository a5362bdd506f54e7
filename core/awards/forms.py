"""What the organiser types to propose, decide and revoke."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, ValidationError

from core.web.forms import DateField, Form, LineField, NumberField, at_most, required


class ChoiceForm(Form):
    """The tier of an entry that the ranking leaves open, with the reason."""

    tier = SelectField(_l("Hạng giải"), validate_choice=False)
    reason = LineField(
        _l("Lý do"),
        [required(_l("Ghi lý do, ví dụ số biên bản họp Hội đồng")), at_most(500)],
        description=_l("Ví dụ: Theo biên bản họp Hội đồng số 05/BB ngày 20/06/2026"),
    )


def _whole(_form: Form, field: NumberField) -> None:
    """A register counts in whole numbers from one."""
    if field.data is not None and (field.data != int(field.data) or not 0 < field.data < 1_000_000):
        raise ValidationError(_("Số quyết định là số nguyên từ 1, ví dụ 123"))


class DecisionForm(Form):
    """The decision as the office registers it."""

    number = NumberField(
        _l("Số quyết định"),
        [required(_l("Nhập số quyết định lấy ở sổ văn thư")), _whole],
        description=_l("Chỉ phần số, ví dụ 123"),
    )
    series = LineField(
        _l("Ký hiệu"), [required(_l("Nhập ký hiệu, ví dụ QĐ-LĐLĐ")), at_most(40)], description=_l("Ví dụ: QĐ-LĐLĐ")
    )
    signed_on = DateField(_l("Ngày ký"), [required(_l("Nhập ngày ký, ví dụ 25/06/2026"))])
    place = LineField(_l("Nơi ký"), [required(_l("Nhập nơi ký, ví dụ Lai Châu")), at_most(120)])
    authority = LineField(
        _l("Thẩm quyền ký"),
        [required(_l("Nhập thẩm quyền ký, ví dụ TM. BAN THƯỜNG VỤ")), at_most(200)],
        description=_l("Ví dụ: TM. BAN THƯỜNG VỤ"),
    )
    signer_title = LineField(_l("Chức vụ người ký"), [required(_l("Nhập chức vụ người ký")), at_most(120)])
    signer_name = LineField(
        _l("Họ và tên người ký"),
        [required(_l("Nhập họ và tên người ký")), at_most(120)],
        description=_l("Không ghi học hàm, học vị"),
    )
    basis = LineField(
        _l("Căn cứ biên bản họp Hội đồng"),
        [required(_l("Nhập số và ngày biên bản họp Hội đồng")), at_most(300)],
        description=_l(
            "Ví dụ: Biên bản số 05/BB-HĐ ngày 20/06/2026. Điểm chấm chỉ để xếp hạng; Hội đồng mới quyết định công nhận."
        ),
    )


class RevokeForm(Form):
    """Why a citation is recalled."""

    reason = LineField(_l("Lý do thu hồi"), [required(_l("Ghi lý do thu hồi và số văn bản")), at_most(500)])
