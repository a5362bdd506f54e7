"""What it costs to start the application with 50 movements, against 2: python bench/startup.py

Counted is processor time of the process that starts, so that whatever else the machine does changes little.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROMISE = 1.3
ROUNDS = 7
START = (
    "from core.app import create_app; from core.config import Settings; app = create_app(Settings()); "
    "print(len(app.extensions['thidua_registry'].movements))"
)


def plugins_folder(parent: Path, count: int) -> Path:
    """Return a folder with `count` movements, which have the rules of the shipped ones by turns."""
    shipped = sorted((ROOT / "plugins").glob("*/movement.toml"))
    folder = parent / f"plugins-{count}"
    for number in range(count):
        source = shipped[number % len(shipped)]
        own = f'id = "{source.parent.name.replace("_", "-")}"'
        one = folder / f"phong_trao_{number}"
        one.mkdir(parents=True)
        rules = source.read_text(encoding="utf-8").replace(own, f'id = "phong-trao-{number}"', 1)
        (one / "movement.toml").write_text(rules, encoding="utf-8")
    return folder


def seconds_to_start(folder: Path, instance: Path, count: int) -> float:
    """Start a process that makes the application, and return the processor time it took."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "THIDUA_PLUGINS_DIR": str(folder)}
    environment |= {"THIDUA_INSTANCE": str(instance)}
    began = _spent()
    done = subprocess.run(
        [sys.executable, "-c", START], check=True, capture_output=True, text=True, env=environment, cwd=instance
    )
    assert done.stdout.strip() == str(count), done.stdout + done.stderr
    return _spent() - began


def _spent() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> int:
    """Measure both in turns, so that whatever else the machine does meets both; print the ratio."""
    with tempfile.TemporaryDirectory() as name:
        parent = Path(name)
        folders = {count: plugins_folder(parent, count) for count in (2, 50)}
        taken: dict[int, list[float]] = {2: [], 50: []}
        for _round in range(ROUNDS):
            for count, folder in folders.items():
                taken[count].append(seconds_to_start(folder, parent, count))
    few, many = statistics.median(taken[2]), statistics.median(taken[50])
    print(f"2 movements: {few:.3f} s; 50 movements: {many:.3f} s; ratio {many / few:.2f} (promise: at most {PROMISE})")
    return 0 if many / few <= PROMISE else 1


if __name__ == "__main__":
    raise SystemExit(main())
