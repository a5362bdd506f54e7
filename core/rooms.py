"""Optional rooms, the second kind of plugin: found like movements, checked on a trial application, closed alone.

A room is imported only where the installation switches it on (`THIDUA_ROOMS`). Whatever is wrong with it is noted at
the stage where it shows (import, api, hooks, identity, settings, tables, policy, handlers, routes, menu, migrations)
and the room stays closed; the rest of the application is as if it were not there.
"""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
from flask import Blueprint, Flask, current_app, request
from flask_babel import gettext as _
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PrefixLoader
from sqlalchemy import MetaData
from sqlalchemy.engine import Engine

from core.accounts import policy
from core.accounts.policy import Row
from core.audit import words as audit_words
from core.config import Settings
from core.errors import DomainError
from core.extensions import db
from core.hookspecs import PROJECT
from core.migrations import compare, runner
from core.registry import PLUGINS, ROOM_FILE, Candidate, Failure, PluginRefused, PluginsFailed, import_code, package_of
from core.web.sentences import sentence

ENTRY_POINT_GROUP = "thidua.rooms"
# A room may say `THIDUA_API = (major, minor)`: it is loaded where major is equal and minor is not above ours.
API_VERSION = (1, 0)
ROOM_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
URL_PREFIX = re.compile(r"/[a-z0-9]+(-[a-z0-9]+)*")
NAME_LIMIT = 63  # PostgreSQL cuts longer names off.

hookspec = pluggy.HookspecMarker(PROJECT)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """An entry of the menu: shown to whom the policy opens `verb`; to visitors only where it says so."""

    endpoint: str
    label: Any
    verb: str
    for_visitors: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What an optional room is. Templates, translations, migrations and static files are found in its folder.

    :param id: the name of its folder; begins its verbs, endpoints, tables (`x_<id>_`) and templates (`<id>/`).
    :param title: what an administrator calls it.
    :param url_prefix: the one place where all its addresses lie, such as `/tin`.
    :param metadata: its tables, by `roomkit.room_tables(id)`; None: it has none.
    :param policy: its permissions; every verb begins with the id and a dot.
    :param settings: what an operator may tell it by THIDUA_ROOM_SETTINGS: name → default.
    :param check_settings: refuses values by raising ValueError with a Vietnamese sentence.
    :param phrases: its acts in the words of the audit trail: verb → lazy text.
    :param demo: fills the demonstration; called inside the application's context after the movements are there.
    """

    id: str
    title: Any
    version: str
    url_prefix: str
    blueprint: Blueprint
    metadata: MetaData | None = None
    policy: tuple[Row, ...] = ()
    menu: tuple[MenuItem, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    check_settings: Callable[[Mapping[str, str]], None] | None = None
    phrases: Mapping[str, Any] = field(default_factory=dict)
    demo: Callable[[datetime], None] | None = None


@hookspec
def thidua_rooms() -> Iterable[Room]:  # type: ignore[empty-body]
    """Return the room of this plugin; asked once, at start, where the installation has switched it on."""


class RoomClosed(DomainError):
    """The room is switched on and its tables are not at its last revision. Facts: title."""

    status = 503


@sentence(RoomClosed)
def _closed(error: RoomClosed) -> str:
    return _(
        "Phần «%(title)s» đang chờ nâng cấp dữ liệu nên chưa mở được; các phần khác vẫn dùng bình thường. "
        "Báo người quản trị hệ thống chạy: thidua db upgrade",
        title=error.title,
    )


@dataclass(slots=True)
class Found:
    """A room that is switched on, as an administrator sees it; `failure` says why it is closed."""

    name: str
    origin: str
    folder: Path | None = None
    room: Room | None = None
    failure: Failure | None = None

    @property
    def line(self) -> runner.Line | None:
        """Its steps of the schema; None where it has no tables."""
        if self.room is None or self.room.metadata is None or self.folder is None:
            return None
        return runner.Line(self.folder / "migrations", f"{compare.ROOM_VERSION_PREFIX}{self.name}")

    def close(self, stage: str, message: str) -> None:
        """Keep the room out, with the reason; the first reason stays."""
        if self.failure is None:
            self.failure = Failure(self.name, stage, message)
            log.error("room closed: %s", self.failure)


# --- Finding ------------------------------------------------------------------------------------------------------


def find(settings: Settings) -> list[Found]:
    """Import the rooms that are switched on, each in its own guard, and check what can be checked without pages."""
    return [_loaded(name, settings) for name in dict.fromkeys(settings.rooms)]


def with_demo(settings: Settings) -> tuple[str, ...]:
    """Return the rooms of the plugin folder that bring something for the demonstration; none is imported."""
    folders = sorted(settings.plugins_dir.iterdir()) if settings.plugins_dir.is_dir() else []
    return tuple(each.name for each in folders if (each / ROOM_FILE).is_file() and (each / "demo.py").is_file())


def _loaded(name: str, settings: Settings) -> Found:
    found = Found(name, "folder")
    try:
        _check_switched_on(name, settings)
        candidate = _candidate(name, settings)
        found.origin, found.folder = candidate.origin, candidate.folder
        module = _module(candidate)
        found.folder = Path(module.__file__ or "").parent
        found.room = _room(name, module)
        _check(found, found.room, settings)
    except PluginRefused as refused:
        found.close(refused.stage, refused.message)
    return found


def _check_switched_on(name: str, settings: Settings) -> None:
    """Refuse, before anything is imported, what the operator keeps out for now."""
    if settings.safe_mode:
        raise PluginRefused("safe_mode", "đang chạy an toàn. Bỏ THIDUA_SAFE_MODE rồi khởi động lại để mở.")
    if name in {each.replace("-", "_") for each in settings.disabled_plugins}:
        raise PluginRefused("disabled", "bị tắt. Bỏ khỏi THIDUA_DISABLED_PLUGINS rồi khởi động lại để mở.")


def _candidate(name: str, settings: Settings) -> Candidate:
    folder = (settings.plugins_dir or PLUGINS) / name
    if ROOM_ID.fullmatch(name) and (folder / ROOM_FILE).is_file():
        return Candidate(name, "folder", folder=folder, package=package_of(settings.plugins_dir))
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name == name:
            return Candidate(name, "package", entry_point=point)
    raise PluginRefused("import", f"không tìm thấy. Kiểm tra tên trong THIDUA_ROOMS và thư mục {folder}.")


def _module(candidate: Candidate) -> ModuleType:
    """Return the module that holds the hook: `room.py` of the folder, or what the entry point names."""
    package = import_code(candidate)
    try:
        if candidate.origin == "package" and package is not None:
            return package
        name = package.__name__ if package is not None else f"{candidate.package}.{candidate.name}"
        return importlib.import_module(f"{name}.room")
    except (Exception, SystemExit) as error:
        raise PluginRefused("import", f"không nạp được mã: {type(error).__name__}: {error}.") from error


def _room(name: str, module: ModuleType) -> Room:
    wanted = getattr(module, "THIDUA_API", API_VERSION)
    if not isinstance(wanted, tuple) or wanted[:1] != API_VERSION[:1] or wanted > API_VERSION:
        raise PluginRefused("api", f"cần giao diện phiên bản {wanted}, hệ thống có {API_VERSION}.")
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(importlib.import_module(__name__))
    try:
        manager.register(module, name=name)
        # A misspelt hook would otherwise be ignored in silence.
        manager.check_pending()
        given = [room for answer in manager.hook.thidua_rooms() for room in answer]
    except (pluggy.PluginValidationError, ValueError) as error:
        raise PluginRefused("hooks", f"hook viết sai tên hoặc tham số: {error}") from error
    except (Exception, SystemExit) as error:
        raise PluginRefused("hooks", f"thidua_rooms bị lỗi: {type(error).__name__}: {error}.") from error
    if len(given) != 1 or not isinstance(given[0], Room):
        raise PluginRefused("hooks", f"thidua_rooms phải trả về đúng một Room, đang có {given!r}.")
    return given[0]


# --- What a room promises -----------------------------------------------------------------------------------------


def _check(found: Found, room: Room, settings: Settings) -> None:
    if not ROOM_ID.fullmatch(found.name) or room.id != found.name or room.blueprint.name != room.id:
        message = f"mã «{room.id}» và tên blueprint «{room.blueprint.name}» phải là «{found.name}»."
        raise PluginRefused("identity", message)
    if not URL_PREFIX.fullmatch(room.url_prefix):
        raise PluginRefused("routes", f"url_prefix «{room.url_prefix}» phải có dạng /ten.")
    if room.blueprint.template_folder is not None:
        raise PluginRefused("identity", "blueprint không được có template_folder; mẫu trang đặt trong templates/.")
    _check_tables(room, found.line)
    foreign = sorted({row.verb for row in room.policy if not row.verb.startswith(f"{room.id}.")})
    if foreign or any(verb.startswith(f"{room.id}.") for verb in policy.VERBS):
        raise PluginRefused("policy", f"quyền phải bắt đầu bằng «{room.id}.» và không trùng của hệ thống: {foreign}.")
    _check_settings(room, settings.room_settings.get(room.id, {}))


def _check_tables(room: Room, line: runner.Line | None) -> None:
    if room.metadata is None or line is None:
        return
    if room.metadata is db.metadata:
        raise PluginRefused("tables", "bảng phải dựa trên roomkit.room_tables, không dựa trên bảng của hệ thống.")
    prefix = f"{compare.ROOM_PREFIX}{room.id}_"
    names = sorted(room.metadata.tables)
    wrong = [name for name in names if not name.startswith(prefix) or len(name) > NAME_LIMIT]
    if wrong:
        raise PluginRefused("tables", f"tên bảng phải bắt đầu bằng «{prefix}»: {', '.join(wrong)}.")
    try:
        steps = runner.revisions(line)
    except Exception as error:  # Steps are code: what they raise closes the room.
        raise PluginRefused("migrations", f"không đọc được các bước: {type(error).__name__}: {error}.") from error
    if not steps:
        raise PluginRefused("migrations", "có bảng nhưng không có bước nào trong migrations/.")


def _check_settings(room: Room, given: Mapping[str, str]) -> None:
    unknown = sorted(set(given) - set(room.settings))
    if unknown:
        known = ", ".join(sorted(room.settings)) or "–"
        raise PluginRefused("settings", f"không có thiết đặt {', '.join(unknown)}. Các thiết đặt: {known}.")
    try:
        if room.check_settings is not None:
            room.check_settings({**room.settings, **given})
    except ValueError as error:
        raise PluginRefused("settings", str(error)) from error


# What an application keeps under the key None reaches every page, and what stands in its templates too.
_APP_WIDE = (
    "before_request_funcs", "after_request_funcs", "teardown_request_funcs", "template_context_processors",
    "url_value_preprocessors", "url_default_functions",
)  # fmt: skip


def _reach(app: Flask) -> dict[str, Any]:
    """Return everything by which a blueprint could touch pages that are not its own."""
    found: dict[str, Any] = {name: len(getattr(app, name).get(None, ())) for name in _APP_WIDE}
    found["error_handler_spec"] = sum(len(kinds) for kinds in app.error_handler_spec.get(None, {}).values())
    found["teardown_appcontext_funcs"] = len(app.teardown_appcontext_funcs)
    for name in ("filters", "tests", "globals"):
        found[f"jinja_env.{name}"] = dict(getattr(app.jinja_env, name))
    found |= {"config": dict(app.config), "extensions": dict(app.extensions), "wsgi_app": app.wsgi_app}
    return found


def _try_out(room: Room, app: Flask) -> None:
    """Register the room on an application of its own first, so that a refused one leaves no trace on ours."""
    trial = Flask("trial", static_folder=None)
    before = _reach(trial)
    trial.register_blueprint(room.blueprint, url_prefix=room.url_prefix)
    grown = sorted(name for name, value in _reach(trial).items() if value != before[name])
    if grown:
        message = f"đặt mình vào mọi trang của hệ thống ({', '.join(grown)}). Chỉ dùng blueprint.before_request."
        raise PluginRefused("handlers", message)
    faults = list(_route_faults(room, trial, app))
    if faults:
        raise PluginRefused("routes", "; ".join(faults))
    verbs = policy.VERBS | {row.verb for row in room.policy}
    endpoints = {item.endpoint for item in room.menu} - set(trial.view_functions)
    if endpoints or any(item.verb not in verbs for item in room.menu):
        raise PluginRefused("menu", f"trình đơn trỏ tới trang hoặc quyền không có: {sorted(endpoints)}.")


def _route_faults(room: Room, trial: Flask, app: Flask) -> Iterator[str]:
    if room.url_prefix.strip("/") in {rule.rule.strip("/").partition("/")[0] for rule in app.url_map.iter_rules()}:
        yield f"{room.url_prefix} đã có trang của hệ thống hoặc của phần khác"
    if room.id in app.blueprints or (Path(app.template_folder or "") / room.id).exists():
        yield f"hệ thống đã có phần mang mã {room.id}"
    verbs = policy.VERBS | {row.verb for row in room.policy}
    for rule in trial.url_map.iter_rules():
        if rule.endpoint == f"{room.id}.static" and room.blueprint.has_static_folder:
            continue
        declared = getattr(trial.view_functions[rule.endpoint], "__policy__", None)
        if declared is None:
            yield f"{rule.rule} ({rule.endpoint}) không khai quyền"
        elif declared[0] not in verbs:
            yield f"{rule.rule} ({rule.endpoint}): không có quyền {declared[0]}"
        if rule.host or rule.subdomain or not f"{rule.rule}/".startswith(f"{room.url_prefix}/"):
            yield f"{rule.rule} nằm ngoài {room.url_prefix}"


# --- In an application ----------------------------------------------------------------------------------------------


class Rooms:
    """The rooms that an application has switched on: open ones with their pages, closed ones with their reason."""

    def __init__(self, found: list[Found]) -> None:
        self.found = found
        self._ready: set[str] = set()

    @property
    def open(self) -> list[Found]:
        """Those whose pages are registered; their tables may still wait for an upgrade."""
        return [each for each in self.found if each.room is not None and each.failure is None]

    def of(self, blueprint: str | None) -> Found | None:
        """Return the room whose page is asked for."""
        return next((each for each in self.open if each.name == blueprint), None)

    def is_ready(self, found: Found) -> bool:
        """Whether the room's tables are at its last revision; once they are, the database is not asked again."""
        if found.name not in self._ready and not waiting(db.engine, found):
            self._ready.add(found.name)
        return found.name in self._ready

    def menu(self, *, signed_in: bool) -> list[tuple[str, Any, str]]:
        """Return the rooms' entries of the menu as (endpoint, label, verb)."""
        return [
            (item.endpoint, item.label, item.verb)
            for each in self.open
            if each.room is not None and each.room.menu and self.is_ready(each)
            for item in each.room.menu
            if signed_in or item.for_visitors
        ]

    def states(self) -> list[tuple[Found, str]]:
        """Return every room with what is wrong with it, empty where it works."""
        said = []
        for each in self.found:
            if each.failure is not None:
                said.append((each, each.failure.message))
            else:
                said.append((each, "" if self.is_ready(each) else _("Dữ liệu chưa nâng cấp. Chạy: thidua db upgrade")))
        return said


def waiting(engine: Engine, found: Found) -> list[str]:
    """Return the steps of the room's schema that the database lacks."""
    return [] if found.line is None else runner.pending(engine, line=found.line)


def before_pages(app: Flask, settings: Settings) -> list[Found]:
    """Find the rooms and give the application their catalogues; ours stands last, so its words win."""
    found = find(settings)
    folders = [each.folder / "translations" for each in found if each.failure is None and each.folder is not None]
    ours = app.config["BABEL_TRANSLATION_DIRECTORIES"]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join([*map(str, filter(Path.is_dir, folders)), ours])
    return found


def install(app: Flask, found: list[Found], *, strict: bool) -> None:
    """Register the pages of each room that keeps its promises, after the core's own; close the others.

    :raise PluginsFailed: in strict mode, naming every room that is closed.
    """
    loaders: dict[str, BaseLoader] = {}
    files = app.extensions["thidua_room_files"] = set()
    for each in found:
        if each.room is None or each.failure is not None:
            continue
        try:
            _try_out(each.room, app)
            app.register_blueprint(each.room.blueprint, url_prefix=each.room.url_prefix)
            policy.add_rows(each.name, each.room.policy)
            audit_words.add_phrases(each.name, each.room.phrases)
        except PluginRefused as refused:
            each.close(refused.stage, refused.message)
        except Exception as error:  # Whatever a room does while it registers closes that room alone.
            each.close("routes", f"không đăng ký được trang: {type(error).__name__}: {error}.")
        else:
            assert each.folder is not None
            loaders[each.name] = FileSystemLoader(each.folder / "templates")
            files.add(f"{each.name}.static")
    core_loader = app.jinja_loader
    assert core_loader is not None
    # A prefix, behind the core's own: no name of a room's template can stand for one of the core's.
    app.jinja_loader = ChoiceLoader([core_loader, PrefixLoader(loaders)])
    rooms = app.extensions["thidua_rooms"] = Rooms(found)
    failures = tuple(each.failure for each in found if each.failure is not None)
    if strict and failures:
        raise PluginsFailed(failures=failures)

    @app.before_request
    def wait_for_tables() -> None:
        room = rooms.of(request.blueprint)
        if room is not None and not rooms.is_ready(room):
            raise RoomClosed(title=str(room.room.title if room.room is not None else room.name))


def setting(room_id: str, name: str) -> str:
    """Return what the operator says, or the room's default."""
    found: Found = next(each for each in current_app.extensions["thidua_rooms"].open if each.name == room_id)
    given: Mapping[str, str] = current_app.extensions["thidua_settings"].room_settings.get(room_id, {})
    assert found.room is not None
    return given.get(name, found.room.settings[name])


# --- Tables ---------------------------------------------------------------------------------------------------------


def upgrade(engine: Engine, found: list[Found]) -> list[Found]:
    """Bring the tables of each room to its last revision; one that fails stops alone.

    :return: the rooms that are closed now, with their reason.
    """
    for each in found:
        if each.line is None or each.failure is not None:
            continue
        try:
            runner.upgrade(engine, line=each.line)
        except Exception as error:  # The step is the room's; what it raises closes the room.
            each.close("migrations", f"không nâng cấp được dữ liệu: {type(error).__name__}: {error}.")
    return [each for each in found if each.failure is not None]


def differences(engine: Engine, found: Found) -> list[str]:
    """Return a line for each thing in which the database and the room's tables differ."""
    if found.room is None or found.room.metadata is None:
        return []
    return compare.room_differences(engine, found.room.metadata, f"{compare.ROOM_PREFIX}{found.name}_")
