"""Who of the authors reaches the diploma. Source: QĐ 1564/QĐ-TLĐ, Điều 16, repeated in a Q&A of 7/3/2022 [V2]."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.api import Achievement, AuthorView, EntryView, Finding, Movement, SeasonView, UnitView
from core.registry import Registry
from core.scoring.awards import AwardCheck, award_check

REGISTRY = Registry.load(entry_points=False, strict=True)
SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def movement() -> Movement:
    return REGISTRY.movements["lao-dong-gioi"]


def check(
    movement: Movement, person: str, achievements: list[dict[str, Any]], on: date = date(2022, 5, 1)
) -> AwardCheck:
    given = [{"recognised": True, "kind": "ky-thuat", "level": "co-so", **each} for each in achievements]
    return award_check(movement.award("bang-lao-dong-sang-tao"), person, on.year, on, given)


@pytest.mark.parametrize(
    ("person", "value", "qualifies"),
    [
        ("cn", 79_999_999, False),
        ("cn", 80_000_000, True),
        ("ch", 149_999_999, False),
        ("ch", 150_000_000, True),
        ("ld", 199_999_999, False),
        ("ld", 200_000_000, True),
    ],
)
def test_one_dong_decides(movement: Movement, person: str, value: int, qualifies: bool) -> None:
    assert check(movement, person, [{"year": 2022, "value": value}]).qualifies is qualifies


def test_a_worker_may_reach_120_million_over_three_years(movement: Movement) -> None:
    years = [{"year": year, "value": 40_000_000} for year in (2020, 2021, 2022)]
    assert check(movement, "cn", years).qualifies
    short = [*years[:2], {"year": 2022, "value": 39_999_999}]
    assert not check(movement, "cn", short).qualifies


def test_the_three_years_leave_none_out(movement: Movement) -> None:
    years = [{"year": year, "value": 60_000_000} for year in (2020, 2020, 2022)]
    missing = {route.route: route.missing for route in check(movement, "cn", years).routes}
    assert missing["ba-nam-lien-tuc"] == ("every_year",)


def test_staff_with_a_degree_have_no_three_year_route(movement: Movement) -> None:
    assert [route.route for route in check(movement, "ch", []).routes] == ["mot-giai-phap"]


def test_a_leader_may_enter_with_a_management_solution_of_the_province(movement: Movement) -> None:
    assert check(movement, "ld", [{"year": 2022, "value": 0, "kind": "quan-ly", "level": "tinh"}]).qualifies
    assert not check(movement, "ld", [{"year": 2022, "value": 0, "kind": "quan-ly", "level": "co-so"}]).qualifies
    assert not check(movement, "ld", [{"year": 2022, "value": 0, "kind": "ky-thuat", "level": "tinh"}]).qualifies


def test_amounts_since_the_regulation_of_2024_are_marked_unverified(movement: Movement) -> None:
    rows = movement.award("bang-lao-dong-sang-tao").thresholds
    marks = {(row.valid_from >= date(2024, 5, 29), row.mark) for row in rows}
    assert marks == {(False, "V2"), (True, "UNVERIFIED")}
    assert check(movement, "cn", [{"year": 2026, "value": 80_000_000}], on=date(2026, 11, 24)).qualifies


# --- What the hook says to people -----------------------------------------------------------------------------------


def findings(movement: Movement, *authors: AuthorView, **answers: object) -> list[Finding]:
    entry = EntryView(
        id="e1",
        subject="initiative",
        authors=authors,
        answers={"tinh-duoc-tien": True, "loai-giai-phap": "ky-thuat", **answers},
        submitted_on=date(2025, 9, 2),
    )
    season = SeasonView(id="s1", year=2025, unit=UnitView(id="ldld-lc", name="LĐLĐ tỉnh", kind="ldld-tinh"))
    return REGISTRY.check_entry(movement, entry, season)


def worker(**more: Any) -> AuthorView:
    return AuthorView(**{"name": "Lò Thị Mai", "share": Decimal(100), "is_member": True, "person_kind": "cn", **more})


def test_the_check_says_by_which_route_an_author_qualifies(movement: Movement) -> None:
    said = findings(movement, worker(), **{"lam-loi": Decimal(88_000_000)})[0]
    assert said.level == "info"
    assert said.source == "QĐ 1564/QĐ-TLĐ, Điều 16"
    assert said.message == (
        "Lò Thị Mai: sáng kiến được công nhận thì đủ điều kiện xét Bằng Lao động sáng tạo, theo đường một giải pháp "
        f"trong năm: làm lợi 88.000.000{SPACE}đ, mức cần là 80.000.000{SPACE}đ."
    )


def test_the_check_says_what_is_still_missing(movement: Movement) -> None:
    earlier = (
        Achievement(year=2023, recognised=True, value=Decimal(30_000_000), kind="ky-thuat", level="co-so"),
        Achievement(year=2024, recognised=True, value=Decimal(30_000_000), kind="ky-thuat", level="co-so"),
    )
    said = findings(movement, worker(achievements=earlier), **{"lam-loi": Decimal(50_000_000)})[0]
    assert said.message == (
        "Lò Thị Mai: chưa đủ điều kiện xét Bằng Lao động sáng tạo. "
        f"Đường một giải pháp trong năm: còn thiếu 30.000.000{SPACE}đ để đủ 80.000.000{SPACE}đ; "
        f"Đường ba năm liền: còn thiếu 10.000.000{SPACE}đ để đủ 120.000.000{SPACE}đ."
    )


def test_each_author_is_told_by_the_own_kind(movement: Movement) -> None:
    manager = worker(name="Đặng Quang Huy", person_kind="ld")
    said = findings(movement, worker(), manager, **{"lam-loi": Decimal(132_000_000)})
    assert ["đủ điều kiện xét" in each.message and "chưa đủ" not in each.message for each in said[:2]] == [True, False]


def test_a_management_solution_before_the_province_is_enough_for_a_leader(movement: Movement) -> None:
    leader = worker(name="Cà Văn Thuấn", person_kind="ld")
    said = findings(movement, leader, **{"tinh-duoc-tien": False, "loai-giai-phap": "quan-ly"})[0]
    assert said.message.endswith("theo đường giải pháp quản lý được công nhận cấp tỉnh.")


def test_an_amount_behind_a_no_does_not_count(movement: Movement) -> None:
    said = findings(movement, worker(), **{"tinh-duoc-tien": False, "lam-loi": Decimal(500_000_000)})[0]
    assert "chưa đủ điều kiện" in said.message


def test_somebody_who_is_no_member_may_enter_but_is_told(movement: Movement) -> None:
    said = findings(movement, worker(is_member=False), **{"lam-loi": Decimal(88_000_000)})[0]
    assert said.message == (
        "Lò Thị Mai: Bằng Lao động sáng tạo chỉ xét cho đoàn viên. Sáng kiến vẫn được chấm và nhận giải của đợt xét."
    )


def test_an_author_of_unknown_kind_is_told_whom_to_ask(movement: Movement) -> None:
    said = findings(movement, worker(person_kind=""), **{"lam-loi": Decimal(88_000_000)})[0]
    assert said.message.endswith("Nhờ cán bộ công đoàn cơ sở bổ sung ở danh sách đoàn viên.")


def test_the_check_never_blocks_and_points_at_the_unverified_regulation(movement: Movement) -> None:
    said = findings(movement, worker(), **{"lam-loi": "1"})
    assert {each.level for each in said} == {"info"}
    assert "QĐ 999/QĐ-TLĐ" in said[-1].message


def test_an_entry_without_authors_hears_nothing(movement: Movement) -> None:
    assert findings(movement) == []
