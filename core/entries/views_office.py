"""What an office may do on the page of an entry: the forms beside its content, and the pages they are sent to."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _

from core.accounts import policy
from core.entries import answers, checks, forms, reading, service, words
from core.entries.blueprint import bp
from core.entries.models import Entry
from core.entries.rules import FactMissing, FactUnreadable, ReasonMissing
from core.scoring.movement import Fact
from core.vietnamese.dates import from_local, local_date
from core.web import requests
from core.web.access import actor, requires
from core.web.sentences import say

Answer = str | tuple[str, int] | Response


def office_context(entry: Entry) -> dict[str, Any]:
    """Return the forms that the reader may use on this entry, None where one may not."""
    may = {
        verb: policy.allows(actor(), f"entry.{verb}", entry)
        for verb in ("endorse", "receive", "return", "find_ineligible")
    }
    unit_facts, organiser_facts = checks.facts_by(entry, "unit"), checks.facts_by(entry, "organiser")
    may_set = may["receive"] or policy.allows(actor(), "fact.set", entry)
    is_office = may["endorse"] or may["receive"] or may_set
    known = {one.fact_id: one.value for one in entry.facts}
    return {
        "decision": _decision(entry, unit_facts) if may["endorse"] else None,
        "unit_facts": unit_facts,
        "facts": _organiser_form(entry) if may_set else None,
        "may_receive": may["receive"],
        "returning": _return_form() if may["return"] and not may["endorse"] else None,
        "refusing": _ineligible_form() if may["find_ineligible"] else None,
        "fact_lines": [
            (fact.title, words.fact_value_text(fact, known[fact.id]))
            for fact in (*unit_facts, *organiser_facts)
            if fact.id in known
        ]
        if is_office
        else [],
        "fact_prefix": forms.FACT,
        "unconfirmed": [one for one in entry.authorships if one.confirmed_at is None] if is_office else [],
        "failed": [rule.title for rule in _warnings(entry)] if is_office else [],
    }


def entry_page(entry: Entry, allowed: frozenset[str], *, status: int = 200, **forms: Any) -> Answer:
    """Return the page of a filed entry; `forms` replaces forms that came back with errors."""
    mine_to_confirm = next(
        (one for one in entry.authorships if one.person_id == actor().person_id and one.confirmed_at is None), None
    )
    page = render_template(
        "entries/show.html",
        entry=entry,
        state=words.public_state(entry, entry.season, actor()),
        parts=reading.parts(entry, allowed, empty=False),
        authors=reading.author_lines(entry),
        timeline=reading.timeline(entry, actor()),
        skipped=reading.skipped_levels(entry),
        todo=reading.todo(entry),
        to_confirm=mine_to_confirm,
        **{**office_context(entry), **forms},
    )
    return page if status == 200 else (page, status)


def _warnings(entry: Entry) -> list[Any]:
    on = requests.now() if entry.submitted_at is None else entry.submitted_at
    return [rule for rule in checks.failed_conditions(entry, local_date(on)) if rule.effect == "warn"]


def _decision(entry: Entry, facts: list[Fact]) -> forms.DecisionForm:
    return forms.decision_form(facts, next_office=next_office(entry))


def next_office(entry: Entry) -> str:
    """Return the name of the office that an endorsement hands the entry to."""
    following = [level for level in entry.route[entry.route_index + 1 :] if not level["skipped"]]
    return following[0]["name"] if following else entry.season.owner_unit.name


def _return_form() -> forms.ReturnForm:
    form: forms.ReturnForm = forms.with_reasons(forms.ReturnForm(), words.RETURN_REASONS)
    return form


def _ineligible_form() -> forms.IneligibleForm:
    form: forms.IneligibleForm = forms.with_reasons(forms.IneligibleForm(), words.INELIGIBLE_REASONS)
    return form


def _organiser_form(entry: Entry) -> Any:
    question = answers.work_field(checks.form_of(entry))
    fields = [(choice.id, choice.title) for choice in question.choices] if question is not None else []
    known = {one.fact_id: one.value for one in entry.facts}
    facts = settable(entry)
    values = {fact.id: known[fact.id] for fact in facts if fact.id in known}
    return forms.facts_form(facts, known=values, fields=fields, field=entry.field)


def settable(entry: Entry) -> list[Fact]:
    """Return the facts the organiser may set: its own, and the unit's where no unit was asked."""
    unit = [] if any(not level["skipped"] for level in entry.route) else checks.facts_by(entry, "unit")
    return [*checks.facts_by(entry, "organiser"), *unit]


def due(form: Any) -> Any:
    """Return the end of the day chosen for completing an entry, or None."""
    return from_local(form.due_on.data, time(17, 0)) if form.due_on.data is not None else None


def _again(entry: Entry, **changed: Any) -> Answer:
    """Return the entry's page with a form that came back."""
    return entry_page(entry, policy.fields(actor(), entry), status=422, page_errors=True, **changed)


# --- The officer --------------------------------------------------------------------------------------------------


@bp.post("/ho-so/<public_id>/quyet-dinh")
@requires("entry.endorse", Entry)
def decide(*, subject: Entry) -> Answer:
    """Do what the officer decided: endorse, return with every reason, or refuse."""
    facts = checks.facts_by(subject, "unit")
    form = _decision(subject, facts)
    form.validate()
    common: dict[str, Any] = {"actor": actor(), "at": requests.now()}
    note = form.note.data or ""
    if form.due_on.process_errors:
        return _again(subject, decision=form)
    if form.decision.data not in DECISIONS:
        form.decision.errors = [_("Chọn xác nhận, trả lại hoặc không xác nhận")]
        return _again(subject, decision=form)
    # Endorsing, returning and refusing are verbs of their own: the page opens by the first, each asks for itself.
    policy.require(actor(), DECISIONS[form.decision.data], subject)
    try:
        if form.decision.data == "return":
            reasons = forms.with_note(form.reasons.data, note)
            service.return_(subject, reasons=reasons, note=note, due_at=due(form), **common)
        elif form.decision.data == "refuse":
            reasons = forms.with_note(form.refusals.data, note)
            service.refuse(subject, reasons=reasons, note=note, **common)
        else:
            service.endorse(subject, facts=forms.fact_values(form, facts), **common)
    except ReasonMissing as error:
        field = form.reasons if form.decision.data == "return" else form.refusals
        field.errors = [say(error)]
        return _again(subject, decision=form)
    except (FactMissing, FactUnreadable) as error:
        form[forms.FACT + error.fact].errors = [say(error)]
        return _again(subject, decision=form)
    return requests.finish(_after_decision(subject, form.decision.data))


DECISIONS = {"endorse": "entry.endorse", "return": "entry.return", "refuse": "entry.refuse"}


def _after_decision(entry: Entry, decision: str) -> str:
    title = words.display_title(entry)
    if decision == "endorse":
        return url_for("entries.queue", xong=moment(requests.now()))
    if decision == "return":
        flash(_("Đã trả lại hồ sơ «%(title)s» để bổ sung.", title=title), "ok")
    else:
        flash(_("Đã ghi: không xác nhận hồ sơ «%(title)s».", title=title), "ok")
    return url_for("entries.queue")


def moment(at: Any) -> str:
    """Return an instant as it stands in an address, exact to the microsecond."""
    return f"{at:%Y%m%d%H%M%S%f}"


def holder_names(entries: list[Entry]) -> str:
    """Return where entries went, in words: the one office's name, else «công đoàn cấp trên trực tiếp»."""
    names = {
        entry.holder_unit.name if entry.holder_unit is not None else entry.season.owner_unit.name for entry in entries
    }
    return names.pop() if len(names) == 1 else _("công đoàn cấp trên trực tiếp")


def chosen(public_ids: list[str]) -> list[str]:
    """Return the ids that were ticked, each once, at most a page of them."""
    return list(dict.fromkeys(public_ids))[:100]


# --- The organiser ------------------------------------------------------------------------------------------------


@bp.post("/ho-so/<public_id>/tiep-nhan")
@requires("entry.receive", Entry)
def receive(*, subject: Entry) -> Answer:
    """Take an entry into the season, with the organiser's facts and field."""
    form = _organiser_form(subject)
    field = request.form.get("work_field") or None
    try:
        service.receive(subject, actor=actor(), at=requests.now(), field=field)
        for fact_id, value in forms.fact_values(form, settable(subject)).items():
            service.set_fact(subject, fact_id, value, actor=actor(), at=requests.now())
    except FactUnreadable as error:
        return _fact_error(subject, form, error)
    flash(_("Đã tiếp nhận hồ sơ %(code)s.", code=subject.code), "ok")
    return requests.finish(_back_to_table(subject))


def _fact_error(entry: Entry, form: Any, error: FactUnreadable) -> Answer:
    name = "work_field" if error.fact == "field" else forms.FACT + error.fact
    if name in form:
        form[name].errors = [say(error)]
    return _again(entry, facts=form)


def _back_to_table(entry: Entry) -> str:
    return url_for("entries.of_season", public_id=entry.season.public_id, trang_thai="endorsed")


@bp.post("/ho-so/<public_id>/thong-tin")
@requires("fact.set", Entry)
def set_facts(*, subject: Entry) -> Answer:
    """Set the organiser's facts and field of an entry that was received."""
    form = _organiser_form(subject)
    try:
        for fact_id, value in forms.fact_values(form, settable(subject)).items():
            service.set_fact(subject, fact_id, value, actor=actor(), at=requests.now())
        if request.form.get("work_field"):
            service.set_field(subject, request.form["work_field"], actor=actor(), at=requests.now())
    except FactUnreadable as error:
        return _fact_error(subject, form, error)
    flash(_("Đã ghi thông tin của hồ sơ."), "ok")
    return requests.finish(url_for("entries.show", public_id=subject.public_id))


@bp.post("/ho-so/<public_id>/tra-lai")
@requires("entry.return", Entry)
def return_entry(*, subject: Entry) -> Answer:
    """Send an entry back from the organiser, with every reason."""
    form = _return_form()
    form.validate()
    note = form.note.data or ""
    if form.due_on.process_errors:
        return _again(subject, returning=form)
    try:
        service.return_(
            subject, actor=actor(), at=requests.now(), reasons=forms.with_note(form.reasons.data, note), note=note,
            due_at=due(form),
        )  # fmt: skip
    except ReasonMissing as error:
        form.reasons.errors = [say(error)]
        return _again(subject, returning=form)
    flash(_("Đã trả lại hồ sơ «%(title)s» để bổ sung.", title=words.display_title(subject)), "ok")
    return requests.finish(_back_to_table(subject))


@bp.post("/ho-so/<public_id>/khong-du-dieu-kien")
@requires("entry.find_ineligible", Entry)
def find_ineligible(*, subject: Entry) -> Answer:
    """Find that an entry may not take part, with reasons its author reads."""
    form = _ineligible_form()
    form.validate()
    note = form.note.data or ""
    try:
        service.find_ineligible(
            subject, actor=actor(), at=requests.now(), reasons=forms.with_note(form.reasons.data, note), note=note
        )
    except ReasonMissing as error:
        form.reasons.errors = [say(error)]
        return _again(subject, refusing=form)
    flash(_("Đã ghi: hồ sơ %(code)s không đủ điều kiện.", code=subject.code), "ok")
    return requests.finish(_back_to_table(subject))
