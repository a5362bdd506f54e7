"""The blueprint of the room; the pages in the files beside it register on it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from core.movements import words
from core.movements.boxes import anchor

bp = Blueprint("movements", __name__, url_prefix="/phong-trao-cua-toi")

# A global, because macros that are imported see no variables of the page.
bp.add_app_template_global(anchor, "place_id")


@bp.app_context_processor
def wording() -> dict[str, Any]:
    """Give templates the words of this room."""
    return {"movement_chip": words.state_chip}
