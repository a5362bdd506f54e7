"""A whole movement goes through one .xlsx and comes back the same; what somebody did wrong names its cell."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from core.doors.excel import read_workbook, to_workbook
from core.doors.grid import pages_of, place_of
from core.doors.labels import KEYS, SECTIONS, WORDS
from core.doors.schema import Top, held_by
from core.scoring.canonical import digest
from core.scoring.movement import Movement
from core.scoring.structure import keys_of
from tests.doors.samples import EVERYTHING, FILES, movement_of, random_movements
from tests.doors.test_toml import by_name, keys_known

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
Cells = dict[str, Any]


def edited(data: bytes, page: str, changes: Cells, *, formulas: Cells | None = None) -> bytes:
    """Return the workbook as another program saves it, with some cells of one page changed (None empties one)."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        for old in pages_of(data, most_rows=5000, most_pages=60, is_cleaned=False):
            new = book.add_worksheet(old.name)
            cells = {(r, c): v for r, row in enumerate(old.rows) for c, v in enumerate(row)}
            if old.name == page:
                cells |= {place_of(at): value for at, value in changes.items()}
                for at, value in (formulas or {}).items():
                    new.write_formula(at, value)
            for (row, column), value in cells.items():
                is_formula = old.name == page and (row, column) in {place_of(at) for at in formulas or {}}
                if value is not None and not is_formula:
                    new.write(row, column, value)
    return out.getvalue()


def found_at(data: bytes, page: str, text: str, *, below: str = "") -> str:
    """Return the address of the first cell with a text, below a section if one is named."""
    (old,) = [each for each in pages_of(data, is_cleaned=False, most_rows=5000, most_pages=60) if each.name == page]
    started = not below
    for row, values in enumerate(old.rows):
        started = started or values[0] == f"■ {below}"
        for column, value in enumerate(values):
            if started and value == text:
                return f"{chr(65 + column)}{row + 1}"
    raise AssertionError(text)


SHEET = "Phiếu 1 Phiếu đủ"


@pytest.fixture(scope="module")
def full() -> bytes:
    return to_workbook(movement_of(EVERYTHING))


@pytest.mark.parametrize("path", [*FILES, EVERYTHING], ids=by_name)
def test_a_workbook_gives_the_same_digest(path: Path) -> None:
    movement = movement_of(path)
    reading = read_workbook(to_workbook(movement))
    assert reading.problems == ()
    assert reading.movement is not None
    assert digest(reading.movement) == digest(movement)


@pytest.mark.parametrize("path", [FILES[0], EVERYTHING], ids=by_name)
def test_a_workbook_saved_by_another_program_gives_the_same_digest(path: Path) -> None:
    movement = movement_of(path)
    reading = read_workbook(edited(to_workbook(movement), "", {}))
    assert reading.movement == movement


@QUICK
@given(random_movements())
def test_any_sound_movement_comes_back_the_same(movement: Movement) -> None:
    assert read_workbook(to_workbook(movement)).movement == movement


def test_every_key_section_and_choice_has_vietnamese_words() -> None:
    known = {name for _, name in keys_known()} - {"format"}
    assert known - KEYS.keys() == set()
    assert len(set(SECTIONS.values())) == len(SECTIONS)
    for (table, key), words in WORDS.items():
        assert key in held_by(table)
        assert len(set(words.values())) == len(words)
    assert held_by(Top).keys() >= {"movement", "form"}
    assert all(keys_of(table) for table, _ in WORDS)


def test_no_cell_is_a_formula_and_dates_and_long_numbers_are_text(full: bytes) -> None:
    assert all(not page.formulas for page in pages_of(full, most_pages=60))
    book = CalamineWorkbook.from_filelike(io.BytesIO(full))
    cells = [cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]
    assert {type(cell) for cell in cells} <= {str, float}
    assert "'=QĐ 1" in cells
    assert "01/01/2026" in cells
    assert 50.5 in cells


def test_an_edited_cell_changes_only_that(full: bytes) -> None:
    at = found_at(full, SHEET, "Phiếu đủ")
    reading = read_workbook(edited(full, SHEET, {at: "Phiếu mới"}))
    assert reading.movement is not None
    assert reading.movement.sheets[0].title == "Phiếu mới"


def one_problem(data: bytes, page: str, changes: Cells) -> tuple[str, str, str, str]:
    reading = read_workbook(edited(data, page, changes))
    assert reading.movement is None
    (problem,) = reading.problems
    return problem.code, problem.place, problem.where, problem.sentence


def test_an_empty_cell_that_is_needed_is_named(full: bytes) -> None:
    at = found_at(full, SHEET, "Phiếu đủ")
    where = f"Trang «{SHEET}», ô {at}"
    assert one_problem(full, SHEET, {at: None}) == (
        "missing_key", "sheets[0].title", where, f"{where}: thiếu «Tên». Điền vào ô này."
    )  # fmt: skip


def test_a_word_where_a_number_belongs_is_named(full: bytes) -> None:
    at = found_at(full, SHEET, Decimal("20.5"))
    where = f"Trang «{SHEET}», ô {at}"
    assert one_problem(full, SHEET, {at: "hai mươi"}) == (
        "wrong_type", "sheets[0].criteria[1].levels[0].from", where, f"{where}: cần một số, ví dụ 12.5."
    )  # fmt: skip


def test_a_choice_is_offered_in_the_words_of_the_workbook(full: bytes) -> None:
    at = found_at(full, SHEET, "tự chấm")
    where = f"Trang «{SHEET}», ô {at}"
    assert one_problem(full, SHEET, {at: "sếp chấm"}) == (
        "bad_choice",
        "sheets[0].columns[0].by",
        where,
        f"{where}: «sếp chấm» không dùng được. Chọn một trong: giám khảo, tự chấm, đơn vị, hội đồng.",
    )


def test_a_decimal_comma_is_understood(full: bytes) -> None:
    at = found_at(full, SHEET, Decimal("20.5"))
    reading = read_workbook(edited(full, SHEET, {at: "20,5"}))
    assert reading.movement == movement_of(EVERYTHING)


def test_words_without_marks_and_days_written_otherwise_are_understood(full: bytes) -> None:
    changes = {found_at(full, SHEET, "tự chấm"): "TU CHAM", found_at(full, SHEET, "Không"): "khong"}
    assert read_workbook(edited(full, SHEET, changes)).movement == movement_of(EVERYTHING)
    at = found_at(full, "Phong trào", "01/01/2026")
    assert read_workbook(edited(full, "Phong trào", {at: "2026-01-01"})).movement == movement_of(EVERYTHING)


def test_everything_wrong_is_told_at_once(full: bytes) -> None:
    title, by = found_at(full, SHEET, "Phiếu đủ"), found_at(full, SHEET, "tự chấm")
    reading = read_workbook(edited(full, SHEET, {title: None, by: "ai đó"}))
    assert [(problem.code, problem.where) for problem in reading.problems] == [
        ("missing_key", f"Trang «{SHEET}», ô {title}"),
        ("bad_choice", f"Trang «{SHEET}», ô {by}"),
    ]


def test_an_owner_that_is_not_above_is_named(full: bytes) -> None:
    title = found_at(full, SHEET, "2a")
    owner = f"A{title[1:]}"
    where = f"Trang «{SHEET}», ô {owner}"
    problem = read_workbook(edited(full, SHEET, {owner: "99"})).problems[0]
    assert (problem.code, problem.where) == ("parent_unknown", where)
    assert problem.sentence == f"{where}: không có mã «99» trong bảng «Tiêu chí» ở phía trên. Ghi một mã có ở đó."


def test_a_heading_that_was_changed_is_named(full: bytes) -> None:
    at = found_at(full, SHEET, "Điểm liệt")
    reading = read_workbook(edited(full, SHEET, {at: "Điểm gì"}))
    assert [(p.code, p.where) for p in reading.problems][:1] == [("unknown_column", f"Trang «{SHEET}», ô {at}")]
    assert "bảng «Tiêu chí» không có «Điểm gì»" in reading.problems[0].sentence


def test_a_section_that_was_renamed_is_named(full: bytes) -> None:
    at = found_at(full, SHEET, "■ Hạng giải")
    reading = read_workbook(edited(full, SHEET, {at: "■ Giải"}))
    assert [(p.code, p.where) for p in reading.problems] == [("unknown_section", f"Trang «{SHEET}», ô {at}")]


def test_a_formula_is_refused_with_its_cell(full: bytes) -> None:
    at = found_at(full, SHEET, "Phiếu đủ")
    reading = read_workbook(edited(full, SHEET, {}, formulas={at: "=1+1"}))
    assert [(p.code, p.where) for p in reading.problems] == [("formula", f"Trang «{SHEET}», ô {at}")]
    assert "Chép ô rồi dán dạng giá trị" in reading.problems[0].sentence


def test_a_sum_that_does_not_fit_stands_at_the_table(full: bytes) -> None:
    at = found_at(full, SHEET, Decimal("120.5"))
    where = f"Trang «{SHEET}», ô {found_at(full, SHEET, '■ Tiêu chí')}"
    assert one_problem(full, SHEET, {at: 120}) == (
        "sum_mismatch",
        "sheets[0].criteria",
        where,
        f"{where}: tổng điểm các mục con là 120.5, cần đúng 120.",
    )


def test_another_workbook_is_refused_in_words() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet().write("A1", "Danh sách")
    (problem,) = read_workbook(out.getvalue()).problems
    assert problem.code == "not_ours"
    assert "Tải tệp Excel của phong trào từ hệ thống" in problem.sentence
    assert [each.code for each in read_workbook(b"khong phai").problems] == ["not_excel"]


def test_a_text_longer_than_a_cell_is_never_cut_in_silence() -> None:
    from dataclasses import replace

    movement = replace(movement_of(EVERYTHING), summary="a" * 40_000)
    with pytest.raises(ValueError, match="at most 32000"):
        to_workbook(movement)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_is_changed_in_a_workbook_gives_a_movement_or_problems(data: st.DataObject) -> None:
    full = to_workbook(movement_of(FILES[-1]))
    page = data.draw(st.sampled_from([each.name for each in pages_of(full, most_rows=5000, most_pages=60)]))
    address = st.builds(lambda column, row: f"{column}{row}", st.sampled_from("ABCDEFG"), st.integers(1, 60))
    value = st.sampled_from(
        [None, "x", "■ Phiếu chấm", "■", "'", "'\"", "Mã", "1", 3, 2.5, True, "2/3", "01/13/2026", "a\nb"]
    )
    reading = read_workbook(edited(full, page, data.draw(st.dictionaries(address, value, max_size=6))))
    assert (reading.movement is None) == bool(reading.problems)
    assert all(problem.sentence for problem in reading.problems)
