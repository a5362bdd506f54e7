"""Pages of the room entries."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("entries", __name__)
