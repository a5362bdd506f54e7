"""The kit as a pytest class: a subclass that names its plugin has one test for each requirement."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import pytest

from core.testing.requirements import Requirement, all_requirements, refused_skip
from core.testing.subject import Subject, find


class MovementConformance:
    """Subclass it in a test file with a name that begins with Test.

    :cvar plugin: an import name, or the path of a folder or `movement.toml`, from the test file's own folder.
    :cvar skip: reasons by requirement, for requirements that a plugin may switch off; shown by `pytest -ra`.
    """

    plugin: ClassVar[str | Path] = ""
    skip: ClassVar[Mapping[str, str]] = {}

    def test_skips_have_a_reason(self) -> None:
        """Only requirements that exist and may be switched off are, each with a reason."""
        wrong = [said for said in (refused_skip(id_, reason) for id_, reason in self.skip.items()) if said]
        assert not wrong, "\n".join(wrong)


def subject_of(owner: type) -> Subject:
    """Return the plugin that a test class names; its place is the class's own file."""
    given = getattr(owner, "plugin", "")
    file = getattr(sys.modules.get(owner.__module__), "__file__", None)
    return _found(str(given), Path(file).parent if file else Path.cwd())


@lru_cache(maxsize=8)
def _found(given: str, beside: Path) -> Subject:
    """Load a plugin once for all its tests."""
    return find(given, beside=beside)


def _test_of(asked: Requirement) -> Callable[[MovementConformance], None]:
    def test(self: MovementConformance) -> None:
        __tracebackhide__ = True
        if asked.id in self.skip and not refused_skip(asked.id, self.skip[asked.id]):
            pytest.skip(f"{asked.id}: {self.skip[asked.id]}")
        subject = subject_of(type(self))
        if asked.needs_rules and subject.movement is None:
            pytest.skip("chưa đọc được phong trào, xem test_loads")
        flaws = asked.flaws(subject)
        if flaws:
            pytest.fail("\n".join([f"{asked.title}:", *(f"  {flaw}" for flaw in flaws)]), pytrace=False)

    test.__name__ = f"test_{asked.id}"
    test.__qualname__ = f"MovementConformance.test_{asked.id}"
    test.__doc__ = asked.title
    return test


for _asked in all_requirements().values():
    setattr(MovementConformance, f"test_{_asked.id}", _test_of(_asked))
