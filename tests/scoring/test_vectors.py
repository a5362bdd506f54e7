"""The explained vectors replay without a difference, and a difference would be seen."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from core.registry import PLUGINS
from core.scoring.canonical import canonical_bytes
from core.scoring.reading import load_movement
from core.scoring.vectors import compare, replay_file
from tests.scoring import naive, naive_season

VECTORS = Path(__file__).parent / "vectors"
FILES = ("vectors.jsonl", "golden.jsonl")
ALL = [
    json.loads(line, parse_float=Decimal) for name in FILES for line in (VECTORS / name).read_text("utf-8").splitlines()
]
COUNTED_KINDS = {"score", "rank", "award"}
COUNTED = [vector for vector in ALL if vector["kind"] in COUNTED_KINDS]
SHIPPED = sorted(PLUGINS.glob("*/golden.jsonl"))


@pytest.mark.parametrize("name", FILES)
def test_every_vector_gives_what_it_explains(name: str) -> None:
    replayed = replay_file(VECTORS / name)
    assert len(replayed) >= 42
    assert [each.as_dict() for each in replayed if each.differences] == []


@pytest.mark.parametrize("vector", COUNTED, ids=lambda vector: vector["id"])
def test_a_second_function_gives_the_same(vector: dict) -> None:
    tables = naive.load((VECTORS / vector["rules"]).read_text("utf-8"))
    assert naive_season.naive_expect(tables, vector) == vector["expect"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_a_second_function_gives_the_same_for_shipped_movements(path: Path) -> None:
    vectors = [json.loads(line, parse_float=Decimal) for line in path.read_text("utf-8").split("\n") if line]
    for vector in vectors:
        if vector["kind"] in COUNTED_KINDS:
            tables = naive.load((path.parent / vector["rules"]).read_text("utf-8"))
            assert naive_season.naive_expect(tables, vector) == vector["expect"], vector["id"]


def test_every_vector_says_why_and_by_which_rule() -> None:
    assert [vector["id"] for vector in ALL if not (vector["why"].strip() and vector["rule"].startswith("§"))] == []
    assert len({vector["id"] for vector in ALL}) == len(ALL)


def test_the_canonical_form_of_the_small_movement_is_the_file() -> None:
    expected = (VECTORS / "mini.canonical.json").read_bytes().removesuffix(b"\n")
    assert canonical_bytes(load_movement(VECTORS / "mini.toml")) == expected


def test_a_wrong_expectation_is_reported_key_by_key(tmp_path: Path) -> None:
    vector = next(vector for vector in ALL if vector["id"] == "pub-08")
    wrong = {**vector, "rules": "rules.toml", "expect": {**vector["expect"], "total": "0", "band": "a"}}
    (tmp_path / "rules.toml").write_bytes((VECTORS / vector["rules"]).read_bytes())
    path = tmp_path / "wrong.jsonl"
    path.write_text(json.dumps(wrong, ensure_ascii=False) + "\n", "utf-8")
    assert replay_file(path)[0].differences == ('band: cần "a", có null', 'total: cần "0", có null')


def test_a_vector_that_cannot_run_is_a_difference(tmp_path: Path) -> None:
    path = tmp_path / "broken.jsonl"
    lines = [
        {"id": "no-rules", "kind": "score", "rules": "absent.toml", "expect": {}},
        {"id": "no-kind", "kind": "weigh", "toml": (VECTORS / "mini.toml").read_text("utf-8"), "expect": {}},
        {"id": "refused", "kind": "digest", "toml": "format = 2", "expect": {}},
    ]
    path.write_text("\n".join(["{", *(json.dumps(line) for line in lines)]), "utf-8")
    replayed = replay_file(path)
    assert [each.id for each in replayed] == ["dòng 1", "no-rules", "no-kind", "refused"]
    assert all(each.differences for each in replayed)
    assert replayed[3].differences == ("rules: format phải là 1.",)


def test_missing_and_surplus_keys_are_differences() -> None:
    assert compare({"a": 1, "b": 2}, {"b": 2, "c": True}) == ["a: cần 1, không có", "c: không cần, có true"]
    assert compare({"a": True}, {"a": 1}) == ["a: cần true, có 1"]
