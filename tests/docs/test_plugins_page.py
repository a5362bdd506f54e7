"""docs/plugins.md is whole: every hook has a section, an example that loads, a test; public names are listed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pluggy
import pytest

from core import hookspecs
from core.hookspecs import API_VERSION, PROJECT
from core.scaffold.plan import Plan
from core.scaffold.writing import folder_of, write
from core.testing.requirements import all_requirements
from tests.nets.source import ROOT

PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
HOOKS = sorted(name for name in vars(hookspecs) if name.startswith(f"{PROJECT}_"))
SECTIONS = {found[1]: found[2] for found in re.finditer(r"(?ms)^### `(thidua_\w+)\([^`]*\)`\n(.*?)(?=^##|\Z)", PAGE)}


def example_of(hook: str) -> str:
    found = re.search(r"(?ms)^```python\n(.*?)^```$", SECTIONS[hook])
    assert found is not None, f"{hook} has no example"
    return found[1]


def test_every_hook_has_a_section_and_every_section_a_hook() -> None:
    assert sorted(SECTIONS) == HOOKS


@pytest.mark.parametrize("hook", HOOKS)
def test_a_section_names_the_arguments_of_its_hook(hook: str) -> None:
    code = getattr(hookspecs, hook).__code__
    assert f"### `{hook}({', '.join(code.co_varnames[: code.co_argcount])})`\n" in PAGE


@pytest.mark.parametrize("hook", HOOKS)
def test_a_printed_example_is_a_plugin_that_implements_the_hook(hook: str, tmp_path: Path) -> None:
    folder = tmp_path / "cong_nhan_xanh"
    write(folder, folder_of(Plan("cong-nhan-xanh", "Công nhân xanh", 2026), with_python=False))
    module = ModuleType("cong_nhan_xanh")
    module.__file__ = str(folder / "__init__.py")
    exec(compile(example_of(hook), module.__file__, "exec"), module.__dict__)
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(module)
    manager.check_pending()
    assert [found.plugin for found in getattr(manager.hook, hook).get_hookimpls()] == [module]
    assert module.__dict__["THIDUA_API"][0] == API_VERSION[0]


def test_every_hook_has_a_test_of_its_own() -> None:
    tests = {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_hook_")
    }
    assert [hook for hook in HOOKS if not any(name.startswith(f"test_hook_{hook}") for name in tests)] == []


def test_every_requirement_is_in_the_table() -> None:
    table = PAGE[PAGE.index("| requirement |") :]
    assert [id_ for id_ in all_requirements() if f"`{id_}`" not in table] == []


def test_the_public_surface_changes_only_with_its_list() -> None:
    """What to do when it does: docs/plugins.md, «Compatibility»; then python tools/api_surface.py."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "api_surface.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
