"""The bundled fonts are the ones that were checked."""

import hashlib

from core.documents.citation import FONTS_FOLDER

LIMIT_BYTES = 150_000


def test_the_bundled_fonts_are_pinned_by_digest():
    listed = {}
    for line in (FONTS_FOLDER / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        listed[name] = digest
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FONTS_FOLDER.glob("*.ttf")}
    found["OFL.txt"] = hashlib.sha256((FONTS_FOLDER / "OFL.txt").read_bytes()).hexdigest()
    assert found == listed
    assert len(found) == 5


def test_the_bundled_fonts_stay_small():
    assert [path.name for path in FONTS_FOLDER.glob("*.ttf") if path.stat().st_size > LIMIT_BYTES] == []
