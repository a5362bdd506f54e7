"""What keeps the tree of units whole."""

from __future__ import annotations

from core.errors import DomainError


class UnitCodeTaken(DomainError):
    """Another unit has this code. Facts: code."""

    status = 409


class UnitUnderItself(DomainError):
    """A unit cannot hang below itself. Facts: unit, parent."""


class UnitDissolved(DomainError):
    """The unit has ended: nothing new hangs below it, and it ends only once. Facts: unit."""

    status = 409


class NameDateTooEarly(DomainError):
    """A new name would begin before the present one did. Facts: since."""

    status = 422


def path_of(parent_path: str, unit_id: int) -> str:
    """Return the line of scope of a unit: ids joined by dots and closed by one («1.4.17.»)."""
    return f"{parent_path}{unit_id}."


def ids_on(path: str) -> list[int]:
    """Return the ids on a path, from the top down to the unit itself."""
    return [int(part) for part in path.split(".") if part]
