"""What the awards room says: reasons of the ranking, states of a citation, refusals."""

from __future__ import annotations

from flask_babel import gettext as _

from core.awards.rules import (
    AwardReasonMissing,
    CitationAlreadyRevoked,
    CitationStatus,
    DecisionNumberTaken,
    NothingProposed,
    NotRanked,
    ProposalsOutdated,
    QuotaExceeded,
    TierUnknown,
    TieUnresolved,
)
from core.documents.citation import DocumentFault, DocumentFieldMissing, DocumentOverflow
from core.vietnamese.dates import format_date, format_instant
from core.web.sentences import sentence


def citation_status(status: CitationStatus) -> str:
    """Return a citation's state as lists write it."""
    return {
        CitationStatus.VALID: _("Có hiệu lực"),
        CitationStatus.REPLACED: _("Đã được thay thế"),
        CitationStatus.REVOKED: _("Đã thu hồi"),
    }[status]


@sentence(DecisionNumberTaken)
def _taken(error: DecisionNumberTaken) -> str:
    return _(
        "Số %(label)s đã dùng trong năm %(year)s. Lấy số tiếp theo ở sổ văn thư.", label=error.label, year=error.year
    )


@sentence(NothingProposed)
def _nothing(_error: NothingProposed) -> str:
    return _("Chưa có hồ sơ nào được đề nghị. Lập danh sách đề nghị từ bảng xếp hạng trước.")


@sentence(ProposalsOutdated)
def _outdated(error: ProposalsOutdated) -> str:
    return _(
        "Quy tắc đã sửa đổi lúc %(at)s, sau khi lập %(n)s đề nghị. Lập lại danh sách đề nghị từ bảng xếp hạng mới.",
        at=format_instant(error.amended_at),
        n=error.count,
    )


@sentence(TieUnresolved)
def _tie(error: TieUnresolved) -> str:
    codes = ", ".join(error.entries)
    return _(
        "Còn hồ sơ đồng điểm ở suất cuối chưa chọn: %(codes)s. Chọn hạng giải và ghi lý do cho từng hồ sơ.", codes=codes
    )


@sentence(QuotaExceeded)
def _quota(error: QuotaExceeded) -> str:
    scope = {
        "season": _("cả đợt"),
        "field": _("một lĩnh vực"),
        "unit": _("một đơn vị"),
    }[error.scope]
    return _(
        "%(tier)s có %(count)s hồ sơ trong %(scope)s, chỉ được %(quota)s. Bỏ bớt hoặc chuyển sang hạng khác.",
        tier=error.tier, count=error.count, scope=scope, quota=error.quota,
    )  # fmt: skip


@sentence(TierUnknown)
def _tier(_error: TierUnknown) -> str:
    return _("Hạng giải này không có trong quy tắc của đợt. Chọn một hạng trong danh sách.")


@sentence(NotRanked)
def _not_ranked(error: NotRanked) -> str:
    return _("Hồ sơ %(code)s chưa đạt nên không đề nghị được. Xem lý do ở bảng xếp hạng.", code=error.entry)


@sentence(AwardReasonMissing)
def _reason(_error: AwardReasonMissing) -> str:
    return _("Ghi lý do, ví dụ số biên bản họp Hội đồng")


@sentence(CitationAlreadyRevoked)
def _recalled(error: CitationAlreadyRevoked) -> str:
    return _("Giấy chứng nhận %(code)s đã thu hồi ngày %(d)s.", code=error.code, d=format_date(error.on))


def _part(field: str) -> str:
    """Return a part of the citation as its form calls it."""
    return {
        "deciding_office": _("cơ quan quyết định"),
        "award_name": _("hình thức khen"),
        "recipient": _("họ tên, tập thể"),
        "recipient_role": _("chức vụ, đơn vị"),
        "achievement": _("thành tích"),
        "place": _("nơi ký"),
        "authority": _("thẩm quyền ký và chức vụ"),
        "signer_name": _("họ và tên người ký"),
        "decision_number": _("số quyết định"),
    }.get(field, _("phần chữ"))


@sentence(DocumentOverflow)
def _too_long(error: DocumentOverflow) -> str:
    part = _part(error.field)
    if "recipient" in error.facts:
        return _(
            "Giấy chứng nhận của %(name)s không đủ chỗ cho %(part)s. Rút gọn phần đó rồi làm lại.",
            name=error.recipient, part=part,
        )  # fmt: skip
    return _("Giấy chứng nhận không đủ chỗ cho %(part)s. Rút gọn phần đó rồi làm lại.", part=part)


@sentence(DocumentFault)
def _unprintable(error: DocumentFault) -> str:
    return _(
        "Giấy chứng nhận có ký tự chưa in được: %(text)s. Sửa ký tự đó rồi làm lại.",
        text=error.characters or error.reason,
    )


@sentence(DocumentFieldMissing)
def _missing(error: DocumentFieldMissing) -> str:
    return _("Giấy chứng nhận còn thiếu %(part)s. Bổ sung rồi làm lại.", part=_part(error.field))
