"""The Vietnamese of seasons: phases, milestones, what is entered, what is still to do, refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from core.scoring.canonical import ChoiceUnknown, UnreadableSnapshot
from core.seasons.rules import (
    EXTENSION,
    Blocker,
    CodePrefixTaken,
    CodePrefixWrong,
    DatesInWrongOrder,
    DecidedInFuture,
    DocumentMissing,
    ExtensionNotLater,
    FrozenRulesDamaged,
    GroundsMissing,
    JudgingEndsTooEarly,
    MilestoneTooEarly,
    MovementGone,
    NothingAmended,
    Phase,
    ReasonMissing,
    RulesNotInForce,
    RulesNotNewer,
    Scope,
    SeasonChanged,
    SeasonNotReady,
    WrongPhase,
    YearOutOfRange,
)
from core.vietnamese.dates import format_date, format_instant
from core.web.sentences import sentence

_NOUNS: dict[str, Callable[[], str]] = {
    "initiative": lambda: _("sáng kiến"),
    "person": lambda: _("cá nhân"),
    "collective": lambda: _("tập thể"),
}
_MILESTONES: dict[str, Callable[[], str]] = {
    "opens": lambda: _("Mở nhận hồ sơ"),
    "closes": lambda: _("Hạn nộp"),
    "endorsed": lambda: _("CĐCS xác nhận xong"),
    "judging": lambda: _("Chấm xong"),
    "council": lambda: _("Họp Hội đồng"),
    "published": lambda: _("Công bố"),
    "closed": lambda: _("Tổng kết"),
}
_PHASES: dict[Phase, tuple[Callable[[], str], str]] = {
    Phase.DRAFT: (lambda: _("Bản chuẩn bị"), "neutral"),
    Phase.OPEN: (lambda: _("Đã mở"), "ok"),
    Phase.JUDGING: (lambda: _("Đang chấm"), "info"),
    Phase.RANKED: (lambda: _("Chờ Hội đồng"), "info"),
    Phase.DECIDED: (lambda: _("Chờ Hội đồng"), "info"),
    Phase.PUBLISHED: (lambda: _("Đã có kết quả"), "ok"),
}
_MARKS: dict[str, Callable[[], str]] = {
    "V": lambda: _("đã đọc văn bản gốc"),
    "V2": lambda: _("theo bản dẫn lại"),
    "D": lambda: _("suy ra từ căn cứ khác"),
    "UNVERIFIED": lambda: _("chưa kiểm chứng"),
}


def phase_words(phase: Phase) -> str:
    """Return the phase in the words that everybody reads."""
    return _PHASES[phase][0]()


def noun(subject: str) -> str:
    """Return what is entered, inside a sentence: «sáng kiến», «cá nhân», «tập thể»."""
    return _NOUNS[subject]()


def milestone_title(kind: str) -> str:
    """Return the name of a dated step."""
    return _("Gia hạn") if kind.startswith(EXTENSION.rstrip("-")) else _MILESTONES[kind]()


def mark_word(mark: str) -> str:
    """Return how far a source was verified, in words."""
    return _MARKS[mark]()


def phase_chip(phase: Phase, opens_at: datetime | None, closes_at: datetime | None, at: datetime, *,
               is_insider: bool = False) -> tuple[str, str]:  # fmt: skip
    """Return where a season stands in words, and the kind of its chip.

    :param is_insider: the organiser, who alone reads that a decision is made but not published.
    """
    if phase == Phase.OPEN:
        if opens_at is not None and at < opens_at:
            return _("Sắp nhận hồ sơ"), "neutral"
        if closes_at is not None and at <= closes_at:
            return _("Đang nhận hồ sơ"), "ok"
        return _("Đã hết hạn nhận"), "warn"
    if phase == Phase.DECIDED and is_insider:
        return _("Đã quyết định, chưa công bố"), "warn"
    return _PHASES[phase][0](), _PHASES[phase][1]


def extension_line(until: datetime, document: str) -> str:
    """Return how an extension is announced: «Gia hạn đến 17:00, 20/05/2026 theo Công văn 45/CV-LĐLĐ»."""
    return _("Gia hạn đến %(until)s theo %(document)s", until=format_instant(until), document=document)


def amendment_line(number: str, on: date) -> str:
    """Return how an amendment is announced: «Sửa đổi theo quyết định số 15/QĐ-LĐLĐ ngày 12/05/2026»."""
    return _("Sửa đổi theo quyết định số %(number)s ngày %(on)s", number=number, on=format_date(on))


def scope_text(scope: Scope) -> str:
    """Return what an amendment reaches."""
    if scope == Scope.RESCORE_ALL:
        return _("Tính lại tất cả: mọi hồ sơ được tính theo quy tắc mới")
    return _("Chỉ hồ sơ chưa chấm xong: hồ sơ đã niêm phong đủ phiếu giữ quy tắc cũ")


_BLOCKERS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "document_missing": lambda _f: _("Nhập số văn bản làm căn cứ mở đợt"),
    "movement_gone": lambda f: _(
        "Phong trào «%(id)s» không còn đang dùng. Nhờ đơn vị lập đưa lại vào dùng, hoặc nhờ người quản trị cài lại",
        id=f["movement_id"],
    ),
    "movement_off": lambda f: _(
        "Phong trào «%(title)s» đang tắt ở đơn vị này. Bật ở trang «Phong trào của tôi»", title=f["title"]
    ),
    "rules_drifted": lambda f: _(
        "Quy tắc của phong trào đã đổi mà vẫn ghi là bản %(version)s. Nhờ người quản trị nâng số bản", **f
    ),
    "no_score_stage": lambda _f: _("Phong trào chưa có bước chấm điểm. Bổ sung vào tệp quy tắc của phong trào"),
    "sheet_missing": lambda f: _(
        "Chưa có phiếu chấm cho %(noun)s. Bổ sung vào tệp quy tắc của phong trào", noun=noun(f["subject"])
    ),
    "opens_missing": lambda _f: _("Nhập ngày mở nhận hồ sơ"),
    "closes_missing": lambda _f: _("Nhập hạn nộp"),
    "judging_closes_missing": lambda _f: _("Nhập hạn chấm"),
    "closes_passed": lambda f: _("Hạn nộp %(t)s đã qua. Chọn hạn nộp khác", t=format_instant(f["closes_at"])),
    "rules_too_new": lambda f: _(
        "Quy tắc của phong trào có hiệu lực từ %(day)s. Chọn ngày mở nhận từ ngày đó", day=format_date(f["from"])
    ),
    "rules_too_old": lambda f: _(
        "Quy tắc của phong trào hết hiệu lực ngày %(day)s. Chọn ngày mở nhận trước ngày đó", day=format_date(f["to"])
    ),
}


def blocker_text(blocker: Blocker) -> str:
    """Return what is to do before a season can open."""
    return _BLOCKERS[blocker.code](blocker.facts)


@sentence(WrongPhase)
def _wrong_phase(error: WrongPhase) -> str:
    return _(
        "Đợt xét đang ở bước «%(phase)s» nên chưa làm được việc này. Mở trang đợt xét để xem việc tiếp theo.",
        phase=_PHASES[error.phase][0](),
    )


@sentence(SeasonNotReady)
def _not_ready(error: SeasonNotReady) -> str:
    texts = "; ".join(blocker_text(blocker) for blocker in error.blockers)
    return _("Còn %(n)s việc trước khi mở đợt: %(list)s.", n=len(error.blockers), list=texts)


@sentence(SeasonChanged)
def _changed(_error: SeasonChanged) -> str:
    return _("Đợt xét vừa được lưu ở trang hoặc máy khác. Tải lại trang để xem bản mới rồi sửa tiếp.")


@sentence(DatesInWrongOrder)
def _dates(_error: DatesInWrongOrder) -> str:
    return _("Hạn nộp phải sau ngày mở nhận")


@sentence(JudgingEndsTooEarly)
def _judging(error: JudgingEndsTooEarly) -> str:
    return _("Hạn chấm phải sau hạn nộp %(t)s. Dời hạn chấm trước", t=format_instant(error.closes_at))


@sentence(MilestoneTooEarly)
def _milestone(error: MilestoneTooEarly) -> str:
    return _(
        "Mốc «%(name)s» phải sau hạn nộp %(t)s. Dời mốc này trước",
        name=milestone_title(error.kind),
        t=format_instant(error.closes_at),
    )


@sentence(CodePrefixWrong)
def _prefix(_error: CodePrefixWrong) -> str:
    return _("Chữ đầu mã hồ sơ gồm 1 đến 8 chữ cái không dấu, ví dụ LDST")


@sentence(CodePrefixTaken)
def _prefix_taken(error: CodePrefixTaken) -> str:
    return _(
        "Chữ đầu mã %(prefix)s đã dùng cho một đợt khác của năm %(year)s. Chọn chữ khác",
        prefix=error.prefix,
        year=error.year,
    )


@sentence(YearOutOfRange)
def _year(_error: YearOutOfRange) -> str:
    return _("Năm của đợt phải từ 2000 đến 2099")


@sentence(ExtensionNotLater)
def _not_later(error: ExtensionNotLater) -> str:
    return _("Hạn mới phải chưa qua và sau hạn hiện tại %(t)s", t=format_instant(error.closes_at))


@sentence(ReasonMissing)
def _reason(_error: ReasonMissing) -> str:
    return _("Nhập lý do gia hạn")


@sentence(DocumentMissing)
def _document(_error: DocumentMissing) -> str:
    return _("Nhập số văn bản gia hạn, ví dụ Công văn 45/CV-LĐLĐ")


@sentence(NothingAmended)
def _nothing(_error: NothingAmended) -> str:
    return _("Quy tắc mới giống hệt quy tắc đang áp dụng. Đổi ít nhất một điểm rồi xem lại.")


@sentence(RulesNotNewer)
def _not_newer(error: RulesNotNewer) -> str:
    return _(
        "Phong trào đang cài ở phiên bản %(version)s, không mới hơn phiên bản %(frozen)s đã chốt. "
        "Nhờ người quản trị cài phiên bản mới trước.",
        version=error.version,
        frozen=error.frozen,
    )


@sentence(RulesNotInForce)
def _not_in_force(error: RulesNotInForce) -> str:
    if error.on < error.starts:
        return _(
            "Quy tắc mới của phong trào có hiệu lực từ %(day)s, sau ngày quyết định. Sửa ngày quyết định hoặc chờ đến "
            "ngày đó.",
            day=format_date(error.starts),
        )
    return _(
        "Quy tắc mới của phong trào hết hiệu lực ngày %(day)s, trước ngày quyết định. Kiểm tra lại ngày quyết định.",
        day=format_date(error.ends),
    )


@sentence(DecidedInFuture)
def _future(_error: DecidedInFuture) -> str:
    return _("Ngày quyết định chưa đến. Nhập ngày ghi trên quyết định đã ký")


@sentence(GroundsMissing)
def _grounds(error: GroundsMissing) -> str:
    if error.what == "reason":
        return _("Nhập lý do sửa đổi")
    return _("Nhập số quyết định sửa đổi, ví dụ 15/QĐ-LĐLĐ")


@sentence(MovementGone)
def _gone(error: MovementGone) -> str:
    return _(
        "Phong trào «%(id)s» không còn đang dùng nên chưa chuẩn bị tiếp được. Nhờ đơn vị lập đưa lại vào dùng, hoặc "
        "nhờ người quản trị cài lại.",
        id=error.movement_id,
    )


@sentence(FrozenRulesDamaged)
def _damaged(_error: FrozenRulesDamaged) -> str:
    return _("Quy tắc đã chốt của đợt xét không khớp mã kiểm tra. Báo người quản trị khôi phục từ bản sao lưu.")


@sentence(ChoiceUnknown)
def _unknown(error: ChoiceUnknown) -> str:
    return _("Quy tắc của đợt xét không có «%(value)s». Tải lại trang rồi chọn lại.", value=error.value)


@sentence(UnreadableSnapshot)
def _unreadable(_error: UnreadableSnapshot) -> str:
    return _("Quy tắc đã chốt cần một phiên bản phần mềm khác để đọc. Báo người quản trị.")
