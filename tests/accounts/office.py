"""Rows for page tests, made outside of requests: an application context kept open lends its `g` to every client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from core.db import begin_reading, begin_writing
from core.extensions import db


@contextmanager
def writing(app: Flask) -> Iterator[None]:
    """Make or change rows and commit them."""
    with app.app_context():
        begin_writing()
        yield
        db.session.commit()


@contextmanager
def reading(app: Flask) -> Iterator[None]:
    """Look at what the pages left behind."""
    with app.app_context():
        begin_reading()
        yield


def kept(*rows: Any) -> None:
    """Commit, and leave rows readable after their session has ended."""
    db.session.commit()
    begin_reading()
    for row in rows:
        db.session.refresh(row)
    db.session.expunge_all()
