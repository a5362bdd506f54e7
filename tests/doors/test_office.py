"""Score sheets as offices have them become criteria; what cannot be read names its cell and what to do."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter.worksheet import Worksheet

from core.doors.excel import SheetDraft, read_pasted, read_score_sheet
from core.doors.mapping import from_mapping, to_mapping
from core.doors.office import _around
from core.doors.written import Points, points_of, role_of


def book_of(fill: Callable[[Worksheet], object], *, name: str = "Phiếu chấm") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        fill(book.add_worksheet(name))
    return out.getvalue()


def sheet_of(rows: list[list[Any]], *, at: tuple[int, int] = (0, 0)) -> bytes:
    def fill(page: Worksheet) -> None:
        for number, row in enumerate(rows):
            page.write_row(at[0] + number, at[1], [None if cell is None else cell for cell in row])

    return book_of(fill)


def pasted(rows: list[list[Any]]) -> str:
    """Return rows as a spreadsheet puts them on the clipboard."""

    def cell(value: Any) -> str:
        text = "" if value is None else str(value).replace(".", ",") if isinstance(value, float) else str(value)
        return '"' + text.replace('"', '""') + '"' if "\n" in text else text

    return "\r\n".join("\t".join(cell(value) for value in row) for row in rows) + "\r\n"


def told(draft: SheetDraft) -> list[tuple[str, str]]:
    return [(problem.code, problem.where) for problem in draft.problems]


# Mẫu số 03, with a title above, empty first column and rows, level rows numbered below each criterion.
SON_LA = [
    ["TT", "Tiêu chí đánh giá", "Điểm tối đa", "Điểm chấm", "Nhận xét"],
    ["(1)", "(2)", "(3)", "(4)", "(5)"],
    [1, "Tính mới, tính sáng tạo của giải pháp", 30, None, None],
    [1.1, "Hoàn toàn mới, chưa bị bộc lộ công khai", "27 - 30", None, None],
    [1.2, "Có cải tiến so với giải pháp đã có, mức khá", "21–26", None, None],
    [1.3, "Có cải tiến, mức trung bình", "từ 16 đến 20", None, None],
    [1.4, "Có cải tiến, mức ít", "1-15", None, None],
    [1.5, "Không có tính mới, sáng tạo hoặc sao chép", 0, None, None],
    [2, "Khả năng áp dụng của giải pháp", 30, None, None],
    [None, "- Áp dụng toàn tỉnh", "21-30", None, None],
    [None, "- Áp dụng trong đơn vị", "1-20", None, None],
    [3, "Hiệu quả của giải pháp", 40, None, None],
    [None, "Tổng cộng", 100, None, None],
    [None, None, None, None, None],
    [None, None, None, "Ngày … tháng … năm 2026", None],
    [None, None, None, "GIÁM KHẢO", None],
]
SON_LA_CRITERIA = [
    {
        "id": "1",
        "title": "Tính mới, tính sáng tạo của giải pháp",
        "levels": [
            {"id": "1.1", "title": "Hoàn toàn mới, chưa bị bộc lộ công khai", "from": 27, "to": 30},
            {"id": "1.2", "title": "Có cải tiến so với giải pháp đã có, mức khá", "from": 21, "to": 26},
            {"id": "1.3", "title": "Có cải tiến, mức trung bình", "from": 16, "to": 20},
            {"id": "1.4", "title": "Có cải tiến, mức ít", "from": 1, "to": 15},
            {"id": "1.5", "title": "Không có tính mới, sáng tạo hoặc sao chép", "points": 0},
        ],
    },
    {
        "id": "2",
        "title": "Khả năng áp dụng của giải pháp",
        "levels": [
            {"id": "m1", "title": "Áp dụng toàn tỉnh", "from": 21, "to": 30},
            {"id": "m2", "title": "Áp dụng trong đơn vị", "from": 1, "to": 20},
        ],
    },
    {"id": "3", "title": "Hiệu quả của giải pháp", "max": 40},
]

COMMUNE = [
    ["STT", "NOI DUNG", "THANG DIEM", "DIEM TOI THIEU", "GHI CHU"],
    ["I", "Tính mới", 40, None, None],
    [1, "So với giải pháp đã biết tại địa phương", 20, 10, "Mô tả điểm khác biệt"],
    [2, "Tính sáng tạo, cải tiến quy trình", 20, 10, None],
    ["II", "Khả năng áp dụng", 25, None, None],
    [1, "Đã áp dụng thực tế tại đơn vị", 15, 8, None],
    [2, "Khả năng nhân rộng", 10, 5, None],
    ["III", "Hiệu quả", 35, None, None],
    ["a)", "Tiết kiệm chi phí, thời gian", 15, 7, None],
    ["b)", "Phục vụ công dân", 10, 5, None],
    ["c)", "Môi trường, an sinh", 10, 5, None],
    [None, "TỔNG ĐIỂM", 100, None, None],
]

IN_ONE_CELL = [
    ["Mã", "Nội dung tiêu chí", "Điểm"],
    [
        "A",
        "Tính mới và sáng tạo\n- Đột phá hoàn toàn: 25–30 điểm\n- Có cải tiến: 15-24 điểm\n- Ít đổi (0 – 14 điểm)",
        30,
    ],
    ["B", "Tự chủ nguồn lực\nTự làm\nPhải thuê ngoài", "8-15\n0-7"],
    ["C", "Tiết kiệm\nCăn cứ sổ sách kế toán", 54.75],
    ["D", "Nhận xét chung", None],
    ["E", "Trình bày", 0.25],
    [None, "Cộng", 100],
]


def test_a_sheet_with_numbered_levels_is_read_from_where_it_stands() -> None:
    above = [["SỞ KHOA HỌC"], [None, "PHIẾU ĐÁNH GIÁ GIẢI PHÁP (Mẫu số 03)"], []]
    draft = read_score_sheet(sheet_of([*above, *SON_LA], at=(2, 1)))
    assert draft.problems == ()
    assert draft.sheet == {
        "id": "phieu-cham",
        "title": "PHIẾU ĐÁNH GIÁ GIẢI PHÁP (Mẫu số 03)",
        "subject": "initiative",
        "criteria": SON_LA_CRITERIA,
    }
    assert (draft.preview[0].kind, draft.preview[0].points, draft.preview[0].where) == ("criterion", "30", "Ô C8")
    assert (draft.preview[1].kind, draft.preview[1].points, draft.preview[1].where) == ("level", "27–30", "Ô C9")
    assert (draft.preview[-1].kind, draft.preview[-1].points, draft.preview[-1].where) == ("total", "100", "Ô D18")


def test_pasted_rows_give_the_same_criteria() -> None:
    assert read_pasted(pasted(SON_LA)).sheet["criteria"] == SON_LA_CRITERIA
    for rows in (SON_LA, COMMUNE, IN_ONE_CELL):
        assert read_pasted(pasted(rows)).sheet["criteria"] == read_score_sheet(sheet_of(rows)).sheet["criteria"]
        assert read_pasted(pasted(rows)).problems == ()


def test_rows_without_a_heading_are_guessed_and_said() -> None:
    draft = read_pasted("1.\tTính mới\t30\n2.\tÁp dụng\t30\n3.\tHiệu quả\t40\n")
    assert [(each["id"], each["max"]) for each in draft.sheet["criteria"]] == [("1", 30), ("2", 30), ("3", 40)]
    assert draft.notes[0] == "Không thấy dòng đầu bảng, đã đoán cột theo nội dung."
    assert draft.notes[1] == "Không thấy dòng tổng cộng, đã lấy tổng các tiêu chí là 100."


def test_groups_with_least_points_and_repeated_numbers() -> None:
    draft = read_score_sheet(sheet_of(COMMUNE))
    assert draft.problems == ()
    assert draft.sheet["criteria"][0] == {
        "id": "I",
        "title": "Tính mới",
        "max": 40,
        "criteria": [
            {
                "id": "I.1",
                "title": "So với giải pháp đã biết tại địa phương",
                "guidance": "Mô tả điểm khác biệt",
                "max": 20,
                "min_pass": 10,
            },
            {"id": "I.2", "title": "Tính sáng tạo, cải tiến quy trình", "max": 20, "min_pass": 10},
        ],
    }
    assert [each["id"] for each in draft.sheet["criteria"][2]["criteria"]] == ["a", "b", "c"]


def test_levels_in_one_cell_decimals_and_remarks() -> None:
    draft = read_score_sheet(sheet_of(IN_ONE_CELL))
    assert draft.problems == ()
    new, own, saving, remark, form = draft.sheet["criteria"]
    assert new["levels"] == [
        {"id": "m1", "title": "Đột phá hoàn toàn", "from": 25, "to": 30},
        {"id": "m2", "title": "Có cải tiến", "from": 15, "to": 24},
        {"id": "m3", "title": "Ít đổi", "from": 0, "to": 14},
    ]
    assert (own["title"], [level["title"] for level in own["levels"]]) == (
        "Tự chủ nguồn lực",
        ["Tự làm", "Phải thuê ngoài"],
    )
    assert saving == {"id": "C", "title": "Tiết kiệm", "guidance": "Căn cứ sổ sách kế toán", "max": Decimal("54.75")}
    assert remark == {"id": "D", "title": "Nhận xét chung", "scored": False}
    assert form["max"] == Decimal("0.25")
    assert draft.sheet["step"] == Decimal("0.25")
    assert "Điểm có phần lẻ, đã đặt bước điểm là 0,25." in draft.notes


def test_merged_headings_over_two_rows_columns_and_signatures() -> None:
    def fill(page: Worksheet) -> None:
        page.merge_range("A1:F1", "BẢNG CHẤM ĐIỂM TỔ CÔNG ĐOÀN")
        page.merge_range("A3:A4", "TT")
        page.merge_range("B3:B4", "Nội dung")
        page.merge_range("C3:E3", "Điểm")
        page.write_row("C4", ["Tối đa", "Tự chấm", "Cấp trên thẩm định"])
        page.merge_range("A5:B5", "I. Phần một")
        page.write_row("A6", [1, "Hoàn thành nhiệm vụ", 60])
        page.write_row("A7", [2, "Bảo vệ quyền lợi", 40])
        page.merge_range("A8:B8", "Tổng cộng")
        page.write("C8", 100)
        page.write("A9", "Điểm thưởng")
        page.write_row("B9", ["Điểm thưởng do có sáng kiến", 10])
        page.merge_range("A12:C12", "TM. BAN CHẤP HÀNH")
        page.write("D13", "Nguyễn Văn A")

    draft = read_score_sheet(book_of(fill))
    assert draft.problems == ()
    assert draft.sheet == {
        "id": "phieu-cham",
        "title": "BẢNG CHẤM ĐIỂM TỔ CÔNG ĐOÀN",
        "subject": "collective",
        "criteria": [
            {
                "id": "I",
                "title": "Phần một",
                "criteria": [
                    {"id": "1", "title": "Hoàn thành nhiệm vụ", "max": 60},
                    {"id": "2", "title": "Bảo vệ quyền lợi", "max": 40},
                ],
            },
            {"id": "c2", "title": "Điểm thưởng do có sáng kiến", "max": 10, "outside": True},
        ],
        "columns": [
            {"id": "tu-cham", "title": "Tự chấm", "by": "self"},
            {"id": "don-vi", "title": "Cấp trên thẩm định", "by": "unit"},
        ],
    }


def test_levels_in_columns_of_their_own() -> None:
    rows = [
        ["Mã", "Tiêu chí", "Mức", "Điểm từ", "Điểm đến"],
        ["a", "Tính mới", "Cao", 21, 60],
        [None, None, "Thấp", 0, "20,5"],
        ["b", "Hiệu quả", "Rõ", 40, 40],
        [None, None, "Không", 0, 0],
    ]
    draft = read_score_sheet(sheet_of(rows))
    assert draft.problems == ()
    assert draft.sheet["criteria"][0]["levels"] == [
        {"id": "m1", "title": "Cao", "from": 21, "to": 60},
        {"id": "m2", "title": "Thấp", "from": 0, "to": Decimal("20.5")},
    ]
    assert [level["points"] for level in draft.sheet["criteria"][1]["levels"]] == [40, 0]


def test_a_ten_that_lost_its_zero_is_understood() -> None:
    inner = [[float(f"1.{n}"), f"T{n}", 10] for n in range(1, 11)]
    rows = [["TT", "Tiêu chí", "Điểm"], [1, "Nhóm", 100], *inner]
    criteria = read_score_sheet(sheet_of(rows)).sheet["criteria"][0]["criteria"]
    assert [each["id"] for each in criteria][-2:] == ["1.9", "1.10"]


@pytest.mark.parametrize("rows", [SON_LA, COMMUNE, IN_ONE_CELL])
def test_what_was_read_is_sound_for_the_one_validator(rows: list[list[Any]]) -> None:
    sheet = read_score_sheet(sheet_of(rows)).sheet
    movement = from_mapping(_around(sheet)).require("sheet")
    assert to_mapping(movement)["sheets"][0]["criteria"] == [
        {key: value for key, value in each.items() if key != "max" or "criteria" not in each}
        for each in sheet["criteria"]
    ]


# --- What is wrong with a sheet ---------------------------------------------------------------------------------------

BROKEN = [
    ["TT", "Tiêu chí", "Điểm tối đa", "Ghi chú"],
    [1, "Tính mới", 30, None],
    [None, "- Cao", "21-28", None],
    [None, "- Thấp", "0-20", None],
    [2, "Áp dụng", "ba mươi 30", None],
    [3, "Hiệu quả", None, None],
    [3, "Trình bày", 30, None],
    [None, "Tổng cộng", 100, None],
]


def test_a_broken_sheet_is_told_at_once_with_its_cells() -> None:
    draft = read_score_sheet(sheet_of(BROKEN, at=(3, 1)))
    assert [problem.sentence for problem in draft.problems] == [
        "Ô D8: không đọc được điểm «ba mươi 30». Ghi một số như 12,5 hoặc một khoảng như 21–26.",
        "Ô D5: điểm tối đa là 30 nhưng mức cao nhất là 28. Sửa một trong hai cho khớp.",
        "Ô C9: tiêu chí chưa có điểm. Điền điểm tối đa, hoặc các mức điểm, hoặc tiêu chí con.",
        "Ô B10: mã «3» bị dùng hai lần.",
    ]
    assert {problem.place for problem in draft.problems if problem.place} == {
        "sheets[0].criteria[2]", "sheets[0].criteria[3].id"
    }  # fmt: skip


def test_problems_of_pasted_rows_name_the_line() -> None:
    rows = [
        ["TT", "Tiêu chí", "Điểm"],
        [1, "Một\n- Cao: 21-50 điểm\n- Thấp: 0-20 điểm", 50],
        [2, "Hai", 49],
        [None, "Tổng", 100],
    ]
    (problem,) = read_pasted(pasted(rows)).problems
    assert problem.sentence == "Dòng 6: tổng điểm các mục con là 99, cần đúng 100."


def test_a_range_that_became_a_date_is_explained() -> None:
    def fill(page: Worksheet) -> None:
        page.write_row("A1", ["TT", "Tiêu chí", "Điểm"])
        page.write_row("A2", [1, "Tính mới"])
        page.write_datetime("C2", datetime(2026, 10, 5), None)  # noqa: DTZ001
        page.write_row("A3", [2, "Hiệu quả", 100])

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm"}) as book:
        fill(book.add_worksheet())
    draft = read_score_sheet(out.getvalue())
    assert ("points_date", "Ô C2") in told(draft)
    assert (
        draft.problems[0].sentence == "Ô C2: Excel đã đổi khoảng điểm thành ngày tháng. Gõ lại dạng chữ, ví dụ '5-10."
    )


def test_a_sheet_without_rows_or_heading_says_what_to_do() -> None:
    assert told(read_score_sheet(sheet_of([["Danh sách", "Tuổi"], ["A", 3]]))) == [("no_heading", "")]
    assert told(read_score_sheet(sheet_of([["TT", "Tiêu chí", "Điểm"]]))) == [("no_rows", "Ô B1")]
    assert told(read_pasted(" \n\t")) == [("empty", "")]


# --- Files that mean harm ---------------------------------------------------------------------------------------------


def test_formulas_are_never_taken_for_words() -> None:
    def fill(page: Worksheet) -> None:
        page.write_row("A1", ["TT", "Tiêu chí", "Điểm"])
        page.write_row("A2", [1, None, 40])
        page.write_formula("B2", '=HYPERLINK("x","Tính mới")', None, "Tính mới")
        page.write_row("A3", [2, "Hiệu quả"])
        page.write_formula("C3", "=30+30", None, 60)
        page.write("B4", "Tổng cộng")
        page.write_formula("C4", "=SUM(C2:C3)", None, 100)

    draft = read_score_sheet(book_of(fill))
    assert [problem.sentence for problem in draft.problems] == [
        "Ô B2: là công thức. Chép ô rồi dán dạng giá trị, hoặc gõ nội dung vào."
    ]
    assert "Ô C3 là công thức, đã lấy giá trị đang hiện." in draft.notes


def far_cell(at: str) -> bytes:
    return book_of(lambda page: (page.write("A1", "Tiêu chí"), page.write(at, "x")))


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * (60 * 1024 * 1024))
    return out.getvalue()


def many_pages() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for _ in range(21):
            book.add_worksheet()
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"", "not_excel"),
        (lambda: b"TT;Ti\xc3\xaau ch\xc3\xad", "not_excel"),
        (lambda: b"PK\x03\x04" + b"\x00" * 200, "not_excel"),
        (lambda: sheet_of(SON_LA)[:-300], "not_excel"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old_excel"),
        (lambda: b"PK" + b"\x00" * (2 * 1024 * 1024), "file_too_big"),
        (bomb, "unpacks_too_big"),
        (lambda: sheet_of([["Tiêu chí", "Điểm"], *[["x", 1]] * 10_000]), "too_many_rows"),
        (lambda: far_cell("A1048576"), "too_many_rows"),
        (lambda: far_cell("XFD2"), "too_many_columns"),
        (many_pages, "too_many_pages"),
    ],
)
def test_what_is_no_score_sheet_is_refused_in_words(make: Callable[[], bytes], code: str) -> None:
    draft = read_score_sheet(make())
    (problem,) = draft.problems
    assert (problem.code, draft.sheet) == (code, {})
    assert problem.sentence.count(".") >= 2


def test_pasted_text_has_limits_too() -> None:
    assert told(read_pasted("x\n" * 501)) == [("too_many_rows", "")]
    assert told(read_pasted("\t".join("x" * 41))) == [("too_many_columns", "")]
    assert told(read_pasted("x" * 300_000)) == [("too_many_rows", "")]


PIECES = [
    "\t", "\n", '"', "TT", "Tiêu chí", "Điểm tối đa", "Mức", "Điểm từ", "Đến", "1", "1.1", "I.", "a)", "0,25", "30",
    "27-30", "- Cao: 21–26 điểm", "Tổng cộng", "100", "Tính mới", "Nhận xét", "\u200b", "đ)", "1e9", "-", "x\ny",
]  # fmt: skip
pieces = st.sampled_from(PIECES)
cells = st.one_of(
    st.none(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    pieces,
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
)


@settings(max_examples=250, deadline=None)
@given(st.lists(pieces, max_size=60))
def test_whatever_is_pasted_gives_a_sheet_or_problems(words: list[str]) -> None:
    draft = read_pasted("".join(words))
    assert draft.problems or from_mapping(_around(draft.sheet)).movement is not None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(cells, max_size=6), max_size=12))
def test_whatever_stands_below_a_heading_gives_a_sheet_or_problems(rows: list[list[Any]]) -> None:
    draft = read_score_sheet(sheet_of([["TT", "Tiêu chí", "Điểm", "Mức", "Ghi chú"], *rows]))
    assert draft.problems or from_mapping(_around(draft.sheet)).movement is not None


# --- How offices write ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "low", "high"),
    [
        ("21–26", "21", "26"),
        ("27 - 30", "27", "30"),
        ("từ 16 đến 20", "16", "20"),
        ("Từ 16 đến 20 điểm", "16", "20"),
        ("30-27", "27", "30"),
        ("0,25", None, "0.25"),
        ("(30 điểm)", None, "30"),
        ("Tối đa: 12,5 điểm", None, "12.5"),
        (30, None, "30"),
        (Decimal("0.5"), None, "0.5"),
    ],
)
def test_points_are_read_as_they_are_written(cell: Any, low: str | None, high: str) -> None:
    assert points_of(cell) == Points(None if low is None else Decimal(low), Decimal(high))


@pytest.mark.parametrize("cell", ["", "nhiều", "12 của 30", None, True, "1.2.3", "dưới 16"])
def test_what_is_no_number_is_none(cell: Any) -> None:
    assert points_of(cell) is None


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("TT", "code"), ("Số TT", "code"), ("Mã", "code"), ("TIÊU CHÍ ĐÁNH GIÁ", "title"), ("Noi dung", "title"),
        ("Điểm tối đa", "max"), ("THANG ĐIỂM", "max"), ("diem chuan", "max"), ("Khung điểm", "range"),
        ("Điểm từ", "from"), ("Đến", "to"), ("Mức độ", "level"), ("Ghi chú", "guidance"), ("Điểm chấm", "other"),
        ("Tự chấm", "self"), ("Hội đồng chấm", "council"), ("Điểm liệt", "min"), ("Họ và tên", None),
    ],
)  # fmt: skip
def test_headings_are_known_with_and_without_marks(heading: str, role: str | None) -> None:
    assert role_of(heading) == role
