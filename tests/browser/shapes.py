"""The shapes of pages: what differs for a browser, found by reading every page once without one."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from flask import Flask

from core.web.requests import new_form_key
from tests.nets import world
from tests.nets.conftest import World

# Roles whose pages differ in kind; the others see pages that these see too.
ROLES = ("visitor", "worker", "officer", "upper_officer", "judge", "other_judge", "organiser", "admin", "nominee")
# Of what everybody may read: once without a menu of one's own, once with the longest.
PUBLIC_ROLES = ("visitor", "organiser")


@dataclass(frozen=True)
class Shape:
    """One page to look at. `body`: the answer to a form with nothing in it, shown in place of the page."""

    variant: str
    role: str
    endpoint: str
    label: str
    path: str
    body: str = ""

    def __str__(self) -> str:
        """Return how a report names it."""
        return (
            f"{self.endpoint} [{self.label}] as {self.role} ({self.variant}){' after an empty form' * bool(self.body)}"
        )


def all_shapes() -> list[Shape]:
    """Return one page of each shape; the first worker of a run finds them, the others read what it found."""
    kept = world.folder() / "shapes.json"
    with world._locked(world.folder()):
        if not kept.exists():
            kept.write_text(json.dumps([asdict(shape) for shape in _found()]), encoding="utf-8")
    return [Shape(**row) for row in json.loads(kept.read_text(encoding="utf-8"))]


def _found() -> list[Shape]:
    shapes: dict[tuple[str, frozenset[tuple[str, ...]]], Shape] = {}
    for variant in world.VARIANTS:
        with world.copied(variant) as app:
            with app.app_context():
                found = World(variant, app, world.actors())
            for role in ROLES if variant == "demo" else ("organiser",):
                pages = _pages(found, role)
                # Only forms that the person meets on a page; any other is nobody's way.
                actions = {action for _, text in pages for action in re.findall(r'<form[^>]*\baction="([^"?#]+)', text)}
                for shape, text in [*pages, *_refused_forms(found, role, actions)]:
                    shapes.setdefault((shape.endpoint + "!" * bool(shape.body), _outline(text)), shape)
    return list(shapes.values())


def _pages(found: World, role: str) -> list[tuple[Shape, str]]:
    client, _ = found.browser(role)
    pages = []
    for endpoint, example, said, path in found.addresses("GET"):
        if said[role] != 200 or (said["visitor"] == 200 and role not in PUBLIC_ROLES):
            continue
        response = client.get(path)
        if response.status_code == 200 and response.mimetype == "text/html" and "<html" in response.text:
            pages.append((Shape(found.variant, role, endpoint, example.label, path), response.text))
    return pages


def _refused_forms(found: World, role: str, actions: set[str]) -> list[tuple[Shape, str]]:
    """Return the pages that come back with errors when a form is sent with nothing filled in."""
    client, token = found.browser(role)
    pages = []
    for endpoint, example, said, path in found.addresses("POST"):
        if said[role] != 200 or (said["visitor"] == 200 and role != "visitor") or path not in actions:
            continue
        response = client.post(path, data={"csrf_token": token, "form_key": new_form_key()})
        if response.status_code < 400:
            found.restore()
            client, token = found.browser(role)
        elif response.mimetype == "text/html":
            shape = Shape(found.variant, role, endpoint, example.label, path, response.text)
            pages.append((shape, response.text))
    return pages


def _outline(text: str) -> frozenset[tuple[str, ...]]:
    """Return the set of elements that a page is made of, by name, class and kind; its words do not matter."""
    found = set()
    for name, attributes in re.findall(r"<([a-z0-9]+)\b([^>]*)>", text):
        said = [re.search(rf'\b{each}="([^"]*)"', attributes) for each in ("class", "type", "role", "aria-current")]
        found.add((name, *(match[1] if match else "" for match in said)))
    return frozenset(found)


def cookies(app: Flask, role: str, address: str) -> list[dict[str, str]]:
    """Return the cookie with which a browser is signed in."""
    value, _ = world.cookie_of(app, role)
    return [{"name": "thidua", "value": value, "url": address}] if role != "visitor" else []
