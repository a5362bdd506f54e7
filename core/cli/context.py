"""An application for a command: configured as the web is, inside its context."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask


@contextmanager
def app_context() -> Iterator[Flask]:
    """Yield the application inside its context and a Vietnamese request-free locale."""
    from core.app import create_app

    app = create_app()
    with app.app_context():
        yield app
