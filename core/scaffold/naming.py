"""From a title to an id and a folder: without marks, importable, and nobody else's."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Collection

from core.vietnamese.text import fold

LONGEST = 40
_OTHER = re.compile(r"[^a-z0-9]+")


def slug_of(title: str, *, longest: int = LONGEST) -> str:
    """Return the id that a title gives («Công nhân xanh» → `cong-nhan-xanh`), cut at a word; empty where none is left.

    An id is also the name of a Python package, which no digit may begin.
    """
    slug = _OTHER.sub("-", fold(title)).strip("-")
    if slug[:1].isdigit():
        slug = f"phong-trao-{slug}"
    if len(slug) > longest:
        slug = slug[: longest + 1].rpartition("-")[0] or slug[:longest]
    return slug


def refused(slug: str, taken: Collection[str]) -> str:
    """Return why a movement cannot have this id, as a Vietnamese sentence; empty where it can.

    :param taken: the ids of the movements that are installed.
    """
    module = slug.replace("-", "_")
    if not slug:
        return "Tên phong trào cần có chữ. Gõ tên khác."
    if keyword.iskeyword(module) or keyword.issoftkeyword(module) or module in sys.stdlib_module_names:
        return f"Mã «{slug}» trùng tên Python dùng. Gõ tên phong trào dài hơn."
    if module in {"core", "plugins", "templates", "tests"}:
        return f"Mã «{slug}» trùng thư mục của hệ thống. Gõ tên phong trào dài hơn."
    if slug in taken:
        return f"Đã có phong trào mang mã «{slug}». Gõ tên khác."
    return ""


def distinct_slugs(titles: Collection[str]) -> list[str]:
    """Return an id for each title; equal ones are numbered."""
    made: list[str] = []
    for title in titles:
        base, number = slug_of(title, longest=LONGEST - 3) or "tieu-chi", 2
        slug = base
        while slug in made:
            slug, number = f"{base}-{number}", number + 1
        made.append(slug)
    return made
