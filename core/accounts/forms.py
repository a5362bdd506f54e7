"""What is typed at sign-in and on the account page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField

from core.web.forms import Form, LineField, required


class SignInForm(Form):
    """Name and password."""

    key = LineField(_l("Số điện thoại hoặc mã đoàn viên"), [required(_l("Nhập số điện thoại hoặc mã đoàn viên"))])
    password = PasswordField(_l("Mật khẩu"), [required(_l("Nhập mật khẩu"))])
    shared = BooleanField(_l("Máy dùng chung"), description=_l("Không giữ bản nháp trên máy này."))
    tiep = HiddenField()


class CodeForm(Form):
    """Name, six-digit code, and the password to use from now on."""

    key = LineField(_l("Số điện thoại hoặc mã đoàn viên"), [required(_l("Nhập số điện thoại hoặc mã đoàn viên"))])
    code = LineField(
        _l("Mã 6 số"), [required(_l("Nhập mã 6 số do cán bộ công đoàn cấp"))], description=_l("Ví dụ: 048 213")
    )
    password = PasswordField(
        _l("Mật khẩu mới"),
        [required(_l("Nhập mật khẩu mới"))],
        description=_l("Ít nhất 8 ký tự. Có thể ghép vài từ dễ nhớ."),
    )
    tiep = HiddenField()


class PasswordForm(Form):
    """The present password and the one to come."""

    current = PasswordField(_l("Mật khẩu hiện tại"), [required(_l("Nhập mật khẩu hiện tại"))])
    password = PasswordField(
        _l("Mật khẩu mới"),
        [required(_l("Nhập mật khẩu mới"))],
        description=_l("Ít nhất 8 ký tự. Có thể ghép vài từ dễ nhớ."),
    )
