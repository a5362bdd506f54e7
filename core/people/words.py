"""What the people room says: kinds of membership, and the sentences of its refusals."""

from __future__ import annotations

from flask_babel import gettext as _

from core.people.rules import AlreadyThere, MemberCodeTaken, MembershipKind, PersonChanged, Sex, TransferTooEarly
from core.vietnamese.dates import format_date
from core.web.sentences import sentence


def kind_name(kind: MembershipKind) -> str:
    """Return how a person belongs to a unit, as pages write it."""
    return {
        MembershipKind.MEMBER: _("Đoàn viên"),
        MembershipKind.WORKER: _("Người lao động chưa là đoàn viên"),
        MembershipKind.FORMER: _("Đã thôi là đoàn viên"),
        MembershipKind.CIVIL_SERVANT: _("Cán bộ, công chức"),
    }[kind]


def sex_name(sex: Sex) -> str:
    """Return «Nữ» or «Nam»."""
    return {Sex.FEMALE: _("Nữ"), Sex.MALE: _("Nam")}[sex]


@sentence(MemberCodeTaken)
def _code_taken(error: MemberCodeTaken) -> str:
    return _("Mã đoàn viên %(code)s đã có người khác dùng. Kiểm tra lại mã trên thẻ.", code=error.code)


@sentence(PersonChanged)
def _changed(_error: PersonChanged) -> str:
    return _("Thông tin của người này vừa được người khác lưu. Mở lại trang sửa để xem bản mới rồi sửa tiếp.")


@sentence(TransferTooEarly)
def _too_early(error: TransferTooEarly) -> str:
    return _("Ngày chuyển phải sau ngày vào đơn vị hiện tại (%(since)s).", since=format_date(error.since))


@sentence(AlreadyThere)
def _already(error: AlreadyThere) -> str:
    return _("Người này đang ở %(unit)s rồi. Chọn đơn vị khác, hoặc đổi diện tham gia.", unit=error.unit)
