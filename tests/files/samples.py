"""Small honest and hostile files, made on the spot."""

import io
import zipfile

import pypdf
import xlsxwriter
from PIL import Image

_TYPES = {
    "docx": ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
    "pptx": (
        "ppt/presentation.xml",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    ),
}


def make_picture(kind="JPEG", size=(64, 48), **options):
    out = io.BytesIO()
    Image.new("RGB", size, (10, 77, 140)).save(out, kind, **options)
    return out.getvalue()


def make_pdf(pages=2, password=None):
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def make_zip(members, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def make_office(kind="docx", extra=None, content_type=None):
    main, usual = _TYPES[kind]
    types = f'<Types><Override PartName="/{main}" ContentType="{content_type or usual}"/></Types>'
    return make_zip({"[Content_Types].xml": types, main: "<x/>"} | (extra or {}))


def make_xlsx():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "Họ và tên")
    return out.getvalue()


def make_ole(*entries):
    """A compound file reduced to its header and one directory sector."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    directory = b""
    for entry in ("Root Entry", *entries):
        name = entry.encode("utf-16-le")
        directory += name.ljust(64, b"\0") + (len(name) + 2).to_bytes(2, "little") + b"\x02".ljust(62, b"\0")
    return header + directory.ljust(2048, b"\0")


def box(kind, body=b""):
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def make_film(brand=b"isom", with_index=True):
    film = box(b"ftyp", brand + b"\0\0\0\0" + brand) + box(b"mdat", b"\0" * 64)
    return film + (box(b"moov", b"\0" * 16) if with_index else b"")


def make_heic(width=4032, height=3024, brand=b"heic", others=b"mif1heic"):
    size = box(b"ispe", b"\0\0\0\0" + width.to_bytes(4, "big") + height.to_bytes(4, "big"))
    return box(b"ftyp", brand + b"\0\0\0\0" + others) + box(b"meta", size)
