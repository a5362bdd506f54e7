"""Excel as a door: a score sheet as the office has it, and a whole movement out and in."""

from core.doors.office import PreviewRow, SheetDraft, read_pasted, read_score_sheet
from core.doors.workbook import WorkbookReading, read_workbook, to_workbook

__all__ = [
    "PreviewRow",
    "SheetDraft",
    "WorkbookReading",
    "read_pasted",
    "read_score_sheet",
    "read_workbook",
    "to_workbook",
]
