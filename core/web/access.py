"""The decorator every route carries: which verb of the policy it is, and on what object."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from flask import Flask, g, request

from core.accounts import policy
from core.accounts.rules import Actor, NotAllowed, NotFoundHere
from core.extensions import db
from core.web.requests import late_write, see_other

FREE_ENDPOINTS = frozenset({"static"})


def actor() -> Actor:
    """Return the person behind this request."""
    return g.actor


def requires(
    verb: str, kind: type | None = None, *, key: str = "public_id", late: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Open a route to those whom the policy allows `verb`.

    With `kind`, the URL's `<key>` names a row of that table; the view receives the row as the keyword argument
    `subject` in its place. A row the actor may not see answers 404, one they may see but not `verb` 403; a visitor
    is sent to sign in and back.

    :param late: the view calls `core.web.requests.start_writing` itself.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def guarded(**arguments: Any) -> Any:
            if not policy.may(g.actor, verb):
                if not g.actor.is_signed_in:
                    return see_other("/dang-nhap?tiep=" + quote(request.full_path.rstrip("?"), safe=""))
                raise NotAllowed(verb=verb)
            if kind is not None:
                arguments["subject"] = find(kind, key, arguments.pop(key))
                policy.require(g.actor, verb, arguments["subject"])
            return view(**arguments)

        guarded.__policy__ = (verb, kind)  # type: ignore[attr-defined]
        return late_write(guarded) if late else guarded

    return decorate


def find(kind: type, key: str, value: Any) -> Any:
    """Return the row of `kind` whose `key` is `value`, if the actor may know of it.

    :raise NotFoundHere: absent or foreign, one answer for both.
    """
    row = db.session.scalar(sa.select(kind).where(getattr(kind, key) == value))
    if row is None or not policy.sees(g.actor, row):
        raise NotFoundHere()
    return row


def check_routes(app: Flask) -> None:
    """Stop the start-up when a route declares no verb, or one that the policy does not know."""
    faults = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in FREE_ENDPOINTS or rule.endpoint in app.extensions.get("thidua_room_files", ()):
            continue
        declared = getattr(app.view_functions[rule.endpoint], "__policy__", None)
        if declared is None:
            faults.append(f"{rule.rule} ({rule.endpoint}) declares no verb")
        elif declared[0] not in policy.known_verbs():
            faults.append(f"{rule.rule} ({rule.endpoint}): no policy row for {declared[0]!r}")
    if faults:
        raise RuntimeError("routes without a rule:\n  " + "\n  ".join(sorted(faults)))
