"""Each hook as a plugin meets it: what it is given, what is made of its answer, what happens when it raises."""

from __future__ import annotations

from pathlib import Path

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
