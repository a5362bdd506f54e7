"""The Vietnamese alphabetical order, for people (by given name) and for ordinary titles."""

from __future__ import annotations

import re
import unicodedata

from core.vietnamese.text import clean_line

_ALPHABET = "a ă â b c d đ e ê f g h i j k l m n o ô ơ p q r s t u ư v w x y z"
# Dictionary order of the tones: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_LETTER_MARKS = {"\u0302", "\u0306", "\u031b"}
_WORD = re.compile(r"[^\W\d_]+|\d+")
_APOSTROPHES = str.maketrans("", "", "'’ʼ`")


def _letter_codes() -> dict[str, str]:
    """Two characters a letter: the plain letter, then its place among its marked sisters (a0 ă1 â2)."""
    codes: dict[str, str] = {}
    plain_before, place = "", 0
    for letter in _ALPHABET.split():
        plain = "d" if letter == "đ" else unicodedata.normalize("NFD", letter)[0]
        place = place + 1 if plain == plain_before else 0
        codes[letter] = f"{plain}{place}"
        plain_before = plain
    return codes


_CODES = _letter_codes()


def sort_key(full_name: str) -> str:
    """Return the key that sorts people as an office does: given name (the last word), then family and middle names.

    The key holds only 0-9 and a-z, so every database and Python sort it alike, whatever the collation.
    Source: ux.md §4 (names; alphabet and tone order).
    """
    *before, given = clean_line(full_name).split(" ")
    # A zero is lower than the start of any syllable: «An» with any family name stands before «An Hải» written as one.
    return alphabet_key(given) + "0" + alphabet_key(" ".join(before))


def alphabet_key(text: str) -> str:
    """Return the key that sorts titles and unit names from their first word, numbers by size («Tổ 2» before «Tổ 10»).

    Syllable by syllable: first the letters (a ă â b … d đ …), then the tone (ngang huyền hỏi ngã sắc nặng).
    Punctuation and case do not count.
    """
    words = _WORD.findall(clean_line(text).casefold().translate(_APOSTROPHES))
    return "".join(_number_key(word) if word.isdecimal() else _syllable_key(word) for word in words)


def _number_key(digits: str) -> str:
    plain = str(int(digits))
    # Lower than any letter, higher than any tone; the length first, so that 10 follows 2.
    return f"6{min(len(plain), 99):02d}{plain}"


def _syllable_key(word: str) -> str:
    letters: list[str] = []
    tone = "0"
    for char in unicodedata.normalize("NFD", word):
        if char in _TONES:
            tone = _TONES[char]
        elif char in _LETTER_MARKS and letters:
            letters[-1] = unicodedata.normalize("NFC", letters[-1] + char)
        elif unicodedata.category(char) != "Mn":
            letters.append(char)
    return "".join(_CODES.get(letter, _foreign_code(letter)) for letter in letters) + tone


def _foreign_code(letter: str) -> str:
    """Letters of other languages: a marked Latin one as its plain letter, any other after z."""
    plain = unicodedata.normalize("NFD", letter)[0]
    return _CODES.get(plain) or f"z9{ord(plain):06x}"
