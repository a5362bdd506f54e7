"""One maker per table, with honest defaults; a test states only what matters. Makers add and flush, never commit."""

from __future__ import annotations

import itertools
from typing import Any

from core.accounts.models import Account, LoginKey, RoleGrant
from core.accounts.rules import SYSTEM, LoginKind, Role
from core.audit import service as audit
from core.extensions import db
from core.organisations.models import Unit, UnitKind
from core.people.models import Membership, Person
from core.people.rules import MembershipKind
from core.vietnamese.codes import new_public_id
from core.vietnamese.names import alphabet_key, sort_key
from core.vietnamese.text import fold
from tests.conftest import NOW

_numbers = itertools.count(1)


def _kept(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    # A strict application commits no witnessed row without an act.
    audit.record("test.make", row, actor=SYSTEM, at=NOW)
    return row


def make_unit(name: str = "CĐCS Công ty CP Chè Tân Uyên", parent: Unit | None = None, **more: Any) -> Unit:
    """A unit under `parent`."""
    kind = more.pop("kind_code", "cdcs" if parent else "ldld_tinh")
    if db.session.get(UnitKind, kind) is None:
        _kept(UnitKind(code=kind, name=kind, rank=0))
    n = next(_numbers)
    unit = _kept(
        Unit(
            public_id=new_public_id(),
            code=more.pop("code", f"u-{n}"),
            kind_code=kind,
            name=name,
            folded=fold(name),
            sort_key=alphabet_key(name),
            parent_id=parent.id if parent else None,
            path=f"?{n}",
            **more,
        )
    )
    unit.path = f"{parent.path if parent else ''}{unit.id}."
    db.session.flush()
    return unit


def make_person(full_name: str = "Lò Thị Mai", unit: Unit | None = None, **more: Any) -> Person:
    """A person, member of `unit` where one is given."""
    kind = more.pop("kind", MembershipKind.MEMBER)
    person = _kept(
        Person(
            public_id=new_public_id(), full_name=full_name, folded=fold(full_name), sort_key=sort_key(full_name), **more
        )
    )
    if unit is not None:
        person.memberships.append(Membership(person_id=person.id, unit_id=unit.id, unit=unit, kind=kind))
        db.session.flush()
    return person


def make_account(
    person: Person | None = None, *roles: tuple[Role, Unit], phone: str | None = None, **more: Any
) -> Account:
    """An account of `person` with roles over units."""
    person = person or make_person()
    account = _kept(Account(public_id=new_public_id(), person_id=person.id, person=person, created_at=NOW, **more))
    number = phone or f"09{next(_numbers):08d}"
    account.keys.append(LoginKey(account_id=account.id, kind=LoginKind.PHONE, folded=number))
    for role, unit in roles:
        account.grants.append(RoleGrant(account_id=account.id, role=role, unit_id=unit.id, unit=unit))
    db.session.flush()
    return account
