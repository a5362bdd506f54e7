"""Movements made on the web: what is kept while it is typed, what is frozen, where a movement is on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import current_app

from core.accounts.queries import actor_of
from core.accounts.rules import SYSTEM, Actor, NotAllowed, NotFoundHere, Role
from core.audit.models import AuditEvent
from core.extensions import db
from core.movements import checks, queries, service
from core.movements.content import DAY, NUMBER, pack, put, unpack
from core.movements.models import MovementDraft, MovementVersion
from core.movements.rules import (
    DraftChanged,
    DraftNotChecked,
    DraftNotSound,
    DraftState,
    MovementOff,
    NothingOffered,
    NothingToUndo,
    free_slug,
    slug_of,
)
from core.organisations.models import Unit
from core.registry import Registry
from core.scoring.canonical import canonical_bytes, digest_of, read_canonical
from core.seasons import service as seasons
from core.seasons.rules import MovementGone
from tests.conftest import NOW
from tests.makers import make_account, make_person, make_season, make_unit

pytestmark = pytest.mark.usefixtures("session")
INSTALLED = "lao-dong-gioi"


@pytest.fixture
def province(session: Any) -> Unit:
    return make_unit("LĐLĐ tỉnh Lai Châu")


def _organiser(unit: Unit) -> Actor:
    return actor_of(make_account(make_person("Hoàng Văn Tổ", unit), (Role.ORGANISER, unit)), NOW.date())


def _copy(unit: Unit, title: str = "Công nhân xanh") -> MovementDraft:
    """A sound draft: like an installed movement."""
    return service.create(title=title, owner_unit=unit, actor=SYSTEM, at=NOW, source=queries.find(INSTALLED))


def _offered(unit: Unit, **more: Any) -> MovementDraft:
    draft = _copy(unit)
    service.check(draft, actor=SYSTEM, at=NOW)
    service.offer(draft, actor=SYSTEM, at=NOW, **more)
    return draft


def _type(draft: MovementDraft, place: str, value: Any, **more: Any) -> bool:
    return service.edit(draft, lambda content: put(content, place, value), actor=SYSTEM, at=NOW, **more)


def _verbs(table: str) -> list[str]:
    db.session.commit()
    return list(db.session.scalars(db.select(AuditEvent.verb).where(AuditEvent.verb.like(f"{table}.%"))))


# --- Drafts ----------------------------------------------------------------------------------------------------------


def test_a_new_movement_has_an_id_of_its_title_and_says_what_is_missing(province: Unit) -> None:
    draft = service.create(title="Sáng – Đẹp", owner_unit=province, actor=SYSTEM, at=NOW)
    assert (draft.movement_id, draft.state, draft.title) == ("sang-dep", DraftState.DRAFT, "Sáng – Đẹp")
    assert {(problem.code, problem.place) for problem in service.problems(draft)} == {
        ("missing_key", "movement.legal_basis[0]"), ("missing_key", "sheets[0]"),
    }  # fmt: skip


def test_a_copy_differs_from_its_source_in_name_id_and_version_alone(province: Unit) -> None:
    source = queries.find(INSTALLED)
    assert source is not None
    movement = service.read(_copy(province)).require("copy")
    assert (movement.id, movement.title, movement.rules_version) == ("cong-nhan-xanh", "Công nhân xanh", 1)
    assert (movement.sheets, movement.form, movement.facts, movement.stages, movement.awards) == (
        source.sheets, source.form, source.facts, source.stages, source.awards,
    )  # fmt: skip


def test_ids_avoid_those_of_plugins_and_of_other_drafts(province: Unit) -> None:
    title = "Lao động giỏi"
    drafts = [service.create(title=title, owner_unit=province, actor=SYSTEM, at=NOW) for _ in range(2)]
    assert [draft.movement_id for draft in drafts] == ["lao-dong-gioi-2", "lao-dong-gioi-3"]
    _type(drafts[0], "movement.id", INSTALLED)
    assert drafts[0].movement_id == "lao-dong-gioi-2"
    assert ("id_taken", "movement.id") in {(each.code, each.place) for each in service.problems(drafts[0])}


def test_a_foreign_organiser_may_not_make_a_movement_for_a_unit(province: Unit) -> None:
    other = _organiser(make_unit("LĐLĐ tỉnh khác"))
    with pytest.raises(NotAllowed):
        service.create(title="Công nhân xanh", owner_unit=province, actor=other, at=NOW)


def test_what_was_mistyped_is_kept_as_it_was_typed_and_named(province: Unit) -> None:
    draft = _copy(province)
    _type(draft, "sheets[0].step", "nửa điểm")
    db.session.commit()
    db.session.refresh(draft)
    assert draft.content["sheets"][0]["step"] == "nửa điểm"
    assert [(each.code, each.place) for each in service.problems(draft)] == [("wrong_type", "sheets[0].step")]


def test_an_edited_draft_must_be_checked_again(province: Unit) -> None:
    draft = _copy(province)
    service.check(draft, actor=SYSTEM, at=NOW)
    assert draft.state == DraftState.CHECKED
    assert _type(draft, "movement.title", draft.title) is False
    assert draft.state == DraftState.CHECKED
    assert _type(draft, "movement.title", "Công nhân xanh 2026") is True
    assert (draft.state, draft.title) == (DraftState.DRAFT, "Công nhân xanh 2026")
    with pytest.raises(DraftNotChecked):
        service.offer(draft, actor=SYSTEM, at=NOW)


def test_two_pages_of_one_draft_do_not_overwrite_each_other(province: Unit) -> None:
    draft = _copy(province)
    db.session.commit()
    seen = draft.revision
    _type(draft, "movement.title", "Một", revision=seen)
    with pytest.raises(DraftChanged):
        _type(draft, "movement.title", "Hai", revision=seen)
    assert draft.title == "Một"


def test_undoing_goes_back_and_undoing_again_comes_forward(province: Unit) -> None:
    draft = service.create(title="Công nhân xanh", owner_unit=province, actor=SYSTEM, at=NOW)
    with pytest.raises(NothingToUndo):
        service.undo(draft, actor=SYSTEM, at=NOW)
    _type(draft, "movement.summary", "Giới thiệu")
    service.undo(draft, actor=SYSTEM, at=NOW)
    assert "summary" not in draft.content["movement"]
    service.undo(draft, actor=SYSTEM, at=NOW)
    assert draft.content["movement"]["summary"] == "Giới thiệu"


def test_saving_a_draft_is_not_audited_and_the_rest_is(province: Unit) -> None:
    draft = _copy(province)
    _type(draft, "movement.summary", "Giới thiệu")
    service.check(draft, actor=SYSTEM, at=NOW)
    service.offer(draft, actor=SYSTEM, at=NOW)
    service.switch(draft.movement_id, province, is_on=True, actor=SYSTEM, at=NOW)
    service.withdraw(draft, actor=SYSTEM, at=NOW)
    assert _verbs("movement") == [
        "movement.create", "movement.check", "movement.offer", "movement.switch", "movement.withdraw",
    ]  # fmt: skip


# --- Offering --------------------------------------------------------------------------------------------------------


def test_an_unsound_draft_is_not_checked_and_every_problem_is_in_the_refusal(province: Unit) -> None:
    draft = service.create(title="Công nhân xanh", owner_unit=province, actor=SYSTEM, at=NOW)
    with pytest.raises(DraftNotSound) as refused:
        service.check(draft, actor=SYSTEM, at=NOW)
    assert refused.value.problems == service.problems(draft)


def test_offering_freezes_the_bytes_whose_digest_was_shown(province: Unit) -> None:
    draft = _copy(province)
    shown = digest_of(canonical_bytes(service.read(draft).require("draft")))
    service.check(draft, actor=SYSTEM, at=NOW)
    version = service.offer(draft, actor=SYSTEM, at=NOW)
    db.session.commit()
    assert version.sha256 == digest_of(version.canonical) == shown
    assert read_canonical(version.canonical) == queries.find("cong-nhan-xanh")
    assert draft.state == DraftState.OFFERED


def test_a_later_round_raises_the_version_and_leaves_the_first_in_use_until_then(province: Unit) -> None:
    draft = _offered(province)
    first = queries.find(draft.movement_id)
    _type(draft, "movement.title", "Công nhân xanh, sửa")
    _type(draft, "movement.id", "ma-khac")
    assert (draft.state, draft.movement_id) == (DraftState.DRAFT, "cong-nhan-xanh")
    assert queries.find(draft.movement_id) == first
    service.check(draft, actor=SYSTEM, at=NOW)
    service.offer(draft, actor=SYSTEM, at=NOW)
    second = queries.find(draft.movement_id)
    assert second is not None
    assert (second.title, second.rules_version) == ("Công nhân xanh, sửa", 2)
    assert [version.rules_version for version in queries.versions_of(draft.movement_id)] == [2, 1]


def test_a_version_can_be_neither_changed_nor_deleted(province: Unit) -> None:
    _offered(province)
    db.session.commit()
    for statement in ("UPDATE movement_version SET rules_version = 7", "DELETE FROM movement_version"):
        with pytest.raises(Exception, match="append-only"):
            db.session.execute(db.text(statement))
        db.session.rollback()
    assert db.session.scalars(db.select(MovementVersion.rules_version)).all() == [1]


def test_a_withdrawn_movement_begins_no_season_and_comes_back_as_the_next_version(province: Unit) -> None:
    draft = _offered(province, switch_on=True)
    running = make_season(draft.movement_id, province)
    service.withdraw(draft, actor=SYSTEM, at=NOW)
    assert queries.find(draft.movement_id) is None
    with pytest.raises(NothingOffered):
        service.withdraw(draft, actor=SYSTEM, at=NOW)
    with pytest.raises(MovementGone):
        seasons.create_season(draft.movement_id, owner_unit=province, title="Đợt", year=2027, actor=SYSTEM, at=NOW)
    assert running.phase == "open"
    service.check(draft, actor=SYSTEM, at=NOW)
    assert service.offer(draft, actor=SYSTEM, at=NOW).rules_version == 2


def test_an_installed_movement_wins_over_one_of_the_web_with_its_id(province: Unit, app: Any) -> None:
    draft = _offered(province)
    registry: Registry = app.extensions["thidua_registry"]
    installed = registry.movements[INSTALLED]
    registry.movements[draft.movement_id] = installed
    assert queries.find(draft.movement_id) is installed


# --- Switches --------------------------------------------------------------------------------------------------------


def test_what_is_installed_is_on_and_what_is_made_is_off_where_no_switch_stands(province: Unit) -> None:
    draft = _offered(province)
    assert queries.is_on(INSTALLED, province) is True
    assert queries.is_on(draft.movement_id, province) is False
    installed = set(current_app.extensions["thidua_registry"].movements)
    assert {movement.id for movement in queries.offered_to(province)} == installed


def test_the_nearest_switch_up_the_tree_decides(province: Unit) -> None:
    commune = make_unit("CĐ xã Tân Uyên", province)
    base, school = make_unit("CĐCS Chè", commune), make_unit("CĐCS Trường", province)
    draft = _offered(province, switch_on=True)
    service.switch(draft.movement_id, commune, is_on=False, actor=SYSTEM, at=NOW)
    places = (province, commune, base, school)
    assert [queries.is_on(draft.movement_id, unit) for unit in places] == [True, False, False, True]
    service.switch(draft.movement_id, base, is_on=True, actor=SYSTEM, at=NOW + timedelta(hours=1))
    assert [queries.is_on(draft.movement_id, unit) for unit in places] == [True, False, True, True]
    assert draft.movement_id in {movement.id for movement in queries.offered_to(base)}
    assert draft.movement_id not in {movement.id for movement in queries.offered_to(commune)}


def test_an_organiser_switches_in_the_own_subtree_and_an_administrator_anywhere(province: Unit) -> None:
    other = make_unit("LĐLĐ tỉnh khác")
    commune = make_unit("CĐ xã Tân Uyên", province)
    organiser = _organiser(province)
    admin = actor_of(make_account(make_person("Quản trị"), (Role.ADMIN, other)), NOW.date())
    service.switch(INSTALLED, commune, is_on=False, actor=organiser, at=NOW)
    with pytest.raises(NotFoundHere):
        service.switch(INSTALLED, other, is_on=False, actor=organiser, at=NOW)
    service.switch(INSTALLED, province, is_on=False, actor=admin, at=NOW)
    assert [queries.is_on(INSTALLED, unit) for unit in (province, commune, other)] == [False, False, True]


def test_a_movement_that_is_off_begins_no_season_and_running_ones_go_on(province: Unit) -> None:
    running, prepared = make_season(INSTALLED, province), make_season(INSTALLED, province, is_open=False, year=2027)
    service.switch(INSTALLED, province, is_on=False, actor=SYSTEM, at=NOW)
    assert dict(queries.uses(INSTALLED, province)) == {"running": 1, "drafts": 1}
    with pytest.raises(MovementOff):
        seasons.create_season(INSTALLED, owner_unit=province, title="Đợt", year=2028, actor=SYSTEM, at=NOW)
    with pytest.raises(MovementOff):
        seasons.copy_season(running, owner_unit=province, year=2028, actor=SYSTEM, at=NOW)
    assert running.phase == "open"
    assert "movement_off" in {blocker.code for blocker in seasons.blockers(prepared, at=NOW)}
    service.switch(INSTALLED, province, is_on=True, actor=SYSTEM, at=NOW)
    assert "movement_off" not in {blocker.code for blocker in seasons.blockers(prepared, at=NOW)}


# --- What is pure ----------------------------------------------------------------------------------------------------


def test_plain_values_come_back_from_a_draft_as_they_were() -> None:
    source = queries.find(INSTALLED)
    assert source is not None
    from core.doors.mapping import to_mapping

    mapping = to_mapping(source)
    assert unpack(pack(mapping)) == mapping


def test_numbers_stay_exact_and_days_stay_days() -> None:
    content: dict[str, Any] = {"format": {NUMBER: "1"}, "movement": {"effective_from": {DAY: "2026-01-31"}}}
    assert pack(unpack(content)) == content
    assert unpack({NUMBER: "12.50"}).as_tuple().digits == (1, 2, 5, 0)


def test_the_running_total_counts_what_can_be_read() -> None:
    sheet = {
        "criteria": [
            {"max": {NUMBER: "30.5"}}, {"max": "bốn mươi"}, {"max": {NUMBER: "5"}, "outside": True},
            {"levels": [{"points": {NUMBER: "10"}}, {"from": {NUMBER: "1"}, "to": {NUMBER: "20"}}]},
            {"criteria": [{"max": {NUMBER: "4"}}, {"max": {NUMBER: "6"}}]}, {"scored": False},
        ]
    }  # fmt: skip
    total = checks.total_of(sheet)
    assert (str(total.sum), str(total.wanted), total.is_right) == ("60.5", "100", False)


def test_slugs_are_short_plain_and_free() -> None:
    assert slug_of("Xanh – Sạch – Đẹp, bảo đảm an toàn vệ sinh lao động") == "xanh-sach-dep-bao-dam-an-toan-ve-sinh"
    assert slug_of("???") == "phong-trao"
    assert free_slug("a" * 40, {"a" * 40}) == f"{'a' * 36}-2"
