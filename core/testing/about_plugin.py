"""Requirements on the plugin as such: how it loads, what it imports, what its lock file says."""

from __future__ import annotations

import ast
import inspect
import json
import keyword
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core import hookspecs
from core.hookspecs import API_VERSION, PROJECT
from core.registry import PLUGINS, candidates
from core.scoring.canonical import digest
from core.scoring.lock import LOCK_FILE, check_lock
from core.testing.requirements import requirement
from core.testing.subject import Subject

Lacking = Iterator[tuple[str, str]]

ALLOWED_OF_CORE = ("core.api", "core.testing")
FORBIDDEN = {"core", "plugins", "flask", "sqlalchemy", "flask_sqlalchemy", "werkzeug", "jinja2", "wtforms", "alembic"}
TRANSLATING = {"gettext", "flask_babel", "babel"}
LONGEST_ID = 40


@requirement("loads", "Nạp được như khi hệ thống khởi động", needs_rules=False)
def loads(subject: Subject) -> Lacking:
    """Import, interface version, hooks, exactly one movement, sound rules, the folder's name as its id."""
    failure = subject.failure
    if failure is not None and not failure.problems:
        yield failure.stage, failure.message
    elif failure is not None:
        yield from ((f"movement.toml {problem.place}".strip(), problem.sentence) for problem in failure.problems)


@requirement("slugs", "Mã phong trào dùng được và chưa ai dùng", needs_rules=False)
def slugs(subject: Subject) -> Lacking:
    """The folder's name is the movement's id, an importable name, and nobody else's."""
    name, movement_id = subject.candidate.name, subject.candidate.movement_id
    if not name.isidentifier() or not name.isascii() or name != name.lower() or len(name) > LONGEST_ID:
        yield name, f"Tên thư mục chỉ gồm chữ thường không dấu, số và gạch dưới, tối đa {LONGEST_ID} ký tự. Đổi tên."
    if keyword.iskeyword(name) or name in sys.stdlib_module_names:
        yield name, "Python đã dùng tên này. Đổi tên thư mục và mã phong trào."
    for other in candidates(PLUGINS, None):
        is_same = other.folder is not None and other.folder.resolve() == subject.folder
        is_same = is_same or (other.entry_point is not None and subject.candidate.origin != "data")
        if other.movement_id == movement_id and not is_same:
            yield movement_id, f"Mã đã có ở «{other.name}» ({other.origin}). Đặt mã khác."


@requirement("hooks", "Mọi hook đúng tên, tham số gọi tên và không có giá trị mặc định", needs_rules=False)
def hooks(subject: Subject) -> Lacking:
    """Pluggy ignores a function without the marker, and treated defaults differently from release to release."""
    known = {name for name in vars(hookspecs) if name.startswith(f"{PROJECT}_")}
    module = subject.module
    for name, function in vars(module).items() if module is not None else ():
        if not name.startswith(f"{PROJECT}_") or not inspect.isfunction(function):
            continue
        if name not in known:
            yield name, f"Không có hook này. Các hook: {', '.join(sorted(known))}."
        elif not hasattr(function, f"{PROJECT}_impl"):
            yield name, "Hook thiếu @hookimpl nên không bao giờ được gọi. Thêm @hookimpl của core.api."
        yield from _arguments(name, function)


def _arguments(name: str, function: object) -> Lacking:
    assert callable(function)
    for argument in inspect.signature(function).parameters.values():
        if argument.kind is not argument.POSITIONAL_OR_KEYWORD:
            yield name, f"Tham số «{argument.name}» phải ghi tên thường, không dùng * hay /."
        elif argument.default is not argument.empty:
            yield name, f"Tham số «{argument.name}» không được có giá trị mặc định. Bỏ phần sau dấu bằng."


@requirement("api", "THIDUA_API ghi đúng phiên bản giao diện", needs_rules=False)
def api(subject: Subject) -> Lacking:
    """Code that uses a hook says for which interface it was written."""
    module = subject.module
    if module is None or (not subject.info.hooks and not hasattr(module, "THIDUA_API")):
        return
    wanted = getattr(module, "THIDUA_API", None)
    if wanted is None:
        yield "__init__.py", f"Chưa ghi THIDUA_API. Thêm dòng THIDUA_API = {API_VERSION}."
    elif not (
        isinstance(wanted, tuple) and len(wanted) == len(API_VERSION) and all(type(part) is int for part in wanted)
    ):
        yield "__init__.py", f"THIDUA_API = {wanted!r} phải là hai số nguyên, ví dụ {API_VERSION}."


@requirement("imports", "Của hệ thống chỉ dùng core.api và core.testing", needs_rules=False)
def imports(subject: Subject) -> Lacking:
    """Read from the source, so that an import inside a function counts too."""
    for path in subject.sources:
        for name, line in _imported(ast.parse(path.read_text("utf-8"), str(path))):
            top = name.partition(".")[0]
            is_api = any(name == one or name.startswith(f"{one}.") for one in ALLOWED_OF_CORE)
            is_own = name == subject.given or name.startswith(f"plugins.{subject.candidate.name}")
            if top in FORBIDDEN and not is_api and not is_own:
                yield f"{subject.shown(path)}:{line}", f"Không được dùng «{name}». Dùng những gì core.api có."


def _imported(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                # `from core import api` names a module; `from core.api import Finding` a value of one.
                name = f"{node.module}.{alias.name}" if node.module in FORBIDDEN else str(node.module)
                yield name, node.lineno
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in {
            "import_module", "__import__",
        }:  # fmt: skip
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value, node.lineno


@requirement("only_rules", "Không mang trang, tệp tĩnh, bảng dữ liệu hay bản dịch", needs_rules=False)
def only_rules(subject: Subject) -> Lacking:
    """A movement is rules and what checks them; its texts are content of the snapshot, not messages to translate."""
    for name in ("templates", "static", "migrations", "translations", "locale"):
        if (subject.folder / name).exists():
            yield name, "Phong trào chỉ mang quy tắc. Bỏ thư mục này; phần khác là một phòng riêng (docs/plugins.md)."
    for path in sorted(subject.folder.rglob("*")):
        if path.suffix in {".po", ".pot", ".mo", ".html", ".js", ".css", ".sql"}:
            yield subject.shown(path), "Phong trào không mang loại tệp này. Bỏ tệp."
    for path in subject.sources:
        for name, line in _imported(ast.parse(path.read_text("utf-8"), str(path))):
            if name.partition(".")[0] in TRANSLATING:
                yield (
                    f"{subject.shown(path)}:{line}",
                    f"Chữ của phong trào không dịch qua «{name}». Viết thẳng tiếng Việt.",
                )
    if subject.candidate.origin == "data" and subject.sources:
        yield subject.shown(subject.sources[0]), "Thư mục dữ liệu không chạy mã. Chuyển cả thư mục vào plugins/."


@requirement("rules_lock", "rules.lock ghi đúng quy tắc của phiên bản này")
def rules_lock(subject: Subject) -> Lacking:
    """Rules changed, version not: the season would be frozen with other rules under a known number."""
    lock = check_lock(subject.rules, subject.folder / LOCK_FILE)
    if lock.state != "locked":
        yield LOCK_FILE, lock.sentence


@requirement("same_again", "Lần nạp nào cũng ra đúng một bộ quy tắc")
def same_again(subject: Subject) -> Lacking:
    """Loaded anew by a fresh interpreter, two years later, with another environment, time zone and hash seed."""
    with tempfile.TemporaryDirectory() as elsewhere:
        environment = {
            "PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(part for part in sys.path if part),
            "HOME": elsewhere, "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "LANG": "C.UTF-8",
        }  # fmt: skip
        done = subprocess.run(  # noqa: S603  # Our own interpreter and module.
            [sys.executable, "-m", "core.testing.again", subject.candidate.origin, *_address(subject)],
            env=environment, cwd=elsewhere, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["không rõ lý do"]
        yield "", f"Nạp lại trong tiến trình khác thì hỏng: {last[0]}. Quy tắc không được dựa vào môi trường máy."
        return
    found = json.loads(done.stdout.splitlines()[-1])
    if found != digest(subject.rules):
        yield "", "Nạp lại thì ra quy tắc khác. Bỏ phần dựa vào giờ máy, biến môi trường hoặc thứ tự ngẫu nhiên."


def _address(subject: Subject) -> tuple[str, str]:
    point = subject.candidate.entry_point
    return (point.name, point.value) if point is not None else ("", str(subject.folder))


def digest_of(origin: str, name: str, value: str) -> str:
    """Load a plugin by the address that `same_again` passes on, and return the digest of its rules."""
    from importlib.metadata import EntryPoint

    from core.registry import ENTRY_POINT_GROUP, Candidate, Registry, package_of

    if name:
        candidate = Candidate(name, origin, entry_point=EntryPoint(name, value, ENTRY_POINT_GROUP))
    else:
        folder = Path(value)
        candidate = Candidate(folder.name, origin, folder, package=package_of(folder.parent))
    registry = Registry.of(candidate)
    if registry.failures:
        raise RuntimeError(str(registry.failures[0]))
    return digest(next(iter(registry.movements.values())))
