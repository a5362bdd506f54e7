"""The blueprint of the room; the pages in the files beside it register on it."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("accounts", __name__)
