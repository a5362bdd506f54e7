"""Pages of the room seasons: the organiser's board, the wizard, one season, its rules for everybody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import Field

from core.accounts.rules import NotFoundHere
from core.errors import DomainError
from core.movements import queries as movements
from core.movements.rules import MovementOff
from core.organisations.models import Unit
from core.scoring.movement import Movement
from core.seasons import amending, forms, queries, readable, service, words, words_rules
from core.seasons.frozen import movement_of_draft, rules_in, rules_of
from core.seasons.models import Amendment, Season
from core.seasons.rules import (
    CodePrefixTaken,
    CodePrefixWrong,
    DatesInWrongOrder,
    ExtensionNotLater,
    JudgingEndsTooEarly,
    MilestoneKind,
    MilestoneTooEarly,
    MovementGone,
    Phase,
    SeasonNotReady,
)
from core.seasons.tabs import acts_of, tabs_of
from core.vietnamese.dates import format_date, format_instant, format_time, local_date
from core.web import requests, times
from core.web.access import actor, find, requires
from core.web.paging import page_of
from core.web.sentences import say

bp = Blueprint("seasons", __name__, url_prefix="/dot-xet")

bp.add_app_template_global(words.mark_word, "source_mark")

Answer = str | tuple[str, int] | Response


@bp.app_context_processor
def wording() -> dict[str, Any]:
    """Give templates the words of this room."""
    return {"season_chip": season_chip, "season_words": words, "amend_counter": forms.counter_title}


def season_chip(season: Season, *, is_insider: bool = False) -> tuple[str, str]:
    """Return the chip of a season at this request's moment: text and kind."""
    return words.phase_chip(season.phase, season.opens_at, season.closes_at, requests.now(), is_insider=is_insider)


# --- The board and one season ---------------------------------------------------------------------------------------


@bp.get("")
@requires("season.list")
def board() -> Answer:
    """Show the organiser's seasons, the latest year first."""
    page = page_of(
        queries.managed(actor()),
        [(Season.year, True), (Season.id, True)],
        after=request.args.get("sau"),
        before=request.args.get("truoc"),
    )
    rows = [(season, queries.next_step(season, requests.now())) for season in page.rows]
    return render_template("seasons/board.html", page=page, rows=rows)


@bp.get("/<public_id>")
@requires("season.manage", Season)
def show(*, subject: Season) -> Answer:
    """Show where a season stands, what comes next, and the way to its other pages."""
    at = requests.now()
    if subject.phase == Phase.DRAFT:
        return render_template(
            "seasons/draft.html",
            season=subject,
            steps=_wizard(subject),
            blockers=service.blockers(subject, at=at),
        )
    return render_template(
        "seasons/show.html",
        season=subject,
        tabs=tabs_of(subject, actor()),
        acts=acts_of(subject, actor()),
        timeline=_timeline(subject),
        rules=rules_of(subject),
        left=times.left(subject.closes_at, at) if subject.closes_at is not None else None,
    )


def _timeline(season: Season) -> list[dict[str, Any]]:
    """Return the dated steps as `ui.timeline` takes them, with the kind for the template to hang acts on."""
    lines = []
    for step in queries.timeline(season, requests.now()):
        what = words.milestone_title(step.kind)
        if step.kind == "extension":
            what = words.extension_line(step.at, step.document)
        exact = step.kind in {"opens", "closes", "judging", "extension"}
        when = format_instant(step.at) if exact else format_date(step.at)
        lines.append(
            {"kind": step.kind, "when": when, "what": what, "iso": step.at.isoformat(), "state": step.state,
             "note": step.note}
        )  # fmt: skip
    return lines


# --- The wizard: a season in preparation ----------------------------------------------------------------------------


def _wizard(season: Season) -> list[dict[str, Any]]:
    """Return the steps of the wizard with what each still needs; the first one, choosing a source, is done."""
    open_steps = {blocker.step for blocker in service.blockers(season, at=requests.now())}
    titles = {
        "edit_basics": _("Căn cứ, phạm vi"),
        "edit_sheets": _("Phiếu chấm, tiêu chí"),
        "edit_dates": _("Mốc thời gian"),
        "edit_quotas": _("Giải thưởng"),
        "preview": _("Xem thử"),
    }
    return [
        {
            "label": title,
            "url": url_for(f"seasons.{step}", public_id=season.public_id),
            "current": request.endpoint == f"seasons.{step}",
            "status": _("Còn thiếu") if step in open_steps else _("Đã đủ"),
            "kind": "warn" if step in open_steps else "ok",
        }
        for step, title in titles.items()
    ]


def _step_page(template: str, season: Season, form: Any, number: int, **more: Any) -> Answer:
    page = render_template(
        template,
        season=season,
        form=form,
        number=number,
        steps=_wizard(season),
        blockers=service.blockers(season, at=requests.now()),
        **more,
    )
    return (page, 422) if form.errors else page


def _saved(season: Season, following: str) -> Response:
    """End a step: on to the next one, or back to the season where «Lưu bản chuẩn bị» was pressed."""
    if request.form.get("go") == "stay":
        flash(_("Đã lưu bản chuẩn bị lúc %(t)s", t=format_time(requests.now())), "ok")
        following = "show"
    return requests.finish(url_for(f"seasons.{following}", public_id=season.public_id))


def _save(season: Season, fields: dict[type[DomainError], Field], **changes: Any) -> bool:
    """Save a step; a refusal that belongs to a box is written there, and nothing is saved."""
    revision = request.form.get("revision", type=int)
    try:
        service.edit_draft(season, actor=actor(), at=requests.now(), revision=revision, **changes)
    except tuple(fields) as error:
        fields[type(error)].errors.append(say(error))
        return False
    return True


@bp.route("/moi", methods=["GET", "POST"])
@requires("season.create")
def create() -> Answer:
    """Begin a season: like an earlier one, or new from a movement."""
    earlier = queries.copyable(actor())
    units = queries.units_of(actor())
    # A movement is on offer where it is on at one unit at least; the service asks again for the chosen unit.
    on_offer = {movement.id: movement for unit in units for movement in movements.offered_to(unit)}
    form = forms.CreateForm(data={"year": local_date(requests.now()).year})
    form.source.choices = {f"dot:{s.public_id}": _("Sao chép «%(title)s»", title=s.title) for s in earlier} | {
        f"phong-trao:{movement.id}": _("Bắt đầu mới: %(title)s", title=movement.title)
        for movement in sorted(on_offer.values(), key=lambda m: m.title)
    }
    form.unit.choices = {unit.public_id: unit.name for unit in units}
    for field in (form.source, form.unit):
        if request.method == "GET" and field.choices:
            field.data = next(iter(field.choices))
    if form.validate_on_submit():
        unit = next(unit for unit in units if unit.public_id == form.unit.data)
        year: Any = form.year.data
        try:
            season = _begin(form.source.data, unit, year, on_offer)
        except (MovementOff, MovementGone) as error:
            form.source.errors.append(say(error))
        else:
            return requests.finish(url_for("seasons.edit_basics", public_id=season.public_id))
    page = render_template("seasons/create.html", form=form, units=units)
    return (page, 422) if form.errors else page


def _begin(source: str, unit: Unit, year: int, movements: dict[str, Movement]) -> Season:
    kind, _colon, key = source.partition(":")
    at = requests.now()
    if kind == "dot":
        earlier = find(Season, "public_id", key)
        return service.copy_season(earlier, owner_unit=unit, year=year, actor=actor(), at=at)
    title = _("%(movement)s, đợt %(year)s", movement=movements[key].title, year=year)
    return service.create_season(key, owner_unit=unit, title=title, year=year, actor=actor(), at=at)


@bp.route("/<public_id>/can-cu", methods=["GET", "POST"])
@requires("season.edit", Season)
def edit_basics(*, subject: Season) -> Answer:
    """Step 2: name, year, letters of the codes, founding document."""
    form = forms.BasicsForm(obj=subject)
    if form.validate_on_submit():
        prefix = form.code_prefix
        prefix.data = prefix.data.upper()
        refusals = {CodePrefixWrong: prefix, CodePrefixTaken: prefix}
        if _save(subject, refusals, **form.data):
            return _saved(subject, "edit_sheets")
    return _step_page("seasons/edit_basics.html", subject, form, 2)


@bp.route("/<public_id>/phieu-cham", methods=["GET", "POST"])
@requires("season.edit", Season)
def edit_sheets(*, subject: Season) -> Answer:
    """Step 3: which sheet scores what; every sheet that could be chosen can be read here."""
    movement = movement_of_draft(subject.movement_id)
    form = forms.sheets_form(subject, movement)
    if form.validate_on_submit() and _save(subject, {}, sheets=forms.chosen_in(form)):
        return _saved(subject, "edit_dates")
    pages = {
        field.name: [readable.sheet_page(movement.sheet(sheet), movement.facts) for sheet in field.choices]
        for field in form
    }
    return _step_page("seasons/edit_sheets.html", subject, form, 3, pages=pages)


@bp.route("/<public_id>/cac-moc", methods=["GET", "POST"])
@requires("season.edit", Season)
def edit_dates(*, subject: Season) -> Answer:
    """Step 4: opening, deadline, end of judging, later milestones."""
    form = forms.dates_form(subject)
    if form.validate_on_submit():
        refusals: dict[type[DomainError], Field] = {
            DatesInWrongOrder: form.closes_on,
            JudgingEndsTooEarly: form.judging_on,
        }
        try:
            is_saved = _save(subject, refusals, **form.values())
        except MilestoneTooEarly as error:
            form[error.kind].errors.append(say(error))
            is_saved = False
        if is_saved:
            return _saved(subject, "edit_quotas")
    return _step_page("seasons/edit_dates.html", subject, form, 4, milestones=[kind.value for kind in MilestoneKind])


@bp.route("/<public_id>/giai-thuong", methods=["GET", "POST"])
@requires("season.edit", Season)
def edit_quotas(*, subject: Season) -> Answer:
    """Step 5: how many prizes of each tier."""
    movement = movement_of_draft(subject.movement_id)
    rules = rules_of(subject)
    form = forms.quotas_form(rules)
    if form.validate_on_submit() and _save(subject, {}, quotas=forms.quotas_in(form, movement)):
        return _saved(subject, "preview")
    return _step_page(
        "seasons/edit_quotas.html", subject, form, 5, sheets=rules.sheets(), counters=forms.COUNTERS,
        counter_title=forms.counter_title, quota_name=forms.quota_name,
    )  # fmt: skip


@bp.get("/<public_id>/xem-thu")
@requires("season.edit", Season)
def preview(*, subject: Season) -> Answer:
    """Step 6: the season as entrants will see it, and the rules with the digest they would be frozen under."""
    return render_template(
        "seasons/preview.html",
        number=6,
        steps=_wizard(subject),
        blockers=service.blockers(subject, at=requests.now()),
        **_rulebook(subject),
    )


@bp.route("/<public_id>/mo", methods=["GET", "POST"], endpoint="open")
@requires("season.open", Season)
def open_(*, subject: Season) -> Answer:
    """Confirm the opening: what is frozen, what is still missing."""
    missing = service.blockers(subject, at=requests.now())
    if request.method == "POST":
        try:
            service.open_season(subject, actor=actor(), at=requests.now())
        except SeasonNotReady as error:
            missing = error.blockers
        else:
            flash(_("Đã mở đợt xét. Quy tắc đã chốt, ai cũng đọc được."), "ok")
            return requests.finish(url_for("seasons.show", public_id=subject.public_id))
    digest = rules_of(subject).digest if not missing else ""
    page = render_template(
        "seasons/open.html",
        season=subject,
        blockers=missing,
        digest=digest,
        closes=times.deadline(subject.closes_at) if subject.closes_at is not None else "",
        page_errors=request.method == "POST",
    )
    return (page, 422) if request.method == "POST" else page


# --- The rules, for everybody ---------------------------------------------------------------------------------------


def _rulebook(season: Season) -> dict[str, Any]:
    """Return what the pages about the rules show."""
    rules = rules_of(season)
    return {
        "season": season,
        "rules": rules,
        "pages": [readable.sheet_page(sheet, rules.facts) for sheet in rules.sheets()],
        "stages": readable.stages(rules.movement),
        "timeline": _timeline(season),
        "to_prepare": readable.to_prepare(rules),
        "scored_by": readable.scored_by,
        "prizes": readable.prizes,
        "closes": times.deadline(season.closes_at) if season.closes_at is not None else "",
        "left": times.left(season.closes_at, requests.now()) if season.closes_at is not None else None,
    }


@bp.get("/<public_id>/quy-tac")
@requires("season.read", Season)
def rules(*, subject: Season) -> Answer:
    """Show the rules of a season as they were frozen, sources with their marks, and the digest to check them by."""
    return render_template("seasons/rules.html", tabs=_own_tabs(subject), **_rulebook(subject))


def _own_tabs(season: Season) -> list[dict[str, Any]]:
    """Return the organiser's tabs for those who organise the season, none for readers."""
    tabs = tabs_of(season, actor())
    return tabs if any(tab["url"] == url_for("seasons.show", public_id=season.public_id) for tab in tabs) else []


@bp.get("/<public_id>/quy-tac.json")
@requires("season.read", Season)
def rules_file(*, subject: Season) -> Answer:
    """Give the frozen bytes themselves: their SHA-256 is the digest on the page."""
    return _frozen_file(rules_of(subject).canonical, f"quy-tac-{subject.code_prefix}-{subject.year}.json")


def _frozen_file(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.get("/<public_id>/sua-doi/<int:number>")
@requires("season.read", Season)
def amendment(*, subject: Season, number: int) -> Answer:
    """Show one amendment: decision, reason, reach, and every difference between the two sets of rules."""
    found = _amendment(subject, number)
    groups = words_rules.grouped(amending.differences_of(found))
    return render_template("seasons/amendment.html", season=subject, amendment=found, groups=groups)


@bp.get("/<public_id>/quy-tac/<int:number>")
@requires("season.read", Season)
def earlier_rules(*, subject: Season, number: int) -> Answer:
    """Show the rules that an amendment replaced."""
    found = _amendment(subject, number)
    replaced = rules_in(found.from_snapshot)
    return render_template(
        "seasons/earlier_rules.html", season=subject, amendment=found, rules=replaced,
        pages=[readable.sheet_page(sheet, replaced.facts) for sheet in replaced.sheets()],
        stages=readable.stages(replaced.movement),
    )  # fmt: skip


@bp.get("/<public_id>/quy-tac/<int:number>.json")
@requires("season.read", Season)
def earlier_rules_file(*, subject: Season, number: int) -> Answer:
    """Give the frozen bytes that an amendment replaced."""
    found = _amendment(subject, number)
    name = f"quy-tac-{subject.code_prefix}-{subject.year}-{number}.json"
    return _frozen_file(found.from_snapshot.canonical, name)


def _amendment(season: Season, number: int) -> Amendment:
    found = next((one for one in season.amendments if one.number == number), None)
    if found is None:
        raise NotFoundHere()
    return found


# --- Dates of a running season --------------------------------------------------------------------------------------


@bp.route("/<public_id>/gia-han", methods=["GET", "POST"])
@requires("season.extend", Season)
def extend(*, subject: Season) -> Answer:
    """Extend the deadline: first what to write, then the page that says what it does, then done."""
    form = forms.ExtendForm()
    if form.validate_on_submit():
        moved = form.closes_at()
        try:
            service.check_extension(subject, closes_at=moved, at=requests.now())
        except (ExtensionNotLater, JudgingEndsTooEarly, MilestoneTooEarly) as error:
            form.closes_on.errors.append(say(error))
        else:
            if not form.confirmed.data:
                return render_template("seasons/extend_confirm.html", season=subject, form=form, moved=moved)
            service.extend_deadline(
                subject, closes_at=moved, reason=form.reason.data or "", document=form.document.data or "",
                actor=actor(), at=requests.now(),
            )  # fmt: skip
            flash(words.extension_line(moved, form.document.data or ""), "ok")
            return requests.finish(url_for("seasons.show", public_id=subject.public_id))
    page = render_template("seasons/extend.html", season=subject, form=form)
    return (page, 422) if form.errors else page


@bp.route("/<public_id>/moc/<kind>", methods=["GET", "POST"])
@requires("season.manage", Season)
def move_milestone(*, subject: Season, kind: str) -> Answer:
    """Put another date to a later step of a running season."""
    steps = {step.kind: step for step in queries.timeline(subject, requests.now())}
    if subject.phase == Phase.DRAFT or kind not in {"judging", *MilestoneKind} or kind not in steps:
        raise NotFoundHere()
    form = forms.MilestoneForm()
    if form.validate_on_submit():
        try:
            service.move_milestone(subject, kind, to=form.moment(), actor=actor(), at=requests.now())
        except (JudgingEndsTooEarly, MilestoneTooEarly) as error:
            form.on.errors.append(say(error))
        else:
            flash(
                _(
                    "Đã dời mốc «%(name)s» sang %(t)s",
                    name=words.milestone_title(kind),
                    t=format_instant(form.moment()),
                ),
                "ok",
            )
            return requests.finish(url_for("seasons.show", public_id=subject.public_id))
    after = [line for line in _timeline(subject) if line["state"] != "done" and line["kind"] != kind]
    page = render_template(
        "seasons/move_milestone.html", season=subject, form=form, title=words.milestone_title(kind),
        present=format_instant(steps[kind].at), after=after,
    )  # fmt: skip
    return (page, 422) if form.errors else page
