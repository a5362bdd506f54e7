"""The Vietnamese of previews: the parts of the page, the sets of invented data, the frames, remarks."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from core.previews.invented import Size
from core.scoring.remarks import Remark

Text = Callable[[], str]

PARTS: dict[str, Text] = {
    "trang": lambda: _("Trang phong trào"),
    "ho-so": lambda: _("Mẫu hồ sơ"),
    "phieu": lambda: _("Phiếu chấm"),
    "xep-hang": lambda: _("Xếp hạng"),
    "giay": lambda: _("Giấy chứng nhận"),
    "bao-cao": lambda: _("Báo cáo"),
    "nhac": lambda: _("Nhắc"),
}
"""What the page shows, by the word in its address."""

SIZES: dict[Size, Text] = {Size.SHORT: lambda: _("ngắn nhất"), Size.LONG: lambda: _("dài nhất")}
FRAMES: dict[str, Text] = {"may-tinh": lambda: _("máy tính"), "dien-thoai": lambda: _("điện thoại")}


def remark_text(remark: Remark) -> str:
    """Return the sentence of a remark in the reader's language."""
    return _(remark.template).format(**remark.values)
