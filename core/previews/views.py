"""The preview of a movement: every surface on one page, its citation, and the pack for the leadership's approval.

Everything is drawn from a `Movement`, so that one in use and one being written are previewed alike. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext as _

from core.accounts.rules import NotFoundHere
from core.documents.approval import render_approval
from core.documents.citation import (
    DocumentFault,
    DocumentFieldMissing,
    DocumentOverflow,
    citation_picture,
    render_citation,
)
from core.entries import forms
from core.errors import DomainError
from core.movements.models import MovementDraft
from core.movements.service import read as read_draft
from core.previews import reading, trial, words
from core.previews.approval import approval_values
from core.previews.invented import Size
from core.previews.reading import Shown
from core.scoring.canonical import digest
from core.scoring.lint import lint
from core.scoring.movement import Movement
from core.seasons.frozen import movement_of_draft, newest_scorer
from core.seasons.rules import MovementGone
from core.vietnamese.dates import local_date
from core.web import requests
from core.web.access import requires
from core.web.sentences import say

bp = Blueprint("previews", __name__)

Answer = str | tuple[str, int] | Response

# Parts that staff see; the others are set as a worker's pages are.
STAFF_PARTS = frozenset({"phieu", "xep-hang", "bao-cao", "nhac"})


@dataclass(frozen=True, slots=True)
class Links:
    """Where the pages about one movement stand: each gives an address for a query; `back` is (address, text)."""

    show: Callable[..., str]
    picture: Callable[..., str]
    citation: Callable[..., str]
    pack: Callable[..., str]
    back: tuple[str, str]


# --- A movement in use --------------------------------------------------------------------------------------------


@bp.get("/phong-trao/<movement_id>/xem-thu")
@requires("movement.preview")
def show(movement_id: str) -> str:
    """P25: every surface of a movement in use, with invented data."""
    return preview_page(_in_use(movement_id), _links(movement_id))


@bp.get("/phong-trao/<movement_id>/xem-thu/giay-chung-nhan.png")
@requires("movement.preview")
def picture(movement_id: str) -> Response:
    """Give the invented citation as a picture."""
    return citation_answer(_in_use(movement_id), as_picture=True)


@bp.get("/phong-trao/<movement_id>/xem-thu/giay-chung-nhan.pdf")
@requires("movement.preview")
def citation(movement_id: str) -> Response:
    """Give the invented citation as it would be printed."""
    return citation_answer(_in_use(movement_id), as_picture=False)


@bp.get("/phong-trao/<movement_id>/xem-thu/goi-trinh-duyet.pdf")
@requires("movement.preview")
def pack(movement_id: str) -> Answer:
    """Give the pack for the leadership's approval."""
    return pack_answer(_in_use(movement_id), _links(movement_id))


# --- A movement in the making ---------------------------------------------------------------------------------------


@bp.get("/phong-trao-cua-toi/<public_id>/xem-thu")
@requires("movement.edit", MovementDraft)
def show_draft(*, subject: MovementDraft) -> Answer:
    """P25 for a movement that its organiser still writes; while something is wrong, the list of what is left."""
    movement = read_draft(subject).movement
    if movement is None:
        return requests.see_other(url_for("movements.check", public_id=subject.public_id))
    return preview_page(movement, _draft_links(subject))


@bp.get("/phong-trao-cua-toi/<public_id>/xem-thu/giay-chung-nhan.png")
@requires("movement.edit", MovementDraft)
def picture_of_draft(*, subject: MovementDraft) -> Response:
    """Give the invented citation as a picture."""
    return citation_answer(_sound(subject), as_picture=True)


@bp.get("/phong-trao-cua-toi/<public_id>/xem-thu/giay-chung-nhan.pdf")
@requires("movement.edit", MovementDraft)
def citation_of_draft(*, subject: MovementDraft) -> Response:
    """Give the invented citation as it would be printed."""
    return citation_answer(_sound(subject), as_picture=False)


@bp.get("/phong-trao-cua-toi/<public_id>/xem-thu/goi-trinh-duyet.pdf")
@requires("movement.edit", MovementDraft)
def pack_of_draft(*, subject: MovementDraft) -> Answer:
    """Give the pack for the leadership's approval."""
    return pack_answer(_sound(subject), _draft_links(subject))


def _sound(draft: MovementDraft) -> Movement:
    """Return the movement of a draft.

    :raise NotFoundHere: something in it is still wrong; its page says what.
    """
    movement = read_draft(draft).movement
    if movement is None:
        raise NotFoundHere()
    return movement


def _draft_links(draft: MovementDraft) -> Links:
    def to(endpoint: str) -> Callable[..., str]:
        return lambda **query: url_for(endpoint, public_id=draft.public_id, **query)

    return Links(
        to("previews.show_draft"),
        to("previews.picture_of_draft"),
        to("previews.citation_of_draft"),
        to("previews.pack_of_draft"),
        (url_for("movements.check", public_id=draft.public_id), _("Kiểm tra và đưa vào dùng")),
    )


def _in_use(movement_id: str) -> Movement:
    try:
        return movement_of_draft(movement_id)
    except MovementGone as error:
        raise NotFoundHere() from error


def _links(movement_id: str) -> Links:
    def to(endpoint: str) -> Callable[..., str]:
        return lambda **query: url_for(endpoint, movement_id=movement_id, **query)

    back = url_for("front.movement_rules", movement_id=movement_id)
    return Links(to("previews.show"), to("previews.picture"), to("previews.citation"), to("previews.pack"), (back, ""))


# --- Any movement -------------------------------------------------------------------------------------------------


def preview_page(movement: Movement, links: Links, *, refused_pack: str = "") -> str:
    """Return the preview of a complete movement, as the address asks for it.

    :param refused_pack: why the approval pack, which was asked for, cannot be printed.
    """
    what = reading.shown(movement, request.args.get("phieu", ""), request.args.get("du-lieu", ""))
    part = request.args.get("muc", "")
    part = part if part in words.PARTS else next(iter(words.PARTS))
    frame = request.args.get("khung", "")
    frame = frame if frame in words.FRAMES else next(iter(words.FRAMES))
    remarks = [(remark, words.remark_text(remark)) for remark in lint(movement)]
    chosen = {"phieu": f"{what.sheet.id}/{what.column.id}", "du-lieu": what.size.value, "khung": frame}
    return render_template(
        "previews/show.html",
        movement=movement,
        digest=digest(movement),
        what=what,
        part=part,
        is_dense=part in STAFF_PARTS,
        frame=frame,
        chosen=chosen,
        preview_links=links,
        tabs=_tabs(links, part, chosen, len(remarks)),
        sheets=reading.choices(movement),
        sizes={size.value: text() for size, text in words.SIZES.items()},
        frames={name: text() for name, text in words.FRAMES.items()},
        remarks=remarks,
        refused_pack=refused_pack,
        page_errors=bool(refused_pack),
        warnings=sum(remark.level == "warn" for remark, _text in remarks),
        **_PARTS.get(part, lambda _what: {})(what),
    )


def _tabs(links: Links, part: str, chosen: dict[str, str], remarks: int) -> list[dict[str, Any]]:
    return [
        {
            "label": text(),
            "url": links.show(muc=name, **chosen),
            "current": name == part,
            "count": remarks if name == "nhac" else None,
        }
        for name, text in words.PARTS.items()
    ]


def _season(what: Shown) -> dict[str, Any]:
    return {"page": reading.season_page(what, _union(), requests.now())}


def _form(what: Shown) -> dict[str, Any]:
    return {
        "steps": reading.form_steps(what, local_date(requests.now())),
        "authors": reading.authors(what),
        "asks_authors": what.movement.form.authors is not None and what.sheet.subject == "initiative",
        "prefix": forms.PREFIX,
        # Which questions show is settled already, so that it is the same without scripts.
        "show_if": lambda _question: None,
        "accept": None,
        "max_mb": current_app.extensions["thidua_settings"].max_upload_mb,
    }


def _sheet(what: Shown) -> dict[str, Any]:
    return reading.score_sheet(what)


def _ranking(what: Shown) -> dict[str, Any]:
    return {"board": reading.board(what.trial)}


def _citation(what: Shown) -> dict[str, Any]:
    """Say beforehand what keeps the longest names from being printed."""
    values = _citation_values(what)
    refused = ""
    try:
        render_citation(values)
    except (DocumentOverflow, DocumentFault, DocumentFieldMissing) as error:
        refused = say(error)
    return {"citation": values, "refused": refused}


def _report(what: Shown) -> dict[str, Any]:
    return {"figures": trial.figures(what.trial, what.movement)}


_PARTS: dict[str, Callable[[Shown], dict[str, Any]]] = {
    "trang": _season,
    "ho-so": _form,
    "phieu": _sheet,
    "xep-hang": _ranking,
    "giay": _citation,
    "bao-cao": _report,
}


def citation_answer(movement: Movement, *, as_picture: bool) -> Response:
    """Return the invented citation that the address asks for.

    :raise NotFoundHere: it cannot be printed; the page says why.
    """
    what = reading.shown(movement, request.args.get("phieu", ""), request.args.get("du-lieu", ""))
    values = _citation_values(what)
    try:
        content = citation_picture(values) if as_picture else render_citation(values)
    except DomainError as error:
        raise NotFoundHere() from error
    return Response(content, mimetype="image/png" if as_picture else "application/pdf")


def pack_answer(movement: Movement, links: Links) -> Answer:
    """Return the approval pack as a file, or the preview with the reason why there is none."""
    size = Size.LONG if request.args.get("du-lieu") == Size.LONG else Size.SHORT
    scorers = {sheet.id: newest_scorer(movement, sheet.id) for sheet in movement.sheets}
    values = approval_values(movement, size, office=_union(), on=local_date(requests.now()), scorers=scorers)
    try:
        content = render_approval(values)
    except (DocumentOverflow, DocumentFault) as error:
        return preview_page(movement, links, refused_pack=words.pack_refused(error)), 422
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"goi-trinh-duyet-{movement.id}.pdf")
    return answer


def _citation_values(what: Shown) -> Any:
    base_url = str(current_app.extensions["thidua_settings"].base_url)
    return reading.citation(what, union=_union(), base_url=base_url, on=local_date(requests.now()))


def _union() -> str:
    return str(current_app.extensions["thidua_settings"].union_name)
