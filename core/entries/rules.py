"""The life of an entry: its states, the one table of transitions, and what must hold at submission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.errors import DomainError


class Subject(StrEnum):
    """Who or what is judged."""

    INITIATIVE = "initiative"
    PERSON = "person"
    COLLECTIVE = "collective"


class State(StrEnum):
    """Where an entry stands. Published and under complaint are derived, never states."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REFUSED = "refused"
    ENDORSED = "endorsed"
    RECEIVED = "received"
    IN_JUDGING = "in_judging"
    SCORED = "scored"
    DECIDED = "decided"
    AWARDED = "awarded"
    NOT_AWARDED = "not_awarded"
    WITHDRAWN = "withdrawn"
    INELIGIBLE = "ineligible"
    SHELVED = "shelved"
    ANNULLED = "annulled"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: the verb, where it begins, where it leads (None: depends on the line)."""

    verb: str
    starts: frozenset[State]
    end: State | None


def _row(verb: str, starts: str, end: State | None) -> Transition:
    return Transition(verb, frozenset(State(word) for word in starts.split()), end)


TRANSITIONS: dict[str, Transition] = {
    row.verb: row
    for row in (
        _row("submit", "draft returned", State.SUBMITTED),
        # Leads to submitted at the next unit of the line, or to endorsed at its end.
        _row("endorse", "submitted", None),
        _row("unendorse", "submitted endorsed", State.SUBMITTED),
        _row("return", "submitted endorsed received", State.RETURNED),
        _row("refuse", "submitted", State.REFUSED),
        _row("receive", "endorsed", State.RECEIVED),
        _row("find_ineligible", "endorsed received", State.INELIGIBLE),
        _row("revise", "submitted", State.DRAFT),
        _row("withdraw", "draft submitted returned endorsed received", State.WITHDRAWN),
        _row("start_judging", "received", State.IN_JUDGING),
        _row("score", "in_judging", State.SCORED),
        _row("unscore", "scored", State.IN_JUDGING),
        _row("decide", "scored", State.DECIDED),
        _row("award", "decided scored", State.AWARDED),
        _row("pass_over", "decided scored", State.NOT_AWARDED),
        _row("shelve", "received in_judging scored", State.SHELVED),
        _row("annul", "awarded", State.ANNULLED),
    )
}


class WrongState(DomainError):
    """The entry does not stand where this verb begins. Facts: verb, state."""

    status = 409


class DeadlinePassed(DomainError):
    """The entry came after the deadline. Facts: deadline (aware datetime)."""

    status = 409


class SeasonNotOpen(DomainError):
    """The season takes no entries now. Facts: opens_at or None."""

    status = 409


class ShareSumWrong(DomainError):
    """The authors' shares do not add up to 100. Facts: total (Decimal)."""


class LeadMissing(DomainError):
    """Exactly one author leads. Facts: count."""


class EntryIncomplete(DomainError):
    """Required answers are missing at submission. Facts: missing (list of field ids, in form order)."""


class ReasonMissing(DomainError):
    """A return or refusal names at least one reason."""


class NotEligible(DomainError):
    """A blocking check stands against the entry. Facts: findings (list)."""


class StaleRevision(DomainError):
    """Somebody else, or this person on another device, saved in between. Facts: current, saved_at."""

    status = 409


def check_transition(verb: str, state: State) -> State | None:
    """Return where `verb` leads from `state`.

    :raise WrongState: the verb does not begin there.
    """
    row = TRANSITIONS[verb]
    if state not in row.starts:
        raise WrongState(verb=verb, state=state)
    return row.end


def check_deadline(received_at: datetime, deadline: datetime) -> None:
    """Accept what was fully received at or before the deadline.

    :raise DeadlinePassed: it came later, by however little.
    """
    if received_at > deadline:
        raise DeadlinePassed(deadline=deadline)


def check_shares(shares: list[Decimal], leads: int, *, lead_required: bool) -> None:
    """Check that shares (per cent) sum to exactly 100 and one author leads.

    Source: TT 18/2013/TT-BKHCN, Điều 5, mẫu đơn: tỷ lệ (%) đóng góp [V2].

    :raise ShareSumWrong: the sum differs from 100.
    :raise LeadMissing: not exactly one lead where the movement asks for one.
    """
    total = sum(shares, Decimal(0))
    if total != 100:
        raise ShareSumWrong(total=total)
    if lead_required and leads != 1:
        raise LeadMissing(count=leads)
