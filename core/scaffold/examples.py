"""The golden vectors of a new movement: one for each class, the condition and the prizes, with their arithmetic."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.scaffold.plan import WHOLE, Plan
from core.scoring.movement import Movement
from core.scoring.reading import Reading
from core.scoring.vectors import replay

SHEET = "phieu-cham"
COLUMN = "giam-khao"
RULES = "movement.toml"


def golden(plan: Plan, movement: Movement) -> str:
    """Return the lines of `golden.jsonl`; what is expected is what the engine gives, and `why` says it in numbers."""
    vectors = [
        *(_score(plan, f"vd-{n}", (b.points + 1, b.points), f"≥ {b.points}: {b.title}") for n, b in _numbered(plan)),
        _score(
            plan, "vd-4", (plan.pass_mark - 1, plan.pass_mark - 2), f"< {plan.pass_mark}: không đạt, không xếp loại"
        ),
        _rank(plan),
    ]  # fmt: skip
    return "".join(line(vector, movement) for vector in vectors)


def line(vector: dict[str, Any], movement: Movement) -> str:
    """Return a vector as one line, with what the movement gives for it now."""
    expected = replay(vector, lambda _name: Reading(movement, ()))
    return json.dumps({**vector, "expect": expected}, ensure_ascii=False, sort_keys=True) + "\n"


def _numbered(plan: Plan) -> Sequence[tuple[int, Any]]:
    return list(enumerate(plan.bands, start=1))


def spread(plan: Plan, total: int) -> list[int]:
    """Return points for each criterion that sum to `total`, each as near as can be to its share."""
    points = [total * most // WHOLE for _title, most in plan.criteria]
    for place, (_title, most) in enumerate(plan.criteria):
        points[place] += min(most - points[place], total - sum(points))
    return points


def _score(plan: Plan, id_: str, totals: tuple[int, int], said: str) -> dict[str, Any]:
    sheets, parts = [], []
    for number, total in enumerate(totals, start=1):
        points = spread(plan, total)
        marks = {code: {"points": str(each)} for code, each in zip(plan.ids, points, strict=True)}
        sheets.append({"id": f"gk-{number}", "column": COLUMN, "marks": marks})
        parts.append(f"Giám khảo {number}: {' + '.join(map(str, points))} = {total}.")
    mean = f"{Decimal(sum(totals)) / 2:f}".replace(".", ",")
    parts.append(f"Trung bình ({totals[0]} + {totals[1]}) : 2 = {mean} {said}.")
    return {
        "id": id_, "kind": "score", "rules": RULES, "sheet": SHEET, "facts": {}, "sheets": sheets,
        "rule": "§4", "why": " ".join(parts),
    }  # fmt: skip


def _rank(plan: Plan) -> dict[str, Any]:
    totals = [*(tier.points for tier in plan.tiers), plan.pass_mark]
    entries = [
        {
            "id": f"hs-{number}", "field": "", "unit": "", "facts": {}, "vote": None,
            "score": {
                "status": "passed", "total": str(total), "band": None,
                "by_criterion": {code: str(p) for code, p in zip(plan.ids, spread(plan, total), strict=True)},
            },
        }
        for number, total in enumerate(totals, start=1)
    ]  # fmt: skip
    said = ", ".join(f"{tier.points} ≥ {tier.points} là {tier.title}" for tier in plan.tiers)
    why = f"Từ cao xuống: {said}; {plan.pass_mark} đạt nhưng dưới {plan.tiers[-1].points} nên không có giải."
    return {
        "id": "vd-5", "kind": "rank", "rules": RULES, "sheet": SHEET, "entries": entries, "rule": "§5", "why": why,
    }  # fmt: skip
