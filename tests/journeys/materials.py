"""What people of a journey hold in their hands: photos, papers, a printed citation."""

from __future__ import annotations

from io import BytesIO

import pypdf
import pypdfium2
import zxingcpp
from PIL import Image


def photo(text: str) -> bytes:
    """Return a small JPEG."""
    out = BytesIO()
    Image.new("RGB", (640, 480), (len(text) * 9 % 255, 120, 90)).save(out, "JPEG")
    return out.getvalue()


def paper() -> bytes:
    """Return a PDF of one page."""
    writer, out = pypdf.PdfWriter(), BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(out)
    return out.getvalue()


def address_on(citation: bytes) -> str:
    """Return the address in the one QR code that is printed on a citation of one page."""
    printed = pypdfium2.PdfDocument(citation)
    found = [code.text for sheet in printed for code in zxingcpp.read_barcodes(sheet.render(scale=3).to_pil())]
    assert (len(printed), len(found)) == (1, 1), found
    return found[0]
