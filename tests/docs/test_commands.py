"""The commands of docs/deploy.md, each a process of its own: nothing else has imported what they need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.nets.source import ROOT


def run(folder: Path, *words: str) -> tuple[int, str]:
    """Run a command on the installation in a folder and return its exit code and what it said."""
    program = "from core.cli import main; main()"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("THIDUA_")}
    environment |= {"THIDUA_INSTANCE": str(folder), "THIDUA_PASSWORD_COST": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_new_installation_comes_up_and_is_well(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    for words in (
        ("db", "upgrade"),
        ("user", "add", "Họ và tên", "--phone", "0912345678", "--role", "admin"),
        ("db", "check"),
        ("doctor",),
        ("audit", "checkpoint"),
        ("audit", "verify"),
        ("results", "verify"),
    ):
        code, said = run(tmp_path, *words)
        assert code == 0, f"thidua {' '.join(words)}: {said}"
        assert f"thidua {' '.join(words[:2])}" in page
