"""Where the table of a score sheet stands on a page, and what its columns hold."""

from __future__ import annotations

from dataclasses import dataclass

from core.doors.grid import Page
from core.doors.written import Role, code_of, points_of, role_of


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a table by what they hold, its first row below the heading, and the row of the heading."""

    columns: dict[Role, int]
    first: int
    heading: int


def find_table(page: Page) -> Table | None:
    """Return the table whose heading says most; a heading may stand on two rows."""
    best: tuple[int, Table] | None = None
    for row in range(min(len(page.rows), 60)):
        for height in (2, 1):
            columns = _roles(page, row, height)
            if "title" not in columns or not columns.keys() & {"max", "range", "from", "level"}:
                continue
            if best is None or len(columns) > best[0]:
                best = (len(columns), Table(columns, row + height, row))
    return best[1] if best else None


def _roles(page: Page, row: int, height: int) -> dict[Role, int]:
    """Return the columns by their headings; below a merged heading its words stand for all cells under it."""
    columns: dict[Role, int] = {}
    above = ""
    for column in range(len(page.rows[row])):
        upper = page.at(row, column)
        if isinstance(upper, str):
            above = upper
        if height == 1:
            heading = upper
        else:
            lower = page.at(row + 1, column)
            if isinstance(upper, str) and lower is None:
                heading = upper
            elif isinstance(lower, str):
                heading = lower if role_of(lower) not in {None, "other"} else f"{above} {lower}"
            elif upper is None and lower is None:
                continue
            else:
                return {}
        role = role_of(heading) if isinstance(heading, str) else None
        if role is not None and role not in columns:
            columns[role] = column
    if height == 2 and not any(isinstance(page.at(row + 1, column), str) for column in columns.values()):
        return {}
    if "range" in columns and "max" not in columns and "level" not in columns:
        columns["max"] = columns.pop("range")
    if "title" not in columns and "level" in columns:
        columns["title"] = columns.pop("level")
    return columns


def guess_table(page: Page) -> Table:
    """Guess columns without a heading: the longest words are the title, numbering before it, points behind it."""
    width = max(len(row) for row in page.rows)
    cells = [[page.at(row, column) for row in range(len(page.rows))] for column in range(width)]
    lengths = [sum(len(cell) for cell in column if isinstance(cell, str)) for column in cells]
    title = lengths.index(max(lengths))
    columns: dict[Role, int] = {"title": title}
    codes = [column for column in range(title) if any(code_of(cell) for cell in cells[column])]
    if codes:
        columns["code"] = codes[-1]
    points = [column for column in range(title + 1, width) if any(points_of(cell) for cell in cells[column])]
    if points:
        columns["max"] = points[0]
    return Table(columns, 0, -1)
