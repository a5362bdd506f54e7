"""Office documents looked at from outside: zip directories and OLE directories, nothing unpacked but one small part."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from core.files.refusals import FileDamaged, FileKindRefused, FileLocked, FileUnpacksTooLarge

MEMBERS_LIMIT = 500
UNPACKED_LIMIT_BYTES = 200 * 1024 * 1024
RATIO_LIMIT = 20
_CONTENT_TYPES_LIMIT = 1024 * 1024

# The main part of each kind; templates, slide shows and macro documents have other content types.
_MAIN_PARTS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}
_ACTIVE_MEMBERS = re.compile(
    r"vbaproject|vbadata|macrosheets/|activex/|customui/|\.(?:exe|dll|com|scr|bat|cmd|js|vbs|ps1|hta|jar|msi)$",
    re.IGNORECASE,
)
_ENCRYPTED_FLAG = 0x1

# In this order: a text document may hold a sheet as an object, a sheet seldom holds a text document.
_OLE_STREAMS = {"doc": ("WordDocument",), "ppt": ("PowerPoint Document",), "xls": ("Workbook", "Book")}
_OLE_MACROS = ("_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros")
_OLE_ENCRYPTED = "EncryptedPackage"
_OLE_ENTRY_BYTES = 128
_OLE_SMALLEST_BYTES = 1536


def office_zip_kind(data: bytes, name: str, extension: str) -> str:
    """Return docx, xlsx or pptx for a modern office document without macros.

    Sizes come from the directory at the end of the file, so nothing is unpacked before it was measured.

    :raise FileKindRefused: a plain zip, another document, macros or programs inside.
    :raise FileUnpacksTooLarge: more members, bytes or compression than the limits.
    :raise FileLocked: a member is encrypted.
    :raise FileDamaged: the directory cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _measure(members, len(data), name)
            if any(_ACTIVE_MEMBERS.search(member.filename) for member in members):
                raise FileKindRefused(name=name, extension=extension)
            if any(member.flag_bits & _ENCRYPTED_FLAG for member in members):
                raise FileLocked(name=name)
            return _kind_of(archive, name, extension)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        raise FileDamaged(name=name) from None


def _measure(members: list[zipfile.ZipInfo], size: int, name: str) -> None:
    unpacked = sum(member.file_size for member in members)
    measures = (
        ("members", len(members), MEMBERS_LIMIT),
        ("bytes", unpacked, UNPACKED_LIMIT_BYTES),
        # Against the whole file, because overlapping members may each claim the same compressed bytes.
        ("ratio", -(-unpacked // size), RATIO_LIMIT),
    )
    for measure, found, limit in measures:
        if found > limit:
            raise FileUnpacksTooLarge(name=name, measure=measure, found=found, limit=limit)


def _kind_of(archive: zipfile.ZipFile, name: str, extension: str) -> str:
    try:
        with archive.open("[Content_Types].xml") as part:
            content_types = part.read(_CONTENT_TYPES_LIMIT).decode("utf-8", "replace")
    except KeyError:
        raise FileKindRefused(name=name, extension=extension) from None
    if "macroenabled" in content_types.lower():
        raise FileKindRefused(name=name, extension=extension)
    kinds = [kind for kind, main in _MAIN_PARTS.items() if f'"{main}"' in content_types]
    if len(kinds) != 1:
        raise FileKindRefused(name=name, extension=extension)
    return kinds[0]


def office_ole_kind(data: bytes, name: str, extension: str) -> str:
    """Return doc, xls or ppt for an office document of before 2007 without macros.

    :raise FileKindRefused: any other OLE file (an installer, a message), or macros inside.
    :raise FileLocked: a modern document encrypted with a password, which is wrapped in OLE.
    :raise FileDamaged: too short to hold a directory.
    """
    if len(data) < _OLE_SMALLEST_BYTES:
        raise FileDamaged(name=name)
    if _has_ole_entry(data, _OLE_ENCRYPTED):
        raise FileLocked(name=name)
    if any(_has_ole_entry(data, macro) for macro in _OLE_MACROS):
        raise FileKindRefused(name=name, extension=extension)
    kinds = [kind for kind, streams in _OLE_STREAMS.items() if any(_has_ole_entry(data, each) for each in streams)]
    if not kinds:
        raise FileKindRefused(name=name, extension=extension)
    return extension if extension in kinds else kinds[0]


def _has_ole_entry(data: bytes, entry: str) -> bool:
    """Say whether a directory entry of this name stands anywhere in a compound file.

    Entries are 128 bytes on a multiple of 128 and start with their name in UTF-16. Looking at every one, instead of
    following the chain of sectors, also sees what a broken or forged chain would hide.
    Source: [MS-CFB] §2.6 (directory entries).
    """
    needle = entry.encode("utf-16-le")
    length = (len(needle) + 2).to_bytes(2, "little")
    place = data.find(needle)
    while place >= 0:
        if place % _OLE_ENTRY_BYTES == 0 and data[place + 64 : place + 66] == length:
            return True
        place = data.find(needle, place + 2)
    return False
