"""Accounts verb by verb, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.accounts import limits, queries, service
from core.accounts.models import Account, LimitCount, LoginKey, SignInCode, WebSession
from core.accounts.passwords import hashed
from core.accounts.rules import (
    SYSTEM,
    AccountForAdministrator,
    Actor,
    CodeRefused,
    KeyTaken,
    LastAdministrator,
    LoginKind,
    NothingToSignInWith,
    Role,
    RolesExclude,
    SignInRefused,
    TooManyTries,
)
from core.audit.models import AuditEvent
from core.db import begin_writing
from core.extensions import db
from core.organisations.rules import UnitDissolved
from tests.conftest import NOW
from tests.makers import make_account, make_person, make_unit

TODAY = date(2026, 5, 4)


@pytest.fixture(autouse=True)
def _writing(session: Any) -> None:
    begin_writing()


def _actor(account: Account) -> Actor:
    return queries.actor_of(account, TODAY)


def _events() -> list[str]:
    db.session.commit()
    query = sa.select(AuditEvent.verb).where(AuditEvent.verb != "test.make").order_by(AuditEvent.id)
    return list(db.session.scalars(query))


def test_an_account_is_found_by_each_of_its_keys_and_its_making_is_in_the_trail() -> None:
    person = make_person()
    keys = [(LoginKind.PHONE, "+84 912 345 678"), (LoginKind.MEMBER_CODE, "lc 000101")]
    account = service.create_account(person, keys=keys, actor=SYSTEM, at=NOW)
    assert queries.account_by_key("0912345678") is account
    assert queries.account_by_key("lc000101") is account
    assert _events() == ["account.create"]


def test_a_key_names_one_account_only() -> None:
    make_account(phone="0912345678")
    with pytest.raises(KeyTaken) as refused:
        service.create_account(make_person("Lò Văn An"), keys=[(LoginKind.PHONE, "0912.345.678")], actor=SYSTEM, at=NOW)
    assert refused.value.key == "0912.345.678"


def test_the_database_itself_refuses_a_second_account_for_a_key() -> None:
    first, second = make_account(phone="0912345678"), make_account()
    db.session.add(LoginKey(account_id=second.id, kind=LoginKind.PHONE, folded=first.keys[0].folded))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_shared_phone_stays_contact_and_the_member_code_signs_in() -> None:
    make_account(phone="0912345678")
    keys = [(LoginKind.PHONE, "0912345678"), (LoginKind.MEMBER_CODE, "LC000102")]
    account, taken = service.open_account(make_person("Lò Văn An"), keys=keys, actor=SYSTEM, at=NOW)
    assert account is not None
    assert ([key.folded for key in account.keys], taken) == (["lc000102"], ["0912345678"])


def test_without_a_free_key_there_is_no_account() -> None:
    make_account(phone="0912345678")
    opened = service.open_account(make_person(), keys=[(LoginKind.PHONE, "0912345678")], actor=SYSTEM, at=NOW)
    assert opened == (None, ["0912345678"])


def test_keys_are_exchanged_for_new_ones() -> None:
    account = make_account(phone="0912345678")
    keys = [(LoginKind.PHONE, "0987654321"), (LoginKind.MEMBER_CODE, "LC1")]
    assert service.set_keys(account, keys, actor=SYSTEM, at=NOW) == []
    assert _events() == ["account.set_keys"]
    assert sorted(key.folded for key in account.keys) == ["0987654321", "lc1"]
    assert queries.account_by_key("0912345678") is None


def test_an_account_never_loses_its_last_key() -> None:
    make_account(phone="0912345678")
    account = make_account(phone="0987654321")
    for keys in ([], [(LoginKind.PHONE, "0912345678")]):
        with pytest.raises(NothingToSignInWith):
            service.set_keys(account, keys, actor=SYSTEM, at=NOW)
    assert [key.folded for key in account.keys] == ["0987654321"]


def test_the_password_opens_the_account_by_phone_and_by_member_code() -> None:
    account = make_account(phone="0912345678", password_hash=hashed("sương sớm", cost=1))
    service.add_key(account, LoginKind.MEMBER_CODE, "LC000101")
    db.session.flush()
    assert service.verify_password("0912 345 678", "sương sớm", cost=1) is account
    assert service.verify_password("lc000101", "sương sớm", cost=1) is account


def test_wrong_password_unknown_key_disabled_account_and_no_password_are_one_refusal() -> None:
    make_account(phone="0912345678", password_hash=hashed("sương sớm", cost=1))
    make_account(phone="0912345679", password_hash=hashed("sương sớm", cost=1), disabled_at=NOW)
    make_account(phone="0912345670")
    for key, password in [
        ("0912345678", "sương muộn"),
        ("0900000000", "sương sớm"),
        ("0912345679", "sương sớm"),
        ("0912345670", "sương sớm"),
    ]:
        with pytest.raises(SignInRefused) as refused:
            service.verify_password(key, password, cost=1)
        assert refused.value.facts == {}


def test_a_code_opens_the_account_once_and_sets_the_password() -> None:
    account = make_account(phone="0912345678")
    code = service.issue_code(account, actor=SYSTEM, at=NOW, cost=1)
    found, row = service.verify_code("0912 345 678", code, at=NOW, cost=1)
    assert found is account
    service.use_code(account, row, password_hash=hashed("sương sớm", cost=1), at=NOW)
    assert service.verify_password("0912345678", "sương sớm", cost=1) is account
    with pytest.raises(CodeRefused):
        service.verify_code("0912345678", code, at=NOW, cost=1)
    with pytest.raises(CodeRefused):
        service.use_code(account, row, password_hash="other", at=NOW)


def test_only_the_hash_of_a_code_is_kept() -> None:
    code = service.issue_code(make_account(), actor=SYSTEM, at=NOW, cost=1)
    kept = db.session.scalar(sa.select(SignInCode.code_hash))
    assert kept is not None
    assert kept.startswith("$argon2id$")
    assert code not in kept


def test_a_new_code_ends_the_one_before() -> None:
    account = make_account(phone="0912345678")
    first = service.issue_code(account, actor=SYSTEM, at=NOW, cost=1)
    second = service.issue_code(account, actor=SYSTEM, at=NOW, cost=1)
    if first != second:
        with pytest.raises(CodeRefused):
            service.verify_code("0912345678", first, at=NOW, cost=1)
    assert service.verify_code("0912345678", second, at=NOW, cost=1)[0] is account


def test_a_code_lives_three_days() -> None:
    account = make_account(phone="0912345678")
    code = service.issue_code(account, actor=SYSTEM, at=NOW, cost=1)
    last = NOW + timedelta(days=3) - timedelta(seconds=1)
    assert service.verify_code("0912345678", code, at=last, cost=1)[0] is account
    with pytest.raises(CodeRefused):
        service.verify_code("0912345678", code, at=NOW + timedelta(days=3), cost=1)


def test_five_wrong_tries_end_a_code() -> None:
    account = make_account(phone="0912345678")
    code = service.issue_code(account, actor=SYSTEM, at=NOW, cost=1)
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(5):
        with pytest.raises(CodeRefused) as refused:
            service.verify_code("0912345678", wrong, at=NOW, cost=1)
        service.count_wrong_code(refused.value.code_id)
        db.session.expire_all()
    with pytest.raises(CodeRefused):
        service.verify_code("0912345678", code, at=NOW, cost=1)


def test_a_code_for_an_unknown_key_is_refused_like_a_wrong_one() -> None:
    with pytest.raises(CodeRefused) as refused:
        service.verify_code("0900000000", "123456", at=NOW, cost=1)
    assert refused.value.code_id is None


def test_an_officer_issues_no_code_for_whoever_holds_more() -> None:
    province = make_unit("Liên đoàn Lao động tỉnh")
    below = make_unit(parent=province)
    officer = make_account(make_person(unit=below), (Role.OFFICER, below))
    organiser = make_account(make_person(unit=below), (Role.ORGANISER, province))
    with pytest.raises(AccountForAdministrator):
        service.issue_code(organiser, actor=_actor(officer), at=NOW, cost=1)
    with pytest.raises(AccountForAdministrator):
        service.set_keys(organiser, [(LoginKind.MEMBER_CODE, "LC9")], actor=_actor(officer), at=NOW)
    worker = make_account(make_person(unit=below))
    assert len(service.issue_code(worker, actor=_actor(officer), at=NOW, cost=1)) == 6


def _session_of(account: Account, number: int) -> None:
    row = WebSession(
        id_hash=bytes([number]) * 32, account_id=account.id, created_at=NOW, seen_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()


def test_a_new_password_a_role_and_closing_end_every_session() -> None:
    unit = make_unit()
    account = make_account()
    for number, act in enumerate(
        [
            lambda: service.set_password(account, password_hash="h", actor=SYSTEM, at=NOW),
            lambda: service.grant(account, Role.OFFICER, unit, actor=SYSTEM, at=NOW, on=TODAY),
            lambda: service.revoke(account.grants[0], actor=SYSTEM, at=NOW, on=TODAY),
            lambda: service.sign_out_everywhere(account, actor=SYSTEM, at=NOW),
            lambda: service.disable(account, actor=SYSTEM, at=NOW),
        ],
        start=1,
    ):
        _session_of(account, number)
        act()
        assert queries.session_count(account, NOW) == 0
    assert _events() == [
        "account.set_password", "role.grant", "role.revoke", "account.end_sessions", "account.disable",
    ]  # fmt: skip


def test_a_role_holds_from_its_day_ends_with_the_day_before_and_may_begin_again() -> None:
    unit, account = make_unit(), make_account()
    row = service.grant(account, Role.OFFICER, unit, actor=SYSTEM, at=NOW, on=TODAY)
    assert _actor(account).covers(Role.OFFICER, unit.path)
    assert not queries.actor_of(account, TODAY - timedelta(days=1)).has(Role.OFFICER)
    service.revoke(row, actor=SYSTEM, at=NOW, on=TODAY)
    assert not _actor(account).has(Role.OFFICER)
    again = service.grant(account, Role.OFFICER, unit, actor=SYSTEM, at=NOW, on=TODAY)
    assert again.id == row.id
    assert _actor(account).has(Role.OFFICER)


def test_an_administrator_gets_no_role_in_judging_until_the_first_has_ended() -> None:
    unit = make_unit()
    account = make_account(None, (Role.ADMIN, unit))
    make_account(None, (Role.ADMIN, unit))
    for role in (Role.JUDGE, Role.ORGANISER):
        with pytest.raises(RolesExclude):
            service.grant(account, role, unit, actor=SYSTEM, at=NOW, on=TODAY)
    service.revoke(account.grants[0], actor=SYSTEM, at=NOW, on=TODAY)
    service.grant(account, Role.JUDGE, unit, actor=SYSTEM, at=NOW, on=TODAY)
    assert _actor(account).has(Role.JUDGE)


def test_no_role_is_given_over_a_unit_that_has_ended() -> None:
    unit = make_unit(valid_to=TODAY)
    with pytest.raises(UnitDissolved):
        service.grant(make_account(), Role.OFFICER, unit, actor=SYSTEM, at=NOW, on=TODAY)


def test_the_last_administrator_keeps_role_and_account() -> None:
    unit = make_unit()
    account = make_account(None, (Role.ADMIN, unit))
    make_account(None, (Role.ADMIN, unit), disabled_at=NOW)
    with pytest.raises(LastAdministrator):
        service.revoke(account.grants[0], actor=SYSTEM, at=NOW, on=TODAY)
    with pytest.raises(LastAdministrator):
        service.disable(account, actor=SYSTEM, at=NOW)
    assert (account.disabled_at, account.grants[0].valid_to) == (None, None)


def test_one_of_two_administrators_may_go() -> None:
    unit = make_unit()
    account = make_account(None, (Role.ADMIN, unit))
    make_account(None, (Role.ADMIN, unit))
    service.disable(account, actor=SYSTEM, at=NOW)
    assert account.disabled_at == NOW
    service.enable(account, actor=SYSTEM, at=NOW)
    assert account.disabled_at is None


LIMIT = limits.Limit("thử", most=2, minutes=15)


def test_a_limit_is_used_up_and_begins_again_with_its_window() -> None:
    assert [limits.count(LIMIT, "a", at=NOW) for _ in range(3)] == [1, 0, 0]
    limits.check(LIMIT, "b", at=NOW)
    with pytest.raises(TooManyTries) as refused:
        limits.check(LIMIT, "a", at=NOW + timedelta(minutes=5))
    assert refused.value.wait_seconds == 600
    limits.check(LIMIT, "a", at=NOW + timedelta(minutes=15))


def test_old_windows_are_swept_when_a_limit_is_used() -> None:
    limits.count(LIMIT, "a", at=NOW)
    limits.count(LIMIT, "b", at=NOW + timedelta(days=2))
    assert list(db.session.scalars(sa.select(LimitCount.bucket))) == ["thử:b"]
