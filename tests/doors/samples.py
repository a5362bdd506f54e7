"""The movements that every door is tried with: all that are shipped or stand in the tests, and random ones."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from core.scoring.movement import Movement
from core.scoring.reading import from_mapping, load_movement
from tests.nets.source import ROOT
from tests.scoring.test_properties import tables_of_random_rules

FILES = sorted(
    [
        *ROOT.glob("plugins/*/movement.toml"),
        *ROOT.glob("tests/scoring/vectors/*.toml"),
        *ROOT.glob("tests/movements/**/*.toml"),
    ]
)

# Every key of the format at least once, with values that are hard to write: quotes, breaks, signs of formulas.
EVERYTHING = ROOT / "tests" / "doors" / "everything.toml"

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
HARD = [
    '"',
    '"""',
    "'''",
    "\\",
    "=1+1",
    "a\nb",
    '"\n"',
    "dòng 1\n\n  dòng 3\\",
    "\t",
    "x\x07y",
    "😀",
    "«Ô»",
    "# a",
    "a\r\nb",
]
hard_texts = st.sampled_from(HARD)
filled = st.one_of(texts, hard_texts).filter(lambda text: bool(text.strip()))


def movement_of(path: Path) -> Movement:
    """Return the movement of a file."""
    return load_movement(path)


@st.composite
def random_movements(draw: st.DrawFn) -> Movement:
    """Make a sound movement of random rules and random words."""
    tables = draw(tables_of_random_rules())
    tables["movement"] |= {"title": draw(filled), "summary": draw(st.one_of(texts, hard_texts))}
    tables["form"] = draw(random_forms())
    tables["sheets"][0]["title"] = draw(filled)
    for criterion in tables["sheets"][0]["criteria"]:
        criterion["title"] = draw(filled)
    for gate in tables["sheets"][0]["gates"]:
        gate["text"] = draw(filled)
    tables["sheets"][0]["ranking"] = draw(
        st.sampled_from(
            [{}, {"vote": "2/3"}, {"vote": 1, "within": "unit"}, {"tie_break": [{"fact": "n", "prefer": "low"}]}]
        )
    )
    found = from_mapping(tables).movement
    assume(found is not None)
    assert found is not None
    return found


@st.composite
def random_forms(draw: st.DrawFn) -> dict[str, Any]:
    fields: list[dict[str, Any]] = [
        {"id": "hoi", "title": draw(filled), "kind": "yesno", "required": draw(st.booleans())}
    ]
    if draw(st.booleans()):
        choices = [{"id": "mot", "title": draw(filled)}, {"id": "hai", "title": "Hai, ba"}]
        fields.append({"id": "chon", "title": "Chọn", "kind": "choice", "choices": choices, "help": draw(texts)})
    if draw(st.booleans()):
        amount = {"id": "tien", "title": "Tiền", "kind": "money", "min": Decimal("0.5"), "max": 10**11}
        fields.append(amount | {"show_if": {"field": "hoi", "is": draw(st.booleans())}})
    if draw(st.booleans()):
        file = {"id": "anh", "title": "Ảnh", "kind": "file", "max_files": 3, "max_mb": 20}
        fields.append(file | {"extensions": ["jpg", draw(filled)]})
    form: dict[str, Any] = {"fields": fields}
    if draw(st.booleans()):
        form["authors"] = draw(st.sampled_from([{}, {"max": 3, "share_step": Decimal("0.5"), "lead": False}]))
    return form


tomlish: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(10**20), 10**20),
        st.decimals(allow_nan=False, allow_infinity=False, places=3),
        st.dates(min_value=date(1000, 1, 1)),
        texts,
        hard_texts,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(texts, hard_texts), inner, max_size=4)
    ),
    max_leaves=25,
)
# Drafts: keys of the format with values of any type that TOML has, and keys that the format does not know.
drafts = st.dictionaries(
    st.one_of(
        st.sampled_from(["format", "movement", "form", "facts", "stages", "sheets", "awards"]), texts, hard_texts
    ),
    tomlish,
    max_size=6,
)
