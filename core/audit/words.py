"""What the trail says: acts as phrases, fields and values in words, and whose values an administrator may read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from core.vietnamese.dates import format_date, format_instant
from core.vietnamese.phones import format_phone

# An administrator has no relation to what is filed, judged or awarded: of those acts the trail tells who, what and
# when, never values. Acts not named here are of that kind, so a new one starts out closed.
OPEN_ROOMS = frozenset({"account", "role", "person", "unit", "unit_kind", "season"})
# Verbs of other rooms reach into a season; their details name marks, ranks and digests.
CLOSED_VERBS = frozenset({"season.close_judging", "season.decide"})


_of_rooms: dict[str, Mapping[str, object]] = {}


def add_phrases(room: str, phrases: Mapping[str, object]) -> None:
    """Add the words for the acts of an optional room (lazy texts), in place of those it added before."""
    _of_rooms[room] = phrases


def verb_phrases() -> dict[str, str]:
    """Return the acts that have words of their own."""
    return {
        "account.create": _("Tạo tài khoản"),
        "account.issue_code": _("Cấp mã 6 số"),
        "account.set_password": _("Đặt mật khẩu"),
        "account.set_keys": _("Đổi tên đăng nhập"),
        "account.sign_in": _("Đăng nhập"),
        "account.end_sessions": _("Đăng xuất khỏi mọi máy"),
        "account.disable": _("Khóa tài khoản"),
        "account.enable": _("Mở lại tài khoản"),
        "role.grant": _("Giao vai trò"),
        "role.revoke": _("Kết thúc vai trò"),
        "person.create": _("Thêm người"),
        "person.correct": _("Sửa thông tin cá nhân"),
        "person.transfer": _("Chuyển người sang đơn vị khác"),
        "unit.create": _("Thêm đơn vị"),
        "unit.rename": _("Đổi tên đơn vị"),
        "unit.move": _("Chuyển đơn vị"),
        "unit.dissolve": _("Giải thể đơn vị"),
        "unit_kind.define": _("Đặt tên cấp tổ chức"),
        **_season_phrases(),
        **_content_phrases(),
        "erased": _("Xóa chi tiết theo yêu cầu"),
        "change": _("Thay đổi chưa rõ việc, hệ thống tự ghi"),
    }


def _season_phrases() -> dict[str, str]:
    return {
        "season.create": _("Lập đợt xét"),
        "season.copy": _("Lập đợt xét theo đợt trước"),
        "season.edit": _("Sửa đợt xét"),
        "season.open": _("Mở đợt xét"),
        "season.extend": _("Lùi hạn nộp"),
        "season.amend": _("Sửa đổi quy tắc của đợt xét"),
        "season.move_milestone": _("Dời mốc của đợt xét"),
        "season.start_judging": _("Bắt đầu chấm"),
        "season.close_judging": _("Đóng chấm điểm"),
        "season.reopen_judging": _("Mở lại chấm điểm"),
        "season.decide": _("Ghi quyết định của đợt xét"),
        "season.publish": _("Công bố kết quả đợt xét"),
    }


def _content_phrases() -> dict[str, str]:
    return {
        "entry.submit": _("Nộp hồ sơ"),
        "entry.withdraw": _("Rút hồ sơ"),
        "entry.revise": _("Lấy hồ sơ về sửa"),
        "entry.confirm_share": _("Xác nhận tỷ lệ đóng góp"),
        "entry.endorse": _("Xác nhận hồ sơ"),
        "entry.unendorse": _("Rút lại xác nhận hồ sơ"),
        "entry.return": _("Trả lại hồ sơ để bổ sung"),
        "entry.refuse": _("Không xác nhận hồ sơ"),
        "entry.receive": _("Tiếp nhận hồ sơ"),
        "entry.find_ineligible": _("Ghi hồ sơ không đủ điều kiện"),
        "entry.set_fact": _("Ghi căn cứ của hồ sơ"),
        "entry.set_field": _("Đổi lĩnh vực của hồ sơ"),
        "entry.start_judging": _("Đưa hồ sơ vào chấm"),
        "entry.score": _("Ghi nhận hồ sơ đã chấm"),
        "entry.unscore": _("Đưa hồ sơ về đang chấm"),
        "entry.decide": _("Đưa hồ sơ vào quyết định"),
        "entry.award": _("Ghi hồ sơ được khen thưởng"),
        "entry.pass_over": _("Ghi hồ sơ không được khen thưởng"),
        "panel.create": _("Lập nhóm chấm"),
        "panel.add_judge": _("Thêm giám khảo"),
        "panel.remove_judge": _("Rút giám khảo"),
        "panel.make_chair": _("Cử trưởng nhóm chấm"),
        "judging.assign": _("Giao hồ sơ cho giám khảo"),
        "judging.plan": _("Tự động phân công giám khảo"),
        "judging.unassign": _("Thôi giao hồ sơ cho giám khảo"),
        "judging.recuse": _("Ghi né tránh"),
        "judging.reopen": _("Mở lại chấm điểm"),
        "judging.store_results": _("Tính và lưu kết quả chấm"),
        "sheet.seal": _("Niêm phong phiếu chấm"),
        "sheet.reopen": _("Mở lại phiếu chấm"),
        "award.propose": _("Lập danh sách đề nghị khen thưởng"),
        "award.choose": _("Chọn mức khen thưởng"),
        "award.decide": _("Ghi Quyết định khen thưởng"),
        "result.publish": _("Công bố kết quả"),
        "citation.issue": _("Cấp giấy chứng nhận"),
        "citation.revoke": _("Thu hồi giấy chứng nhận"),
    }


def _room_phrases() -> dict[str, str]:
    return {
        "account": _("Việc khác với tài khoản"),
        "role": _("Việc khác với vai trò"),
        "person": _("Việc khác với thông tin cá nhân"),
        "unit": _("Việc khác với đơn vị"),
        "season": _("Việc khác với đợt xét"),
        "entry": _("Việc khác với hồ sơ"),
        "panel": _("Việc khác với nhóm chấm"),
        "judging": _("Việc khác khi chấm"),
        "sheet": _("Việc khác với phiếu chấm"),
        "award": _("Việc khác khi khen thưởng"),
        "citation": _("Việc khác với giấy chứng nhận"),
    }


def verb_phrase(verb: str) -> str:
    """Return what was done, in words; a verb nobody worded yet is named by its room."""
    room = verb.partition(".")[0]
    known = verb_phrases().get(verb) or str(_of_rooms.get(room, {}).get(verb, ""))
    return known or _room_phrases().get(room) or _("Việc khác")


def subject_phrase(table: str) -> str:
    """Return the kind of thing an act was done to."""
    return {
        "account": _("tài khoản"),
        "person": _("người"),
        "unit": _("đơn vị"),
        "unit_kind": _("cấp tổ chức"),
        "season": _("đợt xét"),
        "entry": _("hồ sơ"),
        "panel": _("nhóm chấm"),
        "decision": _("quyết định"),
        "citation": _("giấy chứng nhận"),
    }.get(table, "")


def is_open(verb: str) -> bool:
    """Whether an administrator may read what an act changed, and why."""
    return verb.partition(".")[0] in OPEN_ROOMS and verb not in CLOSED_VERBS


def field_names() -> dict[str, str]:
    """Return the details that are shown, by the names the trail keeps them under; others are left out."""
    return {
        "person": _("Người"),
        "name": _("Tên"),
        "full_name": _("Họ và tên"),
        "unit": _("Đơn vị"),
        "code": _("Mã"),
        "parent": _("Thuộc"),
        "successor": _("Đơn vị kế thừa"),
        "reason": _("Lý do"),
        "role": _("Vai trò"),
        "keys": _("Tên đăng nhập"),
        "sex": _("Giới tính"),
        "birth_year": _("Năm sinh"),
        "phone": _("Điện thoại"),
        "email": _("Thư điện tử"),
        "job_title": _("Công việc, chức vụ"),
        "qualification": _("Trình độ chuyên môn"),
        "member_code": _("Mã đoàn viên"),
        "title": _("Tên đợt xét"),
        "year": _("Năm"),
        "code_prefix": _("Chữ đầu của mã hồ sơ"),
        "legal_document": _("Căn cứ"),
        "document": _("Văn bản"),
        "opens_at": _("Mở nhận hồ sơ"),
        "closes_at": _("Hạn nộp"),
        "judging_closes_at": _("Hạn chấm"),
        "grace_minutes": _("Số phút chờ tệp đang tải"),
        "phase": _("Giai đoạn"),
    }


def _value_names() -> dict[tuple[str, str], str]:
    return {
        ("role", "officer"): _("Cán bộ công đoàn"),
        ("role", "judge"): _("Giám khảo"),
        ("role", "organiser"): _("Ban tổ chức"),
        ("role", "admin"): _("Quản trị hệ thống"),
        ("sex", "female"): _("Nữ"),
        ("sex", "male"): _("Nam"),
        ("phase", "draft"): _("Đang soạn"),
        ("phase", "open"): _("Đang nhận hồ sơ"),
        ("phase", "judging"): _("Đang chấm"),
        ("phase", "ranked"): _("Đã xếp hạng"),
        ("phase", "decided"): _("Đã có quyết định"),
        ("phase", "published"): _("Đã công bố"),
    }


def value_text(field: str, value: Any) -> str:
    """Return a kept value as people read it; nothing is a dash."""
    if value in (None, ""):
        return "–"
    text = str(value)
    if (field, text) in _value_names():
        return _value_names()[field, text]
    if field == "phone":
        return format_phone(text)
    if field.endswith("_at"):
        return format_instant(datetime.fromisoformat(text))
    if field.endswith("_on"):
        return format_date(date.fromisoformat(text))
    return text


def changes(verb: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return what an act changed, one «Tên: cũ → mới» per field; empty where an administrator may not read it."""
    if not is_open(verb):
        return []
    names = field_names()
    lines = []
    for field in [name for name in names if name in before or name in after]:
        old, new = value_text(field, before.get(field)), value_text(field, after.get(field))
        if field in before and field in after:
            lines.append(_("%(field)s: %(old)s → %(new)s", field=names[field], old=old, new=new))
        else:
            lines.append(
                _("%(field)s: %(value)s", field=names[field], value=new if field in after else _("thôi %(v)s", v=old))
            )
    return lines
