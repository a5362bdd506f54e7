"""The phases of a season and who may move it from one to the next; what its dates and codes must be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.errors import DomainError


class Phase(StrEnum):
    """Where a season stands. Stored, changed only by verbs: whether something is sealed never depends on a clock."""

    DRAFT = "draft"
    OPEN = "open"
    JUDGING = "judging"
    RANKED = "ranked"
    DECIDED = "decided"
    PUBLISHED = "published"


# verb: (from, to). The order is the life of a season; reopening and correction are verbs of their own.
MOVES: dict[str, tuple[frozenset[Phase], Phase]] = {
    "open": (frozenset({Phase.DRAFT}), Phase.OPEN),
    "start_judging": (frozenset({Phase.OPEN}), Phase.JUDGING),
    "close_judging": (frozenset({Phase.JUDGING}), Phase.RANKED),
    "reopen_judging": (frozenset({Phase.RANKED}), Phase.JUDGING),
    "decide": (frozenset({Phase.RANKED}), Phase.DECIDED),
    "publish": (frozenset({Phase.DECIDED}), Phase.PUBLISHED),
}


AMENDABLE = frozenset({Phase.OPEN, Phase.JUDGING, Phase.RANKED})
"""While a season runs its rules may be amended; what was decided rests on the rules it was decided by."""


class Scope(StrEnum):
    """What an amendment reaches: entries not scored yet, or all of them."""

    NOT_YET_SCORED = "not_yet_scored"
    RESCORE_ALL = "rescore_all"


class MilestoneKind(StrEnum):
    """The dated steps an organiser plans beside opening, deadline and end of judging, in the order of a season."""

    ENDORSED = "endorsed"
    COUNCIL = "council"
    PUBLISHED = "published"
    CLOSED = "closed"


EXTENSION = "extension-"
"""How the kind of a milestone begins that records an extension of the deadline."""

DEFAULT_ENDORSE_DAYS = 5
DEFAULT_GRACE_MINUTES = 15
LONGEST_GRACE_MINUTES = 120
_PREFIX = re.compile(r"[A-Z]{1,8}")


class WrongPhase(DomainError):
    """The season does not stand where this verb begins. Facts: verb, phase."""

    status = 409


class MovementGone(DomainError):
    """A draft's movement is neither installed nor offered, so nothing can be shown of it. Facts: movement_id."""

    status = 409


class FrozenRulesDamaged(DomainError):
    """The stored bytes are not those that were frozen: their SHA-256 differs. Facts: digest, expected."""

    status = 409


class SeasonNotReady(DomainError):
    """Something is missing before the season can open. Facts: blockers (list of `Blocker`)."""


class SeasonChanged(DomainError):
    """Somebody saved the season after this page was opened. Facts: revision (the stored one)."""

    status = 409


class DatesInWrongOrder(DomainError):
    """The deadline must come after the opening. Facts: opens_at, closes_at."""


class JudgingEndsTooEarly(DomainError):
    """Judging must end after the deadline for entries. Facts: closes_at, judging_closes_at."""


class MilestoneTooEarly(DomainError):
    """A milestone must come after the deadline for entries. Facts: kind, closes_at."""


class CodePrefixWrong(DomainError):
    """The letters before the codes of entries are not 1 to 8 of A to Z. Facts: prefix."""


class CodePrefixTaken(DomainError):
    """Another season of that year has these letters, so two entries would get one code. Facts: prefix, year."""


class YearOutOfRange(DomainError):
    """The year of a season is not one a code can carry. Facts: year."""


class ExtensionNotLater(DomainError):
    """A new deadline must be after the present one and still to come. Facts: closes_at, wanted."""


class ReasonMissing(DomainError):
    """An extension is announced with its reason; there is none."""


class DocumentMissing(DomainError):
    """An extension rests on a document; its number is missing."""


class NothingAmended(DomainError):
    """The amended rules are the rules in force."""


class RulesNotNewer(DomainError):
    """An amendment takes over a version of the movement that is not above the frozen one. Facts: version, frozen."""


class RulesNotInForce(DomainError):
    """The version of the movement is not in force on the day of the decision. Facts: on, starts, ends."""


class DecidedInFuture(DomainError):
    """The decision on an amendment bears a day that is still to come. Facts: on."""


class GroundsMissing(DomainError):
    """An amendment rests on a numbered decision and a reason; one is missing. Facts: what (decision, reason)."""


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing to do before a season can open: its code, the step of the wizard it belongs to, facts for the words."""

    code: str
    step: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def next_phase(verb: str, phase: Phase) -> Phase:
    """Return where `verb` leads from `phase`.

    :raise WrongPhase: the verb does not begin there.
    """
    starts, end = MOVES[verb]
    if phase not in starts:
        raise WrongPhase(verb=verb, phase=phase)
    return end


def check_dates(
    opens_at: datetime | None,
    closes_at: datetime | None,
    judging_closes_at: datetime | None,
    milestones: Iterable[tuple[str, datetime]] = (),
) -> None:
    """Pass where each date that is known comes after those it must follow.

    :raise DatesInWrongOrder: the deadline is not after the opening.
    :raise JudgingEndsTooEarly: judging ends before or with the deadline.
    :raise MilestoneTooEarly: a milestone lies before or on the deadline.
    """
    if closes_at is None:
        return
    if opens_at is not None and closes_at <= opens_at:
        raise DatesInWrongOrder(opens_at=opens_at, closes_at=closes_at)
    if judging_closes_at is not None and judging_closes_at <= closes_at:
        raise JudgingEndsTooEarly(closes_at=closes_at, judging_closes_at=judging_closes_at)
    for kind, at in milestones:
        if not kind.startswith(EXTENSION) and at <= closes_at:
            raise MilestoneTooEarly(kind=kind, closes_at=closes_at)


def check_prefix(prefix: str) -> None:
    """Pass for the letters that may stand before the codes of entries.

    :raise CodePrefixWrong: not 1 to 8 letters A to Z.
    """
    if not _PREFIX.fullmatch(prefix):
        raise CodePrefixWrong(prefix=prefix)


def check_year(year: int) -> None:
    """Pass for a year whose two last digits name it.

    :raise YearOutOfRange: before 2000 or after 2099.
    """
    if not 2000 <= year <= 2099:
        raise YearOutOfRange(year=year)


def suggested_prefix(movement_id: str, taken: Iterable[str]) -> str:
    """Return letters for the codes of a new season: the initials of the movement's id, made unique by one more letter.

    «lao-dong-gioi» gives LDG, then LDGB, LDGC. With all taken the plain initials come back, and saving will refuse.
    """
    initials = "".join(part[0] for part in movement_id.upper().split("-") if part and part[0].isalpha())[:7] or "HS"
    used = set(taken)
    free = (letters for letters in (initials, *(initials + chr(n) for n in range(66, 91))) if letters not in used)
    return next(free, initials)


def same_day_in(at: datetime | None, years: int) -> datetime | None:
    """Return the same moment `years` later; 29 February becomes the 28th where the year has none."""
    if at is None:
        return None
    try:
        return at.replace(year=at.year + years)
    except ValueError:
        return at.replace(year=at.year + years, day=28)
