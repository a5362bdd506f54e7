"""The allow-list: known by content, measured before opening."""

import hashlib
import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from core.files.kinds import FileFacts, Kind, accepted_extensions, check_file
from core.files.refusals import FileDamaged, FileKindRefused, FileLocked, FileTooLarge, FileUnpacksTooLarge
from core.files.thumbnails import thumbnail
from tests.files import samples

JPG = samples.make_picture()
PNG = samples.make_picture("PNG")
PDF = samples.make_pdf()
DOCX = samples.make_office("docx")

HONEST = [
    (JPG, "anh.JPG", Kind.JPG),
    (PNG, "anh.png", Kind.PNG),
    (samples.make_picture("WEBP"), "anh.webp", Kind.WEBP),
    (samples.make_heic(), "IMG_0001.HEIC", Kind.HEIC),
    (samples.make_heic(brand=b"mif1"), "anh.heif", Kind.HEIC),
    (PDF, "bao cao.pdf", Kind.PDF),
    (DOCX, "don.docx", Kind.DOCX),
    (samples.make_xlsx(), "bang.xlsx", Kind.XLSX),
    (samples.make_office("pptx"), "trinh bay.pptx", Kind.PPTX),
    (samples.make_ole("WordDocument"), "don.doc", Kind.DOC),
    (samples.make_ole("Workbook"), "bang.xls", Kind.XLS),
    (samples.make_ole("PowerPoint Document"), "trinh bay.ppt", Kind.PPT),
    (samples.make_ole("WordDocument", "Workbook"), "don.doc", Kind.DOC),
    (samples.make_film(b"isom"), "phim.mp4", Kind.MP4),
    (samples.make_film(b"qt  "), "phim.MOV", Kind.MOV),
]


@pytest.mark.parametrize(("data", "name", "kind"), HONEST)
def test_the_files_people_have_are_taken(data, name, kind):
    facts = check_file(data, name)
    assert (facts.kind, facts.extension, facts.size) == (kind, kind.value, len(data))
    assert facts.sha256 == hashlib.sha256(data).hexdigest()


def test_the_facts_of_a_picture_and_a_document_are_read():
    picture = FileFacts(
        Kind.JPG, "image/jpeg", "jpg", len(JPG), hashlib.sha256(JPG).hexdigest(), None, width=64, height=48
    )
    assert check_file(JPG, "anh.jpg") == picture
    assert check_file(samples.make_pdf(12), "a.pdf").pages == 12
    heic = check_file(samples.make_heic(), "a.heic")
    assert (heic.width, heic.height, heic.has_thumbnail) == (4032, 3024, False)


def test_a_picture_renamed_by_a_messenger_keeps_its_true_kind():
    assert check_file(PNG, "anh.jpg").extension == "png"
    assert check_file(JPG, "khong-duoi").extension == "jpg"


REFUSED = [
    (b"<html><script>alert(1)</script></html>", "trang.html"),
    (b"<html><script>alert(1)</script></html>", "anh.jpg"),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "anh.svg"),
    (b"<?xml version='1.0'?><svg/>", "anh.png"),
    (b"MZ" + b"\0" * 512, "anh.jpg"),
    (b"\x7fELF" + b"\0" * 512, "a.pdf"),
    (b"#!/bin/sh\nrm -rf /", "a.docx"),
    (b"plain text", "a.txt"),
    (b"a,b\n=cmd|x,2", "a.csv"),
    (b"{\\rtf1 x}", "a.rtf"),
    (b"GIF89a" + b"\0" * 64, "a.gif"),
    (b"BM" + b"\0" * 64, "a.bmp"),
    (b"Rar!\x1a\x07\x00" + b"\0" * 64, "a.rar"),
    (b"7z\xbc\xaf\x27\x1c" + b"\0" * 64, "a.7z"),
    (b"\x1f\x8b\x08" + b"\0" * 64, "a.gz"),
    (samples.make_zip({"a.txt": "x"}), "a.zip"),
    (samples.make_zip({"a.txt": "x"}), "a.docx"),
    (samples.make_zip({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "x"}), "a.odt"),
    (samples.make_zip({"META-INF/MANIFEST.MF": "x", "A.class": "x"}), "a.jar"),
    (samples.make_office(extra={"word/vbaProject.bin": "x"}), "a.docx"),
    (samples.make_office(content_type="application/vnd.ms-word.document.macroEnabled.main+xml"), "a.docm"),
    (samples.make_office(content_type="application/vnd.ms-word.document.macroEnabled.main+xml"), "a.docx"),
    (samples.make_office(extra={"word/embeddings/setup.exe": "MZ"}), "a.docx"),
    (samples.make_ole("WordDocument", "Macros", "VBA"), "a.doc"),
    (samples.make_ole("Workbook", "_VBA_PROJECT_CUR"), "a.xls"),
    (samples.make_ole("SummaryInformation"), "a.msi"),
    (samples.make_heic(brand=b"avif", others=b"avifmif1"), "a.avif"),
    (samples.make_heic(brand=b"mif1", others=b"avifmif1"), "a.heic"),
    (samples.make_film(b"M4A "), "a.m4a"),
    (b"junk" * 4 + PDF, "a.pdf"),
    (b"GIF89a" + PDF, "a.pdf"),
    (PDF, "anh.jpg"),
    (JPG, "a.pdf"),
    (JPG, "a.html"),
    (JPG, "anh.jpg.exe"),
    (DOCX, "a.docm"),
    (DOCX, "a.xlsx"),
]


@pytest.mark.parametrize(("data", "name"), REFUSED)
def test_everything_else_is_refused_whatever_it_is_called(data, name):
    with pytest.raises(FileKindRefused) as refusal:
        check_file(data, name)
    assert refusal.value.name == name


DAMAGED = [
    (b"", "a.jpg"),
    (b"\xff\xd8\xff\xe0 not a picture", "a.jpg"),
    (PNG[:20], "a.png"),
    (b"%PDF-1.7\nnothing follows", "a.pdf"),
    (DOCX[:-30], "a.docx"),
    (samples.make_film(with_index=False), "a.mp4"),
    (samples.make_film()[:-4], "a.mp4"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc"),
    (samples.make_pdf(0), "a.pdf"),
]


@pytest.mark.parametrize(("data", "name"), DAMAGED)
def test_a_file_cut_off_or_broken_is_called_damaged(data, name):
    with pytest.raises(FileDamaged) as refusal:
        check_file(data, name)
    assert refusal.value.name == name


@pytest.mark.parametrize(
    ("data", "name"), [(samples.make_pdf(password="bí mật"), "a.pdf"), (samples.make_ole("EncryptedPackage"), "a.docx")]
)
def test_a_file_with_a_password_is_called_locked(data, name):
    with pytest.raises(FileLocked):
        check_file(data, name)


def test_a_pdf_locked_only_for_changes_is_taken():
    assert check_file(samples.make_pdf(password=""), "a.pdf").pages == 2


def test_size_is_judged_before_anything_else():
    with pytest.raises(FileTooLarge) as refusal:
        check_file(b"x" * 11, "C:\\a.bin", limit=10)
    assert (refusal.value.name, refusal.value.size, refusal.value.limit) == ("a.bin", 11, 10)


def make_png_header(width, height):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


BOMBS = [
    (samples.make_office(extra={"word/media/a.bin": b"\0" * 3_000_000}), "a.docx", "ratio"),
    (samples.make_office(extra={f"word/media/{n}.xml": "x" for n in range(500)}), "a.docx", "members"),
    (make_png_header(10_000, 6_000), "a.png", "pixels"),
    (make_png_header(100_000, 100_000), "a.png", "pixels"),
    (samples.make_heic(60_000, 60_000), "a.heic", "pixels"),
]


@pytest.mark.parametrize(("data", "name", "measure"), BOMBS)
def test_a_bomb_is_refused_by_its_declared_size(data, name, measure):
    with pytest.raises(FileUnpacksTooLarge) as refusal:
        check_file(data, name)
    assert refusal.value.measure == measure
    assert refusal.value.found > refusal.value.limit


def test_a_declared_size_above_the_limit_is_refused_without_unpacking():
    data = bytearray(samples.make_office(extra={"word/media/a.bin": "x"}))
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = (201 * 1024 * 1024).to_bytes(4, "little")
    with pytest.raises(FileUnpacksTooLarge) as refusal:
        check_file(bytes(data), "a.docx")
    assert refusal.value.measure == "bytes"


def test_a_field_offers_every_kind():
    assert {Kind.JPG.value, "jpeg", "docx", "mov"} <= {
        extension.removeprefix(".") for extension in accepted_extensions()
    }


def make_turned_photo():
    photo = Image.new("RGB", (1600, 1200), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "Lò Thị Mai"
    out = io.BytesIO()
    photo.save(out, "JPEG", exif=exif, comment=b"secret comment")
    return out.getvalue()


def test_a_thumbnail_is_turned_upright_and_carries_nothing_of_the_original():
    drawn = Image.open(io.BytesIO(thumbnail(make_turned_photo())))
    assert (drawn.format, drawn.size) == ("JPEG", (360, 480))
    assert dict(drawn.getexif()) == {}
    assert set(drawn.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_transparent_picture_gets_a_white_ground():
    out = io.BytesIO()
    Image.new("RGBA", (40, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(thumbnail(out.getvalue()))).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_pictures_become_small_jpegs_too(kind):
    drawn = Image.open(io.BytesIO(thumbnail(samples.make_picture(kind, (1000, 500)), longest=100)))
    assert (drawn.format, drawn.size) == ("JPEG", (100, 50))


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "I;16"])
def test_unusual_colours_are_drawn(mode):
    out = io.BytesIO()
    Image.new(mode, (20, 20)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert Image.open(io.BytesIO(thumbnail(out.getvalue()))).size == (20, 20)


def test_a_picture_cut_off_has_no_thumbnail():
    data = samples.make_picture("PNG", (400, 400), compress_level=0)
    with pytest.raises(FileDamaged):
        thumbnail(data[: len(data) // 2])


@pytest.mark.parametrize("data", [samples.make_heic(), PDF, b"<svg/>"])
def test_only_pictures_that_can_be_decoded_have_thumbnails(data):
    with pytest.raises(FileKindRefused):
        thumbnail(data)


def test_a_bomb_has_no_thumbnail():
    with pytest.raises(FileUnpacksTooLarge):
        thumbnail(make_png_header(10_000, 6_000))


def test_an_archive_is_never_opened_as_a_whole(monkeypatch):
    opened = []
    real = zipfile.ZipFile.open
    monkeypatch.setattr(
        zipfile.ZipFile, "open", lambda self, name, *rest: opened.append(name) or real(self, name, *rest)
    )
    check_file(DOCX, "a.docx")
    assert opened == ["[Content_Types].xml"]
