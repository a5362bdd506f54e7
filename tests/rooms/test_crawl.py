"""Every kind of page of every optional room in a real browser: accessible, quiet, narrow and light."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from core.web.requests import new_form_key
from tests.browser.conftest import browser  # noqa: F401  # A fixture.
from tests.browser.shapes import Shape
from tests.browser.test_crawl import Desk
from tests.nets.server import running
from tests.rooms.worlds import ROOMS, RoomWorld, opened

ROLES = ("visitor", "worker", "officer", "organiser")

pytestmark = pytest.mark.browser


def _shapes(found: RoomWorld) -> list[Shape]:
    """Return each page that opens, once; and what comes back when a form on one is sent with nothing filled in."""
    made: dict[tuple[str, str], Shape] = {}
    for role in ROLES:
        client, token = found.browser(role)
        actions: set[str] = set()
        for endpoint, example, _said, path in found.addresses("GET"):
            response = client.get(path)
            if response.status_code == 200 and response.mimetype == "text/html":
                made.setdefault((endpoint, example.label), Shape("demo", role, endpoint, example.label, path))
                actions |= set(re.findall(r'<form[^>]*\baction="([^"?#]+)', response.text))
        for endpoint, example, _said, path in found.addresses("POST"):
            if path not in actions or (f"{endpoint}!", example.label) in made:
                continue
            response = client.post(path, data={"csrf_token": token, "form_key": new_form_key()})
            if response.status_code < 400:
                found.restore()
                client, token = found.browser(role)
            elif response.mimetype == "text/html":
                made[f"{endpoint}!", example.label] = Shape("demo", role, endpoint, example.label, path, response.text)
    return list(made.values())


@pytest.mark.parametrize("room", ROOMS)
def test_every_page_of_a_room_is_accessible_quiet_narrow_and_light(browser: Browser, room: str) -> None:  # noqa: F811
    with opened(room) as found, running(found.app, threads=4) as port:
        shapes, address = _shapes(found), f"http://127.0.0.1:{port}"
        desks: dict[str, Desk] = {}
        wrong = []
        for shape in shapes:
            if shape.role not in desks:
                desks[shape.role] = Desk.opened(browser, found.app, address, shape.role)
            wrong += [f"{shape}: {fault}" for fault in desks[shape.role].look_at(shape)]
        for desk in desks.values():
            desk.context.close()
    assert len(shapes) >= 10
    assert not wrong, "\n".join(wrong)
