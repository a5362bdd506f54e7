"""What stands in the addresses of publicity, for the nets."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.entries.models import Entry
from core.extensions import db
from plugins.tuyen_truyen import queries
from plugins.tuyen_truyen.models import Story
from plugins.tuyen_truyen.rules import slug_of


def _stories(_variant: str) -> dict[str, Any]:
    return {f"story {story.state}": story for story in db.session.scalars(sa.select(Story).order_by(Story.id)).unique()}


def _entries(_variant: str) -> dict[str, Any]:
    told = db.session.scalars(sa.select(Story).order_by(Story.id)).unique().all()
    untold = db.session.scalars(
        queries.recognised_initiatives().where(Entry.id.notin_([story.entry_id for story in told])).order_by(Entry.id)
    ).first()
    return {"initiative told": told[0].entry, "initiative untold": untold}


THINGS = {Story: _stories, Entry: _entries}
BESIDES = {"tuyen_truyen.show": lambda story: [{"slug": slug_of(story.title)}]}
UNNAMED: dict[str, Any] = {}
# An office reads what is not public on its own pages; everybody's address of it leads nowhere for everybody.
NARROWER = {"tuyen_truyen.show": 404, "tuyen_truyen.photo": 404}
