"""The hooks that a plugin may implement, and the frozen values that they receive and return.

A plugin never gets a session, a request or a row: it is handed copies and answers with values.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, get_args

import pluggy

from core.scoring.awards import Achievement
from core.scoring.movement import Movement
from core.scoring.scorers import Scorer

PROJECT = "thidua"
# A plugin may say `THIDUA_API = (major, minor)`: it is loaded where major is equal and minor is not above ours.
API_VERSION = (1, 1)

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

FindingLevel = Literal["info", "warning", "block"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found out about an entry. `block` keeps it from being submitted.

    :param rule: the id of the rule, for the record.
    :param message: one Vietnamese sentence: the cause and the next act.
    :param field: the form field that it concerns, None for the whole entry.
    :param source: document and article, if the rule has one.
    """

    rule: str
    level: FindingLevel
    message: str
    field: str | None = None
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse a level that no page could show."""
        if self.level not in get_args(FindingLevel):
            raise ValueError(f"level must be one of {get_args(FindingLevel)}, not {self.level!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView:
    """A unit of the organisation as it stands on the day of the check."""

    id: str
    name: str
    kind: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorView:
    """One author of an entry; the share is in per cent.

    :param person_kind: the kind that an award's thresholds ask for; empty: not known.
    :param achievements: what the author did before this entry; the entry itself is not among them.
    """

    name: str
    share: Decimal | None = None
    is_lead: bool = False
    has_confirmed: bool = False
    unit: UnitView | None = None
    is_member: bool | None = None
    person_kind: str = ""
    achievements: tuple[Achievement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """An entry as a check sees it: answers and facts by id, in the types of the form."""

    id: str
    code: str = ""
    title: str = ""
    subject: str = ""
    field: str = ""
    state: str = ""
    unit: UnitView | None = None
    authors: tuple[AuthorView, ...] = ()
    answers: Mapping[str, object] = dataclasses.field(default_factory=dict)
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)
    files: tuple[str, ...] = ()
    submitted_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonView:
    """The season in which an entry stands."""

    id: str
    title: str = ""
    movement_id: str = ""
    rules_version: int = 1
    year: int = 0
    unit: UnitView | None = None
    opens_on: date | None = None
    closes_on: date | None = None


@hookspec
def thidua_movements() -> Iterable[Movement | Path]:  # type: ignore[empty-body]
    """Return the movement of this plugin, as a value or as the path of its `movement.toml`; asked once, at start."""


@hookspec
def thidua_scorers() -> Iterable[Scorer]:  # type: ignore[empty-body]
    """Return every released version of every scorer of this plugin; asked once, at start. Since API 1.1."""


@hookspec
def thidua_check_entry(movement: Movement, entry: EntryView, season: SeasonView) -> Iterable[Finding]:  # type: ignore[empty-body]
    """Return what is to be said about one entry of this plugin's movement; asked on save and on submission."""
