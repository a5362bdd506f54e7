"""Finds the movements: plugin folders, installed plugins, and folders of data; one broken plugin closes only itself.

No import statement of the core names a plugin: a movement is found by its folder, and its id is the folder's name.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import logging
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pluggy

from core import hookspecs, scorers
from core.errors import DomainError
from core.hookspecs import API_VERSION, PROJECT, EntryView, Finding, SeasonView
from core.scorers import InstalledScorer
from core.scoring.lock import LOCK_FILE, check_lock
from core.scoring.misuse import MovementRefused, Problem
from core.scoring.movement import Movement
from core.scoring.reading import from_movement, load_movement
from core.scoring.rules import FrozenScorer
from core.scoring.scorers import Scorer

if TYPE_CHECKING:
    from core.config import Settings

ENTRY_POINT_GROUP = "thidua.movements"
PLUGINS = Path(__file__).resolve().parent.parent / "plugins"
RULES_FILE = "movement.toml"
# A check that failed so often in a row is not asked again: each failure costs a person a slow page.
SUSPENDED_AFTER = 5
ROOM_FILE = "room.py"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a plugin is not in use, and what to mend.

    :param stage: import, api, hooks, movements, rules, scorers or identity.
    """

    plugin: str
    stage: str
    message: str
    problems: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        """Return one line, and the problems of the rules a line each."""
        lines = [f"{self.plugin} ({self.stage}): {self.message}", *(f"  {each.sentence}" for each in self.problems)]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A plugin as an administrator sees it. `origin`: folder, data or package; `status`: ok, failed or off.

    :param failure: why it is not in use although it should be.
    :param off: the setting that keeps it out of use, `disabled_plugins` or `safe_mode`; empty where none does.
    :param warnings: what is to be mended although it is in use. Stage `lock`: no new season may open with it.
    """

    name: str
    origin: str
    version: str
    status: str
    movement_ids: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    failure: Failure | None = None
    warnings: tuple[Failure, ...] = ()
    off: str = ""


@dataclass(slots=True)
class CheckTrouble:
    """How the own check of a plugin fails in this process: how often in a row, and what it said last."""

    in_a_row: int = 0
    last: str = ""

    @property
    def is_suspended(self) -> bool:
        """Whether the check is asked no more until the server is started again."""
        return self.in_a_row >= SUSPENDED_AFTER


class PluginsFailed(DomainError):
    """Strict loading found broken plugins. Facts: failures (tuple of Failure)."""

    def __str__(self) -> str:
        """Return every failure, so that a test run names all of them."""
        return "\n".join(str(failure) for failure in self.failures)


class PluginRefused(Exception):
    """Stops the loading of one plugin at a stage; caught by the registry."""

    def __init__(self, stage: str, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.stage, self.message, self.problems = stage, message, problems


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plugin that was found and not yet loaded."""

    name: str
    origin: str
    folder: Path | None = None
    entry_point: EntryPoint | None = None
    package: str = "plugins"

    @property
    def movement_id(self) -> str:
        """The only id that its movement may have."""
        return self.name.replace("_", "-")

    @property
    def brings_code(self) -> bool:
        """Whether loading it runs Python of its own."""
        if self.entry_point is not None:
            return True
        return self.origin == "folder" and self.folder is not None and (self.folder / "__init__.py").is_file()


class Registry:
    """The movements in use, collected once at start; afterwards everything is a look-up by movement id."""

    def __init__(self) -> None:
        self.movements: dict[str, Movement] = {}
        self.plugins: list[PluginInfo] = []
        self.scorers: dict[tuple[str, int], InstalledScorer] = {}
        self._owners: dict[str, str] = {}
        self._troubles: dict[str, CheckTrouble] = {}
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)

    @classmethod
    def load(
        cls,
        plugins_dir: Path | None = None,
        movements_dir: Path | None = None,
        entry_points: bool = True,
        strict: bool = False,
        *,
        disabled: Collection[str] = (),
        safe_mode: bool = False,
    ) -> Registry:
        """Find and load all plugins, each guarded from the others.

        :param plugins_dir: folder of plugin packages, by default `plugins/` beside the core.
        :param movements_dir: folder of data folders with a `movement.toml` each; no code is imported from there.
        :param entry_points: whether installed packages may bring movements (group `thidua.movements`).
        :param strict: raise if any plugin fails, as tests and CI do.
        :param disabled: names of plugins that are not even imported; a hyphen may stand for an underscore.
        :param safe_mode: import no code of any plugin; movements that are data stay.
        :raise PluginsFailed: in strict mode, naming every failure.
        """
        registry = cls()
        switched_off = {name.replace("-", "_") for name in disabled}
        found = candidates(PLUGINS if plugins_dir is None else plugins_dir, movements_dir, entry_points)
        for candidate in found:
            # Both are looked at before the import, which may be what keeps the server from starting.
            if candidate.name.replace("-", "_") in switched_off:
                registry._leave_out(candidate, "disabled_plugins")
            elif safe_mode and candidate.brings_code:
                registry._leave_out(candidate, "safe_mode")
            else:
                registry._load(candidate)
        if strict and registry.failures:
            raise PluginsFailed(failures=registry.failures)
        return registry

    @classmethod
    def of_settings(cls, settings: Settings, *, strict: bool = False) -> Registry:
        """Load what an installation has, as its settings say."""
        return cls.load(
            settings.plugins_dir, settings.movements_dir, strict=strict, disabled=settings.disabled_plugins,
            safe_mode=settings.safe_mode,
        )  # fmt: skip

    @classmethod
    def of(cls, *chosen: Candidate) -> Registry:
        """Load these plugins and no other, each guarded from the others."""
        registry = cls()
        for candidate in chosen:
            registry._load(candidate)
        return registry

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Everything that could not be loaded, in the order in which it was found."""
        return tuple(plugin.failure for plugin in self.plugins if plugin.failure is not None)

    def find(self, movement_id: str) -> Movement | None:
        """Return a movement in use, or None where no working plugin brings it."""
        return self.movements.get(movement_id)

    def owner(self, movement_id: str) -> PluginInfo | None:
        """Return the plugin that brings a movement, or None where it is gone or broken."""
        name = self._owners.get(movement_id)
        return next((plugin for plugin in self.plugins if plugin.name == name and plugin.failure is None), None)

    def frozen_scorers(self, movement_id: str) -> dict[str, FrozenScorer]:
        """Return what a season of a movement opening now is scored by: by sheet, the scorer's highest version."""
        return scorers.newest(one for one in self.scorers.values() if one.scorer.movement == movement_id)

    def newest_scorer(self, movement: Movement, sheet: str) -> Scorer | None:
        """Return what a sheet of a movement in use is scored by now, None for engine 1 or another movement."""
        frozen = self.frozen_scorers(movement.id).get(sheet) if self.find(movement.id) == movement else None
        return None if frozen is None else self.scorers[frozen.id, frozen.version].scorer

    def drift(self, movement_id: str) -> Failure | None:
        """Return why no new season may open with a movement: its rules are not those that its version stands for."""
        owner = self.owner(movement_id)
        return next((each for each in owner.warnings if each.stage == "lock"), None) if owner is not None else None

    def module(self, plugin: str) -> ModuleType | None:
        """Return the code of a plugin in use, None where it has none."""
        found: ModuleType | None = self._manager.get_plugin(plugin)
        return found

    def check_entry(self, movement: Movement | str, entry: EntryView, season: SeasonView) -> list[Finding]:
        """Ask the plugin that owns the movement, and no other, about one entry.

        :param movement: the frozen movement of the season, or the id of one in use.
        :return: its findings; one warning that names the plugin where it raises or answers with something else.
        """
        movement_id = movement if isinstance(movement, str) else movement.id
        owner = self._owners.get(movement_id)
        if owner is None:
            return []
        trouble = self._troubles.setdefault(owner, CheckTrouble())
        if trouble.is_suspended:
            return [_broken(owner)]
        value = self.movements[movement_id] if isinstance(movement, str) else movement
        given = {"movement": value, "entry": entry, "season": season}
        began = time.perf_counter()
        try:
            found = list(self._call(owner, "thidua_check_entry", given))
            if not all(isinstance(finding, Finding) for finding in found):
                raise TypeError(f"thidua_check_entry must return Finding values, not {found!r}")
        except Exception as error:
            trouble.in_a_row, trouble.last = trouble.in_a_row + 1, _named(error)
            log.exception(
                "plugin %s failed in thidua_check_entry for movement %s, season %s, after %.0f ms, %d in a row%s",
                owner, movement_id, season.id, (time.perf_counter() - began) * 1000, trouble.in_a_row,
                "; suspended until the next start" if trouble.is_suspended else "",
            )  # fmt: skip
            return [_broken(owner)]
        trouble.in_a_row = 0
        return found

    def trouble(self, plugin: str) -> CheckTrouble | None:
        """Return how the own check of a plugin fails in this process, None while it does not."""
        found = self._troubles.get(plugin)
        return found if found is not None and found.in_a_row else None

    def _call(self, plugin: str, hook: str, given: Mapping[str, Any]) -> Iterator[Any]:
        """Call the implementation of one plugin with the arguments that it names, and yield what it returns."""
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            if implementation.plugin_name == plugin:
                yield from implementation.function(*(given[name] for name in implementation.argnames)) or ()

    def _leave_out(self, candidate: Candidate, setting: str) -> None:
        log.warning("plugin %s left out by the setting %s", candidate.name, setting)
        self.plugins.append(_info(candidate, None, "off", off=setting))

    def _load(self, candidate: Candidate) -> None:
        module: ModuleType | None = None
        try:
            taken = self._owners.get(candidate.movement_id)
            if taken is not None:
                message = f"mã phong trào «{candidate.movement_id}» đã có ở «{taken}». Giữ lại một nơi."
                raise PluginRefused("identity", message)
            module = import_code(candidate)
            if module is not None:
                self._register(candidate, module)
            movement = self._movement(candidate, module)
            brought = self._scorers(candidate, module, movement)
        except PluginRefused as refused:
            if module is not None and self._manager.is_registered(module):
                self._manager.unregister(module)
            failure = Failure(candidate.name, refused.stage, refused.message, refused.problems)
            log.error("plugin not loaded: %s", failure)
            self.plugins.append(_info(candidate, module, "failed", failure=failure))
            return
        self.movements[movement.id] = movement
        self._owners[movement.id] = candidate.name
        self.scorers |= brought
        known = {"movement_ids": (movement.id,), "hooks": self._hooks(module)}
        warnings = _warnings(candidate, module, movement)
        self.plugins.append(_info(candidate, module, "ok", warnings=warnings, **known))

    def _register(self, candidate: Candidate, module: ModuleType) -> None:
        wanted = getattr(module, "THIDUA_API", API_VERSION)
        if not isinstance(wanted, tuple) or wanted[:1] != API_VERSION[:1] or wanted > API_VERSION:
            raise PluginRefused("api", f"cần giao diện phiên bản {wanted}, hệ thống có {API_VERSION}.")
        try:
            self._manager.register(module, name=candidate.name)
            # A misspelt hook would otherwise be ignored in silence.
            self._manager.check_pending()
        except (pluggy.PluginValidationError, ValueError) as error:
            raise PluginRefused("hooks", f"hook viết sai tên hoặc tham số: {error}") from error

    def _movement(self, candidate: Candidate, module: ModuleType | None) -> Movement:
        """Return the one movement of a plugin: from its hook, or from the `movement.toml` in its folder."""
        declared = _rules_file(candidate, module)
        try:
            if module is not None and "thidua_movements" in self._hooks(module):
                given = list(self._call(candidate.name, "thidua_movements", {}))
            else:
                given = [declared] if declared is not None and declared.is_file() else []
            if len(given) != 1:
                raise PluginRefused("movements", f"cần đúng một phong trào, có {len(given)}.")
            movement = _as_movement(given[0])
        except MovementRefused as refused:
            raise PluginRefused("rules", "quy tắc có chỗ phải sửa.", refused.problems) from refused
        except PluginRefused:
            raise
        except (Exception, SystemExit) as error:
            raise PluginRefused("movements", f"không lấy được phong trào: {_named(error)}.") from error
        if movement.id != candidate.movement_id:
            raise PluginRefused(
                "identity", f"mã phong trào là «{movement.id}», tên thư mục đòi «{candidate.movement_id}»."
            )
        return movement

    def _scorers(
        self, candidate: Candidate, module: ModuleType | None, movement: Movement
    ) -> dict[tuple[str, int], InstalledScorer]:
        """Return every version of every scorer of a plugin by id and version."""
        if module is None or "thidua_scorers" not in self._hooks(module):
            return {}
        try:
            return scorers.collect(candidate.name, movement, self._call(candidate.name, "thidua_scorers", {}))
        except (Exception, SystemExit) as error:
            raise PluginRefused("scorers", f"hàm chấm riêng không dùng được: {_named(error)}.") from error

    def _hooks(self, module: ModuleType | None) -> tuple[str, ...]:
        if module is None:
            return ()
        return tuple(sorted(caller.name for caller in self._manager.get_hookcallers(module) or ()))


def candidates(plugins_dir: Path, movements_dir: Path | None, use_entry_points: bool = True) -> Iterator[Candidate]:
    """Yield what there is to load: folders first, then installed packages, then data; each sorted by name."""
    package = package_of(plugins_dir)
    folders = [folder for folder in _folders(plugins_dir) if _is_plugin(folder)]
    for folder in folders:
        yield Candidate(folder.name, "folder", folder=folder, package=package)
    if use_entry_points:
        own = {f"{package}.{folder.name}" for folder in folders}
        for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name):
            # Our own movements are announced as entry points too; the folder has them already.
            if point.module not in own:
                yield Candidate(point.name, "package", entry_point=point)
    if movements_dir is not None:
        for folder in _folders(movements_dir):
            if (folder / RULES_FILE).is_file():
                yield Candidate(folder.name, "data", folder=folder)


def _folders(parent: Path) -> list[Path]:
    if not parent.is_dir():
        return []
    return sorted(each for each in parent.iterdir() if each.is_dir() and not each.name.startswith((".", "_")))


def _is_plugin(folder: Path) -> bool:
    if (folder / ROOM_FILE).is_file():
        # The other kind of plugin: core/rooms.py finds it.
        return False
    return (folder / "__init__.py").is_file() or (folder / RULES_FILE).is_file()


def package_of(plugins_dir: Path) -> str:
    """Return the package under which the folders are imported: `plugins` for ours, a name of its own for another."""
    if plugins_dir.resolve() == PLUGINS:
        return "plugins"
    return f"thidua_plugins_{hashlib.sha256(str(plugins_dir.resolve()).encode()).hexdigest()[:12]}"


def import_code(candidate: Candidate) -> ModuleType | None:
    """Import the code of a plugin; None where it has none. Data folders are never imported."""
    if candidate.origin == "data":
        return None
    try:
        if candidate.entry_point is not None:
            loaded = candidate.entry_point.load()
            return loaded if isinstance(loaded, ModuleType) else importlib.import_module(candidate.entry_point.module)
        folder = candidate.folder
        if folder is None or not (folder / "__init__.py").is_file():
            return None
        if candidate.package == "plugins":
            return importlib.import_module(f"plugins.{candidate.name}")
        return _import_elsewhere(folder, f"{candidate.package}.{candidate.name}")
    except (Exception, SystemExit) as error:
        raise PluginRefused("import", f"không nạp được mã: {_named(error)}.") from error


def _import_elsewhere(folder: Path, name: str) -> ModuleType:
    """Import a plugin folder that does not stand in `plugins/`, under a name that no other folder has."""
    package = name.rpartition(".")[0]
    sys.modules.setdefault(package, ModuleType(package))
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _as_movement(given: object) -> Movement:
    """Return a movement that went through the one validator, whichever way the plugin gave it."""
    if isinstance(given, Movement):
        return from_movement(given).require(given.id)
    if isinstance(given, Path):
        return load_movement(given)
    raise TypeError(f"thidua_movements must return Movement or Path values, not {given!r}")


def _rules_file(candidate: Candidate, module: ModuleType | None) -> Path | None:
    """Return where the rules of a plugin stand if it has no hook that says so."""
    if candidate.folder is not None:
        return candidate.folder / RULES_FILE
    return Path(module.__file__).parent / RULES_FILE if module is not None and module.__file__ else None


def _warnings(candidate: Candidate, module: ModuleType | None, movement: Movement) -> tuple[Failure, ...]:
    """Say where the rules are no longer what `rules.lock` says that their version is."""
    rules = _rules_file(candidate, module)
    lock = check_lock(movement, rules.with_name(LOCK_FILE)) if rules is not None else None
    if lock is None or not lock.is_broken:
        return ()
    log.warning("plugin %s: %s", candidate.name, lock.sentence)
    return (Failure(candidate.name, "lock", lock.sentence),)


def _info(candidate: Candidate, module: ModuleType | None, status: str, **known: Any) -> PluginInfo:
    return PluginInfo(candidate.name, candidate.origin, _version(candidate, module), status, **known)


def _version(candidate: Candidate, module: ModuleType | None) -> str:
    if candidate.entry_point is not None and candidate.entry_point.dist is not None:
        return candidate.entry_point.dist.version
    return str(getattr(module, "__version__", ""))


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _broken(plugin: str) -> Finding:
    return Finding(
        rule="plugin",
        level="warning",
        message=f"Phần kiểm tra riêng của phong trào ({plugin}) đang hỏng nên chưa kiểm tra được hồ sơ. "
        "Báo cho người quản trị hệ thống.",
    )
