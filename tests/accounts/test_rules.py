"""Keys have one identity however they are typed; some roles exclude each other; nobody gains rights by a code."""

from __future__ import annotations

import unicodedata

import pytest

from core.accounts.passwords import check_strength, hashed, matches, new_code
from core.accounts.rules import (
    SYSTEM,
    AccountForAdministrator,
    Actor,
    Grant,
    PasswordTooWeak,
    Role,
    RolesExclude,
    check_exclusive,
    check_may_open,
    key_of,
)


@pytest.mark.parametrize(
    "typed",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "+84 912 345 678",
        "84912345678",
        "0912345678\u200b",
        " 0912-345-678 ",
    ],
)
def test_a_phone_number_is_one_key_however_it_is_typed(typed: str) -> None:
    assert key_of(typed) == "0912345678"


@pytest.mark.parametrize("typed", ["LĐ000101", "lđ000101", "LĐ 000101", "LĐ\u200b000101", "LĐ000101\ufeff"])
def test_a_member_code_is_one_key_however_it_is_typed(typed: str) -> None:
    assert key_of(typed) == key_of("LĐ000101")


def test_composed_and_decomposed_letters_are_one_key() -> None:
    assert key_of(unicodedata.normalize("NFD", "TỔ-Ế01")) == key_of(unicodedata.normalize("NFC", "TỔ-Ế01"))


def test_marks_still_tell_keys_apart() -> None:
    assert key_of("TỔ01") != key_of("TO01")


@pytest.mark.parametrize("other", [Role.JUDGE, Role.ORGANISER])
def test_an_administrator_neither_judges_nor_organises(other: Role) -> None:
    with pytest.raises(RolesExclude) as refused:
        check_exclusive(other, {Role.ADMIN})
    assert (refused.value.role, refused.value.held) == (other, Role.ADMIN)
    with pytest.raises(RolesExclude):
        check_exclusive(Role.ADMIN, {Role.OFFICER, other})


def test_other_pairs_of_roles_are_allowed() -> None:
    check_exclusive(Role.ADMIN, {Role.OFFICER, Role.ADMIN})
    check_exclusive(Role.JUDGE, {Role.OFFICER, Role.ORGANISER})


def _officer(path: str) -> Actor:
    return Actor(1, 1, "Cán bộ", grants=(Grant(Role.OFFICER, 1, path),), roles=frozenset({Role.WORKER, Role.OFFICER}))


def test_an_officer_opens_accounts_of_workers_and_of_officers_below() -> None:
    check_may_open(_officer("1.2."), [])
    check_may_open(_officer("1.2."), [Grant(Role.OFFICER, 7, "1.2.7.")])
    check_may_open(_officer("1.2."), [Grant(Role.OFFICER, 2, "1.2.")])


@pytest.mark.parametrize(
    "held",
    [
        Grant(Role.OFFICER, 1, "1."),
        Grant(Role.OFFICER, 3, "1.3."),
        Grant(Role.JUDGE, 7, "1.2.7."),
        Grant(Role.ORGANISER, 2, "1.2."),
        Grant(Role.ADMIN, 1, "1."),
    ],
)
def test_an_officer_gains_no_right_by_a_code_for_somebody_who_holds_more(held: Grant) -> None:
    with pytest.raises(AccountForAdministrator):
        check_may_open(_officer("1.2."), [held])


def test_administrators_and_the_system_open_every_account() -> None:
    administrator = Actor(1, 1, "Quản trị", roles=frozenset({Role.ADMIN}))
    check_may_open(administrator, [Grant(Role.ORGANISER, 2, "1.2.")])
    check_may_open(SYSTEM, [Grant(Role.ADMIN, 1, "1.")])


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("ngắn 1", "short"),
        ("12345678", "common"),
        ("Mật khẩu 123", "common"),
        ("aaaaaaaaaa", "common"),
        ("0912345678", "name"),
        ("lò thị mai", "name"),
    ],
)
def test_passwords_that_others_try_first_are_refused(password: str, reason: str) -> None:
    with pytest.raises(PasswordTooWeak) as refused:
        check_strength(password, keys=["0912345678"], name="Lò Thị Mai")
    assert refused.value.reason == reason


def test_a_few_words_are_a_password() -> None:
    check_strength("sương sớm đồi chè", keys=["0912345678"], name="Lò Thị Mai")


def test_only_the_right_secret_matches_and_no_stored_secret_matches_nothing() -> None:
    stored = hashed("048213", cost=1)
    assert matches(stored, "048213", cost=1)
    assert not matches(stored, "048214", cost=1)
    assert not matches(None, "048213", cost=1)


def test_codes_have_six_digits_with_their_zeros() -> None:
    codes = {new_code() for _ in range(200)}
    assert {len(code) for code in codes} == {6}
    assert all(code.isdecimal() for code in codes)
    assert len(codes) > 150
