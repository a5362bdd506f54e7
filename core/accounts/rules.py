"""Who somebody is to the system: roles, grants, the actor of a request; and the refusals of signing in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import DomainError
from core.vietnamese.phones import PhoneNotUnderstood, parse_phone
from core.vietnamese.text import login_fold


class Role(StrEnum):
    """What a person may be. Everybody signed in is also public and, by having an account, a worker."""

    PUBLIC = "public"
    WORKER = "worker"
    OFFICER = "officer"
    JUDGE = "judge"
    ORGANISER = "organiser"
    ADMIN = "admin"


class LoginKind(StrEnum):
    """What a person may type as a name at sign-in."""

    PHONE = "phone"
    MEMBER_CODE = "member_code"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role over one unit and everything below it."""

    role: Role
    unit_id: int
    unit_path: str


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a request or command, as a value: it never touches the database.

    `account_id` is None for a visitor and for the system itself.
    """

    account_id: int | None
    person_id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    public_id: str = ""
    is_system: bool = False
    roles: frozenset[Role] = field(default=frozenset({Role.PUBLIC}))

    @property
    def is_signed_in(self) -> bool:
        """Whether a person stands behind this actor."""
        return self.account_id is not None

    def has(self, role: Role) -> bool:
        """Whether the actor holds `role` over any unit."""
        return role in self.roles

    def paths(self, role: Role) -> tuple[str, ...]:
        """Return the unit paths over which the actor holds `role`."""
        return tuple(grant.unit_path for grant in self.grants if grant.role == role)

    def covers(self, role: Role, path: str) -> bool:
        """Whether a grant of `role` covers the unit whose path is `path`."""
        return any(path.startswith(own) for own in self.paths(role))


VISITOR = Actor(account_id=None, person_id=None, name="")
SYSTEM = Actor(account_id=None, person_id=None, name="thidua", is_system=True)


class NotAllowed(DomainError):
    """The actor is known and may see the thing, but not do this to it. Facts: verb."""

    status = 403


class NotFoundHere(DomainError):
    """The thing does not exist, or the actor may not know that it does: one answer for both."""

    status = 404


class SignInRefused(DomainError):
    """Name or password wrong. Facts: tries_left, where the caller counted."""

    status = 422


class TooManyTries(DomainError):
    """A limit is used up. Facts: wait_seconds."""

    status = 429


class CodeRefused(DomainError):
    """The six-digit code is wrong, used or too old. Facts: code_id (None when the key names nobody)."""

    status = 422


class PasswordTooWeak(DomainError):
    """The chosen password is too short or on the list of common ones. Facts: reason (short, common, name)."""

    status = 422


class KeyTaken(DomainError):
    """The phone number or member code already names another account. Facts: key."""

    status = 409


class LastAdministrator(DomainError):
    """The only administrator left cannot be closed or lose the role."""

    status = 409


class RolesExclude(DomainError):
    """A role and one that the person already holds must be in different hands. Facts: role, held."""

    status = 409


class AccountForAdministrator(DomainError):
    """The account holds more than the officer does: only an administrator gives it a code or changes its keys."""

    status = 403


class NothingToSignInWith(DomainError):
    """Neither a phone number nor a member code is left that could name the account."""

    status = 422


# Whoever administers the system neither judges nor runs a season. Source: security.md T46.
EXCLUSIVE = frozenset({frozenset({Role.ADMIN, Role.JUDGE}), frozenset({Role.ADMIN, Role.ORGANISER})})


def check_exclusive(role: Role, held: Iterable[Role]) -> None:
    """Pass while `role` may be in the same hands as the roles already held.

    :raise RolesExclude: it may not.
    """
    for other in sorted(held):
        if frozenset({role, other}) in EXCLUSIVE:
            raise RolesExclude(role=role, held=other)


def check_may_open(actor: Actor, grants: Iterable[Grant]) -> None:
    """Pass while the actor may open an account with these grants by a code, which is to act as its owner.

    An officer may for workers, and for officers of units that the officer's own grants cover; nobody gains by a code
    a right that he or she does not have.

    :raise AccountForAdministrator: the account holds more than that.
    """
    if actor.is_system or actor.has(Role.ADMIN):
        return
    for grant in grants:
        if grant.role != Role.OFFICER or not actor.covers(Role.OFFICER, grant.unit_path):
            raise AccountForAdministrator()


def key_of(typed: str) -> str:
    """Return the folded identity of what was typed at sign-in: a phone number as ten digits, else the folded code."""
    try:
        return parse_phone(typed)
    except PhoneNotUnderstood:
        return login_fold(typed).replace(" ", "")
