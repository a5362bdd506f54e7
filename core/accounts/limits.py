"""Limits as rows: how often something may happen in a window, shared by all processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.accounts.models import LimitCount
from core.accounts.rules import TooManyTries
from core.extensions import db


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` in each window of `minutes`."""

    name: str
    most: int
    minutes: int

    def window(self, at: datetime) -> datetime:
        """Return when the window that holds `at` began."""
        length = self.minutes * 60
        seconds = int(at.timestamp())
        return datetime.fromtimestamp(seconds - seconds % length, tz=UTC)


# Slows guessing without locking anybody out for long; the address limit spares a factory behind one address.
SIGN_IN_BY_KEY = Limit("sign-in-key", most=5, minutes=15)
SIGN_IN_BY_ADDRESS = Limit("sign-in-address", most=300, minutes=15)
LOOK_UP_BY_ADDRESS = Limit("look-up", most=60, minutes=10)


def used(limit: Limit, who: str, *, at: datetime) -> int:
    """Return how much of a limit is used in the present window."""
    row = db.session.get(LimitCount, (_bucket(limit, who), limit.window(at)))
    return row.count if row is not None else 0


def check(limit: Limit, who: str, *, at: datetime) -> None:
    """Pass while something is left.

    :raise TooManyTries: the window is used up.
    """
    if used(limit, who, at=at) >= limit.most:
        ends = limit.window(at) + timedelta(minutes=limit.minutes)
        raise TooManyTries(wait_seconds=max(1, int((ends - at).total_seconds())))


def count(limit: Limit, who: str, *, at: datetime) -> int:
    """Count one use and return how much is left; the caller commits, whatever becomes of the request."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(LimitCount).values(bucket=_bucket(limit, who), window_start=limit.window(at), count=1)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[LimitCount.bucket, LimitCount.window_start], set_={"count": LimitCount.count + 1}
        )
    )
    # Old windows serve nobody; a little is swept at each use.
    db.session.execute(sa.delete(LimitCount).where(LimitCount.window_start < at - timedelta(days=1)))
    db.session.expire_all()
    return max(0, limit.most - used(limit, who, at=at))


def _bucket(limit: Limit, who: str) -> str:
    return f"{limit.name}:{who}"[:120]
