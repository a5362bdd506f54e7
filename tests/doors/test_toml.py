"""A movement goes out as plain values or as TOML text and comes in again the same, and a problem names its line."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from core.doors.mapping import to_mapping
from core.doors.places import Places, line_of
from core.doors.problems import problems_of, toml_problems
from core.doors.schema import Top, held_by
from core.doors.toml_text import to_toml
from core.scoring.canonical import digest
from core.scoring.movement import Movement
from core.scoring.reading import from_mapping, from_movement, read_toml
from tests.doors.samples import EVERYTHING, FILES, drafts, movement_of, random_movements
from tests.scoring.test_misuse import MINI, MISTAKES

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
ALL = [*FILES, EVERYTHING]


def by_name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", ALL, ids=by_name)
def test_plain_values_and_text_give_the_same_digest(path: Path) -> None:
    movement = movement_of(path)
    assert digest(from_mapping(to_mapping(movement)).require("mapping")) == digest(movement)
    assert digest(read_toml(to_toml(movement)).require("text")) == digest(movement)
    assert digest(read_toml(to_toml(to_mapping(movement))).require("text")) == digest(movement)


@QUICK
@given(random_movements())
def test_any_sound_movement_comes_back_the_same(movement: Movement) -> None:
    assert from_mapping(to_mapping(movement)).movement == movement
    assert read_toml(to_toml(movement)).movement == movement
    assert to_mapping(read_toml(to_toml(movement)).require("text")) == to_mapping(movement)


def keys_said(values: Any, table: Any = Top) -> set[tuple[str, str]]:
    found = set()
    for name, value in values.items():
        found.add((table.__name__, name))
        held = held_by(table)[name]
        if held.table is not None:
            for inner in value if held.is_list else [value]:
                found |= keys_said(inner, held.table)
    return found


def keys_known(table: Any = Top, seen: frozenset[Any] = frozenset()) -> set[tuple[str, str]]:
    found = {(table.__name__, name) for name in held_by(table)}
    for held in held_by(table).values():
        if held.table is not None and held.table not in seen:
            found |= keys_known(held.table, seen | {held.table})
    return found


def test_the_full_sample_says_every_key_of_the_format() -> None:
    assert keys_known() - keys_said(to_mapping(movement_of(EVERYTHING))) == set()


def test_what_the_format_fills_in_itself_is_left_out() -> None:
    mapping = to_mapping(read_toml(MINI).require("mini"))
    assert mapping["sheets"] == [
        {
            "id": "s",
            "title": "Phiếu",
            "subject": "initiative",
            "criteria": [{"id": "a", "title": "Một", "max": 60}, {"id": "b", "title": "Hai", "max": 40}],
            "columns": [{"id": "gk", "title": "Giám khảo", "by": "judge"}],
            "bands": [{"id": "x", "title": "X", "min": 80}, {"id": "y", "title": "Y", "min": 50}],
            "gates": [{"id": "san", "text": "Dưới 50", "effect": "fail", "total_below": 50}],
        }
    ]
    assert list(mapping) == ["format", "movement", "facts", "sheets"]


def test_a_whole_fraction_is_read_again() -> None:
    text = MINI.replace("step = 1", "step = 1\nranking = { vote = 1 }")
    movement = read_toml(text).require("mini")
    assert from_movement(movement).movement == movement
    assert to_mapping(movement)["sheets"][0]["ranking"] == {"vote": "1/1"}


def without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_none(item) for key, item in value.items() if item is not None}
    return [without_none(item) for item in value] if isinstance(value, list) else value


@QUICK
@given(drafts)
def test_any_draft_of_plain_values_can_be_taken_away_as_text(draft: dict[str, Any]) -> None:
    text = to_toml(draft)
    read = tomllib.loads(text, parse_float=Decimal)
    assert read == draft
    places = Places(text)
    lines = text.split("\n")
    for name in (name for name in draft if name.isalnum() and name.isascii()):
        line = places.line_of(name)
        assert line is not None
        assert name in lines[line - 1]


def test_a_draft_keeps_what_is_wrong_with_it() -> None:
    draft = {"format": 1, "movement": {"id": "Sai", "title": None, "subjects": []}, "sheets": [], "x y": "lạ"}
    text = to_toml(draft)
    assert text == 'format = 1\nsheets = []\n"x y" = "lạ"\n\n[movement]\nid = "Sai"\nsubjects = []\n'
    assert read_toml(text).problems == from_mapping(without_none(draft)).problems


def test_a_value_without_a_form_in_toml_is_refused() -> None:
    with pytest.raises(TypeError, match="TOML has no float"):
        to_toml({"format": 1.0})


def test_text_is_readable() -> None:
    text = to_toml(movement_of(EVERYTHING))
    assert max(len(line) for line in text.splitlines()) <= 140
    assert (
        '\nsummary = """\nDòng một có \\"ngoặc kép\\".\nDòng hai: C:\\\\thu-muc"""\n'
        'subjects = ["collective", "initiative", "person"]\n'
    ) in text
    assert (
        "\nbands = [\n"
        '  { id = "a", title = "A", min = 90, next = "Đề nghị cấp trên" },\n'
        '  { id = "b", title = "B", min = 50.5 },\n'
        "]\n"
    ) in text
    headings = [line for line in text.splitlines() if line.startswith("[") and "." not in line]
    assert list(dict.fromkeys(headings)) == [
        "[movement]", "[form]", "[[facts]]", "[[eligibility]]", "[[stages]]", "[[sheets]]", "[[awards]]"
    ]  # fmt: skip


# --- Lines ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("format", "format = 1"),
        ("movement", "[movement]"),
        ("movement.effective_to", "effective_to = 2027-01-01"),
        ("movement.legal_basis[1].mark", "legal_basis = ["),
        ("form.fields[1].show_if.is", "show_if = {"),
        ("form.fields[3]", "[[form.fields]]"),
        ("sheets[0].bands[1].min", "bands = ["),
        ("sheets[0].gates[3].is", '{ id = "g4"'),
        ("sheets[0].criteria[0].criteria[1].floor", '{ id = "1.2"'),
        ("sheets[0].criteria[1].levels[1].points", '{ id = "2b"'),
        ("sheets[0].criteria[4].min", "min = 1"),
        ("sheets[1].criteria[0].max", 'criteria = [{ id = "x"'),
        ("awards[0].thresholds[1].min_count", '{ person = "ql"'),
    ],
)
def test_a_path_is_found_on_its_line(place: str, said: str) -> None:
    text = EVERYTHING.read_text("utf-8")
    line = line_of(text, place)
    assert line is not None
    assert text.splitlines()[line - 1].strip().startswith(said)


def test_a_key_that_is_missing_stands_at_the_table_that_lacks_it() -> None:
    text = EVERYTHING.read_text("utf-8")
    assert line_of(text, "sheets[1].criteria[0].min") == line_of(text, "sheets[1].criteria[0]")
    assert line_of(text, "sheets[0].criteria[9].max") == line_of(text, "sheets[0].criteria")
    assert line_of(text, "movement.x.y") == line_of(text, "movement")
    assert line_of(text, "") is None
    assert line_of("", "format") is None


@pytest.mark.parametrize("path", ALL, ids=by_name)
def test_every_value_of_a_file_has_a_line_that_names_it(path: Path) -> None:
    text = path.read_text("utf-8")
    lines, places = text.splitlines(), Places(text)

    def walk(value: Any, place: str) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                at = f"{place}.{name}" if place else name
                line = places.line_of(at)
                assert line is not None
                assert name in lines[line - 1], at
                walk(inner, at)
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                walk(inner, f"{place}[{number}]")

    walk(tomllib.loads(text), "")


@pytest.mark.parametrize(
    "text", ["a", "[", "[[a]", "a = ", 'a = "', "a = {b", "= 1", "\x00", "a = [" * 2000, "]", '"\\x" = 1']
)
def test_what_is_not_toml_never_fails_the_search_for_a_line(text: str) -> None:
    assert line_of(text, "b[0].c") is None


@pytest.mark.parametrize(("code", "old", "new"), MISTAKES)
def test_every_mistake_in_a_file_names_its_line(code: str, old: str, new: str) -> None:
    text = MINI.replace(old, new, 1)
    found = [each for each in toml_problems(text, read_toml(text)) if each.code == code]
    assert found
    for each in found:
        if each.line is None:
            # What concerns the file as a whole, or a table that it lacks altogether.
            assert each.place in {"", "format", "movement"} or "." not in each.place
        else:
            assert each.where == f"dòng {each.line}"
            assert 1 <= each.line <= text.count("\n") + 1


def test_an_unknown_key_stands_on_its_own_line() -> None:
    text = MINI.replace("step = 1", "step = 1\nsteps = 1")
    (found,) = toml_problems(text, read_toml(text))
    assert (found.place, found.line) == ("sheets[0].steps", text.split("\n").index("steps = 1") + 1)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("step = 1", "step = 0,5", "dòng 22, số «0,5» phải viết là 0.5"),
        ("max = 40", "max = 12,5", "dòng 25, số «12,5» phải viết là 12.5"),
        ('title = "Hai", max = 40', 'title = "= 1,5", max = 40,25', "dòng 25, số «40,25» phải viết là 40.25"),
        ("max = 40", "max == 40", "dòng 25, cột 35 viết sai"),
    ],
)
def test_a_decimal_comma_is_explained_with_its_line(old: str, new: str, told: str) -> None:
    text = MINI.replace(old, new)
    (found,) = toml_problems(text, read_toml(text))
    assert found.code == "toml_syntax"
    assert found.sentence == f"Tệp không đọc được: {told}. Số thập phân viết bằng dấu chấm, ví dụ 12.5."
    assert found.where == told.split(",", maxsplit=1)[0] == f"dòng {found.line}"


def test_problems_carry_the_words_of_their_door() -> None:
    text = MINI.replace('title = "Phiếu"\n', "").replace("max = 40", "max = 41")
    found = problems_of(read_toml(text), lambda place: f"Trường «{place}»")
    assert [(each.code, each.place, each.where, each.sentence) for each in found] == [
        (
            "missing_key",
            "sheets[0].title",
            "Trường «sheets[0].title»",
            "Trường «sheets[0].title»: thiếu mục «title».",
        )
    ]
    (found_sum,) = problems_of(read_toml(MINI.replace("max = 40", "max = 41")), lambda place: "")
    assert found_sum.sentence == "sheets[0].criteria: tổng điểm các mục con là 101, cần đúng 100."
