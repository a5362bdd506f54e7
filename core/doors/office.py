"""A score sheet as an office has it, in Excel or pasted from it, becomes the criteria of a movement, with a preview."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.doors.grid import GridRefused, Page, page_of_text, pages_of
from core.doors.mapping import from_mapping, plain_number
from core.doors.problems import DoorProblem, problems_of
from core.doors.rows import Node, RowReader, highest, walk
from core.doors.table import Table, find_table, guess_table
from core.doors.written import Points, Role
from core.vietnamese.text import fold

_STEPS = tuple(map(Decimal, ("1", "0.5", "0.25", "0.1", "0.05", "0.01", "0.001", "0.000001")))
_MINE: tuple[Role, ...] = ("self", "unit", "council", "judge")
_COLUMNS = {"self": "tu-cham", "unit": "don-vi", "council": "hoi-dong", "judge": "giam-khao"}

_NO_HEADING = "Không thấy dòng đầu bảng. Đặt một dòng có chữ «Tiêu chí» và «Điểm tối đa» ngay trên các tiêu chí."
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
    found = [(page, table) for page in pages if (table := find_table(page))]
    if not found:
        return SheetDraft({}, (DoorProblem("no_heading", "", "", _NO_HEADING),))
    page, table = found[0]
    notes = [f"Tệp có {len(pages)} trang, đã đọc trang «{page.name}»."] if len(pages) > 1 else []
    return _Maker(page, table, notes).draft()


def read_pasted(text: str) -> SheetDraft:
    """Read rows copied from a spreadsheet; without a heading row the columns are guessed from what they hold."""
    try:
        page = page_of_text(text)
    except GridRefused as refused:
        return SheetDraft({}, (refused.problem,))
    table, notes = find_table(page), []
    if table is None:
        table = guess_table(page)
        notes.append("Không thấy dòng đầu bảng, đã đoán cột theo nội dung.")
    return _Maker(page, table, notes).draft()


class _Maker:
    """Makes one `[[sheets]]` table of the rows of a page, and remembers which cell every path came from."""

    def __init__(self, page: Page, table: Table, notes: list[str]) -> None:
        self.page, self.table, self.notes = page, table, notes
        self.columns = table.columns
        self.rows = RowReader(page, table, notes)
        self.places: dict[str, tuple[int, int]] = {}

    def draft(self) -> SheetDraft:
        """Return the sheet with its problems, notes and preview."""
        self.rows.read()
        tops = self.rows.tops
        if not tops:
            self.rows.refuse("no_rows", max(self.table.heading, 0), self.columns["title"])
            return SheetDraft({}, tuple(self.rows.problems), tuple(self.notes))
        for top in tops:
            self._settle(top)
        self._name_below(tops, "", Counter(each.code for top in tops for each in walk(top)))
        sheet = self._sheet()
        checked = problems_of(from_mapping(_around(sheet)), self._where, sentences=_IN_WORDS, labels=_LABELS)
        problems = [*self.rows.problems, *(each for each in checked if not self._is_told(each))]
        return SheetDraft(sheet, tuple(problems), tuple(self.notes), tuple(self._preview()))

    def _settle(self, node: Node) -> None:
        """Decide whether the rows below a criterion are its levels or criteria of their own."""
        inner = node.inner
        plain = all(each.points and not each.inner and not each.levels for each in inner)
        if inner and plain and not node.levels and self._are_levels(node):
            node.levels, node.inner = inner, []
        for each in node.inner:
            self._settle(each)

    def _are_levels(self, node: Node) -> bool:
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

    # Every criterion has a code of its own in the whole sheet: below a group, that of the group in front.
    def _name_below(self, nodes: list[Node], above: str, counts: Counter[str]) -> None:
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
        criteria = [self._criterion(top, f"sheets[0].criteria[{n}]") for n, top in enumerate(self.rows.tops)]
        inside = sum((highest(top) for top in self.rows.tops if not top.is_outside), Decimal(0))
        if self.rows.total:
            scale = self.rows.total[0]
            self.places["sheets[0].criteria"] = self.places["sheets[0].scale"] = self.rows.total[1:]
        else:
            scale = inside
            self.notes.append(f"Không thấy dòng tổng cộng, đã lấy tổng các tiêu chí là {Points(None, inside).text}.")
        if scale != 100:
            sheet["scale"] = plain_number(scale)
        step = _step_of([bound for top in self.rows.tops for bound in _bounds(top)])
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
            self.notes.append("Phiếu được hiểu là chấm sáng kiến. Đổi ở mục «Chấm cho» nếu chấm cá nhân hoặc tập thể.")
        return sheet

    def _criterion(self, node: Node, place: str) -> dict[str, Any]:
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
                self.rows.refuse("levels_max", *node.points_at, known=known, value=value)
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

    def _level(self, node: Node, place: str) -> dict[str, Any]:
        self._note_places(node, place)
        made: dict[str, Any] = {"id": node.id, "title": node.title}
        if node.guidance:
            made["guidance"] = "\n".join(node.guidance)
        if node.points and node.points.low is not None:
            made |= {"from": plain_number(node.points.low), "to": plain_number(node.points.high)}
        elif node.points:
            made["points"] = plain_number(node.points.high)
        return made

    def _note_places(self, node: Node, place: str) -> None:
        title = (node.row, self.columns["level" if ".levels[" in place and "level" in self.columns else "title"])
        self.places[place] = title
        points = node.points_at or title
        for key in ("max", "min", "points", "from", "to", "min_pass", "levels"):
            self.places[f"{place}.{key}"] = points
        if "code" in self.columns and node.code:
            self.places[f"{place}.id"] = (node.row, self.columns["code"])

    def _is_told(self, problem: DoorProblem) -> bool:
        """Whether a row's points could not be read: that they are missing then needs no second sentence."""
        at = self._cell_of(problem.place)
        return problem.code == "kind_unclear" and at is not None and at[0] in self.rows.unread

    def _where(self, place: str) -> str:
        at = self._cell_of(place)
        return self.page.where(*at) if at else ""

    def _cell_of(self, place: str) -> tuple[int, int] | None:
        while place and place not in self.places:
            place = re.sub(r"(?:\.?[^.\[\]]+|\[\d+\])$", "", place)
        return self.places.get(place)

    def _at(self, node: Node) -> str:
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
        for top in self.rows.tops:
            yield from self._preview_of(top, 0)
        if self.rows.total:
            total, row, column = self.rows.total
            yield PreviewRow(0, "total", "", "Tổng cộng", Points(None, total).text, self.page.where(row, column))

    def _preview_of(self, node: Node, depth: int) -> Iterator[PreviewRow]:
        kind = "group" if node.inner else "remark" if node.is_remark else "criterion"
        points = Points(None, highest(node)).text if kind != "remark" else ""
        yield PreviewRow(depth, kind, node.code, node.title, points, self._at(node))
        for level in node.levels:
            said = level.points.text if level.points else ""
            yield PreviewRow(depth + 1, "level", level.code, level.title, said, self._at(level))
        for each in node.inner:
            yield from self._preview_of(each, depth + 1)


def _bounds(node: Node) -> Iterator[Decimal]:
    """Yield every bound of a mark; what a group adds up to is none."""
    for each in walk(node):
        for said in [level.points for level in each.levels] if each.levels else [] if each.inner else [each.points]:
            if said is not None:
                yield from (said.high, said.low or Decimal(0))


def _step_of(bounds: list[Decimal]) -> Decimal:
    return next((step for step in _STEPS if all(bound % step == 0 for bound in bounds)), _STEPS[-1])


def _subject_of(title: str) -> str:
    words = fold(title)
    if re.search(r"\bca nhan\b|\bdoan vien\b", words):
        return "person"
    return (
        "collective"
        if re.search(r"\btap the\b|\bdon vi\b|\bto cong doan\b|\bcong doan co so\b|\bcum\b", words)
        else "initiative"
    )


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
