"""An application for a command: configured as the web is, inside its context."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from core.rooms import Found


@contextmanager
def app_context() -> Iterator[Flask]:
    """Yield the application inside its context and a Vietnamese request-free locale."""
    from core.app import create_app

    app = create_app()
    with app.app_context():
        yield app


def rooms_on() -> list[Found]:
    """Return the optional rooms that the settings switch on, without an application."""
    import logging

    from core import rooms
    from core.config import Settings

    # The command says itself what is wrong with a room; the log would say it a second time.
    logging.getLogger("core.rooms").addHandler(logging.NullHandler())
    return rooms.find(Settings())


def is_taken(host: str, port: int) -> bool:
    """Whether another program listens there; what cannot be looked up is left for the server to say."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror:
            return False
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False
