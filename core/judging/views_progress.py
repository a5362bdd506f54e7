"""How judging goes: bars by judge, what is missing, reopening a sheet, closing. No points are shown here."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa
from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from core.accounts.rules import NotFoundHere
from core.entries.models import Entry
from core.entries.rules import State
from core.extensions import db
from core.judging import queries, service, words
from core.judging.blueprint import bp
from core.judging.forms import ReasonForm
from core.judging.models import Scoresheet
from core.judging.rules import SheetsMissing, SheetStatus
from core.judging.views_panels import seat_in
from core.seasons.models import Season
from core.seasons.tabs import tabs_of
from core.vietnamese.dates import format_instant
from core.web import requests, times
from core.web.access import actor, requires
from core.web.sentences import say

Answer = str | tuple[str, int] | Response


@bp.get("/dot-xet/<public_id>/tien-do")
@requires("judging.watch", Season)
def progress(*, subject: Season) -> Answer:
    """Show how far every judge is."""
    return render_template("judging/progress.html", season=subject, tabs=tabs_of(subject, actor()), **_figures(subject))


@bp.get("/dot-xet/<public_id>/tien-do/bang")
@requires("judging.watch", Season)
def progress_table(*, subject: Season) -> Answer:
    """Give the part of the progress page that renews itself."""
    return render_template("judging/_progress.html", season=subject, **_figures(subject))


def _figures(season: Season) -> dict[str, Any]:
    lines: list[dict[str, Any]] = []
    for stage in queries.score_stages(season):
        rows = queries.live_assignments(stage)
        by_judge: dict[int | None, Counter[str]] = {}
        last: dict[int | None, Any] = {}
        for sheet in queries.live_sheets(stage):
            by_judge.setdefault(sheet.judge_id, Counter())[str(sheet.status)] += 1
            last[sheet.judge_id] = max(last.get(sheet.judge_id) or sheet.saved_at, sheet.saved_at)
        for judge in queries.judges_of(stage):
            done = by_judge.get(judge.id, Counter())
            lines.append(
                {
                    "judge": judge,
                    "total": sum(1 for row in rows if row.judge_id == judge.id),
                    "finished": done["finished"] + done["sealed"],
                    "sealed": done["sealed"],
                    "seen": _("lưu lần cuối %(t)s", t=format_instant(last[judge.id])) if judge.id in last
                    else _("chưa chấm lần nào"),
                }
            )  # fmt: skip
    deadline = season.judging_closes_at
    return {
        "lines": lines,
        "total": sum(line["total"] for line in lines),
        "finished": sum(line["finished"] for line in lines),
        "sealed": sum(line["sealed"] for line in lines),
        "deadline": deadline,
        "left": times.left(deadline, requests.now()) if deadline is not None else "",
        "is_over": deadline is not None and requests.now() > deadline,
        "updated": requests.now(),
        "disagreeing": service.disagreements(season) if season.phase == "judging" else [],
    }


@bp.get("/dot-xet/<public_id>/tien-do/<judge_id>")
@requires("judging.watch", Season)
def judge_progress(*, subject: Season, judge_id: str) -> Answer:
    """Show the sheets of one judge by status, with the way to reopen a sealed one. Points stay hidden."""
    judge = seat_in(subject, judge_id)
    held = {sheet.entry_id: sheet for sheet in queries.live_sheets(judge.panel.stage) if sheet.judge_id == judge.id}
    rows = [(row.entry, held.get(row.entry_id), row.reason) for row in queries.assignments_of(judge)]
    return render_template("judging/judge_progress.html", season=subject, judge=judge, rows=rows)


@bp.route("/ho-so/<public_id>/mo-lai-phieu/<sheet_id>", methods=["GET", "POST"])
@requires("sheet.reopen", Entry)
def reopen_sheet(*, subject: Entry, sheet_id: str) -> Answer:
    """Confirm the reopening of a sealed sheet, with its reason."""
    sheet = db.session.scalar(
        sa.select(Scoresheet).where(Scoresheet.public_id == sheet_id, Scoresheet.entry_id == subject.id)
    )
    if sheet is None or sheet.status != SheetStatus.SEALED:
        raise NotFoundHere()
    form = ReasonForm()
    if request.method == "POST" and form.validate():
        service.reopen_sheet(sheet, reason=form.reason.data or "", actor=actor(), at=requests.now())
        flash(
            _("Đã mở lại phiếu của %(name)s. Phiếu cũ được giữ và không tính.", name=sheet.filler.person.full_name),
            "ok",
        )
        return requests.finish(url_for("judging.progress", public_id=subject.season.public_id))
    page = render_template("judging/reopen_sheet.html", entry=subject, sheet=sheet, form=form)
    return (page, 422) if form.errors else page


@bp.post("/dot-xet/<public_id>/tien-do/niem-phong")
@requires("judging.close", Season)
def seal_finished(*, subject: Season) -> Answer:
    """Seal the finished sheets once the deadline of judging has passed."""
    count = service.seal_finished_at_deadline(subject, actor=actor(), at=requests.now())
    flash(ngettext("Đã niêm phong %(num)s phiếu đã xong.", "Đã niêm phong %(num)s phiếu đã xong.", count), "ok")
    return requests.finish(url_for("judging.progress", public_id=subject.public_id))


@bp.route("/dot-xet/<public_id>/dong-cham", methods=["GET", "POST"])
@requires("judging.close", Season)
def close(*, subject: Season) -> Answer:
    """Confirm the end of judging: what is missing, then scoring and ranking in one act."""
    if request.method == "POST":
        try:
            count = service.close_judging(
                subject, actor=actor(), at=requests.now(), allow_missing=request.form.get("du-thieu") == "1"
            )
        except SheetsMissing as error:
            db.session.rollback()
            return _close_page(subject, say(error)), error.status
        flash(_("Đã xếp hạng %(n)s hồ sơ.", n=count), "ok")
        return requests.finish(url_for("judging.ranking", public_id=subject.public_id))
    return _close_page(subject)


def _close_page(season: Season, error: str = "") -> str:
    missing = service.missing_sheets(season)
    return render_template(
        "judging/close.html",
        season=season,
        entries=len(queries.entries_in(season, (State.IN_JUDGING,))),
        missing=[(one, _who(one), words.status_text(one.status)) for one in missing],
        disagreeing=service.disagreements(season),
        error=error,
    )


def _who(one: Any) -> str:
    if one.judge is not None:
        return str(one.judge.person.full_name)
    return _("Chưa giao giám khảo") if one.status == "unassigned" else _("Cột tự chấm hoặc đơn vị chấm")
