"""Keeps the English catalogue complete: collects messages, merges new ones into the .po, compiles the .mo, checks both.

python tools/translations.py            merge what the source says now, then compile
python tools/translations.py --missing  print what has no English yet
python tools/translations.py --check    exit code 1 when anything is missing, fuzzy, left over or not compiled

With `--room <id>` the same for the catalogue of an optional room in plugins/.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2), "ngettext": (1, 2)}
# A fixed moment: the catalogue changes only when a message does.
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def extracted(room: str = "") -> Catalog:
    """Return every message of the source, with the files it stands in (no line numbers: they only make noise)."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    catalog = _empty()
    found = extract_from_dir(str(ROOT), methods, options, keywords=KEYWORDS, directory_filter=_filter(room))
    for filename, _line, message, _comments, context in sorted(
        found, key=lambda each: (each[0], each[1], str(each[2]))
    ):
        catalog.add(message, locations=[(filename, 0)], context=context)
    return catalog


def _filter(room: str) -> Callable[[str], bool]:
    """Return whether a folder may hold messages of the core, or of a room; the others are large, or not ours."""
    homes = [("plugins", room)] if room else [("core",), ("templates",)]

    def is_ours(folder: str) -> bool:
        here = Path(folder).resolve().relative_to(ROOT).parts
        return "__pycache__" not in here and any(here[: len(home)] == home[: len(here)] for home in homes)

    return is_ours


def po_of(room: str = "") -> Path:
    """Return where the committed catalogue of the core, or of a room, stands."""
    home = ROOT / "plugins" / room if room else ROOT / "core"
    return home / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def _empty() -> Catalog:
    return Catalog(
        locale="en", project="thidua", charset="utf-8", header_comment="# English messages of thidua.",
        creation_date=MOMENT, revision_date=MOMENT, last_translator="The thidua developers", language_team="English",
        fuzzy=False,
    )  # fmt: skip


def stored(room: str = "") -> Catalog:
    """Return the committed catalogue; an empty one where there is none."""
    if not po_of(room).is_file():
        return _empty()
    with po_of(room).open("rb") as file:
        return read_po(file, locale="en")


def merged(room: str = "") -> Catalog:
    """Return the messages of the source with the English that is known of them, what is gone left out."""
    known, ours = stored(room), stored()
    result = extracted(room)
    for message in result:
        # What a room says in the core's words is said in the core's English too.
        earlier = (
            (known.get(message.id, message.context) or ours.get(message.id, message.context)) if message.id else None
        )
        if earlier is not None and earlier.pluralizable == message.pluralizable:
            message.string = earlier.string
            message.flags |= {"fuzzy"} & earlier.flags
            message.user_comments = earlier.user_comments
    return result


def untranslated(catalog: Catalog) -> list[Message]:
    """Return the messages without English; one marked fuzzy counts as without."""
    return [message for message in catalog if message.id and (not _is_said(message) or message.fuzzy)]


def _is_said(message: Message) -> bool:
    strings = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(strings)


def po_bytes(catalog: Catalog) -> bytes:
    """Return the text of the .po."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=110, omit_header=False, include_lineno=False, sort_output=True)
    return buffer.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """Return the compiled catalogue; fuzzy messages are left out."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def faults(room: str = "") -> list[str]:
    """Return what is wrong with the committed catalogue, a line each."""
    source, known = extracted(room), stored(room)
    found = [f"not in the catalogue: {m.id!r}" for m in source if m.id and known.get(m.id, m.context) is None]
    found += [f"no longer in the source: {m.id!r}" for m in known if m.id and source.get(m.id, m.context) is None]
    found += [f"no English: {m.id!r}" for m in untranslated(known)]
    found += [f"{message.id!r}: {error}" for message, errors in known.check() for error in errors]
    compiled = po_of(room).with_suffix(".mo")
    if not compiled.is_file() or compiled.read_bytes() != mo_bytes(known):
        found.append("messages.mo is not compiled from messages.po. Run: python tools/translations.py")
    return found


def main(arguments: list[str]) -> int:
    """Merge and compile, list what is missing, or check."""
    room = arguments[arguments.index("--room") + 1] if "--room" in arguments else ""
    if "--check" in arguments:
        found = faults(room)
        print("\n".join(found), file=sys.stderr)
        return 1 if found else 0
    if "--missing" in arguments:
        print("\n".join(str(message.id) for message in untranslated(merged(room))))
        return 0
    catalog, target = merged(room), po_of(room)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(po_bytes(catalog))
    with target.open("rb") as file:
        target.with_suffix(".mo").write_bytes(mo_bytes(read_po(file, locale="en")))
    print(f"{len(catalog)} messages, {len(untranslated(catalog))} without English")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
