"""docs/movements.md stays true: its pictures exist, its «words» stand on the pages, its paths are routes."""

from __future__ import annotations

import ast
import functools
import re

import pytest
from flask import Flask
from PIL import Image
from werkzeug.exceptions import HTTPException

from tests.nets.source import ROOT, modules

PAGE = (ROOT / "docs" / "movements.md").read_text(encoding="utf-8")
ERRORS = PAGE[PAGE.index("## Câu máy hay nói") : PAGE.index("## Hỏi – đáp")]
SENTENCES = re.findall(r"(?m)^\| (.+?) \|", ERRORS)[1:]
PROSE = PAGE.replace(ERRORS, re.sub(r"(?m)^\| .+? \|", "|", ERRORS))
WORDS = sorted({re.sub(r"\s+", " ", found) for found in re.findall(r"«([^«»…]+)»", PROSE)})
PATHS = sorted(set(re.findall(r"`(/[^`]*)`", PAGE)))
PICTURES = re.findall(r"\]\((pictures/[^)]+)\)", PAGE)
LARGEST_BYTES = 60 * 1024
WIDTHS = {360, 1280}
MARK = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
ENDS = ".,:"


@functools.cache
def literals() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Return every text of templates and source: those that stand as they are, and those with places to fill in."""
    texts = {text for module in modules() for text in _constants(module.tree)}
    for path in (ROOT / "templates").rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        texts |= {found[1] for found in re.finditer(r"""_\(\s*"([^"]*)\"""", source)}
        texts |= {found[1] for found in re.finditer(r"_\(\s*'([^']*)'", source)}
    filled = [text for text in texts if MARK.search(text) and MARK.sub("", text).strip()]
    patterns = [re.compile("(.+)".join(re.escape(part) for part in MARK.split(text))) for text in filled]
    return frozenset(text.rstrip(ENDS) for text in texts), tuple(patterns)


def _constants(tree: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def stands(text: str) -> bool:
    """Say whether the program says this; what fills a short text («Thêm …») must be the program's too."""
    plain, patterns = literals()
    if text.rstrip(ENDS) in plain:
        return True
    for found in filter(None, (pattern.fullmatch(text) for pattern in patterns)):
        own = len(text) - sum(len(part) for part in found.groups())
        if own >= 6 or all(part in plain for part in found.groups()):
            return True
    return False


def test_the_check_itself_tells_words_of_the_program_from_others() -> None:
    assert stands("Lưu và tiếp tục")
    assert stands("Còn n việc")
    assert stands("Thêm tiêu chí")
    assert not stands("Lưu và đi tiếp")
    assert not stands("Thêm con voi")


@pytest.mark.parametrize("word", WORDS)
def test_a_quoted_word_stands_on_a_page(word: str) -> None:
    assert stands(word), f"no page says «{word}»"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_an_error_sentence_is_one_of_the_program(sentence: str) -> None:
    assert stands(sentence), f"the program does not say: {sentence}"


def test_the_table_of_errors_and_the_questions_are_there() -> None:
    assert len(SENTENCES) >= 12
    assert len(re.findall(r"(?m)^\*\*.+\?\*\* ", PAGE[PAGE.index("## Hỏi – đáp") :])) == 8


@pytest.mark.parametrize("path", PATHS)
def test_a_named_path_is_a_route(app: Flask, path: str) -> None:
    try:
        app.url_map.bind("localhost").match(re.sub(r"<[^>]+>", "x", path))
    except HTTPException as error:
        pytest.fail(f"{path}: {error}")


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_there_small_and_of_a_known_width(picture: str) -> None:
    path = ROOT / "docs" / picture
    assert path.stat().st_size <= LARGEST_BYTES
    with Image.open(path) as opened:
        assert (opened.mode, opened.width in WIDTHS) == ("P", True)


def test_every_picture_has_its_place() -> None:
    taken = {f"pictures/{path.name}" for path in (ROOT / "docs" / "pictures").glob("phong-trao-*.png")}
    assert taken == set(PICTURES)
    assert len(PICTURES) >= 8
