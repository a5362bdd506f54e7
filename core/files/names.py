"""File names as text to show: never a path, never a trick."""

from __future__ import annotations

import re

from core.vietnamese.text import clean_line

NAME_LIMIT_CHARS = 120
NAMELESS = "tep"

# Characters that end a path, a header or a Windows name.
_UNSAFE = re.compile(r'[<>:"|?*;%]')
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,10})$")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def clean_name(name: str) -> str:
    """Return a name fit to be shown and offered for saving: last part of a path, NFC, at most 120 characters.

    Control and bidirectional characters are dropped, dots at either end too; the extension survives the cut.
    """
    last = re.split(r"[/\\]", name)[-1]
    line = _UNSAFE.sub("_", clean_line(last)).strip(". ")
    if not line or _DEVICES.match(line):
        line = f"{NAMELESS}_{line}".rstrip("_")
    if len(line) <= NAME_LIMIT_CHARS:
        return line
    extension = _EXTENSION.search(line)
    tail = extension[0] if extension else ""
    return line[: NAME_LIMIT_CHARS - len(tail)].rstrip(". ") + tail


def extension_of(name: str) -> str:
    """Return the extension in lower case without its dot, or an empty text."""
    found = _EXTENSION.search(clean_name(name))
    return found[1].lower() if found else ""
