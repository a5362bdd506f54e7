"""From the ranking to the printed citation, verb by verb, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pypdf
import pytest
import sqlalchemy as sa
from flask import current_app

from core.accounts import policy
from core.audit.models import AuditEvent, Checkpoint
from core.awards import queries, service
from core.awards.models import Award, Citation, Decision, Proposal
from core.awards.rules import (
    AwardReasonMissing,
    CitationAlreadyRevoked,
    CitationStatus,
    DecisionNumberTaken,
    DecisionStatus,
    NothingProposed,
    NotRanked,
    ProposalsOutdated,
    QuotaExceeded,
    TierUnknown,
    TieUnresolved,
)
from core.documents.citation import DocumentOverflow
from core.entries.rules import State
from core.extensions import db
from core.judging import service as judging
from core.seasons import amending
from core.seasons.models import Season
from core.seasons.rules import Phase, Scope, WrongPhase
from core.web.sentences import say
from tests import makers
from tests.awards import ranked
from tests.conftest import NOW
from tests.judging.makers import INITIATIVE, Scene, acting, make_received, make_scene, make_season

pytestmark = pytest.mark.usefixtures("session")


def proposed(scene: Scene) -> list[tuple[str, str]]:
    """What is put forward: the entry's place in the scene, and its tier."""
    numbers = {entry.id: number for number, entry in enumerate(scene.entries)}
    return [(numbers[row.entry_id], row.tier) for row in queries.proposals(scene.season)]


def propose(scene: Scene) -> None:
    service.propose(scene.season, actor=ranked.organiser(scene), at=NOW)


def choose(scene: Scene, number: int, tier: str | None, reason: str = "Biên bản số 05/BB-HĐ") -> None:
    service.choose(scene.season, scene.entries[number], tier, reason=reason, actor=ranked.organiser(scene), at=NOW)


def waiting(scene: Scene) -> list[str]:
    return [line.entry.code for line in service.lines(scene.season) if line.waits_for_council]


# --- Proposals ----------------------------------------------------------------------------------------------------


def test_proposals_of_before_an_amendment_are_made_anew():
    scene = ranked.initiatives(70, 90, 80, 60)
    propose(scene)
    amended = NOW + timedelta(hours=1)
    proposal = amending.propose(scene.season, quotas={"phieu": {"nhi": {"quota": 2}}})
    grounds = amending.Grounds("15/QĐ-LĐLĐ", NOW.date(), "Thêm một giải", Scope.RESCORE_ALL)
    judging.amend(scene.season, proposal, grounds, actor=ranked.organiser(scene), at=amended)
    with pytest.raises(ProposalsOutdated) as refused:
        service.check_ready(scene.season)
    assert refused.value.count == 2
    service.propose(scene.season, actor=ranked.organiser(scene), at=amended + timedelta(hours=1))
    assert len(service.check_ready(scene.season)) == 3
    assert proposed(scene) == [(1, "nhat"), (2, "nhi"), (0, "nhi")]


def test_the_ranking_gives_the_proposals_in_its_order():
    scene = ranked.initiatives(70, 90, 80, 60)
    propose(scene)
    assert proposed(scene) == [(1, "nhat"), (2, "nhi")]
    assert [(line.rank, line.total, line.status) for line in service.lines(scene.season)] == [
        (1, 90, "passed"), (2, 80, "passed"), (3, 70, "passed"), (4, 60, "passed"),
    ]  # fmt: skip
    assert waiting(scene) == []


def test_proposing_again_replaces_what_was_chosen_by_hand():
    scene = ranked.initiatives(90, 80, 70)
    propose(scene)
    choose(scene, 1, None)
    choose(scene, 2, "nhi")
    assert proposed(scene) == [(0, "nhat"), (2, "nhi")]
    propose(scene)
    db.session.commit()
    assert proposed(scene) == [(0, "nhat"), (1, "nhi")]


def test_equal_entries_at_a_quota_are_left_open_and_named():
    scene = ranked.initiatives(90, 80, 80)
    propose(scene)
    assert proposed(scene) == [(0, "nhat")]
    codes = [scene.entries[1].code, scene.entries[2].code]
    assert sorted(waiting(scene)) == sorted(codes)
    with pytest.raises(TieUnresolved) as refused:
        ranked.decide(scene)
    assert sorted(refused.value.entries) == sorted(codes)
    with current_app.test_request_context("/"):
        assert say(TieUnresolved(entries=codes)) == (
            f"Còn hồ sơ đồng điểm ở suất cuối chưa chọn: {codes[0]}, {codes[1]}. "
            "Chọn hạng giải và ghi lý do cho từng hồ sơ."
        )


def test_a_tie_is_settled_by_choosing_one_and_declining_the_other():
    scene = ranked.initiatives(90, 80, 80)
    propose(scene)
    choose(scene, 2, "nhi")
    assert waiting(scene) == [scene.entries[1].code]
    choose(scene, 1, None, reason="Hội đồng bỏ phiếu 3/5")
    db.session.commit()
    assert waiting(scene) == []
    assert proposed(scene) == [(0, "nhat"), (2, "nhi")]
    line = next(line for line in service.lines(scene.season) if line.entry == scene.entries[1])
    assert (line.proposal, line.declined.note) == (None, "Hội đồng bỏ phiếu 3/5")
    decision = ranked.decide(scene)
    assert [award.entry_id for award in queries.awards_of(scene.season)] == [scene.entries[0].id, scene.entries[2].id]
    assert decision.label == "41/QĐ-LĐLĐ"


def test_what_was_declined_can_be_chosen_after_all():
    scene = ranked.initiatives(90, 80, 80)
    propose(scene)
    choose(scene, 1, None)
    choose(scene, 2, None)
    assert (proposed(scene), waiting(scene)) == ([(0, "nhat")], [])
    choose(scene, 1, "nhi")
    assert proposed(scene) == [(0, "nhat"), (1, "nhi")]


def test_what_is_declined_is_no_proposal_and_a_list_of_them_carries_nothing():
    scene = ranked.initiatives(90)
    choose(scene, 0, None)
    with pytest.raises(NothingProposed):
        ranked.decide(scene)


def test_proposals_chosen_by_hand_stand_in_the_order_of_tiers_and_ranks():
    scene = ranked.initiatives(90, 80, 70)
    propose(scene)
    choose(scene, 0, None)
    choose(scene, 1, None)
    choose(scene, 2, "nhi")
    choose(scene, 1, "nhat")
    assert proposed(scene) == [(1, "nhat"), (2, "nhi")]
    assert [row.position for row in queries.proposals(scene.season)] == [1, 2]


def test_a_choice_over_the_quota_is_refused():
    scene = ranked.initiatives(90, 80, 70)
    propose(scene)
    with pytest.raises(QuotaExceeded) as refused:
        choose(scene, 2, "nhat")
    assert refused.value.facts == {"tier": "Giải Nhất", "quota": 1, "count": 2, "scope": "season"}


def test_quotas_of_a_unit_count_the_units_of_the_entries():
    toml = INITIATIVE.replace('"Giải Nhì", quota = 1', '"Giải Nhì", quota = 3, quota_per_unit = 1')
    scene = ranked.initiatives(90, 80, 70, toml=toml)
    propose(scene)
    assert proposed(scene) == [(0, "nhat"), (1, "nhi")]
    with pytest.raises(QuotaExceeded) as refused:
        choose(scene, 2, "nhi")
    assert (refused.value.scope, refused.value.quota, refused.value.count) == ("unit", 1, 2)


def test_a_choice_needs_a_reason_a_known_tier_and_an_entry_that_passed():
    scene = ranked.initiatives(90, 45)
    propose(scene)
    with pytest.raises(AwardReasonMissing):
        choose(scene, 0, "nhi", reason="  ")
    with pytest.raises(TierUnknown):
        choose(scene, 0, "ba")
    with pytest.raises(NotRanked) as failed:
        choose(scene, 1, "nhi")
    assert (failed.value.entry, failed.value.standing) == (scene.entries[1].code, "failed")
    with current_app.test_request_context("/"):
        assert say(failed.value) == (
            f"Hồ sơ {scene.entries[1].code} chưa đạt nên không đề nghị được. Xem lý do ở bảng xếp hạng."
        )


def test_an_entry_of_another_season_cannot_be_chosen():
    scene = ranked.initiatives(90)
    foreign = make_received(another_season(scene), scene.factory)
    with pytest.raises(NotRanked):
        service.choose(scene.season, foreign, "nhat", reason="Có", actor=ranked.organiser(scene), at=NOW)


def another_season(scene: Scene) -> Season:
    """A season of the same unit under rules of its own."""
    rules = INITIATIVE.replace("Phong trào mẫu", "Phong trào khác")
    return make_season(scene.province, rules, code_prefix="MAUC")


def test_nothing_is_proposed_before_the_ranking_nor_after_the_decision():
    unranked = make_scene()
    with pytest.raises(WrongPhase):
        propose(unranked)


def test_after_the_decision_no_proposal_changes():
    scene = ranked.initiatives(90)
    ranked.decided(scene)
    for verb in (lambda: propose(scene), lambda: choose(scene, 0, None), lambda: ranked.decide(scene, number=42)):
        with pytest.raises(WrongPhase):
            verb()


# --- The decision -------------------------------------------------------------------------------------------------


def test_the_decision_numbers_one_award_for_each_author():
    scene = ranked.initiatives(90, 80, 70, authors=2)
    decision = ranked.decided(scene)
    assert (decision.status, decision.label, scene.season.phase) == (DecisionStatus.ISSUED, "41/QĐ-LĐLĐ", Phase.DECIDED)
    assert [
        (one.register_number, one.recipient_name, one.tier_title, one.recipient_detail, one.person_id is not None)
        for one in decision.awards
    ] == [
        (1, "Lò Thị Mai", "Giải Nhất", "CĐCS Chè Tân Uyên", True),
        (2, "Vàng A Dí", "Giải Nhất", "CĐCS Chè Tân Uyên", True),
        (3, "Lò Thị Mai", "Giải Nhì", "CĐCS Chè Tân Uyên", True),
        (4, "Vàng A Dí", "Giải Nhì", "CĐCS Chè Tân Uyên", True),
    ]
    assert decision.awards[0].achievement == f"{scene.entries[0].title} (Phong trào mẫu, đợt 2026)"
    assert {entry.state for entry in scene.entries} == {State.DECIDED}
    assert queries.citations(scene.season) == []


def test_a_person_and_a_collective_are_named_as_they_were_at_the_decision():
    scene = ranked.person_and_collective()
    decision = ranked.decided(scene)
    assert [
        (one.recipient_name, one.recipient_detail, one.tier_title, one.recipient_key) for one in decision.awards
    ] == [
        (
            "Tổ sao chè số 2", "CĐCS Chè Tân Uyên", "Tập thể tiêu biểu",
            f"unit:{scene.factory.id}:to sao che so 2",
        ),
        (
            "Phạm Thị Hoa", "Công nhân, CĐCS Chè Tân Uyên", "Cá nhân tiêu biểu",
            f"person:{scene.entries[0].nominee_id}",
        ),
    ]  # fmt: skip
    assert decision.awards[0].person_id is None
    assert len(ranked.publish(scene)) == 2


def test_an_author_without_an_account_row_is_known_by_name():
    scene = ranked.initiatives(90)
    scene.entries[0].authorships[0].person_id = None
    decision = ranked.decided(scene)
    assert [(one.recipient_key, one.person_id) for one in decision.awards] == [("name:lo thi mai", None)]


def test_a_decision_without_proposals_is_refused():
    scene = ranked.initiatives(90)
    with pytest.raises(NothingProposed) as refused:
        ranked.decide(scene)
    with current_app.test_request_context("/"):
        assert say(refused.value) == ("Chưa có hồ sơ nào được đề nghị. Lập danh sách đề nghị từ bảng xếp hạng trước.")


def test_a_number_used_in_the_year_is_refused_and_free_in_another_series_or_year():
    scene = ranked.initiatives(90)
    other = another_season(scene)
    for taken in (
        {"number": 3, "series": "QĐ-LĐLĐ", "year": 2026}, {"number": 7, "series": "QĐ-BTV", "year": 2026},
        {"number": 7, "series": "QĐ-LĐLĐ", "year": 2025},
    ):  # fmt: skip
        makers._kept(
            Decision(
                public_id=makers.new_public_id(), season_id=other.id, unit_id=scene.province.id, signed_on=NOW.date(),
                status=DecisionStatus.ISSUED, place="Lai Châu", authority="", signer_title="", signer_name="",
                decided_at=NOW, **taken,
            )
        )  # fmt: skip
    propose(scene)
    with pytest.raises(DecisionNumberTaken) as refused:
        ranked.decide(scene, number=3)
    assert ranked.decide(scene, number=7).label == "07/QĐ-LĐLĐ"
    with current_app.test_request_context("/"):
        assert say(refused.value) == "Số 03/QĐ-LĐLĐ đã dùng trong năm 2026. Lấy số tiếp theo ở sổ văn thư."


def test_a_name_too_long_for_the_page_stops_the_decision_before_anything_is_stored():
    scene = ranked.person_and_collective()
    scene.entries[1].collective_name = ("TỔ SAO CHÈ VÀ HÉO CHÈ NƯƠNG CAO " * 8).strip()[:240]
    propose(scene)
    db.session.commit()
    with pytest.raises(DocumentOverflow) as refused:
        ranked.decide(scene)
    assert (refused.value.field, refused.value.recipient) == ("recipient", scene.entries[1].collective_name)
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Decision)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Award)) == 0
    assert (scene.season.phase, scene.entries[1].state) == (Phase.RANKED, State.SCORED)


# --- Publishing ---------------------------------------------------------------------------------------------------


def test_publishing_tells_awards_from_the_rest_and_keeps_every_citation_as_printed():
    scene = ranked.initiatives(90, 80, 70, authors=2)
    made = ranked.published(scene)
    assert [entry.state for entry in scene.entries] == [State.AWARDED, State.AWARDED, State.NOT_AWARDED]
    assert (scene.season.phase, scene.season.published_at) == (Phase.PUBLISHED, NOW)
    assert [(one.status, one.award.register_number) for one in made] == [
        (CitationStatus.VALID, n) for n in (1, 2, 3, 4)
    ]
    assert len({one.code for one in made}) == 4
    first = made[0]
    assert first.values["verify_url"] == f"https://thidua.example/x/{first.code}"
    assert first.values["recipient"] == "Lò Thị Mai"
    page = pypdf.PdfReader(BytesIO(current_app.extensions["thidua_storage"].get(first.pdf_sha256)))
    assert len(page.pages) == 1


def test_publishing_writes_a_checkpoint_of_the_trail():
    scene = ranked.initiatives(90)
    ranked.published(scene)
    kept = db.session.scalars(sa.select(Checkpoint).order_by(Checkpoint.id.desc())).first()
    assert (kept.reason, kept.season_id, kept.at) == ("publish MAU-2026", scene.season.id, NOW)
    verbs = set(db.session.scalars(sa.select(AuditEvent.verb)))
    assert {"award.propose", "award.decide", "result.publish", "citation.issue"} <= verbs


def test_results_are_announced_once():
    scene = ranked.initiatives(90)
    with pytest.raises(WrongPhase):
        ranked.publish(scene)
    ranked.published(scene)
    with pytest.raises(WrongPhase):
        ranked.publish(scene)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Citation)) == 1


def test_a_recipient_reads_the_own_citation_and_nobody_elses():
    scene = ranked.initiatives(90, authors=2)
    mai, di = (makers.make_account(ranked.author(scene.entries[0], n)) for n in (0, 1))
    first, second = ranked.published(scene)
    for account, own, foreign in ((mai, first, second), (di, second, first)):
        reader = acting(account)
        assert policy.sees(reader, own)
        assert not policy.sees(reader, foreign)
        assert db.session.scalars(policy.visible(reader, Citation)).unique().all() == [own]
        assert not policy.allows(reader, "citation.revoke", own)
    # The relation holds only while the results are public.
    scene.season.phase = Phase.DECIDED
    with db.session.no_autoflush:
        assert not policy.sees(acting(mai), first)
    db.session.rollback()


# --- Recalling ----------------------------------------------------------------------------------------------------


def revoke(
    scene: Scene, citation: Citation, reason: str = "Quyết định 50/QĐ-LĐLĐ", on: date = date(2026, 7, 1)
) -> None:
    service.revoke(citation, reason=reason, on=on, actor=ranked.organiser(scene), at=NOW + timedelta(days=60))
    db.session.commit()


def test_the_entry_is_annulled_with_the_last_of_its_citations():
    scene = ranked.initiatives(90, authors=2)
    first, second = ranked.published(scene)
    revoke(scene, first)
    assert (first.status, first.revoked_on, scene.entries[0].state) == (
        CitationStatus.REVOKED, date(2026, 7, 1), State.AWARDED,
    )  # fmt: skip
    assert [award.register_number for award in queries.awards_of(scene.season)] == [2]
    revoke(scene, second)
    assert scene.entries[0].state == State.ANNULLED
    assert queries.awards_of(scene.season) == []


def test_recalling_needs_a_reason():
    scene = ranked.initiatives(90)
    (citation,) = ranked.published(scene)
    with pytest.raises(AwardReasonMissing) as refused:
        revoke(scene, citation, reason=" ")
    assert citation.status == CitationStatus.VALID
    with current_app.test_request_context("/"):
        assert say(refused.value) == "Ghi lý do, ví dụ số biên bản họp Hội đồng"


def test_a_citation_is_recalled_once_and_keeps_its_day():
    scene = ranked.initiatives(90, authors=2)
    first, _ = ranked.published(scene)
    revoke(scene, first)
    with pytest.raises(CitationAlreadyRevoked) as refused:
        revoke(scene, first, on=date(2026, 8, 1))
    assert first.revoked_on == date(2026, 7, 1)
    with current_app.test_request_context("/"):
        assert say(refused.value) == f"Giấy chứng nhận {first.code} đã thu hồi ngày 01/07/2026."


def test_proposals_are_rows_of_their_season_only():
    scene = ranked.initiatives(90)
    propose(scene)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Proposal)) == 1
    assert queries.proposals(another_season(scene)) == []
