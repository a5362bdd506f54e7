"""The whole journeys over HTTP: no JavaScript, nothing but pages and their forms, on both databases."""

from __future__ import annotations

from tests.journeys import initiative, movement, person_and_collective
from tests.journeys.installation import Installation, running


def test_an_initiative_goes_from_a_phone_to_a_verified_citation(database_kind: str) -> None:
    with running(database_kind) as made:
        initiative.journey(made)
        check(made)


def test_a_person_and_a_collective_go_from_nomination_to_citation(database_kind: str) -> None:
    with running(database_kind) as made:
        person_and_collective.journey(made)
        check(made)


def test_an_organiser_makes_a_movement_on_the_web_and_opens_a_season_of_it(database_kind: str) -> None:
    with running(database_kind) as made:
        movement.journey(made)
        check_trail(made)


def check(made: Installation) -> None:
    """What was stored recomputes, and the log has no gap."""
    assert "Khớp" in made.run("results", "verify")
    check_trail(made)


def check_trail(made: Installation) -> None:
    """The log has no gap."""
    assert "Nhật ký liền mạch" in made.run("audit", "verify")
