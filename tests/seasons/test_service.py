"""Preparing, opening, extending and moving a season, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.accounts.rules import SYSTEM, Actor, NotAllowed, Role
from core.audit.models import AuditEvent
from core.extensions import db
from core.organisations.models import Unit
from core.registry import Registry
from core.scoring.canonical import ChoiceUnknown, canonical_bytes, digest_of
from core.seasons import queries, service
from core.seasons.frozen import movement_of_draft, read_rules, rules_of
from core.seasons.models import RuleSnapshot, Season
from core.seasons.rules import (
    CodePrefixTaken,
    DatesInWrongOrder,
    DocumentMissing,
    ExtensionNotLater,
    FrozenRulesDamaged,
    JudgingEndsTooEarly,
    MilestoneKind,
    MilestoneTooEarly,
    MovementGone,
    Phase,
    ReasonMissing,
    SeasonChanged,
    SeasonNotReady,
    WrongPhase,
)
from core.vietnamese.dates import from_local
from tests.conftest import NOW
from tests.makers import make_account, make_season, make_unit

LATER = datetime(2026, 5, 20, 10, 0, tzinfo=UTC)


def _actor(role: Role, unit: Unit) -> Actor:
    from core.accounts.queries import actor_of

    return actor_of(make_account(None, (role, unit)), NOW.date())


def _verbs() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEvent.verb).order_by(AuditEvent.id)))


def test_a_new_season_is_a_draft_with_the_movements_defaults(session: Any) -> None:
    season = make_season(is_open=False)
    assert season.phase == Phase.DRAFT
    assert season.code_prefix == "LDG"
    assert season.choices == {"sheets": {}, "quotas": {}, "endorse_days": 5}
    assert (season.grace_minutes, season.snapshot) == (15, None)


def test_only_an_organiser_of_the_unit_creates_a_season(session: Any) -> None:
    province, other = make_unit("LĐLĐ tỉnh Lai Châu"), make_unit("LĐLĐ tỉnh khác")
    for actor in (_actor(Role.ORGANISER, other), _actor(Role.OFFICER, province)):
        with pytest.raises(NotAllowed):
            service.create_season(
                "lao-dong-gioi", owner_unit=province, title="Đợt 2026", year=2026, actor=actor, at=NOW
            )
    organiser = _actor(Role.ORGANISER, province)
    below = make_unit("Công đoàn xã Tân Uyên", province)
    assert service.create_season(
        "lao-dong-gioi", owner_unit=below, title="Đợt 2026", year=2026, actor=organiser, at=NOW
    ).id


def test_a_movement_that_is_not_installed_is_refused(session: Any) -> None:
    with pytest.raises(MovementGone) as refused:
        make_season("khong-co")
    assert refused.value.movement_id == "khong-co"


def test_every_change_of_a_draft_stands_in_the_trail_with_before_and_after(session: Any) -> None:
    season = make_season(is_open=False)
    db.session.commit()
    service.edit_draft(season, actor=SYSTEM, at=NOW, title="  Đợt   mới ")
    db.session.commit()
    last = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert last is not None
    assert last.detail is not None
    assert season.title == "Đợt mới"
    assert (last.verb, last.season_id) == ("season.edit", season.id)
    assert "Đợt mới" in last.detail.decode()
    assert "Sáng kiến của người lao động, đợt 2026" in last.detail.decode()


def test_saving_nothing_new_leaves_no_trace(session: Any) -> None:
    season = make_season(is_open=False)
    db.session.commit()
    before = _verbs()
    service.edit_draft(season, actor=SYSTEM, at=NOW, title=season.title, milestones={MilestoneKind.COUNCIL: None})
    db.session.commit()
    assert _verbs() == before


def test_a_refused_change_changes_nothing(session: Any) -> None:
    season = make_season(is_open=False)
    with pytest.raises(DatesInWrongOrder):
        service.edit_draft(season, actor=SYSTEM, at=NOW, title="Tên khác", closes_at=season.opens_at)
    assert season.title == "Sáng kiến của người lao động, đợt 2026"


def test_a_draft_saved_elsewhere_is_not_overwritten(session: Any) -> None:
    season = make_season(is_open=False)
    with pytest.raises(SeasonChanged):
        service.edit_draft(season, actor=SYSTEM, at=NOW, revision=season.revision - 1, title="Tên khác")


def test_two_seasons_of_a_year_never_share_the_letters_of_their_codes(session: Any) -> None:
    first, second = make_season(), make_season(is_open=False)
    assert (first.code_prefix, second.code_prefix) == ("LDG", "LDGB")
    with pytest.raises(CodePrefixTaken) as refused:
        service.edit_draft(second, actor=SYSTEM, at=NOW, code_prefix="LDG")
    assert (refused.value.prefix, refused.value.year) == ("LDG", 2026)


def test_milestones_are_set_moved_and_taken_away(session: Any) -> None:
    season = make_season(is_open=False, milestones={MilestoneKind.COUNCIL: NOW + timedelta(days=40)})
    assert [(m.kind, m.at) for m in season.milestones] == [("council", NOW + timedelta(days=40))]
    service.edit_draft(season, actor=SYSTEM, at=NOW, milestones={MilestoneKind.COUNCIL: NOW + timedelta(days=50)})
    assert [m.at for m in season.milestones] == [NOW + timedelta(days=50)]
    service.edit_draft(season, actor=SYSTEM, at=NOW, milestones={MilestoneKind.COUNCIL: None})
    db.session.commit()
    db.session.refresh(season)
    assert season.milestones == []


def test_choices_must_be_ones_that_the_movement_has(session: Any) -> None:
    season = make_season(is_open=False)
    for wrong in (
        {"sheets": {"cham-diem": ["khong-co"]}},
        {"quotas": {"phieu-chung": {"giai-moi": {"quota": 1}}}},
        {"quotas": {"phieu-chung": {"nhat": {"quota": -1}}}},
    ):
        with pytest.raises(ChoiceUnknown):
            service.edit_draft(season, actor=SYSTEM, at=NOW, **wrong)  # type: ignore[typeddict-item]


def test_an_empty_draft_says_all_that_is_missing(session: Any) -> None:
    season = make_season(is_open=False, legal_document="", opens_at=None, closes_at=None, judging_closes_at=None)
    assert [(b.code, b.step) for b in service.blockers(season, at=NOW)] == [
        ("document_missing", "edit_basics"),
        ("opens_missing", "edit_dates"),
        ("closes_missing", "edit_dates"),
        ("judging_closes_missing", "edit_dates"),
    ]
    with pytest.raises(SeasonNotReady) as refused:
        service.open_season(season, actor=SYSTEM, at=NOW)
    assert len(refused.value.blockers) == 4
    assert season.phase == Phase.DRAFT


def test_a_passed_deadline_and_rules_not_yet_in_force_block_the_opening(session: Any) -> None:
    past = make_season(is_open=False)
    assert [b.code for b in service.blockers(past, at=NOW + timedelta(days=30))] == ["closes_passed"]
    first_day = from_local(movement_of_draft("lao-dong-gioi").effective_from)
    early = make_season(is_open=False, opens_at=first_day - timedelta(minutes=1))
    assert [b.code for b in service.blockers(early, at=NOW)] == ["rules_too_new"]


def test_a_draft_whose_plugin_is_gone_says_so(app: Flask, session: Any) -> None:
    season = make_season(is_open=False)
    app.extensions["thidua_registry"] = Registry()
    assert [b.code for b in service.blockers(season, at=NOW)] == ["movement_gone"]
    with pytest.raises(MovementGone):
        rules_of(season)


def test_opening_freezes_exactly_what_the_preview_showed(session: Any) -> None:
    season = make_season(is_open=False, quotas={"phieu-chung": {"nhat": {"quota": 1}}})
    shown = rules_of(season)
    service.open_season(season, actor=SYSTEM, at=NOW)
    db.session.commit()
    assert season.snapshot is not None
    assert season.movement_snapshot is not None
    assert season.phase == Phase.OPEN
    assert season.snapshot.sha256 == shown.digest == digest_of(season.snapshot.canonical)
    assert season.snapshot.canonical == shown.canonical
    assert season.movement_snapshot.canonical == canonical_bytes(movement_of_draft("lao-dong-gioi"))
    assert rules_of(season) is read_rules(season.snapshot.canonical)
    assert [tier.quota for tier in rules_of(season).sheet("cham-diem", "initiative").tiers] == [1, 7, 6, 12]


def test_opening_makes_the_rows_of_the_stages(session: Any) -> None:
    season = make_season()
    db.session.commit()
    db.session.refresh(season)
    assert [(stage.slug, stage.kind, stage.blind) for stage in season.stages] == [
        ("xac-nhan-co-so", "endorse", "open"),
        ("xac-nhan-cap-tren", "endorse", "open"),
        ("kiem-tra", "check", "open"),
        ("cham-diem", "score", "authors"),
        ("hoi-dong", "vote", "open"),
        ("quyet-dinh", "decide", "open"),
    ]
    stage = queries.stage_of(season, "cham-diem")
    assert stage is not None
    assert stage.season_id == season.id


def test_seasons_with_the_same_rules_share_a_snapshot(session: Any) -> None:
    first, second = make_season(), make_season(title="Đợt khác")
    db.session.commit()
    assert first.snapshot_id == second.snapshot_id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RuleSnapshot)) == 2


def test_a_season_is_opened_once(session: Any) -> None:
    season = make_season()
    with pytest.raises(WrongPhase):
        service.open_season(season, actor=SYSTEM, at=NOW)
    with pytest.raises(WrongPhase):
        service.edit_draft(season, actor=SYSTEM, at=NOW, title="Tên khác")


def test_frozen_rules_outlive_the_plugin(app: Flask, session: Any) -> None:
    season = make_season("tham-muu-gioi")
    db.session.commit()
    app.extensions["thidua_registry"] = Registry()
    read_rules.cache_clear()
    rules = rules_of(season)
    assert rules.movement.id == "tham-muu-gioi"
    assert [stage.id for stage in rules.score_stages()] == ["cham-diem"]
    assert rules.sheet("cham-diem", "person").id == "ca-nhan"
    assert rules.sheet("cham-diem", "collective").id == "tap-the"
    with pytest.raises(ChoiceUnknown):
        rules.sheet("cham-diem", "initiative")


def test_a_changed_snapshot_is_noticed(session: Any) -> None:
    season = make_season()
    assert season.snapshot is not None
    db.session.commit()
    forged = season.snapshot.canonical.replace(b'"quota":"3"', b'"quota":"9"', 1)
    sa.orm.attributes.set_committed_value(season.snapshot, "canonical", forged)
    with pytest.raises(FrozenRulesDamaged):
        rules_of(season)


def test_a_season_like_last_years_keeps_choices_and_moves_its_dates(session: Any) -> None:
    council = datetime(2026, 6, 20, 10, 0, tzinfo=UTC)
    quotas = {"phieu-chung": {"nhat": {"quota": 1}}}
    earlier = make_season(quotas=quotas, code_prefix="LDST", milestones={MilestoneKind.COUNCIL: council})
    season = service.copy_season(earlier, owner_unit=earlier.owner_unit, year=2027, actor=SYSTEM, at=NOW)
    assert (season.title, season.year, season.code_prefix) == ("Sáng kiến của người lao động, đợt 2027", 2027, "LDST")
    assert season.closes_at == datetime(2027, 5, 15, 10, 0, tzinfo=UTC)
    assert [(m.kind, m.at) for m in season.milestones] == [("council", council.replace(year=2027))]
    assert season.choices["quotas"] == quotas
    assert (season.legal_document, season.phase) == ("", Phase.DRAFT)


def test_an_extension_moves_the_deadline_and_keeps_its_grounds(session: Any) -> None:
    season = make_season()
    service.extend_deadline(
        season, closes_at=LATER, reason="Mưa lũ", document="Công văn 45/CV-LĐLĐ", actor=SYSTEM, at=NOW
    )
    db.session.commit()
    db.session.refresh(season)
    assert season.closes_at == LATER
    assert [(m.kind, m.title, m.note, m.at) for m in queries.extensions_of(season)] == [
        ("extension-1", "Công văn 45/CV-LĐLĐ", "Mưa lũ", LATER)
    ]
    assert _verbs()[-1] == "season.extend"
    assert [step.kind for step in queries.timeline(season, NOW)] == ["opens", "extension", "closes", "judging"]


def test_an_extension_needs_grounds_and_a_later_day(session: Any) -> None:
    season = make_season()
    good = {"closes_at": LATER, "reason": "Mưa lũ", "document": "Công văn 45", "actor": SYSTEM, "at": NOW}
    for change, refusal in (
        ({"reason": " "}, ReasonMissing),
        ({"document": ""}, DocumentMissing),
        ({"closes_at": season.closes_at}, ExtensionNotLater),
        ({"closes_at": datetime(2026, 6, 10, 10, 0, tzinfo=UTC)}, JudgingEndsTooEarly),
        ({"at": LATER}, ExtensionNotLater),
    ):
        with pytest.raises(refusal):
            service.extend_deadline(season, **(good | change))
    service.move(season, "start_judging", actor=SYSTEM, at=NOW)
    with pytest.raises(WrongPhase):
        service.extend_deadline(season, **good)


def test_a_later_step_can_be_moved_but_not_before_the_deadline(session: Any) -> None:
    season = make_season(milestones={MilestoneKind.COUNCIL: datetime(2026, 6, 20, 10, 0, tzinfo=UTC)})
    service.move_milestone(season, "judging", to=datetime(2026, 6, 12, 10, 0, tzinfo=UTC), actor=SYSTEM, at=NOW)
    service.move_milestone(season, "council", to=datetime(2026, 6, 22, 10, 0, tzinfo=UTC), actor=SYSTEM, at=NOW)
    db.session.commit()
    assert [(step.kind, step.at.day) for step in queries.timeline(season, NOW)][-2:] == [
        ("judging", 12),
        ("council", 22),
    ]
    with pytest.raises(MilestoneTooEarly):
        service.move_milestone(season, "council", to=NOW, actor=SYSTEM, at=NOW)
    with pytest.raises(JudgingEndsTooEarly):
        service.move_milestone(season, "judging", to=NOW, actor=SYSTEM, at=NOW)


def test_the_verbs_of_later_rooms_move_the_season_and_leave_a_trace(session: Any) -> None:
    season = make_season()
    for verb in ("start_judging", "close_judging", "decide", "publish"):
        service.move(season, verb, actor=SYSTEM, at=LATER)
    db.session.commit()
    assert (season.phase, season.judging_closed_at, season.published_at) == (Phase.PUBLISHED, LATER, LATER)
    assert _verbs()[-4:] == ["season.start_judging", "season.close_judging", "season.decide", "season.publish"]
    with pytest.raises(WrongPhase):
        service.move(season, "start_judging", actor=SYSTEM, at=LATER)


def test_accepting_seasons_are_those_between_their_dates(session: Any) -> None:
    season = make_season()
    make_season(is_open=False)
    assert season.opens_at is not None
    assert season.closes_at is not None
    assert list(queries.accepting(season.closes_at)) == [season]
    assert list(queries.accepting(season.closes_at + timedelta(microseconds=1))) == []
    assert list(queries.accepting(season.opens_at - timedelta(microseconds=1))) == []


def test_clause_and_predicate_of_owner_say_the_same(session: Any) -> None:
    from core.accounts import policy

    province, other = make_unit("LĐLĐ tỉnh Lai Châu"), make_unit("LĐLĐ tỉnh khác")
    below = make_unit("Công đoàn xã Tân Uyên", province)
    seasons = [make_season(owner_unit=unit, is_open=is_open) for unit in (province, other, below) for is_open in (0, 1)]
    for actor in (
        _actor(Role.ORGANISER, province), _actor(Role.ORGANISER, below), _actor(Role.OFFICER, province),
        _actor(Role.ORGANISER, other),
    ):  # fmt: skip
        for verb in ("season.read", "season.manage", "season.edit", "season.extend"):
            found = set(db.session.scalars(policy.visible(actor, Season, verb)).unique())
            assert found == {season for season in seasons if policy.allows(actor, verb, season)}
