"""Reads of the tree: by code, the line above a unit, names as of a date."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from core.db import subtree
from core.extensions import db
from core.organisations.models import Succession, Unit, UnitName
from core.organisations.rules import ids_on


def by_code(code: str) -> Unit | None:
    """Return the unit of a code."""
    return db.session.scalar(sa.select(Unit).where(Unit.code == code))


def line_above(unit: Unit) -> list[Unit]:
    """Return the units above `unit` from its parent up to the top, along the management line."""
    ids = ids_on(unit.path)[:-1]
    found = {row.id: row for row in db.session.scalars(sa.select(Unit).where(Unit.id.in_(ids)))}
    return [found[unit_id] for unit_id in reversed(ids) if unit_id in found]


def below(unit: Unit) -> list[Unit]:
    """Return `unit` and everything below it, parents before children, brothers in alphabetical order."""
    rows = list(db.session.scalars(sa.select(Unit).where(subtree(Unit.path, unit.path)).order_by(Unit.sort_key)))
    children: dict[int | None, list[Unit]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    ordered: list[Unit] = []
    waiting = [unit]
    while waiting:
        current = waiting.pop()
        ordered.append(current)
        waiting.extend(reversed(children.get(current.id, [])))
    return ordered


def roots() -> list[Unit]:
    """Return the units that hang below nothing."""
    return list(db.session.scalars(sa.select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.sort_key)))


def name_on(unit: Unit, on: date) -> str:
    """Return the name the unit bore on a day; today's where no older one is recorded."""
    query = (
        sa.select(UnitName.name)
        .where(UnitName.unit_id == unit.id)
        .where(sa.or_(UnitName.valid_from.is_(None), UnitName.valid_from <= on))
        .where(sa.or_(UnitName.valid_to.is_(None), UnitName.valid_to >= on))
        .order_by(UnitName.id.desc())
    )
    return db.session.scalar(query.limit(1)) or unit.name


def successor(unit: Unit) -> Unit | None:
    """Return the unit that took over from a dissolved one, following the line to its end."""
    seen = {unit.id}
    current: Unit | None = None
    next_id = unit.id
    while True:
        found = db.session.scalar(sa.select(Succession.to_unit_id).where(Succession.from_unit_id == next_id).limit(1))
        if found is None or found in seen:
            return current
        seen.add(found)
        current = db.session.get(Unit, found)
        next_id = found
