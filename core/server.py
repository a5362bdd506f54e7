"""The web server: waitress, stamping each request when its last byte arrived, before it waits for a free thread."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.task import WSGITask


class StampedParser(HTTPRequestParser):
    """A request that knows when it was complete."""

    received_at: datetime | None = None

    def received(self, data: bytes) -> int:
        """Take bytes, and note the moment at which the request became complete."""
        taken: int = super().received(data)
        if self.completed and self.received_at is None:
            self.received_at = datetime.now(UTC)
        return taken


class StampedTask(WSGITask):
    """A task that hands the stamp to the application."""

    def get_environment(self) -> dict[str, Any]:
        """Return the WSGI environment with `thidua.received_at`."""
        environ: dict[str, Any] = super().get_environment()
        environ["thidua.received_at"] = self.request.received_at
        return environ


class StampedChannel(HTTPChannel):
    """A connection whose requests are stamped.

    A deadline is decided by when the request was here, not by when a thread was free: waitress was seen to start the
    application more than a second after the body had arrived.
    """

    parser_class = StampedParser
    task_class = StampedTask


def serve(app: Flask, *, host: str, port: int, threads: int) -> None:
    """Serve until interrupted."""
    server = create_server(
        app,
        host=host,
        port=port,
        threads=threads,
        ident="thidua",
        max_request_body_size=256 * 1024 * 1024,
        channel_timeout=300,
        connection_limit=500,
    )
    # A host name with several addresses gives one server per address inside a wrapper.
    sockets = [server] if isinstance(server, BaseWSGIServer) else list(server.map.values())
    for socket in sockets:
        socket.channel_class = StampedChannel
    threading.current_thread().name = "thidua-server"
    try:
        server.run()
    finally:
        server.close()
