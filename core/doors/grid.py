"""Cells out of an .xlsx file or out of rows pasted from one: counted before they are read, numbers exact."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from core.doors.problems import DoorProblem
from core.vietnamese.text import clean_text

LARGEST_BYTES = 2 * 1024 * 1024
LARGEST_UNPACKED = 24 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, MOST_PAGES, MOST_MEMBERS = 500, 40, 20, 300
LARGEST_TEXT = 256 * 1024

Value = str | bool | int | Decimal | date | None
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]{0,3})([0-9]+)\s*["']""")
_FORMULA = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]{1,3}[0-9]+)["'][^>]*>\s*<(?:\w+:)?f[\s>/]""")
_SHEET_TAG = re.compile(rb"""<(?:\w+:)?sheet\s[^>]*?\br:id=["']([^"']+)["']""")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=\t|\r?\n|\Z)')
_UNQUOTED = re.compile(r"[^\t\n]*")

SENTENCES = {
    "file_too_big": "Tệp nặng hơn 2 MB. Bỏ ảnh và trang không cần rồi lưu lại.",
    "not_excel": "Không mở được tệp này như một tệp Excel. Mở bằng Excel, chọn «Lưu thành» loại .xlsx rồi nạp lại.",
    "old_excel": "Tệp .xls đời cũ hoặc có mật khẩu. Mở bằng Excel, bỏ mật khẩu, «Lưu thành» loại .xlsx rồi nạp lại.",
    "unpacks_too_big": "Tệp mở ra quá lớn so với một phiếu chấm. Chép riêng bảng cần nạp sang một tệp mới.",
    "too_many_pages": "Tệp có quá nhiều trang. Giữ lại các trang cần nạp, bỏ các trang khác.",
    "too_many_rows": "Có quá nhiều dòng (phiếu chấm: tối đa 500). Chép riêng bảng cần nạp sang một tệp mới; "
    "nhớ xóa cả ô ở xa phía dưới.",
    "too_many_columns": "Có hơn 40 cột. Chép riêng bảng cần nạp sang một tệp mới; nhớ xóa cả ô ở xa bên phải.",
    "empty": "Chưa có nội dung. Chép cả bảng, gồm dòng đầu có chữ «Tiêu chí» và «Điểm», rồi dán vào đây.",
}


class GridRefused(Exception):
    """A file or a text that is not read at all; `problem` says why and what to do."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.problem = DoorProblem(code, "", "", SENTENCES[code])


@dataclass(frozen=True, slots=True)
class Page:
    """One page of cells, from A1 on; `where` names a cell by its row and column, both from 0."""

    name: str
    rows: tuple[tuple[Value, ...], ...]
    where: Callable[[int, int], str]
    formulas: frozenset[tuple[int, int]] = field(default_factory=frozenset)

    def at(self, row: int, column: int) -> Value:
        """Return the value of a cell; None outside the page."""
        if not 0 <= row < len(self.rows) or not 0 <= column < len(self.rows[row]):
            return None
        return self.rows[row][column]


def pages_of(
    data: bytes,
    where: Callable[[str, str], str] | None = None,
    *,
    most_rows: int = MOST_ROWS,
    most_pages: int = MOST_PAGES,
    is_cleaned: bool = True,
) -> tuple[Page, ...]:
    """Read all pages of an .xlsx file.

    :param where: words for a cell from the name of its page and its address; «Ô D17» by default.
    :param is_cleaned: whether texts are cleaned as pasted ones are; our own files hold them as they are.
    :raise GridRefused: it is no such file, or larger than that.
    """
    formulas = _looked_over(data, most_rows)
    exact = _cleaned if is_cleaned else _exact
    name_cell = where or (lambda _page, address: f"Ô {address}")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
        if len(names) > most_pages:
            raise GridRefused("too_many_pages")
        pages = []
        for number, name in enumerate(names):
            rows = book.get_sheet_by_index(number).to_python(skip_empty_area=False)
            _count(len(rows), max((len(row) for row in rows), default=0), most_rows)
            pages.append(
                Page(
                    name,
                    tuple(tuple(map(exact, row)) for row in rows),
                    lambda row, column, name=name: name_cell(name, address(row, column)),  # type: ignore[misc]
                    formulas[number] if number < len(formulas) else frozenset(),
                )
            )
    except (CalamineError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise GridRefused("not_excel") from error
    return tuple(pages)


def page_of_text(text: str) -> Page:
    """Read rows that were copied out of a spreadsheet: tabs between cells, a cell with line breaks in quotes.

    :raise GridRefused: it is empty, or more than one score sheet needs.
    """
    if len(text) > LARGEST_TEXT:
        raise GridRefused("too_many_rows")
    if not text.strip():
        raise GridRefused("empty")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    rows: list[tuple[Value, ...]] = []
    lines: list[int] = []
    at, line = 0, 1
    while at < len(text):
        cells: list[Value] = []
        lines.append(line)
        while True:
            found = _QUOTED.match(text, at) or _UNQUOTED.match(text, at)
            assert found is not None
            cell = found[1].replace('""', '"') if found.re is _QUOTED else found[0]
            cells.append(clean_text(cell) or None)
            line += cell.count("\n")
            at = found.end() + 1
            if not text.startswith("\t", found.end()):
                break
        rows.append(tuple(cells))
        line += 1
    _count(len(rows), max(len(row) for row in rows))
    return Page("", tuple(rows), lambda row, _column: f"Dòng {lines[row] if row < len(lines) else line}")


def address(row: int, column: int) -> str:
    """Return the address of a cell as a spreadsheet names it: (16, 3) is D17."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"


def place_of(cell: str) -> tuple[int, int]:
    """Return row and column of an address, both from 0: D17 is (16, 3)."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1


def _exact(value: Any) -> Value:
    """Return a cell as text, exact number, date or truth; a float becomes the shortest decimal that means it."""
    if isinstance(value, float):
        number = Decimal(repr(value))
        return int(number) if number.is_finite() and number == number.to_integral_value() else number
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        return value or None
    return value if isinstance(value, (bool, int, date)) else None


def _cleaned(value: Any) -> Value:
    exact = _exact(value)
    return (clean_text(exact) or None) if isinstance(exact, str) else exact


def _count(rows: int, columns: int, most_rows: int = MOST_ROWS) -> None:
    if rows > most_rows:
        raise GridRefused("too_many_rows")
    if columns > MOST_COLUMNS:
        raise GridRefused("too_many_columns")


def _looked_over(data: bytes, most_rows: int) -> list[frozenset[tuple[int, int]]]:
    """Look a file over before it is read, and return where the formulas of each page stand.

    A cell far away makes the reader lay out everything before it; a packed file says nothing true about its size.

    :raise GridRefused: it is no .xlsx, unpacks too large, or names a cell too far away.
    """
    if len(data) > LARGEST_BYTES:
        raise GridRefused("file_too_big")
    if data.startswith(_OLD_EXCEL):
        raise GridRefused("old_excel")
    formulas: dict[str, frozenset[tuple[int, int]]] = {}
    said: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise GridRefused("unpacks_too_big")
            left = LARGEST_UNPACKED
            for member in members:
                with archive.open(member) as file:
                    content = file.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise GridRefused("unpacks_too_big")
                if b"sheetData" in content:
                    for letters, digits in _CELL.findall(content):
                        row, column = place_of((letters + digits).decode())
                        _count(row + 1, column + 1, most_rows)
                    formulas[member.filename] = frozenset(place_of(cell.decode()) for cell in _FORMULA.findall(content))
                elif member.filename in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}:
                    said[member.filename] = content
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise GridRefused("not_excel") from error
    files = {}
    for tag in _RELATION.findall(said.get("xl/_rels/workbook.xml.rels", b"")):
        words = dict(re.findall(rb"""(\w+)=["']([^"']*)["']""", tag))
        files[words.get(b"Id")] = "xl/" + words.get(b"Target", b"").decode("utf-8", "replace").removeprefix("/xl/")
    order = _SHEET_TAG.findall(said.get("xl/workbook.xml", b""))
    return [formulas.get(files.get(tag, ""), frozenset()) for tag in order]
