"""Officers' pages of people and their accounts, on the blueprint `people`: the list, a person, adding, codes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Response, current_app, flash, g, render_template, request
from flask_babel import gettext as _

from core.accounts import passwords, policy, queries, service, words
from core.accounts.models import Account
from core.accounts.rules import AccountForAdministrator, LoginKind, check_may_open, key_of
from core.db import begin_reading
from core.organisations.models import Unit
from core.people import service as people_service
from core.people import words as people_words
from core.people.forms import MemberForm
from core.people.models import Person
from core.people.queries import BY_NAME, narrowed
from core.people.rules import MemberCodeTaken, MembershipKind
from core.people.views import bp, living_units, person_url
from core.vietnamese.dates import local_date
from core.vietnamese.phones import format_phone
from core.web import requests
from core.web.access import actor, requires
from core.web.paging import page_of
from core.web.sentences import say


@bp.get("/doan-vien")
@requires("unit.members")
def members() -> str:
    """The people of the units that the officer looks after."""
    units = living_units()
    chosen = {key: request.args.get(key, "").strip() for key in ("tim", "don_vi", "dien")}
    unit = next((one for one in units if one.public_id == chosen["don_vi"]), None)
    kind = next((one for one in MembershipKind if one.value == chosen["dien"]), None)
    query = narrowed(policy.visible(actor(), Person), words=chosen["tim"], unit=unit, kind=kind)
    page = page_of(query, BY_NAME, after=request.args.get("sau"), before=request.args.get("truoc"))
    accounts = queries.accounts_of(page.rows)
    return render_template(
        "people/members.html",
        rows=[(person, words.account_state(accounts.get(person.id))) for person in page.rows],
        page=page,
        units=units,
        chosen=chosen,
        is_filtered=any(chosen.values()),
        kind_name=people_words.kind_name,
        kinds=list(MembershipKind),
    )


@bp.get("/doan-vien/<public_id>")
@requires("person.read", Person)
def show(subject: Person) -> str:
    """A person: data, memberships over time, account and roles."""
    account = queries.accounts_of([subject]).get(subject.id)
    today = local_date(g.now)
    grants = [grant for grant in account.grants if queries.is_in_force(grant, today)] if account else []
    return render_template(
        "people/show.html",
        person=subject,
        account=account,
        state=words.account_state(account),
        keys=[format_phone(key.folded) for key in account.keys] if account else [],
        keys_wanted=account is not None and _wanted(subject) - {key.folded for key in account.keys} != set(),
        may_open=account is not None and account.disabled_at is None and _may_open(account),
        roles=[(words.role_name(grant.role), words.role_meaning(grant.role, grant.unit.name)) for grant in grants],
        kind_name=people_words.kind_name,
        sex_name=people_words.sex_name,
        code_was_shown=request.args.get("ma") == "da-cap",
    )


def _wanted(person: Person) -> set[str]:
    return {key_of(typed) for _kind, typed in login_keys(person)}


def _may_open(account: Account) -> bool:
    try:
        check_may_open(actor(), queries.grants_of(account, local_date(g.now)))
    except AccountForAdministrator:
        return False
    return True


def login_keys(person: Person) -> list[tuple[LoginKind, str]]:
    """Return what a person could sign in with: the contact phone and the present member code."""
    keys = [(LoginKind.PHONE, person.phone)]
    if person.membership is not None:
        keys.append((LoginKind.MEMBER_CODE, person.membership.member_code or ""))
    return [(kind, typed) for kind, typed in keys if typed]


@bp.route("/doan-vien/them", methods=["GET", "POST"])
@requires("person.add")
def add() -> Response | str | tuple[str, int]:
    """Add a person to a unit within the actor's own, with an account where wanted."""
    form = MemberForm(unit=request.args.get("don_vi", ""))
    form.unit.offer(living_units())
    if len(form.unit.choices) == 2 and request.method == "GET":
        form.unit.data = form.unit.choices[1][0]
    if form.validate_on_submit():
        try:
            person = people_service.create_person(
                form.full_name.data,
                unit=form.unit.unit,
                kind=MembershipKind(form.kind.data),
                member_code=form.member_code.data,
                actor=actor(),
                at=g.now,
                **form.facts,
            )
        except MemberCodeTaken as error:
            form.member_code.errors = [say(error)]
        else:
            flash(_("Đã thêm %(name)s.", name=person.full_name), "ok")
            if form.with_account.data:
                _open_account(person)
            return requests.finish(person_url(person))
    return render_template("people/add.html", form=form), 422 if form.errors else 200


def _open_account(person: Person) -> None:
    """Make the account and say which numbers stay for contact only."""
    account, taken = service.open_account(person, keys=login_keys(person), actor=actor(), at=g.now)
    _flash_taken(taken)
    if account is None:
        flash(
            _("Chưa tạo được tài khoản. Ghi mã đoàn viên hoặc một số khác ở «Sửa thông tin», rồi bấm «Tạo tài khoản»."),
            "warn",
        )


def _flash_taken(taken: list[str]) -> None:
    for typed in taken:
        flash(
            _(
                "%(key)s đã là tên đăng nhập của người khác (thường là người nhà), nên chỉ lưu để liên hệ.",
                key=format_phone(typed),
            ),
            "warn",
        )


@bp.post("/doan-vien/<public_id>/tai-khoan")
@requires("person.edit", Person)
def open_account(subject: Person) -> Response:
    """Give a person an account, or make the present phone number and member code its names."""
    account = queries.accounts_of([subject]).get(subject.id)
    if account is None:
        _open_account(subject)
    else:
        taken = service.set_keys(account, login_keys(subject), actor=actor(), at=g.now)
        _flash_taken(taken)
        flash(_("Đã đổi tên đăng nhập."), "ok")
    return requests.finish(person_url(subject))


@bp.post("/doan-vien/<public_id>/ma")
@requires("account.issue_code", Person, late=True)
def issue_code(subject: Person) -> Response | str:
    """Make a six-digit code and show it, this once, on a slip to hand over."""
    account = queries.accounts_of([subject]).get(subject.id)
    if account is None:
        return requests.see_other(person_url(subject))
    return hand_over_code(account.id, back=person_url(subject))


def hand_over_code(account_id: int, *, back: str) -> Response | str:
    """Issue a code for an account and return the page of the slip; a repeat of the request leads to `back`.

    The page is the answer to the POST itself, so the code stands nowhere but on it, in no cookie and no table.
    """
    settings = current_app.extensions["thidua_settings"]
    code = passwords.new_code()
    code_hash = passwords.hashed(code, cost=settings.password_cost)
    early = requests.start_writing()
    if early is not None:
        return early
    account = queries.account(account_id)
    service.keep_code(account, code_hash=code_hash, actor=actor(), at=g.now)
    slip = _slip(account, code, g.now + service.CODE_LIFE)
    requests.finish(back + "?ma=da-cap")
    begin_reading()
    return render_template("people/code.html", back=back, address=settings.base_url, **slip)


def _slip(account: Account, code: str, until: datetime) -> dict[str, Any]:
    person = account.person
    unit: Unit | None = person.unit
    return {
        "name": person.full_name,
        "unit_name": unit.name if unit else "",
        "keys": [format_phone(key.folded) for key in account.keys],
        "code": f"{code[:3]} {code[3:]}",
        "until": until,
        "days": service.CODE_LIFE // timedelta(days=1),
    }
