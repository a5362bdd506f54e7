"""Pages of the room judging, in the files beside this one, by who uses them."""

from __future__ import annotations

from core.judging import (
    views_amending,
    views_assignment,
    views_judge,
    views_panels,
    views_progress,
    views_results,
    views_score,
)
from core.judging.blueprint import bp

__all__ = [
    "bp", "views_amending", "views_assignment", "views_judge", "views_panels", "views_progress", "views_results",
    "views_score",
]  # fmt: skip
