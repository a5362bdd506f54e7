"""`thidua user …`: the first administrator of an installation, who has accounts, and closing one in an emergency."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from core.accounts.models import Account
    from core.organisations.models import Unit

ROLES = ("admin", "organiser", "officer", "judge", "worker")


@click.group(epilog="Ví dụ: thidua user add 'Nguyễn Đức Thịnh' --phone 0912345678 --role admin")
def user() -> None:
    """Tài khoản: thêm người quản trị."""


@user.command(epilog="Ví dụ: thidua user add 'Trần Thị Ánh' --phone 0912345679 --role organiser --unit ldld-lc")
@click.argument("name", metavar="HỌ_VÀ_TÊN")
@click.option("--phone", default="", help="Số điện thoại, dùng để đăng nhập.")
@click.option("--member-code", default="", help="Mã đoàn viên, dùng để đăng nhập.")
@click.option("--role", type=click.Choice(ROLES), default="worker", show_default=True, help="Vai trò ở đơn vị.")
@click.option("--unit", "unit_code", default="", help="Mã đơn vị; bỏ trống khi cây tổ chức chỉ có một gốc.")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def add(*, name: str, phone: str, member_code: str, role: str, unit_code: str, as_json: bool) -> None:
    """Thêm một người có tài khoản và in mã 6 số để đăng nhập lần đầu.

    Khi hệ thống chưa có đơn vị nào, đơn vị gốc được lập theo tên công đoàn trong cấu hình.
    """
    from flask_babel import gettext as _

    from core.accounts import service
    from core.accounts.rules import SYSTEM, LoginKind, Role
    from core.cli.context import app_context
    from core.db import begin_writing
    from core.errors import DomainError
    from core.extensions import db
    from core.people import service as people
    from core.vietnamese.dates import format_instant, local_date
    from core.vietnamese.phones import parse_phone
    from core.web.sentences import say

    at = datetime.now(UTC)
    with app_context() as app:
        begin_writing()
        cost = app.extensions["thidua_settings"].password_cost
        try:
            digits = parse_phone(phone) if phone else ""
            unit = _unit(unit_code, app.extensions["thidua_settings"].union_name, at)
            person = people.create_person(
                name, unit=unit, member_code=member_code or None, phone=digits, actor=SYSTEM, at=at
            )
            keys = [(LoginKind.PHONE, digits), (LoginKind.MEMBER_CODE, member_code)]
            account = service.create_account(person, keys=[key for key in keys if key[1]], actor=SYSTEM, at=at)
            if not account.keys:
                raise click.UsageError(_("Cần --phone hoặc --member-code để đăng nhập."))
            if role != Role.WORKER:
                service.grant(account, Role(role), unit, actor=SYSTEM, at=at, on=local_date(at))
            code = service.issue_code(account, actor=SYSTEM, at=at, cost=cost)
        except DomainError as error:
            db.session.rollback()
            raise click.ClickException(say(error)) from error
        names = [key.folded for key in account.keys]
        db.session.commit()
    until = at + service.CODE_LIFE
    if as_json:
        click.echo(json.dumps({"keys": names, "code": code, "expires_at": until.isoformat()}))
        return
    click.echo(f"{name}: {', '.join(names)}")
    click.echo(f"Mã 6 số: {code}  (dùng một lần, đến {format_instant(until)})")
    click.echo("Đăng nhập lần đầu ở trang /ma-dang-nhap.")


def _unit(code: str, union_name: str, at: datetime) -> Unit:
    """Return the unit of a code, or the only root; in an installation without units, a root made for the purpose."""
    from flask_babel import gettext as _

    from core.accounts.rules import SYSTEM
    from core.organisations import queries, service

    if code:
        found = queries.by_code(code)
        roots = queries.roots()
        if found is None and roots:
            raise click.BadParameter(
                _("Không có đơn vị mã %(code)s. Xem mã ở trang Cây tổ chức.", code=code), param_hint="--unit"
            )
        if found is not None:
            return found
    else:
        roots = queries.roots()
        if len(roots) == 1:
            return roots[0]
        if roots:
            raise click.BadParameter(
                _("Có nhiều đơn vị gốc: %(codes)s. Chọn một.", codes=", ".join(root.code for root in roots)),
                param_hint="--unit",
            )
    kind = service.define_kind("cap-cao-nhat", _("Cấp cao nhất"), 0, actor=SYSTEM, at=at)
    return service.create_unit(
        code=code or "goc", name=union_name, kind_code=kind.code, parent=None, actor=SYSTEM, at=at
    )


@user.command(name="list", epilog="Ví dụ: thidua user list --role admin")
@click.option("--role", type=click.Choice(ROLES[:-1]), default=None, help="Chỉ những người giữ vai trò này.")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def list_(role: str | None, as_json: bool) -> None:
    """Liệt kê tài khoản: tên, tên đăng nhập, vai trò, đã khóa hay chưa."""
    import sqlalchemy as sa
    from flask_babel import gettext as _

    from core.accounts.models import Account
    from core.accounts.queries import grants_of
    from core.accounts.words import role_name
    from core.cli.context import app_context
    from core.db import reading
    from core.extensions import db
    from core.people.models import Person
    from core.vietnamese.dates import local_date

    today = local_date(datetime.now(UTC))
    with app_context(), reading():
        rows = []
        for account in db.session.scalars(sa.select(Account).join(Person).order_by(Person.sort_key)):
            held = sorted({grant.role for grant in grants_of(account, today)})
            if role is None or role in held:
                rows.append(_row(account, list(held)))
        if as_json:
            click.echo(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            roles = ", ".join(role_name(one) for one in row["roles"]) or _("Đoàn viên")
            closed = _(" (đã khóa)") if row["is_disabled"] else ""
            click.echo(f"{row['name']}: {', '.join(row['keys'])}; {roles}{closed}")


def _row(account: Account, roles: list[str]) -> dict[str, Any]:
    keys = [key.folded for key in account.keys]
    is_disabled = account.disabled_at is not None
    return {"name": account.person.full_name, "keys": keys, "roles": roles, "is_disabled": is_disabled}


@user.command(epilog="Ví dụ: thidua user disable 0912345678")
@click.argument("key", metavar="TÊN_ĐĂNG_NHẬP")
def disable(key: str) -> None:
    """Khóa tài khoản của một số điện thoại hoặc mã đoàn viên; người đó bị đăng xuất ngay."""
    from flask_babel import gettext as _

    from core.accounts import queries, service
    from core.accounts.rules import SYSTEM, key_of
    from core.cli.context import app_context
    from core.db import begin_writing
    from core.errors import DomainError
    from core.extensions import db
    from core.web.sentences import say

    with app_context():
        begin_writing()
        account = queries.account_by_key(key_of(key))
        if account is None:
            raise click.BadParameter(
                _("Không có tài khoản nào dùng %(key)s để đăng nhập.", key=key), param_hint="TÊN_ĐĂNG_NHẬP"
            )
        try:
            service.disable(account, actor=SYSTEM, at=datetime.now(UTC))
        except DomainError as error:
            db.session.rollback()
            raise click.ClickException(say(error)) from error
        name = account.person.full_name
        db.session.commit()
        click.echo(_("Đã khóa tài khoản của %(name)s.", name=name))
