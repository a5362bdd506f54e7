"""The organiser's table of a season's entries: filters, order, receipt of many, Excel (P11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _

from core.accounts import policy
from core.documents.excel import Cell, Column, write_table
from core.entries import answers, queries, service, words
from core.entries.blueprint import bp
from core.entries.models import Entry
from core.entries.views_office import chosen
from core.entries.views_officer import state_choices, state_clause
from core.errors import DomainError
from core.extensions import db
from core.scoring.movement import FormField
from core.seasons.frozen import rules_of
from core.seasons.models import Season
from core.seasons.tabs import tabs_of
from core.web import requests
from core.web.access import actor, find, requires
from core.web.paging import page_of
from core.web.sentences import say

Answer = str | tuple[str, int] | Response
ORDERS: dict[str, Any] = {"ma": Entry.code, "ten": Entry.folded, "nop": Entry.submitted_at, "trang-thai": Entry.state}
EXPORTED_TO = 100_000
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/dot-xet/<public_id>/ho-so")
@requires("season.manage", Season)
def of_season(*, subject: Season) -> Answer:
    """Show the season's entries."""
    query = filtered(subject)
    order, is_descending = _order()
    page = page_of(
        query,
        [(ORDERS[order], is_descending), (Entry.id, is_descending)],
        after=request.args.get("sau"),
        before=request.args.get("truoc"),
    )
    fields = work_fields(subject)
    return render_template(
        "entries/of_season.html",
        season=subject,
        tabs=tabs_of(subject, actor()),
        page=page,
        rows=[
            {
                "entry": entry,
                "title": words.display_title(entry),
                "who": words.who(entry),
                "field": fields.get(entry.field, ""),
                "state": words.public_state(entry, subject, actor()),
                "can_receive": policy.allows(actor(), "entry.receive", entry),
            }
            for entry in page.rows
        ],
        shown=queries.count(query),
        total=queries.count(queries.of_season(subject, actor())),
        states=state_choices(),
        fields=fields,
        columns=_columns(subject, order, is_descending=is_descending),
        is_filtered=any(request.args.get(name) for name in ("tim", "trang_thai", "linh_vuc")),
        filters={name: value for name, value in request.args.items() if name not in {"sau", "truoc"}},
    )


def filtered(season: Season) -> sa.Select[Any]:
    """Return the select of the season's entries that the address asks for."""
    query = queries.matching(queries.of_season(season, actor()), request.args.get("tim", ""))
    in_state = state_clause(request.args.get("trang_thai", ""), is_insider=True)
    if in_state is not None:
        query = query.where(in_state)
    if request.args.get("linh_vuc"):
        query = query.where(Entry.field == request.args["linh_vuc"])
    return query


def work_fields(season: Season) -> dict[str, str]:
    """Return the fields of work of the season's movement by id."""
    question = answers.work_field(rules_of(season).form)
    return {choice.id: choice.title for choice in question.choices} if question is not None else {}


def _order() -> tuple[str, bool]:
    wanted = request.args.get("xep", "-nop")
    name = wanted.removeprefix("-")
    return (name, wanted.startswith("-")) if name in ORDERS else ("nop", True)


def _columns(season: Season, order: str, *, is_descending: bool) -> list[Any]:
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name not in {"sau", "truoc", "xep"}}

    def sortable(name: str, label: str, kind: str = "") -> dict[str, Any]:
        turned = f"-{name}" if order == name and not is_descending else name
        column: dict[str, Any] = {
            "label": label,
            "kind": kind,
            "sort_url": url_for("entries.of_season", public_id=season.public_id, xep=turned, **kept),
        }
        if order == name:
            column["sorted"] = "descending" if is_descending else "ascending"
        return column

    return [
        {"label": _("Chọn"), "hidden": True, "kind": "check"},
        sortable("ma", _("Mã hồ sơ"), "code"),
        sortable("ten", _("Tên hồ sơ")),
        _("Tác giả"),
        _("Đơn vị"),
        _("Lĩnh vực"),
        sortable("trang-thai", _("Trạng thái")),
        sortable("nop", _("Nộp lúc"), "num"),
    ]


@bp.post("/dot-xet/<public_id>/ho-so/tiep-nhan")
@requires("season.manage", Season)
def receive_many(*, subject: Season) -> Answer:
    """Receive every ticked entry that can be; say which cannot, and why."""
    back = url_for("entries.of_season", public_id=subject.public_id, trang_thai=request.form.get("trang_thai", ""))
    ids = chosen(request.form.getlist("chon"))
    if not ids:
        flash(_("Chọn ít nhất một hồ sơ để tiếp nhận."), "warn")
        return requests.finish(back)
    done = 0
    for public_id in ids:
        entry = find(Entry, "public_id", public_id)
        if not policy.allows(actor(), "entry.receive", entry):
            state = words.public_state(entry, subject, actor())
            flash(_("%(code)s đang ở bước «%(state)s» nên chưa tiếp nhận được.", code=entry.code, state=state), "warn")
            continue
        try:
            with db.session.begin_nested():
                service.receive(entry, actor=actor(), at=requests.now())
            done += 1
        except DomainError as error:
            flash(f"{entry.code}: {say(error)}", "warn")
    if done:
        flash(_("Đã tiếp nhận %(n)s hồ sơ.", n=done), "ok")
    return requests.finish(back)


@bp.get("/dot-xet/<public_id>/ho-so.xlsx")
@requires("entry.export", Season)
def export(*, subject: Season) -> Answer:
    """Send the table as the filters have it: codes and phones as text, dates as dates."""
    form_fields = [one for one in rules_of(subject).form.fields if one.kind in _EXPORTED and not one.confidential]
    columns = [
        Column(_("Mã hồ sơ"), width=18),
        Column(_("Tên hồ sơ"), width=50),
        Column(_("Tác giả")),
        Column(_("Đơn vị"), width=40),
        Column(_("Điện thoại"), width=14),
        Column(_("Lĩnh vực")),
        Column(_("Trạng thái"), width=20),
        Column(_("Nộp lúc"), "instant"),
        Column(_("Tiếp nhận lúc"), "instant"),
        *(Column(field.title, _EXPORTED[field.kind]) for field in form_fields),  # type: ignore[arg-type]
    ]
    content = write_table(columns, _lines(subject, form_fields), sheet=_("Hồ sơ"))
    response = Response(content, mimetype=EXCEL)
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"ho-so-{subject.code_prefix}-{subject.year}.xlsx"
    )
    return response


_EXPORTED = {"number": "number", "money": "money", "date": "date", "choice": "text", "yesno": "text"}


def _lines(season: Season, form_fields: list[FormField]) -> Iterator[list[Cell]]:
    fields = work_fields(season)
    query = filtered(season).order_by(Entry.code, Entry.id).limit(EXPORTED_TO)
    for entry in db.session.scalars(query).unique():
        own = [
            words.answer_text(one, entry.answers.get(one.id))
            if _EXPORTED[one.kind] == "text"
            else answers.value_of(one, entry.answers.get(one.id))
            for one in form_fields
        ]
        yield [
            entry.code, entry.title, words.who(entry), entry.unit.name, entry.owner.phone, fields.get(entry.field, ""),
            str(words.public_state(entry, season, actor())), entry.submitted_at, entry.received_at, *own,
        ]  # fmt: skip
