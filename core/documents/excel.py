"""Spreadsheets: a table in, an .xlsx out, in which no text can become a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core.vietnamese.dates import to_local
from core.vietnamese.text import clean_text

Cell = str | int | Decimal | date | datetime | bool | None
Kind = Literal["text", "number", "points", "money", "percent", "date", "instant"]

# Excel keeps at most so many characters in a cell and drops the whole text above that; and digits beyond 15 are lost.
CELL_LIMIT_CHARS = 32_767
_EXACT_INTEGER = 10**15
# The full-width signs are there because spreadsheets of East Asia read them as the plain ones.
_FORMULA_STARTS = tuple("=+-@|%＝＋－＠")
_SHEET_NAME_BANNED = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_FORMATS: dict[Kind, str] = {
    "text": "@",
    "number": "#,##0.######",
    "points": "0.##",
    "money": "#,##0",
    "percent": '0.##"%"',
    "date": "dd/mm/yyyy",
    "instant": "hh:mm dd/mm/yyyy",
}
_RIGHT_ALIGNED = {"number", "points", "money", "percent"}
# A fixed day makes the bytes depend on the values only.
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 (the library wants naive)


@dataclass(frozen=True)
class Column:
    """One column: its heading in Vietnamese, what it holds, its width in characters (a guess by kind when None)."""

    title: str
    kind: Kind = "text"
    width: float | None = None


def write_table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, sheet: str = "Danh sách") -> bytes:
    """Return an .xlsx with one sheet: a frozen, filtered heading row, then the rows, one cell a column.

    Numbers and dates are real ones; instants are shown in the time of Vietnam; `None` is an empty cell; truth values
    read «Có» and «Không». Texts are made harmless by `neutral`.

    :raise ValueError: a row has more or fewer cells than there are columns.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": _CREATED})
    page = book.add_worksheet(_sheet_name(sheet))
    heading = book.add_format(
        {"bold": True, "bg_color": "#E8F1FA", "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
        | _FONT
    )
    formats = [book.add_format(_cell_style(column.kind)) for column in columns]
    for place, column in enumerate(columns):
        page.set_column(place, place, column.width or _usual_width(column), formats[place])
        page.write_string(0, place, neutral(column.title), heading)
    last = 0
    for last, row in enumerate(rows, start=1):
        for place, (cell, style) in enumerate(zip(row, formats, strict=True)):
            _write(page, last, place, cell, style)
    _set_up_page(page, last, len(columns))
    book.close()
    return out.getvalue()


_FONT = {"font_name": "Times New Roman", "font_size": 12}


def neutral(text: str) -> str:
    """Return a text no spreadsheet takes for a formula: cleaned, and marked by an apostrophe where it starts like one.

    Cleaning drops what can hide the sign: byte order marks, zero-width characters, tabs and carriage returns.
    Source: security.md C25.
    """
    cleaned = clean_text(text)
    marked = f"'{cleaned}" if cleaned.startswith(_FORMULA_STARTS) else cleaned
    return marked if len(marked) <= CELL_LIMIT_CHARS else f"{marked[: CELL_LIMIT_CHARS - 1]}…"


def plain(text: str) -> str:
    """Return a text as it was before `neutral` marked it, for a file that comes back in."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text


def _write(page: Worksheet, row: int, place: int, cell: Cell, style: Format) -> None:
    if cell is None or cell == "":
        page.write_blank(row, place, None, style)
    elif isinstance(cell, bool):
        page.write_string(row, place, "Có" if cell else "Không", style)
    elif isinstance(cell, datetime):
        page.write_datetime(row, place, to_local(cell).replace(tzinfo=None), style)
    elif isinstance(cell, date):
        page.write_datetime(row, place, datetime(cell.year, cell.month, cell.day), style)  # noqa: DTZ001
    elif isinstance(cell, str):
        page.write_string(row, place, neutral(cell), style)
    elif abs(Decimal(cell)) >= _EXACT_INTEGER:
        page.write_string(row, place, str(cell), style)
    else:
        page.write_number(row, place, cell, style)


def _set_up_page(page: Worksheet, last_row: int, width: int) -> None:
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(last_row, 1), max(width - 1, 0))
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(left=1.18, right=0.59, top=0.79, bottom=0.79)
    page.set_footer("&R&P/&N")


def _cell_style(kind: Kind) -> dict[str, object]:
    style: dict[str, object] = {"num_format": _FORMATS[kind], "valign": "top", "border": 1} | _FONT
    if kind == "text":
        return style | {"text_wrap": True}
    return style | {"align": "right" if kind in _RIGHT_ALIGNED else "center"}


def _usual_width(column: Column) -> float:
    return max(30.0 if column.kind == "text" else 18.0, min(len(column.title), 40))


def _sheet_name(name: str) -> str:
    """Excel refuses these characters, names above 31 characters and a leading apostrophe."""
    return clean_text(name.translate(_SHEET_NAME_BANNED)).strip("'")[:31].strip() or "Danh sách"
