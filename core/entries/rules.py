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


TITLE_LIMIT_CHARS = 150
UNDO_MINUTES = 10
RETURN_DAYS = 7


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
    """Something stands against submission. Facts: problems (list of DomainError, in the order of the form)."""


class TitleMissing(DomainError):
    """The entry has no title. Facts: subject."""


class TitleTooLong(DomainError):
    """The title is longer than allowed. Facts: subject, length, limit (characters)."""


class AnswerMissing(DomainError):
    """A required question has no answer. Facts: field (id), title, kind."""


class AnswerUnreadable(DomainError):
    """What was typed has no meaning for the question. Facts: field (id), title, kind, typed."""


class AnswerOutOfRange(DomainError):
    """The answer lies outside the limits of its question. Facts: field (id), title, low, high, length."""


class DayInFuture(DomainError):
    """The day on which use began lies after today. Facts: field (id)."""


class FilesMissing(DomainError):
    """A question that asks for files has none. Facts: field (id), title."""


class TooManyFiles(DomainError):
    """The question takes fewer files. Facts: title, limit."""


class PledgeMissing(DomainError):
    """The author has not pledged that the content is true and their own."""


class AuthorsMissing(DomainError):
    """The movement asks for authors and none is named."""


class TooManyAuthors(DomainError):
    """More authors than the movement takes. Facts: limit, count."""


class AuthorUnclear(DomainError):
    """An author's row cannot be kept. Facts: row (from 1), name, reason (name, share, twice, step), step."""


class UnitOutsideSeason(DomainError):
    """The unit does not take part in what the season's owner runs. Facts: unit, owner."""


class PersonOutside(DomainError):
    """The person does not belong to a unit of this officer. Facts: name."""


class NomineeMissing(DomainError):
    """A nomination names nobody. Facts: subject."""


class SubjectNotTaken(DomainError):
    """The movement does not judge this kind. Facts: subject."""


class AlreadyEndorsed(DomainError):
    """The entry was endorsed in the meantime, so its author cannot change it any more."""

    status = 409


class TooLateToRevise(DomainError):
    """After the deadline an entry taken back could not be filed again. Facts: deadline."""

    status = 409


class UndoTooLate(DomainError):
    """The endorsement can no longer be taken back. Facts: minutes."""

    status = 409


class FactMissing(DomainError):
    """A value that only this office knows is missing. Facts: fact (id), title."""


class FactUnreadable(DomainError):
    """A value does not fit its fact. Facts: fact (id), title, kind."""


class EligibilityNo(DomainError):
    """An answer before filing keeps the entry from this season. Facts: question, year."""


class ReasonMissing(DomainError):
    """A return, refusal or finding names at least one reason. Facts: verb."""


class NotEligible(DomainError):
    """A blocking check stands against the entry. Facts: title (the rule in words), field (id or "")."""


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


def check_title(title: str, subject: Subject) -> None:
    """Check the core's own first answer.

    :raise TitleMissing: it is empty.
    :raise TitleTooLong: more than 150 characters.
    """
    if not title:
        raise TitleMissing(subject=subject)
    if len(title) > TITLE_LIMIT_CHARS:
        raise TitleTooLong(subject=subject, length=len(title), limit=TITLE_LIMIT_CHARS)
