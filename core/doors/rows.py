"""The rows of a score sheet as a tree: groups, criteria below them, levels below those."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.doors.grid import Page, Value
from core.doors.problems import DoorProblem
from core.doors.table import Table
from core.doors.written import (
    Points,
    Role,
    Style,
    code_of,
    has_bullet,
    levels_in,
    numbered,
    points_at_end,
    points_of,
    style_of,
    without_bullet,
)
from core.vietnamese.text import fold

_TOTAL = re.compile(r"^(?:tong(?: cong| diem| so| so diem)?|cong)(?: toi da| \(.*\)|:)?$|^tong (?:cong|diem)\b")
_END = re.compile(
    r"^(?:.*\bngay\b.*\bthang\b|giam khao|nguoi cham|chu tich|thu ky|truong ban|thu truong|thanh vien|xac nhan|noi nhan"
    r"|(?:tm|kt|tl)\b|\(?ky\b|luu y|ghi chu)"
)
_REMARK = re.compile(r"^(?:nhan xet|uu diem|ton tai|han che|khuyet diem|danh gia chung|kien nghi|y kien|ket luan)")
_BONUS = re.compile(r"^diem (?:thuong|cong)|^thuong\b")

SENTENCES = {
    "no_rows": "{where}: dưới dòng đầu bảng chưa có tiêu chí nào. Điền mỗi tiêu chí một dòng.",
    "points_date": "{where}: Excel đã đổi khoảng điểm thành ngày tháng. Gõ lại dạng chữ, ví dụ '5-10.",
    "points_unread": "{where}: không đọc được điểm «{value}». Ghi một số như 12,5 hoặc một khoảng như 21–26.",
    "formula": "{where}: là công thức. Chép ô rồi dán dạng giá trị, hoặc gõ nội dung vào.",
    "levels_max": "{where}: điểm tối đa là {known} nhưng mức cao nhất là {value}. Sửa một trong hai cho khớp.",
    "points_order": "{where}: mức điểm chưa đủ hai đầu. Điền cả «từ» và «đến».",
}


@dataclass(slots=True)
class Node:
    """One criterion or level while the table is read."""

    title: str
    row: int
    code: str = ""
    points: Points | None = None
    points_at: tuple[int, int] | None = None
    lowest: Decimal | None = None
    guidance: list[str] = field(default_factory=list)
    inner: list[Node] = field(default_factory=list)
    levels: list[Node] = field(default_factory=list)
    is_outside: bool = False
    is_remark: bool = False
    id: str = ""


class RowReader:
    """Reads the rows of one table into nodes; `problems` and `notes` say what was wrong and what was guessed."""

    def __init__(self, page: Page, table: Table, notes: list[str]) -> None:
        self.page, self.table, self.notes = page, table, notes
        self.columns = table.columns
        self.problems: list[DoorProblem] = []
        self.tops: list[Node] = []
        self.stack: list[tuple[Style, Node]] = []
        self.total: tuple[Decimal, int, int] | None = None
        self.last_upper = ""
        self.unread: set[int] = set()

    def read(self) -> None:
        """Read every row down to the total or the signatures."""
        for row in range(self.table.first, len(self.page.rows)):
            values = [self.page.at(row, column) for column in range(len(self.page.rows[row]))]
            said = [value for value in values if value is not None]
            if not said or self._is_count_of_columns(row, said):
                continue
            first = next((fold(value) for value in values if isinstance(value, str)), "")
            title = fold(str(self.page.at(row, self.columns["title"]) or ""))
            if _TOTAL.match(title) or _TOTAL.match(first):
                self._read_total(row, values)
            elif _END.match(title or first) and not any(points_of(value) for value in said):
                if self.total or self.tops:
                    break
            else:
                self._read_row(row)

    def _is_count_of_columns(self, row: int, said: Sequence[Value]) -> bool:
        numbers = [str(value).strip("()") for value in said]
        is_counted = numbers in (
            [str(n) for n in range(1, len(said) + 1)],
            [chr(64 + n) for n in range(1, len(said) + 1)],
        )
        return row <= self.table.first + 1 and len(said) > 1 and is_counted

    def _read_total(self, row: int, values: list[Value]) -> None:
        wanted = self.columns.get("max", self.columns.get("range", self.columns.get("to")))
        order = [*([wanted] if wanted is not None else []), *range(len(values))]
        for column in order:
            points = points_of(self.page.at(row, column))
            if points is not None and column != self.columns.get("code"):
                self.total = self.total or (points.high, row, column)
                return
        found = points_at_end(str(self.page.at(row, self.columns["title"]) or ""))
        if found:
            self.total = self.total or (found[1].high, row, self.columns["title"])

    def _read_row(self, row: int) -> None:
        code, title = self._code_and_title(row)
        level = self._text(row, "level")
        points, at = self._points(row)
        if not title and level and self.stack:
            self._add_level(self.stack[-1][1], level, points, row, at)
            return
        if not title and not points and not code:
            return
        if self.total is not None and (points is None or not title):
            return
        if not points and "max" in self.columns and (found := points_at_end(title)) and "\n" not in title:
            title, points = found
            at = (row, self.columns["title"])
        self._add(row, code, title, points, at, level)

    def _add(
        self, row: int, code: str, title: str, points: Points | None, at: tuple[int, int] | None, level: str
    ) -> None:
        is_bare = not code and not has_bullet(title)
        if is_bare and not points and self.stack and self._has_codes() and not _REMARK.match(fold(title)):
            # More words about the row above, not a criterion of its own.
            self.stack[-1][1].guidance.append(title)
            return
        node = Node(without_bullet(title), row, code=code, points=points, points_at=at)
        self._split_levels(node)
        if guidance := self._text(row, "guidance"):
            node.guidance.append(guidance)
        lowest = points_of(self.page.at(row, self.columns["min"])) if "min" in self.columns else None
        node.lowest = lowest.high if lowest else None
        if level:
            wide = "max" in self.columns and ("range" in self.columns or "from" in self.columns)
            inner = self._points_in(row, "range") if wide else (points, at)
            node.points, node.points_at = self._points_in(row, "max") if wide else (None, None)
            self._add_level(node, level, *_swap(inner, row))
        self._place(node, "-" if has_bullet(title) else code)
        node.is_remark = _REMARK.match(fold(node.title)) is not None and (points is None or points.high == 0)
        node.is_outside = self.total is not None or _BONUS.match(fold(node.title)) is not None

    def _place(self, node: Node, code: str) -> None:
        """Hang a node below the row that its numbering puts it under."""
        styles = [style for style, _ in self.stack]
        style: Style = ("bullet", 0) if code == "-" else style_of(code, styles, self.last_upper)
        if style[0] == "upper":
            self.last_upper = code
        if style == ("none", 0) and self._has_codes() and node.points and node.points.low is not None:
            style = ("bullet", 0)
        if self.total is not None:
            self.stack.clear()
        if style[0] == "none" and not node.points and not node.levels:
            style = ("heading", 0)
        if style in styles:
            del self.stack[styles.index(style) :]
        elif style[0] == "dots" and any(kept[0] == "dots" and kept[1] > style[1] for kept in styles):
            place = next(n for n, kept in enumerate(styles) if kept[0] == "dots" and kept[1] > style[1])
            del self.stack[place:]
        elif style[0] == "heading":
            self.stack.clear()
        (self.stack[-1][1].inner if self.stack else self.tops).append(node)
        self.stack.append((style, node))

    def _has_codes(self) -> bool:
        return any(style[0] not in {"none", "heading", "bullet"} for style, _ in self.stack)

    def _add_level(self, node: Node, title: str, points: Points | None, row: int, at: tuple[int, int] | None) -> None:
        kept, levels = levels_in(title)
        if levels and points is None:
            node.levels += [Node(text, row, points=said) for text, said in levels]
            node.guidance += [kept] if kept.strip() else []
        elif found := (points is None and points_at_end(title)) or None:
            node.levels.append(Node(without_bullet(found[0]), row, points=found[1]))
        else:
            node.levels.append(Node(without_bullet(title), row, points=points, points_at=at))

    def _split_levels(self, node: Node) -> None:
        """Take levels out of a cell that holds them as lines, with the points beside each line or in the next cell."""
        lines = node.title.split("\n")
        column = self.columns.get("range", self.columns.get("max"))
        beside = self.page.at(node.row, column) if column is not None else None
        points = [points_of(line) for line in beside.split("\n")] if isinstance(beside, str) and "\n" in beside else []
        if points and all(points) and len(lines) - len(points) in {0, 1}:
            texts = lines[len(lines) - len(points) :]
            node.title = lines[0] if len(lines) > len(points) else node.title.split("\n")[0]
            node.levels = [Node(without_bullet(t), node.row, points=p) for t, p in zip(texts, points, strict=True)]
            return
        kept, levels = levels_in(node.title)
        if levels:
            node.levels = [Node(text, node.row, points=said) for text, said in levels]
            lines = kept.split("\n")
        if len(lines) > 1:
            node.guidance += ["\n".join(without_bullet(line) for line in lines[1:])]
        node.title = lines[0] or node.title

    # --- Cells --------------------------------------------------------------------------------------------------------

    def _code_and_title(self, row: int) -> tuple[str, str]:
        title = self._text(row, "title")
        code = code_of(self.page.at(row, self.columns["code"])) if "code" in self.columns else ""
        if not title and "code" in self.columns and not code:
            # A merged group heading stands in the first column.
            title = self._text(row, "code")
        if not code:
            code, title = numbered(title)
        return code, title

    def _text(self, row: int, role: Role) -> str:
        column = self.columns.get(role)
        value = self.page.at(row, column) if column is not None else None
        if column is not None and value is not None and (row, column) in self.page.formulas:
            self.refuse("formula", row, column)
        if isinstance(value, date):
            return f"{value.day:02}/{value.month:02}/{value.year}"
        return "" if value is None or isinstance(value, bool) else str(value)

    def _points(self, row: int) -> tuple[Points | None, tuple[int, int] | None]:
        if "from" in self.columns and "to" in self.columns:
            low, at = self._points_in(row, "from")
            high, to_at = self._points_in(row, "to")
            if low and high:
                is_one = low.high == high.high
                return (high if is_one else Points(low.high, high.high)), to_at
            if (low or high) and "max" not in self.columns:
                self.refuse("points_order", row, self.columns["from" if high else "to"])
        for role in ("range", "max"):
            points, at = self._points_in(row, role)
            if points:
                return points, at
        return None, None

    def _points_in(self, row: int, role: str) -> tuple[Points | None, tuple[int, int] | None]:
        column = self.columns.get(role)  # type: ignore[call-overload]
        value = self.page.at(row, column) if column is not None else None
        points = points_of(value)
        if column is None or value is None:
            return None, None
        if isinstance(value, date):
            self.unread.add(row)
            self.refuse("points_date", row, column)
        elif points is None and not self._is_several(value):
            self.unread.add(row)
            self.refuse("points_unread", row, column, value=str(value))
        elif (row, column) in self.page.formulas:
            self.notes.append(f"{self.page.where(row, column)} là công thức, đã lấy giá trị đang hiện.")
        return points, (row, column)

    def _is_several(self, value: Value) -> bool:
        """Whether a cell says points line by line, or a word that stands for none."""
        if not isinstance(value, str):
            return False
        return not any(char.isdigit() for char in value) or all(points_of(line) for line in value.split("\n"))

    def refuse(self, code: str, row: int, column: int, **values: str) -> None:
        """Note a problem of one cell, once."""
        where = self.page.where(row, column)
        problem = DoorProblem(code, "", where, SENTENCES[code].format(where=where, **values))
        if problem not in self.problems:
            self.problems.append(problem)


def _swap(
    found: tuple[Points | None, tuple[int, int] | None], row: int
) -> tuple[Points | None, int, tuple[int, int] | None]:
    return found[0], row, found[1]


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything below it, in the order of the rows."""
    yield node
    for each in node.inner:
        yield from walk(each)


def highest(node: Node) -> Decimal:
    """Return the most points of a node: as written, else of its levels, else the sum of what is below it."""
    if node.points is not None:
        return node.points.high
    below = [each.points.high for each in node.levels if each.points]
    return max(below) if below else sum((highest(each) for each in node.inner), Decimal(0))
