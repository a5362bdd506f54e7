"""Each hook as a plugin meets it: what it is given, what is made of its answer, what happens when it raises."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import EntryView, SeasonView
from core.registry import Registry
from core.scaffold.plan import Plan
from core.scaffold.writing import folder_of, write
from core.scoring.canonical import digest
from core.scoring.reading import load_movement
from core.testing.subject import find

PLAN = Plan("cong-nhan-xanh", "Công nhân xanh", 2026)
HEAD = "from pathlib import Path\nfrom core.api import Finding, hookimpl, load_movement\nTHIDUA_API = (1, 0)\n"
BY_VALUE = "    return [load_movement(Path(__file__).with_name('movement.toml'))]\n"


def plugin(folder: Path, code: str) -> Registry:
    """Return a registry with one plugin whose `__init__.py` is this code."""
    write(folder / PLAN.module, folder_of(PLAN, with_python=False))
    (folder / PLAN.module / "__init__.py").write_text(HEAD + code, "utf-8")
    return find(folder / PLAN.module).registry


def test_hook_thidua_movements_by_value_gives_the_digest_of_the_file(tmp_path: Path) -> None:
    registry = plugin(tmp_path, f"@hookimpl\ndef thidua_movements():\n{BY_VALUE}")
    movement = load_movement(tmp_path / PLAN.module / "movement.toml")
    assert digest(registry.movements[PLAN.slug]) == digest(movement)
    assert registry.plugins[0].hooks == ("thidua_movements",)


def test_hook_thidua_movements_must_give_exactly_one(tmp_path: Path) -> None:
    registry = plugin(tmp_path, "@hookimpl\ndef thidua_movements():\n    return []\n")
    assert [failure.message for failure in registry.failures] == ["cần đúng một phong trào, có 0."]


def test_hook_thidua_check_entry_gets_only_the_arguments_it_names(tmp_path: Path) -> None:
    code = (
        "@hookimpl\ndef thidua_check_entry(season, entry):\n"
        "    yield Finding(rule='r', level='info', message=f'{entry.title} / {season.title}')\n"
    )
    registry = plugin(tmp_path, code)
    found = registry.check_entry(PLAN.slug, EntryView(id="e", title="Lò sấy"), SeasonView(id="s", title="Đợt 1"))
    assert [(finding.level, finding.message) for finding in found] == [("info", "Lò sấy / Đợt 1")]


def test_hook_thidua_check_entry_that_raises_becomes_one_warning_with_its_name(tmp_path: Path) -> None:
    registry = plugin(tmp_path, "@hookimpl\ndef thidua_check_entry(entry):\n    return 1 / 0\n")
    (finding,) = registry.check_entry(PLAN.slug, EntryView(id="e"), SeasonView(id="s"))
    assert (finding.level, "(cong_nhan_xanh) đang hỏng" in finding.message) == ("warning", True)


SCORERS = """
from core.api import Scorer, score
def own(*given):
    return score(*given)
@hookimpl
def thidua_scorers():
    return [Scorer(id={id!r}, version=v, movement={movement!r}, sheet={sheet!r}, fn=own) for v in {versions}]
"""
SOUND = {"id": "cong_nhan_xanh.a", "movement": PLAN.slug, "sheet": "phieu-cham", "versions": (2, 1)}


def test_hook_thidua_scorers_gives_the_newest_version_to_new_seasons(tmp_path: Path) -> None:
    registry = plugin(tmp_path, SCORERS.format(**SOUND))
    assert registry.failures == ()
    assert (registry.plugins[0].hooks, len(registry.scorers)) == (("thidua_scorers",), 2)
    frozen = registry.frozen_scorers(PLAN.slug)
    assert {sheet: (one.id, one.version) for sheet, one in frozen.items()} == {"phieu-cham": ("cong_nhan_xanh.a", 2)}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "khac.a"}, "must begin with cong_nhan_xanh."),
        ({"sheet": "phieu-la"}, "no sheet 'phieu-la'"),
        ({"movement": "khac"}, "no sheet"),
        ({"id": "Hoa"}, "ValueError"),
        ({"versions": (1, 1)}, "is there twice"),
        ({"versions": (0,)}, "from 1"),
    ],
)
def test_hook_thidua_scorers_that_gives_a_bad_one_closes_its_plugin(
    tmp_path: Path, wrong: dict[str, object], said: str
) -> None:
    registry = plugin(tmp_path, SCORERS.format(**{**SOUND, **wrong}))
    (failure,) = registry.failures
    assert (failure.stage, said in failure.message) == ("scorers", True)
    assert registry.find(PLAN.slug) is None


@pytest.mark.parametrize("answer", ["[1]", "1 / 0", "None or thidua_scorers.wrong"])
def test_hook_thidua_scorers_that_raises_or_gives_something_else_closes_its_plugin(tmp_path: Path, answer: str) -> None:
    registry = plugin(tmp_path, f"@hookimpl\ndef thidua_scorers():\n    return {answer}\n")
    assert [failure.stage for failure in registry.failures] == ["scorers"]
