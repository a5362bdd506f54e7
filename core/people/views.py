"""Pages of the room people, for officers and administrators."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("people", __name__)
