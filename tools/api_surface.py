"""Writes `tests/api_surface.txt`: every name, signature and field that a plugin may rely on, so that changes show.

Usage: python tools/api_surface.py [--check]
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "tests" / "api_surface.txt"

# What is public: whole modules by their __all__, else by the names listed here.
PUBLIC: dict[str, tuple[str, ...] | None] = {
    "core.api": None,
    "core.testing.suite": ("MovementConformance",),
    "core.testing.requirements": ("Flaw", "Outcome", "Requirement", "all_requirements", "run"),
    "core.testing.subject": ("NoSuchPlugin", "Subject", "find"),
    "core.testing.season": ("Trial", "installation", "differences"),
    "core.testing.plugin": ("thidua_plugin", "thidua_app", "thidua_season", "thidua_sheets"),
}


def surface() -> str:
    """Return the whole surface as text."""
    from core import hookspecs

    lines: list[str] = []
    for module, names in PUBLIC.items():
        found = importlib.import_module(module)
        lines += ["", f"[{module}]"]
        for name in sorted(names if names is not None else found.__all__):
            lines += described(name, getattr(found, name))
    lines += ["", "[hooks]"]
    for name in sorted(name for name in vars(hookspecs) if name.startswith("thidua_")):
        lines += described(name, getattr(hookspecs, name))
    from core.testing.requirements import all_requirements

    lines += ["", "[requirements]"]
    lines += [f"{one.id}{' (optional)' if one.optional else ''}" for one in all_requirements().values()]
    return "\n".join(lines).lstrip() + "\n"


def described(name: str, value: Any) -> Iterator[str]:
    """Yield the lines of one name: a value, a function's signature, or a class with its fields and methods."""
    fixture = getattr(value, "__wrapped__", None)
    if inspect.isclass(value):
        yield f"class {name}({', '.join(base.__name__ for base in value.__bases__ if base is not object)})"
        fields = dataclasses.fields(value) if dataclasses.is_dataclass(value) else ()
        for field in fields:
            yield f"    {field.name}: {field.type}{default_of(field)}"
        if not fields:
            for attribute, kind in inspect.get_annotations(value).items():
                yield f"    {attribute}: {kind}"
        for method, function in sorted(vars(value).items()):
            if method.startswith(("_", "test_")) or method in {field.name for field in fields}:
                continue
            plain = function.__func__ if isinstance(function, classmethod | staticmethod) else function
            if inspect.isfunction(plain):
                yield f"    def {method}{inspect.signature(plain)}"
            elif isinstance(function, property | functools.cached_property):
                yield f"    property {method}"
    elif fixture is not None:
        yield f"{'fixture' if name.startswith('thidua_') else 'def'} {name}{inspect.signature(fixture)}"
    elif inspect.isfunction(value):
        yield f"def {name}{inspect.signature(value)}"
    else:
        yield f"{name} = {value!r}" if name.isupper() else f"{name}: {type(value).__name__}"


def default_of(field: dataclasses.Field[Any]) -> str:
    """Return the default as it is written; « = …» where one is made anew each time."""
    if field.default is not dataclasses.MISSING:
        return f" = {field.default!r}"
    return " = …" if field.default_factory is not dataclasses.MISSING else ""


def main() -> int:
    """Write the file, or with --check say whether it is as written."""
    sys.path.insert(0, str(ROOT))
    found = surface()
    if "--check" in sys.argv:
        same = TARGET.read_text(encoding="utf-8") == found
        if not same:
            print("The public surface changed: see docs/plugins.md, «Compatibility», then run tools/api_surface.py")
        return 0 if same else 1
    TARGET.write_text(found, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
