"""The plugin that is looked at: found by import name, folder, file or movement id, and loaded alone."""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

from core.registry import (
    ENTRY_POINT_GROUP,
    PLUGINS,
    RULES_FILE,
    Candidate,
    Failure,
    PluginInfo,
    Registry,
    candidates,
    package_of,
)
from core.scoring.engine1 import score
from core.scoring.movement import Movement
from core.scoring.result import Score
from core.scoring.rules import Rules
from core.scoring.scorers import run

GOLDEN_FILE = "golden.jsonl"
README_FILE = "README.md"
SAMPLE_FILE = "sample.toml"


class NoSuchPlugin(LookupError):
    """Nothing is found under what was given; the text says so in Vietnamese."""


@dataclass(frozen=True)
class Subject:
    """One plugin with a registry that holds nothing else."""

    given: str
    folder: Path
    candidate: Candidate

    @cached_property
    def registry(self) -> Registry:
        """Only this plugin, loaded as the application loads it."""
        return Registry.of(self.candidate)

    @property
    def info(self) -> PluginInfo:
        """How the plugin loaded."""
        return self.registry.plugins[0]

    @property
    def failure(self) -> Failure | None:
        """Why it could not be loaded."""
        return self.info.failure

    @property
    def movement(self) -> Movement | None:
        """The movement it brings, None where it could not be loaded."""
        return next(iter(self.registry.movements.values()), None)

    @property
    def rules(self) -> Movement:
        """The movement it brings, for those that are asked only where there is one."""
        assert self.movement is not None
        return self.movement

    def scoring(self, sheet_id: str) -> Callable[[Rules, list[dict[str, Any]], dict[str, Any]], Score]:
        """Return what scores a sheet: the newest version of the plugin's own scorer, else engine 1."""
        mine = [one.scorer for one in self.registry.scorers.values() if one.scorer.sheet == sheet_id]
        newest = max(mine, key=lambda scorer: scorer.version, default=None)
        return score if newest is None else partial(run, newest)

    @property
    def module(self) -> ModuleType | None:
        """Its code, None where it has none or could not be loaded."""
        return self.registry.module(self.candidate.name)

    @property
    def sources(self) -> list[Path]:
        """Its Python files, tests left out."""
        found = sorted(self.folder.rglob("*.py"))
        return [path for path in found if not {"tests", "demo"} & set(path.relative_to(self.folder).parts[:-1])]

    @cached_property
    def sample(self) -> dict[str, Any]:
        """What the plugin says that a sound entry answers: `sample.toml`, tables `answers` and `facts`."""
        path = self.folder / SAMPLE_FILE
        return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}

    def shown(self, path: Path) -> str:
        """Return a path as findings name it: from the plugin's folder."""
        return str(path.relative_to(self.folder)) if path.is_relative_to(self.folder) else str(path)


def find(given: str | Path, *, beside: Path | None = None, movements_dir: Path | None = None) -> Subject:
    """Return the plugin that is meant.

    :param given: a folder, the path of its `movement.toml`, or an import name such as `plugins.lao_dong_gioi`.
    :param beside: where a relative path starts; the working folder where not given.
    :param movements_dir: the folder of data, from which no code is imported.
    :raise NoSuchPlugin: there is nothing of that name.
    """
    path = (beside or Path.cwd()) / given
    if path.is_file():
        path = path.parent
    if path.is_dir() and ((path / RULES_FILE).is_file() or (path / "__init__.py").is_file()):
        return _by_folder(str(given), path.resolve(), movements_dir)
    return _by_import_name(str(given))


def find_installed(given: str, plugins_dir: Path, movements_dir: Path | None) -> Subject:
    """Return the installed plugin of that name or movement id.

    :raise NoSuchPlugin: none is installed under it.
    """
    for candidate in candidates(plugins_dir, movements_dir):
        if given in {candidate.name, candidate.movement_id}:
            if candidate.folder is not None:
                return Subject(given, candidate.folder, candidate)
            assert candidate.entry_point is not None
            return Subject(given, _folder_of(candidate.entry_point.module), candidate)
    raise NoSuchPlugin(_nothing(given))


def _by_folder(given: str, folder: Path, movements_dir: Path | None) -> Subject:
    is_data = movements_dir is not None and folder.parent == movements_dir.resolve()
    package = package_of(folder.parent)
    return Subject(given, folder, Candidate(folder.name, "data" if is_data else "folder", folder, package=package))


def _by_import_name(name: str) -> Subject:
    folder = _folder_of(name)
    if folder.parent == PLUGINS:
        return Subject(name, folder, Candidate(folder.name, "folder", folder))
    last = name.rpartition(".")[2]
    return Subject(name, folder, Candidate(last, "package", entry_point=EntryPoint(last, name, ENTRY_POINT_GROUP)))


def _folder_of(name: str) -> Path:
    """Return the folder of a package without importing it; a movement of data alone is a package without code."""
    try:
        spec = importlib.util.find_spec(name) if all(part.isidentifier() for part in name.split(".")) else None
    except (ImportError, ValueError):
        spec = None
    locations = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not locations:
        raise NoSuchPlugin(_nothing(name))
    return Path(locations[0]).resolve()


def _nothing(given: str) -> str:
    return f"Không tìm thấy phong trào «{given}». Ghi tên gói, thư mục hoặc đường dẫn tới movement.toml."
