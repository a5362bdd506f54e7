"""Organiser's pages of panels: who judges, who keeps off an entry, and the start of judging."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _

from core.accounts.models import Account
from core.accounts.rules import NotFoundHere
from core.entries.models import Entry
from core.entries.rules import State
from core.errors import DomainError
from core.extensions import db
from core.judging import queries, service, words
from core.judging.blueprint import bp
from core.judging.forms import PanelForm, RecusalForm
from core.judging.models import Judge, Panel
from core.judging.rules import RecusalReason
from core.seasons.frozen import rules_of
from core.seasons.models import Season, Stage
from core.seasons.tabs import tabs_of
from core.vietnamese.codes import CodeCheckFailed, CodeNotUnderstood, parse_code
from core.vietnamese.text import clean_line
from core.web import requests
from core.web.access import actor, requires
from core.web.sentences import say

Answer = str | tuple[str, int] | Response


def stage_in(season: Season) -> Stage:
    """Return the score stage that the page is about: the one in the address, else the first.

    :raise NotFoundHere: the season has none.
    """
    stages = queries.score_stages(season)
    wanted = request.values.get("buoc", "")
    found = next((stage for stage in stages if stage.slug == wanted), stages[0] if stages else None)
    if found is None:
        raise NotFoundHere()
    return found


def fields_of(season: Season) -> list[tuple[str, str]]:
    """Return the fields of work of a season's entries as (id, title), in the order of the form."""
    form = rules_of(season).form
    titles = {choice.id: choice.title for one in form.fields if one.kind == "choice" for choice in one.choices}
    used = db.session.scalars(
        sa.select(Entry.field).where(Entry.season_id == season.id, Entry.field != "").distinct().order_by(Entry.field)
    )
    return [(field, titles.get(field, field)) for field in used]


def seat_in(season: Season, public_id: str) -> Judge:
    """Return a judge of a season's panels.

    :raise NotFoundHere: nobody of that id sits there.
    """
    judge = db.session.scalar(sa.select(Judge).where(Judge.public_id == public_id))
    if judge is None or judge.panel.stage.season_id != season.id:
        raise NotFoundHere()
    return judge


def _panel_in(season: Season, public_id: str) -> Panel:
    panel = db.session.scalar(sa.select(Panel).where(Panel.public_id == public_id))
    if panel is None or panel.stage.season_id != season.id:
        raise NotFoundHere()
    return panel


@bp.route("/dot-xet/<public_id>/hoi-dong-cham", methods=["GET", "POST"])
@requires("panel.edit", Season)
def panels(*, subject: Season) -> Answer:
    """Show the panels, search judges by name, make a panel."""
    stage = stage_in(subject)
    form = PanelForm()
    form.field.choices = [("", _("Mọi lĩnh vực")), *fields_of(subject)]
    if request.method == "POST" and form.validate():
        service.create_panel(
            stage, title=form.title.data or "", field=form.field.data or "", actor=actor(), at=requests.now()
        )
        flash(_("Đã lập tổ chấm. Thêm giám khảo vào tổ."), "ok")
        return requests.finish(url_for("judging.panels", public_id=subject.public_id, buoc=stage.slug))
    page = _panels_page(subject, stage, form)
    return (page, 422) if form.errors else page


def _panels_page(season: Season, stage: Stage, form: PanelForm, error: str = "") -> str:
    name = clean_line(request.args.get("ten", ""))
    return render_template(
        "judging/panels.html",
        season=season,
        stage=stage,
        stages=queries.score_stages(season),
        tabs=tabs_of(season, actor()),
        panels=queries.panels_of(stage),
        by_field=rules_of(season).stage(stage.slug).panels == "by_field",
        fields=dict(fields_of(season)),
        form=form,
        name=name,
        found=queries.judge_candidates(name) if name else None,
        chosen=request.args.get("to", ""),
        error=error,
        loads=_loads(stage),
        waiting=len(queries.entries_in(season, (State.RECEIVED,))),
    )


def _loads(stage: Stage) -> dict[int, int]:
    loads: dict[int, int] = {}
    for row in queries.live_assignments(stage):
        loads[row.judge_id] = loads.get(row.judge_id, 0) + 1
    return loads


def _back(season: Season, panel: Panel) -> Response:
    return requests.finish(
        url_for("judging.panels", public_id=season.public_id, buoc=panel.stage.slug) + f"#to-{panel.public_id}"
    )


@bp.post("/dot-xet/<public_id>/hoi-dong-cham/<panel_id>/them")
@requires("panel.edit", Season)
def add_judge(*, subject: Season, panel_id: str) -> Answer:
    """Put a judge on a panel."""
    panel = _panel_in(subject, panel_id)
    account = db.session.scalar(sa.select(Account).where(Account.public_id == request.form.get("tai-khoan", "")))
    if account is None:
        raise NotFoundHere()
    try:
        service.add_judge(panel, account, expertise=request.form.getlist("linh-vuc"), actor=actor(), at=requests.now())
    except DomainError as error:
        form = PanelForm(formdata=None)
        form.field.choices = [("", _("Mọi lĩnh vực")), *fields_of(subject)]
        return _panels_page(subject, panel.stage, form, say(error)), 422
    flash(_("Đã thêm %(name)s vào %(panel)s.", name=account.person.full_name, panel=panel.title), "ok")
    return _back(subject, panel)


@bp.post("/dot-xet/<public_id>/hoi-dong-cham/<judge_id>/to-truong")
@requires("panel.edit", Season)
def make_chair(*, subject: Season, judge_id: str) -> Answer:
    """Make a judge the chair of the panel."""
    judge = seat_in(subject, judge_id)
    service.make_chair(judge, actor=actor(), at=requests.now())
    return _back(subject, judge.panel)


@bp.post("/dot-xet/<public_id>/hoi-dong-cham/<judge_id>/roi-to")
@requires("panel.edit", Season)
def remove_judge(*, subject: Season, judge_id: str) -> Answer:
    """Let a judge leave the panel."""
    judge = seat_in(subject, judge_id)
    service.remove_judge(judge, actor=actor(), at=requests.now())
    flash(_("%(name)s đã rời %(panel)s. Thêm lại được bằng ô tìm tên.", name=judge.person.full_name,
            panel=judge.panel.title), "ok")  # fmt: skip
    return _back(subject, judge.panel)


# --- Recusals -----------------------------------------------------------------------------------------------------


@bp.route("/dot-xet/<public_id>/ne-tranh", methods=["GET", "POST"])
@requires("assignment.edit", Season)
def recusals(*, subject: Season) -> Answer:
    """Show who keeps off which entry, and record it for a judge who said so on paper."""
    stage = stage_in(subject)
    judges = {judge.public_id: judge for one in queries.score_stages(subject) for judge in queries.judges_of(one)}
    form = RecusalForm()
    form.judge.choices = [(key, judge.person.full_name) for key, judge in judges.items()]
    form.reason.choices = [(one.value, words.recusal_text(one)) for one in RecusalReason]
    if request.method == "POST" and form.validate():
        entry = _entry_by_code(subject, form.code.data or "")
        if entry is None:
            form.code.errors = [
                _("Không có hồ sơ mã %(code)s trong đợt này. Kiểm tra lại từng ký tự.", code=form.code.data)
            ]
        else:
            judge = judges[form.judge.data]
            service.recuse(
                entry, judge.person, reason=RecusalReason(form.reason.data), note=form.note.data or "",
                actor=actor(), at=requests.now(),
            )  # fmt: skip
            flash(_("Đã ghi né tránh của %(name)s.", name=judge.person.full_name), "ok")
            return requests.finish(url_for("judging.recusals", public_id=subject.public_id))
    page = render_template(
        "judging/recusals.html", season=subject, stage=stage, tabs=tabs_of(subject, actor()), form=form,
        rows=_recusal_rows(subject), has_judges=bool(judges),
    )  # fmt: skip
    return (page, 422) if form.errors else page


def _recusal_rows(season: Season) -> list[dict[str, Any]]:
    from core.people.models import Person

    rows = queries.recusals_in(season)
    entries = {
        one.id: one for one in db.session.scalars(sa.select(Entry).where(Entry.id.in_([r.entry_id for r in rows])))
    }
    people = {
        one.id: one for one in db.session.scalars(sa.select(Person).where(Person.id.in_([r.person_id for r in rows])))
    }
    return [
        {
            "code": entries[row.entry_id].code,
            "person": people[row.person_id].full_name,
            "why": words.recusal_text(row.reason),
            "note": row.note,
            "at": row.declared_at,
        }
        for row in rows
    ]


def _entry_by_code(season: Season, typed: str) -> Entry | None:
    try:
        code = str(parse_code(typed))
    except (CodeNotUnderstood, CodeCheckFailed):
        return None
    return db.session.scalar(sa.select(Entry).where(Entry.season_id == season.id, Entry.code == code))


# --- The start ----------------------------------------------------------------------------------------------------


@bp.route("/dot-xet/<public_id>/bat-dau-cham", methods=["GET", "POST"])
@requires("judging.start", Season)
def start(*, subject: Season) -> Answer:
    """Confirm the start of judging."""
    if request.method == "POST":
        count = service.start_judging(subject, actor=actor(), at=requests.now())
        flash(_("Đã bắt đầu chấm %(n)s hồ sơ.", n=count), "ok")
        return requests.finish(url_for("judging.progress", public_id=subject.public_id))
    stages = queries.score_stages(subject)
    return render_template(
        "judging/start.html",
        season=subject,
        received=len(queries.entries_in(subject, (State.RECEIVED,))),
        waiting=len(queries.entries_in(subject, (State.SUBMITTED, State.ENDORSED, State.RETURNED))),
        judges=sum(len(queries.judges_of(stage)) for stage in stages),
        is_early=subject.closes_at is not None and requests.now() < subject.closes_at,
    )
