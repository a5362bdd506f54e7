"""Codes that must survive being read aloud and typed."""

import re

import pytest

from core.vietnamese.codes import (
    CodeCheckFailed,
    CodeNotUnderstood,
    EntryCode,
    make_code,
    new_citation_code,
    new_public_id,
    parse_citation_code,
    parse_code,
)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_a_code_shows_prefix_year_number_and_check_digit():
    code = make_code("LDST", 2026, 417)
    assert re.fullmatch(r"LDST-26-0417-\d", code)
    assert parse_code(code) == EntryCode("LDST", 2026, 417)
    assert str(parse_code(code)) == code


def test_case_blanks_and_dashes_do_not_matter():
    code = make_code("LDST", 2026, 12345)
    assert parse_code(f"  {code.lower().replace('-', ' ')} ") == parse_code(code.replace("-", "–"))


def test_every_single_wrong_digit_is_noticed():
    for number in (1, 417, 9999, 10417):
        bare = make_code("LDST", 2026, number).replace("-", "")
        for place in range(4, len(bare)):
            for digit in set("0123456789") - {bare[place]}:
                with pytest.raises((CodeCheckFailed, CodeNotUnderstood)):
                    parse_code(bare[:place] + digit + bare[place + 1 :])


def test_every_exchange_of_neighbouring_digits_is_noticed():
    for number in range(1, 3000, 7):
        bare = make_code("TMG", 2031, number).replace("-", "")
        for place in range(3, len(bare) - 1):
            first, second = bare[place], bare[place + 1]
            if first != second:
                with pytest.raises((CodeCheckFailed, CodeNotUnderstood)):
                    parse_code(bare[:place] + second + first + bare[place + 2 :])


@pytest.mark.parametrize(
    "typed", ["", "LDST", "LDST-26-417-3", "26-0417-3", "LĐST-26-0417-3", "LDST-26-0000-0", "LDST-٢٦-0417-3"]
)
def test_other_forms_of_code_are_refused(typed):
    with pytest.raises(CodeNotUnderstood):
        parse_code(typed)


@pytest.mark.parametrize(
    ("prefix", "year", "number"), [("", 2026, 1), ("ldst", 2026, 1), ("LDST", 2026, 0), ("LDST", 1999, 1)]
)
def test_a_code_is_never_made_of_wrong_parts(prefix, year, number):
    with pytest.raises(ValueError, match="no code can be made"):
        make_code(prefix, year, number)


def test_public_ids_are_long_and_never_repeat():
    ids = {new_public_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"[0-9a-z]{26}", each) for each in ids)


def test_a_citation_code_is_read_however_it_is_typed():
    code = new_citation_code()
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}-[0-9A-HJKMNP-TV-Z]{5}", code)
    assert parse_citation_code(code.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == code


def test_every_single_wrong_character_of_a_citation_code_is_noticed():
    bare = new_citation_code().replace("-", "")
    for place, right in enumerate(bare):
        for char in set(ALPHABET) - {right}:
            with pytest.raises(CodeCheckFailed):
                parse_citation_code(bare[:place] + char + bare[place + 1 :])


def test_every_exchange_of_two_characters_of_a_citation_code_is_noticed():
    for _ in range(50):
        bare = new_citation_code().replace("-", "")
        for i in range(len(bare)):
            for j in range(i + 1, len(bare)):
                if bare[i] != bare[j]:
                    swapped = list(bare)
                    swapped[i], swapped[j] = swapped[j], swapped[i]
                    with pytest.raises(CodeCheckFailed):
                        parse_citation_code("".join(swapped))


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * 17, "0" * 18])
def test_other_forms_of_citation_code_are_refused(typed):
    with pytest.raises(CodeNotUnderstood):
        parse_citation_code(typed)
