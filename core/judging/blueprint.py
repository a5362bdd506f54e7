"""The blueprint of the room; the pages in the files beside it register on it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from core.judging import queries, words, words_amending

bp = Blueprint("judging", __name__)


@bp.app_context_processor
def wording() -> dict[str, Any]:
    """Give templates the words of this room."""
    return {"judging_words": words, "judging_label": queries.label_for, "obstacle_text": words_amending.obstacle_text}
