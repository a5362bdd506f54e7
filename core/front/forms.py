"""What a visitor types: a code, and the last digits of a phone."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.web.forms import Form, LineField, required


class LookUpForm(Form):
    """An entry's code and the last four digits of a phone of its author."""

    code = LineField(
        _l("Mã hồ sơ"), [required(_l("Nhập mã hồ sơ ghi trên phiếu"))], description=_l("Ví dụ: LDST-26-0417-3")
    )
    digits = LineField(
        _l("4 số cuối điện thoại của tác giả"),
        [required(_l("Nhập 4 số cuối điện thoại"))],
        description=_l("Ví dụ: 5678"),
    )


class VerifyForm(Form):
    """The code printed on a citation."""

    code = LineField(
        _l("Mã giấy chứng nhận"), [required(_l("Nhập mã in trên giấy chứng nhận"))],
        description=_l("In ở góc giấy chứng nhận, dạng XXXX-XXXX-XXXX-XXXXX"),
    )  # fmt: skip
