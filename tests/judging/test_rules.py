"""Rules of judging on plain values."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.judging.forms import typed_mark, typed_points
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
