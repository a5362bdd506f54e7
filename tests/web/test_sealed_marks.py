"""What is sealed stays with its judge and the organiser: another mark changes no byte of anybody else's pages."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.extensions import db
from tests import databases
from tests.nets import examples, pages, world

# The judge who sealed reads the own sheet, and the organiser counts what is sealed.
READERS = ("visitor", "worker", "other_worker", "officer", "upper_officer", "other_judge", "other_officer", "admin")


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Flask, Flask]]:
    """Two copies of the demonstration, in the second of which every sealed mark of one judge is another one."""
    apps, folders = [], []
    for is_changed in (False, True):
        instance = databases.empty_instance()
        database = world.copy_database("demo", instance)
        shutil.copytree(world.folder() / "files", instance / "files")
        if is_changed:
            _change_marks(database)
        apps.append(world.application(instance, database))
        folders.append(instance)
    yield apps[0], apps[1]
    for app, instance in zip(apps, folders, strict=True):
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        shutil.rmtree(instance, ignore_errors=True)


def _change_marks(database: Path) -> None:
    connection = sqlite3.connect(database)
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'mark'")
    for name, _ in triggers.fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    judge = "SELECT account_id FROM login_key WHERE folded = ?"
    changed = connection.execute(
        "UPDATE mark SET points = points + 1000000, comment = 'Nhận xét khác hẳn' WHERE scoresheet_id IN "
        f"(SELECT id FROM scoresheet WHERE status = 'sealed' AND filler_id IN ({judge}) AND entry_id IN "
        "(SELECT id FROM entry WHERE state = 'in_judging'))",
        (world.PEOPLE["judge"],),
    ).rowcount
    assert changed > 0
    connection.commit()
    connection.close()


@pytest.mark.parametrize("reader", READERS)
def test_another_sealed_mark_shows_nowhere(pair: tuple[Flask, Flask], reader: str) -> None:
    seen = []
    for app in pair:
        cookie, _ = world.cookie_of(app, reader)
        client = app.test_client()
        client.set_cookie("thidua", cookie)
        with app.app_context():
            paths = [
                (rule.endpoint, example.values)
                for rule in examples.routes(app, "GET")
                for example in examples.of(app, rule, "demo")
            ]
        found = {}
        for endpoint, values in paths:
            with app.test_request_context("/"):
                path = app.url_for(endpoint, **values)
            answer = client.get(path)
            is_text = answer.mimetype.startswith("text/") or answer.mimetype == "application/json"
            found[path] = (answer.status_code, pages.anonymous(answer.text) if is_text else answer.mimetype)
        seen.append(found)
    assert len(seen[0]) > 100
    assert seen[0] == seen[1]


def test_the_judges_own_sheet_shows_the_other_mark(pair: tuple[Flask, Flask]) -> None:
    """The net above would catch nothing if the change were not visible to anybody."""
    shown = []
    for app in pair:
        cookie, _ = world.cookie_of(app, "judge")
        client = app.test_client()
        client.set_cookie("thidua", cookie)
        with app.app_context():
            thing = examples._entry("LDST-26-0004")
            path = f"/cham/{thing.public_id}"
        shown.append(client.get(path, follow_redirects=True).text)
    assert "Nhận xét khác hẳn" not in shown[0]
    assert "Nhận xét khác hẳn" in shown[1]
