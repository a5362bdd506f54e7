"""Reads for an audience: open seasons, published results, what waits for me. Every list starts from the policy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import policy
from core.accounts.rules import Actor, Role
from core.accounts.scope import under_grants
from core.awards.models import Award, Decision
from core.entries.models import Authorship, Entry
from core.entries.rules import State
from core.extensions import db
from core.judging.models import Assignment, Judge, Recusal, Scoresheet
from core.judging.rules import SheetStatus
from core.organisations.models import Unit
from core.people.models import Person
from core.seasons.models import Season
from core.seasons.rules import Phase


def open_seasons(actor: Actor, at: datetime) -> Sequence[Season]:
    """Return the seasons that take entries now, the nearest deadline first."""
    query = policy.visible(actor, Season).where(
        Season.phase == Phase.OPEN, Season.opens_at <= at, Season.closes_at >= at
    )
    return db.session.scalars(query.order_by(Season.closes_at, Season.id)).all()


def next_opening(actor: Actor, at: datetime) -> datetime | None:
    """Return when the next announced season begins to take entries."""
    query = policy.visible(actor, Season).where(Season.phase == Phase.OPEN, Season.opens_at > at)
    season = db.session.scalar(query.order_by(Season.opens_at).limit(1))
    return season.opens_at if season is not None else None


def published_seasons(actor: Actor, limit: int = 50) -> Sequence[Season]:
    """Return the seasons whose results are public, the newest first."""
    query = policy.visible(actor, Season, "result.read").where(Season.phase == Phase.PUBLISHED)
    return db.session.scalars(query.order_by(Season.published_at.desc(), Season.id.desc()).limit(limit)).all()


def seasons_of(actor: Actor, movement_id: str) -> Sequence[Season]:
    """Return the announced seasons of a movement, the newest first."""
    query = policy.visible(actor, Season).where(Season.movement_id == movement_id, Season.phase != Phase.DRAFT)
    return db.session.scalars(query.order_by(Season.year.desc(), Season.id.desc())).all()


def public_awards(season: Season) -> Sequence[Award]:
    """Return the live awards of a published season in the order of the register."""
    query = (
        sa.select(Award)
        .join(Decision)
        .where(Decision.season_id == season.id, Award.revoked_at.is_(None))
        .order_by(Decision.id, Award.register_number)
    )
    return db.session.scalars(query).unique().all()


def entry_by_code_and_phone(code: str, last_digits: str) -> Entry | None:
    """Return the entry of a code when the last four digits are those of an owner's or author's phone.

    Both must fit: a wrong code and a wrong number give the same answer.
    """
    entry = db.session.scalar(sa.select(Entry).where(Entry.code == code))
    if entry is None or len(last_digits) != 4:
        return None
    people = {entry.owner_id, entry.nominee_id} | {author.person_id for author in entry.authorships}
    phones = db.session.scalars(sa.select(Person.phone).where(Person.id.in_([p for p in people if p is not None])))
    return entry if any(phone.endswith(last_digits) for phone in phones if phone) else None


# --- «Việc cần làm» ----------------------------------------------------------------------------------------------


def count(query: sa.Select[Any]) -> int:
    """Return the number a counting query gives."""
    return db.session.scalar(query) or 0


def returned_to_me(actor: Actor) -> Sequence[Entry]:
    """Return the entries that wait for me to complete them."""
    query = policy.visible(actor, Entry, "entry.edit").where(Entry.state == State.RETURNED)
    return db.session.scalars(query.order_by(Entry.due_at, Entry.id).limit(20)).unique().all()


def drafts_of_mine(actor: Actor) -> Sequence[Entry]:
    """Return my unfinished entries in seasons that still take them."""
    query = (
        policy.visible(actor, Entry, "entry.edit")
        .join(Season, Season.id == Entry.season_id)
        .where(Entry.state == State.DRAFT, Season.phase == Phase.OPEN)
    )
    return db.session.scalars(query.order_by(Entry.saved_at.desc()).limit(20)).unique().all()


def shares_to_confirm(actor: Actor) -> Sequence[Entry]:
    """Return the entries that name me as an author and wait for my word."""
    query = (
        policy.visible(actor, Entry)
        .join(Authorship, Authorship.entry_id == Entry.id)
        .where(
            Authorship.person_id == actor.person_id, Authorship.confirmed_at.is_(None), Entry.code.is_not(None),
            Entry.state.notin_([State.WITHDRAWN, State.ANNULLED]), Entry.owner_id != actor.person_id,
        )
    )  # fmt: skip
    return db.session.scalars(query.order_by(Entry.submitted_at.desc()).limit(20)).unique().all()


def waiting_for_endorsement(actor: Actor) -> int:
    """Return how many entries wait for the endorsement of a unit I act for."""
    rows = policy.visible(actor, Entry, "entry.endorse").with_only_columns(Entry.id)
    return count(sa.select(sa.func.count()).select_from(rows.subquery()))


def sheets_left(actor: Actor) -> tuple[int, int]:
    """Return how many entries wait for my marks, and how many of my finished sheets wait for my seal."""
    recused = sa.select(Recusal.entry_id).where(Recusal.person_id == actor.person_id)
    given = (
        sa.select(Assignment.entry_id)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .where(
            Judge.account_id == actor.account_id, Judge.left_at.is_(None), Assignment.withdrawn_at.is_(None),
            Entry.state == State.IN_JUDGING, Assignment.entry_id.notin_(recused),
        )
    )  # fmt: skip
    own = sa.select(Scoresheet.entry_id).where(
        Scoresheet.filler_id == actor.account_id, Scoresheet.judge_id.is_not(None)
    )
    done = own.where(Scoresheet.status.in_([SheetStatus.FINISHED, SheetStatus.SEALED]))
    open_count = count(sa.select(sa.func.count()).select_from(given.where(Assignment.entry_id.notin_(done)).subquery()))
    finished = own.where(Scoresheet.status == SheetStatus.FINISHED)
    return open_count, count(sa.select(sa.func.count()).select_from(finished.subquery()))


def running_seasons(actor: Actor) -> Sequence[Season]:
    """Return the seasons I run that are not finished, the nearest deadline first."""
    query = policy.visible(actor, Season, "season.manage").where(Season.phase != Phase.PUBLISHED)
    return db.session.scalars(query.order_by(Season.closes_at, Season.id)).all()


def season_counts(season: Season) -> dict[str, int]:
    """Return the counters of a season's board: entries by state, and the judging still to do."""
    rows = db.session.execute(
        sa.select(Entry.state, sa.func.count()).where(Entry.season_id == season.id).group_by(Entry.state)
    )
    by_state: dict[str, int] = {str(state): n for state, n in rows}
    filed = sum(n for state, n in by_state.items() if state not in ("draft", "withdrawn"))
    assigned = (
        sa.select(Assignment.entry_id)
        .join(Entry)
        .where(Entry.season_id == season.id, Assignment.withdrawn_at.is_(None))
        .distinct()
    )
    without = sa.select(sa.func.count()).where(
        Entry.season_id == season.id, Entry.state == State.IN_JUDGING, Entry.id.notin_(assigned)
    )
    sealed = (
        sa.select(sa.func.count())
        .select_from(Scoresheet)
        .join(Entry)
        .where(Entry.season_id == season.id, Scoresheet.status == SheetStatus.SEALED, Scoresheet.judge_id.is_not(None))
    )
    expected = (
        sa.select(sa.func.count())
        .select_from(Assignment)
        .join(Entry)
        .where(Entry.season_id == season.id, Assignment.withdrawn_at.is_(None))
    )
    return {
        "filed": filed,
        "waiting_units": by_state.get(State.SUBMITTED, 0) + by_state.get(State.RETURNED, 0),
        "waiting_receipt": by_state.get(State.ENDORSED, 0),
        "received": by_state.get(State.RECEIVED, 0),
        "in_judging": by_state.get(State.IN_JUDGING, 0),
        "without_judges": count(without) if season.phase == Phase.JUDGING else 0,
        "sheets_sealed": count(sealed),
        "sheets_expected": count(expected),
    }


def units_of(actor: Actor, role: Role) -> Sequence[Unit]:
    """Return the units over which I hold a role, in alphabetical order."""
    query = sa.select(Unit).where(under_grants(Unit.path, actor, role), Unit.id.in_([g.unit_id for g in actor.grants]))
    return db.session.scalars(query.order_by(Unit.sort_key)).all()
