"""Who is behind a request: the signed cookie names a server-side session, the session an account."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask, current_app, g, session

from core.accounts import queries
from core.accounts.models import Account, WebSession
from core.accounts.rules import VISITOR, Actor
from core.config import Settings
from core.extensions import db
from core.vietnamese.dates import local_date

TOUCH_EVERY = timedelta(minutes=5)


def install(app: Flask) -> None:
    """Find the actor before every request."""
    app.before_request(load_actor)


def load_actor() -> None:
    """Put the actor of this request into `g.actor`; a session that ended, or a disabled account, is a visitor."""
    g.actor = VISITOR
    g.session_hash = None
    token = session.get("sid")
    if not token:
        return
    id_hash = hash_of(token)
    row = queries.live_session(id_hash, g.now)
    account = db.session.get(Account, row.account_id) if row is not None else None
    settings: Settings = current_app.extensions["thidua_settings"]
    idle = timedelta(minutes=settings.session_idle_minutes)
    if row is None or account is None or account.disabled_at is not None or g.now - row.seen_at > idle:
        session.clear()
        return
    g.actor = queries.actor_of(account, local_date(g.now))
    g.session_hash = id_hash
    g.is_shared_device = row.is_shared_device
    is_stale = g.now - row.seen_at > TOUCH_EVERY
    g.session_ends = min(row.expires_at, (g.now if is_stale else row.seen_at) + idle)
    if is_stale:
        _touch(id_hash)


def _touch(id_hash: bytes) -> None:
    """Note that the session is in use, in a short transaction of its own: pages read only."""
    from core.db import begin_reading, begin_writing

    db.session.rollback()
    begin_writing()
    db.session.execute(sa.update(WebSession).where(WebSession.id_hash == id_hash).values(seen_at=g.now))
    db.session.commit()
    begin_reading()


def open_session(account: Account, *, is_shared_device: bool = False) -> Actor:
    """Start a new session for `account` in this browser and return its actor; the old cookie's contents are dropped."""
    settings: Settings = current_app.extensions["thidua_settings"]
    token = secrets.token_urlsafe(32)
    session.clear()
    session["sid"] = token
    db.session.add(
        WebSession(
            id_hash=hash_of(token),
            account_id=account.id,
            created_at=g.now,
            seen_at=g.now,
            expires_at=g.now + timedelta(hours=settings.session_hours),
            is_shared_device=is_shared_device,
        )
    )
    g.actor = queries.actor_of(account, local_date(g.now))
    return g.actor


def close_session() -> None:
    """End this browser's session."""
    if g.get("session_hash") is not None:
        db.session.execute(sa.delete(WebSession).where(WebSession.id_hash == g.session_hash))
    session.clear()
    g.actor = VISITOR


def hash_of(token: str) -> bytes:
    """Return what the database keeps of a session id."""
    return hashlib.sha256(token.encode()).digest()
