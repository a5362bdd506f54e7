"""A whole season in one TOML file: its movement, its entries with marks and facts; read, scored and ranked as values.

    movement = "movement.toml"        # a file beside this one, a folder, or the id of an installed movement
    sheet = "phieu"                   # needed where the movement has several
    [quotas]                          # only numbers of prizes that differ from the movement's
    nhat = 1
    [[entries]]
    id = "HS-1"
    title = "Giàn héo chè bằng lưới thép"
    field = "che"                     # for rankings within a field; unit likewise
    facts = { tre-han = 2 }
    vote = { for = 7, base = 9 }      # of the council; left out: not voted yet
    [[entries.sheets]]
    column = "giam-khao"              # needed where the sheet has several
    marks = { moi = 24, hieu-qua = { points = 38.5, comment = "Có số liệu." }, loai = "cao" }

A bare number is points, a bare text a level. Points without a level in a criterion of levels take the first level
they lie in.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.errors import DomainError
from core.judging.inputs import season_maxima
from core.scoring.canonical import Quota, digest, with_quotas
from core.scoring.exact import is_acceptable
from core.scoring.filled import FilledSheet, Mark
from core.scoring.misuse import WANTED, Log, Problem
from core.scoring.movement import Criterion, Movement, Sheet
from core.scoring.ranking import Placed, RankEntry, Vote, rank
from core.scoring.reading import load_movement
from core.scoring.result import Score
from core.scoring.rules import Rules
from core.scoring.scorers import Scorer, scored
from core.scoring.structure import as_decimal

TOP_KEYS = ("title", "movement", "sheet", "quotas", "entries")
ENTRY_KEYS = ("id", "title", "field", "unit", "facts", "vote", "sheets")
SHEET_KEYS = ("id", "column", "marks")
MARK_KEYS = ("points", "level", "comment")


class SeasonFileRefused(DomainError):
    """The file cannot be used as it is written. Facts: problems (tuple of Problem)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One entry of the file."""

    id: str
    title: str = ""
    field: str = ""
    unit: str = ""
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)
    vote: Vote | None = None
    sheets: tuple[FilledSheet, ...] = ()


@dataclass(frozen=True, slots=True)
class SeasonFile:
    """A season as the file tells it: one sheet of a movement, with the file's numbers of prizes, and the entries."""

    title: str
    movement: Movement
    rules: Rules
    entries: tuple[FileEntry, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the ranking, with its score."""

    entry: FileEntry
    score: Score
    placed: Placed


def read_season(path: Path, find: Callable[[str], Movement | None]) -> SeasonFile:
    """Read a season file.

    :param find: gives an installed movement by its id.
    :raise SeasonFileRefused: with every problem of the file.
    :raise MovementRefused: the movement it names has problems.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=as_decimal)
    except (ValueError, RecursionError) as error:
        raise SeasonFileRefused(problems=(Problem("toml_syntax", "", {"detail": _detail(error)}),)) from error
    log = Log()
    _know(log, raw, TOP_KEYS, ("movement", "entries"), "")
    movement = _movement(log, raw.get("movement"), path.parent, find)
    sheet = _sheet(log, raw, movement) if movement is not None else None
    if movement is None or sheet is None:
        raise SeasonFileRefused(problems=tuple(log.problems))
    reader = _Reader(log, Rules(sheet, movement.facts))
    entries = reader.entries(raw.get("entries", []))
    if log.problems:
        raise SeasonFileRefused(problems=tuple(log.problems))
    return SeasonFile(str(raw.get("title", movement.title)), movement, reader.rules, entries)


def rank_season(season: SeasonFile, scorer: Scorer | None = None) -> list[Line]:
    """Score and rank the entries, in the order of the ranking.

    :param scorer: scores the sheet instead of engine 1.
    :raise ScorerFailed: it does not answer soundly.
    """
    most = season_maxima(season.rules, [each.facts for each in season.entries])
    scores = {each.id: scored(scorer, season.rules, each.sheets, {**each.facts, **most}) for each in season.entries}
    by_id = {each.id: each for each in season.entries}
    ranked = rank(
        season.rules,
        [
            RankEntry.of(each.id, scores[each.id], field=each.field, unit=each.unit, facts=each.facts, vote=each.vote)
            for each in season.entries
        ],
    )
    return [Line(by_id[key], scores[key], ranked.entries[key]) for key in ranked.order]


def as_json(season: SeasonFile, lines: Iterable[Line]) -> dict[str, Any]:
    """Return the ranking as plain values, points as strings."""
    return {
        "title": season.title,
        "movement": {
            "id": season.movement.id,
            "rules_version": season.movement.rules_version,
            "sha256": digest(season.movement),
        },
        "sheet": season.rules.sheet.id,
        "entries": [
            {
                "id": line.entry.id, "title": line.entry.title, "rank": line.placed.rank, "tier": line.placed.tier,
                "reasons": list(line.placed.reasons), "score": line.score.as_dict(),
            }
            for line in lines
        ],
    }  # fmt: skip


def _movement(log: Log, name: object, folder: Path, find: Callable[[str], Movement | None]) -> Movement | None:
    if name is None:
        return None
    if not isinstance(name, str):
        log.add("wrong_type", "movement", wanted=WANTED["text"])
        return None
    path = folder / name
    path = path / "movement.toml" if path.is_dir() else path
    movement = load_movement(path) if path.is_file() else find(name)
    if movement is None:
        log.add("unknown_ref", "movement", value=name)
    return movement


def _sheet(log: Log, raw: Mapping[str, Any], movement: Movement) -> Sheet | None:
    name = raw.get("sheet")
    known = [sheet.id for sheet in movement.sheets]
    if name is None and len(known) > 1:
        log.add("missing_key", "", key="sheet")
        return None
    if name is not None and name not in known:
        log.add("bad_choice", "sheet", value=name, known=", ".join(known))
        return None
    sheet = movement.sheet(name or known[0])
    quotas = raw.get("quotas", {})
    tiers = {tier.id for tier in sheet.tiers}
    for tier, number in quotas.items():
        if tier not in tiers:
            log.add("unknown_ref", f"quotas.{tier}", value=tier)
        elif type(number) is not int:
            log.add("wrong_type", f"quotas.{tier}", wanted=WANTED["integer"])
        elif number < 0:
            log.add("negative", f"quotas.{tier}")
    return None if log.problems else with_quotas(sheet, {tier: Quota(quota=number) for tier, number in quotas.items()})


class _Reader:
    """Reads the entries and notes every fault."""

    def __init__(self, log: Log, rules: Rules) -> None:
        self.log = log
        self.rules = rules

    def entries(self, raw: object) -> tuple[FileEntry, ...]:
        if not isinstance(raw, list) or not all(isinstance(each, dict) for each in raw):
            self.log.add("wrong_type", "entries", wanted=WANTED["list"])
            return ()
        entries, seen = [], set()
        for number, each in enumerate(raw):
            place = f"entries[{number}]"
            _know(self.log, each, ENTRY_KEYS, ("id",), place)
            name = str(each.get("id", ""))
            if name in seen:
                self.log.add("duplicate_id", f"{place}.id", value=name)
            seen.add(name)
            entries.append(
                FileEntry(
                    id=name,
                    title=str(each.get("title", "")),
                    field=str(each.get("field", "")),
                    unit=str(each.get("unit", "")),
                    facts=self._facts(each.get("facts", {}), f"{place}.facts"),
                    vote=self._vote(each.get("vote"), f"{place}.vote"),
                    sheets=tuple(self._sheets(each.get("sheets", []), name, f"{place}.sheets")),
                )
            )
        return tuple(entries)

    def _facts(self, raw: object, place: str) -> Mapping[str, object]:
        if not isinstance(raw, dict):
            self.log.add("wrong_type", place, wanted=WANTED["table"])
            return {}
        for name in raw:
            if name not in self.rules.facts:
                self.log.add("unknown_ref", f"{place}.{name}", value=name)
        return raw

    def _vote(self, raw: object, place: str) -> Vote | None:
        if raw is None:
            return None
        if not isinstance(raw, dict):
            self.log.add("wrong_type", place, wanted=WANTED["table"])
            return None
        _know(self.log, raw, ("for", "base"), ("for", "base"), place)
        for name, number in raw.items():
            if type(number) is not int:
                self.log.add("wrong_type", f"{place}.{name}", wanted=WANTED["integer"])
                return None
        return Vote(for_=raw["for"], base=raw["base"]) if {"for", "base"} <= raw.keys() else None

    def _sheets(self, raw: object, entry: str, place: str) -> Iterable[FilledSheet]:
        if not isinstance(raw, list) or not all(isinstance(each, dict) for each in raw):
            self.log.add("wrong_type", place, wanted=WANTED["list"])
            return
        columns = list(self.rules.columns)
        for number, each in enumerate(raw):
            here = f"{place}[{number}]"
            needed = ("marks",) if len(columns) == 1 else ("column", "marks")
            _know(self.log, each, SHEET_KEYS, needed, here)
            column = each.get("column", columns[0])
            if column not in columns:
                self.log.add("bad_choice", f"{here}.column", value=column, known=", ".join(columns))
            marks = each.get("marks", {})
            if not isinstance(marks, dict):
                self.log.add("wrong_type", f"{here}.marks", wanted=WANTED["table"])
                continue
            name = str(each.get("id", f"{entry}/{number + 1}"))
            yield FilledSheet(name, column, {c: self._mark(c, m, f"{here}.marks.{c}") for c, m in marks.items()})

    def _mark(self, code: str, raw: object, place: str) -> Mark:
        if code not in self.rules.by_code:
            self.log.add("unknown_ref", place, value=code)
            return Mark()
        if isinstance(raw, dict):
            _know(self.log, raw, MARK_KEYS, (), place)
            mark = Mark(points=raw.get("points"), level=raw.get("level"), comment=raw.get("comment"))
        else:
            mark = Mark(level=raw) if isinstance(raw, str) else Mark(points=raw)  # type: ignore[arg-type]
        if mark.points is not None and not _is_number(mark.points):
            self.log.add("wrong_type", place, wanted=WANTED["number"])
            return Mark()
        if mark.points is not None and not is_acceptable(Decimal(mark.points)):
            self.log.add("bad_number", place)
            return Mark()
        return mark if mark.level is not None else _with_level(mark, self.rules.by_code[code])


def _is_number(value: object) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _with_level(mark: Mark, criterion: Criterion) -> Mark:
    """Give points in a criterion of levels the first level they lie in; outside all of them the engine refuses."""
    if mark.points is None:
        return mark
    points = Decimal(mark.points)
    fitting = (level.id for level in criterion.levels or () if level.lowest <= points <= level.highest)
    return Mark(points=mark.points, level=next(fitting, None), comment=mark.comment)


def _know(log: Log, raw: Mapping[str, Any], known: Iterable[str], needed: Iterable[str], place: str) -> None:
    for name in raw:
        if name not in known:
            log.add("unknown_key", f"{place}.{name}" if place else name, key=name, known=", ".join(known))
    for name in needed:
        if name not in raw:
            log.add("missing_key", place, key=name)


def _detail(error: Exception) -> str:
    found = re.search(r"at line (\d+), column (\d+)", str(error))
    return f"dòng {found[1]}, cột {found[2]} viết sai" if found else "nội dung viết sai"
