"""Pictures, films and PDF files looked at from outside: headers and directories only, nothing decoded."""

from __future__ import annotations

import io
import warnings

import pypdf
from PIL import Image
from pypdf.errors import DependencyError, PyPdfError

from core.files.refusals import FileDamaged, FileKindRefused, FileLocked, FileUnpacksTooLarge

PIXELS_LIMIT = 50_000_000

_PILLOW_FORMATS = {"jpg": ("JPEG", "MPO"), "png": ("PNG",), "webp": ("WEBP",)}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
_MP4_BRANDS = {
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VH", b"MSNV", b"dash",
    b"3gp4", b"3gp5", b"3gp6", b"XAVC",
}  # fmt: skip
_MOV_BRAND = b"qt  "
_BOX_HEADER = 8
_META_SEARCH_BYTES = 256 * 1024


def open_picture(data: bytes, kind: str, name: str) -> Image.Image:
    """Return a picture whose header was read and measured; nothing is decoded yet.

    :raise FileDamaged: the header cannot be read.
    :raise FileUnpacksTooLarge: more than 50 million pixels.
    """
    try:
        with warnings.catch_warnings():
            # Our own limit is lower than the size at which Pillow only warns; a warning must not pass as an answer.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=_PILLOW_FORMATS[kind])
    except Image.DecompressionBombError:
        raise FileUnpacksTooLarge(name=name, measure="pixels", found=2 * PIXELS_LIMIT, limit=PIXELS_LIMIT) from None
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError):
        raise FileDamaged(name=name) from None
    check_pixels(picture.width, picture.height, name)
    return picture


def check_pixels(width: int, height: int, name: str) -> None:
    """Refuse a picture that would not fit the memory once decoded.

    :raise FileUnpacksTooLarge: more than 50 million pixels.
    :raise FileDamaged: no pixels at all.
    """
    if width * height > PIXELS_LIMIT:
        raise FileUnpacksTooLarge(name=name, measure="pixels", found=width * height, limit=PIXELS_LIMIT)
    if width < 1 or height < 1:
        raise FileDamaged(name=name)


def iso_kind(data: bytes, name: str, extension: str) -> str:
    """Return heic, mp4 or mov for a file of the ISO family, by the brand it declares first.

    :raise FileKindRefused: another member of the family (sound, AVIF).
    """
    brand = data[8:12]
    if brand == _MOV_BRAND:
        return "mov"
    if brand in _MP4_BRANDS:
        return "mp4"
    others = {data[place : place + 4] for place in range(16, min(int.from_bytes(data[:4], "big"), 256), 4)}
    if brand in _HEIC_BRANDS and not others & _AVIF_BRANDS:
        return "heic"
    raise FileKindRefused(name=name, extension=extension)


def heic_size(data: bytes, name: str) -> tuple[int | None, int | None]:
    """Return width and height of the largest image declared in a HEIC file; None for both when none is declared.

    Decoding HEIC is an extra; the declared sizes (`ispe` boxes) are enough to refuse a bomb.
    """
    sizes: list[tuple[int, int]] = []
    place = data.find(b"ispe", 0, _META_SEARCH_BYTES)
    while place >= 0:
        body = data[place + 8 : place + 16]
        if len(body) == 8:
            sizes.append((int.from_bytes(body[:4], "big"), int.from_bytes(body[4:], "big")))
        place = data.find(b"ispe", place + 4, _META_SEARCH_BYTES)
    if not sizes:
        return None, None
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    check_pixels(width, height, name)
    return width, height


def check_film(data: bytes, name: str) -> None:
    """Walk the top boxes of an MP4 or MOV: they must fill the file and hold an index, else the film was cut off.

    :raise FileDamaged: a box reaches beyond the end, or there is no `moov` box.
    """
    place, found = 0, set()
    while place + _BOX_HEADER <= len(data):
        size, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        if size == 1:
            size = int.from_bytes(data[place + 8 : place + 16], "big")
        elif size == 0:
            size = len(data) - place
        if size < _BOX_HEADER or place + size > len(data):
            raise FileDamaged(name=name)
        found.add(kind)
        place += size
    if b"moov" not in found:
        raise FileDamaged(name=name)


def count_pages(data: bytes, name: str) -> int:
    """Return the number of pages of a PDF that opens without a password.

    :raise FileLocked: a password is needed.
    :raise FileDamaged: it does not open or has no page.
    """
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileLocked(name=name)
        pages = len(reader.pages)
    except DependencyError:
        # Encrypted with a cipher that is not installed: for the reader of the file the same as a password.
        raise FileLocked(name=name) from None
    # A broken file makes the parser fail in many ways; whichever it is, the file does not open.
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, OSError, RecursionError):
        raise FileDamaged(name=name) from None
    if pages < 1:
        raise FileDamaged(name=name)
    return pages
