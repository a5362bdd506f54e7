"""What the documents promise to list is listed whole."""

from __future__ import annotations

import re
import tomllib

from core import hookspecs
from core.config import Settings
from tests.nets.source import ROOT


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"`THIDUA_{name.upper()}`" not in page]
    assert missing == []


def test_every_hook_is_documented() -> None:
    page = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
    hooks = [name for name in vars(hookspecs) if name.startswith("thidua_")]
    assert len(hooks) == 2
    assert [name for name in hooks if f"`{name}(" not in page] == []


def test_every_dependency_says_what_it_is_for() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["postgres"]]
    wanted += [one for group in project["dependency-groups"].values() for one in group if isinstance(one, str)]
    names = {re.split(r"[\[><=]", one)[0] for one in wanted}
    assert [name for name in sorted(names) if name not in page] == []


def test_every_link_of_the_readme_leads_somewhere() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", readme)
    assert [link for link in links if not (ROOT / link).exists()] == []
