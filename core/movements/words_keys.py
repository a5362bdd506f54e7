"""What every key of the format is called on the web: its label, a hint, and whether it waits under «Thêm lựa chọn»."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from core.scoring import movement as m


class Key(NamedTuple):
    """The words of one key. `more`: shown when asked for; `long`: a text of several lines; `ref`: what it names."""

    label: Any
    hint: Any = ""
    more: bool = False
    long: bool = False
    ref: str = ""
    width: int | None = None


ID = Key(_l("Mã"), _l("Để trống thì hệ thống tự đặt"), more=True, width=20)
TITLE = _l("Tên")
GUIDANCE = Key(_l("Hướng dẫn chấm"), more=True, long=True)

# Which keys a table shows, in this order; keys that are left out belong to no form.
KEYS: dict[type, dict[str, Key]] = {
    m.Head: {
        "title": Key(_l("Tên phong trào"), _l("Ví dụ: Công nhân xanh")),
        "summary": Key(_l("Giới thiệu ngắn"), _l("Một hai câu cho người chưa biết phong trào"), long=True),
        "subjects": Key(_l("Xét ai")),
        "effective_from": Key(_l("Có hiệu lực từ ngày")),
        "effective_to": Key(_l("Hết hiệu lực từ ngày"), more=True),
        "legal_basis": Key(_l("Căn cứ")),
        "id": Key(
            _l("Mã phong trào"),
            _l("Chữ thường không dấu, số, gạch ngang. Không đổi được sau khi đưa vào dùng"),
            more=True,
            width=30,
        ),
    },
    m.Source: {
        "document": Key(_l("Văn bản"), _l("Số, ký hiệu và tên. Ví dụ: Kế hoạch 12/KH-LĐLĐ")),
        "article": Key(_l("Điều, khoản"), width=20),
        "date": Key(_l("Ngày văn bản")),
        "mark": Key(_l("Đã đối chiếu đến đâu")),
    },
    m.Form: {"fields": Key(_l("Câu hỏi trong hồ sơ")), "authors": Key(_l("Tác giả"))},
    m.Authors: {
        "max": Key(_l("Nhiều nhất bao nhiêu tác giả"), _l("Để trống là 10"), width=5),
        "shares": Key(_l("Chia tỷ lệ đóng góp")),
        "share_step": Key(_l("Tỷ lệ là bội số của"), _l("Phần trăm. Để trống là 1"), width=5),
        "lead": Key(_l("Có tác giả chính")),
    },
    m.FormField: {
        "title": Key(_l("Câu hỏi")),
        "kind": Key(_l("Kiểu trả lời")),
        "required": Key(_l("Bắt buộc trả lời")),
        "choices": Key(_l("Các lựa chọn")),
        "help": Key(_l("Gợi ý cho người viết"), more=True, long=True),
        "section": Key(_l("Phần trong mẫu"), _l("Các câu cùng phần đứng chung một trang"), more=True),
        "confidential": Key(_l("Chỉ Hội đồng và người chấm đọc"), more=True),
        "identifies": Key(_l("Cho biết tác giả là ai (ẩn khi chấm kín)"), more=True),
        "min": Key(_l("Ít nhất"), more=True, width=10),
        "max": Key(_l("Nhiều nhất"), more=True, width=10),
        "max_length": Key(_l("Nhiều nhất bao nhiêu ký tự"), more=True, width=10),
        "max_files": Key(_l("Nhiều nhất bao nhiêu tệp"), more=True, width=5),
        "max_mb": Key(_l("Mỗi tệp nhiều nhất (MB)"), more=True, width=5),
        "extensions": Key(_l("Đuôi tệp được nhận"), _l("Mỗi dòng một đuôi, ví dụ pdf"), more=True),
        "show_if": Key(_l("Chỉ hỏi khi"), more=True),
        "id": ID,
    },
    m.Choice: {"title": Key(_l("Lựa chọn")), "id": ID},
    m.ShowIf: {"field": Key(_l("Câu hỏi trước"), ref="field"), "is": Key(_l("Được trả lời là"))},
    m.Fact: {
        "title": Key(_l("Số liệu"), _l("Ví dụ: Số việc trễ hạn, Bị kỷ luật trong năm")),
        "kind": Key(_l("Là")),
        "choices": Key(_l("Các mức, từ thấp đến cao")),
        "by": Key(_l("Ai ghi")),
        "field": Key(_l("Lấy từ câu hỏi"), more=True, ref="field"),
        "min": Key(_l("Ít nhất"), more=True, width=10),
        "default": Key(_l("Khi chưa ai ghi thì coi là"), _l("Để trống thì hồ sơ chờ đến khi có số liệu"), more=True),
        "id": ID,
    },
    m.Eligibility: {
        "title": Key(_l("Điều kiện")),
        "test": Key(_l("Kiểm tra gì")),
        "effect": Key(_l("Khi không đạt")),
        "field": Key(_l("Câu hỏi"), ref="field"),
        "is": Key(_l("Phải trả lời là")),
        "from": Key(_l("Từ ngày")),
        "to": Key(_l("Trước ngày")),
        "months": Key(_l("Số tháng"), width=5),
        "units": Key(_l("Mã cấp đơn vị"), _l("Mỗi dòng một mã, ví dụ cdcs")),
        "award": Key(_l("Mã danh hiệu"), width=20),
        "years": Key(_l("Trong bao nhiêu năm"), width=5),
        "source": Key(_l("Căn cứ"), more=True),
        "id": ID,
    },
    m.Stage: {
        "title": Key(_l("Tên bước")),
        "kind": Key(_l("Làm gì")),
        "sheets": Key(_l("Phiếu chấm được dùng"), _l("Chỉ cho bước chấm điểm"), ref="sheet"),
        "blind": Key(_l("Người chấm thấy tên tác giả không")),
        "judges_min": Key(_l("Mỗi hồ sơ ít nhất bao nhiêu người chấm"), _l("Để trống là 1"), width=5),
        "majority": Key(_l("Tỷ lệ phiếu thuận"), _l("Chỉ cho bước bỏ phiếu. Ví dụ 2/3 hoặc 0,5"), width=5),
        "base": Key(_l("Tính trên"), more=True),
        "panels": Key(_l("Tổ chấm"), more=True),
        "unit_kind": Key(_l("Mã cấp đơn vị"), more=True, width=20),
        "advance_min": Key(_l("Đi tiếp khi được từ (điểm)"), more=True, width=5),
        "advance_top": Key(_l("Đi tiếp bao nhiêu hồ sơ cao nhất"), more=True, width=5),
        "id": ID,
    },
    m.Rounding: {
        "to": Key(_l("Làm tròn đến"), _l("Ví dụ 0,5 hoặc 1"), width=5),
        "mode": Key(_l("Cách làm tròn")),
    },
    m.SheetRounding: {
        "total": Key(_l("Tổng điểm (để trống là 0,01)")),
        "mark": Key(_l("Điểm từng người chấm"), more=True),
        "criterion": Key(_l("Điểm từng tiêu chí"), more=True),
    },
    m.Level: {
        "title": Key(_l("Mức")),
        "points": Key(_l("Điểm"), width=5),
        "from": Key(_l("hoặc từ"), width=5),
        "to": Key(_l("đến"), width=5),
        "guidance": GUIDANCE,
        "id": ID,
    },
    m.ValueStep: {
        "from": Key(_l("Từ"), width=5),
        "points": Key(_l("Được số điểm"), width=5),
    },
    m.Value: {
        "fact": Key(_l("Số liệu"), _l("Khai ở bước 5"), ref="fact"),
        "rate": Key(_l("Mỗi đơn vị được số điểm"), width=5),
        "base": Key(_l("Cộng với số điểm gốc"), width=5),
        "share_of": Key(_l("Chia cho"), ref="share"),
        "steps": Key(_l("Các bậc")),
        "round": Key(_l("Làm tròn")),
    },
    m.Deduction: {
        "fact": Key(_l("Trừ theo số liệu"), ref="fact"),
        "points": Key(_l("Mỗi đơn vị trừ (điểm)"), width=5),
    },
    m.Criterion: {
        "title": Key(_l("Tiêu chí")),
        "max": Key(_l("Điểm tối đa"), width=5),
        "levels": Key(_l("Các mức")),
        "value": Key(_l("Cách tính")),
        "criteria": Key(_l("Tiêu chí con")),
        "guidance": GUIDANCE,
        "min": Key(_l("Điểm thấp nhất"), _l("Để trống là 0"), more=True, width=5),
        "step": Key(_l("Bước điểm"), _l("Để trống thì theo phiếu"), more=True, width=5),
        "comment": Key(_l("Nhận xét"), more=True),
        "evidence": Key(_l("Minh chứng phải nộp"), _l("Mỗi dòng một loại"), more=True),
        "min_pass": Key(_l("Điểm phải đạt"), more=True, width=5),
        "below_min": Key(_l("Dưới điểm phải đạt thì"), more=True),
        "deductions": Key(_l("Điểm trừ"), more=True),
        "floor": Key(_l("Trừ không quá, còn ít nhất"), more=True, width=5),
        "outside": Key(_l("Điểm thưởng hoặc phạt, ngoài tổng của phiếu"), more=True),
        "clip": Key(_l("Cộng quá thì lấy đúng điểm tối đa"), more=True),
        "column": Key(_l("Chỉ cột này chấm"), more=True, ref="column"),
        "mark": Key(_l("Đã đối chiếu đến đâu"), more=True),
        "id": Key(_l("Mã tiêu chí"), _l("Ví dụ 1 hoặc A.1. Để trống thì hệ thống tự đặt"), more=True, width=20),
    },
    m.Column: {
        "title": Key(_l("Cột điểm"), _l("Ví dụ: Tự chấm, Hội đồng chấm")),
        "by": Key(_l("Ai chấm")),
        "method": Key(_l("Gộp nhiều phiếu")),
        "min_sheets": Key(_l("Cần ít nhất bao nhiêu phiếu"), more=True, width=5),
        "drop": Key(_l("Bỏ mỗi đầu bao nhiêu phiếu"), _l("Chỉ cho trung bình bỏ đầu cuối"), more=True, width=5),
        "over": Key(_l("Bỏ theo"), more=True),
        "id": ID,
    },
    m.Band: {
        "title": Key(_l("Xếp loại")),
        "min": Key(_l("Từ (điểm)"), width=5),
        "next": Key(_l("Việc tiếp theo"), _l("Ví dụ: đề nghị nhân rộng"), more=True),
        "id": ID,
    },
    m.Gate: {
        "text": Key(_l("Điều kiện"), _l("Viết như sẽ in ra. Ví dụ: Tổng điểm dưới 50")),
        "total_below": Key(_l("Tổng điểm dưới"), width=5),
        "points_below": Key(_l("Điểm dưới"), width=5),
        "fraction_below": Key(_l("Dưới phần của điểm tối đa"), _l("Ví dụ 1/2 hoặc 0,5"), width=5),
        "criteria": Key(_l("Của tiêu chí"), _l("Chọn nhiều là một trong số đó"), ref="criterion"),
        "fact": Key(_l("Số liệu"), ref="fact"),
        "is": Key(_l("Là")),
        "at_least": Key(_l("Từ")),
        "below": Key(_l("Dưới")),
        "effect": Key(_l("Thì")),
        "band": Key(_l("Hạ xuống nhiều nhất"), _l("Chỉ khi hạ xếp loại"), ref="band"),
        "id": ID,
    },
    m.Disparity: {
        "classes": Key(_l("Hai người chấm xếp loại khác nhau thì thêm người chấm"), more=True),
        "spread": Key(_l("Chênh quá bao nhiêu điểm thì thêm người chấm"), more=True, width=5),
        "resolve_at": Key(_l("Đủ bao nhiêu phiếu thì thôi"), _l("Để trống là 3"), more=True, width=5),
        "column_gap": Key(_l("Hai cột chênh quá bao nhiêu điểm thì báo"), more=True, width=5),
    },
    m.TieBreak: {
        "criterion": Key(_l("So tiêu chí"), ref="criterion"),
        "fact": Key(_l("hoặc so số liệu"), ref="fact"),
        "prefer": Key(_l("Ưu tiên")),
    },
    m.Ranking: {
        "within": Key(_l("Xếp hạng trong")),
        "tie_at_quota": Key(_l("Bằng điểm ở suất cuối thì")),
        "tie_break": Key(_l("Khi bằng điểm, so lần lượt")),
        "vote": Key(
            _l("Tỷ lệ phiếu thuận để xét giải"), _l("Ví dụ 2/3. Để trống thì không bỏ phiếu"), more=True, width=5
        ),
    },
    m.Tier: {
        "title": Key(_l("Hạng giải")),
        "quota": Key(_l("Số giải"), _l("Để trống thì không giới hạn"), width=5),
        "min": Key(_l("Từ (điểm)"), width=5),
        "bands": Key(_l("Chỉ cho xếp loại"), more=True, ref="band"),
        "quota_per_field": Key(_l("Nhiều nhất mỗi lĩnh vực"), more=True, width=5),
        "quota_per_unit": Key(_l("Nhiều nhất mỗi đơn vị"), more=True, width=5),
        "id": ID,
    },
    m.Sheet: {
        "title": Key(_l("Tên phiếu chấm")),
        "subject": Key(_l("Chấm cho")),
        "scale": Key(_l("Tổng điểm của phiếu"), _l("Để trống là 100. Ghi «mở» nếu không giới hạn"), width=5),
        "step": Key(_l("Bước điểm"), _l("Để trống là 1. Ví dụ 0,5"), more=True, width=5),
        "criteria": Key(_l("Tiêu chí")),
        "source": Key(_l("Căn cứ của phiếu"), more=True),
        "id": ID,
        "columns": Key(_l("Cột điểm")),
        "official": Key(_l("Cột quyết định"), _l("Để trống là cột cuối"), ref="column"),
        "rounding": Key(_l("Làm tròn")),
        "disparity": Key(_l("Khi người chấm lệch nhau"), more=True),
        "bands": Key(_l("Xếp loại")),
        "gates": Key(_l("Điều kiện sau khi chấm")),
        "tiers": Key(_l("Hạng giải")),
        "ranking": Key(_l("Xếp hạng")),
    },
    m.PersonKind: {"title": Key(TITLE), "id": ID},
    m.Threshold: {
        "person": Key(_l("Đối tượng"), ref="person"),
        "route": Key(_l("Mã đường xét"), width=20),
        "min_count": Key(_l("Ít nhất bao nhiêu sáng kiến"), width=5),
        "min_value": Key(_l("Giá trị làm lợi từ (đồng)"), width=20),
        "window_years": Key(_l("Trong bao nhiêu năm"), width=5),
        "every_year": Key(_l("Năm nào cũng có")),
        "solution_kind": Key(_l("Mã loại giải pháp"), more=True, width=20),
        "min_level": Key(_l("Cấp công nhận từ"), more=True),
        "valid_from": Key(_l("Áp dụng từ ngày")),
        "valid_to": Key(_l("Đến trước ngày"), more=True),
        "mark": Key(_l("Đã đối chiếu đến đâu")),
    },
    m.AwardKind: {
        "title": Key(_l("Danh hiệu")),
        "subject": Key(_l("Xét cho")),
        "source": Key(_l("Căn cứ")),
        "person_kinds": Key(_l("Đối tượng")),
        "thresholds": Key(_l("Tiêu chuẩn")),
        "id": ID,
    },
}  # fmt: skip

# What one row of a list is called: «Tiêu chí 2», «Thêm tiêu chí».
ROWS: dict[type, Any] = {
    m.Source: _l("văn bản"),
    m.FormField: _l("câu hỏi"),
    m.Choice: _l("lựa chọn"),
    m.Fact: _l("số liệu"),
    m.Eligibility: _l("điều kiện"),
    m.Stage: _l("bước"),
    m.Level: _l("mức"),
    m.ValueStep: _l("bậc"),
    m.Deduction: _l("điểm trừ"),
    m.Criterion: _l("tiêu chí"),
    m.Column: _l("cột điểm"),
    m.Band: _l("xếp loại"),
    m.Gate: _l("điều kiện"),
    m.TieBreak: _l("phép so"),
    m.Tier: _l("hạng giải"),
    m.Sheet: _l("phiếu chấm"),
    m.PersonKind: _l("đối tượng"),
    m.Threshold: _l("tiêu chuẩn"),
    m.AwardKind: _l("danh hiệu"),
}

# Lists of the root.
ROOT_LISTS: dict[str, Any] = {
    "movement": _l("Phong trào"),
    "form": _l("Mẫu hồ sơ"),
    "facts": _l("Số liệu ngoài điểm chấm"),
    "eligibility": _l("Điều kiện tham gia"),
    "stages": _l("Các bước"),
    "sheets": _l("Phiếu chấm"),
    "awards": _l("Danh hiệu cao hơn"),
}

# The question that chooses the kind of a row.
KIND_LABELS: dict[type, Any] = {
    m.Criterion: _l("Cách cho điểm"),
    m.Gate: _l("Xét gì"),
    m.Value: _l("Tính theo"),
}
KINDS: dict[type, dict[str, Any]] = {
    m.Criterion: {
        "points": _l("Ghi số điểm"),
        "levels": _l("Chọn một mức"),
        "group": _l("Gồm các tiêu chí con"),
        "value": _l("Tính từ số liệu"),
        "remark": _l("Chỉ nhận xét, không điểm"),
    },
    m.Gate: {
        "total_below": _l("Tổng điểm thấp"),
        "points_below": _l("Điểm một tiêu chí thấp"),
        "fraction_below": _l("Một tiêu chí dưới một phần điểm tối đa"),
        "is": _l("Số liệu là"),
        "at_least": _l("Số liệu từ mức nào"),
        "below": _l("Số liệu dưới mức nào"),
    },
    m.Value: {
        "rate": _l("Mỗi đơn vị một số điểm"),
        "share_of": _l("Tỷ lệ so với số lớn nhất"),
        "steps": _l("Từng bậc"),
    },
}

# The words of closed choices, by table and key.
CHOICES: dict[tuple[type, str], dict[str, Any]] = {}
_SUBJECTS = {"initiative": _l("Sáng kiến"), "person": _l("Cá nhân"), "collective": _l("Tập thể")}
_MARKS = {
    "V": _l("Đã đọc văn bản gốc"),
    "V2": _l("Theo bản dẫn lại"),
    "D": _l("Suy ra từ căn cứ khác"),
    "UNVERIFIED": _l("Chưa kiểm chứng"),
}
CHOICES |= {
    (m.Head, "subjects"): _SUBJECTS, (m.Sheet, "subject"): _SUBJECTS, (m.AwardKind, "subject"): _SUBJECTS,
    (m.Source, "mark"): _MARKS, (m.Criterion, "mark"): _MARKS, (m.Threshold, "mark"): _MARKS,
    (m.FormField, "kind"): {
        "text": _l("Một dòng"), "longtext": _l("Nhiều dòng"), "number": _l("Số"), "money": _l("Số tiền"),
        "date": _l("Ngày"), "choice": _l("Chọn một"), "choices": _l("Chọn nhiều"), "yesno": _l("Có hoặc không"),
        "file": _l("Tệp kèm theo"),
    },
    (m.Fact, "kind"): {
        "count": _l("Số lần, số lượng"), "number": _l("Một số"), "yesno": _l("Có hoặc không"),
        "choice": _l("Một trong các mức"),
    },
    (m.Fact, "by"): {
        "organiser": _l("Ban tổ chức"), "unit": _l("Đơn vị"), "system": _l("Hệ thống"),
        "field": _l("Người nộp, trong hồ sơ"),
    },
    (m.Eligibility, "test"): {
        "field_is": _l("Câu trả lời trong hồ sơ"), "date_window": _l("Ngày trong một khoảng"),
        "within_months": _l("Ngày không quá bao nhiêu tháng"), "member": _l("Là đoàn viên"),
        "tenure": _l("Thời gian là đoàn viên"), "unit_kind": _l("Cấp của đơn vị"),
        "not_awarded": _l("Chưa được khen gần đây"),
    },
    (m.Eligibility, "effect"): {"block": _l("Không nhận hồ sơ"), "warn": _l("Chỉ nhắc")},
    (m.Stage, "kind"): {
        "endorse": _l("Cấp trên xác nhận"), "check": _l("Kiểm tra hồ sơ"), "score": _l("Chấm điểm"),
        "vote": _l("Bỏ phiếu"), "decide": _l("Quyết định"),
    },
    (m.Stage, "panels"): {"one": _l("Một tổ chung"), "by_field": _l("Mỗi lĩnh vực một tổ")},
    (m.Stage, "blind"): {
        "open": _l("Thấy"), "authors": _l("Không thấy tên tác giả"),
        "double": _l("Không thấy, và tác giả không biết người chấm"),
    },
    (m.Stage, "base"): {
        "all_members": _l("Tổng số thành viên"), "present": _l("Số người dự họp"),
        "valid_ballots": _l("Số phiếu hợp lệ"),
    },
    (m.Rounding, "mode"): {
        "half_up": _l("Nửa thì lên (8,5 thành 9)"), "half_even": _l("Nửa thì về số chẵn"), "up": _l("Luôn lên"),
    },
    (m.Criterion, "comment"): {
        "none": _l("Không có"), "optional": _l("Tùy người chấm"), "always": _l("Bắt buộc"),
        "extremes": _l("Bắt buộc khi cho điểm cao nhất hoặc thấp nhất"),
    },
    (m.Criterion, "below_min"): {
        "note": _l("Chỉ ghi chú"), "fail": _l("Không đạt"), "disqualify": _l("Không xét"),
    },
    (m.Gate, "effect"): {
        "note": _l("Chỉ ghi chú"), "cap": _l("Hạ xếp loại"), "fail": _l("Không đạt"), "disqualify": _l("Không xét"),
    },
    (m.Column, "by"): {
        "judge": _l("Giám khảo"), "self": _l("Người được xét tự chấm"), "unit": _l("Đơn vị"),
        "council": _l("Hội đồng"),
    },
    (m.Column, "method"): {
        "mean": _l("Trung bình"), "median": _l("Điểm giữa"), "trimmed_mean": _l("Trung bình bỏ đầu cuối"),
        "sum": _l("Cộng dồn"),
    },
    (m.Column, "over"): {"sheet": _l("Cả phiếu"), "criterion": _l("Từng tiêu chí")},
    (m.Ranking, "within"): {"season": _l("Cả đợt"), "field": _l("Từng lĩnh vực"), "unit": _l("Từng đơn vị")},
    (m.Ranking, "tie_at_quota"): {
        "council": _l("Hội đồng chọn"), "all": _l("Tất cả được giải"), "none": _l("Không ai được"),
    },
    (m.TieBreak, "prefer"): {"high": _l("Số lớn hơn"), "low": _l("Số nhỏ hơn")},
    (m.Threshold, "min_level"): {
        "co-so": _l("Cơ sở"), "tren-co-so": _l("Trên cơ sở"), "tinh": _l("Tỉnh"), "toan-quoc": _l("Toàn quốc"),
    },
}  # fmt: skip

# Values to choose that are neither a closed choice of the format nor a title of the draft.
FIXED_ANSWERS: dict[str, Any] = {"true": _l("Có"), "false": _l("Không"), "max": _l("Số lớn nhất của đợt")}
