"""Pages of a judge beside scoring: the queue, the one question about people close, recusal, sealing, sealed sheets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from core.accounts.rules import NotFoundHere
from core.entries.models import Entry
from core.extensions import db
from core.judging import filling, panels, queries, service, words
from core.judging.blueprint import bp
from core.judging.conflicts import people_behind
from core.judging.filling import stored_values
from core.judging.forms import RecuseForm
from core.judging.inputs import rules_for, sheet_rules, sheet_total
from core.judging.models import Judge, Scoresheet
from core.judging.queries import QueueItem
from core.judging.rules import RecusalReason, SheetStatus
from core.judging.views_score import judge_filling
from core.people.models import Person
from core.seasons.models import Season
from core.vietnamese.numbers import format_number
from core.web import requests, times
from core.web.access import actor, requires

Answer = str | tuple[str, int] | Response

FILTERS = ("open", "new", "finished", "sealed")


@bp.get("/cham")
@requires("sheet.list")
def mine() -> Answer:
    """Show what is to be scored; on the first visit ask once about people and units close to the judge."""
    if queries.undeclared_judges(actor()):
        return requests.see_other(url_for("judging.relations"))
    queue = queries.queue_of(actor())
    counts = {status: sum(1 for item in queue if item.status == status) for status in FILTERS}
    chosen = request.args.get("loc", "")
    rounds = [
        _round(season, [item for item in queue if item.entry.season_id == season.id]) for season in _seasons(queue)
    ]
    return render_template(
        "judging/mine.html",
        queue=[item for item in queue if chosen not in FILTERS or item.status == chosen],
        total=len(queue),
        left=counts["open"] + counts["new"],
        counts=counts,
        chosen=chosen if chosen in FILTERS else "",
        rounds=rounds,
        following=filling.next_to_do(queue),
    )


def _seasons(queue: list[QueueItem]) -> list[Season]:
    return list({item.entry.season_id: item.entry.season for item in queue}.values())


def _round(season: Season, items: list[QueueItem]) -> dict[str, Any]:
    """Return what the queue says about one season: its deadline and what can be sealed."""
    deadline = season.judging_closes_at
    return {
        "season": season,
        "deadline": deadline,
        "left": times.left(deadline, requests.now()) if deadline is not None else "",
        "finished": sum(1 for item in items if item.status == "finished"),
        "total": len(items),
        "done": all(item.status in {"finished", "sealed"} for item in items),
    }


@bp.route("/cham/lien-quan", methods=["GET", "POST"])
@requires("sheet.list")
def relations() -> Answer:
    """Ask once which authors and units are close to the judge; entries of those ticked leave the queue."""
    judges = queries.undeclared_judges(actor()) or queries.own_seats(actor())
    people, units = _close_to(judges)
    if request.method == "GET":
        return render_template("judging/relations.html", people=people, units=units)
    made = service.declare(
        judges,
        people=[one.id for one in people if one.public_id in request.form.getlist("nguoi")],
        units=[one.id for one in units if one.public_id in request.form.getlist("don-vi")],
        actor=actor(),
        at=requests.now(),
    )
    if made:
        flash(ngettext("Đã ghi nhận né tránh %(num)s hồ sơ.", "Đã ghi nhận né tránh %(num)s hồ sơ.", len(made)), "ok")
    return requests.finish(url_for("judging.mine"))


def _close_to(judges: list[Judge]) -> tuple[list[Person], list[Any]]:
    """Return all authors and units of the seats' seasons, by name.

    Of the whole season, never of the judge's own entries: with one entry assigned, its one author would be known.
    """
    seasons = {season.id: season for season in (panels.season_of(judge.panel.stage) for judge in judges)}
    entries = [entry for season in seasons.values() for entry in queries.entries_in(season, queries.DECLARABLE_STATES)]
    ids = set().union(*(people_behind(entry) | {entry.owner_id} for entry in entries)) if entries else set()
    people = [person for person in (db.session.get(Person, one) for one in ids) if person is not None]
    units = {entry.unit_id: entry.unit for entry in entries}
    return sorted(people, key=lambda one: one.sort_key), sorted(units.values(), key=lambda one: one.sort_key)


@bp.route("/cham/<public_id>/xung-dot", methods=["GET", "POST"])
@requires("sheet.recuse", Entry)
def recuse(*, subject: Entry) -> Answer:
    """Let a judge step back from an entry for good."""
    found = judge_filling(subject)
    assert found.judge is not None
    form = RecuseForm()
    form.reason.choices = words.declaration_choices()
    if request.method == "POST" and form.validate():
        service.recuse(
            subject, found.judge.person, reason=RecusalReason(form.reason.data), note=form.note.data or "",
            actor=actor(), at=requests.now(),
        )  # fmt: skip
        flash(_("Đã ghi nhận: anh/chị không chấm hồ sơ %(code)s.", code=found.label), "ok")
        return requests.finish(url_for("judging.mine"))
    page = render_template("judging/recuse.html", found=found, form=form)
    return (page, 422) if form.errors else page


# --- Sealing ------------------------------------------------------------------------------------------------------


@bp.route("/cham/niem-phong/<season_id>", methods=["GET", "POST"])
@requires("sheet.seal")
def seal(season_id: str) -> Answer:
    """Confirm the sealing of all finished sheets of a season: one page per round."""
    items = [item for item in queries.queue_of(actor()) if item.entry.season.public_id == season_id]
    if not items:
        raise NotFoundHere()
    season = items[0].entry.season
    finished = [item.sheet for item in items if item.sheet is not None and item.status == "finished"]
    if request.method == "POST":
        count = sum(
            service.seal_round(stage, actor=actor(), at=requests.now()) for stage in queries.score_stages(season)
        )
        flash(ngettext("Đã niêm phong %(num)s phiếu chấm.", "Đã niêm phong %(num)s phiếu chấm.", count), "ok")
        return requests.finish(url_for("judging.sealed"))
    if not finished:
        return requests.see_other(url_for("judging.mine"))
    totals = [sheet_total(sheet, rules_for(sheet.entry, sheet.stage.slug)) for sheet in finished]
    missing = sum(1 for item in items if item.status in {"new", "open"})
    mean = format_number(sum(totals, Decimal(0)) / len(totals), 1)
    return render_template(
        "judging/seal.html",
        season=season,
        count=len(finished),
        facts=_("Trung bình %(mean)s · thấp %(low)s · cao %(high)s · %(n)s phiếu thiếu", mean=mean,
                low=format_number(min(totals)), high=format_number(max(totals)), n=missing),
    )  # fmt: skip


@bp.get("/cham/da-niem-phong")
@requires("sheet.list")
def sealed() -> Answer:
    """Show the judge's sealed sheets, newest first."""
    rows = [
        (sheet, _label(sheet), format_number(sheet_total(sheet, sheet_rules(sheet))))
        for sheet in queries.own_sealed(actor())
    ]
    return render_template("judging/sealed.html", rows=rows)


def _label(sheet: Scoresheet) -> str:
    return queries.label_for(sheet.entry, is_open=sheet.judge_id is None or sheet.stage.blind == "open")


@bp.get("/phieu/<public_id>")
@requires("sheet.read", Scoresheet)
def sheet(*, subject: Scoresheet) -> Answer:
    """Show a filled sheet to its filler, made to be printed: «Phiếu chấm điểm»."""
    rules = sheet_rules(subject)
    values = stored_values(subject)
    return render_template(
        "judging/sheet.html",
        sheet=subject,
        label=_label(subject),
        column=rules.columns[subject.column_slug],
        rules=rules,
        blocks=filling.blocks(rules, subject.column_slug, values, {}, readonly=True),
        total=format_number(sheet_total(subject, rules)),
        is_sealed=subject.status == SheetStatus.SEALED,
    )
