"""Amending the rules of a running season: what to write, the page that shows everything it will do, then done."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _

from core.errors import DomainError
from core.judging import queries, service
from core.judging.amending import Impact
from core.judging.blueprint import bp
from core.seasons import amending, forms_amending, words, words_rules
from core.seasons.amending import Grounds, Proposal
from core.seasons.frozen import rules_of
from core.seasons.models import Season
from core.seasons.rules import DecidedInFuture, NothingAmended, RulesNotInForce, Scope
from core.web import requests
from core.web.access import actor, requires
from core.web.sentences import say

Answer = str | tuple[str, int] | Response


@bp.route("/dot-xet/<public_id>/sua-doi", methods=["GET", "POST"])
@requires("season.amend", Season)
def amend(*, subject: Season) -> Answer:
    """Amend the rules: a form, then one page with every difference and what it reaches, then done."""
    newer = amending.newer_movement(subject)
    form = forms_amending.amend_form(rules_of(subject), newer, begun=_begun(subject))
    if form.validate_on_submit():
        try:
            proposal = amending.propose(
                subject, movement=newer if form.takes_over() else None, sheets=form.sheets(), quotas=form.quotas()
            )
            grounds = form.grounds()
            amending.check_grounds(proposal, grounds, at=requests.now())
        except (DecidedInFuture, RulesNotInForce) as error:
            form.decided_on.errors.append(say(error))
        except NothingAmended as error:
            form.first_change().errors.append(say(error))
        else:
            return _confirmed(subject, form, proposal, grounds)
    page = render_template("judging/amend.html", season=subject, form=form, newer=newer, rules=rules_of(subject))
    return (page, 422) if form.errors else page


def _begun(season: Season) -> set[tuple[str, str]]:
    """Return where sheets exist already, as (stage, subject): there no other sheet may be chosen."""
    return {
        (stage.slug, str(sheet.entry.subject))
        for stage in queries.score_stages(season)
        for sheet in queries.live_sheets(stage)
    }


def _confirmed(season: Season, form: forms_amending.AmendForm, proposal: Proposal, grounds: Grounds) -> Answer:
    """Amend where these very rules were shown and confirmed, else show them."""
    found = service.impact_of(season, proposal, grounds.scope)
    is_seen = form.confirmed.data == proposal.after.digest and form.seen_before.data == proposal.before.digest
    error = ""
    if is_seen and not found.obstacles:
        try:
            service.amend(season, proposal, grounds, actor=actor(), at=requests.now())
        except DomainError as refused:
            error = say(refused)
        else:
            flash(words.amendment_line(grounds.decision_number, grounds.decided_on), "ok")
            return requests.finish(url_for("seasons.rules", public_id=season.public_id))
    elif form.confirmed.data and not found.obstacles:
        error = _("Quy tắc vừa thay đổi ở nơi khác sau khi trang này mở. Đọc lại các khác biệt dưới đây rồi xác nhận.")
    page = render_template(
        "judging/amend_confirm.html", season=season, form=form, proposal=proposal, impact=found, error=error,
        groups=words_rules.grouped(proposal.differences), facts=_facts(season, grounds, found),
        hidden=_hidden(proposal),
    )  # fmt: skip
    return (page, 422) if error or found.obstacles else page


def _facts(season: Season, grounds: Grounds, found: Impact) -> list[tuple[str, Any]]:
    lines: list[tuple[str, Any]] = [
        (_("Đợt xét"), season.title),
        (_("Quyết định"), words.amendment_line(grounds.decision_number, grounds.decided_on)),
        (_("Lý do sửa đổi"), grounds.reason),
        (_("Phạm vi"), words.scope_text(grounds.scope)),
        (_("Hồ sơ đã nộp"), found.entries),
        (_("Phiếu đã niêm phong"), found.sealed),
    ]
    if found.scored:
        lines.append((_("Hồ sơ được tính và xếp hạng lại ngay"), found.scored))
    if grounds.scope == Scope.NOT_YET_SCORED:
        lines.append((_("Hồ sơ giữ quy tắc cũ vì đã niêm phong đủ phiếu"), len(found.keeps)))
    return lines


def _hidden(proposal: Proposal) -> dict[str, Any]:
    """Return what the confirmation sends along: everything that was typed, and the two digests that were shown."""
    kept = {
        name: value
        for name, value in request.form.items()
        if name not in {"csrf_token", "form_key", "revision", "confirmed", "seen_before"}
    }
    return kept | {"confirmed": proposal.after.digest, "seen_before": proposal.before.digest}
