"""The answer: a plan with a reason for each pair, or the conditions that cannot hold together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """Why a pair stands in the plan."""

    BEGUN = "begun"
    """Work has begun: the pair was given."""
    KEPT = "kept"
    """The judge had the entry before."""
    LINKS = "links"
    """A swap that joins groups of judges who would share no entry."""
    EXPERT = "expert"
    """The judge knows the entry's field, and the entry needs one who does."""
    BALANCE = "balance"
    """The load of the judge asks for it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An entry given to a judge, why, and the judge's whole load in the plan."""

    entry: str
    judge: str
    code: Code
    load: int
    field: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Every pair of every entry, by entry and judge.

    `dropped` are pairs held before that could not stay; `groups` counts the parts of the graph of judges and entries
    that share nothing (1: connected).
    """

    pairs: tuple[Pair, ...]
    dropped: tuple[tuple[str, str], ...]
    loads: Mapping[str, int]
    groups: int

    @property
    def spread(self) -> int:
        """The highest load less the lowest."""
        return max(self.loads.values(), default=0) - min(self.loads.values(), default=0)


class Kind(StrEnum):
    """A condition that can be part of a blocking set."""

    WANTED = "wanted"
    """The entry gets the number of judges that the rules want."""
    BARRED = "barred"
    """The conflicts of the entry hold."""
    EXPERT = "expert"
    """The entry gets an expert of its field."""
    APART = "apart"
    """No two judges of the entry come from one unit."""
    FLOOR = "floor"
    """The judge has at least the floor."""
    CEILING = "ceiling"
    """The judge has at most the ceiling."""


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """One condition on one entry or one judge. That work has begun is a fact, not a condition."""

    kind: Kind
    entry: str = ""
    judge: str = ""


@dataclass(frozen=True, slots=True)
class Infeasible:
    """Minimal blocking sets that share no entry.

    The conditions of one set cannot hold together, even alone; without any one of them the others can. `able` tells
    for each entry in a set how many judges are free to take it.
    """

    blocks: tuple[tuple[Member, ...], ...]
    able: Mapping[str, int] = field(default_factory=dict)
