"""The sentences of the organisations room's refusals."""

from __future__ import annotations

from flask_babel import gettext as _

from core.organisations.rules import NameDateTooEarly, UnitCodeTaken, UnitDissolved, UnitUnderItself
from core.vietnamese.dates import format_date
from core.web.sentences import sentence


@sentence(UnitCodeTaken)
def _code_taken(error: UnitCodeTaken) -> str:
    return _("Mã %(code)s đã là mã của đơn vị khác. Nhập mã khác.", code=error.code)


@sentence(UnitUnderItself)
def _under_itself(error: UnitUnderItself) -> str:
    return _(
        "%(parent)s là chính %(unit)s hoặc nằm trong %(unit)s. Chọn đơn vị ở ngoài.",
        parent=error.parent,
        unit=error.unit,
    )


@sentence(UnitDissolved)
def _dissolved(error: UnitDissolved) -> str:
    return _("%(unit)s đã giải thể. Chọn đơn vị đang hoạt động.", unit=error.unit)


@sentence(NameDateTooEarly)
def _too_early(error: NameDateTooEarly) -> str:
    return _("Tên hiện tại dùng từ %(since)s. Nhập ngày từ đó trở đi.", since=format_date(error.since))
