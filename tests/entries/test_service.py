"""The verbs of an entry on both databases: what changes, what is recorded, what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.accounts import policy
from core.accounts.models import Account
from core.accounts.queries import actor_of
from core.accounts.rules import SYSTEM, Actor, Role
from core.audit.models import AuditEvent
from core.entries import checks, queries, rules, service, words
from core.entries.models import Entry
from core.entries.rules import State, Subject
from core.errors import DomainError
from core.extensions import db
from core.organisations.models import Unit
from core.people.rules import MembershipKind
from core.seasons.models import Season
from core.vietnamese.dates import local_date
from tests.conftest import NOW
from tests.makers import (
    make_account,
    make_entry,
    make_filed_entry,
    make_person,
    make_received_entry,
    make_season,
    make_unit,
)

pytestmark = pytest.mark.usefixtures("session")
CLOSES = datetime(2026, 5, 15, 10, 0, tzinfo=UTC)


def acting(account: Account) -> Actor:
    return actor_of(account, local_date(NOW))


def officer_of(unit: Unit, name: str = "Hà Thị Thủy") -> Actor:
    return acting(make_account(make_person(name, unit), (Role.OFFICER, unit)))


def author(entry: Entry) -> Actor:
    return acting(make_account(entry.owner))


def file(entry: Entry, *, received_at: datetime = NOW, pledged: bool = True, actor: Actor | None = None) -> None:
    service.submit(entry, actor=actor or author(entry), received_at=received_at, at=NOW, pledged=pledged)


def problems_of(entry: Entry, **more: Any) -> list[str]:
    with pytest.raises(rules.EntryIncomplete) as refused:
        file(entry, **more)
    return [type(problem).__name__ for problem in refused.value.problems]


def events(entry: Entry) -> list[str]:
    db.session.commit()
    query = sa.select(AuditEvent.verb).where(
        AuditEvent.subject_table == "entry", AuditEvent.subject_id == str(entry.id)
    )
    return list(db.session.scalars(query.order_by(AuditEvent.id)))


# --- Drafts -------------------------------------------------------------------------------------------------------


def test_a_draft_starts_with_its_owner_as_the_one_author_and_leaves_no_trail() -> None:
    entry = make_entry()
    assert (entry.state, entry.code, entry.draft_code[:5]) == (State.DRAFT, None, "N-26-")
    assert [(one.full_name, one.share, one.is_lead) for one in entry.authorships] == [
        ("Lò Thị Mai", Decimal(100), True)
    ]
    assert events(entry) == []


def test_one_form_key_opens_one_draft() -> None:
    season = make_season()
    make_entry(season, form_key="k" * 24)
    with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
        make_entry(season, form_key="k" * 24)


def test_saving_over_a_newer_version_is_refused() -> None:
    entry = make_entry()
    opened = entry.revision
    service.save_answers(entry, {"dieu-kien": "Một thợ hàn"}, at=NOW)
    with pytest.raises(rules.StaleRevision) as refused:
        service.save_answers(entry, {"dieu-kien": "Hai thợ"}, at=NOW, revision=opened)
    assert (refused.value.current, entry.answers["dieu-kien"]) == (entry.revision, "Một thợ hàn")


def test_an_emptied_answer_goes_and_the_others_stay() -> None:
    entry = make_entry()
    service.save_answers(entry, {"cach-cu": None, "dieu-kien": "Một thợ hàn"}, at=NOW)
    assert "cach-cu" not in entry.answers
    assert (entry.answers["dieu-kien"], entry.answers["linh-vuc"]) == ("Một thợ hàn", "che")


def test_a_confirmation_stays_where_person_and_share_stay() -> None:
    entry = make_entry()
    other = make_person("Giàng A Chư", entry.unit)
    rows = [
        service.AuthorRow("Lò Thị Mai", Decimal(60), True, "", entry.owner),
        service.AuthorRow("Giàng A Chư", Decimal(40), False, "", other),
    ]
    service.set_authors(entry, rows, at=NOW)
    service.confirm_share(entry, actor=acting(make_account(other)), at=NOW)
    service.set_authors(entry, [rows[1], rows[0]], at=NOW)
    assert [one.confirmed_at for one in entry.authorships] == [NOW, None]
    rows[0], rows[1] = (
        service.AuthorRow("Lò Thị Mai", Decimal(50), True, "", entry.owner),
        service.AuthorRow("Giàng A Chư", Decimal(50), False, "", other),
    )
    service.set_authors(entry, rows, at=NOW)
    assert [one.confirmed_at for one in entry.authorships] == [None, None]


@pytest.mark.parametrize(("share", "name", "reason"), [
    (None, "Lò Thị Mai", "share"), (Decimal(0), "Lò Thị Mai", "share"), (Decimal("0.5"), "Lò Thị Mai", "step"),
    (Decimal(100), "", "name"),
])  # fmt: skip
def test_an_author_needs_a_name_and_a_whole_share(share: Decimal | None, name: str, reason: str) -> None:
    entry = make_entry()
    with pytest.raises(rules.AuthorUnclear) as refused:
        service.set_authors(entry, [service.AuthorRow(name, share)], at=NOW)
    assert refused.value.reason == reason


def test_a_filed_entry_is_not_in_its_authors_hands() -> None:
    entry = make_filed_entry()
    with pytest.raises(rules.WrongState):
        service.save_answers(entry, {"dieu-kien": "Một thợ hàn"}, at=NOW)


# --- Filing -------------------------------------------------------------------------------------------------------


def test_filing_draws_the_code_sets_the_line_and_is_recorded() -> None:
    entry = make_entry()
    file(entry)
    assert (entry.code, entry.state, entry.field) == ("LDG-26-0001-8", State.SUBMITTED, "che")
    assert entry.holder_unit == entry.unit
    assert entry.route == [{"unit": entry.unit_id, "name": entry.unit.name, "skipped": ""}]
    assert [(step.verb, step.from_state, step.to_state) for step in entry.steps] == [
        ("submit", State.DRAFT, State.SUBMITTED)
    ]
    assert entry.authorships[0].confirmed_at == NOW
    assert events(entry) == ["entry.submit"]


def test_codes_run_through_the_season_and_leave_its_pages_fresh() -> None:
    season = make_season()
    revision = season.revision
    first, second = make_filed_entry(season), make_filed_entry(season)
    assert [entry.code[:11] for entry in (first, second) if entry.code] == ["LDG-26-0001", "LDG-26-0002"]
    assert (season.last_entry_number, season.revision) == (2, revision)


def test_what_arrived_at_the_deadline_counts_and_a_microsecond_later_does_not() -> None:
    season = make_season()
    in_time, late = make_entry(season), make_entry(season)
    file(in_time, received_at=CLOSES)
    assert in_time.submitted_at == CLOSES
    with pytest.raises(rules.DeadlinePassed) as refused:
        file(late, received_at=CLOSES + timedelta(microseconds=1))
    assert refused.value.deadline == CLOSES
    assert (late.state, late.code) == (State.DRAFT, None)


def test_nothing_is_filed_before_the_opening() -> None:
    entry = make_entry()
    with pytest.raises(rules.SeasonNotOpen):
        file(entry, received_at=datetime(2026, 4, 1, 0, 59, tzinfo=UTC))


def test_everything_that_is_missing_is_said_at_once() -> None:
    entry = make_entry(title="", answers={"linh-vuc": None, "ngay-ap-dung": {"typed": "31/02/2026"}}, files=0)
    assert problems_of(entry, pledged=False) == [
        "TitleMissing", "AnswerMissing", "AnswerUnreadable", "FilesMissing", "PledgeMissing",
    ]  # fmt: skip


def test_shares_of_ninety_are_refused_at_filing() -> None:
    entry = make_entry()
    entry.authorships[0].share = Decimal(90)
    assert problems_of(entry) == ["ShareSumWrong"]


def test_a_title_above_150_characters_is_refused() -> None:
    assert problems_of(make_entry(title="a" * 151)) == ["TitleTooLong"]
    file(make_entry(title="a" * 150))


def test_first_use_more_than_a_year_ago_is_refused_by_the_movement() -> None:
    assert problems_of(make_entry(answers={"ngay-ap-dung": "2025-05-03"})) == ["NotEligible"]
    file(make_entry(answers={"ngay-ap-dung": "2025-05-04"}))


def test_an_answer_before_filing_keeps_the_entry_out() -> None:
    assert problems_of(make_entry(eligibility={"ap-dung": "chua"})) == ["EligibilityNo"]


def test_a_hidden_question_is_not_asked() -> None:
    file(make_entry(answers={"tinh-duoc-tien": False}))
    assert problems_of(make_entry(answers={"tinh-duoc-tien": True})) == ["AnswerMissing"]


def test_awards_are_counted_by_the_room_that_knows_them() -> None:
    entry = make_entry()
    asked: list[tuple[str, str]] = []

    def awarded(person: Any, award: str, _since: Any) -> bool:
        asked.append((person.full_name, award))
        return True

    checks.count_awards_with(awarded)
    try:
        assert checks.eligibility_problems(entry, local_date(NOW)) == []
    finally:
        checks.count_awards_with(lambda *_: False)
    # This movement has no such condition, so nobody was asked.
    assert asked == []


def test_entries_filed_at_once_get_numbers_of_their_own(app: Flask) -> None:
    season = make_season()
    ids = [make_entry(season).id for _ in range(4)]
    db.session.commit()
    db.session.remove()
    codes: list[str | None] = []

    def one(entry_id: int) -> None:
        with app.app_context():
            entry = db.session.get(Entry, entry_id)
            assert entry is not None
            service.submit(entry, actor=SYSTEM, received_at=NOW, at=NOW)
            codes.append(entry.code)
            db.session.commit()
            db.session.remove()

    threads = [Thread(target=one, args=(entry_id,)) for entry_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(code[:11] for code in codes if code) == [f"LDG-26-000{n}" for n in (1, 2, 3, 4)]


# --- The line -----------------------------------------------------------------------------------------------------


@pytest.fixture
def line(session: Any) -> dict[str, Any]:
    """A province with its season, a commune union and a grassroots union below, each with an officer."""
    province = make_unit("LĐLĐ tỉnh Lai Châu")
    season = make_season(owner_unit=province)
    commune = make_unit("Công đoàn xã Tân Uyên", province, kind_code="cd-xa")
    factory = make_unit("CĐCS Chè Tân Uyên", commune)
    return {"province": province, "season": season, "commune": commune, "factory": factory}


def test_the_line_goes_up_to_the_owner_and_skips_levels_without_an_officer(line: dict[str, Any]) -> None:
    officer_of(line["factory"])
    found = queries.route_for(line["factory"], line["season"], on=local_date(NOW))
    assert [(level.name, level.skipped) for level in found] == [
        ("CĐCS Chè Tân Uyên", ""),
        ("Công đoàn xã Tân Uyên", "no_officer"),
    ]
    officer_of(line["commune"], "Hoàng Văn Nghiệp")
    found = queries.route_for(line["factory"], line["season"], on=local_date(NOW))
    assert [level.skipped for level in found] == ["", ""]


def test_the_campaign_line_wins_over_the_management_line(line: dict[str, Any]) -> None:
    company = make_unit("Tổng công ty Điện lực", kind_code="tld")
    plant = make_unit("CĐCS Thủy điện", company, campaign_parent_id=line["commune"].id)
    found = queries.route_for(plant, line["season"], on=local_date(NOW))
    assert [level.name for level in found] == ["CĐCS Thủy điện", "Công đoàn xã Tân Uyên"]


def test_a_unit_outside_the_owners_scope_is_refused(line: dict[str, Any]) -> None:
    elsewhere = make_unit("CĐCS tỉnh khác", make_unit("LĐLĐ tỉnh khác"))
    with pytest.raises(rules.UnitOutsideSeason):
        queries.route_for(elsewhere, line["season"], on=local_date(NOW))


def test_an_empty_line_goes_straight_to_the_organiser(line: dict[str, Any]) -> None:
    entry = make_filed_entry(line["season"], line["factory"], officer=False)
    assert (entry.state, entry.holder_unit) == (State.ENDORSED, None)
    assert [level["skipped"] for level in entry.route] == ["no_officer", "no_officer"]


def test_an_entry_climbs_the_line_one_office_at_a_time(line: dict[str, Any]) -> None:
    officer, upper = officer_of(line["factory"]), officer_of(line["commune"], "Hoàng Văn Nghiệp")
    entry = make_filed_entry(line["season"], line["factory"], officer=False)
    assert (policy.allows(officer, "entry.endorse", entry), entry.holder_unit) == (True, line["factory"])
    service.endorse(entry, actor=officer, at=NOW)
    assert (entry.state, entry.holder_unit) == (State.SUBMITTED, line["commune"])
    assert not policy.allows(officer, "entry.endorse", entry)
    assert policy.allows(officer, "entry.unendorse", entry)
    service.endorse(entry, actor=upper, at=NOW)
    assert (entry.state, entry.holder_unit) == (State.ENDORSED, None)
    assert not policy.allows(officer, "entry.unendorse", entry)
    assert [step.unit.name for step in entry.steps if step.unit] == ["CĐCS Chè Tân Uyên", "Công đoàn xã Tân Uyên"]


def test_an_endorsement_is_taken_back_within_ten_minutes(line: dict[str, Any]) -> None:
    officer = officer_of(line["factory"])
    entry = make_filed_entry(line["season"], line["factory"], officer=False)
    service.endorse(entry, actor=officer, at=NOW)
    service.unendorse(entry, actor=officer, at=NOW + timedelta(minutes=10))
    assert (entry.state, entry.holder_unit) == (State.SUBMITTED, line["factory"])
    service.endorse(entry, actor=officer, at=NOW)
    with pytest.raises(rules.UndoTooLate):
        service.unendorse(entry, actor=officer, at=NOW + timedelta(minutes=10, microseconds=1))


def test_a_return_names_its_reasons_and_comes_back_to_the_office_that_returned_it(line: dict[str, Any]) -> None:
    officer, upper = officer_of(line["factory"]), officer_of(line["commune"], "Hoàng Văn Nghiệp")
    entry = make_filed_entry(line["season"], line["factory"], officer=False)
    service.endorse(entry, actor=officer, at=NOW)
    with pytest.raises(rules.ReasonMissing):
        service.return_(entry, actor=upper, at=NOW, reasons=[])
    with pytest.raises(rules.ReasonMissing):
        service.return_(entry, actor=upper, at=NOW, reasons=["other"], note=" ")
    service.return_(entry, actor=upper, at=NOW, reasons=["photos", "figures", "other"], note="Ghi rõ ca nào")
    assert (entry.state, entry.holder_unit) == (State.RETURNED, None)
    assert words.reason_lines(entry.steps[-1]) == [
        "Thiếu ảnh trước/sau", "Số liệu hiệu quả chưa có căn cứ", "Ghi rõ ca nào",
    ]  # fmt: skip
    assert entry.due_at == datetime(2026, 5, 11, 10, 0, tzinfo=UTC)
    code = entry.code
    file(entry)
    assert (entry.state, entry.holder_unit, entry.code) == (State.SUBMITTED, line["commune"], code)


def test_a_return_by_the_organiser_comes_back_to_the_organiser() -> None:
    entry = make_received_entry()
    service.return_(entry, actor=officer_of(entry.season.owner_unit), at=NOW, reasons=["photos"])
    assert (entry.state, entry.received_at) == (State.RETURNED, None)
    file(entry)
    assert entry.state == State.ENDORSED


def test_a_returned_entry_may_be_filed_until_its_own_due_date() -> None:
    entry = make_filed_entry()
    due = CLOSES + timedelta(days=3)
    service.return_(entry, actor=officer_of(entry.unit), at=NOW, reasons=["photos"], due_at=due)
    file(entry, received_at=due)
    assert entry.state == State.SUBMITTED


def test_a_refusal_ends_the_entrys_life() -> None:
    entry = make_filed_entry()
    officer = officer_of(entry.unit)
    with pytest.raises(rules.ReasonMissing):
        service.refuse(entry, actor=officer, at=NOW, reasons=[])
    service.refuse(entry, actor=officer, at=NOW, reasons=["not_used"])
    assert (entry.state, entry.holder_unit_id) == (State.REFUSED, None)
    with pytest.raises(rules.WrongState):
        file(entry)


# --- The author afterwards ----------------------------------------------------------------------------------------


def test_an_entry_is_taken_back_until_somebody_endorses_it(line: dict[str, Any]) -> None:
    officer_of(line["commune"], "Hoàng Văn Nghiệp")
    entry = make_filed_entry(line["season"], line["factory"])
    code = entry.code
    service.revise(entry, actor=author(entry), at=NOW)
    assert (entry.state, entry.code) == (State.DRAFT, code)
    service.submit(entry, actor=officer_of(line["province"]), received_at=NOW, at=NOW)
    service.endorse(entry, actor=officer_of(line["factory"]), at=NOW)
    assert entry.code == code
    with pytest.raises(rules.AlreadyEndorsed):
        service.revise(entry, actor=officer_of(line["province"]), at=NOW)


def test_an_entry_is_not_taken_back_when_it_could_not_be_filed_again() -> None:
    entry = make_filed_entry()
    with pytest.raises(rules.TooLateToRevise):
        service.revise(entry, actor=author(entry), at=CLOSES + timedelta(microseconds=1))


def test_a_draft_is_withdrawn_too() -> None:
    entry = make_entry()
    service.withdraw(entry, actor=author(entry), at=NOW)
    assert (entry.state, entry.code) == (State.WITHDRAWN, None)
    assert events(entry) == ["entry.withdraw"]


def test_only_an_author_confirms_a_share() -> None:
    entry = make_filed_entry()
    service.confirm_share(entry, actor=author(entry), at=NOW)
    assert entry.authorships[0].confirmed_at == NOW
    with pytest.raises(rules.AuthorsMissing):
        service.confirm_share(entry, actor=officer_of(entry.unit), at=NOW)


# --- Nominations and facts ----------------------------------------------------------------------------------------


def nomination(**more: Any) -> Entry:
    season = make_season("tham-muu-gioi")
    unit = make_unit(parent=season.owner_unit)
    officer = make_account(make_person("Hà Thị Thủy", unit), (Role.OFFICER, unit))
    nominee = make_person("Vũ Thị Hà", unit, kind=MembershipKind.CIVIL_SERVANT)
    given = {"subject": Subject.PERSON, "nominee": nominee} | more
    entry = service.start_draft(season, owner=officer.person, unit=unit, filed_by=officer.id, at=NOW, **given)
    filled = {"linh-vuc": "y-te", "tham-muu": "Gộp ba mẫu báo cáo", "phuc-vu": "1.260 hồ sơ đúng hẹn"}
    service.save_answers(entry, filled, title="Gộp ba mẫu báo cáo thành một", at=NOW)
    return entry


def test_a_nomination_names_somebody() -> None:
    with pytest.raises(rules.NomineeMissing):
        nomination(nominee=None)
    with pytest.raises(rules.NomineeMissing):
        nomination(subject=Subject.COLLECTIVE, nominee=None, collective_name=" ")
    with pytest.raises(rules.SubjectNotTaken):
        nomination(subject=Subject.INITIATIVE)


def test_the_nominee_reads_the_nomination_and_only_its_filer_edits_it() -> None:
    entry = nomination()
    assert entry.nominee is not None
    nominee = acting(make_account(entry.nominee))
    assert (policy.allows(nominee, "entry.read", entry), policy.allows(nominee, "entry.edit", entry)) == (True, False)
    assert policy.allows(nominee, "sheet.fill", entry)


def test_the_unit_answers_its_facts_when_it_endorses() -> None:
    entry = nomination()
    officer = officer_of(entry.unit, "Cán bộ")
    file(entry, actor=officer)
    with pytest.raises(rules.FactMissing) as refused:
        service.endorse(entry, actor=officer, at=NOW)
    assert refused.value.fact == "viec-tre-han"
    with pytest.raises(rules.FactUnreadable):
        service.endorse(entry, actor=officer, at=NOW, facts={"viec-tre-han": "vài việc", "ky-luat": "false"})
    service.endorse(entry, actor=officer, at=NOW, facts={"viec-tre-han": "2", "ky-luat": "false"})
    assert {one.fact_id: one.value for one in entry.facts} == {"viec-tre-han": "2", "ky-luat": "false"}
    assert entry.state == State.ENDORSED


def test_the_organiser_sets_facts_and_field_at_receipt() -> None:
    entry = make_filed_entry(officer=False)
    organiser = officer_of(entry.season.owner_unit)
    service.receive(entry, actor=organiser, at=NOW, facts={"uu-tien-nu": "true"}, field="y-te")
    assert (entry.state, entry.field, entry.received_at) == (State.RECEIVED, "y-te", NOW)
    with pytest.raises(rules.FactUnreadable):
        service.set_field(entry, "hang-khong", actor=organiser, at=NOW)
    with pytest.raises(rules.FactUnreadable):
        service.set_fact(entry, "khong-co", "true", actor=organiser, at=NOW)
    service.set_fact(entry, "uu-tien-nu", "false", actor=organiser, at=NOW)
    assert events(entry)[-2:] == ["entry.receive", "entry.set_fact"]


def test_an_entry_found_ineligible_says_why() -> None:
    entry = make_received_entry()
    organiser = officer_of(entry.season.owner_unit)
    with pytest.raises(rules.ReasonMissing):
        service.find_ineligible(entry, actor=organiser, at=NOW, reasons=[])
    service.find_ineligible(entry, actor=organiser, at=NOW, reasons=["subject"])
    assert entry.state == State.INELIGIBLE


def test_later_rooms_move_the_entry_by_its_own_table() -> None:
    entry = make_received_entry()
    organiser = officer_of(entry.season.owner_unit)
    for verb, state in [
        ("start_judging", State.IN_JUDGING), ("score", State.SCORED), ("unscore", State.IN_JUDGING),
        ("score", State.SCORED), ("award", State.AWARDED),
    ]:  # fmt: skip
        service.record_outcome(entry, verb, actor=organiser, at=NOW)
        assert entry.state == state
    with pytest.raises(rules.WrongState):
        service.record_outcome(entry, "score", actor=organiser, at=NOW)


# --- Who sees what ------------------------------------------------------------------------------------------------


def test_clause_and_predicate_of_every_relation_agree(line: dict[str, Any]) -> None:
    season: Season = line["season"]
    other_unit = make_unit("CĐCS khác", line["province"])
    mine = make_entry(season, line["factory"])
    entries = [mine, make_filed_entry(season, line["factory"]), make_received_entry(season, other_unit), nomination()]
    service.endorse(entries[1], actor=officer_of(line["factory"]), at=NOW)
    organiser = acting(make_account(make_person("D"), (Role.ORGANISER, line["province"])))
    actors = [
        author(mine), officer_of(line["factory"], "A"), officer_of(line["commune"], "B"), officer_of(other_unit, "C"),
        organiser, acting(make_account(entries[3].nominee)),
    ]  # fmt: skip
    for name, (clause, holds) in policy.relations(Entry).items():
        for actor in actors:
            for role in (Role.WORKER, Role.OFFICER, Role.ORGANISER):
                found = set(db.session.scalars(sa.select(Entry.id).where(clause(actor, role))))
                expected = {entry.id for entry in entries if holds(actor, role, entry)}
                assert found == expected, (name, actor.name, role)


def test_an_officer_never_sees_drafts_or_confidential_answers_of_others() -> None:
    entry = make_entry()
    officer = officer_of(entry.unit)
    assert not policy.sees(officer, entry)
    file(entry)
    assert policy.fields(officer, entry) == {"content", "files", "identity"}


def test_a_finding_of_the_plugin_that_blocks_keeps_the_entry_from_filing() -> None:
    entry = make_entry()
    found = checks.content_problems(entry, on=local_date(NOW))
    assert [problem for problem in found if isinstance(problem, DomainError)] == []
    view = checks.entry_view(entry)
    assert (view.title, view.answers["linh-vuc"], view.authors[0].share) == ("Cải tiến giàn héo chè", "che", 100)
