"""The Vietnamese of previews: the parts of the page, the sets of invented data, the frames, remarks."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from core.documents.citation import DocumentFault, DocumentOverflow
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


def pack_refused(error: DocumentOverflow | DocumentFault) -> str:
    """Return why the approval pack cannot be printed, and what to do."""
    if isinstance(error, DocumentOverflow):
        part = {
            "title": _("tên phong trào"), "legal_basis": _("căn cứ"), "questions": _("câu hỏi"),
            "criteria": _("tiêu chí"), "levels": _("mức điểm"), "tiers": _("hạng giải"), "bands": _("xếp loại"),
            "conditions": _("điều kiện"), "thresholds": _("điều kiện khen cao hơn"),
        }.get(error.field, _("phần chữ"))  # fmt: skip
        return _("Gói trình duyệt có một từ rộng quá chỗ ở %(part)s. Tách từ đó ra rồi tải lại.", part=part)
    text = error.characters or error.reason
    return _("Gói trình duyệt có ký tự chưa in được: %(text)s. Sửa ký tự đó rồi tải lại.", text=text)


def weight_text(weight: str) -> str:
    """Return how much a remark matters."""
    return {"warn": _("Nên sửa"), "note": _("Nên xem lại")}[weight]


def reach_text(level: str) -> str:
    """Return the level at which a solution is used, inside a sentence."""
    return {
        "co-so": _("cơ sở"), "tren-co-so": _("trên cơ sở"), "tinh": _("tỉnh"), "toan-quoc": _("toàn quốc"),
    }[level]  # fmt: skip
