"""The engine as other rooms call it: values in, values out, the same check for sealing and for scoring."""

from __future__ import annotations

import json
import random
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from core.scoring.awards import Achievement, award_check
from core.scoring.engine1 import score
from core.scoring.exact import plain, round_to, written
from core.scoring.filled import FilledSheet, Mark, check_sheet
from core.scoring.ranking import RankEntry, Vote, rank
from core.scoring.reading import load_movement
from core.scoring.rules import Rules
from core.scoring.vectors import replay_file

VECTORS = Path(__file__).parent / "vectors"


def rules(name: str, sheet: str) -> Rules:
    return Rules.of(load_movement(VECTORS / f"{name}.toml"), sheet)


def sheet(sheet_id: str, a: object, b: object) -> FilledSheet:
    marks = {"a": Mark(points=a), "b": Mark(points=b)}  # type: ignore[arg-type]
    return FilledSheet(id=sheet_id, column="cham", marks=marks)


def test_stored_points_score_like_typed_ones() -> None:
    mean = rules("cach-gop", "trung-binh")
    typed = score(mean, [sheet("x", "60", "30.0")], {})
    assert score(mean, [sheet("x", Decimal("60.00"), 30)], {}) == typed
    assert (typed.total, typed.status, typed.by_criterion) == (
        Decimal(90),
        "passed",
        {"a": Decimal(60), "b": Decimal(30)},
    )


def test_a_float_is_not_a_mark() -> None:
    assert check_sheet(rules("cach-gop", "trung-binh"), sheet("x", 0.5, True)) == (
        "mark_not_number:a",
        "mark_not_number:b",
    )


def test_sealing_and_scoring_find_the_same_problems() -> None:
    mean, filled = rules("cach-gop", "trung-binh"), sheet("x", "61", None)
    assert check_sheet(mean, filled) == ("mark_out_of_range:a", "mark_missing:b")
    assert score(mean, [filled], {}).sheets["x"].problems == check_sheet(mean, filled)


def test_a_mark_with_many_decimals_is_off_the_step_and_not_rounded_away() -> None:
    mean = rules("cach-gop", "trung-binh")
    assert check_sheet(mean, sheet("x", "59." + "9" * 60, "0")) == ("mark_off_step:a",)
    assert check_sheet(mean, sheet("x", "60." + "0" * 60 + "1", "0")) == ("mark_out_of_range:a",)
    assert check_sheet(mean, sheet("x", "60." + "0" * 60, "0")) == ()


def test_scores_are_ranked_as_they_are() -> None:
    mean = rules("cach-gop", "trung-binh")
    entries = [
        RankEntry.of("low", score(mean, [sheet("x", "50", "30")], {})),
        RankEntry.of("none", score(mean, [], {})),
        RankEntry.of("high", score(mean, [sheet("x", "60", "30")], {}), field="che", vote=Vote(for_=1, base=2)),
    ]
    assert rank(mean, entries).order == ("high", "low", "none")


def test_the_order_in_which_entries_are_given_is_irrelevant() -> None:
    for line in (VECTORS / "golden.jsonl").read_text("utf-8").split("\n"):
        vector = json.loads(line) if line else {}
        if vector.get("kind") == "rank":
            random.Random(7).shuffle(vector["entries"])
            ranked = rank(rules("xep-hang", vector["sheet"]), vector["entries"]).as_dict()
            assert ranked == vector["expect"], vector["id"]


def test_an_achievement_may_be_a_value() -> None:
    award = load_movement(VECTORS / "xep-hang.toml").award("bang")
    own = Achievement(year=2026, recognised=True, value=Decimal(80_000_000))
    check = award_check(award, "cong-nhan", 2026, date(2026, 7, 1), [own])
    assert [route.route for route in check.routes if route.met] == ["lam-loi"]


def test_a_text_may_hold_any_line_end(tmp_path: Path) -> None:
    (tmp_path / "mini.toml").write_bytes((VECTORS / "mini.toml").read_bytes())
    vector = {"id": "v", "kind": "check", "rules": "mini.toml", "why": "a\u2028b\x85c", "expect": {"codes": []}}
    (tmp_path / "v.jsonl").write_text(json.dumps(vector, ensure_ascii=False) + "\n", "utf-8")
    assert [each.differences for each in replay_file(tmp_path / "v.jsonl")] == [()]


@pytest.mark.parametrize(
    ("value", "to", "mode", "expected"),
    [
        ("0.125", "0.01", "half_up", "0.13"),
        ("-0.125", "0.01", "half_up", "-0.13"),
        ("0.125", "0.01", "half_even", "0.12"),
        ("0.135", "0.01", "half_even", "0.14"),
        ("-0.125", "0.01", "up", "-0.12"),
        ("0.121", "0.01", "up", "0.13"),
        ("-0.001", "0.01", "half_up", "0"),
        ("7", "3", "half_up", "6"),
        ("7.5", "3", "half_up", "9"),
        ("85.000", "0.01", "half_up", "85"),
    ],
)
def test_rounding_to_a_multiple(value: str, to: str, mode: str, expected: str) -> None:
    assert plain(written(round_to(Fraction(value), Decimal(to), mode))) == expected


def test_numbers_are_written_plainly() -> None:
    numbers = [Decimal("1E+2"), Decimal("-0.000"), Decimal("66.700"), Decimal("1E-6"), 10**11]
    assert [plain(number) for number in numbers] == ["100", "0", "66.7", "0.000001", "100000000000"]
    assert str(written(Fraction(2, 3))) == "0.666667"
