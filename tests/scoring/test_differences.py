"""What differs between two frozen documents: every change is found, in its place, and nothing else."""

from __future__ import annotations

import typing
from dataclasses import fields, is_dataclass
from decimal import Decimal
from types import UnionType
from typing import Any

import pytest
from flask import Flask

from core.scoring.canonical import Quota, SeasonChoices, read_season_document, season_document
from core.scoring.differences import Difference, differences
from core.scoring.movement import Movement
from core.scoring.reading import read_toml
from core.seasons import words_rules
from tests.judging.makers import INITIATIVE


def document(*changes: tuple[str, str], **choices: Any):
    """The document of the sample movement with parts of its text replaced."""
    text = INITIATIVE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    movement = read_toml(text.encode()).require("mau.toml")
    return read_season_document(season_document(movement, SeasonChoices(**choices)))


def found(*changes: tuple[str, str], **choices: Any) -> list[tuple[str, str, Any, Any]]:
    return [shown(one) for one in differences(document(), document(*changes, **choices))]


def shown(one: Difference) -> tuple[str, str, Any, Any]:
    parts = (getattr(value, "id", value) for value in (one.before, one.after))
    return ("/".join(step.id or step.key for step in one.place), one.key, *parts)


def test_equal_documents_do_not_differ() -> None:
    assert differences(document(), document()) == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("min = 85", "min = 80"), ("phieu/a", "min", Decimal(85), Decimal(80))),
        (("quota = 1 }, {", "quota = 2 }, {"), ("phieu/nhat", "quota", 1, 2)),
        (("total_below = 50", "total_below = 40"), ("phieu/san", "total_below", Decimal(50), Decimal(40))),
        (('kind = "longtext", required = true', 'kind = "longtext"'), ("cach-moi", "required", True, False)),
        (("authors = { max = 5 }", "authors = { max = 3 }"), ("authors", "max", 5, 3)),
        (("judges_min = 2", "judges_min = 3"), ("cham", "judges_min", 2, 3)),
        (("from = 21, to = 30", "from = 22, to = 30"), ("phieu/moi/cao", "from_", Decimal(21), Decimal(22))),
        (
            ('  { id = "bi-quyet", title = "Điều cần giữ kín", kind = "text", confidential = true },\n', ""),
            ("bi-quyet", "", "bi-quyet", None),
        ),
        (
            ('tiers = [{ id = "nhat"', 'tiers = [{ id = "db", title = "Giải Đặc biệt" }, { id = "nhat"'),
            ("phieu/db", "", None, "db"),
        ),
    ],
)
def test_each_change_stands_in_its_place(change: tuple[str, str], expected: tuple[Any, ...]) -> None:
    place, key, before, after = found(change)[0]
    assert (place.removeprefix("form/"), key, before, after) == expected
    assert len(found(change)) == 1


def test_parts_in_another_order_are_one_difference() -> None:
    swapped = (
        'tiers = [{ id = "nhat", title = "Giải Nhất", quota = 1 }, { id = "nhi", title = "Giải Nhì", quota = 1 }]',
        'tiers = [{ id = "nhi", title = "Giải Nhì", quota = 1 }, { id = "nhat", title = "Giải Nhất", quota = 1 }]',
    )
    assert found(swapped) == [("phieu/tiers", "order", ("Giải Nhất", "Giải Nhì"), ("Giải Nhì", "Giải Nhất"))]


def test_numbers_of_prizes_are_compared_as_they_are_in_force() -> None:
    assert found(quotas={"phieu": {"nhi": Quota(quota=1)}}) == []
    assert found(quotas={"phieu": {"nhi": Quota(quota=3)}}) == [("phieu/nhi", "quota", 1, 3)]


def _dataclasses(kind: Any, seen: set[type]) -> set[type]:
    """Return every dataclass that a movement may hold."""
    if is_dataclass(kind) and kind not in seen:
        assert isinstance(kind, type)
        seen.add(kind)
        for hint in typing.get_type_hints(kind).values():
            _dataclasses(hint, seen)
    elif isinstance(kind, UnionType) or typing.get_origin(kind) is not None:
        for part in typing.get_args(kind):
            _dataclasses(part, seen)
    return seen


def test_every_key_of_the_format_has_words(app: Flask) -> None:
    """A key that the format gains needs its words in `core/seasons/words_rules.py`."""
    spoken_as_a_whole = {"Source", "Threshold", "ShowIf"}
    with app.test_request_context("/"):
        silent = {
            f"{kind.__name__}.{one.name}"
            for kind in _dataclasses(Movement, set())
            for one in fields(kind)
            if kind.__name__ not in spoken_as_a_whole
            and one.name != "id"
            and f"{kind.__name__}.{one.name}" not in words_rules._KEYS
            and one.name not in words_rules._KEYS
        }
    assert silent == set()
