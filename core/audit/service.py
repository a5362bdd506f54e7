"""Verbs of the trail. `record` only queues; one step before the commit takes the lock, chains, and writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app, has_app_context
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, object_session, scoped_session, sessionmaker

from core.audit import chain, witness
from core.audit.actor import ActorLike
from core.audit.models import AuditEvent, AuditHead, AuditWitness, Checkpoint
from core.audit.rules import BulkChange, UnrecordedChange
from core.audit.verification import Fault, verify
from core.db import Base, Instant
from core.extensions import db

__all__ = ["Fault", "checkpoint", "erase", "include", "install", "record", "verify"]

_KEY = "audit_pending"
_INSTALLED = "_audit_installed"
SYSTEM_NAME = "thidua"
ERASED = "erased"
EVENTS, WITNESSES, HEAD = (witness.table_of(model) for model in (AuditEvent, AuditWitness, AuditHead))

Subject = Base | tuple[str, str | int]


@dataclass(slots=True)
class Queued:
    """An act waiting for the commit."""

    verb: str
    subject: Subject
    actor_id: int | None
    actor_name: str
    at: datetime
    detail: bytes
    season_id: int | None
    unit_path: str
    # For an erasure, whose detail is known only when it is written.
    erasure_note: str | None = None


@dataclass(slots=True)
class Pending:
    """What a session owes the trail. `marks`: how many acts were queued when each savepoint began."""

    events: list[Queued] = field(default_factory=list)
    touched: witness.Touched = field(default_factory=witness.nothing_touched)
    marks: dict[SessionTransaction, int] = field(default_factory=dict)


def record(
    verb: str,
    subject: Subject,
    *,
    actor: ActorLike,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
    season_id: int | None = None,
    unit_path: str = "",
    session: Session | None = None,
) -> None:
    """Queue an act for the trail; it is written with the commit, in the same transaction.

    :param verb: «room.verb», such as "entry.submit".
    :param subject: the row acted upon, or (table, key) where there is none at hand.
    :param before: what changed, as it was; plain values, decimals, moments and enums. Erasable, never hashed bare.
    :param session: where it is queued; else the subject's session, else the application's.
    """
    queued = Queued(
        verb, subject, actor.account_id, actor.name, at, chain.detail_bytes(before, after, note), season_id, unit_path
    )
    _pending(_session_for(subject, session)).events.append(queued)


def include(model: type[Base], keys: Iterable[Any], *, session: Session | None = None) -> None:
    """Have rows witnessed that a bulk statement wrote past the session.

    The statement itself carries execution_options(audited=True); the act is recorded as usual.
    """
    _pending(session or db.session()).touched[model].update(keys)


def erase(subject: Subject, *, actor: ActorLike, at: datetime, note: str = "", session: Session | None = None) -> None:
    """Queue the erasure of what the trail says about a subject; digests stay, and the chain still verifies.

    Details and nonces of the subject's events go, and the nonces of its row's superseded witnesses: without them the
    old digests say nothing about the old values.
    """
    queued = Queued(ERASED, subject, actor.account_id, actor.name, at, b"", None, "", note)
    _pending(_session_for(subject, session)).events.append(queued)


def checkpoint(session: Session, *, at: datetime, reason: str, season_id: int | None = None) -> Checkpoint:
    """Write the acts queued so far and return the head of the chain as a row; its `text` may leave the system.

    Call it last in a verb: the trail stays locked until the commit.
    """
    session.flush()
    head = _write(session, _pending(session)) or _lock_head(session)
    row = Checkpoint(at=at, event_id=head[0], hash=head[1], reason=reason, season_id=season_id)
    session.add(row)
    session.flush()
    return row


def install(target: Any) -> None:
    """Connect the trail to the sessions of `target`, once: the extension, a session factory or a session class."""
    sessions = getattr(target, "session", target)
    if isinstance(sessions, scoped_session):
        sessions = sessions.session_factory
    if isinstance(sessions, sessionmaker):
        sessions = sessions.class_
    if _INSTALLED in vars(sessions):
        return
    setattr(sessions, _INSTALLED, True)
    for name, listener in _LISTENERS.items():
        event.listen(sessions, name, listener)


# --- What happens around a flush and a commit ----------------------------------------------------------------------


def _after_flush(session: Session, _context: Any) -> None:
    witness.collect(session, _pending(session).touched)


def _before_commit(session: Session) -> None:
    """Write what is queued. A transaction that touched nothing witnessed takes no lock: drafts save side by side."""
    if session.in_nested_transaction():
        return
    session.flush()
    pending = _pending(session)
    if not pending.events and pending.touched:
        _admit_unrecorded(session, pending)
    _write(session, pending)


def _admit_unrecorded(session: Session, pending: Pending) -> None:
    """Refuse witnessed changes without an act when strict; else write them down as the system's own."""
    lines = witness.plan(session, pending.touched)
    if not lines:
        return
    if _is_strict(session):
        raise UnrecordedChange(sorted({line.table for line in lines}))
    # Nobody said when, so the clock of this machine has to.
    subject = (lines[0].table, lines[0].key)
    detail = chain.detail_bytes(None, None, "")
    pending.events.append(Queued("change", subject, None, SYSTEM_NAME, datetime.now(UTC), detail, None, ""))


def _after_transaction_create(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        pending = _pending(session)
        pending.marks[transaction] = len(pending.events)


def _after_soft_rollback(session: Session, transaction: SessionTransaction) -> None:
    """Forget the acts queued since a savepoint that is undone; touched rows are compared anyway when written."""
    pending = _pending(session)
    if transaction in pending.marks:
        del pending.events[pending.marks[transaction] :]


def _after_transaction_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_KEY, None)


def _guard_bulk(state: ORMExecuteState) -> None:
    """Stop bulk statements that would write witnessed columns where no witness sees it."""
    if not (state.is_insert or state.is_update or state.is_delete) or state.execution_options.get("audited"):
        return
    # A statement on a model holds an annotated copy of the table: only the name is the same.
    table = getattr(getattr(state.statement, "table", None), "name", "")
    model = next((found for found in witness.models() if found.__tablename__ == table), None)
    if model is None or not _is_strict(state.session):
        return
    if state.is_update:
        written = {getattr(name, "name", name) for name in (getattr(state.statement, "_values", None) or {})}
        parameters = state.parameters if isinstance(state.parameters, list) else [state.parameters or {}]
        written.update(name for values in parameters for name in values)
        if written and not written & set(witness.covered(model)):
            return
    raise BulkChange(model.__tablename__)


_LISTENERS: dict[str, Callable[..., None]] = {
    "after_flush": _after_flush,
    "before_commit": _before_commit,
    "after_transaction_create": _after_transaction_create,
    "after_transaction_end": _after_transaction_end,
    "after_soft_rollback": _after_soft_rollback,
    "do_orm_execute": _guard_bulk,
}


# --- Writing -------------------------------------------------------------------------------------------------------


def _write(session: Session, pending: Pending) -> tuple[int, bytes] | None:
    """Chain and insert the queued acts with their witnesses; return the new head, or None where nothing was queued."""
    if not pending.events:
        return None
    last_id, last_hash = _lock_head(session)
    # Only now is the last witness of every row the one that stays: others wait for the lock.
    lines = witness.plan(session, pending.touched)
    written: list[dict[str, Any]] = []
    for queued in pending.events:
        last_id += 1
        row = _event_row(session, queued, last_id, last_hash, written)
        is_last = queued is pending.events[-1]
        last_hash = row["hash"] = chain.event_hash(
            row, [(line.table, line.key, line.digest) for line in lines] if is_last else []
        )
        written.append(row)
    acts = list(zip(pending.events, written, strict=True))
    session.execute(sa.insert(EVENTS), [{**row, "at": queued.at} for queued, row in acts])
    if lines:
        session.execute(
            sa.insert(WITNESSES),
            [
                {"event_id": last_id, "table_name": line.table, "row_key": line.key, "nonce": line.nonce,
                 "digest": line.digest}
                for line in lines
            ],
        )  # fmt: skip
    session.execute(sa.update(HEAD).values(last_id=last_id, last_hash=last_hash))
    for queued, row in acts:
        if queued.erasure_note is not None:
            _forget(session, row)
    pending.events.clear()
    pending.touched.clear()
    return last_id, last_hash


def _event_row(
    session: Session, queued: Queued, number: int, prev_hash: bytes, before_it: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the columns of an event but its own hash; `at` in microseconds, as it is hashed."""
    table, key = _subject(queued.subject)
    detail = queued.detail
    if queued.erasure_note is not None:
        named = [row["id"] for row in before_it if (row["subject_table"], row["subject_id"]) == (table, key)]
        detail = chain.detail_bytes(None, {"events": _erasable(session, table, key) + named}, queued.erasure_note)
    nonce = chain.new_nonce()
    return {
        "id": number,
        "at": Instant().process_bind_param(queued.at, None),
        "verb": queued.verb,
        "actor_id": queued.actor_id,
        "actor_name": queued.actor_name,
        "subject_table": table,
        "subject_id": key,
        "season_id": queued.season_id,
        "unit_path": queued.unit_path,
        "detail": detail,
        "nonce": nonce,
        "detail_digest": chain.digest(nonce, detail),
        "prev_hash": prev_hash,
    }


def _erasable(session: Session, table: str, key: str) -> list[int]:
    """Return the events of a subject whose details stand, but erasures: those name what they erased for good."""
    columns = EVENTS.c
    query = sa.select(columns.id).where(
        columns.subject_table == table, columns.subject_id == key, columns.detail.is_not(None), columns.verb != ERASED
    )
    return list(session.scalars(query.order_by(columns.id)))


def _forget(session: Session, erasure: dict[str, Any]) -> None:
    """Take away details and nonces that an erasure, now written, names."""
    table, key = erasure["subject_table"], erasure["subject_id"]
    session.execute(
        sa.update(EVENTS)
        .where(EVENTS.c.subject_table == table, EVENTS.c.subject_id == key)
        .where(EVENTS.c.verb != ERASED, EVENTS.c.id < erasure["id"])
        .values(detail=None, nonce=None)
    )
    same_row = sa.and_(WITNESSES.c.table_name == table, WITNESSES.c.row_key == key)
    newest = session.scalar(sa.select(sa.func.max(WITNESSES.c.event_id)).where(same_row)) or 0
    session.execute(sa.update(WITNESSES).where(same_row, WITNESSES.c.event_id < newest).values(nonce=None))


def _lock_head(session: Session) -> tuple[int, bytes]:
    """Return number and hash of the last event and keep other writers waiting until this transaction ends.

    SQLite's writing transactions are already alone (BEGIN IMMEDIATE), and it reads FOR UPDATE as nothing.
    """
    columns = HEAD.c
    head = session.execute(sa.select(columns.last_id, columns.last_hash).with_for_update()).one()
    return head.last_id, head.last_hash


def _subject(subject: Subject) -> tuple[str, str]:
    if isinstance(subject, tuple):
        return subject[0], str(subject[1])
    state = sa.inspect(subject)
    identity = state.identity or state.mapper.primary_key_from_instance(subject)
    return subject.__tablename__, ":".join(str(part) for part in identity)


def _session_for(subject: Subject, session: Session | None) -> Session:
    if session is not None:
        return session
    return (object_session(subject) if isinstance(subject, Base) else None) or db.session()


def _pending(session: Session) -> Pending:
    pending: Pending = session.info.setdefault(_KEY, Pending())
    return pending


def _is_strict(session: Session) -> bool:
    """Whether an unrecorded change stops the transaction: `session.info["audit_strict"]`, else the application's."""
    if "audit_strict" in session.info:
        return bool(session.info["audit_strict"])
    return has_app_context() and bool(current_app.config.get("AUDIT_STRICT", False))
