"""One page, every name whole, a code that reads back."""

import dataclasses
import io
import unicodedata
from datetime import date

import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from core.documents import citation
from core.documents.citation import (
    CitationValues,
    DocumentFault,
    DocumentFieldMissing,
    DocumentOverflow,
    render_citation,
)

LONG_NAME = "Ẳng Thị Ễ Ợ Nguyễn Phước Hoàng Quỳnh Trương Lưỡng Ường Khuyê"
LONG_TITLE = (
    "Ứng dụng hệ thống giám sát nhiệt độ tự động để nâng cao chất lượng, giảm tiêu hao năng lượng trong dây chuyền "
    "sấy chè và bảo đảm an toàn lao động Ẳ ỄỢ"
)
LONG_UNIT = (
    "Phó Trưởng phòng Kỹ thuật và An toàn lao động, "
    "Công đoàn cơ sở Công ty Cổ phần Chè Ẳng Ễ Ợ xã Tam Đường, tỉnh Lai Châu Ẳ"
)
HOSTILE = '#let x=1 [ố] $\\ *a* _b_ `c` <l> @r // "q" #panic("x")'


def make_values(**overrides):
    values = {
        "deciding_office": "Ban Thường vụ Liên đoàn Lao động tỉnh Lai Châu",
        "award_name": "Giấy khen",
        "recipient": "Lò Thị Mai",
        "recipient_role": "Công nhân tổ sấy, Công đoàn cơ sở Công ty Chè A",
        "achievement": "Đã có thành tích xuất sắc với sáng kiến «Cải tiến giàn héo chè», đạt Giải Nhất",
        "decision_number": "123/QĐ-LĐLĐ",
        "decided_on": date(2026, 6, 25),
        "register_number": 7,
        "place": "Lai Châu",
        "signed_on": date(2026, 2, 5),
        "authority": ("TM. Ban Thường vụ", "Chủ tịch"),
        "signer_name": "Nguyễn Văn Ễnh",
        "verify_url": "https://thidua.example.vn/x/K7QF-9M2T-X3BD-8HJWR",
        "citation_code": "K7QF-9M2T-X3BD-8HJWR",
    }
    return CitationValues(**(values | overrides))


def make_longest(**overrides):
    values = {
        "recipient": LONG_NAME,
        "recipient_role": LONG_UNIT,
        "achievement": f"Đã có thành tích xuất sắc trong cuộc thi năm 2026 với sáng kiến «{LONG_TITLE}», đạt Giải Nhất",
        "deciding_office": "Ban Thường vụ Liên đoàn Lao động tỉnh Lai Châu và Công đoàn các Khu công nghiệp Ẳng Ễ Ợ",
        "award_name": "Bằng chứng nhận Lao động sáng tạo cấp tỉnh Ẳ Ễ Ợ",
        "authority": ("TM. Ban Thường vụ", "KT. Chủ tịch", "Phó Chủ tịch thường trực"),
        "signer_name": LONG_NAME,
        "decision_number": "1234/QĐ-LĐLĐ-BTV",
        "register_number": 102_600,
    }
    return make_values(**(values | overrides))


def read(pdf):
    """The pages' text as one line each: how lines break is not what these tests are about."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return [unicodedata.normalize("NFC", " ".join(page.extract_text().split())) for page in pages]


def picture_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].render(scale=3).to_pil()
    finally:
        document.close()


def test_a_citation_says_everything_in_the_order_of_the_page():
    assert read(render_citation(make_values())) == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc "
        "BAN THƯỜNG VỤ LIÊN ĐOÀN LAO ĐỘNG TỈNH LAI CHÂU TẶNG GIẤY KHEN Lò Thị Mai "
        "Công nhân tổ sấy, Công đoàn cơ sở Công ty Chè A "
        "Đã có thành tích xuất sắc với sáng kiến «Cải tiến giàn héo chè», đạt Giải Nhất "
        "Quyết định số 123/QĐ-LĐLĐ ngày 25 tháng 6 năm 2026 Số sổ vàng: 7 "
        "K7QF-9M2T-X3BD-8HJWR Quét mã hoặc nhập mã trên để kiểm tra tại thidua.example.vn/x "
        "Lai Châu, ngày 05 tháng 02 năm 2026 TM. BAN THƯỜNG VỤ CHỦ TỊCH Nguyễn Văn Ễnh"
    ]


def test_the_page_is_a4_landscape_and_the_file_says_what_it_is():
    reader = pypdf.PdfReader(io.BytesIO(render_citation(make_values())))
    box = reader.pages[0].mediabox
    assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == (297, 210)
    assert reader.metadata.title == "Giấy khen – Lò Thị Mai"
    assert reader.trailer["/Root"]["/Lang"] == "vi-VN"
    assert {font["/BaseFont"].partition("+")[2][:5] for font in fonts_of(reader.pages[0])} == {"Tinos"}


def fonts_of(page):
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]


@pytest.mark.parametrize("values", [make_longest(), make_longest(award_name=LONG_TITLE, specimen=True)])
def test_the_longest_names_stay_whole_on_one_page(values):
    assert (len(LONG_NAME), len(LONG_TITLE), len(LONG_UNIT)) == (60, 150, 120)
    [page] = read(render_citation(values))
    for text in (LONG_NAME, LONG_TITLE, LONG_UNIT, values.award_name.upper(), "PHÓ CHỦ TỊCH THƯỜNG TRỰC"):
        assert page.count(text) >= 1, text


@pytest.mark.parametrize("values", [make_values(), make_longest()])
def test_nothing_is_printed_outside_the_border(values):
    page = picture_of(render_citation(values)).convert("L")
    width, height = page.size
    edge = int(7 / 297 * width)
    for strip in (
        (0, 0, width, edge),
        (0, height - edge, width, height),
        (0, 0, edge, height),
        (width - edge, 0, width, height),
    ):
        assert page.crop(strip).getextrema() == (255, 255)


@pytest.mark.parametrize("values", [make_values(), make_longest(), make_values(decorated=False)])
def test_the_qr_code_reads_back_as_the_verification_address(values):
    codes = zxingcpp.read_barcodes(picture_of(render_citation(values)))
    assert [code.text for code in codes] == [values.verify_url]


def test_the_same_values_give_the_same_bytes():
    assert render_citation(make_longest()) == render_citation(make_longest())


def test_markup_in_a_value_is_printed_as_it_was_typed():
    [page] = read(
        render_citation(make_values(recipient=HOSTILE, achievement=f"- {HOSTILE}", recipient_role=f"= {HOSTILE}"))
    )
    assert f"GIẤY KHEN {HOSTILE} = {HOSTILE} - {HOSTILE} Quyết định" in page


def test_a_direction_override_in_a_name_is_dropped():
    [page] = read(render_citation(make_values(recipient="Lò \u202eThị\u200b Mai")))
    assert "GIẤY KHEN Lò Thị Mai Công nhân" in page


def test_optional_lines_are_left_out_when_they_have_nothing_to_say():
    [page] = read(render_citation(make_values(recipient_role="", register_number=None, decorated=False)))
    assert page.startswith("BAN THƯỜNG VỤ")
    assert "Lò Thị Mai Đã có thành tích" in page
    assert "Số sổ vàng" not in page


def test_a_trial_copy_says_so():
    assert "BẢN MẪU" in read(render_citation(make_values(specimen=True)))[0]


def make_png(colour):
    out = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "emblem",
    [
        make_png((10, 77, 140)),
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#0a4d8c"/></svg>',
    ],
)
def test_the_union_emblem_stands_at_the_top_centre(emblem):
    page = picture_of(render_citation(make_values(emblem=emblem))).convert("RGB")
    assert page.getpixel((page.width // 2, int(page.height * 28 / 210))) == (10, 77, 140)


@pytest.mark.parametrize(
    "emblem",
    [b"GIF89a", b"<svg", b"\xff\xfe", b"<svg" + b" " * 1024 * 1024, b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
     b'<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/hostname" width="9" height="9"/></svg>'],
)  # fmt: skip
def test_a_broken_or_reaching_emblem_is_a_fault(emblem):
    with pytest.raises(DocumentFault):
        render_citation(make_values(emblem=emblem))


def test_an_unknown_font_is_a_fault_and_not_a_silent_substitute(monkeypatch):
    monkeypatch.setattr(citation, "FONT_FAMILY", "Không có phông này")
    with pytest.raises(DocumentFault) as fault:
        render_citation(make_values())
    assert fault.value.reason.startswith("unknown font family")


def test_a_character_no_font_can_print_is_named():
    with pytest.raises(DocumentFault) as fault:
        render_citation(make_values(recipient="Lò 😀 Mai"))
    assert fault.value.characters == "😀"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("recipient", "Rất dài " * 40),
        ("recipient", "A" * 80),
        ("recipient_role", "Đơn vị " * 100),
        ("achievement", "Thành tích " * 100),
        ("award_name", "Giấy khen " * 60),
        ("deciding_office", "Ban Thường vụ " * 40),
        ("signer_name", "Nguyễn Văn " * 20),
        ("authority", ("TM. Ban Thường vụ",) * 7),
    ],
)
def test_a_text_too_long_for_every_size_is_refused_by_name(field, text):
    with pytest.raises(DocumentOverflow) as refusal:
        render_citation(make_values(**{field: text}))
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("field", "empty"),
    [("recipient", " \u200b"), ("award_name", ""), ("citation_code", ""), ("authority", ()), ("place", " ")],
)
def test_an_empty_value_is_refused_by_name(field, empty):
    with pytest.raises(DocumentFieldMissing) as refusal:
        render_citation(make_values(**{field: empty}))
    assert refusal.value.field == field


def test_values_cannot_be_changed_after_they_were_given():
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_values().recipient = "Người khác"
