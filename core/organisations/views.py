"""The tree of units for administrators: read it, add to it, rename, move and dissolve."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import Blueprint, Response, flash, g, render_template, request, url_for
from flask_babel import gettext as _

from core.accounts import policy
from core.errors import DomainError
from core.extensions import db
from core.organisations import (
    queries,
    service,
    words,  # noqa: F401  # Registers the sentences of this room's refusals.
)
from core.organisations.forms import NEW_KIND, DissolveForm, MoveForm, RenameForm, UnitForm
from core.organisations.models import Succession, Unit, UnitKind
from core.organisations.rules import NameDateTooEarly, UnitCodeTaken, UnitUnderItself
from core.vietnamese.dates import local_date
from core.vietnamese.text import fold
from core.web import requests
from core.web.access import actor, find, requires
from core.web.sentences import say

bp = Blueprint("organisations", __name__)


@dataclass(slots=True)
class Node:
    """A unit on the page of the tree, with what hangs below it."""

    unit: Unit
    successors: list[Unit]
    children: list[Node] = field(default_factory=list)


def nodes(units: list[Unit]) -> list[Node]:
    """Return units, given in the order of the tree, as a forest."""
    heirs: dict[int, list[Unit]] = {}
    pairs = sa.select(Succession.from_unit_id, Unit).join(Unit, Unit.id == Succession.to_unit_id)
    for from_id, unit in db.session.execute(pairs):
        heirs.setdefault(from_id, []).append(unit)
    made: dict[int, Node] = {}
    top: list[Node] = []
    for unit in units:
        node = made[unit.id] = Node(unit, heirs.get(unit.id, []))
        above = made.get(unit.parent_id or 0)
        (above.children if above is not None else top).append(node)
    return top


def living() -> list[Unit]:
    """Return the units that the actor may read and that have not ended."""
    return list(db.session.scalars(policy.visible(actor(), Unit).where(Unit.valid_to.is_(None))))


@bp.get("/to-chuc")
@requires("unit.manage")
def tree() -> str:
    """The tree as of today, dissolved units under their successors."""
    typed = request.args.get("tim", "").strip()
    every = list(db.session.scalars(policy.visible(actor(), Unit)))
    shown = queries.in_tree_order(every)
    if typed:
        found = [unit for unit in every if fold(typed) in unit.folded or typed.lower() in unit.code.lower()]
        shown = queries.with_line(found) if found else []
    return render_template(
        "organisations/tree.html",
        forest=nodes(shown),
        typed=typed,
        living=sum(1 for unit in every if unit.valid_to is None),
        dissolved=sum(1 for unit in every if unit.valid_to is not None),
        members=sum(unit.member_count or 0 for unit in every if unit.valid_to is None),
    )


def _unit_url(unit: Unit) -> str:
    return url_for("organisations.unit", public_id=unit.public_id)


@bp.route("/to-chuc/them", methods=["GET", "POST"])
@requires("unit.manage")
def add() -> Response | str | tuple[str, int]:
    """Add a unit below another."""
    form = UnitForm(parent=request.args.get("thuoc", ""))
    form.parent.offer(living(), empty=_("Không thuộc đơn vị nào (cấp cao nhất)"))
    form.kind.choices = [("", _("Chọn cấp"))] + [(kind.code, kind.name) for kind in queries.kinds()]
    form.kind.choices.append((NEW_KIND, _("Cấp khác, chưa có trong danh sách")))
    if form.validate_on_submit():
        try:
            unit = service.create_unit(
                code=form.code.data.lower(),
                name=form.name.data,
                kind_code=_kind(form),
                parent=form.parent.unit,
                actor=actor(),
                at=g.now,
                member_count=None if form.member_count.data is None else int(form.member_count.data),
                valid_from=form.valid_from.data,
            )
        except UnitCodeTaken as error:
            form.code.errors = [say(error)]
        else:
            flash(_("Đã thêm %(unit)s.", unit=unit.name), "ok")
            return requests.finish(_unit_url(unit))
    return render_template("organisations/add.html", form=form), 422 if form.errors else 200


def _kind(form: UnitForm) -> str:
    """Return the code of the chosen level, making a new one below all others where one was named."""
    if form.kind.data != NEW_KIND:
        return str(form.kind.data)
    known = queries.kinds()
    code = fold(form.new_kind.data).replace(" ", "-")[:40]
    same = next((kind for kind in known if kind.code == code), None)
    if same is not None:
        return same.code
    rank = max((kind.rank for kind in known), default=0) + 1
    kind: UnitKind = service.define_kind(code, form.new_kind.data, rank, actor=actor(), at=g.now)
    return kind.code


@bp.route("/to-chuc/<public_id>/doi-ten", methods=["GET", "POST"])
@requires("unit.manage", Unit)
def rename(subject: Unit) -> Response | str | tuple[str, int]:
    """Give a unit another name; older documents keep the old one."""
    form = RenameForm(name=subject.name, on=local_date(g.now))
    if form.validate_on_submit():
        assert form.on.data is not None
        try:
            service.rename(subject, form.name.data, on=form.on.data, actor=actor(), at=g.now)
        except NameDateTooEarly as error:
            form.on.errors = [say(error)]
        else:
            flash(_("Đã đổi tên. Giấy tờ trước ngày này vẫn in tên cũ."), "ok")
            return requests.finish(_unit_url(subject))
    return render_template("organisations/rename.html", form=form, unit=subject), 422 if form.errors else 200


@bp.route("/to-chuc/<public_id>/chuyen", methods=["GET", "POST"])
@requires("unit.manage", Unit)
def move(subject: Unit) -> Response | str | tuple[str, int]:
    """Hang a unit, with everything below it, under another."""
    form = MoveForm(parent=subject.parent.public_id if subject.parent else "")
    form.parent.offer(unit for unit in living() if unit.id != subject.id)
    if form.validate_on_submit():
        before = subject.parent
        try:
            service.move(subject, form.parent.chosen, actor=actor(), at=g.now)
        except UnitUnderItself as error:
            form.parent.errors = [say(error)]
        else:
            flash(_("Đã chuyển %(unit)s về thuộc %(parent)s.", unit=subject.name, parent=form.parent.chosen.name), "ok")
            undo = before.public_id if before is not None and before.valid_to is None else None
            return requests.finish(url_for("organisations.unit", public_id=subject.public_id, cu=undo))
    return render_template("organisations/move.html", form=form, unit=subject), 422 if form.errors else 200


@bp.post("/to-chuc/<public_id>/chuyen-lai")
@requires("unit.manage", Unit)
def move_back(subject: Unit) -> Response:
    """«Hoàn tác» of a move."""
    parent = find(Unit, "public_id", request.form.get("parent", ""))
    service.move(subject, parent, actor=actor(), at=g.now)
    flash(_("Đã chuyển %(unit)s trở lại %(parent)s.", unit=subject.name, parent=parent.name), "ok")
    return requests.finish(_unit_url(subject))


@bp.route("/to-chuc/<public_id>/giai-the", methods=["GET", "POST"])
@requires("unit.manage", Unit)
def dissolve(subject: Unit) -> Response | str | tuple[str, int]:
    """End a unit and name its successor, on a page that says what will happen."""
    form = DissolveForm(on=local_date(g.now))
    form.founded_on = subject.valid_from
    form.successor.offer(unit for unit in living() if not unit.path.startswith(subject.path))
    if form.validate_on_submit():
        assert form.on.data is not None
        try:
            service.dissolve(
                subject,
                successor=form.successor.chosen,
                on=form.on.data,
                reason=form.reason.data,
                actor=actor(),
                at=g.now,
            )
        except DomainError as error:
            form.successor.errors = [say(error)]
        else:
            flash(_("Đã ghi giải thể %(unit)s.", unit=subject.name), "ok")
            return requests.finish(_unit_url(subject))
    below = len(queries.below(subject)) - 1
    page = render_template("organisations/dissolve.html", form=form, unit=subject, below=below)
    return page, 422 if form.errors else 200
