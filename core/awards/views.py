"""The organiser's pages from ranking to citation, and the citation a recipient keeps."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pypdf
from flask import Blueprint, Response, current_app, flash, g, render_template, request, send_file, url_for
from flask_babel import gettext as _

from core.accounts.rules import NotFoundHere
from core.awards import queries, service, words
from core.awards.forms import ChoiceForm, DecisionForm, RevokeForm
from core.awards.models import Citation
from core.awards.rules import DecisionNumberTaken, NothingProposed
from core.documents.citation import DocumentOverflow, render_citation
from core.entries.models import Entry
from core.errors import DomainError
from core.seasons.models import Season
from core.vietnamese.dates import local_date
from core.web import requests
from core.web.access import actor, find, requires
from core.web.sentences import say

bp = Blueprint("awards", __name__)


def _base_url() -> str:
    return str(current_app.extensions["thidua_settings"].base_url)


@bp.get("/dot-xet/<public_id>/de-nghi")
@requires("ranking.read", Season)
def proposals(subject: Season) -> str:
    """P17: the ranking with what is proposed, ties that wait for a choice, and the way to the decision."""
    rows = service.lines(subject)
    return render_template(
        "awards/proposals.html",
        season=subject,
        lines=rows,
        waiting=[line for line in rows if line.waits_for_council],
        tally=_tally(rows),
        decision=queries.decision_of(subject),
    )


def _tally(rows: list[service.Line]) -> list[dict[str, Any]]:
    sheets = {line.sheet.id: line.sheet for line in rows}
    return [
        {
            "title": tier.title,
            "count": sum(
                1
                for line in rows
                if line.sheet.id == sheet.id and line.proposal is not None and line.proposal.tier == tier.id
            ),
            "quota": tier.quota,
            "per_field": tier.quota_per_field,
            "per_unit": tier.quota_per_unit,
        }
        for sheet in sheets.values()
        for tier in sheet.tiers
    ]


@bp.post("/dot-xet/<public_id>/de-nghi/lap")
@requires("award.propose", Season)
def propose(subject: Season) -> Response:
    """Make the list of proposals from the ranking."""
    made = service.propose(subject, actor=actor(), at=g.now)
    flash(_("Đã lập danh sách đề nghị: %(n)s hồ sơ.", n=len(made)), "ok")
    return requests.finish(url_for("awards.proposals", public_id=subject.public_id))


@bp.route("/dot-xet/<public_id>/de-nghi/<entry_id>", methods=["GET", "POST"])
@requires("award.propose", Season)
def choose(subject: Season, entry_id: str) -> Response | str | tuple[str, int]:
    """Choose the tier of one entry by hand, with the reason that the minutes will show."""
    entry = find(Entry, "public_id", entry_id)
    line = next((row for row in service.lines(subject) if row.entry.id == entry.id), None)
    form = ChoiceForm(tier=line.proposal.tier if line is not None and line.proposal else "")
    form.tier.choices = [("", _("Không đề nghị"))]
    if line is not None:
        form.tier.choices += [(tier.id, tier.title) for tier in line.sheet.tiers]
    if form.validate_on_submit():
        try:
            service.choose(subject, entry, form.tier.data or None, reason=form.reason.data, actor=actor(), at=g.now)
        except DomainError as error:
            form.tier.errors = [say(error)]
        else:
            flash(_("Đã ghi lựa chọn cho hồ sơ %(code)s.", code=entry.code), "ok")
            return requests.finish(url_for("awards.proposals", public_id=subject.public_id))
    page = render_template("awards/choose.html", season=subject, entry=entry, line=line, form=form)
    return page, 422 if form.errors else 200


@bp.route("/dot-xet/<public_id>/quyet-dinh", methods=["GET", "POST"])
@requires("award.decide", Season)
def decide(subject: Season) -> Response | str | tuple[str, int]:
    """The decision: number, date, signer; one confirm page that says what it carries."""
    form = DecisionForm(
        series="QĐ-LĐLĐ", place=_place_of(subject), authority="TM. BAN THƯỜNG VỤ", signer_title="CHỦ TỊCH"
    )
    if form.validate_on_submit():
        assert form.number.data is not None
        assert form.signed_on.data is not None
        try:
            decision = service.decide(
                subject,
                number=int(form.number.data),
                series=form.series.data,
                signed_on=form.signed_on.data,
                place=form.place.data,
                authority=form.authority.data,
                signer_title=form.signer_title.data,
                signer_name=form.signer_name.data,
                basis=form.basis.data,
                base_url=_base_url(),
                actor=actor(),
                at=g.now,
            )
        except DecisionNumberTaken as error:
            form.number.errors = [say(error)]
        except DocumentOverflow as error:
            if error.field not in form:
                raise
            form[error.field].errors = [say(error)]
        else:
            flash(_("Đã ghi Quyết định số %(label)s.", label=decision.label), "ok")
            return requests.finish(url_for("awards.decision", public_id=subject.public_id))
    rows = queries.proposals(subject)
    people = [recipient for row in rows for recipient in service.recipients_of(row.entry)]
    page = render_template("awards/decide.html", season=subject, form=form, proposals=rows, recipients=people)
    return page, 422 if form.errors else 200


def _place_of(season: Season) -> str:
    """The place a decision is usually signed in: the last words of the owner's name («… tỉnh Lai Châu»)."""
    _, found, rest = season.owner_unit.name.rpartition("tỉnh ")
    return rest if found else ""


@bp.get("/dot-xet/<public_id>/quyet-dinh/xem")
@requires("ranking.read", Season)
def decision(subject: Season) -> str:
    """The decision with its annex list, printable."""
    return render_template(
        "awards/decision.html", season=subject, decision=queries.decision_of(subject), awards=queries.awards_of(subject)
    )


@bp.route("/dot-xet/<public_id>/cong-bo", methods=["GET", "POST"])
@requires("result.publish", Season)
def publish(subject: Season) -> Response | str:
    """Announce the results: a confirm page that states count, address and effect."""
    if request.method == "POST":
        made = service.publish(
            subject, base_url=_base_url(), storage=current_app.extensions["thidua_storage"], actor=actor(), at=g.now
        )
        flash(_("Đã công bố kết quả và lập %(n)s giấy chứng nhận.", n=len(made)), "ok")
        return requests.finish(url_for("awards.citations", public_id=subject.public_id))
    return render_template(
        "awards/publish.html",
        season=subject,
        decision=queries.decision_of(subject),
        awards=queries.awards_of(subject),
        address=_base_url().rstrip("/") + url_for("front.season_results", public_id=subject.public_id),
    )


@bp.get("/dot-xet/<public_id>/giay-chung-nhan")
@requires("season.manage", Season)
def citations(subject: Season) -> str:
    """P18: the citations of a season with their register numbers and codes."""
    return render_template(
        "awards/citations.html", season=subject, citations=queries.citations(subject), status=words.citation_status
    )


@bp.get("/dot-xet/<public_id>/giay-chung-nhan/tat-ca.pdf")
@requires("citation.print", Season)
def print_all(subject: Season) -> Response:
    """All valid citations of a season in one PDF, in the order of the register."""
    writer = pypdf.PdfWriter()
    storage = current_app.extensions["thidua_storage"]
    for citation in queries.citations(subject):
        if citation.status == "valid" and citation.pdf_sha256:
            writer.append(BytesIO(storage.get(citation.pdf_sha256)))
    if not writer.pages:
        raise NotFoundHere()
    joined = BytesIO()
    writer.write(joined)
    joined.seek(0)
    name = f"giay-chung-nhan-{subject.code_prefix}-{subject.year}.pdf"
    return send_file(joined, mimetype="application/pdf", as_attachment=True, download_name=name)


@bp.get("/giay-chung-nhan/<code>.pdf")
@requires("citation.read", Citation, key="code")
def citation_pdf(subject: Citation) -> Response:
    """One citation as it was issued, for the organiser and for its recipient."""
    pdf = current_app.extensions["thidua_storage"].get(subject.pdf_sha256)
    return send_file(
        BytesIO(pdf),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"giay-chung-nhan-{subject.code}.pdf",
    )


@bp.get("/dot-xet/<public_id>/giay-chung-nhan/in-thu.pdf")
@requires("award.decide", Season)
def specimen(subject: Season) -> Response:
    """A trial copy with the longest name of the list, marked as a specimen."""
    rows = queries.proposals(subject)
    people = [(row, recipient) for row in rows for recipient in service.recipients_of(row.entry)]
    if not people:
        raise NothingProposed()
    row, recipient = max(people, key=lambda pair: len(pair[1].name))
    pdf = render_citation(service.specimen_values(subject, row, recipient, base_url=_base_url()))
    return send_file(BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name="ban-mau.pdf")


@bp.route("/giay-chung-nhan/<code>/thu-hoi", methods=["GET", "POST"])
@requires("citation.revoke", Citation, key="code")
def revoke(subject: Citation) -> Response | str | tuple[str, int]:
    """Recall a citation; the verify page says so at once."""
    form = RevokeForm()
    season = subject.award.decision.season
    if form.validate_on_submit():
        service.revoke(subject, reason=form.reason.data, on=local_date(g.now), actor=actor(), at=g.now)
        flash(_("Đã thu hồi giấy chứng nhận %(code)s.", code=subject.code), "ok")
        return requests.finish(url_for("awards.citations", public_id=season.public_id))
    page = render_template("awards/revoke.html", season=season, citation=subject, form=form)
    return page, 422 if form.errors else 200
