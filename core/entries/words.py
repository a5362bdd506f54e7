"""The Vietnamese of entries: states, steps, reasons, answers as people read them, refusals."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from core.accounts.rules import Actor, Role
from core.entries import rules
from core.entries.answers import value_of
from core.entries.models import Entry, EntryStep
from core.entries.queries import COUNTED_TO
from core.entries.rules import State, Subject
from core.files import refusals
from core.scoring.movement import Fact, FormField
from core.seasons.models import Season
from core.seasons.rules import Phase
from core.storage import FileNotKept
from core.vietnamese.dates import format_date, format_deadline, format_instant
from core.vietnamese.numbers import format_money, format_number
from core.web.sentences import say, sentence

Text = Callable[[], str]


class PublicState(str):
    """Where an entry stands: the words that people read, and the kind of chip that shows them."""

    __slots__ = ("kind",)
    kind: str

    def __new__(cls, text: str, kind: str) -> PublicState:
        """Return the words with their kind of chip."""
        made = super().__new__(cls, text)
        made.kind = kind
        return made


_STATES: dict[State, tuple[Text, str]] = {
    State.DRAFT: (lambda: _("Bản nháp"), "neutral"),
    State.SUBMITTED: (lambda: _("Chờ CĐCS xác nhận"), "info"),
    State.RETURNED: (lambda: _("Cần bổ sung"), "warn"),
    State.REFUSED: (lambda: _("Không được xác nhận"), "err"),
    State.ENDORSED: (lambda: _("Chờ tiếp nhận"), "info"),
    State.RECEIVED: (lambda: _("Đã tiếp nhận"), "ok"),
    State.IN_JUDGING: (lambda: _("Đang chấm"), "info"),
    State.SCORED: (lambda: _("Chờ Hội đồng"), "info"),
    State.DECIDED: (lambda: _("Chờ Hội đồng"), "info"),
    State.AWARDED: (lambda: _("Đã có kết quả"), "ok"),
    State.NOT_AWARDED: (lambda: _("Đã có kết quả"), "ok"),
    State.WITHDRAWN: (lambda: _("Đã rút"), "neutral"),
    State.INELIGIBLE: (lambda: _("Không đủ điều kiện"), "err"),
    State.SHELVED: (lambda: _("Tạm dừng xét"), "neutral"),
    State.ANNULLED: (lambda: _("Đã hủy kết quả"), "err"),
}
_UNTIL_PUBLISHED = frozenset({State.DECIDED, State.AWARDED, State.NOT_AWARDED})


def state_text(state: State) -> str:
    """Return the words of a state, for filters."""
    return _STATES[state][0]()


def public_state(entry: Entry, season: Season, viewer: Actor) -> PublicState:
    """Return where an entry stands in the words that `viewer` may read.

    What is decided but not published reads «Chờ Hội đồng» to everybody but the organiser.
    """
    text, kind = _STATES[entry.state]
    if entry.state in _UNTIL_PUBLISHED and season.phase != Phase.PUBLISHED:
        if viewer.covers(Role.ORGANISER, season.owner_unit.path):
            return PublicState(_("Đã có kết quả, chưa công bố"), "warn")
        return PublicState(_("Chờ Hội đồng"), "info")
    return PublicState(text(), kind)


_STEPS: dict[str, Text] = {
    "submit": lambda: _("Đã nộp"),
    "endorse": lambda: _("Đã xác nhận"),
    "unendorse": lambda: _("Hoàn tác xác nhận"),
    "return": lambda: _("Trả lại để bổ sung"),
    "refuse": lambda: _("Không xác nhận"),
    "receive": lambda: _("Đã tiếp nhận"),
    "find_ineligible": lambda: _("Không đủ điều kiện"),
    "revise": lambda: _("Lấy lại để sửa"),
    "withdraw": lambda: _("Đã rút"),
    "start_judging": lambda: _("Bắt đầu chấm"),
    "score": lambda: _("Đã chấm xong"),
    "unscore": lambda: _("Chấm lại"),
    "decide": lambda: _("Đã có quyết định"),
    "award": lambda: _("Được khen thưởng"),
    "pass_over": lambda: _("Đã có kết quả"),
    "shelve": lambda: _("Tạm dừng xét"),
    "annul": lambda: _("Hủy kết quả"),
}
OUTCOMES = frozenset({"decide", "award", "pass_over"})


def step_text(verb: str) -> str:
    """Return an act as the timeline names it."""
    return _STEPS[verb]()


RETURN_REASONS: dict[str, Text] = {
    "photos": lambda: _("Thiếu ảnh trước/sau"),
    "method": lambda: _("Chưa rõ cách làm mới"),
    "figures": lambda: _("Số liệu hiệu quả chưa có căn cứ"),
    "authors": lambda: _("Sai đơn vị/tác giả"),
    "other": lambda: _("Khác"),
}
REFUSE_REASONS: dict[str, Text] = {
    "not_used": lambda: _("Đơn vị chưa áp dụng cách làm này"),
    "not_own": lambda: _("Không phải của tác giả hoặc nhóm tác giả"),
    "repeated": lambda: _("Trùng với cách làm đã có ở đơn vị"),
    "other": lambda: _("Khác"),
}
INELIGIBLE_REASONS: dict[str, Text] = {
    "subject": lambda: _("Không đúng đối tượng"),
    "standard": lambda: _("Chưa đạt tiêu chuẩn của đợt xét"),
    "incomplete": lambda: _("Hồ sơ chưa đầy đủ sau khi đã trả lại"),
    "repeated": lambda: _("Đã được công nhận hoặc khen thưởng trước đây"),
    "violation": lambda: _("Vi phạm quy định của đợt xét"),
    "other": lambda: _("Khác"),
}
REASONS = {**INELIGIBLE_REASONS, **REFUSE_REASONS, **RETURN_REASONS}


def reason_lines(step: EntryStep) -> list[str]:
    """Return the reasons of a return or refusal, one line each; the words of «Khác» in its place."""
    lines = [REASONS[code]() for code in step.reasons if code != "other" and code in REASONS]
    return [*lines, step.note] if step.note else lines


def title_label(subject: Subject | str) -> str:
    """Return the label of the core's own first answer."""
    return _("Tên sáng kiến") if subject == Subject.INITIATIVE else _("Tên thành tích")


def display_title(entry: Entry) -> str:
    """Return the title, or words for an entry that has none yet."""
    return entry.title or _("chưa đặt tên")


def who(entry: Entry) -> str:
    """Return whom the entry is about: lead author, nominee or collective."""
    if entry.subject == Subject.PERSON and entry.nominee is not None:
        return entry.nominee.full_name
    if entry.subject == Subject.COLLECTIVE:
        return entry.collective_name
    lead = next((one for one in entry.authorships if one.is_lead), None)
    return lead.full_name if lead is not None else entry.owner.full_name


def answer_text(field: FormField, stored: Any) -> str:
    """Return a stored answer as it is read; empty where there is none."""
    if isinstance(stored, dict):
        return str(stored.get("typed", ""))
    value = value_of(field, stored)
    if value is None:
        return ""
    if field.kind == "money":
        return format_money(int(value))
    if isinstance(value, Decimal):
        return format_number(value)
    if field.kind == "date":
        return format_date(value)
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    if field.choices:
        titles = {choice.id: choice.title for choice in field.choices}
        chosen: list[str] = value if isinstance(value, list) else [value]
        return ", ".join(titles.get(one, one) for one in chosen)
    return str(value)


def fact_value_text(fact: Fact, value: str) -> str:
    """Return a stored value of a fact as it is read."""
    if fact.kind == "yesno":
        return _("Có") if value == "true" else _("Không")
    if fact.kind == "choice":
        return next((choice.title for choice in fact.choices if choice.id == value), value)
    return format_number(Decimal(value))


def count_text(number: int) -> str:
    """Return a counted number of entries; where counting stopped, «trên 10.000»."""
    if number > COUNTED_TO:
        return _("trên %(n)s", n=format_number(COUNTED_TO))
    return format_number(number)


def size_text(size: int) -> str:
    """Return a size in KB or MB."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{format_number(Decimal(size) / 1_000_000, 1)} MB"


# --- Refusals -----------------------------------------------------------------------------------------------------


def _phone() -> str:
    return str(current_app.extensions["thidua_settings"].phone)


@sentence(rules.DeadlinePassed)
def _deadline(error: rules.DeadlinePassed) -> str:
    return _(
        "Đã hết hạn nộp lúc %(deadline)s. Bản nháp vẫn được giữ. Liên hệ Ban tổ chức: %(phone)s",
        deadline=format_instant(error.deadline),
        phone=_phone(),
    )


@sentence(rules.SeasonNotOpen)
def _not_open(error: rules.SeasonNotOpen) -> str:
    if error.opens_at is not None:
        return _(
            "Đợt xét nhận hồ sơ từ %(t)s. Bản nháp vẫn được giữ, nộp từ lúc đó.", t=format_deadline(error.opens_at)
        )
    return _("Đợt xét hiện không nhận hồ sơ. Bản nháp vẫn được giữ. Liên hệ Ban tổ chức: %(phone)s", phone=_phone())


@sentence(rules.WrongState)
def _wrong_state(error: rules.WrongState) -> str:
    return _(
        "Hồ sơ đang ở bước «%(state)s» nên chưa làm được việc này. Mở lại hồ sơ để xem việc có thể làm.",
        state=state_text(error.state),
    )


@sentence(rules.StaleRevision)
def _stale(error: rules.StaleRevision) -> str:
    return _("Bản mới hơn lưu lúc %(t)s trên máy khác. Tải lại trang để xem bản đó.", t=format_instant(error.saved_at))


@sentence(rules.EntryIncomplete)
def _incomplete(error: rules.EntryIncomplete) -> str:
    lines = "; ".join(say(problem) for problem in error.problems)
    return _("Còn %(n)s chỗ cần sửa trước khi nộp: %(lines)s", n=len(error.problems), lines=lines)


@sentence(rules.TitleMissing)
def _no_title(error: rules.TitleMissing) -> str:
    return _("Nhập tên sáng kiến") if error.subject == Subject.INITIATIVE else _("Nhập tên thành tích")


@sentence(rules.TitleTooLong)
def _long_title(error: rules.TitleTooLong) -> str:
    return _(
        "%(label)s dài %(n)s ký tự. Rút xuống còn %(limit)s ký tự",
        label=title_label(error.subject),
        n=error.length,
        limit=error.limit,
    )


@sentence(rules.AnswerMissing)
def _no_answer(error: rules.AnswerMissing) -> str:
    if error.kind in {"choice", "choices", "yesno"}:
        return _("Chọn câu trả lời cho «%(title)s»", title=error.title)
    return _("Trả lời câu «%(title)s»", title=error.title)


@sentence(rules.AnswerUnreadable)
def _unreadable(error: rules.AnswerUnreadable) -> str:
    if error.kind == "money":
        return _("Số tiền chỉ gồm chữ số, ví dụ 12.000.000")
    if error.kind == "date":
        return (
            _("Ngày áp dụng phải là ngày có thật, ví dụ 05/03/2026")
            if error.is_first_use
            else _("Ngày phải là ngày có thật, ví dụ 05/03/2026")
        )
    return _("«%(title)s»: chỉ nhập chữ số, ví dụ 8,5", title=error.title)


@sentence(rules.AnswerOutOfRange)
def _out_of_range(error: rules.AnswerOutOfRange) -> str:
    if error.length is not None:
        return _(
            "«%(title)s» dài %(n)s ký tự. Rút xuống còn %(limit)s ký tự",
            title=error.title,
            n=error.length,
            limit=error.high,
        )
    if error.low is not None and error.high is not None:
        return _(
            "«%(title)s»: nhập số từ %(low)s đến %(high)s",
            title=error.title,
            low=format_number(error.low),
            high=format_number(error.high),
        )
    if error.low is not None:
        return _("«%(title)s»: nhập số từ %(low)s trở lên", title=error.title, low=format_number(error.low))
    return _("«%(title)s»: nhập số không quá %(high)s", title=error.title, high=format_number(error.high))


@sentence(rules.DayInFuture)
def _future(_error: rules.DayInFuture) -> str:
    return _("Ngày áp dụng không được sau hôm nay")


@sentence(rules.FilesMissing)
def _no_files(_error: rules.FilesMissing) -> str:
    return _("Thêm ít nhất 1 ảnh hoặc tài liệu chứng minh")


@sentence(rules.TooManyFiles)
def _many_files(error: rules.TooManyFiles) -> str:
    return _("«%(title)s» nhận tối đa %(n)s tệp. Xóa bớt một tệp rồi thêm tệp này", title=error.title, n=error.limit)


@sentence(rules.PledgeMissing)
def _no_pledge(_error: rules.PledgeMissing) -> str:
    return _("Đánh dấu vào ô cam kết để nộp hồ sơ")


@sentence(rules.ShareSumWrong)
def _shares(error: rules.ShareSumWrong) -> str:
    return _("Tổng tỷ lệ của các tác giả đang là %(n)s%%. Sửa để bằng 100%%", n=format_number(error.total))


@sentence(rules.LeadMissing)
def _lead(_error: rules.LeadMissing) -> str:
    return _("Chọn một người chủ trì")


@sentence(rules.AuthorsMissing)
def _no_authors(_error: rules.AuthorsMissing) -> str:
    return _("Nhập ít nhất một tác giả")


@sentence(rules.TooManyAuthors)
def _many_authors(error: rules.TooManyAuthors) -> str:
    return _("Hồ sơ nhận tối đa %(limit)s tác giả, đang có %(n)s. Xóa bớt dòng thừa", limit=error.limit, n=error.count)


@sentence(rules.AuthorUnclear)
def _author(error: rules.AuthorUnclear) -> str:
    if error.reason == "name":
        return _("Nhập họ và tên tác giả ở dòng %(row)s", row=error.row)
    if error.reason == "share":
        return _("Nhập tỷ lệ đóng góp của %(name)s, từ 1 đến 100", name=error.name)
    if error.reason == "step":
        return _(
            "Tỷ lệ của %(name)s phải là bội số của %(step)s. Sửa tỷ lệ này",
            name=error.name,
            step=format_number(error.step),
        )
    return _("%(name)s đã có ở dòng khác. Xóa một dòng", name=error.name)


@sentence(rules.NotEligible)
def _not_eligible(error: rules.NotEligible) -> str:
    return _("Chưa đạt điều kiện: %(title)s. Xem lại câu trả lời hoặc hỏi cán bộ CĐCS", title=error.title.rstrip("."))


_NO: dict[str, Text] = {
    "nguoi": lambda: _("người nộp không phải đoàn viên, người lao động ở đơn vị trong tỉnh"),
    "ap-dung": lambda: _("sáng kiến chưa được áp dụng hoặc áp dụng thử"),
    "da-nop": lambda: _("sáng kiến đã nộp ở một đợt khác"),
}


def not_eligible_text(question: str, year: int) -> str:
    """Return why an answer before filing keeps the initiative out of this year's season."""
    return _("Sáng kiến này chưa nộp được đợt %(y)s vì %(reason)s.", y=year, reason=_NO[question]())


@sentence(rules.EligibilityNo)
def _no(error: rules.EligibilityNo) -> str:
    return _("%(text)s Trả lời lại ba câu hỏi đầu khi đã khác.", text=not_eligible_text(error.question, error.year))


@sentence(rules.ReasonMissing)
def _no_reason(error: rules.ReasonMissing) -> str:
    return _("Chọn ít nhất một lý do trả lại") if error.verb == "return" else _("Chọn ít nhất một lý do")


@sentence(rules.UnitOutsideSeason)
def _outside(error: rules.UnitOutsideSeason) -> str:
    return _(
        "%(unit)s không thuộc phạm vi đợt xét của %(owner)s. Chọn đợt xét của cấp trên đơn vị mình.",
        unit=error.unit,
        owner=error.owner,
    )


@sentence(rules.PersonOutside)
def _not_ours(error: rules.PersonOutside) -> str:
    return _("%(name)s không thuộc đơn vị của anh/chị. Tìm lại trong danh sách đoàn viên.", name=error.name)


@sentence(rules.NomineeMissing)
def _no_nominee(error: rules.NomineeMissing) -> str:
    return _("Nhập tên tập thể") if error.subject == Subject.COLLECTIVE else _("Chọn người được đề nghị")


@sentence(rules.SubjectNotTaken)
def _no_subject(_error: rules.SubjectNotTaken) -> str:
    return _("Phong trào này không nhận loại hồ sơ đó. Chọn loại hồ sơ khác.")


@sentence(rules.AlreadyEndorsed)
def _endorsed(_error: rules.AlreadyEndorsed) -> str:
    return _("Hồ sơ đã được xác nhận nên không sửa được nữa. Nhờ cán bộ CĐCS trả lại để bổ sung.")


@sentence(rules.TooLateToRevise)
def _too_late(error: rules.TooLateToRevise) -> str:
    return _(
        "Đã hết hạn nộp lúc %(deadline)s, lấy lại thì không nộp lại được. Nhờ cán bộ CĐCS trả lại để bổ sung.",
        deadline=format_instant(error.deadline),
    )


@sentence(rules.UndoTooLate)
def _no_undo(error: rules.UndoTooLate) -> str:
    return _(
        "Chỉ hoàn tác được trong %(n)s phút và khi cấp trên chưa xử lý. Gọi cấp trên để nhờ trả lại hồ sơ.",
        n=error.minutes,
    )


@sentence(rules.FactMissing)
def _no_fact(error: rules.FactMissing) -> str:
    return _("Đơn vị cần trả lời «%(title)s» trước khi xác nhận", title=error.title)


@sentence(rules.FactUnreadable)
def _bad_fact(error: rules.FactUnreadable) -> str:
    if error.kind in {"yesno", "choice"}:
        return _("Chọn câu trả lời cho «%(title)s»", title=error.title)
    return _("«%(title)s»: nhập số từ 0 trở lên", title=error.title)


@sentence(refusals.FileTooLarge)
def _too_large(error: refusals.FileTooLarge) -> str:
    return _(
        'Tệp "%(f)s" nặng %(n)s MB. Mỗi tệp tối đa %(limit)s MB. Có thể chụp lại ở chế độ thường',
        f=error.name,
        n=format_number(Decimal(error.size) / 1024 / 1024, 0 if error.size % (1024 * 1024) == 0 else 1),
        limit=error.limit // (1024 * 1024),
    )


@sentence(refusals.FileKindRefused)
def _wrong_kind(error: refusals.FileKindRefused) -> str:
    if not error.extension:
        return _('Chưa nhận được loại tệp của "%(f)s". Nhận: ảnh, PDF, Word, Excel, PowerPoint, MP4, MOV', f=error.name)
    return _("Chưa nhận được loại tệp .%(x)s. Nhận: ảnh, PDF, Word, Excel, PowerPoint, MP4, MOV", x=error.extension)


@sentence(refusals.FileDamaged)
def _damaged(error: refusals.FileDamaged) -> str:
    return _('Không mở được tệp "%(f)s". Chọn lại tệp này', f=error.name)


@sentence(refusals.FileLocked)
def _locked(error: refusals.FileLocked) -> str:
    return _('Tệp "%(f)s" có mật khẩu. Bỏ mật khẩu rồi chọn lại tệp này', f=error.name)


@sentence(refusals.FileUnpacksTooLarge)
def _unpacks(error: refusals.FileUnpacksTooLarge) -> str:
    return _('Tệp "%(f)s" mở ra quá lớn. Lưu lại ở cỡ nhỏ hơn rồi chọn tệp mới', f=error.name)


@sentence(FileNotKept)
def _not_kept(_error: FileNotKept) -> str:
    return _("Không tìm thấy tệp này trong kho. Gọi Ban tổ chức: %(phone)s", phone=_phone())
