"""The last look before filing, «Nộp hồ sơ», and the receipt (P5, P6)."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from core.accounts import policy
from core.accounts.rules import NotFoundHere
from core.documents.qr import qr_svg
from core.entries import checks, forms, queries, reading, service, views_filing, words
from core.entries.blueprint import bp
from core.entries.models import Entry
from core.entries.rules import (
    AnswerMissing,
    DeadlinePassed,
    EntryIncomplete,
    FilesMissing,
    PledgeMissing,
    SeasonNotOpen,
)
from core.errors import DomainError
from core.vietnamese.dates import local_date
from core.web import requests, times
from core.web.access import actor, requires
from core.web.sentences import say

Answer = str | tuple[str, int] | Response


@bp.get("/ho-so/<public_id>/kiem-tra")
@requires("entry.submit", Entry)
def check(*, subject: Entry) -> Answer:
    """Show every answer once more, with what is missing, above the pledge (P5)."""
    return _check_page(
        subject, forms.PledgeForm(formdata=None), checks.season_problems(subject, requests.received_at())
    )


@bp.post("/ho-so/<public_id>/kiem-tra")
@requires("entry.submit", Entry)
def submit(*, subject: Entry) -> Answer:
    """File the entry and lead to the receipt."""
    form = forms.PledgeForm()
    pledged = bool(form.pledge.data)
    try:
        service.submit(subject, actor=actor(), received_at=requests.received_at(), at=requests.now(), pledged=pledged)
    except EntryIncomplete as error:
        if any(isinstance(problem, PledgeMissing) for problem in error.problems):
            form.pledge.errors = [say(PledgeMissing())]
        return _check_page(subject, form, [], sent=True), 422
    except (DeadlinePassed, SeasonNotOpen) as error:
        return _check_page(subject, form, [error], sent=True), 409
    flash(_("Đã nộp hồ sơ %(code)s.", code=subject.code), "ok")
    return requests.finish(url_for("entries.receipt", public_id=subject.public_id))


def _check_page(entry: Entry, form: forms.PledgeForm, season: list[DomainError], *, sent: bool = False) -> str:
    problems = views_filing.content_list(entry)
    missing = {str(one["problem"].facts.get("field") or ""): one for one in problems}
    deadline = checks.deadline_of(entry)
    return render_template(
        "entries/check.html",
        entry=entry,
        form=form,
        parts=[(part, _rows(entry, part, missing)) for part in reading.parts(entry)],
        problems=problems,
        season_problems=[say(one) for one in season],
        # What blocks stands among the problems already.
        findings=[found for found in checks.check_plugins(entry) if found.level != "block"],
        sent=sent,
        page_errors=sent,
        deadline=deadline,
        left=times.left(deadline, requests.now()) if deadline is not None else "",
        holder=_first_holder(entry),
    )


def _first_holder(entry: Entry) -> str:
    try:
        route = queries.route_for(entry.unit, entry.season, on=local_date(requests.now()))
    except DomainError:
        return entry.season.owner_unit.name
    return next((level.name for level in route if not level.skipped), entry.season.owner_unit.name)


def _rows(entry: Entry, part: reading.Part, missing: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    to = url_for("entries.section", public_id=entry.public_id, number=part.section.number, ve="kiem-tra")
    if part.section.has_authors and entry.subject == "initiative":
        rows.append({"label": _("Tác giả"), "value": "; ".join(reading.author_lines(entry)), "url": f"{to}#tac-gia"})
    if part.section.has_title:
        rows.append(
            {
                "label": words.title_label(entry.subject),
                "value": entry.title,
                "url": f"{to}#title",
                "missing": not entry.title,
            }
        )
    for line in part.lines:
        problem = missing.get(line.question.id)
        value = line.text or ", ".join(file.filename for file in line.files)
        is_missing = problem is not None and isinstance(problem["problem"], AnswerMissing | FilesMissing)
        rows.append(
            {
                "label": line.question.title,
                "value": value,
                "url": problem["url"] if problem is not None else f"{to}#{forms.PREFIX}{line.question.id}",
                "missing": is_missing,
            }
        )
    return rows


@bp.get("/ho-so/<public_id>/bien-nhan")
@requires("entry.read", Entry)
def receipt(*, subject: Entry) -> Answer:
    """Show the receipt: code, moment, what arrived, what comes next. Its address stays (P6)."""
    if subject.code is None or subject.submitted_at is None or "identity" not in policy.fields(actor(), subject):
        raise NotFoundHere()
    look_up = current_app.extensions["thidua_settings"].base_url.rstrip("/") + url_for("front.look_up", ma=subject.code)
    return render_template(
        "entries/receipt.html",
        entry=subject,
        received=reading.received_text(subject),
        qr=Markup(qr_svg(look_up, title=_("Mã QR tra cứu %(code)s", code=subject.code))),  # noqa: S704  # Our own SVG.
        look_up=look_up,
        coming=reading.next_act(subject),
        is_mine=policy.allows(actor(), "entry.revise", subject),
    )
