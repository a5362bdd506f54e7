"""The rules of a score sheet as people read them: criteria with levels, conditions, prizes, how points combine."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from core.scoring.movement import Criterion, Fact, Gate, Level, Movement, Rounding, Sheet, Stage, Tier
from core.seasons.frozen import SeasonRules
from core.vietnamese.numbers import format_number


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion for a table: `depth` 0 is a top one; `points` «0–30», «tối đa 30» or «nhận xét»."""

    depth: int
    criterion: Criterion
    points: str
    levels: tuple[tuple[Level, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetPage:
    """One score sheet with everything a page says about it."""

    sheet: Sheet
    criteria: list[CriterionLine]
    how_scored: list[str]
    gates: list[tuple[str, str]]
    prizes: list[tuple[Tier, str, str]]
    ranking: list[str]


def sheet_page(sheet: Sheet, facts: tuple[Fact, ...]) -> SheetPage:
    """Return a sheet as pages show it."""
    return SheetPage(
        sheet, criteria(sheet, facts), how_scored(sheet), gates(sheet), prize_rows(sheet), ranking(sheet, facts)
    )


def scored_by(sheet: Sheet) -> str:
    """Return the top criteria with their points: «Tính mới 30 · Hiệu quả 40»."""
    return " · ".join(f"{top.title} {format_number(top.highest)}" for top in sheet.criteria if top.scored)


def prizes(sheet: Sheet) -> str:
    """Return the prizes with their numbers: «3 Giải Nhất, 7 Giải Nhì»; a tier without a number stands by its name."""
    return ", ".join(tier.title if tier.quota is None else f"{tier.quota} {tier.title}" for tier in sheet.tiers)


def to_prepare(rules: SeasonRules) -> list[str]:
    """Return the questions of the form that must be answered, in order."""
    return [asked.title for asked in rules.form.fields if asked.required]


def criteria(sheet: Sheet, facts: tuple[Fact, ...]) -> list[CriterionLine]:
    """Return every criterion in document order."""
    titles = {fact.id: fact.title for fact in facts}
    lines: list[CriterionLine] = []

    def add(criterion: Criterion, depth: int) -> None:
        levels = tuple((level, _range(level.lowest, level.highest)) for level in criterion.levels or ())
        lines.append(CriterionLine(depth, criterion, _points(criterion), levels, tuple(_notes(criterion, titles))))
        for child in criterion.criteria or ():
            add(child, depth + 1)

    for top in sheet.criteria:
        add(top, 0)
    return lines


def _range(lowest: Decimal, highest: Decimal) -> str:
    low, high = format_number(lowest), format_number(highest)
    return low if low == high else f"{low}–{high}"


def _points(criterion: Criterion) -> str:
    if not criterion.scored:
        return _("nhận xét")
    return _range(criterion.lowest, criterion.highest)


def _notes(criterion: Criterion, titles: dict[str, str]) -> list[str]:
    notes = []
    if criterion.outside:
        notes.append(_("Cộng hoặc trừ ngoài thang điểm"))
    if criterion.value is not None:
        notes.append(_("Tính từ «%(fact)s»", fact=titles.get(criterion.value.fact, criterion.value.fact)))
    for taken in criterion.deductions:
        fact = titles.get(taken.fact, taken.fact)
        notes.append(_("Trừ %(points)s điểm cho mỗi «%(fact)s»", points=format_number(taken.points), fact=fact))
    if criterion.min_pass is not None:
        effect = _below_min(criterion.below_min)
        notes.append(_("Dưới %(points)s điểm: %(effect)s", points=format_number(criterion.min_pass), effect=effect))
    if criterion.comment == "always":
        notes.append(_("Người chấm phải ghi nhận xét"))
    elif criterion.comment == "extremes":
        notes.append(_("Cho điểm thấp nhất hoặc cao nhất thì phải ghi nhận xét"))
    notes.extend(_("Cần tài liệu: %(what)s", what=what) for what in criterion.evidence)
    return notes


def _below_min(effect: str) -> str:
    return {"note": _("ghi chú cho Hội đồng"), "fail": _("không đạt"), "disqualify": _("loại")}[effect]


def how_scored(sheet: Sheet) -> list[str]:
    """Return in sentences who fills the sheet, how the marks combine and round, and when a further judge is called."""
    lines = []
    for column in sheet.columns:
        is_official = column.id == sheet.official and len(sheet.columns) > 1
        by = {
            "judge": _("giám khảo"), "self": _("người được đề nghị tự chấm"), "unit": _("đơn vị"),
            "council": _("Hội đồng"),
        }[column.by]  # fmt: skip
        text = _(
            "%(title)s: do %(by)s chấm, cần ít nhất %(n)s phiếu; %(method)s",
            title=column.title, by=by, n=column.sheets_needed, method=_method(column.method, column.drop),
        )  # fmt: skip
        lines.append(f"{text}. " + _("Đây là cột quyết định.") if is_official else f"{text}.")
    if sheet.rounding.mark is not None:
        lines.append(_("Mỗi điểm làm tròn %(how)s.", how=_rounded(sheet.rounding.mark)))
    if sheet.rounding.criterion is not None:
        lines.append(_("Điểm từng tiêu chí làm tròn %(how)s.", how=_rounded(sheet.rounding.criterion)))
    lines.append(_("Tổng điểm làm tròn %(how)s.", how=_rounded(sheet.rounding.total)))
    return lines + _disagreement(sheet)


def _disagreement(sheet: Sheet) -> list[str]:
    rule, lines = sheet.disparity, []
    if rule.classes:
        lines.append(
            _("Các giám khảo xếp loại khác nhau thì giao thêm giám khảo, đến khi đủ %(n)s phiếu.", n=rule.resolve_at)
        )
    if rule.spread is not None:
        lines.append(
            _("Các phiếu lệch nhau quá %(points)s điểm thì giao thêm giám khảo, đến khi đủ %(n)s phiếu.",
              points=format_number(rule.spread), n=rule.resolve_at)
        )  # fmt: skip
    if rule.column_gap is not None:
        lines.append(
            _("Hai cột lệch nhau quá %(points)s điểm thì ghi chú cho Hội đồng.", points=format_number(rule.column_gap))
        )
    return lines


def _method(method: str, drop: int) -> str:
    if method == "trimmed_mean":
        return _("bỏ %(n)s phiếu thấp nhất và %(n)s phiếu cao nhất rồi lấy trung bình", n=drop)
    return {"mean": _("lấy điểm trung bình"), "median": _("lấy điểm ở giữa"), "sum": _("cộng các phiếu")}[method]


def _rounded(rounding: Rounding) -> str:
    step = format_number(rounding.to)
    return {
        "half_up": _("đến %(to)s, nửa thì làm tròn lên", to=step),
        "half_even": _("đến %(to)s, nửa thì về số chẵn", to=step),
        "up": _("lên đến %(to)s", to=step),
    }[rounding.mode]


def gates(sheet: Sheet) -> list[tuple[str, str]]:
    """Return the conditions with what each does: («Tổng điểm dưới 50», «không đạt»)."""
    return [(gate.text, _effect(gate, sheet)) for gate in sheet.gates]


def _effect(gate: Gate, sheet: Sheet) -> str:
    if gate.effect == "cap":
        band = next(band for band in sheet.bands if band.id == gate.band)
        return _("cao nhất là loại %(band)s", band=band.title)
    return _below_min(gate.effect)


def prize_rows(sheet: Sheet) -> list[tuple[Tier, str, str]]:
    """Return the prizes, highest first, each with its conditions and its numbers in words."""
    bands = {band.id: band.title for band in sheet.bands}
    rows = []
    for tier in sheet.tiers:
        conditions = [_("từ %(points)s điểm", points=format_number(tier.min))] if tier.min is not None else []
        if tier.bands:
            conditions.append(_("xếp loại %(bands)s", bands=", ".join(bands[band] for band in tier.bands)))
        numbers = [
            text
            for count, text in (
                (tier.quota, _("%(n)s giải", n=tier.quota)),
                (tier.quota_per_field, _("mỗi lĩnh vực nhiều nhất %(n)s", n=tier.quota_per_field)),
                (tier.quota_per_unit, _("mỗi đơn vị nhiều nhất %(n)s", n=tier.quota_per_unit)),
            )
            if count is not None
        ]
        rows.append((tier, "; ".join(conditions), "; ".join(numbers) or _("không giới hạn")))
    return rows


def ranking(sheet: Sheet, facts: tuple[Fact, ...]) -> list[str]:
    """Return in sentences within what entries are ranked and what parts equal totals."""
    titles: dict[str, str] = {criterion.id: criterion.title for criterion in sheet.walk()}
    named = {fact.id: fact.title for fact in facts}
    within = {
        "season": _("Xếp hạng chung cả đợt."), "field": _("Xếp hạng trong từng lĩnh vực."),
        "unit": _("Xếp hạng trong từng đơn vị."),
    }[sheet.ranking.within]  # fmt: skip
    lines = [within]
    chain = [titles[s.criterion] if s.criterion is not None else named[s.fact or ""] for s in sheet.ranking.tie_break]
    if chain:
        lines.append(_("Bằng tổng điểm thì lần lượt xét: %(chain)s.", chain="; ".join(chain)))
    if sheet.tiers:
        lines.append(
            {
                "council": _("Vẫn bằng nhau ở giải cuối cùng còn lại thì Hội đồng quyết định."),
                "all": _("Vẫn bằng nhau ở giải cuối cùng còn lại thì cùng được giải."),
                "none": _("Vẫn bằng nhau ở giải cuối cùng còn lại thì cùng xét xuống hạng sau."),
            }[sheet.ranking.tie_at_quota]
        )
    if sheet.ranking.vote is not None:
        lines.append(_("Cần ít nhất %(part)s phiếu đồng ý của Hội đồng.", part=str(sheet.ranking.vote)))
    return lines


def stages(movement: Movement) -> list[tuple[str, str]]:
    """Return the steps an entry goes through, each with what is decided about it."""
    return [(stage.title, _stage_note(stage)) for stage in movement.stages]


def _stage_note(stage: Stage) -> str:
    if stage.kind == "score":
        blind = {
            "open": _("người chấm thấy tác giả"), "authors": _("người chấm không thấy tác giả"),
            "double": _("người chấm và tác giả không biết nhau"),
        }[stage.blind]  # fmt: skip
        return _("mỗi hồ sơ ít nhất %(n)s người chấm; %(blind)s", n=stage.judges_min, blind=blind)
    if stage.kind == "vote" and stage.majority is not None:
        base = {
            "all_members": _("tổng số thành viên"), "present": _("số thành viên dự họp"),
            "valid_ballots": _("số phiếu đúng quy định"),
        }[stage.base]  # fmt: skip
        return _("cần ít nhất %(part)s %(base)s đồng ý", part=str(stage.majority), base=base)
    return ""
