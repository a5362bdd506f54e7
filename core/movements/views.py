"""The pages of the room: importing this file registers all of them."""

from __future__ import annotations

from core.movements import views_board, views_check, views_doors, views_steps
from core.movements.blueprint import bp

__all__ = ["bp", "views_board", "views_check", "views_doors", "views_steps"]
