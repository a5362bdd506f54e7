"""A whole movement as one .xlsx that can be corrected in an office and read back: the same digest, problems by cell."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from core.doors.cells import Slot, slots_of
from core.doors.grid import GridRefused, Page, pages_of
from core.doors.labels import KEYS, PAGES, PARENT, SECTIONS
from core.doors.mapping import from_mapping, plain_number, to_mapping
from core.doors.problems import DoorProblem, problems_of
from core.doors.schema import Top, held_by
from core.scoring.misuse import Problem
from core.scoring.movement import Movement, Sheet
from core.scoring.reading import FORMAT, Reading
from core.vietnamese.text import fold

MOST_ROWS, MOST_PAGES = 5_000, 60
MARK = "■ "
_FIELD, _VALUE = "Mục", "Giá trị"
# A fixed day makes the bytes depend on the values only.
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 (the library wants naive)
_BANNED = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# Sections with one row for each key instead of a table.
_SINGLE = ("movement", "form.authors", "sheet")

SENTENCES = {
    "not_ours": "Tệp này không có các bảng của một phong trào. Tải tệp Excel của phong trào từ hệ thống "
    "rồi sửa trên tệp đó.",
    "unknown_section": "{where}: không có bảng «{value}». Giữ nguyên tên các bảng như khi tải về.",
    "unknown_column": "{where}: bảng «{section}» không có «{value}». Giữ nguyên tên cột như khi tải về.",
    "double": "{where}: «{value}» đứng hai lần. Xóa một.",
    "parent_unknown": "{where}: không có mã «{value}» trong bảng «{section}» ở phía trên. Ghi một mã có ở đó.",
    "outside_table": "{where}: nội dung đứng ngoài bảng. Chuyển vào một dòng của bảng.",
    "formula": "{where}: là công thức. Chép ô rồi dán dạng giá trị, hoặc gõ nội dung vào.",
    "no_sheet": "{where}: bảng này thuộc một phiếu. Đặt bảng «Phiếu chấm» ở phía trên nó.",
}
_IN_WORDS = {
    "kind_unclear": "{place}: tiêu chí có đúng một trong: điểm tối đa, mức điểm, tính từ dữ kiện, tiêu chí con, hoặc "
    "«Chấm điểm» là «Không». Giữ lại một.",
    "missing_key": "{place}: thiếu «{key}». Điền vào ô này.",
    "bad_format": "{place}: tệp không đúng định dạng. Tải lại tệp Excel của phong trào.",
}


class _Section(NamedTuple):
    """One table of a page: where it stands in the movement, its row type, and the section whose rows own its rows."""

    path: str
    table: type
    owner: str
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkbookReading:
    """What came of a workbook: the movement or all problems by cell, and the plain values as far as they were read."""

    movement: Movement | None
    problems: tuple[DoorProblem, ...]
    mapping: dict[str, Any]


def to_workbook(movement: Movement) -> bytes:
    """Return an .xlsx with everything that a movement says; read back, it is the same movement with the same digest.

    :raise ValueError: a text is longer than a cell can hold.
    """
    mapping = to_mapping(movement)
    if movement.form.authors is not None:
        authors = asdict(movement.form.authors)
        mapping["form"]["authors"] = authors | {"share_step": plain_number(movement.form.authors.share_step)}
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": _CREATED})
    writer = _Writer(book)
    for name, paths in PAGES.items():
        if name == "Phiếu":
            for number, sheet in enumerate(mapping["sheets"], 1):
                writer.page(f"{name} {number}", sheet["title"], paths, {"sheet": sheet})
        else:
            writer.page(name, "", paths, mapping)
    book.close()
    return out.getvalue()


def read_workbook(data: bytes) -> WorkbookReading:
    """Read a workbook that `to_workbook` made and that somebody may have changed."""
    try:
        pages = pages_of(data, _cell_words, most_rows=MOST_ROWS, most_pages=MOST_PAGES, is_cleaned=False)
    except GridRefused as refused:
        return WorkbookReading(None, (refused.problem,), {})
    reader = _Reader()
    for page in pages:
        reader.page(page)
    if not reader.seen & {"movement", "sheet"}:
        return WorkbookReading(None, (DoorProblem("not_ours", "", "", SENTENCES["not_ours"]),), {})
    reading = from_mapping(reader.mapping)
    in_words = Reading(None, tuple(map(reader.in_words, reading.problems)))
    found = problems_of(in_words, reader.where, sentences=_IN_WORDS, labels=KEYS)
    told = {problem.where for problem in reader.problems}
    problems = (*reader.problems, *(problem for problem in found if problem.where not in told))
    return WorkbookReading(None if problems else reading.movement, problems, reader.mapping)


def _sections() -> dict[str, _Section]:
    """Return the sections by path, derived from the tables of the format."""
    found: dict[str, _Section] = {}

    def walk(table: type, path: str, owner: str, key: tuple[str, ...]) -> None:
        for name, held in held_by(table).items():
            if held.table is None or (path == "sheet" and held.table is Sheet):
                continue
            at = f"{path}.{name}" if path else name
            inner = (*key, name)
            if at == "sheets":
                found["sheet"] = _Section("sheet", Sheet, "", ())
                walk(Sheet, "sheet", "sheet", ())
            elif held.is_list and held.table is not table:
                found[at] = _Section(at, held.table, owner, inner)
                walk(held.table, at, at, ())
            elif not held.is_list:
                if at in _SINGLE:
                    found[at] = _Section(at, held.table, "", inner)
                walk(held.table, at, owner, inner)

    walk(Top, "", "", ())
    return {path: found[path] for path in SECTIONS}


SECTION_OF = _sections()


def _slots(section: _Section) -> list[Slot]:
    return slots_of(section.table)


def _owner_is_row(section: _Section) -> bool:
    """Whether each row of a section belongs to a row of another table, or, as a criterion may, of its own."""
    return section.path == "sheet.criteria" or (section.owner not in {"", "sheet"})


def _cell_words(page: str, address: str) -> str:
    return f"Trang «{page}», ô {address}"


def _get(values: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = values
    for name in path:
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return found


# --- Out --------------------------------------------------------------------------------------------------------------


class _Writer:
    """Writes the sections of one movement on pages."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        font = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
        self.book = book
        self.text = book.add_format(font | {"num_format": "@", "text_wrap": True, "border": 1})
        self.number = book.add_format(font | {"num_format": "0.######", "border": 1})
        self.head = book.add_format(font | {"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E8F1FA"})
        self.mark = book.add_format(font | {"bold": True, "font_size": 14, "font_color": "#1F4E79"})

    def page(self, name: str, title: str, paths: tuple[str, ...], values: Mapping[str, Any]) -> None:
        """Write one page with its sections below each other."""
        page = self.book.add_worksheet(_page_name(f"{name} {title}"))
        page.set_column(0, 30, 18)
        page.set_column(1, 2, 32)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        row = 0
        for path in paths:
            section = SECTION_OF[path]
            page.write_string(row, 0, f"{MARK}{SECTIONS[path]}", self.mark)
            if path in _SINGLE:
                given = _get(values, ("sheet",) if path == "sheet" else section.key)
                row = self._single(page, row + 1, section, given or {})
            else:
                row = self._table(page, row + 1, section, list(_rows(section, values)))
            row += 1

    def _single(self, page: Worksheet, row: int, section: _Section, values: Mapping[str, Any]) -> int:
        for column, text in enumerate((_FIELD, _VALUE)):
            page.write_string(row, column, text, self.head)
        for slot in _slots(section):
            row += 1
            page.write_string(row, 0, slot.title, self.head)
            self._cell(page, row, 1, slot, _get(values, slot.path))
            self._choices(page, row, row, 1, slot)
        return row + 1

    def _table(self, page: Worksheet, row: int, section: _Section, rows: list[tuple[str, Mapping[str, Any]]]) -> int:
        slots, shift = _slots(section), int(_owner_is_row(section))
        if shift:
            page.write_string(row, 0, PARENT, self.head)
        for column, slot in enumerate(slots, shift):
            page.write_string(row, column, slot.title, self.head)
            self._choices(page, row + 1, row + max(len(rows), 1), column, slot)
        for owner, values in rows:
            row += 1
            if shift:
                page.write_string(row, 0, owner, self.text)
            for column, slot in enumerate(slots, shift):
                self._cell(page, row, column, slot, _get(values, slot.path))
        return row + 1

    def _cell(self, page: Worksheet, row: int, column: int, slot: Slot, value: Any) -> None:
        shown = None if value is None else slot.shown(value)
        if shown is None:
            page.write_blank(row, column, None, self.text)
        elif isinstance(shown, str):
            page.write_string(row, column, shown, self.text)
        else:
            page.write_number(row, column, shown, self.number)

    def _choices(self, page: Worksheet, first: int, last: int, column: int, slot: Slot) -> None:
        words = list((slot.words or {}).values()) if slot.hint is not bool else ["Có", "Không"]
        if words and not slot.is_list:
            page.data_validation(first, column, last, column, {"validate": "list", "source": words})


def _page_name(wanted: str) -> str:
    """Return a name that a spreadsheet takes: at most 31 signs as it counts them, some not allowed."""
    cut = _BANNED.sub(" ", wanted).encode("utf-16-le", "replace")[:62]
    return cut.decode("utf-16-le", "ignore").strip(" '")


def _rows(section: _Section, values: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the rows of a section with the id of the row that owns each."""
    if section.path == "sheet.criteria":
        yield from _criteria("", values["sheet"].get("criteria") or [])
    elif section.owner == "sheet":
        yield from (("", row) for row in _get(values["sheet"], section.key) or [])
    elif not section.owner:
        yield from (("", row) for row in _get(values, section.key) or [])
    else:
        for _, owner in _rows(SECTION_OF[section.owner], values):
            yield from ((owner["id"], row) for row in _get(owner, section.key) or [])


def _criteria(owner: str, criteria: list[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for criterion in criteria:
        yield owner, criterion
        yield from _criteria(criterion["id"], criterion.get("criteria") or [])


# --- In ---------------------------------------------------------------------------------------------------------------


class _Reader:
    """Puts the sections of all pages together and remembers which cell every path came from."""

    def __init__(self) -> None:
        self.mapping: dict[str, Any] = {"format": FORMAT}
        self.problems: list[DoorProblem] = []
        self.seen: set[str] = set()
        self.cells: dict[str, str] = {}
        self.slots: dict[str, Slot] = {}
        self.ids: dict[str, dict[str, tuple[dict[str, Any], str]]] = {}
        self.sheet: dict[str, Any] | None = None
        self.sheet_place = ""
        self.titles = {fold(title): path for path, title in SECTIONS.items()}

    def page(self, page: Page) -> None:
        """Read one page, section by section."""
        for row, column in sorted(page.formulas):
            self._refuse("formula", page.where(row, column))
        starts = [row for row in range(len(page.rows)) if self._mark(page, row)]
        for start, end in zip(starts, [*starts, len(page.rows)][1:], strict=True):
            title = self._mark(page, start)
            path = self.titles.get(fold(title))
            if path is None:
                self._refuse("unknown_section", page.where(start, 0), value=title)
                continue
            self.seen.add(path)
            section = SECTION_OF[path]
            if path.startswith("sheet") and path != "sheet" and self.sheet is None:
                self._refuse("no_sheet", page.where(start, 0))
            elif path in _SINGLE:
                self._read_single(page, start, end, section)
            else:
                self._read_table(page, start, end, section)

    def where(self, place: str) -> str:
        """Return the cell of a path, or of what is around it; empty where the workbook has nothing of it."""
        while place and place not in self.cells:
            place = re.sub(r"(?:\.?[^.\[\]]+|\[\d+\])$", "", place)
        return self.cells.get(place, "")

    def in_words(self, problem: Problem) -> Problem:
        """Return a problem that names choices by the words of the workbook."""
        slot = self.slots.get(re.sub(r"\[\d+\]$", "", problem.place))
        if problem.code != "bad_choice" or slot is None or not slot.words:
            return problem
        return replace(problem, values=problem.values | {"known": ", ".join(slot.words.values())})

    def _mark(self, page: Page, row: int) -> str:
        value = page.at(row, 0)
        return value[len(MARK) :].strip() if isinstance(value, str) and value.startswith(MARK) else ""

    def _refuse(self, code: str, where: str, **values: str) -> None:
        self.problems.append(DoorProblem(code, "", where, SENTENCES[code].format(where=where, **values)))

    def _read_single(self, page: Page, start: int, end: int, section: _Section) -> None:
        slots = {fold(slot.title): slot for slot in _slots(section)}
        place = ".".join(section.key)
        values: dict[str, Any] = {}
        if section.path == "sheet":
            place = f"sheets[{len(self.mapping.get('sheets', []))}]"
        self.cells.setdefault(place, page.where(start, 0))
        read: set[str] = set()
        for row in range(start + 2, end):
            label = page.at(row, 0)
            value = page.at(row, 1)
            slot = slots.get(fold(str(label))) if label is not None else None
            if label is None and value is None:
                continue
            if slot is None:
                self._refuse(
                    "unknown_column", page.where(row, 0), section=SECTIONS[section.path], value=str(label or "")
                )
            elif slot.title in read:
                self._refuse("double", page.where(row, 0), value=slot.title)
            else:
                read.add(slot.title)
                self._take(values, place, slot, value, page.where(row, 1))
        if section.path == "sheet":
            self.mapping.setdefault("sheets", []).append(values)
            self.sheet, self.sheet_place = values, place
            self.ids = {path: rows for path, rows in self.ids.items() if not path.startswith("sheet")}
        elif values:
            self._put(self.mapping, section.key, values)

    def _read_table(self, page: Page, start: int, end: int, section: _Section) -> None:
        columns = self._columns(page, start + 1, section) if start + 1 < end else {}
        base: dict[str, Any] = self.sheet if section.owner == "sheet" and self.sheet is not None else self.mapping
        base_place = f"{self.sheet_place}." if section.owner == "sheet" else ""
        for row in range(start + 2, end):
            given = {column: page.at(row, column) for column in range(len(page.rows[row]))}
            if all(value is None for value in given.values()):
                continue
            for column, value in given.items():
                if value is not None and column not in columns:
                    self._refuse("outside_table", page.where(row, column))
            owner, owner_place = base, base_place
            key = section.key
            if _owner_is_row(section):
                parent = next((given.get(column) for column, slot in columns.items() if slot is None), None)
                found = self._owner(section, parent, page.where(row, 0))
                if found is None:
                    continue
                owner, owner_place, key = found
            items = self._list(owner, key)
            place = f"{owner_place}{'.'.join(key)}[{len(items)}]"
            self.cells.setdefault(f"{owner_place}{'.'.join(key)}", page.where(start, 0))
            self.cells[place] = page.where(row, 0)
            values: dict[str, Any] = {}
            for column, slot in columns.items():
                if slot is not None:
                    self._take(values, place, slot, given.get(column), page.where(row, column))
            items.append(values)
            self.ids.setdefault(section.path, {}).setdefault(str(values.get("id")), (values, place))

    def _owner(self, section: _Section, parent: Any, where: str) -> tuple[dict[str, Any], str, tuple[str, ...]] | None:
        """Return the row that owns a row, its path with a dot behind, and the key that holds the owned ones."""
        is_criterion = section.path == "sheet.criteria"
        if is_criterion and parent is None:
            assert self.sheet is not None
            return self.sheet, f"{self.sheet_place}.", section.key
        path = section.path if is_criterion else section.owner
        name = _plain_text(parent)
        found = self.ids.get(path, {}).get(name)
        if found is None:
            self._refuse("parent_unknown", where, section=SECTIONS[path], value=name)
            return None
        return found[0], f"{found[1]}.", section.key

    def _columns(self, page: Page, row: int, section: _Section) -> dict[int, Slot | None]:
        """Return what each column of a table holds; None for the one that names the owner."""
        slots = {fold(slot.title): slot for slot in _slots(section)}
        columns: dict[int, Slot | None] = {}
        for column in range(len(page.rows[row])):
            heading = page.at(row, column)
            if heading is None:
                continue
            name = fold(str(heading))
            if _owner_is_row(section) and name == fold(PARENT):
                columns[column] = None
            elif name not in slots:
                self._refuse(
                    "unknown_column", page.where(row, column), section=SECTIONS[section.path], value=str(heading)
                )
            elif slots[name] in columns.values():
                self._refuse("double", page.where(row, column), value=str(heading))
            else:
                columns[column] = slots[name]
        return columns

    def _take(self, values: dict[str, Any], place: str, slot: Slot, value: Any, where: str) -> None:
        at = f"{place}.{'.'.join(slot.path)}"
        self.cells[at], self.slots[at] = where, slot
        # Where a table inside is lacking or wrong as a whole, its first cell stands for it.
        for length in range(1, len(slot.path)):
            self.cells.setdefault(f"{place}.{'.'.join(slot.path[:length])}", where)
        if value is not None:
            self._put(values, slot.path, slot.read(value))

    def _put(self, values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
        for name in path[:-1]:
            values = values.setdefault(name, {})
        values[path[-1]] = value if not isinstance(values.get(path[-1]), dict) else values[path[-1]] | value

    def _list(self, values: dict[str, Any], path: tuple[str, ...]) -> list[dict[str, Any]]:
        for name in path[:-1]:
            values = values.setdefault(name, {})
        found: list[dict[str, Any]] = values.setdefault(path[-1], [])
        return found


def _plain_text(value: Any) -> str:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return f"{value}"
    return "" if value is None else str(value).strip()
