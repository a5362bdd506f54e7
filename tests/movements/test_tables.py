"""Real score sheets as data: each reads, replays its explained vectors, and a second function gives the same."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from core.cli.movements import movements
from core.entries import eligibility
from core.scoring.movement import Movement
from core.scoring.reading import load_movement
from core.scoring.vectors import replay_file
from tests.scoring import naive, naive_season

HERE = Path(__file__).parent
NAMES = sorted(path.parent.name for path in HERE.glob("*/movement.toml"))
# The tables of the collection of real score sheets, by their ids there.
COLLECTED = {
    "son-la-m03",
    "binh-thuan-21-2014",
    "thai-nguyen-2025",
    "power-company-5c",
    "commune-council-7c",
    "education-commune-100",
    "factory-k1k2k3",
    "union-team-2015",
    "grassroots-union-bands",
    "cluster-bonus-hcm",
    "tmg-pvt-individual",
    "tmg-pvt-collective",
}


def movement(name: str) -> Movement:
    return load_movement(HERE / name / "movement.toml")


def vectors(name: str) -> list[dict[str, Any]]:
    text = (HERE / name / "golden.jsonl").read_text("utf-8")
    return [json.loads(line, parse_float=Decimal) for line in text.split("\n") if line]


ALL = [vector for name in NAMES for vector in vectors(name)]


def test_every_collected_table_is_a_movement() -> None:
    assert set(NAMES) >= COLLECTED


@pytest.mark.parametrize("name", NAMES)
def test_the_movement_is_complete_and_says_what_is_unverified(name: str) -> None:
    read = movement(name)
    assert (read.id, bool(read.form.fields), bool(read.stages)) == (name, True, True)
    assert "UNVERIFIED" in {source.mark for source in read.legal_basis}
    unmarked = [each.id for sheet in read.sheets for each in sheet.walk() if each.criteria is None and not each.mark]
    assert unmarked == []


@pytest.mark.parametrize("name", NAMES)
def test_the_vectors_replay_without_a_difference(name: str) -> None:
    replayed = replay_file(HERE / name / "golden.jsonl")
    assert len(replayed) >= 4
    assert [each.as_dict() for each in replayed if each.differences] == []


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector["id"])
def test_a_second_function_gives_the_same(vector: dict[str, Any]) -> None:
    name = vector["id"].rsplit("-", 2)[0]
    tables = naive.load((HERE / name / vector["rules"]).read_text("utf-8"))
    assert naive_season.naive_expect(tables, vector) == vector["expect"]


@pytest.mark.parametrize("name", NAMES)
def test_movements_with_prizes_have_vectors_that_rank(name: str) -> None:
    with_tiers = {sheet.id for sheet in movement(name).sheets if sheet.tiers}
    assert {vector["sheet"] for vector in vectors(name) if vector["kind"] == "rank"} == with_tiers


def test_every_vector_shows_its_arithmetic_and_its_rule() -> None:
    scored = [vector for vector in ALL if vector["kind"] == "score" and vector["expect"]["total"] not in (None, "0")]
    assert [vector["id"] for vector in scored if not re.search(r"\d", vector["why"])] == []
    assert [vector["id"] for vector in ALL if not (vector["why"].strip() and vector["rule"].startswith("§"))] == []
    assert len({vector["id"] for vector in ALL}) == len(ALL)


def test_the_list_names_every_movement() -> None:
    rows = re.findall(r"^\| \[([a-z0-9-]+)\]\(([a-z0-9-]+)/movement\.toml\) \|", (HERE / "README.md").read_text(), re.M)
    assert sorted(rows) == [(name, name) for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_the_command_line_checks_and_replays_a_table(name: str) -> None:
    checked = CliRunner().invoke(movements, ["check", str(HERE / name / "movement.toml")])
    replayed = CliRunner().invoke(movements, ["vectors", str(HERE / name / "golden.jsonl")])
    assert (checked.exit_code, replayed.exit_code) == (0, 0)
    assert replayed.output == f"{len(vectors(name))} ví dụ, 0 khác.\n"


# --- What does not show in points ---------------------------------------------------------------------------------


def test_panels_by_field_send_their_best_to_the_council_and_the_organiser_decides() -> None:
    panel, council, organiser = movement("tien-giang-panels").stages
    assert (panel.kind, panel.panels, panel.advance_top, panel.advance_min) == ("score", "by_field", 3, Decimal(70))
    assert (council.kind, council.base, organiser.kind) == ("vote", "present", "decide")


RECOGNISED = {"cong-nhan": True, "ngay-ap-dung": "2022-03-01", "trai-trat-tu": False, "bao-ho": False}


@pytest.mark.parametrize(
    ("answers", "not_met"),
    [
        ({}, []),
        ({"cong-nhan": False}, ["da-cong-nhan"]),
        ({"ngay-ap-dung": "2021-09-01"}, []),
        ({"ngay-ap-dung": "2021-08-31"}, ["trong-thoi-gian"]),
        ({"ngay-ap-dung": "2023-09-01"}, []),
        ({"ngay-ap-dung": "2023-09-02"}, ["trong-thoi-gian"]),
        ({"trai-trat-tu": True, "bao-ho": True}, ["khong-trai-trat-tu", "khong-bao-ho"]),
    ],
)
def test_a_million_initiatives_takes_what_was_recognised_in_time(answers: dict[str, Any], not_met: list[str]) -> None:
    rules = movement("million-initiatives")
    standing = eligibility.Standing(filed_on=date(2023, 5, 1), answers=RECOGNISED | answers)
    failed = eligibility.failed(rules.eligibility, rules.form, standing, lambda _award, _since: False)
    assert [rule.id for rule in failed] == not_met
