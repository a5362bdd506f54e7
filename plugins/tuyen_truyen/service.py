"""Verbs: draft, edit, go a step, record what a person says, note where a story appeared."""

from __future__ import annotations

from datetime import date, datetime

from core.roomkit import Actor, Attachment, Entry, db, local_date, new_public_id, open_answers, record
from plugins.tuyen_truyen import queries, rules
from plugins.tuyen_truyen.models import Appearance, Consent, Story
from plugins.tuyen_truyen.rules import Channel, Named, Scope, StoryState


def draft(entry: Entry, *, actor: Actor, at: datetime) -> Story:
    """Begin a story with what the entry says openly: no confidential answer, nobody's name.

    :raise NotRecognised: no award in force, or the results are not published.
    :raise StoryExists: somebody tells it already.
    """
    if not queries.is_recognised(entry):
        raise rules.NotRecognised()
    if queries.live_story(entry) is not None:
        raise rules.StoryExists()
    people = queries.people_of([entry])[entry.id]
    # A line that names somebody waits for the writer, and for consent.
    lines = [text for _question, text in open_answers(entry) if not rules.mentioned(people, text)]
    story = Story(
        public_id=new_public_id(), entry_id=entry.id, entry=entry, title=entry.title[:200], body="\n\n".join(lines),
        drafted_by_id=actor.account_id, edited_by_id=actor.account_id, created_at=at, saved_at=at,
    )  # fmt: skip
    db.session.add(story)
    db.session.flush()
    record("tuyen_truyen.draft", story, actor=actor, at=at, after={"title": story.title})
    return story


def edit(
    story: Story, *, title: str, summary: str, body: str, picture: Attachment | None, picture_alt: str, actor: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Change the words of a draft."""
    if story.state != StoryState.DRAFT:
        raise rules.StepTaken()
    story.title, story.summary, story.body = title, summary, body
    story.picture_id, story.picture, story.picture_alt = picture.id if picture else None, picture, picture_alt
    story.edited_by_id, story.saved_at = actor.account_id, at
    db.session.flush()
    record("tuyen_truyen.edit", story, actor=actor, at=at, after={"title": title})


def conflicts(story: Story) -> list[rules.DomainError]:
    """Return what consent stands against the story as it is written; empty: it may go out."""
    found: list[rules.DomainError] = []
    texts = (story.title, story.summary, story.body, story.picture_alt)
    if names := rules.mentioned(queries.without_consent(story, Scope.NAME), *texts):
        found.append(rules.NameWithoutConsent(names=names))
    if story.picture_id is not None and (closed := queries.without_consent(story, Scope.PICTURE)):
        found.append(rules.PictureWithoutConsent(names=[one.name for one in closed]))
    return found


def step(story: Story, act: str, *, actor: Actor, at: datetime, reason: str = "") -> None:
    """Submit, approve, publish, return or withdraw a story (rules.STEPS).

    :raise StepTaken: it is not at that step any more.
    :raise SecondPersonNeeded: whoever wrote it approves it.
    :raise StoryUnfinished, NameWithoutConsent, PictureWithoutConsent, NotRecognised: it may not go out like this.
    """
    starts, state = rules.STEPS[act]
    if story.state not in starts:
        raise rules.StepTaken()
    if act in rules.ON_THE_WAY_OUT:
        _check_out(story)
    if act == "approve":
        if actor.account_id in (story.drafted_by_id, story.edited_by_id):
            raise rules.SecondPersonNeeded()
        story.approved_by_id = actor.account_id
    if act == "publish":
        story.published_at = at
    _move(story, state, f"tuyen_truyen.{act}", actor=actor, at=at, reason=reason)
    if act == "publish":
        path = queries.posts([story])[0].path
        note_appearance(story, Channel.WEB, outlet="", url=path, on=local_date(at), actor=actor, at=at)


def _check_out(story: Story) -> None:
    if not (story.title and story.summary and story.body):
        raise rules.StoryUnfinished()
    if not queries.is_recognised(story.entry):
        raise rules.NotRecognised()
    for conflict in conflicts(story):
        raise conflict


def say(
    entry: Entry, person: Named, scope: Scope, *, is_given: bool, paper: str = "", actor: Actor, at: datetime
) -> None:
    """Record what a person says about a purpose; a story that this now stands against goes back, or off the site.

    :param paper: where the signed paper is kept; empty: the person said so here.
    """
    row = Consent(
        entry_id=entry.id, person_key=person.key, person_name=person.name, scope=scope, is_given=is_given,
        text_version=rules.CONSENT_TEXT, paper=paper, recorded_by_id=actor.account_id, recorded_at=at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("tuyen_truyen.consent", row, actor=actor, at=at, after={"scope": scope, "is_given": is_given})
    story = queries.live_story(entry)
    if is_given or story is None or story.state == StoryState.DRAFT or not conflicts(story):
        return
    state = StoryState.WITHDRAWN if story.state == StoryState.PUBLISHED else StoryState.DRAFT
    _move(story, state, "tuyen_truyen.consent_ended", actor=actor, at=at)


def note_appearance(
    story: Story, channel: Channel, *, outlet: str, url: str, on: date, actor: Actor, at: datetime
) -> None:
    """Note where and when a story appeared."""
    row = Appearance(
        story_id=story.id, channel=channel, outlet=outlet, url=url, appeared_on=on, recorded_by_id=actor.account_id,
        recorded_at=at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("tuyen_truyen.log", row, actor=actor, at=at, after={"channel": channel, "on": on.isoformat()})


def _move(story: Story, state: StoryState, verb: str, *, actor: Actor, at: datetime, reason: str = "") -> None:
    before, story.state, story.note, story.saved_at = story.state, state, reason, at
    if state == StoryState.DRAFT:
        story.approved_by_id = None
    db.session.flush()
    record(verb, story, actor=actor, at=at, before={"state": before}, after={"state": state}, note=reason)
