"""What happens to accounts: made, opened with a code, signed in to, given roles, closed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from core.accounts import passwords, queries
from core.accounts.models import Account, LoginKey, RoleGrant, SignInCode, WebSession
from core.accounts.rules import (
    Actor,
    CodeRefused,
    KeyTaken,
    LastAdministrator,
    LoginKind,
    NothingToSignInWith,
    Role,
    SignInRefused,
    check_exclusive,
    check_may_open,
    key_of,
)
from core.audit import service as audit
from core.extensions import db
from core.organisations.models import Unit
from core.organisations.rules import UnitDissolved
from core.people.models import Person
from core.vietnamese.codes import new_public_id
from core.vietnamese.dates import local_date

CODE_LIFE = timedelta(days=3)
CODE_TRIES = 5


def create_account(
    person: Person, *, keys: list[tuple[LoginKind, str]], actor: Actor, at: datetime, password_hash: str | None = None
) -> Account:
    """Make an account for a person.

    :param keys: what the person may sign in with, as typed.
    :raise KeyTaken: a key names another account; a family's shared phone stays contact only.
    """
    account = Account(
        public_id=new_public_id(), person_id=person.id, person=person, created_at=at, password_hash=password_hash
    )
    db.session.add(account)
    db.session.flush()
    for kind, typed in keys:
        add_key(account, kind, typed)
    audit.record("account.create", account, actor=actor, at=at, after={"name": person.full_name})
    db.session.flush()
    return account


def add_key(account: Account, kind: LoginKind, typed: str) -> LoginKey:
    """Let the account be named by a phone number or member code.

    :raise KeyTaken: the key names another account.
    """
    folded = key_of(typed)
    if queries.account_by_key(folded) is not None:
        raise KeyTaken(key=typed)
    key = LoginKey(account_id=account.id, account=account, kind=kind, folded=folded)
    db.session.add(key)
    return key


def set_keys(account: Account, keys: list[tuple[LoginKind, str]], *, actor: Actor, at: datetime) -> list[str]:
    """Let the account be named by `keys` and nothing else; return those left out because they name another account.

    :raise NothingToSignInWith: no key is left; nothing is changed.
    :raise AccountForAdministrator: see `check_may_open`.
    """
    check_may_open(actor, queries.grants_of(account, local_date(at)))
    free, taken = _free(keys, account)
    if not free:
        raise NothingToSignInWith()
    before = sorted(key.folded for key in account.keys)
    for key in list(account.keys):
        if key.folded not in free:
            account.keys.remove(key)
            db.session.delete(key)
    for folded, kind in free.items():
        if folded not in before:
            account.keys.append(LoginKey(account_id=account.id, kind=kind, folded=folded))
    audit.record(
        "account.set_keys", account, actor=actor, at=at, before={"keys": ", ".join(before)},
        after={**_whose(account), "keys": ", ".join(sorted(free))},
    )  # fmt: skip
    db.session.flush()
    return taken


def _free(keys: list[tuple[LoginKind, str]], account: Account | None) -> tuple[dict[str, LoginKind], list[str]]:
    """Return the keys that name nobody else, folded, and the others as typed; empty texts are neither."""
    free: dict[str, LoginKind] = {}
    taken: list[str] = []
    for kind, typed in keys:
        folded = key_of(typed)
        holder = queries.account_by_key(folded) if folded else None
        if holder is not None and holder is not account:
            taken.append(typed)
        elif folded:
            free.setdefault(folded, kind)
    return free, taken


def open_account(
    person: Person, *, keys: list[tuple[LoginKind, str]], actor: Actor, at: datetime
) -> tuple[Account | None, list[str]]:
    """Make an account with those keys that are free; return it, and the keys that name another account.

    Without any free key there is no account (None): a family's shared phone alone signs nobody in twice.
    """
    free, taken = _free(keys, None)
    if not free:
        return None, taken
    return create_account(person, keys=[(kind, key) for key, kind in free.items()], actor=actor, at=at), taken


def verify_password(key: str, password: str, *, cost: int) -> Account:
    """Return the account that key and password open.

    :raise SignInRefused: unknown key, wrong password or disabled account: one answer, in the same time, for all.
    """
    account = queries.account_by_key(key_of(key))
    stored = account.password_hash if account is not None else None
    if not passwords.matches(stored, password, cost=cost) or account is None or account.disabled_at is not None:
        raise SignInRefused()
    return account


def issue_code(account: Account, *, actor: Actor, at: datetime, cost: int) -> str:
    """Return a fresh six-digit code for `account`; earlier ones stop working. Shown once, to the officer who asked.

    :raise AccountForAdministrator: see `keep_code`.
    """
    code = passwords.new_code()
    keep_code(account, code_hash=passwords.hashed(code, cost=cost), actor=actor, at=at)
    return code


def keep_code(account: Account, *, code_hash: str, actor: Actor, at: datetime) -> None:
    """Keep the hash of a code that was made before the transaction; earlier codes of the account stop working.

    :raise AccountForAdministrator: the account holds more than the actor does.
    """
    check_may_open(actor, queries.grants_of(account, local_date(at)))
    for earlier in _open_codes(account):
        earlier.used_at = at
    db.session.add(
        SignInCode(
            account_id=account.id,
            code_hash=code_hash,
            issued_by_id=actor.account_id,
            issued_at=at,
            expires_at=at + CODE_LIFE,
        )
    )
    audit.record("account.issue_code", account, actor=actor, at=at, after=_whose(account))
    db.session.flush()


def _open_codes(account: Account) -> list[SignInCode]:
    query = sa.select(SignInCode).where(SignInCode.account_id == account.id, SignInCode.used_at.is_(None))
    return list(db.session.scalars(query))


def verify_code(key: str, code: str, *, at: datetime, cost: int) -> tuple[Account, SignInCode]:
    """Return the account that key and code open, and the code's row.

    :raise CodeRefused: unknown key, wrong, used or old code, or too many tries on it.
    """
    account = queries.account_by_key(key_of(key))
    codes = _open_codes(account) if account is not None and account.disabled_at is None else []
    row = codes[-1] if codes else None
    usable = row is not None and row.expires_at > at and row.tries < CODE_TRIES
    if not passwords.matches(row.code_hash if row is not None and usable else None, code, cost=cost):
        raise CodeRefused(code_id=row.id if row is not None else None)
    assert account is not None
    assert row is not None
    return account, row


def count_wrong_code(code_id: int) -> None:
    """Count a wrong try against a code; five end it."""
    db.session.execute(sa.update(SignInCode).where(SignInCode.id == code_id).values(tries=SignInCode.tries + 1))


def use_code(account: Account, code: SignInCode, *, password_hash: str, at: datetime) -> None:
    """Set the first (or a forgotten) password through a code, which is spent by it; other browsers are signed out.

    :raise CodeRefused: another request spent the code since it was verified.
    """
    if code.used_at is not None:
        raise CodeRefused(code_id=None)
    code.used_at = at
    set_password(account, password_hash=password_hash, actor=_owner(account), at=at)


def set_password(account: Account, *, password_hash: str, actor: Actor, at: datetime) -> None:
    """Change the password and end every session of the account; the caller opens a new one."""
    account.password_hash = password_hash
    account.password_set_at = at
    end_sessions(account)
    audit.record("account.set_password", account, actor=actor, at=at, after=_whose(account))
    db.session.flush()


def _whose(account: Account) -> dict[str, str]:
    """Return whom an act on an account concerns, as the trail keeps it."""
    return {"person": account.person.full_name}


def _owner(account: Account) -> Actor:
    return Actor(account_id=account.id, person_id=account.person_id, name=account.person.full_name)


def note_sign_in(account: Account, *, actor: Actor, at: datetime) -> None:
    """Write a sign-in into the trail."""
    audit.record("account.sign_in", account, actor=actor, at=at)


def end_sessions(account: Account) -> None:
    """End every session of the account, in every browser."""
    db.session.execute(sa.delete(WebSession).where(WebSession.account_id == account.id))


def grant(account: Account, role: Role, unit: Unit, *, actor: Actor, at: datetime, on: date) -> RoleGrant:
    """Give a role over a unit and everything below it, from the day `on`; an ended grant begins again.

    :raise RolesExclude: the person holds a role that must be in other hands.
    :raise UnitDissolved: the unit has ended.
    """
    if unit.valid_to is not None:
        raise UnitDissolved(unit=unit.name)
    check_exclusive(role, {held.role for held in queries.grants_of(account, on)})
    row = db.session.scalar(
        sa.select(RoleGrant).where(
            RoleGrant.account_id == account.id, RoleGrant.role == role, RoleGrant.unit_id == unit.id
        )
    )
    if row is None:
        row = RoleGrant(account_id=account.id, account=account, role=role, unit_id=unit.id, unit=unit)
        db.session.add(row)
    row.granted_by_id, row.valid_from, row.valid_to = actor.account_id, on, None
    end_sessions(account)
    audit.record(
        "role.grant",
        account,
        actor=actor,
        at=at,
        after={**_whose(account), "role": str(role), "unit": unit.name},
        unit_path=unit.path,
    )
    db.session.flush()
    return row


def revoke(row: RoleGrant, *, actor: Actor, at: datetime, on: date) -> None:
    """End a role the day before `on`; the rights end at the next request.

    :raise LastAdministrator: nobody else could administer.
    """
    if row.role == Role.ADMIN:
        _check_other_administrator(row.account, on)
    row.valid_to = on - timedelta(days=1)
    if row.valid_from is not None and row.valid_from > row.valid_to:
        row.valid_from = row.valid_to
    end_sessions(row.account)
    audit.record(
        "role.revoke", row.account, actor=actor, at=at, before={"role": str(row.role), "unit": row.unit.name},
        after=_whose(row.account), unit_path=row.unit.path,
    )  # fmt: skip
    db.session.flush()


def disable(account: Account, *, actor: Actor, at: datetime) -> None:
    """Close an account; its sessions end at the next request.

    :raise LastAdministrator: nobody else could administer.
    """
    if any(grant.role == Role.ADMIN for grant in queries.grants_of(account, local_date(at))):
        _check_other_administrator(account, local_date(at))
    account.disabled_at = at
    end_sessions(account)
    audit.record("account.disable", account, actor=actor, at=at, after=_whose(account))
    db.session.flush()


def enable(account: Account, *, actor: Actor, at: datetime) -> None:
    """Open a closed account again."""
    account.disabled_at = None
    audit.record("account.enable", account, actor=actor, at=at, after=_whose(account))
    db.session.flush()


def sign_out_everywhere(account: Account, *, actor: Actor, at: datetime) -> None:
    """End every session of the account at somebody's wish, and say so in the trail."""
    end_sessions(account)
    audit.record("account.end_sessions", account, actor=actor, at=at, after=_whose(account))
    db.session.flush()


def _check_other_administrator(account: Account, on: date) -> None:
    """Pass while somebody else administers; two who take the right from each other wait for one another."""
    if not any(other != account.id for other in queries.administrators(on, locked=True)):
        raise LastAdministrator()
