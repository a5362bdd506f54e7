"""What the organiser types to propose, decide and revoke."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import Length

from core.web.forms import DateField, Form, LineField, NumberField, required


class ChoiceForm(Form):
    """The tier of an entry that the ranking leaves open, with the reason."""

    tier = SelectField(_l("Hạng giải"), validate_choice=False)
    reason = LineField(
        _l("Lý do"),
        [required(_l("Ghi lý do, ví dụ số biên bản họp Hội đồng")), Length(max=500)],
        description=_l("Ví dụ: Theo biên bản họp Hội đồng số 05/BB ngày 20/06/2026"),
    )


class DecisionForm(Form):
    """The decision as the office registers it."""

    number = NumberField(
        _l("Số quyết định"),
        [required(_l("Nhập số quyết định lấy ở sổ văn thư"))],
        description=_l("Chỉ phần số, ví dụ 123"),
    )
    series = LineField(
        _l("Ký hiệu"), [required(_l("Nhập ký hiệu, ví dụ QĐ-LĐLĐ")), Length(max=40)], description=_l("Ví dụ: QĐ-LĐLĐ")
    )
    signed_on = DateField(_l("Ngày ký"), [required(_l("Nhập ngày ký, ví dụ 25/06/2026"))])
    place = LineField(_l("Nơi ký"), [required(_l("Nhập nơi ký, ví dụ Lai Châu")), Length(max=120)])
    authority = LineField(
        _l("Thẩm quyền ký"),
        [required(_l("Nhập thẩm quyền ký, ví dụ TM. BAN THƯỜNG VỤ")), Length(max=200)],
        description=_l("Ví dụ: TM. BAN THƯỜNG VỤ"),
    )
    signer_title = LineField(_l("Chức vụ người ký"), [required(_l("Nhập chức vụ người ký")), Length(max=120)])
    signer_name = LineField(
        _l("Họ và tên người ký"),
        [required(_l("Nhập họ và tên người ký")), Length(max=120)],
        description=_l("Không ghi học hàm, học vị"),
    )
    basis = LineField(
        _l("Căn cứ biên bản họp Hội đồng"),
        [required(_l("Nhập số và ngày biên bản họp Hội đồng")), Length(max=300)],
        description=_l(
            "Ví dụ: Biên bản số 05/BB-HĐ ngày 20/06/2026. Điểm chấm chỉ để xếp hạng; Hội đồng mới quyết định công nhận."
        ),
    )


class RevokeForm(Form):
    """Why a citation is recalled."""

    reason = LineField(_l("Lý do thu hồi"), [required(_l("Ghi lý do thu hồi và số văn bản")), Length(max=500)])
