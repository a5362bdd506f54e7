"""What several pages of the room show: what is left to do, the steps, what uses a movement."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from core.movements import forms, queries, words
from core.movements.boxes import anchor
from core.movements.models import MovementDraft
from core.organisations.models import Unit
from core.scoring.misuse import Problem

Answer = str | tuple[str, int] | Response


def todo(draft: MovementDraft, problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    """Return what is left to do as lines with a link to the box each is about."""
    lines = []
    for problem in problems:
        place = words.place_of_problem(problem)
        number, sheet = forms.step_of(place)
        lines.append(
            {
                "text": words.problem_text(draft.content, problem),
                "url": step_url(draft, number, sheet, place),
                "step": number,
                "drop": _dropped(problem),
            }
        )
    return lines


def _dropped(problem: Problem) -> str:
    """Return the place of a key that no form has, so that a button can take it out; «» for every other problem."""
    if problem.code != "unknown_key":
        return ""
    key = problem.values["key"]
    return f"{problem.place}.{key}" if problem.place else key


def step_url(draft: MovementDraft, number: int, sheet: int = 0, place: str = "") -> str:
    """Return the address of a step, at a sheet and a place."""
    if number == len(forms.STEPS):
        return url_for("movements.check", public_id=draft.public_id)
    more: dict[str, Any] = {"phieu": sheet + 1} if number in forms.SHEET_STEPS and sheet else {}
    if place:
        more["_anchor"] = anchor(place)
    return url_for("movements.step", public_id=draft.public_id, number=number, **more)


def step_tabs(draft: MovementDraft, lines: list[dict[str, Any]], current: int, sheet: int = 0) -> list[dict[str, Any]]:
    """Return the nine steps for `ui.tabs`, each with the number of things left to do."""
    left = {number: sum(line["step"] == number for line in lines) for number in forms.STEPS}
    return [
        {
            "lead": number,
            "label": title,
            "url": step_url(draft, number, sheet),
            "current": number == current,
            "count": left[number] or None,
        }
        for number, title in forms.STEPS.items()
    ]


def use_lines(movement_id: str, unit: Unit | None = None) -> list[str]:
    """Return what uses a movement at a unit and below, everywhere where no unit is given: «2 đợt đang dùng…»."""
    return [words.use_text(key, number) for key, number in queries.uses(movement_id, unit) if number]
