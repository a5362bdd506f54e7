"""What a person may be to the union."""

from __future__ import annotations

from enum import StrEnum

from core.errors import DomainError


class MembershipKind(StrEnum):
    """How a person belongs to a unit. Taking part in a movement never depends on it unless the movement says so."""

    MEMBER = "member"
    WORKER = "worker"
    FORMER = "former"
    CIVIL_SERVANT = "civil_servant"


class Sex(StrEnum):
    """Needed where equal merit prefers women (NĐ 152/2025/NĐ-CP, Điều 4) [V2]."""

    FEMALE = "female"
    MALE = "male"


class MemberCodeTaken(DomainError):
    """Another person has this member code. Facts: code."""

    status = 409


class PersonChanged(DomainError):
    """Somebody else saved the person's data after the form was opened."""

    status = 409


class TransferTooEarly(DomainError):
    """The day of a transfer does not lie after the day the present membership began. Facts: since."""

    status = 422


class AlreadyThere(DomainError):
    """The person already belongs to that unit in that way. Facts: unit."""

    status = 409


def check_revision(typed: str | None, current: int) -> None:
    """Pass while the form was opened on the row as it still is.

    :raise PersonChanged: somebody saved in between, or the form does not say what it was opened on.
    """
    if typed != str(current):
        raise PersonChanged()
