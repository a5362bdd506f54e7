"""Writes the versions that were tested into pyproject.toml (`constraint-dependencies` of uv), from what is installed.

python tools/constraints.py            write name==version for every package the project leads to
python tools/constraints.py --check    exit code 1 when the file and the installed packages disagree

Run it with the interpreter of an environment that has every group (`uv sync --all-groups`). The ranges in
`dependencies` say what the code works with; these lines say what it was tested with, and carry no address: whoever
installs takes the packages from his own index.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
KEY = "constraint-dependencies"
TABLE = re.compile(r"(?ms)^\[tool\.uv\]\n(.*?)(?=^\[|\Z)")
ENTRY = re.compile(rf"(?ms)^{KEY} = \[\n.*?^\]\n")


def declared(project: dict[str, Any]) -> list[str]:
    """Return what pyproject.toml asks for itself: to run, in extras and in groups."""
    extras = project["project"].get("optional-dependencies", {})
    groups = project.get("dependency-groups", {})
    lists = [project["project"]["dependencies"], *extras.values(), *groups.values()]
    return [line for lines in lists for line in lines if isinstance(line, str)]


def closure(requirements: list[str]) -> dict[str, str]:
    """Return name and installed version of everything the requirements lead to on this machine.

    :raise PackageNotFoundError: something that is needed here is not installed.
    """
    versions: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(Requirement(line), "") for line in requirements]
    while waiting:
        wanted, asked_as = waiting.pop()
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": asked_as}):
            continue
        name = canonicalize_name(wanted.name)
        for extra in ("", *sorted(wanted.extras)):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            found = distribution(name)
            versions[name] = found.version
            waiting += [(Requirement(line), extra) for line in found.requires or ()]
    return versions


def entry(versions: dict[str, str]) -> str:
    """Return the key as it stands in the file, one package a line, by name."""
    lines = "".join(f'  "{name}=={version}",\n' for name, version in sorted(versions.items()))
    return f"{KEY} = [\n{lines}]\n"


def with_entry(text: str, new: str) -> str:
    """Return the text of pyproject.toml with the key in its table; nothing else changes.

    :raise ValueError: there is no table [tool.uv].
    """
    table = TABLE.search(text)
    if table is None:
        raise ValueError("pyproject.toml has no table [tool.uv]")
    body = table[1]
    body = ENTRY.sub(new, body) if ENTRY.search(body) else body.rstrip("\n") + "\n" + new + "\n"
    return text[: table.start(1)] + body + text[table.end(1) :]


def main() -> int:
    """Write the file, or with --check compare it; return the exit code."""
    text = PYPROJECT.read_text(encoding="utf-8")
    try:
        versions = closure(declared(tomllib.loads(text)))
    except PackageNotFoundError as missing:
        print(f"{missing.name} is not installed. Run: .venv/bin/uv sync --all-groups")
        return 1
    new = with_entry(text, entry(versions))
    if "--check" in sys.argv[1:]:
        if new != text:
            print("pyproject.toml names other versions than are installed. Run: .venv/bin/python tools/constraints.py")
        return int(new != text)
    PYPROJECT.write_text(new, encoding="utf-8")
    print(f"{len(versions)} packages")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
