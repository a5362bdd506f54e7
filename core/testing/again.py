"""Run by `same_again` in an interpreter of its own: load a plugin two years from now and print its digest."""

from __future__ import annotations

import datetime
import json
import sys
import time

AHEAD = datetime.timedelta(days=731)


class _LaterDate(datetime.date):
    """A date whose today lies ahead."""

    @classmethod
    def today(cls) -> _LaterDate:
        """Return the day two years from now."""
        real = _now() + AHEAD
        return cls(real.year, real.month, real.day)


class _LaterDatetime(datetime.datetime):
    """A moment whose now lies ahead."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> _LaterDatetime:
        """Return the moment two years from now."""
        real = _now(tz) + AHEAD
        return cls(real.year, real.month, real.day, real.hour, real.minute, real.second, tzinfo=tz)

    @classmethod
    def today(cls) -> _LaterDatetime:
        """Return the moment two years from now."""
        return cls.now()


_now = datetime.datetime.now
_time = time.time


def main() -> None:
    """Import everything of ours by the real clock, then move it and load the plugin."""
    from core.testing.about_plugin import digest_of

    datetime.date, datetime.datetime = _LaterDate, _LaterDatetime  # type: ignore[misc]
    time.time = lambda: _time() + AHEAD.total_seconds()
    print(json.dumps(digest_of(*sys.argv[1:4])))  # The answer of this program.


if __name__ == "__main__":
    main()
