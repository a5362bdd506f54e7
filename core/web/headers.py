"""What every answer carries: a strict content policy, no sniffing, no caching of pages behind a sign-in."""

from __future__ import annotations

from flask import Flask, Response, request

CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def is_static(endpoint: str | None) -> bool:
    """Whether a file is sent whose address carries its version: the core's, or an optional room's."""
    return endpoint is not None and (endpoint == "static" or endpoint.endswith(".static"))


def install(app: Flask) -> None:
    """Add the headers after every request."""

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        if "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
            # It knows only «nobody» and «same site»; a page that names sites which may frame it says so above.
            headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), payment=()")
        if is_static(request.endpoint) and response.status_code in (200, 206, 304):
            # The URL carries the file's version, so a copy may be kept for good; that a file is absent may not.
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        elif headers.get("Cache-Control", "no-cache") == "no-cache":
            # What Flask says of a file that a view sends would let a shared device keep it.
            headers["Cache-Control"] = "no-store"
        return response
