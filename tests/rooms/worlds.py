"""The world of the nets with one optional room switched on, filled by the room's own demonstration."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask

from core import rooms
from core.accounts.rules import Actor
from core.extensions import db
from core.registry import PLUGINS, ROOM_FILE
from tests import databases
from tests.nets import examples, world
from tests.nets.conftest import Address, World

# Rooms that bring examples of their addresses: a net without them fails where a room of plugins/ has none.
ROOMS = sorted(each.parent.name for each in PLUGINS.glob(f"*/{ROOM_FILE}"))


def brought(room: str) -> ModuleType:
    """Return what a room brings for the nets: THINGS, BESIDES, UNNAMED as tests/nets/examples.py has them, NARROWER."""
    return importlib.import_module(f"tests.rooms.{room}.examples")


class RoomWorld(World):
    """The demonstration with a room; only the room's own addresses."""

    room: str

    @property
    def prefix(self) -> str:
        """Where all addresses of the room lie."""
        (only,) = self.app.extensions["thidua_rooms"].open
        return str(only.room.url_prefix)

    def _found(self, method: str) -> Iterator[Address]:
        with _known(brought(self.room)):
            for rule in examples.routes(self.app, method):
                if not rule.endpoint.startswith(f"{self.room}.") or rule.endpoint.endswith(".static"):
                    continue
                for example in examples.of(self.app, rule, "demo"):
                    said = {
                        name: examples.expected(self.app, rule, example, actor) for name, actor in self.actors.items()
                    }
                    yield Address(rule.endpoint, example, said, self.path(rule.endpoint, example.values))

    def restore(self) -> None:
        """Undo what was committed since the room was filled."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        instance = self.app.extensions["thidua_settings"].instance
        for suffix in ("-wal", "-shm"):
            Path(f"{instance / 'thidua.sqlite3'}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(instance / "filled.sqlite3", instance / "thidua.sqlite3")


@contextmanager
def _known(module: ModuleType) -> Iterator[None]:
    """Let the nets know a room's examples for a while."""
    tables: list[tuple[dict[Any, Any], dict[Any, Any]]] = [
        (examples.THINGS, module.THINGS), (examples.BESIDES, module.BESIDES), (examples.UNNAMED, module.UNNAMED)
    ]  # fmt: skip
    kept = [dict(table) for table, _ in tables]
    for table, more in tables:
        table.update(more)
    try:
        yield
    finally:
        for (table, _), before in zip(tables, kept, strict=True):
            table.clear()
            table.update(before)


@contextmanager
def opened(room: str) -> Iterator[RoomWorld]:
    """Yield a private copy of the demonstration with the room's tables, filled."""
    instance = databases.empty_instance()
    database = world.copy_database("demo", instance)
    shutil.copytree(world.folder() / "files", instance / "files")
    app: Flask = world.application(instance, database, rooms=(room,), plugins_dir=PLUGINS)
    with app.app_context():
        (found,) = app.extensions["thidua_rooms"].found
        assert rooms.upgrade(db.engine, [found]) == []
        assert found.room is not None
        if found.room.demo is not None:
            found.room.demo(world.AT)
        db.session.commit()
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql(f"VACUUM INTO '{instance / 'filled.sqlite3'}'")
            connection.exec_driver_sql("BEGIN")
        actors: dict[str, Actor] = world.actors()
    made = RoomWorld("demo", app, actors)
    made.room = room
    yield made
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    shutil.rmtree(instance, ignore_errors=True)
