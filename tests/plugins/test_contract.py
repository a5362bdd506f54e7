"""What the shipped movements promise: all that the kit asks of any plugin, and a little more."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from core.registry import PLUGINS, Registry
from core.scoring.movement import Movement
from core.testing.suite import MovementConformance

MOVEMENTS = [
    pytest.param(movement, id=movement.id)
    for movement in Registry.load(entry_points=False, strict=True).movements.values()
]


class TestLaoDongGioi(MovementConformance):
    plugin = "plugins.lao_dong_gioi"


class TestThamMuuGioi(MovementConformance):
    plugin = "plugins.tham_muu_gioi"


def test_every_shipped_movement_is_put_to_the_kit() -> None:
    here = Path(__file__).parent
    asked = {
        name
        for path in here.rglob("test_*.py")
        for name in re.findall(r'plugin = "(plugins\.\w+)"', path.read_text("utf-8"))
    }
    assert asked == {f"plugins.{param.id.replace('-', '_')}" for param in MOVEMENTS}


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_every_sheet_has_four_vectors(movement: Movement) -> None:
    lines = (PLUGINS / movement.id.replace("-", "_") / "golden.jsonl").read_text("utf-8").splitlines()
    counts = Counter(vector["sheet"] for line in lines if (vector := json.loads(line))["kind"] == "score")
    assert [sheet.id for sheet in movement.sheets if counts[sheet.id] < 4] == []


# --- What the entrant is asked --------------------------------------------------------------------------------------


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_the_form_asks_at_most_eight_required_answers(movement: Movement) -> None:
    required = [field.id for field in movement.form.fields if field.required]
    assert len(required) <= 8, required


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_the_form_has_a_field_of_work_and_every_question_stands_in_a_step(movement: Movement) -> None:
    fields = {field.id: field for field in movement.form.fields}
    assert fields["linh-vuc"].kind == "choice"
    assert [field.id for field in fields.values() if not field.section] == []
    assert [field.id for field in fields.values() if "!" in field.title + field.help] == []
