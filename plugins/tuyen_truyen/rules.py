"""The life of a story, what consent it needs, and what it reads like outside; pure."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.roomkit import DomainError, fold

SUMMARY_LENGTH, SLUG_LENGTH = 400, 80
# The number of the text that people agree to; a change of its meaning is a new number (words.consent_text).
CONSENT_TEXT = 1


class StoryState(StrEnum):
    """A story is drafted, waits for a second person, is approved, published, and may be withdrawn for good."""

    DRAFT = "draft"
    WAITING = "waiting"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Scope(StrEnum):
    """What a person agrees to, each on its own. Source: privacy law, separate purposes need separate consent."""

    NAME = "name"
    PICTURE = "picture"


class Channel(StrEnum):
    """Where a story appeared."""

    WEB = "web"
    FACEBOOK = "facebook"
    ZALO = "zalo"
    PRESS = "press"
    BROADCAST = "broadcast"
    OTHER = "other"


class NotRecognised(DomainError):
    """The initiative has no award in force in a published season."""

    status = 409


class StoryExists(DomainError):
    """There is a story about this initiative already. Facts: public_id."""

    status = 409


class StoryUnfinished(DomainError):
    """Title, summary or text is empty."""


class NameWithoutConsent(DomainError):
    """The text names people who have not agreed. Facts: names."""


class PictureWithoutConsent(DomainError):
    """A picture is chosen and somebody has not agreed to pictures. Facts: names."""


class SecondPersonNeeded(DomainError):
    """Whoever wrote a story does not approve it."""

    status = 403


class StepTaken(DomainError):
    """The story is not at the step that this act belongs to; somebody was faster."""

    status = 409


# Act → the states it starts from, and the one it leads to.
STEPS: dict[str, tuple[frozenset[StoryState], StoryState]] = {
    "submit": (frozenset({StoryState.DRAFT}), StoryState.WAITING),
    "approve": (frozenset({StoryState.WAITING}), StoryState.APPROVED),
    "publish": (frozenset({StoryState.APPROVED}), StoryState.PUBLISHED),
    "return": (frozenset({StoryState.WAITING, StoryState.APPROVED}), StoryState.DRAFT),
    "withdraw": (frozenset({StoryState.PUBLISHED}), StoryState.WITHDRAWN),
}
ON_THE_WAY_OUT = frozenset({"submit", "approve", "publish"})


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom a story is about. `key` is the award's own: it stays when the name is corrected."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Post:
    """A story as the public may read it: people without consent are not in it."""

    public_id: str
    path: str
    title: str
    summary: str
    paragraphs: tuple[str, ...]
    names: tuple[str, ...]
    unit: str
    award: str
    has_picture: bool
    picture_alt: str
    published_at: datetime | None

    @property
    def urn(self) -> str:
        """A name for the feed that stays when addresses change."""
        return uuid.uuid5(uuid.NAMESPACE_OID, self.public_id).urn


def _words(text: str) -> str:
    return re.sub(r"[^0-9a-z]+", " ", fold(text)).strip()


def mentioned(people: Iterable[Named], *texts: str) -> list[str]:
    """Return the names that stand in the texts, whole, whatever their marks and capitals."""
    said = f" {_words(' '.join(texts))} "
    return [one.name for one in people if f" {_words(one.name)} " in said]


def slug_of(title: str) -> str:
    """Return the title for an address: small letters without marks, joined by hyphens."""
    return _words(title).replace(" ", "-")[:SLUG_LENGTH].rstrip("-") or "tin"


def paragraphs_of(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text, which empty lines or line ends part."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


ANCESTOR = re.compile(r"https://(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?")


def check_ancestors(value: str) -> None:
    """Pass «'none'» or a list of https origins.

    :raise ValueError: anything else, with a sentence for the operator.
    """
    sites = value.split()
    if value != "'none'" and not (sites and all(ANCESTOR.fullmatch(site) for site in sites)):
        raise ValueError(f"frame_ancestors «{value}» phải là 'none' hoặc các địa chỉ như https://congdoan.example.")
