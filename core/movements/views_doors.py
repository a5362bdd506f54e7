"""The ways to and from files: movement.toml, Excel, an office's score sheet; all shown before they replace anything."""

from __future__ import annotations

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from core.doors.excel import read_pasted, read_score_sheet, to_workbook
from core.doors.toml_text import to_toml
from core.movements import forms, importing, service, words
from core.movements.blueprint import bp
from core.movements.content import unpack
from core.movements.importing import Incoming
from core.movements.models import MovementDraft
from core.movements.reading import Answer, step_url
from core.movements.rules import DraftNotSound
from core.web import requests
from core.web.access import actor, requires

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST_UPLOAD = 2 * 1024 * 1024


@bp.get("/<public_id>/movement.toml")
@requires("movement.edit", MovementDraft)
def toml(*, subject: MovementDraft) -> Answer:
    """Give the working copy away as a file: sound, it has the digest that the page shows."""
    return _file(to_toml(unpack(subject.content)).encode(), "application/toml", f"{subject.movement_id}.toml")


@bp.get("/<public_id>/movement.xlsx")
@requires("movement.edit", MovementDraft)
def workbook(*, subject: MovementDraft) -> Answer:
    """Give a sound working copy away as Excel."""
    reading = service.read(subject)
    if reading.movement is None:
        raise DraftNotSound(problems=reading.problems)
    return _file(to_workbook(reading.movement), EXCEL, f"{subject.movement_id}.xlsx")


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.route("/<public_id>/tep", methods=["GET", "POST"])
@requires("movement.edit", MovementDraft, late=True)
def files(*, subject: MovementDraft) -> Answer:
    """Offer the files, and show what an uploaded one would put in place of what. Nothing is changed here."""
    whole, sheet = forms.MovementFileForm(prefix="tep-"), forms.SheetFileForm(prefix="phieu-")
    sheets = subject.content.get("sheets")
    names = [words.sheet_title(number, each) for number, each in enumerate(sheets if isinstance(sheets, list) else [])]
    sheet.sheet.choices = {str(number): name for number, name in enumerate(names)} | {
        str(len(names)): _("Thêm thành phiếu mới")
    }
    if request.method == "POST":
        incoming = _movement_of(whole) if request.form.get("kind") == importing.MOVEMENT else _sheet_of(sheet)
        if incoming is not None:
            number = int(sheet.sheet.data) if str(sheet.sheet.data or "").isdigit() else 0
            return render_template(
                "movements/incoming.html",
                draft=subject, incoming=incoming, number=number,
                sheet_name=names[number] if number < len(names) else "",
            )  # fmt: skip
    page = render_template(
        "movements/files.html", draft=subject, whole=whole, sheet=sheet, is_sound=not service.problems(subject)
    )
    return (page, 422) if request.method == "POST" else page


def _movement_of(form: forms.MovementFileForm) -> Incoming | None:
    """Return the movement in the chosen file; None, with words beside the box, where there is none."""
    data = _bytes(form.file.data)
    if data is None:
        form.file.errors = [_("Chọn tệp movement.toml hoặc tệp Excel, nhỏ hơn 2 MB")]
        return None
    return importing.read_movement(form.file.data.filename or "", data)


def _sheet_of(form: forms.SheetFileForm) -> Incoming | None:
    """Return the score sheet in the chosen file or the pasted rows; None, with words beside the box, without either."""
    data = _bytes(form.file.data)
    if data is not None:
        return importing.of_sheet(read_score_sheet(data))
    # What is pasted keeps its tabs: they are the columns.
    pasted = request.form.get(form.pasted.name, "")
    if pasted.strip():
        return importing.of_sheet(read_pasted(pasted))
    form.file.errors = [_("Chọn tệp Excel nhỏ hơn 2 MB, hoặc dán các dòng vào ô bên dưới")]
    return None


def _bytes(given: object) -> bytes | None:
    """Return the bytes of an uploaded file; None where there is none, or too many."""
    if not isinstance(given, FileStorage) or not given.filename:
        return None
    data = given.read(LARGEST_UPLOAD + 1)
    return data if 0 < len(data) <= LARGEST_UPLOAD else None


@bp.post("/<public_id>/tep/nhan")
@requires("movement.edit", MovementDraft)
def take(*, subject: MovementDraft) -> Answer:
    """Put what was shown in place of what the draft holds; «Hoàn tác» brings it back."""
    content = importing.accept(request.form.get("content", ""))
    revision = request.form.get("revision", type=int)
    if request.form.get("kind") == importing.MOVEMENT:
        service.replace(subject, content, actor=actor(), at=requests.now(), revision=revision)
        flash(_("Đã lấy nội dung từ tệp. Bấm «Hoàn tác lần lưu cuối» nếu muốn trở lại."), "ok")
        return requests.finish(url_for("movements.show", public_id=subject.public_id))
    number = min(request.form.get("number", 0, type=int), 19)
    service.edit(
        subject,
        lambda kept: importing.take_sheet(kept, number, content),
        actor=actor(), at=requests.now(), revision=revision,
    )  # fmt: skip
    flash(_("Đã lấy tiêu chí từ phiếu. Bấm «Hoàn tác lần lưu cuối» nếu muốn trở lại."), "ok")
    return requests.finish(step_url(subject, 4, number))
