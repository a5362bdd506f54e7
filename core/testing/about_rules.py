"""Requirements on the rules as numbers: sums, levels, prizes, places, and the frozen form."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from core.scoring.canonical import canonical_bytes, digest, read_canonical
from core.scoring.exact import plain
from core.scoring.movement import Movement, Sheet, Tier
from core.scoring.reading import as_mapping, from_mapping, from_movement, read_toml
from core.scoring.rules import Rules
from core.testing.requirements import requirement
from core.testing.samples import best_score, falling
from core.testing.subject import RULES_FILE, Subject

Lacking = Iterator[tuple[str, str]]


@requirement("totals", "Điểm các tiêu chí cộng đúng thang của phiếu", optional=True)
def totals(subject: Subject) -> Lacking:
    """Criteria outside the scale (bonus) and remarks do not count; an open scale has no sum to keep."""
    for sheet in subject.rules.sheets:
        inside = [c for c in sheet.criteria if not c.outside and c.kind != "remark"]
        most = sum((c.highest for c in inside), Decimal(0))
        if not inside:
            yield sheet.id, "Phiếu chưa có tiêu chí nào được chấm điểm. Thêm tiêu chí."
        elif isinstance(sheet.scale, Decimal) and most != sheet.scale:
            yield sheet.id, f"Các tiêu chí cộng lại {plain(most)}, thang điểm là {plain(sheet.scale)}. Sửa cho khớp."


@requirement("levels", "Các mức nằm trong khoảng điểm của tiêu chí")
def levels(subject: Subject) -> Lacking:
    """Each level between the least and the most of its criterion, and on its step."""
    for sheet in subject.rules.sheets:
        for criterion in sheet.walk():
            for level in criterion.levels or ():
                place = f"{sheet.id} / {criterion.id} / {level.id}"
                if not criterion.lowest <= level.lowest <= level.highest <= criterion.highest:
                    yield place, "Mức nằm ngoài khoảng điểm của tiêu chí. Sửa from, to hoặc points."
                step = Fraction(criterion.step or sheet.step)
                if any((Fraction(points) / step).denominator != 1 for points in (level.lowest, level.highest)):
                    yield place, f"Điểm của mức không phải bội số của bước {plain(criterion.step or sheet.step)}."


@requirement("tiers", "Hạng giải xếp từ cao xuống và hạng nào cũng có người đạt được", optional=True)
def tiers(subject: Subject) -> Lacking:
    """With the best marks and facts there are; a prize that nobody can reach is a slip of the pen."""
    for sheet in subject.rules.sheets:
        if not falling([tier.min for tier in sheet.tiers if tier.min is not None]):
            yield sheet.id, "Điểm tối thiểu của hạng sau cao hơn hạng trước. Xếp lại từ cao xuống."
        best = best_score(Rules.of(subject.rules, sheet.id))
        if best is None:
            continue
        for band in sheet.bands:
            if band.min > best:
                yield f"{sheet.id} / {band.id}", _too_high("Xếp loại", band.min, best)
        for tier in sheet.tiers:
            if tier.min is not None and tier.min > best:
                yield f"{sheet.id} / {tier.id}", _too_high("Hạng", tier.min, best)
            elif tier.bands and not _meets_a_band(sheet, tier):
                yield f"{sheet.id} / {tier.id}", "Điểm tối thiểu và xếp loại của hạng không khi nào cùng đạt. Sửa một."
        yield from _hidden(sheet)


def _too_high(what: str, wanted: Decimal, best: Decimal) -> str:
    return f"{what} cần {plain(wanted)} điểm mà cao nhất chỉ đạt {plain(best)}. Hạ mức hoặc bỏ."


def _meets_a_band(sheet: Sheet, tier: Tier) -> bool:
    """Whether some total lies in an allowed band and reaches the tier: a band goes up to the next better one."""
    above: Decimal | None = None
    for band in sheet.bands:
        if band.id in tier.bands and (tier.min is None or above is None or tier.min < above):
            return True
        above = band.min
    return False


def _hidden(sheet: Sheet) -> Lacking:
    """Say which tier stands behind one without limit that takes everybody it could take."""
    for place, tier in enumerate(sheet.tiers):
        for better in sheet.tiers[:place]:
            is_limited = any((better.quota, better.quota_per_field, better.quota_per_unit))
            is_lower = (better.min or 0) <= (tier.min or 0)
            takes_bands = not better.bands or (tier.bands and set(tier.bands) <= set(better.bands))
            if not is_limited and is_lower and takes_bands:
                yield f"{sheet.id} / {tier.id}", f"Ai đạt hạng này đều đã vào «{better.id}». Sửa điểm tối thiểu."
                break


@requirement("quotas", "Số giải hợp lý")
def quotas(subject: Subject) -> Lacking:
    """At least one place, no part larger than the whole, and a field of work where places are counted by field."""
    for sheet in subject.rules.sheets:
        for tier in sheet.tiers:
            place = f"{sheet.id} / {tier.id}"
            given = {
                "quota": tier.quota,
                "quota_per_field": tier.quota_per_field,
                "quota_per_unit": tier.quota_per_unit,
            }
            for name, number in given.items():
                if number is not None and number < 1:
                    yield place, f"{name} là {number}. Ghi từ 1 trở lên, hoặc bỏ hạng."
                elif number is not None and tier.quota is not None and number > tier.quota:
                    yield place, f"{name} là {number}, nhiều hơn cả đợt ({tier.quota}). Sửa một trong hai."
            if tier.quota_per_field is not None and not _has_field_of_work(subject.rules):
                yield place, "Đếm giải theo lĩnh vực mà hồ sơ không hỏi lĩnh vực. Thêm câu hỏi chọn một có mã linh-vuc."


def _has_field_of_work(movement: Movement) -> bool:
    choices = [field for field in movement.form.fields if field.kind == "choice"]
    return any(field.id == "linh-vuc" or field.required for field in choices)


@requirement("round_trip", "Đi qua cửa nào cũng ra đúng một bộ quy tắc")
def round_trip(subject: Subject) -> Lacking:
    """Frozen bytes, plain values, a value made in Python, and a file whose accents are spelled apart: one digest."""
    movement = subject.rules
    wanted, content = digest(movement), canonical_bytes(movement)
    if canonical_bytes(read_canonical(content)) != content:
        yield "", "Bản đóng băng đọc lại ra khác. Báo cho người giữ mã nguồn thidua."
    if any(
        reading.movement is None or digest(reading.movement) != wanted
        for reading in (from_mapping(as_mapping(movement)), from_movement(movement))
    ):
        yield "", "Ghi ra rồi đọc lại thì quy tắc khác đi. Báo cho người giữ mã nguồn thidua."
    path = subject.folder / RULES_FILE
    if path.is_file() and read_toml(path.read_bytes()).movement == movement:
        apart = unicodedata.normalize("NFD", path.read_text("utf-8")).replace("\n", "\r\n")
        again = read_toml(apart).movement
        if again is None or digest(again) != wanted:
            yield RULES_FILE, "Cách gõ dấu hoặc xuống dòng của tệp làm quy tắc khác đi. Lưu tệp bằng UTF-8 dựng sẵn."
