"""What an organiser may change in the rules of a running season, and the decision it rests on."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField
from wtforms.validators import Length

from core.scoring.movement import Movement
from core.seasons.amending import Grounds
from core.seasons.forms import COUNTERS, ChoiceField, CountField, counter_title, quota_name
from core.seasons.frozen import SeasonRules
from core.seasons.rules import Scope
from core.seasons.words import noun, scope_text
from core.web.forms import DateField, Form, LineField, TextField, required

KEEP, TAKE_OVER = "giu", "moi"


class AmendForm(Form):
    """The grounds of an amendment; `amend_form` adds what may change. Sent again with the digests that were shown."""

    decision_number = LineField(
        _l("Số quyết định"),
        description=_l("Quyết định của người có thẩm quyền về việc sửa đổi, công khai. Ví dụ: 15/QĐ-LĐLĐ"),
        validators=[
            required(_l("Nhập số quyết định sửa đổi, ví dụ 15/QĐ-LĐLĐ")),
            Length(max=200, message=_l("Số quyết định dài quá 200 ký tự. Rút bớt")),
        ],
    )
    decided_on = DateField(
        _l("Ngày quyết định"), validators=[required(_l("Nhập ngày ghi trên quyết định, ví dụ 12/05/2026"))]
    )
    reason = TextField(
        _l("Lý do sửa đổi"),
        description=_l("Công khai cùng quyết định"),
        validators=[
            required(_l("Nhập lý do sửa đổi")),
            Length(max=500, message=_l("Lý do dài quá 500 ký tự. Rút bớt")),
        ],
    )
    scope = ChoiceField(_l("Áp dụng cho"), validators=[required(_l("Chọn hồ sơ mà quy tắc mới áp dụng"))])
    confirmed = HiddenField()
    seen_before = HiddenField()

    _rules: SeasonRules

    def grounds(self) -> Grounds:
        """Return the decision; ask only after the form was found complete."""
        assert self.decided_on.data is not None
        return Grounds(
            self.decision_number.data or "", self.decided_on.data, self.reason.data or "", Scope(self.scope.data)
        )

    def takes_over(self) -> bool:
        """Whether the newer version of the movement was chosen."""
        return "movement" in self and self["movement"].data == TAKE_OVER

    def sheets(self) -> dict[str, list[str]]:
        """Return the chosen sheets of the stages where something else was chosen."""
        chosen = {stage: list(sheets) for stage, sheets in self._rules.choices.sheets.items()}
        changed = set()
        for field in self.sheet_fields():
            _prefix, stage, subject = field.name.split("--")
            before = self._rules.sheet(stage, subject).id
            if field.data != before:
                chosen[stage] = [field.data if sheet == before else sheet for sheet in chosen[stage]]
                changed.add(stage)
        return {stage: sheets for stage, sheets in chosen.items() if stage in changed}

    def quotas(self) -> dict[str, dict[str, dict[str, int]]]:
        """Return the numbers of prizes that were changed; an emptied box leaves what is in force."""
        changed: dict[str, dict[str, dict[str, int]]] = {}
        for sheet in self._rules.sheets():
            for tier in sheet.tiers:
                for counter in COUNTERS:
                    field = self[quota_name(sheet, tier, counter)]
                    if field.data is not None and field.data != getattr(tier, counter):
                        changed.setdefault(sheet.id, {}).setdefault(tier.id, {})[counter] = field.data
        return changed

    def sheet_fields(self) -> list[Field]:
        """Return the boxes in which a sheet is chosen."""
        return [field for field in self if field.name.startswith("sheet--")]

    def first_change(self) -> Field:
        """Return the first box of those that change something."""
        own = {*AmendForm.own_names()}
        return next((field for field in self if field.name not in own), self.decision_number)

    @staticmethod
    def own_names() -> tuple[str, ...]:
        """Return the boxes of the grounds."""
        return ("decision_number", "decided_on", "reason", "scope", "confirmed", "seen_before")


def amend_form(rules: SeasonRules, newer: Movement | None, *, begun: set[tuple[str, str]]) -> AmendForm:
    """Return the form: take over a newer version, choose sheets where none is begun, numbers of prizes, grounds."""

    class OwnForm(AmendForm):
        """With the boxes of this season."""

    kept: dict[str, Any] = {}
    if newer is not None:
        labels = {
            KEEP: _("Giữ quy tắc phiên bản %(version)s", version=rules.movement.rules_version),
            TAKE_OVER: _("Dùng quy tắc phiên bản %(version)s của phong trào", version=newer.rules_version),
        }
        field = ChoiceField(_("Quy tắc của phong trào"), choices=labels, validators=[required()])
        setattr(OwnForm, "movement", field)  # noqa: B010  # Forms collect their boxes from class attributes.
        kept["movement"] = KEEP
    for stage in rules.score_stages():
        for subject in rules.movement.subjects:
            options = [sheet for sheet in stage.sheets if rules.movement.sheet(sheet).subject == subject]
            if len(options) < 2 or (stage.id, str(subject)) in begun:
                continue
            name = f"sheet--{stage.id}--{subject}"
            label = _("%(stage)s: phiếu chấm %(noun)s", stage=stage.title, noun=noun(subject))
            titles = {sheet: rules.movement.sheet(sheet).title for sheet in options}
            setattr(OwnForm, name, ChoiceField(label, choices=titles, validators=[required()]))
            kept[name] = rules.sheet(stage.id, subject).id
    for one in rules.sheets():
        for tier in one.tiers:
            for counter in COUNTERS:
                name = quota_name(one, tier, counter)
                setattr(OwnForm, name, CountField(f"{tier.title}: {counter_title(counter)}"))
                kept[name] = getattr(tier, counter)
    form = OwnForm(data=kept)
    form.scope.choices = {scope.value: scope_text(scope) for scope in Scope}
    form._rules = rules
    return form
