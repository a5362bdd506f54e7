"""Previews drawn anew: what a browser shows was decoded and encoded by us and carries nothing of the original file."""

from __future__ import annotations

import io

import filetype
from PIL import Image, ImageOps

from core.files import media
from core.files.names import clean_name, extension_of
from core.files.refusals import FileDamaged, FileKindRefused

THUMBNAIL_PIXELS = 480
_QUALITY = 80


def thumbnail(data: bytes, *, longest: int = THUMBNAIL_PIXELS, name: str = "") -> bytes:
    """Return a JPEG of a JPG, PNG or WEBP picture, its longer side at most `longest` pixels.

    Turned as the camera was held; transparent parts become white; no metadata, profile or comment survives.

    :raise FileKindRefused: another kind (HEIC decoding is an extra).
    :raise FileUnpacksTooLarge: more than 50 million pixels.
    :raise FileDamaged: the picture cannot be decoded.
    """
    shown = clean_name(name)
    kind = filetype.guess_extension(data[:8192])
    kind = "png" if kind == "apng" else kind
    if kind not in {"jpg", "png", "webp"}:
        raise FileKindRefused(name=shown, extension=extension_of(name))
    with media.open_picture(data, kind, shown) as picture:
        try:
            # A JPEG is decoded at a fraction of its size when that is enough: less memory, less time.
            picture.draft("RGB", (longest * 2, longest * 2))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((longest, longest))
            drawn = _on_white(upright)
        except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError):
            raise FileDamaged(name=shown) from None
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """Return an RGB copy that holds pixels and nothing else."""
    seen = picture.convert("RGBA") if picture.has_transparency_data else picture.convert("RGB")
    sheet = Image.new("RGB", seen.size, "white")
    sheet.paste(seen, mask=seen if seen.mode == "RGBA" else None)
    return sheet
