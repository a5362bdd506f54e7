"""The kit as a pytest plugin (entry point `thidua`): fixtures for a plugin's own tests. Importing it costs nothing.

A test class says `plugin = "…"`, or a module `PLUGIN = "…"`; or it overrides the fixture `thidua_plugin`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from flask import Flask

    from core.testing.season import Trial
    from core.testing.subject import Subject


@pytest.fixture(name="thidua_plugin")
def thidua_plugin(request: pytest.FixtureRequest) -> Subject:
    """Return the plugin under test, loaded alone."""
    from core.testing.subject import find
    from core.testing.suite import subject_of

    if getattr(request.cls, "plugin", ""):
        return subject_of(request.cls)
    given = getattr(request.module, "PLUGIN", "")
    if not given:
        pytest.fail('Chưa biết kiểm tra phong trào nào. Ghi plugin = "…" trong lớp, hoặc PLUGIN = "…" trong tệp.')
    return find(given, beside=request.path.parent)


@pytest.fixture(name="thidua_app")
def thidua_app(thidua_plugin: Subject) -> Iterator[Flask]:
    """Return an application with only this plugin, on a fresh SQLite database, inside a request."""
    from core.testing.season import installation

    if thidua_plugin.failure is not None:
        pytest.fail(str(thidua_plugin.failure), pytrace=False)
    with installation(thidua_plugin.registry) as app, app.test_request_context():
        yield app


@pytest.fixture(name="thidua_season")
def thidua_season(thidua_app: Flask, thidua_plugin: Subject) -> Trial:  # noqa: ARG001  # It must be there.
    """Return an open season of the plugin's movement: `file_all`, `judge_all`, `rank` and `award` take it further."""
    from core.testing.season import Trial

    trial = Trial(thidua_plugin.rules, thidua_plugin.sample)
    trial.open()
    return trial


@pytest.fixture(name="thidua_sheets")
def thidua_sheets(thidua_plugin: Subject) -> Callable[..., list[dict[str, Any]]]:
    """Return a function that fills sheets: `thidua_sheets("phieu")` by chance, `thidua_sheets("phieu", best=True)`.

    The same arguments give the same sheets in every run; `seed` gives others.
    """
    from core.scoring.rules import Rules
    from core.testing import samples

    def fill(sheet: str, *, best: bool | None = None, seed: int = 0) -> list[dict[str, Any]]:
        rules = Rules.of(thidua_plugin.rules, sheet)
        if best is not None:
            return samples.extreme_sheets(rules, is_best=best)
        return samples.random_sheets(rules, samples.seeded(sheet, str(seed)))

    return fill
