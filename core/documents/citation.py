"""Citations (giấy khen, giấy chứng nhận): one A4 landscape page, from values to PDF bytes.

Layout: domain notes on reports and documents §4 (NĐ 98/2023/NĐ-CP, Điều 104; the successor article was not seen).
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import typst
from PIL import Image

from core.documents.qr import qr_svg
from core.errors import DomainError
from core.vietnamese.dates import administrative_date
from core.vietnamese.text import clean_line

FOLDER = Path(__file__).parent
FONTS_FOLDER = FOLDER / "fonts"
FONT_FAMILY = "Tinos"

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
SPECIMEN = "BẢN MẪU"

# The ladders: (size in points, most lines), tried from the first rung down. A text that fits no rung is refused.
LADDERS: dict[str, list[tuple[float, int]]] = {
    "deciding_office": [(18, 1), (17, 1), (16, 1), (15, 1), (14, 2), (13, 2)],
    "award_name": [(42, 1), (38, 1), (34, 1), (30, 1), (26, 1), (24, 2), (22, 2), (20, 2), (18, 2), (16, 3)],
    "recipient": [(28, 1), (26, 1), (24, 1), (22, 1), (20, 1), (18, 1), (18, 2), (16, 2)],
    "recipient_role": [(16, 1), (15, 2), (14, 2), (13, 3), (12, 3)],
    "achievement": [(16, 1), (15.5, 2), (15, 3), (14, 3), (13, 4), (12, 5)],
    "small": [(13.5, 1), (13, 1), (12.5, 1), (12, 1), (11.5, 2), (11, 2)],
    "signer_name": [(15, 1), (14, 1), (13, 1), (12, 1), (13, 2), (12, 2), (11, 2)],
}
# The middle of the page takes the first step that fits: (share of every first rung, gap between the texts in mm).
FACTORS = [
    (1.0, 5.5),
    (1.0, 4.4),
    (1.0, 3.4),
    (0.94, 3.2),
    (0.88, 3.0),
    (0.82, 2.8),
    (0.76, 2.6),
    (0.7, 2.0),
    (0.7, 1.4),
]
# Place, date and office together; what is left above the name is for signature and seal (at least 15 mm).
AUTHORITY_HEIGHT_MM = 25

_PDF: dict[str, Any] = {"format": "pdf", "pdf_standards": ["a-2b", "ua-1"]}
# A4 landscape is 1123 pixels wide then.
_PICTURE: dict[str, Any] = {"format": "png", "ppi": 96.0}

_REQUIRED = (
    "deciding_office",
    "award_verb",
    "award_name",
    "recipient",
    "achievement",
    "decision_number",
    "place",
    "signer_name",
    "verify_url",
    "citation_code",
)
_EMBLEM_LIMIT_BYTES = 1024 * 1024
_EMBLEM_LIMIT_PIXELS = 16_000_000
_NOT_PRINTABLE = re.compile(r'the text `"(.+)"` could not be displayed')
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class DocumentFault(DomainError):
    """The document cannot be set: a font or a character is missing, or a picture is broken.

    Facts: `reason`, and `characters`, those that no bundled font can print (empty when that is not the cause).
    """


class DocumentOverflow(DomainError):
    """A text is too long for its place even at the smallest size. Facts: `field` (a field name, `middle` or `page`)."""


class DocumentFieldMissing(DomainError):
    """A value the citation cannot do without is empty. Facts: `field`."""


@dataclass(frozen=True, kw_only=True)
class CitationValues:
    """Everything that is printed; texts are shown literally, whatever they hold.

    :param deciding_office: who decides («Ban Thường vụ Liên đoàn Lao động tỉnh …»), printed in capitals.
    :param award_name: the name of the award, printed in capitals.
    :param recipient_role: title and unit of a person, address of a collective; empty when there is nothing to say.
    :param register_number: order number in the decision («Số sổ vàng»); `None` leaves the line out.
    :param authority: the lines above the signature («TM. Ban Thường vụ», «Chủ tịch»), printed in capitals.
    :param verify_url: the whole address behind the QR code; `citation_code` is the same code for typing.
    :param emblem: SVG or PNG bytes of the union's emblem, at most 1 MiB; `None` draws a neutral ring.
    :param decorated: False prints the text only, for paper that already bears border, emblem and national heading.
    :param specimen: True prints «BẢN MẪU» behind the text, so that a trial copy never passes for the real one.
    """

    deciding_office: str
    award_name: str
    recipient: str
    achievement: str
    decision_number: str
    decided_on: date
    place: str
    signed_on: date
    authority: tuple[str, ...]
    signer_name: str
    verify_url: str
    citation_code: str
    recipient_role: str = ""
    register_number: int | None = None
    award_verb: str = "Tặng"
    emblem: bytes | None = None
    decorated: bool = True
    specimen: bool = False


def render_citation(values: CitationValues) -> bytes:
    """Return the citation as a PDF of one page (PDF/A-2b and PDF/UA-1), the same bytes for the same values.

    :raise DocumentFieldMissing: a required value is empty.
    :raise DocumentOverflow: a text fits no rung of its ladder, or a second page appeared.
    :raise DocumentFault: anything typst warns of or refuses.
    """
    pdf = typeset(FOLDER / "citation.typ", _inputs(values))
    if len(pypdf.PdfReader(BytesIO(pdf)).pages) != 1:
        raise DocumentOverflow(field="page")
    return pdf


def citation_picture(values: CitationValues) -> bytes:
    """Return the same page as a PNG for a screen.

    :raise DocumentFieldMissing, DocumentOverflow, DocumentFault: as `render_citation`.
    """
    return typeset(FOLDER / "citation.typ", _inputs(values), picture=True)


def typeset(template: Path, inputs: dict[str, Any], *, picture: bool = False) -> bytes:
    """Compile a bundled typst template with JSON inputs and the bundled fonts only; a warning is a fault.

    :param picture: a PNG of the one page instead of a PDF.

    :raise DocumentOverflow: the template panicked with `overflow:<field>`.
    :raise DocumentFault: every other error, and every warning (an unknown font is only a warning to typst).
    """
    try:
        made, warnings = typst.compile_with_warnings(
            str(template),
            root=str(template.parent),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"values": json.dumps(inputs, ensure_ascii=False)},
            timestamp=0,
            **(_PICTURE if picture else _PDF),
        )
    except typst.TypstError as error:
        _, found, field = error.message.partition("overflow:")
        if found:
            raise DocumentOverflow(field=field.strip('" ')) from None
        missing = _NOT_PRINTABLE.search(error.message)
        raise DocumentFault(reason=error.message, characters=missing[1] if missing else "") from error
    if warnings:
        raise DocumentFault(reason=warnings[0].message, characters="")
    return bytes(made)


@cache
def _fonts() -> typst.Fonts:
    """The bundled fonts, read once; typst's own are left out, so a missing one is noticed."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS_FOLDER)])


def _inputs(values: CitationValues) -> dict[str, Any]:
    texts = {name: clean_line(getattr(values, name)) for name in (*_REQUIRED, "recipient_role")}
    for name in _REQUIRED:
        if not texts[name]:
            raise DocumentFieldMissing(field=name)
    authority = [clean_line(line).upper() for line in values.authority if clean_line(line)]
    if not authority:
        raise DocumentFieldMissing(field="authority")
    award, recipient, url = texts["award_name"], texts["recipient"], texts["verify_url"]
    day = values.signed_on
    return texts | {
        "title": f"{award} – {recipient}",
        "author": texts["deciding_office"],
        "description": f"Quyết định số {texts['decision_number']}, mã {texts['citation_code']}",
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "font": FONT_FAMILY,
        "nation": NATION,
        "motto": MOTTO,
        "deciding_office": texts["deciding_office"].upper(),
        "award_verb": texts["award_verb"].upper(),
        "award_name": award.upper(),
        "decision": f"Quyết định số {texts['decision_number']} {administrative_date(values.decided_on)}",
        "register": "" if values.register_number is None else f"Số sổ vàng: {values.register_number}",
        "place_and_date": f"{texts['place']}, {administrative_date(day)}",
        "authority": authority,
        "code_hint": "Quét mã hoặc nhập mã trên để kiểm tra tại",
        "verify_hint": _short_address(url, texts["citation_code"]),
        "qr": qr_svg(url),
        "qr_alt": f"Mã QR mở trang kiểm tra {url}",
        "emblem": _emblem_svg(values.emblem),
        "emblem_alt": "Biểu trưng của đơn vị khen thưởng",
        "decorated": values.decorated,
        "specimen": SPECIMEN if values.specimen else "",
        "ladders": LADDERS,
        "factors": FACTORS,
        "authority_height": AUTHORITY_HEIGHT_MM,
    }


def _short_address(url: str, code: str) -> str:
    """Return the address a person types: without the scheme, without the code that is printed above it."""
    return url.partition("://")[2].removesuffix(code).rstrip("/") or url


def _emblem_svg(emblem: bytes | None) -> str | None:
    """Return the emblem as SVG text; a PNG is wrapped, since typst takes pictures from memory as text only."""
    if emblem is None:
        return None
    if len(emblem) > _EMBLEM_LIMIT_BYTES:
        raise DocumentFault(reason="emblem larger than 1 MiB", characters="")
    if emblem.startswith(_PNG_SIGNATURE):
        width, height = _png_size(emblem)
        data = base64.b64encode(emblem).decode("ascii")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
            f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
        )
    try:
        text = emblem.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if "<svg" not in text:
        raise DocumentFault(reason="emblem is neither SVG nor PNG", characters="")
    return text


def _png_size(emblem: bytes) -> tuple[int, int]:
    """Return width and height of a PNG that reads to its end; typst would leave a broken one out without a word."""
    try:
        with Image.open(BytesIO(emblem), formats=["PNG"]) as picture:
            size = picture.size
            if size[0] * size[1] > _EMBLEM_LIMIT_PIXELS:
                raise DocumentFault(reason="emblem larger than 16 million pixels", characters="")
            picture.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DocumentFault(reason="emblem is a broken PNG", characters="") from error
    return size
