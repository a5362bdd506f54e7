"""The allow-list of attachments: what a file is, decided by its content, and whether it may be kept.

Kinds: ux.md P4 (photos, PDF, Word, Excel, PowerPoint, MP4, MOV). Limits: security.md T13, always before unpacking.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

import filetype

from core.files import media, office
from core.files.names import clean_name, extension_of
from core.files.refusals import FileDamaged, FileKindRefused, FileTooLarge

SIZE_LIMIT_BYTES = 20 * 1024 * 1024

_ZIP_SIGNATURE = b"PK\x03\x04"
_EMPTY_ZIP_SIGNATURE = b"PK\x05\x06"
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF_SIGNATURE = b"%PDF-"
# Some scanners write blanks or a byte order mark before the signature; anything else there is another file in disguise.
_PDF_LEADERS = b"\xef\xbb\xbf \t\r\n\0"


class Kind(StrEnum):
    """A kind of file that is taken; the value is the extension it is kept under."""

    JPG = "jpg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    DOC = "doc"
    XLS = "xls"
    PPT = "ppt"
    MP4 = "mp4"
    MOV = "mov"


_MEDIA_TYPES = {
    Kind.JPG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.WEBP: "image/webp",
    Kind.HEIC: "image/heic",
    Kind.PDF: "application/pdf",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    Kind.DOC: "application/msword",
    Kind.XLS: "application/vnd.ms-excel",
    Kind.PPT: "application/vnd.ms-powerpoint",
    Kind.MP4: "video/mp4",
    Kind.MOV: "video/quicktime",
}
# Telephones and messengers rename pictures and films among themselves, people rename old documents to new ones;
# a name from another family is a disguise.
_FAMILIES = (
    frozenset({"jpg", "jpeg", "jpe", "jfif", "png", "webp", "heic", "heif"}),
    frozenset({"mp4", "m4v", "mov", "qt", "3gp"}),
    frozenset({"doc", "docx"}),
    frozenset({"xls", "xlsx"}),
    frozenset({"ppt", "pptx"}),
    frozenset({"pdf"}),
)
PICTURES = frozenset({Kind.JPG, Kind.PNG, Kind.WEBP, Kind.HEIC})
FILMS = frozenset({Kind.MP4, Kind.MOV})
WITH_THUMBNAIL = frozenset({Kind.JPG, Kind.PNG, Kind.WEBP})


@dataclass(frozen=True)
class FileFacts:
    """What is known of an accepted file.

    `size` is in bytes; `pages` is known of a PDF only, `width` and `height` of a picture only.
    """

    kind: Kind
    media_type: str
    extension: str
    size: int
    sha256: str
    pages: int | None = None
    width: int | None = None
    height: int | None = None

    @property
    def has_thumbnail(self) -> bool:
        """Whether `core.files.thumbnails.thumbnail` can draw it."""
        return self.kind in WITH_THUMBNAIL


def accepted_extensions() -> tuple[str, ...]:
    """Return the extensions for the `accept` attribute of a file field, with their dots."""
    return (".jpg", ".jpeg", ".heif", *(f".{kind.value}" for kind in Kind if kind is not Kind.JPG))


def check_file(data: bytes, name: str, *, limit: int = SIZE_LIMIT_BYTES) -> FileFacts:
    """Return the facts of a file that may be kept, decided by its content; the name must not claim another family.

    :param name: as it was sent; only its extension matters here.
    :param limit: most bytes taken.
    :raise FileTooLarge: more bytes than `limit`.
    :raise FileKindRefused: not in the allow-list, macros inside, or disguised.
    :raise FileUnpacksTooLarge: too many members, bytes or pixels once opened.
    :raise FileLocked: needs a password.
    :raise FileDamaged: empty, cut off or broken.
    """
    shown, extension = clean_name(name), extension_of(name)
    if len(data) > limit:
        raise FileTooLarge(name=shown, size=len(data), limit=limit)
    if not data:
        raise FileDamaged(name=shown)
    kind = _find_kind(data, shown, extension)
    if not _name_fits(kind, extension):
        raise FileKindRefused(name=shown, extension=extension)
    pages, (width, height) = None, (None, None)
    if kind is Kind.PDF:
        pages = media.count_pages(data, shown)
    elif kind is Kind.HEIC:
        width, height = media.heic_size(data, shown)
    elif kind in PICTURES:
        with media.open_picture(data, kind, shown) as picture:
            width, height = picture.size
    elif kind in FILMS:
        media.check_film(data, shown)
    digest = hashlib.sha256(data).hexdigest()
    return FileFacts(kind, _MEDIA_TYPES[kind], kind.value, len(data), digest, pages, width, height)


def _find_kind(data: bytes, name: str, extension: str) -> Kind:
    if data.startswith((_ZIP_SIGNATURE, _EMPTY_ZIP_SIGNATURE)):
        return Kind(office.office_zip_kind(data, name, extension))
    if data.startswith(_OLE_SIGNATURE):
        return Kind(office.office_ole_kind(data, name, extension))
    if data[4:8] == b"ftyp":
        return Kind(media.iso_kind(data, name, extension))
    if data[:64].lstrip(_PDF_LEADERS).startswith(_PDF_SIGNATURE):
        return Kind.PDF
    guess = filetype.guess_extension(data[:8192])
    found = {"jpg": Kind.JPG, "png": Kind.PNG, "apng": Kind.PNG, "webp": Kind.WEBP, "mov": Kind.MOV}.get(guess or "")
    if found is None:
        raise FileKindRefused(name=name, extension=extension)
    return found


def _name_fits(kind: Kind, extension: str) -> bool:
    return not extension or any(kind.value in family and extension in family for family in _FAMILIES)
