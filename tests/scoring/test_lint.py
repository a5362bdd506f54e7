"""Remarks on movements: each made-up fault is named where it stands, and a good movement has none."""

from __future__ import annotations

import copy
import dataclasses
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.scoring.lint import lint
from core.scoring.reading import from_mapping, load_movement
from core.scoring.remarks import REMARKS, remark

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).with_name("lint.tsv")
SHIPPED = sorted((ROOT / "plugins").glob("*/movement.toml"))

GOOD = """
format = 1
[movement]
id = "cong-nhan-xanh"
title = "Công nhân xanh"
summary = "Mỗi tổ một việc làm cho nơi làm việc sạch hơn."
subjects = ["initiative"]
rules_version = 1
effective_from = 2026-01-01
legal_basis = [{ document = "Kế hoạch 12/KH-LĐLĐ", mark = "V" }]
[form]
fields = [
  { id = "linh-vuc", title = "Làm việc ở lĩnh vực nào?", help = "Chọn lĩnh vực gần nhất.", kind = "choice", required = true, choices = [{ id = "che", title = "Chè" }, { id = "y-te", title = "Y tế" }] },
  { id = "viec", title = "Đã làm được việc gì?", help = "Kể ba câu.", kind = "longtext", required = true },
]
[[facts]]
id = "vi-pham"
title = "Số lần vi phạm"
kind = "count"
default = 0
[[eligibility]]
id = "la-doan-vien"
title = "Là đoàn viên"
test = "member"
source = { document = "Kế hoạch 12/KH-LĐLĐ", mark = "V" }
[[stages]]
id = "cham"
title = "Giám khảo chấm"
kind = "score"
sheets = ["phieu"]
judges_min = 2
[[stages]]
id = "bo-phieu"
title = "Hội đồng bỏ phiếu"
kind = "vote"
majority = "2/3"
[[sheets]]
id = "phieu"
title = "Phiếu chấm"
subject = "initiative"
source = { document = "Kế hoạch 12/KH-LĐLĐ", mark = "V" }
columns = [{ id = "gk", title = "Giám khảo", by = "judge", min_sheets = 2 }]
bands = [{ id = "a", title = "A", min = 80 }, { id = "b", title = "B", min = 50 }, { id = "c", title = "C", min = 0 }]
gates = [{ id = "duoi-40", text = "Dưới 40 điểm: không đạt", effect = "fail", total_below = 40 },
         { id = "vi-pham", text = "Có vi phạm: cao nhất loại B", effect = "cap", band = "b", fact = "vi-pham", at_least = 1 }]
disparity = { spread = 20 }
ranking = { tie_break = [{ criterion = "1" }], vote = "2/3" }
tiers = [{ id = "nhat", title = "Giải Nhất", min = 80, quota = 1 }, { id = "nhi", title = "Giải Nhì", min = 50, quota = 3 }]
criteria = [
  { id = "1", title = "Hiệu quả", guidance = "Có số trước và sau.", min_pass = 10, levels = [
    { id = "1a", title = "Rõ", from = 31, to = 60 }, { id = "1b", title = "Có", from = 1, to = 30 }, { id = "1c", title = "Không", points = 0 } ] },
  { id = "2", title = "Lan tỏa", guidance = "Bao nhiêu tổ làm theo.", max = 40 },
]
"""  # noqa: E501

Edit = Callable[[dict[str, Any]], None]


def setting(path: str, value: Any) -> Edit:
    """Return an edit that puts a value at a path like `sheets.0.step`; None takes the key away."""

    def edit(raw: dict[str, Any]) -> None:
        *above, last = path.split(".")
        table: Any = raw
        for part in above:
            table = table[int(part)] if part.isdigit() else table[part]
        key: Any = int(last) if last.isdigit() else last
        if value is None:
            del table[key]
        else:
            table[key] = value

    return edit


def both(*edits: Edit) -> Edit:
    """Return an edit that does several."""

    def edit(raw: dict[str, Any]) -> None:
        for one in edits:
            one(raw)

    return edit


def adding(path: str, value: Any) -> Edit:
    """Return an edit that appends to the list at a path."""

    def edit(raw: dict[str, Any]) -> None:
        table: Any = raw
        for part in path.split("."):
            table = table[int(part)] if part.isdigit() else table[part]
        table.append(value)

    return edit


def remarks_of(edit: Edit) -> list[tuple[str, str]]:
    raw = copy.deepcopy(tomllib.loads(GOOD, parse_float=Decimal))
    edit(raw)
    return [(each.code, each.place) for each in lint(from_mapping(raw).require("thử"))]


LEVELS = "sheets.0.criteria.0.levels"
GATES = "sheets.0.gates"
TOTAL = {"id": "thu", "text": "Điều kiện thử", "effect": "note"}
LONG = "Ẳ" * 141

FAULTS: dict[str, tuple[Edit, list[tuple[str, str]]]] = {
    "no summary": (setting("movement.summary", ""), [("no_summary", "movement.summary")]),
    "a long summary": (setting("movement.summary", "Ễ" * 401), [("summary_long", "movement.summary")]),
    "a long title of the movement": (setting("movement.title", "Ợ" * 101), [("title_long", "movement.title")]),
    "a long title of a level": (
        setting(f"{LEVELS}.0.title", LONG), [("title_long", "sheets[0].criteria[0].levels[0].title")],
    ),
    "an unverified document": (
        setting("movement.legal_basis.0.mark", "UNVERIFIED"), [("unverified", "movement.legal_basis[0]")],
    ),
    "an unverified sheet": (
        setting("sheets.0.source.mark", "UNVERIFIED"), [("unverified", "sheets[0].source")],
    ),
    "an unverified criterion": (
        setting("sheets.0.criteria.1.mark", "UNVERIFIED"), [("marks_unverified", "sheets[0].criteria")],
    ),
    "a sheet from nowhere": (setting("sheets.0.source", None), [("sheet_no_source", "sheets[0].source")]),
    "a condition without a document": (
        setting("eligibility.0.source", None), [("eligibility_no_source", "eligibility[0].source")],
    ),
    "a required question without help": (
        setting("form.fields.1.help", ""), [("question_no_help", "form.fields[1].help")],
    ),
    "another question without help": (
        adding("form.fields", {"id": "them", "title": "Kể thêm", "kind": "text"}),
        [("optional_no_help", "form.fields[2].help")],
    ),
    "a long help": (setting("form.fields.1.help", "Ắ" * 241), [("help_long", "form.fields[1].help")]),
    "nine required answers": (
        both(*(adding("form.fields", {"id": f"cau-{n}", "title": f"Câu {n}", "help": "Kể.", "kind": "text",
                                      "required": True}) for n in range(6))),
        [("too_many_required", "form.fields")],
    ),
    "prizes by field without a field": (
        both(setting("sheets.0.tiers.0.quota_per_field", 1), setting("form.fields.0", None)),
        [("no_field_question", "sheets[0].ranking")],
    ),
    "a fact that nothing reads": (
        adding("facts", {"id": "khac", "title": "Khác", "kind": "yesno"}), [("fact_unused", "facts[1]")],
    ),
    "a subject without a sheet": (
        setting("movement.subjects", ["initiative", "person"]), [("subject_unscored", "movement.subjects")],
    ),
    "no stage that scores": (setting("stages.0", None), [("no_score_stage", "stages"), ("sheet_unused", "sheets[0]")]),
    "fewer judges than sheets": (
        setting("sheets.0.columns.0.min_sheets", 3), [("few_judges", "stages[0].judges_min")],
    ),
    "one judge and a comparison of judges": (
        both(setting("stages.0.judges_min", 1), setting("sheets.0.columns.0.min_sheets", 1)),
        [("disparity_few_judges", "sheets[0].disparity")],
    ),
    "a comparison that is over before it begins": (
        setting("sheets.0.disparity", {"spread": 20, "resolve_at": 2}),
        [("disparity_never", "sheets[0].disparity.resolve_at")],
    ),
    "columns compared where there is one": (
        setting("sheets.0.disparity", {"column_gap": 10}),
        [("column_gap_alone", "sheets[0].disparity.column_gap")],
    ),
    "a vote that nobody holds": (setting("stages.1", None), [("vote_without_stage", "sheets[0].ranking.vote")]),
    "levels that overlap": (
        setting(f"{LEVELS}.1.to", 31), [("levels_overlap", "sheets[0].criteria[0].levels[0]")],
    ),
    "levels that leave a gap": (
        setting(f"{LEVELS}.1.to", 28), [("levels_gap", "sheets[0].criteria[0].levels[0]")],
    ),
    "a gap at half points only": (
        setting("sheets.0.step", Decimal("0.5")),
        [("levels_gap", "sheets[0].criteria[0].levels[1]"), ("levels_gap", "sheets[0].criteria[0].levels[0]")],
    ),
    "two fixed levels of the same points": (
        adding(LEVELS, {"id": "1d", "title": "Cũng không", "points": 0}),
        [("levels_overlap", "sheets[0].criteria[0].levels[3]")],
    ),
    "a criterion without a word": (
        setting("sheets.0.criteria.1.guidance", ""), [("criterion_no_guidance", "sheets[0].criteria[1].guidance")],
    ),
    "levels with names alone": (
        setting("sheets.0.criteria.0.guidance", ""), [("levels_no_guidance", "sheets[0].criteria[0].levels")],
    ),
    "a bonus above the scale": (
        adding("sheets.0.criteria", {"id": "3", "title": "Cộng", "guidance": "Xem.", "max": 5, "outside": True}),
        [("above_scale", "sheets[0].criteria")],
    ),
    "a group that is cut off": (
        setting("sheets.0.criteria.1", {
            "id": "2", "title": "Lan tỏa", "max": 40, "clip": True,
            "criteria": [{"id": "2.1", "title": "Trong tổ", "guidance": "Xem.", "max": 30},
                         {"id": "2.2", "title": "Ngoài tổ", "guidance": "Xem.", "max": 20}]}),
        [("group_clipped", "sheets[0].criteria[1].max")],
    ),
    "steps that end under the maximum": (
        setting("sheets.0.criteria.1", {"id": "2", "title": "Lan tỏa", "max": 40,
                                        "value": {"fact": "vi-pham", "steps": [{"from": 0, "points": 30}]}}),
        [("value_below_max", "sheets[0].criteria[1].value.steps")],
    ),
    "a minimum that fails nobody": (
        setting("sheets.0.criteria.0.min_pass", 0), [("min_pass_never", "sheets[0].criteria[0].min_pass")],
    ),
    "a minimum at the maximum": (
        setting("sheets.0.criteria.0.min_pass", 60), [("min_pass_full", "sheets[0].criteria[0].min_pass")],
    ),
    "a band above the maximum": (
        setting("sheets.0.bands.0.min", 101), [("band_unreachable", "sheets[0].bands[0].min")],
    ),
    "a band behind another": (
        both(setting("sheets.0.bands.1.min", 0), setting("sheets.0.bands.2.min", -5), setting(f"{GATES}.0", None)),
        [("band_shadowed", "sheets[0].bands[2]")],
    ),
    "a band that fails before": (
        setting(f"{GATES}.0.total_below", 50), [("band_failed", "sheets[0].bands[2]")],
    ),
    "totals below every band that fail": (
        both(setting("sheets.0.bands.2", None), setting(f"{GATES}.0.total_below", 50)), [],
    ),
    "totals below every band that pass": (
        both(setting("sheets.0.bands.2", None), setting(f"{GATES}.0", None)), [("below_bands", "sheets[0].bands")],
    ),
    "a total condition that never fires": (
        adding(GATES, {**TOTAL, "total_below": 0}), [("gate_never", "sheets[0].gates[2]")],
    ),
    "a total condition that always fires": (
        adding(GATES, {**TOTAL, "total_below": 101}), [("gate_always", "sheets[0].gates[2]")],
    ),
    "a points condition that always fires": (
        adding(GATES, {**TOTAL, "points_below": 41, "criteria": ["2"]}), [("gate_always", "sheets[0].gates[2]")],
    ),
    "a fact condition that always fires": (
        setting(f"{GATES}.1.at_least", 0), [("gate_always", "sheets[0].gates[1]")],
    ),
    "a fact condition that never fires": (
        both(setting(f"{GATES}.1.at_least", None), setting(f"{GATES}.1.below", 0)),
        [("gate_never", "sheets[0].gates[1]")],
    ),
    "a cap at the highest band": (setting(f"{GATES}.1.band", "a"), [("cap_no_effect", "sheets[0].gates[1].band")]),
    "a tier without prizes": (setting("sheets.0.tiers.0.quota", 0), [("tier_quota_zero", "sheets[0].tiers[0]")]),
    "a tier above the maximum": (
        setting("sheets.0.tiers.0.min", 101), [("tier_unreachable", "sheets[0].tiers[0].min")],
    ),
    "a tier above its band": (
        both(setting("sheets.0.tiers.1.bands", ["c"]), setting("sheets.0.tiers.1.min", 50)),
        [("tier_unreachable", "sheets[0].tiers[1].min")],
    ),
    "a tier of a band nobody has": (
        both(setting("sheets.0.bands.0.min", 101), setting("sheets.0.tiers.0.bands", ["a"])),
        [("band_unreachable", "sheets[0].bands[0].min"), ("tier_no_band", "sheets[0].tiers[0].bands")],
    ),
    "a tier behind one without a limit": (
        both(setting("sheets.0.tiers.0.quota", None), setting("sheets.0.tiers.0.min", 50)),
        [("tier_shadowed", "sheets[0].tiers[1]")],
    ),
    "no order among equals": (
        setting("sheets.0.ranking", {"vote": "2/3"}), [("no_tie_break", "sheets[0].ranking.tie_break")],
    ),
}  # fmt: skip


def test_a_good_movement_has_no_remark() -> None:
    assert remarks_of(lambda raw: None) == []


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_remarked_where_it_stands(name: str) -> None:
    edit, expected = FAULTS[name]
    assert remarks_of(edit) == expected


def test_what_only_a_value_made_in_python_can_lack_is_remarked_too() -> None:
    movement = from_mapping(tomllib.loads(GOOD, parse_float=Decimal)).require("thử")
    sheet = movement.sheets[0]
    first = dataclasses.replace(sheet.criteria[0], min_pass=Decimal(61))
    made = dataclasses.replace(
        movement, legal_basis=(), sheets=(dataclasses.replace(sheet, criteria=(first, sheet.criteria[1])),)
    )
    assert [(each.code, each.place) for each in lint(made)] == [
        ("no_legal_basis", "movement.legal_basis"), ("min_pass_always", "sheets[0].criteria[0].min_pass"),
    ]  # fmt: skip


def test_no_remark_is_left_untried() -> None:
    tried = {code for _edit, expected in FAULTS.values() for code, _place in expected}
    # The awards above a season are tried on the movement that ships with one.
    assert set(REMARKS) - tried == {"no_legal_basis", "min_pass_always", "thresholds_unverified"}


def test_a_remark_says_what_is_wrong_and_what_to_do() -> None:
    said = remark("levels_gap", "sheets[0].criteria[0].levels[0]", title="Hiệu quả", points="15–16",
                  lower="Vừa", upper="Cao")  # fmt: skip
    assert said.as_dict() == {
        "code": "levels_gap",
        "level": "warn",
        "place": "sheets[0].criteria[0].levels[0]",
        "sentence": "«Hiệu quả»: 15–16 điểm không thuộc mức nào. Nối mức «Vừa» với mức «Cao».",
    }


def test_half_points_are_written_with_a_comma() -> None:
    raw = tomllib.loads(GOOD, parse_float=Decimal)
    raw["sheets"][0]["step"] = Decimal("0.5")
    assert [each.sentence for each in lint(from_mapping(raw).require("thử"))] == [
        "«Hiệu quả»: 0,5 điểm không thuộc mức nào. Nối mức «Không» với mức «Có».",
        "«Hiệu quả»: 30,5 điểm không thuộc mức nào. Nối mức «Có» với mức «Rõ».",
    ]


def test_the_remarks_on_shipped_movements_are_known() -> None:
    """Kept in lint.tsv; written anew by `python -m tests.scoring.test_lint` when a movement or a remark changes."""
    assert golden() == GOLDEN.read_text("utf-8")


def golden() -> str:
    """Return movement, weight, code and place of every remark on the movements in plugins/, a line each."""
    lines = ["movement\tlevel\tcode\tplace"]
    for file in SHIPPED:
        movement = load_movement(file)
        lines += ["\t".join((movement.id, each.level, each.code, each.place)) for each in lint(movement)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    GOLDEN.write_text(golden(), "utf-8")
