"""What is wrong, in the words of the door by which it came: the line of a file, the field of a page, the cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.doors.places import Places
from core.scoring.misuse import Problem
from core.scoring.reading import Reading

# Codes whose place is a table and whose key is named beside it.
_ABOUT_A_KEY = frozenset({"missing_key", "unknown_key", "key_not_here"})


@dataclass(frozen=True, slots=True)
class DoorProblem:
    """One thing wrong with what came through a door.

    `place`: the path of the format, down to the key («sheets[0].criteria[2].max»), empty for the whole. `where`: the
    same place in Vietnamese words of the door («dòng 12», «Ô D17»). `sentence`: cause and next act, beginning with
    `where`. `line`: the line of a text, from 1.
    """

    code: str
    place: str
    where: str
    sentence: str
    line: int | None = None


def pointed(problem: Problem) -> str:
    """Return the path of a problem down to the key that is missing or not wanted."""
    key = problem.values.get("key", "")
    if problem.code not in _ABOUT_A_KEY or not key:
        return problem.place
    return f"{problem.place}.{key}" if problem.place else key


def problems_of(
    reading: Reading,
    locate: Callable[[str], str],
    *,
    sentences: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> tuple[DoorProblem, ...]:
    """Return all problems of a reading with their places in the words of a door.

    :param locate: gives those words for a path of the format; empty where the door has none.
    :param sentences: the door's own sentences, by code, where those of the format speak of keys.
    :param labels: what the door calls a key.
    """
    own, names = sentences or {}, labels or {}
    return tuple(
        _told(problem, locate(pointed(problem)), own.get(problem.code, problem.template), names)
        for problem in reading.problems
    )


def toml_problems(text: str, reading: Reading) -> tuple[DoorProblem, ...]:
    """Return all problems of a TOML text with the lines they stand on."""
    places = Places(text)
    found = []
    for problem in reading.problems:
        line = int(problem.values["line"]) if "line" in problem.values else places.line_of(pointed(problem))
        where = f"dòng {line}" if line else ""
        found.append(DoorProblem(problem.code, pointed(problem), where, problem.sentence, line))
    return tuple(found)


def _told(problem: Problem, where: str, template: str, labels: Mapping[str, str]) -> DoorProblem:
    named = problem.named | ({"place": where} if where else {})
    if "key" in named:
        named["key"] = labels.get(named["key"], named["key"])
    return DoorProblem(problem.code, pointed(problem), where, template.format(**named))
