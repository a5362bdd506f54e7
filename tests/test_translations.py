"""What people read: complete in English, and free of the words that no page may use."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog

from tests.nets.tools import tool

translations = tool("translations")

# ux.md §4: no error without a cause, no «bạn», nothing shouted.
BANNED = {
    "không hợp lệ": re.compile("không hợp lệ", re.IGNORECASE),
    "vui lòng thử lại sau": re.compile("vui lòng thử lại sau", re.IGNORECASE),
    "bạn": re.compile(r"\bbạn\b", re.IGNORECASE),
    "!": re.compile("!"),
}


@pytest.fixture(scope="module")
def source() -> Catalog:
    """Return every message of the source."""
    return translations.extracted()


def test_messages_are_found_in_python_and_in_templates(source: Catalog) -> None:
    files = {filename.partition("/")[0] for message in source for filename, _ in message.locations}
    assert files == {"core", "templates"}
    assert len(source) > 500


def test_english_is_complete_and_compiled() -> None:
    assert translations.faults() == []


@pytest.mark.parametrize("word", sorted(BANNED))
def test_no_message_uses_a_banned_word(source: Catalog, word: str) -> None:
    said = [part for m in source for part in (m.id if isinstance(m.id, list | tuple) else [m.id])]
    assert [text for text in said if BANNED[word].search(text)] == []


def test_no_message_holds_markup_of_scripts_or_styles(source: Catalog) -> None:
    assert [m.id for m in source if re.search(r"<\s*(script|style)|\son\w+=|style=", str(m.id))] == []


def test_messages_name_their_placeholders(source: Catalog) -> None:
    """A translator may have to turn the order round, which only names allow."""
    numbered = re.compile(r"%[sd]|%\.\d+f|\{\d*\}")
    assert [m.id for m in source if numbered.search(str(m.id))] == []
