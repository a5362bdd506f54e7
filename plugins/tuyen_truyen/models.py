"""Stories, the consent of the people they are about, and where they appeared."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from core.roomkit import Account, Attachment, Entry, Instant, append_only, plain, room_tables, text_enum
from plugins.tuyen_truyen.rules import Channel, Scope, StoryState

ROOM = "tuyen_truyen"


class Base(DeclarativeBase):
    """The parent of the room's tables."""

    metadata = room_tables(ROOM)


class Story(Base):
    """A story about one recognised initiative; at most one of them is not withdrawn."""

    __tablename__ = "x_tuyen_truyen_story"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(plain(32), unique=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey(Entry.__table__.c.id))
    state: Mapped[StoryState] = mapped_column(text_enum(StoryState, "state"), default=StoryState.DRAFT, index=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    summary: Mapped[str] = mapped_column(sa.String(400), default="")
    body: Mapped[str] = mapped_column(sa.Text, default="")
    picture_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Attachment.__table__.c.id))
    picture_alt: Mapped[str] = mapped_column(sa.String(200), default="")
    # Whoever wrote the words that stand there now; somebody else approves them.
    drafted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Account.__table__.c.id))
    edited_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Account.__table__.c.id))
    approved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Account.__table__.c.id))
    # Why it was returned or withdrawn.
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(default=1)

    entry: Mapped[Entry] = relationship(Entry, lazy="joined")
    picture: Mapped[Attachment | None] = relationship(Attachment)
    appearances: Mapped[list[Appearance]] = relationship(
        back_populates="story", order_by="Appearance.appeared_on.desc(), Appearance.id.desc()"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012
    __table_args__ = (
        sa.CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published_means_when"),
        sa.Index(
            "uq_x_tuyen_truyen_story_live", "entry_id", unique=True,
            sqlite_where=sa.text("state <> 'withdrawn'"), postgresql_where=sa.text("state <> 'withdrawn'"),
        ),
    )  # fmt: skip


class Consent(Base):
    """What one person said about one purpose; the latest row counts, and none is ever changed."""

    __tablename__ = "x_tuyen_truyen_consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey(Entry.__table__.c.id), index=True)
    # The recipient as the award has it; the name as it was read out to the person.
    person_key: Mapped[str] = mapped_column(plain(300))
    person_name: Mapped[str] = mapped_column(sa.String(250))
    scope: Mapped[Scope] = mapped_column(text_enum(Scope, "scope"))
    is_given: Mapped[bool]
    text_version: Mapped[int]
    # Where the signed paper is kept; empty: the person said so here.
    paper: Mapped[str] = mapped_column(sa.String(200), default="")
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Account.__table__.c.id))
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class Appearance(Base):
    """One place where a story was seen."""

    __tablename__ = "x_tuyen_truyen_appearance"
    id: Mapped[int] = mapped_column(primary_key=True)
    story_id: Mapped[int] = mapped_column(sa.ForeignKey("x_tuyen_truyen_story.id"), index=True)
    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"))
    outlet: Mapped[str] = mapped_column(sa.String(200))
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    appeared_on: Mapped[date]
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Account.__table__.c.id))
    recorded_at: Mapped[datetime] = mapped_column(Instant)

    story: Mapped[Story] = relationship(back_populates="appearances", lazy="joined")


append_only(Consent)
