"""The scoring page: a judge's sheet, and the same page for the columns of nominee and unit."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from core.accounts import policy
from core.accounts.rules import NotFoundHere, Role
from core.entries import reading
from core.entries.models import Entry
from core.entries.rules import StaleRevision
from core.errors import DomainError
from core.extensions import db
from core.judging import filling, queries, service
from core.judging.blueprint import bp
from core.judging.filling import Filling, stored_values
from core.judging.forms import Typed, typed_sheet
from core.judging.inputs import PANEL_COLUMNS, column_by, highest_total, panel_column, problems_of, rules_for
from core.judging.models import Scoresheet
from core.judging.rules import NoSuchColumn, SheetIncomplete, SheetStatus
from core.vietnamese.dates import format_time
from core.vietnamese.numbers import format_number
from core.web import requests
from core.web.access import actor, requires
from core.web.sentences import say

Answer = str | tuple[str, int] | Response

OWN_COLUMNS = {"tu-cham": "self", "don-vi": "unit"}
"""The word in the address of a column that one person fills, and who fills it."""


def judge_filling(entry: Entry) -> Filling:
    """Return what the acting judge fills for an entry.

    :raise NotFoundHere: the actor scores it in no stage.
    """
    seat = queries.seat_of(actor(), entry)
    if seat is None:
        raise NotFoundHere()
    stage = queries.stage_of(seat)
    rules = rules_for(entry, stage.slug)
    column = panel_column(rules.sheet)
    if column is None:
        raise NoSuchColumn(by="judge")
    sheet = queries.sheet_of(entry, stage, column.id, actor().account_id)
    return Filling(entry, stage, column.by, column.id, rules, seat.judge, sheet)


def own_filling(entry: Entry, by: str) -> Filling:
    """Return what the actor fills in the column of nominee (self) or unit: the last stage that has one.

    :raise NotFoundHere: the actor is not the one who fills it, or there is no such column.
    """
    name, role = ("self_filler", Role.WORKER) if by == "self" else ("subtree", Role.OFFICER)
    if not actor().has(role) or not policy.relations(Entry)[name][1](actor(), role, entry):
        raise NotFoundHere()
    for stage in reversed(queries.score_stages(entry.season)):
        rules = rules_for(entry, stage.slug)
        column = column_by(rules.sheet, by)
        if column is not None:
            return Filling(entry, stage, by, column.id, rules, None, queries.column_sheet(entry, stage, column.id))
    raise NotFoundHere()


@bp.app_template_global()
def own_sheets(entry: Entry) -> list[tuple[str, str]]:
    """Return (title, address) of the columns of an entry that the reader fills as nominee or as the unit's officer."""
    links = []
    for word, by in OWN_COLUMNS.items():
        if not policy.allows(actor(), "sheet.fill", entry):
            break
        try:
            found = own_filling(entry, by)
        except NotFoundHere:
            continue
        title = next(column.title for column in found.rules.sheet.columns if column.id == found.column)
        links.append((title, url_for("judging.self_sheet", public_id=entry.public_id, cot=word)))
    return links


# --- The judge ----------------------------------------------------------------------------------------------------


@bp.get("/cham/<public_id>")
@requires("sheet.fill", Entry)
def score(*, subject: Entry) -> Answer:
    """Show an entry beside the judge's sheet for it."""
    found = judge_filling(subject)
    if found.sheet is not None and found.sheet.status == SheetStatus.SEALED:
        return requests.see_other(url_for("judging.sheet", public_id=found.sheet.public_id))
    return _page(found, stored_values(found.sheet), {})


@bp.post("/cham/<public_id>")
@requires("sheet.fill", Entry)
def save(*, subject: Entry) -> Answer:
    """Keep the sheet; with «Xong» finish it and go on to the next entry, with «Để sau» back to the list."""
    found = judge_filling(subject)
    sheet, typed = _keep(found)
    if request.form.get("act") != "done":
        flash(_("Đã lưu lúc %(t)s", t=format_time(sheet.saved_at)), "ok")
        return requests.finish(url_for("judging.mine"))
    errors = _finish(found, sheet, typed)
    if errors:
        # What was typed is kept although the sheet is not done.
        requests.finish(url_for("judging.score", public_id=subject.public_id))
        return _page(judge_filling(subject), request.form, errors), 422
    following = filling.next_to_do(queries.queue_of(actor()), subject)
    if following is None:
        return requests.finish(url_for("judging.mine"))
    return requests.finish(url_for("judging.score", public_id=following.entry.public_id) + "#phieu")


@bp.post("/cham/<public_id>/luu")
@requests.keyless
@requires("sheet.fill", Entry)
def autosave(*, subject: Entry) -> Any:
    """Keep what is typed so far, wrong or incomplete; never over what another device saved later."""
    requests.start_writing()
    return _autosave(judge_filling(subject))


@bp.post("/cham/<public_id>/sua-lai")
@requires("sheet.fill", Entry)
def unfinish(*, subject: Entry) -> Answer:
    """Take back «Xong»."""
    found = judge_filling(subject)
    if found.sheet is None:
        raise NotFoundHere()
    service.unfinish(found.sheet, received_at=requests.received_at())
    return requests.finish(url_for("judging.score", public_id=subject.public_id) + "#phieu")


# --- Nominee and unit ---------------------------------------------------------------------------------------------


@bp.get("/ho-so/<public_id>/phieu/<any('tu-cham', 'don-vi'):cot>")
@requires("sheet.fill", Entry)
def self_sheet(*, subject: Entry, cot: str) -> Answer:
    """Show the column that the nominee, or the unit's officer, fills."""
    found = own_filling(subject, OWN_COLUMNS[cot])
    return _page(found, stored_values(found.sheet), {}, cot=cot)


@bp.post("/ho-so/<public_id>/phieu/<any('tu-cham', 'don-vi'):cot>")
@requires("sheet.fill", Entry)
def save_self_sheet(*, subject: Entry, cot: str) -> Answer:
    """Keep the column; with «Xong» finish it, which leads to the page that seals it."""
    found = own_filling(subject, OWN_COLUMNS[cot])
    sheet, typed = _keep(found)
    here = url_for("judging.self_sheet", public_id=subject.public_id, cot=cot)
    if request.form.get("act") != "done":
        flash(_("Đã lưu lúc %(t)s", t=format_time(sheet.saved_at)), "ok")
        return requests.finish(here)
    errors = _finish(found, sheet, typed)
    if errors:
        requests.finish(here)
        return _page(own_filling(subject, OWN_COLUMNS[cot]), request.form, errors, cot=cot), 422
    return requests.finish(url_for("judging.seal_self_sheet", public_id=subject.public_id, cot=cot))


@bp.post("/ho-so/<public_id>/phieu/<any('tu-cham', 'don-vi'):cot>/luu")
@requests.keyless
@requires("sheet.fill", Entry)
def autosave_self_sheet(*, subject: Entry, cot: str) -> Any:
    """Keep what is typed so far in the column of nominee or unit."""
    requests.start_writing()
    return _autosave(own_filling(subject, OWN_COLUMNS[cot]))


@bp.route("/ho-so/<public_id>/phieu/<any('tu-cham', 'don-vi'):cot>/niem-phong", methods=["GET", "POST"])
@requires("sheet.fill", Entry)
def seal_self_sheet(*, subject: Entry, cot: str) -> Answer:
    """Confirm the sealing of the column of nominee or unit."""
    found = own_filling(subject, OWN_COLUMNS[cot])
    if found.sheet is None:
        raise NotFoundHere()
    if request.method == "POST":
        service.seal(found.sheet, actor=actor(), at=requests.now())
        flash(_("Đã niêm phong phiếu của hồ sơ %(code)s.", code=found.label), "ok")
        return requests.finish(url_for("judging.sheet", public_id=found.sheet.public_id))
    total = filling.running_total(found.rules, found.column, stored_values(found.sheet))
    return render_template("judging/seal_self.html", found=found, cot=cot, total=total)


# --- Shared -------------------------------------------------------------------------------------------------------


def _keep(found: Filling) -> tuple[Scoresheet, Typed]:
    """Save what was typed into the sheet, beginning it where needed."""
    typed = typed_sheet(request.form, found.rules, found.column)
    revision = request.form.get("revision", default=0, type=int)
    sheet = found.sheet
    if sheet is None:
        sheet = service.open_sheet(
            found.entry, found.stage, by=found.by, judge=found.judge, actor=actor(), at=requests.now()
        )
        revision = sheet.revision
    service.save_marks(sheet, typed.marks, remark=typed.remark, revision=revision, received_at=requests.received_at())
    return sheet, typed


def _finish(found: Filling, sheet: Scoresheet, typed: Typed) -> dict[str, str]:
    """Finish a sheet; return the sentences by criterion where it cannot be."""
    problems = problems_of(sheet, found.rules) if typed.unread else ()
    try:
        if not typed.unread:
            service.finish(sheet, at=requests.now())
    except SheetIncomplete as error:
        problems = error.problems
    return filling.errors_of(typed, problems, found.rules)


def _autosave(found: Filling) -> Any:
    try:
        sheet, _typed = _keep(found)
    except StaleRevision:
        db.session.rollback()
        return jsonify(newer=_newer(found.sheet)), 409
    except DomainError as error:
        db.session.rollback()
        return jsonify(error=say(error)), error.status
    # The page stays where it is: only the commit of `finish` is wanted, not where it leads.
    requests.finish("/cham")
    return jsonify(revision=sheet.revision, saved_at=format_time(sheet.saved_at))


def _newer(sheet: Scoresheet | None) -> dict[str, Any]:
    assert sheet is not None  # Only a stored sheet can be newer than the page.
    return {"revision": sheet.revision, "saved_at": format_time(sheet.saved_at), "fields": stored_values(sheet)}


def _page(found: Filling, values: Any, errors: dict[str, str], cot: str = "") -> str:
    """Return the scoring page with what is in its boxes."""
    is_judge = found.by in PANEL_COLUMNS and found.judge is not None
    queue = queries.queue_of(actor()) if is_judge else []
    allowed = policy.fields(actor(), found.entry)
    readonly = found.sheet is not None and (
        found.sheet.status == SheetStatus.SEALED or found.sheet.filler_id != actor().account_id
    )
    if is_judge:
        action = url_for("judging.save", public_id=found.entry.public_id)
        autosave_url = url_for("judging.autosave", public_id=found.entry.public_id)
    else:
        action = url_for("judging.save_self_sheet", public_id=found.entry.public_id, cot=cot)
        autosave_url = url_for("judging.autosave_self_sheet", public_id=found.entry.public_id, cot=cot)
    return render_template(
        "judging/score.html",
        found=found,
        entry=found.entry,
        is_judge=is_judge,
        cot=cot,
        action=action,
        autosave_url=autosave_url,
        place=filling.neighbours(queue, found.entry) if is_judge else None,
        blocks=filling.blocks(found.rules, found.column, values, errors, readonly=readonly),
        remark=values.get("remark", ""),
        total=filling.running_total(found.rules, found.column, values),
        highest=format_number(highest_total(found.rules, found.column)),
        errors=[(text, f"#tc-{code}-points") for code, text in errors.items()],
        own=filling.own_totals(actor(), found) if is_judge else [],
        parts=reading.parts(found.entry, allowed, empty=False),
        files=_files(found.entry, allowed),
        is_blind="identity" not in allowed,
        authors=reading.author_lines(found.entry) if "identity" in allowed else [],
        readonly=readonly,
        page_errors=bool(errors),
    )


def _files(entry: Entry, allowed: frozenset[str]) -> list[dict[str, Any]]:
    """Return the files that the reader may open; their own names only with identity: a name often names its author."""
    asked = {line.question.id for part in reading.parts(entry, allowed) for line in part.lines}
    known = {question.id for question in reading.checks.form_of(entry).fields}
    rows: list[dict[str, Any]] = []
    for file in entry.attachments:
        if "files" not in allowed or (file.field_id in known and file.field_id not in asked):
            continue
        row = reading.file_row(entry, file, deletable=False)
        if "identity" not in allowed:
            row["name"] = _("Tệp %(n)s (.%(x)s)", n=len(rows) + 1, x=file.extension)
        rows.append(row)
    return rows
