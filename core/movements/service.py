"""Verbs of movements made on the web: begin, edit, check, offer, withdraw; and the switch at a unit."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from typing import Any

from core.accounts import policy
from core.accounts.rules import Actor, NotAllowed, Role
from core.audit import service as audit
from core.db import canonical_json
from core.doors.mapping import to_mapping
from core.extensions import db
from core.movements import checks, queries
from core.movements.content import DAY, NUMBER, pack, put
from core.movements.models import MovementDraft, MovementSwitch, MovementVersion
from core.movements.rules import (
    LARGEST_DRAFT_BYTES,
    SLUG,
    DraftChanged,
    DraftNotChecked,
    DraftNotSound,
    DraftState,
    DraftTooBig,
    MovementOff,
    MovementUnknown,
    NothingOffered,
    NothingToUndo,
    free_slug,
    slug_of,
)
from core.organisations.models import Unit
from core.scoring.canonical import canonical_bytes, digest_of
from core.scoring.misuse import Problem
from core.scoring.movement import Movement
from core.scoring.reading import Reading
from core.vietnamese.codes import new_public_id
from core.vietnamese.dates import local_date
from core.vietnamese.text import clean_line


def create(
    *, title: str, owner_unit: Unit, actor: Actor, at: datetime, source: Movement | None = None
) -> MovementDraft:
    """Begin a movement for a unit: empty but for one sheet and the stage that fills it, or like another movement.

    :raise NotAllowed: the actor organises nothing over that unit.
    """
    if not actor.is_system and not actor.covers(Role.ORGANISER, owner_unit.path):
        raise NotAllowed(verb="movement.create")
    title = clean_line(title)[:250]
    movement_id = free_slug(slug_of(title), queries.taken_ids())
    content = pack(to_mapping(source)) if source is not None else _blank(at)
    content["movement"] |= {"title": title, "id": movement_id, "rules_version": {NUMBER: "1"}}
    draft = MovementDraft(
        public_id=new_public_id(), movement_id=movement_id, owner_unit=owner_unit, title=title,
        state=DraftState.DRAFT, content=content, copied_from=source.id if source is not None else "",
        created_at=at, created_by_id=actor.account_id, saved_at=at,
        saved_by_id=actor.account_id,
    )  # fmt: skip
    db.session.add(draft)
    db.session.flush()
    _record("movement.create", draft, actor=actor, at=at, after={"title": title, "copied_from": draft.copied_from})
    return draft


def _blank(at: datetime) -> dict[str, Any]:
    return {
        "format": {NUMBER: "1"},
        "movement": {"effective_from": {DAY: local_date(at).isoformat()}, "subjects": [], "legal_basis": [{}]},
        "stages": [{"id": "cham-diem", "title": "Chấm điểm", "kind": "score", "sheets": ["phieu"]}],
        "sheets": [{"id": "phieu", "title": "Phiếu chấm điểm", "criteria": []}],
    }


def edit(
    draft: MovementDraft,
    change: Callable[[dict[str, Any]], None],
    *,
    actor: Actor,
    at: datetime,
    revision: int | None = None,
) -> bool:
    """Let `change` work on a copy of the content and keep it, wrong or right; say whether anything changed.

    A checked or offered working copy becomes a draft again. After an offer this begins the next round: the number of
    the rules goes up by itself. Not audited: nothing typed is a rule before it is offered.

    :raise DraftChanged: the draft was saved after `revision`.
    :raise DraftTooBig: it would hold more than a draft may.
    """
    if revision is not None and revision != draft.revision:
        raise DraftChanged(revision=draft.revision)
    content = deepcopy(draft.content)
    change(content)
    checks.give_ids(content)
    _keep_head(draft, content)
    if canonical_json(content) == canonical_json(draft.content):
        return False
    if len(canonical_json(content)) > LARGEST_DRAFT_BYTES:
        raise DraftTooBig(limit_bytes=LARGEST_DRAFT_BYTES)
    draft.previous, draft.content = draft.content, content
    _saved(draft, actor, at)
    return True


def undo(draft: MovementDraft, *, actor: Actor, at: datetime) -> None:
    """Go back to what stood before the last save; undoing once more brings that save back.

    :raise NothingToUndo: nothing was saved since the beginning.
    """
    if draft.previous is None:
        raise NothingToUndo()
    draft.previous, draft.content = draft.content, draft.previous
    _keep_head(draft, draft.content)
    _saved(draft, actor, at)


def replace(draft: MovementDraft, given: dict[str, Any], *, actor: Actor, at: datetime, revision: int | None) -> bool:
    """Take the whole content, packed, from a file; the movement keeps its id and the number of its rules."""

    def take(content: dict[str, Any]) -> None:
        kept = {key: content["movement"][key] for key in ("id", "rules_version") if key in content["movement"]}
        content.clear()
        content.update(given)
        head = content.get("movement")
        content["movement"] = (head if isinstance(head, dict) else {}) | kept

    return edit(draft, take, actor=actor, at=at, revision=revision)


def _keep_head(draft: MovementDraft, content: dict[str, Any]) -> None:
    """Keep what the room decides itself: format, the number of the rules, and the id once a version bears it."""
    versions = queries.versions_of(draft.movement_id)
    number = versions[0].rules_version + 1 if versions else 1
    content["format"] = {NUMBER: "1"}
    put(content, "movement.rules_version", {NUMBER: str(number)})
    if versions:
        put(content, "movement.id", draft.movement_id)


def _saved(draft: MovementDraft, actor: Actor, at: datetime) -> None:
    head = draft.content["movement"]
    title, movement_id = head.get("title"), head.get("id")
    if isinstance(title, str) and title:
        draft.title = title[:250]
    is_slug = isinstance(movement_id, str) and SLUG.fullmatch(movement_id)
    if is_slug and movement_id not in queries.taken_ids(but=draft):
        draft.movement_id = movement_id
    draft.state = DraftState.DRAFT
    draft.saved_at, draft.saved_by_id = at, actor.account_id
    db.session.flush()


def read(draft: MovementDraft) -> Reading:
    """Read the working copy with the one validator; an id that another movement has is a problem too."""
    return checks.read(draft.content, taken=queries.taken_ids(but=draft))


def problems(draft: MovementDraft) -> tuple[Problem, ...]:
    """Return everything that keeps the working copy from being used, as far as it can be told at once."""
    return read(draft).problems


def check(draft: MovementDraft, *, actor: Actor, at: datetime) -> None:
    """Say that the working copy is sound.

    :raise DraftNotSound: it is not; the error lists every problem.
    """
    movement = _sound(draft)
    if draft.state == DraftState.DRAFT:
        draft.state = DraftState.CHECKED
        db.session.flush()
    _record("movement.check", draft, actor=actor, at=at, after={"sha256": digest_of(canonical_bytes(movement))})


def offer(draft: MovementDraft, *, actor: Actor, at: datetime, switch_on: bool = False) -> MovementVersion:
    """Freeze the checked working copy as the next version and put it in place of the one in use.

    :param switch_on: switch the movement on at the owner's unit as well.
    :raise DraftNotChecked: it was not checked since the last change.
    :raise DraftNotSound: it has problems after all (an id taken meanwhile).
    """
    if draft.state != DraftState.CHECKED:
        raise DraftNotChecked(state=draft.state)
    movement = _sound(draft)
    content = canonical_bytes(movement)
    version = MovementVersion(
        movement_id=movement.id, rules_version=movement.rules_version, canonical=content, sha256=digest_of(content),
        made_at=at, made_by_id=actor.account_id,
    )  # fmt: skip
    before = draft.offered.rules_version if draft.offered is not None else None
    db.session.add(version)
    db.session.flush()
    draft.offered, draft.state, draft.movement_id = version, DraftState.OFFERED, movement.id
    db.session.flush()
    audit.record(
        "movement.offer", version, actor=actor, at=at, unit_path=draft.owner_unit.path,
        before={"rules_version": before}, after={"rules_version": version.rules_version, "sha256": version.sha256},
    )  # fmt: skip
    if switch_on and not queries.is_on(movement.id, draft.owner_unit):
        switch(movement.id, draft.owner_unit, is_on=True, actor=actor, at=at)
    return version


def withdraw(draft: MovementDraft, *, actor: Actor, at: datetime) -> None:
    """Take the offered version out of use: no new season begins of it; seasons that run go on by their frozen rules.

    :raise NothingOffered: no version is in use.
    """
    if draft.offered is None:
        raise NothingOffered()
    before = draft.offered
    draft.offered, draft.offered_id = None, None
    draft.state = DraftState.DRAFT
    _keep_head(draft, content := deepcopy(draft.content))
    draft.content = content
    db.session.flush()
    _record("movement.withdraw", draft, actor=actor, at=at, before={"rules_version": before.rules_version})


def switch(movement_id: str, unit: Unit, *, is_on: bool, actor: Actor, at: datetime) -> MovementSwitch:
    """Switch a movement on or off at a unit and below, as far as no unit further down says otherwise.

    :raise MovementUnknown: there is no such movement.
    :raise NotFoundHere: the unit lies outside what the actor organises, and the actor is no administrator.
    """
    if queries.find(movement_id) is None:
        raise MovementUnknown(movement_id=movement_id)
    if not actor.is_system:
        policy.require(actor, "movement.switch", unit)
    row = queries.switch_of(movement_id, unit)
    before = row.is_on if row is not None else None
    if row is None:
        row = MovementSwitch(movement_id=movement_id, unit=unit, is_on=is_on, changed_at=at)
        db.session.add(row)
    row.is_on, row.changed_at, row.changed_by_id = is_on, at, actor.account_id
    db.session.flush()
    audit.record(
        "movement.switch", row, actor=actor, at=at, unit_path=unit.path,
        before={"is_on": before}, after={"movement_id": movement_id, "is_on": is_on},
    )  # fmt: skip
    return row


def require_on(movement_id: str, unit: Unit) -> Movement:
    """Return the movement where it may be used at a unit.

    :raise MovementUnknown: there is no such movement.
    :raise MovementOff: it is switched off there.
    """
    movement = queries.find(movement_id)
    if movement is None:
        raise MovementUnknown(movement_id=movement_id)
    if not queries.is_on(movement_id, unit):
        raise MovementOff(movement_id=movement_id, title=movement.title, unit=unit.name)
    return movement


def _sound(draft: MovementDraft) -> Movement:
    reading = read(draft)
    if reading.movement is None:
        raise DraftNotSound(problems=reading.problems)
    return reading.movement


def _record(verb: str, draft: MovementDraft, *, actor: Actor, at: datetime, **more: Any) -> None:
    audit.record(verb, draft, actor=actor, at=at, unit_path=draft.owner_unit.path, **more)
