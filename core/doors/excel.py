"""Excel as a door: a score sheet as the office has it."""

from core.doors.office import PreviewRow, SheetDraft, read_pasted, read_score_sheet

__all__ = ["PreviewRow", "SheetDraft", "read_pasted", "read_score_sheet"]
