"""Filling in and filing: the steps of the form, saving by itself, check and «Nộp hồ sơ», receipt (P4 to P6)."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from core.accounts.rules import NotFoundHere
from core.entries import answers, checks, forms, queries, reading, service
from core.entries.blueprint import bp
from core.entries.drafts import check_author_rows
from core.entries.models import Entry
from core.entries.rules import (
    AuthorsMissing,
    AuthorUnclear,
    EligibilityNo,
    LeadMissing,
    PledgeMissing,
    ShareSumWrong,
    StaleRevision,
    TitleMissing,
    TitleTooLong,
    TooManyAuthors,
    check_shares,
)
from core.entries.views_files import editable_again, keep, section_of
from core.errors import DomainError
from core.extensions import db
from core.scoring.movement import Authors
from core.seasons.frozen import rules_of
from core.vietnamese.dates import format_time, local_date
from core.web import requests, times
from core.web.access import actor, requires
from core.web.sentences import say

Answer = str | tuple[str, int] | Response
AUTHOR_PROBLEMS = (AuthorsMissing, TooManyAuthors, ShareSumWrong, LeadMissing, AuthorUnclear)


# --- The list of steps --------------------------------------------------------------------------------------------


def tasks_page(entry: Entry) -> str:
    """Return the list of steps with how far each is, and what is missing."""
    problems = content_list(entry)
    steps = [_step(entry, section, problems) for section in answers.sections(checks.form_of(entry))]
    deadline = checks.deadline_of(entry)
    return render_template(
        "entries/tasks.html",
        entry=entry,
        steps=steps,
        done=sum(step["is_done"] for step in steps),
        problems=problems,
        deadline=deadline,
        left=times.left(deadline, requests.now()) if deadline is not None else "",
        todo=reading.todo(entry),
    )


def _step(entry: Entry, section: answers.Section, problems: list[dict[str, Any]]) -> dict[str, Any]:
    files = checks.files_by_field(entry)
    is_begun = any(field.id in entry.answers or files.get(field.id) for field in section.fields)
    is_begun = is_begun or (section.has_title and bool(entry.title))
    missing = [one for one in problems if one["number"] == section.number]
    has_required = any(field.required for field in section.fields) or section.has_title or section.has_authors
    if missing:
        status, kind = (_("Đang làm"), "info") if is_begun else (_("Chưa làm"), "neutral")
    elif is_begun or has_required:
        status, kind = _("Đã xong"), "ok"
    else:
        status, kind = _("Có thể bỏ qua"), "neutral"
    return {
        "label": section.title or _("Nội dung"),
        "url": url_for("entries.section", public_id=entry.public_id, number=section.number),
        "status": status,
        "kind": kind,
        "is_done": not missing,
    }


def content_list(entry: Entry) -> list[dict[str, Any]]:
    """Return what stands against filing, each with its words, the step to mend it in and the link there."""
    return [located(entry, problem) for problem in checks.content_problems(entry, on=local_date(requests.now()))]


def located(entry: Entry, problem: DomainError) -> dict[str, Any]:
    """Return a problem with its words and the place where it is mended."""
    number, anchor = _place(entry, problem)
    if isinstance(problem, EligibilityNo):
        draft: dict[str, Any] = {"ho-so": entry.public_id}
        url = url_for("entries.start", public_id=entry.season.public_id, **draft)
    elif isinstance(problem, PledgeMissing):
        url = "#pledge"
    else:
        url = url_for("entries.section", public_id=entry.public_id, number=number, ve="kiem-tra") + f"#{anchor}"
    return {"text": say(problem), "url": url, "number": number, "problem": problem}


def _place(entry: Entry, problem: DomainError) -> tuple[int, str]:
    if isinstance(problem, PledgeMissing | EligibilityNo):
        return 0, "pledge"
    if isinstance(problem, TitleMissing | TitleTooLong):
        return section_of(entry, "title"), "title"
    if isinstance(problem, AUTHOR_PROBLEMS):
        return 1, "tac-gia"
    field_id = str(problem.facts.get("field") or "")
    field = next((one for one in checks.form_of(entry).fields if one.id == field_id), None)
    anchor = forms.PREFIX + field_id
    if (
        field is not None
        and field.kind in {"choice", "yesno", "choices"}
        and len(field.choices) <= forms.LONGEST_RADIOS
    ):
        anchor += "-0"
    return section_of(entry, field_id), anchor


# --- One step -----------------------------------------------------------------------------------------------------


def _section(entry: Entry, number: int) -> answers.Section:
    found = answers.sections(checks.form_of(entry))
    if not 1 <= number <= len(found):
        raise NotFoundHere()
    return found[number - 1]


def _form_class(entry: Entry, section: answers.Section) -> type[forms.SectionForm]:
    first_use = answers.first_use_fields(rules_of(entry.season).movement.eligibility)
    return forms.build_form(checks.form_of(entry), section, subject=entry.subject, first_use=first_use)


@bp.get("/ho-so/<public_id>/phan/<int:number>")
@requires("entry.edit", Entry)
def section(*, subject: Entry, number: int) -> Answer:
    """Show one step; on the way back from the check, with what is missing in it."""
    part = _section(subject, number)
    form = forms.fill_form(_form_class(subject, part), subject.answers, subject.title)
    errors: list[tuple[str, str]] = []
    if request.args.get("ve") == "kiem-tra":
        errors = _show_problems(subject, part, form)
    return _page(subject, part, form, _authors_shown(subject), errors)


def _show_problems(entry: Entry, part: answers.Section, form: forms.SectionForm) -> list[tuple[str, str]]:
    """Put what is missing beside its question; return what belongs to the authors."""
    loose = []
    for one in content_list(entry):
        if one["number"] != part.number:
            continue
        problem = one["problem"]
        name = (
            "title"
            if isinstance(problem, TitleMissing | TitleTooLong)
            else forms.PREFIX + str(problem.facts.get("field") or "")
        )
        if name in form:
            form[name].errors = [*form[name].errors, one["text"]]
        else:
            loose.append((one["text"], "#tac-gia"))
    return loose


def _authors_shown(entry: Entry) -> forms.AuthorsForm:
    rows = [{"name": one.full_name, "workplace": one.workplace, "share": one.share} for one in entry.authorships]
    return forms.AuthorsForm(formdata=None, data={"authors": rows or [{}]})


def _page(
    entry: Entry, part: answers.Section, form: forms.SectionForm, authors: forms.AuthorsForm,
    errors: list[tuple[str, str]], *, lead: str | None = None, newer: str = "",
) -> str:  # fmt: skip
    everything = answers.sections(checks.form_of(entry))
    leads = [row.name for row, one in zip(authors.authors, entry.authorships, strict=False) if one.is_lead]
    deadline = checks.deadline_of(entry)
    return render_template(
        "entries/section.html",
        entry=entry,
        section=part,
        total=len(everything),
        form=form,
        authors=authors,
        lead=lead if lead is not None else (leads[0] if leads else ""),
        errors=errors,
        page_errors=bool(errors),
        show_if=forms.show_if,
        prefix=forms.PREFIX,
        suggest_url=url_for("entries.suggest_authors", public_id=entry.public_id),
        upload_url=lambda question: url_for("entries.upload", public_id=entry.public_id, cau=question),
        back=request.values.get("ve", ""),
        newer=newer,
        authors_rule=rules_of(entry.season).form.authors,
        max_mb=current_app.extensions["thidua_settings"].max_upload_mb,
        is_last_hour=deadline is not None and 0 <= (deadline - requests.now()).total_seconds() < 3600,
        deadline=deadline,
        accept=",".join(f".{extension}" for field in part.file_fields for extension in field.extensions) or None,
    )


@bp.post("/ho-so/<public_id>/phan/<int:number>")
@requires("entry.edit", Entry, late=True)
def save_section(*, subject: Entry, number: int) -> Answer:
    """Keep one step, incomplete too; what cannot be kept comes back as it was typed, with the reason beside it."""
    part = _section(subject, number)
    form = _form_class(subject, part)()
    authors = forms.AuthorsForm()
    lead = request.form.get("lead", "")
    if _changed_rows(authors):
        form.check(subject.answers, {}, today=local_date(requests.now()), strict=False)
        for field in form:
            field.errors = []
        return _page(subject, part, form, authors, [], lead=lead)
    is_good = form.check(subject.answers, {}, today=local_date(requests.now()), strict=False)
    rows, errors = _author_rows(subject, part, authors, lead)
    if not is_good or errors:
        return _page(subject, part, form, authors, errors, lead=lead), 422
    kept, refused = _keep_files(form)
    entry_id = subject.id
    if (early := requests.start_writing()) is not None:
        return early
    entry = editable_again(entry_id)
    try:
        service.check_revision(entry, request.form.get("revision", type=int))
        _save(entry, part, form, rows)
        for question, (name, facts, preview) in kept:
            service.attach(
                entry, field_id=question.id, filename=name, facts=facts, preview_sha256=preview,
                by=actor().account_id, at=requests.now(),
            )  # fmt: skip
    except StaleRevision as error:
        return _page(entry, part, form, authors, [], lead=lead, newer=format_time(error.saved_at)), 409
    except DomainError as error:
        return _page(entry, part, form, authors, [(say(error), "#tep")], lead=lead), 422
    if refused:
        # What was good is kept: nobody sends four photos again because the fifth was broken.
        requests.finish(url_for("entries.section", public_id=entry.public_id, number=part.number))
        for field, text in refused:
            field.errors = [*field.errors, text]
        return _page(entry, part, form, authors, [], lead=lead), 422
    return requests.finish(_next_url(entry, part))


def _next_url(entry: Entry, part: answers.Section) -> str:
    """Return where «Lưu và tiếp tục» leads: back to the check, to the next step, or from the last one to the check."""
    if "o-lai" in request.form:
        return url_for("entries.section", public_id=entry.public_id, number=part.number)
    total = len(answers.sections(checks.form_of(entry)))
    if request.form.get("ve") == "kiem-tra" or part.number == total:
        return url_for("entries.check", public_id=entry.public_id)
    return url_for("entries.section", public_id=entry.public_id, number=part.number + 1)


def _changed_rows(authors: forms.AuthorsForm) -> bool:
    """Add or drop a row of authors where such a button was pressed; nothing is saved then."""
    if "them-tac-gia" in request.form:
        authors.authors.append_entry()
        return True
    if "bo-tac-gia" in request.form:
        name = request.form["bo-tac-gia"]
        authors.authors.entries = [row for row in authors.authors.entries if row.name != name]
        return True
    return False


def _keep_files(form: forms.SectionForm) -> tuple[list[tuple[Any, Any]], list[tuple[Any, str]]]:
    """Keep the chosen files; return those with their questions, and what is wrong with the others by box."""
    kept, refused = [], []
    for question, file in form.files():
        try:
            kept.append((question, keep(file, question)))
        except DomainError as error:
            refused.append((form.field_of(question), say(error)))
    return kept, refused


def _author_rows(
    entry: Entry, part: answers.Section, authors: forms.AuthorsForm, lead: str
) -> tuple[list[service.AuthorRow] | None, list[tuple[str, str]]]:
    """Return the authors as typed, or what is wrong with them; None where this step does not ask."""
    if not _asks_authors(entry, part):
        return None, []
    rule = rules_of(entry.season).form.authors or Authors()
    authors.validate()
    rows = typed_authors(entry, authors, lead)
    for row in authors.filled():
        if row["share"].process_errors:
            return rows, [
                (say(AuthorUnclear(reason="share", name=row["name"].data, row=0, step=1)), f"#{row['share'].id}")
            ]
    try:
        if not rows:
            raise AuthorsMissing()
        check_author_rows(rows, rule)
        if rule.shares:
            leads = sum(row.is_lead for row in rows)
            check_shares([row.share for row in rows if row.share], leads, lead_required=rule.lead)
    except DomainError as error:
        return rows, [(say(error), "#tac-gia")]
    return rows, []


def _asks_authors(entry: Entry, part: answers.Section) -> bool:
    return part.has_authors and entry.subject == "initiative" and rules_of(entry.season).form.authors is not None


def typed_authors(entry: Entry, authors: forms.AuthorsForm, lead: str) -> list[service.AuthorRow]:
    """Return the rows in which something was typed; a single author leads without being asked."""
    filled = authors.filled()
    rows = []
    for row in filled:
        person = queries.resolve_author(entry, row["name"].data or "")
        name = person.full_name if person is not None else (row["name"].data or "")
        workplace = row["workplace"].data or (person.unit.name if person is not None and person.unit else "")
        is_lead = row.name == lead or len(filled) == 1
        rows.append(service.AuthorRow(name, row["share"].data, is_lead, workplace, person))
    return rows


def _save(entry: Entry, part: answers.Section, form: forms.SectionForm, rows: list[service.AuthorRow] | None) -> None:
    title = form["title"].data or "" if part.has_title else None
    service.save_answers(entry, form.stored(), at=requests.now(), title=title)
    if rows is not None:
        service.set_authors(entry, rows, at=requests.now())


@bp.post("/ho-so/<public_id>/phan/<int:number>/luu")
@requests.keyless
@requires("entry.edit", Entry)
def autosave(*, subject: Entry, number: int) -> Any:
    """Keep what is typed so far, wrong or incomplete; never over what another device saved later."""
    entry_id = subject.id
    requests.start_writing()
    entry = editable_again(entry_id)
    part = _section(entry, number)
    try:
        service.check_revision(entry, request.form.get("revision", type=int))
    except StaleRevision:
        return jsonify(newer=_newer(entry, part)), 409
    form = _form_class(entry, part)()
    form.validate()
    rows, errors = _author_rows(entry, part, forms.AuthorsForm(), request.form.get("lead", ""))
    # Shares that do not add up yet wait for «Lưu và tiếp tục»: half a table of authors would replace a whole one.
    _save(entry, part, form, rows if not errors else None)
    db.session.commit()
    return jsonify(revision=entry.revision, saved_at=format_time(entry.saved_at))


def _newer(entry: Entry, part: answers.Section) -> dict[str, Any]:
    """Return what is stored, as the boxes of this step would show it."""
    newer: dict[str, Any] = {"revision": entry.revision, "saved_at": format_time(entry.saved_at)}
    if not part.has_authors:
        shown = forms.fill_form(_form_class(entry, part), entry.answers, entry.title)
        newer["fields"] = {
            field.name: field.data
            if isinstance(field.data, list)
            else str(getattr(field, "_value", lambda f=field: f.data or "")())
            for field in shown
            if field.type != "MultipleFileField"
        }
    return newer


def _shown(field: Any) -> str | list[str]:
    if isinstance(field.data, list):
        return field.data
    return str(field._value()) if hasattr(field, "_value") else field.data or ""


@bp.get("/ho-so/<public_id>/tim-tac-gia")
@requires("entry.edit", Entry)
def suggest_authors(*, subject: Entry) -> Any:
    """Suggest colleagues of the entry's unit for a name or member code."""
    found = queries.colleagues(subject.unit, request.args.get("q", ""))
    return jsonify(
        [
            {
                "value": f"{one.person.full_name} ({one.member_code})" if one.member_code else one.person.full_name,
                "label": f"{one.person.full_name} · {one.unit.name}",
            }
            for one in found
        ]
    )
