"""Past seasons outlive their plugin: the same pages byte for byte, and every stored result still recomputes."""

from __future__ import annotations

import re
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from core.awards.models import Citation
from core.entries.models import Entry
from core.extensions import db
from core.judging import service as judging
from core.judging.models import Scoresheet
from core.seasons.models import Season
from tests.nets import world

# What may differ between two answers of the same page: tokens, one-time keys, the server's clock.
CHANCE = re.compile(r'(name="(?:csrf_token|form_key)" value=")[^"]*|(data-(?:now|session-ends)=")[^"]*')


def pages_of(app: Flask, paths: dict[str, list[str]]) -> dict[tuple[str, str], str]:
    """Return the pages by who reads them and where."""
    found = {}
    for who, addresses in paths.items():
        client = app.test_client()
        client.set_cookie("thidua", world.cookie_of(app, who)[0])
        for path in addresses:
            answer = client.get(path)
            assert answer.status_code == 200, f"{who} {path}: {answer.status_code}"
            found[who, path] = CHANCE.sub(r"\1\2", answer.text)
    return found


def past_paths(app: Flask) -> dict[str, list[str]]:
    """Return the public and staff pages of the seasons that are published."""
    with app.app_context():
        public, staff = [], []
        for season in db.session.scalars(sa.select(Season).where(Season.phase == "published")).all():
            entry = db.session.scalars(sa.select(Entry).where(Entry.season_id == season.id)).unique().first()
            code = db.session.scalars(sa.select(Citation.code)).first()
            assert entry is not None
            public += [f"/dot/{season.public_id}", f"/ket-qua/{season.public_id}", f"/x/{code}"]
            public += [f"/dot-xet/{season.public_id}/quy-tac", f"/phong-trao/{season.movement_id}"]
            tabs = ("", "/ho-so", "/xep-hang", "/de-nghi", "/quyet-dinh/xem", "/giay-chung-nhan", "/tien-do")
            staff += [f"/dot-xet/{season.public_id}{tab}" for tab in tabs]
            staff += [f"/ho-so/{entry.public_id}", f"/ho-so/{entry.public_id}/diem"]
        return {"visitor": list(dict.fromkeys(public)), "organiser": staff}


def test_pages_and_results_of_past_seasons_outlive_the_plugin(tmp_path: Path) -> None:
    with world.copied() as app:
        paths = past_paths(app)
        before = pages_of(app, paths)
        assert len(before) > 20
        instance = app.extensions["thidua_settings"].instance
        without = world.application(instance, instance / "thidua.sqlite3", plugins_dir=tmp_path)
        assert without.extensions["thidua_registry"].movements == {}
        after = pages_of(without, paths)
        assert {key for key in before if before[key] != after[key]} == set()
        with without.app_context():
            seasons = db.session.scalars(sa.select(Season).where(Season.phase == "published")).all()
            assert [judging.recompute(season) for season in seasons] == [[] for _ in seasons]
            sheet = db.session.scalars(sa.select(Scoresheet).where(Scoresheet.status == "sealed")).first()
            assert sheet is not None
            db.session.remove()
            db.engine.dispose()
