"""The form of the request, the score sheets and the prizes, with worked examples from the regulations."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from core.api import Movement, Sheet
from core.registry import Registry
from core.scoring.engine1 import score
from core.scoring.result import Score
from core.scoring.rules import Rules

MOVEMENT: Movement = Registry.load(entry_points=False, strict=True).movements["lao-dong-gioi"]


def filled(id_: str, **points: str) -> dict[str, Any]:
    marks = {code: {"points": value, "comment": "Có nhận xét."} for code, value in points.items()}
    return {"id": id_, "column": "giam-khao", "marks": marks}


def result(sheet: str, *sheets: dict[str, Any], **facts: object) -> Score:
    return score(Rules.of(MOVEMENT, sheet), sheets, facts)


# --- The form: TT 18/2013/TT-BKHCN, Phụ lục I [V2] --------------------------------------------------------------------


def test_the_form_carries_the_ten_items_of_the_request() -> None:
    fields = {field.id: field for field in MOVEMENT.form.fields}
    # Items 1, 2 and 4 (unit addressed, authors, name) are asked by the core: authors with shares and a lead.
    assert MOVEMENT.form.authors is not None
    assert (MOVEMENT.form.authors.shares, MOVEMENT.form.authors.lead) == (True, True)
    items = ["chu-dau-tu", "linh-vuc", "cach-cu", "cach-moi", "noi-ap-dung", "bao-mat", "dieu-kien"]
    items += ["nguoi-ap-dung-dau", "hieu-qua", "lam-loi", "nguoi-dung-danh-gia", "ngay-ap-dung", "minh-chung"]
    assert [item for item in items if item not in fields] == []
    assert [field.id for field in fields.values() if field.confidential] == ["bao-mat"]


def test_the_steps_are_those_of_the_task_list() -> None:
    assert list(dict.fromkeys(field.section for field in MOVEMENT.form.fields)) == [
        "Tác giả và đơn vị",
        "Sáng kiến là gì",
        "Hiệu quả",
        "Ảnh và tài liệu",
    ]


def test_money_is_asked_only_of_those_who_can_count_it() -> None:
    shown = {field.id: field.show_if.is_ for field in MOVEMENT.form.fields if field.show_if is not None}
    assert shown == {"lam-loi": True, "cach-tinh": True, "xac-nhan-ke-toan": True}


def test_the_request_comes_within_a_year_of_first_use() -> None:
    rule = next(rule for rule in MOVEMENT.eligibility if rule.test == "within_months")
    assert (rule.field, rule.months, rule.effect) == ("ngay-ap-dung", 12, "block")


def test_the_council_recognises_with_two_thirds_of_all_members() -> None:
    vote = next(stage for stage in MOVEMENT.stages if stage.kind == "vote")
    assert (vote.majority, vote.base) == (Fraction(2, 3), "all_members")
    assert {sheet.ranking.vote for sheet in MOVEMENT.sheets} == {Fraction(2, 3)}


# --- The sheets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sheet", MOVEMENT.sheets, ids=lambda sheet: sheet.id)
def test_neighbouring_levels_touch_without_overlap(sheet: Sheet) -> None:
    for criterion in sheet.criteria:
        bounds = [
            (level.points, level.points) if level.points is not None else (level.from_, level.to)
            for level in criterion.levels or ()
        ]
        lower_edges, upper_edges = [low for low, _ in bounds[:-1]], [high for _, high in bounds[1:]]
        assert [low - 1 for low in lower_edges if low is not None] == upper_edges


def test_the_default_sheet_is_the_first_that_an_organiser_may_choose() -> None:
    stage = next(stage for stage in MOVEMENT.stages if stage.kind == "score")
    assert stage.sheets == ("phieu-chung", "son-la-m03", "binh-thuan-21-2014", "bac-ninh-cap-xa")


def test_binh_thuan_rounds_each_mark_half_up() -> None:
    """QĐ 21/2014/QĐ-UBND Bình Thuận, Phụ lục VI: 35,4 is 35 and 35,5 is 36 [V2]."""
    rules = "binh-thuan-21-2014"
    assert result(rules, filled("p1", I="35.4", II="20", III="10")).total == 65
    assert result(rules, filled("p1", I="35.5", II="20", III="10")).total == 66


def test_binh_thuan_asks_for_half_of_the_novelty() -> None:
    """QĐ 21/2014/QĐ-UBND Bình Thuận, Phụ lục VI: mean novelty below 25 is not recognised [V2]."""
    below = result(
        "binh-thuan-21-2014", filled("p1", I="24", II="30", III="20"), filled("p2", I="25", II="30", III="20")
    )
    assert (below.status, below.reasons) == ("failed", ("fail:tinh-moi-duoi-25",))
    edge = result(
        "binh-thuan-21-2014", filled("p1", I="24", II="30", III="20"), filled("p2", I="26", II="30", III="20")
    )
    assert (edge.status, edge.band) == ("passed", "b")


def test_bac_ninh_excludes_what_is_not_new_enough() -> None:
    """The commune council's sheet, Bắc Ninh 2026: A.1 below 10 disqualifies [V2]."""
    marks = {"A.2": "20", "B.1": "15", "B.2": "10", "C.1": "15", "D.1": "10", "D.2": "10"}
    assert result("bac-ninh-cap-xa", filled("p1", **{"A.1": "9", **marks})).status == "disqualified"
    assert result("bac-ninh-cap-xa", filled("p1", **{"A.1": "10", **marks})).status == "passed"


def test_every_minimum_of_bac_ninh_has_its_consequence() -> None:
    leaves = [leaf for group in MOVEMENT.sheet("bac-ninh-cap-xa").criteria for leaf in group.criteria or ()]
    assert {leaf.id: (leaf.min_pass, leaf.below_min) for leaf in leaves} == {
        "A.1": (10, "disqualify"),
        "A.2": (10, "disqualify"),
        "B.1": (8, "fail"),
        "B.2": (5, "fail"),
        "C.1": (7, "fail"),
        "D.1": (5, "fail"),
        "D.2": (5, "fail"),
    }


def test_the_prizes_of_the_default_sheet_are_limited_in_all_and_per_field() -> None:
    tiers = MOVEMENT.sheet("phieu-chung").tiers
    assert [(t.id, t.min, t.quota, t.quota_per_field) for t in tiers] == [
        ("nhat", 90, 3, 1),
        ("nhi", 80, 7, 2),
        ("ba", 70, 6, 2),
        ("khuyen-khich", 60, 12, 3),
    ]
