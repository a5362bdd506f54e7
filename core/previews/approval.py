"""What the approval pack prints of a movement: its rules as people read them, and how they fell on invented entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from flask_babel import force_locale
from flask_babel import gettext as _

from core.documents.approval import ApprovalValues, AwardPart, CriterionRow, Question, RankRow, SheetPart
from core.entries import answers
from core.previews import reading, trial, words
from core.previews.invented import Size
from core.previews.trial import Trial, TrialPlace
from core.scoring.canonical import digest
from core.scoring.lint import lint
from core.scoring.movement import AwardKind, FormField, Movement, Sheet, Source, Threshold
from core.scoring.scorers import Scorer
from core.seasons import readable
from core.seasons.words import mark_word, noun
from core.vietnamese.dates import format_date
from core.vietnamese.numbers import format_money, format_number

NO_SCORERS: Mapping[str, Scorer | None] = {}


def approval_values(
    movement: Movement, size: Size, *, office: str, on: date, scorers: Mapping[str, Scorer | None] = NO_SCORERS
) -> ApprovalValues:
    """Return the pack of a complete movement. It is a document of the office, so it is Vietnamese for every reader.

    :param size: which set of invented data the rankings are of.
    :param scorers: by sheet, the movement's own way to a score.
    """
    with force_locale("vi"):
        return ApprovalValues(
            office=office,
            place="........",
            on=on,
            title=movement.title,
            summary=movement.summary,
            version=str(movement.rules_version),
            effective=_period(movement.effective_from, movement.effective_to),
            digest=digest(movement),
            legal_basis=tuple(source_text(source) for source in movement.legal_basis),
            subjects=", ".join(noun(subject) for subject in movement.subjects),
            conditions=tuple(
                f"{rule.title} ({source_text(rule.source)})" if rule.source else rule.title
                for rule in movement.eligibility
            ),
            stages=tuple(f"{title} ({note})" if note else title for title, note in readable.stages(movement)),
            questions=_questions(movement),
            sheets=tuple(_sheet(movement, sheet, size, scorers.get(sheet.id)) for sheet in movement.sheets),
            awards=tuple(_award(award) for award in movement.awards),
            remarks=tuple((words.weight_text(each.level), words.remark_text(each)) for each in lint(movement)),
            signer=(_("TM. Ban Thường vụ"), _("Chủ tịch")),
        )


def source_text(source: Source) -> str:
    """Return a source with how far it was verified: «Nghị định 1, Điều 2, ngày 03/04/2026 [theo bản dẫn lại]»."""
    parts = [source.document]
    if source.article:
        parts.append(source.article)
    if source.date is not None:
        parts.append(_("ngày %(day)s", day=format_date(source.date)))
    return f"{', '.join(parts)} [{mark_word(source.mark)}]"


def _period(start: date, end: date | None) -> str:
    if end is None:
        return _("từ %(start)s", start=format_date(start))
    return _("từ %(start)s đến %(end)s", start=format_date(start), end=format_date(end))


# --- The form -----------------------------------------------------------------------------------------------------


def _questions(movement: Movement) -> tuple[Question, ...]:
    titles = {asked.id: asked.title for asked in movement.form.fields}
    return tuple(
        Question(section=asked.section, title=asked.title, help=asked.help, answer=_answer(asked, titles))
        for asked in movement.form.fields
    )


def _answer(asked: FormField, titles: dict[str, str]) -> str:
    kind = {
        "text": _("một dòng"), "longtext": _("đoạn văn"), "number": _("số"), "money": _("số tiền"), "date": _("ngày"),
        "choice": _("chọn một"), "choices": _("chọn nhiều"), "yesno": _("có hoặc không"), "file": _("ảnh, tài liệu"),
    }[asked.kind]  # fmt: skip
    parts = [kind, _("bắt buộc") if asked.required else _("không bắt buộc")]
    if asked.max_length is not None:
        parts.append(_("nhiều nhất %(n)s ký tự", n=format_number(asked.max_length)))
    if asked.confidential:
        parts.append(_("giữ kín"))
    if asked.show_if is not None:
        parts.append(_("hỏi tùy câu «%(title)s»", title=titles[asked.show_if.field]))
    return "; ".join(parts)


# --- A score sheet ------------------------------------------------------------------------------------------------


def _sheet(movement: Movement, sheet: Sheet, size: Size, scorer: Scorer | None) -> SheetPart:
    page = readable.sheet_page(sheet, movement.facts)
    found = trial.run(movement, sheet.id, size, scorer)
    asked = answers.work_field(movement.form) if sheet.ranking.within == "field" else None
    fields = {choice.id: choice.title for choice in asked.choices} if asked is not None else {}
    scale = (
        _("Thang điểm mở: tổng điểm không có mức cao nhất.")
        if sheet.scale == "open"
        else _("Thang điểm %(scale)s.", scale=format_number(sheet.scale))
    )
    return SheetPart(
        title=sheet.title,
        source=source_text(sheet.source) if sheet.source is not None else "",
        scale=scale,
        criteria=tuple(_criterion(line) for line in page.criteria),
        rules=(*page.how_scored, *page.ranking),
        bands=tuple(
            (
                band.title,
                _("từ %(points)s điểm", points=format_number(band.min)) + (f" ({band.next})" if band.next else ""),
            )
            for band in sheet.bands
        ),
        gates=tuple(page.gates),
        tiers=tuple(
            (tier.title, f"{conditions}; {numbers}" if conditions else numbers)
            for tier, conditions, numbers in page.prizes
        ),
        best=tuple(_rank_row(found, place, fields) for place in found.best()),
        borderline=tuple(_rank_row(found, place, fields) for place in found.borderline()),
        figures=_figures(found, movement),
    )


def _criterion(line: readable.CriterionLine) -> CriterionRow:
    criterion = line.criterion
    mark = f" [{mark_word(criterion.mark)}]" if criterion.mark else ""
    levels = tuple(
        (f"{level.title}. {level.guidance}" if level.guidance else level.title, points) for level, points in line.levels
    )
    notes = (criterion.guidance, *line.notes) if criterion.guidance else line.notes
    return CriterionRow(
        depth=line.depth, title=criterion.title + mark, points=line.points, levels=levels, notes=tuple(notes)
    )


def _rank_row(found: Trial, place: TrialPlace, fields: dict[str, str]) -> RankRow:
    """Return a line of the ranking; where each field has its own, the field stands with the title."""
    line = reading.line_of(found, place)
    field = fields.get(line.entry.field, "")
    return RankRow(
        rank="–" if line.rank is None else str(line.rank),
        title=f"{line.entry.code}, {line.entry.title}" + (f" ({field})" if field else ""),
        total="–" if line.total is None else format_number(line.total),
        band=line.band or "–",
        tier=line.tier or "–",
    )


def _figures(found: Trial, movement: Movement) -> tuple[str, ...]:
    counted = trial.figures(found, movement)
    named = (
        (_("Theo tình trạng"), counted.statuses),
        (_("Theo xếp loại"), counted.bands),
        (_("Theo giải dự kiến"), counted.tiers),
    )
    first = _("%(n)s hồ sơ dựng thử, mỗi hồ sơ ít nhất %(judges)s phiếu.", n=counted.total,
              judges=trial.judges_of(movement, found.rules.sheet.id))  # fmt: skip
    return (
        first,
        *(f"{title}: {', '.join(f'{label} {count}' for label, count in rows)}." for title, rows in named if rows),
    )


# --- Awards above the season --------------------------------------------------------------------------------------


def _award(award: AwardKind) -> AwardPart:
    persons = {kind.id: kind.title for kind in award.person_kinds}
    return AwardPart(
        title=award.title,
        source=source_text(award.source),
        thresholds=tuple(
            (f"{persons[row.person]} ({_period(row.valid_from, row.valid_to)})", _threshold(row))
            for row in award.thresholds
        ),
    )


def _threshold(row: Threshold) -> str:
    parts = [_("%(n)s giải pháp", n=row.min_count)]
    if row.min_value > Decimal(0):
        parts.append(_("làm lợi từ %(money)s", money=format_money(int(row.min_value))))
    if row.window_years > 1:
        parts.append(_("trong %(n)s năm", n=row.window_years))
    if row.every_year:
        parts.append(_("năm nào cũng có"))
    if row.solution_kind is not None:
        parts.append(_("loại %(kind)s", kind=row.solution_kind))
    if row.min_level is not None:
        parts.append(_("từ cấp %(level)s", level=words.reach_text(row.min_level)))
    return f"{'; '.join(parts)} [{mark_word(row.mark)}]"
