"""Invented data: the same for the same rules, sheets that count, texts as long as they may be."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from core.entries import answers
from core.entries.rules import TITLE_LIMIT_CHARS
from core.previews import invented, trial
from core.previews.invented import Dice, Size
from core.scoring.filled import check_sheet
from core.scoring.movement import Movement
from core.scoring.reading import load_movement

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "plugins").glob("*/movement.toml"), *(ROOT / "tests").glob("*/vectors/*.toml"),
                *(ROOT / "tests/movements").glob("*/movement.toml")])  # fmt: skip
SHIPPED = sorted((ROOT / "plugins").glob("*/movement.toml"))


def _named(path: Path) -> str:
    return path.parent.name if path.name == "movement.toml" else path.stem


@pytest.fixture(params=FILES, ids=_named)
def movement(request: pytest.FixtureRequest) -> Movement:
    """Return each movement of the repository in turn."""
    return load_movement(request.param)


def test_every_invented_sheet_counts_and_only_the_last_entry_lacks_them(movement):
    for sheet in movement.sheets:
        found = trial.run(movement, sheet.id, Size.LONG)
        assert [
            p for place in found.places for each in place.entry.sheets for p in check_sheet(found.rules, each)
        ] == []
        assert [place.entry.number for place in found.places if place.score.status == "unscored"] in ([200], [])


def test_the_same_rules_give_the_same_entries_and_other_rules_give_others():
    movement = load_movement(SHIPPED[0])
    first, again = (trial.run.__wrapped__(movement, movement.sheets[0].id, Size.SHORT) for _ in range(2))
    assert first.places == again.places
    dice, other = Dice("một"), Dice("hai")
    assert [dice.pick(str(n), 1000) for n in range(5)] != [other.pick(str(n), 1000) for n in range(5)]


@pytest.mark.parametrize("file", SHIPPED, ids=_named)
def test_shipped_movements_show_prizes_ties_and_borders(file):
    movement = load_movement(file)
    for sheet in movement.sheets:
        found = trial.run(movement, sheet.id, Size.SHORT)
        won = Counter(place.placed.tier for place in found.places)
        assert all(won[tier.id] for tier in sheet.tiers)
        assert any("tied" in place.placed.reasons for place in found.places)
        tiers = {place.placed.tier for place in found.borderline()}
        assert tiers >= {tier.id for tier in sheet.tiers}


def test_the_longest_names_have_sixty_characters_and_titles_the_most():
    dice = Dice("thử")
    assert {len(invented.person_name(dice, Size.LONG, n)) for n in range(40)} == {60}
    assert {len(invented.entry_title(dice, Size.LONG, n)) for n in range(5)} == {TITLE_LIMIT_CHARS}


@pytest.mark.parametrize("size", Size)
def test_invented_answers_are_answers_the_form_takes(movement, size):
    today = date(2026, 5, 4)
    stored = invented.stored_answers(movement.form, size, today)
    files = {field.id: 1 for field in movement.form.fields}
    assert answers.problems(movement.form, stored, files, today=today) == []


def test_the_longest_answers_open_every_question():
    movement = load_movement(SHIPPED[0])
    stored = invented.stored_answers(movement.form, Size.LONG, date(2026, 5, 4))
    assert [f.id for f in movement.form.fields if not answers.is_asked(f, movement.form, stored)] == []
