"""Pages of the room organisations, for officers and administrators."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("organisations", __name__)
