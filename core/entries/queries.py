"""Reads of entries: who stands how to them, the line of endorsing units, the lists that pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.accounts import policy
from core.accounts.models import Account, RoleGrant
from core.accounts.rules import Actor, Role
from core.accounts.scope import under_grants
from core.db import subtree
from core.entries.models import Authorship, Entry, EntryStep
from core.entries.rules import UnitOutsideSeason
from core.extensions import db
from core.organisations.models import Unit
from core.people.models import Membership, Person
from core.seasons.frozen import rules_of
from core.seasons.models import Season
from core.vietnamese.text import clean_line, fold

NO_OFFICER = "no_officer"


@dataclass(frozen=True, slots=True)
class Level:
    """One unit on the line of endorsement; `skipped` says why it is passed over, empty where it acts."""

    unit_id: int
    name: str
    skipped: str = ""

    def stored(self) -> dict[str, Any]:
        """Return the form kept in `Entry.route`."""
        return {"unit": self.unit_id, "name": self.name, "skipped": self.skipped}


def route_for(unit: Unit, season: Season, *, on: date) -> list[Level]:
    """Return the units that endorse an entry of `unit`, from the bottom up to (not with) the season's owner.

    Endorsing kinds come from the frozen stages; an endorse stage without a kind means every unit of the line. A level
    without an officer on the day `on` is kept with its reason and passed over.

    :raise UnitOutsideSeason: the unit's line does not reach the owner.
    """
    stages = [stage for stage in rules_of(season).movement.stages if stage.kind == "endorse"]
    kinds = {stage.unit_kind for stage in stages if stage.unit_kind}
    whole_line = any(not stage.unit_kind for stage in stages)
    endorsing = [one for one in line_to_owner(unit, season) if whole_line or one.kind_code in kinds]
    staffed = with_officer([one.id for one in endorsing], on)
    return [Level(one.id, one.name, "" if one.id in staffed else NO_OFFICER) for one in endorsing]


def line_to_owner(unit: Unit, season: Season) -> list[Unit]:
    """Return `unit` and the units above it, below the season's owner: along the campaign line where one is set.

    :raise UnitOutsideSeason: neither line reaches the owner.
    """
    line: list[Unit] = []
    current: Unit | None = unit
    while current is not None and current not in line:
        if current.id == season.owner_unit_id:
            return line
        line.append(current)
        above = current.campaign_parent_id or current.parent_id
        current = db.session.get(Unit, above) if above is not None else None
    # A campaign line may lead elsewhere than this season; management still counts the unit in.
    owner = season.owner_unit
    if unit.path.startswith(owner.path):
        ids = [int(part) for part in unit.path.removeprefix(owner.path).split(".") if part]
        found = {row.id: row for row in db.session.scalars(sa.select(Unit).where(Unit.id.in_(ids)))}
        return [found[unit_id] for unit_id in reversed(ids)]
    raise UnitOutsideSeason(unit=unit.name, owner=owner.name)


def with_officer(unit_ids: list[int], on: date) -> set[int]:
    """Return those of the units that have an officer of their own on a day."""
    query = (
        sa.select(RoleGrant.unit_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(RoleGrant.unit_id.in_(unit_ids), RoleGrant.role == Role.OFFICER, Account.disabled_at.is_(None))
        .where(sa.or_(RoleGrant.valid_from.is_(None), RoleGrant.valid_from <= on))
        .where(sa.or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= on))
    )
    return set(db.session.scalars(query))


# --- Relations of the policy --------------------------------------------------------------------------------------


def _author_clause(actor: Actor, _role: Role) -> sa.ColumnElement[bool]:
    if actor.person_id is None:
        return sa.false()
    person = actor.person_id
    return sa.or_(
        Entry.owner_id == person,
        Entry.nominee_id == person,
        Entry.id.in_(sa.select(Authorship.entry_id).where(Authorship.person_id == person)),
    )


def _author_holds(actor: Actor, _role: Role, entry: Entry) -> bool:
    people = {entry.owner_id, entry.nominee_id, *(one.person_id for one in entry.authorships)}
    return actor.person_id is not None and actor.person_id in people


def _filer_clause(actor: Actor, _role: Role) -> sa.ColumnElement[bool]:
    if actor.account_id is None:
        return sa.false()
    return sa.or_(Entry.owner_id == actor.person_id, Entry.filed_by_id == actor.account_id)


def _filer_holds(actor: Actor, _role: Role, entry: Entry) -> bool:
    if actor.account_id is None:
        return False
    return entry.owner_id == actor.person_id or entry.filed_by_id == actor.account_id


def _nominee_clause(actor: Actor, _role: Role) -> sa.ColumnElement[bool]:
    return sa.false() if actor.person_id is None else sa.func.coalesce(Entry.nominee_id == actor.person_id, sa.false())


def _nominee_holds(actor: Actor, _role: Role, entry: Entry) -> bool:
    return actor.person_id is not None and entry.nominee_id == actor.person_id


def _units_under(actor: Actor, role: Role) -> sa.Select[Any]:
    return sa.select(Unit.id).where(under_grants(Unit.path, actor, role))


def _endorser_clause(actor: Actor, role: Role) -> sa.ColumnElement[bool]:
    return sa.and_(Entry.holder_unit_id.is_not(None), Entry.holder_unit_id.in_(_units_under(actor, role)))


def _endorser_holds(actor: Actor, role: Role, entry: Entry) -> bool:
    return entry.holder_unit is not None and actor.covers(role, entry.holder_unit.path)


def _granted_units(actor: Actor, role: Role) -> list[int]:
    return [grant.unit_id for grant in actor.grants if grant.role == role]


def _last_step_id() -> Any:
    return sa.select(sa.func.max(EntryStep.id)).where(EntryStep.entry_id == Entry.id).correlate(Entry).scalar_subquery()


def _last_endorser_clause(actor: Actor, role: Role) -> sa.ColumnElement[bool]:
    mine = sa.select(EntryStep.id).where(
        EntryStep.verb == "endorse", EntryStep.unit_id.in_(_granted_units(actor, role))
    )
    return sa.func.coalesce(_last_step_id().in_(mine), sa.false())


def _last_endorser_holds(actor: Actor, role: Role, entry: Entry) -> bool:
    last = last_step(entry)
    return last is not None and last.verb == "endorse" and last.unit_id in _granted_units(actor, role)


def _owner_clause(actor: Actor, role: Role) -> sa.ColumnElement[bool]:
    owned = sa.select(Season.id).where(Season.owner_unit_id.in_(_units_under(actor, role)))
    return Entry.season_id.in_(owned)


def _owner_holds(actor: Actor, role: Role, entry: Entry) -> bool:
    return actor.covers(role, entry.season.owner_unit.path)


policy.entity(Entry, read="entry.read", phase=Entry.state)
policy.relate(Entry, "author", clause=_author_clause, holds=_author_holds)
policy.relate(Entry, "filer", clause=_filer_clause, holds=_filer_holds)
policy.relate(Entry, "nominee", clause=_nominee_clause, holds=_nominee_holds)
policy.relate(
    Entry,
    "subtree",
    clause=lambda actor, role: Entry.unit_id.in_(_units_under(actor, role)),
    holds=lambda actor, role, entry: actor.covers(role, entry.unit.path),
)
policy.relate(Entry, "endorser", clause=_endorser_clause, holds=_endorser_holds)
policy.relate(Entry, "last_endorser", clause=_last_endorser_clause, holds=_last_endorser_holds)
policy.relate(Entry, "owner", clause=_owner_clause, holds=_owner_holds)


# --- Lists --------------------------------------------------------------------------------------------------------


def last_step(entry: Entry) -> EntryStep | None:
    """Return the newest act on the entry."""
    return entry.steps[-1] if entry.steps else None


def last_return(entry: Entry) -> EntryStep | None:
    """Return the newest return, whose reasons the author has to answer."""
    return next((step for step in reversed(entry.steps) if step.verb == "return"), None)


def own(actor: Actor) -> sa.Select[Any]:
    """Return the select of the entries the person has a part in or types for somebody."""
    return sa.select(Entry).where(sa.or_(_author_clause(actor, Role.WORKER), _filer_clause(actor, Role.WORKER)))


def waiting_for(actor: Actor) -> sa.Select[Any]:
    """Return the select of the entries that wait for the officer's own units, oldest first by the caller's order."""
    units = _granted_units(actor, Role.OFFICER)
    return policy.visible(actor, Entry, "entry.endorse").where(Entry.holder_unit_id.in_(units))


COUNTED_TO = 10_000


def count(query: sa.Select[Any]) -> int:
    """Return how many rows a select of entries has; beyond 10,000 it stops counting and returns one more."""
    some = query.with_only_columns(Entry.id).order_by(None).limit(COUNTED_TO + 1).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def matching(query: sa.Select[Any], words: str) -> sa.Select[Any]:
    """Narrow a select of entries to those whose code, title, author or unit holds the words (accents do not matter)."""
    text = fold(clean_line(words))
    if not text:
        return query
    bare = text.replace("-", "").replace(" ", "").upper()
    by_person = sa.select(Person.id).where(Person.folded.contains(text, autoescape=True))
    return query.where(
        sa.or_(
            sa.func.replace(sa.func.coalesce(Entry.code, ""), "-", "").contains(bare, autoescape=True),
            Entry.folded.contains(text, autoescape=True),
            Entry.owner_id.in_(by_person),
            Entry.id.in_(sa.select(Authorship.entry_id).where(Authorship.person_id.in_(by_person))),
            Entry.unit_id.in_(sa.select(Unit.id).where(Unit.folded.contains(text, autoescape=True))),
        )
    )


def older_than(query: sa.Select[Any], at: datetime, days: int) -> sa.Select[Any]:
    """Narrow a select of entries to those filed more than `days` ago."""
    return query.where(Entry.submitted_at < at - timedelta(days=days))


def colleagues(unit: Unit, words: str, *, limit: int = 8) -> list[Membership]:
    """Return current members of `unit` and below whose name or member code holds the words, by name."""
    text = fold(clean_line(words))
    if not text:
        return []
    code = clean_line(words).upper()
    query = (
        sa.select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.valid_to.is_(None), subtree(Unit.path, unit.path), Person.merged_into_id.is_(None))
        .where(sa.or_(Person.folded.contains(text, autoescape=True), Membership.member_code == code))
        .order_by(Person.sort_key, Person.id)
        .limit(limit)
    )
    return list(db.session.scalars(query).unique())


def by_member_code(code: str) -> Membership | None:
    """Return the current membership of a member code."""
    query = sa.select(Membership).where(Membership.member_code == code.upper(), Membership.valid_to.is_(None))
    return db.session.scalar(query)


def of_season(season: Season, actor: Actor) -> sa.Select[Any]:
    """Return the select of the entries of a season that were filed and that the actor may read."""
    return policy.visible(actor, Entry).where(Entry.season_id == season.id, Entry.submitted_at.is_not(None))


def steps_at(actor: Actor, verb: str, at: datetime) -> list[EntryStep]:
    """Return the steps of one act of the actor over many entries: they carry the same moment."""
    query = sa.select(EntryStep).where(
        EntryStep.actor_id == actor.account_id, EntryStep.verb == verb, EntryStep.at == at
    )
    return list(db.session.scalars(query.order_by(EntryStep.id)))


def resolve_author(entry: Entry, typed: str) -> Person | None:
    """Return the person that a typed name means: by member code anywhere, else one colleague of exactly that name.

    «Lò Thị Mai (LC000123)» is what the suggestion writes; a name that several colleagues bear links nobody.
    """
    name = clean_line(typed)
    bare = name.rpartition("(")[2].rstrip(")").strip()
    found = by_member_code(bare) if bare else None
    if found is not None:
        return found.person
    before = next((one.person for one in entry.authorships if one.full_name == name and one.person), None)
    if before is not None:
        return before
    same = [one.person for one in colleagues(entry.unit, name) if one.person.full_name == name]
    return same[0] if len(same) == 1 else None
