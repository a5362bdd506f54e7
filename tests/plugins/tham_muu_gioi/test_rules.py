"""Persons and collectives: three columns, what the unit declares, classes instead of ranks."""

from __future__ import annotations

from typing import Any

from core.api import Movement
from core.registry import Registry
from core.scoring.engine1 import score
from core.scoring.ranking import rank
from core.scoring.result import Score
from core.scoring.rules import Rules

MOVEMENT: Movement = Registry.load(entry_points=False, strict=True).movements["tham-muu-gioi"]
KNOWN: dict[str, dict[str, Any]] = {
    "ca-nhan": {"viec-tre-han": 0, "ky-luat": False},
    "tap-the": {"viec-tre-han": 0, "ky-luat-tap-the": False},
}
FULL = {
    "ca-nhan": {"A.1": 15, "A.2": 10, "A.3": 15, "A.4": 5, "B.1": 15, "B.2": 10, "B.3": 10, "C.1": 10, "C.2": 10},
    "tap-the": {"1": 15, "2": 30, "3": 25, "4": 15, "5": 10, "6": 5},
}


def filled(sheet: str, id_: str, column: str = "hoi-dong", **less: int) -> dict[str, Any]:
    """A sheet with full marks, less what is given by criterion."""
    marks = {code: {"points": str(points - less.get(code, 0))} for code, points in FULL[sheet].items()}
    return {"id": id_, "column": column, "marks": marks}


def council(sheet: str, facts: dict[str, Any] | None = None, **less: int) -> Score:
    """The score by two equal sheets of the council."""
    sheets = [filled(sheet, "h1", **less), filled(sheet, "h2", **less)]
    return score(Rules.of(MOVEMENT, sheet), sheets, {**KNOWN[sheet], **(facts or {})})


def test_nobody_needs_to_be_a_member() -> None:
    assert [rule.test for rule in MOVEMENT.eligibility] == []


def test_the_entry_has_no_authors_and_three_required_answers() -> None:
    assert MOVEMENT.form.authors is None
    assert [field.id for field in MOVEMENT.form.fields if field.required] == ["linh-vuc", "tham-muu", "phuc-vu"]


def test_one_sheet_per_subject_may_be_chosen_in_one_stage() -> None:
    stage = next(stage for stage in MOVEMENT.stages if stage.kind == "score")
    assert [(id_, MOVEMENT.sheet(id_).subject) for id_ in stage.sheets] == [
        ("ca-nhan", "person"),
        ("tap-the", "collective"),
    ]


def test_both_sheets_have_the_three_columns_and_the_council_decides() -> None:
    for sheet in MOVEMENT.sheets:
        assert [column.by for column in sheet.columns] == ["self", "unit", "council"]
        assert sheet.official == "hoi-dong"


def test_self_praise_changes_nothing() -> None:
    alone = council("ca-nhan", **{"A.1": 5})
    sheets = [
        filled("ca-nhan", "h1", **{"A.1": 5}),
        filled("ca-nhan", "h2", **{"A.1": 5}),
        filled("ca-nhan", "t", "tu-cham"),
    ]
    beside = score(Rules.of(MOVEMENT, "ca-nhan"), sheets, KNOWN["ca-nhan"])
    assert (alone.total, beside.total) == (95, 95)
    assert beside.columns["tu-cham"] == 100


def test_each_late_task_costs_one_point_of_a_person_and_half_a_point_of_a_collective() -> None:
    assert council("ca-nhan", {"viec-tre-han": 3}).total == 97
    assert council("tap-the", {"viec-tre-han": 3}).total == MOVEMENT.sheet("tap-the").scale - 3 * rate("tap-the", "2")


def rate(sheet: str, criterion: str) -> Any:
    """Points taken for each late task."""
    return next(c for c in MOVEMENT.sheet(sheet).criteria if c.id == criterion).deductions[0].points


def test_what_the_unit_has_not_said_keeps_the_entry_waiting() -> None:
    found = score(
        Rules.of(MOVEMENT, "ca-nhan"), [filled("ca-nhan", "h1"), filled("ca-nhan", "h2")], {"viec-tre-han": 0}
    )
    assert (found.status, found.reasons) == ("unscored", ("fact_missing:ky-luat",))


def test_discipline_knocks_out_before_anybody_has_scored() -> None:
    found = score(Rules.of(MOVEMENT, "ca-nhan"), [], {"viec-tre-han": 0, "ky-luat": True})
    assert (found.status, found.total) == ("disqualified", None)


def test_a_collective_with_discipline_is_kha_at_most() -> None:
    found = council("tap-the", {"ky-luat-tap-the": True})
    assert (found.status, found.total, found.band) == ("passed", 100, "kha")


def test_a_collective_with_one_weak_criterion_is_kha_at_most() -> None:
    assert council("tap-the", **{"4": 7}).band == "dan-dau"
    assert council("tap-the", **{"4": 8}).band == "kha"


def test_half_of_the_first_group_is_needed() -> None:
    assert council("ca-nhan", **{"A.1": 8, "A.3": 14}).status == "passed"
    assert council("ca-nhan", **{"A.1": 9, "A.3": 14}).reasons == ("fail:nhom-tham-muu",)


def test_everybody_in_a_class_is_recognised() -> None:
    result = council("ca-nhan").as_dict()
    vote = {"for": 7, "base": 7}
    entries = [
        {"id": id_, "score": result, "field": "y-te", "unit": "u", "facts": {}, "vote": vote} for id_ in ("a", "b", "c")
    ]
    ranked = rank(Rules.of(MOVEMENT, "ca-nhan"), entries).as_dict()["entries"]
    assert {each["tier"] for each in ranked.values()} == {"ca-nhan-xuat-sac"}
