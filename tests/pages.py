"""What a test does with pages: read the form that is there, fill it in, send it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.accounts.models import Account


@dataclass
class Form:
    """A form as the page shows it: where it goes and what it already holds."""

    action: str
    method: str
    values: dict[str, Any] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select: str | None = None
        self._textarea: str | None = None
        self._button: list[str] | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {k: v or "" for k, v in attrs}
        if tag == "form":
            self._form = Form(a.get("action", ""), a.get("method", "get").lower())
            self.forms.append(self._form)
        if self._form is None:
            return
        name = a.get("name", "")
        if tag == "input" and name:
            kind = a.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in a:
                    self._add(name, a.get("value", "on"), many=kind == "checkbox")
            elif kind not in ("submit", "button", "file"):
                self._add(name, a.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in a:
                self._add(self._select, a.get("value", ""))
        elif tag == "textarea":
            self._textarea, self._text = name, []
        elif tag == "button":
            self._button, self._text = [name, a.get("value", "")], []

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._textarea is not None:
            self._add(self._textarea, "".join(self._text).removeprefix("\r\n").removeprefix("\n"))
            self._textarea = None
        elif tag == "button" and self._button is not None and self._form is not None:
            self._form.buttons.append((self._button[0], self._button[1], " ".join("".join(self._text).split())))
            self._button = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None or self._button is not None:
            self._text.append(data)

    def _add(self, name: str, value: str, *, many: bool = False) -> None:
        assert self._form is not None
        if many:
            self._form.values.setdefault(name, []).append(value)
        else:
            self._form.values[name] = value


def forms(response: TestResponse) -> list[Form]:
    """Return the forms of a page, in order."""
    parser = _Forms()
    parser.feed(response.text)
    return parser.forms


def form(response: TestResponse, action: str = "", button: str = "") -> Form:
    """Return the first POST form whose action contains `action` and which has a button reading `button`."""
    for candidate in forms(response):
        if (
            candidate.method == "post"
            and action in candidate.action
            and "/dang-xuat" not in candidate.action
            and (not button or any(button in text for _, _, text in candidate.buttons))
        ):
            return candidate
    raise AssertionError(f"no form to {action!r} with button {button!r} in:\n{text_of(response)[:2000]}")


def send(
    client: FlaskClient, page: TestResponse, *, action: str = "", button: str = "", follow: bool = True, **values: Any
) -> TestResponse:
    """Fill in the page's form and press the button: what the page already holds is kept, `values` are typed over it."""
    found = form(page, action, button)
    pressed = {name: value for name, value, text in found.buttons if button and button in text and name}
    data = {**found.values, **values, **pressed}
    target = found.action or page.request.path
    return client.post(target, data=data, follow_redirects=follow, content_type="multipart/form-data")


def text_of(response: TestResponse) -> str:
    """Return what a reader sees: tags gone, blanks folded."""
    without = re.sub(r"(?s)<(script|style|head).*?</\1>", " ", response.text)
    stripped = re.sub(r"<[^>]+>", " ", without)
    import html

    return " ".join(html.unescape(stripped).split())


def h1_of(response: TestResponse) -> str:
    """Return the page's one h1."""
    found = re.findall(r"(?s)<h1[^>]*>(.*?)</h1>", response.text)
    assert len(found) == 1, f"{len(found)} h1 on {response.request.path}"
    import html

    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def signed_in_client(app: Flask, account: Account) -> FlaskClient:
    """Return a client with a live session of `account`, opened by the same service the sign-in page uses."""
    from core.extensions import db
    from core.web import signed_in

    client = app.test_client()
    with app.test_request_context("/"):
        app.preprocess_request()
        from core.db import begin_writing

        db.session.rollback()
        begin_writing()
        fresh = db.session.get(Account, account.id)
        assert fresh is not None
        signed_in.open_session(fresh)
        db.session.commit()
        from flask import session as cookie

        token = cookie["sid"]
        g.pop("actor", None)
    with client.session_transaction() as kept:
        kept["sid"] = token
    return client
