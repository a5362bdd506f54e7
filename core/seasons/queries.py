"""Reads about seasons: whose they are, which take entries, what happens when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import policy
from core.accounts.rules import Actor, Role
from core.db import subtree
from core.extensions import db
from core.movements import queries as movements
from core.organisations.models import Unit
from core.seasons.models import Milestone, RuleSnapshot, Season, Stage
from core.seasons.rules import EXTENSION, MilestoneKind, Phase


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a season's timeline.

    `kind`: opens, closes, judging, a MilestoneKind, or an extension; `document` and `note` (the reason) belong to
    extensions. `state`: done, current (the first that is still to come) or next.
    """

    kind: str
    at: datetime
    state: str
    document: str = ""
    note: str = ""


def accepting(at: datetime) -> Sequence[Season]:
    """Return the seasons that take entries at this moment, the earliest deadline first."""
    query = sa.select(Season).where(Season.phase == Phase.OPEN, Season.opens_at <= at, Season.closes_at >= at)
    return db.session.scalars(query.order_by(Season.closes_at, Season.id)).unique().all()


def announced() -> sa.Select[Any]:
    """Return the select of all seasons past draft."""
    return sa.select(Season).where(Season.phase != Phase.DRAFT)


def managed(actor: Actor) -> sa.Select[Any]:
    """Return the select of the seasons that the actor organises, drafts included."""
    return policy.visible(actor, Season, "season.manage")


def copyable(actor: Actor, limit: int = 20) -> Sequence[Season]:
    """Return the latest seasons that a new one of this organiser may be copied from."""
    query = managed(actor).order_by(Season.year.desc(), Season.id.desc()).limit(limit)
    return db.session.scalars(query).unique().all()


def units_of(actor: Actor) -> Sequence[Unit]:
    """Return the units for which the actor may create seasons: those of the organiser's grants, highest first."""
    ids = [grant.unit_id for grant in actor.grants if grant.role == Role.ORGANISER]
    return db.session.scalars(sa.select(Unit).where(Unit.id.in_(ids)).order_by(Unit.path)).unique().all()


def prefixes_in(year: int, *, but: Season | None = None) -> frozenset[str]:
    """Return the letters already used by the codes of a year's seasons."""
    query = sa.select(Season.code_prefix).where(Season.year == year)
    if but is not None and but.id is not None:
        query = query.where(Season.id != but.id)
    return frozenset(db.session.scalars(query))


def stage_of(season: Season, slug: str) -> Stage | None:
    """Return the stage row of that id; None for a draft or an unknown id."""
    return next((stage for stage in season.stages if stage.slug == slug), None)


def snapshot_by_digest(sha256: str) -> RuleSnapshot | None:
    """Return the frozen rules of that digest."""
    return db.session.scalar(sa.select(RuleSnapshot).where(RuleSnapshot.sha256 == sha256))


def milestone_of(season: Season, kind: str) -> Milestone | None:
    """Return the milestone of that kind."""
    return next((milestone for milestone in season.milestones if milestone.kind == kind), None)


def extensions_of(season: Season) -> list[Milestone]:
    """Return the extensions of the deadline, the first one first."""
    return sorted((m for m in season.milestones if m.kind.startswith(EXTENSION)), key=lambda m: (m.at, m.id))


def timeline(season: Season, at: datetime) -> list[Step]:
    """Return what is dated in a season, in the order of time; an extension stands beside the deadline it moved."""
    rows = [("opens", season.opens_at), ("closes", season.closes_at), ("judging", season.judging_closes_at)]
    rows += [(kind.value, found.at) for kind in MilestoneKind if (found := milestone_of(season, kind)) is not None]
    dated = sorted([(moment, place, kind) for place, (kind, moment) in enumerate(rows) if moment is not None])
    steps, has_current = [], False
    for moment, _place, kind in dated:
        state = "done" if moment <= at else "next" if has_current else "current"
        has_current = has_current or state == "current"
        if kind == "closes":
            steps += [
                Step("extension", extension.at, "done", extension.title, extension.note)
                for extension in extensions_of(season)
            ]
        steps.append(Step(kind, moment, state))
    return steps


def next_step(season: Season, at: datetime) -> Step | None:
    """Return the dated step that comes next; None when all is past."""
    return next((step for step in timeline(season, at) if step.state == "current"), None)


def _running(movement_id: str, path: str) -> tuple[str, int]:
    return "running", _count_uses(movement_id, path, Season.phase.not_in([Phase.DRAFT, Phase.PUBLISHED]))


def _in_preparation(movement_id: str, path: str) -> tuple[str, int]:
    return "drafts", _count_uses(movement_id, path, Season.phase == Phase.DRAFT)


def _count_uses(movement_id: str, path: str, condition: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(Season).join(Unit, Unit.id == Season.owner_unit_id)
    query = query.where(Season.movement_id == movement_id, subtree(Unit.path, path), condition)
    return db.session.scalar(query) or 0


def _owner_clause(actor: Actor, role: Role) -> sa.ColumnElement[bool]:
    covered = sa.or_(sa.false(), *(subtree(Unit.path, path) for path in actor.paths(role)))
    return Season.owner_unit_id.in_(sa.select(Unit.id).where(covered))


def _is_owner(actor: Actor, role: Role, season: Season) -> bool:
    return actor.covers(role, season.owner_unit.path)


policy.entity(Season, read="season.read", phase=Season.phase)
policy.relate(Season, "owner", clause=_owner_clause, holds=_is_owner)
movements.USES += [_running, _in_preparation]
