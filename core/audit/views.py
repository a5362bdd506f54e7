"""Pages of the room audit, for officers and administrators."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("audit", __name__)
