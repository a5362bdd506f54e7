"""An entry as pages show it: answers by step, files, timeline; always limited to the fields that the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from core.accounts.policy import ALL_FIELDS
from core.accounts.rules import Actor
from core.entries import answers, checks, queries, words
from core.entries.models import Attachment, Entry, EntryStep
from core.entries.rules import State, Subject
from core.scoring.movement import FormField
from core.seasons.rules import Phase
from core.vietnamese.dates import format_date, format_instant


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: the question, the answer in words (empty where there is none), and its files."""

    question: FormField
    text: str
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One step of the form with its answers."""

    section: answers.Section
    lines: tuple[Line, ...]


def parts(entry: Entry, allowed: frozenset[str] = ALL_FIELDS, *, empty: bool = True) -> list[Part]:
    """Return the answers by step, without those that the reader's groups of fields do not open.

    :param allowed: groups of the policy (content, files, identity, confidential).
    :param empty: whether questions without an answer are listed.
    """
    form = checks.form_of(entry)
    shown = {field.id for field in answers.asked(form, entry.answers) if may_read(field, allowed)}
    found = []
    for section in answers.sections(form):
        lines = tuple(_line(entry, field) for field in section.fields if field.id in shown)
        found.append(Part(section, lines if empty else tuple(one for one in lines if one.text or one.files)))
    return found


def may_read(field: FormField, allowed: frozenset[str]) -> bool:
    """Whether these groups of fields open a question: confidential ones need their own, identifying ones identity."""
    if field.confidential and "confidential" not in allowed:
        return False
    if field.identifies and "identity" not in allowed:
        return False
    return ("files" if field.kind == "file" else "content") in allowed


def _line(entry: Entry, field: FormField) -> Line:
    files = tuple(file for file in entry.attachments if file.field_id == field.id)
    return Line(field, "" if field.kind == "file" else words.answer_text(field, entry.answers.get(field.id)), files)


def file_note(file: Attachment) -> str:
    """Return what the server read of a file: «12 trang», or the picture's size."""
    if file.pages:
        return ngettext("%(num)s trang", "%(num)s trang", file.pages)
    return f"{file.width} × {file.height}" if file.width and file.height else ""


def file_row(entry: Entry, file: Attachment, *, deletable: bool) -> dict[str, Any]:
    """Return the parameters of `ui.file_row`."""
    place: dict[str, Any] = {"public_id": entry.public_id, "file_id": file.public_id}
    return {
        "name": file.filename,
        "size": words.size_text(file.size),
        "note": file_note(file),
        "url": url_for("entries.file", **place),
        "thumb": url_for("entries.preview", co="nho", **place) if file.preview_sha256 else None,
        "delete_action": url_for("entries.remove_file", **place) if deletable else None,
    }


def received_text(entry: Entry) -> str:
    """Return what arrived, for the receipt: «7 mục trả lời, 3 ảnh, 1 tệp PDF (2,1 MB)»."""
    form = checks.form_of(entry)
    given = [one for one in answers.asked(form, entry.answers) if one.kind != "file" and one.id in entry.answers]
    pieces = [_("%(n)s mục trả lời", n=len(given) + bool(entry.title))]
    kinds: dict[str, list[Attachment]] = {}
    for file in entry.attachments:
        kinds.setdefault(_kind_word(file), []).append(file)
    for kind, files in kinds.items():
        size = words.size_text(sum(file.size for file in files))
        count = len(files)
        if not kind:
            pieces.append(_("%(n)s ảnh", n=count))
        else:
            pieces.append(_("%(n)s tệp %(kind)s (%(size)s)", n=count, kind=kind, size=size))
    return ", ".join(pieces)


_OFFICE_WORDS = {
    "doc": "Word", "docx": "Word", "xls": "Excel", "xlsx": "Excel", "ppt": "PowerPoint", "pptx": "PowerPoint",
}  # fmt: skip


def _kind_word(file: Attachment) -> str:
    """Return the kind of a file in a word; empty for a photo."""
    if file.media_type.startswith("image/"):
        return ""
    return _OFFICE_WORDS.get(file.extension, file.extension.upper())


def timeline(entry: Entry, viewer: Actor) -> list[dict[str, Any]]:
    """Return the life of the entry for `ui.timeline`: who acted is the office, never the person.

    Outcomes stay out until they are published, unless the viewer organises the season.
    """
    hide = entry.season.phase != Phase.PUBLISHED and words.public_state(entry, entry.season, viewer) == _(
        "Chờ Hội đồng"
    )
    items = [
        {
            "when": format_instant(step.at),
            "iso": step.at.isoformat(),
            "what": words.step_text(step.verb),
            "who": office(step, entry),
            "note": "; ".join(words.reason_lines(step)),
            "state": "done",
        }
        for step in entry.steps
        if not (hide and step.verb in words.OUTCOMES)
    ]
    coming = next_act(entry)
    if coming:
        due = _("trước %(d)s", d=format_date(entry.due_at)) if entry.due_at is not None else ""
        items.append({"when": due, "what": coming, "state": "current"})
    return items


def office(step: EntryStep, entry: Entry) -> str:
    """Return the office that acted; the author's own acts name nobody."""
    return step.unit.name if step.unit is not None else (_("CĐCS nhập hộ") if entry.is_on_behalf else "")


def next_act(entry: Entry) -> str:
    """Return what the entry waits for, or nothing when its life in this room is over."""
    if entry.state == State.DRAFT:
        return _("Chờ nộp")
    if entry.state == State.RETURNED:
        return _("Chờ bổ sung")
    if entry.state == State.SUBMITTED and entry.holder_unit is not None:
        return _("%(unit)s xem và xác nhận", unit=entry.holder_unit.name)
    if entry.state == State.ENDORSED:
        return _("%(unit)s tiếp nhận", unit=entry.season.owner_unit.name)
    return ""


def skipped_levels(entry: Entry) -> list[str]:
    """Return the names of the levels passed over because they have no officer."""
    return [level["name"] for level in entry.route if level["skipped"]]


def todo(entry: Entry) -> list[str]:
    """Return what a return asks of the author, one line each; nothing for any other entry."""
    step = queries.last_return(entry) if entry.state == State.RETURNED else None
    return words.reason_lines(step) if step is not None else []


def author_lines(entry: Entry) -> list[str]:
    """Return the authors in words: name, workplace, share, who leads, who has not confirmed yet."""
    if entry.subject != Subject.INITIATIVE:
        return [words.who(entry)]
    lines = []
    for one in entry.authorships:
        share = f"{one.share:f}".rstrip("0").rstrip(".") if "." in f"{one.share:f}" else f"{one.share:f}"
        pieces = [one.full_name, one.workplace, f"{share.replace('.', ',')}%"]
        if one.is_lead and len(entry.authorships) > 1:
            pieces.append(_("chủ trì"))
        if one.confirmed_at is None and len(entry.authorships) > 1:
            pieces.append(_("chưa xác nhận"))
        lines.append(" · ".join(piece for piece in pieces if piece))
    return lines


def findable(files: Iterable[Attachment], public_id: str) -> Attachment | None:
    """Return the file of that id among `files`."""
    return next((file for file in files if file.public_id == public_id), None)
