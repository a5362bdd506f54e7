"""The question: entries, judges, the conditions of the plan, and the seed that anyone can compute again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry to be scored: its field, who may not have it, who has begun on it, who had it before."""

    id: str
    field: str = ""
    barred: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge: the one field the panel judges (empty: all), fields known, unit, entries held outside the problem."""

    id: str
    panel: str = ""
    expertise: frozenset[str] = frozenset()
    unit: str = ""
    load: int = 0

    def may_judge(self, entry: Entry) -> bool:
        """Whether the panel is for this entry; conflicts are asked apart."""
        return not self.panel or self.panel == entry.field

    def knows(self, entry: Entry) -> bool:
        """Whether the judge is an expert of the entry's field."""
        return bool(entry.field) and (entry.field in self.expertise or entry.field == self.panel)


@dataclass(frozen=True, slots=True)
class Rules:
    """The conditions of a plan.

    `per_entry` judges for each entry; `floor` and `ceiling` of a judge's whole load (None: only as even as can be);
    `expert`: one judge of the entry's field where the field has any; `apart`: no two judges of one entry from one unit.
    """

    per_entry: int
    floor: int | None = None
    ceiling: int | None = None
    expert: bool = True
    apart: bool = True


@dataclass(frozen=True)
class Problem:
    """What is to be planned. Order of entries and judges means nothing: they are sorted by id.

    :raise ValueError: an id comes twice, who has begun is no judge, or fewer than one judge is wanted.
    """

    entries: tuple[Entry, ...]
    judges: tuple[Judge, ...]
    rules: Rules
    seed: str
    by_id: dict[str, Judge] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Bring both lists into the order of ids and check them."""
        for name in ("entries", "judges"):
            found = sorted(getattr(self, name), key=lambda one: one.id)
            if len({one.id for one in found}) != len(found):
                raise ValueError(f"two {name} have one id")
            object.__setattr__(self, name, tuple(found))
        if self.rules.per_entry < 1:
            raise ValueError("an entry needs at least one judge")
        object.__setattr__(self, "by_id", {judge.id: judge for judge in self.judges})
        if any(not entry.begun <= self.by_id.keys() for entry in self.entries):
            raise ValueError("who has begun on an entry is among the judges")

    @cached_property
    def expert_fields(self) -> frozenset[str]:
        """The fields for which the rule of one expert holds: some judge who may judge them knows them."""
        if not self.rules.expert:
            return frozenset()
        panels = {(judge.panel, judge.expertise) for judge in self.judges}
        known: set[str] = set()
        for panel, expertise in panels:
            known |= {panel} if panel else expertise
        return frozenset(known - {""})


def digest_of(entries: Iterable[str]) -> str:
    """Return SHA-256 (hex) of the list of entry codes: sorted, one a line."""
    return hashlib.sha256("\n".join(sorted(entries)).encode()).hexdigest()


def seed_of(digest: str, public_number: str) -> str:
    """Return the seed of a plan: SHA-256 (hex) of the list's digest, a line break and the announced public number."""
    return hashlib.sha256(f"{digest}\n{public_number}".encode()).hexdigest()


def drawn(seed: str, *words: str) -> str:
    """Return what the seed draws for these words; sorting by it is the tie-break."""
    return hashlib.sha256("\n".join((seed, *words)).encode()).hexdigest()
