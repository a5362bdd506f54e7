"""Build the demonstration into an empty database, through the services, in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask

from core.config import ROOT
from core.demo import clockwork, province
from core.demo.filing import World
from core.demo.running import build_movement
from core.extensions import db
from core.vietnamese.dates import local_date


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What the command prints: one account per role, and the one password."""

    accounts: list[dict[str, Any]]
    password: str


def build(app: Flask, *, at: datetime, cost: int | None = None) -> DemoSummary:
    """Fill the migrated, empty database of `app`; the caller is inside its context.

    A movement that ships demo data in its own folder (`plugins/<folder>/demo/`) gets seasons; others get none. Optional
    rooms that are switched on and upgraded then add theirs.

    :param cost: argon2 passes for the one shared password; the installation's own where not given.
    """
    settings = app.extensions["thidua_settings"]
    units = province.build_tree()
    people, printed = province.build_people(
        units, at=datetime(2026, 1, 5, tzinfo=UTC), cost=cost or settings.password_cost
    )
    db.session.commit()
    world = World(units=units, people=people, storage=app.extensions["thidua_storage"], now=at, today=local_date(at))
    expertise = expertise_of()
    for movement_id in sorted(app.extensions["thidua_registry"].movements):
        folder = demo_folder(movement_id)
        if folder is not None:
            build_movement(world, folder, movement_id, settings.base_url, expertise)
    for each in app.extensions["thidua_rooms"].open:
        if each.room.demo is not None:
            each.room.demo(at)
            db.session.commit()
    return DemoSummary(accounts=printed, password=province.PASSWORD)


def expertise_of() -> dict[str, list[str]]:
    """Return the fields of work of each judge, by person code."""
    rows = clockwork.read(province.DATA / "people.toml")["people"]
    return {
        row["code"]: list(role.get("fields", ()))
        for row in rows
        for role in row.get("roles", ())
        if role["role"] == "judge"
    }


def demo_folder(movement_id: str) -> Path | None:
    """Return where a movement keeps its demo data, if it ships any."""
    folder = ROOT / "plugins" / movement_id.replace("-", "_") / "demo"
    return folder if (folder / "seasons.toml").is_file() else None
