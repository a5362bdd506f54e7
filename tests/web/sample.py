"""Routes of a test's own on the real application: forms, a slow one, one that breaks, one that writes while reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, g, jsonify, render_template_string, request

from core.accounts.models import LimitCount
from core.extensions import db
from core.web import requests
from core.web.access import requires

FORM = (
    '{% import "components/all.html" as ui %}<h1>Thử</h1>'
    '{% call ui.post_form("/thu/" ~ kind) %}<input name="ma">{{ ui.button("Gửi") }}{% endcall %}'
)


def install(app: Flask) -> None:
    """Add the routes, before the first request."""
    routes: dict[str, tuple[Callable[..., Any], list[str]]] = {
        "dang": (_kept("dang"), ["GET", "POST"]),
        "khac": (_kept("khac"), ["GET", "POST"]),
        "cham": (_kept("cham", late=True), ["GET", "POST"]),
        "ghi": (_written_while_reading, ["GET"]),
        "hong": (_broken, ["GET", "POST"]),
        "gio": (_moments, ["GET", "POST"]),
    }
    for name, (view, methods) in routes.items():
        verb = "public.read"
        guarded = requires(verb, late=name == "cham")(view)
        if name == "gio":
            guarded = requests.keyless(guarded)
        app.add_url_rule(f"/thu/{name}", f"thu.{name}", guarded, methods=methods)


def _kept(kind: str, *, late: bool = False) -> Callable[[], Any]:
    def view() -> Any:
        if request.method == "GET":
            return render_template_string(FORM, kind=kind)
        if late and (early := requests.start_writing()) is not None:
            return early
        code = request.form.get("ma", "")
        if not code:
            return render_template_string(FORM, kind=kind), 422
        db.session.add(LimitCount(bucket=code, window_start=g.now, count=9))
        db.session.flush()
        return requests.finish(f"/thu/{kind}?xong={code}")

    return view


def _written_while_reading() -> str:
    db.session.add(LimitCount(bucket="lau", window_start=g.now, count=9))
    db.session.commit()
    return "đã ghi"


def _broken() -> str:
    raise RuntimeError("bí mật của máy chủ")


def _moments() -> Any:
    if request.form.get("cham"):
        import time

        time.sleep(0.6)
    return jsonify(received=requests.received_at().isoformat(), now=g.now.isoformat())
