"""What scoring gives: a score with its reasons, as immutable values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from core.scoring.exact import plain

Status = Literal["passed", "failed", "pending", "disqualified", "unscored"]


@dataclass(frozen=True, slots=True)
class FiredGate:
    """A gate whose test was met; a gate of `min_pass` has the id `min.<criterion>`."""

    id: str
    effect: str


@dataclass(frozen=True, slots=True)
class SheetResult:
    """Whether one sheet counts; its total is the sum of its marks, None when it does not count."""

    valid: bool
    total: Decimal | None
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one entry. Points are Decimal; None means that nothing is scored, never 0.

    `by_criterion`: final values of scored criteria and groups, written to 6 decimals.
    `columns`: the total that each column would give as the official one.
    `reasons`: `code:subject` in the order of the movement format, format 1, §4.
    """

    status: Status
    total: Decimal | None
    by_criterion: Mapping[str, Decimal]
    columns: Mapping[str, Decimal | None]
    band: str | None
    gates: tuple[FiredGate, ...]
    sheets: Mapping[str, SheetResult]
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the score as plain values for JSON, points as strings."""
        return {
            "status": self.status,
            "total": _text(self.total),
            "by_criterion": {code: plain(points) for code, points in self.by_criterion.items()},
            "columns": {column: _text(points) for column, points in self.columns.items()},
            "band": self.band,
            "gates": [{"id": gate.id, "effect": gate.effect} for gate in self.gates],
            "sheets": {
                sheet: {"valid": result.valid, "total": _text(result.total), "problems": list(result.problems)}
                for sheet, result in self.sheets.items()
            },
            "reasons": list(self.reasons),
        }


def _text(points: Decimal | None) -> str | None:
    return None if points is None else plain(points)
