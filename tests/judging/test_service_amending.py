"""Amending the rules of a running season: what it reaches, what it refuses, what stays; on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from core.accounts import policy
from core.audit import service as audit
from core.audit.models import AuditEvent
from core.entries.models import Entry
from core.extensions import db
from core.judging import queries, service
from core.judging.amending import amend, impact_of
from core.judging.inputs import entry_rules
from core.judging.models import KeptRules, Ranking, Score
from core.judging.rules import AmendmentRefused, SheetStatus
from core.scoring.movement import Movement
from core.scoring.reading import read_toml
from core.seasons import amending
from core.seasons.amending import Grounds, Proposal
from core.seasons.frozen import rules_of
from core.seasons.models import Amendment, RuleSnapshot
from core.seasons.rules import (
    DecidedInFuture,
    GroundsMissing,
    NothingAmended,
    Phase,
    RulesNotInForce,
    RulesNotNewer,
    Scope,
    SeasonChanged,
    WrongPhase,
)
from tests.conftest import NOW
from tests.judging.makers import INITIATIVE, Scene, acting, make_scene
from tests.judging.test_service import begin, fill, seal_everything

pytestmark = pytest.mark.usefixtures("session")

ALL, NEW_ONLY = Scope.RESCORE_ALL, Scope.NOT_YET_SCORED
MORE_PRIZES = {"phieu": {"nhi": {"quota": 2}}}


def version(*changes: tuple[str, str], number: int = 2) -> Movement:
    """The movement of the scene in a later version, with parts of its text replaced."""
    text = INITIATIVE.replace("rules_version = 1", f"rules_version = {number}")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return read_toml(text.encode()).require("mau.toml")


def grounds(scope: Scope = ALL, **more: Any) -> Grounds:
    given = {"decision_number": "15/QĐ-LĐLĐ", "decided_on": date(2026, 5, 4), "reason": "Thêm giải cho cơ sở"} | more
    return Grounds(scope=scope, **given)


def propose(scene: Scene, *changes: tuple[str, str], **more: Any) -> Proposal:
    return amending.propose(scene.season, movement=version(*changes) if changes else None, **more)


def done(scene: Scene, proposal: Proposal, scope: Scope = ALL) -> Amendment:
    made = amend(scene.season, proposal, grounds(scope), actor=acting(scene.organiser), at=NOW)
    db.session.commit()
    return made


def codes(scene: Scene, proposal: Proposal, scope: Scope = ALL) -> list[str]:
    return [one.code for one in impact_of(scene.season, proposal, scope).obstacles]


def judged(*, entries: int = 2) -> tuple[Scene, list]:
    """A season being judged in which the sheets of the first entry are sealed."""
    scene = make_scene(entries=entries)
    seats = begin(scene)
    for seat in seats:
        service.seal(fill(scene, scene.entries[0], seat), actor=acting(seat.account), at=NOW)
    db.session.commit()
    return scene, seats


def closed(scene: Scene) -> None:
    service.close_judging(scene.season, actor=acting(scene.organiser), at=NOW)
    db.session.commit()


def results(scene: Scene, entry: Entry) -> list[tuple[int, bool, Decimal | None, str | None, str]]:
    rows = db.session.scalars(sa.select(Score).where(Score.entry_id == entry.id).order_by(Score.version))
    return [(row.version, row.is_current, row.total, row.band, row.rules_sha256) for row in rows]


LOWER_BAND = ('title = "Xuất sắc", min = 85', 'title = "Xuất sắc", min = 70')
LOWER_MAX = (
    ('title = "Hiệu quả", max = 40', 'title = "Hiệu quả", max = 25'),
    ('title = "Khả năng áp dụng", max = 30', 'title = "Khả năng áp dụng", max = 45'),
)
WITHOUT = (
    ('  { id = "ap-dung", title = "Khả năng áp dụng", max = 30 },\n', ""),
    ('title = "Hiệu quả", max = 40', 'title = "Hiệu quả", max = 70'),
)


# --- What is written ------------------------------------------------------------------------------------------------


def test_an_amendment_is_a_new_snapshot_beside_the_old_one() -> None:
    scene = make_scene()
    old = scene.season.snapshot
    assert old is not None
    kept = (old.id, old.sha256, bytes(old.canonical))
    made = done(scene, propose(scene, quotas=MORE_PRIZES))
    assert (made.number, made.from_snapshot_id, made.to_snapshot_id) == (1, old.id, scene.season.snapshot_id)
    again = db.session.get(RuleSnapshot, old.id)
    assert again is not None
    assert (again.id, again.sha256, bytes(again.canonical)) == kept
    tiers = rules_of(scene.season).sheet("cham", "initiative").tiers
    assert [(tier.id, tier.quota) for tier in tiers] == [("nhat", 1), ("nhi", 2)]
    assert scene.season.choices["quotas"] == {"phieu": {"nhi": {"quota": 2}}}
    assert audit.verify(db.session()) == []
    assert service.recompute(scene.season) == []


def test_the_trail_says_by_which_decision_and_why_in_the_same_transaction() -> None:
    scene = make_scene()
    db.session.commit()
    amend(
        scene.season, propose(scene, quotas=MORE_PRIZES), grounds(NEW_ONLY), actor=acting(scene.organiser), at=NOW
    )  # fmt: skip
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Amendment)) == 0
    done(scene, propose(scene, quotas=MORE_PRIZES), NEW_ONLY)
    last = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert last is not None
    assert last.detail is not None
    assert (last.verb, last.season_id) == ("season.amend", scene.season.id)
    for text in ("15/QĐ-LĐLĐ", "2026-05-04", "Thêm giải cho cơ sở", "not_yet_scored"):
        assert text in last.detail.decode()


@pytest.mark.parametrize(
    "statement", ["UPDATE amendment SET reason = 'khác'", "DELETE FROM amendment", "DELETE FROM kept_rules"]
)
def test_the_database_lets_no_amendment_change(statement: str) -> None:
    scene, _ = judged()
    done(scene, propose(scene, quotas=MORE_PRIZES), NEW_ONLY)
    with pytest.raises(IntegrityError):
        db.session.execute(sa.text(statement))
    db.session.rollback()


def test_two_amendments_stand_in_a_chain() -> None:
    scene = make_scene()
    first = done(scene, propose(scene, quotas=MORE_PRIZES))
    second = done(scene, propose(scene, LOWER_BAND))
    assert [row.number for row in scene.season.amendments] == [1, 2]
    assert second.from_snapshot_id == first.to_snapshot_id
    tiers = rules_of(scene.season).sheet("cham", "initiative").tiers
    assert [tier.quota for tier in tiers] == [1, 2]  # The season's own number outlives the new version.
    assert scene.season.movement_snapshot is not None
    assert scene.season.movement_snapshot.rules_version == 2
    assert service.recompute(scene.season) == []


# --- Grounds and refusals of the act --------------------------------------------------------------------------------


def test_rules_that_do_not_differ_are_no_amendment() -> None:
    scene = make_scene()
    with pytest.raises(NothingAmended):
        propose(scene, quotas={"phieu": {"nhi": {"quota": 1}}})


def test_a_version_that_is_not_above_the_frozen_one_is_refused() -> None:
    scene = make_scene()
    with pytest.raises(RulesNotNewer):
        amending.propose(scene.season, movement=version(LOWER_BAND, number=1))


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"decision_number": " "}, GroundsMissing),
        ({"reason": ""}, GroundsMissing),
        ({"decided_on": date(2026, 5, 5)}, DecidedInFuture),
        ({"decided_on": date(2025, 12, 31)}, RulesNotInForce),
    ],
)
def test_an_amendment_needs_a_signed_decision_and_rules_in_force(changed: dict, error: type[Exception]) -> None:
    scene = make_scene()
    with pytest.raises(error):
        amend(
            scene.season, propose(scene, LOWER_BAND), grounds(**changed), actor=acting(scene.organiser), at=NOW
        )  # fmt: skip


def test_rules_amended_in_between_are_not_overwritten() -> None:
    scene = make_scene()
    stale = propose(scene, LOWER_BAND)
    done(scene, propose(scene, quotas=MORE_PRIZES))
    with pytest.raises(SeasonChanged):
        done(scene, stale)


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.DECIDED, Phase.PUBLISHED])
def test_only_a_running_season_is_amended(phase: Phase) -> None:
    scene = make_scene()
    proposal = propose(scene, quotas=MORE_PRIZES)
    scene.season.phase = phase
    with pytest.raises(WrongPhase):
        amending.amend_season(scene.season, proposal, grounds(), actor=acting(scene.organiser), at=NOW)
    assert not policy.allows(acting(scene.organiser), "season.amend", scene.season)


# --- Not yet scored ---------------------------------------------------------------------------------------------------


def test_not_yet_scored_leaves_complete_entries_their_rules_and_gives_others_the_new_ones() -> None:
    scene, seats = judged()
    complete, waiting = scene.entries
    old = rules_of(scene.season).digest
    found = impact_of(scene.season, propose(scene, LOWER_BAND), NEW_ONLY)
    assert ([entry.id for entry in found.keeps], found.invalid, found.entries, found.sealed) == (
        [complete.id], (), 2, 2
    )  # fmt: skip
    done(scene, propose(scene, LOWER_BAND), NEW_ONLY)
    new = rules_of(scene.season).digest
    assert (entry_rules(complete).digest, entry_rules(waiting).digest) == (old, new)
    for seat in seats:
        service.seal(fill(scene, waiting, seat), actor=acting(seat.account), at=NOW)
    closed(scene)
    assert results(scene, complete) == [(1, True, Decimal("74.5"), "b", old)]
    assert results(scene, waiting) == [(1, True, Decimal("74.5"), "a", new)]
    assert {sheet.rules_sha256 for sheet in queries.live_sheets(scene.stage) if sheet.entry_id == complete.id} == {old}
    ranking = db.session.scalars(sa.select(Ranking)).one()
    assert ranking.rules_sha256 == new
    assert service.recompute(scene.season) == []


def test_a_sheet_reopened_in_an_entry_that_keeps_its_rules_is_sealed_by_them_again() -> None:
    scene, seats = judged()
    complete = scene.entries[0]
    old = rules_of(scene.season).digest
    done(scene, propose(scene, *LOWER_MAX), NEW_ONLY)
    sheet = queries.sheet_of(complete, scene.stage, "giam-khao", seats[0].account_id)
    assert sheet is not None
    fresh = service.reopen_sheet(sheet, reason="Nhầm", actor=acting(scene.organiser), at=NOW)
    assert fresh.rules_sha256 is None
    service.finish(fresh, at=NOW)
    service.seal(fresh, actor=acting(seats[0].account), at=NOW)
    db.session.commit()
    assert fresh.rules_sha256 == old


def test_a_second_amendment_passes_by_what_keeps_its_rules_and_adds_what_is_complete_now() -> None:
    scene, seats = judged(entries=3)
    one, two, three = scene.entries
    digests = [rules_of(scene.season).digest]
    done(scene, propose(scene, LOWER_BAND), NEW_ONLY)
    digests.append(rules_of(scene.season).digest)
    for seat in seats:
        service.seal(fill(scene, two, seat), actor=acting(seat.account), at=NOW)
    done(scene, propose(scene, quotas=MORE_PRIZES), NEW_ONLY)
    digests.append(rules_of(scene.season).digest)
    assert [entry_rules(entry).digest for entry in (one, two, three)] == digests
    done(scene, propose(scene, quotas={"phieu": {"nhi": {"quota": 3}}}), ALL)
    assert {entry_rules(entry).digest for entry in (one, two, three)} == {rules_of(scene.season).digest}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(KeptRules)) == 2
    assert service.recompute(scene.season) == []


def test_a_vanished_criterion_is_refused_once_a_sheet_is_sealed_and_taken_before() -> None:
    scene = make_scene()
    assert codes(scene, propose(scene, *WITHOUT), NEW_ONLY) == []
    seal_everything(scene, begin(scene))
    assert codes(scene, propose(scene, *WITHOUT), NEW_ONLY) == ["criterion_gone"]
    with pytest.raises(AmendmentRefused):
        done(scene, propose(scene, *WITHOUT), NEW_ONLY)


def test_a_vanished_band_or_a_criterion_of_another_kind_does_not_mix_with_old_scores() -> None:
    scene, _ = judged()
    gone = (('bands = [{ id = "a", title = "Xuất sắc", min = 85 }, ', "bands = ["),)
    both = '{ id = "x", title = "Có", points = 40 }, { id = "k", title = "Không", points = 0 }'
    levels = f'title = "Hiệu quả", levels = [{both}]'
    assert codes(scene, propose(scene, *gone), NEW_ONLY) == ["band_gone"]
    assert codes(scene, propose(scene, ('title = "Hiệu quả", max = 40', levels)), NEW_ONLY) == ["criterion_kind"]
    assert codes(scene, propose(scene, *gone), ALL) == []


# --- Rescore all ------------------------------------------------------------------------------------------------------


def test_rescore_all_counts_everything_by_the_new_rules_when_judging_closes() -> None:
    scene, seats = judged()
    done(scene, propose(scene, LOWER_BAND), ALL)
    new = rules_of(scene.season).digest
    for seat in seats:
        service.seal(fill(scene, scene.entries[1], seat), actor=acting(seat.account), at=NOW)
    closed(scene)
    for entry in scene.entries:
        assert results(scene, entry) == [(1, True, Decimal("74.5"), "a", new)]
    assert service.recompute(scene.season) == []


def test_sealed_sheets_that_the_new_rules_find_invalid_are_listed_and_wait_for_reopening() -> None:
    scene, seats = judged(entries=1)
    found = impact_of(scene.season, propose(scene, *LOWER_MAX), ALL)
    assert [one.problems for one in found.invalid] == [("mark_out_of_range:hieu-qua",)] * 2
    done(scene, propose(scene, *LOWER_MAX), ALL)
    assert [one.status for one in service.missing_sheets(scene.season)] == ["invalid", "invalid"]
    for seat in seats:
        sheet = queries.sheet_of(scene.entries[0], scene.stage, "giam-khao", seat.account_id)
        assert sheet is not None
        fresh = service.reopen_sheet(sheet, reason="Quy tắc sửa đổi", actor=acting(scene.organiser), at=NOW)
        marks = {"hieu-qua": service.MarkTyped(Decimal(20))}
        service.save_marks(fresh, marks, revision=fresh.revision, received_at=NOW)
        service.finish(fresh, at=NOW)
        service.seal(fresh, actor=acting(seat.account), at=NOW)
    closed(scene)
    assert results(scene, scene.entries[0])[0][2] == Decimal("64.5")
    assert service.recompute(scene.season) == []


def test_a_finished_sheet_that_the_new_rules_ask_more_of_is_open_again() -> None:
    scene = make_scene(entries=1)
    seats = begin(scene)
    sheet = fill(scene, scene.entries[0], seats[0])
    done(scene, propose(scene, *LOWER_MAX), ALL)
    assert sheet.status == SheetStatus.OPEN


def test_a_ranked_season_is_scored_and_ranked_anew_at_once_and_the_old_results_stay() -> None:
    scene, seats = judged(entries=2)
    for seat in seats:
        service.seal(fill(scene, scene.entries[1], seat, hq="20"), actor=acting(seat.account), at=NOW)
    closed(scene)
    old = rules_of(scene.season).digest
    before = [
        (row.id, row.result, row.inputs, row.inputs_sha256, row.rules_sha256)
        for row in db.session.scalars(sa.select(Score).order_by(Score.id))
    ]
    assert codes(scene, propose(scene, LOWER_BAND), NEW_ONLY) == ["ranked_keeps"]
    done(scene, propose(scene, LOWER_BAND), ALL)
    new = rules_of(scene.season).digest
    assert scene.season.phase == Phase.RANKED
    assert results(scene, scene.entries[0]) == [
        (1, False, Decimal("74.5"), "b", old), (2, True, Decimal("74.5"), "a", new)
    ]  # fmt: skip
    rows = db.session.scalars(sa.select(Score).where(Score.version == 1).order_by(Score.id))
    assert [(row.id, row.result, row.inputs, row.inputs_sha256, row.rules_sha256) for row in rows] == before
    rankings = db.session.scalars(sa.select(Ranking).order_by(Ranking.version)).all()
    assert [(row.version, row.is_current, row.rules_sha256) for row in rankings] == [(1, False, old), (2, True, new)]
    assert service.recompute(scene.season) == []
    assert audit.verify(db.session()) == []


def test_a_ranked_season_with_sheets_the_new_rules_refuse_goes_back_to_judging_first() -> None:
    scene, _ = judged(entries=1)
    closed(scene)
    assert codes(scene, propose(scene, *LOWER_MAX), ALL) == ["ranked_invalid"]
    service.reopen_judging(scene.season, reason="Sửa quy tắc", actor=acting(scene.organiser), at=NOW)
    assert codes(scene, propose(scene, *LOWER_MAX), ALL) == []


# --- What stays readable ----------------------------------------------------------------------------------------------

OPEN_QUESTION = '  { id = "bi-quyet", title = "Điều cần giữ kín", kind = "text", confidential = true },\n'


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((OPEN_QUESTION, ""), "field_gone"),
        ((OPEN_QUESTION, OPEN_QUESTION.replace('"text"', '"number"')), "field_kind"),
        ((OPEN_QUESTION, OPEN_QUESTION.replace(", confidential = true", "")), "field_exposed"),
        (("authors = { max = 5 }\n", ""), "authors_gone"),
        (('blind = "authors"', 'blind = "open"'), "stages_changed"),
        (('id = "cham"\ntitle', 'id = "cham-lai"\ntitle'), "stages_changed"),
    ],
)
def test_what_was_filed_must_stay_readable(change: tuple[str, str], code: str) -> None:
    scene = make_scene()
    assert codes(scene, propose(scene, change)) == [code]


def test_a_question_that_nobody_answered_may_go() -> None:
    scene = make_scene()
    for entry in scene.entries:
        entry.answers = {"cach-moi": "Lắp ống dẫn khói."}
    db.session.flush()
    assert codes(scene, propose(scene, (OPEN_QUESTION, ""))) == []


SECOND_SHEET = (
    'sheets = ["phieu"]', 'sheets = ["phieu", "phieu-gon"]'
), (
    '[[sheets]]\nid = "phieu"',
    '[[sheets]]\nid = "phieu-gon"\ntitle = "Phiếu gọn"\nsubject = "initiative"\nscale = 10\n'
    'criteria = [{ id = "chung", title = "Đánh giá chung", max = 10 }]\n[[sheets]]\nid = "phieu"',
)  # fmt: skip


def test_another_sheet_may_be_chosen_while_none_is_begun() -> None:
    scene = make_scene(entries=1)
    done(scene, propose(scene, *SECOND_SHEET), NEW_ONLY)
    other = {"cham": ["phieu-gon"]}
    assert codes(scene, propose(scene, sheets=other), NEW_ONLY) == []
    seats = begin(scene)
    fill(scene, scene.entries[0], seats[0])
    assert codes(scene, propose(scene, sheets=other), ALL) == ["sheet_begun"]


def test_a_column_that_people_filled_stays() -> None:
    scene, _ = judged()
    other = ('columns = [{ id = "giam-khao"', 'columns = [{ id = "hoi-dong"')
    assert codes(scene, propose(scene, other), ALL) == ["column_gone"]


# --- Verification -----------------------------------------------------------------------------------------------------


def disarm(table: str, verb: str = "update") -> None:
    statement = {
        "sqlite": f"DROP TRIGGER trg_{table}_no_{verb}", "postgresql": f"ALTER TABLE {table} DISABLE TRIGGER ALL"
    }[db.engine.dialect.name]  # fmt: skip
    db.session.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("table", "statement", "found"),
    [
        ("amendment", "UPDATE amendment SET reason = 'Lý do khác'", ["amendment_changed"]),
        ("amendment", "UPDATE amendment SET decision_number = '99/QĐ'", ["amendment_changed"]),
        ("amendment", "UPDATE amendment SET decided_on = '2026-01-02'", ["amendment_changed"]),
        ("amendment", "UPDATE amendment SET scope = 'rescore_all'", ["amendment_changed", "rules_differ"]),
        ("scoresheet", "UPDATE scoresheet SET rules_sha256 = 'x'", ["sheet_rules_differ"] * 4),
        ("score", "UPDATE score SET rules_sha256 = (SELECT MAX(rules_sha256) FROM ranking)", ["rules_differ"]),
    ],
)
def test_a_tampered_amendment_is_named(table: str, statement: str, found: list[str]) -> None:
    scene, seats = judged()
    done(scene, propose(scene, LOWER_BAND), NEW_ONLY)
    for seat in seats:
        service.seal(fill(scene, scene.entries[1], seat), actor=acting(seat.account), at=NOW)
    closed(scene)
    if table != "score":
        disarm(table)
    db.session.execute(sa.text(statement))
    db.session.expire_all()
    seen = [one.code for one in service.recompute(scene.season)]
    assert seen[: len(found)] == found
    db.session.rollback()


def test_a_removed_last_amendment_and_a_changed_snapshot_byte_are_named() -> None:
    scene, _ = judged(entries=1)
    made = done(scene, propose(scene, LOWER_BAND), ALL)
    old = made.from_snapshot_id
    closed(scene)
    disarm("rule_snapshot")
    changed = db.session.get(RuleSnapshot, old)
    assert changed is not None
    forged = bytes(changed.canonical).replace("Xuất sắc".encode(), b"Xuat sac")
    db.session.execute(
        sa.text("UPDATE rule_snapshot SET canonical = :bytes WHERE id = :id"), {"bytes": forged, "id": old}
    )
    db.session.expire_all()
    assert [one.code for one in service.recompute(scene.season)] == ["rules_damaged"]
    db.session.rollback()
    done(scene, propose(scene, quotas=MORE_PRIZES), ALL)
    disarm("amendment", "delete")
    db.session.execute(sa.text("DELETE FROM amendment WHERE number = 2"))
    db.session.expire_all()
    assert "amendment_missing" in [one.code for one in service.recompute(scene.season)]
    db.session.rollback()


def test_what_was_checked_is_counted() -> None:
    scene, _ = judged(entries=1)
    done(scene, propose(scene, LOWER_BAND), NEW_ONLY)
    closed(scene)
    done(scene, propose(scene, quotas=MORE_PRIZES), ALL)
    found = service.verify(scene.season)
    assert (found.differences, found.counts) == (
        [], {"scores": 2, "rankings": 2, "sheets": 2, "amendments": 2, "rules": 3}
    )  # fmt: skip


def test_judging_deadlines_and_dates_are_not_touched() -> None:
    scene = make_scene()
    dates = rules_of(scene.season).choices.dates
    scene.season.closes_at = NOW + timedelta(days=3)
    db.session.flush()
    done(scene, propose(scene, quotas=MORE_PRIZES))
    assert rules_of(scene.season).choices.dates == dates
