"""Pages for an audience: home, movements, results, verification, look-up, «Việc cần làm», the state of the system."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, g, jsonify, render_template, request, session, url_for

from core.accounts import limits, policy
from core.accounts.rules import NotFoundHere, Role
from core.awards.models import Citation
from core.db import begin_writing
from core.documents.qr import qr_svg
from core.entries import words as entry_words
from core.errors import DomainError
from core.extensions import db
from core.front import plugin_cards, queries
from core.front.forms import LookUpForm, VerifyForm
from core.seasons.frozen import MovementGone, movement_of_draft, rules_of
from core.seasons.models import Season
from core.vietnamese.codes import parse_citation_code, parse_code
from core.web import requests
from core.web.access import actor, requires
from core.web.frame import LANGUAGES
from core.web.style_form import samples

bp = Blueprint("front", __name__)


@bp.get("/")
@requires("public.read")
def home() -> str:
    """P1: what one can enter now, the newest results, and the box that finds a code."""
    return render_template(
        "front/home.html",
        seasons=[(season, rules_of(season)) for season in queries.open_seasons(actor(), g.now)],
        next_opening=queries.next_opening(actor(), g.now),
        results=queries.published_seasons(actor(), limit=5),
    )


@bp.get("/dang-nhan")
@requires("public.read")
def open_seasons() -> str:
    """The seasons that take entries."""
    return render_template(
        "front/open_seasons.html",
        seasons=[(season, rules_of(season)) for season in queries.open_seasons(actor(), g.now)],
        next_opening=queries.next_opening(actor(), g.now),
    )


@bp.get("/phong-trao/<movement_id>")
@requires("public.read")
def movement(movement_id: str) -> str:
    """A movement with its announced seasons; the words come from the newest season's frozen rules."""
    seasons = queries.seasons_of(actor(), movement_id)
    if not seasons:
        raise NotFoundHere()
    return render_template("front/movement.html", movement=rules_of(seasons[0]).movement, seasons=seasons)


@bp.get("/dot/<public_id>")
@requires("season.read", Season)
def season(subject: Season) -> str:
    """P2: one season in plain words: who, by when, what to prepare, how it is scored, what can be won."""
    if not policy.allows(actor(), "public.read") or subject.phase == "draft":
        raise NotFoundHere()
    rules = rules_of(subject)
    return render_template(
        "front/season.html",
        season=subject,
        rules=rules,
        sheets=rules.sheets(),
        required_fields=[field for field in rules.form.fields if field.required],
        takes_entries=policy.allows(actor(), "entry.start", subject)
        and subject.opens_at is not None
        and subject.closes_at is not None
        and subject.opens_at <= g.now <= subject.closes_at,
        is_past=subject.closes_at is not None and g.now > subject.closes_at,
        starts_from_unit=rules.form.authors is None,
    )


@bp.get("/ket-qua")
@requires("public.read")
def results() -> str:
    """The seasons with public results."""
    return render_template("front/results.html", seasons=queries.published_seasons(actor()))


@bp.get("/ket-qua/<public_id>")
@requires("result.read", Season)
def season_results(subject: Season) -> str:
    """P23: the awards of a season by tier; nothing of those who were not placed."""
    awards = queries.public_awards(subject)
    unit = request.args.get("don-vi", "")
    units = sorted({award.entry.unit.name for award in awards})
    shown = [award for award in awards if not unit or award.entry.unit.name == unit]
    tiers: dict[str, list[Any]] = {}
    for award in shown:
        tiers.setdefault(award.tier_title, []).append(award)
    return render_template(
        "front/season_results.html", season=subject, tiers=tiers, units=units, unit=unit,
        decision=awards[0].decision if awards else None, total=len(awards),
    )  # fmt: skip


@bp.route("/x", methods=["GET", "POST"])
@requires("citation.verify")
@requests.keyless
def verify() -> Response | str | tuple[str, int]:
    """A box for the code of a citation."""
    form = VerifyForm()
    if form.validate_on_submit():
        try:
            code = parse_citation_code(form.code.data)
        except DomainError:
            code = form.code.data
        return requests.see_other(url_for("front.verify_code", code=code))
    return render_template("front/verify.html", form=form), 422 if form.errors else 200


@bp.get("/x/<code>")
@requires("citation.verify")
def verify_code(code: str) -> str | tuple[str, int]:
    """P23: whether a citation is real, replaced, revoked or unknown; limited per address, without puzzles."""
    limits.check(limits.LOOK_UP_BY_ADDRESS, request.remote_addr or "", at=g.now)
    citation = None
    try:
        citation = db.session.scalar(sa.select(Citation).where(Citation.code == parse_citation_code(code)))
    except DomainError:
        citation = None
    if citation is None:
        # Only misses count: a factory behind one address may check as many real papers as it likes.
        _count_look_up()
        return render_template("front/citation_unknown.html", code=code[:40]), 404
    replacement = db.session.get(Citation, citation.replaced_by_id) if citation.replaced_by_id else None
    return render_template("front/citation.html", citation=citation, award=citation.award, replacement=replacement)


def _count_look_up() -> None:
    db.session.rollback()
    begin_writing()
    limits.count(limits.LOOK_UP_BY_ADDRESS, request.remote_addr or "", at=g.now)
    db.session.commit()


@bp.route("/tra-cuu", methods=["GET", "POST"])
@requires("status.look_up")
@requests.keyless
def look_up() -> Response | str | tuple[str, int]:
    """«Tìm hồ sơ»: by code and four digits without signing in; it shows the state and nothing else."""
    typed = request.args.get("ma", "").strip()
    if typed:
        found = _destination_of(typed)
        if found is not None:
            return requests.see_other(found)
    form = LookUpForm(code=typed)
    if not form.validate_on_submit():
        return render_template("front/look_up.html", form=form, entry=None), 422 if form.errors else 200
    limits.check(limits.LOOK_UP_BY_ADDRESS, request.remote_addr or "", at=g.now)
    entry = None
    try:
        entry = queries.entry_by_code_and_phone(str(parse_code(form.code.data)), form.digits.data.replace(" ", ""))
    except DomainError:
        entry = None
    if entry is None:
        _count_look_up()
        return render_template("front/look_up.html", form=form, entry=None, missed=True), 404
    state = entry_words.public_state(entry, entry.season, actor())
    return render_template("front/look_up.html", form=form, entry=entry, state=state)


def _destination_of(typed: str) -> str | None:
    """Return where a typed code leads at once: a citation to its page; anything else to the form below."""
    try:
        return url_for("front.verify_code", code=parse_citation_code(typed))
    except DomainError:
        return None


@bp.get("/du-lieu-ca-nhan")
@requires("public.read")
def privacy() -> str:
    """What is kept of a person, why, how long, and whom to ask."""
    return render_template("front/privacy.html")


@bp.get("/ngon-ngu/<code>")
@requires("public.read")
def language(code: str) -> Response:
    """Choose the language of the interface and go back."""
    if code in dict(LANGUAGES):
        session["language"] = code
    return requests.see_other(requests.safe_path(_referring_path(), url_for("front.home")))


def _referring_path() -> str | None:
    referrer = request.referrer or ""
    return referrer[len(request.host_url) - 1 :] if referrer.startswith(request.host_url) else None


@bp.get("/healthz")
@requires("public.read")
def healthz() -> tuple[Response, int]:
    """Whether the application and its database answer."""
    db.session.execute(sa.text("SELECT 1"))
    return jsonify(status="ok"), 200


@bp.get("/viec-can-lam")
@requires("task.list")
def tasks() -> str:
    """What waits for me, by when, one button each; one block per role."""
    me = actor()
    open_count, unsealed = queries.sheets_left(me) if me.has(Role.JUDGE) else (0, 0)
    seasons = queries.running_seasons(me) if me.has(Role.ORGANISER) else []
    return render_template(
        "front/tasks.html",
        returned=queries.returned_to_me(me),
        drafts=queries.drafts_of_mine(me),
        shares=queries.shares_to_confirm(me),
        waiting=queries.waiting_for_endorsement(me) if me.has(Role.OFFICER) else 0,
        sheets_open=open_count,
        sheets_unsealed=unsealed,
        boards=[(season, queries.season_counts(season)) for season in seasons],
        open_seasons=queries.open_seasons(me, g.now),
    )


@bp.get("/he-thong")
@requires("system.read")
def system() -> str:
    """The administrator's landing page: plugins that failed, by name; versions; storage and database."""
    registry = current_app.extensions["thidua_registry"]
    return render_template(
        "front/system.html",
        cards=plugin_cards.plugin_cards(registry),
        words=plugin_cards,
        safe_mode=current_app.extensions["thidua_settings"].safe_mode,
        rooms=current_app.extensions["thidua_rooms"].states(),
        database=db.engine.dialect.name,
    )


@bp.get("/phong-trao")
@requires("movement.read")
def movements() -> str:
    """Every plugin that was found: name, version, state, what uses it, what is wrong with it and what to do."""
    registry = current_app.extensions["thidua_registry"]
    return render_template(
        "front/movements.html",
        cards=plugin_cards.plugin_cards(registry),
        orphans=plugin_cards.orphans(registry),
        words=plugin_cards,
        with_details=policy.may(actor(), "system.read"),
    )


@bp.get("/phong-trao/<movement_id>/quy-tac")
@requires("movement.read")
def movement_rules(movement_id: str) -> str:
    """The rules of an installed movement as an organiser would choose them."""
    try:
        found = movement_of_draft(movement_id)
    except MovementGone as error:
        raise NotFoundHere() from error
    return render_template("front/movement_rules.html", movement=found)


@bp.get("/-/components")
@requires("style.read")
def components() -> str:
    """Every component in every state, for those who make pages."""
    return render_template("components_page.html", **samples())


@bp.get("/-/qr")
@requires("public.read")
def qr() -> Response:
    """The QR code of a path of this site, as a picture for pages that print one."""
    path = requests.safe_path(request.args.get("d"), "/")
    base = str(current_app.extensions["thidua_settings"].base_url).rstrip("/")
    return Response(qr_svg(base + path), mimetype="image/svg+xml")
