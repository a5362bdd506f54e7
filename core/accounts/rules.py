"""Who somebody is to the system: roles, grants, the actor of a request; and the refusals of signing in."""

from __future__ import annotations

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


def key_of(typed: str) -> str:
    """Return the folded identity of what was typed at sign-in: a phone number as ten digits, else the folded code."""
    try:
        return parse_phone(typed)
    except PhoneNotUnderstood:
        return login_fold(typed).replace(" ", "")
