"""The phases of a season and who may move it from one to the next."""

from __future__ import annotations

from enum import StrEnum

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


class WrongPhase(DomainError):
    """The season does not stand where this verb begins. Facts: verb, phase."""

    status = 409


class SeasonNotReady(DomainError):
    """Something is missing before the season can open. Facts: blockers (list of codes)."""


class DatesInWrongOrder(DomainError):
    """The deadline must come after the opening. Facts: opens_at, closes_at."""


def next_phase(verb: str, phase: Phase) -> Phase:
    """Return where `verb` leads from `phase`.

    :raise WrongPhase: the verb does not begin there.
    """
    starts, end = MOVES[verb]
    if phase not in starts:
        raise WrongPhase(verb=verb, phase=phase)
    return end
