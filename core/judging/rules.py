"""The life of a score sheet, and what keeps a judge from an entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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


# Who fills a column: the panel's judges, or one person outside it.
PANEL_COLUMNS = frozenset({"judge", "council"})

# Stages take judges and sheets while entries stand here.
ASSIGNABLE = ("received", "in_judging")


class JudgeRecused(DomainError):
    """The judge has a conflict with this entry. Facts: judge (name), entry (code), reason."""

    status = 409


class SameUnit(JudgeRecused):
    """The judge's unit is an author's, or above or below it. Facts: judge (name), entry (code), on_line."""


class WrongPanel(DomainError):
    """The judge's panel scores another field or stage, or the judge has left. Facts: judge (name), entry (code)."""

    status = 409


class JudgeAlreadyOnPanel(DomainError):
    """A panel has each person once. Facts: judge (name)."""

    status = 409


class JudgeHasSheets(DomainError):
    """Sealed sheets point at this judge or pair. Facts: judge (name), count."""

    status = 409


class NotAJudge(DomainError):
    """The account has not the role of a judge. Facts: name."""


class TitleMissing(DomainError):
    """A panel needs a name."""


class SheetAlreadySealed(DomainError):
    """A sealed sheet does not change. Facts: sealed_at."""

    status = 409


class SheetAlreadyExists(DomainError):
    """This filler, or for a unit's column anybody else, already holds a sheet for the entry in this stage."""

    status = 409


class SheetIncomplete(DomainError):
    """Marks are missing or out of range. Facts: problems (tuple of "code:criterion")."""


class SheetNotFinished(DomainError):
    """Only a finished sheet is sealed. Facts: entry (label)."""

    status = 409


class JudgingDeadlinePassed(DomainError):
    """A finished sheet does not change after the deadline of judging. Facts: deadline."""

    status = 409


class JudgingNotOpen(DomainError):
    """The season is not being judged now. Facts: phase."""

    status = 409


class SheetsMissing(DomainError):
    """Judging cannot close: sheets are not sealed. Facts: count."""

    status = 409


class NothingReceived(DomainError):
    """Judging cannot start without a received entry."""

    status = 409


class NoPlan(DomainError):
    """No plan of judges keeps every condition. Facts: sets (how many minimal sets of conditions stand in the way)."""

    status = 409


class PlanChanged(DomainError):
    """The plan that was shown is not what the records give now."""

    status = 409


class ScorerGone(DomainError):
    """The season's rules name a scorer that no installed plugin brings. Facts: scorer (id and version)."""

    status = 409


class ReasonNeeded(DomainError):
    """Reopening a sheet, or voiding one, is explained in words."""


class NoSuchColumn(DomainError):
    """The entry's sheet has no column for this filler. Facts: by."""

    status = 404


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing for which an amendment is refused: a code that has words, and facts for them."""

    code: str
    facts: Mapping[str, Any]


class AmendmentRefused(DomainError):
    """What was filed or scored would not stay readable. Facts: obstacles (tuple of `Obstacle`)."""

    status = 409


@dataclass(frozen=True, slots=True)
class Tie:
    """What ties a judge to an entry: the reason, and whether only by a unit above or below the author's."""

    reason: RecusalReason
    on_line: bool = False


def check_not_sealed(status: SheetStatus, sealed_at: object) -> None:
    """Pass for a sheet that may still change.

    :raise SheetAlreadySealed: it is sealed (or void after having been so).
    """
    if status in {SheetStatus.SEALED, SheetStatus.VOID}:
        raise SheetAlreadySealed(sealed_at=sealed_at)


def units_tie(judge_path: str, author_path: str, owner_path: str) -> bool | None:
    """Say how two units are tied: False the same, True one above the other, None not at all.

    A unit above counts up to, and without, the unit that runs the season: its own boards judge everybody.

    :param judge_path: the judge's unit, as its path («1.4.17.»).
    :param owner_path: the unit that runs the season.
    """
    if judge_path == author_path:
        return False
    upper = judge_path if author_path.startswith(judge_path) else author_path
    lower = author_path if upper == judge_path else judge_path
    below_owner = upper.startswith(owner_path) and upper != owner_path
    return True if below_owner and lower.startswith(upper) else None
