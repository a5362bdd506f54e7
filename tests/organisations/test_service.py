"""Units verb by verb, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from core.accounts.rules import SYSTEM
from core.audit.queries import events_page
from core.db import begin_writing
from core.extensions import db
from core.organisations import queries, service
from core.organisations.models import Unit
from core.organisations.rules import NameDateTooEarly, UnitCodeTaken, UnitDissolved, UnitUnderItself
from tests.conftest import NOW
from tests.makers import make_unit

ON = date(2026, 5, 4)


@pytest.fixture(autouse=True)
def _writing(session: Any) -> None:
    begin_writing()


def _paths() -> dict[str, str]:
    db.session.flush()
    return dict(db.session.execute(sa.select(Unit.name, Unit.path)).all())


def _tree() -> tuple[Unit, Unit, Unit, Unit]:
    province = make_unit("Liên đoàn")
    district = make_unit("Công đoàn cấp trên", province)
    tea = make_unit("CĐCS Chè", district)
    return province, district, tea, make_unit("Tổ Sao chè", tea)


def test_a_unit_is_made_below_another_with_its_line_of_scope() -> None:
    province = make_unit("Liên đoàn")
    service.define_kind("cdcs", "Công đoàn cơ sở", 3, actor=SYSTEM, at=NOW)
    unit = service.create_unit(code="che", name=" CĐCS  Chè ", kind_code="cdcs", parent=province, actor=SYSTEM, at=NOW)
    assert (unit.name, unit.folded, unit.path) == ("CĐCS Chè", "cdcs che", f"{province.path}{unit.id}.")
    assert queries.by_code("che") is unit
    with pytest.raises(UnitCodeTaken):
        service.create_unit(code="che", name="Khác", kind_code="cdcs", parent=province, actor=SYSTEM, at=NOW)


def test_a_move_takes_everything_below_along_and_nothing_else() -> None:
    province, district, tea, team = _tree()
    other = make_unit("Công đoàn ngành", province)
    # A neighbour whose number begins with the same digits must stay where it is.
    neighbour = make_unit("CĐCS Cao su", district)
    service.move(tea, other, actor=SYSTEM, at=NOW)
    assert _paths() == {
        "Liên đoàn": f"{province.id}.",
        "Công đoàn cấp trên": f"{province.id}.{district.id}.",
        "Công đoàn ngành": f"{province.id}.{other.id}.",
        "CĐCS Cao su": f"{province.id}.{district.id}.{neighbour.id}.",
        "CĐCS Chè": f"{province.id}.{other.id}.{tea.id}.",
        "Tổ Sao chè": f"{province.id}.{other.id}.{tea.id}.{team.id}.",
    }
    db.session.commit()
    event = events_page(db.session(), verb="unit.move").events[0]
    assert (event.before, event.after) == (
        {"parent": "Công đoàn cấp trên"},
        {"unit": "CĐCS Chè", "parent": "Công đoàn ngành"},
    )
    assert [unit.name for unit in queries.line_above(team)] == ["CĐCS Chè", "Công đoàn ngành", "Liên đoàn"]


def test_a_unit_is_never_hung_below_itself() -> None:
    _province, district, tea, team = _tree()
    before = _paths()
    for parent in (district, tea, team):
        with pytest.raises(UnitUnderItself):
            service.move(district, parent, actor=SYSTEM, at=NOW)
    with pytest.raises(UnitUnderItself):
        service.dissolve(district, successor=team, on=ON, reason="Sáp nhập", actor=SYSTEM, at=NOW)
    assert (_paths(), district.valid_to) == (before, None)


def test_documents_find_the_name_of_their_day_over_several_renamings() -> None:
    unit = make_unit("Tên một", valid_from=date(2010, 1, 1))
    service.rename(unit, "Tên hai", on=date(2020, 7, 1), actor=SYSTEM, at=NOW)
    service.rename(unit, "Tên ba", on=date(2025, 7, 1), actor=SYSTEM, at=NOW)
    found = [queries.name_on(unit, date(*day)) for day in ((2015, 1, 1), (2020, 6, 30), (2020, 7, 1), (2025, 6, 30))]
    assert found == ["Tên một", "Tên một", "Tên hai", "Tên hai"]
    assert queries.name_on(unit, date(2025, 7, 1)) == "Tên ba"
    assert unit.folded == "ten ba"


def test_a_name_may_be_corrected_on_its_first_day_without_an_older_name() -> None:
    unit = make_unit("Tên một")
    service.rename(unit, "Tên hia", on=ON, actor=SYSTEM, at=NOW)
    service.rename(unit, "Tên hai", on=ON, actor=SYSTEM, at=NOW)
    assert [row.name for row in queries.names(unit)] == ["Tên một"]
    assert (queries.name_on(unit, ON), queries.name_since(unit)) == ("Tên hai", ON)


def test_a_new_name_cannot_begin_before_the_present_one() -> None:
    unit = make_unit("Tên một")
    service.rename(unit, "Tên hai", on=ON, actor=SYSTEM, at=NOW)
    with pytest.raises(NameDateTooEarly) as refused:
        service.rename(unit, "Tên ba", on=date(2026, 5, 3), actor=SYSTEM, at=NOW)
    assert (refused.value.since, unit.name) == (ON, "Tên hai")


def test_a_dissolved_unit_hangs_under_its_successor_with_all_below_and_keeps_its_name() -> None:
    _province, district, tea, team = _tree()
    heir = make_unit("CĐCS Chè Than Uyên", district)
    service.dissolve(tea, successor=heir, on=ON, reason="Sáp nhập", actor=SYSTEM, at=NOW)
    assert (tea.valid_to, tea.path, team.path) == (ON, f"{heir.path}{tea.id}.", f"{heir.path}{tea.id}.{team.id}.")
    assert queries.successor(tea) is heir
    assert queries.name_on(tea, date(2020, 1, 1)) == "CĐCS Chè"
    assert [(unit.name, row.reason) for unit, row in queries.predecessors(heir)] == [("CĐCS Chè", "Sáp nhập")]


def test_the_line_of_successors_is_followed_to_its_end() -> None:
    province = make_unit("Liên đoàn")
    first, second, third = (make_unit(f"CĐCS {n}", province) for n in ("một", "hai", "ba"))
    service.dissolve(first, successor=second, on=ON, reason="Sáp nhập", actor=SYSTEM, at=NOW)
    service.dissolve(second, successor=third, on=ON, reason="Sáp nhập", actor=SYSTEM, at=NOW)
    assert (queries.successor(first), queries.successor(third)) == (third, None)


def test_nothing_new_hangs_below_a_unit_that_has_ended_and_it_ends_once() -> None:
    province = make_unit("Liên đoàn")
    old, heir = make_unit("CĐCS một", province), make_unit("CĐCS hai", province)
    service.dissolve(old, successor=heir, on=ON, reason="Sáp nhập", actor=SYSTEM, at=NOW)
    acts = [
        lambda: service.create_unit(code="x", name="X", kind_code="cdcs", parent=old, actor=SYSTEM, at=NOW),
        lambda: service.move(heir, old, actor=SYSTEM, at=NOW),
        lambda: service.dissolve(old, successor=heir, on=ON, reason="Lại", actor=SYSTEM, at=NOW),
        lambda: service.dissolve(heir, successor=old, on=ON, reason="Lại", actor=SYSTEM, at=NOW),
    ]
    for act in acts:
        with pytest.raises(UnitDissolved) as refused:
            act()
        assert refused.value.unit == "CĐCS một"


def test_a_selection_of_units_stands_in_the_order_of_the_tree() -> None:
    province, district, tea, team = _tree()
    rubber = make_unit("CĐCS Cao su", district)
    names = [unit.name for unit in queries.in_tree_order([team, rubber, tea, district])]
    assert names == ["Công đoàn cấp trên", "CĐCS Cao su", "CĐCS Chè", "Tổ Sao chè"]
    assert [unit.name for unit in queries.with_line([team])] == [
        "Liên đoàn", "Công đoàn cấp trên", "CĐCS Chè", "Tổ Sao chè",
    ]  # fmt: skip
    assert [unit.name for unit in queries.below(district)] == names
    assert queries.roots() == [province]
