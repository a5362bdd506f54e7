"""Two hundred invented entries through the real engine and the real ranking, and what a season would report of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from core.entries import answers
from core.judging import words
from core.judging.inputs import season_maxima
from core.previews import invented
from core.previews.invented import Dice, InventedEntry, Size
from core.scoring.canonical import digest
from core.scoring.movement import Movement
from core.scoring.ranking import Placed, RankEntry, rank
from core.scoring.result import Score
from core.scoring.rules import Rules
from core.scoring.scorers import Scorer, scored
from core.vietnamese.numbers import format_number

# Of those whose judges disagree, one in so many still waits for the next judge.
WAITING = 6


@dataclass(frozen=True, slots=True)
class TrialPlace:
    """One line of the invented ranking."""

    entry: InventedEntry
    score: Score
    placed: Placed
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Trial:
    """One sheet of a movement tried on invented entries, best first."""

    rules: Rules
    places: tuple[TrialPlace, ...]

    @property
    def top(self) -> TrialPlace:
        """The first line, which has a prize where anybody has one."""
        return self.places[0]

    def best(self, count: int = 10) -> tuple[TrialPlace, ...]:
        """Return the first lines."""
        return self.places[:count]

    def borderline(self, around: int = 2) -> tuple[TrialPlace, ...]:
        """Return, in order, the last lines that have each prize and the first ones after them."""
        ranked = [place for place in self.places if place.placed.rank is not None]
        last = {place.placed.tier: number for number, place in enumerate(ranked) if place.placed.tier is not None}
        near = {n for edge in last.values() for n in range(edge - around + 1, edge + around + 1)}
        return tuple(ranked[n] for n in sorted(near) if 0 <= n < len(ranked))


@dataclass(frozen=True, slots=True)
class Figures:
    """What a season reports: how many by status, band, prize and field of work, each in the order of the rules."""

    total: int
    statuses: tuple[tuple[str, int], ...]
    bands: tuple[tuple[str, int], ...]
    tiers: tuple[tuple[str, int], ...]
    fields: tuple[tuple[str, int], ...]


@lru_cache(maxsize=16)
def run(movement: Movement, sheet_id: str, size: Size, own: Scorer | None = None) -> Trial:
    """Score and rank 200 invented entries by one sheet of a complete movement.

    :param own: the movement's own scorer of that sheet, None for engine 1.
    :raise KeyError: the movement has no such sheet.
    :raise ScorerFailed: the movement's own scorer does not answer soundly.
    """
    rules = Rules.of(movement, sheet_id)
    seed = f"{digest(movement)} {sheet_id}"
    made = invented.entries(rules, size, seed=seed, fields=_fields(movement), judges=judges_of(movement, sheet_id))
    maxima = season_maxima(rules, [dict(entry.facts) for entry in made])
    scores = {entry.code: _scored(rules, size, seed, entry, maxima, own) for entry in made}
    ranking = rank(
        rules,
        [
            RankEntry.of(
                entry.code, scores[entry.code], field=entry.field, unit=entry.unit, facts=entry.facts, vote=entry.vote
            )
            for entry in made
        ],
    )
    by_code = {entry.code: entry for entry in made}
    return Trial(
        rules,
        tuple(
            TrialPlace(by_code[code], scores[code], ranking.entries[code], *_span(rules, by_code[code], scores[code]))
            for code in ranking.order
        ),
    )


def judges_of(movement: Movement, sheet_id: str) -> int:
    """Return how many judges the stages of a sheet give each entry at least."""
    return max((stage.judges_min for stage in movement.stages if sheet_id in stage.sheets), default=1)


def _fields(movement: Movement) -> tuple[str, ...]:
    asked = answers.work_field(movement.form)
    return tuple(choice.id for choice in asked.choices) if asked is not None else ()


def _scored(
    rules: Rules, size: Size, seed: str, entry: InventedEntry, maxima: dict[str, str], own: Scorer | None
) -> Score:
    """Score one entry; where its judges disagree, the next ones are called as the rules want it."""
    facts = {**entry.facts, **maxima}
    sheets = list(entry.sheets)
    found = scored(own, rules, sheets, facts)
    official = rules.columns[rules.official]
    while found.status == "pending" and entry.number % WAITING:
        place = sum(sheet.column == official.id for sheet in sheets)
        quality = Dice(seed).part(f"tốt {entry.number}") / 2 + Dice(seed).part(f"thêm {entry.number}") / 2
        sheets.append(invented.judged_sheet(rules, size, Dice(seed), official, entry.number, place, quality))
        found = scored(own, rules, sheets, facts)
    return found


def _span(rules: Rules, entry: InventedEntry, found: Score) -> tuple[Decimal | None, Decimal | None]:
    official = {sheet.id for sheet in entry.sheets if sheet.column == rules.official}
    totals = [one.total for key, one in found.sheets.items() if key in official and one.total is not None]
    return (min(totals), max(totals)) if len(totals) > 1 else (None, None)


def figures(trial: Trial, movement: Movement) -> Figures:
    """Count the invented entries as a season's report would."""
    sheet = trial.rules.sheet
    asked = answers.work_field(movement.form)
    statuses: Counter[str] = Counter(place.score.status for place in trial.places)
    order = [status for status in ("passed", "pending", "failed", "disqualified", "unscored") if statuses[status]]
    return Figures(
        total=len(trial.places),
        statuses=tuple((words.outcome_text(status), statuses[status]) for status in order),
        bands=_counted(sheet.bands, (place.score.band for place in trial.places)),
        tiers=_counted(sheet.tiers, (place.placed.tier for place in trial.places)),
        fields=_counted(asked.choices if asked else (), (place.entry.field for place in trial.places)),
    )


def _counted(named: Iterable[object], values: Iterable[str | None]) -> tuple[tuple[str, int], ...]:
    found = Counter(values)
    return tuple((each.title, found[each.id]) for each in named)  # type: ignore[attr-defined]


def span_text(place: TrialPlace) -> str:
    """Return the lowest and highest total of the sheets: «79–88»; empty under two."""
    if place.low is None or place.high is None:
        return ""
    return f"{format_number(place.low)}–{format_number(place.high)}"
