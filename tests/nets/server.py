"""A real web server on a free port, as an installation runs it, in a thread of the test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from waitress.server import create_server

from core.server import StampedChannel


@contextmanager
def running(app: Flask, threads: int = 8) -> Iterator[int]:
    """Yield the port on which the application answers, with the channels that stamp requests."""
    server = create_server(app, host="127.0.0.1", port=0, threads=threads, ident="thidua")
    server.channel_class = StampedChannel  # type: ignore[union-attr]
    thread = threading.Thread(target=_run, args=(server,), daemon=True)
    thread.start()
    yield int(server.effective_port)  # type: ignore[union-attr]
    server.close()
    thread.join(timeout=5)


def _run(server: object) -> None:
    try:
        server.run()  # type: ignore[attr-defined]
    except (OSError, ValueError):
        # Closing the socket under the loop is how waitress is stopped from another thread.
        return
