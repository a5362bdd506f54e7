"""The whole journeys in a real Chromium, on phones and at desks, once with JavaScript and once without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Program

from tests.journeys import initiative, movement, person_and_collective
from tests.journeys.browser import Browser
from tests.journeys.chromium import Chromium
from tests.journeys.installation import Installation, running


@pytest.fixture(scope="module", params=[True, False], ids=["with-script", "without-script"])
def made(request: pytest.FixtureRequest, browser: Program) -> Iterator[Installation]:
    """Return an installation whose people all have a Chromium; one journey leaves nothing waiting for the next."""

    def device(address: str, wide: bool) -> Browser:
        return Chromium(browser, address, wide=wide, script=request.param)

    with running("sqlite", device) as installation:
        yield installation
        for each in installation.devices.values():
            each.close()


def faults(made: Installation) -> list[str]:
    """Return what the browsers complained of: errors on the console, pages wider than the screen."""
    return [fault for each in made.devices.values() for fault in each.faults]


def test_an_initiative_goes_from_a_phone_to_a_verified_citation(made: Installation) -> None:
    initiative.journey(made)
    assert faults(made) == []


def test_a_person_and_a_collective_go_from_nomination_to_citation(made: Installation) -> None:
    person_and_collective.journey(made)
    assert faults(made) == []


def test_an_organiser_makes_a_movement_on_the_web_and_opens_a_season_of_it(made: Installation) -> None:
    movement.journey(made)
    assert faults(made) == []
