"""Whatever a draft holds, its pages are drawn, its problems have words, and saving them untouched changes nothing."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

import pytest
from flask import Flask

from core.doors.mapping import to_mapping
from core.movements import checks, editing, forms, words
from core.movements.content import pack
from core.registry import Registry

CHANGES = 400
WRONG: tuple[Any, ...] = (
    "chữ", "", [], {}, [{}], ["x"], True, False, {"#": "12.5"}, {"#": "1e9"}, {"@": "2026-01-31"}, {"@": "mai"}, [[]],
    "2/3", "0/0", {"#": "-1"}, [{"id": "a"}, {"id": "a"}], {"la": "lạ"},
)  # fmt: skip


def _spoiled(chance: random.Random, content: Any) -> Any:
    """Return the content with some of its values dropped, doubled, or made of another kind."""
    content = deepcopy(content)
    for _ in range(chance.randint(1, 4)):
        node = content
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = chance.choice(keys)
            below = node[key]
            if isinstance(below, (dict, list)) and below and chance.random() < 0.8:
                node = below
                continue
            if chance.random() < 0.3:
                del node[key]
            elif isinstance(node, list) and chance.random() < 0.4:
                node.append(deepcopy(below))
            else:
                node[key] = deepcopy(chance.choice(WRONG))
            break
    if not isinstance(content.get("movement"), dict):
        content["movement"] = {}
    return content


def _differences(before: Any, after: Any, place: str = "") -> list[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted({*before, *after})
        return [one for key in keys for one in _differences(before.get(key), after.get(key), f"{place}.{key}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [one for n, (old, new) in pairs for one in _differences(old, new, f"{place}[{n}]")]
    return [] if before == after else [f"{place}: {before!r} became {after!r}"]


@pytest.fixture(scope="module")
def contents() -> list[Any]:
    return [pack(to_mapping(movement)) for movement in Registry.load(strict=True).movements.values()]


@pytest.mark.parametrize("part", range(5))
def test_a_spoiled_draft_is_shown_and_named_and_kept(app: Flask, contents: list[Any], part: int) -> None:
    """Each trial is a seed of its own, so that a failing one can be repeated."""
    with app.test_request_context("/"):
        wrong = []
        for seed in range(part * CHANGES // 5, (part + 1) * CHANGES // 5):
            chance = random.Random(seed)
            content = _spoiled(chance, chance.choice(contents))
            checks.give_ids(content)
            problems = checks.read(content).problems
            said = [words.problem_text(content, problem) for problem in problems]
            wrong += [f"seed {seed}: {line}" for line in said if not line or "{" in line]
            number = chance.randint(1, 8)
            page = forms.page_of(content, forms.areas_of(number, chance.randint(0, 1)))
            forms.attach(page, problems, lambda problem, held=content: words.what_is_wrong(held, problem))
            before = deepcopy(content)
            editing.save(content, [(box, page.form[box.name].data) for box in page.boxes])
            wrong += [f"seed {seed}, step {number}: {one}" for one in _differences(before, content)]
        assert wrong == []
