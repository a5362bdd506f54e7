"""How units, people and accounts relate to an actor: the clauses and predicates behind the policy's words for them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.accounts import policy
from core.accounts.models import Account
from core.accounts.rules import Actor, Role
from core.db import subtree
from core.organisations.models import Unit
from core.people.models import Membership, Person


def under_grants(column: Any, actor: Actor, role: Role) -> sa.ColumnElement[bool]:
    """Return the condition «this path lies under a unit over which the actor holds `role`»."""
    return sa.or_(sa.false(), *(subtree(column, path) for path in actor.paths(role)))


def _unit_holds(actor: Actor, role: Role, unit: Unit) -> bool:
    return actor.covers(role, unit.path)


def _person_clause(actor: Actor, role: Role) -> sa.ColumnElement[bool]:
    return (
        sa.select(Membership.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.person_id == Person.id, Membership.valid_to.is_(None), under_grants(Unit.path, actor, role))
        .exists()
    )


def _person_holds(actor: Actor, role: Role, person: Person) -> bool:
    return any(m.valid_to is None and actor.covers(role, m.unit.path) for m in person.memberships)


def _account_clause(actor: Actor, role: Role) -> sa.ColumnElement[bool]:
    people = sa.select(Person.id).where(_person_clause(actor, role))
    return Account.person_id.in_(people)


def _account_holds(actor: Actor, role: Role, account: Account) -> bool:
    return _person_holds(actor, role, account.person)


policy.entity(Unit, read="unit.read")
policy.relate(Unit, "subtree", clause=lambda a, r: under_grants(Unit.path, a, r), holds=_unit_holds)
policy.entity(Person, read="person.read")
policy.relate(Person, "subtree", clause=_person_clause, holds=_person_holds)
policy.entity(Account, read="account.read")
policy.relate(Account, "subtree", clause=_account_clause, holds=_account_holds)
