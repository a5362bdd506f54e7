"""QR codes read back."""

import io

import PIL.Image
import zxingcpp

from core.documents.qr import qr_png, qr_svg

URL = "https://thidua.example.vn/x/K7QF-9M2T-X3BD-8HJWR"


def test_the_png_reads_back_as_its_text():
    picture = PIL.Image.open(io.BytesIO(qr_png(URL))).convert("L")
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [URL]


def test_the_svg_scales_to_its_box_and_holds_no_script():
    svg = qr_svg(URL, title="Mã <hồ sơ>")
    assert svg.startswith("<svg ")
    assert "viewBox=" in svg
    assert "<title>Mã &lt;hồ sơ&gt;</title>" in svg
    assert "width=" not in svg.partition(">")[0]
    assert "style" not in svg
