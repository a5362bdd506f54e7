"""Every address of every optional room, for every role of the demonstration: who gets in and what the page is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.web.requests import new_form_key
from tests.nets import examples, pages, world
from tests.rooms.worlds import ROOMS, RoomWorld, brought, opened

PUBLIC_BUDGET, STAFF_BUDGET = 60 * pages.KILOBYTE, 100 * pages.KILOBYTE
WORKERS = {"visitor", "worker", "other_worker", "nominee"}


@pytest.fixture(scope="module", params=ROOMS)
def found(request: pytest.FixtureRequest) -> Iterator[RoomWorld]:
    """Return the demonstration with a room switched on."""
    with opened(request.param) as made:
        yield made


def test_pages_open_to_whom_the_policy_says(found: RoomWorld) -> None:
    """The first headings are kept in the room's headings.tsv; THIDUA_WRITE_GOLDEN=1 writes them anew."""
    narrower, wrong, seen = brought(found.room).NARROWER, [], {}
    for role in world.ROLES:
        client, _ = found.browser(role)
        for endpoint, example, said, path in found.addresses("GET"):
            response, status, where = client.get(path), said[role], f"{role} {endpoint} [{example.label}]"
            if response.status_code != status and (status, response.status_code) != (200, narrower.get(endpoint)):
                wrong.append(f"{where}: {response.status_code} instead of {status}")
            if response.mimetype != "text/html" or response.status_code != 200:
                continue
            wrong += [f"{where}: {fault}" for fault in pages.faults(response.text, keyless=set())]
            if pages.weight(response.text) > (PUBLIC_BUDGET if role in WORKERS else STAFF_BUDGET):
                wrong.append(f"{where}: {pages.weight(response.text)} bytes")
            wrong += [
                f"{where} links to {link}: {status}"
                for link in sorted(pages.links(response.text))
                if f"{link}/".startswith(f"{found.prefix}/") and (status := client.get(link).status_code) >= 400
            ]
            (heading,) = pages.headings(response.text)
            seen.setdefault((endpoint, example.label, heading), []).append(role)
    assert not wrong, "\n".join(wrong)
    lines = ["\t".join([*key, " ".join(roles)]) for key, roles in sorted(seen.items())]
    golden = Path(__file__).parent / found.room / "headings.tsv"
    if os.environ.get("THIDUA_WRITE_GOLDEN"):
        golden.write_text("\n".join(["route\texample\th1\troles", *lines]) + "\n", encoding="utf-8")
    kept = golden.read_text(encoding="utf-8").splitlines()[1:]
    assert (sorted(set(lines) - set(kept)), sorted(set(kept) - set(lines))) == ([], [])


def test_what_is_foreign_answers_like_what_is_absent(found: RoomWorld) -> None:
    compared = 0
    for role in world.ROLES:
        client, _ = found.browser(role)
        for endpoint, example, said, path in found.addresses("GET"):
            if said[role] != 404:
                continue
            foreign, missing = client.get(path), client.get(found.path(endpoint, example.absent()))
            own, other = example.values[example.key], examples.ABSENT
            assert (foreign.status_code, missing.status_code) == (404, 404)
            assert pages.anonymous(foreign.text, own) == pages.anonymous(missing.text, other), f"{role} {endpoint}"
            compared += 1
    assert compared > 0


def test_an_empty_form_breaks_nothing_and_opens_nothing(found: RoomWorld) -> None:
    wrong = []
    for role in world.ROLES:
        client, token = found.browser(role)
        for endpoint, example, said, path in found.addresses("POST"):
            bare = client.post(path, data={"csrf_token": token})
            response = client.post(path, data={"csrf_token": token, "form_key": new_form_key()})
            where = f"{role} {endpoint} [{example.label}]"
            if response.status_code >= 500 or bare.status_code != 400:
                wrong.append(f"{where}: {response.status_code}, without a key {bare.status_code}")
            elif said[role] not in (200, response.status_code):
                wrong.append(f"{where}: {response.status_code} instead of {said[role]}")
            if response.status_code < 400 and said[role] == 200:
                found.restore()
                client, token = found.browser(role)
    found.restore()
    assert not wrong, "\n".join(wrong)


def test_a_form_without_its_token_is_refused(found: RoomWorld) -> None:
    client, _ = found.browser("organiser")
    answers = {
        client.post(path, data={"form_key": new_form_key()}).status_code for _, _, _, path in found.addresses("POST")
    }
    assert answers == {400}
