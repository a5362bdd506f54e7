"""Reads of people: by member code, lists of a unit's people, searched without marks."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.db import subtree
from core.extensions import db
from core.organisations.models import Unit
from core.people.models import Membership, Person
from core.people.rules import MembershipKind
from core.vietnamese.text import fold

# How a list of people is sorted: by given name, then family and middle names; the key makes it unique for paging.
BY_NAME = [(Person.sort_key, False), (Person.id, False)]


def by_member_code(code: str) -> Person | None:
    """Return the person who has a member code, as it is stored."""
    return db.session.scalar(sa.select(Person).join(Membership).where(Membership.member_code == code))


def narrowed(
    people: sa.Select[Any], *, words: str = "", unit: Unit | None = None, kind: MembershipKind | None = None
) -> sa.Select[Any]:
    """Return a select of people narrowed to what a list's filters say; merged people are left out.

    :param words: a part of the name without marks, of the phone number or of the member code.
    :param unit: only people who now belong to it or to a unit below.
    """
    people = people.where(Person.merged_into_id.is_(None))
    if words:
        people = people.where(matching(words))
    present = _present()
    if unit is not None:
        people = people.where(present.where(subtree(Unit.path, unit.path)).exists())
    if kind is not None:
        people = people.where(present.where(Membership.kind == kind).exists())
    return people


def matching(words: str) -> sa.ColumnElement[bool]:
    """Return the condition «name, phone number or member code holds these words»."""
    found = Person.folded.contains(fold(words), autoescape=True)
    bare = "".join(words.split())
    if any(letter.isdigit() for letter in bare):
        digits = "0" + bare.removeprefix("+84") if bare.startswith("+84") else bare
        code = (
            sa.select(Membership.id)
            .where(Membership.person_id == Person.id, Membership.member_code.contains(bare.upper(), autoescape=True))
            .exists()
        )
        found = sa.or_(found, Person.phone.contains(digits, autoescape=True), code)
    return found


def _present() -> sa.Select[Any]:
    return (
        sa.select(Membership.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.person_id == Person.id, Membership.valid_to.is_(None))
    )


def count_in(unit: Unit) -> int:
    """Return how many people now belong to a unit or to one below it."""
    query = (
        sa.select(sa.func.count(sa.distinct(Membership.person_id)))
        .join(Unit, Unit.id == Membership.unit_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.valid_to.is_(None), Person.merged_into_id.is_(None), subtree(Unit.path, unit.path))
    )
    return db.session.scalar(query) or 0
