"""The officer's lists: what waits for the unit, all entries of the unit, and typing for a member (P8, «Nhập hộ»)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _

from core.accounts import policy
from core.accounts.rules import Role
from core.db import subtree
from core.entries import checks, queries, service, words
from core.entries.blueprint import bp
from core.entries.models import Entry
from core.entries.rules import NomineeMissing, PersonOutside, State, Subject
from core.entries.views_office import chosen, holder_names, moment
from core.errors import DomainError
from core.extensions import db
from core.organisations.models import Unit
from core.people.models import Person
from core.seasons.frozen import rules_of
from core.seasons.models import Season
from core.seasons.queries import accepting
from core.seasons.rules import Phase
from core.vietnamese.dates import time_left
from core.web import requests
from core.web.access import actor, find, requires
from core.web.paging import page_of
from core.web.sentences import say

Answer = str | tuple[str, int] | Response
LATE_DAYS = 3


@bp.get("/xac-nhan")
@requires("endorsement.list")
def queue() -> Answer:
    """Show what waits for the officer's unit, oldest first, and what was just passed on with its undo."""
    everything = queries.waiting_for(actor())
    query = queries.matching(everything, request.args.get("tim", ""))
    if request.args.get("dot"):
        query = query.where(Entry.season_id.in_(sa.select(Season.id).where(Season.public_id == request.args["dot"])))
    if request.args.get("qua-han"):
        query = queries.older_than(query, requests.now(), LATE_DAYS)
    page = page_of(
        query,
        [(Entry.submitted_at, False), (Entry.id, False)],
        after=request.args.get("sau"),
        before=request.args.get("truoc"),
    )
    seasons = db.session.scalars(
        sa.select(Season).where(Season.id.in_(sa.select(everything.subquery().c.season_id))).order_by(Season.id)
    )
    passed = _passed(request.args.get("xong", ""))
    return render_template(
        "entries/queue.html",
        page=page,
        total=queries.count(everything),
        rows=[_row(entry) for entry in page.rows],
        seasons=seasons.unique().all(),
        passed=passed,
        passed_to=holder_names(passed) if passed else "",
        is_filtered=any(request.args.get(name) for name in ("tim", "dot", "qua-han")),
    )


def _row(entry: Entry) -> dict[str, Any]:
    left = time_left(entry.due_at, requests.now()) if entry.due_at is not None else None
    return {
        "entry": entry,
        "title": words.display_title(entry),
        "who": words.who(entry),
        "left": str(left) if left is not None else "",
        "is_late": left is not None and left.passed,
        "needs_facts": bool(checks.missing_facts(entry, "unit")),
    }


def _passed(text: str) -> list[Entry]:
    """Return the entries that the officer's act of that moment endorsed and that may still be taken back."""
    try:
        at = datetime.strptime(text, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
    except ValueError:
        return []
    entries = [db.session.get(Entry, step.entry_id) for step in queries.steps_at(actor(), "endorse", at)]
    return [entry for entry in entries if entry is not None and policy.allows(actor(), "entry.unendorse", entry)]


@bp.post("/xac-nhan")
@requires("endorsement.list")
def endorse_many() -> Answer:
    """Endorse every ticked entry that can be; say which cannot, and why."""
    ids = chosen(request.form.getlist("chon"))
    if not ids:
        flash(_("Chọn ít nhất một hồ sơ để xác nhận."), "warn")
        return requests.finish(url_for("entries.queue"))
    done = 0
    for public_id in ids:
        entry = find(Entry, "public_id", public_id)
        policy.require(actor(), "entry.endorse", entry)
        try:
            with db.session.begin_nested():
                service.endorse(entry, actor=actor(), at=requests.now())
            done += 1
        except DomainError as error:
            flash(f"{words.display_title(entry)}: {say(error)}", "warn")
    to = url_for("entries.queue", xong=moment(requests.now())) if done else url_for("entries.queue")
    return requests.finish(to)


@bp.post("/xac-nhan/hoan-tac")
@requires("endorsement.list")
def undo_endorse() -> Answer:
    """Take back what one act passed on, as far as nobody above has acted."""
    entries = _passed(request.form.get("xong", ""))
    done = 0
    for entry in entries:
        try:
            with db.session.begin_nested():
                service.unendorse(entry, actor=actor(), at=requests.now())
            done += 1
        except DomainError as error:
            flash(f"{words.display_title(entry)}: {say(error)}", "warn")
    if done:
        flash(_("Đã hoàn tác %(n)s hồ sơ. Hồ sơ trở lại danh sách chờ xác nhận.", n=done), "ok")
    elif not entries:
        flash(_("Không còn hồ sơ nào hoàn tác được: cấp trên đã xử lý."), "warn")
    return requests.finish(url_for("entries.queue"))


@bp.get("/don-vi/ho-so")
@requires("unit.entries")
def of_unit() -> Answer:
    """Show the filed entries of the officer's units, and what the officer types for others."""
    units = sa.select(Unit.id).where(
        sa.or_(sa.false(), *(subtree(Unit.path, path) for path in actor().paths(Role.OFFICER)))
    )
    query = policy.visible(actor(), Entry).where(
        sa.or_(Entry.unit_id.in_(units), Entry.filed_by_id == actor().account_id)
    )
    query = queries.matching(query, request.args.get("tim", ""))
    in_state = state_clause(request.args.get("trang_thai", ""), is_insider=False)
    if in_state is not None:
        query = query.where(in_state)
    page = page_of(
        query,
        [(Entry.created_at, True), (Entry.id, True)],
        after=request.args.get("sau"),
        before=request.args.get("truoc"),
    )
    return render_template(
        "entries/of_unit.html",
        page=page,
        rows=[(entry, words.public_state(entry, entry.season, actor())) for entry in page.rows],
        states=state_choices(),
        is_filtered=in_state is not None or bool(request.args.get("tim")),
    )


def state_choices() -> list[tuple[str, str]]:
    """Return the states to filter by, one line for those that read alike."""
    shown: dict[str, str] = {}
    for state in State:
        shown.setdefault(words.state_text(state), state.value)
    return [(value, text) for text, value in shown.items()]


def state_clause(value: str, *, is_insider: bool) -> sa.ColumnElement[bool] | None:
    """Return the condition for the states that read like the chosen one, or None where nothing was chosen.

    :param is_insider: for everybody else an outcome that is not published yet reads «Chờ Hội đồng» here too.
    """
    try:
        text = words.state_text(State(value))
    except ValueError:
        return None
    alike = Entry.state.in_([state for state in State if words.state_text(state) == text])
    if is_insider:
        return alike
    published = Entry.season_id.in_(sa.select(Season.id).where(Season.phase == Phase.PUBLISHED))
    outcome = Entry.state.in_([State.DECIDED, State.AWARDED, State.NOT_AWARDED])
    if text == words.state_text(State.SCORED):
        return sa.or_(Entry.state == State.SCORED, sa.and_(outcome, sa.not_(published)))
    return sa.and_(alike, sa.or_(sa.not_(outcome), published))


# --- Typing for somebody ------------------------------------------------------------------------------------------


@bp.get("/nhap-ho")
@requires("entry.file_on_behalf")
def file_for() -> Answer:
    """Choose the season, then the member (or, for a nomination, the person or collective)."""
    return _file_for_page([])


def _file_for_page(errors: Sequence[tuple[str, str | None]]) -> str:
    seasons = accepting(requests.now())
    wanted = request.values.get("dot") or request.values.get("public_id", "")
    season = next((one for one in seasons if one.public_id == wanted), seasons[0] if len(seasons) == 1 else None)
    units = own_units()
    words_typed = request.values.get("tim", "")
    found = [one for unit in units for one in queries.colleagues(unit, words_typed, limit=30)] if season else []
    return render_template(
        "entries/file_for.html",
        seasons=seasons,
        season=season,
        subjects=rules_of(season).movement.subjects if season is not None else (),
        units=units,
        typed=words_typed,
        found=list({one.person_id: one for one in found}.values()),
        errors=errors,
        page_errors=bool(errors),
    )


def own_units() -> list[Unit]:
    """Return the units the officer is an officer of."""
    ids = [grant.unit_id for grant in actor().grants if grant.role == Role.OFFICER]
    return list(db.session.scalars(sa.select(Unit).where(Unit.id.in_(ids)).order_by(Unit.sort_key)))


@bp.post("/nhap-ho")
@requires("entry.file_on_behalf")
def begin_for() -> Answer:
    """Open the draft of a member's initiative, or of a nomination by the unit."""
    season: Season = find(Season, "public_id", request.form.get("dot", ""))
    policy.require(actor(), "entry.file_on_behalf", season)
    subject = Subject(request.form.get("loai", Subject.INITIATIVE))
    try:
        entry = _begin_for(season, subject)
    except (PersonOutside, NomineeMissing) as error:
        return _file_for_page([(say(error), None)]), 422
    return requests.finish(url_for("entries.show", public_id=entry.public_id))


def _begin_for(season: Season, subject: Subject) -> Entry:
    me = db.session.get(Person, actor().person_id)
    assert me is not None  # A signed-in actor has a person.
    common: dict[str, Any] = {
        "subject": subject,
        "filed_by": actor().account_id,
        "at": requests.now(),
        "form_key": request.form.get("form_key"),
    }
    if subject == Subject.COLLECTIVE:
        unit = next((one for one in own_units() if one.public_id == request.form.get("don-vi")), None) or own_units()[0]
        name = request.form.get("ten-tap-the", "")
        return service.start_draft(season, owner=me, unit=unit, collective_name=name, **common)
    person = db.session.scalar(sa.select(Person).where(Person.public_id == request.form.get("nguoi", "")))
    if person is None:
        raise NomineeMissing(subject=subject)
    if person.unit is None or not actor().covers(Role.OFFICER, person.unit.path):
        raise PersonOutside(name=person.full_name)
    if subject == Subject.PERSON:
        return service.start_draft(season, owner=me, unit=person.unit, nominee=person, **common)
    return service.start_draft(season, owner=person, unit=person.unit, is_on_behalf=person.id != me.id, **common)
