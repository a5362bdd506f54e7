"""The sentences of refusals that belong to no room."""

from __future__ import annotations

from flask_babel import gettext as _

from core.accounts.rules import NotAllowed, NotFoundHere
from core.web.requests import FormKeyForeign, FormKeyMissing
from core.web.sentences import sentence


@sentence(NotFoundHere)
def _absent(_error: NotFoundHere) -> str:
    return _("Không tìm thấy trang. Có thể đường dẫn gõ thiếu.")


@sentence(NotAllowed)
def _not_yours(_error: NotAllowed) -> str:
    return _("Việc này dành cho người có quyền khác, hoặc chưa làm được ở bước hiện tại. Quay lại trang trước để xem việc có thể làm.")


@sentence(FormKeyMissing)
def _old_form(_error: FormKeyMissing) -> str:
    return _("Trang này đã mở quá lâu nên chưa gửi được. Quay lại, tải lại trang rồi gửi lần nữa; nội dung đã lưu vẫn còn.")


@sentence(FormKeyForeign)
def _foreign_form(_error: FormKeyForeign) -> str:
    return _("Biểu mẫu này đã được gửi từ một tài khoản hoặc trang khác. Mở lại trang rồi gửi lần nữa.")
