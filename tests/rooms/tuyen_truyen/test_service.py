"""A story's life: what it begins with, what consent it needs, who approves, what ends it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from core import rooms
from core.accounts import policy
from core.accounts.rules import VISITOR
from core.audit.models import AuditEvent
from core.audit.service import verify
from core.extensions import db
from core.migrations import runner
from core.seasons.rules import Phase
from plugins.tuyen_truyen import queries, rules, service
from plugins.tuyen_truyen.models import Consent, Story
from plugins.tuyen_truyen.rules import Scope, StoryState
from tests.conftest import NOW
from tests.rooms.tuyen_truyen.press import PAPER, Office, revoke

OUT = ("submit", "approve", "publish")


def test_tables_are_what_the_models_say_and_go_down_again(office: Office) -> None:
    (found,) = office.app.extensions["thidua_rooms"].found
    db.session.remove()
    assert rooms.differences(db.engine, found) == []
    assert found.line is not None
    runner.downgrade(db.engine, "base", line=found.line)
    assert not [name for name in sa.inspect(db.engine).get_table_names() if name.startswith("x_")]
    runner.upgrade(db.engine, line=found.line)
    assert rooms.differences(db.engine, found) == []


def test_a_draft_says_what_the_entry_says_openly(office: Office) -> None:
    story = service.draft(office.entry, actor=office.actor("writer"), at=NOW)
    assert (story.state, story.title) == (StoryState.DRAFT, "Cải tiến giàn héo chè")
    assert story.body.splitlines()[0] == "Mùa mưa chè héo chậm, phải đốt thêm củi và chạy quạt suốt đêm."


def test_a_line_that_names_an_author_stays_out_of_the_draft(office: Office) -> None:
    office.entry.answers = {**office.entry.answers, "cach-moi": "Anh ĐẶNG VĂN HÙNG hàn giàn hai tầng."}
    office.app.config["AUDIT_STRICT"] = False
    story = service.draft(office.entry, actor=office.actor("writer"), at=NOW)
    assert "hàn giàn" not in story.body


def test_only_what_is_published_and_recognised_is_told(office: Office) -> None:
    office.app.config["AUDIT_STRICT"] = False
    office.entry.season.phase = Phase.DECIDED
    with pytest.raises(rules.NotRecognised):
        service.draft(office.entry, actor=office.actor("writer"), at=NOW)
    office.entry.season.phase = Phase.PUBLISHED
    db.session.flush()
    revoke(office.entry)
    with pytest.raises(rules.NotRecognised):
        service.draft(office.entry, actor=office.actor("writer"), at=NOW)


def test_an_initiative_has_one_story_until_that_is_withdrawn(office: Office) -> None:
    story = office.story(*OUT)
    with pytest.raises(rules.StoryExists):
        office.story()
    service.step(story, "withdraw", actor=office.actor("second"), at=NOW, reason="nhầm số liệu")
    assert office.story().state == StoryState.DRAFT


def test_whoever_wrote_a_story_does_not_approve_it(office: Office) -> None:
    story = office.story("submit")
    with pytest.raises(rules.SecondPersonNeeded):
        service.step(story, "approve", actor=office.actor("writer"), at=NOW)
    service.step(story, "approve", actor=office.actor("second"), at=NOW)
    assert (story.state, story.approved_by_id) == (StoryState.APPROVED, office.accounts["second"].id)


def test_whoever_edited_a_returned_story_does_not_approve_it_either(office: Office) -> None:
    story = office.story("submit")
    service.step(story, "return", actor=office.actor("second"), at=NOW, reason="thêm số liệu")
    words = {"title": "Tên khác", "summary": "Tóm tắt.", "body": "Nội dung.", "picture": None, "picture_alt": ""}
    service.edit(story, **words, actor=office.actor("second"), at=NOW)
    service.step(story, "submit", actor=office.actor("second"), at=NOW)
    for name in ("writer", "second"):
        with pytest.raises(rules.SecondPersonNeeded):
            service.step(story, "approve", actor=office.actor(name), at=NOW)


@pytest.mark.parametrize(
    "words", [{"title": "Lò Thị Mai làm giàn héo"}, {"summary": "Chị LÒ THỊ MAI kể."}, {"body": "lo thi mai, 32 tuổi"}]
)
def test_nobody_is_named_without_consent(office: Office, words: dict[str, str]) -> None:
    story = office.story(**words)
    with pytest.raises(rules.NameWithoutConsent) as refused:
        service.step(story, "submit", actor=office.actor("writer"), at=NOW)
    assert refused.value.names == ["Lò Thị Mai"]
    office.say("mai", Scope.NAME)
    service.step(story, "submit", actor=office.actor("writer"), at=NOW)


def test_the_line_of_authors_holds_only_who_agreed(office: Office) -> None:
    story = office.story(*OUT)
    assert queries.posts([story])[0].names == ()
    office.say("hung", Scope.NAME)
    assert queries.posts([story])[0].names == ("Đặng Văn Hùng",)
    office.say("hung", Scope.NAME, is_given=False)
    assert queries.posts([story])[0].names == ()


def test_a_picture_needs_the_consent_of_everybody(office: Office) -> None:
    story = office.story(picture=True, picture_alt="Giàn héo")
    office.say("mai", Scope.PICTURE)
    with pytest.raises(rules.PictureWithoutConsent) as refused:
        service.step(story, "submit", actor=office.actor("writer"), at=NOW)
    assert refused.value.names == ["Đặng Văn Hùng"]
    assert queries.posts([story])[0].has_picture is False
    office.say("hung", Scope.PICTURE)
    service.step(story, "submit", actor=office.actor("writer"), at=NOW)
    assert queries.posts([story])[0].has_picture is True


def test_taking_consent_back_takes_the_story_off_where_it_stands_against_it(office: Office) -> None:
    office.say("mai", Scope.NAME)
    story = office.story(*OUT, body="Chị Lò Thị Mai nghĩ ra.")
    office.say("mai", Scope.NAME, is_given=False)
    assert story.state == StoryState.WITHDRAWN
    verbs = db.session.scalars(sa.select(AuditEvent.verb).order_by(AuditEvent.id.desc()).limit(2)).all()
    db.session.commit()
    verbs = db.session.scalars(sa.select(AuditEvent.verb).order_by(AuditEvent.id.desc()).limit(2)).all()
    assert verbs == ["tuyen_truyen.consent_ended", "tuyen_truyen.consent"]
    assert verify(db.session()) == []


def test_taking_consent_back_sends_an_approved_story_back(office: Office) -> None:
    office.say("mai", Scope.NAME)
    story = office.story("submit", "approve", body="Chị Lò Thị Mai nghĩ ra.")
    office.say("mai", Scope.NAME, is_given=False)
    assert (story.state, story.approved_by_id) == (StoryState.DRAFT, None)


def test_taking_consent_back_leaves_a_story_that_does_not_need_it(office: Office) -> None:
    office.say("mai", Scope.NAME)
    story = office.story(*OUT)
    office.say("mai", Scope.NAME, is_given=False)
    assert story.state == StoryState.PUBLISHED


def test_what_a_person_said_is_kept_with_text_time_and_paper_and_never_changed(office: Office) -> None:
    office.say("mai", Scope.NAME)
    db.session.commit()
    row = db.session.scalars(sa.select(Consent)).one()
    assert (row.person_name, row.text_version, row.paper, row.recorded_at) == ("Lò Thị Mai", 1, PAPER, NOW)
    assert row.recorded_by_id == office.accounts["writer"].id
    for statement in (
        "UPDATE x_tuyen_truyen_consent SET is_given = NOT is_given",
        "DELETE FROM x_tuyen_truyen_consent",
    ):
        with pytest.raises(DatabaseError):
            db.session.execute(sa.text(statement))
        db.session.rollback()


def test_a_revoked_award_takes_its_story_out_of_the_public_at_once(office: Office) -> None:
    story = office.story(*OUT)
    db.session.commit()
    assert policy.allows(VISITOR, "tuyen_truyen.read", story)
    assert list(queries.newest(10)) == [story]
    revoke(office.entry)
    assert not policy.allows(VISITOR, "tuyen_truyen.read", story)
    assert list(queries.newest(10)) == []


@pytest.mark.parametrize("state", list(StoryState))
def test_who_may_see_and_do_what(office: Office, state: StoryState) -> None:
    story = office.story(*OUT)
    story.state = state
    db.session.flush()
    allowed = {
        name: {
            verb.partition(".")[2]
            for verb in sorted(policy.known_verbs())
            if verb.startswith("tuyen_truyen.") and policy.allows(office.actor(name), verb, story)
        }
        for name in office.accounts
    }
    own = {"read", "handle"} | ({"edit"} if state == "draft" else set())
    own |= {"log"} if state in ("published", "withdrawn") else set()
    more = {"waiting": {"approve", "return"}, "approved": {"publish", "return"}, "published": {"withdraw"}}
    public = {"read"} if state == "published" else set()
    assert allowed["officer"] == own
    assert allowed["writer"] == allowed["second"] == own | more.get(state, set())
    assert allowed["stranger"] == allowed["mai"] == public
    # What a list shows is what single pages open, for everybody.
    for name in office.accounts:
        listed = set(db.session.scalars(policy.visible(office.actor(name), Story)).unique())
        assert listed == ({story} if "read" in allowed[name] else set())


def test_every_relation_is_said_twice_alike(office: Office) -> None:
    story = office.story(*OUT)
    for name in office.accounts:
        actor = office.actor(name)
        for role in sorted(actor.roles):
            for relation, (clause, holds) in policy.relations(Story).items():
                selected = db.session.scalar(sa.select(Story.id).where(clause(actor, role))) is not None
                assert selected == bool(holds(actor, role, story)), (name, role, relation)


def test_a_step_that_is_taken_is_not_taken_twice(office: Office) -> None:
    story = office.story("submit")
    for act in ("submit", "publish", "withdraw"):
        with pytest.raises(rules.StepTaken):
            service.step(story, act, actor=office.actor("second"), at=NOW)
    with pytest.raises(rules.StepTaken):
        service.edit(
            story, title="", summary="", body="", picture=None, picture_alt="", actor=office.actor("writer"), at=NOW
        )
