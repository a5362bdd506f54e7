"""The frame around every page: names and help line, navigation, language, formats."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, g, request, session, url_for
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf

from core import __version__
from core.accounts import policy
from core.accounts.rules import VISITOR
from core.config import Settings
from core.vietnamese import dates, numbers, phones
from core.web import times
from core.web.requests import new_form_key

LANGUAGES = (("vi", "Tiếng Việt"), ("en", "English"))


def choose_locale() -> str:
    """Return the language of this request: what the visitor chose, else Vietnamese."""
    chosen = session.get("language") if request else None
    return chosen if chosen in dict(LANGUAGES) else "vi"


def static_version(folder: Path) -> str:
    """Return a short digest of all static files, so that a changed file has a new address."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def install(app: Flask, settings: Settings) -> None:
    """Give templates the frame's values, the formats of numbers and dates, and the policy's questions."""
    version = static_version(Path(app.static_folder or ""))
    app.template_global("csrf_token")(generate_csrf)
    app.template_global("new_form_key")(new_form_key)
    app.template_global("allows")(lambda verb, obj=None: policy.allows(g.get("actor", VISITOR), verb, obj))
    app.template_global("fields_of")(lambda obj: policy.fields(g.get("actor", VISITOR), obj))
    formats: dict[str, Callable[..., str]] = {
        "date": dates.format_date,
        "time": dates.format_time,
        "instant": dates.format_instant,
        "instant_exact": dates.format_instant_exact,
        "deadline": times.deadline,
        "number": numbers.format_number,
        "money": numbers.format_money,
        "in_words": numbers.amount_in_words,
        "phone": phones.format_phone,
    }
    for name, function in formats.items():
        app.template_filter(name)(function)

    @app.context_processor
    def frame() -> dict[str, Any]:
        actor = g.get("actor", VISITOR)
        return {
            "installation": settings,
            "locale": str(get_locale() or "vi"),
            "actor": actor if actor.is_signed_in else None,
            "navigation": app.extensions["thidua_navigation"](actor),
            "links": _links(app, signed_in=actor.is_signed_in),
            "asset_version": version,
            "version": __version__,
            "shared_device": g.get("is_shared_device", False),
            "session_ends": g.session_ends.isoformat() if g.get("session_ends") else None,
            "server_now": g.now.isoformat() if "now" in g else None,
            "now": g.get("now"),
        }


def _links(app: Flask, *, signed_in: bool) -> dict[str, Any]:
    known = app.view_functions
    wanted = {"home": "front.home", "search": "front.look_up", "privacy": "front.privacy"}
    own = {"sign_out": "accounts.sign_out", "account": "accounts.show", "keep_alive": "accounts.keep_alive"}
    wanted |= own if signed_in else {"sign_in": "accounts.sign_in"}
    links: dict[str, Any] = {name: url_for(endpoint) for name, endpoint in wanted.items() if endpoint in known}
    if "front.language" in known:
        links["languages"] = [(code, label, url_for("front.language", code=code)) for code, label in LANGUAGES]
    return links
