"""Replays explained vectors: one JSON object a line, each with its inputs and the whole result it expects."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.scoring.awards import award_check
from core.scoring.canonical import digest
from core.scoring.engine1 import score
from core.scoring.misuse import MovementRefused
from core.scoring.movement import Movement
from core.scoring.ranking import rank
from core.scoring.reading import Reading, read_toml
from core.scoring.rules import Rules
from core.scoring.scorers import Scorer, ScorerFailed, run


@dataclass(frozen=True, slots=True)
class Replayed:
    """One vector after replay; `differences` says key by key what came instead of what was expected."""

    id: str
    line: int
    differences: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the outcome as plain values for JSON."""
        return {"id": self.id, "line": self.line, "differences": list(self.differences)}


def replay_file(path: Path, scorers: Mapping[tuple[str, int], Scorer] | None = None) -> list[Replayed]:
    """Replay every line of a vectors file; the rules that it names stand beside it.

    :param scorers: by id and version, for lines that say `"scorer": {"id": …, "version": …}`.
    :raise OSError: the file cannot be opened.
    :raise UnicodeDecodeError: the file is not UTF-8 text.
    """
    readings: dict[Path, Reading] = {}

    def read_beside(name: str) -> Reading:
        beside = path.parent / name
        if beside not in readings:
            readings[beside] = read_toml(beside.read_bytes())
        return readings[beside]

    # Not splitlines: a text in a vector may hold other line ends, which JSON does not count as such.
    lines = path.read_text("utf-8").split("\n")
    return [
        _replay_line(number, line, read_beside, scorers or {}) for number, line in enumerate(lines, 1) if line.strip()
    ]


def replay(
    vector: Mapping[str, Any],
    read_beside: Callable[[str], Reading],
    scorers: Mapping[tuple[str, int], Scorer] | None = None,
) -> dict[str, Any]:
    """Return what a vector gives now, in the shape of its `expect`.

    :raise MovementRefused: the rules of a vector of another kind than check cannot be used.
    :raise KeyError: the vector lacks an input, or names a sheet, award or kind that there is not.
    :raise ScorerFailed: the scorer that it names does not answer soundly.
    """
    reading = read_toml(vector["toml"]) if "toml" in vector else read_beside(vector["rules"])
    if vector["kind"] == "check":
        return {"codes": sorted({problem.code for problem in reading.problems})}
    movement = reading.require(str(vector.get("rules", vector["id"])))
    if vector["kind"] == "score" and "scorer" in vector:
        named = vector["scorer"]
        scorer = (scorers or {})[named["id"], named["version"]]
        return run(scorer, Rules.of(movement, vector["sheet"]), vector["sheets"], vector["facts"]).as_dict()
    return _KINDS[vector["kind"]](movement, vector)


def _score(movement: Movement, vector: Mapping[str, Any]) -> dict[str, Any]:
    return score(Rules.of(movement, vector["sheet"]), vector["sheets"], vector["facts"]).as_dict()


def _rank(movement: Movement, vector: Mapping[str, Any]) -> dict[str, Any]:
    return rank(Rules.of(movement, vector["sheet"]), vector["entries"]).as_dict()


def _award(movement: Movement, vector: Mapping[str, Any]) -> dict[str, Any]:
    on = date.fromisoformat(vector["on"])
    award = movement.award(vector["award"])
    return award_check(award, vector["person"], vector["year"], on, vector["achievements"]).as_dict()


def _digest(movement: Movement, _vector: Mapping[str, Any]) -> dict[str, Any]:
    return {"sha256": digest(movement)}


_KINDS: dict[str, Callable[[Movement, Mapping[str, Any]], dict[str, Any]]] = {
    "score": _score,
    "rank": _rank,
    "award": _award,
    "digest": _digest,
}


def _replay_line(
    number: int, line: str, read_beside: Callable[[str], Reading], scorers: Mapping[tuple[str, int], Scorer]
) -> Replayed:
    vector_id = f"dòng {number}"
    try:
        vector = json.loads(line, parse_float=Decimal)
        vector_id = str(vector["id"])
        differences = tuple(compare(vector["expect"], replay(vector, read_beside, scorers)))
    except MovementRefused as refused:
        differences = tuple(f"rules: {problem.sentence}" for problem in refused.problems)
    except ScorerFailed as failed:
        differences = (f"hàm chấm {failed.scorer}: {failed.reason}",)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, OSError) as error:
        differences = (f"không chạy được: {error!r}",)
    return Replayed(vector_id, number, differences)


def compare(expected: Any, found: Any, place: str = "") -> list[str]:
    """Return one line for each place where two plain values differ."""
    if isinstance(expected, dict) and isinstance(found, dict):
        lines = []
        for key in sorted({*expected, *found}):
            at = f"{place}.{key}" if place else key
            if key not in found:
                lines.append(f"{at}: cần {_shown(expected[key])}, không có")
            elif key not in expected:
                lines.append(f"{at}: không cần, có {_shown(found[key])}")
            else:
                lines += compare(expected[key], found[key], at)
        return lines
    if type(expected) is type(found) and expected == found:
        return []
    return [f"{place}: cần {_shown(expected)}, có {_shown(found)}"]


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
