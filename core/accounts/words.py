"""What the accounts room says: roles, and the sentences of its refusals."""

from __future__ import annotations

from flask_babel import gettext as _

from core.accounts.limits import SIGN_IN_BY_KEY
from core.accounts.models import Account
from core.accounts.passwords import MINIMUM_LENGTH
from core.accounts.rules import (
    AccountForAdministrator,
    CodeRefused,
    KeyTaken,
    LastAdministrator,
    NothingToSignInWith,
    PasswordTooWeak,
    Role,
    RolesExclude,
    SignInRefused,
    TooManyTries,
)
from core.web.sentences import sentence


def role_name(role: Role) -> str:
    """Return the name of a role as pages write it."""
    return {
        Role.PUBLIC: _("Khách"),
        Role.WORKER: _("Đoàn viên"),
        Role.OFFICER: _("Cán bộ công đoàn"),
        Role.JUDGE: _("Giám khảo"),
        Role.ORGANISER: _("Ban tổ chức"),
        Role.ADMIN: _("Quản trị hệ thống"),
    }[role]


def role_meaning(role: Role, unit: str) -> str:
    """Return what a role over a unit lets a person do, as a plain sentence."""
    return {
        Role.PUBLIC: _("Được xem trang công khai."),
        Role.WORKER: _("Được nộp và xem hồ sơ của mình."),
        Role.OFFICER: _("Được xem và xác nhận hồ sơ của %(unit)s; được cấp mã đăng nhập.", unit=unit),
        Role.JUDGE: _("Được chấm các hồ sơ được giao ở %(unit)s.", unit=unit),
        Role.ORGANISER: _("Được mở và điều hành các đợt xét của %(unit)s.", unit=unit),
        Role.ADMIN: _("Được quản lý người dùng, cây tổ chức, nhật ký. Không xem được nội dung hồ sơ và điểm."),
    }[role]


def account_state(account: Account | None) -> tuple[str, str]:
    """Return how an account stands, as words and the kind of chip."""
    if account is None:
        return _("Chưa có tài khoản"), "neutral"
    if account.disabled_at is not None:
        return _("Đã khóa"), "err"
    if account.password_hash is None:
        return _("Chưa đăng nhập lần đầu"), "warn"
    return _("Đang dùng"), "ok"


@sentence(SignInRefused)
def _wrong(error: SignInRefused) -> str:
    left = error.facts.get("tries_left")
    if left is None:
        return _("Số điện thoại hoặc mật khẩu chưa đúng.")
    if left == 0:
        return _(
            "Số điện thoại hoặc mật khẩu chưa đúng. Đã hết lần thử, đợi %(n)s phút rồi đăng nhập lại.",
            n=SIGN_IN_BY_KEY.minutes,
        )
    return _("Số điện thoại hoặc mật khẩu chưa đúng. Còn %(n)s lần thử.", n=left)


@sentence(CodeRefused)
def _wrong_code(_error: CodeRefused) -> str:
    return _("Mã 6 số chưa đúng, đã dùng hoặc đã quá hạn. Kiểm tra lại từng số, hoặc nhờ cán bộ công đoàn cấp mã mới.")


@sentence(TooManyTries)
def _too_many(error: TooManyTries) -> str:
    return _("Thao tác quá nhanh. Đợi %(n)s giây rồi bấm lại.", n=error.wait_seconds)


@sentence(PasswordTooWeak)
def _weak(error: PasswordTooWeak) -> str:
    return {
        "short": _("Mật khẩu cần ít nhất %(n)s ký tự. Có thể ghép vài từ dễ nhớ.", n=MINIMUM_LENGTH),
        "common": _("Mật khẩu này rất nhiều người dùng nên dễ bị đoán. Chọn mật khẩu khác."),
        "name": _("Mật khẩu trùng với tên hoặc số điện thoại nên dễ bị đoán. Chọn mật khẩu khác."),
    }[error.reason]


@sentence(KeyTaken)
def _taken(error: KeyTaken) -> str:
    return _("%(key)s đã dùng để đăng nhập cho người khác. Dùng mã đoàn viên, hoặc số điện thoại khác.", key=error.key)


@sentence(LastAdministrator)
def _last(_error: LastAdministrator) -> str:
    return _("Đây là người quản trị duy nhất. Giao quyền quản trị cho người khác trước.")


@sentence(RolesExclude)
def _exclusive(error: RolesExclude) -> str:
    return _(
        "Một người không vừa là %(role)s vừa là %(held)s. Kết thúc vai trò %(held)s trước, hoặc chọn người khác.",
        role=role_name(error.role),
        held=role_name(error.held),
    )


@sentence(AccountForAdministrator)
def _for_administrator(_error: AccountForAdministrator) -> str:
    return _("Tài khoản này có vai trò ở cấp khác. Việc cấp mã và đổi tên đăng nhập do người quản trị hệ thống làm.")


@sentence(NothingToSignInWith)
def _no_key(_error: NothingToSignInWith) -> str:
    return _(
        "Chưa có số điện thoại hay mã đoàn viên nào để đăng nhập, hoặc số này đã là tên đăng nhập của người khác. "
        "Nhập mã đoàn viên rồi làm lại."
    )
