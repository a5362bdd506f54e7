"""A real installation of its own: migrated and served by `thidua`, with units, people and their accounts, no season."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from core.config import ROOT, Settings
from core.demo import province
from tests import databases
from tests.journeys.browser import Browser

PASSWORD = province.PASSWORD
PROGRAM = str(Path(sys.executable).with_name("thidua"))


@dataclass(frozen=True)
class Installation:
    """Where it answers, and how to run commands on it."""

    address: str
    folder: Path
    database_url: str
    device: Callable[[str, bool], Browser]
    devices: dict[str, Browser] = field(default_factory=dict)

    def run(self, *arguments: str) -> str:
        """Run a command of `thidua` on it and return what it prints; it must end well."""
        done = subprocess.run(  # Our own program.
            [PROGRAM, *arguments], env=self._environment(), cwd=self.folder, check=False,
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, f"thidua {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def person(self, phone: str = "", *, wide: bool = False) -> Browser:
        """Return the browser of somebody, who stays signed in on it where a phone number is given.

        `wide`: it is at a desk, not on a phone.
        """
        if phone not in self.devices:
            self.devices[phone] = self.device(self.address, wide)
            if phone:
                self.devices[phone].sign_in(phone, PASSWORD)
        return self.devices[phone]

    def _environment(self) -> dict[str, str]:
        own = {
            "THIDUA_INSTANCE": str(self.folder),
            "THIDUA_DATABASE_URL": self.database_url,
            "THIDUA_BASE_URL": self.address,
            "THIDUA_PASSWORD_COST": "1",
            "PYTHONPATH": str(ROOT),
        }
        return {name: value for name, value in os.environ.items() if not name.startswith("THIDUA_")} | own


def _over_http(address: str, _wide: bool) -> Browser:
    return Browser(address)


@contextmanager
def running(kind: str, device: Callable[[str, bool], Browser] = _over_http) -> Iterator[Installation]:
    """Yield an installation on an empty database of `kind`, upgraded and served by its own process.

    `device` makes the browser of one person from the address and whether it has a wide screen.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = databases.empty(kind)
    made = Installation(f"http://127.0.0.1:{port}", databases.empty_instance(), url, device)
    server = None
    try:
        made.run("db", "upgrade")
        _people(made)
        log = (made.folder / "server.log").open("wb")
        server = subprocess.Popen(
            [PROGRAM, "serve", "--port", str(port)], env=made._environment(), cwd=made.folder,
            stdout=log, stderr=log,
        )  # fmt: skip
        _wait(made, server)
        yield made
    finally:
        if server is not None:
            server.terminate()
            server.wait(timeout=10)
            log.close()
        databases.drop(url)
        shutil.rmtree(made.folder, ignore_errors=True)


def _people(made: Installation) -> None:
    """Put the units, people, accounts and roles there, through the services."""
    from core.app import create_app
    from core.db import begin_writing
    from core.extensions import db

    begin_writing()
    app = create_app(Settings(instance=made.folder, database_url=made.database_url, base_url=made.address))
    with app.app_context():
        province.build_people(province.build_tree(), at=datetime(2026, 1, 5, tzinfo=UTC), cost=1)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _wait(made: Installation, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"{made.address}/healthz", timeout=1).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError((made.folder / "server.log").read_text())
