"""What happens to an entry once it is filed: every verb of its life, each with its step and its line in the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from core.accounts.rules import Actor
from core.audit import service as audit
from core.entries import answers, checks, queries, rules
from core.entries.checks import check_plugins
from core.entries.drafts import (
    AuthorRow,
    attach,
    check_editable,
    check_revision,
    detach,
    save_answers,
    save_eligibility,
    set_authors,
    start_draft,
)
from core.entries.models import Authorship, Entry, EntryFact, EntryStep
from core.entries.rules import State
from core.extensions import db
from core.seasons.frozen import rules_of
from core.seasons.models import Season
from core.seasons.rules import DEFAULT_ENDORSE_DAYS
from core.vietnamese.codes import make_code
from core.vietnamese.dates import from_local, local_date

__all__ = [
    "AuthorRow", "attach", "check_editable", "check_plugins", "check_revision", "confirm_share", "detach", "endorse",
    "find_ineligible", "receive", "record_outcome", "refuse", "return_", "revise", "save_answers", "save_eligibility",
    "set_authors", "set_fact", "set_field", "start_draft", "submit", "unendorse", "withdraw",
]  # fmt: skip

END_OF_DAY = time(17, 0)


# --- The author ---------------------------------------------------------------------------------------------------


def submit(entry: Entry, *, actor: Actor, received_at: datetime, at: datetime, pledged: bool = True) -> None:
    """File the entry, or file it again after a return. The code is drawn at the first time and stays.

    :param received_at: when the request had fully arrived; the deadline is measured by it.
    :raise DeadlinePassed: it arrived after the deadline.
    :raise SeasonNotOpen: the season takes no entries.
    :raise EntryIncomplete: something in it is missing or wrong.
    :raise UnitOutsideSeason: the unit does not take part.
    """
    before = entry.state
    rules.check_transition("submit", before)
    season = _locked_season(entry.season_id)
    found = checks.submission_problems(entry, received_at=received_at, pledged=pledged)
    for problem in found:
        if isinstance(problem, rules.DeadlinePassed | rules.SeasonNotOpen):
            raise problem
    if found:
        raise rules.EntryIncomplete(problems=found)
    if entry.code is None:
        entry.code = make_code(season.code_prefix, season.year, _next_number(season))
    if before == State.DRAFT:
        entry.route = [level.stored() for level in queries.route_for(entry.unit, season, on=local_date(at))]
        entry.route_index = 0
    entry.submitted_at, entry.pledged_at, entry.saved_at = received_at, at, at
    _keep_work_field(entry)
    _keep_form_facts(entry, actor=actor, at=at)
    for author in entry.authorships:
        if author.person_id is not None and author.person_id == actor.person_id and author.confirmed_at is None:
            author.confirmed_at = at
    _hand_on(entry, at=at)
    _note(entry, "submit", before, actor=actor, at=at)


def withdraw(entry: Entry, *, actor: Actor, at: datetime, note: str = "") -> None:
    """Take the entry out for good."""
    before = entry.state
    entry.state = rules.check_transition("withdraw", before) or before
    entry.holder_unit_id, entry.holder_unit, entry.due_at = None, None, None
    _note(entry, "withdraw", before, actor=actor, at=at, note=note)


def revise(entry: Entry, *, actor: Actor, at: datetime) -> None:
    """Take the entry back to change it, as long as nobody has endorsed it; it keeps its code.

    :raise AlreadyEndorsed: a unit has endorsed since it was filed.
    :raise TooLateToRevise: after the deadline it could not be filed again.
    """
    before = entry.state
    after = rules.check_transition("revise", before) or before
    step = queries.last_step(entry)
    if step is not None and step.verb not in {"submit", "unendorse"}:
        raise rules.AlreadyEndorsed()
    deadline = entry.season.closes_at
    if deadline is not None and at > deadline:
        raise rules.TooLateToRevise(deadline=deadline)
    entry.state = after
    entry.holder_unit_id, entry.holder_unit, entry.due_at = None, None, None
    _note(entry, "revise", before, actor=actor, at=at)


def confirm_share(entry: Entry, *, actor: Actor, at: datetime) -> Authorship:
    """Confirm one's own part and share; once more changes nothing.

    :raise AuthorsMissing: the actor is not among the authors.
    """
    mine = next((one for one in entry.authorships if one.person_id and one.person_id == actor.person_id), None)
    if mine is None:
        raise rules.AuthorsMissing()
    if mine.confirmed_at is None:
        mine.confirmed_at = at
        _record(entry, "confirm_share", actor=actor, at=at, after={"share": mine.share})
        db.session.flush()
    return mine


# --- The line -----------------------------------------------------------------------------------------------------


def endorse(
    entry: Entry, *, actor: Actor, at: datetime, facts: Mapping[str, str] | None = None, note: str = ""
) -> None:
    """Endorse in the name of the unit that holds the entry, and hand it to the next one.

    :param facts: values that only the unit knows, by fact.
    :raise FactMissing: such a value is unknown and has no default.
    :raise FactUnreadable: a value does not fit.
    """
    before = entry.state
    rules.check_transition("endorse", before)
    _keep_facts(entry, "unit", facts or {}, actor=actor, at=at)
    for fact in checks.missing_facts(entry, "unit"):
        raise rules.FactMissing(fact=fact.id, title=fact.title)
    unit_id = entry.holder_unit_id
    entry.route_index += 1
    _hand_on(entry, at=at)
    _note(entry, "endorse", before, actor=actor, at=at, note=note, unit_id=unit_id)


def unendorse(entry: Entry, *, actor: Actor, at: datetime) -> None:
    """Take back the last endorsement, within ten minutes and before anybody above has acted.

    :raise UndoTooLate: later, or something happened since.
    """
    before = entry.state
    after = rules.check_transition("unendorse", before) or before
    step = queries.last_step(entry)
    if step is None or step.verb != "endorse" or at - step.at > timedelta(minutes=rules.UNDO_MINUTES):
        raise rules.UndoTooLate(minutes=rules.UNDO_MINUTES)
    entry.route_index = next(place for place, level in enumerate(entry.route) if level["unit"] == step.unit_id)
    entry.state = after
    entry.holder_unit_id = step.unit_id
    entry.due_at = due_after(at, _endorse_days(entry.season))
    _note(entry, "unendorse", before, actor=actor, at=at, unit_id=step.unit_id)


def return_(
    entry: Entry, *, actor: Actor, at: datetime, reasons: Sequence[str], note: str = "", due_at: datetime | None = None
) -> None:
    """Send the entry back to be completed, once, with every reason.

    Filed again it comes back to the office that returned it: those below have endorsed it already.

    :param reasons: codes (`words.RETURN_REASONS`); "other" needs the note.
    :param due_at: until when; a week where none is given.
    :raise ReasonMissing: no reason.
    """
    before = entry.state
    after = rules.check_transition("return", before) or before
    _check_reasons("return", reasons, note)
    unit_id = entry.holder_unit_id or entry.season.owner_unit_id
    if before != State.SUBMITTED:
        entry.route_index = len(entry.route)
    entry.state = after
    entry.holder_unit_id, entry.holder_unit, entry.received_at = None, None, None
    entry.due_at = due_at or due_after(at, rules.RETURN_DAYS)
    _note(entry, "return", before, actor=actor, at=at, reasons=reasons, note=note, unit_id=unit_id)


def refuse(entry: Entry, *, actor: Actor, at: datetime, reasons: Sequence[str], note: str = "") -> None:
    """Refuse to endorse, with reasons; the entry's life ends here.

    :raise ReasonMissing: no reason.
    """
    before = entry.state
    after = rules.check_transition("refuse", before) or before
    _check_reasons("refuse", reasons, note)
    unit_id = entry.holder_unit_id
    entry.state = after
    entry.holder_unit_id, entry.holder_unit, entry.due_at = None, None, None
    _note(entry, "refuse", before, actor=actor, at=at, reasons=reasons, note=note, unit_id=unit_id)


# --- The organiser ------------------------------------------------------------------------------------------------


def receive(
    entry: Entry, *, actor: Actor, at: datetime, facts: Mapping[str, str] | None = None, field: str | None = None
) -> None:
    """Take the entry into the season.

    :param facts: values the organiser supplies, by fact; what is unknown may follow until judging closes.
    :param field: another field of work than the author chose.
    :raise FactUnreadable: a value does not fit.
    """
    before = entry.state
    after = rules.check_transition("receive", before) or before
    _keep_facts(entry, "organiser", facts or {}, actor=actor, at=at)
    if field is not None:
        _put_field(entry, field)
    entry.state, entry.received_at, entry.due_at = after, at, None
    _note(entry, "receive", before, actor=actor, at=at, unit_id=entry.season.owner_unit_id)


def find_ineligible(entry: Entry, *, actor: Actor, at: datetime, reasons: Sequence[str], note: str = "") -> None:
    """Find that the entry may not take part, with reasons that its author reads.

    :raise ReasonMissing: no reason.
    """
    before = entry.state
    after = rules.check_transition("find_ineligible", before) or before
    _check_reasons("find_ineligible", reasons, note)
    entry.state, entry.due_at = after, None
    owner = entry.season.owner_unit_id
    _note(entry, "find_ineligible", before, actor=actor, at=at, reasons=reasons, note=note, unit_id=owner)


def set_fact(entry: Entry, fact_id: str, value: str, *, actor: Actor, at: datetime) -> EntryFact:
    """Set a value about the entry that is no mark.

    :raise FactUnreadable: the movement has no such fact, or the value does not fit it.
    """
    fact = next((one for one in rules_of(entry.season).facts if one.id == fact_id), None)
    text = answers.fact_text(fact, value) if fact is not None else None
    if fact is None or text is None:
        raise rules.FactUnreadable(fact=fact_id, title=fact.title if fact else fact_id, kind=fact.kind if fact else "")
    row = next((one for one in entry.facts if one.fact_id == fact_id), None)
    if row is not None and row.value == text:
        return row
    before = row.value if row is not None else None
    if row is None:
        row = EntryFact(entry_id=entry.id, fact_id=fact_id)
        entry.facts.append(row)
    row.value, row.set_by_id, row.set_at = text, actor.account_id, at
    _record(entry, "set_fact", actor=actor, at=at, before={fact_id: before}, after={fact_id: text})
    db.session.flush()
    return row


def set_field(entry: Entry, field: str, *, actor: Actor, at: datetime) -> None:
    """Put the entry into another field of work.

    :raise FactUnreadable: the movement has no such field.
    """
    before = entry.field
    _put_field(entry, field)
    if before != field:
        _record(entry, "set_field", actor=actor, at=at, before={"field": before}, after={"field": field})
    db.session.flush()


def record_outcome(entry: Entry, verb: str, *, actor: Actor, at: datetime, note: str = "") -> None:
    """Move the entry by a verb of a later room: start_judging, score, unscore, decide, award, pass_over, shelve, annul.

    :raise WrongState: the verb does not begin where the entry stands.
    """
    before = entry.state
    entry.state = rules.check_transition(verb, before) or before
    _note(entry, verb, before, actor=actor, at=at, note=note, unit_id=entry.season.owner_unit_id)


# --- Parts of the verbs -------------------------------------------------------------------------------------------


def due_after(at: datetime, days: int) -> datetime:
    """Return the end of the working day (17:00 in Vietnam) so many days later."""
    return from_local(local_date(at) + timedelta(days=days), END_OF_DAY)


def _locked_season(season_id: int) -> Season:
    """Return the season as it stands, locked until the commit: a deadline cannot move between check and filing."""
    query = sa.select(Season).where(Season.id == season_id).with_for_update(of=Season)
    return db.session.scalars(query.execution_options(populate_existing=True)).unique().one()


def _next_number(season: Season) -> int:
    """Return the next number of the season, whose row is locked. Its revision stays: no page of it becomes stale."""
    table = sa.table("season", sa.column("id"), sa.column("last_entry_number"))
    number = season.last_entry_number + 1
    db.session.execute(sa.update(table).where(table.c.id == season.id).values(last_entry_number=number))
    db.session.refresh(season, ["last_entry_number"])
    return number


def _hand_on(entry: Entry, *, at: datetime) -> None:
    """Give the entry to the next unit of its line that has an officer, or, past the end, to the organiser."""
    while entry.route_index < len(entry.route) and entry.route[entry.route_index]["skipped"]:
        entry.route_index += 1
    if entry.route_index < len(entry.route):
        entry.state = State.SUBMITTED
        entry.holder_unit_id = entry.route[entry.route_index]["unit"]
        entry.due_at = due_after(at, _endorse_days(entry.season))
    else:
        entry.state = State.ENDORSED
        entry.holder_unit_id, entry.due_at = None, None


def _endorse_days(season: Season) -> int:
    return int((season.choices or {}).get("endorse_days") or DEFAULT_ENDORSE_DAYS)


def _keep_work_field(entry: Entry) -> None:
    question = answers.work_field(checks.form_of(entry))
    value = entry.answers.get(question.id) if question is not None else None
    if isinstance(value, str):
        entry.field = value


def _put_field(entry: Entry, field: str) -> None:
    question = answers.work_field(checks.form_of(entry))
    if question is None or field not in {choice.id for choice in question.choices}:
        raise rules.FactUnreadable(fact="field", title=question.title if question else "", kind="choice")
    entry.field = field


def _keep_form_facts(entry: Entry, *, actor: Actor, at: datetime) -> None:
    """Copy the facts that the form itself answers."""
    for fact in checks.facts_by(entry, "field"):
        value = entry.answers.get(fact.field or "")
        text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else value
        if isinstance(text, str):
            set_fact(entry, fact.id, text, actor=actor, at=at)


def _keep_facts(entry: Entry, by: str, values: Mapping[str, str], *, actor: Actor, at: datetime) -> None:
    for fact in checks.facts_by(entry, by):
        if values.get(fact.id):
            set_fact(entry, fact.id, values[fact.id], actor=actor, at=at)


def _check_reasons(verb: str, reasons: Sequence[str], note: str) -> None:
    if not reasons or (set(reasons) == {"other"} and not note.strip()):
        raise rules.ReasonMissing(verb=verb)


def _note(
    entry: Entry, verb: str, before: State, *, actor: Actor, at: datetime, reasons: Sequence[str] = (), note: str = "",
    unit_id: int | None = None,
) -> None:  # fmt: skip
    """Write the step that the timeline shows and the line of the trail."""
    entry.steps.append(
        EntryStep(
            entry_id=entry.id, at=at, verb=verb, from_state=before, to_state=entry.state, actor_id=actor.account_id,
            unit_id=unit_id, reasons=list(reasons), note=note,
        )
    )  # fmt: skip
    _record(
        entry, verb, actor=actor, at=at, before={"state": before},
        after={"state": entry.state, "reasons": list(reasons)}, note=note,
    )  # fmt: skip
    db.session.flush()
    # The holder is loaded anew: its key was set, not the row.
    db.session.expire(entry, ["holder_unit"])


def _record(
    entry: Entry, verb: str, *, actor: Actor, at: datetime, before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None, note: str = "",
) -> None:  # fmt: skip
    audit.record(
        f"entry.{verb}", entry, actor=actor, at=at, before=before, after=after, note=note, season_id=entry.season_id,
        unit_path=entry.unit.path,
    )  # fmt: skip
