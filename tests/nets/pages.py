"""What must be true of every page, read from its bytes."""

from __future__ import annotations

import functools
import gzip
import html
import re
from pathlib import Path

from tests.nets.source import ROOT

STATIC = ROOT / "core" / "static"
KILOBYTE = 1024


@functools.cache
def weight_of(name: str) -> int:
    """Return the compressed size of a static file in bytes."""
    return len(gzip.compress((STATIC / name).read_bytes(), mtime=0))


def weight(page: str) -> int:
    """Return what a first visit to the page transfers, compressed: itself, its styles, scripts and pictures of ours."""
    names = set(re.findall(r'(?:href|src)="/static/([^"?#]+)', page))
    if any(Path(name).suffix == ".css" and "print" not in name for name in names):
        names -= {name for name in names if name == "print.css"}
    # The scripts of a page import others by name.
    waiting = [name for name in names if name.endswith(".js")]
    while waiting:
        for other in re.findall(r'from\s+"\./([^"?]+)', (STATIC / waiting.pop()).read_text(encoding="utf-8")):
            if other not in names:
                names.add(other)
                waiting.append(other)
    return len(gzip.compress(page.encode(), mtime=0)) + sum(weight_of(name) for name in sorted(names))


def headings(page: str) -> list[str]:
    """Return the page's first-level headings as text."""
    found = re.findall(r"(?s)<h1[^>]*>(.*?)</h1>", page)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", each)).split()) for each in found]


def links(page: str) -> set[str]:
    """Return the paths of our own site that the page links to, without queries."""
    found = re.findall(r'<a\b[^>]*\bhref="(/[^"#?]*)', page)
    return {html.unescape(path) for path in found if not path.startswith(("//", "/static/"))}


def faults(page: str, *, keyless: set[str]) -> list[str]:
    """Return what is wrong with a page, a line each.

    :param keyless: addresses whose forms need no one-time key.
    """
    found = []
    if len(headings(page)) != 1:
        found.append(f"{len(headings(page))} h1")
    if not re.search(r'<html[^>]*\blang="(vi|en)"', page):
        found.append("no language")
    title = re.search(r"(?s)<title>(.*?)</title>", page)
    if title is None or not title[1].strip():
        found.append("no title")
    for opening, inside in re.findall(r"(?s)(<form\b[^>]*>)(.*?)</form>", page):
        if not re.search(r'method="post"', opening, re.IGNORECASE):
            continue
        action = re.search(r'action="([^"?#]*)', opening)
        where = action[1] if action else ""
        if 'name="csrf_token"' not in inside:
            found.append(f"form to {where} without token")
        if 'name="form_key"' not in inside and where not in keyless:
            found.append(f"form to {where} without one-time key")
    identifiers = re.findall(r'\sid="([^"]+)"', page)
    found += [f"id {each!r} stands twice" for each in sorted({e for e in identifiers if identifiers.count(e) > 1})]
    if re.search(r">\s*None\s*<|\{\{|\{%|&lt;(?:b|a|p|span)\b", page):
        found.append("shows None, template code or escaped markup")
    if re.search(r'\sstyle="|<style|\son[a-z]+="|(?:src|href)="(?:https?:)?//', page):
        found.append("inline style, inline script or something from another site")
    return found


def anonymous(page: str, *values: str) -> str:
    """Return a page without what differs between two requests: tokens, keys, the moment, and the given values."""
    page = re.sub(r'(name="(?:csrf_token|form_key)" value=")[^"]*', r"\1", page)
    page = re.sub(r'(name="csrf-token" content=")[^"]*', r"\1", page)
    for value in values:
        page = page.replace(value, "…")
    return page
