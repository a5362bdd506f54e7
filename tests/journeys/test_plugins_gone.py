"""Past seasons outlive their plugin: the same pages byte for byte, and every stored result still recomputes."""

from __future__ import annotations

import re
from pathlib import Path

import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from core.awards.models import Award, Citation
from core.cli import main
from core.entries.models import Entry
from core.extensions import db
from core.judging import queries, service
from core.seasons.frozen import read_rules
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
    """Return the pages of the seasons that are published, by who reads them."""
    with app.app_context():
        public, staff = ["/x"], []
        for season in published():
            entry = db.session.scalars(sa.select(Entry).where(Entry.season_id == season.id)).unique().first()
            codes = sa.select(Citation.code).join(Award, Citation.award_id == Award.id)
            code = db.session.scalars(codes.join(Entry).where(Entry.season_id == season.id)).first()
            assert entry is not None
            public += [f"/dot/{season.public_id}", f"/ket-qua/{season.public_id}", f"/x/{code}"]
            public += [f"/dot-xet/{season.public_id}/quy-tac", f"/phong-trao/{season.movement_id}"]
            tabs = ("", "/ho-so", "/xep-hang", "/de-nghi", "/quyet-dinh/xem", "/giay-chung-nhan", "/tien-do")
            staff += [f"/dot-xet/{season.public_id}{tab}" for tab in tabs]
            staff += [f"/ho-so/{entry.public_id}", f"/ho-so/{entry.public_id}/diem"]
        actors = world.actors()
        sheets = {
            name: [f"/phieu/{sheet.public_id}" for sheet in queries.own_sealed(actors[name])]
            for name in ("judge", "other_judge")
        }
        db.session.remove()
        return {"visitor": list(dict.fromkeys(public)), "organiser": staff} | sheets


def published() -> list[Season]:
    """Return the seasons whose results are public."""
    return list(db.session.scalars(sa.select(Season).where(Season.phase == "published").order_by(Season.id)))


def test_pages_and_results_of_past_seasons_outlive_the_plugin(tmp_path: Path) -> None:
    with world.copied() as app:
        paths = past_paths(app)
        before = pages_of(app, paths)
        assert len(before) > 20
        assert [path for _, path in before if path.startswith("/phieu/")] != []
        settings = app.extensions["thidua_settings"]
        # What the first application has read must not help the second one.
        read_rules.cache_clear()
        without = world.application(settings.instance, settings.instance / "thidua.sqlite3", plugins_dir=tmp_path)
        assert without.extensions["thidua_registry"].movements == {}
        after = pages_of(without, paths)
        assert {key for key in before if before[key] != after[key]} == set()
        with without.app_context():
            seasons = published()
            assert [service.recompute(season) for season in seasons] == [[] for _ in seasons]
            assert len(seasons) >= 2
            db.session.remove()
            db.engine.dispose()
        read_rules.cache_clear()
        environment = {
            "THIDUA_INSTANCE": str(settings.instance), "THIDUA_DATABASE_URL": settings.database_url,
            "THIDUA_STORAGE_URL": str(settings.instance), "THIDUA_PLUGINS_DIR": str(tmp_path),
        }  # fmt: skip
        done = CliRunner().invoke(main, ["results", "verify"], env=environment)
        assert done.exit_code == 0, done.output
