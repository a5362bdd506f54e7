"""An office with publicity switched on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from core.registry import PLUGINS
from tests.rooms.conftest import installation
from tests.rooms.tuyen_truyen import press


@pytest.fixture
def newsroom(database_kind: str, clock: Callable[[], object]) -> Iterator[Flask]:
    """Return an application with the room, its tables upgraded."""
    with installation(database_kind, clock, rooms=("tuyen_truyen",), plugins_dir=PLUGINS) as app:
        yield app


@pytest.fixture
def office(newsroom: Flask) -> Iterator[press.Office]:
    """Return everybody, inside the application's context."""
    with newsroom.app_context():
        yield press.make_office(newsroom)


@pytest.fixture
def open_office(newsroom: Flask) -> press.Office:
    """Return everybody, for tests that send requests."""
    with newsroom.app_context():
        return press.make_office(newsroom)
