"""What stands against filing an entry, asked in one place by the page that checks and by the verb that files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from flask import current_app

from core.entries import answers, eligibility, rules
from core.entries.models import Authorship, Entry
from core.entries.rules import State, Subject
from core.errors import DomainError
from core.extensions import db
from core.hookspecs import AuthorView, EntryView, Finding, SeasonView, UnitView
from core.organisations.models import Unit
from core.people.models import Person
from core.people.rules import MembershipKind
from core.scoring.awards import Achievement
from core.scoring.movement import Fact, Form
from core.seasons.frozen import SeasonRules, rules_of
from core.seasons.models import Season
from core.seasons.rules import Phase
from core.vietnamese.dates import local_date

AwardedSince = Callable[[Person, str, date], bool]


def _nobody_awarded(_person: Person, _award: str, _since: date) -> bool:
    return False


_awarded: list[AwardedSince] = [_nobody_awarded]


def count_awards_with(function: AwardedSince) -> None:
    """Let the awards room, which this one does not know, answer whether a person received an award since a day."""
    _awarded[0] = function


def form_of(entry: Entry) -> Form:
    """Return what this entry is asked: the movement's questions, and evidence that the season's sheets want."""
    frozen = rules_of(entry.season)
    return answers.with_evidence(frozen.form, [sheet for sheet in frozen.sheets() if sheet.subject == entry.subject])


def facts_by(entry: Entry, by: str) -> list[Fact]:
    """Return the facts of this entry that `by` (unit, organiser, field, system) supplies."""
    frozen: SeasonRules = rules_of(entry.season)
    relevant = answers.relevant_facts(frozen.facts, frozen.sheets(), entry.subject)
    return [fact for fact in relevant if fact.by == by]


def missing_facts(entry: Entry, by: str) -> list[Fact]:
    """Return the facts of `by` that are unknown and have no default."""
    known = {fact.fact_id for fact in entry.facts}
    return [fact for fact in facts_by(entry, by) if fact.id not in known and fact.default is None]


def files_by_field(entry: Entry) -> dict[str, int]:
    """Return how many files answer each question."""
    counts: dict[str, int] = {}
    for file in entry.attachments:
        counts[file.field_id] = counts.get(file.field_id, 0) + 1
    return counts


def deadline_of(entry: Entry) -> datetime | None:
    """Return until when the entry may be filed: the season's deadline, or for a returned entry its own if later."""
    closes_at = entry.season.closes_at
    if entry.state == State.RETURNED and entry.due_at is not None:
        return max(closes_at, entry.due_at) if closes_at is not None else entry.due_at
    return closes_at


def submission_problems(entry: Entry, *, received_at: datetime, pledged: bool) -> list[DomainError]:
    """Return everything that stands against filing, in the order in which the form asks; empty: it may be filed."""
    return [
        *season_problems(entry, received_at),
        *content_problems(entry, on=local_date(received_at)),
        *([] if pledged else [rules.PledgeMissing()]),
    ]


def season_problems(entry: Entry, received_at: datetime) -> list[DomainError]:
    """Return what the season has against filing now: not open yet, not open any more, past the deadline."""
    season = entry.season
    deadline = deadline_of(entry)
    if deadline is not None and received_at > deadline:
        return [rules.DeadlinePassed(deadline=deadline)]
    is_early = season.opens_at is not None and received_at < season.opens_at
    if season.phase != Phase.OPEN or is_early:
        return [rules.SeasonNotOpen(opens_at=season.opens_at if is_early else None)]
    return []


def content_problems(entry: Entry, *, on: date) -> list[DomainError]:
    """Return what is missing or wrong in the entry itself on the day `on`."""
    found: list[DomainError] = []
    try:
        rules.check_title(entry.title, entry.subject)
    except DomainError as error:
        found.append(error)
    found += author_problems(entry)
    frozen = rules_of(entry.season)
    first_use = answers.first_use_fields(frozen.movement.eligibility)
    found += answers.problems(form_of(entry), entry.answers, files_by_field(entry), today=on, first_use=first_use)
    found += eligibility_problems(entry, on)
    found += [
        rules.NotEligible(title=finding.message, field=finding.field or "")
        for finding in check_plugins(entry)
        if finding.level == "block"
    ]
    return found


def author_problems(entry: Entry) -> list[DomainError]:
    """Return what is wrong with the authors: none, too many, shares or lead."""
    authors = rules_of(entry.season).form.authors
    if authors is None or entry.subject != Subject.INITIATIVE:
        return []
    if not entry.authorships:
        return [rules.AuthorsMissing()]
    if len(entry.authorships) > authors.max:
        return [rules.TooManyAuthors(limit=authors.max, count=len(entry.authorships))]
    if not authors.shares:
        return []
    try:
        leads = sum(author.is_lead for author in entry.authorships)
        rules.check_shares([author.share for author in entry.authorships], leads, lead_required=authors.lead)
    except DomainError as error:
        return [error]
    return []


def eligibility_problems(entry: Entry, on: date) -> list[DomainError]:
    """Return the blocking conditions that are not met: the questions before filing, then the movement's own."""
    found: list[DomainError] = []
    question = next(
        (name for name, good in QUESTIONS.items() if entry.eligibility.get(name, good[0]) not in good), None
    )
    if question is not None:
        found.append(rules.EligibilityNo(question=question, year=entry.season.year))
    found += [
        rules.NotEligible(title=rule.title, field=rule.field or "")
        for rule in failed_conditions(entry, on)
        if rule.effect == "block"
    ]
    return found


# The three questions before filing (P3), with the answers that let an entry through.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "nguoi": ("co",),
    "ap-dung": ("da", "thu"),
    "da-nop": ("chua", "khong-nho"),
}


def failed_question(given: Mapping[str, str]) -> str | None:
    """Return the first question before filing whose answer keeps the entry out; one not asked keeps nobody out."""
    return next((name for name, good in QUESTIONS.items() if given.get(name, good[0]) not in good), None)


def failed_conditions(entry: Entry, on: date) -> list[eligibility.Eligibility]:
    """Return the movement's conditions, blocking or not, that the entry does not meet on a day."""
    frozen = rules_of(entry.season)
    person = entry.nominee if entry.subject == Subject.PERSON else entry.owner
    membership = person.membership if person is not None else None
    is_known = entry.subject != Subject.COLLECTIVE and membership is not None
    standing = eligibility.Standing(
        filed_on=on,
        is_member=membership.kind == MembershipKind.MEMBER if is_known and membership else None,
        member_since=membership.valid_from if is_known and membership else None,
        unit_kind=entry.unit.kind_code,
        answers=entry.answers,
    )

    def awarded(award: str, since: date) -> bool:
        return is_known and person is not None and _awarded[0](person, award, since)

    return eligibility.failed(frozen.movement.eligibility, frozen.form, standing, awarded)


def check_plugins(entry: Entry) -> list[Finding]:
    """Return the findings of the movement's plugin about an entry; none when the plugin is gone."""
    registry = current_app.extensions["thidua_registry"]
    found: list[Finding] = registry.check_entry(rules_of(entry.season).movement, entry_view(entry), season_view(entry))
    return found


def entry_view(entry: Entry) -> EntryView:
    """Return the entry as the copy that a plugin is handed."""
    form = form_of(entry)
    known = {one.fact_id: one.value for one in entry.facts}
    return EntryView(
        id=entry.public_id, code=entry.code or "", title=entry.title, subject=entry.subject, field=entry.field,
        state=entry.state, unit=_unit_view(entry.unit),
        authors=tuple(_author_view(one, entry) for one in entry.authorships),
        answers={field.id: answers.value_of(field, entry.answers.get(field.id)) for field in form.fields},
        facts=known, files=tuple(file.filename for file in entry.attachments),
        submitted_on=local_date(entry.submitted_at) if entry.submitted_at is not None else None,
    )  # fmt: skip


def _author_view(author: Authorship, entry: Entry) -> AuthorView:
    person = author.person
    membership = person.membership if person is not None else None
    return AuthorView(
        name=author.full_name, share=author.share, is_lead=author.is_lead,
        has_confirmed=author.confirmed_at is not None, unit=_unit_view(person.unit) if person is not None else None,
        is_member=membership.kind == MembershipKind.MEMBER if membership is not None else None,
        person_kind=person.person_kind if person is not None else "",
        achievements=recognised_before(person, entry) if person is not None else (),
    )  # fmt: skip


def recognised_before(person: Person, entry: Entry) -> tuple[Achievement, ...]:
    """Return what a person was awarded for in published seasons of the same movement, apart from this entry.

    The value is the answer to the form's first question about money, the kind the answer that an award's thresholds
    name; the level is not known here, so a route that asks for one counts nothing earlier.
    """
    earlier = db.session.scalars(
        sa.select(Entry)
        .join(Authorship, Authorship.entry_id == Entry.id)
        .join(Season, Season.id == Entry.season_id)
        .where(Authorship.person_id == person.id, Entry.id != entry.id, Entry.state == State.AWARDED)
        .where(Season.movement_id == entry.season.movement_id, Season.phase == Phase.PUBLISHED)
        .order_by(Entry.id)
    )
    return tuple(_achievement(each) for each in earlier)


def _achievement(entry: Entry) -> Achievement:
    movement = rules_of(entry.season).movement
    money = next((field for field in answers.asked(movement.form, entry.answers) if field.kind == "money"), None)
    kinds = {row.solution_kind for award in movement.awards for row in award.thresholds if row.solution_kind}
    return Achievement(
        year=entry.season.year,
        recognised=True,
        value=Decimal(entry.answers[money.id]) if money is not None and entry.answers.get(money.id) else None,
        kind=next((value for value in entry.answers.values() if isinstance(value, str) and value in kinds), None),
    )


def season_view(entry: Entry) -> SeasonView:
    """Return the entry's season as the copy that a plugin is handed."""
    season = entry.season
    return SeasonView(
        id=season.public_id, title=season.title, movement_id=season.movement_id,
        rules_version=rules_of(season).movement.rules_version, year=season.year, unit=_unit_view(season.owner_unit),
        opens_on=local_date(season.opens_at) if season.opens_at is not None else None,
        closes_on=local_date(season.closes_at) if season.closes_at is not None else None,
    )  # fmt: skip


def _unit_view(unit: Unit | None) -> UnitView | None:
    return UnitView(id=unit.code, name=unit.name, kind=unit.kind_code, path=unit.path) if unit is not None else None
