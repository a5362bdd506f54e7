"""The sentences of refusals that belong to no room."""

from __future__ import annotations

from flask_babel import gettext as _

from core.accounts.rules import NotAllowed, NotFoundHere
from core.vietnamese.codes import CodeCheckFailed, CodeNotUnderstood
from core.vietnamese.dates import DateImpossible, DateNotUnderstood, TimeNotUnderstood
from core.vietnamese.numbers import MoneyOutOfRange, NumberAmbiguous, NumberNotUnderstood, format_number
from core.vietnamese.phones import PhoneNotUnderstood
from core.web.requests import FormKeyForeign, FormKeyMissing
from core.web.sentences import sentence


@sentence(NotFoundHere)
def _absent(_error: NotFoundHere) -> str:
    return _("Không tìm thấy trang. Có thể đường dẫn gõ thiếu.")


@sentence(NotAllowed)
def _not_yours(_error: NotAllowed) -> str:
    return _(
        "Việc này dành cho người có quyền khác, hoặc chưa làm được ở bước hiện tại. "
        "Quay lại trang trước để xem việc có thể làm."
    )


@sentence(FormKeyMissing)
def _old_form(_error: FormKeyMissing) -> str:
    return _(
        "Trang này đã mở quá lâu nên chưa gửi được. Quay lại, tải lại trang rồi gửi lần nữa; nội dung đã lưu vẫn còn."
    )


@sentence(FormKeyForeign)
def _foreign_form(_error: FormKeyForeign) -> str:
    return _("Biểu mẫu này đã được gửi từ một tài khoản hoặc trang khác. Mở lại trang rồi gửi lần nữa.")


@sentence(NumberNotUnderstood)
def _number(_error: NumberNotUnderstood) -> str:
    return _("Chỉ nhập chữ số, ví dụ 8,5")


@sentence(NumberAmbiguous)
def _ambiguous(error: NumberAmbiguous) -> str:
    first, second = (format_number(reading) for reading in error.readings)
    return _("Có thể hiểu là %(a)s hoặc %(b)s. Viết rõ một trong hai", a=first, b=second)


@sentence(MoneyOutOfRange)
def _money(_error: MoneyOutOfRange) -> str:
    return _("Số tiền chỉ gồm chữ số, ví dụ 12.000.000")


@sentence(DateNotUnderstood)
def _date(_error: DateNotUnderstood) -> str:
    return _("Ngày phải có đủ ngày, tháng, năm, ví dụ 05/03/2026")


@sentence(DateImpossible)
def _no_such_day(_error: DateImpossible) -> str:
    return _("Ngày phải là ngày có thật, ví dụ 05/03/2026")


@sentence(TimeNotUnderstood)
def _time(_error: TimeNotUnderstood) -> str:
    return _("Giờ viết dạng 17:00")


@sentence(PhoneNotUnderstood)
def _phone(_error: PhoneNotUnderstood) -> str:
    return _("Số điện thoại cần có 10 chữ số, ví dụ 0912 345 678")


@sentence(CodeNotUnderstood)
def _code(_error: CodeNotUnderstood) -> str:
    return _("Mã hồ sơ có dạng LDST-26-0417-3. Kiểm tra lại từng ký tự.")


@sentence(CodeCheckFailed)
def _code_check(_error: CodeCheckFailed) -> str:
    return _("Mã này gõ nhầm một ký tự. Kiểm tra lại từng ký tự trên phiếu.")
