"""Stories for the demonstration: one published, one that waits for approval, one being written."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from core.roomkit import SYSTEM, Account, Actor, Entry, Role, db, local_date, open_pictures, recognised_initiatives
from plugins.tuyen_truyen import queries, service
from plugins.tuyen_truyen.rules import Channel, Scope

STEPS = (("submit", "approve", "publish"), ("submit",), ())


def fill(at: datetime) -> None:
    """Tell three recognised initiatives, as far as there are so many; one organiser approves what another wrote."""
    query = sa.select(Account).where(Account.grants.any(role=Role.ORGANISER)).order_by(Account.id).limit(2)
    second, writer = (Actor(one.id, one.person_id, one.person.full_name) for one in db.session.scalars(query))
    found = db.session.scalars(recognised_initiatives().order_by(sa.asc(Entry.id)).limit(3)).unique().all()
    for entry, steps in zip(found, STEPS, strict=False):
        pictures = open_pictures(entry)[:1] if steps else []
        for person in queries.people_of([entry])[entry.id]:
            for scope in Scope if steps else ():
                paper = "Phiếu mẫu của bản dùng thử"
                service.say(entry, person, scope, is_given=True, paper=paper, actor=SYSTEM, at=at)
        story = service.draft(entry, actor=writer, at=at)
        body = story.body or entry.title
        service.edit(
            story, title=entry.title, summary=body.partition("\n")[0][:400], body=body,
            picture=pictures[0] if pictures else None, picture_alt=entry.title if pictures else "", actor=writer, at=at,
        )  # fmt: skip
        for act in steps:
            service.step(story, act, actor=second if act == "approve" else writer, at=at)
        if "publish" in steps:
            outlet = "Công đoàn Lai Châu"
            service.note_appearance(
                story, Channel.FACEBOOK, outlet=outlet, url="", on=local_date(at), actor=SYSTEM, at=at
            )
