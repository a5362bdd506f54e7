"""What may be typed about an entry: forms made from a movement's questions, authors, and the decisions of offices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, Field, FieldList, FormField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput

from core.entries import answers, words
from core.entries.answers import Section
from core.entries.rules import (
    TITLE_LIMIT_CHARS,
    AnswerMissing,
    FilesMissing,
    Subject,
    TitleMissing,
    check_title,
)
from core.errors import DomainError
from core.scoring.movement import Fact
from core.scoring.movement import Form as Questions
from core.scoring.movement import FormField as Question
from core.web.forms import DateField, Form, LineField, MoneyField, NumberField, TextField
from core.web.sentences import say

PREFIX = "f-"
YES, NO = "co", "khong"
# Beyond so many choices a list is shorter than buttons on a phone.
LONGEST_RADIOS = 6


def options(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Return (value, words) pairs as WTForms wants its choices."""
    return [SelectChoice(value, label) for value, label in pairs]


class Mark:
    """Tells the label that an answer is required; whether it is there is asked at filing, so drafts stay savable."""

    field_flags: dict[str, Any]

    def __init__(self) -> None:
        self.field_flags = {"required": True}

    def __call__(self, _form: Any, _field: Any) -> None:
        """Accept everything."""


class OneOf(RadioField):
    """One of a few choices, or none yet."""

    data: Any

    def pre_validate(self, form: Any) -> None:
        """Accept no answer; a value that was not offered counts as none."""
        if self.data and self.data not in {choice.value for choice in self.iter_choices()}:
            self.data = None


class OneOfMany(SelectField):
    """One of many choices, or none yet."""

    data: Any

    def pre_validate(self, form: Any) -> None:
        """Accept no answer; a value that was not offered counts as none."""
        if self.data and self.data not in {choice.value for choice in self.iter_choices()}:
            self.data = None


class Several(SelectMultipleField):
    """Any number of choices, as boxes."""

    option_widget = CheckboxInput()
    data: Any

    def pre_validate(self, form: Any) -> None:
        """Drop values that were not offered."""
        offered = {choice.value for choice in self.iter_choices()}
        self.data = [value for value in self.data or [] if value in offered]


class SectionForm(Form):
    """One step of an entry's form; made by `build_form`."""

    questions: Questions
    section: Section
    subject: Subject
    first_use: frozenset[str]

    def field_of(self, question: Question) -> Field:
        """Return the box of a question."""
        return self[PREFIX + question.id]

    def stored(self) -> dict[str, Any]:
        """Return the answers as they are kept; text without a meaning as {"typed": text}."""
        found: dict[str, Any] = {}
        for question in self.section.fields:
            if question.kind == "file":
                continue
            field = self.field_of(question)
            typed = getattr(field, "typed", None)
            if field.process_errors and typed:
                found[question.id] = {"typed": typed}
            elif question.kind == "yesno":
                found[question.id] = {YES: True, NO: False}.get(field.data)
            else:
                found[question.id] = answers.stored_of(question, field.data)
        return found

    def files(self) -> list[tuple[Question, FileStorage]]:
        """Return the chosen files with their questions."""
        return [
            (question, file)
            for question in self.section.file_fields
            for file in self.field_of(question).data or []
            if isinstance(file, FileStorage) and file.filename
        ]

    def check(self, kept: Mapping[str, Any], counts: Mapping[str, int], *, today: date, strict: bool) -> bool:
        """Put what is wrong beside the questions and return whether nothing is.

        :param kept: the entry's answers, for questions that hang on those of other steps.
        :param strict: also say what is missing; a draft may be saved without it.
        """
        self.validate()
        stored = self.stored()
        merged = {**kept, **stored}
        if self.section.has_title:
            self._check_title(strict)
        for question in self.section.fields:
            field = self.field_of(question)
            field.errors = []
            if not answers.is_asked(question, self.questions, merged):
                continue
            problem = answers.problem_of(
                question, stored.get(question.id), counts.get(question.id, 0), today, question.id in self.first_use
            )
            if problem is not None and (strict or not isinstance(problem, AnswerMissing | FilesMissing)):
                field.errors = [say(problem)]
        return not self.errors

    def _check_title(self, strict: bool) -> None:
        try:
            check_title(self["title"].data or "", self.subject)
        except DomainError as error:
            if strict or not isinstance(error, TitleMissing):
                self["title"].errors = [say(error)]


def build_form(
    questions: Questions, section: Section, *, subject: Subject, first_use: frozenset[str] = frozenset()
) -> type[SectionForm]:
    """Return the form class of one step. Boxes are named `f-<id of the question>`, the title `title`."""
    fields: dict[str, Any] = {}
    if section.has_title:
        fields["title"] = LineField(
            words.title_label(subject),
            [Mark()],
            description=_("Ngắn gọn. Ví dụ: Cải tiến giàn héo chè để sấy nhanh hơn")
            if subject == Subject.INITIATIVE
            else _("Ngắn gọn. Ví dụ: Gộp ba mẫu báo cáo thành một"),
            render_kw={"data-max": TITLE_LIMIT_CHARS},
        )
    for question in section.fields:
        fields[PREFIX + question.id] = _box(question)
    kept = {"questions": questions, "section": section, "subject": subject, "first_use": first_use}
    return type("SectionForm", (SectionForm,), fields | kept)


def _box(question: Question) -> Any:
    """Return the unbound field of a question."""
    common: dict[str, Any] = {
        "label": question.title,
        "validators": [Mark()] if question.required else [],
        "description": question.help,
    }
    if question.max_length is not None:
        common["render_kw"] = {"data-max": question.max_length}
    choices = [(choice.id, choice.title) for choice in question.choices]
    match question.kind:
        case "longtext":
            return TextField(**common)
        case "number":
            return NumberField(**common)
        case "money":
            return MoneyField(**common)
        case "date":
            return DateField(**common)
        case "yesno":
            return OneOf(choices=options([(YES, _("Có")), (NO, _("Không"))]), **common)
        case "choice" if len(choices) <= LONGEST_RADIOS:
            return OneOf(choices=options(choices), **common)
        case "choice":
            return OneOfMany(choices=options([("", _("Chọn một mục")), *choices]), **common)
        case "choices":
            return Several(choices=options(choices), **common)
        case "file":
            return MultipleFileField(**common)
        case _:
            return LineField(**common)


def fill_form(kind: type[SectionForm], stored: Mapping[str, Any], title: str) -> SectionForm:
    """Return the form showing stored answers; text without a meaning stands in its box as it was typed."""
    data: dict[str, Any] = {"title": title}
    for question in kind.section.fields:
        value = answers.value_of(question, stored.get(question.id)) if question.kind != "file" else None
        if isinstance(value, bool):
            value = YES if value else NO
        data[PREFIX + question.id] = value
    form = kind(formdata=None, data=data)
    for question in kind.section.fields:
        kept = stored.get(question.id)
        if isinstance(kept, dict):
            form.field_of(question).typed = kept.get("typed", "")
    return form


def show_if(question: Question) -> str | None:
    """Return the condition of a question in the words of the page's script: `f-<id>=<value>`."""
    condition = question.show_if
    if condition is None:
        return None
    value = {True: YES, False: NO}.get(condition.is_) if isinstance(condition.is_, bool) else condition.is_
    return f"{PREFIX}{condition.field}={value}"


# --- Authors ------------------------------------------------------------------------------------------------------


class AuthorForm(Form):
    """One author: a colleague by name or member code, or anybody by name."""

    name = LineField(_l("Họ và tên hoặc mã đoàn viên"), [Mark()])
    workplace = LineField(_l("Nơi làm việc"))
    share = NumberField(_l("Tỷ lệ đóng góp"), [Mark()])


class AuthorsForm(Form):
    """The authors. Who leads is one radio group across the rows, its value the name of the row."""

    authors = FieldList(FormField(AuthorForm))

    def filled(self) -> list[Any]:
        """Return the rows in which something was typed."""
        return [
            row
            for row in self.authors
            if row["name"].data or row["share"].typed or row["share"].data is not None or row["workplace"].data
        ]


# --- Decisions of offices -----------------------------------------------------------------------------------------

FACT = "fact-"


def fact_fields(facts: Sequence[Fact]) -> dict[str, Any]:
    """Return boxes for facts, named `fact-<id>`."""
    fields: dict[str, Any] = {}
    for fact in facts:
        marks = [Mark()] if fact.default is None else []
        if fact.kind == "yesno":
            yes_or_no = options([("true", _("Có")), ("false", _("Không"))])
            fields[FACT + fact.id] = OneOf(fact.title, marks, choices=yes_or_no)
        elif fact.kind == "choice":
            choices = options((choice.id, choice.title) for choice in fact.choices)
            fields[FACT + fact.id] = OneOf(fact.title, marks, choices=choices)
        else:
            fields[FACT + fact.id] = LineField(fact.title, marks)
    return fields


def fact_values(form: Form, facts: Sequence[Fact]) -> dict[str, str]:
    """Return what was typed for each fact that was answered."""
    return {fact.id: form[FACT + fact.id].data for fact in facts if form[FACT + fact.id].data}


class DecisionForm(Form):
    """What an officer decides about an entry; made by `decision_form`."""

    decision = RadioField(
        _l("Quyết định"),
        choices=options(
            [
                ("endorse", _l("Xác nhận")),
                ("return", _l("Trả lại để bổ sung")),
                ("refuse", _l("Không xác nhận")),
            ]
        ),
        default="endorse",
    )
    reasons = Several(_l("Lý do (chọn hết những chỗ cần sửa)"))
    refusals = Several(_l("Lý do không xác nhận"))
    note = TextField(_l("Ghi rõ thêm cho người nộp"))
    due_on = DateField(_l("Hạn bổ sung"))


def decision_form(facts: Sequence[Fact], *, next_office: str) -> DecisionForm:
    """Return the officer's form: endorse and pass on to `next_office`, return, or refuse."""
    kind = type("Decision", (DecisionForm,), fact_fields(facts))
    form: DecisionForm = kind()
    form.decision.choices = options(
        [
            ("endorse", _("Xác nhận và chuyển lên %(office)s", office=next_office)),
            ("return", _("Trả lại để bổ sung")),
            ("refuse", _("Không xác nhận")),
        ]
    )
    form.reasons.choices = options((code, text()) for code, text in words.RETURN_REASONS.items())
    form.refusals.choices = options((code, text()) for code, text in words.REFUSE_REASONS.items())
    return form


class ReturnForm(Form):
    """Why the organiser sends entries back, and until when."""

    reasons = Several(_l("Lý do (chọn hết những chỗ cần sửa)"), [Mark()])
    note = TextField(_l("Ghi rõ thêm cho người nộp"))
    due_on = DateField(_l("Hạn bổ sung"))


class IneligibleForm(Form):
    """Why an entry may not take part. It stands on one page with ReturnForm, so its boxes have ids of their own."""

    reasons = Several(_l("Lý do"), [Mark()], id="ineligible-reasons")
    note = TextField(_l("Ghi rõ thêm cho người nộp"), id="ineligible-note")


def with_reasons(form: Any, reasons: Mapping[str, words.Text]) -> Any:
    """Return the form with its reasons to choose from."""
    form.reasons.choices = options((code, text()) for code, text in reasons.items())
    return form


def with_note(reasons: Sequence[str], note: str) -> list[str]:
    """Return the reasons, with «Khác» where only words were given."""
    chosen = list(reasons)
    return chosen if chosen or not note.strip() else ["other"]


def facts_form(
    facts: Sequence[Fact], *, known: Mapping[str, str], fields: Sequence[tuple[str, str]], field: str
) -> Form:
    """Return the organiser's form of facts and field of work, showing what is known."""
    boxes = fact_fields(facts)
    if fields:
        boxes["work_field"] = OneOfMany(_("Lĩnh vực"), choices=options(fields))
    data = {FACT + name: value for name, value in known.items()} | {"work_field": field}
    form: Form = type("FactsForm", (Form,), boxes)(data=data)
    return form


class PledgeForm(Form):
    """The pledge that stands above «Nộp hồ sơ»."""

    pledge = BooleanField(_l("Tôi cam kết nội dung trên đúng sự thật và là của tôi/nhóm tôi."), [Mark()])
