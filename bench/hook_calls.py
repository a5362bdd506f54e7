"""How often a page of entries asks the plugins, with 10 entries and with 1,000: python bench/hook_calls.py"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import sqlalchemy as sa
from flask import Flask

from core.db import begin_writing
from core.entries import service
from core.entries.models import Entry
from core.extensions import db
from core.registry import Registry
from core.seasons.models import Season
from core.seasons.rules import Phase
from tests import makers
from tests.nets import world

PAGES = {
    "organiser": ("/dot-xet/{season}/ho-so", "/dot-xet/{season}", "/viec-can-lam"),
    "officer": ("/xac-nhan", "/don-vi/ho-so", "/viec-can-lam"),
    "visitor": ("/", "/dot/{season}"),
}


def calls_of_pages(app: Flask, season: str) -> dict[str, int]:
    """Return how many hook implementations each page of lists calls."""
    counted: list[str] = []
    original = Registry._call

    def counting(self: Registry, plugin: str, hook: str, given: object) -> object:
        counted.append(f"{plugin}.{hook}")
        return original(self, plugin, hook, given)  # type: ignore[arg-type]

    Registry._call = counting  # type: ignore[assignment,method-assign]
    try:
        found = {}
        for name, paths in PAGES.items():
            client = app.test_client()
            client.set_cookie("thidua", world.cookie_of(app, name)[0])
            for path in paths:
                before = len(counted)
                answer = client.get(path.format(season=season))
                if answer.status_code == 200:
                    found[f"{name} {path}"] = len(counted) - before
        return found
    finally:
        Registry._call = original  # type: ignore[method-assign]


def fill(app: Flask, count: int) -> tuple[str, int]:
    """File entries into the open season until it has `count`; return its public id and the number."""
    with app.app_context():
        begin_writing()
        season = db.session.scalars(sa.select(Season).where(Season.phase == Phase.OPEN)).unique().first()
        assert season is not None
        query = sa.select(sa.func.count()).select_from(Entry).where(Entry.season_id == season.id)
        unit = db.session.scalars(sa.select(Entry).where(Entry.season_id == season.id)).unique().first().unit
        owner = makers.make_person("Người nộp nhiều hồ sơ", unit)
        has = db.session.scalar(query) or 0
        for number in range(count - has):
            entry = makers.make_entry(season, unit, owner, officer=False, title=f"Hồ sơ thứ {number}", at=world.AT)
            service.submit(entry, actor=makers.SYSTEM, received_at=world.AT, at=world.AT)
        db.session.commit()
        now = db.session.scalar(query) or 0
        public_id = season.public_id
        db.session.remove()
    return public_id, now


def main() -> int:
    """Compare both in one run; the numbers must be equal for every page."""
    with world.copied() as app:
        season, few = fill(app, 10)
        with_few = calls_of_pages(app, season)
        season, many = fill(app, 1000)
        with_many = calls_of_pages(app, season)
    for page, calls in with_few.items():
        print(f"{page}: {calls} calls with {few} entries, {with_many[page]} with {many}")
    return 0 if with_few == with_many and with_few else 1


if __name__ == "__main__":
    raise SystemExit(main())
