"""QR codes, drawn without touching the network or the disk."""

from __future__ import annotations

import io

import segno


def qr_svg(text: str, *, title: str | None = None) -> str:
    """Return an SVG that scales to its box (viewBox, no fixed size), with the quiet zone of four modules.

    :param title: what a screen reader says; `None` leaves the title out.
    """
    out = io.BytesIO()
    _code(text).save(
        out,
        kind="svg",
        border=4,
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
        light="#fff",
        title=title,
    )
    return out.getvalue().decode("utf-8").strip()


def qr_png(text: str, *, scale: int = 8) -> bytes:
    """Return a PNG, `scale` pixels a module, with the quiet zone of four modules."""
    out = io.BytesIO()
    _code(text).save(out, kind="png", border=4, scale=scale)
    return out.getvalue()


def _code(text: str) -> segno.QRCode:
    # Level M survives the fold or the thumbprint of a paper that hangs in an office for years.
    return segno.make_qr(text, error="m")
