"""Files of an entry: received one by one with progress or with a form, taken off, shown as attachments only."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from core.accounts import policy
from core.accounts.rules import NotFoundHere
from core.entries import answers, checks, reading, service
from core.entries.blueprint import bp
from core.entries.models import Attachment, Entry
from core.errors import DomainError
from core.extensions import db
from core.files.kinds import FileFacts, check_file
from core.files.names import clean_name
from core.files.refusals import FileKindRefused
from core.files.thumbnails import thumbnail
from core.scoring.movement import FormField
from core.storage import Storage
from core.web import requests
from core.web.access import actor, requires
from core.web.sentences import say

SANDBOX = "sandbox; default-src 'none'; style-src 'none'; script-src 'none'"
MEGABYTE = 1024 * 1024


def store() -> Storage:
    """Return where files are kept."""
    kept: Storage = current_app.extensions["thidua_storage"]
    return kept


def keep(file: FileStorage, question: FormField | None) -> tuple[str, FileFacts, str | None]:
    """Check a sent file, keep it durably and return (name, facts, digest of its preview).

    Nothing is written to the database here: on SQLite no lock may be held while a file is read.

    :raise FileTooLarge, FileKindRefused, FileDamaged, FileLocked, FileUnpacksTooLarge: it is not taken.
    """
    settings = current_app.extensions["thidua_settings"]
    own = question.max_mb if question is not None and question.max_mb is not None else settings.max_upload_mb
    limit = min(own, settings.max_upload_mb) * MEGABYTE
    name = clean_name(file.filename or "")
    content = file.stream.read()
    facts = check_file(content, name, limit=limit)
    if question is not None and question.extensions and facts.extension not in question.extensions:
        raise FileKindRefused(name=name, extension=facts.extension)
    preview = None
    if facts.has_thumbnail:
        preview = store().put(thumbnail(content, longest=1200, name=name))
    store().put(content)
    return name, facts, preview


@bp.post("/ho-so/<public_id>/tep")
@requests.keyless
@requires("entry.edit", Entry)
def upload(*, subject: Entry) -> Any:
    """Receive one file from the page's script; the same file sent again answers the same row."""
    field_id = request.args.get("cau", "")
    question = next((one for one in checks.form_of(subject).fields if one.id == field_id and one.kind == "file"), None)
    file = request.files.get("file")
    if question is None or file is None or not file.filename:
        return jsonify(error=_("Chưa có tệp nào được chọn. Chọn lại tệp.")), 422
    entry_id = subject.id
    try:
        name, facts, preview = keep(file, question)
        requests.start_writing()
        entry = editable_again(entry_id)
        row = service.attach(
            entry, field_id=field_id, filename=name, facts=facts, preview_sha256=preview, by=actor().account_id,
            at=requests.now(),
        )  # fmt: skip
        html = render_template("entries/_file.html", row=reading.file_row(entry, row, deletable=True))
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        return jsonify(error=say(error)), error.status
    return jsonify(html=html), 201


def editable_again(entry_id: int) -> Entry:
    """Return the entry as it stands now that the writing transaction is open, if it may still be changed."""
    entry = db.session.get(Entry, entry_id, populate_existing=True)
    if entry is None:
        raise NotFoundHere()
    policy.require(actor(), "entry.edit", entry)
    return entry


@bp.post("/ho-so/<public_id>/tep/<file_id>/xoa")
@requests.keyless
@requires("entry.edit", Entry)
def remove_file(*, subject: Entry, file_id: str) -> Response:
    """Take a file off the entry and come back to the step it was on."""
    entry_id = subject.id
    requests.start_writing()
    entry = editable_again(entry_id)
    row = reading.findable(entry.attachments, file_id)
    number = section_of(entry, row.field_id) if row is not None else 1
    service.detach(entry, file_id)
    return requests.finish(url_for("entries.section", public_id=entry.public_id, number=number) + "#tep")


def section_of(entry: Entry, field_id: str) -> int:
    """Return the number of the step that asks a question; the first where none does."""
    for section in answers.sections(checks.form_of(entry)):
        if field_id in {field.id for field in section.fields} or (section.has_title and field_id == "title"):
            return section.number
    return 1


@bp.get("/ho-so/<public_id>/tep/<file_id>")
@requires("entry.read", Entry)
def file(*, subject: Entry, file_id: str) -> Response:
    """Send a file as it was received: always as an attachment, never run or guessed at by a browser."""
    row = _readable(subject, file_id)
    name = row.filename
    if "identity" not in policy.fields(actor(), subject):
        # A file's own name often names its author.
        name = f"tep-{row.id}.{row.extension}"
    response = Response(store().open(row.sha256), mimetype=row.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.content_length = row.size
    return response


@bp.get("/ho-so/<public_id>/tep/<file_id>/xem")
@requires("entry.read", Entry)
def preview(*, subject: Entry, file_id: str) -> Response:
    """Show a picture as we drew it anew, pixels and nothing else; with `?co=nho` as small as a list shows it."""
    row = _readable(subject, file_id)
    if row.preview_sha256 is None:
        raise NotFoundHere()
    drawn = store().get(row.preview_sha256)
    if request.args.get("co") == "nho":
        drawn = thumbnail(drawn, longest=96)
    response = Response(drawn, mimetype="image/jpeg")
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _readable(entry: Entry, file_id: str) -> Attachment:
    row = reading.findable(entry.attachments, file_id)
    if row is None:
        raise NotFoundHere()
    allowed = policy.fields(actor(), entry)
    question = next((one for one in checks.form_of(entry).fields if one.id == row.field_id), None)
    if "files" not in allowed or (question is not None and not reading.may_read(question, allowed)):
        raise NotFoundHere()
    return row
