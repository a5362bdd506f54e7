"""One request, one transaction: the clock, the reading and the writing half, one-time form keys, one commit."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request
from sqlalchemy.exc import IntegrityError

from core.accounts.models import FormKey
from core.db import begin_reading, begin_writing
from core.errors import DomainError
from core.extensions import db

Clock = Callable[[], datetime]
KEY_PATTERN = re.compile(r"[A-Za-z0-9_-]{20,64}")


class FormKeyMissing(DomainError):
    """A form came without its one-time key: an old page, or not our form."""

    status = 400


class FormKeyForeign(DomainError):
    """A one-time key was first used by somebody else or on another form."""

    status = 409


def system_clock() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return the one moment of this request."""
    return g.now


def received_at() -> datetime:
    """Return when the last byte of this request had arrived, before it waited for a free worker."""
    return g.received_at


def new_form_key() -> str:
    """Return a fresh one-time key for a form about to be rendered."""
    return secrets.token_urlsafe(24)


def install(app: Flask, clock: Clock) -> None:
    """Begin every request with its moment and a reading transaction, and end it without leftovers."""

    @app.before_request
    def begin() -> None:
        g.now = clock()
        g.received_at = request.environ.get("thidua.received_at") or g.now
        g.form_key_row = None
        begin_reading()

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        db.session.rollback()
        # Outside a request (a command, a job, a test) the mode is the writing one again.
        begin_writing()


def admit_post() -> Response | None:
    """Before a POST view runs: send a repeated form to where its first use led, else open the writing transaction.

    Views marked `late_write` (uploads, password hashing) call `start_writing` themselves when their slow work is done.
    """
    if request.method != "POST" or request.endpoint is None:
        return None
    view = current_app.view_functions[request.endpoint]
    if getattr(view, "__keyless__", False):
        return None
    # Reading the form here also receives the whole body before any lock is taken.
    key = request.form.get("form_key", "")
    if not KEY_PATTERN.fullmatch(key):
        raise FormKeyMissing()
    earlier = db.session.get(FormKey, key)
    if earlier is not None:
        return _replay(earlier)
    if not getattr(view, "__late_write__", False):
        return start_writing()
    return None


def start_writing() -> Response | None:
    """End the reading transaction, open the writing one, claim the form key; a redirect where it is already used."""
    db.session.rollback()
    begin_writing()
    key = request.form.get("form_key", "")
    if not KEY_PATTERN.fullmatch(key):
        return None
    row = FormKey(key=key, account_id=_account_id(), endpoint=request.endpoint or "", location="", used_at=g.now)
    db.session.add(row)
    try:
        # On PostgreSQL a second request waits here until the first has committed or given up.
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        begin_reading()
        earlier = db.session.get(FormKey, key)
        if earlier is None:
            raise
        return _replay(earlier)
    g.form_key_row = row
    return None


def _account_id() -> int:
    actor = g.get("actor")
    return (actor.account_id if actor is not None else None) or 0


def _replay(earlier: FormKey) -> Response:
    if earlier.endpoint != request.endpoint or earlier.account_id not in (0, _account_id()):
        raise FormKeyForeign()
    return see_other(earlier.location or "/")


def finish(location: str) -> Response:
    """Commit this request's one transaction and send the browser to `location` (303)."""
    if g.get("form_key_row") is not None:
        g.form_key_row.location = location
    db.session.commit()
    return see_other(location)


def see_other(location: str) -> Response:
    """Return a 303 to a path of our own."""
    return redirect(location, code=303)  # type: ignore[return-value]


def safe_path(target: str | None, fallback: str = "/") -> str:
    """Return `target` if it is a path on this site, else `fallback`.

    Refuses what browsers read as another host: schemes, `//`, backslashes, control characters.
    """
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return fallback
    if any(ord(letter) < 32 or letter in "\\\x7f" for letter in target):
        return fallback
    parts = urlsplit(target)
    return fallback if parts.scheme or parts.netloc else target


def late_write(view: Any) -> Any:
    """Mark a view that calls `start_writing` itself, after parsing files or hashing."""
    view.__late_write__ = True
    return view


def keyless(view: Any) -> Any:
    """Mark a POST that is harmless to repeat (autosave with a revision, look-ups) and carries no form key."""
    view.__keyless__ = True
    return view
