"""The order of people and titles."""

import random

from core.vietnamese.names import alphabet_key, sort_key


def shuffled(names):
    return random.Random(7).sample(names, len(names))


def test_people_sort_by_given_name_then_family_then_middle():
    expected = [
        "Lò Thị An",
        "Nguyễn Văn An",
        "Trần An",
        "Đỗ Thị Ánh",
        "Nguyễn Thị Ánh",
        "Vàng A Chu",
        "Bùi Văn Dũng",
        "Trần Đào",
        "Lê Thị Hà",
        "Lê Văn Hà",
        "Lê Hả",
        "Phạm Hạ",
        "Giàng A Hải",
        "Nguyễn Thị Ơn",
        "Nguyễn Thị Phượng",
        "Ẳng Văn Ư",
    ]
    assert sorted(shuffled(expected), key=sort_key) == expected


def test_tones_follow_the_dictionary():
    expected = ["ma", "mà", "mả", "mã", "má", "mạ", "mac", "mă", "mằ", "mâ", "me"]
    assert sorted(shuffled(expected), key=alphabet_key) == expected


def test_the_alphabet_keeps_marked_letters_apart():
    expected = list("aăâbcdđeêghiklmnoôơpqrstuưvxy")
    assert sorted(shuffled(expected), key=alphabet_key) == expected


def test_titles_sort_numbers_by_size_and_ignore_case_and_punctuation():
    expected = ["Công đoàn A", "«Công đoàn» B", "TỔ 2", "Tổ 3", "Tổ 10", "Tổ A"]
    assert sorted(shuffled(expected), key=alphabet_key) == expected


def test_a_given_name_alone_and_an_empty_name_have_keys():
    assert sorted(["Mai", "", "Lò Mai"], key=sort_key) == ["", "Mai", "Lò Mai"]


def test_composed_and_decomposed_names_share_one_key():
    assert sort_key("Đặng Thị Hợp") == sort_key("Đa\u0323\u0306ng  Thi\u0323 Hơ\u0323p")


def test_a_key_sorts_alike_in_every_database():
    assert set(sort_key("Ẳng Ễ Ợ 12 Œuvre Жук ²").replace(" ", "")) <= set("0123456789abcdefghijklmnopqrstuvwxyz")
