"""The organiser's own movements, beginning one, and the switch of a movement at a unit."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from core.accounts.rules import NotFoundHere
from core.movements import forms, queries, service, words
from core.movements.blueprint import bp
from core.movements.models import MovementDraft
from core.movements.reading import Answer, use_lines
from core.organisations.models import Unit
from core.web import requests
from core.web.access import actor, requires
from core.web.paging import page_of


@bp.get("")
@requires("movement.list")
def board() -> Answer:
    """Show the movements that the actor's units make, and which movements are on where."""
    page = page_of(
        queries.drafts(actor()),
        [(MovementDraft.saved_at, True), (MovementDraft.id, True)],
        after=request.args.get("sau"),
        before=request.args.get("truoc"),
    )
    rows = [(draft, len(service.problems(draft))) for draft in page.rows]
    units = queries.own_units(actor())
    movements = [
        (movement, queries.is_installed(movement.id), [(unit, queries.is_on(movement.id, unit)) for unit in units])
        for movement in queries.all_movements()
    ]
    return render_template("movements/board.html", page=page, rows=rows, movements=movements)


@bp.route("/moi", methods=["GET", "POST"])
@requires("movement.create")
def create() -> Answer:
    """Begin a movement: empty, or like one that is there."""
    units = queries.own_units(actor())
    form = forms.CreateForm()
    form.unit.offer(units)
    sources = {f"phong-trao:{movement.id}": movement.title for movement in queries.all_movements()}
    form.source.choices = {"": _("Trang trắng")} | {
        key: _("Sao chép «%(title)s»", title=title) for key, title in sources.items()
    }
    if request.method == "GET" and units:
        form.unit.data = units[0].public_id
        wanted = f"phong-trao:{request.args.get('tu', '')}"
        form.source.data = wanted if wanted in sources else ""
    if form.validate_on_submit():
        source = queries.find(str(form.source.data).partition(":")[2]) if form.source.data else None
        draft = service.create(
            title=form.title.data or "", owner_unit=form.unit.chosen, actor=actor(), at=requests.now(), source=source
        )
        return requests.finish(url_for("movements.step", public_id=draft.public_id, number=1))
    page = render_template("movements/create.html", form=form, units=units)
    return (page, 422) if form.errors else page


@bp.route("/bat-tat/<movement_id>", methods=["GET", "POST"])
@requires("movement.switch")
def switch(movement_id: str) -> Answer:
    """Switch a movement on or off at a unit: first which, then the page that says what it does, then done."""
    movement = queries.find(movement_id)
    if movement is None:
        raise NotFoundHere()
    units = queries.switchable_units(actor())
    form = forms.SwitchForm()
    form.unit.offer(units)
    if request.method == "GET":
        form.unit.data = request.args.get("don-vi") or (units[0].public_id if units else "")
        if form.unit.unit is not None:
            form.is_on.data = "0" if queries.is_on(movement_id, form.unit.unit) else "1"
    if form.validate_on_submit():
        unit, is_on = form.unit.chosen, form.is_on.data == "1"
        if request.form.get("confirmed"):
            service.switch(movement_id, unit, is_on=is_on, actor=actor(), at=requests.now())
            flash(words.switched(movement.title, unit.name, is_on=is_on), "ok")
            return requests.finish(url_for("movements.board"))
        return render_template(
            "movements/switch_confirm.html",
            movement=movement, unit=unit, is_on=is_on, was_on=queries.is_on(movement_id, unit),
            uses=use_lines(movement_id, unit), others=_other_switches(movement_id, unit),
        )  # fmt: skip
    page = render_template(
        "movements/switch.html", movement=movement, form=form, switches=queries.switches_of(movement_id, units)
    )
    return (page, 422) if form.errors else page


def _other_switches(movement_id: str, unit: Unit) -> list[Any]:
    """Return the switches below a unit, which go on deciding there."""
    below = [other for other in queries.switchable_units(actor()) if other.path.startswith(unit.path)]
    return [row for row in queries.switches_of(movement_id, below) if row.unit_id != unit.id]
