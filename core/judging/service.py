"""Verbs of judging, by subject in the files beside: panels, assignment, sheets, closing, verification."""

from __future__ import annotations

from core.judging.amending import Impact, amend, impact_of
from core.judging.assignment import apply_plan, assign, propose, start_judging, take_in, unassign
from core.judging.closing import close_judging, compute, disagreements, missing_sheets, reopen_judging
from core.judging.conflicts import derived_conflicts
from core.judging.panels import add_judge, create_panel, declare, make_chair, recuse, remove_judge
from core.judging.queries import sheet_of
from core.judging.sheets import (
    MarkTyped,
    finish,
    finished_sheets,
    open_sheet,
    reopen_sheet,
    save_marks,
    seal,
    seal_finished_at_deadline,
    seal_round,
    unfinish,
)
from core.judging.verification import Difference, Verified, recompute, verify

__all__ = [
    "Difference", "Impact", "MarkTyped", "Verified", "add_judge", "amend", "apply_plan", "assign",
    "close_judging", "compute", "create_panel", "declare", "derived_conflicts", "disagreements", "finish",
    "finished_sheets", "impact_of", "make_chair", "missing_sheets", "open_sheet", "propose", "recompute",
    "recuse", "remove_judge", "reopen_judging", "reopen_sheet", "save_marks", "seal", "seal_finished_at_deadline",
    "seal_round", "sheet_of", "start_judging", "take_in", "unassign", "unfinish", "verify",
]  # fmt: skip
