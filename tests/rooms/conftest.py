"""Installations with optional rooms: a tiny one made for these tests, and those of `plugins/`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask

from core import rooms
from core.app import create_app
from core.config import Settings
from core.db import begin_writing
from core.extensions import db
from core.registry import PLUGINS
from tests import databases

# The tests of a room that was removed have nothing to test.
collect_ignore = [
    each.name
    for each in Path(__file__).parent.iterdir()
    if each.is_dir() and each.name != "plugins" and not (PLUGINS / each.name).is_dir()
]

SAMPLE = Path(__file__).parent / "plugins" / "so_tay"


@pytest.fixture
def so_tay(tmp_path: Path) -> Path:
    """Return a copy of the tiny room that a test may break; its folder's parent is a folder of plugins."""
    folder = tmp_path / "plugins" / "so_tay"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    catalogue = folder / "translations" / "en" / "LC_MESSAGES" / "messages.po"
    with catalogue.open("rb") as po, catalogue.with_suffix(".mo").open("wb") as mo:
        write_mo(mo, read_po(po, locale="en"))
    return folder


@contextmanager
def installation(kind: str, clock: Callable[[], object], *, upgraded: bool = True, **more: object) -> Iterator[Flask]:
    """Yield the application of an installation with rooms, on a fresh database that has their tables."""
    begin_writing()
    url, instance = databases.fresh(kind), databases.empty_instance()
    strict = bool(more.pop("strict", True))
    settings = Settings(instance=instance, database_url=url, secret_key="test", password_cost=1, **more)  # type: ignore[arg-type]
    app = create_app(settings, clock=clock, strict=strict)  # type: ignore[arg-type]
    app.testing = True
    with app.app_context():
        if upgraded:
            rooms.upgrade(db.engine, app.extensions["thidua_rooms"].found)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    databases.drop(url)
    shutil.rmtree(instance, ignore_errors=True)


@pytest.fixture
def installed(database_kind: str, clock: Callable[[], object]) -> Iterator[Callable[..., Flask]]:
    """Return a function that gives the application of an installation: `installed(so_tay)`."""
    with ExitStack() as stack:

        def make(folder: Path, **more: object) -> Flask:
            more = {"rooms": (folder.name,), "plugins_dir": folder.parent, **more}
            return stack.enter_context(installation(database_kind, clock, **more))

        yield make
