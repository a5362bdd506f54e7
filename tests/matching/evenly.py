"""Dividing entries among judges one after another, least loaded first: what the exact plan is measured against."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Seat:
    """A judge as the plan sees one: the field of the panel (empty: all), known fields, unit."""

    id: str
    name: str
    field: str = ""
    expertise: frozenset[str] = frozenset()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """An entry to be given out: its label for people, its field, and the judges who may not have it."""

    id: str
    label: str
    field: str = ""
    barred: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pair:
    """An entry given to a judge, with what spoke for it: load before, same field, unit already on the entry."""

    case: str
    seat: str
    load: int
    is_expert: bool = False
    repeats_unit: bool = False


@dataclass(frozen=True, slots=True)
class Shortage:
    """An entry that gets fewer judges than wanted: how many it has, how many were barred by a conflict."""

    case: str
    label: str
    given: int
    wanted: int
    barred: int


@dataclass(slots=True)
class Plan:
    """New pairs in the order they were made, what stays short, and each judge's load when all is applied."""

    pairs: list[Pair] = field(default_factory=list)
    shortages: list[Shortage] = field(default_factory=list)
    loads: dict[str, int] = field(default_factory=dict)


def plan_evenly(
    cases: Iterable[Case], seats: Iterable[Seat], existing: Mapping[str, frozenset[str]], *, per_case: int, seed: str
) -> Plan:
    """Give each case `per_case` judges, least loaded first; what is assigned stays.

    Entries with the fewest possible judges are served first. Among judges equally loaded, one who knows the field
    goes before others; a judge from a unit that already sits on the entry comes last; equal ones by a hash of the
    seed, so that the same seed always gives the same plan.

    :param existing: judges already assigned, by case id.
    :param per_case: judges wanted for each entry.
    """
    everyone = {seat.id: seat for seat in seats}
    loads = dict.fromkeys(sorted(everyone), 0)
    for given in existing.values():
        for seat_id in given:
            if seat_id in loads:
                loads[seat_id] += 1
    cases = list(cases)
    open_to = {case.id: [s for s in everyone.values() if _may(case, s)] for case in cases}
    table = _Table(Plan(loads=loads), everyone, per_case, seed)
    for case in sorted(cases, key=lambda c: (len(open_to[c.id]), _drawn(seed, c.id))):
        table.serve(case, open_to[case.id], set(existing.get(case.id, ())))
    return table.plan


@dataclass(frozen=True, slots=True)
class _Table:
    """A plan in the making."""

    plan: Plan
    everyone: Mapping[str, Seat]
    per_case: int
    seed: str

    def serve(self, case: Case, eligible: list[Seat], given: set[str]) -> None:
        """Give one entry the judges it lacks."""
        units = {self.everyone[seat_id].unit for seat_id in given if seat_id in self.everyone} - {""}
        while len(given) < self.per_case:
            free = [seat for seat in eligible if seat.id not in given]
            if not free:
                barred = sum(1 for seat_id in self.everyone if seat_id in case.barred)
                self.plan.shortages.append(Shortage(case.id, case.label, len(given), self.per_case, barred))
                return
            best = min(free, key=lambda seat: self._rank(case, seat, units))
            load = self.plan.loads[best.id]
            self.plan.pairs.append(Pair(case.id, best.id, load, _knows(best, case), best.unit in units))
            self.plan.loads[best.id] = load + 1
            given.add(best.id)
            units |= {best.unit} - {""}

    def _rank(self, case: Case, seat: Seat, units: set[str]) -> tuple[bool, int, bool, str]:
        return seat.unit in units, self.plan.loads[seat.id], not _knows(seat, case), _drawn(self.seed, case.id, seat.id)


def _may(case: Case, seat: Seat) -> bool:
    return seat.id not in case.barred and (not seat.field or seat.field == case.field)


def _knows(seat: Seat, case: Case) -> bool:
    return bool(case.field) and (case.field in seat.expertise or case.field == seat.field)


def _drawn(seed: str, *ids: str) -> str:
    return hashlib.sha256("\n".join((seed, *ids)).encode()).hexdigest()
