"""What happens to units: made, renamed, moved, dissolved into a successor. Nothing is ever deleted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.audit import service as audit
from core.audit.actor import ActorLike
from core.db import subtree
from core.extensions import db
from core.organisations import queries
from core.organisations.models import Succession, Unit, UnitKind, UnitName
from core.organisations.rules import NameDateTooEarly, UnitCodeTaken, UnitDissolved, UnitUnderItself, path_of
from core.vietnamese.codes import new_public_id
from core.vietnamese.names import alphabet_key
from core.vietnamese.text import clean_line, fold


def define_kind(code: str, name: str, rank: int, *, actor: ActorLike, at: datetime) -> UnitKind:
    """Make or rename a level of the organisation."""
    kind = db.session.get(UnitKind, code)
    if kind is None:
        kind = UnitKind(code=code, name=name, rank=rank)
        db.session.add(kind)
    kind.name, kind.rank = name, rank
    audit.record("unit_kind.define", kind, actor=actor, at=at, after={"name": name})
    db.session.flush()
    return kind


def create_unit(
    *, code: str, name: str, kind_code: str, parent: Unit | None, actor: ActorLike, at: datetime, **more: Any
) -> Unit:
    """Make a unit below `parent`.

    :param more: campaign_parent_id, member_count, valid_from, valid_to.
    :raise UnitCodeTaken: another unit has the code.
    :raise UnitDissolved: `parent` has ended.
    """
    if parent is not None and parent.valid_to is not None:
        raise UnitDissolved(unit=parent.name)
    if queries.by_code(code) is not None:
        raise UnitCodeTaken(code=code)
    name = clean_line(name)
    unit = Unit(
        public_id=new_public_id(), code=code, kind_code=kind_code, name=name, folded=fold(name),
        sort_key=alphabet_key(name), parent_id=parent.id if parent else None, path=f"new:{code}", **more,
    )  # fmt: skip
    db.session.add(unit)
    db.session.flush()
    unit.path = path_of(parent.path if parent else "", unit.id)
    audit.record("unit.create", unit, actor=actor, at=at, after={"code": code, "name": name}, unit_path=unit.path)
    db.session.flush()
    return unit


def rename(unit: Unit, name: str, *, on: date, actor: ActorLike, at: datetime) -> None:
    """Give a unit a new name from the day `on`; documents of earlier days keep printing the old one.

    On the very day the present name began it is a slip being corrected, which leaves no older name behind.

    :raise NameDateTooEarly: the present name began after `on`.
    """
    before, since = unit.name, queries.name_since(unit)
    if since is not None and on < since:
        raise NameDateTooEarly(since=since)
    if on != since:
        db.session.add(UnitName(unit_id=unit.id, name=before, valid_from=since, valid_to=on - timedelta(days=1)))
    unit.name = clean_line(name)
    unit.folded, unit.sort_key = fold(unit.name), alphabet_key(unit.name)
    audit.record(
        "unit.rename", unit, actor=actor, at=at, before={"name": before}, after={"name": unit.name}, unit_path=unit.path
    )
    db.session.flush()


def move(unit: Unit, parent: Unit, *, actor: ActorLike, at: datetime) -> None:
    """Hang a unit, with everything below it, under another.

    :raise UnitUnderItself: `parent` is the unit or lies below it.
    :raise UnitDissolved: `parent` has ended.
    """
    if parent.valid_to is not None:
        raise UnitDissolved(unit=parent.name)
    if parent.path.startswith(unit.path):
        raise UnitUnderItself(unit=unit.name, parent=parent.name)
    old, new = unit.path, path_of(parent.path, unit.id)
    before = unit.parent.name if unit.parent else ""
    for row in db.session.scalars(sa.select(Unit).where(subtree(Unit.path, old))):
        row.path = new + row.path[len(old) :]
    unit.parent_id = parent.id
    audit.record(
        "unit.move",
        unit,
        actor=actor,
        at=at,
        before={"parent": before},
        after={"unit": unit.name, "parent": parent.name},
        unit_path=new,
    )
    db.session.flush()


def dissolve(unit: Unit, *, successor: Unit, on: date, reason: str, actor: ActorLike, at: datetime) -> None:
    """End a unit on a day; from then on it hangs under its successor and keeps its past.

    :raise UnitDissolved: the unit, or the successor, has already ended.
    :raise UnitUnderItself: the successor is the unit or lies below it.
    """
    for one in (unit, successor):
        if one.valid_to is not None:
            raise UnitDissolved(unit=one.name)
    if successor.path.startswith(unit.path):
        raise UnitUnderItself(unit=unit.name, parent=successor.name)
    unit.valid_to = on
    db.session.add(Succession(from_unit_id=unit.id, to_unit_id=successor.id, on_date=on, reason=reason))
    audit.record(
        "unit.dissolve", unit, actor=actor, at=at,
        after={"unit": unit.name, "successor": successor.name, "reason": reason}, unit_path=unit.path,
    )  # fmt: skip
    if unit.parent_id != successor.id:
        move(unit, successor, actor=actor, at=at)
    db.session.flush()
