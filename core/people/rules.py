"""What a person may be to the union."""

from __future__ import annotations

from enum import StrEnum


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
