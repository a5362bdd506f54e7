"""What happens to people: entered, corrected, moved to another unit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from core.audit import service as audit
from core.audit.actor import ActorLike
from core.extensions import db
from core.organisations.models import Unit
from core.people import queries
from core.people.models import Membership, Person
from core.people.rules import AlreadyThere, MemberCodeTaken, MembershipKind, TransferTooEarly
from core.vietnamese.codes import new_public_id
from core.vietnamese.names import sort_key
from core.vietnamese.text import clean_line, fold, login_fold

EDITABLE = frozenset({"sex", "birth_year", "phone", "email", "job_title", "qualification", "person_kind"})


def stored_code(member_code: str | None) -> str:
    """Return a member code as it is kept: capitals without blanks, so that one code has one spelling."""
    return login_fold(member_code or "").replace(" ", "").upper()


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
    :raise MemberCodeTaken: another person has the member code.
    """
    name = clean_line(full_name)
    code = _free_code(member_code)
    person = Person(public_id=new_public_id(), full_name=name, folded=fold(name), sort_key=sort_key(name), **more)
    db.session.add(person)
    db.session.flush()
    if unit is not None:
        person.memberships.append(
            Membership(person_id=person.id, unit_id=unit.id, unit=unit, kind=kind, member_code=code)
        )
    audit.record(
        "person.create", person, actor=actor, at=at, after={"name": name, "unit": unit.name if unit else ""},
        unit_path=unit.path if unit else "",
    )  # fmt: skip
    db.session.flush()
    return person


def _free_code(member_code: str | None, *, of: Person | None = None) -> str | None:
    """Return the code as it is stored, None where none is given; whose it may already be is `of`."""
    code = stored_code(member_code)
    holder = queries.by_member_code(code) if code else None
    if holder is not None and holder is not of:
        raise MemberCodeTaken(code=code)
    return code or None


def correct(person: Person, changes: dict[str, Any], *, actor: ActorLike, at: datetime) -> None:
    """Correct a person's data; what was filed under the old data keeps it.

    :param changes: full_name, member_code (of the present membership) and the columns of EDITABLE.
    :raise MemberCodeTaken: another person has the member code.
    """
    changes = dict(changes)
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    if "member_code" in changes and person.membership is not None:
        code = _free_code(changes["member_code"], of=person)
        before["member_code"], after["member_code"] = person.membership.member_code or "", code or ""
        person.membership.member_code = code
    if "full_name" in changes:
        name = clean_line(changes.pop("full_name"))
        before["full_name"], after["full_name"] = person.full_name, name
        person.full_name, person.folded, person.sort_key = name, fold(name), sort_key(name)
    for field in sorted(EDITABLE & changes.keys()):
        before[field], after[field] = str(getattr(person, field) or ""), str(changes[field] or "")
        setattr(person, field, changes[field])
    changed = {field for field in before if before[field] != after[field]}
    if not changed:
        return
    audit.record(
        "person.correct", person, actor=actor, at=at, before={field: before[field] for field in sorted(changed)},
        after={"person": person.full_name, **{field: after[field] for field in sorted(changed)}},
        unit_path=person.unit.path if person.unit else "",
    )  # fmt: skip
    db.session.flush()


def transfer(person: Person, unit: Unit, *, on: date, kind: MembershipKind, actor: ActorLike, at: datetime) -> None:
    """Move a person to another unit from the day `on`; the earlier membership stays, ended the day before.

    :raise AlreadyThere: the person belongs to that unit in that way.
    :raise TransferTooEarly: the present membership began on `on` or later.
    """
    old = person.membership
    if old is not None and old.unit_id == unit.id and old.kind == kind:
        raise AlreadyThere(unit=unit.name)
    if old is not None and old.valid_from is not None and on <= old.valid_from:
        raise TransferTooEarly(since=old.valid_from)
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
        after={"person": person.full_name, "unit": unit.name}, unit_path=unit.path,
    )  # fmt: skip
    db.session.flush()
