"""Reads of the tree: by code, the line above a unit, names as of a date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import sqlalchemy as sa

from core.db import subtree
from core.extensions import db
from core.organisations.models import Succession, Unit, UnitKind, UnitName
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


def names(unit: Unit) -> list[UnitName]:
    """Return the names the unit bore before today's, oldest first."""
    return list(db.session.scalars(sa.select(UnitName).where(UnitName.unit_id == unit.id).order_by(UnitName.id)))


def name_since(unit: Unit) -> date | None:
    """Return the day today's name began; None where it goes back to a beginning nobody recorded."""
    earlier = names(unit)
    if not earlier or earlier[-1].valid_to is None:
        return unit.valid_from
    return earlier[-1].valid_to + timedelta(days=1)


def predecessors(unit: Unit) -> list[tuple[Unit, Succession]]:
    """Return the units that this one took over from, with when and why."""
    query = (
        sa.select(Unit, Succession)
        .join(Succession, Succession.from_unit_id == Unit.id)
        .where(Succession.to_unit_id == unit.id)
        .order_by(Succession.on_date, Unit.sort_key)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def successions(unit: Unit) -> list[tuple[Unit, Succession]]:
    """Return the units that took over from this one directly, with when and why."""
    query = (
        sa.select(Unit, Succession)
        .join(Succession, Succession.to_unit_id == Unit.id)
        .where(Succession.from_unit_id == unit.id)
        .order_by(Succession.on_date, Unit.sort_key)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def in_tree_order(units: Iterable[Unit]) -> list[Unit]:
    """Return units with parents before children and brothers in alphabetical order.

    A unit whose parent is not among them stands at the top, so any selection of units is a forest.
    """
    found = sorted(units, key=lambda unit: unit.sort_key)
    present = {unit.id for unit in found}
    children: dict[int | None, list[Unit]] = {}
    for unit in found:
        children.setdefault(unit.parent_id if unit.parent_id in present else None, []).append(unit)
    ordered: list[Unit] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        current = waiting.pop()
        ordered.append(current)
        waiting.extend(reversed(children.get(current.id, [])))
    return ordered


def with_line(units: Iterable[Unit]) -> list[Unit]:
    """Return units together with everything above them, in the order of the tree: what a search of the tree shows."""
    ids = {unit_id for unit in units for unit_id in ids_on(unit.path)}
    return in_tree_order(db.session.scalars(sa.select(Unit).where(Unit.id.in_(ids))))


def kinds() -> list[UnitKind]:
    """Return the levels of the organisation, from the top down."""
    return list(db.session.scalars(sa.select(UnitKind).order_by(UnitKind.rank, UnitKind.name)))
