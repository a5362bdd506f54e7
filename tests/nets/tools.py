"""The developers' scripts under tools/, imported as modules."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from tests.nets.source import ROOT


def tool(name: str) -> ModuleType:
    """Return `tools/<name>.py` as a module."""
    spec = importlib.util.spec_from_file_location(f"tools_{name}", ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
