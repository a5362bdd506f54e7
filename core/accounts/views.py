"""Signing in and out, the first sign-in with a code, and one's own account."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, g, render_template, request, url_for
from flask_babel import gettext as _

from core.accounts import admin_views, limits, member_views, passwords, service, unit_views, words
from core.accounts.blueprint import bp
from core.accounts.forms import CodeForm, PasswordForm, SignInForm
from core.accounts.models import Account
from core.accounts.rules import CodeRefused, PasswordTooWeak, SignInRefused, key_of
from core.db import begin_writing
from core.extensions import db
from core.web import requests, signed_in
from core.web.access import actor, requires
from core.web.sentences import say

__all__ = ["admin_views", "bp", "member_views", "unit_views"]


def _cost() -> int:
    return int(current_app.extensions["thidua_settings"].password_cost)


def _destination(form: Any) -> str:
    return requests.safe_path(form.tiep.data, url_for("front.tasks"))


def _check_limits(key: str) -> None:
    limits.check(limits.SIGN_IN_BY_ADDRESS, request.remote_addr or "", at=g.now)
    limits.check(limits.SIGN_IN_BY_KEY, key_of(key), at=g.now)


def _count_failure(key: str, code_id: int | None = None) -> int:
    """Count a failed try in a transaction of its own: the request itself changes nothing else."""
    db.session.rollback()
    begin_writing()
    limits.count(limits.SIGN_IN_BY_ADDRESS, request.remote_addr or "", at=g.now)
    left = limits.count(limits.SIGN_IN_BY_KEY, key_of(key), at=g.now)
    if code_id is not None:
        service.count_wrong_code(code_id)
    db.session.commit()
    return left


@bp.route("/dang-nhap", methods=["GET", "POST"])
@requires("session.open", late=True)
def sign_in() -> Response | str | tuple[str, int]:
    """P0: phone number or member code, and password."""
    form = SignInForm(tiep=request.args.get("tiep", ""))
    if actor().is_signed_in and request.method == "GET":
        return requests.see_other(_destination(form))
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form), 422 if form.errors else 200
    _check_limits(form.key.data)
    try:
        account = service.verify_password(form.key.data, form.password.data, cost=_cost())
    except SignInRefused:
        left = _count_failure(form.key.data)
        form.password.errors = [say(SignInRefused(tries_left=left))]
        return render_template("accounts/sign_in.html", form=form), 422
    return _enter(account.id, form, is_shared=form.shared.data)


def _enter(account_id: int, form: Any, *, is_shared: bool = False) -> Response:
    early = requests.start_writing()
    if early is not None:
        return early
    account = db.session.get_one(Account, account_id)
    signed_in.close_session()
    opened = signed_in.open_session(account, is_shared_device=is_shared)
    service.note_sign_in(account, actor=opened, at=g.now)
    return requests.finish(_destination(form))


@bp.route("/ma-dang-nhap", methods=["GET", "POST"])
@requires("session.open", late=True)
def first_sign_in() -> Response | str | tuple[str, int]:
    """The first sign-in, or a forgotten password: a six-digit code from an officer and a new password, on one page."""
    form = CodeForm(tiep=request.args.get("tiep", ""))
    if not form.validate_on_submit():
        return render_template("accounts/first_sign_in.html", form=form), 422 if form.errors else 200
    _check_limits(form.key.data)
    try:
        account, code = service.verify_code(form.key.data, form.code.data.replace(" ", ""), at=g.now, cost=_cost())
        passwords.check_strength(
            form.password.data, keys=[key.folded for key in account.keys], name=account.person.full_name
        )
    except CodeRefused as error:
        _count_failure(form.key.data, error.code_id)
        form.code.errors = [say(error)]
        return render_template("accounts/first_sign_in.html", form=form), 422
    except PasswordTooWeak as error:
        form.password.errors = [say(error)]
        return render_template("accounts/first_sign_in.html", form=form), 422
    password_hash, account_id, code_id = passwords.hashed(form.password.data, cost=_cost()), account.id, code.id
    early = requests.start_writing()
    if early is not None:
        return early
    account = db.session.get_one(Account, account_id)
    code = db.session.get_one(type(code), code_id)
    service.use_code(account, code, password_hash=password_hash, at=g.now)
    opened = signed_in.open_session(account)
    service.note_sign_in(account, actor=opened, at=g.now)
    flash(_("Đã đặt mật khẩu. Lần sau đăng nhập bằng mật khẩu này."), "ok")
    return requests.finish(_destination(form))


@bp.post("/dang-xuat")
@requires("session.open")
def sign_out() -> Response:
    """End this browser's session."""
    signed_in.close_session()
    return requests.finish(url_for("front.home"))


@bp.get("/tai-khoan")
@requires("account.use")
def show() -> str:
    """One's own account: name, unit, roles as plain sentences, password."""
    account = db.session.get_one(Account, actor().account_id)
    roles = [
        (words.role_name(grant.role), words.role_meaning(grant.role, grant.unit.name))
        for grant in account.grants
        if any(own.role == grant.role and own.unit_id == grant.unit_id for own in actor().grants)
    ]
    return render_template("accounts/show.html", account=account, roles=roles)


@bp.route("/tai-khoan/mat-khau", methods=["GET", "POST"])
@requires("account.use", late=True)
def change_password() -> Response | str | tuple[str, int]:
    """Change one's own password; other browsers are signed out."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template("accounts/change_password.html", form=form), 422 if form.errors else 200
    account = db.session.get_one(Account, actor().account_id)
    if not passwords.matches(account.password_hash, form.current.data, cost=_cost()):
        form.current.errors = [_("Mật khẩu hiện tại chưa đúng. Nhập lại, hoặc nhờ cán bộ công đoàn cấp mã 6 số.")]
        return render_template("accounts/change_password.html", form=form), 422
    try:
        passwords.check_strength(
            form.password.data, keys=[key.folded for key in account.keys], name=account.person.full_name
        )
    except PasswordTooWeak as error:
        form.password.errors = [say(error)]
        return render_template("accounts/change_password.html", form=form), 422
    password_hash = passwords.hashed(form.password.data, cost=_cost())
    early = requests.start_writing()
    if early is not None:
        return early
    account = db.session.get_one(Account, actor().account_id)
    service.set_password(account, password_hash=password_hash, actor=actor(), at=g.now)
    signed_in.open_session(account)
    flash(_("Đã đổi mật khẩu. Các máy khác đã được đăng xuất."), "ok")
    return requests.finish(url_for("accounts.show"))


@bp.post("/giu-phien")
@requests.keyless
@requires("account.use")
def keep_alive() -> tuple[str, int]:
    """Keep the session from idling out: the page's «Tiếp tục làm việc»."""
    return "", 204
