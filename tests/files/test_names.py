"""Names that are shown, never trusted."""

import unicodedata

import pytest

from core.files.names import clean_name, extension_of


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("Ảnh giàn héo.jpg", "Ảnh giàn héo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\mai\\anh.jpg", "anh.jpg"),
        ('a"b<c>:d|e?f*.pdf', "a_b_c__d_e_f_.pdf"),
        ("hoa\r\nSet-Cookie: x=1.pdf", "hoa Set-Cookie_ x=1.pdf"),
        ("anh\u202egpj.exe", "anhgpj.exe"),
        ("anh\x00.jpg", "anh.jpg"),
        ("...", "tep"),
        ("", "tep"),
        (".htaccess", "htaccess"),
        ("CON.pdf", "tep_CON.pdf"),
        (unicodedata.normalize("NFD", "Mẫu số 1.docx"), "Mẫu số 1.docx"),
    ],
)
def test_a_name_is_shown_without_path_or_tricks(sent, shown):
    assert clean_name(sent) == shown


def test_a_long_name_is_cut_before_its_extension():
    shown = clean_name("Ễ" * 5000 + ".docx")
    assert (len(shown), shown[-6:]) == (120, "Ễ.docx")


@pytest.mark.parametrize(
    ("name", "extension"),
    [("A.JPG", "jpg"), ("a.tar.gz", "gz"), ("không đuôi", ""), ("a.", ""), ("a.jpg\u202e", "jpg")],
)
def test_the_extension_is_read_in_lower_case(name, extension):
    assert extension_of(name) == extension
