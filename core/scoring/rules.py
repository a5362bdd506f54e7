"""One score sheet of a movement with its facts, prepared once so that many entries can be scored by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from core.scoring.exact import MICRO
from core.scoring.movement import Column, Criterion, Fact, Level, Movement, Sheet


@dataclass(frozen=True, slots=True)
class FrozenScorer:
    """The scorer by which a season scores a sheet, as frozen at its opening.

    :param code: SHA-256 of the source file that held the function then.
    """

    id: str
    version: int
    code: str

    @property
    def name(self) -> str:
        """The id and version as people read them."""
        return f"{self.id} v{self.version}"


class UsedFact(NamedTuple):
    """A fact that the score needs, under the key by which it is given: its id, or `<id>.max` for the season's most."""

    key: str
    fact: Fact
    is_max: bool


class Judged(NamedTuple):
    """A criterion that people fill, with what every mark is compared with."""

    criterion: Criterion
    lowest: Decimal
    highest: Decimal
    # In millionths of a point, like the marks that are compared with them.
    step: int
    extremes: frozenset[int]
    levels: dict[str, Level]


class Rules:
    """What `score` and `rank` read: one complete sheet and the facts of its movement.

    `scorer`: what scores by them in a season, None for engine 1. `score` itself does not look at it.
    """

    def __init__(self, sheet: Sheet, facts: Iterable[Fact], scorer: FrozenScorer | None = None) -> None:
        self.sheet = sheet
        self.scorer = scorer
        self.facts: dict[str, Fact] = {fact.id: fact for fact in facts}
        self.criteria: tuple[Criterion, ...] = tuple(sheet.walk())
        self.by_code: dict[str, Criterion] = {criterion.id: criterion for criterion in self.criteria}
        self.columns: dict[str, Column] = {column.id: column for column in sheet.columns}
        self.official: str = sheet.official or sheet.columns[-1].id
        self.judged: dict[str, Judged] = {c.id: _judged(c, sheet) for c in self.criteria if c.is_judged}
        self.used_facts: tuple[UsedFact, ...] = tuple(self._used_facts())
        self._fills = {column: self._filled_by(column) for column in self.columns}
        self._own_columns = {c.column for c in self.criteria if c.scored and c.column is not None}
        self._needs_official = any(c.is_judged and c.column is None for c in self.criteria)

    @classmethod
    def of(cls, movement: Movement, sheet_id: str) -> Rules:
        """Prepare one sheet of a complete movement.

        :raise KeyError: the movement has no such sheet.
        """
        return cls(movement.sheet(sheet_id), movement.facts)

    def filled_by(self, column: str) -> tuple[Criterion, ...]:
        """Return what a known column fills, in document order: judged criteria and remarks."""
        return self._fills[column]

    def needed_columns(self, official: str) -> list[str]:
        """Return the columns without which there is no score, in document order, were `official` the one to decide."""
        return [
            column
            for column in self.columns
            if column in self._own_columns or (column == official and self._needs_official)
        ]

    def _filled_by(self, column: str) -> tuple[Criterion, ...]:
        people = (c for c in self.criteria if c.is_judged or c.kind == "remark")
        return tuple(c for c in people if c.column is None or c.column == column)

    def _used_facts(self) -> Iterator[UsedFact]:
        """Yield each fact once: criteria first (value, its most or divisor, deductions), then gates."""
        seen: set[str] = set()
        for key in self._fact_keys():
            if key not in seen:
                seen.add(key)
                fact_id = key.removesuffix(".max")
                yield UsedFact(key, self.facts[fact_id], is_max=key != fact_id)

    def _fact_keys(self) -> Iterator[str]:
        for criterion in self.criteria:
            if criterion.value is not None:
                yield criterion.value.fact
                if criterion.value.share_of is not None:
                    yield share_key(criterion.value.fact, criterion.value.share_of)
            for deduction in criterion.deductions:
                yield deduction.fact
        for gate in self.sheet.gates:
            if gate.fact is not None:
                yield gate.fact


def share_key(fact_id: str, share_of: str) -> str:
    """Return the key of the divisor of a share: another fact, or the season's most of the same one."""
    return f"{fact_id}.max" if share_of == "max" else share_of


def _judged(criterion: Criterion, sheet: Sheet) -> Judged:
    return Judged(
        criterion,
        lowest=criterion.lowest,
        highest=criterion.highest,
        step=int((criterion.step or sheet.step) * MICRO),
        extremes=frozenset({int(criterion.lowest * MICRO), int(criterion.highest * MICRO)}),
        levels={level.id: level for level in criterion.levels or ()},
    )
