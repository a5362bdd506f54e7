"""The files of a new movement as texts by path, and the one step that writes them: all, or none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from string import Template

from core.doors.toml_text import to_toml
from core.hookspecs import API_VERSION
from core.scaffold import examples
from core.scaffold.plan import SUBJECT_WORDS, Plan
from core.scoring.canonical import digest
from core.scoring.movement import Movement
from core.scoring.reading import read_toml

FORM_OF = {"initiative": "form_initiative.toml", "person": "form_person.toml", "collective": "form_person.toml"}
BLIND_OF = {"initiative": "authors", "person": "open", "collective": "open"}


def folder_of(plan: Plan, *, with_python: bool) -> dict[str, str]:
    """Return the files of a movement's own folder, made from a plan."""
    rules = _filled("movement.toml", plan)
    movement = read_toml(rules).require(plan.slug)
    made = {
        "movement.toml": rules,
        "README.md": _filled("README.md", plan),
        "rules.lock": _lock(movement),
        "golden.jsonl": examples.golden(plan, movement),
    }
    return made | ({"__init__.py": _filled("init.py", plan)} if with_python else {})


def copy_of(plan: Plan, source: Path, known: Movement, *, with_python: bool) -> dict[str, str]:
    """Return the files of a movement like another one: its rules under a new id, the titles of everything inside kept.

    :param source: the folder of the other one.
    :param known: the movement that it brings.
    """
    path, movement = source / "movement.toml", replace(known, id=plan.slug, title=plan.title, rules_version=1)
    rules = renamed(path.read_text("utf-8"), plan) if path.is_file() else ""
    if read_toml(rules).movement != movement:
        # Rules made in Python, or a head written in an unusual way: the same rules, without the remarks of a file.
        rules = to_toml(movement)
    made = {"movement.toml": rules, "README.md": _readme_of_copy(source, known, plan), "rules.lock": _lock(movement)}
    golden = source / "golden.jsonl"
    lines = golden.read_text("utf-8").split("\n") if golden.is_file() else []
    made["golden.jsonl"] = "".join(examples.line(json.loads(one), movement) for one in lines if one.strip())
    if with_python:
        code = [file for file in source.glob("*.py") if not file.name.startswith("test_")]
        made |= {file.name: file.read_text("utf-8") for file in code}
        made.setdefault("__init__.py", _filled("init.py", plan))
    return made


def renamed(rules: str, plan: Plan) -> str:
    """Return the text of a `movement.toml` with the id, title and version of a new movement; all else stays."""
    start = rules.find("[movement]")
    end = re.compile(r"(?m)^\[").search(rules, start + 1) if start >= 0 else None
    head = rules[start : end.start() if end else len(rules)]
    for key, value in (("id", _quoted(plan.slug)), ("title", _quoted(plan.title)), ("rules_version", "1")):
        # A title may hold a backslash, which a replacement text would read as a group.
        said = f"{key} = {value}".replace("\\", r"\\")
        head = re.sub(rf"(?m)^{key}\s*=.*$", said, head, count=1)
    return rules[: max(start, 0)] + head + (rules[end.start() :] if end else "")


def with_test(plan: Plan, made: Mapping[str, str]) -> dict[str, str]:
    """Return a folder's files and its test."""
    return {**made, f"tests/test_{plan.module}.py": _filled("test.py", plan, where="..")}


def package_of(plan: Plan, made: Mapping[str, str]) -> dict[str, str]:
    """Return the files of an installable distribution around a movement's folder."""
    inside = {f"{plan.module}/{name}": text for name, text in made.items()}
    inside.setdefault(
        f"{plan.module}/__init__.py", f'"""Phong trào «{plan.title}»: quy tắc đứng trong movement.toml."""\n'
    )
    return {
        "pyproject.toml": _filled("pyproject.toml", plan),
        "README.md": _filled("README_package.md", plan),
        **inside,
        f"tests/test_{plan.module}.py": _filled("test.py", plan, where=f"../{plan.module}"),
    }


def write(target: Path, made: Mapping[str, str]) -> None:
    """Write the files into a new folder.

    :raise FileExistsError: the folder is there already; nothing is touched.
    """
    target.mkdir(parents=True)
    for name, text in made.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _lock(movement: Movement) -> str:
    return f'{movement.rules_version} = "sha256:{digest(movement)}"\n'


def _readme_of_copy(source: Path, known: Movement, plan: Plan) -> str:
    path = source / "README.md"
    text = path.read_text("utf-8") if path.is_file() else f"# {known.title}\n"
    _first, _line, rest = text.partition("\n")
    said = f"Chép từ phong trào «{known.title}», bản {known.rules_version}. Xem lại từng mục dưới đây trước khi dùng."
    return f"# {plan.title}\n\n{said}\n{rest}"


def _quoted(text: str) -> str:
    """Return a text as TOML and Python both read it; one line, nothing invisible."""
    return json.dumps(text, ensure_ascii=False)


def _filled(name: str, plan: Plan, **more: str) -> str:
    template = Template(_file(name))
    criteria = "\n\n".join(
        f"[[sheets.criteria]]\nid = {_quoted(code)}\ntitle = {_quoted(title)}\nmax = {points}\n"
        'mark = "UNVERIFIED" # sửa thành V, V2 hoặc D khi đã có văn bản'
        for code, (title, points) in zip(plan.ids, plan.criteria, strict=True)
    )
    bands = "\n".join(f'  {{ id = "{b.id}", title = "{b.title}", min = {b.points} }},' for b in plan.bands)
    tiers = "\n\n".join(
        f'[[sheets.tiers]]\nid = "{t.id}"\ntitle = "{t.title}"\nmin = {t.points}'
        + (f"\nquota = {t.quota}" if t.quota is not None else "")
        for t in plan.tiers
    )
    rows = [(code, title, f"{points} điểm") for code, (title, points) in zip(plan.ids, plan.criteria, strict=True)]
    rows += [(each.id, each.title, f"từ {each.points} điểm") for each in (*plan.bands, *plan.tiers)]
    table = "\n".join(f"| `phieu-cham` | `{code}` | {title} | {said} | UNVERIFIED |" for code, title, said in rows)
    return template.substitute(
        id=plan.slug, module=plan.module, title=plan.title, quoted_title=_quoted(plan.title),
        class_name=plan.class_name, subject=plan.subject, subject_words=SUBJECT_WORDS[plan.subject],
        effective_from=plan.effective_from.isoformat(), form=_file(FORM_OF[plan.subject]).strip(),
        blind=BLIND_OF[plan.subject], criteria=criteria, bands=bands, tiers=tiers, first=plan.ids[0],
        pass_mark=str(plan.pass_mark), table=table, api=str(API_VERSION), **more,
    )  # fmt: skip


def _file(name: str) -> str:
    return (files("core.scaffold") / "files" / f"{name}.txt").read_text("utf-8")
