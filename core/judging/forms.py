"""What a judge types on a score sheet, and what it means: `8,5` as a number, a level found by its points."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import AnyOf, Length, NumberRange

from core.judging.rules import RecusalReason
from core.judging.sheets import MarkTyped
from core.scoring.movement import Criterion
from core.scoring.rules import Rules
from core.vietnamese.text import clean_line
from core.web.forms import Form, LineField, TextField, required

# Whatever is longer than this can be neither a mark nor stored as one.
_POINTS = re.compile(r"-?[0-9]{1,9}([.,][0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Typed:
    """A whole sheet as it came in: marks by criterion, the remark, and boxes whose text is no number."""

    marks: dict[str, MarkTyped]
    remark: str
    unread: dict[str, str] = field(default_factory=dict)


def typed_points(text: str) -> Decimal | None:
    """Return the number that was typed, with comma or point; None where it is none.

    A mark never has thousands, so «8.500» is eight and a half here, unlike in other number boxes.
    """
    line = clean_line(text).replace(" ", "")
    return Decimal(line.replace(",", ".")) if _POINTS.fullmatch(line) else None


def typed_mark(criterion: Criterion, points: str, level: str, comment: str) -> tuple[MarkTyped, bool]:
    """Return the mark that was entered for a criterion, and whether its box could be read.

    Without a picked level, the level is the highest one that begins at or below the points, if they lie in it. A fixed
    level needs no points.
    """
    value = typed_points(points)
    is_read = value is not None or not clean_line(points)
    known = {one.id: one for one in criterion.levels or ()}
    chosen = known.get(level)
    if chosen is None and value is not None:
        fitting = [one for one in known.values() if one.lowest <= value <= one.highest]
        chosen = max(fitting, key=lambda one: one.lowest, default=None)
    return MarkTyped(value, chosen.id if chosen else None, comment), is_read


def typed_sheet(values: Mapping[str, str], rules: Rules, column: str) -> Typed:
    """Read the boxes of a score sheet: `points-<id>`, `level-<id>`, `comment-<id>`, `remark`."""
    marks: dict[str, MarkTyped] = {}
    unread: dict[str, str] = {}
    for criterion in rules.filled_by(column):
        points = values.get(f"points-{criterion.id}", "")
        mark, is_read = typed_mark(
            criterion, points, values.get(f"level-{criterion.id}", ""), values.get(f"comment-{criterion.id}", "")
        )
        marks[criterion.id] = mark
        if not is_read:
            unread[criterion.id] = points
    return Typed(marks, values.get("remark", ""), unread)


class PanelForm(Form):
    """A new panel."""

    title = LineField(_l("Tên tổ chấm"), [required(_l("Nhập tên tổ chấm"))], description=_l("Ví dụ: Tổ chấm kỹ thuật"))
    field = SelectField(_l("Chấm hồ sơ lĩnh vực"), default="")


class RecuseForm(Form):
    """A judge's own declaration of a conflict."""

    reason = RadioField(
        _l("Vì sao không chấm hồ sơ này?"),
        [required(_l("Chọn một lý do")), AnyOf(list(RecusalReason), message=_l("Chọn một lý do"))],
        validate_choice=False,
    )
    note = TextField(_l("Ghi thêm"))


class RecusalForm(Form):
    """An organiser keeps a judge off an entry."""

    judge = SelectField(_l("Giám khảo"))
    code = LineField(_l("Mã hồ sơ"), [required(_l("Nhập mã hồ sơ, ví dụ LDST-26-0417-3"))])
    reason = SelectField(_l("Lý do"))
    note = TextField(_l("Ghi thêm"))


class PlanForm(Form):
    """What an automatic plan goes by; `shown` is the plan that was looked at before it is applied."""

    per_entry = IntegerField(
        _l("Số giám khảo cho mỗi hồ sơ"), [NumberRange(min=1, max=15, message=_l("Nhập số từ 1 đến 15"))]
    )
    number = LineField(
        _l("Số công khai"),
        [Length(max=60, message=_l("Số công khai dài tối đa 60 ký tự"))],
        description=_l("Một số ai cũng kiểm tra được, hẹn trước, ví dụ kết quả xổ số của một ngày. Có thể để trống."),
    )
    any_field = BooleanField(_l("Không buộc có chuyên gia"))
    same_unit = BooleanField(_l("Cho phép cùng đơn vị"))
    shown = HiddenField()


class ReasonForm(Form):
    """Why a sealed sheet, or judging as a whole, is opened again."""

    reason = TextField(_l("Lý do mở lại"), [required(_l("Ghi lý do mở lại"))])


__all__ = [
    "PanelForm", "PlanForm", "ReasonForm", "RecusalForm", "RecuseForm", "Typed", "typed_mark",
    "typed_points", "typed_sheet",
]  # fmt: skip
