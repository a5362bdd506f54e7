"""A movement's own way to a score where data cannot say it: a pure, versioned function, and what its answer must be.

The engine stays in charge of the form of the answer: whatever a scorer returns is looked at before it counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

from core.errors import DomainError
from core.scoring.engine1 import score
from core.scoring.exact import is_acceptable, round_to, written
from core.scoring.filled import FilledSheet
from core.scoring.gates import apply_caps, band_of
from core.scoring.result import FiredGate, Score, SheetResult, Status
from core.scoring.rules import Rules

FilledSheets = Sequence[Mapping[str, Any]]
ScoreFunction = Callable[[Rules, FilledSheets, Mapping[str, Any]], Score]

_ID = re.compile(r"[a-z][a-z0-9_.-]{0,79}")
_BEFORE_GATES = ("fact_", "sheet_invalid:", "too_few_sheets:", "floored:", "clipped:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """A released version of a scoring function. Every released version stays in the plugin, for ever.

    :param id: begins with the plugin's name, as in `cong_nhan_xanh.hai_mat`.
    :param movement: the id of the plugin's own movement.
    :param sheet: the score sheet that it scores.
    :param fn: `fn(rules, sheets, facts)`: the sealed sheets and the facts as plain values; returns a `Score`. Pure: it
        looks at nothing else, changes nothing, and holds no float.
    """

    id: str
    version: int
    movement: str
    sheet: str
    fn: ScoreFunction

    def __post_init__(self) -> None:
        """Refuse what could not be frozen or called."""
        if not isinstance(self.id, str) or not _ID.fullmatch(self.id):
            raise ValueError(f"id must be letters a-z, digits, '_', '-' and '.', not {self.id!r}")
        if type(self.version) is not int or self.version < 1:
            raise ValueError(f"version must be a whole number from 1, not {self.version!r}")
        if not callable(self.fn):
            raise TypeError("fn must be a function of (rules, sheets, facts)")

    @property
    def name(self) -> str:
        """The id and version as people read them."""
        return f"{self.id} v{self.version}"


class ScorerFailed(DomainError):
    """A scorer raised, or answered with what is no sound score. Facts: scorer (name), reason; plugin where known."""


def run(scorer: Scorer, rules: Rules, sheets: FilledSheets, facts: Mapping[str, Any]) -> Score:
    """Return what a scorer says of one entry, looked at; it gets copies of its own, in both orders of the sheets.

    :raise ScorerFailed: it raised, is not sound, or does not answer twice the same.
    """
    try:
        found = scorer.fn(rules, deepcopy(list(sheets)), deepcopy(dict(facts)))
        reason = next(unsound(found, rules, sheets), "")
        if not reason:
            again = scorer.fn(rules, deepcopy(list(sheets)[::-1]), dict(reversed(deepcopy(dict(facts)).items())))
            same = isinstance(again, Score) and again.as_dict() == found.as_dict()
            reason = "" if same else "asked twice, it gives two results"
    except Exception as error:
        raise ScorerFailed(scorer=scorer.name, reason=f"{type(error).__name__}: {error}") from error
    if reason:
        raise ScorerFailed(scorer=scorer.name, reason=reason)
    return found


def scored(
    own: Scorer | None, rules: Rules, sheets: Sequence[FilledSheet | Mapping[str, Any]], facts: Mapping[str, Any]
) -> Score:
    """Return the score by a movement's own scorer, by engine 1 where there is none.

    :raise ScorerFailed: the scorer does not answer soundly.
    """
    if own is None:
        return score(rules, sheets, facts)
    return run(own, rules, [asdict(sheet) if isinstance(sheet, FilledSheet) else sheet for sheet in sheets], facts)


def unsound(found: object, rules: Rules, sheets: FilledSheets) -> Iterator[str]:
    """Yield why an answer is no score by these rules."""
    if type(found) is not Score:
        yield f"returned {type(found).__name__}, not Score"
        return
    points = [found.total, *found.by_criterion.values(), *found.columns.values()]
    points += [result.total for result in found.sheets.values() if isinstance(result, SheetResult)]
    if any(each is not None and (type(each) is not Decimal or not is_acceptable(each)) for each in points):
        yield "points must be finite Decimals with at most 6 decimals"
    if any(each is None for each in found.by_criterion.values()):
        yield "by_criterion holds points only"
    if found.status not in get_args(Status):
        yield f"unknown status {found.status!r}"
    if (found.total is None) != (found.status == "unscored") and not (
        found.total is None and found.status == "disqualified"
    ):
        yield f"status {found.status} does not go with total {found.total}"
    yield from _unknown_names(found, rules, sheets)


def _unknown_names(found: Score, rules: Rules, sheets: FilledSheets) -> Iterator[str]:
    if unknown := sorted({str(code) for code in found.by_criterion} - set(rules.by_code)):
        yield f"unknown criteria {', '.join(unknown)}"
    if set(found.columns) != set(rules.columns):
        yield "columns must be those of the sheet"
    if found.band is not None and found.band not in {band.id for band in rules.sheet.bands}:
        yield f"unknown band {found.band!r}"
    if found.band is not None and found.status not in {"passed", "pending"}:
        yield f"status {found.status} has no band"
    if set(found.sheets) != {str(sheet["id"]) for sheet in sheets}:
        yield "sheets must be those that were given"
    if not all(isinstance(result, SheetResult) for result in found.sheets.values()):
        yield "sheets must hold SheetResult values"
    if not all(isinstance(gate, FiredGate) for gate in found.gates):
        yield "gates must be FiredGate values"
    if not all(type(reason) is str for reason in found.reasons):
        yield "reasons must be texts"


def with_total(rules: Rules, found: Score, total: Decimal | Fraction) -> Score:
    """Return engine 1's score with another total: rounded, put into its class, gated and capped as the sheet says.

    Gates on facts and on criteria stay as they fired, and so does a third judge who is awaited; those on the total are
    tested anew. The other columns have no total of this kind. A score without a total stays as it is.
    """
    if found.total is None:
        return found
    rounding = rules.sheet.rounding.total
    exact = round_to(Fraction(total), rounding.to, rounding.mode)
    gates = tuple(_gates(rules, found, exact))
    band, caps = apply_caps(rules.sheet, band_of(rules.sheet, exact), gates)
    effects = {gate.effect for gate in gates}
    status: Status = "passed"
    if found.status == "pending":
        status = "pending"
    elif "disqualify" in effects:
        status = "disqualified"
    elif "fail" in effects:
        status = "failed"
    points = written(exact)
    return Score(
        status=status,
        total=points,
        by_criterion=found.by_criterion,
        columns={column: points if column == rules.official else None for column in found.columns},
        band=None if status in {"disqualified", "failed"} else band,
        gates=gates,
        sheets=found.sheets,
        reasons=(
            *(reason for reason in found.reasons if reason.startswith(_BEFORE_GATES)),
            *(f"{gate.effect}:{gate.id}" for gate in gates),
            *(f"capped:{cap}" for cap in caps),
            *(reason for reason in found.reasons if reason.startswith("third_judge:")),
        ),
    )


def _gates(rules: Rules, found: Score, total: Fraction) -> Iterator[FiredGate]:
    """Yield what fires: gates of `min_pass` as they fired, then the declared ones in order."""
    fired = {gate.id: gate for gate in found.gates}
    declared = {gate.id for gate in rules.sheet.gates}
    yield from (gate for gate in found.gates if gate.id not in declared)
    for gate in rules.sheet.gates:
        if gate.total_below is not None:
            if total < Fraction(gate.total_below):
                yield FiredGate(gate.id, gate.effect)
        elif gate.id in fired:
            yield fired[gate.id]


__all__ = ["Scorer", "ScorerFailed", "run", "score", "unsound", "with_total"]
