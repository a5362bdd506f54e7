"""The Vietnamese of judging: statuses, problems of a mark, reasons of a result, refusals."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from flask_babel import gettext as _

from core.judging import rules
from core.judging.rules import RecusalReason, SheetStatus, Tie
from core.judging.sheets import MarkTyped
from core.judging.verification import Difference
from core.scoring.movement import Criterion
from core.scoring.rules import Rules
from core.scoring.scorers import ScorerFailed
from core.vietnamese.dates import format_instant
from core.vietnamese.numbers import format_number
from core.web.sentences import sentence

Text = Callable[[], str]

_STATUSES: dict[str, tuple[Text, str]] = {
    "new": (lambda: _("Chưa chấm"), "neutral"),
    "unassigned": (lambda: _("Chưa giao"), "warn"),
    "invalid": (lambda: _("Cần mở lại: không khớp quy tắc sửa đổi"), "err"),
    SheetStatus.OPEN: (lambda: _("Đang dở"), "warn"),
    SheetStatus.FINISHED: (lambda: _("Đã xong"), "info"),
    SheetStatus.SEALED: (lambda: _("Đã niêm phong"), "ok"),
    SheetStatus.VOID: (lambda: _("Không tính"), "err"),
}


def status_text(status: str) -> str:
    """Return where a sheet stands, in words; `new` before it exists."""
    return _STATUSES[status][0]()


def status_kind(status: str) -> str:
    """Return the kind of chip for a sheet's status."""
    return _STATUSES[status][1]


_RECUSALS: dict[RecusalReason, Text] = {
    RecusalReason.AUTHOR: lambda: _("là tác giả hoặc người được đề nghị"),
    RecusalReason.SAME_UNIT: lambda: _("cùng đơn vị với tác giả"),
    RecusalReason.ENDORSER: lambda: _("đã xác nhận hồ sơ này"),
    RecusalReason.RELATIVE: lambda: _("có quan hệ thân thích với tác giả"),
    RecusalReason.OTHER: lambda: _("lý do khác"),
}


def recusal_text(reason: RecusalReason) -> str:
    """Return why somebody keeps off an entry, inside a sentence."""
    return _RECUSALS[reason]()


def tie_text(tie: Tie) -> str:
    """Return what ties a judge to an entry, for the cell of the matrix."""
    return _("đơn vị cấp trên hoặc cấp dưới của tác giả") if tie.on_line else recusal_text(tie.reason)


def declaration_choices() -> list[tuple[str, str]]:
    """Return what a judge may declare."""
    return [
        (RecusalReason.RELATIVE.value, _("Tôi có quan hệ thân thích với tác giả")),
        (RecusalReason.SAME_UNIT.value, _("Tôi cùng đơn vị hoặc cùng làm việc với tác giả")),
        (RecusalReason.AUTHOR.value, _("Tôi có tham gia vào nội dung này")),
        (RecusalReason.OTHER.value, _("Lý do khác")),
    ]


_VOIDS: dict[str, Text] = {
    "judge_left": lambda: _("Giám khảo thôi tham gia tổ chấm"),
    "unassigned": lambda: _("Hồ sơ không còn giao cho giám khảo này"),
}


def void_text(reason: str) -> str:
    """Return why a sheet does not count any more: a code of ours in words, or the organiser's own words."""
    if reason.startswith("recused:"):
        return _("Né tránh: %(why)s", why=recusal_text(RecusalReason(reason.removeprefix("recused:"))))
    return _VOIDS[reason]() if reason in _VOIDS else _("Mở lại: %(why)s", why=reason)


def total_text(total: Decimal, highest: Decimal, open_criteria: int) -> str:
    """Return the running total of a sheet, as score.js goes on writing it."""
    said = {"sum": format_number(total), "max": format_number(highest)}
    if open_criteria:
        return _("Tổng %(sum)s/%(max)s · còn %(n)s tiêu chí", n=open_criteria, **said)
    return _("Tổng %(sum)s/%(max)s · đã đủ tiêu chí", **said)


def comment_rule(criterion: Criterion) -> str:
    """Return when a remark is asked for; empty where it is free."""
    if criterion.comment == "always":
        return _("Nhận xét")
    if criterion.comment == "extremes":
        return _("Nhận xét (cần khi cho điểm cao nhất hoặc thấp nhất)")
    return _("Nhận xét (không bắt buộc)")


# --- Problems of a mark -------------------------------------------------------------------------------------------


def too_many_points(criterion: Criterion) -> str:
    """Return the sentence for a mark above its maximum."""
    return _("%(title)s tối đa %(max)s điểm", title=criterion.title, max=format_number(criterion.highest))


def unread_points(criterion: Criterion) -> str:
    """Return the sentence for a box that holds no number."""
    return _("%(title)s: nhập số điểm, ví dụ 8,5", title=criterion.title)


def problem_text(code: str, criterion: Criterion, mark: MarkTyped, rules_: Rules) -> str:
    """Return what is wrong with one mark and what to do, from the code of the check that guards sealing."""
    title, points = criterion.title, mark.points
    if code in {"mark_out_of_range", "points_outside_level", "level_missing"} and points is not None:
        if points > criterion.highest:
            return too_many_points(criterion)
        if points < criterion.lowest:
            return _("%(title)s tối thiểu %(min)s điểm", title=title, min=format_number(criterion.lowest))
    if code == "points_outside_level":
        level = next(one for one in criterion.levels or () if one.id == mark.level)
        return _(
            "%(title)s: mức «%(level)s» từ %(low)s đến %(high)s điểm. Sửa điểm hoặc chọn mức khác",
            title=title, level=level.title, low=format_number(level.lowest), high=format_number(level.highest),
        )  # fmt: skip
    if code == "mark_off_step":
        step = criterion.step or rules_.sheet.step
        return _("%(title)s: điểm phải là bội số của %(step)s", title=title, step=format_number(step))
    if code == "comment_missing":
        return _("%(title)s: ghi nhận xét cho điểm này", title=title)
    if code in {"level_missing", "level_unknown"}:
        return _("%(title)s: chọn một mức", title=title)
    if code == "mark_missing" and mark.level:
        return _("%(title)s: ghi số điểm trong mức đã chọn", title=title)
    if code == "mark_missing":
        return _("%(title)s: chưa có điểm", title=title)
    return unread_points(criterion)


# --- Reasons of results -------------------------------------------------------------------------------------------

_OUTCOMES: dict[str, Text] = {
    "passed": lambda: _("Đủ điều kiện"),
    "failed": lambda: _("Không đạt"),
    "pending": lambda: _("Chờ thêm giám khảo"),
    "disqualified": lambda: _("Bị loại"),
    "unscored": lambda: _("Chưa chấm được"),
}
_PLAIN_REASONS: dict[str, Text] = {
    "tied": lambda: _("Đồng điểm với hồ sơ khác"),
    "waits_for_tie": lambda: _("Chờ Hội đồng phân định hồ sơ đồng điểm xếp trên"),
    "vote_pending": lambda: _("Chờ Hội đồng bỏ phiếu"),
    "vote_not_reached": lambda: _("Số phiếu tán thành chưa đạt"),
    "third_judge:classes": lambda: _("Các giám khảo xếp loại khác nhau, cần thêm giám khảo"),
    "third_judge:spread": lambda: _("Điểm các giám khảo lệch lớn, cần thêm giám khảo"),
}


def outcome_text(status: str) -> str:
    """Return the status of a score in words."""
    return _OUTCOMES[status]()


def reason_text(reason: str, rules_: Rules) -> str:
    """Return one reason of a score or of a place, in words."""
    if reason in _PLAIN_REASONS:
        return _PLAIN_REASONS[reason]()
    code, _colon, subject = reason.partition(":")
    tiers = {tier.id: tier.title for tier in rules_.sheet.tiers}
    if code in {"quota_full", "quota_tie", "over_quota"}:
        tier = tiers.get(subject, subject)
        if code == "quota_full":
            return _("%(tier)s đã hết chỗ", tier=tier)
        if code == "quota_tie":
            return _("Đồng điểm ở chỗ cuối của %(tier)s: chọn cách xử lý", tier=tier)
        return _("Đồng điểm nên %(tier)s nhận quá số lượng", tier=tier)
    if code in {"note", "cap", "fail", "disqualify"}:
        return _gate_text(subject, rules_)
    return _score_reason(code, subject, rules_)


def _gate_text(gate_id: str, rules_: Rules) -> str:
    gate = next((one for one in rules_.sheet.gates if one.id == gate_id), None)
    if gate is not None:
        return gate.text
    criterion = rules_.by_code.get(gate_id.removeprefix("min."))
    return _("%(title)s dưới điểm tối thiểu", title=criterion.title if criterion else gate_id)


def _score_reason(code: str, subject: str, rules_: Rules) -> str:
    column = rules_.columns[subject].title if subject in rules_.columns else subject
    criterion = rules_.by_code[subject].title if subject in rules_.by_code else subject
    fact_id = subject.removesuffix(".max")
    fact = rules_.facts[fact_id].title if fact_id in rules_.facts else subject
    band = next((one.title for one in rules_.sheet.bands if one.id == subject), subject)
    texts: dict[str, Text] = {
        "fact_missing": lambda: _("Chưa có số liệu «%(fact)s»", fact=fact),
        "fact_invalid": lambda: _("Số liệu «%(fact)s» chưa dùng được", fact=fact),
        "sheet_invalid": lambda: _("Một phiếu không tính vì có điểm chưa đúng quy định"),
        "too_few_sheets": lambda: _("Chưa đủ phiếu ở cột «%(column)s»", column=column),
        "floored": lambda: _("«%(title)s» đã trừ đến mức thấp nhất", title=criterion),
        "clipped": lambda: _("«%(title)s» vượt mức tối đa nên tính bằng mức tối đa", title=criterion),
        "capped": lambda: _("Xếp loại không quá «%(band)s»", band=band),
        "column_gap": lambda: _("Cột «%(column)s» lệch nhiều so với điểm chính thức", column=column),
    }
    return texts[code]()


def difference_text(one: Difference) -> str:
    """Return one thing that does not recompute as a sentence."""
    figures = {key: "–" if value is None else str(value).replace(".", ",") for key, value in one.facts.items()}
    texts: dict[str, Text] = {
        "rules_damaged": lambda: _("Bản quy tắc đã chốt %(s)s không đọc được hoặc đã bị đổi.", s=one.subject),
        "movement_damaged": lambda: _("Bản quy tắc của phong trào không đọc được hoặc đã bị đổi."),
        "movement_differs": lambda: _("Bản quy tắc của phong trào khác với quy tắc đã chốt của đợt."),
        "amendment_changed": lambda: _(
            "Sửa đổi lần %(s)s theo quyết định số %(decision)s: nội dung đã bị đổi sau khi ghi.",
            s=one.subject,
            decision=one.facts["decision"],
        ),
        "amendment_missing": lambda: _("Quy tắc đang áp dụng không phải là kết quả của các lần sửa đổi đã ghi."),
        "sheet_rules_differ": lambda: _(
            "%(s)s: phiếu ghi là niêm phong theo quy tắc chưa từng áp dụng ở đợt này.", s=one.subject
        ),
        "inputs_changed": lambda: _("%(s)s: số liệu đầu vào đã lưu bị đổi sau khi tính.", s=one.subject),
        "rules_differ": lambda: _("%(s)s: điểm được ghi theo quy tắc khác với quy tắc đã chốt.", s=one.subject),
        "scorer_failed": lambda: _(
            "%(s)s: hàm chấm %(scorer)s hỏng khi tính lại (%(reason)s). Điểm đang lưu giữ nguyên.",
            s=one.subject,
            **figures,
        ),
        "result_differs": lambda: _(
            "%(s)s: tính lại được %(computed)s điểm, nhưng kết quả đang lưu là %(stored)s.", s=one.subject, **figures
        ),
        "columns_differ": lambda: _(
            "%(s)s: cột điểm đang ghi %(stored)s, tính lại được %(computed)s.", s=one.subject, **figures
        ),
        "sheets_differ": lambda: _("%(s)s: phiếu đã niêm phong không còn khớp với số liệu đã tính.", s=one.subject),
        "score_missing": lambda: _("%(s)s: đã chấm xong nhưng không còn kết quả được lưu.", s=one.subject),
        "ranking_inputs_changed": lambda: _("Xếp hạng theo phiếu %(s)s: số liệu đầu vào bị đổi.", s=one.subject),
        "ranking_rules_differ": lambda: _("Xếp hạng theo phiếu %(s)s: ghi theo quy tắc khác.", s=one.subject),
        "ranking_differs": lambda: _("Xếp hạng theo phiếu %(s)s: tính lại ra thứ tự khác.", s=one.subject),
        "ranking_scores_differ": lambda: _("Xếp hạng theo phiếu %(s)s: không khớp với điểm tính lại.", s=one.subject),
        "ranking_missing": lambda: _("Xếp hạng theo phiếu %(s)s: không còn được lưu.", s=one.subject),
    }
    return texts[one.code]()


# --- Refusals -----------------------------------------------------------------------------------------------------


@sentence(rules.SameUnit)
def _same_unit(error: rules.SameUnit) -> str:
    if error.on_line:
        return _(
            "%(name)s thuộc đơn vị cấp trên hoặc cấp dưới của tác giả nên không được giao hồ sơ này. "
            "Chọn giám khảo khác.",
            name=error.judge,
        )
    return _("%(name)s cùng đơn vị với tác giả nên không được giao hồ sơ này. Chọn giám khảo khác.", name=error.judge)


@sentence(rules.JudgeRecused)
def _recused(error: rules.JudgeRecused) -> str:
    return _(
        "%(name)s %(why)s nên không được giao hồ sơ này. Chọn giám khảo khác.",
        name=error.judge,
        why=recusal_text(error.reason),
    )


@sentence(rules.WrongPanel)
def _wrong_panel(error: rules.WrongPanel) -> str:
    return _(
        "%(name)s không thuộc tổ chấm của hồ sơ %(code)s. Chọn giám khảo ở đúng tổ, hoặc thêm vào tổ chấm.",
        name=error.judge, code=error.entry,
    )  # fmt: skip


@sentence(rules.JudgeAlreadyOnPanel)
def _on_panel(error: rules.JudgeAlreadyOnPanel) -> str:
    return _("%(name)s đã có trong tổ chấm này.", name=error.judge)


@sentence(rules.JudgeHasSheets)
def _has_sheets(error: rules.JudgeHasSheets) -> str:
    return _(
        "%(name)s đã niêm phong %(n)s phiếu nên không rời tổ chấm được. Mở lại từng phiếu hoặc ghi né tránh trước.",
        name=error.judge, n=error.count,
    )  # fmt: skip


@sentence(rules.NotAJudge)
def _not_judge(error: rules.NotAJudge) -> str:
    return _("%(name)s chưa có vai trò giám khảo. Nhờ người quản trị cấp vai trò trước.", name=error.name)


@sentence(rules.TitleMissing)
def _no_title(_error: rules.TitleMissing) -> str:
    return _("Nhập tên tổ chấm")


@sentence(rules.SheetAlreadySealed)
def _sealed(error: rules.SheetAlreadySealed) -> str:
    if error.sealed_at is None:
        return _("Phiếu này không còn tính nên không sửa được. Mở lại danh sách phiếu để xem phiếu đang chấm.")
    return _(
        "Phiếu đã niêm phong lúc %(t)s. Muốn sửa phải được Ban tổ chức mở lại và ghi lý do.",
        t=format_instant(error.sealed_at),
    )


@sentence(rules.SheetAlreadyExists)
def _exists(_error: rules.SheetAlreadyExists) -> str:
    return _("Hồ sơ này đã có một phiếu chấm của cùng người chấm. Mở phiếu đó để chấm tiếp.")


@sentence(rules.SheetIncomplete)
def _incomplete(error: rules.SheetIncomplete) -> str:
    return _("Phiếu còn %(n)s chỗ cần sửa. Mở phiếu để xem từng tiêu chí.", n=len(error.problems))


@sentence(rules.SheetNotFinished)
def _not_finished(error: rules.SheetNotFinished) -> str:
    return _("Phiếu của hồ sơ %(code)s chưa bấm «Xong» nên chưa niêm phong được.", code=error.entry)


@sentence(rules.JudgingDeadlinePassed)
def _late(error: rules.JudgingDeadlinePassed) -> str:
    return _(
        "Đã hết hạn chấm lúc %(t)s nên phiếu đã xong không sửa được nữa. Liên hệ Ban tổ chức nếu cần mở lại.",
        t=format_instant(error.deadline),
    )


@sentence(rules.JudgingNotOpen)
def _not_open(_error: rules.JudgingNotOpen) -> str:
    return _("Đợt xét không ở bước chấm điểm nên chưa làm được việc này. Mở trang đợt xét để xem bước hiện tại.")


@sentence(rules.ScorerGone)
def _scorer_gone(error: rules.ScorerGone) -> str:
    return _(
        "Đợt xét này chấm bằng hàm chấm riêng %(scorer)s mà phần bổ sung có hàm ấy không còn cài đặt. Nhờ người quản "
        "trị cài lại rồi làm lại bước này; phiếu và điểm đã lưu giữ nguyên.",
        scorer=error.scorer,
    )


@sentence(ScorerFailed)
def _scorer_failed(error: ScorerFailed) -> str:
    return _(
        "Hàm chấm riêng %(scorer)s của phần bổ sung «%(plugin)s» hỏng ở hồ sơ %(entry)s: %(reason)s. Chưa lưu gì; nhờ "
        "người quản trị báo cho người viết phần bổ sung rồi làm lại bước này.",
        scorer=error.scorer, plugin=error.scorer.partition(".")[0], entry=error.facts.get("entry", "–"),
        reason=error.reason,
    )  # fmt: skip


@sentence(rules.SheetsMissing)
def _missing(error: rules.SheetsMissing) -> str:
    return _("Còn %(n)s phiếu chưa niêm phong nên chưa xếp hạng được.", n=error.count)


@sentence(rules.NothingReceived)
def _nothing(_error: rules.NothingReceived) -> str:
    return _("Chưa có hồ sơ nào được tiếp nhận nên chưa bắt đầu chấm được. Tiếp nhận hồ sơ trước.")


@sentence(rules.ReasonNeeded)
def _reason(_error: rules.ReasonNeeded) -> str:
    return _("Ghi lý do mở lại")


@sentence(rules.NoSuchColumn)
def _no_column(_error: rules.NoSuchColumn) -> str:
    return _("Phiếu của hồ sơ này không có cột dành cho anh/chị.")
