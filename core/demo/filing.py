"""The demo's entries: written, given pictures, filed, endorsed, received, through the verbs that people use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from PIL import Image, ImageDraw, ImageFont

from core.accounts import queries as accounts
from core.accounts.models import Account, RoleGrant
from core.accounts.rules import Actor, Role
from core.demo.clockwork import Shift
from core.documents.citation import FONTS_FOLDER
from core.entries import service as entries
from core.entries import words
from core.entries.answers import stored_of
from core.entries.models import Entry
from core.entries.rules import State, Subject
from core.extensions import db
from core.files.kinds import check_file
from core.files.thumbnails import thumbnail
from core.organisations.models import Unit
from core.organisations.rules import ids_on
from core.people.models import Person
from core.seasons.frozen import rules_of
from core.seasons.models import Season
from core.storage import Storage


@dataclass
class World:
    """What the builders of the demo share."""

    units: dict[str, Unit]
    people: dict[str, Person]
    storage: Storage
    now: datetime
    today: date
    actors: dict[int, Actor] = field(default_factory=dict)
    officers: dict[int, Actor] = field(default_factory=dict)

    def actor(self, person: Person) -> Actor:
        """Return a person's actor; somebody without an account acts through nobody."""
        if person.id not in self.actors:
            account = db.session.scalar(sa.select(Account).where(Account.person_id == person.id))
            self.actors[person.id] = (
                accounts.actor_of(account, self.today)
                if account is not None
                else Actor(account_id=None, person_id=person.id, name=person.full_name)
            )
        return self.actors[person.id]

    def officer_of(self, unit_id: int) -> Actor:
        """Return somebody who acts for a unit: its own officer, else the nearest one above.

        :raise LookupError: nobody does.
        """
        if unit_id not in self.officers:
            unit = db.session.get_one(Unit, unit_id)
            line = list(reversed(ids_on(unit.path)))
            grants = db.session.scalars(
                sa.select(RoleGrant).where(RoleGrant.role == Role.OFFICER, RoleGrant.unit_id.in_(line))
            ).all()
            if not grants:
                raise LookupError(f"no officer for {unit.name}")
            nearest = min(grants, key=lambda grant: (line.index(grant.unit_id), grant.id))
            self.officers[unit_id] = self.actor(nearest.account.person)
        return self.officers[unit_id]


def file_entry(
    world: World, season: Season, row: dict[str, Any], plan: dict[str, Any], shift: Shift, organiser: Actor
) -> Entry:
    """Make one entry and take it as far as `plan` says; whatever is not open goes to receipt."""
    entry = _draft(world, season, row, plan, shift)
    state = plan.get("state", "received")
    if state == "draft":
        return entry
    submitted_at = shift.instant(plan["submitted_at"])
    author = world.actor(entry.owner)
    entries.submit(entry, actor=author, received_at=submitted_at, at=submitted_at)
    _confirm(world, entry, row, submitted_at)
    reached = _endorse(world, entry, row, plan, state, submitted_at)
    if state == "returned":
        _return(world, entry, plan["return"], shift, reached)
    if state == "received":
        # A unit straight below the owner has no line: what it declares comes with the file and is entered at receipt.
        for fact_id, value in _facts(season, row, "unit").items():
            entries.set_fact(entry, fact_id, value, actor=organiser, at=reached)
        entries.receive(entry, actor=organiser, at=reached, facts=_facts(season, row, "organiser"))
    return entry


def _draft(world: World, season: Season, row: dict[str, Any], plan: dict[str, Any], shift: Shift) -> Entry:
    subject = Subject(row["subject"])
    unit = world.units[row["unit"]]
    nominee = world.people[row["person"]] if subject == Subject.PERSON else None
    authors = row.get("authors", [])
    if subject == Subject.INITIATIVE:
        owner = world.people[next((a["person"] for a in authors if a.get("lead")), authors[0]["person"])]
    else:
        code = row.get("on_behalf_by")
        owner = world.people[code] if code else _person_of(world.officer_of(unit.id))
    started = shift.instant(plan["submitted_at"]) - timedelta(hours=2) if "submitted_at" in plan else world.now
    behalf = world.people.get(row.get("on_behalf_by", "")) if subject == Subject.INITIATIVE else owner
    filer = world.actor(behalf or owner)
    entry = entries.start_draft(
        season,
        owner=owner,
        unit=unit,
        subject=subject,
        at=started,
        filed_by=filer.account_id,
        is_on_behalf=behalf is not None and subject == Subject.INITIATIVE,
        nominee=nominee,
        collective_name=row.get("collective", ""),
    )
    form = {one.id: one for one in rules_of(season).form.fields}
    answers = {
        name: stored_of(form[name], shift.day(value) if isinstance(value, date) else value)
        for name, value in row["answers"].items()
        if name in form
    }
    entries.save_answers(entry, answers, at=started, title=row["title"])
    if authors:
        entries.set_authors(entry, [_author(world, one) for one in authors], at=started)
    for number, one in enumerate(row.get("files", ())):
        _attach(world, entry, one, number, started)
    return entry


def _person_of(actor: Actor) -> Person:
    return db.session.get_one(Person, actor.person_id)


def _author(world: World, one: dict[str, Any]) -> entries.AuthorRow:
    person = world.people[one["person"]]
    return entries.AuthorRow(
        full_name=person.full_name,
        share=Decimal(one["share"]),
        is_lead=bool(one.get("lead")),
        workplace=person.unit.name if person.unit else "",
        person=person,
    )


def _confirm(world: World, entry: Entry, row: dict[str, Any], at: datetime) -> None:
    for one in row.get("authors", ()):
        person = world.people[one["person"]]
        if one.get("confirmed") and world.actor(person).account_id is not None:
            entries.confirm_share(entry, actor=world.actor(person), at=at + timedelta(hours=3))


def _facts(season: Season, row: dict[str, Any], by: str) -> dict[str, str]:
    given = row.get("facts", {})
    return {
        fact.id: str(given[fact.id]).lower() for fact in rules_of(season).facts if fact.by == by and fact.id in given
    }


def _endorse(
    world: World, entry: Entry, row: dict[str, Any], plan: dict[str, Any], state: str, submitted_at: datetime
) -> datetime:
    """Endorse as many levels as the plan says and return when the last act was."""
    default = 99 if state in ("endorsed", "received") else 0
    levels = int(plan.get("endorsed_levels", default))
    at = submitted_at
    while levels and entry.state == State.SUBMITTED and entry.holder_unit_id is not None:
        at = min(at + timedelta(hours=19), world.now)
        officer = world.officer_of(entry.holder_unit_id)
        entries.endorse(entry, actor=officer, at=at, facts=_facts(entry.season, row, "unit"))
        levels -= 1
    return min(at + timedelta(hours=20), world.now)


def _return(world: World, entry: Entry, plan: dict[str, Any], shift: Shift, at: datetime) -> None:
    labels = {text(): code for code, text in words.RETURN_REASONS.items()}
    known = [labels[text] for text in plan["reasons"] if text in labels]
    other = [text for text in plan["reasons"] if text not in labels]
    note = " ".join(part for part in (*(f"{text}." for text in other), plan.get("note", "")) if part)
    due = shift.instant(datetime.combine(plan["due"], entries.END_OF_DAY))
    officer = world.officer_of(entry.holder_unit_id or entry.season.owner_unit_id)
    entries.return_(entry, actor=officer, at=at, reasons=[*known, *(["other"] if other else [])], note=note, due_at=due)


def _attach(world: World, entry: Entry, one: dict[str, Any], number: int, at: datetime) -> None:
    data = picture(one.get("caption", one["name"]), number)
    facts = check_file(data, one["name"])
    small = thumbnail(data, name=one["name"])
    entries.attach(
        entry, field_id=one["field"], filename=one["name"], facts=facts, preview_sha256=world.storage.put(small),
        by=world.actor(entry.owner).account_id, at=at,
    )  # fmt: skip
    world.storage.put(data)


def picture(caption: str, number: int) -> bytes:
    """Return a small drawn JPEG that says what a photo would show."""
    ground = ("#DCE9F5", "#E6F4EC", "#FFF4DB", "#F1EAF7")[number % 4]
    image = Image.new("RGB", (800, 600), ground)
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, 600), (220, 300), (400, 470), (600, 240), (800, 600)], fill="#9FB8A8")
    draw.ellipse([620, 60, 720, 160], fill="#FFC83D")
    font = ImageFont.truetype(str(next(FONTS_FOLDER.glob("*Regular*.ttf"))), 30)
    draw.rectangle([0, 500, 800, 600], fill="#1B2430")
    draw.text((24, 530), caption[:52], fill="#FFFFFF", font=font)
    out = BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()
