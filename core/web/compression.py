"""Sends styles, scripts and icons compressed; pages are not, since they hold tokens that a length could give away."""

from __future__ import annotations

import functools
import gzip
from pathlib import Path

from flask import Flask, Response, request

KINDS = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})


def install(app: Flask) -> None:
    """Compress static files for browsers that take them so."""

    @app.after_request
    def compress(response: Response) -> Response:
        if request.endpoint != "static" or response.status_code != 200 or response.mimetype not in KINDS:
            return response
        response.headers["Vary"] = "Accept-Encoding"
        if "gzip" not in request.accept_encodings:
            return response
        path = Path(app.static_folder or "") / (request.view_args or {})["filename"]
        # The file that was about to be sent is open.
        response.close()
        response.direct_passthrough = False
        response.set_data(_compressed(path, path.stat().st_mtime_ns))
        response.headers["Content-Encoding"] = "gzip"
        return response


@functools.lru_cache(maxsize=64)
def _compressed(path: Path, _changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)
