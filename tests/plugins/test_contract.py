"""What every movement promises: the same checks for each one the registry finds, shipped or dropped in."""

from __future__ import annotations

import ast
import json
import os
import random
import re
import unicodedata
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from core.registry import PLUGINS, Registry
from core.scoring.canonical import canonical_bytes, digest, read_canonical
from core.scoring.engine1 import score
from core.scoring.movement import Criterion, Movement, Sheet
from core.scoring.reading import read_toml
from core.scoring.rules import Rules
from core.scoring.vectors import replay_file

TRIALS = int(os.environ.get("THIDUA_TRIALS", "40"))
REGISTRY = Registry.load(entry_points=False, strict=True)
MOVEMENTS = [pytest.param(movement, id=movement.id) for movement in REGISTRY.movements.values()]
SHEETS = [
    pytest.param(movement, sheet, id=f"{movement.id}-{sheet.id}")
    for movement in REGISTRY.movements.values()
    for sheet in movement.sheets
]


def folder_of(movement: Movement) -> Path:
    return PLUGINS / movement.id.replace("-", "_")


@cache
def readme_of(movement: Movement) -> tuple[str, ...]:
    """The README in chunks: a paragraph, a list or a table each, on one line and in one case."""
    text = (folder_of(movement) / "README.md").read_text("utf-8")
    return tuple(" ".join(chunk.split()).casefold() for chunk in text.split("\n\n"))


def says(chunk: str, *words: str) -> bool:
    """Whether a chunk holds every word or phrase, each standing on its own."""
    return all(re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", chunk) for word in words)


def walk(criteria: tuple[Criterion, ...]) -> list[Criterion]:
    return [each for criterion in criteria for each in (criterion, *walk(criterion.criteria or ()))]


# --- Filled sheets by chance, always within the rules ---------------------------------------------------------------


def random_points(judged: Any, rng: random.Random) -> dict[str, Any]:
    low, high = Decimal(judged.lowest), Decimal(judged.highest)
    steps = int((high - low) / Decimal(judged.step))
    points = low + Decimal(judged.step) * rng.randint(0, steps)
    return mark(judged, points)


def mark(judged: Any, points: Decimal) -> dict[str, Any]:
    made: dict[str, Any] = {"points": format(points, "f"), "comment": "Có nhận xét."}
    if judged.levels:
        made["level"] = next(id_ for id_, level in judged.levels.items() if level.lowest <= points <= level.highest)
    return made


def random_sheets(rules: Rules, rng: random.Random) -> list[dict[str, Any]]:
    """Four sheets in each column: enough for any rule of the shipped movements, and no third judge is awaited."""
    return [
        {
            "id": f"{column}-{number}",
            "column": column,
            "marks": {
                criterion.id: (
                    {"comment": "Có nhận xét."}
                    if criterion.kind == "remark"
                    else random_points(rules.judged[criterion.id], rng)
                )
                for criterion in rules.filled_by(column)
            },
        }
        for column in rules.columns
        for number in range(4)
    ]


def random_facts(movement: Movement, rng: random.Random) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for fact in movement.facts:
        if fact.kind == "yesno":
            facts[fact.id] = rng.random() < 0.2
        elif fact.kind == "choice":
            facts[fact.id] = rng.choice(fact.choices).id
        else:
            facts[fact.id] = str(rng.randint(0, 5))
            facts[f"{fact.id}.max"] = "5"
    return facts


# --- The scoring promises -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("movement", "sheet"), SHEETS)
def test_the_criteria_of_a_sheet_sum_to_its_scale(movement: Movement, sheet: Sheet) -> None:
    inside = [criterion for criterion in sheet.criteria if not criterion.outside and criterion.kind != "remark"]
    if sheet.scale == "open":
        assert inside
    else:
        assert sum(criterion.max or Decimal(0) for criterion in inside) == sheet.scale


@pytest.mark.parametrize(("movement", "sheet"), SHEETS)
def test_marks_in_range_give_a_score_in_range(movement: Movement, sheet: Sheet) -> None:
    rules, rng = Rules.of(movement, sheet.id), random.Random(sheet.id)
    outside = any(criterion.outside for criterion in sheet.criteria)
    for _ in range(TRIALS):
        found = score(rules, random_sheets(rules, rng), random_facts(movement, rng))
        assert found.total is not None, found.reasons
        if sheet.scale != "open" and not outside:
            assert 0 <= found.total <= sheet.scale
        assert all(result.valid for result in found.sheets.values())


@pytest.mark.parametrize(("movement", "sheet"), SHEETS)
def test_a_higher_mark_never_lowers_the_total(movement: Movement, sheet: Sheet) -> None:
    rules, rng = Rules.of(movement, sheet.id), random.Random(sheet.id)
    for _ in range(TRIALS):
        sheets, facts = random_sheets(rules, rng), random_facts(movement, rng)
        before = score(rules, sheets, facts).total
        raised = rng.choice(sheets)
        code = rng.choice([code for code in raised["marks"] if code in rules.judged])
        judged = rules.judged[code]
        points = Decimal(raised["marks"][code]["points"]) + Decimal(judged.step)
        if points > Decimal(judged.highest):
            continue
        raised["marks"][code] = mark(judged, points)
        after = score(rules, sheets, facts).total
        assert before is not None
        assert after is not None
        assert after >= before


@pytest.mark.parametrize(("movement", "sheet"), SHEETS)
def test_the_order_of_judges_changes_nothing(movement: Movement, sheet: Sheet) -> None:
    rules, rng = Rules.of(movement, sheet.id), random.Random(sheet.id)
    for _ in range(TRIALS):
        sheets, facts = random_sheets(rules, rng), random_facts(movement, rng)
        before = score(rules, sheets, facts)
        rng.shuffle(sheets)
        assert score(rules, sheets, facts) == before


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_the_golden_vectors_still_hold(movement: Movement) -> None:
    replayed = replay_file(folder_of(movement) / "golden.jsonl")
    assert [each.as_dict() for each in replayed if each.differences] == []


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_every_sheet_has_four_vectors_that_show_their_arithmetic(movement: Movement) -> None:
    lines = (folder_of(movement) / "golden.jsonl").read_text("utf-8").splitlines()
    vectors = [json.loads(line) for line in lines]
    counts = Counter(vector["sheet"] for vector in vectors if vector["kind"] == "score")
    assert [sheet.id for sheet in movement.sheets if counts[sheet.id] < 4] == []
    scored = [vector for vector in vectors if vector["kind"] == "score" and vector["expect"]["total"] is not None]
    assert [vector["id"] for vector in scored if not re.search(r"\d.*\d", vector["why"])] == []
    assert [vector["id"] for vector in vectors if not vector["why"].strip()] == []
    assert len({vector["id"] for vector in vectors}) == len(vectors)


# --- What is frozen -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_the_canonical_form_reads_back_to_the_same_digest(movement: Movement) -> None:
    content = canonical_bytes(movement)
    assert canonical_bytes(read_canonical(content)) == content
    assert digest(read_canonical(content)) == digest(movement)


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_the_way_a_file_spells_its_accents_does_not_change_the_digest(movement: Movement) -> None:
    text = (folder_of(movement) / "movement.toml").read_text("utf-8")
    apart = unicodedata.normalize("NFD", text).replace("\n", "\r\n")
    assert digest(read_toml(apart).require(movement.id)) == digest(movement)


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


# --- Where the rules come from --------------------------------------------------------------------------------------


def sources(movement: Movement) -> list[Any]:
    """Every source a movement names, however deep."""
    named = [*movement.legal_basis, *(rule.source for rule in movement.eligibility)]
    named += [sheet.source for sheet in movement.sheets] + [award.source for award in movement.awards]
    return [source for source in named if source is not None]


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_the_readme_names_every_source(movement: Movement) -> None:
    whole = " ".join(readme_of(movement))
    assert movement.legal_basis
    missing = {s.document for s in sources(movement) if s.document.casefold() not in whole}
    assert missing == set()


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_the_readme_says_what_is_unverified(movement: Movement) -> None:
    chunks = [chunk for chunk in readme_of(movement) if "unverified" in chunk]
    wanted: list[tuple[str, ...]] = [(s.document,) for s in sources(movement) if s.mark == "UNVERIFIED"]
    wanted += [
        (sheet.id, criterion.id)
        for sheet in movement.sheets
        for criterion in walk(sheet.criteria)
        if criterion.mark == "UNVERIFIED"
    ]
    wanted += [
        (award.id, row.person, row.route)
        for award in movement.awards
        for row in award.thresholds
        if row.mark == "UNVERIFIED"
    ]
    unsaid = []
    for words in wanted:
        # An award's rows stand in a table under the heading that names the award.
        needles = words[1:] if len(words) == 3 else words
        if not any(says(chunk, *needles) for chunk in chunks):
            unsaid.append(words)
    assert unsaid == []


# --- The plugin as code ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_a_plugin_imports_nothing_of_the_core_but_its_api(movement: Movement) -> None:
    imported: set[str] = set()
    for path in folder_of(movement).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
    own = {name for name in imported if name.split(".")[0] in {"core", "flask", "sqlalchemy", "plugins"}}
    assert own <= {"core.api", "core.testing"}
