"""The states of a movement that is made on the web, and the refusals of the room."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from core.errors import DomainError
from core.vietnamese.text import fold

LARGEST_DRAFT_BYTES = 1024 * 1024
"""What a draft may hold while it is typed; what it freezes into is bounded by the format (256 KB)."""

_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class DraftState(StrEnum):
    """Where the working copy stands. An offered version stays in use while its successor is a draft again."""

    DRAFT = "draft"
    CHECKED = "checked"
    OFFERED = "offered"


class DraftChanged(DomainError):
    """Somebody saved the draft after this page was opened. Facts: revision (the stored one)."""

    status = 409


class DraftTooBig(DomainError):
    """More was typed than a draft may hold. Facts: limit_bytes."""


class DraftNotSound(DomainError):
    """The draft has problems, so it cannot be used. Facts: problems (tuple of Problem)."""


class DraftNotChecked(DomainError):
    """Only a checked draft is put to use. Facts: state."""

    status = 409


class NothingOffered(DomainError):
    """No version of the movement is in use, so none can be withdrawn."""

    status = 409


class NothingToUndo(DomainError):
    """The draft has no earlier content to return to."""

    status = 409


class MovementIdTaken(DomainError):
    """Another movement has this id. Facts: movement_id."""

    status = 409


class MovementUnknown(DomainError):
    """No movement of that id is installed or offered. Facts: movement_id."""

    status = 404


class MovementOff(DomainError):
    """The movement is not switched on at the unit. Facts: movement_id, title, unit."""

    status = 409


class RowUnknown(DomainError):
    """A button names a row that the draft does not have (any more). Facts: place."""

    status = 409


class FileUnreadable(DomainError):
    """What was sent to be taken over is not what a page of the room carries."""


def slug_of(title: str) -> str:
    """Return an id made of a title: «Xanh – Sạch» is xanh-sach; at most 40 letters, cut at a dash where possible."""
    words = _NOT_IN_SLUG.sub("-", fold(title)).strip("-")
    if len(words) > 40:
        cut = words[:40]
        words = cut.rpartition("-")[0] or cut
    return words or "phong-trao"


def free_slug(wanted: str, taken: Iterable[str]) -> str:
    """Return `wanted`, or with the first number behind it that makes it unlike all `taken`."""
    used = set(taken)
    if wanted not in used:
        return wanted
    number = 2
    while f"{wanted[:36].rstrip('-')}-{number}" in used:
        number += 1
    return f"{wanted[:36].rstrip('-')}-{number}"


def nearest_switch(line: Iterable[int], switches: dict[int, bool], *, default: bool) -> bool:
    """Say whether a movement is on at a unit: the switch of the nearest unit up the tree, else the default.

    :param line: the ids of the unit and of those above it, the unit itself first.
    """
    return next((switches[unit_id] for unit_id in line if unit_id in switches), default)
