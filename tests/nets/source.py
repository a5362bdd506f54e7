"""The source as the architecture test reads it: modules, their imports, what templates say outside gettext."""

from __future__ import annotations

import ast
import functools
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# From left to right: a room may import those before it.
ROOMS = (
    "audit", "organisations", "people", "accounts", "movements", "seasons", "entries", "judging", "awards", "previews",
    "front",
)  # fmt: skip
WORKBENCHES = ("scoring", "vietnamese", "documents", "doors", "files", "matching")
MOVEMENT_NAMES = re.compile(
    r"(lao.dong|tham.muu).gioi|xanh.sach.dep|Lao động giỏi|Tham mưu giỏi|Xanh – Sạch – Đẹp", re.IGNORECASE
)


@dataclass(frozen=True)
class Module:
    """One Python file of ours: its dotted name and what it says."""

    name: str
    path: Path

    @functools.cached_property
    def text(self) -> str:
        """The source."""
        return self.path.read_text(encoding="utf-8")

    @functools.cached_property
    def tree(self) -> ast.Module:
        """The parsed source."""
        return ast.parse(self.text)

    @property
    def part(self) -> str:
        """The room, workbench or file of the core that the module belongs to: `judging`, `scoring`, `db`."""
        return self.name.split(".")[1] if "." in self.name else self.name

    @property
    def file(self) -> str:
        """The file inside its room: `service`, `views`."""
        return self.name.rpartition(".")[2]

    @functools.cached_property
    def imports(self) -> frozenset[str]:
        """What it imports anywhere in the file, as dotted names; a module of ours is named as far as it goes."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name} imports relatively"
                for alias in node.names:
                    full = f"{node.module}.{alias.name}"
                    found.add(full if _is_module(full) else str(node.module))
        return frozenset(found)

    def code_lines(self) -> set[int]:
        """Return the numbers of the lines that hold code: neither blank, nor comment, nor docstring."""
        said: set[int] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
                said |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
        silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        spans = [range(token.start[0], token.end[0] + 1) for token in tokens if token.type not in silent]
        return {line for span in spans for line in span} - said

    def from_flask(self) -> frozenset[str]:
        """Return the names taken from flask itself."""
        return frozenset(
            alias.name
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and node.module == "flask"
            for alias in node.names
        )


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


@functools.cache
def modules(package: str = "core") -> tuple[Module, ...]:
    """Return every module of a package, the numbered migrations left out."""
    found = []
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "versions" not in parts:
            found.append(Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return tuple(found)


def room_modules() -> list[Module]:
    """Return the modules of the rooms."""
    return [module for module in modules() if module.part in ROOMS]


def part_of(name: str) -> str:
    """Return the room or file of the core that a dotted name lies in; empty for what is not ours."""
    pieces = name.split(".")
    return pieces[1] if pieces[0] == "core" and len(pieces) > 1 else ""


def templates() -> list[Path]:
    """Return every template."""
    return sorted((ROOT / "templates").rglob("*.html"))


def words_outside_gettext(text: str) -> Iterator[str]:
    """Yield what a template says to people without gettext: text between tags, and attributes that are read out."""
    text = re.sub(r"(?s)\{#.*?#\}|<!--.*?-->|<!doctype[^>]*>", " ", text, flags=re.IGNORECASE)
    text = re.sub(r"(?s)\{%-?\s*trans\b.*?endtrans\s*-?%\}", " ", text)
    # A class of the body, and the keys of a keyboard, are the same in every language.
    text = re.sub(r"(?s)\{%-?\s*block body_class\b.*?endblock[^%]*%\}|<kbd>.*?</kbd>", " ", text)
    text = re.sub(r"(?s)\{\{.*?\}\}|\{%.*?%\}", " ", text)
    for attribute in re.findall(r'(?:aria-label|placeholder|title|alt|content)="([^"]*)"', text):
        if re.search(r"[^\W\d_]{2}", attribute) and not re.fullmatch(r"[\w\-=,. /:;]+", attribute, re.ASCII):
            yield attribute.strip()
    for line in re.sub(r"(?s)<[^>]*>", "\n", text).splitlines():
        if re.search(r"[^\W\d_]{2}", line):
            yield line.strip()
