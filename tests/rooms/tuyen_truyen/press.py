"""An office with a recognised initiative of two authors, for the tests of publicity."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask, has_app_context
from flask.testing import FlaskClient

from core.accounts.models import Account
from core.accounts.queries import actor_of
from core.accounts.rules import SYSTEM, Actor, Role
from core.audit import service as audit
from core.awards.models import Award, Decision
from core.entries.models import Attachment, Entry
from core.entries.rules import State
from core.extensions import db
from core.organisations.models import Unit
from core.seasons.models import Season
from core.seasons.rules import Phase
from core.vietnamese.codes import new_public_id
from core.vietnamese.dates import local_date
from plugins.tuyen_truyen import queries, service
from plugins.tuyen_truyen.models import Story
from plugins.tuyen_truyen.rules import Scope
from tests.conftest import NOW
from tests.makers import make_account, make_person, make_received_entry, make_season, make_unit
from tests.pages import signed_in_client

PAPER = "Tập công văn 2026, số 12"


@dataclass
class Office:
    """Two organisers, an officer, a foreign organiser, two authors, and what they won.

    Its acts are committed; where no application context is open (a test that sends requests) they open one.
    """

    app: Flask
    account_ids: dict[str, int]
    entry_id: int

    def inside(self) -> AbstractContextManager[Any]:
        """Return the context to act in: requests must not share one, or they share what it remembers."""
        return nullcontext() if has_app_context() else self.app.app_context()

    @property
    def accounts(self) -> dict[str, Account]:
        return {name: db.session.get_one(Account, id_) for name, id_ in self.account_ids.items()}

    @property
    def entry(self) -> Entry:
        return db.session.get_one(Entry, self.entry_id)

    def actor(self, name: str) -> Actor:
        return actor_of(self.accounts[name], local_date(NOW))

    def client(self, name: str) -> FlaskClient:
        with self.inside():
            account = self.accounts[name]
        return signed_in_client(self.app, account)

    def say(self, name: str, scope: Scope, is_given: bool = True) -> None:
        """Record what one of the authors says."""
        with self.inside():
            key, entry = f"person:{self.accounts[name].person_id}", self.entry
            named = next(one for one in queries.people_of([entry])[entry.id] if one.key == key)
            service.say(entry, named, scope, is_given=is_given, paper=PAPER, actor=self.actor("writer"), at=NOW)
            db.session.commit()

    def story(self, *acts: str, **words: Any) -> Story:
        """A story by `writer`, gone as many steps as are named; `second` approves.

        :param words: what `edit` takes; `picture=True` chooses the entry's first file.
        """
        with self.inside():
            made = service.draft(self.entry, actor=self.actor("writer"), at=NOW)
            given = {"title": "Giàn héo chè hai tầng", "summary": "Bớt ba giờ mỗi mẻ.", "body": "Một đoạn.\nHai đoạn."}
            given |= {"picture_alt": ""} | words
            given["picture"] = self.entry.attachments[0] if given.get("picture") else None
            service.edit(made, **given, actor=self.actor("writer"), at=NOW)
            for act in acts:
                service.step(made, act, actor=self.actor("second" if act == "approve" else "writer"), at=NOW)
            db.session.commit()
            return made

    def path(self, story: Story) -> str:
        """Return the public address of a story."""
        with self.inside():
            return queries.posts([db.session.get_one(Story, story.id)])[0].path


def win(entry: Entry, *people: Any) -> list[Award]:
    """Give the initiative an award, in a season whose results are published."""
    season = entry.season
    decision = Decision(
        public_id=new_public_id(), season_id=season.id, unit_id=season.owner_unit_id, status="issued", series="QĐ-LĐLĐ",
        year=2026, number=season.id, signed_on=local_date(NOW), place="Lai Châu", authority="", signer_title="",
        signer_name="", decided_at=NOW,
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()
    made = [
        Award(
            decision_id=decision.id, entry_id=entry.id, tier="nhat", tier_title="Giải Nhất", person_id=person.id,
            recipient_key=f"person:{person.id}", recipient_name=person.full_name, achievement=entry.title,
            register_number=number,
        )
        for number, person in enumerate(people, 1)
    ]  # fmt: skip
    db.session.add_all(made)
    entry.state, season.phase, season.published_at = State.AWARDED, Phase.PUBLISHED, NOW
    db.session.flush()
    audit.record("test.make", decision, actor=SYSTEM, at=NOW)
    return made


def make_office(app: Flask) -> Office:
    """Put everybody into the database and commit."""
    province = make_unit("LĐLĐ tỉnh Lai Châu")
    unit = make_unit("CĐCS Chè Tân Uyên", province)
    season = make_season(owner_unit=province)
    accounts = {
        "writer": make_account(make_person("Trần Thị Ánh", province), (Role.ORGANISER, province)),
        "second": make_account(make_person("Vũ Văn Hai", province), (Role.ORGANISER, province)),
        "officer": make_account(make_person("Hà Thị Thủy", unit), (Role.OFFICER, unit)),
        "stranger": make_account(make_person("Bùi Văn Lạ"), (Role.ORGANISER, make_unit("LĐLĐ tỉnh khác"))),
        "mai": make_account(make_person("Lò Thị Mai", unit)),
        "hung": make_account(make_person("Đặng Văn Hùng", unit)),
    }
    entry = make_received_entry(season, unit, owner=accounts["mai"].person, officer=False)
    win(entry, accounts["mai"].person, accounts["hung"].person)
    db.session.commit()
    return Office(app, {name: account.id for name, account in accounts.items()}, entry.id)


def give_picture(entry: Entry, content: bytes) -> Attachment:
    """Put a real picture behind the entry's first file."""
    from flask import current_app

    row = entry.attachments[0]
    row.preview_sha256 = current_app.extensions["thidua_storage"].put(content)
    db.session.commit()
    return row


def revoke(entry: Entry) -> None:
    """Take the awards of an initiative away."""
    for award in db.session.scalars(sa.select(Award).where(Award.entry_id == entry.id)).unique():
        award.revoked_at = NOW
        audit.record("citation.revoke", award, actor=SYSTEM, at=NOW)
    db.session.commit()


__all__ = ["Office", "Season", "Unit", "give_picture", "make_office", "revoke", "win"]
