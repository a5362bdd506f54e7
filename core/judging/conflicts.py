"""What ties judges to entries, read for many pairs at once: a matrix of hundreds costs four queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from core.accounts.models import Account
from core.entries.models import Entry, EntryStep
from core.extensions import db
from core.judging.models import Recusal
from core.judging.rules import RecusalReason, Tie, units_tie
from core.organisations.models import Unit
from core.people.models import Membership, Person


@dataclass(frozen=True, slots=True)
class Ties:
    """The records that tie people to entries: units of people, endorsers and recusals by entry."""

    paths: Mapping[int, set[str]]
    endorsers: Mapping[int, set[int]]
    recused: Mapping[tuple[int, int], RecusalReason]

    def between(self, entry: Entry, person_id: int) -> Tie | None:
        """Return what keeps a person off an entry: a recusal on record first, then what the records say themselves."""
        recorded = self.recused.get((entry.id, person_id))
        return Tie(recorded) if recorded is not None else self.derived(entry, person_id)

    def derived(self, entry: Entry, person_id: int) -> Tie | None:
        """Return the conflict that needs no declaration, tested in this order.

        Author, nominee or owner; endorser; a unit shared with an author or nominee, or one above or below theirs on
        one line, short of the unit that runs the season.
        """
        if person_id in {entry.owner_id, *people_behind(entry)}:
            return Tie(RecusalReason.AUTHOR)
        if person_id in self.endorsers.get(entry.id, ()):
            return Tie(RecusalReason.ENDORSER)
        theirs = {entry.unit.path}.union(*(self.paths.get(one, set()) for one in people_behind(entry)))
        owner = entry.season.owner_unit.path
        found = [units_tie(own, other, owner) for own in self.paths.get(person_id, ()) for other in theirs]
        ties = [on_line for on_line in found if on_line is not None]
        return Tie(RecusalReason.SAME_UNIT, on_line=all(ties)) if ties else None


def people_behind(entry: Entry) -> set[int]:
    """Return the authors, where they are known as people, and the nominee."""
    people = {entry.nominee_id, *(one.person_id for one in entry.authorships)}
    return {person_id for person_id in people if person_id is not None}


def ties_of(entries: Iterable[Entry], people: Iterable[int]) -> Ties:
    """Read everything that ties these people to these entries."""
    entries, people = list(entries), set(people)
    ids = [entry.id for entry in entries]
    everybody = people.union(*(people_behind(entry) for entry in entries)) if entries else people
    paths: dict[int, set[str]] = defaultdict(set)
    for person_id, path in db.session.execute(
        sa.select(Membership.person_id, Unit.path)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.person_id.in_(everybody), Membership.valid_to.is_(None))
    ):
        paths[person_id].add(path)
    endorsers: dict[int, set[int]] = defaultdict(set)
    for entry_id, person_id in db.session.execute(
        sa.select(EntryStep.entry_id, Account.person_id)
        .join(Account, Account.id == EntryStep.actor_id)
        .where(EntryStep.entry_id.in_(ids), EntryStep.verb == "endorse")
    ):
        endorsers[entry_id].add(person_id)
    recused = {
        (row.entry_id, row.person_id): row.reason
        for row in db.session.scalars(sa.select(Recusal).where(Recusal.entry_id.in_(ids)))
    }
    return Ties(paths, endorsers, recused)


def derived_conflicts(entry: Entry, person: Person) -> Tie | None:
    """Return what ties a person to an entry by the records themselves; None where nothing does."""
    return ties_of([entry], [person.id]).derived(entry, person.id)
