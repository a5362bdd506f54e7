"""Reads of proposals, decisions and citations, and how they relate to an actor."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from core.accounts import policy
from core.accounts.rules import Actor, Role
from core.accounts.scope import under_grants
from core.awards.models import Award, Citation, Decision, Proposal
from core.entries.models import Entry
from core.extensions import db
from core.judging.models import Ranking, Score
from core.organisations.models import Unit
from core.seasons.models import Season
from core.seasons.rules import Phase


def current_rankings(season: Season) -> list[Ranking]:
    """Return the rankings in force, one for each sheet of the last scoring stage."""
    query = sa.select(Ranking).where(Ranking.season_id == season.id, Ranking.is_current).order_by(Ranking.id)
    return list(db.session.scalars(query))


def choices(season: Season) -> list[Proposal]:
    """Return everything that was chosen in a season, in the order of preference; what was declined has no tier."""
    query = sa.select(Proposal).where(Proposal.season_id == season.id).order_by(Proposal.position, Proposal.id)
    return list(db.session.scalars(query))


def proposals(season: Season) -> list[Proposal]:
    """Return the proposals of a season in the order of preference."""
    return [row for row in choices(season) if row.tier]


def scored_entries(season: Season) -> dict[str, Entry]:
    """Return every entry of the season that has a current score, by public id."""
    query = sa.select(Entry).join(Score, Score.entry_id == Entry.id)
    rows = db.session.scalars(query.where(Entry.season_id == season.id, Score.is_current)).unique()
    return {row.public_id: row for row in rows}


def scores(season: Season) -> dict[int, Score]:
    """Return the current score of each entry, by entry id."""
    query = sa.select(Score).join(Entry).where(Entry.season_id == season.id, Score.is_current)
    return {row.entry_id: row for row in db.session.scalars(query)}


def decision_of(season: Season) -> Decision | None:
    """Return the season's decision, if one is issued."""
    return db.session.scalar(sa.select(Decision).where(Decision.season_id == season.id).order_by(Decision.id.desc()))


def citations(season: Season) -> Sequence[Citation]:
    """Return the citations of a season in the order of the register."""
    query = (
        sa.select(Citation).join(Award).join(Decision).where(Decision.season_id == season.id)
        .order_by(Decision.id, Award.register_number, Citation.id)
    )  # fmt: skip
    return db.session.scalars(query).unique().all()


def citation_by_code(code: str) -> Citation | None:
    """Return the citation that bears a code."""
    return db.session.scalar(sa.select(Citation).where(Citation.code == code))


def awards_of(season: Season) -> Sequence[Award]:
    """Return the live awards of a season in the order of the register."""
    query = (
        sa.select(Award).join(Decision).where(Decision.season_id == season.id, Award.revoked_at.is_(None))
        .order_by(Decision.id, Award.register_number)
    )  # fmt: skip
    return db.session.scalars(query).unique().all()


def _owned(actor: Actor, role: Role) -> sa.ColumnElement[bool]:
    owned = sa.select(Season.id).join(Unit, Unit.id == Season.owner_unit_id).where(under_grants(Unit.path, actor, role))
    return Decision.season_id.in_(owned)


def _citation_owned(actor: Actor, role: Role) -> sa.ColumnElement[bool]:
    return Citation.award_id.in_(sa.select(Award.id).join(Decision).where(_owned(actor, role)))


def _citation_received(actor: Actor, _role: Role) -> sa.ColumnElement[bool]:
    own = (
        sa.select(Award.id).join(Decision).join(Season)
        .where(Award.person_id == actor.person_id, Season.phase == Phase.PUBLISHED)
    )  # fmt: skip
    return sa.and_(sa.literal(actor.person_id is not None), Citation.award_id.in_(own))


def _is_recipient(actor: Actor, _role: Role, citation: Citation) -> bool:
    award = citation.award
    return (
        actor.person_id is not None
        and award.person_id == actor.person_id
        and award.decision.season.phase == Phase.PUBLISHED
    )


policy.entity(Decision, read="decision.read")
policy.relate(
    Decision, "owner", clause=_owned, holds=lambda a, r, decision: a.covers(r, decision.season.owner_unit.path)
)
policy.entity(Citation, read="citation.read")
policy.relate(
    Citation,
    "owner",
    clause=_citation_owned,
    holds=lambda a, r, citation: a.covers(r, citation.award.decision.season.owner_unit.path),
)
policy.relate(Citation, "recipient", clause=_citation_received, holds=_is_recipient)
