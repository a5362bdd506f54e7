"""The page of one unit, on the blueprint `organisations`: names over time, successors, people, roles over it."""

from __future__ import annotations

from flask import g, render_template, request

from core.accounts import policy, queries, words
from core.extensions import db
from core.organisations import queries as units
from core.organisations.models import Unit
from core.organisations.views import bp
from core.people.queries import count_in
from core.vietnamese.dates import local_date
from core.web.access import actor, requires


@bp.get("/to-chuc/<public_id>")
@requires("unit.read", Unit)
def unit(subject: Unit) -> str:
    """One unit."""
    today = local_date(g.now)
    above = [one for one in reversed(units.line_above(subject)) if policy.sees(actor(), one)]
    below = [one for one in units.below(subject) if one.parent_id == subject.id]
    undo_id = request.args.get("cu", "")
    undo = next((one for one in _living() if one.public_id == undo_id), None) if undo_id else None
    return render_template(
        "organisations/unit.html",
        unit=subject,
        above=above,
        below=below,
        names=units.names(subject),
        name_since=units.name_since(subject),
        successors=units.successions(subject),
        predecessors=units.predecessors(subject),
        people=count_in(subject),
        officers=[(person, words.role_name(role)) for person, role in queries.officers_of(subject, today)],
        undo=undo if undo is not None and undo.id != subject.parent_id else None,
    )


def _living() -> list[Unit]:
    return list(db.session.scalars(policy.visible(actor(), Unit).where(Unit.valid_to.is_(None))))
