"""What an organiser may type about a season."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, ValidationError
from wtforms.validators import Length

from core.scoring.movement import Movement, Sheet, Tier
from core.seasons.frozen import SeasonRules, choices_of
from core.seasons.models import Season
from core.seasons.queries import milestone_of
from core.seasons.rules import DEFAULT_ENDORSE_DAYS, LONGEST_GRACE_MINUTES, MilestoneKind
from core.seasons.words import noun
from core.vietnamese.dates import from_local, local_date, to_local
from core.web.forms import DateField, Form, LineField, NumberField, TextField, TimeField, required

COUNTERS = ("quota", "quota_per_field", "quota_per_unit")
END_OF_WORK = time(17, 0)
MOST_PRIZES = 100_000


class CountField(NumberField):
    """A whole number from `lowest` to `highest`: int or None."""

    def __init__(self, *arguments: Any, lowest: int = 0, highest: int = MOST_PRIZES, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.lowest, self.highest = lowest, highest

    def parse(self, text: str) -> Any:
        """Return the number."""
        number = super().parse(text)
        if number != number.to_integral_value() or not self.lowest <= number <= self.highest:
            raise ValueError(_("Nhập số nguyên từ %(low)s đến %(high)s", low=self.lowest, high=self.highest))
        return int(number)

    def show(self, value: Any) -> str:
        """Return the bare digits: a year has no grouping mark."""
        return str(value)


class OneOf:
    """A choice from a dict of value and label; a foreign one is refused in Vietnamese, an empty one by `required`."""

    def pre_validate(self, form: Form) -> None:
        """Refuse what is not on the list."""
        if self.data is not None and self.data not in self.choices:  # type: ignore[attr-defined]
            raise ValidationError(_("Chọn một mục trong danh sách"))


class ChoiceField(OneOf, RadioField):
    """Radio buttons."""


class ListField(OneOf, SelectField):
    """A drop-down list."""


class CreateForm(Form):
    """Which season to begin from, for which unit and year."""

    source = ChoiceField(_l("Lập đợt xét từ đâu?"), validators=[required(_l("Chọn đợt trước hoặc phong trào"))])
    unit = ListField(_l("Đơn vị tổ chức"), validators=[required(_l("Chọn đơn vị tổ chức"))])
    year = CountField(
        _l("Năm của đợt"), lowest=2000, highest=2099, validators=[required(_l("Nhập năm của đợt, ví dụ 2026"))]
    )


class BasicsForm(Form):
    """Step 2: what the season is called and what it rests on."""

    title = LineField(
        _l("Tên đợt xét"),
        description=_l("Ví dụ: Sáng kiến của người lao động, đợt 2026"),
        validators=[
            required(_l("Nhập tên đợt xét")),
            Length(max=250, message=_l("Tên đợt xét dài quá 250 ký tự. Rút bớt")),
        ],
    )
    year = CountField(
        _l("Năm của đợt"), lowest=2000, highest=2099, validators=[required(_l("Nhập năm của đợt, ví dụ 2026"))]
    )
    code_prefix = LineField(
        _l("Chữ đầu mã hồ sơ"),
        description=_l("1 đến 8 chữ cái không dấu. Ví dụ: LDST cho mã LDST-26-0417-3"),
        validators=[required(_l("Nhập chữ đầu mã hồ sơ, ví dụ LDST"))],
    )
    legal_document = LineField(
        _l("Văn bản làm căn cứ mở đợt"),
        description=_l("Số, ký hiệu và tên. Ví dụ: Kế hoạch 12/KH-LĐLĐ ngày 05/03/2026"),
        validators=[Length(max=250, message=_l("Tên văn bản dài quá 250 ký tự. Rút bớt"))],
    )


class DatesForm(Form):
    """Step 4: opening, deadline, end of judging, later milestones."""

    opens_on = DateField(_l("Mở nhận hồ sơ, ngày"))
    opens_time = TimeField(_l("Mở nhận hồ sơ, giờ"))
    closes_on = DateField(_l("Hạn nộp, ngày"))
    closes_time = TimeField(_l("Hạn nộp, giờ"))
    judging_on = DateField(_l("Hạn chấm, ngày"))
    judging_time = TimeField(_l("Hạn chấm, giờ"))
    grace_minutes = CountField(
        _l("Thêm bao nhiêu phút cho tệp đang tải lên khi hết hạn"),
        lowest=0, highest=LONGEST_GRACE_MINUTES, validators=[required(_l("Nhập số phút, ví dụ 15"))],
    )  # fmt: skip
    endorse_days = CountField(
        _l("Mỗi cấp xác nhận hồ sơ trong bao nhiêu ngày"),
        lowest=1, highest=60, validators=[required(_l("Nhập số ngày, ví dụ 5"))],
    )  # fmt: skip
    endorsed = DateField(_l("CĐCS xác nhận xong"))
    council = DateField(_l("Họp Hội đồng"))
    published = DateField(_l("Công bố"))
    closed = DateField(_l("Tổng kết"))

    def values(self) -> dict[str, Any]:
        """Return what the service takes; a day without its time means 08:00 for the opening, else 17:00."""
        return {
            "opens_at": _moment(self.opens_on.data, self.opens_time.data or time(8, 0)),
            "closes_at": _moment(self.closes_on.data, self.closes_time.data or END_OF_WORK),
            "judging_closes_at": _moment(self.judging_on.data, self.judging_time.data or END_OF_WORK),
            "grace_minutes": self.grace_minutes.data,
            "endorse_days": self.endorse_days.data,
            "milestones": {kind: _moment(self[kind.value].data, END_OF_WORK) for kind in MilestoneKind},
        }


def dates_form(season: Season) -> DatesForm:
    """Return the form of step 4 as the season stands."""
    kept: dict[str, Any] = {
        "grace_minutes": season.grace_minutes,
        "endorse_days": season.choices.get("endorse_days", DEFAULT_ENDORSE_DAYS),
    }
    for name, at in (("opens", season.opens_at), ("closes", season.closes_at), ("judging", season.judging_closes_at)):
        kept |= {f"{name}_on": _day(at), f"{name}_time": to_local(at).time() if at is not None else None}
    for kind in MilestoneKind:
        planned = milestone_of(season, kind)
        kept[kind.value] = _day(planned.at if planned is not None else None)
    return DatesForm(data=kept)


def sheets_form(season: Season, movement: Movement) -> Form:
    """Return the form of step 3: for each score stage and subject the sheets to choose from, `stage--subject`."""
    chosen = choices_of(season, movement).sheets

    class SheetsForm(Form):
        """Which sheet scores what."""

    kept = {}
    for stage in movement.stages:
        for subject in movement.subjects if stage.kind == "score" else ():
            options = [movement.sheet(sheet) for sheet in stage.sheets if movement.sheet(sheet).subject == subject]
            if options:
                name = f"{stage.id}--{subject}"
                label = _("%(stage)s: phiếu chấm %(noun)s", stage=stage.title, noun=noun(subject))
                field = ChoiceField(
                    label,
                    choices={sheet.id: sheet.title for sheet in options},
                    validators=[required(_l("Chọn một phiếu chấm"))],
                )
                setattr(SheetsForm, name, field)
                kept[name] = next(sheet.id for sheet in options if sheet.id in chosen[stage.id])
    return SheetsForm(data=kept)


def chosen_in(form: Form) -> dict[str, list[str]]:
    """Return the chosen sheets by stage, as the service takes them."""
    chosen: dict[str, list[str]] = {}
    for field in form:
        chosen.setdefault(field.name.partition("--")[0], []).append(field.data)
    return chosen


def quotas_form(rules: SeasonRules) -> Form:
    """Return the form of step 5: three numbers for each tier of each chosen sheet, `sheet--tier--counter`."""

    class QuotasForm(Form):
        """How many prizes."""

    kept = {}
    for sheet in rules.sheets():
        for tier in sheet.tiers:
            for counter in COUNTERS:
                name = quota_name(sheet, tier, counter)
                setattr(QuotasForm, name, CountField(f"{tier.title}: {counter_title(counter)}"))
                kept[name] = getattr(tier, counter)
    return QuotasForm(data=kept)


def quota_name(sheet: Sheet, tier: Tier, counter: str) -> str:
    """Return the name of one box of step 5."""
    return f"{sheet.id}--{tier.id}--{counter}"


def counter_title(counter: str) -> str:
    """Return the head of a column of numbers."""
    return {
        "quota": _("Số giải"),
        "quota_per_field": _("Nhiều nhất mỗi lĩnh vực"),
        "quota_per_unit": _("Nhiều nhất mỗi đơn vị"),
    }[counter]


def quotas_in(form: Form, movement: Movement) -> dict[str, dict[str, dict[str, int]]]:
    """Return the numbers that differ from the movement's own; an empty box leaves those."""
    quotas: dict[str, dict[str, dict[str, int]]] = {}
    for field in form:
        sheet_id, tier_id, counter = field.name.split("--")
        tier = next(tier for tier in movement.sheet(sheet_id).tiers if tier.id == tier_id)
        if field.data is not None and field.data != getattr(tier, counter):
            quotas.setdefault(sheet_id, {}).setdefault(tier_id, {})[counter] = field.data
    return quotas


class ExtendForm(Form):
    """A new deadline with its grounds; sent a second time with `confirmed` after the page that shows its effect."""

    closes_on = DateField(_l("Hạn nộp mới, ngày"), validators=[required(_l("Nhập ngày hết hạn mới, ví dụ 20/05/2026"))])
    closes_time = TimeField(_l("Hạn nộp mới, giờ"), validators=[required(_l("Nhập giờ hết hạn mới, ví dụ 17:00"))])
    document = LineField(
        _l("Văn bản gia hạn"),
        description=_l("Công khai cùng hạn mới. Ví dụ: Công văn 45/CV-LĐLĐ"),
        validators=[
            required(_l("Nhập số văn bản gia hạn, ví dụ Công văn 45/CV-LĐLĐ")),
            Length(max=200, message=_l("Tên văn bản dài quá 200 ký tự. Rút bớt")),
        ],
    )
    reason = TextField(
        _l("Lý do gia hạn"),
        description=_l("Công khai cùng hạn mới. Ví dụ: mưa lũ, nhiều đơn vị mất mạng"),
        validators=[
            required(_l("Nhập lý do gia hạn")),
            Length(max=500, message=_l("Lý do dài quá 500 ký tự. Rút bớt")),
        ],
    )
    confirmed = HiddenField()

    def closes_at(self) -> datetime:
        """Return the new deadline; ask only after the form was found complete."""
        assert self.closes_on.data is not None
        assert self.closes_time.data is not None
        return from_local(self.closes_on.data, self.closes_time.data)


class MilestoneForm(Form):
    """Another date for a later step."""

    on = DateField(_l("Ngày mới"), validators=[required(_l("Nhập ngày mới, ví dụ 20/06/2026"))])
    time = TimeField(_l("Giờ mới"))

    def moment(self) -> datetime:
        """Return the new moment, without a time 17:00; ask only after the form was found complete."""
        assert self.on.data is not None
        return from_local(self.on.data, self.time.data or END_OF_WORK)


def _moment(day: date | None, at: time) -> datetime | None:
    return from_local(day, at) if day is not None else None


def _day(at: datetime | None) -> date | None:
    return local_date(at) if at is not None else None
