"""The life of a score sheet, and what keeps a judge from an entry."""

from __future__ import annotations

from enum import StrEnum

from core.errors import DomainError


class SheetStatus(StrEnum):
    """Where a sheet stands: being filled, finished by its filler, sealed for good, or void."""

    OPEN = "open"
    FINISHED = "finished"
    SEALED = "sealed"
    VOID = "void"


class RecusalReason(StrEnum):
    """Why a judge keeps off an entry."""

    AUTHOR = "author"
    SAME_UNIT = "same_unit"
    ENDORSER = "endorser"
    RELATIVE = "relative"
    OTHER = "other"


class JudgeRecused(DomainError):
    """The judge has a conflict with this entry. Facts: judge (name), entry (code), reason."""

    status = 409


class SameUnit(JudgeRecused):
    """The judge belongs to the unit of an author. Facts: judge (name), entry (code), unit (name)."""


class SheetAlreadySealed(DomainError):
    """A sealed sheet does not change. Facts: sealed_at."""

    status = 409


class SheetAlreadyExists(DomainError):
    """This judge already holds a sheet for the entry in this stage."""

    status = 409


class SheetIncomplete(DomainError):
    """Marks are missing or out of range. Facts: problems (list of "code:criterion")."""


class JudgingNotOpen(DomainError):
    """The season is not being judged now. Facts: phase."""

    status = 409


class SheetsMissing(DomainError):
    """Judging cannot close: sheets are not sealed. Facts: count."""

    status = 409
