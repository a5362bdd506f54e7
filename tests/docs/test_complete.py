"""What the documents promise to list is listed whole."""

from __future__ import annotations

import re
import tomllib

from core.config import Settings
from tests.nets.source import ROOT


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"`THIDUA_{name.upper()}`" not in page]
    assert missing == []


def test_every_dependency_says_what_it_is_for() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["postgres"]]
    wanted += [one for group in project["dependency-groups"].values() for one in group if isinstance(one, str)]
    names = {re.split(r"[\[><=]", one)[0] for one in wanted}
    assert [name for name in sorted(names) if name not in page] == []


def test_no_part_of_the_core_outgrows_its_budget() -> None:
    """What docs/architecture.md allows; a larger part is split, or its budget argued for in docs/decisions."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    budgets = {
        name: int(most.replace(",", "")) for name, most in re.findall(r"(?m)^\| `(\w+)` \| [\d,]+ \| ([\d,]+) \|", page)
    }
    lines: dict[str, int] = dict.fromkeys(budgets, 0)
    for path in (ROOT / "core").glob("*/**/*.py"):
        part = path.relative_to(ROOT / "core").parts[0]
        if part != "migrations":
            lines[part] += len(path.read_text(encoding="utf-8").splitlines())
    assert {part: count for part, count in lines.items() if count > budgets[part]} == {}


def test_every_link_of_a_document_leads_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    wrong = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert wrong == []
