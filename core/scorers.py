"""The scorers that a plugin brings, looked at once at start, and which of them a season opening now would freeze."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.scoring.movement import Movement
from core.scoring.rules import FrozenScorer
from core.scoring.scorers import Scorer


@dataclass(frozen=True, slots=True)
class InstalledScorer:
    """A scorer in use, whose it is, and the SHA-256 of the source file that holds its function."""

    scorer: Scorer
    plugin: str
    code: str


def collect(plugin: str, movement: Movement, given: Iterable[object]) -> dict[tuple[str, int], InstalledScorer]:
    """Return every version of every scorer that a plugin gave, by id and version.

    :raise TypeError: something else than a Scorer was given.
    :raise ValueError: an id that is not the plugin's, a sheet that its movement lacks, or the same thing twice.
    """
    found: dict[tuple[str, int], InstalledScorer] = {}
    ids: dict[str, str] = {}
    for one in given:
        if not isinstance(one, Scorer):
            raise TypeError(f"thidua_scorers must return Scorer values, not {one!r}")
        if not one.id.startswith(f"{plugin}."):
            raise ValueError(f"{one.name}: the id must begin with {plugin}.")
        if one.movement != movement.id or one.sheet not in {sheet.id for sheet in movement.sheets}:
            raise ValueError(f"{one.name}: no sheet {one.sheet!r} in the plugin's movement {movement.id!r}")
        if (one.id, one.version) in found:
            raise ValueError(f"{one.name} is there twice")
        # Which of two would be the newest?
        if ids.setdefault(one.sheet, one.id) != one.id:
            raise ValueError(f"sheet {one.sheet!r} has two scorers, {ids[one.sheet]} and {one.id}")
        found[one.id, one.version] = InstalledScorer(one, plugin, _code_of(one))
    return found


def newest(found: Iterable[InstalledScorer]) -> dict[str, FrozenScorer]:
    """Return by sheet the scorer of the highest version, as a season freezes it."""
    return {
        one.scorer.sheet: FrozenScorer(one.scorer.id, one.scorer.version, one.code)
        for one in sorted(found, key=lambda one: one.scorer.version)
    }


def _code_of(scorer: Scorer) -> str:
    """Return the SHA-256 of the source file of a scorer's function; versions in files of their own keep theirs."""
    file = inspect.getsourcefile(inspect.unwrap(scorer.fn))
    if file is None or not Path(file).is_file():
        raise ValueError(f"{scorer.name}: fn has no source file")
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()
