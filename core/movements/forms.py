"""What is typed about a movement: forms made from the format itself, whose boxes are named by their places.

Nothing typed is refused: a box that cannot be read keeps its text, and the validator names it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, FileField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget, TextArea, TextInput

from core.movements import boxes
from core.movements.boxes import has_children
from core.movements.content import at
from core.movements.editing import HAS, KIND
from core.movements.schema import MARKERS, Root, Slot, belongs, kind_of, slots
from core.movements.words import place_of_problem, row_title
from core.movements.words_keys import CHOICES, FIXED_ANSWERS, KEYS, KIND_LABELS, KINDS, ROOT_LISTS, ROWS, Key
from core.organisations.forms import UnitField
from core.scoring.misuse import Problem
from core.scoring.movement import Authors, Criterion, Head
from core.web.forms import Form, LineField, TextField, required


class KeptField(Field):
    """A box whose text is kept whether it can be read or not; `data` is the packed value, None for an empty box."""

    widget = TextInput()
    data: Any

    def __init__(self, *arguments: Any, reader: str = "text", **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.reader = reader
        if reader in {"lines", "long"}:
            self.widget = TextArea()

    def _value(self) -> str:
        return boxes.show(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; text that stands as the page wrote it leaves the value as it was."""
        if valuelist and boxes.same_text(valuelist[0], boxes.show(self.data)):
            return
        self.data = boxes.read(self.reader, valuelist[0] if valuelist else "")


class FreeSelect(SelectField):
    """A list that keeps a value which is not on it (any more): the validator names it."""

    def pre_validate(self, form: Any) -> None:
        """Let everything pass."""


class FreeChecks(SelectMultipleField):
    """Boxes to tick that keep values which are not among them."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        """Let everything pass."""


@dataclass(slots=True)
class Box:
    """One box of a page: its name is the place of what it holds."""

    name: str
    kind: str
    width: int | None
    is_more: bool
    table: type
    row_place: str
    key: str
    slot: Slot | None


@dataclass(slots=True)
class Rows:
    """A list of rows with a button that adds one."""

    place: str
    title: str
    row: str
    rows: list[Section] = field(default_factory=list)
    hint: str = ""
    is_more: bool = False
    errors: list[str] = field(default_factory=list)
    table: type = Criterion


@dataclass(slots=True)
class Section:
    """A table: its boxes and the tables and lists below it, in the order of the form. `parts` holds both kinds."""

    place: str
    title: str
    boxes: list[Box] = field(default_factory=list)
    parts: list[Any] = field(default_factory=list)
    is_row: bool = False
    is_more: bool = False
    errors: list[str] = field(default_factory=list)
    table: type = Criterion

    @property
    def main_parts(self) -> list[Any]:
        """What is always shown below the boxes."""
        return [part for part in self.parts if not part.is_more]

    @property
    def more_parts(self) -> list[Any]:
        """What is shown when asked for."""
        return [part for part in self.parts if part.is_more]


@dataclass(slots=True)
class Page:
    """The form of one step: its parts as the template draws them, its boxes by name, and the form that holds them."""

    parts: list[Any]
    boxes: list[Box]
    form: Form


def page_of(content: dict[str, Any], areas: Sequence[tuple[str, tuple[str, ...]]]) -> Page:
    """Return the form of the given areas: (place of a table, its keys in order); the root is the place «»."""
    builder = _Builder(content)
    parts = [part for place, keys in areas for part in builder.area(place, keys)]
    made = type("StepForm", (Form,), builder.fields)
    return Page(parts, builder.boxes, made(data=builder.values))


class _Builder:
    """Walks the content and makes a field for every key that belongs to the page."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.fields: dict[str, Any] = {}
        self.values: dict[str, Any] = {}
        self.boxes: list[Box] = []

    def area(self, place: str, keys: tuple[str, ...]) -> list[Any]:
        """Return the parts of some keys of a table: its boxes as one section, its tables and lists each by itself."""
        table = boxes.table_of(place)
        section = self.section(table, place, at(self.content, place) if place else self.content, "", keys=keys)
        parts, section.parts = section.main_parts, section.more_parts
        return ([section] if section.boxes or section.parts else []) + parts

    def section(self, table: type, place: str, row: Any, title: str, *, keys: tuple[str, ...] = ()) -> Section:
        """Return a table with everything below it."""
        made = Section(place, title, table=table)
        known = _root_keys() if table is Root else KEYS[table]
        chosen = [key for key in keys if key in known] or list(known)
        for number, key in enumerate(chosen):
            if belongs(table, row, key, is_top=place.count(".criteria[") <= 1):
                self._key(made, table, place, row, key, known[key])
            if number == 0 and table in MARKERS:
                made.boxes.append(self._kind_box(table, place, row))
        return made

    def _key(self, made: Section, table: type, place: str, row: Any, key: str, words: Key) -> None:
        slot = slots(table)[key]
        where = f"{place}.{key}" if place else key
        given = row.get(key) if isinstance(row, dict) else None
        if slot.kind == "tables" and slot.table is not None:
            made.parts.append(self._rows(slot.table, where, given, words))
        elif slot.table is Authors:
            made.boxes.append(self._has_box(where, is_there=given is not None))
            if isinstance(given, dict):
                made.parts.append(self.section(Authors, where, given, str(words.label)))
        elif slot.kind == "table" and slot.table is not None:
            part = self.section(slot.table, where, given, str(words.label))
            part.is_more = words.more and not has_children(given)
            made.parts.append(part)
        else:
            made.boxes.append(self._box(table, place, row, slot, words))

    def _rows(self, table: type, place: str, given: Any, words: Key) -> Rows:
        rows = Rows(place, str(words.label), str(ROWS[table]), hint=str(words.hint or ""), table=table)
        rows.is_more = words.more and not given
        for number, row in enumerate(given if isinstance(given, list) else []):
            part = self.section(table, f"{place}[{number}]", row, row_title(table, number, row))
            part.is_row = True
            rows.rows.append(part)
        return rows

    def _box(self, table: type, place: str, row: Any, slot: Slot, words: Key) -> Box:
        name = f"{place}.{slot.name}" if place else slot.name
        given = row.get(slot.name) if isinstance(row, dict) else None
        is_more = words.more and (given is None or slot.kind == "id")
        # What was typed where a number belongs must be read whole.
        width = words.width if not isinstance(given, str) or slot.kind in ("text", "id") else 20
        box = Box(name, slot.kind, width, is_more, table, place, slot.name, slot)
        self._add(box, self._field(box, slot, words, given), given)
        return box

    def _field(self, box: Box, slot: Slot, words: Key, given: Any) -> Any:
        common = {"label": words.label, "description": words.hint, "id": boxes.anchor(box.name)}
        options = self._options(box, slot, words, given)
        if slot.kind in {"lines", "choices"} and options is not None:
            box.kind = "checks"
            kept = [each for each in given or [] if isinstance(each, str)] if isinstance(given, list) else []
            foreign = [(each, each) for each in kept if each not in dict(options)]
            return FreeChecks(choices=dict([*options, *foreign]), **common)
        if options is not None:
            box.kind = "select"
            shown = boxes.show(given)
            listed = [*options, *([(shown, _("«%(value)s» (không có trong danh sách)", value=shown))]
                                  if shown and shown not in dict(options) else [])]  # fmt: skip
            return FreeSelect(choices=dict(listed), **common)
        if slot.kind == "yesno":
            return BooleanField(**common)
        reader = boxes.reader_of(slot.kind, self.content, box.name)
        box.kind = "long" if words.long or reader == "lines" else reader
        return KeptField(reader="long" if words.long else reader, **common)

    def _options(self, box: Box, slot: Slot, words: Key, given: Any) -> list[tuple[str, str]] | None:
        """Return what may be chosen: a closed choice, an answer of a known question, or something to refer to."""
        if slot.choices:
            named = CHOICES[box.table, slot.name]
            first = [] if slot.default is not None or slot.kind == "choices" else [("", _("Chọn"))]
            return first + [(value, str(named[value])) for value in slot.choices]
        if words.ref:
            first = [] if slot.kind == "lines" else [("", _("Chọn") if slot.required else _("Không chọn"))]
            return first + _worded(boxes.referable(self.content, words.ref, box.name))
        if slot.kind == "scalar":
            answers = boxes.answers(self.content, box.name)
            return None if answers is None else [("", _("Chọn")), *_worded(answers)]
        return None

    def _kind_box(self, table: type, place: str, row: Any) -> Box:
        box = Box(f"{place}.{KIND}", "select", None, False, table, place, KIND, None)
        choices = {kind: str(label) for kind, label in KINDS[table].items()}
        made = FreeSelect(label=KIND_LABELS[table], choices=choices, id=boxes.anchor(box.name))
        self._add(box, made, kind_of(table, row))
        return box

    def _has_box(self, place: str, *, is_there: bool) -> Box:
        box = Box(f"{place}.{HAS}", "yesno", None, False, Authors, place, HAS, None)
        self._add(box, BooleanField(label=_l("Hồ sơ ghi tên tác giả"), id=boxes.anchor(box.name)), is_there)
        return box

    def _add(self, box: Box, made: Any, given: Any) -> None:
        self.fields[box.name] = made
        self.boxes.append(box)
        if box.kind == "yesno" and box.slot is not None:
            given = given if isinstance(given, bool) else bool(box.slot.default)
        elif box.kind == "select" and box.slot is not None:
            given = boxes.show(given) if given is not None else str(box.slot.default or "")
        elif box.kind == "checks":
            given = [each for each in given if isinstance(each, str)] if isinstance(given, list) else []
        self.values[box.name] = given


def _worded(options: Sequence[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [(value, str(title or FIXED_ANSWERS[value])) for value, title in options]


def _root_keys() -> dict[str, Key]:
    return {name: Key(label) for name, label in ROOT_LISTS.items()}


def attach(page: Page, problems: Sequence[Problem], sentence: Any) -> None:
    """Write the sentences of problems beside the boxes that hold something, and into the sections they concern."""
    by_place: dict[str, list[str]] = {}
    for problem in problems:
        by_place.setdefault(place_of_problem(problem), []).append(sentence(problem))
    for box in page.boxes:
        if box.name in by_place and page.form[box.name].data not in (None, "", []):
            page.form[box.name].errors = by_place[box.name]
    _attach_parts(page.parts, by_place, {box.name for box in page.boxes})


def _attach_parts(parts: Sequence[Any], by_place: Mapping[str, list[str]], named: set[str]) -> None:
    for part in parts:
        if part.place not in named:
            part.errors = by_place.get(part.place, []) if part.place else []
        _attach_parts(part.rows if isinstance(part, Rows) else part.parts, by_place, named)


class CreateForm(Form):
    """What a new movement is called, for which unit, and from which one it is copied."""

    title = LineField(
        _l("Tên phong trào"),
        [required(_l("Nhập tên phong trào")), Length(max=250, message=_l("Tên dài quá 250 ký tự. Rút bớt"))],
        description=_l("Ví dụ: Công nhân xanh"),
    )
    source = FreeSelect(_l("Bắt đầu từ"))
    unit = UnitField(_l("Đơn vị lập phong trào"), [required(_l("Chọn đơn vị"))])


class MovementFileForm(Form):
    """A whole movement from a file."""

    file = FileField(_l("Tệp phong trào"), description=_l("Tệp movement.toml hoặc tệp Excel tải từ trang này"))


class SheetFileForm(Form):
    """A score sheet as the office has it: a file, or rows copied from one."""

    sheet = SelectField(_l("Thay tiêu chí của phiếu"))
    file = FileField(_l("Tệp Excel của phiếu chấm"), description=_l("Tệp .xlsx có cột tiêu chí và điểm tối đa"))
    pasted = TextField(_l("Hoặc dán các dòng từ Excel"), description=_l("Chọn các ô trong Excel, chép rồi dán vào đây"))


class OfferForm(Form):
    """Putting a version to use."""

    switch_on = BooleanField(_l("Bật ngay cho đơn vị lập và các cấp dưới"), default=True)


class SwitchForm(Form):
    """Where a movement is switched on or off."""

    unit = UnitField(_l("Đơn vị"), [required(_l("Chọn đơn vị"))])
    is_on = RadioField(
        _l("Phong trào ở đơn vị này và các cấp dưới"),
        [required(_l("Chọn bật hoặc tắt"))],
        choices=[
            SelectChoice("1", _l("Bật: lập được đợt xét mới")),
            SelectChoice("0", _l("Tắt: không lập đợt xét mới")),
        ],
    )


STEPS: dict[int, Any] = {
    1: _l("Tên và căn cứ"),
    2: _l("Ai dự xét"),
    3: _l("Mẫu hồ sơ"),
    4: _l("Tiêu chí và mức"),
    5: _l("Cách tính điểm"),
    6: _l("Xếp loại và điều kiện"),
    7: _l("Giải thưởng và cơ cấu"),
    8: _l("Các bước và giấy tờ"),
    9: _l("Kiểm tra và đưa vào dùng"),
}
# The keys of a sheet that each step asks for.
_SHEET_KEYS = {
    4: ("title", "subject", "scale", "step", "source", "id", "criteria"),
    5: ("columns", "official", "rounding", "disparity"),
    6: ("bands", "gates"),
    7: ("tiers", "ranking"),
}
_HEAD_KEYS = tuple(key for key in KEYS[Head] if key != "subjects")
SHEET_STEPS = frozenset(_SHEET_KEYS)


def areas_of(step: int, sheet: int) -> list[tuple[str, tuple[str, ...]]]:
    """Return which keys of which tables a step asks for; steps 4 to 7 one sheet at a time."""
    if step == 1:
        return [("movement", _HEAD_KEYS)]
    if step == 2:
        return [("movement", ("subjects",)), ("form", ("authors",)), ("", ("eligibility",))]
    if step == 3:
        return [("form", ("fields",))]
    if step == 8:
        return [("", ("stages", "awards"))]
    own = [(f"sheets[{sheet}]", _SHEET_KEYS[step])]
    return [*own, ("", ("facts",))] if step == 5 else own


def sheet_of(place: str) -> tuple[bool, int]:
    """Return whether a place lies in a sheet, and in which."""
    key, number = boxes.head_of(place)
    return key == "sheets", number


def step_of(place: str) -> tuple[int, int]:
    """Return the step and the sheet at which a place is edited."""
    key, sheet = boxes.head_of(place)
    if key == "movement":
        return (2 if place.startswith("movement.subjects") else 1), 0
    if key == "form":
        return (2 if place.startswith("form.authors") else 3), 0
    if key == "sheets":
        below = boxes.key_below_sheet(place)
        return next((step for step, keys in _SHEET_KEYS.items() if below in keys), 4), sheet
    return {"eligibility": 2, "facts": 5, "stages": 8, "awards": 8}.get(key, 1), 0
