"""The kit as a pytest plugin: found by its entry point, cheap to load, with fixtures for a plugin's own tests."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import entry_points
from typing import Any

import pytest

from core.scoring.engine1 import score
from core.scoring.rules import Rules
from tests.nets.source import ROOT

PLUGIN = "plugins.tham_muu_gioi"


def test_it_is_an_entry_point_of_pytest() -> None:
    (point,) = [point for point in entry_points(group="pytest11") if point.name == "thidua"]
    assert point.value == "core.testing.plugin"


def test_loading_it_brings_neither_flask_nor_the_database_nor_the_registry() -> None:
    program = (
        "import json, sys, pytest\nbefore = set(sys.modules)\nimport core.testing.plugin\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    ours = [name for name in json.loads(done.stdout) if name.split(".")[0] in {"core", "flask", "sqlalchemy", "pluggy"}]
    assert ours == ["core", "core.testing", "core.testing.plugin"]


def test_sheets_are_filled_the_same_way_in_every_run(thidua_plugin: Any, thidua_sheets: Any) -> None:
    rules = Rules.of(thidua_plugin.rules, "ca-nhan")
    assert thidua_sheets("ca-nhan") == thidua_sheets("ca-nhan")
    assert thidua_sheets("ca-nhan") != thidua_sheets("ca-nhan", seed=1)
    facts = {"viec-tre-han": "0", "ky-luat": False}
    assert str(score(rules, thidua_sheets("ca-nhan", best=True), facts).total) == "100"
    assert str(score(rules, thidua_sheets("ca-nhan", best=False), facts).total) == "0"


def test_the_season_is_open_in_an_application_with_this_movement_alone(thidua_app: Any, thidua_season: Any) -> None:
    assert list(thidua_app.extensions["thidua_registry"].movements) == ["tham-muu-gioi"]
    assert thidua_season.season.phase == "open"
    thidua_season.file_all()
    assert sorted({str(entry.state) for entry in thidua_season.entries}) == ["received"]


class TestNamedByItsClass:
    plugin = "plugins.lao_dong_gioi"

    def test_a_class_may_name_the_plugin(self, thidua_plugin: Any) -> None:
        assert thidua_plugin.rules.id == "lao-dong-gioi"


@pytest.mark.parametrize("options", [(), ("-W", "error")])
def test_a_strange_project_can_use_it(tmp_path: Any, options: tuple[str, ...]) -> None:
    (tmp_path / "test_strange.py").write_text(
        "def test_without_a_plugin(thidua_sheets):\n    assert False\n\n\ndef test_other():\n    assert True\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "."], cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "1 passed, 1 error" in done.stdout
    assert "Chưa biết kiểm tra phong trào nào" in done.stdout
