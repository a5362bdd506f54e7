"""Reads of stories, what the public may see of them, and how they relate to an actor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from core.roomkit import (
    VISITOR,
    Actor,
    Award,
    Entry,
    Page,
    Phase,
    Role,
    Season,
    Unit,
    db,
    entity,
    page_of,
    recognised_initiatives,
    relate,
    under_grants,
    visible,
)  # fmt: skip
from plugins.tuyen_truyen.models import Appearance, Consent, Story
from plugins.tuyen_truyen.rules import Named, Post, Scope, StoryState, paragraphs_of, slug_of

PAGE_SIZE, FEED_SIZE, EMBEDDED = 12, 20, 6
Said = dict[tuple[int, str, Scope], Consent]


def public_stories() -> sa.Select[Any]:
    """Return the stories that everybody may read, whoever asks: in a list nobody sees more than the public."""
    return visible(VISITOR, Story, "tuyen_truyen.read")


def newest(limit: int) -> Sequence[Story]:
    """Return the newest stories of the public."""
    query = public_stories().order_by(Story.published_at.desc(), Story.id.desc()).limit(limit)
    return db.session.scalars(query).unique().all()


def public_page(after: str | None, before: str | None) -> Page:
    """Return a page of the public list, newest first."""
    keys = [(Story.published_at, True), (Story.id, True)]
    return page_of(public_stories(), keys, after=after, before=before, size=PAGE_SIZE)


def board(actor: Actor, after: str | None, before: str | None) -> Page:
    """Return a page of the stories that an office works on, the latest saved first."""
    mine = visible(actor, Story, "tuyen_truyen.handle")
    return page_of(mine, [(Story.saved_at, True), (Story.id, True)], after=after, before=before, size=PAGE_SIZE)


def untold(actor: Actor, limit: int = 20) -> Sequence[Entry]:
    """Return recognised initiatives that the actor may tell and nobody tells yet, the newest first."""
    told = sa.select(Story.entry_id).where(Story.state != StoryState.WITHDRAWN)
    query = visible(actor, Entry, "tuyen_truyen.draft").where(
        Entry.id.in_(recognised_initiatives().with_only_columns(Entry.id)), Entry.id.notin_(told)
    )
    return db.session.scalars(query.order_by(Entry.id.desc()).limit(limit)).unique().all()


def recognised_of(actor: Actor) -> Sequence[Entry]:
    """Return the recognised initiatives of which the actor is an author."""
    query = visible(actor, Entry, "tuyen_truyen.consent").where(
        Entry.id.in_(recognised_initiatives().with_only_columns(Entry.id))
    )
    return db.session.scalars(query.order_by(Entry.id.desc())).unique().all()


def is_recognised(entry: Entry) -> bool:
    """Whether the initiative has an award in force in a published season."""
    return db.session.scalar(recognised_initiatives().where(Entry.id == entry.id)) is not None


def live_story(entry: Entry) -> Story | None:
    """Return the story about an initiative that is not withdrawn."""
    return db.session.scalar(sa.select(Story).where(Story.entry_id == entry.id, Story.state != StoryState.WITHDRAWN))


def log(actor: Actor, limit: int = 1000) -> Sequence[Appearance]:
    """Return where the stories of the actor's office appeared, the latest first."""
    mine = visible(actor, Story, "tuyen_truyen.handle").with_only_columns(Story.id)
    query = sa.select(Appearance).where(Appearance.story_id.in_(mine))
    return db.session.scalars(query.order_by(Appearance.appeared_on.desc(), Appearance.id.desc()).limit(limit)).all()


# --- People and what they said ----------------------------------------------------------------------------------------


def awards_of(entries: Iterable[Entry], *, revoked_too: bool = False) -> dict[int, list[Award]]:
    """Return the awards of each initiative, those in force unless told otherwise, in the order of the register."""
    query = sa.select(Award).where(Award.entry_id.in_([entry.id for entry in entries]))
    query = query if revoked_too else query.where(Award.revoked_at.is_(None))
    found: dict[int, list[Award]] = defaultdict(list)
    for award in db.session.scalars(query.order_by(Award.register_number)).unique():
        found[award.entry_id].append(award)
    return found


def people_of(entries: Iterable[Entry], *, revoked_too: bool = False) -> dict[int, list[Named]]:
    """Return whom each initiative is about: everybody who received an award for it."""
    found: dict[int, list[Named]] = defaultdict(list)
    for entry_id, awards in awards_of(entries, revoked_too=revoked_too).items():
        named = {one.recipient_key: Named(one.recipient_key, one.recipient_name) for one in awards}
        found[entry_id] = list(named.values())
    return found


def said_by(entries: Iterable[Entry]) -> Said:
    """Return the latest word of each person about each purpose."""
    query = sa.select(Consent).where(Consent.entry_id.in_([entry.id for entry in entries])).order_by(Consent.id)
    return {(row.entry_id, row.person_key, row.scope): row for row in db.session.scalars(query)}


def agrees(said: Said, entry_id: int, person: Named, scope: Scope) -> bool:
    """Whether the person's latest word is yes; silence is no."""
    row = said.get((entry_id, person.key, scope))
    return row is not None and row.is_given


def without_consent(story: Story, scope: Scope) -> list[Named]:
    """Return the people of a story who have not agreed; whoever lost the award counts as well."""
    said, people = said_by([story.entry]), people_of([story.entry], revoked_too=True)[story.entry_id]
    return [one for one in people if not agrees(said, story.entry_id, one, scope)]


def posts(stories: Sequence[Story]) -> list[Post]:
    """Return stories as the public may read them, with what consent stands now."""
    entries = [story.entry for story in stories]
    people, awards, said = people_of(entries), awards_of(entries), said_by(entries)
    return [
        Post(
            public_id=story.public_id,
            path=f"/tin/{slug_of(story.title)}-{story.public_id}",
            title=story.title,
            summary=story.summary,
            paragraphs=paragraphs_of(story.body),
            names=tuple(one.name for one in people[story.entry_id] if agrees(said, story.entry_id, one, Scope.NAME)),
            unit=story.entry.unit.name,
            award=awards[story.entry_id][0].tier_title if awards[story.entry_id] else "",
            has_picture=story.picture_id is not None and not without_consent(story, Scope.PICTURE),
            picture_alt=story.picture_alt,
            published_at=story.published_at,
        )
        for story in stories
    ]


# --- Relations --------------------------------------------------------------------------------------------------------


def _of_units(actor: Actor, role: Role) -> sa.ColumnElement[bool]:
    units = sa.select(Unit.id).where(under_grants(Unit.path, actor, role))
    return Story.entry_id.in_(sa.select(Entry.id).where(Entry.unit_id.in_(units)))


def _of_seasons(actor: Actor, role: Role) -> sa.ColumnElement[bool]:
    units = sa.select(Unit.id).where(under_grants(Unit.path, actor, role))
    seasons = sa.select(Season.id).where(Season.owner_unit_id.in_(units))
    return Story.entry_id.in_(sa.select(Entry.id).where(Entry.season_id.in_(seasons)))


entity(Story, read="tuyen_truyen.read", phase=Story.state)
relate(Story, "subtree", clause=_of_units, holds=lambda a, r, story: a.covers(r, story.entry.unit.path))
relate(Story, "owner", clause=_of_seasons, holds=lambda a, r, story: a.covers(r, story.entry.season.owner_unit.path))
# An award that was revoked takes its story out of the public at once.
relate(
    Story,
    "recognised",
    clause=lambda _actor, _role: Story.entry_id.in_(recognised_initiatives().with_only_columns(Entry.id)),
    holds=lambda _actor, _role, story: story.entry.season.phase == Phase.PUBLISHED and is_recognised(story.entry),
)
