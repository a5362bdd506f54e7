"""Pages of the room entries, by who uses them: author (start, filing, files, worker), officer, organiser."""

from __future__ import annotations

from core.entries import (
    views_check,
    views_files,
    views_filing,
    views_office,
    views_officer,
    views_organiser,
    views_start,
    views_worker,
)
from core.entries.blueprint import bp

__all__ = [
    "bp", "views_check", "views_files", "views_filing", "views_office", "views_officer", "views_organiser",
    "views_start", "views_worker",
]  # fmt: skip
