"""Spreadsheets read back by another library."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from core.documents.excel import Column, neutral, plain, write_table

COLUMNS = [
    Column("Họ và tên"),
    Column("Điểm", "points"),
    Column("Tiền thưởng", "money"),
    Column("Ngày sinh", "date"),
    Column("Nộp lúc", "instant"),
    Column("Là đoàn viên"),
]
HOSTILE_STARTS = [
    "=",
    "+",
    "-",
    "@",
    "|",
    "%",
    "＝",
    "＋",
    "－",
    "＠",
    "\ufeff=",
    "\t=",
    "\r=",
    "\n=",
    "\u200b=",
    " =",
    "\u202e=",
    "\u00a0=",
]


def read(data):
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def test_a_table_reads_back_with_real_numbers_and_dates():
    at = datetime(2026, 5, 15, 10, 0, tzinfo=UTC)
    rows = [
        ["Lò Thị Mai", Decimal("84.25"), 12_000_000, date(1990, 2, 5), at, True],
        [None, None, None, None, None, None],
    ]
    assert read(write_table(COLUMNS, rows))[:2] == [
        ["Họ và tên", "Điểm", "Tiền thưởng", "Ngày sinh", "Nộp lúc", "Là đoàn viên"],
        ["Lò Thị Mai", 84.25, 12_000_000.0, date(1990, 2, 5), datetime(2026, 5, 15, 17, 0), "Có"],  # noqa: DTZ001
    ]


def test_a_text_of_digits_stays_a_text():
    assert read(write_table([Column("Điện thoại")], [["0912345678"], ["12345678901234567890"]]))[1:] == [
        ["0912345678"],
        ["12345678901234567890"],
    ]


@pytest.mark.parametrize("start", HOSTILE_STARTS)
def test_no_text_in_any_column_can_become_a_formula(start):
    payload = f"{start}cmd|' /C calc'!A0"
    data = write_table([Column(payload), Column("Điểm", "points")], [[payload, payload]])
    cleaned = payload.strip("\ufeff\t\r\n\u200b \u202e\u00a0")
    assert read(data) == [["'" + cleaned, "Điểm"], ["'" + cleaned, "'" + cleaned]]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_marked_text_comes_back_as_it_was():
    assert plain(neutral("- gạch đầu dòng")) == "- gạch đầu dòng"
    assert plain(neutral("'Ntr")) == "'Ntr"


def test_the_heading_stays_in_view_and_can_be_filtered():
    with zipfile.ZipFile(io.BytesIO(write_table(COLUMNS, []))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<pane ySplit="1" topLeftCell="A2"' in sheet
    assert '<autoFilter ref="A1:F2"' in sheet


def test_the_same_table_gives_the_same_bytes():
    assert write_table(COLUMNS, []) == write_table(COLUMNS, [])


def test_a_text_longer_than_a_cell_is_cut_with_a_mark():
    [[_], [cell]] = read(write_table([Column("Mô tả")], [["ế" * 40_000]]))
    assert (len(cell), cell[-1]) == (32_767, "…")


def test_a_row_of_the_wrong_width_is_a_defect():
    with pytest.raises(ValueError, match="argument"):
        write_table(COLUMNS, [["Lò Thị Mai"]])


@pytest.mark.parametrize(
    ("name", "shown"), [("Kết quả: [A/B]", "Kết quả   A B"), ("x" * 40, "x" * 31), ("'", "Danh sách")]
)
def test_a_sheet_name_is_made_acceptable(name, shown):
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(write_table(COLUMNS, [], sheet=name))).sheet_names
    assert sheets == [" ".join(shown.split())]
