"""Verbs of an entry in its author's hands: started, filled in, authors named, files added. None of them is audited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.entries import checks, queries
from core.entries.models import Attachment, Authorship, Entry
from core.entries.rules import (
    AuthorUnclear,
    NomineeMissing,
    StaleRevision,
    State,
    Subject,
    SubjectNotTaken,
    TooManyAuthors,
    TooManyFiles,
    WrongState,
)
from core.extensions import db
from core.files.kinds import FileFacts
from core.organisations.models import Unit
from core.people.models import Person
from core.scoring.movement import Authors
from core.seasons.frozen import rules_of
from core.seasons.models import Season
from core.vietnamese.codes import new_public_id
from core.vietnamese.dates import to_local
from core.vietnamese.text import clean_line, fold

EDITABLE = frozenset({State.DRAFT, State.RETURNED})


@dataclass(frozen=True, slots=True)
class AuthorRow:
    """An author as typed: a known person or a name, a workplace, a share in per cent."""

    full_name: str
    share: Decimal | None
    is_lead: bool = False
    workplace: str = ""
    person: Person | None = None


def start_draft(
    season: Season,
    *,
    owner: Person,
    unit: Unit,
    subject: Subject,
    at: datetime,
    filed_by: int | None = None,
    is_on_behalf: bool = False,
    nominee: Person | None = None,
    collective_name: str = "",
    eligibility: Mapping[str, str] | None = None,
    form_key: str | None = None,
) -> Entry:
    """Open a draft. An initiative starts with its owner as the one author, leading, with the whole share.

    :param filed_by: id of the account that types.
    :param is_on_behalf: an officer types for `owner`, who confirms later.
    :param eligibility: the answers to the questions before filing, kept as evidence.
    :raise SubjectNotTaken: the movement does not judge this kind.
    :raise NomineeMissing: a nomination without a person or the name of a collective.
    :raise UnitOutsideSeason: the unit does not take part.
    """
    frozen = rules_of(season)
    if subject not in frozen.movement.subjects:
        raise SubjectNotTaken(subject=subject)
    collective_name = clean_line(collective_name)
    if (subject == Subject.PERSON and nominee is None) or (subject == Subject.COLLECTIVE and not collective_name):
        raise NomineeMissing(subject=subject)
    queries.line_to_owner(unit, season)
    public_id = new_public_id()
    entry = Entry(
        public_id=public_id, season_id=season.id, season=season, subject=subject, draft_code=public_id[:24], unit=unit,
        unit_id=unit.id, owner_id=owner.id, owner=owner, nominee_id=nominee.id if nominee else None, nominee=nominee,
        collective_name=collective_name, filed_by_id=filed_by, is_on_behalf=is_on_behalf, answers={},
        eligibility=dict(eligibility or {}), state=State.DRAFT, created_at=at, saved_at=at, form_key=form_key,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    entry.draft_code = f"N-{to_local(at):%y}-{entry.id:04d}"
    if subject == Subject.INITIATIVE and frozen.form.authors is not None:
        entry.authorships.append(_authorship(AuthorRow(owner.full_name, Decimal(100), True, unit.name, owner), 1))
    db.session.flush()
    return entry


def check_editable(entry: Entry) -> None:
    """Refuse changes to an entry that is not in its author's hands.

    :raise WrongState: it is filed, or its life is over.
    """
    if entry.state not in EDITABLE:
        raise WrongState(verb="edit", state=entry.state)


def check_revision(entry: Entry, revision: int | None) -> None:
    """Refuse to overwrite what was saved after the page was opened.

    :raise StaleRevision: the entry was saved in between; None skips the question.
    """
    if revision is not None and revision != entry.revision:
        raise StaleRevision(current=entry.revision, saved_at=entry.saved_at)


def save_answers(
    entry: Entry, values: Mapping[str, Any], *, at: datetime, title: str | None = None, revision: int | None = None
) -> None:
    """Keep stored answers by question; None removes one. Incomplete and unreadable answers are kept too.

    :raise WrongState: the entry is not in its author's hands.
    :raise StaleRevision: saved elsewhere since `revision`.
    """
    check_editable(entry)
    check_revision(entry, revision)
    merged = {**entry.answers, **values}
    merged = {name: value for name, value in merged.items() if value is not None}
    if merged != entry.answers:
        entry.answers = merged
    if title is not None and title != entry.title:
        # The column holds more than the limit, so that a title too long is kept until its author shortens it.
        entry.title = title[:300]
        entry.folded = fold(entry.title)[:300]
    entry.saved_at = at
    db.session.flush()


def save_eligibility(entry: Entry, values: Mapping[str, str], *, at: datetime) -> None:
    """Keep the answers to the questions before filing, given anew."""
    check_editable(entry)
    entry.eligibility = dict(values)
    entry.saved_at = at
    db.session.flush()


def set_authors(entry: Entry, rows: Sequence[AuthorRow], *, at: datetime) -> None:
    """Replace the authors. A confirmation stays where person and share stay; a sum other than 100 is kept in a draft.

    :raise TooManyAuthors: more than the movement takes.
    :raise AuthorUnclear: a row without a name or share, a share off the step, or a person twice.
    """
    check_editable(entry)
    authors = rules_of(entry.season).form.authors or Authors()
    check_author_rows(rows, authors)
    kept = {(one.person_id, one.share): one.confirmed_at for one in entry.authorships if one.person_id is not None}
    if [_row_of(one) for one in entry.authorships] == [_plain(row) for row in rows]:
        return
    entry.authorships.clear()
    db.session.flush()
    for position, row in enumerate(rows, start=1):
        author = _authorship(row, position)
        author.confirmed_at = kept.get((author.person_id, author.share)) if author.person_id else None
        entry.authorships.append(author)
    entry.saved_at = at
    db.session.flush()


def check_author_rows(rows: Sequence[AuthorRow], authors: Authors) -> None:
    """Check what must hold before rows of authors can be kept at all."""
    if len(rows) > authors.max:
        raise TooManyAuthors(limit=authors.max, count=len(rows))
    seen: set[int] = set()
    for number, row in enumerate(rows, start=1):
        facts = {"row": number, "name": row.full_name, "step": authors.share_step}
        if not row.full_name:
            raise AuthorUnclear(reason="name", **facts)
        if row.share is None or not 0 < row.share <= 100:
            raise AuthorUnclear(reason="share", **facts)
        if row.share % authors.share_step:
            raise AuthorUnclear(reason="step", **facts)
        if row.person is not None and row.person.id in seen:
            raise AuthorUnclear(reason="twice", **facts)
        if row.person is not None:
            seen.add(row.person.id)


def _authorship(row: AuthorRow, position: int) -> Authorship:
    person = row.person
    return Authorship(
        person_id=person.id if person else None, person=person, position=position, full_name=row.full_name[:120],
        birth_year=person.birth_year if person else None, workplace=row.workplace[:250],
        job_title=person.job_title if person else "", qualification=person.qualification if person else "",
        share=row.share, is_lead=row.is_lead,
    )  # fmt: skip


def _plain(row: AuthorRow) -> tuple[Any, ...]:
    return (row.person.id if row.person else None, row.full_name, row.workplace, row.share, row.is_lead)


def _row_of(author: Authorship) -> tuple[Any, ...]:
    return (author.person_id, author.full_name, author.workplace, author.share, author.is_lead)


def attach(
    entry: Entry, *, field_id: str, filename: str, facts: FileFacts, preview_sha256: str | None, by: int | None,
    at: datetime,
) -> Attachment:  # fmt: skip
    """Add a stored file as the answer to a question; the same file once more changes nothing.

    The entry's own row stays as it is, so that a form open beside the upload does not become stale.

    :raise TooManyFiles: the question takes no more.
    """
    check_editable(entry)
    same = next((one for one in entry.attachments if (one.sha256, one.field_id) == (facts.sha256, field_id)), None)
    if same is not None:
        return same
    field = next((one for one in checks.form_of(entry).fields if one.id == field_id), None)
    if field is not None and field.max_files is not None:
        count = checks.files_by_field(entry).get(field_id, 0)
        if count >= field.max_files:
            raise TooManyFiles(title=field.title, limit=field.max_files)
    file = Attachment(
        public_id=new_public_id(), entry_id=entry.id, field_id=field_id, filename=filename, media_type=facts.media_type,
        extension=facts.extension, size=facts.size, sha256=facts.sha256, preview_sha256=preview_sha256,
        pages=facts.pages, width=facts.width, height=facts.height, uploaded_by_id=by, uploaded_at=at,
    )  # fmt: skip
    entry.attachments.append(file)
    db.session.flush()
    return file


def detach(entry: Entry, public_id: str) -> None:
    """Take a file off the entry; one that is gone already is no error. The stored bytes stay."""
    check_editable(entry)
    for file in list(entry.attachments):
        if file.public_id == public_id:
            entry.attachments.remove(file)
    db.session.flush()
