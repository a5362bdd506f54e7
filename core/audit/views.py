"""The trail for administrators: who did what, when, before and after; never editable, and without anybody's marks."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, g, render_template, request, send_file, url_for
from flask_babel import gettext as _

from core.audit import queries, words
from core.audit.forms import TrailForm
from core.audit.queries import EventLine, EventPage
from core.documents.excel import Column, write_table
from core.extensions import db
from core.vietnamese.dates import from_local, local_date
from core.web.access import requires

bp = Blueprint("audit", __name__)

SYSTEM_NAME = "thidua"
PAGE_SIZE = 50
EXPORT_SIZE = 5_000


def _form() -> TrailForm:
    form = TrailForm(request.args)
    verbs = sorted((words.verb_phrase(verb), verb) for verb in queries.verbs(db.session()))
    form.viec.choices = [("", _("Tất cả")), *((verb, phrase) for phrase, verb in verbs)]
    return form


def _events(form: TrailForm, *, limit: int) -> EventPage:
    after = request.args.get("sau", "")
    return queries.events_page(
        db.session(),
        verb=form.viec.data or "",
        actor_name=form.nguoi.data or "",
        since=from_local(form.tu.data) if form.tu.data else None,
        until=from_local(form.den.data + timedelta(days=1)) if form.den.data else None,
        after=int(after) if after.isascii() and after.isdecimal() and len(after) < 18 else None,
        limit=limit,
    )


def _who(event: EventLine) -> str:
    return _("Hệ thống") if event.actor_id is None and event.actor_name in ("", SYSTEM_NAME) else event.actor_name


def _what(event: EventLine) -> list[str]:
    if event.is_erased:
        return [_("Chi tiết đã xóa theo yêu cầu")]
    if not words.is_open(event.verb):
        return []
    return words.changes(event.verb, event.before, event.after) + ([event.note] if event.note else [])


@bp.get("/nhat-ky")
@requires("audit.read")
def trail() -> str | tuple[str, int]:
    """A page of the trail, newest first."""
    form = _form()
    is_fine = form.validate()
    page = _events(form, limit=PAGE_SIZE) if is_fine else EventPage([], None)
    filters = _filters()
    text = render_template(
        "audit/trail.html",
        form=form,
        rows=[(event, _who(event), words.verb_phrase(event.verb), _what(event)) for event in page.events],
        next_url=url_for("audit.trail", sau=page.next_after, **filters) if page.next_after else None,
        first_url=url_for("audit.trail", **filters) if request.args.get("sau") else None,
        export_url=url_for("audit.export", sau=request.args.get("sau"), **filters),
        is_filtered=bool(filters),
        is_open=words.is_open,
        subject_phrase=words.subject_phrase,
    )
    return (text, 200) if is_fine else (text, 422)


def _filters() -> dict[str, Any]:
    return {key: request.args[key] for key in ("viec", "nguoi", "tu", "den") if request.args.get(key)}


@bp.get("/nhat-ky/tai-ve")
@requires("audit.read")
def export() -> Response | str | tuple[str, int]:
    """The filtered trail from this page on as a spreadsheet, without what the page leaves out."""
    form = _form()
    if not form.validate():
        return trail()
    page = _events(form, limit=EXPORT_SIZE)
    columns = [
        Column(_("Số"), "number", 10),
        Column(_("Thời điểm"), "instant"),
        Column(_("Người làm")),
        Column(_("Việc"), width=35),
        Column(_("Trước và sau"), width=70),
    ]
    rows = [
        (event.id, event.at, _who(event), words.verb_phrase(event.verb), "\n".join(_what(event)))
        for event in page.events
    ]
    return send_file(
        BytesIO(write_table(columns, rows, sheet=_("Nhật ký"))),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name=f"nhat-ky-{local_date(g.now):%Y-%m-%d}.xlsx",
    )
