"""Cleaning, folding and old fonts."""

import unicodedata

import pytest

from core.vietnamese.legacy import from_legacy_font
from core.vietnamese.text import clean_line, clean_text, fold, login_fold, looks_like_legacy_font, nfc


def test_a_line_is_stored_composed_trimmed_and_without_invisible_characters():
    raw = "\u202e  Cải\u00a0\ttiến\u200b gia\u0300n\u00ad héo\r\n chè\ufeff \x00 "
    assert clean_line(raw) == "Cải tiến giàn héo chè"


def test_a_lone_surrogate_is_dropped_since_no_database_can_store_it():
    assert clean_line("Lò\ud800 Thị Mai") == "Lò Thị Mai"


def test_several_lines_keep_their_paragraphs():
    assert clean_text(" Một \r\n\r\n\r\n\r\n hai\u2028ba ") == "Một\n\nhai\nba"


@pytest.mark.parametrize("text", ["Đường", "ĐƯỜNG", "duong", unicodedata.normalize("NFD", "Đường"), " đƯỜng\u200b "])
def test_search_folds_marks_and_d_alike(text):
    assert fold(text) == "duong"


def test_every_vietnamese_letter_folds_to_plain_latin():
    vowels = "aăâeêioôơuưy"
    letters = [nfc(v + t) for v in vowels for t in ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")]
    assert len(set(letters)) == 72
    for letter in [*letters, "đ"]:
        assert fold(letter.upper()) == fold(letter)
        assert fold(letter).isascii()


def test_sign_in_keys_are_one_whatever_the_keyboard_made_of_them():
    key = "Đ\u1ea1t.Lò"
    twin = unicodedata.normalize("NFD", key).upper() + "\u200d"
    assert login_fold(key) == login_fold(twin) == "đạt.lò"


def test_sign_in_keys_keep_marks_apart():
    assert login_fold("Lan") != login_fold("Lân")


@pytest.mark.parametrize(
    ("pasted", "font", "unicode_text"),
    [
        ("S¸ng kiÕn c¶i tiÕn", "tcvn3", "Sáng kiến cải tiến"),
        ("Lß ThÞ Mai", "tcvn3", "Lò Thị Mai"),
        ("c«ng ®oµn tr\u00adêng", "tcvn3", "công đoàn trường"),
        ("Coâng ñoaøn Vieät Nam", "vni", "Công đoàn Việt Nam"),
        ("Nguyeãn Thò Mai", "vni", "Nguyễn Thị Mai"),
        ("NGÖÔØI LAO ÑOÄNG", "vni", "NGƯỜI LAO ĐỘNG"),
    ],
)
def test_old_fonts_are_noticed_and_converted(pasted, font, unicode_text):
    assert looks_like_legacy_font(pasted) == font
    assert from_legacy_font(pasted, font) == unicode_text


@pytest.mark.parametrize(
    "text",
    ["", "Sáng kiến", "Lò Hoà", "hoà toà oà", "«Lao dong» gioi", "naïve Müller", "5m² × 3", "Giá 20 µm", "Công đoàn ®"],
)
def test_ordinary_text_is_not_taken_for_an_old_font(text):
    assert looks_like_legacy_font(text) is None
