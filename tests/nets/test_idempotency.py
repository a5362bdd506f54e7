"""What is sent twice at the same moment happens once, through the real server, on both databases."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from core.accounts.models import Account, FormKey
from core.accounts.rules import Role
from core.db import begin_writing
from core.entries.models import Entry, EntryStep
from core.extensions import db
from core.seasons.models import Season
from tests.makers import make_account, make_entry, make_person, make_season, make_unit
from tests.nets.server import running
from tests.pages import form

pytestmark = pytest.mark.both_databases
# The server stamps requests with the machine's clock, so the season stays open for longer than anyone will test.
CLOSES, JUDGED = datetime(2090, 5, 15, 10, 0, tzinfo=UTC), datetime(2090, 6, 10, 10, 0, tzinfo=UTC)


@dataclass
class Office:
    """A draft ready to be filed, its author's browser, and a port that answers."""

    app: Flask
    port: int
    author: FlaskClient
    entry_id: int
    public_id: str
    season_id: int

    def post_together(self, path: str, *bodies: dict[str, str]) -> list[tuple[int, str]]:
        """Send the forms at the same moment; return status and address of each answer."""
        cookie = self.author.get_cookie("thidua")
        assert cookie is not None
        headers = {"Cookie": f"thidua={cookie.value}", "Content-Type": "application/x-www-form-urlencoded"}
        gate, answers = threading.Barrier(len(bodies)), [(0, "")] * len(bodies)

        def send(number: int, body: dict[str, str]) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            connection.connect()
            gate.wait()
            connection.request("POST", path, urlencode(body), headers)
            answer = connection.getresponse()
            answer.read()
            answers[number] = (answer.status, answer.headers.get("Location", ""))
            connection.close()

        threads = [threading.Thread(target=send, args=pair) for pair in enumerate(bodies)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers


@pytest.fixture
def office(app: Flask, sign_in: Callable[[Account], FlaskClient]) -> Iterator[Office]:
    """Return an office with its server running."""
    with app.app_context():
        province = make_unit("LĐLĐ tỉnh Lai Châu")
        season = make_season(owner_unit=province, closes_at=CLOSES, judging_closes_at=JUDGED)
        unit = make_unit("CĐCS Chè Tân Uyên", province)
        account = make_account(make_person("Lò Thị Mai", unit))
        make_account(make_person("Hà Thị Thủy", unit), (Role.OFFICER, unit))
        entry = make_entry(season, unit, owner=account.person, officer=False)
        db.session.commit()
        author = sign_in(account)
        found = (entry.id, entry.public_id, season.id)
        db.session.remove()
    with running(app) as port:
        yield Office(app, port, author, *found)


def _counted(office: Office) -> tuple[Entry, int, int, Season]:
    db.session.rollback()
    begin_writing()
    entry, season = db.session.get_one(Entry, office.entry_id), db.session.get_one(Season, office.season_id)
    steps = db.session.scalar(sa.select(sa.func.count()).select_from(EntryStep)) or 0
    entries = db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) or 0
    return entry, steps, entries, season


def test_the_same_form_sent_eight_times_at_once_files_one_entry(office: Office) -> None:
    path = f"/ho-so/{office.public_id}/kiem-tra"
    values = {**form(office.author.get(path), "/kiem-tra").values, "pledge": "y"}
    answers = office.post_together(path, *[values] * 8)
    assert set(answers) == {(303, f"/ho-so/{office.public_id}/bien-nhan")}
    with office.app.app_context():
        entry, steps, entries, season = _counted(office)
        assert (entry.state, steps, entries, season.last_entry_number) == ("submitted", 1, 1, 1)
        assert entry.code is not None
        assert entry.code in office.author.get(f"/ho-so/{office.public_id}/bien-nhan").text
        key = db.session.get_one(FormKey, values["form_key"])
        assert key.location == f"/ho-so/{office.public_id}/bien-nhan"


def test_two_pages_of_one_entry_file_it_once(office: Office) -> None:
    """Two open tabs have two keys: one of them files, the other is told that it is done already."""
    path = f"/ho-so/{office.public_id}/kiem-tra"
    tabs = [{**form(office.author.get(path), "/kiem-tra").values, "pledge": "y"} for _ in range(2)]
    assert tabs[0]["form_key"] != tabs[1]["form_key"]
    statuses = sorted(status for status, _ in office.post_together(path, *tabs))
    assert statuses[0] == 303
    assert statuses[1] in (403, 409)
    with office.app.app_context():
        _, steps, entries, season = _counted(office)
        assert (steps, entries, season.last_entry_number) == (1, 1, 1)


def test_the_same_start_sent_eight_times_at_once_makes_one_draft(office: Office) -> None:
    with office.app.app_context():
        season = db.session.get_one(Season, office.season_id).public_id
    page = office.author.get(f"/nop/{season}?nguoi=co&ap-dung=da")
    values = {**form(page, "/nop/").values, "da-nop": "chua"}
    answers = office.post_together(f"/nop/{season}", *[values] * 8)
    assert len(set(answers)) == 1
    assert answers[0][0] == 303
    with office.app.app_context():
        assert _counted(office)[2] == 2


def test_a_page_opened_before_another_saved_is_told_and_overwrites_nothing(office: Office) -> None:
    path = f"/ho-so/{office.public_id}/phan/2"
    first, second = (form(office.author.get(path), "/phan/2").values for _ in range(2))
    kept = office.post_together(path, {**first, "title": "Giàn héo hai tầng"})
    late = office.post_together(path, {**second, "title": "Giàn héo ba tầng"})
    assert (kept[0][0], late[0][0]) == (303, 409)
    with office.app.app_context():
        assert _counted(office)[0].title == "Giàn héo hai tầng"
