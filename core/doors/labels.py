"""What the parts of a movement are called in a workbook: sections, columns, and the words for closed choices."""

from __future__ import annotations

from core.scoring import movement as m

# Sections by their path; «sheet» stands for one score sheet.
SECTIONS: dict[str, str] = {
    "movement": "Phong trào",
    "movement.legal_basis": "Căn cứ",
    "form.authors": "Tác giả",
    "form.fields": "Câu hỏi của hồ sơ",
    "form.fields.choices": "Lựa chọn của câu hỏi",
    "facts": "Dữ kiện",
    "facts.choices": "Lựa chọn của dữ kiện",
    "eligibility": "Điều kiện tham gia",
    "stages": "Các bước",
    "sheet": "Phiếu chấm",
    "sheet.criteria": "Tiêu chí",
    "sheet.criteria.levels": "Mức điểm của tiêu chí",
    "sheet.criteria.value.steps": "Bậc điểm tính từ dữ kiện",
    "sheet.criteria.deductions": "Trừ điểm theo dữ kiện",
    "sheet.columns": "Cột điểm",
    "sheet.bands": "Xếp loại",
    "sheet.gates": "Điều kiện về điểm",
    "sheet.ranking.tie_break": "Phân định khi bằng điểm",
    "sheet.tiers": "Hạng giải",
    "awards": "Danh hiệu cấp trên",
    "awards.person_kinds": "Đối tượng của danh hiệu",
    "awards.thresholds": "Ngưỡng của danh hiệu",
}
PAGES: dict[str, tuple[str, ...]] = {
    "Phong trào": ("movement", "movement.legal_basis"),
    "Hồ sơ": ("form.authors", "form.fields", "form.fields.choices"),
    "Dữ kiện": ("facts", "facts.choices"),
    "Điều kiện": ("eligibility",),
    "Các bước": ("stages",),
    "Phiếu": tuple(path for path in SECTIONS if path.startswith("sheet")),
    "Danh hiệu": ("awards", "awards.person_kinds", "awards.thresholds"),
}

# What a column is called; a name with its table in front where the plain one says something else.
KEYS: dict[str, str] = {
    "id": "Mã", "title": "Tên", "summary": "Giới thiệu", "subjects": "Xét ai", "subject": "Chấm cho",
    "rules_version": "Bản quy tắc số", "effective_from": "Có hiệu lực từ", "effective_to": "Hết hiệu lực từ",
    "document": "Văn bản", "article": "Điều, mục", "date": "Ngày ký", "mark": "Mức kiểm chứng", "help": "Gợi ý",
    "section": "Phần", "kind": "Loại", "required": "Bắt buộc", "confidential": "Giữ kín",
    "identifies": "Lộ danh tính", "min": "Thấp nhất", "max": "Cao nhất", "max_length": "Số chữ tối đa",
    "max_files": "Số tệp tối đa", "max_mb": "MB mỗi tệp", "extensions": "Đuôi tệp", "show_if": "Chỉ hỏi khi",
    "shares": "Chia tỷ lệ", "share_step": "Bước tỷ lệ", "lead": "Có chủ trì", "by": "Ai cho biết",
    "field": "Câu hỏi", "default": "Khi không rõ", "effect": "Hệ quả", "source": "Nguồn", "test": "Phép thử",
    "is": "Bằng", "from": "Từ", "to": "Đến", "months": "Số tháng", "units": "Loại đơn vị", "award": "Danh hiệu",
    "years": "Số năm", "unit_kind": "Cấp thực hiện", "sheets": "Phiếu dùng", "panels": "Chia nhóm chấm",
    "judges_min": "Giám khảo ít nhất", "blind": "Giấu tên", "advance_min": "Đi tiếp từ điểm",
    "advance_top": "Đi tiếp đến hạng", "majority": "Tỷ lệ đồng ý", "base": "Tính trên", "scale": "Thang điểm",
    "step": "Bước điểm", "official": "Cột quyết định", "rounding": "Làm tròn", "mode": "Cách làm tròn",
    "guidance": "Hướng dẫn", "value": "Tính từ dữ kiện", "fact": "Dữ kiện", "rate": "Điểm mỗi đơn vị",
    "share_of": "Chia theo", "round": "Làm tròn", "scored": "Chấm điểm", "clip": "Chặn trần",
    "outside": "Ngoài thang", "column": "Cột điểm", "comment": "Nhận xét", "evidence": "Minh chứng",
    "min_pass": "Điểm liệt", "below_min": "Dưới điểm liệt", "floor": "Không trừ quá", "points": "Điểm",
    "method": "Cách gộp", "drop": "Bỏ mỗi đầu", "over": "Bỏ theo", "min_sheets": "Phiếu ít nhất",
    "next": "Bước tiếp", "text": "Nội dung", "band": "Xếp loại", "total_below": "Tổng dưới",
    "points_below": "Điểm dưới", "fraction_below": "Dưới phần", "criteria": "Tiêu chí", "at_least": "Ít nhất",
    "below": "Dưới", "disparity": "Chênh lệch", "classes": "Khác xếp loại", "spread": "Điểm chênh quá",
    "resolve_at": "Hết chênh khi đủ phiếu", "column_gap": "Hai cột lệch quá", "ranking": "Xếp hạng",
    "within": "Xếp trong", "tie_at_quota": "Bằng điểm ở suất cuối", "vote": "Tỷ lệ phiếu bầu",
    "criterion": "Tiêu chí", "prefer": "Ưu tiên", "bands": "Các xếp loại", "quota": "Số giải",
    "quota_per_field": "Số giải mỗi lĩnh vực", "quota_per_unit": "Số giải mỗi đơn vị", "person": "Đối tượng",
    "route": "Hướng xét", "valid_from": "Áp dụng từ", "valid_to": "Hết áp dụng từ", "min_count": "Số lượng",
    "min_value": "Giá trị (đồng)", "window_years": "Trong số năm", "every_year": "Năm nào cũng có",
    "solution_kind": "Loại giải pháp", "min_level": "Từ cấp", "total": "Tổng điểm", "Criterion.max": "Điểm tối đa",
    "Criterion.min": "Điểm tối thiểu", "Rounding.to": "Làm tròn đến", "Column.by": "Ai chấm",
    "SheetRounding.mark": "Từng điểm", "SheetRounding.criterion": "Từng tiêu chí", "Value.base": "Điểm khởi đầu",
    "Value.steps": "Bậc điểm", "Authors.max": "Số tác giả tối đa", "Band.min": "Từ điểm", "Tier.min": "Từ điểm",
    "legal_basis": "Căn cứ", "fields": "Câu hỏi", "choices": "Lựa chọn", "levels": "Mức điểm",
    "deductions": "Trừ điểm", "columns": "Cột điểm", "gates": "Điều kiện về điểm", "tiers": "Hạng giải",
    "tie_break": "Phân định", "person_kinds": "Đối tượng", "thresholds": "Ngưỡng", "authors": "Tác giả",
    "movement": "Phong trào", "form": "Hồ sơ", "facts": "Dữ kiện", "eligibility": "Điều kiện",
    "stages": "Các bước", "awards": "Danh hiệu", "steps": "Bậc điểm",
}  # fmt: skip

_SUBJECTS = {"initiative": "sáng kiến", "person": "cá nhân", "collective": "tập thể"}
_EFFECTS = {"note": "ghi chú", "cap": "hạ xếp loại", "fail": "không đạt", "disqualify": "loại"}

# The words for closed choices, by table and key. What is verified stays as it is written: V, V2, D, UNVERIFIED.
WORDS: dict[tuple[type, str], dict[str, str]] = {
    (m.Head, "subjects"): _SUBJECTS,
    (m.Sheet, "subject"): _SUBJECTS,
    (m.AwardKind, "subject"): _SUBJECTS,
    (m.FormField, "kind"): {
        "text": "chữ một dòng", "longtext": "đoạn văn", "number": "số", "money": "tiền", "date": "ngày",
        "choice": "chọn một", "choices": "chọn nhiều", "yesno": "có hay không", "file": "tệp",
    },
    (m.Fact, "kind"): {"count": "số đếm", "number": "số đo", "yesno": "có hay không", "choice": "chọn một"},
    (m.Fact, "by"): {"organiser": "ban tổ chức", "unit": "đơn vị", "system": "hệ thống", "field": "câu hỏi của hồ sơ"},
    (m.Eligibility, "effect"): {"block": "chặn", "warn": "nhắc"},
    (m.Eligibility, "test"): {
        "field_is": "câu trả lời bằng", "date_window": "ngày trong khoảng", "within_months": "trong số tháng",
        "member": "là đoàn viên", "tenure": "đủ thâm niên", "unit_kind": "thuộc loại đơn vị",
        "not_awarded": "chưa được danh hiệu",
    },
    (m.Stage, "kind"): {
        "endorse": "xác nhận", "check": "kiểm tra", "score": "chấm điểm", "vote": "bỏ phiếu", "decide": "quyết định",
    },
    (m.Stage, "panels"): {"one": "một nhóm", "by_field": "theo lĩnh vực"},
    (m.Stage, "blind"): {"open": "không giấu", "authors": "giấu tác giả", "double": "giấu cả hai phía"},
    (m.Stage, "base"): {"all_members": "mọi thành viên", "present": "người có mặt", "valid_ballots": "phiếu hợp lệ"},
    (m.Rounding, "mode"): {"half_up": "nửa lên", "half_even": "nửa về số chẵn", "up": "luôn lên"},
    (m.Criterion, "comment"): {
        "none": "không", "optional": "tùy ý", "always": "luôn cần", "extremes": "cần khi cao nhất hoặc thấp nhất",
    },
    (m.Criterion, "below_min"): {key: _EFFECTS[key] for key in ("note", "fail", "disqualify")},
    (m.Column, "by"): {"judge": "giám khảo", "self": "tự chấm", "unit": "đơn vị", "council": "hội đồng"},
    (m.Column, "method"): {
        "mean": "trung bình", "median": "trung vị", "trimmed_mean": "trung bình bỏ hai đầu", "sum": "cộng dồn",
    },
    (m.Column, "over"): {"sheet": "cả phiếu", "criterion": "từng tiêu chí"},
    (m.Gate, "effect"): _EFFECTS,
    (m.Ranking, "within"): {"season": "cả đợt", "field": "từng lĩnh vực", "unit": "từng đơn vị"},
    (m.Ranking, "tie_at_quota"): {"council": "hội đồng quyết định", "all": "trao tất cả", "none": "không trao"},
    (m.TieBreak, "prefer"): {"high": "cao hơn", "low": "thấp hơn"},
    (m.Threshold, "min_level"): {
        "co-so": "cơ sở", "tren-co-so": "trên cơ sở", "tinh": "tỉnh", "toan-quoc": "toàn quốc",
    },
}  # fmt: skip
PARENT = "Thuộc"
OPEN = "mở"


def label_of(table: type, key: str) -> str:
    """Return what the column of a key is called in the table it stands in."""
    return KEYS.get(f"{table.__name__}.{key}", KEYS[key])
