"""What a person sees of their own entries: the list, one entry with its life, the acts that are still theirs (P7)."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _

from core.accounts import policy
from core.accounts.rules import NotFoundHere
from core.entries import queries, reading, service, words
from core.entries.blueprint import bp
from core.entries.models import Entry
from core.entries.rules import State
from core.entries.views_filing import tasks_page
from core.entries.views_office import entry_page
from core.seasons.queries import accepting
from core.vietnamese.dates import format_date, format_instant
from core.web import requests
from core.web.access import actor, requires
from core.web.paging import page_of

Answer = str | tuple[str, int] | Response


@bp.get("/ho-so")
@requires("entry.list_own")
def mine() -> Answer:
    """Show one's own entries: what waits for the person first, then the others, the newest first."""
    own = queries.own(actor())
    waiting = page_of(own.where(Entry.state == State.RETURNED), [(Entry.id, True)], size=20).rows
    page = page_of(
        own.where(Entry.state != State.RETURNED),
        [(Entry.created_at, True), (Entry.id, True)],
        after=request.args.get("sau"),
        before=request.args.get("truoc"),
        size=20,
    )
    return render_template(
        "entries/mine.html",
        waiting=[card(entry) for entry in waiting] if "sau" not in request.args else [],
        cards=[card(entry) for entry in page.rows],
        page=page,
        seasons=accepting(requests.now()),
    )


def card(entry: Entry) -> dict[str, Any]:
    """Return the parameters of `ui.entry_card` for one's own entry."""
    state = words.public_state(entry, entry.season, actor())
    last = queries.last_step(entry)
    since = _("từ %(t)s", t=format_instant(last.at if last is not None else entry.saved_at))
    action: dict[str, Any] = {}
    if entry.state == State.RETURNED and policy.allows(actor(), "entry.edit", entry):
        action = {"action_text": _("Bổ sung ngay"), "action_url": url_for("entries.tasks", public_id=entry.public_id)}
    elif entry.state == State.DRAFT and policy.allows(actor(), "entry.edit", entry):
        action = {"action_text": _("Làm tiếp"), "action_url": url_for("entries.show", public_id=entry.public_id)}
    return {
        "title": words.display_title(entry),
        "url": url_for("entries.show", public_id=entry.public_id),
        "code": entry.code or entry.draft_code,
        "status": str(state),
        "kind": state.kind,
        "holder": reading.next_act(entry) if entry.state not in {State.DRAFT, State.RETURNED} else "",
        "since": since,
        "todo": reading.todo(entry),
        "due": format_date(entry.due_at) if entry.due_at is not None and entry.state == State.RETURNED else None,
        **action,
    }


@bp.get("/ho-so/<public_id>")
@requires("entry.read", Entry)
def show(*, subject: Entry) -> Answer:
    """Show an entry: its steps while it is a draft; else state, life, answers, and what the reader may do with it."""
    allowed = policy.fields(actor(), subject)
    if "identity" not in allowed:
        # Blind judges read entries on the judging pages, which know how to leave names out.
        raise NotFoundHere()
    if subject.state == State.DRAFT and policy.allows(actor(), "entry.edit", subject):
        return tasks_page(subject)
    return entry_page(subject, allowed)


@bp.get("/ho-so/<public_id>/cac-phan")
@requires("entry.edit", Entry)
def tasks(*, subject: Entry) -> Answer:
    """Show the steps of an entry that is in its author's hands."""
    return tasks_page(subject)


@bp.route("/ho-so/<public_id>/rut", methods=["GET", "POST"])
@requires("entry.withdraw", Entry)
def withdraw(*, subject: Entry) -> Answer:
    """Confirm, then take the entry out for good."""
    if request.method == "GET":
        return render_template("entries/withdraw.html", entry=subject)
    service.withdraw(subject, actor=actor(), at=requests.now())
    flash(_("Đã rút hồ sơ «%(title)s».", title=words.display_title(subject)), "ok")
    return requests.finish(url_for("entries.mine"))


@bp.post("/ho-so/<public_id>/lay-lai")
@requires("entry.revise", Entry)
def revise(*, subject: Entry) -> Answer:
    """Take a filed entry back to change it."""
    service.revise(subject, actor=actor(), at=requests.now())
    flash(_("Đã lấy lại hồ sơ để sửa. Sửa xong, bấm «Kiểm tra và nộp» để nộp lại; mã hồ sơ giữ nguyên."), "ok")
    return requests.finish(url_for("entries.show", public_id=subject.public_id))


@bp.post("/ho-so/<public_id>/phan-cua-toi")
@requires("entry.confirm_share", Entry)
def confirm_share(*, subject: Entry) -> Answer:
    """Confirm one's own part and share."""
    service.confirm_share(subject, actor=actor(), at=requests.now())
    flash(_("Đã xác nhận phần đóng góp của anh/chị."), "ok")
    return requests.finish(url_for("entries.show", public_id=subject.public_id))


@bp.get("/ho-so/<public_id>/phieu-ky")
@requires("entry.read", Entry)
def signature_form(*, subject: Entry) -> Answer:
    """Show the entry on paper, with a place for the author's signature."""
    allowed = policy.fields(actor(), subject)
    if "identity" not in allowed:
        raise NotFoundHere()
    return render_template(
        "entries/signature.html",
        entry=subject,
        parts=reading.parts(subject, allowed, empty=False),
        authors=reading.author_lines(subject),
    )
