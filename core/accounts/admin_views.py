"""Administrators' pages of users: search, roles over units, closing and opening accounts, codes, sessions."""

from __future__ import annotations

from flask import Response, flash, g, render_template, request, url_for
from flask_babel import gettext as _

from core.accounts import policy, queries, service, words
from core.accounts.admin_forms import GRANTABLE, GrantForm
from core.accounts.blueprint import bp
from core.accounts.member_views import hand_over_code
from core.accounts.models import Account, RoleGrant
from core.accounts.rules import LastAdministrator, NotFoundHere, Role, RolesExclude
from core.organisations.rules import UnitDissolved
from core.people.models import Person
from core.people.queries import BY_NAME
from core.people.views import living_units
from core.vietnamese.dates import local_date
from core.vietnamese.phones import format_phone
from core.web import requests
from core.web.access import actor, requires
from core.web.paging import page_of
from core.web.sentences import say


@bp.get("/nguoi-dung")
@requires("user.manage")
def users() -> str:
    """Everybody who has an account, with roles as plain sentences."""
    chosen = {key: request.args.get(key, "").strip() for key in ("tim", "vai_tro")}
    role = next((one for one in GRANTABLE if one.value == chosen["vai_tro"]), None)
    today = local_date(g.now)
    query = queries.with_accounts(policy.visible(actor(), Person), words=chosen["tim"], role=role, on=today)
    page = page_of(query, BY_NAME, after=request.args.get("sau"), before=request.args.get("truoc"))
    accounts = queries.accounts_of(page.rows)
    return render_template(
        "accounts/users.html",
        rows=[
            (person, accounts[person.id], words.account_state(accounts[person.id]), _sentences(accounts[person.id]))
            for person in page.rows
        ],
        page=page,
        chosen=chosen,
        is_filtered=any(chosen.values()),
        roles=[(role.value, words.role_name(role)) for role in GRANTABLE],
    )


def _in_force(account: Account) -> list[RoleGrant]:
    today = local_date(g.now)
    return [grant for grant in account.grants if queries.is_in_force(grant, today)]


def _sentences(account: Account) -> list[str]:
    return [words.role_meaning(grant.role, grant.unit.name) for grant in _in_force(account)] or [
        words.role_meaning(Role.WORKER, "")
    ]


def _url(account: Account) -> str:
    return url_for("accounts.user", public_id=account.public_id)


@bp.get("/nguoi-dung/<public_id>")
@requires("user.manage", Account)
def user(subject: Account) -> str:
    """One account: names to sign in with, roles, sessions, and what may be done to it."""
    return _page(subject, _grant_form())


def _grant_form() -> GrantForm:
    form = GrantForm()
    form.unit.offer(living_units())
    return form


def _page(account: Account, form: GrantForm) -> str:
    return render_template(
        "accounts/user.html",
        account=account,
        person=account.person,
        form=form,
        state=words.account_state(account),
        keys=[format_phone(key.folded) for key in account.keys],
        grants=[
            (grant, words.role_name(grant.role), words.role_meaning(grant.role, grant.unit.name))
            for grant in _in_force(account)
        ],
        sessions=queries.session_count(account, g.now),
        code_was_shown=request.args.get("ma") == "da-cap",
    )


@bp.post("/nguoi-dung/<public_id>/vai-tro")
@requires("user.manage", Account)
def grant_role(subject: Account) -> Response | tuple[str, int]:
    """Give a role over a unit."""
    form = _grant_form()
    if not form.validate_on_submit():
        return _page(subject, form), 422
    role, unit = Role(form.role.data), form.unit.chosen
    try:
        service.grant(subject, role, unit, actor=actor(), at=g.now, on=local_date(g.now))
    except RolesExclude as error:
        form.role.errors = [say(error)]
        return _page(subject, form), error.status
    except UnitDissolved as error:
        form.unit.errors = [say(error)]
        return _page(subject, form), error.status
    flash(
        _(
            "Đã giao vai trò %(role)s ở %(unit)s. %(name)s cần đăng nhập lại.",
            role=words.role_name(role),
            unit=unit.name,
            name=subject.person.full_name,
        ),
        "ok",
    )
    return requests.finish(_url(subject))


@bp.post("/nguoi-dung/<public_id>/vai-tro/ket-thuc")
@requires("user.manage", Account)
def end_role(subject: Account) -> Response | tuple[str, int]:
    """End a role; giving it again undoes it."""
    named = (request.form.get("role", ""), request.form.get("unit", ""))
    row = next((one for one in _in_force(subject) if (one.role.value, one.unit.public_id) == named), None)
    if row is None:
        raise NotFoundHere()
    try:
        service.revoke(row, actor=actor(), at=g.now, on=local_date(g.now))
    except LastAdministrator as error:
        return _refused(subject, error)
    flash(_("Đã kết thúc vai trò %(role)s ở %(unit)s.", role=words.role_name(row.role), unit=row.unit.name), "ok")
    return requests.finish(_url(subject))


def _refused(account: Account, error: LastAdministrator) -> tuple[str, int]:
    flash(say(error), "err")
    return _page(account, _grant_form()), error.status


@bp.post("/nguoi-dung/<public_id>/khoa")
@requires("user.manage", Account)
def disable(subject: Account) -> Response | tuple[str, int]:
    """Close an account: signed in nowhere from the next request on."""
    try:
        service.disable(subject, actor=actor(), at=g.now)
    except LastAdministrator as error:
        return _refused(subject, error)
    flash(_("Đã khóa tài khoản của %(name)s.", name=subject.person.full_name), "ok")
    return requests.finish(_url(subject))


@bp.post("/nguoi-dung/<public_id>/mo-khoa")
@requires("user.manage", Account)
def enable(subject: Account) -> Response:
    """Open a closed account again."""
    service.enable(subject, actor=actor(), at=g.now)
    flash(_("Đã mở lại tài khoản của %(name)s.", name=subject.person.full_name), "ok")
    return requests.finish(_url(subject))


@bp.post("/nguoi-dung/<public_id>/ket-thuc-phien")
@requires("user.manage", Account)
def end_sessions(subject: Account) -> Response:
    """Sign the account out in every browser."""
    service.sign_out_everywhere(subject, actor=actor(), at=g.now)
    flash(_("Đã đăng xuất %(name)s khỏi mọi máy.", name=subject.person.full_name), "ok")
    return requests.finish(_url(subject))


@bp.post("/nguoi-dung/<public_id>/ma")
@requires("account.issue_code", Account, late=True)
def issue_code(subject: Account) -> Response | str:
    """Make a six-digit code and show it, this once, on a slip to hand over."""
    return hand_over_code(subject.id, back=_url(subject))
