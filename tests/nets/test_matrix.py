"""Every route, for every role, on every kind of thing: who gets in, what the page is, what a wrong form does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.web.requests import new_form_key
from tests.nets import examples, pages, world
from tests.nets.conftest import World
from tests.nets.examples import Example
from tests.pages import text_of

GOLDEN = Path(__file__).with_name("headings.tsv")

# Where a view answers otherwise than the policy's 200, always to fewer people: (status, reason).
NARROWER: dict[str, tuple[int, str]] = {
    "accounts.sign_in": (303, "whoever is signed in goes on to the tasks"),
    "awards.print_all": (404, "there is nothing to print before the announcement"),
    "entries.receipt": (404, "a judge reads entries beside the sheet only; a draft has no receipt"),
    "entries.show": (404, "a judge reads entries beside the sheet only"),
    "entries.signature_form": (404, "a judge reads entries beside the sheet only"),
    "front.language": (303, "back to the page"),
    "front.season": (404, "a season in preparation has no public page"),
    "judging.mine": (303, "the one question about people close comes first"),
    "judging.score": (404, "only who sits on the panel has this sheet; nominee and unit have pages of their own"),
    "judging.seal": (303, "nothing is finished, so back to the list"),
    "judging.seal_self_sheet": (404, "the column of the nominee is the nominee's, that of the unit the unit's"),
    "judging.self_sheet": (404, "the column of the nominee is the nominee's, that of the unit the unit's"),
    "movements.workbook": (422, "a movement with something left to mend has no workbook yet"),
    **dict.fromkeys(
        ("previews.picture_of_draft", "previews.citation_of_draft", "previews.pack_of_draft"),
        (404, "a movement in which something is still wrong has nothing to print"),
    ),
    "previews.show_draft": (303, "while something is still wrong, the list of what is left"),
    "seasons.move_milestone": (404, "in a season in preparation dates are edited, not moved"),
}
# Redirects beside the one above, to what the person wants to see instead.
REDIRECTS = {"judging.score": "/phieu/"}

# POST routes that are harmless to repeat and take no one-time key.
KEYLESS = {
    "accounts.keep_alive", "entries.autosave", "entries.remove_file", "entries.upload", "front.look_up", "front.verify",
    "judging.autosave", "judging.autosave_self_sheet",
}  # fmt: skip

# Answers that are parts of pages, fetched by a page's script.
FRAGMENTS = {"judging.progress_table"}

PUBLIC_BUDGET, STAFF_BUDGET, VERIFY_BUDGET = (size * pages.KILOBYTE for size in (60, 100, 30))
WORKERS = {"visitor", "worker", "other_worker", "nominee"}

_seen: dict[tuple[str, str, str], dict[str, set[str]]] = {}


@pytest.fixture(scope="module", autouse=True)
def golden() -> Iterator[dict[tuple[str, str, str], dict[str, set[str]]]]:
    """Return what was committed: (variant, route, example) → {h1 and the name of the thing: roles}.

    `THIDUA_WRITE_GOLDEN=1 pytest tests/nets/test_matrix.py` writes them anew (without -n); review what changed.
    """
    kept: dict[tuple[str, str, str], dict[str, set[str]]] = {}
    if GOLDEN.is_file():
        for line in GOLDEN.read_text(encoding="utf-8").splitlines()[1:]:
            variant, endpoint, label, *said, roles = line.split("\t")
            kept.setdefault((variant, endpoint, label), {})[" | ".join(said)] = set(roles.split())
    yield kept
    if os.environ.get("THIDUA_WRITE_GOLDEN"):
        lines = [
            "\t".join([*key, *said.split(" | "), " ".join(role for role in world.ROLES if role in roles)])
            for key, by_heading in sorted(_seen.items())
            for said, roles in sorted(by_heading.items())
        ]
        GOLDEN.write_text("\n".join(["variant\troute\texample\th1\tnames\troles", *lines]) + "\n", encoding="utf-8")


def _addresses(found: World, method: str, role: str) -> Iterator[tuple[str, Example, int, str]]:
    """Yield each address that opens to the role, and one of each kind of refusal of a route."""
    refused: set[tuple[str, int]] = set()
    for endpoint, example, said, path in found.addresses(method):
        status = said[role]
        if status != 200 and (endpoint, status) in refused:
            continue
        refused.add((endpoint, status))
        yield endpoint, example, status, path


@pytest.mark.parametrize("variant", world.VARIANTS)
@pytest.mark.parametrize("role", world.ROLES)
def test_pages_open_to_whom_the_policy_says(worlds: dict[str, World], role: str, variant: str, golden: dict) -> None:
    found = worlds[variant]
    client, _ = found.browser(role)
    keyless = {path for endpoint, _, _, path in found.addresses("POST") if endpoint in KEYLESS}
    wrong: list[str] = []
    shown: dict[tuple[str, str, str], str] = {}
    answers: dict[str, int] = {}
    links: dict[str, str] = {}
    for endpoint, example, status, path in _addresses(found, "GET", role):
        response = client.get(path)
        answers[path] = response.status_code
        where = f"{endpoint} [{example.label}]"
        if response.status_code != status and not _is_narrower(endpoint, status, response):
            wrong.append(f"{where}: {response.status_code} instead of {status}")
            continue
        if response.status_code == 303 and status == 303 and not response.location.startswith("/dang-nhap?tiep="):
            wrong.append(f"{where}: leads a visitor to {response.location}")
        if response.mimetype != "text/html" or 300 <= response.status_code < 400:
            continue
        wrong += [f"{where}: {fault}" for fault in _faults(endpoint, response, keyless, role)]
        if response.status_code == 200:
            links |= dict.fromkeys(pages.links(response.text), where)
            if endpoint not in FRAGMENTS:
                said = f"{_heading(response, example)} | {_names(response, example)}"
                shown[variant, endpoint, example.label] = said
                _seen.setdefault((variant, endpoint, example.label), {}).setdefault(said, set()).add(role)
    wrong += _dead(client, links, answers)
    assert not wrong, "\n".join(wrong)
    if not os.environ.get("THIDUA_WRITE_GOLDEN"):
        kept = {k: h for k, by in golden.items() if k[0] == variant for h, roles in by.items() if role in roles}
        assert shown == kept


def _is_narrower(endpoint: str, status: int, response: TestResponse) -> bool:
    if status != 200 or endpoint not in NARROWER:
        return False
    location = response.headers.get("Location", "")
    elsewhere = endpoint in REDIRECTS and location.startswith(REDIRECTS[endpoint])
    return response.status_code == NARROWER[endpoint][0] or elsewhere


def _names(response: TestResponse, example: Example) -> str:
    """Return the name of the thing the page is about where it can be read there, else a dash."""
    return example.datum if example.datum and example.datum in text_of(response) else "–"


def _heading(response: TestResponse, example: Example) -> str:
    """Return the h1, without what is drawn by chance: the code a blind judge knows an entry by."""
    heading = pages.headings(response.text)[0]
    return heading.replace(example.judging_code, "(judging code)") if example.judging_code else heading


def _faults(endpoint: str, response: TestResponse, keyless: set[str], role: str) -> list[str]:
    text: str = response.text
    if endpoint in FRAGMENTS:
        return ["a part of a page is a whole one"] if response.status_code == 200 and "<html" in text else []
    # The forms on the page of components lead nowhere.
    found = pages.faults(text, keyless=keyless if endpoint != "front.components" else {""})
    budget = STAFF_BUDGET
    if endpoint == "front.verify_code":
        budget = VERIFY_BUDGET
    elif role in WORKERS:
        budget = PUBLIC_BUDGET
    size = pages.weight(text)
    return [*found, f"{size / 1024:.1f} KB of {budget // 1024}"] if size > budget else found


def _dead(client: FlaskClient, links: dict[str, str], answers: dict[str, int]) -> list[str]:
    """Return the links that lead their own reader to a refusal."""
    found = []
    for path, where in sorted(links.items()):
        status = answers[path] if path in answers else client.get(path).status_code
        if status >= 400:
            found.append(f"{where} links to {path}: {status}")
    return found


@pytest.mark.parametrize("role", world.ROLES)
def test_what_is_foreign_answers_like_what_is_absent(worlds: dict[str, World], role: str) -> None:
    found = worlds["demo"]
    client, _ = found.browser(role)
    compared, wrong = 0, []
    for endpoint, example, status, path in _addresses(found, "GET", role):
        if status != 404:
            continue
        absent = found.path(endpoint, example.absent())
        foreign, missing = client.get(path), client.get(absent)
        assert (foreign.status_code, missing.status_code) == (404, 404), f"{endpoint} [{example.label}]"
        own, other = example.values[example.key], examples.ABSENT
        if pages.anonymous(foreign.text, own) != pages.anonymous(missing.text, other):
            wrong.append(f"{endpoint} [{example.label}]")
        if dict(foreign.headers).keys() != dict(missing.headers).keys():
            wrong.append(f"{endpoint} [{example.label}]: other headers")
        compared += 1
    assert not wrong, "\n".join(wrong)
    assert compared > 0 or role == "visitor"


@pytest.mark.parametrize("role", world.ROLES)
def test_an_empty_form_breaks_nothing_and_opens_nothing(worlds: dict[str, World], role: str) -> None:
    """Token and one-time key are right, all else is missing: no fault, and no success where the policy refuses."""
    wrong = []
    for variant, found in worlds.items():
        client, token = found.browser(role)
        for endpoint, example, status, path in _addresses(found, "POST", role):
            response = client.post(path, data={"csrf_token": token, "form_key": new_form_key()})
            where = f"{variant} {endpoint} [{example.label}]"
            if response.status_code >= 500:
                wrong.append(f"{where}: {response.status_code}")
            elif status not in (200, response.status_code):
                wrong.append(f"{where}: {response.status_code} instead of {status}")
            elif status == 303 and not response.location.startswith("/dang-nhap?tiep="):
                wrong.append(f"{where}: leads a visitor to {response.location}")
            if response.status_code < 400 and status == 200:
                found.restore()
                client, token = found.browser(role)
    assert not wrong, "\n".join(wrong)


def test_a_form_without_its_token_or_its_key_is_refused(worlds: dict[str, World]) -> None:
    found = worlds["demo"]
    wrong, without_key = [], set()
    for role in ("organiser", "worker", "visitor"):
        client, token = found.browser(role)
        done = set()
        for endpoint, example, status, path in _addresses(found, "POST", role):
            if endpoint in done or (status != 200 and role != "visitor"):
                continue
            done.add(endpoint)
            where = f"{role} {endpoint} [{example.label}]"
            no_token = client.post(path, data={"form_key": new_form_key()})
            wrong_token = client.post(path, data={"form_key": new_form_key(), "csrf_token": token[:-3] + "abc"})
            if (no_token.status_code, wrong_token.status_code) != (400, 400):
                wrong.append(f"{where} without token: {no_token.status_code}, {wrong_token.status_code}")
            no_key = client.post(path, data={"csrf_token": token})
            if no_key.status_code < 400 and status == 200:
                found.restore()
                client, token = found.browser(role)
            if found.app.view_functions[endpoint].__dict__.get("__keyless__"):
                without_key.add(endpoint)
            elif no_key.status_code != 400:
                wrong.append(f"{where} without one-time key: {no_key.status_code}")
    assert not wrong, "\n".join(wrong)
    assert without_key <= KEYLESS


def test_routes_without_one_time_keys_are_the_listed_ones(worlds: dict[str, World]) -> None:
    views = worlds["demo"].app.view_functions
    assert {name for name, view in views.items() if getattr(view, "__keyless__", False)} == KEYLESS


def test_every_narrower_page_still_opens_to_somebody(golden: dict) -> None:
    opened = {endpoint for _, endpoint, _ in golden}
    without_page = {
        "awards.print_all", "front.language", "judging.seal", "movements.workbook",
        "previews.picture_of_draft", "previews.citation_of_draft", "previews.pack_of_draft",
    }  # fmt: skip
    assert set(NARROWER) - opened - without_page == set()
