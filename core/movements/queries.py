"""Reads about movements: which there are, which are on at a unit. Every question asks the database: none is stale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import current_app

from core.accounts import policy
from core.accounts.rules import Actor, Role
from core.accounts.scope import under_grants
from core.extensions import db
from core.movements.models import MovementDraft, MovementSwitch, MovementVersion
from core.movements.rules import nearest_switch
from core.organisations.models import Unit
from core.organisations.rules import ids_on
from core.scoring.canonical import read_canonical
from core.scoring.movement import Movement

# Later rooms say here how many of their things use a movement at a unit and below: (word for it, count).
# The path is that of the unit; «» is everywhere.
USES: list[Callable[[str, str], tuple[str, int]]] = []


def find(movement_id: str) -> Movement | None:
    """Return a movement: of an installed plugin, else the version that is offered on the web; None where there is none.

    Whether it is switched on anywhere is another question: `is_on`.
    """
    installed: Movement | None = current_app.extensions["thidua_registry"].find(movement_id)
    return installed if installed is not None else _offered(movement_id)


def _offered(movement_id: str) -> Movement | None:
    version = db.session.scalar(_in_use().where(MovementVersion.movement_id == movement_id))
    return movement_of(version) if version is not None else None


def _in_use() -> sa.Select[Any]:
    return sa.select(MovementVersion).join(MovementDraft, MovementDraft.offered_id == MovementVersion.id)


def movement_of(version: MovementVersion) -> Movement:
    """Return the movement that a version froze."""
    return _read(version.canonical)


@lru_cache(maxsize=64)
def _read(canonical: bytes) -> Movement:
    return read_canonical(canonical)


def all_movements() -> list[Movement]:
    """Return every movement that is installed or offered, by title."""
    installed = dict(current_app.extensions["thidua_registry"].movements)
    offered = {version.movement_id: movement_of(version) for version in db.session.scalars(_in_use())}
    return sorted((offered | installed).values(), key=lambda movement: (movement.title, movement.id))


def is_installed(movement_id: str) -> bool:
    """Say whether a plugin brings the movement."""
    return current_app.extensions["thidua_registry"].find(movement_id) is not None


def taken_ids(*, but: MovementDraft | None = None) -> frozenset[str]:
    """Return the ids that a new movement may not have: those of plugins, broken ones included, and of other drafts."""
    registry = current_app.extensions["thidua_registry"]
    installed = {*registry.movements, *(plugin.name.replace("_", "-") for plugin in registry.plugins)}
    query = sa.select(MovementDraft.movement_id)
    if but is not None:
        query = query.where(MovementDraft.id != but.id)
    versions = sa.select(MovementVersion.movement_id).distinct()
    if but is not None:
        versions = versions.where(MovementVersion.movement_id != but.movement_id)
    return frozenset({*installed, *db.session.scalars(query), *db.session.scalars(versions)})


def offered_to(unit: Unit) -> list[Movement]:
    """Return the movements of which this unit may begin a season, by title."""
    line = list(reversed(ids_on(unit.path)))
    switches: dict[str, dict[int, bool]] = {}
    for row in db.session.execute(
        sa.select(MovementSwitch.movement_id, MovementSwitch.unit_id, MovementSwitch.is_on).where(
            MovementSwitch.unit_id.in_(line)
        )
    ):
        switches.setdefault(row[0], {})[row[1]] = row[2]
    return [
        movement
        for movement in all_movements()
        if nearest_switch(line, switches.get(movement.id, {}), default=is_installed(movement.id))
    ]


def is_on(movement_id: str, unit: Unit) -> bool:
    """Say whether a movement may be used at a unit. Where no switch stands, what is installed is on, the rest off."""
    line = list(reversed(ids_on(unit.path)))
    query = sa.select(MovementSwitch.unit_id, MovementSwitch.is_on).where(
        MovementSwitch.movement_id == movement_id, MovementSwitch.unit_id.in_(line)
    )
    switches = {row[0]: row[1] for row in db.session.execute(query)}
    return nearest_switch(line, switches, default=is_installed(movement_id))


def switch_of(movement_id: str, unit: Unit) -> MovementSwitch | None:
    """Return the switch that stands at this very unit."""
    return db.session.scalar(
        sa.select(MovementSwitch).where(MovementSwitch.movement_id == movement_id, MovementSwitch.unit_id == unit.id)
    )


def switches_of(movement_id: str, units: Sequence[Unit]) -> list[MovementSwitch]:
    """Return the switches of a movement that stand at one of these units, highest first."""
    ids = [unit.id for unit in units]
    query = sa.select(MovementSwitch).join(Unit).where(
        MovementSwitch.movement_id == movement_id, MovementSwitch.unit_id.in_(ids)
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(Unit.path)))


def switchable_units(actor: Actor) -> list[Unit]:
    """Return the living units for which the actor may switch movements on and off."""
    query = policy.visible(actor, Unit, "movement.switch").where(Unit.valid_to.is_(None)).order_by(Unit.path)
    return list(db.session.scalars(query).unique())


def own_units(actor: Actor) -> list[Unit]:
    """Return the units over which the actor's own grants as organiser stand, highest first."""
    ids = [grant.unit_id for grant in actor.grants if grant.role == Role.ORGANISER]
    return list(db.session.scalars(sa.select(Unit).where(Unit.id.in_(ids)).order_by(Unit.path)).unique())


def drafts(actor: Actor) -> sa.Select[Any]:
    """Return the select of the movements that the actor may edit."""
    return policy.visible(actor, MovementDraft, "movement.edit")


def draft_of(movement_id: str) -> MovementDraft | None:
    """Return the working copy of a movement that was made on the web."""
    return db.session.scalar(sa.select(MovementDraft).where(MovementDraft.movement_id == movement_id))


def versions_of(movement_id: str) -> list[MovementVersion]:
    """Return everything that was ever offered under an id, the latest first."""
    query = sa.select(MovementVersion).where(MovementVersion.movement_id == movement_id)
    return list(db.session.scalars(query.order_by(MovementVersion.rules_version.desc())))


def uses(movement_id: str, unit: Unit | None = None) -> list[tuple[str, int]]:
    """Return what uses a movement at a unit and below it, or anywhere, as later rooms count it: (key, number)."""
    return [count(movement_id, unit.path if unit is not None else "") for count in USES]


def _owner_clause(actor: Actor, role: Role) -> sa.ColumnElement[bool]:
    return MovementDraft.owner_unit_id.in_(sa.select(Unit.id).where(under_grants(Unit.path, actor, role)))


def _is_owner(actor: Actor, role: Role, draft: MovementDraft) -> bool:
    return actor.covers(role, draft.owner_unit.path)


policy.entity(MovementDraft, read="movement.edit")
policy.relate(MovementDraft, "owner", clause=_owner_clause, holds=_is_owner)
