"""Dates of the demo files, moved so that «now» in them is the day of building."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.vietnamese.dates import from_local


@dataclass(frozen=True, slots=True)
class Shift:
    """By how many whole days the dates of a file move."""

    days: int

    def day(self, value: date) -> date:
        """Return the day, moved."""
        return value + timedelta(days=self.days)

    def instant(self, value: datetime) -> datetime:
        """Return the UTC instant of a local date and time, moved."""
        return from_local(self.day(value.date()), value.time())


def read(path: Path) -> dict[str, Any]:
    """Return a demo file; its numbers are exact."""
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def shift_of(data: dict[str, Any], today: date) -> Shift:
    """Return how far the dates of a file move for a demo built on `today`."""
    return Shift((today - data["as_of"]).days)
