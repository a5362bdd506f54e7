"""Corrections and transfers of people; the pages that also show accounts are in `core/accounts/member_views.py`."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import Field

from core.accounts import policy
from core.errors import DomainError
from core.extensions import db
from core.organisations.models import Unit
from core.people import service
from core.people.forms import CorrectionForm, TransferForm
from core.people.models import Person
from core.people.rules import (
    AlreadyThere,
    MemberCodeTaken,
    MembershipKind,
    PersonChanged,
    TransferTooEarly,
    check_revision,
)
from core.vietnamese.dates import local_date
from core.web import requests
from core.web.access import actor, requires
from core.web.sentences import say

bp = Blueprint("people", __name__)


def living_units() -> list[Unit]:
    """Return the units that the actor may read and that have not ended."""
    return list(db.session.scalars(policy.visible(actor(), Unit).where(Unit.valid_to.is_(None))))


def person_url(person: Person) -> str:
    """Return the address of a person's page."""
    return url_for("people.show", public_id=person.public_id)


@bp.route("/doan-vien/<public_id>/sua", methods=["GET", "POST"])
@requires("person.edit", Person)
def edit(subject: Person) -> Response | str | tuple[str, int]:
    """Correct a person's data, unless somebody else did in between (409)."""
    membership = subject.membership
    form = CorrectionForm(
        full_name=subject.full_name,
        member_code=membership.member_code if membership else "",
        sex=subject.sex.value if subject.sex else "",
        phone=subject.phone or None,
        birth_year=str(subject.birth_year or ""),
        job_title=subject.job_title,
        qualification=subject.qualification,
    )
    if form.validate_on_submit():
        check_revision(request.form.get("revision"), subject.revision)
        changes = {"full_name": form.full_name.data, "member_code": form.member_code.data, **form.facts}
        try:
            service.correct(subject, changes, actor=actor(), at=g.now)
        except MemberCodeTaken as error:
            form.member_code.errors = [say(error)]
        else:
            flash(_("Đã lưu thông tin của %(name)s.", name=subject.full_name), "ok")
            return requests.finish(person_url(subject))
    return render_template("people/edit.html", form=form, person=subject), 422 if form.errors else 200


@bp.route("/doan-vien/<public_id>/chuyen", methods=["GET", "POST"])
@requires("person.edit", Person)
def transfer(subject: Person) -> Response | str | tuple[str, int]:
    """Move a person to another unit within the actor's own, from a day on."""
    membership = subject.membership
    form = TransferForm(kind=membership.kind.value if membership else MembershipKind.MEMBER.value, on=local_date(g.now))
    form.unit.offer(living_units())
    if form.validate_on_submit():
        if request.form.get("revision") != str(membership.id if membership else 0):
            raise PersonChanged()
        assert form.on.data is not None
        try:
            service.transfer(
                subject,
                form.unit.chosen,
                on=form.on.data,
                kind=MembershipKind(form.kind.data),
                actor=actor(),
                at=g.now,
            )
        except DomainError as error:
            _field_of(error, form).errors = [say(error)]
        else:
            flash(_("Đã chuyển %(name)s sang %(unit)s.", name=subject.full_name, unit=form.unit.chosen.name), "ok")
            return requests.finish(person_url(subject))
    return render_template("people/transfer.html", form=form, person=subject), 422 if form.errors else 200


def _field_of(error: DomainError, form: TransferForm) -> Field:
    """Return the field that a refusal is about."""
    if isinstance(error, TransferTooEarly):
        return form.on
    if isinstance(error, AlreadyThere):
        return form.unit
    raise error
