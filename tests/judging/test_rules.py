"""Rules of judging on plain values."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.judging.forms import typed_mark, typed_points
from core.judging.planning import Case, Seat, plan_evenly
from core.judging.rules import SheetAlreadySealed, SheetStatus, check_not_sealed, units_tie
from core.judging.sheets import MarkTyped
from core.scoring.movement import Criterion, Level

NEW = Criterion(
    id="moi",
    title="Tính mới",
    levels=(
        Level(id="cao", title="Cao", from_=Decimal(21), to=Decimal(30)),
        Level(id="vua", title="Vừa", from_=Decimal(1), to=Decimal(20)),
        Level(id="khong", title="Không", points=Decimal(0)),
    ),
)


@pytest.mark.parametrize(
    ("judge", "author", "tie"),
    [
        ("1.2.5.", "1.2.5.", False),
        ("1.2.", "1.2.5.", True),
        ("1.2.5.", "1.2.", True),
        ("1.2.5.", "1.2.6.", None),
        ("1.2.", "1.20.", None),
        ("1.", "1.2.5.", None),
        ("1.", "1.", False),
    ],
)
def test_units_are_tied_when_equal_or_on_one_line_below_the_owner(judge, author, tie):
    assert units_tie(judge, author, "1.") is tie


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("8,5", "8.5"),
        ("8.5", "8.5"),
        (" 8.500 ", "8.500"),
        ("", None),
        ("abc", None),
        ("1e5", None),
        ("1,2345678", None),
    ],
)
def test_points_take_comma_and_point_and_nothing_else(typed, points):
    assert typed_points(typed) == (None if points is None else Decimal(points))


@pytest.mark.parametrize(
    ("points", "level", "mark", "is_read"),
    [
        ("24", "", MarkTyped(Decimal(24), "cao"), True),
        ("24", "vua", MarkTyped(Decimal(24), "vua"), True),
        ("35", "", MarkTyped(Decimal(35), None), True),
        ("", "khong", MarkTyped(None, "khong"), True),
        ("hai", "cao", MarkTyped(None, "cao"), False),
        ("0", "", MarkTyped(Decimal(0), "khong"), True),
    ],
)
def test_level_is_found_by_the_points_unless_one_is_picked(points, level, mark, is_read):
    assert typed_mark(NEW, points, level, "") == (mark, is_read)


def test_sealed_and_void_sheets_refuse_changes():
    check_not_sealed(SheetStatus.OPEN, None)
    check_not_sealed(SheetStatus.FINISHED, None)
    for status in (SheetStatus.SEALED, SheetStatus.VOID):
        with pytest.raises(SheetAlreadySealed):
            check_not_sealed(status, "lúc nào đó")


# --- Even plans ---------------------------------------------------------------------------------------------------

SEATS = [Seat("ha", "Hà", unit="1."), Seat("nam", "Nam", unit="2."), Seat("lan", "Lan", unit="3.")]


def cases(count, **more):
    return [Case(f"e{n}", f"E{n}", **more) for n in range(count)]


def test_plan_is_balanced_and_the_same_for_the_same_seed():
    first = plan_evenly(cases(10), SEATS, {}, per_case=2, seed="a")
    assert sorted(first.loads.values()) == [6, 7, 7]
    assert first == plan_evenly(reversed(cases(10)), reversed(SEATS), {}, per_case=2, seed="a")
    assert first.pairs != plan_evenly(cases(10), SEATS, {}, per_case=2, seed="b").pairs


def test_plan_never_gives_a_barred_pair_and_says_what_stays_short():
    plan = plan_evenly(cases(3, barred=frozenset({"ha", "nam"})), SEATS, {}, per_case=2, seed="a")
    assert {pair.seat for pair in plan.pairs} == {"lan"}
    assert [(one.given, one.wanted, one.barred) for one in plan.shortages] == [(1, 2, 2)] * 3


def test_plan_prefers_a_judge_who_knows_the_field_among_equally_loaded():
    seats = [*SEATS, Seat("tu", "Tú", expertise=frozenset({"che"}), unit="4.")]
    plan = plan_evenly(cases(1, field="che"), seats, {}, per_case=1, seed="a")
    assert [(pair.seat, pair.is_expert) for pair in plan.pairs] == [("tu", True)]


def test_plan_puts_no_two_judges_of_one_unit_on_an_entry_unless_it_must():
    seats = [Seat("ha", "Hà", unit="1."), Seat("hoa", "Hoa", unit="1."), Seat("lan", "Lan", unit="3.")]
    pairs = plan_evenly(cases(4), seats, {}, per_case=2, seed="a").pairs
    assert sum(1 for pair in pairs if pair.seat == "lan") == 4
    assert not any(pair.repeats_unit for pair in pairs)
    everyone = plan_evenly(cases(1), seats, {}, per_case=3, seed="a").pairs
    assert sum(1 for pair in everyone if pair.repeats_unit) == 1


def test_panel_of_a_field_gets_entries_of_that_field_only():
    seats = [Seat("ha", "Hà", field="che"), Seat("nam", "Nam", field="y-te")]
    plan = plan_evenly(cases(2, field="che"), seats, {}, per_case=1, seed="a")
    assert plan.loads == {"ha": 2, "nam": 0}
