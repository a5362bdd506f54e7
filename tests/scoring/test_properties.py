"""What holds for every rule file: the engine equals the naive one, sheet order says nothing, higher is never lower."""

from __future__ import annotations

import math
import random
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from core.scoring.canonical import canonical_bytes, read_canonical
from core.scoring.engine1 import score
from core.scoring.movement import Movement
from core.scoring.reading import from_mapping, from_movement, read_toml
from core.scoring.rules import Rules
from tests.scoring import naive
from tests.scoring.random_movements import TRY

VECTORS = Path(__file__).parent / "vectors"
MOVEMENTS = Path(__file__).parents[1] / "movements"
FILES = [
    (path, sheet["id"])
    for path in sorted([*VECTORS.glob("*.toml"), *MOVEMENTS.glob("*/movement.toml")])
    for sheet in naive.load(path.read_text("utf-8"))["sheets"]
]

numbers = st.sampled_from(["0", "1", "2", "2.5", "3", "7", "10", "12", "19.5", "20", "31", "40", "-1", "x", ""])
fact_values = st.one_of(st.none(), st.booleans(), st.sampled_from(["0", "1", "3", "2.5", "-2", "tot", "khong", "dat"]))


@st.composite
def sheets_for(draw: st.DrawFn, sheet: dict[str, Any]) -> list[dict[str, Any]]:
    """Fill up to five sheets, mostly soundly, so that some of them count."""
    filler = naive._Naive({"sheets": [sheet]}, sheet["id"])
    columns = [column["id"] for column in filler.columns]
    filled = []
    for number in range(draw(st.integers(0, 5))):
        column = draw(st.sampled_from([*columns, columns[-1], columns[-1], "khac"]))
        marks = {}
        for criterion in filler.order:
            mine = criterion.get("column", column) == column
            if mine and not criterion.get("scored", True):
                marks[criterion["id"]] = {"comment": "Có."}
            elif mine and filler.judged(criterion):
                marks[criterion["id"]] = draw(marks_for(filler, criterion))
        filled.append({"id": f"s{number}", "column": column, "marks": marks})
    return filled


@st.composite
def marks_for(draw: st.DrawFn, filler: Any, criterion: dict[str, Any]) -> dict[str, Any]:
    mark: dict[str, Any] = {"comment": draw(st.sampled_from(["Có.", "Có.", "Có.", " "]))}
    low, high = filler.low(criterion), filler.high(criterion)
    if "levels" in criterion:
        level = draw(st.sampled_from(criterion["levels"]))
        mark["level"] = level["id"]
        low = Fraction(level.get("points", level.get("from")))
        high = Fraction(level.get("points", level.get("to")))
    step = Decimal(str(criterion.get("step", filler.sheet.get("step", 1))))
    if draw(st.integers(0, 15)) == 0:
        mark["points"] = draw(numbers)
    else:
        whole = draw(st.integers(math.ceil(low / Fraction(step)), math.floor(high / Fraction(step))))
        mark["points"] = format(whole * step, "f")
    return mark


@st.composite
def known_cases(draw: st.DrawFn) -> tuple[dict[str, Any], Movement, str, list[dict[str, Any]], dict[str, Any]]:
    path, sheet_id = draw(st.sampled_from(FILES))
    text = path.read_text("utf-8")
    tables = naive.load(text)
    movement = read_toml(text).require(path.name)
    sheet = next(each for each in tables["sheets"] if each["id"] == sheet_id)
    return tables, movement, sheet_id, draw(sheets_for(sheet)), draw(facts_for(tables))


@st.composite
def facts_for(draw: st.DrawFn, tables: dict[str, Any]) -> dict[str, Any]:
    """Give most facts a value of their kind, and some none or a wrong one."""
    facts: dict[str, Any] = {}
    for fact in tables.get("facts", []):
        sound: dict[str, Any] = {
            "yesno": st.booleans(),
            "choice": st.sampled_from([choice["id"] for choice in fact.get("choices", [])] or ["x"]),
            "count": st.integers(0, 12).map(str),
            "number": st.decimals(0, 20, places=2).map(str),
        }
        facts[fact["id"]] = draw(fact_values if draw(st.integers(0, 12)) == 0 else sound[fact["kind"]])
        facts[fact["id"] + ".max"] = str(draw(st.integers(8, 13)))
    return facts


@st.composite
def made_cases(draw: st.DrawFn) -> tuple[dict[str, Any], Movement, str, list[dict[str, Any]], dict[str, Any]]:
    """Make a movement of random rules on an open scale, with everything that such a sheet may say."""
    tables = draw(tables_of_random_rules())
    reading = from_mapping(tables)
    assume(reading.movement is not None)
    assert reading.movement is not None
    return tables, reading.movement, "s", draw(sheets_for(tables["sheets"][0])), draw(facts_for(tables))


@st.composite
def tables_of_random_rules(draw: st.DrawFn) -> dict[str, Any]:
    method = draw(st.sampled_from(["mean", "median", "trimmed_mean", "sum"]))
    over = draw(st.sampled_from(["sheet", "criterion"]))
    careful = method == "sum" or (over == "sheet" and method != "mean")
    column: dict[str, Any] = {"id": "gk", "title": "GK", "by": "judge", "method": method, "over": over}
    if method == "trimmed_mean":
        column["drop"] = draw(st.integers(1, 2))
    columns = [{"id": "tu", "title": "Tự chấm", "by": "self"}, column][draw(st.integers(0, 1)) :]
    criteria = [draw(random_criterion(f"c{number}", careful=careful)) for number in range(draw(st.integers(1, 4)))]
    rounding: dict[str, Any] = {}
    for key, steps in (("mark", ["1"]), ("criterion", ["0.1", "3"]), ("total", ["0.01", "0.5", "7"])):
        if draw(st.booleans()) and not (key == "criterion" and careful):
            mode = draw(st.sampled_from(["half_up", "half_even", "up"]))
            rounding[key] = {"to": Decimal(draw(st.sampled_from(steps))), "mode": mode}
    gates = [draw(random_gate(f"g{n}", criteria, careful=careful)) for n in range(draw(st.integers(0, 3)))]
    sheet = {
        "id": "s",
        "title": "S",
        "subject": "initiative",
        "scale": "open",
        "step": draw(st.sampled_from([1, Decimal("0.5")])),
        "columns": columns,
        "criteria": criteria,
        "rounding": rounding,
        "gates": gates,
        "bands": [{"id": "a", "title": "A", "min": 60}, {"id": "b", "title": "B", "min": 30}],
        "disparity": {
            "classes": draw(st.booleans()),
            "spread": draw(st.sampled_from([0, 5, 20])),
            "resolve_at": draw(st.integers(2, 4)),
            "column_gap": 4,
        },
    }
    facts = [{"id": "n", "title": "N", "kind": "count"}, {"id": "m", "title": "M", "kind": "number", "default": 2}]
    head = {
        "id": "m",
        "title": "M",
        "subjects": ["initiative"],
        "rules_version": 1,
        "effective_from": date(2026, 1, 1),
        "legal_basis": [{"document": "D", "mark": "D"}],
    }
    return {"format": 1, "movement": head, "facts": facts, "sheets": [sheet]}


@st.composite
def random_criterion(draw: st.DrawFn, code: str, *, careful: bool, depth: int = 1) -> dict[str, Any]:
    kind = draw(st.sampled_from(["points", "levels", "value", "remark", "group"][: 5 if depth < 3 else 4]))
    criterion: dict[str, Any] = {"id": code, "title": code}
    if kind == "group":
        criterion["criteria"] = [
            draw(random_criterion(f"{code}.{n}", careful=careful, depth=depth + 1))
            for n in range(draw(st.integers(1, 3)))
        ]
        if not careful and draw(st.booleans()):
            criterion |= {"clip": True, "max": draw(st.integers(1, 20))}
        return criterion
    if kind == "remark":
        return criterion | {"scored": False}
    if kind == "value":
        steps = [{"from": 1, "points": 2}, {"from": 5, "points": 9}]
        transform = draw(
            st.sampled_from([{"rate": Decimal("0.7"), "base": 1}, {"share_of": "max", "round": {"to": 1}},
                             {"share_of": "m", "round": {"to": Decimal("0.5"), "mode": "up"}}, {"steps": steps}])
        )  # fmt: skip
        return criterion | {"max": draw(st.integers(3, 20)), "value": {"fact": "n"} | transform}
    if kind == "levels":
        criterion["levels"] = [
            {"id": "cao", "title": "Cao", "from": 6, "to": 20},
            {"id": "vua", "title": "Vừa", "from": 1, "to": 9},
            {"id": "khong", "title": "Không", "points": 0},
        ]
    else:
        criterion |= {"min": draw(st.sampled_from([0, -5])), "max": draw(st.integers(1, 40))}
    criterion["comment"] = draw(st.sampled_from(["none", "optional", "always", "extremes"]))
    if not careful and draw(st.booleans()):
        criterion["deductions"] = [{"fact": "n", "points": Decimal("1.5")}]
        if draw(st.booleans()):
            criterion["floor"] = draw(st.integers(-3, 3))
    return criterion


@st.composite
def random_gate(draw: st.DrawFn, code: str, criteria: list[dict[str, Any]], *, careful: bool) -> dict[str, Any]:
    gate: dict[str, Any] = {"id": code, "text": "T", "effect": draw(st.sampled_from(["note", "fail", "disqualify"]))}
    if draw(st.integers(0, 3)) == 0:
        gate |= {"effect": "cap", "band": "b"}
    scored = [criterion["id"] for criterion in criteria if criterion.get("scored", True)]
    tests: list[dict[str, Any]] = [{"total_below": 25}, {"fact": "n", "at_least": 4}, {"fact": "n", "is": 3}]
    if scored:
        tests.append({"criteria": scored, "points_below": 3})
        if not careful:
            tests.append({"fraction_below": "1/3"})
    return gate | draw(st.sampled_from(tests))


def check_against_naive(case: tuple[dict[str, Any], Movement, str, list[dict[str, Any]], dict[str, Any]]) -> None:
    tables, movement, sheet_id, sheets, facts = case
    found = score(Rules.of(movement, sheet_id), sheets, facts).as_dict()
    assert found == naive.naive_score(tables, sheet_id, sheets, facts)


@TRY
@given(known_cases())
def test_the_engine_equals_the_naive_one_on_known_rules(case: Any) -> None:
    check_against_naive(case)


@TRY
@given(made_cases())
def test_the_engine_equals_the_naive_one_on_random_rules(case: Any) -> None:
    check_against_naive(case)


@TRY
@given(st.one_of(known_cases(), made_cases()), st.randoms(use_true_random=False))
def test_the_order_of_sheets_is_irrelevant(case: Any, shuffler: random.Random) -> None:
    _, movement, sheet_id, sheets, facts = case
    rules = Rules.of(movement, sheet_id)
    before = score(rules, sheets, facts).as_dict()
    shuffler.shuffle(sheets)
    assert score(rules, sheets, facts).as_dict() == before


@TRY
@given(st.one_of(known_cases(), made_cases()), st.randoms(use_true_random=False))
def test_a_higher_mark_never_lowers_the_total(case: Any, chooser: random.Random) -> None:
    _, movement, sheet_id, sheets, facts = case
    rules = Rules.of(movement, sheet_id)
    before = score(rules, sheets, facts)
    filled = [sheet for sheet in sheets if sheet["marks"]]
    assume(before.total is not None and filled)
    sheet = chooser.choice(filled)
    code = chooser.choice(sorted(sheet["marks"]))
    raised = raise_mark(rules, sheet["marks"][code], code)
    after = score(rules, [each if each is not sheet else sheet | {"marks": sheet["marks"] | {code: raised}}
                          for each in sheets], facts)  # fmt: skip
    valid = {key for key, result in before.sheets.items() if result.valid}
    assume({key for key, result in after.sheets.items() if result.valid} == valid)
    assert before.total is not None
    assert after.total is not None
    assert after.total >= before.total


def raise_mark(rules: Rules, mark: dict[str, Any], code: str) -> dict[str, Any]:
    """Return a mark one step higher, with words, so that only the points can make it invalid."""
    judged = rules.judged.get(code)
    if judged is None or not mark.get("points"):
        return mark
    try:
        points = Decimal(mark["points"]) + Decimal(judged.step) / 10**6
    except ArithmeticError:
        return mark
    return mark | {"points": format(points, "f"), "comment": "Có."}


@TRY
@given(tables_of_random_rules())
def test_frozen_bytes_read_back_to_the_same_movement(tables: dict[str, Any]) -> None:
    movement = from_mapping(tables).movement
    assume(movement is not None)
    assert movement is not None
    content = canonical_bytes(movement)
    assert read_canonical(content) == movement
    assert from_movement(movement).movement == movement
