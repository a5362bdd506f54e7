"""Whatever a movement says: it keeps its digest by every way, a spoilt file is explained, and scores behave."""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

from hypothesis import assume, given
from hypothesis import strategies as st

from core.doors import toml_text
from core.doors.problems import toml_problems
from core.registry import PLUGINS
from core.scoring.canonical import canonical_bytes, digest, read_canonical
from core.scoring.engine1 import score
from core.scoring.misuse import SENTENCES
from core.scoring.movement import Movement
from core.scoring.ranking import rank
from core.scoring.reading import Reading, as_mapping, from_mapping, read_toml
from core.scoring.rules import Rules
from core.scoring.structure import keys_of
from tests.scoring import naive, naive_season
from tests.scoring.mutations import mutated_files
from tests.scoring.random_movements import TRIALS, TRY, movements, scored_codes, to_toml
from tests.scoring.test_properties import facts_for, raise_mark, sheets_for

TESTS = Path(__file__).parents[1]
VALID = [
    naive.load(path.read_text("utf-8"))
    for path in sorted([*TESTS.glob("movements/*/movement.toml"), *TESTS.glob("scoring/vectors/*.toml"),
                        *PLUGINS.glob("*/movement.toml")])
]  # fmt: skip

Case = tuple[dict[str, Any], Rules, str, list[dict[str, Any]], dict[str, Any]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Make a random movement and one entry with its sheets, most of them sound."""
    tables = draw(movements())
    sheet = draw(st.sampled_from(tables["sheets"]))
    rules = Rules.of(from_mapping(tables).require("random"), sheet["id"])
    return tables, rules, sheet["id"], draw(sheets_for(sheet)), draw(facts_for(tables))


# --- Reading --------------------------------------------------------------------------------------------------------


def test_a_movement_keeps_its_digest_by_every_way() -> None:
    said: set[str] = set()

    @TRY
    @given(movements())
    def by_every_way(tables: dict[str, Any]) -> None:
        reading = read_toml(to_toml(tables))
        assert [problem.as_dict() for problem in reading.problems] == []
        said.update(keys_in(tables))
        movement = reading.require("random")
        content = canonical_bytes(movement)
        assert canonical_bytes(read_canonical(content)) == content
        assert digest(read_canonical(content)) == digest(movement)
        for exported in (to_toml(as_mapping(movement)), toml_text.to_toml(movement)):
            assert digest(read_toml(exported).require("exported")) == digest(movement)
        assert digest(from_mapping(tables).require("plain")) == digest(movement)

    by_every_way()
    # A few trials may leave out a rare key or two; many leave out none.
    missing = keys_of_format(Movement) - said
    assert len(missing) <= (0 if TRIALS >= 1000 else 3), missing


def keys_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(keys_in(inner) for inner in value.values()))
    return set().union(*(keys_in(inner) for inner in value)) if isinstance(value, list) else set()


def keys_of_format(table: type, seen: frozenset[type] = frozenset()) -> set[str]:
    """Return every key that the format knows, from the tables of a movement downwards."""
    names = {key.name for key in keys_of(table)}
    for hint in get_type_hints(table).values():
        inner = [hint, *get_args(hint)]
        for kind in [*inner, *(each for part in inner for each in get_args(part))]:
            if is_dataclass(kind) and isinstance(kind, type) and kind not in seen:
                names |= keys_of_format(kind, seen | {table, kind})
    return names


def test_a_spoilt_movement_is_explained_and_never_breaks_the_reader() -> None:
    outcomes: Counter[str] = Counter()

    @TRY
    @given(mutated_files(st.one_of(st.sampled_from(VALID), movements())))
    def is_explained(text: str) -> None:
        outcomes["parses" if parses(text) else "no toml"] += 1
        reading = read_toml(text)
        outcomes["refused" if reading.movement is None else "read"] += 1
        assert_explained(reading)
        lines = text.count("\n") + 1
        for problem in toml_problems(text, reading):
            assert problem.line is None or 1 <= problem.line <= lines

    is_explained()
    assert outcomes["parses"] >= 9 * outcomes["no toml"]
    assert outcomes["refused"] > outcomes["read"] > 0


def parses(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def assert_explained(reading: Reading) -> None:
    """A movement that keeps its digest, or at least one problem; each with its code, its place and a sentence."""
    if reading.movement is not None:
        assert reading.problems == ()
        content = canonical_bytes(reading.movement)
        assert canonical_bytes(read_canonical(content)) == content
        return
    assert reading.problems
    for problem in reading.problems:
        assert problem.code in SENTENCES
        assert isinstance(problem.place, str)
        words = re.sub(r"«.*»", "", problem.sentence, flags=re.DOTALL)
        assert words.strip(" :")
        assert set(problem.as_dict()) == {"code", "place", "sentence"}


# --- Scoring --------------------------------------------------------------------------------------------------------


@TRY
@given(cases(), st.randoms(use_true_random=False))
def test_neither_the_order_of_sheets_nor_who_filled_which_matters(case: Case, chooser: random.Random) -> None:
    tables, rules, sheet_id, sheets, facts = case
    found = score(rules, sheets, facts).as_dict()
    assert found == naive.naive_score(tables, sheet_id, sheets, facts)
    chooser.shuffle(sheets)
    assert score(rules, sheets, facts).as_dict() == found
    names = [sheet["id"] for sheet in sheets]
    chooser.shuffle(names)
    renamed = [sheet | {"id": name} for sheet, name in zip(sheets, names, strict=True)]
    after = score(rules, renamed, facts).as_dict()
    for key in ("status", "total", "band", "by_criterion", "columns", "gates"):
        assert after[key] == found[key]


@TRY
@given(cases(), st.randoms(use_true_random=False))
def test_a_higher_valid_mark_never_lowers_the_total_of_a_random_movement(case: Case, chooser: random.Random) -> None:
    _, rules, _, sheets, facts = case
    before = score(rules, sheets, facts)
    counted = [sheet for sheet in sheets if before.sheets[sheet["id"]].valid]
    assume(before.total is not None and counted)
    marks = [(sheet, code) for sheet in counted for code in sorted(sheet["marks"])]
    for sheet, code in chooser.sample(marks, min(3, len(marks))):
        raised = sheet | {"marks": sheet["marks"] | {code: raise_mark(rules, sheet["marks"][code], code)}}
        after = score(rules, [raised if each is sheet else each for each in sheets], facts)
        if after.sheets[sheet["id"]].valid:
            assert after.total is not None
            assert before.total is not None
            assert after.total >= before.total


@TRY
@given(cases())
def test_caps_never_raise_a_band(case: Case) -> None:
    _, rules, _, sheets, facts = case
    ladder = [*(band.id for band in rules.sheet.bands), None]
    uncapped = replace(rules.sheet, gates=tuple(gate for gate in rules.sheet.gates if gate.effect != "cap"))
    free = score(Rules(uncapped, rules.facts.values()), sheets, facts)
    capped = score(rules, sheets, facts)
    if free.total is not None and capped.total is not None:
        assert capped.total == free.total
        assert ladder.index(capped.band) >= ladder.index(free.band)
        assert (capped.band is None) == (free.band is None)


# --- Ranking --------------------------------------------------------------------------------------------------------


@st.composite
def seasons(draw: st.DrawFn) -> tuple[dict[str, Any], Rules, str, list[dict[str, Any]]]:
    """Make a random movement and a season of entries, many of them equal."""
    tables = draw(movements())
    sheet = draw(st.sampled_from(tables["sheets"]))
    rules = Rules.of(from_mapping(tables).require("random"), sheet["id"])
    codes = [code for criterion in sheet["criteria"] for code in scored_codes(criterion)]
    bands = [None, *(band["id"] for band in sheet.get("bands", []))]
    few = st.sampled_from(["5", "10"])
    status = st.sampled_from(["passed"] * 6 + ["pending", "failed", "disqualified", "unscored"])
    votes = st.sampled_from([None, *({"for": number, "base": 9} for number in (0, 4, 6, 9)), {"for": 0, "base": 0}])
    entries = []
    for number in range(draw(st.integers(0, 8))):
        state = draw(status)
        total = None if state == "unscored" else draw(st.sampled_from(["40", "70", "70", "95.5"]))
        points = {code: draw(few) for code in codes if draw(st.integers(1, 4)) > 1}
        facts = {fact: value for fact, value in draw(facts_for(sound_only(tables))).items() if "." not in fact}
        place = {"field": draw(st.sampled_from(["", "a", "b"])), "unit": draw(st.sampled_from(["", "x"]))}
        result = {"status": state, "total": total, "band": draw(st.sampled_from(bands)), "by_criterion": points}
        entries.append({"id": f"e{number}", "score": result, "facts": facts, "vote": draw(votes)} | place)
    return tables, rules, sheet["id"], entries


def sound_only(tables: dict[str, Any]) -> dict[str, Any]:
    return {"facts": [fact for fact in tables.get("facts", []) if fact["kind"] != "number"]}


@TRY
@given(seasons(), st.randoms(use_true_random=False))
def test_a_second_ranking_gives_the_same_in_any_order_of_entries(case: Any, chooser: random.Random) -> None:
    tables, rules, sheet_id, entries = case
    found = rank(rules, entries).as_dict()
    assert found == naive_season.naive_rank(tables, sheet_id, entries)
    chooser.shuffle(entries)
    assert rank(rules, entries).as_dict() == found
    won = Counter(placed["tier"] for placed in found["entries"].values())
    if rules.sheet.ranking.tie_at_quota != "all":
        assert [tier.id for tier in rules.sheet.tiers if tier.quota is not None and won[tier.id] > tier.quota] == []
