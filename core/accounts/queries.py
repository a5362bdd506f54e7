"""Reads about accounts: who stands behind a session, whose key this is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from core.accounts.models import Account, LoginKey, RoleGrant, WebSession
from core.accounts.rules import Actor, Grant, Role, key_of
from core.extensions import db
from core.organisations.models import Unit
from core.people.models import Person
from core.people.queries import matching


def account_by_key(folded: str) -> Account | None:
    """Return the account that a folded phone number or member code names, disabled or not."""
    return db.session.scalar(sa.select(Account).join(LoginKey).where(LoginKey.folded == folded))


def account(account_id: int) -> Account:
    """Return the account of an id that is known to exist, as it stands now."""
    return db.session.get_one(Account, account_id, populate_existing=True)


def live_session(id_hash: bytes, at: datetime) -> WebSession | None:
    """Return the session whose hashed id this is, unless it has ended."""
    row = db.session.get(WebSession, id_hash)
    return row if row is not None and row.expires_at > at else None


def is_in_force(grant: RoleGrant, on: date) -> bool:
    """Whether a grant holds on a day."""
    return (grant.valid_from is None or grant.valid_from <= on) and (grant.valid_to is None or on <= grant.valid_to)


def grants_of(account: Account, on: date) -> tuple[Grant, ...]:
    """Return the roles of an account in force on a day, as values."""
    return tuple(
        Grant(grant.role, grant.unit_id, grant.unit.path) for grant in account.grants if is_in_force(grant, on)
    )


def actor_of(account: Account, on: date) -> Actor:
    """Return the account's owner as a value, with the roles in force on a day."""
    grants = grants_of(account, on)
    person: Person = account.person
    return Actor(
        account_id=account.id,
        person_id=person.id,
        name=person.full_name,
        grants=grants,
        public_id=account.public_id,
        roles=frozenset({Role.PUBLIC, Role.WORKER} | {grant.role for grant in grants}),
    )


def in_force(on: date) -> sa.ColumnElement[bool]:
    """Return the condition «this grant holds on that day», equal to `is_in_force`."""
    return sa.and_(
        sa.or_(RoleGrant.valid_from.is_(None), RoleGrant.valid_from <= on),
        sa.or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= on),
    )


def administrators(on: date, *, locked: bool = False) -> list[int]:
    """Return the ids of the open accounts that administer on a day; `locked` makes others who ask so wait."""
    query = (
        sa.select(RoleGrant.account_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(RoleGrant.role == Role.ADMIN, Account.disabled_at.is_(None), in_force(on))
        .order_by(RoleGrant.id)
    )
    return list(db.session.scalars(query.with_for_update() if locked else query))


def with_accounts(people: sa.Select[Any], *, words: str = "", role: Role | None = None, on: date) -> sa.Select[Any]:
    """Return a select of people narrowed to those with accounts that a list's filters name.

    :param words: a part of the name without marks, of a phone number or of a member code.
    :param role: only people who hold it on the day `on`.
    """
    people = people.join(Account, Account.person_id == Person.id)
    if words:
        by_key = (
            sa.select(LoginKey.id)
            .where(LoginKey.account_id == Account.id, LoginKey.folded.contains(key_of(words), autoescape=True))
            .exists()
        )
        people = people.where(sa.or_(matching(words), by_key))
    if role is not None:
        held = sa.select(RoleGrant.id).where(RoleGrant.account_id == Account.id, RoleGrant.role == role, in_force(on))
        people = people.where(held.exists())
    return people


def accounts_of(people: list[Person]) -> dict[int, Account]:
    """Return the accounts of people by the person's id; those without one are missing."""
    ids = [person.id for person in people]
    return {row.person_id: row for row in db.session.scalars(sa.select(Account).where(Account.person_id.in_(ids)))}


def officers_of(unit: Unit, on: date) -> list[tuple[Person, Role]]:
    """Return who holds a role over exactly this unit on a day, by name."""
    query = (
        sa.select(Person, RoleGrant.role)
        .join(Account, Account.person_id == Person.id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.unit_id == unit.id, Account.disabled_at.is_(None), in_force(on))
        .order_by(RoleGrant.role, Person.sort_key)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def session_count(account: Account, at: datetime) -> int:
    """Return in how many browsers the account is signed in."""
    query = (
        sa.select(sa.func.count())
        .select_from(WebSession)
        .where(WebSession.account_id == account.id, WebSession.expires_at > at)
    )
    return db.session.scalar(query) or 0
