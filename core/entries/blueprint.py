"""The blueprint of the room, on which the files of pages register."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from core.entries import reading, words

bp = Blueprint("entries", __name__)


@bp.app_context_processor
def wording() -> dict[str, Any]:
    """Give templates the words of this room."""
    return {"entry_words": words, "entry_reading": reading}
