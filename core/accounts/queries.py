"""Reads about accounts: who stands behind a session, whose key this is."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from core.accounts.models import Account, LoginKey, WebSession
from core.accounts.rules import Actor, Grant, Role
from core.extensions import db
from core.people.models import Person


def account_by_key(folded: str) -> Account | None:
    """Return the account that a folded phone number or member code names, disabled or not."""
    return db.session.scalar(sa.select(Account).join(LoginKey).where(LoginKey.folded == folded))


def live_session(id_hash: bytes, at: datetime) -> WebSession | None:
    """Return the session whose hashed id this is, unless it has ended."""
    row = db.session.get(WebSession, id_hash)
    return row if row is not None and row.expires_at > at else None


def actor_of(account: Account, on: date) -> Actor:
    """Return the account's owner as a value, with the roles in force on a day."""
    grants = tuple(
        Grant(grant.role, grant.unit_id, grant.unit.path)
        for grant in account.grants
        if (grant.valid_from is None or grant.valid_from <= on) and (grant.valid_to is None or on <= grant.valid_to)
    )
    person: Person = account.person
    return Actor(
        account_id=account.id,
        person_id=person.id,
        name=person.full_name,
        grants=grants,
        public_id=account.public_id,
        roles=frozenset({Role.PUBLIC, Role.WORKER} | {grant.role for grant in grants}),
    )
