"""What people read: complete in English, and free of the words that no page may use."""

from __future__ import annotations

import importlib
import re

import pytest
from babel.messages.catalog import Catalog

from core.web.forms import Form
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


def test_every_validator_speaks_in_our_words() -> None:
    """The form library's own messages are English, and it has no Vietnamese."""
    importlib.import_module("core.app")
    silent = [
        f"{form.__module__}.{form.__name__}.{name}: {type(validator).__name__}"
        for form in _forms(Form)
        for name, field in vars(form).items()
        if hasattr(field, "field_class")
        for validator in (field.args[1] if len(field.args) > 1 else field.kwargs.get("validators", ()))
        if hasattr(validator, "message") and validator.message is None
    ]
    assert silent == []


def _forms(kind: type[Form]) -> list[type[Form]]:
    return [one for direct in kind.__subclasses__() for one in (direct, *_forms(direct))]
