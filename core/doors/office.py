"""A score sheet as an office has it, in Excel or pasted from it, becomes the criteria of a movement, with a preview."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from core.doors.grid import GridRefused, Page, Value, page_of_text, pages_of
from core.doors.mapping import from_mapping, plain_number
from core.doors.problems import DoorProblem, problems_of
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
    role_of,
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
_STEPS = tuple(map(Decimal, ("1", "0.5", "0.25", "0.1", "0.05", "0.01", "0.001", "0.000001")))
_MINE: tuple[Role, ...] = ("self", "unit", "council", "judge")
_COLUMNS = {"self": "tu-cham", "unit": "don-vi", "council": "hoi-dong", "judge": "giam-khao"}

SENTENCES = {
    "no_heading": "Không thấy dòng đầu bảng. Đặt một dòng có chữ «Tiêu chí» và «Điểm tối đa» ngay trên các tiêu chí.",
    "no_rows": "{where}: dưới dòng đầu bảng chưa có tiêu chí nào. Điền mỗi tiêu chí một dòng.",
    "points_date": "{where}: Excel đã đổi khoảng điểm thành ngày tháng. Gõ lại dạng chữ, ví dụ '5-10.",
    "points_unread": "{where}: không đọc được điểm «{value}». Ghi một số như 12,5 hoặc một khoảng như 21–26.",
    "formula": "{where}: là công thức. Chép ô rồi dán dạng giá trị, hoặc gõ nội dung vào.",
    "levels_max": "{where}: điểm tối đa là {known} nhưng mức cao nhất là {value}. Sửa một trong hai cho khớp.",
    "points_order": "{where}: mức điểm chưa đủ hai đầu. Điền cả «từ» và «đến».",
}
# Sentences of the validator that speak of keys; a reader of a spreadsheet knows columns.
_IN_WORDS = {
    "kind_unclear": "{place}: tiêu chí chưa có điểm. Điền điểm tối đa, hoặc các mức điểm, hoặc tiêu chí con.",
    "missing_key": "{place}: thiếu «{key}». Điền vào dòng này.",
    "empty_text": "{place}: chưa có tên. Điền tên tiêu chí.",
}
_LABELS = {"id": "mã", "title": "tên tiêu chí", "max": "điểm tối đa", "criteria": "tiêu chí"}


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of what was understood. `kind`: group, criterion, remark, level or total; `depth` from 0."""

    depth: int
    kind: str
    code: str
    title: str
    points: str
    where: str


@dataclass(frozen=True, slots=True)
class SheetDraft:
    """A score sheet that was read: one `[[sheets]]` table, every problem, what was guessed, and the rows as understood.

    Paths of problems begin with `sheets[0]`. `sheet` is empty where nothing could be read.
    """

    sheet: dict[str, Any]
    problems: tuple[DoorProblem, ...]
    notes: tuple[str, ...] = ()
    preview: tuple[PreviewRow, ...] = ()


def read_score_sheet(data: bytes) -> SheetDraft:
    """Read the score sheet in an .xlsx file; of several pages the first that has one."""
    try:
        pages = pages_of(data)
    except GridRefused as refused:
        return SheetDraft({}, (refused.problem,))
    found = [(page, table) for page in pages if (table := _find_table(page))]
    if not found:
        return SheetDraft({}, (DoorProblem("no_heading", "", "", SENTENCES["no_heading"]),))
    page, table = found[0]
    notes = [f"Tệp có {len(pages)} trang, đã đọc trang «{page.name}»."] if len(pages) > 1 else []
    return _Reader(page, table, notes).draft()


def read_pasted(text: str) -> SheetDraft:
    """Read rows copied from a spreadsheet; without a heading row the columns are guessed from what they hold."""
    try:
        page = page_of_text(text)
    except GridRefused as refused:
        return SheetDraft({}, (refused.problem,))
    table, notes = _find_table(page), []
    if table is None:
        table = _guess_table(page)
        notes.append("Không thấy dòng đầu bảng, đã đoán cột theo nội dung.")
    return _Reader(page, table, notes).draft()


# --- Where the table is -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Table:
    """The columns of a table by what they hold, its first row below the heading, and the row of the heading."""

    columns: dict[Role, int]
    first: int
    heading: int


def _find_table(page: Page) -> _Table | None:
    """Return the table whose heading says most; a heading may stand on two rows."""
    best: tuple[int, _Table] | None = None
    for row in range(min(len(page.rows), 60)):
        for height in (2, 1):
            columns = _roles(page, row, height)
            if "title" not in columns or not columns.keys() & {"max", "range", "from", "level"}:
                continue
            if best is None or len(columns) > best[0]:
                best = (len(columns), _Table(columns, row + height, row))
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


def _guess_table(page: Page) -> _Table:
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
    return _Table(columns, 0, -1)


# --- What its rows mean -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Node:
    """One criterion or level while the table is read."""

    title: str
    row: int
    code: str = ""
    points: Points | None = None
    points_at: tuple[int, int] | None = None
    lowest: Decimal | None = None
    guidance: list[str] = field(default_factory=list)
    inner: list[_Node] = field(default_factory=list)
    levels: list[_Node] = field(default_factory=list)
    is_outside: bool = False
    is_remark: bool = False
    id: str = ""


class _Reader:
    """Reads the rows of one table into nodes, and the nodes into one `[[sheets]]` table."""

    def __init__(self, page: Page, table: _Table, notes: list[str]) -> None:
        self.page, self.table, self.notes = page, table, notes
        self.columns = table.columns
        self.problems: list[DoorProblem] = []
        self.tops: list[_Node] = []
        self.stack: list[tuple[Style, _Node]] = []
        self.total: tuple[Decimal, int, int] | None = None
        self.last_upper = ""
        self.places: dict[str, tuple[int, int]] = {}

    def draft(self) -> SheetDraft:
        """Return the sheet with its problems, notes and preview."""
        self._read_rows()
        if not self.tops:
            self._refuse("no_rows", max(self.table.heading, 0), self.columns["title"])
            return SheetDraft({}, tuple(self.problems), tuple(self.notes))
        for top in self.tops:
            self._settle(top)
        self._name(self.tops)
        sheet = self._sheet()
        checked = problems_of(from_mapping(_around(sheet)), self._where, sentences=_IN_WORDS, labels=_LABELS)
        told = {each.where for each in self.problems}
        problems = [*self.problems, *(each for each in checked if each.where not in told)]
        return SheetDraft(sheet, tuple(problems), tuple(self.notes), tuple(self._preview()))

    # --- Rows into nodes ----------------------------------------------------------------------------------------------

    def _read_rows(self) -> None:
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

    def _is_count_of_columns(self, row: int, said: list[Value]) -> bool:
        numbers = [str(value).strip("()") for value in said]
        is_counted = numbers in ([str(n) for n in range(1, len(said) + 1)], [chr(64 + n) for n in range(1, len(said) + 1)])
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
        node = _Node(without_bullet(title), row, code=code, points=points, points_at=at)
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

    def _place(self, node: _Node, code: str) -> None:
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

    def _add_level(
        self, node: _Node, title: str, points: Points | None, row: int, at: tuple[int, int] | None
    ) -> None:
        kept, levels = levels_in(title)
        if levels and points is None:
            node.levels += [_Node(text, row, points=said) for text, said in levels]
            node.guidance += [kept] if kept.strip() else []
        elif found := (points is None and points_at_end(title)) or None:
            node.levels.append(_Node(without_bullet(found[0]), row, points=found[1]))
        else:
            node.levels.append(_Node(without_bullet(title), row, points=points, points_at=at))

    def _split_levels(self, node: _Node) -> None:
        """Take levels out of a cell that holds them as lines, with the points beside each line or in the next cell."""
        lines = node.title.split("\n")
        column = self.columns.get("range", self.columns.get("max"))
        beside = self.page.at(node.row, column) if column is not None else None
        points = [points_of(line) for line in beside.split("\n")] if isinstance(beside, str) and "\n" in beside else []
        if points and all(points) and len(lines) - len(points) in {0, 1}:
            texts = lines[len(lines) - len(points) :]
            node.title = lines[0] if len(lines) > len(points) else node.title.split("\n")[0]
            node.levels = [_Node(without_bullet(t), node.row, points=p) for t, p in zip(texts, points, strict=True)]
            return
        kept, levels = levels_in(node.title)
        if levels:
            node.levels = [_Node(text, node.row, points=said) for text, said in levels]
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
            self._refuse("formula", row, column)
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
                self._refuse("points_order", row, self.columns["from" if high else "to"])
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
            self._refuse("points_date", row, column)
        elif points is None and not self._is_several(value):
            self._refuse("points_unread", row, column, value=str(value))
        elif (row, column) in self.page.formulas:
            self.notes.append(f"{self.page.where(row, column)} là công thức, đã lấy giá trị đang hiện.")
        return points, (row, column)

    def _is_several(self, value: Value) -> bool:
        """Whether a cell says points line by line, or a word that stands for none."""
        if not isinstance(value, str):
            return False
        return not any(char.isdigit() for char in value) or all(points_of(line) for line in value.split("\n"))

    def _refuse(self, code: str, row: int, column: int, **values: str) -> None:
        where = self.page.where(row, column)
        problem = DoorProblem(code, "", where, SENTENCES[code].format(where=where, **values))
        if problem not in self.problems:
            self.problems.append(problem)

    # --- Nodes into a sheet -------------------------------------------------------------------------------------------

    def _settle(self, node: _Node) -> None:
        """Decide whether the rows below a criterion are its levels or criteria of their own."""
        inner = node.inner
        plain = all(each.points and not each.inner and not each.levels for each in inner)
        if inner and plain and not node.levels and self._are_levels(node):
            node.levels, node.inner = inner, []
        for each in node.inner:
            self._settle(each)

    def _are_levels(self, node: _Node) -> bool:
        said = [each.points for each in node.inner if each.points]
        if any(points.low is not None for points in said):
            return True
        highest, total = max(points.high for points in said), sum(points.high for points in said)
        if node.points is not None:
            return total != node.points.high and highest == node.points.high
        is_bare = all(not each.code for each in node.inner)
        if is_bare and len(said) > 1:
            self.notes.append(f"{self._at(node)}: các dòng gạch đầu dòng được hiểu là các mức điểm.")
        return is_bare

    def _name(self, nodes: list[_Node]) -> None:
        """Give every criterion a code that is its own in the whole sheet: below a group, that of the group in front."""
        counts = Counter(each.code for top in nodes for each in _walk(top))
        self._name_below(nodes, "", counts)

    def _name_below(self, nodes: list[_Node], above: str, counts: Counter[str]) -> None:
        for number, node in enumerate(nodes, 1):
            if not node.code:
                node.id = f"{above}.{number}" if above else f"c{number}"
            elif counts[node.code] > 1 and above and "." not in node.code:
                node.id = f"{above}.{node.code}"
            else:
                node.id = self._tenth(node.code, nodes[number - 2].id if number > 1 else "")
            for place, level in enumerate(node.levels, 1):
                level.id = level.code or f"m{place}"
            self._name_below(node.inner, node.id, counts)

    def _tenth(self, code: str, before: str) -> str:
        """Return 1.10 where a spreadsheet dropped the zero: it follows 1.9 and reads 1.1."""
        head, _, last = code.rpartition(".")
        return f"{code}0" if last == "1" and head and before == f"{head}.9" else code

    def _sheet(self) -> dict[str, Any]:
        title = self._title()
        sheet: dict[str, Any] = {"id": "phieu-cham", "title": title, "subject": _subject_of(title)}
        self.places["sheets[0]"] = (max(self.table.heading, 0), self.columns["title"])
        criteria = [self._criterion(top, f"sheets[0].criteria[{n}]") for n, top in enumerate(self.tops)]
        inside = sum((_highest(top) for top in self.tops if not top.is_outside), Decimal(0))
        if self.total:
            scale = self.total[0]
            self.places["sheets[0].criteria"] = self.places["sheets[0].scale"] = self.total[1:]
        else:
            scale = inside
            self.notes.append(f"Không thấy dòng tổng cộng, đã lấy tổng các tiêu chí là {Points(None, inside).text}.")
        if scale != 100:
            sheet["scale"] = plain_number(scale)
        step = _step_of([bound for top in self.tops for bound in _bounds(top)])
        if step != 1:
            sheet["step"] = plain_number(step)
            self.notes.append(f"Điểm có phần lẻ, đã đặt bước điểm là {Points(None, step).text}.")
        sheet["criteria"] = criteria
        mine = [(role, column) for role, column in self.columns.items() if role in _MINE]
        if len(mine) > 1 or (mine and mine[0][0] != "judge"):
            heads = sorted(mine, key=lambda each: each[1])
            sheet["columns"] = [
                {"id": _COLUMNS[role], "title": self._heading(column), "by": role} for role, column in heads
            ]
            self.notes.append("Cột điểm của phiếu: " + ", ".join(self._heading(column) for _, column in heads) + ".")
        if sheet["subject"] == "initiative":
            self.notes.append("Phiếu được hiểu là chấm sáng kiến. Đổi ở mục «Chấm ai» nếu chấm cá nhân hoặc tập thể.")
        return sheet

    def _criterion(self, node: _Node, place: str) -> dict[str, Any]:
        self._note_places(node, place)
        made: dict[str, Any] = {"id": node.id, "title": node.title}
        if node.guidance:
            made["guidance"] = "\n".join(node.guidance)
        highest = node.points.high if node.points else None
        if node.levels:
            made["levels"] = [self._level(level, f"{place}.levels[{n}]") for n, level in enumerate(node.levels)]
            reached = max((level.points.high for level in node.levels if level.points), default=None)
            if highest is not None and reached is not None and highest != reached and node.points_at:
                known, value = Points(None, highest).text, Points(None, reached).text
                self._refuse("levels_max", *node.points_at, known=known, value=value)
        elif node.inner:
            if highest is not None:
                made["max"] = plain_number(highest)
            made["criteria"] = [self._criterion(each, f"{place}.criteria[{n}]") for n, each in enumerate(node.inner)]
        elif node.is_remark or highest == 0:
            made["scored"] = False
        elif highest is not None:
            made["max"] = plain_number(highest)
            low = node.points.low if node.points else None
            if low:
                made["min"] = plain_number(low)
            if node.lowest is not None:
                made["min_pass"] = plain_number(node.lowest)
        if node.is_outside and place.count("criteria[") == 1 and not node.is_remark:
            made["outside"] = True
            self.notes.append(f"{self._at(node)}: «{node.title}» được hiểu là điểm thưởng ngoài thang điểm.")
        return made

    def _level(self, node: _Node, place: str) -> dict[str, Any]:
        self._note_places(node, place)
        made: dict[str, Any] = {"id": node.id, "title": node.title}
        if node.guidance:
            made["guidance"] = "\n".join(node.guidance)
        if node.points and node.points.low is not None:
            made |= {"from": plain_number(node.points.low), "to": plain_number(node.points.high)}
        elif node.points:
            made["points"] = plain_number(node.points.high)
        return made

    def _note_places(self, node: _Node, place: str) -> None:
        title = (node.row, self.columns["level" if ".levels[" in place and "level" in self.columns else "title"])
        self.places[place] = title
        points = node.points_at or title
        for key in ("max", "min", "points", "from", "to", "min_pass", "levels"):
            self.places[f"{place}.{key}"] = points
        if "code" in self.columns and node.code:
            self.places[f"{place}.id"] = (node.row, self.columns["code"])

    def _where(self, place: str) -> str:
        while place and place not in self.places:
            place = re.sub(r"(?:\.?[^.\[\]]+|\[\d+\])$", "", place)
        return self.page.where(*self.places[place]) if place else ""

    def _at(self, node: _Node) -> str:
        return self.page.where(node.row, self.columns["title"])

    def _heading(self, column: int) -> str:
        for row in (self.table.first - 1, self.table.heading):
            value = self.page.at(row, column)
            if isinstance(value, str):
                return value
        return ""

    def _title(self) -> str:
        above = [
            value
            for row in range(max(self.table.heading, 0))
            for column in range(len(self.page.rows[row]))
            if isinstance(value := self.page.at(row, column), str)
        ]
        for text in above:
            if re.search(r"\bphieu\b|\bbang (?:cham|diem|tieu chi)|\btieu chi\b|\btieu chuan\b", fold(text)):
                return " ".join(text.split())
        return "Phiếu chấm"

    def _preview(self) -> Iterator[PreviewRow]:
        for top in self.tops:
            yield from self._preview_of(top, 0)
        if self.total:
            total, row, column = self.total
            yield PreviewRow(0, "total", "", "Tổng cộng", Points(None, total).text, self.page.where(row, column))

    def _preview_of(self, node: _Node, depth: int) -> Iterator[PreviewRow]:
        kind = "group" if node.inner else "remark" if node.is_remark else "criterion"
        points = Points(None, _highest(node)).text if kind != "remark" else ""
        yield PreviewRow(depth, kind, node.code, node.title, points, self._at(node))
        for level in node.levels:
            said = level.points.text if level.points else ""
            yield PreviewRow(depth + 1, "level", level.code, level.title, said, self._at(level))
        for each in node.inner:
            yield from self._preview_of(each, depth + 1)


def _swap(
    found: tuple[Points | None, tuple[int, int] | None], row: int
) -> tuple[Points | None, int, tuple[int, int] | None]:
    return found[0], row, found[1]


def _walk(node: _Node) -> Iterator[_Node]:
    yield node
    for each in node.inner:
        yield from _walk(each)


def _highest(node: _Node) -> Decimal:
    if node.points is not None:
        return node.points.high
    below = [each.points.high for each in node.levels if each.points]
    return max(below) if below else sum((_highest(each) for each in node.inner), Decimal(0))


def _bounds(node: _Node) -> Iterator[Decimal]:
    """Yield every bound of a mark; what a group adds up to is none."""
    for each in _walk(node):
        for said in [level.points for level in each.levels] if each.levels else [] if each.inner else [each.points]:
            if said is not None:
                yield from (said.high, said.low or Decimal(0))


def _step_of(bounds: list[Decimal]) -> Decimal:
    return next((step for step in _STEPS if all(bound % step == 0 for bound in bounds)), _STEPS[-1])


def _subject_of(title: str) -> str:
    words = fold(title)
    if re.search(r"\bca nhan\b|\bdoan vien\b", words):
        return "person"
    return "collective" if re.search(r"\btap the\b|\bdon vi\b|\bto cong doan\b|\bcong doan co so\b|\bcum\b", words) else "initiative"


def _around(sheet: dict[str, Any]) -> dict[str, Any]:
    """Return the smallest movement around a sheet, so that the one validator can read it."""
    head = {
        "id": "phieu",
        "title": "Phiếu",
        "subjects": [sheet["subject"]],
        "rules_version": 1,
        "effective_from": date(2000, 1, 1),
        "legal_basis": [{"document": "Phiếu", "mark": "UNVERIFIED"}],
    }
    return {"format": 1, "movement": head, "sheets": [sheet]}
