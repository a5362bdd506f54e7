"""Reading a movement: one validator behind every door, all problems at once, and the frozen form."""

# Rule files and the sentences about them stand as an organiser sees them, on one line.
# ruff: noqa: E501

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from core.scoring.canonical import (
    ChoiceUnknown,
    Quota,
    SeasonChoices,
    UnreadableSnapshot,
    canonical_bytes,
    digest,
    effective_sheet,
    read_canonical,
    read_season_document,
    season_document,
)
from core.scoring.misuse import MovementRefused
from core.scoring.movement import Column, Criterion, Movement, Sheet, ShowIf, Source
from core.scoring.reading import as_mapping, from_mapping, from_movement, load_movement, read_toml
from core.scoring.rules import Rules

VECTORS = Path(__file__).parent / "vectors"
MOVEMENTS = Path(__file__).parents[1] / "movements"
FILES = sorted(VECTORS.glob("*.toml"))
MINI = (VECTORS / "mini.toml").read_text("utf-8")

# Every key that the small movement leaves out, so that the frozen form is tried on all of them.
RICH = """
[form]
fields = [
  { id = "loai", title = "Loại", help = "Chọn một", section = "Chung", kind = "choice", required = true, choices = [{ id = "co", title = "Có" }, { id = "khong", title = "Không" }] },
  { id = "so", title = "Số", kind = "number", min = -1.5, max = 5 },
  { id = "ngay", title = "Ngày", kind = "date" },
  { id = "tep", title = "Tệp", kind = "file", max_files = 3, max_mb = 20, extensions = ["pdf", "jpg"] },
  { id = "them", title = "Thêm", kind = "text", max_length = 200, confidential = true, identifies = true, show_if = { field = "so", is = 2 } },
  { id = "sau", title = "Sau", kind = "text", show_if = { field = "ngay", is = 2026-05-01 } },
]
authors = { max = 3, share_step = 0.5 }
[[eligibility]]
id = "loai-co"
title = "Loại là có"
test = "field_is"
field = "loai"
is = "co"
[[eligibility]]
id = "so-hai"
title = "Số là hai"
effect = "warn"
source = { document = "QĐ 2", article = "Điều 3", date = 2020-02-29, mark = "V" }
test = "field_is"
field = "so"
is = 2
[[eligibility]]
id = "trong-ky"
title = "Trong kỳ"
test = "date_window"
field = "ngay"
from = 2026-01-01
to = 2026-12-31
[[eligibility]]
id = "doan-vien"
title = "Là đoàn viên"
test = "member"
[[eligibility]]
id = "don-vi"
title = "Đơn vị"
test = "unit_kind"
units = ["cd-co-so"]
[[stages]]
id = "cham"
title = "Chấm"
kind = "score"
sheets = ["s"]
panels = "by_field"
judges_min = 2
blind = "double"
advance_min = 50.5
advance_top = 10
[[stages]]
id = "bo-phieu"
title = "Bỏ phiếu"
kind = "vote"
majority = 0.75
base = "present"
"""


def rich() -> Movement:
    text = MINI.replace("[[facts]]", RICH + "[[facts]]", 1).replace(
        "total_below = 50 }]",
        'total_below = 50 }, { id = "g", text = "G", effect = "note", fact = "loai", at_least = "cao" }]\n'
        'tiers = [{ id = "nhat", title = "Nhất", min = 80, bands = ["x"], quota = 1 }, { id = "nhi", title = "Nhì" }]',
    )
    return read_toml(text).require("rich")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_door_gives_the_same_movement(path: Path) -> None:
    movement = load_movement(path)
    tables = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    assert from_mapping(tables).movement == movement
    assert from_movement(movement).movement == movement
    assert from_mapping(as_mapping(movement)).movement == movement


@pytest.mark.parametrize("movement", [*map(load_movement, FILES), rich()], ids=lambda movement: movement.id)
def test_frozen_bytes_give_the_movement_and_the_bytes_back(movement: Movement) -> None:
    content = canonical_bytes(movement)
    assert read_canonical(content) == movement
    assert canonical_bytes(read_canonical(content)) == content


def test_frozen_values_of_open_type_keep_their_type() -> None:
    movement = read_canonical(canonical_bytes(rich()))
    assert movement.form.fields[4].show_if == ShowIf(field="so", is_=Decimal(2))
    assert movement.form.fields[5].show_if == ShowIf(field="ngay", is_=date(2026, 5, 1))
    assert [rule.is_ for rule in movement.eligibility[:2]] == ["co", Decimal(2)]
    assert movement.stages[1].majority == Fraction(3, 4)


def test_computed_defaults_are_filled_in() -> None:
    sheet = load_movement(VECTORS / "nhieu-cot.toml").sheet("phieu")
    by_code = {criterion.id: criterion for criterion in sheet.walk()}
    assert by_code["A"].max == Decimal(50)
    assert by_code["A.2"].max == Decimal(20)
    assert (by_code["A.2"].min, by_code["A.2"].step, by_code["A"].step) == (None, Decimal("0.5"), None)
    assert (by_code["B.1"].min, by_code["phat"].min) == (Decimal(0), Decimal(-10))
    assert next(gate for gate in sheet.gates if gate.id == "nua").criteria == ("A", "B", "C")
    assert load_movement(MOVEMENTS / "tmg-pvt-individual" / "movement.toml").sheets[0].criteria[0].criteria[
        1
    ].floor == Decimal(0)
    assert load_movement(VECTORS / "vi-du-giai-thuong.toml").sheets[0].columns[0].min_sheets == 3
    assert load_movement(MOVEMENTS / "son-la-m03" / "movement.toml").sheets[0].official == "cham"


def test_subjects_are_a_set() -> None:
    text = MINI.replace('subjects = ["initiative"]', 'subjects = ["person", "initiative", "person"]')
    assert read_toml(text).require("mini").subjects == ("initiative", "person")


def test_text_is_composed_trimmed_and_has_one_kind_of_line_end() -> None:
    text = MINI.replace('title = "Phiếu"', 'title = "\\r\\n Phie\u0302\u0301u\\r\\nhai\\n"')
    assert read_toml(text).require("mini").sheets[0].title == "Phiếu\nhai"


def test_structure_is_read_to_the_end_before_meaning_is_looked_at() -> None:
    text = MINI.replace("max = 40", "max = 35, clip = 3, x = 1").replace('by = "judge"', 'by = "j"')
    assert [problem.code for problem in read_toml(text).problems] == ["unknown_key", "wrong_type", "bad_choice"]


def test_all_problems_of_meaning_come_at_once() -> None:
    text = MINI.replace("max = 40", "max = 35, min_pass = 36").replace("min = 50", "min = 90")
    problems = read_toml(text.replace("total_below = 50", 'criteria = ["z"], points_below = 1')).problems
    assert [(problem.code, problem.place) for problem in problems] == [
        ("min_pass_range", "sheets[0].criteria[1].min_pass"),
        ("sum_mismatch", "sheets[0].criteria"),
        ("bands_order", "sheets[0].bands"),
        ("unknown_ref", "sheets[0].gates[0].criteria[0]"),
    ]


def test_a_file_that_is_not_text_is_explained() -> None:
    assert [problem.code for problem in read_toml(b"\xff\xfe").problems] == ["toml_syntax"]
    assert read_toml(b"\xef\xbb\xbf" + MINI.encode()).movement == load_movement(VECTORS / "mini.toml")


def test_a_float_never_passes() -> None:
    tables: dict[str, Any] = tomllib.loads(MINI)
    tables["sheets"][0]["step"] = 0.5
    assert [problem.code for problem in from_mapping(tables).problems] == ["wrong_type"]


def test_loading_a_bad_file_raises_all_its_sentences(tmp_path: Path) -> None:
    path = tmp_path / "movement.toml"
    path.write_text(MINI.replace("max = 40", "max = 35"), "utf-8")
    with pytest.raises(MovementRefused) as caught:
        load_movement(path)
    assert str(caught.value) == "movement.toml\nsheets[0].criteria: tổng điểm các mục con là 95, cần đúng 100."


def test_a_movement_made_in_python_is_checked_and_completed() -> None:
    sheet = Sheet(
        id="s",
        title="Phiếu",
        subject="person",
        columns=(Column(id="gk", title="Giám khảo", by="judge", method="trimmed_mean", drop=1),),
        criteria=(Criterion(id="a", title="Một", max=Decimal(100)),),
    )
    movement = Movement(
        id="bang-python",
        title="Bằng Python",
        subjects=("person",),
        rules_version=1,
        effective_from=date(2026, 1, 1),
        legal_basis=(Source(document="Ví dụ", mark="D"),),
        sheets=(sheet,),
    )
    made = from_movement(movement).require("made")
    assert (made.sheets[0].columns[0].min_sheets, made.sheets[0].criteria[0].min) == (3, Decimal(0))
    wrong = replace(movement, sheets=(replace(sheet, scale=Decimal(90)),))
    assert [problem.code for problem in from_movement(wrong).problems] == ["sum_mismatch"]


# -- the second document of a season -----------------------------------------------------------------------------


def choices() -> SeasonChoices:
    return SeasonChoices(
        quotas={"s": {"nhat": Quota(quota=3, quota_per_unit=1)}},
        dates={"closes_at": datetime(2026, 11, 30, 17, 0, tzinfo=UTC), "opens_on": date(2026, 3, 1)},
    )


def test_a_season_freezes_the_movement_with_its_own_choices() -> None:
    content = season_document(rich(), choices())
    document = read_season_document(content)
    assert document.movement == rich()
    assert document.choices == replace(choices(), sheets={"cham": ("s",)})
    assert season_document(document.movement, document.choices) == content
    assert content.startswith(b'{"engine":"1","movement":{"awards":[],')


def test_the_effective_sheet_has_the_quotas_of_the_season() -> None:
    document = read_season_document(season_document(rich(), choices()))
    nhat, nhi = effective_sheet(document, "cham").tiers
    assert (nhat.quota, nhat.quota_per_unit, nhi.quota) == (3, 1, None)
    assert Rules(effective_sheet(document, "cham", "initiative"), document.movement.facts).official == "gk"


def test_a_season_cannot_choose_what_the_movement_does_not_have() -> None:
    movement = rich()
    for wrong, kind in [
        (SeasonChoices(sheets={"cham": ("t",)}), "sheet"),
        (SeasonChoices(sheets={"bo-phieu": ("s",)}), "stage"),
        (SeasonChoices(quotas={"t": {}}), "sheet"),
        (SeasonChoices(quotas={"s": {"ba": Quota()}}), "tier"),
        (SeasonChoices(quotas={"s": {"nhi": Quota(quota=-1)}}), "quota"),
    ]:
        with pytest.raises(ChoiceUnknown) as caught:
            season_document(movement, wrong)
        assert caught.value.kind == kind


def test_a_stage_or_subject_without_sheet_is_refused() -> None:
    document = read_season_document(season_document(rich(), choices()))
    for stage, subject in (("bo-phieu", None), ("cham", "person")):
        with pytest.raises(ChoiceUnknown):
            effective_sheet(document, stage, subject)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"engine":"2"}', b'{"engine":"1","format":"1"}'])
def test_bytes_that_are_no_frozen_rules_are_refused(content: bytes) -> None:
    with pytest.raises(UnreadableSnapshot):
        read_canonical(content)
    with pytest.raises(UnreadableSnapshot):
        read_season_document(content)


def test_the_digest_changes_with_every_rule() -> None:
    changed = MINI.replace("total_below = 50", "total_below = 51")
    assert digest(read_toml(changed).require("mini")) != digest(load_movement(VECTORS / "mini.toml"))
