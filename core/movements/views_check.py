"""The ninth step: checking, putting to use, taking out of use."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from core.movements import forms, queries, service
from core.movements.blueprint import bp
from core.movements.models import MovementDraft
from core.movements.reading import Answer, step_tabs, todo, use_lines
from core.movements.rules import DraftNotSound
from core.scoring.canonical import canonical_bytes, digest_of
from core.scoring.movement import Movement
from core.web import requests
from core.web.access import actor, requires


@bp.route("/<public_id>/kiem-tra", methods=["GET", "POST"])
@requires("movement.offer", MovementDraft)
def check(*, subject: MovementDraft) -> Answer:
    """Step 9: everything left to do at once; check, then put to use."""
    if request.method == "POST":
        try:
            service.check(subject, actor=actor(), at=requests.now())
        except DraftNotSound as error:
            lines = todo(subject, error.problems)
            return _finish_page(subject, lines, None, is_asked=True), 422
        flash(_("Không còn việc nào phải sửa. Bấm «Đưa vào dùng» khi đã được duyệt."), "ok")
        return requests.finish(url_for("movements.check", public_id=subject.public_id))
    reading = service.read(subject)
    return _finish_page(subject, todo(subject, reading.problems), reading.movement, is_asked=False)


def _finish_page(
    draft: MovementDraft, lines: list[dict[str, Any]], movement: Movement | None, *, is_asked: bool
) -> str:
    return render_template(
        "movements/check.html",
        draft=draft,
        lines=lines,
        steps=step_tabs(draft, lines, len(forms.STEPS)),
        movement=movement,
        digest=digest_of(canonical_bytes(movement)) if movement is not None else "",
        versions=queries.versions_of(draft.movement_id),
        is_asked=is_asked,
    )


@bp.route("/<public_id>/dua-vao-dung", methods=["GET", "POST"])
@requires("movement.offer", MovementDraft)
def offer(*, subject: MovementDraft) -> Answer:
    """Say what putting to use does, then do it."""
    form = forms.OfferForm()
    if request.method == "POST":
        version = service.offer(subject, actor=actor(), at=requests.now(), switch_on=bool(form.switch_on.data))
        flash(_("Đã đưa vào dùng phiên bản %(n)s. Lập đợt xét mới là thấy.", n=version.rules_version), "ok")
        return requests.finish(url_for("movements.check", public_id=subject.public_id))
    reading = service.read(subject)
    return render_template(
        "movements/offer.html",
        draft=subject,
        form=form,
        movement=reading.movement,
        digest=digest_of(canonical_bytes(reading.movement)) if reading.movement is not None else "",
        is_on=queries.is_on(subject.movement_id, subject.owner_unit),
        uses=use_lines(subject.movement_id, subject.owner_unit),
    )


@bp.route("/<public_id>/rut", methods=["GET", "POST"])
@requires("movement.offer", MovementDraft)
def withdraw(*, subject: MovementDraft) -> Answer:
    """Say what taking out of use does, then do it."""
    if request.method == "POST":
        service.withdraw(subject, actor=actor(), at=requests.now())
        flash(_("Đã rút phong trào khỏi danh sách. Đợt xét đã mở vẫn tiếp tục."), "ok")
        return requests.finish(url_for("movements.check", public_id=subject.public_id))
    return render_template("movements/withdraw.html", draft=subject, uses=use_lines(subject.movement_id))
