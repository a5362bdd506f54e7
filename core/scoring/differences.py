"""What differs between two frozen documents of a season, place by place; nothing differs only where nothing counts.

The walk follows the dataclasses themselves: parts with an id are matched by it, everything else is compared whole. A
key that a later format adds is therefore compared from its first day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from core.scoring.canonical import SeasonDocument, with_quotas
from core.scoring.movement import Movement


@dataclass(frozen=True, slots=True)
class Step:
    """One step inwards: the key of a part, its id, and its title where it has one."""

    key: str
    id: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two documents differ.

    `place`: from the outside in. `kind` and `key`: the dataclass and the field of it that differs; key empty where the
    whole part is new (`before` None) or gone (`after` None), «order» where the same parts stand in another order
    (both are tuples of titles). `before` and `after`: the values themselves.
    """

    place: tuple[Step, ...]
    kind: str
    key: str
    before: Any
    after: Any

    @property
    def topic(self) -> str:
        """The outermost key: sheets, form, stages, facts, eligibility, awards, or a key of the head."""
        return self.place[0].key if self.place else self.key


def differences(before: SeasonDocument, after: SeasonDocument) -> tuple[Difference, ...]:
    """Return every place where two documents of one movement differ, in document order.

    Numbers of prizes are compared as they are in force, whoever decided them. Dates are no rules and left out.
    """
    found = list(_parts((), _effective(before), _effective(after)))
    for stage in after.movement.stages:
        chosen = before.choices.sheets.get(stage.id, ()), after.choices.sheets.get(stage.id, ())
        if chosen[0] != chosen[1]:
            titles = (_titles(before.movement, chosen[0]), _titles(after.movement, chosen[1]))
            found.append(Difference((Step("stages", stage.id, stage.title),), "SeasonChoices", "sheets", *titles))
    for sheet in after.movement.sheets:
        scorers = [document.choices.scorers.get(sheet.id) for document in (before, after)]
        names = [None if scorer is None else scorer.name for scorer in scorers]
        if names[0] != names[1]:
            found.append(Difference((Step("sheets", sheet.id, sheet.title),), "SeasonChoices", "scorer", *names))
    if before.engine != after.engine:
        found.append(Difference((), "SeasonDocument", "engine", before.engine, after.engine))
    return tuple(found)


def _effective(document: SeasonDocument) -> Movement:
    sheets = tuple(with_quotas(one, document.choices.quotas.get(one.id, {})) for one in document.movement.sheets)
    return replace(document.movement, sheets=sheets)


def _titles(movement: Movement, chosen: tuple[str, ...]) -> tuple[str, ...]:
    known = {sheet.id: sheet.title for sheet in movement.sheets}
    return tuple(known.get(sheet, sheet) for sheet in chosen)


def _parts(place: tuple[Step, ...], before: Any, after: Any) -> Iterator[Difference]:
    kind = type(after).__name__
    for key in (one.name for one in fields(after)):
        old, new = getattr(before, key), getattr(after, key)
        if old == new:
            continue
        if _has_ids(old) and _has_ids(new):
            yield from _lists(place, kind, key, old, new)
        elif is_dataclass(old) and type(old) is type(new):
            yield from _parts((*place, Step(key)), old, new)
        else:
            yield Difference(place, kind, key, old, new)


def _has_ids(value: Any) -> bool:
    """Whether a value is a list of parts with ids, each its own; None and the empty list are such lists of nothing."""
    if value is None or value == ():
        return True
    if not isinstance(value, tuple) or not all(is_dataclass(one) and hasattr(one, "id") for one in value):
        return False
    return len({one.id for one in value}) == len(value)


def _lists(place: tuple[Step, ...], kind: str, key: str, before: Any, after: Any) -> Iterator[Difference]:
    old, new = {one.id: one for one in before or ()}, {one.id: one for one in after or ()}
    if not old and not new:
        yield Difference(place, kind, key, before, after)
    for part in (*old.values(), *(one for one in new.values() if one.id not in old)):
        here = (*place, Step(key, part.id, part.title if hasattr(part, "title") else getattr(part, "text", "")))
        if part.id not in new:
            yield Difference(here, type(part).__name__, "", part, None)
        elif part.id not in old:
            yield Difference(here, type(part).__name__, "", None, part)
        else:
            yield from _parts(here, part, new[part.id])
    kept = [[one for one in ids if one in old and one in new] for ids in (old, new)]
    if kept[0] != kept[1]:
        titles = ([_name(parts[one]) for one in ids] for parts, ids in ((old, kept[0]), (new, kept[1])))
        yield Difference((*place, Step(key)), kind, "order", *(tuple(names) for names in titles))


def _name(part: Any) -> str:
    return str(getattr(part, "title", "") or getattr(part, "text", "") or part.id)
