"""What happens to people: entered, corrected, moved to another unit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from core.audit import service as audit
from core.audit.actor import ActorLike
from core.extensions import db
from core.organisations.models import Unit
from core.people.models import Membership, Person
from core.people.rules import MembershipKind
from core.vietnamese.codes import new_public_id
from core.vietnamese.names import sort_key
from core.vietnamese.text import clean_line, fold

EDITABLE = frozenset({"sex", "birth_year", "phone", "email", "job_title", "qualification", "person_kind"})


def create_person(
    full_name: str,
    *,
    unit: Unit | None,
    actor: ActorLike,
    at: datetime,
    kind: MembershipKind = MembershipKind.MEMBER,
    member_code: str | None = None,
    **more: Any,
) -> Person:
    """Enter a person, in a unit where one is given.

    :param more: sex, birth_year, phone, email, job_title, qualification, person_kind.
    """
    name = clean_line(full_name)
    person = Person(public_id=new_public_id(), full_name=name, folded=fold(name), sort_key=sort_key(name), **more)
    db.session.add(person)
    db.session.flush()
    if unit is not None:
        person.memberships.append(
            Membership(person_id=person.id, unit_id=unit.id, unit=unit, kind=kind, member_code=member_code)
        )
    audit.record(
        "person.create", person, actor=actor, at=at, after={"name": name, "unit": unit.name if unit else ""},
        unit_path=unit.path if unit else "",
    )  # fmt: skip
    db.session.flush()
    return person


def correct(person: Person, changes: dict[str, Any], *, actor: ActorLike, at: datetime) -> None:
    """Correct a person's data; what was filed under the old data keeps it."""
    changes = dict(changes)
    before = {}
    if "full_name" in changes:
        name = clean_line(changes.pop("full_name"))
        before["full_name"] = person.full_name
        person.full_name, person.folded, person.sort_key = name, fold(name), sort_key(name)
    for field in EDITABLE & changes.keys():
        before[field] = str(getattr(person, field) or "")
        setattr(person, field, changes[field])
    after = {field: str(getattr(person, field) or "") for field in before}
    audit.record("person.correct", person, actor=actor, at=at, before=before, after=after)
    db.session.flush()


def transfer(person: Person, unit: Unit, *, on: date, kind: MembershipKind, actor: ActorLike, at: datetime) -> None:
    """Move a person to another unit from the day `on`; the earlier membership stays, ended the day before."""
    old = person.membership
    if old is not None:
        old.valid_to = on - timedelta(days=1)
    member_code = old.member_code if old is not None else None
    if old is not None:
        # The code belongs to the person and follows along; the ended row gives it up so that it stays unique.
        old.member_code = None
        db.session.flush()
    person.memberships.append(
        Membership(person_id=person.id, unit_id=unit.id, unit=unit, kind=kind, member_code=member_code, valid_from=on)
    )
    audit.record(
        "person.transfer", person, actor=actor, at=at, before={"unit": old.unit.name if old else ""},
        after={"unit": unit.name}, unit_path=unit.path,
    )  # fmt: skip
    db.session.flush()
