"""Sends styles, scripts and icons compressed; pages only where they say that nothing of a request comes back in them.

A page holds form tokens. Whoever can make a browser ask for pages with words of his own choice in them reads a token
off their compressed lengths (BREACH); a page that repeats no such words gives no hold for that.
"""

from __future__ import annotations

import functools
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

KINDS = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})


def compressible(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view whose page may be compressed: a GET of it repeats nothing that the address carries."""
    view.is_compressible = True  # type: ignore[attr-defined]
    return view


def install(app: Flask) -> None:
    """Compress static files, and the pages marked for it, for browsers that take them so."""

    @app.after_request
    def compress(response: Response) -> Response:
        if response.status_code != 200:
            return response
        if request.endpoint == "static" and response.mimetype in KINDS:
            response.headers["Vary"] = "Accept-Encoding"
            if "gzip" in request.accept_encodings:
                path = Path(app.static_folder or "") / (request.view_args or {})["filename"]
                # The file that was about to be sent is open.
                response.close()
                response.direct_passthrough = False
                _encode(response, _compressed(path, path.stat().st_mtime_ns))
        elif request.method == "GET" and is_compressible(app, request.endpoint) and response.mimetype == "text/html":
            response.vary.add("Accept-Encoding")
            if "gzip" in request.accept_encodings:
                _encode(response, gzip.compress(response.get_data(), compresslevel=6, mtime=0))
        return response


def is_compressible(app: Flask, endpoint: str | None) -> bool:
    """Whether the pages of an endpoint are marked."""
    return getattr(app.view_functions.get(endpoint or ""), "is_compressible", False)


def _encode(response: Response, data: bytes) -> None:
    response.set_data(data)
    response.headers["Content-Encoding"] = "gzip"


@functools.lru_cache(maxsize=64)
def _compressed(path: Path, _changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)
