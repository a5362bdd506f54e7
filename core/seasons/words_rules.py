"""The Vietnamese of what an amendment changes: each place of the rules by its name, its values before and after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _

from core.scoring.differences import Difference, Step
from core.vietnamese.dates import format_date
from core.vietnamese.numbers import format_number

Text = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One difference in words. `before` and `after`: «không có» where the place does not exist."""

    place: str
    before: str
    after: str


_TOPICS: dict[str, Text] = {
    "": lambda: _("Phong trào"),
    "form": lambda: _("Mẫu hồ sơ"),
    "facts": lambda: _("Số liệu kèm hồ sơ"),
    "eligibility": lambda: _("Điều kiện"),
    "stages": lambda: _("Các bước"),
    "sheets": lambda: _("Phiếu chấm và giải thưởng"),
    "awards": lambda: _("Danh hiệu"),
}
"""The heads under which differences stand, in the order of the page."""

_KEYS: dict[str, Text] = {
    "SeasonChoices.sheets": lambda: _("phiếu được chọn"),
    "SeasonChoices.scorer": lambda: _("hàm chấm riêng"),
    "SeasonDocument.engine": lambda: _("bộ máy tính điểm"),
    "Band.title": lambda: _("tên xếp loại"),
    "Band.min": lambda: _("điểm tối thiểu"),
    "Criterion.max": lambda: _("điểm tối đa"),
    "Criterion.min": lambda: _("điểm tối thiểu"),
    "Criterion.min_pass": lambda: _("điểm phải đạt"),
    "Criterion.below_min": lambda: _("khi dưới điểm phải đạt"),
    "Criterion.comment": lambda: _("yêu cầu nhận xét"),
    "Criterion.column": lambda: _("cột chấm"),
    "Sheet.step": lambda: _("bước điểm"),
    "Sheet.scale": lambda: _("thang điểm"),
    "Sheet.official": lambda: _("cột quyết định"),
    "Tier.min": lambda: _("điểm tối thiểu"),
    "Tier.bands": lambda: _("xếp loại được xét"),
    "Stage.sheets": lambda: _("các phiếu có thể chọn"),
    "rules_version": lambda: _("phiên bản quy tắc"),
    "effective_from": lambda: _("có hiệu lực từ"),
    "effective_to": lambda: _("có hiệu lực đến"),
    "legal_basis": lambda: _("căn cứ"),
    "subjects": lambda: _("đối tượng"),
    "summary": lambda: _("giới thiệu"),
    "order": lambda: _("thứ tự"),
    "title": lambda: _("tên"),
    "text": lambda: _("nội dung"),
    "help": lambda: _("hướng dẫn"),
    "guidance": lambda: _("hướng dẫn"),
    "section": lambda: _("phần"),
    "kind": lambda: _("loại"),
    "required": lambda: _("bắt buộc"),
    "confidential": lambda: _("giữ kín"),
    "identifies": lambda: _("lộ danh tính"),
    "max_length": lambda: _("độ dài tối đa"),
    "max_files": lambda: _("số tệp tối đa"),
    "max_mb": lambda: _("dung lượng tối đa (MB)"),
    "extensions": lambda: _("loại tệp"),
    "choices": lambda: _("lựa chọn"),
    "show_if": lambda: _("chỉ hỏi khi"),
    "authors": lambda: _("tác giả"),
    "shares": lambda: _("tỷ lệ đóng góp"),
    "share_step": lambda: _("bước tỷ lệ đóng góp"),
    "lead": lambda: _("tác giả chính"),
    "by": lambda: _("người chấm, người nhập"),
    "field": lambda: _("câu hỏi"),
    "fields": lambda: _("câu hỏi"),
    "default": lambda: _("giá trị mặc định"),
    "effect": lambda: _("tác dụng"),
    "source": lambda: _("nguồn"),
    "test": lambda: _("cách kiểm tra"),
    "is_": lambda: _("giá trị"),
    "from_": lambda: _("từ"),
    "to": lambda: _("đến"),
    "months": lambda: _("số tháng"),
    "units": lambda: _("đơn vị"),
    "award": lambda: _("danh hiệu"),
    "years": lambda: _("số năm"),
    "unit_kind": lambda: _("cấp đơn vị"),
    "sheets": lambda: _("phiếu chấm"),
    "panels": lambda: _("tổ chấm"),
    "judges_min": lambda: _("số người chấm tối thiểu"),
    "blind": lambda: _("giấu tên"),
    "advance_min": lambda: _("điểm để vào bước sau"),
    "advance_top": lambda: _("số hồ sơ vào bước sau"),
    "majority": lambda: _("tỷ lệ đồng ý"),
    "base": lambda: _("cơ sở tính"),
    "rounding": lambda: _("làm tròn"),
    "round": lambda: _("làm tròn"),
    "mark": lambda: _("điểm từng ô"),
    "mode": lambda: _("cách làm tròn"),
    "total": lambda: _("tổng điểm"),
    "criterion": lambda: _("tiêu chí"),
    "levels": lambda: _("mức"),
    "points": lambda: _("điểm"),
    "value": lambda: _("cách tính từ số liệu"),
    "fact": lambda: _("số liệu"),
    "rate": lambda: _("điểm mỗi đơn vị"),
    "share_of": lambda: _("tính theo tỷ lệ của"),
    "steps": lambda: _("các mức"),
    "criteria": lambda: _("tiêu chí"),
    "scored": lambda: _("có chấm điểm"),
    "step": lambda: _("bước điểm"),
    "clip": lambda: _("cắt ở điểm tối đa"),
    "outside": lambda: _("ngoài thang điểm"),
    "comment": lambda: _("nhận xét"),
    "evidence": lambda: _("tài liệu phải có"),
    "deductions": lambda: _("trừ điểm"),
    "floor": lambda: _("không thấp hơn"),
    "columns": lambda: _("cột"),
    "method": lambda: _("cách gộp các phiếu"),
    "drop": lambda: _("số phiếu bỏ mỗi đầu"),
    "over": lambda: _("gộp theo"),
    "min_sheets": lambda: _("số phiếu tối thiểu"),
    "bands": lambda: _("xếp loại"),
    "next": lambda: _("việc tiếp theo"),
    "gates": lambda: _("điều kiện loại, hạ bậc"),
    "band": lambda: _("xếp loại"),
    "total_below": lambda: _("tổng điểm dưới"),
    "points_below": lambda: _("điểm dưới"),
    "fraction_below": lambda: _("dưới phần"),
    "at_least": lambda: _("ít nhất"),
    "below": lambda: _("dưới"),
    "disparity": lambda: _("khi các phiếu lệch nhau"),
    "classes": lambda: _("xếp loại khác nhau"),
    "spread": lambda: _("lệch điểm quá"),
    "resolve_at": lambda: _("số phiếu khi chấm thêm"),
    "column_gap": lambda: _("hai cột lệch quá"),
    "ranking": lambda: _("xếp hạng"),
    "within": lambda: _("xếp hạng trong"),
    "tie_break": lambda: _("khi bằng điểm"),
    "tie_at_quota": lambda: _("khi bằng điểm ở giải cuối"),
    "vote": lambda: _("tỷ lệ phiếu đồng ý"),
    "tiers": lambda: _("hạng giải"),
    "quota": lambda: _("số giải"),
    "quota_per_field": lambda: _("nhiều nhất mỗi lĩnh vực"),
    "quota_per_unit": lambda: _("nhiều nhất mỗi đơn vị"),
    "person_kinds": lambda: _("đối tượng"),
    "thresholds": lambda: _("ngưỡng"),
    "min": lambda: _("nhỏ nhất"),
    "max": lambda: _("lớn nhất"),
    "prefer": lambda: _("ưu tiên"),
    "subject": lambda: _("đối tượng"),
    "facts": lambda: _("số liệu"),
    "eligibility": lambda: _("điều kiện"),
    "stages": lambda: _("bước"),
    "awards": lambda: _("danh hiệu"),
    "form": lambda: _("mẫu hồ sơ"),
}

# Words of closed lists, as pages show them elsewhere.
_WORDS: dict[str, Text] = {
    "text": lambda: _("một dòng chữ"), "longtext": lambda: _("đoạn văn"), "number": lambda: _("số"),
    "money": lambda: _("số tiền"), "date": lambda: _("ngày"), "choice": lambda: _("chọn một"),
    "choices": lambda: _("chọn nhiều"), "yesno": lambda: _("có hoặc không"), "file": lambda: _("tệp"),
    "count": lambda: _("số đếm"), "note": lambda: _("ghi chú"), "cap": lambda: _("hạ bậc"),
    "fail": lambda: _("không đạt"), "disqualify": lambda: _("loại"), "block": lambda: _("không cho nộp"),
    "warn": lambda: _("nhắc"), "mean": lambda: _("trung bình"), "median": lambda: _("điểm ở giữa"),
    "trimmed_mean": lambda: _("trung bình sau khi bỏ đầu cuối"), "sum": lambda: _("cộng các phiếu"),
    "none": lambda: _("không"), "optional": lambda: _("tùy ý"), "always": lambda: _("bắt buộc"),
    "extremes": lambda: _("khi cho điểm thấp nhất, cao nhất"), "season": lambda: _("cả đợt"),
    "field": lambda: _("lĩnh vực"), "unit": lambda: _("đơn vị"), "council": lambda: _("Hội đồng"),
    "judge": lambda: _("giám khảo"), "self": lambda: _("tự chấm"), "all": lambda: _("cùng được giải"),
    "half_up": lambda: _("nửa thì lên"), "half_even": lambda: _("nửa thì về số chẵn"), "up": lambda: _("luôn lên"),
    "high": lambda: _("cao hơn"), "low": lambda: _("thấp hơn"), "initiative": lambda: _("sáng kiến"),
    "person": lambda: _("cá nhân"), "collective": lambda: _("tập thể"), "open": lambda: _("không giới hạn"),
    "organiser": lambda: _("Ban tổ chức"), "system": lambda: _("hệ thống"),
}  # fmt: skip
_CLOSED = {
    "FormField.kind", "Fact.kind", "Fact.by", "Gate.effect", "Eligibility.effect", "Column.method", "Column.by",
    "Criterion.comment", "Criterion.below_min", "Ranking.within", "Ranking.tie_at_quota", "Rounding.mode",
    "TieBreak.prefer", "Sheet.subject", "Movement.subjects", "Sheet.scale",
}  # fmt: skip


def grouped(found: tuple[Difference, ...]) -> dict[str, list[Line]]:
    """Return differences in words under their heads, heads in a fixed order, empty ones left out."""
    heads = {topic: str(text()) for topic, text in _TOPICS.items()}
    lines: dict[str, list[Line]] = {head: [] for head in heads.values()}
    for one in found:
        lines[heads.get(one.topic, heads[""])].append(line(one))
    return {head: rows for head, rows in lines.items() if rows}


def line(one: Difference) -> Line:
    """Return one difference in words."""
    place = [text for step in one.place if (text := _step(step))]
    if one.key:
        place.append(key_word(one.kind, one.key))
    return Line(" › ".join(place), _value(one, one.before), _value(one, one.after))


def key_word(kind: str, key: str) -> str:
    """Return the name of a key of a part of the rules; the key itself where a plugin's format brought a new one."""
    text = _KEYS.get(f"{kind}.{key}") or _KEYS.get(key)
    return text() if text is not None else key.rstrip("_")


def _step(step: Step) -> str:
    if step.title:
        return f"«{step.title}»" if step.key == "sheets" else f"{key_word('', step.key)} «{step.title}»"
    return "" if step.key in ("form", "sheets") else key_word("", step.key)


def _value(one: Difference, value: Any) -> str:
    if value is None:
        return _("không có") if not one.key else _("không đặt")
    if f"{one.kind}.{one.key}" in _CLOSED:
        parts = value if isinstance(value, tuple) else (value,)
        return ", ".join(_WORDS[part]() if part in _WORDS else value_text(part) for part in parts)
    return value_text(value)


def value_text(value: Any) -> str:
    """Return a value of the rules as people write it; a whole part by its name and what counts in it."""
    if value is None or value in ("", ()):
        return _("không đặt")
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, Decimal | int):
        return format_number(Decimal(value))
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, tuple):
        return "; ".join(value_text(part) for part in value)
    return _part(value) if is_dataclass(value) else str(value)


def _part(part: Any) -> str:
    """Return a part of the rules: its name where it has one, and every other key that is set."""
    name = str(getattr(part, "title", "") or getattr(part, "text", "") or getattr(part, "document", ""))
    kind = type(part).__name__
    if kind == "Criterion":
        return _("%(title)s (%(points)s điểm)", title=name, points=format_number(part.highest)) if part.scored else name
    said = []
    for key in (one.name for one in fields(part)):
        value = getattr(part, key)
        if key in ("id", "title", "text", "document", "help", "guidance") or value in (None, "", (), False):
            continue
        said.append(f"{key_word(kind, key)}: {value_text(value)}")
    if not said:
        return name
    return f"{name} ({', '.join(said)})" if name else ", ".join(said)
