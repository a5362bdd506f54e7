"""Every code of misuse is raised by exactly its own mistake, with a sentence that is complete."""

# Rule files and the sentences about them stand as an organiser sees them, on one line.
# ruff: noqa: E501

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.scoring.misuse import SENTENCES
from core.scoring.reading import LARGEST_BYTES, read_toml

VECTORS = Path(__file__).parent / "vectors"
MINI = (VECTORS / "mini.toml").read_text("utf-8")
A = '{ id = "a", title = "Một", max = 60 }'
B = '{ id = "b", title = "Hai", max = 40 }'
COLUMN = '{ id = "gk", title = "Giám khảo", by = "judge" }'
GATE = '{ id = "san", text = "Dưới 50", effect = "fail", total_below = 50 }'
HEAD = "[[sheets]]\n"
BASIS = 'legal_basis = [{ document = "Kế hoạch 1/KH", mark = "UNVERIFIED" }]\n'
LEVELS = '{ id = "a", title = "Một", levels = [{ id = "x", title = "X", from = 1, to = 60 }, { id = "y", title = "Y", points = 0 }] }'
GROUP = '{ id = "a", title = "Một", criteria = [{ id = "a.1", title = "A1", max = 20 }, { id = "a.2", title = "A2", max = 40 }] }'


def value(rest: str) -> str:
    return f'{{ id = "b", title = "Hai", max = 40, value = {{ fact = "lan", {rest} }} }}'


def form(fields: str) -> tuple[str, str]:
    return BASIS, f"{BASIS}[form]\nfields = [{fields}]\n"


def before_sheets(text: str) -> tuple[str, str]:
    return HEAD, f"{text}\n{HEAD}"


def nested(depth: int) -> str:
    inner = '{ id = "c9", title = "T", max = 60 }'
    for level in range(depth - 1):
        inner = f'{{ id = "c{level}", title = "T", criteria = [{inner}] }}'
    return inner


STAGE = '[[stages]]\nid = "x"\ntitle = "X"\nkind = "{kind}"\n{rest}'
AWARD = """[[awards]]
id = "bang"
title = "Bằng"
subject = "person"
source = {{ document = "QĐ", mark = "V" }}
person_kinds = [{{ id = "cn", title = "Công nhân" }}]
thresholds = [{rows}]
"""
ROW = '{ person = "cn", route = "r", valid_from = 2026-01-01, mark = "V" }'
CHOICE = '{ id = "q", title = "Q", kind = "choice", choices = [{ id = "co", title = "Có" }, { id = "khong", title = "Không" }] }'
SHOWN = '{{ id = "r", title = "R", kind = "text", show_if = {{ field = "{field}", is = {value} }} }}'

# code, what is replaced in the small movement, by what.
MISTAKES: list[tuple[str, str, str]] = [
    ("file_too_big", MINI, MINI + "#" * LARGEST_BYTES),
    ("toml_syntax", "max = 40", "max = 40,5"),
    ("toml_syntax", "max = 40", "max = 40.0.0"),
    ("toml_syntax", "max = 40", "max = 40\nmax = 41"),
    ("toml_syntax", "max = 40", "max = " + "9" * 5000),
    ("toml_syntax", "max = 40", "max = " + "[" * 3000),
    ("toml_syntax", GATE + "]", GATE),
    ("bad_format", "format = 1", "format = 2"),
    ("bad_format", "format = 1\n", ""),
    ("bad_format", "format = 1", "format = true"),
    ("bad_format", "format = 1", "format = 1.0"),
    ("unknown_key", "step = 1", "step = 1\nsteps = 1"),
    ("unknown_key", "format = 1", 'format = 1\nversion = "x"'),
    ("unknown_key", COLUMN, COLUMN[:-2] + ", weight = 2 }"),
    ("missing_key", 'title = "Phiếu"\n', ""),
    ("missing_key", "max = 40 }", 'max = 40, value = { fact = "lan" , rate = 1 } }, { id = "c", title = "C", outside = true, value = { fact = "lan", rate = 1 } }'),
    ("missing_key", "rules_version = 1\n", ""),
    ("wrong_type", "rules_version = 1", 'rules_version = "1"'),
    ("wrong_type", "rules_version = 1", "rules_version = 1.5"),
    ("wrong_type", "rules_version = 1", "rules_version = true"),
    ("wrong_type", "effective_from = 2026-01-01", 'effective_from = "2026-01-01"'),
    ("wrong_type", "effective_from = 2026-01-01", "effective_from = 2026-01-01T00:00:00"),
    ("wrong_type", "max = 60", 'max = "60"'),
    ("wrong_type", "max = 60", "max = 60, clip = 1"),
    ("wrong_type", "columns = [" + COLUMN + "]", "columns = " + COLUMN),
    ("wrong_type", "step = 1", "step = 1\nrounding = 1"),
    ("wrong_type", "step = 1", 'step = 1\nscale = "mở"'),
    ("wrong_type", "step = 1", 'step = 1\nranking = { vote = "hai phần ba" }'),
    ("bad_number", "max = 60", "max = inf"),
    ("bad_number", "max = 60", "max = nan"),
    ("bad_number", "max = 60", "max = 60.0000001"),
    ("bad_number", "max = 60", "max = 1000000000000"),
    ("bad_number", "max = 60", "max = 1e999999999"),
    ("bad_choice", 'by = "judge"', 'by = "jury"'),
    ("bad_choice", 'subjects = ["initiative"]', 'subjects = ["initiative", "idea"]'),
    ("bad_choice", 'mark = "UNVERIFIED"', 'mark = "v"'),
    ("bad_id", 'id = "mini"', 'id = "Mini"'),
    ("bad_id", 'id = "san"', 'id = "sàn"'),
    ("bad_id", 'id = "san"', 'id = "-san"'),
    ("bad_id", 'id = "san"', f'id = "{"s" * 41}"'),
    ("bad_id", 'id = "thap"', 'id = "1thap"'),
    ("bad_id", 'id = "a"', 'id = ".a"'),
    ("duplicate_id", 'id = "b"', 'id = "a"'),
    ("duplicate_id", A, GROUP.replace("a.2", "b")),
    ("duplicate_id", 'id = "loai"', 'id = "lan"'),
    ("duplicate_id", 'id = "cao"', 'id = "thap"'),
    ("duplicate_id", *before_sheets(AWARD.format(rows=f"{ROW}, {ROW}"))),
    ("unknown_ref", "step = 1", 'step = 1\nofficial = "cham"'),
    ("unknown_ref", A, A[:-2] + ', column = "unit" }'),
    ("unknown_ref", A, A[:-2] + ', deductions = [{ fact = "x", points = 1 }] }'),
    ("unknown_ref", "total_below = 50", 'criteria = ["c"], points_below = 5'),
    ("unknown_ref", "total_below = 50", 'fact = "x", is = 1'),
    ("unknown_ref", '"fail", total', '"cap", band = "z", total'),
    ("unknown_ref", B, value('share_of = "x", round = { to = 1 }')),
    ("unknown_ref", "step = 1", 'step = 1\nranking = { tie_break = [{ criterion = "c" }] }'),
    ("unknown_ref", "step = 1", 'step = 1\ntiers = [{ id = "t", title = "T", bands = ["z"] }]'),
    ("unknown_ref", *before_sheets(STAGE.format(kind="score", rest='sheets = ["khac"]'))),
    ("unknown_ref", *before_sheets(AWARD.format(rows=ROW.replace('"cn"', '"ql"')))),
    ("unknown_ref", *form(SHOWN.format(field="q", value="true") + ", " + CHOICE)),
    ("unknown_ref", 'kind = "count"', 'kind = "count"\nfield = "x"'),
    ("not_positive", "rules_version = 1", "rules_version = 0"),
    ("not_positive", "step = 1", "step = 0"),
    ("not_positive", A, A[:-2] + ', deductions = [{ fact = "lan", points = 0 }] }'),
    ("not_positive", "step = 1", "step = 1\nrounding = { total = { to = -1 } }"),
    ("negative", "step = 1", 'step = 1\ntiers = [{ id = "t", title = "T", quota = -1 }]'),
    ("negative", "step = 1", "step = 1\ndisparity = { column_gap = -1 }"),
    ("empty_text", 'title = "Phiếu"', 'title = "  "'),
    ("empty_text", 'text = "Dưới 50"', 'text = ""'),
    ("empty_text", 'subjects = ["initiative"]', "subjects = []"),
    ("too_deep", A, nested(5)),
    ("kind_unclear", "max = 40", "scored = true"),
    ("kind_unclear", "max = 40", "max = 40, scored = false"),
    ("kind_unclear", A, LEVELS[:-2] + ", max = 60 }"),
    ("kind_unclear", A, GROUP[:-2] + ', value = { fact = "lan", rate = 1 } }'),
    ("key_not_here", A, A[:-2] + ", clip = true }"),
    ("key_not_here", A, A[:-2] + ", floor = 2 }"),
    ("key_not_here", A, GROUP.replace("max = 40", "max = 40, outside = true")),
    ("key_not_here", A, LEVELS[:-2] + ", min = 0 }"),
    ("key_not_here", A, GROUP[:-2] + ", step = 1 }"),
    ("key_not_here", A, GROUP[:-2] + ', column = "gk" }'),
    ("key_not_here", B, B + ', { id = "c", title = "C", scored = false, comment = "extremes" }'),
    ("key_not_here", B, B + ', { id = "c", title = "C", scored = false, min_pass = 1 }'),
    ("key_not_here", B, value("rate = 1")[:-2] + ', comment = "always" }'),
    ("key_not_here", B, value("rate = 1")[:-2] + ', deductions = [{ fact = "lan", points = 1 }] }'),
    ("key_not_here", B, value('base = 1, share_of = "max", round = { to = 1 }')),
    ("key_not_here", *form('{ id = "q", title = "Q", kind = "text", max = 5 }')),
    ("key_not_here", *form('{ id = "q", title = "Q", kind = "date", choices = [{ id = "x", title = "X" }] }')),
    ("sum_mismatch", "max = 40", "max = 35"),
    ("sum_mismatch", A, GROUP.replace("max = 40", "max = 39")[:-2] + ", max = 60 }"),
    ("sum_mismatch", A, GROUP.replace("max = 40", "max = 39")[:-2] + ", max = 60, clip = true }"),
    ("sum_mismatch", B, B[:-2] + ", outside = true }"),
    ("level_range", "max = 40", 'levels = [{ id = "x", title = "X", points = 40, to = 40 }]'),
    ("level_range", "max = 40", 'levels = [{ id = "x", title = "X", from = 1 }, { id = "y", title = "Y", points = 40 }]'),
    ("level_range", "max = 40", 'levels = [{ id = "x", title = "X" }, { id = "y", title = "Y", points = 40 }]'),
    ("level_range", "max = 40", 'levels = [{ id = "x", title = "X", from = 40, to = 1 }]'),
    ("empty_text", "max = 40", "levels = []"),
    ("empty_text", "max = 40", "criteria = [], max = 40"),
    ("range_order", "max = 40", "max = 40, min = 40"),
    ("range_order", *form('{ id = "q", title = "Q", kind = "number", min = 5, max = 5 }')),
    ("off_step", "step = 1", "step = 7"),
    ("off_step", "max = 40", "max = 40, min = 0.5"),
    ("off_step", A, LEVELS.replace("from = 1,", "from = 1.5,")),
    ("off_step", "step = 1", "step = 1\nrounding = { mark = { to = 3 } }"),
    ("off_step", B, value("rate = 1, round = { to = 3 }")),
    ("min_pass_range", "max = 40", "max = 40, min_pass = 41"),
    ("min_pass_range", A, GROUP[:-2] + ", min_pass = -1 }"),
    ("value_transform", B, value('rate = 1, share_of = "max", round = { to = 1 }')),
    ("value_transform", B, value("round = { to = 1 }")),
    ("share_round", B, value('share_of = "max"')),
    ("steps_order", B, value("steps = [{ from = 2, points = 1 }, { from = 2, points = 40 }]")),
    ("min_sheets_drop", COLUMN, COLUMN[:-2] + ', method = "trimmed_mean", drop = 1, min_sheets = 2 }'),
    ("min_sheets_drop", COLUMN, COLUMN[:-2] + ", min_sheets = 0 }"),
    ("drop_method", COLUMN, COLUMN[:-2] + ", drop = 1 }"),
    ("drop_method", COLUMN, COLUMN[:-2] + ', method = "trimmed_mean" }'),
    ("drop_conflict", COLUMN, COLUMN[:-2] + ', method = "median" }]\nrounding = { criterion = { to = 1 } }\ntiers = ['),
    ("sum_conflict", COLUMN, COLUMN[:-2] + ', method = "sum" }'),
    ("bands_order", "min = 50", "min = 80"),
    ("gate_test", ", total_below = 50", ""),
    ("gate_test", "total_below = 50", 'total_below = 50, fact = "lan", is = 1'),
    ("gate_test", "total_below = 50", "points_below = 5"),
    ("gate_test", "total_below = 50", 'fact = "lan"'),
    ("gate_test", "total_below = 50", 'fact = "lan", is = 1, below = 2'),
    ("gate_test", "total_below = 50", "total_below = 50, is = 1"),
    ("gate_test", "total_below = 50", 'total_below = 50, criteria = ["a"]'),
    ("cap_band", '"fail", total', '"cap", total'),
    ("cap_band", '"fail", total', '"fail", band = "x", total'),
    ("fraction_range", "total_below = 50", 'fraction_below = "3/2"'),
    ("fraction_range", "total_below = 50", "fraction_below = 0"),
    ("fraction_range", "total_below = 50", 'fraction_below = "1/0"'),
    ("fraction_range", *before_sheets(STAGE.format(kind="vote", rest="majority = 1.5"))),
    ("tier_order", "step = 1", 'step = 1\ntiers = [{ id = "t", title = "T", min = 5 }, { id = "u", title = "U", min = 6 }]'),
    ("tie_key", "step = 1", 'step = 1\nranking = { tie_break = [{ criterion = "a", fact = "lan" }] }'),
    ("tie_key", "step = 1", 'step = 1\nranking = { tie_break = [{ prefer = "low" }] }'),
    ("date_order", "effective_from = 2026-01-01", "effective_from = 2026-01-01\neffective_to = 2025-12-31"),
    ("date_order", *before_sheets(AWARD.format(rows=ROW.replace("mark", "valid_to = 2025-01-01, mark")))),
    ("choices_missing", ', { id = "cao", title = "Cao" }', ""),
    ("choices_missing", *form('{ id = "q", title = "Q", kind = "choice" }')),
    ("scalar_kind", 'kind = "count"', 'kind = "count"\ndefault = true'),
    ("scalar_kind", 'kind = "count"', 'kind = "count"\ndefault = 1.5'),
    ("scalar_kind", 'kind = "count"', 'kind = "count"\ndefault = -1'),
    ("scalar_kind", 'kind = "choice"', 'kind = "choice"\ndefault = "vua"'),
    ("scalar_kind", "total_below = 50", 'fact = "lan", is = "1"'),
    ("scalar_kind", "total_below = 50", 'fact = "loai", at_least = 1'),
    ("scalar_kind", *form(CHOICE + ", " + SHOWN.format(field="q", value="true"))),
    ("test_keys", *before_sheets('[[eligibility]]\nid = "e"\ntitle = "E"\ntest = "tenure"')),
    ("test_keys", *before_sheets('[[eligibility]]\nid = "e"\ntitle = "E"\ntest = "member"\nmonths = 3')),
    ("no_scored", f"{A},\n  {B},", '{ id = "a", title = "Một", scored = false },'),
    ("disparity_bands", 'bands = [{ id = "x", title = "X", min = 80 }, { id = "y", title = "Y", min = 50 }]', "disparity = { classes = true }"),
    ("stage_keys", *before_sheets(STAGE.format(kind="score", rest=""))),
    ("stage_keys", *before_sheets(STAGE.format(kind="vote", rest=""))),
    ("stage_keys", *before_sheets(STAGE.format(kind="check", rest='majority = "2/3"'))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "old", "new"), MISTAKES, ids=[f"{n}-{case[0]}" for n, case in enumerate(MISTAKES)])
def test_a_mistake_is_named_by_its_own_code(code: str, old: str, new: str) -> None:
    assert old in MINI
    text = MINI.replace(old, new, 1)
    if code == "no_scored":
        text = text.replace("step = 1", 'step = 1\nscale = "open"')
    reading = read_toml(text)
    assert {problem.code for problem in reading.problems} == {code}
    assert reading.movement is None
    for problem in reading.problems:
        assert "{" not in problem.sentence.replace(problem.place, "")
        assert problem.sentence.endswith(".")


def test_every_code_has_a_mistake_that_raises_it() -> None:
    assert {code for code, _, _ in MISTAKES} == set(SENTENCES)


def test_every_sentence_is_vietnamese_and_asks_for_nothing_in_vain() -> None:
    for code, sentence in SENTENCES.items():
        assert re.search("[ạảãàáăâđèéêìíòóôơùúưỳýỗộổậấầểệếềọỏốồớờởợụủứừửữựịỉĩỹ]", sentence), code
        assert "không hợp lệ" not in sentence
        assert "!" not in sentence


@pytest.mark.parametrize(
    ("old", "new", "place", "sentence"),
    [
        ("max = 40", "max = 0.5, min = 0.5", "sheets[0].criteria[1]", "sheets[0].criteria[1]: giá trị nhỏ nhất phải nhỏ hơn giá trị lớn nhất."),
        ("max = 40", "max = 35", "sheets[0].criteria", "sheets[0].criteria: tổng điểm các mục con là 95, cần đúng 100."),
        ('id = "mini"\n', "", "movement", "movement: thiếu mục «id»."),
        ("format = 1", "format = 1\nx = 1", "", "tệp: không có mục «x». Các mục được dùng: awards, eligibility, facts, form, format, movement, sheets, stages."),
        ('by = "judge"', 'by = "jury"', "sheets[0].columns[0].by", "sheets[0].columns[0].by: «jury» không dùng được. Chọn một trong: judge, self, unit, council."),
        ("max = 40", "max = 40,5", "", "Tệp không đọc được: dòng 25, số «40,5» phải viết là 40.5. Số thập phân viết bằng dấu chấm, ví dụ 12.5."),
    ],
)  # fmt: skip
def test_a_problem_says_where_it_stands(old: str, new: str, place: str, sentence: str) -> None:
    problems = read_toml(MINI.replace(old, new, 1)).problems
    assert (problems[0].place, problems[0].sentence) == (place, sentence)
