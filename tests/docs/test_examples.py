"""The examples that the documents print are read by the program itself."""

from __future__ import annotations

import re

import pytest

from core.scoring.reading import read_toml
from tests.nets.source import ROOT

PAGE = ROOT / "docs" / "movement-format.md"
FENCED = re.compile(r"(?ms)^```toml\n(.*?)^```$")
EXAMPLES = [found for found in FENCED.findall(PAGE.read_text(encoding="utf-8")) if found.startswith("format = 1")]


def test_the_page_shows_a_whole_movement() -> None:
    assert len(EXAMPLES) >= 1


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: re.search(r'id = "([^"]+)"', text)[1])
def test_a_printed_movement_has_no_problem(example: str) -> None:
    reading = read_toml(example.encode())
    assert [problem.sentence for problem in reading.problems] == []
    assert reading.movement is not None
