"""People verb by verb, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from core.accounts.rules import SYSTEM
from core.audit.models import AuditEvent
from core.audit.queries import events_page
from core.db import begin_writing
from core.extensions import db
from core.people import queries, service
from core.people.models import Person
from core.people.rules import (
    AlreadyThere,
    MemberCodeTaken,
    MembershipKind,
    PersonChanged,
    Sex,
    TransferTooEarly,
    check_revision,
)
from tests.conftest import NOW
from tests.makers import make_person, make_unit

ON = date(2026, 5, 4)


@pytest.fixture(autouse=True)
def _writing(session: Any) -> None:
    begin_writing()


def _found(words: str, **more: Any) -> list[str]:
    query = queries.narrowed(sa.select(Person), words=words, **more).order_by(Person.sort_key)
    return [person.full_name for person in db.session.scalars(query)]


def test_a_person_is_entered_with_a_clean_name_a_sort_key_and_a_unit() -> None:
    unit = make_unit()
    person = service.create_person(
        "  Lò  Thị\u200b Mai ", unit=unit, member_code="lc 000101", actor=SYSTEM, at=NOW, sex=Sex.FEMALE
    )
    assert (person.full_name, person.folded, person.unit) == ("Lò Thị Mai", "lo thi mai", unit)
    assert person.membership is not None
    assert (person.membership.member_code, person.membership.kind) == ("LC000101", MembershipKind.MEMBER)
    db.session.commit()
    assert db.session.scalar(sa.select(AuditEvent.unit_path).where(AuditEvent.verb == "person.create")) == unit.path


def test_a_member_code_belongs_to_one_person_however_it_is_written() -> None:
    unit = make_unit()
    service.create_person("Lò Thị Mai", unit=unit, member_code="LC000101", actor=SYSTEM, at=NOW)
    with pytest.raises(MemberCodeTaken) as refused:
        service.create_person("Lò Văn An", unit=unit, member_code="lc 000101", actor=SYSTEM, at=NOW)
    assert refused.value.code == "LC000101"


def test_people_without_a_member_code_live_side_by_side() -> None:
    unit = make_unit()
    for name in ("Lò Thị Mai", "Lò Văn An"):
        service.create_person(name, unit=unit, member_code="", actor=SYSTEM, at=NOW)
    assert _found("lo") == ["Lò Văn An", "Lò Thị Mai"]


def test_a_correction_says_what_was_and_what_is_and_nothing_else() -> None:
    person = make_person("Lo Thi Mai", make_unit(), phone="0912345678")
    service.correct(
        person,
        {"full_name": "Lò Thị Mai", "phone": "0912345678", "member_code": "lc1", "birth_year": 1988},
        actor=SYSTEM,
        at=NOW,
    )
    db.session.commit()
    event = events_page(db.session(), verb="person.correct").events[0]
    assert event.before == {"birth_year": "", "full_name": "Lo Thi Mai", "member_code": ""}
    assert event.after == {
        "person": "Lò Thị Mai",
        "birth_year": "1988",
        "full_name": "Lò Thị Mai",
        "member_code": "LC1",
    }
    assert (person.folded, person.revision) == ("lo thi mai", 2)


def test_a_correction_that_changes_nothing_leaves_no_trace() -> None:
    person = make_person("Lò Thị Mai", make_unit())
    service.correct(person, {"full_name": "Lò Thị Mai", "phone": ""}, actor=SYSTEM, at=NOW)
    db.session.commit()
    assert (events_page(db.session(), verb="person.correct").events, person.revision) == ([], 1)


def test_one_may_keep_ones_own_member_code_but_not_take_anothers() -> None:
    unit = make_unit()
    mai = service.create_person("Lò Thị Mai", unit=unit, member_code="LC1", actor=SYSTEM, at=NOW)
    service.create_person("Lò Văn An", unit=unit, member_code="LC2", actor=SYSTEM, at=NOW)
    service.correct(mai, {"member_code": "lc1"}, actor=SYSTEM, at=NOW)
    with pytest.raises(MemberCodeTaken):
        service.correct(mai, {"member_code": "LC2"}, actor=SYSTEM, at=NOW)


def test_a_transfer_ends_the_old_membership_and_keeps_the_member_code() -> None:
    old, new = make_unit("CĐCS Chè"), make_unit("CĐCS Cao su")
    person = service.create_person("Lò Thị Mai", unit=old, member_code="LC1", actor=SYSTEM, at=NOW)
    service.transfer(person, new, on=ON, kind=MembershipKind.MEMBER, actor=SYSTEM, at=NOW)
    db.session.commit()
    db.session.refresh(person)
    told = [(m.unit.name, m.member_code, m.valid_from, m.valid_to) for m in person.memberships]
    assert told == [("CĐCS Chè", None, None, date(2026, 5, 3)), ("CĐCS Cao su", "LC1", ON, None)]
    assert person.unit is new


def test_a_person_may_stay_and_take_part_in_another_way() -> None:
    unit = make_unit()
    person = make_person(unit=unit, kind=MembershipKind.WORKER)
    service.transfer(person, unit, on=ON, kind=MembershipKind.MEMBER, actor=SYSTEM, at=NOW)
    assert [m.kind for m in person.memberships] == [MembershipKind.WORKER, MembershipKind.MEMBER]
    with pytest.raises(AlreadyThere):
        service.transfer(person, unit, on=ON, kind=MembershipKind.MEMBER, actor=SYSTEM, at=NOW)


def test_a_transfer_cannot_begin_before_the_present_membership() -> None:
    first, second = make_unit("CĐCS Chè"), make_unit("CĐCS Cao su")
    person = make_person(unit=first)
    service.transfer(person, second, on=ON, kind=MembershipKind.MEMBER, actor=SYSTEM, at=NOW)
    with pytest.raises(TransferTooEarly) as refused:
        service.transfer(person, first, on=ON, kind=MembershipKind.MEMBER, actor=SYSTEM, at=NOW)
    assert refused.value.since == ON


def test_a_form_opened_on_an_older_revision_is_refused() -> None:
    check_revision("3", 3)
    for typed in ("2", "", None, "x"):
        with pytest.raises(PersonChanged):
            check_revision(typed, 3)


def test_people_are_found_without_marks_by_phone_and_by_member_code() -> None:
    unit = make_unit()
    service.create_person("Đặng Thị Hường", unit=unit, member_code="LC77", phone="0912345678", actor=SYSTEM, at=NOW)
    service.create_person("Lò Văn An", unit=unit, actor=SYSTEM, at=NOW)
    for words in ("dang", "HƯỜNG", "đặng thị", "0912 345", "+84912345678", "lc77"):
        assert _found(words) == ["Đặng Thị Hường"], words
    assert _found("100%") == []


def test_a_list_is_narrowed_to_a_subtree_and_to_a_kind_of_the_present() -> None:
    province = make_unit("Liên đoàn")
    tea, rubber = make_unit("CĐCS Chè", province), make_unit("CĐCS Cao su", province)
    mai, _an = make_person("Lò Thị Mai", tea), make_person("Lò Văn An", rubber, kind=MembershipKind.WORKER)
    assert _found("", unit=province) == ["Lò Văn An", "Lò Thị Mai"]
    assert _found("", unit=tea) == ["Lò Thị Mai"]
    assert _found("", kind=MembershipKind.WORKER) == ["Lò Văn An"]
    service.transfer(mai, rubber, on=ON, kind=MembershipKind.MEMBER, actor=SYSTEM, at=NOW)
    assert (_found("", unit=tea), queries.count_in(tea), queries.count_in(province)) == ([], 0, 2)


def test_merged_people_are_listed_once() -> None:
    unit = make_unit()
    kept = make_person("Lò Thị Mai", unit)
    make_person("Lo Thi Mai", unit, merged_into_id=kept.id)
    assert (_found("mai"), queries.count_in(unit)) == (["Lò Thị Mai"], 1)
