"""The tree of units before and after the reform of 2025, and the people in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from core.accounts import passwords
from core.accounts import service as accounts
from core.accounts.models import Account
from core.accounts.rules import SYSTEM, LoginKind, Role
from core.demo import clockwork
from core.extensions import db
from core.organisations import service as organisations
from core.organisations.models import Cluster, ClusterMember, Unit, UnitName
from core.people import service as people
from core.people.models import Membership, Person
from core.people.rules import MembershipKind, Sex

DATA = Path(__file__).parent / "data"
FOUNDED = datetime(2004, 1, 1, tzinfo=UTC)
PASSWORD = "thi-dua-2026"  # noqa: S105  # Printed for everybody: a demonstration has no secret.


def build_tree() -> dict[str, Unit]:
    """Make all units, with old names, and dissolve those that ended; return them by code."""
    data = clockwork.read(DATA / "tree.toml")
    for kind in data["kinds"]:
        organisations.define_kind(kind["code"], kind["name"], kind["rank"], actor=SYSTEM, at=FOUNDED)
    units: dict[str, Unit] = {}
    for row in data["units"]:
        campaign_parent = units.get(row.get("campaign_parent", ""))
        units[row["code"]] = organisations.create_unit(
            code=row["code"],
            name=row["name"],
            kind_code=row["kind"],
            parent=units.get(row.get("parent", "")),
            actor=SYSTEM,
            at=FOUNDED,
            campaign_parent_id=campaign_parent.id if campaign_parent else None,
            member_count=row.get("members"),
            valid_from=row.get("valid_from"),
        )
        _remember_names(units[row["code"]], row)
    _dissolve(data, units)
    _cluster(data, units)
    return units


def _remember_names(unit: Unit, row: dict[str, Any]) -> None:
    start = row.get("valid_from")
    for past in row.get("past_names", ()):
        db.session.add(UnitName(unit_id=unit.id, name=past["name"], valid_from=start, valid_to=past["to"]))
        start = past["to"] + timedelta(days=1)


def _dissolve(data: dict[str, Any], units: dict[str, Unit]) -> None:
    at = datetime.combine(data["reform_on"], datetime.min.time(), tzinfo=UTC)
    for row in data["units"]:
        if row.get("valid_to") is None or row.get("valid_to") >= date(2026, 1, 1):
            continue
        heirs = [units[code] for code in row.get("successors", ())]
        if heirs:
            organisations.dissolve(
                units[row["code"]], successor=heirs[0], on=row["valid_to"], reason=row.get("close_reason", ""),
                actor=SYSTEM, at=at,
            )  # fmt: skip


def _cluster(data: dict[str, Any], units: dict[str, Unit]) -> None:
    for row in data["clusters"]:
        cluster = Cluster(code=row["code"], name=row["name"], year=row["year"])
        db.session.add(cluster)
        db.session.flush()
        for code in row["members"]:
            db.session.add(ClusterMember(cluster_id=cluster.id, unit_id=units[code].id))
    db.session.flush()


def build_people(units: dict[str, Unit], *, at: datetime, cost: int) -> tuple[dict[str, Person], list[dict[str, Any]]]:
    """Make everybody with their accounts and roles; return people by code, and the accounts to print."""
    rows = clockwork.read(DATA / "people.toml")["people"]
    everybody: dict[str, Person] = {}
    printed: list[dict[str, Any]] = []
    # One hash for all: a demo's password is no secret, and a hundred hashes would take most of the building time.
    password_hash = passwords.hashed(PASSWORD, cost=cost)
    for row in rows:
        person = _person(row, units, at=at)
        everybody[row["code"]] = person
        if row.get("account", True):
            _account(row, person, units, password_hash, at=at)
        if "demo_account" in row:
            printed.append({"role": row["demo_account"], "name": row["full_name"], "phone": row["phone"],
                            "unit": units[row["unit"]].name})  # fmt: skip
    return everybody, printed


def _person(row: dict[str, Any], units: dict[str, Unit], *, at: datetime) -> Person:
    person = people.create_person(
        row["full_name"],
        unit=units[row["unit"]],
        actor=SYSTEM,
        at=at,
        kind=MembershipKind(row["membership"]),
        member_code=row.get("member_code"),
        sex=Sex(row["sex"]),
        birth_year=row["birth_year"],
        phone=row.get("phone", ""),
        job_title=row.get("job_title", ""),
        qualification=row.get("qualification", ""),
        person_kind=row.get("person_kind", ""),
    )
    if person.membership is not None:
        person.membership.valid_from = row.get("since")
    for past in row.get("past", ()):
        db.session.add(
            Membership(
                person_id=person.id, unit_id=units[past["unit"]].id, kind=MembershipKind(past["kind"]),
                member_code=past.get("member_code"), valid_from=past.get("from"), valid_to=past["to"],
            )
        )  # fmt: skip
    return person


def _account(
    row: dict[str, Any], person: Person, units: dict[str, Unit], password_hash: str, *, at: datetime
) -> Account:
    keys = []
    if row.get("phone") and not row.get("shared_phone"):
        keys.append((LoginKind.PHONE, row["phone"]))
    if row.get("member_code"):
        keys.append((LoginKind.MEMBER_CODE, row["member_code"]))
    account = accounts.create_account(person, keys=keys, actor=SYSTEM, at=at, password_hash=password_hash)
    account.password_set_at = at
    for role in row.get("roles", ()):
        accounts.grant(account, Role(role["role"]), units[role["unit"]], actor=SYSTEM, at=at, on=at.date())
    return account
