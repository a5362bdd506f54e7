"""Reads of the trail, newest first, by key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.audit.models import AuditEvent
from core.db import subtree


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event as a page shows it; `before`, `after` and `note` are empty where the detail was erased."""

    id: int
    at: datetime
    verb: str
    actor_id: int | None
    actor_name: str
    subject_table: str
    subject_id: str
    season_id: int | None
    unit_path: str
    before: dict[str, Any]
    after: dict[str, Any]
    note: str
    is_erased: bool


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events, newest first; `next_after` continues the list, None at its end."""

    events: list[EventLine]
    next_after: int | None


def events_page(
    session: Session,
    *,
    verb: str = "",
    subject_table: str = "",
    subject_id: str = "",
    actor_id: int | None = None,
    actor_name: str = "",
    season_id: int | None = None,
    unit_path: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    after: int | None = None,
    limit: int = 50,
) -> EventPage:
    """Return a page of events.

    :param verb: a whole verb ("entry.submit") or a room with its dot ("entry.").
    :param actor_name: a part of the name, as written.
    :param since: from this moment on; `until`: before this moment.
    :param after: the last number of the page before.
    """
    query = sa.select(AuditEvent).order_by(AuditEvent.id.desc()).limit(limit + 1)
    conditions = {
        AuditEvent.subject_table: subject_table,
        AuditEvent.subject_id: subject_id,
        AuditEvent.actor_id: actor_id,
        AuditEvent.season_id: season_id,
    }
    query = query.where(*(column == value for column, value in conditions.items() if value not in {None, ""}))
    if verb:
        whole = not verb.endswith(".")
        query = query.where(AuditEvent.verb == verb if whole else AuditEvent.verb.startswith(verb, autoescape=True))
    if actor_name:
        query = query.where(AuditEvent.actor_name.contains(actor_name, autoescape=True))
    if unit_path:
        query = query.where(subtree(AuditEvent.unit_path, unit_path))
    if since is not None:
        query = query.where(AuditEvent.at >= since)
    if until is not None:
        query = query.where(AuditEvent.at < until)
    if after is not None:
        query = query.where(AuditEvent.id < after)
    found = list(session.scalars(query))
    lines = [_line(event) for event in found[:limit]]
    return EventPage(lines, lines[-1].id if len(found) > limit else None)


def verbs(session: Session) -> list[str]:
    """Return the verbs that occur, for a filter's list."""
    return list(session.scalars(sa.select(AuditEvent.verb).distinct().order_by(AuditEvent.verb)))


def _line(event: AuditEvent) -> EventLine:
    detail = json.loads(event.detail) if event.detail is not None else {}
    return EventLine(
        id=event.id,
        at=event.at,
        verb=event.verb,
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        subject_table=event.subject_table,
        subject_id=event.subject_id,
        season_id=event.season_id,
        unit_path=event.unit_path,
        before=detail.get("before") or {},
        after=detail.get("after") or {},
        note=detail.get("note") or "",
        is_erased=event.detail is None,
    )
