"""The eight steps in which a movement is written, one form each; the ninth, checking, is in `views`."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _

from core.accounts.rules import NotFoundHere
from core.movements import editing, forms, service, words
from core.movements.blueprint import bp
from core.movements.checks import total_of
from core.movements.content import at, put
from core.movements.models import MovementDraft
from core.movements.reading import Answer, step_tabs, step_url, todo
from core.movements.rules import RowUnknown
from core.vietnamese.dates import format_time
from core.web import requests
from core.web.access import actor, requires
from core.web.compression import compressible


@bp.get("/<public_id>")
@requires("movement.edit", MovementDraft)
def show(*, subject: MovementDraft) -> Answer:
    """Show the nine steps with what each still needs, and the ways to and from files."""
    lines = todo(subject, service.problems(subject))
    tasks = []
    for number, title in forms.STEPS.items():
        left = sum(line["step"] == number for line in lines)
        tasks.append(
            {
                "label": str(title),
                "url": step_url(subject, number),
                "status": _("Còn %(n)s việc", n=left) if left else _("Đã đủ"),
                "kind": "warn" if left else "ok",
            }
        )
    return render_template(
        "movements/show.html",
        draft=subject,
        lines=lines,
        tasks=tasks[:-1],
        drops=[line for line in lines if line["drop"]],
    )


@bp.route("/<public_id>/buoc/<int:number>", methods=["GET", "POST"])
@compressible
@requires("movement.edit", MovementDraft)
def step(*, subject: MovementDraft, number: int) -> Answer:
    """Show or save one step. Saving never fails for what was typed: the page says what is wrong and keeps it."""
    if number not in forms.STEPS or number == len(forms.STEPS):
        raise NotFoundHere()
    sheet = _sheet(subject)
    page = forms.page_of(subject.content, forms.areas_of(number, sheet))
    if request.method == "POST":
        return _save(subject, page, number, sheet)
    problems = service.problems(subject)
    forms.attach(page, problems, lambda problem: words.what_is_wrong(subject.content, problem))
    lines = todo(subject, problems)
    sheets = at(subject.content, "sheets")
    return render_template(
        "movements/step.html",
        draft=subject,
        number=number,
        title=forms.STEPS[number],
        page=page,
        lines=lines,
        steps=step_tabs(subject, lines, number, sheet),
        sheet=sheet,
        sheets=_sheet_tabs(subject, number, sheet) if number in forms.SHEET_STEPS else [],
        has_sheet=not isinstance(sheets, list) or sheet < len(sheets),
        total=total_of(at(subject.content, f"sheets[{sheet}]")),
        next_url=step_url(subject, number + 1, sheet),
    )


def _sheet(draft: MovementDraft) -> int:
    """Return which sheet the address names, counted from 0; the last one where it names too much."""
    sheets = draft.content.get("sheets")
    count = len(sheets) if isinstance(sheets, list) else 0
    wanted = request.args.get("phieu", 1, type=int) - 1
    return max(0, min(wanted, count - 1))


def _sheet_tabs(draft: MovementDraft, number: int, current: int) -> list[dict[str, Any]]:
    sheets = draft.content.get("sheets")
    return [
        {
            "label": words.sheet_title(position, sheet),
            "url": step_url(draft, number, position),
            "current": position == current,
        }
        for position, sheet in enumerate(sheets if isinstance(sheets, list) else [])
    ]


def _save(draft: MovementDraft, page: forms.Page, number: int, sheet: int) -> Response:
    said = request.form.get("act", "")
    looked_at: list[str] = []

    def change(content: dict[str, Any]) -> None:
        editing.save(content, [(box, page.form[box.name].data) for box in page.boxes])
        if said:
            looked_at.append(editing.act(content, said))

    service.edit(draft, change, actor=actor(), at=requests.now(), revision=request.form.get("revision", type=int))
    if looked_at:
        place = looked_at[0]
        key, position = forms.sheet_of(place)
        return requests.finish(step_url(draft, number, position if key else sheet, place))
    if request.form.get("go") == "next":
        return requests.finish(step_url(draft, number + 1, sheet))
    flash(_("Đã lưu bản nháp lúc %(t)s", t=format_time(requests.now())), "ok")
    return requests.finish(step_url(draft, number, sheet))


@bp.post("/<public_id>/bo-muc")
@requires("movement.edit", MovementDraft)
def drop(*, subject: MovementDraft) -> Answer:
    """Take out a key that the format does not know, which came with a file and has no box on any page."""
    said = request.form.get("muc", "")
    if said not in {line["drop"] for line in todo(subject, service.problems(subject)) if line["drop"]}:
        raise RowUnknown(place=said)
    service.edit(subject, lambda content: put(content, said, None), actor=actor(), at=requests.now())
    return requests.finish(url_for("movements.show", public_id=subject.public_id))


@bp.post("/<public_id>/hoan-tac")
@requires("movement.edit", MovementDraft)
def undo(*, subject: MovementDraft) -> Answer:
    """Go back to what stood before the last save."""
    service.undo(subject, actor=actor(), at=requests.now())
    flash(_("Đã trở lại như trước lần lưu cuối. Bấm «Hoàn tác» lần nữa để lấy lại."), "ok")
    back = requests.safe_path(request.form.get("back"), url_for("movements.show", public_id=subject.public_id))
    return requests.finish(back)
