"""Answers to a movement's questions as values: what is asked, what is missing, what a stored answer means.

Stored answers are canonical: text as str, numbers and money as decimal strings, days as ISO dates, a choice as its id,
several as a list of ids, yes and no as bool. Text that has no meaning for its question is kept as {"typed": text}, so
that nothing typed is ever lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from core.entries.rules import AnswerMissing, AnswerOutOfRange, AnswerUnreadable, DayInFuture, FilesMissing
from core.errors import DomainError
from core.scoring.facts import facts_read
from core.scoring.movement import Eligibility, Fact, Form, FormField, Sheet, ShowIf
from core.vietnamese.numbers import parse_decimal

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """One step of the form. `number` counts from 1; the core's own questions stand in one section each."""

    number: int
    title: str
    fields: tuple[FormField, ...]
    has_title: bool = False
    has_authors: bool = False

    @property
    def file_fields(self) -> tuple[FormField, ...]:
        """The questions of this step that take files."""
        return tuple(field for field in self.fields if field.kind == "file")


def sections(form: Form) -> list[Section]:
    """Return the steps of a form in the order in which their titles first appear.

    Authors are asked in the first step, the title of the entry in the one after them (in the first where no authors
    are asked, or where there is one step only).
    """
    titles = list(dict.fromkeys(field.section for field in form.fields)) or [""]
    title_at = 1 if form.authors is not None and len(titles) > 1 else 0
    return [
        Section(
            number=place + 1,
            title=title,
            fields=tuple(field for field in form.fields if field.section == title),
            has_title=place == title_at,
            has_authors=place == 0 and form.authors is not None,
        )
        for place, title in enumerate(titles)
    ]


def value_of(field: FormField, stored: Any) -> Any:
    """Return what a stored answer means: str, Decimal, date, bool or list of str; None where it means nothing."""
    if stored is None or isinstance(stored, dict):
        return None
    if field.kind in {"number", "money"}:
        return Decimal(stored)
    if field.kind == "date":
        return date.fromisoformat(stored)
    return stored


def stored_of(field: FormField, value: Any) -> Any:
    """Return the canonical form of a value, the way back of `value_of`; None stays None."""
    if value is None or value in ("", []):
        return None
    if field.kind in {"number", "money"}:
        plain = f"{Decimal(value):f}"
        return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"
    if field.kind == "date":
        return value.isoformat()
    if field.kind == "yesno":
        return bool(value)
    return list(value) if field.kind == "choices" else value


def is_asked(field: FormField, form: Form, answers: Answers) -> bool:
    """Whether the question shows, given the answers before it; a hidden question hides those that hang on it."""
    condition: ShowIf | None = field.show_if
    if condition is None:
        return True
    parent = next((other for other in form.fields if other.id == condition.field), None)
    return (
        parent is not None and is_asked(parent, form, answers) and equals(parent, answers.get(parent.id), condition.is_)
    )


def equals(field: FormField, stored: Any, wanted: Any) -> bool:
    """Whether a stored answer is the wanted value; for several choices, whether it is among them."""
    value = value_of(field, stored)
    if value is None:
        return False
    if isinstance(value, list):
        return wanted in value
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    return bool(value == wanted)


def asked(form: Form, answers: Answers) -> Iterator[FormField]:
    """Yield the questions that show, in form order."""
    return (field for field in form.fields if is_asked(field, form, answers))


def problems(
    form: Form, answers: Answers, files: Mapping[str, int], *, today: date, first_use: frozenset[str] = frozenset()
) -> list[DomainError]:
    """Return what stands against these answers, in form order.

    :param files: number of attached files by question.
    :param first_use: date questions that ask when use began; such a day cannot lie ahead.
    """
    found: list[DomainError] = []
    for field in asked(form, answers):
        problem = problem_of(field, answers.get(field.id), files.get(field.id, 0), today, field.id in first_use)
        if problem is not None:
            found.append(problem)
    return found


def problem_of(field: FormField, stored: Any, files: int, today: date, is_first_use: bool) -> DomainError | None:
    """Return what stands against one answer, or None."""
    facts = {"field": field.id, "title": field.title, "kind": field.kind, "is_first_use": is_first_use}
    if field.kind == "file":
        return FilesMissing(**facts) if field.required and not files else None
    if isinstance(stored, dict):
        return AnswerUnreadable(typed=stored.get("typed", ""), **facts)
    value = value_of(field, stored)
    if value is None or value in ("", []):
        return AnswerMissing(**facts) if field.required else None
    if isinstance(value, str) and field.max_length is not None and len(value) > field.max_length:
        return AnswerOutOfRange(length=len(value), low=None, high=field.max_length, **facts)
    if isinstance(value, Decimal) and not _within(value, field):
        return AnswerOutOfRange(length=None, low=field.min, high=field.max, **facts)
    if field.choices and not set(value if isinstance(value, list) else [value]) <= {c.id for c in field.choices}:
        return AnswerMissing(**facts)
    if is_first_use and isinstance(value, date) and value > today:
        return DayInFuture(**facts)
    return None


def _within(value: Decimal, field: FormField) -> bool:
    return (field.min is None or value >= field.min) and (field.max is None or value <= field.max)


def first_use_fields(rules: Sequence[Eligibility]) -> frozenset[str]:
    """Return the date questions that ask when use began: those a time limit counts from."""
    return frozenset(rule.field for rule in rules if rule.test == "within_months" and rule.field)


def with_evidence(form: Form, sheets: Sequence[Sheet]) -> Form:
    """Return the form with one more question for files, in the last step, per criterion that asks for evidence."""
    last = form.fields[-1].section if form.fields else ""
    evidence = [
        FormField(
            id=criterion.id, title=criterion.title, help="; ".join(criterion.evidence), section=last, kind="file",
            required=True,
        )
        for sheet in sheets
        for criterion in sheet.walk()
        if criterion.evidence
    ]  # fmt: skip
    return replace(form, fields=(*form.fields, *evidence)) if evidence else form


def work_field(form: Form) -> FormField | None:
    """Return the question whose choices are the fields of work (lĩnh vực) that panels and quotas go by.

    It is the question with the id «linh-vuc», else the first choice that must be answered.
    """
    choices = [field for field in form.fields if field.kind == "choice"]
    named = next((field for field in choices if field.id == "linh-vuc"), None)
    return named or next((field for field in choices if field.required), None)


def relevant_facts(facts: Sequence[Fact], sheets: Sequence[Sheet], subject: str) -> list[Fact]:
    """Return the facts that matter for a subject: those its sheets use, and those that no sheet uses."""
    used = {sheet.id: facts_read(sheet) for sheet in sheets}
    own = set().union(*(used[sheet.id] for sheet in sheets if sheet.subject == subject))
    anywhere = set().union(*used.values())
    return [fact for fact in facts if fact.id in own or fact.id not in anywhere]


def fact_text(fact: Fact, typed: str) -> str | None:
    """Return the stored text of a typed value of a fact («true», «12», «cao»), or None where it does not fit.

    Counts are whole; numbers and counts keep the fact's lower bound.
    """
    if fact.kind == "yesno":
        return typed if typed in {"true", "false"} else None
    if fact.kind == "choice":
        return typed if typed in {choice.id for choice in fact.choices} else None
    try:
        number = parse_decimal(typed)
    except DomainError:
        return None
    if number < fact.min or (fact.kind == "count" and number != number.to_integral_value()):
        return None
    return f"{number.normalize():f}" if number else "0"
