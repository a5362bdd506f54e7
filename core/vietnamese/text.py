"""One form for text: stored clean in NFC, searched folded, compared by identity."""

from __future__ import annotations

import re
import unicodedata

from core.vietnamese.legacy import looks_like_legacy_font

__all__ = ["clean_line", "clean_text", "fold", "login_fold", "looks_like_legacy_font", "nfc"]

_BLANKS = re.compile(r"\s+")
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029]")
_EMPTY_LINES = re.compile(r"\n{3,}")

# Cc are control characters; Cf holds the zero-width and the bidirectional ones, which can make a name look like
# another; Cs are lone surrogates, which no database can store; Co and Cn mean nothing outside one machine.
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def nfc(text: str) -> str:
    """Return the composed form in which every text is stored."""
    return unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    """Return one line fit to be stored: NFC, trimmed, inner blanks folded to one space, nothing invisible.

    Ask `looks_like_legacy_font` about the raw text first: TCVN3 writes ư as a soft hyphen, which is dropped here.
    """
    spaced = _BLANKS.sub(" ", text)
    return _BLANKS.sub(" ", nfc(_without_invisible(spaced))).strip()


def clean_text(text: str) -> str:
    """Return several lines fit to be stored: each cleaned as by `clean_line`, at most one empty line between two."""
    lines = (clean_line(line) for line in _LINE_ENDS.sub("\n", text).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def fold(text: str) -> str:
    """Return the form that is searched: lower case without marks, đ as d, so that «duong» finds «Đường».

    Neither NFD nor the databases' own folding maps đ to d, because đ is a letter and not a d with a mark.
    """
    bare = unicodedata.normalize("NFD", _without_invisible(nfc(text)).casefold())
    letters = "".join(char for char in bare if unicodedata.category(char) != "Mn").replace("đ", "d")
    return _BLANKS.sub(" ", nfc(letters)).strip()


def login_fold(text: str) -> str:
    """Return the identity of a sign-in key: two keys with the same fold are the same key.

    Composed or not, upper or lower case, with or without invisible characters and doubled blanks: all one.
    Marks are kept, since «Lan» and «Lân» are two people.
    """
    bare = unicodedata.normalize("NFD", _without_invisible(_BLANKS.sub(" ", text)))
    return _BLANKS.sub(" ", nfc(bare.casefold())).strip()


def _without_invisible(text: str) -> str:
    return "".join(char for char in text if char.isspace() or unicodedata.category(char) not in _UNWANTED)
