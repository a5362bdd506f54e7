"""The grid of permissions: who may do what to what, computed from the policy, as lines that a person can review."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from core.accounts import policy
from core.accounts.rules import Role
from core.extensions import db
from tests.nets.stage import Company, Scene


@dataclass(frozen=True)
class Spot:
    """A thing in one of its phases, and how everybody stands to it there."""

    label: str
    thing: Any
    phase: str
    # (actor, role, relation): whether the relation holds.
    holds: dict[tuple[str, Role, str], bool]


def observe(company: Company) -> tuple[list[Spot], list[str]]:
    """Put every thing into each phase and note who stands in which relation to it.

    :return: the spots, and a line for each place where a relation's clause and predicate disagree.
    """
    spots, disagreements = [], []
    for scene in company.scenes:
        known = policy.relations(type(scene.thing))
        for phase in scene.each():
            found = {}
            for name, actor in company.actors.items():
                for role in sorted(actor.roles):
                    selected = _selected(scene, {key: clause(actor, role) for key, (clause, _) in known.items()})
                    for relation, (_, holds) in known.items():
                        said = found[name, role, relation] = bool(holds(actor, role, scene.thing))
                        if said != selected[relation]:
                            disagreements.append(f"{name} as {role}: {relation} of {scene.label} {phase}")
            spots.append(Spot(scene.label, scene.thing, str(phase), found))
    return spots, disagreements


def _selected(scene: Scene, conditions: dict[str, sa.ColumnElement[bool]]) -> dict[str, bool]:
    """Return which conditions the database finds true of the thing; NULL selects nothing, so it is false."""
    kind = type(scene.thing)
    columns = [sa.case((condition, 1), else_=0).label(f"c{n}") for n, condition in enumerate(conditions.values())]
    row = db.session.execute(sa.select(*columns).select_from(kind).where(kind.id == scene.thing.id)).one()
    return {relation: value == 1 for relation, value in zip(conditions, row, strict=True)}


class Remembered:
    """The policy with relations answered from what was observed, so that it can be asked thousands of times."""

    def __init__(self, company: Company, spots: list[Spot]) -> None:
        self.company, self.spots = company, spots
        self._names = {id(actor): name for name, actor in company.actors.items()}
        self._spot = spots[0]
        self._kept: dict[type, dict[str, Any]] = {}

    def __enter__(self) -> Remembered:
        for kind in {type(spot.thing) for spot in self.spots}:
            known = policy.relations(kind)
            self._kept[kind] = dict(known)
            for relation in known:
                known[relation] = (known[relation][0], self._answer(relation))
        return self

    def __exit__(self, *_: object) -> None:
        for kind, known in self._kept.items():
            policy.relations(kind).update(known)

    def _answer(self, relation: str) -> Any:
        return lambda actor, role, _thing: self._spot.holds[self._names[id(actor)], role, relation]

    def cells(self, verbs: Iterable[str]) -> set[tuple[str, ...]]:
        """Return the cells of these verbs that are allowed: (actor, thing, phase, verb), and what may be read."""
        wanted = sorted(verbs)
        found: set[tuple[str, ...]] = {
            (name, "", "", verb) for name, actor in self.company.actors.items() for verb in wanted
            if policy.may(actor, verb)
        }  # fmt: skip
        for spot in self.spots:
            self._spot = spot
            self._put_phase(spot)
            suitable = [verb for verb in wanted if verb in verbs_of(type(spot.thing))]
            reads = policy._entities[type(spot.thing)].read
            for name, actor in self.company.actors.items():
                found |= {
                    (name, spot.label, spot.phase, verb) for verb in suitable if policy.allows(actor, verb, spot.thing)
                }
                if reads in wanted and (groups := policy.fields(actor, spot.thing)):
                    found.add((name, spot.label, spot.phase, "reads " + " ".join(sorted(groups))))
        return found

    def _put_phase(self, spot: Spot) -> None:
        column = policy._entities[type(spot.thing)].phase
        if column is not None:
            kind = type(getattr(spot.thing, column.key))
            set_committed_value(spot.thing, column.key, kind(spot.phase))


# The first words of the verbs that a kind of thing knows, besides those of its routes.
FAMILIES = {
    "Entry": {"entry", "sheet", "fact", "score"},
    "Unit": {"unit", "movement"},
    "Season": {"season", "entry", "panel", "assignment", "judging", "ranking", "award", "result"},
}


@functools.cache
def verbs_of(kind: type) -> frozenset[str]:
    """Return the verbs that make sense for a kind of thing: those of its routes, and those its relations open."""
    known = policy._entities[kind]
    phases = set(_phase_values(known.phase))
    family = FAMILIES.get(kind.__name__, {known.read.partition(".")[0]})
    opened = {
        row.verb
        for row in policy.TABLE
        if row.verb.partition(".")[0] in family
        and row.relation in known.relations
        and (row.relation != "anyone" or row.phases)
        and row.phases <= phases
    }
    return frozenset(opened | {known.read} | {verb for verb, kinds in routed_verbs().items() if kind in kinds})


def _phase_values(column: Any) -> Iterable[str]:
    return [] if column is None else [str(each) for each in column.type.enum_class]


def routed_verbs() -> dict[str, set[type]]:
    """Return the kinds of things that routes apply each verb to."""
    from flask import current_app

    found: dict[str, set[type]] = {}
    for view in current_app.view_functions.values():
        verb, kind = getattr(view, "__policy__", ("", None))
        if kind is not None:
            found.setdefault(verb, set()).add(kind)
    return found


def lines(cells: set[tuple[str, ...]], spots: list[Spot]) -> list[str]:
    """Return the grid as lines: actor, thing, verb, and the phases in which it is allowed (* for all)."""
    order = {label: n for n, label in enumerate(dict.fromkeys(["", *(spot.label for spot in spots)]))}
    phases = {label: [spot.phase for spot in spots if spot.label == label] for label in order}
    grouped: dict[tuple[str, str, str], set[str]] = {}
    for name, label, phase, verb in cells:
        grouped.setdefault((name, label, verb), set()).add(phase)
    rows = []
    for (name, label, verb), found in grouped.items():
        everywhere = not label or len(found) == len(phases[label])
        said = "*" if everywhere else " ".join(phase for phase in phases[label] if phase in found)
        rows.append(((order[label], name, verb), f"{name}\t{label or '–'}\t{verb}\t{said}"))
    return [line for _, line in sorted(rows)]
