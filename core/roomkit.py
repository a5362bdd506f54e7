"""The only module of the core that an optional room may import, besides `core.api`.

A room works with rows of the core as the core does: it reads them by the policy, points at them by foreign key, and
never changes them. `API_VERSION` counts what is named here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Response, current_app

from core.accounts import policy
from core.accounts.models import Account
from core.accounts.policy import Clause, Holds, Row, allows, may, require, visible
from core.accounts.rules import SYSTEM, VISITOR, Actor, NotAllowed, NotFoundHere, Role
from core.accounts.scope import under_grants
from core.audit import service as audit
from core.awards.models import Award
from core.db import (
    NAMING,
    Base,
    CanonicalJSON,
    Instant,
    append_only,
    plain,
    text_enum,
)
from core.documents.excel import Column, write_table
from core.entries import reading as entry_reading
from core.entries.checks import form_of
from core.entries.models import Attachment, Entry
from core.entries.rules import State, Subject
from core.errors import DomainError
from core.extensions import db
from core.files.thumbnails import thumbnail
from core.hookspecs import hookimpl
from core.migrations.shapes import allow_changes, forbid_changes, one_of
from core.organisations.models import Unit
from core.people.models import Person
from core.rooms import API_VERSION, MenuItem, Room, setting
from core.seasons.models import Season
from core.seasons.rules import Phase
from core.vietnamese.codes import new_public_id
from core.vietnamese.dates import format_date, format_instant, local_date
from core.vietnamese.text import fold
from core.web.access import actor, requires
from core.web.forms import DateField, Form, LineField, TextField, at_most, required
from core.web.headers import CONTENT_POLICY
from core.web.paging import Page, page_of
from core.web.requests import finish, keyless, now, see_other
from core.web.sentences import say, sentence

__all__ = [
    "API_VERSION", "SYSTEM", "VISITOR", "Account", "Actor", "Attachment", "Award", "CanonicalJSON",
    "Column", "DateField", "DomainError", "Entry", "Form", "Instant",
    "LineField", "MenuItem", "NotAllowed", "NotFoundHere", "Page", "Person", "Phase", "Role", "Room",
    "Row", "Season", "State", "Subject", "TextField", "Unit", "actor", "allow_changes", "allows", "append_only",
    "at_most", "db", "embeddable", "entity", "finish", "fold", "forbid_changes", "format_date",
    "format_instant", "hookimpl", "keyless", "local_date", "may", "new_public_id", "now", "one_of", "open_answers",
    "open_pictures", "page_of", "picture", "plain", "public_address", "recognised_initiatives", "record", "relate",
    "require", "required", "requires", "room_tables", "say", "see_other", "sentence", "setting", "text_enum",
    "under_grants", "visible", "write_table",
]  # fmt: skip

# What a public text may draw on: neither what the author kept confidential nor what tells who wrote it.
_OPEN = frozenset({"content", "files"})


# --- Tables -------------------------------------------------------------------------------------------------------


def room_tables(room_id: str) -> sa.MetaData:
    """Return the `metadata` of a room's own declarative base; constraints are named as the core names them.

    Point at rows of the core by column (`sa.ForeignKey(Entry.__table__.c.id)`) and relate by class.
    """
    return sa.MetaData(naming_convention=NAMING, info={"room": room_id})


def record(
    verb: str,
    subject: Any,
    *,
    actor: Actor,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> None:
    """Write an act on a flushed row into the audit trail, in the transaction that changes it."""
    where = (subject.__tablename__, subject.id)
    audit.record(verb, where, actor=actor, at=at, before=before, after=after, note=note)


# --- Permissions --------------------------------------------------------------------------------------------------


def entity(kind: type, *, read: str, phase: Any | None = None) -> None:
    """Register a table of the room: the verb that reads its rows, and the column its phases stand in."""
    policy.entity(_own(kind), read=read, phase=phase)


def relate(kind: type, name: str, *, clause: Clause, holds: Holds) -> None:
    """Register how a relation looks for a table of the room: a SQL condition and a predicate that say the same."""
    policy.relate(_own(kind), name, clause=clause, holds=holds)


def _own(kind: type) -> type:
    """Return `kind`, unless it is the core's: who may see the core's rows is not for a room to say."""
    if issubclass(kind, Base):
        raise ValueError(f"{kind.__name__} belongs to the core; a room registers relations of its own tables only")
    return kind


# --- Published results --------------------------------------------------------------------------------------------


def recognised_initiatives() -> sa.Select[Any]:
    """Return the select of initiatives with an award in force, in seasons whose results are published."""
    awarded = sa.select(Award.entry_id).where(Award.revoked_at.is_(None))
    published = sa.select(Season.id).where(Season.phase == Phase.PUBLISHED)
    return sa.select(Entry).where(
        Entry.subject == Subject.INITIATIVE, Entry.season_id.in_(published), Entry.id.in_(awarded)
    )


def open_answers(entry: Entry) -> list[tuple[str, str]]:
    """Return (question, answer) of what an entry tells at length, without what is confidential or names its authors."""
    return [
        (line.question.title, line.text)
        for part in entry_reading.parts(entry, _OPEN, empty=False)
        for line in part.lines
        if line.text and line.question.kind == "longtext"
    ]


def open_pictures(entry: Entry) -> Sequence[Attachment]:
    """Return the pictures of an entry that can be shown and that no confidential question asked for."""
    closed = {field.id for field in form_of(entry).fields if not entry_reading.may_read(field, _OPEN)}
    return [each for each in entry.attachments if each.preview_sha256 and each.field_id not in closed]


def picture(attachment: Attachment, *, longest: int) -> bytes:
    """Return a JPEG drawn anew by the core: pixels and nothing else of the file that was sent.

    :raise NotFoundHere: the file is not a picture that can be drawn.
    """
    if attachment.preview_sha256 is None:
        raise NotFoundHere()
    return thumbnail(current_app.extensions["thidua_storage"].get(attachment.preview_sha256), longest=longest)


# --- Pages --------------------------------------------------------------------------------------------------------


def public_address(path: str) -> str:
    """Return the full public address of a path of this site, for what is read elsewhere."""
    return str(current_app.extensions["thidua_settings"].base_url).rstrip("/") + path


def embeddable(response: Response, ancestors: str) -> Response:
    """Let other sites show a page in a frame: `ancestors` as in Content-Security-Policy, «'none'» for nobody."""
    response.headers["Content-Security-Policy"] = CONTENT_POLICY.replace(
        "frame-ancestors 'none'", f"frame-ancestors {ancestors}"
    )
    return response
