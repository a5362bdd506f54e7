"""What the trail needs to know of whoever acts; the accounts room has the whole of it."""

from __future__ import annotations

from typing import Protocol


class ActorLike(Protocol):
    """Somebody, or the system, behind an act."""

    @property
    def account_id(self) -> int | None:
        """The account; None for the system and for visitors."""

    @property
    def name(self) -> str:
        """The name as the trail writes it."""
