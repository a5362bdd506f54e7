"""The README opens with two commands that bring the system up and prove it."""

from __future__ import annotations

import re

from tests.nets.source import ROOT

START = "python3 -m venv .venv && .venv/bin/pip install -q uv && .venv/bin/uv run --no-dev thidua demo"
TEST = ".venv/bin/uv run pytest -q"


def test_quick_start_is_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = re.search(r"(?ms)^## Quick start\n(.*?)(?=^## |\Z)", readme)
    assert section is not None, "README.md has no section «Quick start»"
    blocks = re.findall(r"(?ms)^```\w*\n(.*?)^```", section[1])
    assert [line for block in blocks for line in block.splitlines() if line.strip()] == [START, TEST]
    assert len(blocks) == 2
