"""The Vietnamese of movements made on the web: where a problem is, what it is, what to do; states; refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from core.errors import DomainError
from core.movements.boxes import is_foreign, show
from core.movements.content import at, steps_of
from core.movements.rules import (
    DraftChanged,
    DraftNotChecked,
    DraftNotSound,
    DraftState,
    DraftTooBig,
    FileUnreadable,
    MovementIdTaken,
    MovementOff,
    MovementUnknown,
    NothingOffered,
    NothingToUndo,
    RowUnknown,
)
from core.movements.schema import Root, Slot, kind_of, slots, table_at
from core.movements.words_keys import KEYS, KINDS, ROOT_LISTS, ROWS
from core.scoring.misuse import Problem
from core.scoring.movement import Criterion
from core.vietnamese.numbers import NumberAmbiguous, parse_decimal
from core.web.sentences import say, sentence

_TITLES = ("title", "text", "document")


def state_chip(state: DraftState, *, in_use: bool) -> tuple[str, str]:
    """Return where a movement stands, and the kind of its chip."""
    if state == DraftState.OFFERED:
        return _("Đang dùng"), "ok"
    if state == DraftState.CHECKED:
        return _("Đã kiểm tra, chưa đưa vào dùng"), "info"
    return (_("Đang sửa, bản trước vẫn dùng"), "warn") if in_use else (_("Bản nháp"), "neutral")


def use_text(key: str, number: int) -> str:
    """Return what uses a movement: «2 đợt đang chạy vẫn tiếp tục theo quy tắc đã chốt»."""
    return _USES[key](number)


_USES: dict[str, Callable[[int], str]] = {
    "running": lambda n: _("%(n)s đợt đang chạy vẫn tiếp tục theo quy tắc đã chốt.", n=n),
    "drafts": lambda n: _("%(n)s đợt đang chuẩn bị sẽ chưa mở được cho đến khi bật lại.", n=n),
}


def switched(title: str, unit: str, *, is_on: bool) -> str:
    """Return what was just done with a switch."""
    if is_on:
        return _("Đã bật «%(title)s» ở %(unit)s và các cấp dưới.", title=title, unit=unit)
    return _("Đã tắt «%(title)s» ở %(unit)s và các cấp dưới.", title=title, unit=unit)


def row_title(table: type, number: int, row: Any) -> str:
    """Return what a row is called: «Tiêu chí 2: Hiệu quả»; criteria by their code where they have one."""
    named = row if isinstance(row, dict) else {}
    title = next((named[key] for key in _TITLES if isinstance(named.get(key), str) and named[key]), "")
    code = named.get("id")
    # A code that the office wrote («A.1») is known to people; one that was made of a title is not.
    is_known = table is Criterion and isinstance(code, str) and 0 < len(code) <= 6
    mark = code if is_known else str(number + 1)
    head = f"{str(ROWS[table]).capitalize()} {mark}"
    return f"{head}: {title}" if title else head


def sheet_title(number: int, sheet: Any) -> str:
    """Return what a sheet is called among the others."""
    title = sheet.get("title") if isinstance(sheet, dict) else None
    return title if isinstance(title, str) and title else _("Phiếu %(n)s", n=number + 1)


def where(content: Any, place: str) -> str:
    """Return a place in words, from the outside in: «Phiếu chấm 1, Tiêu chí 2: Hiệu quả, Điểm tối đa»."""
    said: list[str] = []
    table: type | None = Root
    slot: Slot | None = None
    path = ""
    for step in steps_of(place):
        if isinstance(step, int):
            path += f"[{step}]"
            if slot is not None and slot.table is not None:
                if said:
                    said.pop()
                said.append(row_title(slot.table, step, at(content, path)))
            continue
        path = f"{path}.{step}" if path else step
        slot = slots(table).get(step) if table is not None else None
        said.append(label_of(table, step))
        table = slot.table if slot is not None else None
    # What there is only one of says nothing in front of what stands in it: the head, the form, mostly the sheet.
    sheets = at(content, "sheets")
    is_single = steps_of(place)[:1] == ["sheets"] and isinstance(sheets, list) and len(sheets) == 1
    if len(said) > 1 and (is_single or steps_of(place)[0] in ("movement", "form")):
        said = said[1:]
    return ", ".join(said)


def label_of(table: type | None, key: str) -> str:
    """Return what a key is called on the page."""
    if table is Root:
        return str(ROOT_LISTS.get(key, key))
    words = KEYS.get(table, {}).get(key) if table is not None else None
    return str(words.label) if words is not None else key


def place_of_problem(problem: Problem) -> str:
    """Return the place of the box that a problem is about: a missing key's own, not its table's."""
    if problem.code == "missing_key":
        return f"{problem.place}.{problem.values['key']}" if problem.place else problem.values["key"]
    return problem.place


def problem_text(content: Any, problem: Problem) -> str:
    """Return a whole line of the list of what is left to do: where, what, and the next act."""
    place = place_of_problem(problem)
    what = what_is_wrong(content, problem)
    said = where(content, place)
    return f"{said}: {what}" if said else what[:1].upper() + what[1:]


def what_is_wrong(content: Any, problem: Problem) -> str:
    """Return what is wrong and what to do, without saying where; it begins small, to stand behind the place."""
    if problem.code == "wrong_type":
        return _wrong_type(content, problem)
    return _WRONG[problem.code](_named(content, problem))


def _named(content: Any, problem: Problem) -> dict[str, str]:
    """Return the values of a sentence in the words of the page."""
    values = {"value": "", "known": "", "key": "", **problem.values}
    table = table_at(problem.place)
    if problem.code in {"key_not_here", "unknown_key", "missing_key"}:
        values["key"] = label_of(table, values["key"])
    if table is not None and table in KINDS:
        values["kind"] = str(KINDS[table].get(kind_of(table, at(content, problem.place)), ""))
    for name in ("value", "known"):
        values[name] = values[name].replace(".", ",") if values[name].replace(".", "", 1).isdigit() else values[name]
    return values


def _wrong_type(content: Any, problem: Problem) -> str:
    given = at(content, problem.place)
    if is_foreign(given):
        return _("nội dung không đọc được. Nhập lại")
    typed = show(given)
    table = table_at(problem.place.rpartition(".")[0]) or Root
    slot = slots(table).get(problem.place.rpartition(".")[2].partition("[")[0])
    kind = slot.kind if slot is not None else ""
    if not typed and kind != "text":
        return _("chưa nhập")
    if kind in {"number", "scale"}:
        try:
            parse_decimal(typed)
        except NumberAmbiguous as error:
            return f"«{typed}»: {say(error)}"
        except DomainError:
            pass
        return _("«%(typed)s» chưa phải là số. Nhập số, ví dụ 8,5", typed=typed)
    if kind == "integer":
        return _("«%(typed)s» chưa phải là số nguyên. Nhập số nguyên, ví dụ 3", typed=typed)
    if kind == "date":
        return _("«%(typed)s» chưa phải là ngày. Nhập ngày, ví dụ 05/03/2026", typed=typed)
    if kind == "fraction":
        return _("«%(typed)s» chưa phải là tỷ lệ. Nhập phân số như 2/3 hoặc số như 0,5", typed=typed)
    return _("nội dung «%(typed)s» không đúng kiểu. Nhập lại", typed=typed)


_WRONG: dict[str, Callable[[Mapping[str, str]], str]] = {
    "file_too_big": lambda _v: _("nội dung lớn hơn 256 KB. Bỏ bớt phần không phải quy tắc"),
    "bad_format": lambda _v: _("tệp không phải định dạng 1. Tải lên tệp khác"),
    "unknown_key": lambda v: _("có mục lạ «%(key)s». Bỏ mục này", key=v["key"]),
    "missing_key": lambda _v: _("chưa nhập"),
    "bad_number": lambda _v: _("số phải dưới một nghìn tỷ, nhiều nhất 6 chữ số sau dấu phẩy. Nhập lại"),
    "bad_choice": lambda v: _("«%(value)s» không có trong danh sách. Chọn lại", value=v["value"]),
    "bad_id": lambda v: _(
        "mã «%(value)s» chỉ được gồm chữ không dấu, số, dấu gạch, tối đa 40 ký tự. Sửa mã, hoặc để trống để hệ thống "
        "tự đặt",
        value=v["value"],
    ),
    "duplicate_id": lambda v: _("mã «%(value)s» bị dùng hai lần. Đổi một mã", value=v["value"]),
    "unknown_ref": lambda v: _("không còn «%(value)s». Chọn lại", value=v["value"]),
    "not_positive": lambda _v: _("phải lớn hơn 0. Nhập lại"),
    "negative": lambda _v: _("không được âm. Nhập lại"),
    "empty_text": lambda _v: _("chưa có nội dung"),
    "too_deep": lambda _v: _("tiêu chí lồng quá 4 cấp. Bỏ bớt một cấp"),
    "kind_unclear": lambda _v: _("chưa đủ để biết cách cho điểm. Nhập điểm tối đa, hoặc chọn cách khác"),
    "key_not_here": lambda v: _("«%(key)s» không dùng cho loại này. Xóa trắng ô đó", key=v["key"]),
    "sum_mismatch": lambda v: _(
        "tổng điểm các mục con là %(value)s, cần đúng %(known)s. Sửa điểm cho khớp", value=v["value"], known=v["known"]
    ),
    "level_range": lambda _v: _("nhập điểm, hoặc nhập cả từ và đến (từ không lớn hơn đến)"),
    "range_order": lambda _v: _("số nhỏ nhất phải nhỏ hơn số lớn nhất. Sửa một trong hai"),
    "off_step": lambda v: _(
        "%(value)s không phải bội số của bước điểm %(known)s. Sửa số hoặc sửa bước", value=v["value"], known=v["known"]
    ),
    "min_pass_range": lambda _v: _("điểm phải đạt phải nằm trong khoảng điểm của tiêu chí. Sửa lại"),
    "value_transform": lambda _v: _("chọn đúng một cách tính: mỗi đơn vị, tỷ lệ, hoặc từng bậc"),
    "share_round": lambda _v: _("tính theo tỷ lệ thì phải nhập «Làm tròn đến»"),
    "steps_order": lambda _v: _("các bậc phải tăng dần. Sắp lại"),
    "min_sheets_drop": lambda v: _(
        "bỏ %(value)s phiếu mỗi đầu thì cần ít nhất %(known)s phiếu", value=v["value"], known=v["known"]
    ),
    "drop_method": lambda _v: _(
        "số phiếu bỏ mỗi đầu chỉ đi cùng «Trung bình bỏ đầu cuối», và phải từ 1. Sửa một trong hai"
    ),
    "drop_conflict": lambda _v: _(
        "bỏ bớt cả phiếu thì không làm tròn theo tiêu chí, không trừ điểm, không chặn trần nhóm. Đổi «Bỏ theo» thành "
        "«Từng tiêu chí»"
    ),
    "sum_conflict": lambda _v: _(
        "cộng dồn các phiếu chỉ dùng khi tổng điểm của phiếu để mở, không có điều kiện theo phần điểm tối đa. Đổi cách "
        "gộp phiếu"
    ),
    "bands_order": lambda _v: _("các xếp loại phải từ điểm cao xuống thấp. Sắp lại"),
    "gate_test": lambda v: _("chưa đủ cho điều kiện «%(kind)s». Nhập ngưỡng và chọn tiêu chí nếu cần", kind=v["kind"]),
    "cap_band": lambda _v: _("«Hạ xếp loại» đi cùng xếp loại hạ xuống, và chỉ khi đó. Chọn hoặc bỏ xếp loại"),
    "fraction_range": lambda _v: _("tỷ lệ phải lớn hơn 0 và không quá 1. Ví dụ 2/3"),
    "tier_order": lambda _v: _("điểm của hạng sau không được cao hơn hạng trước. Sửa điểm hoặc sắp lại"),
    "tie_key": lambda _v: _("chọn một tiêu chí hoặc một số liệu, không cả hai"),
    "date_order": lambda _v: _("ngày kết thúc phải sau ngày bắt đầu. Sửa một trong hai"),
    "choices_missing": lambda _v: _("loại lựa chọn cần ít nhất hai lựa chọn. Thêm lựa chọn"),
    "scalar_kind": lambda v: _("giá trị không hợp với «%(value)s». Nhập lại", value=v["value"]),
    "test_keys": lambda _v: _("chưa đủ, hoặc thừa, cho cách kiểm tra đã chọn. Nhập các ô bên dưới"),
    "no_scored": lambda _v: _("phiếu chưa có tiêu chí nào được chấm điểm. Thêm tiêu chí"),
    "disparity_bands": lambda _v: _("so sánh xếp loại thì phải có xếp loại. Thêm xếp loại ở bước 6"),
    "stage_keys": lambda _v: _(
        "bước chấm điểm cần chọn phiếu chấm; bước bỏ phiếu cần tỷ lệ phiếu thuận; bước khác thì để trống cả hai"
    ),
    "id_taken": lambda v: _("mã «%(value)s» đã là mã của phong trào khác. Đổi mã", value=v["value"]),
}


@sentence(DraftChanged)
def _changed(_error: DraftChanged) -> str:
    return _("Phong trào vừa được lưu ở trang hoặc máy khác. Tải lại trang để xem bản mới rồi sửa tiếp.")


@sentence(DraftTooBig)
def _too_big(error: DraftTooBig) -> str:
    return _("Nội dung quá lớn (hơn %(n)s KB). Bỏ bớt phần không phải quy tắc.", n=error.limit_bytes // 1024)


@sentence(DraftNotSound)
def _not_sound(error: DraftNotSound) -> str:
    return _("Còn %(n)s việc trước khi dùng được phong trào. Mở bước 9 để xem từng việc.", n=len(error.problems))


@sentence(DraftNotChecked)
def _not_checked(_error: DraftNotChecked) -> str:
    return _("Phong trào chưa kiểm tra sau lần sửa cuối. Bấm «Kiểm tra» ở bước 9 rồi đưa vào dùng.")


@sentence(NothingOffered)
def _nothing_offered(_error: NothingOffered) -> str:
    return _("Phong trào chưa đưa vào dùng nên không có gì để rút. Tải lại trang để xem tình trạng hiện tại.")


@sentence(NothingToUndo)
def _nothing_to_undo(_error: NothingToUndo) -> str:
    return _("Chưa có lần lưu nào để hoàn tác.")


@sentence(MovementIdTaken)
def _taken(error: MovementIdTaken) -> str:
    return _("Mã «%(id)s» đã là mã của phong trào khác. Đổi mã.", id=error.movement_id)


@sentence(MovementUnknown)
def _unknown(error: MovementUnknown) -> str:
    return _(
        "Không có phong trào «%(id)s» đang dùng. Nhờ đơn vị lập đưa lại vào dùng, hoặc nhờ người quản trị cài lại.",
        id=error.movement_id,
    )


@sentence(MovementOff)
def _off(error: MovementOff) -> str:
    return _(
        "Phong trào «%(title)s» đang tắt ở %(unit)s. Bật ở trang «Phong trào của tôi», hoặc nhờ Ban tổ chức cấp trên "
        "bật.",
        title=error.title,
        unit=error.unit,
    )


@sentence(RowUnknown)
def _row(_error: RowUnknown) -> str:
    return _("Dòng này không còn nữa. Tải lại trang để xem bản mới.")


@sentence(FileUnreadable)
def _unreadable(_error: FileUnreadable) -> str:
    return _("Nội dung xem trước không còn nguyên vẹn. Chọn tệp rồi xem trước lại.")
