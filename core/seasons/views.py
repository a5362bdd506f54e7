"""Pages of the room seasons."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("seasons", __name__)
