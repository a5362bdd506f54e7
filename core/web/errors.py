"""One place turns refusals and faults into pages (or JSON, where a script asked)."""

from __future__ import annotations

import logging
import re
import secrets

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from core.accounts.rules import VISITOR
from core.errors import DomainError
from core.extensions import db
from core.web.sentences import say

log = logging.getLogger("thidua.web")
PAGES = frozenset({400, 403, 404, 409, 413, 422, 429, 500, 503})
# Words have blanks between them, numbers and dates have digits; choices, ids and tokens have neither.
_TYPED = re.compile(r".*\S\s+\S.*|[0-9][0-9.,/]*", re.DOTALL)
_NOT_TYPED = frozenset({"csrf_token", "form_key", "revision"})


def install(app: Flask) -> None:
    """Answer every refusal and fault with a page that says the cause and the next act."""
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(CSRFError, _stale_token)
    app.register_error_handler(StaleDataError, _stale_row)
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def wants_json() -> bool:
    """Whether a script asked: autosave and progress send `Accept: application/json`."""
    return request.accept_mimetypes.best == "application/json"


def answer(status: int, message: str, **more: object) -> tuple[Response | str, int]:
    """Return the error page of `status` with `message`, as JSON where a script asked."""
    db.session.rollback()
    # The page's frame asks for the actor, who may not be known yet when the fault came early.
    g.setdefault("actor", VISITOR)
    if wants_json():
        return jsonify(error=message, **more), status
    page = status if status in PAGES else 500 if status >= 500 else 400
    typed = typed_texts() if status in {400, 403, 409} else ""
    return render_template(f"errors/{page}.html", message=message, typed=typed, **more), status


def typed_texts() -> str:
    """Return what a person typed into the refused form, one answer a line, to be copied; never a password or code."""
    if request.method != "POST" or request.blueprint == "accounts":
        return ""
    values = [value.strip() for name, value in request.form.items(multi=True) if name not in _NOT_TYPED]
    return "\n".join(value for value in values if _TYPED.fullmatch(value))


def _refused(error: DomainError) -> tuple[Response | str, int]:
    return answer(error.status, say(error), **({} if wants_json() else {"error": error}))


def _stale_token(_error: CSRFError) -> tuple[Response | str, int]:
    return answer(
        400,
        _(
            "Trang này đã mở quá lâu nên chưa gửi được. Quay lại, tải lại trang rồi gửi lần nữa; "
            "nội dung đã lưu vẫn còn."
        ),
    )


def _stale_row(_error: StaleDataError) -> tuple[Response | str, int]:
    return answer(409, _("Nội dung này vừa được người khác lưu. Tải lại trang để xem bản mới rồi sửa tiếp."))


def _foreign_host(_error: SecurityError) -> Response:
    """Answer in plain words: without a host that is ours no address can be made, so no page either."""
    text = _("Địa chỉ này không thuộc hệ thống. Kiểm tra lại đường dẫn rồi mở lần nữa.")
    return Response(text + "\n", status=400, mimetype="text/plain")


def _http(error: HTTPException) -> tuple[Response | str, int] | HTTPException:
    code = error.code or 500
    if code < 400:
        return error
    messages = {
        404: _("Không tìm thấy trang. Có thể đường dẫn gõ thiếu."),
        405: _("Không tìm thấy trang. Có thể đường dẫn gõ thiếu."),
        413: _("Tệp gửi lên quá lớn. Mỗi tệp tối đa %(n)s MB. Có thể chụp lại ở chế độ thường.", n=_largest()),
    }
    return answer(
        404 if code == 405 else code,
        messages.get(code, _("Yêu cầu này chưa gửi đúng cách. Quay lại trang trước và thử lại từ đó.")),
    )


def _largest() -> int:
    return int(current_app.extensions["thidua_settings"].max_upload_mb)


def _fault(error: Exception) -> tuple[Response | str, int]:
    reference = secrets.token_hex(4).upper()
    log.exception("fault %s at %s %s", reference, request.method, request.path, exc_info=error)
    db.session.rollback()
    message = _("Hệ thống đang trục trặc. Những gì đã lưu vẫn còn. Mã sự cố %(id)s.", id=reference)
    if wants_json():
        return jsonify(error=message), 500
    return render_template("errors/500.html", message=message, reference=reference), 500
