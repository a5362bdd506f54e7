"""Before filing: three short questions, one a page (P3), and a blank form to write on paper first."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from core.accounts.rules import NotFoundHere
from core.entries import answers, checks, service
from core.entries.blueprint import bp
from core.entries.models import Entry
from core.entries.rules import Subject
from core.extensions import db
from core.people.models import Person
from core.seasons.frozen import rules_of
from core.seasons.models import Season
from core.seasons.rules import Phase
from core.web import requests
from core.web.access import actor, find, requires

Answer = str | tuple[str, int] | Response


def questions() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return the questions as (name, words, choices as (value, words)), in order."""
    return [
        (
            "nguoi",
            _("Anh/chị có đang là đoàn viên hoặc người lao động ở đơn vị trong tỉnh không?"),
            [("co", _("Có")), ("khong", _("Không"))],
        ),
        (
            "ap-dung",
            _("Sáng kiến đã áp dụng thực tế chưa?"),
            [("da", _("Đã áp dụng")), ("thu", _("Đang áp dụng thử")), ("chua", _("Chưa"))],
        ),
        (
            "da-nop",
            _("Đã nộp sáng kiến này ở đợt nào chưa?"),
            [("chua", _("Chưa")), ("roi", _("Rồi")), ("khong-nho", _("Không nhớ"))],
        ),
    ]


def _given(source: dict[str, str]) -> dict[str, str]:
    """Return the answers among what was sent, in order and as far as each is one of the choices."""
    found: dict[str, str] = {}
    for name, _words, choices in questions():
        if source.get(name) not in {value for value, _label in choices}:
            break
        found[name] = source[name]
    return found


@bp.get("/nop/<public_id>")
@requires("entry.list_own")
def start(public_id: str) -> Answer:
    """Ask the next question, say that this initiative cannot be filed now, or that the season takes no entries."""
    season = find(Season, "public_id", public_id)
    if season.phase != Phase.OPEN or (season.closes_at is not None and requests.now() > season.closes_at):
        return render_template("entries/closed.html", season=season)
    if Subject.INITIATIVE not in rules_of(season).movement.subjects:
        return render_template("entries/from_unit.html", season=season)
    given = _given(request.args)
    # Changing an answer leads back to its question with the others kept.
    asked = request.args.get("cau", type=int)
    if asked is not None and 1 <= asked <= len(given):
        given = dict(list(given.items())[: asked - 1])
    refused = checks.failed_question(given)
    if refused is not None:
        return render_template("entries/not_eligible.html", season=season, given=given, refused=refused)
    # Only the question that was sent without an answer is at fault, not the one that follows.
    return _question(season, given, sent=request.args.get("gui", type=int) == len(given) + 1)


def _question(season: Season, given: dict[str, str], *, sent: bool) -> Answer:
    number = len(given)
    if number == len(questions()):
        number, given = number - 1, dict(list(given.items())[:-1])
    name, text, choices = questions()[number]
    page = render_template(
        "entries/start.html",
        season=season,
        given=given,
        number=number + 1,
        total=len(questions()),
        name=name,
        text=text,
        choices=choices,
        draft=request.args.get("ho-so", ""),
        page_errors=sent,
    )
    return (page, 422) if sent else page


@bp.post("/nop/<public_id>")
@requires("entry.start", Season)
def begin(*, subject: Season) -> Answer:
    """Open the draft; with an answer that keeps the entry out, only where the person asked to keep a draft."""
    given = _given(request.form.to_dict())
    keeps = "luu-nhap" in request.form
    refused = checks.failed_question(given)
    if not keeps and (refused is not None or len(given) < len(questions())):
        arguments: dict[str, Any] = {**given, **_draft_argument()}
        if refused is None:
            arguments["gui"] = 1
        return requests.see_other(url_for("entries.start", public_id=subject.public_id, **arguments))
    entry = _old_draft(subject)
    if entry is not None:
        service.save_eligibility(entry, given, at=requests.now())
        return requests.finish(url_for("entries.show", public_id=entry.public_id))
    person = db.session.get(Person, actor().person_id)
    if person is None or person.unit is None:
        return render_template("entries/no_unit.html", season=subject), 409
    entry = service.start_draft(
        subject,
        owner=person,
        unit=person.unit,
        subject=Subject.INITIATIVE,
        filed_by=actor().account_id,
        eligibility=given,
        at=requests.now(),
        form_key=request.form.get("form_key"),
    )
    return requests.finish(url_for("entries.show", public_id=entry.public_id))


def _draft_argument() -> dict[str, str]:
    draft = request.form.get("ho-so", "")
    return {"ho-so": draft} if draft else {}


def _old_draft(season: Season) -> Entry | None:
    """Return the draft for which the questions are answered anew, if that is what happens."""
    public_id = request.form.get("ho-so", "")
    if not public_id:
        return None
    entry: Entry = find(Entry, "public_id", public_id)
    if entry.season_id != season.id or entry.owner_id != actor().person_id:
        raise NotFoundHere()
    return entry


@bp.get("/nop/<public_id>/mau")
@requires("season.read", Season)
def blank(*, subject: Season) -> Answer:
    """Show every question with room to write: printed, or filled in by hand before typing."""
    form = rules_of(subject).form
    return render_template(
        "entries/blank.html",
        season=subject,
        sections=answers.sections(form),
        subject=rules_of(subject).movement.subjects[0],
    )
