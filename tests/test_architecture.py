"""The lines that hold the house: who imports whom, what stays pure, what no page and no sentence may say."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys

import pytest

from core.errors import DomainError
from tests.nets import source
from tests.nets.source import ROOMS, WORKBENCHES, Module

# Imports against the line: (file of an earlier room, module of a later one), with the reason. One that nothing needs
# any more fails the test below.
ACROSS = {
    ("views", "core.accounts.policy"): "pages of the rooms left of accounts ask the one table who may see what",
}

# Inside a room: what each file of the fixed names may not import from its own room.
FORBIDDEN_INSIDE = {
    "rules": {"models", "queries", "service", "forms", "views", "words"},
    "models": {"queries", "service", "forms", "views", "words"},
    "queries": {"service", "forms", "views"},
    "service": {"forms", "views"},
    "forms": {"views"},
    "words": {"service", "forms", "views"},
}

# core/web serves the rooms; of them it knows only who is signed in.
WEB_MAY_IMPORT = {"accounts"}
# Where a room touches the web: pages, what they show, their forms, the words of refusals, the menu around them.
WEB_SIDE = {"views", "reading", "forms", "words", "tabs", "navigation"}
PAGE_SIDE = {"views", "blueprint", "reading", "tabs", "navigation"}

PURE = ("core.errors", "core.hookspecs", "core.api", "core.registry")


def _ours(module: Module) -> list[str]:
    return sorted(name for name in module.imports if name.startswith(("core", "plugins")))


def test_an_earlier_room_never_imports_a_later_one() -> None:
    found = {
        (module.name, name)
        for module in source.room_modules()
        for name in _ours(module)
        if source.part_of(name) in ROOMS and ROOMS.index(source.part_of(name)) > ROOMS.index(module.part)
    }
    wrong = sorted((module, name) for module, name in found if (module.rpartition(".")[2], name) not in ACROSS)
    unused = set(ACROSS) - {(module.rpartition(".")[2], name) for module, name in found}
    assert (wrong, unused) == ([], set())


@pytest.mark.parametrize("file", sorted(FORBIDDEN_INSIDE))
def test_inside_a_room_files_import_only_to_the_left(file: str) -> None:
    wrong = [
        f"{module.name} imports {name}"
        for module in source.room_modules()
        if module.file == file
        for name in _ours(module)
        if source.part_of(name) == module.part and name.rpartition(".")[2] in FORBIDDEN_INSIDE[file]
    ]
    assert wrong == []


def _is_views(file: str) -> bool:
    """Whether a file holds routes: `views`, or a part of them such as `admin_views`."""
    return "views" in file.split("_")


def test_only_the_application_and_later_pages_import_views() -> None:
    """A later room may hang a page of its own on an earlier room's blueprint; nothing else knows routes."""
    wrong = [
        f"{module.name} imports {name}"
        for module in source.modules()
        for name in _ours(module)
        if _is_views(name.rpartition(".")[2]) and module.name != "core.app" and not _is_views(module.file)
    ]
    assert wrong == []


def test_rules_know_only_errors_workbenches_and_rules_of_earlier_rooms() -> None:
    wrong = [
        f"{module.name} imports {name}"
        for module in source.room_modules()
        if module.file == "rules"
        for name in _ours(module)
        if name != "core.errors" and source.part_of(name) not in WORKBENCHES and not name.endswith(".rules")
    ]
    assert wrong == []


def test_rooms_know_the_web_only_in_forms_words_and_views() -> None:
    wrong = [
        f"{module.name} imports {name}"
        for module in source.room_modules()
        if not WEB_SIDE & set(module.file.split("_"))
        for name in _ours(module)
        if source.part_of(name) == "web"
    ]
    assert wrong == []


def test_the_web_knows_no_room_but_accounts() -> None:
    wrong = [
        f"{module.name} imports {name}"
        for module in source.modules()
        if module.part in ("web", "db", "extensions", "config", "storage", "server")
        for name in _ours(module)
        if source.part_of(name) in ROOMS and source.part_of(name) not in WEB_MAY_IMPORT
    ]
    assert wrong == []


def test_workbenches_import_nothing_of_the_core_but_errors_and_each_other() -> None:
    wrong = [
        f"{module.name} imports {name}"
        for module in source.modules()
        if module.part in WORKBENCHES or module.name == "core.hookspecs"
        for name in module.imports
        if (name.startswith("core") and name != "core.errors" and source.part_of(name) not in WORKBENCHES)
        or name.partition(".")[0] in ("flask", "flask_babel", "flask_wtf", "sqlalchemy", "wtforms", "plugins")
    ]
    assert wrong == []


MOVEMENT_MAY_IMPORT = {"core.api", "core.testing"}
ROOM_MAY_IMPORT = {"core.api", "core.roomkit", "alembic", "flask", "flask_babel", "sqlalchemy", "wtforms"}


def _is_room(module: Module) -> bool:
    """Whether a module lies in a plugin of the second kind: its folder holds `room.py`."""
    return (source.ROOT.joinpath(*module.name.split(".")[:2]) / "room.py").is_file()


def _foreign(module: Module, allowed: set[str]) -> list[str]:
    """Return what a plugin imports besides its own package, the standard library and what it may."""
    own = ".".join(module.name.split(".")[:2])
    return [
        f"{module.name} imports {name}"
        for name in sorted(module.imports)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not f"{name}.".startswith(f"{own}.")
        and not any(f"{name}.".startswith(f"{one}.") for one in allowed)
    ]


def test_movements_import_only_the_api() -> None:
    movements = [module for module in source.modules("plugins") if not _is_room(module)]
    assert [line for module in movements for line in _foreign(module, MOVEMENT_MAY_IMPORT)] == []


def test_optional_rooms_import_only_the_room_kit_and_the_frameworks() -> None:
    rooms = [module for module in source.modules("plugins") if _is_room(module)]
    assert [line for module in rooms for line in _foreign(module, ROOM_MAY_IMPORT)] == []


def test_optional_rooms_stay_small() -> None:
    """At most 800 lines of code each; blank lines, docstrings, comments and numbered migrations are not counted."""
    lines: dict[str, int] = {}
    for module in source.modules("plugins"):
        if _is_room(module) and "migrations" not in module.path.parts:
            room = module.name.split(".")[1]
            lines[room] = lines.get(room, 0) + len(module.code_lines())
    assert {room: count for room, count in lines.items() if count > 800} == {}


def test_the_room_kit_imports_no_page_and_nothing_of_the_core_imports_it() -> None:
    (kit,) = [module for module in source.modules() if module.name == "core.roomkit"]
    assert [name for name in kit.imports if _is_views(name.rpartition(".")[2])] == []
    assert [module.name for module in source.modules() if "core.roomkit" in module.imports] == []


def test_only_the_command_line_uses_the_kit() -> None:
    wrong = [
        f"{module.name} imports {name}"
        for module in source.modules()
        if module.part not in ("testing", "cli")
        for name in sorted(module.imports)
        if name.startswith("core.testing")
    ]
    assert wrong == []


def test_no_import_statement_names_a_plugin() -> None:
    assert [m.name for m in source.modules() if any(name.partition(".")[0] == "plugins" for name in m.imports)] == []


def test_core_and_templates_name_no_movement() -> None:
    wrong = []
    for module in source.modules():
        kept = module.text
        # A docstring may give an example.
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (
                said := ast.get_docstring(node, False)
            ):
                kept = kept.replace(said, "")
        wrong += [f"{module.path.name}: {found}" for found in source.MOVEMENT_NAMES.findall(kept)]
    others = [p for end in ("html", "js", "css", "svg", "toml", "po") for p in sorted(_files_named(end))]
    for path in others:
        found = source.MOVEMENT_NAMES.findall(path.read_text(encoding="utf-8"))
        wrong += [f"{path.relative_to(source.ROOT)}: {one}" for one in found]
    assert wrong == []


def _files_named(ending: str) -> list:
    return [p for folder in ("core", "templates") for p in (source.ROOT / folder).rglob(f"*.{ending}")]


@pytest.fixture(scope="module")
def loaded_by_pure_modules() -> dict[str, list[str]]:
    """What each pure module drags in, asked in interpreters that have imported nothing else of ours."""
    names = [*PURE]
    names += [m.name for m in source.modules() if m.part in ("scoring", "vietnamese", "documents", "doors")]
    names += [m.name for m in source.room_modules() if m.file == "rules"]
    program = (
        "import importlib, json, os, sys\n"
        "found = {}\n"
        # A fork of the clean interpreter for each module: what one drags in cannot hide behind another.
        "for name in json.loads(sys.argv[1]):\n"
        "    reading, writing = os.pipe()\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        try:\n"
        "            importlib.import_module(name)\n"
        "            loaded = {m.partition('.')[0] for m in sys.modules}\n"
        "            heavy = loaded & {'flask', 'sqlalchemy', 'werkzeug', 'wtforms'}\n"
        "        except BaseException as error:\n"
        "            heavy = {repr(error)}\n"
        "        os.write(writing, json.dumps(sorted(heavy)).encode())\n"
        "        os._exit(0)\n"
        "    os.waitpid(child, 0)\n"
        "    found[name] = json.loads(os.read(reading, 65536))\n"
        "    os.close(reading), os.close(writing)\n"
        "print(json.dumps(found))\n"
    )
    run = [sys.executable, "-c", program, json.dumps(names)]
    done = subprocess.run(run, capture_output=True, text=True, check=True, cwd=source.ROOT)
    return json.loads(done.stdout)


def test_pure_modules_load_neither_flask_nor_sqlalchemy(loaded_by_pure_modules: dict[str, list[str]]) -> None:
    assert len(loaded_by_pure_modules) > 40
    assert {name: heavy for name, heavy in loaded_by_pure_modules.items() if heavy} == {}


# --- One request, one transaction -----------------------------------------------------------------------------------

# Functions outside core.web.requests.finish that commit, each with the reason why.
COMMITS = {
    "core.accounts.views._count_failure": "a failed sign-in is counted although the request changes nothing else",
    "core.entries.views_filing.autosave": "a script is answered with JSON and sent nowhere",
    "core.entries.views_files.upload": "a script is answered with JSON and sent nowhere",
    "core.front.views._count_look_up": "a missed look-up is counted although the request changes nothing else",
    "core.testing.about_season.season": "the kit's own throw-away installation",
    "core.web.requests.finish": "the one commit of a request",
    "core.web.signed_in._touch": "a page only reads, but its session was used",
}


def _functions_that_commit(module: Module) -> list[str]:
    return [
        f"{module.name}.{function.name}"
        for function in ast.walk(module.tree)
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]


def test_nobody_commits_but_the_request_the_commands_and_the_listed() -> None:
    found = {
        name
        for module in source.modules()
        if module.part not in ("cli", "demo", "migrations")
        for name in _functions_that_commit(module)
    }
    assert found == set(COMMITS)


def test_services_read_neither_request_nor_session_nor_g() -> None:
    wrong = [
        f"{module.name} takes {sorted(taken)} from flask"
        for module in source.room_modules()
        if not PAGE_SIDE & set(module.file.split("_"))
        and (taken := module.from_flask() - {"current_app", "has_app_context"})
    ]
    assert wrong == []


# Functions that ask the machine's clock, each with the reason why.
CLOCKS = {"core.audit.service._admit_unrecorded": "nobody said when; a strict application does not come here"}


def test_rooms_take_the_time_as_an_argument() -> None:
    found = {
        f"{module.name}.{function.name}"
        for module in source.room_modules()
        for function in ast.walk(module.tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("now", "utcnow", "today")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("datetime", "date")
    }
    assert found == set(CLOCKS)


# --- What templates may not do --------------------------------------------------------------------------------------


def test_templates_hold_no_inline_style_or_script_and_mark_nothing_safe() -> None:
    patterns = {
        "inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
        "style element": re.compile(r"<style\b", re.IGNORECASE),
        "inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
        "event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
        "javascript address": re.compile(r"javascript:", re.IGNORECASE),
        "marked safe": re.compile(r"\|\s*safe\b|\bautoescape\s+false"),
    }
    wrong = [
        f"{path.relative_to(source.ROOT)}: {what}"
        for path in source.templates()
        for what, pattern in patterns.items()
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_no_markup_is_made_of_data() -> None:
    """Markup("…") of a literal, and Markup.format / escape, are fine; Markup(f"…") and Markup(x + y) are not."""
    wrong = [
        f"{module.name}:{node.lineno}"
        for module in source.modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") == "Markup" or getattr(node.func, "attr", "") == "Markup")
        and any(isinstance(part, ast.JoinedStr | ast.BinOp) for argument in node.args for part in ast.walk(argument))
    ]
    assert wrong == []


# Templates whose words are the same in every language, each with the reason why.
SAME_IN_ALL_LANGUAGES = {
    "components_page.html": "sample codes of entries",
}


def test_templates_say_nothing_outside_gettext() -> None:
    wrong = {
        str(path.relative_to(source.ROOT / "templates")): said
        for path in source.templates()
        if (said := list(source.words_outside_gettext(path.read_text(encoding="utf-8"))))
        and str(path.relative_to(source.ROOT / "templates")) not in SAME_IN_ALL_LANGUAGES
    }
    assert wrong == {}


# --- What refusals say ----------------------------------------------------------------------------------------------

# Refusals that no page can meet: commands and start-up print them themselves.
UNWORDED: dict[str, str] = {
    "core.registry.PluginsFailed": "strict start-up; names every plugin itself",
    "core.scoring.misuse.MovementRefused": "reading a movement; carries its own sentences",
}


def _kinds(kind: type[DomainError]) -> list[type[DomainError]]:
    return [one for direct in kind.__subclasses__() for one in (direct, *_kinds(direct))]


def test_every_refusal_has_a_sentence() -> None:
    from core.web.sentences import worded

    importlib.import_module("core.app")
    for module in source.modules():
        if module.part not in ("cli", "migrations"):
            importlib.import_module(module.name)
    known = worded()
    wordless = {
        f"{kind.__module__}.{kind.__name__}"
        for kind in _kinds(DomainError)
        # A parent whose children all have words is never raised itself.
        if kind.__module__.startswith("core.")
        # A command words its own refusals where it prints them.
        and not kind.__module__.startswith("core.cli.")
        and not kind.__subclasses__()
        and not known & set(kind.__mro__)
    }
    assert wordless == set(UNWORDED)
