"""Judging, verb by verb, on both databases."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from core.accounts import policy
from core.accounts.rules import Role
from core.audit.models import AuditEvent
from core.db import canonical_json
from core.entries.models import Authorship, Entry, EntryStep
from core.entries.rules import StaleRevision, State, Subject
from core.extensions import db
from core.judging import queries, service
from core.judging.models import Assignment, Mark, Ranking, Score, Scoresheet
from core.judging.rules import (
    JudgeAlreadyOnPanel,
    JudgeHasSheets,
    JudgeRecused,
    JudgingDeadlinePassed,
    NoPlan,
    NotAJudge,
    NothingReceived,
    PlanChanged,
    ReasonNeeded,
    RecusalReason,
    SameUnit,
    SheetAlreadyExists,
    SheetAlreadySealed,
    SheetIncomplete,
    SheetNotFinished,
    SheetsMissing,
    SheetStatus,
)
from core.judging.service import MarkTyped
from core.matching import Infeasible, Rules, digest_of, seed_of
from core.seasons.rules import Phase
from core.web.sentences import say
from tests import makers
from tests.conftest import NOW
from tests.judging.makers import INITIATIVE, PERSON, Scene, acting, make_received, make_scene

FULL = {"moi": "24", "ap-dung": "20,5", "hieu-qua": "30"}
pytestmark = pytest.mark.usefixtures("session")


def begin(scene: Scene) -> list:
    """Assign every entry to every judge and start judging; return the seats."""
    organiser = acting(scene.organiser)
    panel = makers.make_panel(scene.stage)
    seats = [makers.make_judge(panel, account) for account in scene.judges]
    for entry in scene.entries:
        for seat in seats:
            service.assign(entry, seat, scene.stage, actor=organiser, at=NOW)
    service.start_judging(scene.season, actor=organiser, at=NOW)
    db.session.commit()
    return seats


def fill(scene: Scene, entry: Entry, seat, **points: str) -> Scoresheet:
    """Fill and finish a sheet of a judge."""
    sheet = service.open_sheet(entry, scene.stage, judge=seat, actor=acting(seat.account), at=NOW)
    marks = {
        "moi": MarkTyped(Decimal(points.get("moi", "24")), "cao", "Mới trong tỉnh."),
        "ap-dung": MarkTyped(Decimal(points.get("ap", "20.5"))),
        "hieu-qua": MarkTyped(Decimal(points.get("hq", "30"))),
    }
    service.save_marks(sheet, marks, revision=sheet.revision, received_at=NOW)
    service.finish(sheet, at=NOW)
    return sheet


def seal_everything(scene: Scene, seats, totals: dict[int, tuple[str, str]] | None = None) -> None:
    for number, entry in enumerate(scene.entries):
        for place, seat in enumerate(seats):
            hq = (totals or {}).get(number, ("30", "30"))[place]
            service.seal(fill(scene, entry, seat, hq=hq), actor=acting(seat.account), at=NOW)
    db.session.commit()


# --- Panels and conflicts -----------------------------------------------------------------------------------------


def test_panel_takes_only_accounts_with_the_role_and_each_person_once():
    scene = make_scene()
    organiser = acting(scene.organiser)
    panel = service.create_panel(scene.stage, title=" Tổ  kỹ thuật ", actor=organiser, at=NOW)
    judge = service.add_judge(panel, scene.judges[0], is_chair=True, actor=organiser, at=NOW)
    assert (panel.title, judge.is_chair) == ("Tổ kỹ thuật", True)
    with pytest.raises(JudgeAlreadyOnPanel):
        service.add_judge(panel, scene.judges[0], actor=organiser, at=NOW)
    with pytest.raises(NotAJudge):
        service.add_judge(panel, scene.organiser, actor=organiser, at=NOW)


def test_panel_has_one_chair():
    scene = make_scene()
    organiser = acting(scene.organiser)
    panel = service.create_panel(scene.stage, title="Tổ", actor=organiser, at=NOW)
    first, second = (service.add_judge(panel, one, is_chair=True, actor=organiser, at=NOW) for one in scene.judges)
    db.session.refresh(panel)
    service.make_chair(second, actor=organiser, at=NOW)
    assert (first.is_chair, second.is_chair) == (False, True)


def test_judge_of_an_authors_own_unit_is_refused():
    scene = make_scene(entries=0)
    entry = make_received(scene.season, scene.factory, makers.make_person("Lò Thị Mai", scene.school))
    seat = makers.make_judge(makers.make_panel(scene.stage), scene.judges[0])
    with pytest.raises(SameUnit) as refusal:
        service.assign(entry, seat, scene.stage, actor=acting(scene.organiser), at=NOW)
    assert (refusal.value.judge, refusal.value.on_line) == ("Vũ Thị Hà", False)


def test_units_on_one_line_are_tied_up_to_the_unit_that_runs_the_season():
    scene = make_scene(entries=0)
    commune = makers.make_unit("Công đoàn xã", scene.province)
    workshop = makers.make_unit("CĐCS Xưởng", commune)
    entry = make_received(scene.season, workshop)
    above = makers.make_person("Người xã", commune)
    province = makers.make_person("Người tỉnh", scene.province)
    tie = service.derived_conflicts(entry, above)
    assert (tie.reason, tie.on_line) == (RecusalReason.SAME_UNIT, True)
    assert service.derived_conflicts(entry, province) is None


@pytest.mark.parametrize("tie", ["author", "endorser"])
def test_authors_and_endorsers_never_judge(tie):
    scene = make_scene(entries=1)
    entry, judge = scene.entries[0], scene.judges[0]
    if tie == "author":
        entry.authorships[0].share = Decimal(60)
        entry.authorships.append(
            Authorship(
                entry_id=entry.id, person_id=judge.person_id, position=1, full_name="Vũ Thị Hà", share=Decimal(40)
            )
        )
    else:
        db.session.add(
            EntryStep(entry_id=entry.id, at=NOW, verb="endorse", from_state=State.SUBMITTED, to_state=State.ENDORSED,
                      actor_id=judge.id)
        )  # fmt: skip
    db.session.flush()
    seat = makers.make_judge(makers.make_panel(scene.stage), judge)
    with pytest.raises(JudgeRecused) as refusal:
        service.assign(entry, seat, scene.stage, actor=acting(scene.organiser), at=NOW)
    assert refusal.value.reason == tie


def test_recusal_after_sealing_voids_the_sheet_and_hides_the_entry_from_the_judge():
    scene = make_scene(entries=1)
    entry = scene.entries[0]
    seat, _ = begin(scene)
    judge = acting(seat.account)
    sheet = fill(scene, entry, seat)
    service.seal(sheet, actor=judge, at=NOW)
    assert policy.sees(judge, entry) is True
    service.recuse(entry, seat.person, reason=RecusalReason.RELATIVE, actor=judge, at=NOW)
    db.session.commit()
    assert (sheet.status, sheet.void_reason, len(sheet.marks)) == (SheetStatus.VOID, "recused:relative", 3)
    assert policy.sees(judge, entry) is False
    assert policy.sees(judge, sheet) is False
    assert db.session.scalars(policy.visible(judge, Entry)).all() == []
    assert queries.queue_of(judge) == []
    with pytest.raises(JudgeRecused):
        service.assign(entry, seat, scene.stage, actor=acting(scene.organiser), at=NOW)


def test_declared_people_and_units_recuse_from_all_their_entries():
    scene = make_scene(entries=1)
    other = make_received(scene.season, makers.make_unit("CĐCS Thủy điện", scene.province))
    scene.entries.append(other)
    seat, _ = begin(scene)
    made = service.declare([seat], people=[], units=[scene.factory.id], actor=acting(seat.account), at=NOW)
    assert [row.entry_id for row in made] == [scene.entries[0].id]
    assert [item.entry.id for item in queries.queue_of(acting(seat.account))] == [other.id]


# --- Assignment ---------------------------------------------------------------------------------------------------


MIXED = Rules(2, apart=False)
"""The judges of the scene are of one school."""


def _three_seats(scene):
    panel = makers.make_panel(scene.stage)
    return [makers.make_judge(panel, account) for account in scene.judges]


def test_plan_keeps_what_is_there_balances_and_stores_reason_number_and_seed():
    scene = make_scene(judges=3, entries=5)
    seats = _three_seats(scene)
    kept = makers.make_assignment(scene.entries[0], seats[2], reason="Giao bằng tay")
    organiser = acting(scene.organiser)
    plan = service.apply_plan(scene.stage, MIXED, public_number="27385", actor=organiser, at=NOW)
    db.session.commit()
    rows = queries.live_assignments(scene.stage)
    assert (len(rows), len(plan.added), plan.withdrawn) == (10, 9, ())
    assert sorted(plan.answer.loads.values()) == [3, 3, 4]
    assert kept in rows
    assert {row.reason for row in rows if row is not kept} == {
        f"Chia đều: giữ {n} hồ sơ, các giám khảo giữ 3–4" for n in (3, 4)
    }
    seed = seed_of(digest_of(entry.code for entry in scene.entries), "27385")
    (event,) = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.verb == "judging.plan"))
    told = json.loads(event.detail)["after"]
    assert (told["public_number"], told["seed"], told["added"]) == ("27385", seed, 9)
    again = service.apply_plan(scene.stage, MIXED, public_number="1", actor=organiser, at=NOW)
    assert (again.added, again.withdrawn) == ([], ())


def test_plan_takes_back_a_pair_that_became_a_conflict_but_not_one_with_a_sheet():
    scene = make_scene(judges=3, entries=1)
    seats = _three_seats(scene)
    entry = scene.entries[0]
    for seat in seats:
        makers.make_assignment(entry, seat)
    service.start_judging(scene.season, actor=acting(scene.organiser), at=NOW)
    service.open_sheet(entry, scene.stage, judge=seats[1], actor=acting(seats[1].account), at=NOW)
    made = service.apply_plan(scene.stage, MIXED, actor=acting(scene.organiser), at=NOW)
    stay = {row.judge_id for row in queries.live_assignments(scene.stage)}
    assert (made.added, len(made.withdrawn), seats[1].id in stay, len(stay)) == ([], 1, True, 2)


def test_plan_that_cannot_be_is_refused_and_changes_nothing():
    scene = make_scene(judges=3, entries=2)
    _three_seats(scene)
    with pytest.raises(NoPlan) as refused:
        service.apply_plan(scene.stage, Rules(4, apart=False), actor=acting(scene.organiser), at=NOW)
    assert (refused.value.facts, queries.live_assignments(scene.stage)) == ({"sets": 2}, [])


def test_plan_puts_no_two_judges_of_one_unit_together_but_those_of_the_organising_one():
    scene = make_scene(judges=3, entries=2)
    seats = _three_seats(scene)
    assert isinstance(service.propose(scene.stage, Rules(2)).answer, Infeasible)
    for seat in seats[:2]:
        seat.person.membership.unit = scene.province
    db.session.flush()
    assert len(service.propose(scene.stage, Rules(3)).added) == 6


def test_plan_that_is_no_longer_the_one_shown_is_refused():
    scene = make_scene(judges=3, entries=2)
    _three_seats(scene)
    shown = service.propose(scene.stage, MIXED).fingerprint
    scene.entries.append(make_received(scene.season, scene.factory))
    with pytest.raises(PlanChanged):
        service.apply_plan(scene.stage, MIXED, shown=shown, actor=acting(scene.organiser), at=NOW)


def test_withdrawn_pair_can_be_given_again():
    scene = make_scene(entries=1)
    seat = makers.make_judge(makers.make_panel(scene.stage), scene.judges[0])
    organiser = acting(scene.organiser)
    first = service.assign(scene.entries[0], seat, scene.stage, actor=organiser, at=NOW)
    service.unassign(first, actor=organiser, at=NOW)
    assert queries.live_assignments(scene.stage) == []
    assert service.assign(scene.entries[0], seat, scene.stage, actor=organiser, at=NOW) is first
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Assignment)) == 1


def test_judging_starts_with_received_entries_and_draws_codes():
    scene = make_scene(entries=3)
    assert service.start_judging(scene.season, actor=acting(scene.organiser), at=NOW) == 3
    db.session.commit()
    codes = {entry.judging_code for entry in scene.entries}
    assert (scene.season.phase, len(codes)) == (Phase.JUDGING, 3)
    assert {entry.state for entry in scene.entries} == {State.IN_JUDGING}
    assert all(code.startswith("GK-26-") for code in codes)


def test_judging_needs_a_received_entry():
    scene = make_scene(entries=0)
    with pytest.raises(NothingReceived):
        service.start_judging(scene.season, actor=acting(scene.organiser), at=NOW)


# --- Sheets -------------------------------------------------------------------------------------------------------


def test_second_sheet_by_the_same_judge_is_refused_by_the_verb_and_by_the_database():
    scene = make_scene(entries=1)
    seat, _ = begin(scene)
    sheet = service.open_sheet(scene.entries[0], scene.stage, judge=seat, actor=acting(seat.account), at=NOW)
    with pytest.raises(SheetAlreadyExists) as refusal:
        service.open_sheet(scene.entries[0], scene.stage, judge=seat, actor=acting(seat.account), at=NOW)
    assert say(refusal.value) == "Hồ sơ này đã có một phiếu chấm của cùng người chấm. Mở phiếu đó để chấm tiếp."
    db.session.add(
        Scoresheet(
            public_id="x", entry_id=sheet.entry_id, stage_id=sheet.stage_id, sheet_slug="phieu",
            column_slug="giam-khao", filler_id=sheet.filler_id, created_at=NOW, saved_at=NOW,
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_saving_keeps_incomplete_marks_and_refuses_an_old_revision():
    scene = make_scene(entries=1)
    seat, _ = begin(scene)
    sheet = service.open_sheet(scene.entries[0], scene.stage, judge=seat, actor=acting(seat.account), at=NOW)
    before = sheet.revision
    service.save_marks(sheet, {"ap-dung": MarkTyped(Decimal("12.5"))}, revision=before, received_at=NOW)
    assert [(mark.criterion, mark.points) for mark in sheet.marks] == [("ap-dung", Decimal("12.5"))]
    assert sheet.revision == before + 1
    with pytest.raises(StaleRevision):
        service.save_marks(sheet, {}, revision=before, received_at=NOW)
    with pytest.raises(SheetIncomplete) as refusal:
        service.finish(sheet, at=NOW)
    assert refusal.value.problems == ("mark_missing:moi", "mark_missing:hieu-qua")


def test_mark_above_its_maximum_keeps_a_sheet_from_being_finished():
    scene = make_scene(entries=1)
    seat, _ = begin(scene)
    with pytest.raises(SheetIncomplete) as refusal:
        fill(scene, scene.entries[0], seat, ap="30.5")
    assert refusal.value.problems == ("mark_out_of_range:ap-dung",)


def test_finished_sheet_that_loses_a_mark_is_open_again():
    scene = make_scene(entries=1)
    seat, _ = begin(scene)
    sheet = fill(scene, scene.entries[0], seat)
    service.save_marks(sheet, {"ap-dung": MarkTyped()}, revision=sheet.revision, received_at=NOW)
    assert (sheet.status, sheet.finished_at) == (SheetStatus.OPEN, None)


def test_finished_sheet_does_not_change_after_the_deadline_of_judging():
    scene = make_scene(entries=1)
    seat, _ = begin(scene)
    sheet = fill(scene, scene.entries[0], seat)
    late = scene.season.judging_closes_at.replace(second=1)
    with pytest.raises(JudgingDeadlinePassed):
        service.save_marks(sheet, {}, revision=sheet.revision, received_at=late)
    assert service.seal_finished_at_deadline(scene.season, actor=acting(scene.organiser), at=late) == 1
    assert sheet.status == SheetStatus.SEALED


def test_sealed_sheet_refuses_new_marks_from_the_verb_and_from_the_database():
    scene = make_scene(entries=1)
    seat, _ = begin(scene)
    sheet = fill(scene, scene.entries[0], seat)
    service.seal(sheet, actor=acting(seat.account), at=NOW)
    db.session.commit()
    with pytest.raises(SheetAlreadySealed):
        service.save_marks(sheet, {"moi": MarkTyped(Decimal(1), "vua")}, revision=sheet.revision, received_at=NOW)
    with pytest.raises(IntegrityError):
        db.session.execute(sa.text("UPDATE mark SET points = 0"))
    db.session.rollback()


def test_only_finished_sheets_are_sealed_and_a_round_seals_them_all():
    scene = make_scene(entries=3)
    seat, _ = begin(scene)
    judge = acting(seat.account)
    unfinished = service.open_sheet(scene.entries[2], scene.stage, judge=seat, actor=judge, at=NOW)
    with pytest.raises(SheetNotFinished):
        service.seal(unfinished, actor=judge, at=NOW)
    sheets = [fill(scene, entry, seat) for entry in scene.entries[:2]]
    assert service.seal_round(scene.stage, actor=judge, at=NOW) == 2
    assert [sheet.status for sheet in [*sheets, unfinished]] == ["sealed", "sealed", "open"]
    db.session.commit()


def test_reopened_sheet_is_a_new_version_with_the_old_marks():
    scene = make_scene(entries=1)
    seat, _ = begin(scene)
    sheet = fill(scene, scene.entries[0], seat)
    service.seal(sheet, actor=acting(seat.account), at=NOW)
    with pytest.raises(ReasonNeeded):
        service.reopen_sheet(sheet, reason=" ", actor=acting(scene.organiser), at=NOW)
    fresh = service.reopen_sheet(sheet, reason="Nhầm dòng", actor=acting(scene.organiser), at=NOW)
    db.session.commit()
    assert (sheet.status, sheet.void_reason) == (SheetStatus.VOID, "Nhầm dòng")
    assert (fresh.version, fresh.status) == (2, SheetStatus.OPEN)
    assert [mark.points for mark in fresh.marks] == [mark.points for mark in sheet.marks]


def test_judge_with_a_sealed_sheet_cannot_leave_nor_lose_the_entry():
    scene = make_scene(entries=1)
    seat, other = begin(scene)
    service.seal(fill(scene, scene.entries[0], seat), actor=acting(seat.account), at=NOW)
    begun = fill(scene, scene.entries[0], other)
    organiser = acting(scene.organiser)
    with pytest.raises(JudgeHasSheets):
        service.remove_judge(seat, actor=organiser, at=NOW)
    with pytest.raises(SheetAlreadySealed):
        service.unassign(queries.assignment_of(scene.entries[0], seat), actor=organiser, at=NOW)
    service.remove_judge(other, actor=organiser, at=NOW)
    db.session.commit()
    assert (begun.status, other.left_at) == (SheetStatus.VOID, NOW)


def test_queue_is_in_an_order_of_the_judges_own():
    scene = make_scene(entries=6)
    seats = begin(scene)
    orders = [[item.entry.code for item in queries.queue_of(acting(seat.account))] for seat in seats]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]
    assert orders[0] == [item.entry.code for item in queries.queue_of(acting(seats[0].account))]


# --- Blindness ----------------------------------------------------------------------------------------------------


def test_blind_judge_reads_content_and_not_identity_an_open_one_both():
    scene = make_scene(entries=1)
    seat, _ = begin(scene)
    judge = acting(seat.account)
    assert policy.fields(judge, scene.entries[0]) == frozenset({"content", "files", "confidential"})
    scene.stage.blind = "open"
    db.session.flush()
    assert policy.fields(judge, scene.entries[0]) == frozenset({"content", "files", "confidential", "identity"})


def test_clauses_and_predicates_of_the_relations_agree():
    scene = make_scene(entries=3)
    seat, _ = begin(scene)
    fill(scene, scene.entries[0], seat)
    service.recuse(scene.entries[1], seat.person, reason=RecusalReason.OTHER, actor=acting(seat.account), at=NOW)
    people = [*scene.judges, scene.organiser, makers.make_account(scene.entries[0].owner)]
    for kind, names in ((Entry, ("assigned", "assigned_openly", "self_filler")), (Scoresheet, ("filler",))):
        for name in names:
            clause, holds = policy.relations(kind)[name]
            for account in people:
                actor = acting(account)
                by_sql = set(db.session.scalars(sa.select(kind.id).where(clause(actor, Role.JUDGE))))
                by_python = {row.id for row in db.session.scalars(sa.select(kind)) if holds(actor, Role.JUDGE, row)}
                assert by_sql == by_python, (name, actor.name)


# --- Closing, ranking, verification -------------------------------------------------------------------------------


def test_closing_needs_every_sheet_sealed():
    scene = make_scene(entries=2)
    seats = begin(scene)
    service.seal(fill(scene, scene.entries[0], seats[0]), actor=acting(seats[0].account), at=NOW)
    with pytest.raises(SheetsMissing) as refusal:
        service.close_judging(scene.season, actor=acting(scene.organiser), at=NOW)
    assert refusal.value.count == 3


def test_closing_stores_scores_with_their_inputs_and_a_ranking_with_ties():
    scene = make_scene(entries=3)
    seats = begin(scene)
    seal_everything(scene, seats, {0: ("30", "30"), 1: ("29", "31"), 2: ("10", "11")})
    assert service.close_judging(scene.season, actor=acting(scene.organiser), at=NOW) == 3
    db.session.commit()
    scores = {row.entry_id: row for row in db.session.scalars(sa.select(Score))}
    first, second, third = (scores[entry.id] for entry in scene.entries)
    assert (first.status, first.total, first.band) == ("passed", Decimal("74.5"), "b")
    assert (third.status, third.total, third.band) == ("passed", Decimal(55), "b")
    assert [sheet["marks"]["ap-dung"]["points"] for sheet in first.inputs["sheets"]] == ["20.5", "20.5"]
    ranking = db.session.scalar(sa.select(Ranking)).result
    places = [ranking["entries"][entry.public_id] for entry in scene.entries]
    assert [place["rank"] for place in places] == [1, 1, 3]
    assert places[0] == {"rank": 1, "tier": None, "reasons": ["tied", "quota_tie:nhat"]}
    assert places[2]["reasons"] == ["waits_for_tie"]
    assert second.total == first.total
    assert {entry.state for entry in scene.entries} == {State.SCORED}
    assert scene.season.phase == Phase.RANKED
    assert service.recompute(scene.season) == []


def test_closing_with_missing_sheets_allowed_stores_entries_that_cannot_be_scored():
    scene = make_scene(entries=1)
    seats = begin(scene)
    service.seal(fill(scene, scene.entries[0], seats[0]), actor=acting(seats[0].account), at=NOW)
    service.close_judging(scene.season, actor=acting(scene.organiser), at=NOW, allow_missing=True)
    db.session.commit()
    score = db.session.scalar(sa.select(Score))
    assert (score.status, score.total, score.result["reasons"]) == ("unscored", None, ["too_few_sheets:giam-khao"])
    assert service.recompute(scene.season) == []


def test_reopened_judging_keeps_old_results_on_record_and_counts_new_ones():
    scene = make_scene(entries=1)
    seats = begin(scene)
    seal_everything(scene, seats)
    organiser = acting(scene.organiser)
    service.close_judging(scene.season, actor=organiser, at=NOW)
    service.reopen_judging(scene.season, reason="Thiếu một phiếu", actor=organiser, at=NOW)
    assert (scene.entries[0].state, scene.season.phase) == (State.IN_JUDGING, Phase.JUDGING)
    old = queries.sheet_of(scene.entries[0], scene.stage, "giam-khao", seats[0].account_id)
    fresh = service.reopen_sheet(old, reason="Nhầm", actor=organiser, at=NOW)
    marks = {"hieu-qua": MarkTyped(Decimal(40), None, "Rất tốt.")}
    service.save_marks(fresh, marks, revision=fresh.revision, received_at=NOW)
    service.finish(fresh, at=NOW)
    service.seal(fresh, actor=acting(seats[0].account), at=NOW)
    service.close_judging(scene.season, actor=organiser, at=NOW)
    db.session.commit()
    rows = db.session.scalars(sa.select(Score).order_by(Score.version)).all()
    assert [(row.version, row.is_current, row.total) for row in rows] == [
        (1, False, Decimal("74.5")), (2, True, Decimal("79.5"))
    ]  # fmt: skip
    assert service.recompute(scene.season) == []


def closed_scene() -> Scene:
    scene = make_scene(entries=1)
    seal_everything(scene, begin(scene))
    service.close_judging(scene.season, actor=acting(scene.organiser), at=NOW)
    db.session.commit()
    return scene


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("UPDATE score SET total = 99000000", ["columns_differ"]),
        ("UPDATE score SET engine = '0'", ["rules_differ"]),
        ("UPDATE score SET inputs_sha256 = 'x'", ["inputs_changed"]),
        ("DELETE FROM score", ["score_missing", "ranking_scores_differ"]),
        ("DELETE FROM ranking", ["ranking_missing"]),
        ("UPDATE ranking SET rules_sha256 = 'x'", ["ranking_rules_differ"]),
    ],
)
def test_tampered_results_do_not_recompute(statement, codes):
    scene = closed_scene()
    db.session.execute(sa.text(statement))
    db.session.expire_all()
    assert [one.code for one in service.recompute(scene.season)] == codes


def test_tampered_bytes_of_a_score_do_not_recompute():
    scene = closed_scene()
    score = db.session.scalar(sa.select(Score))
    forged = canonical_json({**score.result, "total": "99"})
    db.session.execute(sa.text("UPDATE score SET result = :bytes"), {"bytes": forged})
    found = service.recompute(scene.season)
    assert [(one.code, one.facts) for one in found] == [("result_differs", {"stored": "99", "computed": "74.5"})]


def test_tampered_mark_shows_as_a_difference_between_sheets_and_inputs():
    scene = closed_scene()
    drop = {
        "sqlite": ["DROP TRIGGER trg_mark_no_update"],
        "postgresql": ["ALTER TABLE mark DISABLE TRIGGER ALL"],
    }[db.engine.dialect.name]
    for statement in drop:
        db.session.execute(sa.text(statement))
    db.session.execute(sa.text("UPDATE mark SET points = 10000000 WHERE criterion = 'hieu-qua'"))
    db.session.expire_all()
    assert [one.code for one in service.recompute(scene.season)] == ["sheets_differ", "ranking_scores_differ"]


# --- Columns of nominee and unit ----------------------------------------------------------------------------------


def test_three_columns_are_filled_by_three_people_and_the_official_one_decides():
    scene = make_scene(judges=1, toml=PERSON)
    nominee = makers.make_person("Lý Văn Bình", scene.factory)
    busy = makers.make_person("Phàn Thị Sáu", scene.factory)
    entry, other = (
        make_received(scene.season, scene.factory, one, subject=Subject.PERSON, nominee_id=one.id)
        for one in (nominee, busy)
    )
    organiser = acting(scene.organiser)
    from core.entries import service as entries

    for one, count in ((entry, "10"), (other, "20")):
        entries.set_fact(one, "so-viec", count, actor=organiser, at=NOW)
    entries.set_fact(entry, "tre-han", "2", actor=organiser, at=NOW)
    scene.entries = [entry, other]
    own = acting(makers.make_account(nominee))
    officer = acting(makers.make_account(makers.make_person("Cán bộ", scene.factory), (Role.OFFICER, scene.factory)))
    assert policy.allows(own, "sheet.fill", entry) is True
    assert policy.allows(own, "sheet.fill", other) is False
    assert policy.allows(officer, "sheet.fill", entry) is True
    marks = {"A": MarkTyped(Decimal(40)), "B": MarkTyped(Decimal(40))}
    for by, actor in (("self", own), ("unit", officer)):
        sheet = service.open_sheet(entry, scene.stage, by=by, actor=actor, at=NOW)
        service.save_marks(sheet, marks, revision=sheet.revision, received_at=NOW)
        service.finish(sheet, at=NOW)
        service.seal(sheet, actor=actor, at=NOW)
    with pytest.raises(SheetAlreadyExists):
        service.open_sheet(entry, scene.stage, by="unit", actor=organiser, at=NOW)
    (seat,) = begin(scene)
    for one in scene.entries:
        sheet = service.open_sheet(one, scene.stage, judge=seat, actor=acting(seat.account), at=NOW)
        service.save_marks(sheet, {"A": MarkTyped(Decimal(30)), "B": MarkTyped(Decimal(30))},
                           revision=sheet.revision, received_at=NOW)  # fmt: skip
        service.finish(sheet, at=NOW)
        service.seal(sheet, actor=acting(seat.account), at=NOW)
    service.close_judging(scene.season, actor=organiser, at=NOW)
    db.session.commit()
    score = db.session.scalar(sa.select(Score).where(Score.entry_id == entry.id))
    # 30 − 2 for late tasks, 30, and 20 × 10 ÷ 20 of the season's most.
    assert score.total == Decimal(68)
    assert score.result["columns"] == {"tu": "88", "don-vi": "88", "hoi-dong": "68"}
    assert score.inputs["facts"] == {"tre-han": "2", "so-viec": "10", "so-viec.max": "20"}
    assert service.recompute(scene.season) == []
    assert INITIATIVE != PERSON
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Mark)) == 8


def test_what_was_declared_holds_for_entries_assigned_later():
    scene = make_scene(entries=1)
    other = make_received(scene.season, makers.make_unit("CĐCS Thủy điện", scene.province))
    seat, _ = begin(scene)
    made = service.declare([seat], people=[], units=[other.unit_id], actor=acting(seat.account), at=NOW)
    assert [row.entry_id for row in made] == [other.id]
