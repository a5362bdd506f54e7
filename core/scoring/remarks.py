"""What may be remarked on a sound movement: one code, one sentence with cause and next act, and where it stands.

`N_` only marks the sentences, the edge translates. Source: ux P25 and its lint list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from core.scoring.misuse import N_
from core.scoring.movement import Source

Weight = Literal["note", "warn"]

# Longest title of each thing, in characters, that still stands whole on a phone, a form and a citation.
TITLE_LIMITS = {
    "movement": 100, "question": 120, "section": 40, "choice": 80, "fact": 120, "eligibility": 140, "stage": 80,
    "sheet": 120, "criterion": 140, "level": 140, "column": 60, "band": 40, "tier": 60, "award": 100,
}  # fmt: skip

REMARKS: dict[str, tuple[Weight, str]] = {
    "no_legal_basis": ("warn", N_("Phong trào chưa ghi căn cứ nào. Ghi văn bản phát động trước khi trình duyệt.")),
    "no_summary": ("warn", N_("Phong trào chưa có lời giới thiệu. Viết một, hai câu cho người chưa biết phong trào.")),
    "summary_long": (
        "note",
        N_("Lời giới thiệu dài {count} ký tự, quá {limit}. Rút còn ý chính, phần còn lại để ở quy tắc."),
    ),
    "title_long": ("note", N_("«{title}» dài {count} ký tự, quá {limit}. Rút ngắn để điện thoại và giấy in đủ chữ.")),
    "unverified": (
        "warn",
        N_("«{title}» còn ghi UNVERIFIED. Mở văn bản gốc để đối chiếu, rồi sửa mark hoặc sửa nội dung."),
    ),
    "thresholds_unverified": (
        "warn",
        N_("«{title}» có {count} mức điều kiện ghi UNVERIFIED. Đối chiếu với văn bản gốc trước khi xét."),
    ),
    "marks_unverified": (
        "warn",
        N_("«{title}» có {count} tiêu chí ghi UNVERIFIED: {titles}. Đối chiếu với văn bản gốc, rồi sửa mark."),
    ),
    "sheet_no_source": ("note", N_("«{title}» chưa ghi lấy từ văn bản nào. Ghi nguồn, hoặc ghi là mẫu tự soạn.")),
    "eligibility_no_source": ("note", N_("Điều kiện «{title}» chưa ghi căn cứ. Ghi văn bản và điều khoản.")),
    "question_no_help": ("warn", N_("Câu hỏi bắt buộc «{title}» chưa có gợi ý. Thêm một câu ví dụ để người nộp hiểu.")),
    "optional_no_help": ("note", N_("Câu hỏi «{title}» chưa có gợi ý. Thêm một câu ví dụ để người nộp hiểu.")),
    "help_long": ("note", N_("Gợi ý của «{title}» dài {count} ký tự, quá {limit}. Rút còn một, hai câu.")),
    "too_many_required": (
        "warn",
        N_("Hồ sơ có {count} câu bắt buộc (cả tên hồ sơ), quá {limit}. Bỏ bắt buộc ở câu có thể hỏi sau."),
    ),
    "no_field_question": (
        "warn",
        N_("«{title}» tính theo lĩnh vực mà mẫu hồ sơ không hỏi lĩnh vực. Thêm câu hỏi lựa chọn có mã «linh-vuc»."),
    ),
    "fact_unused": ("note", N_("Dữ kiện «{title}» không phiếu nào dùng. Bỏ đi, hoặc dùng trong điều kiện, phân định.")),
    "sheet_unused": ("note", N_("«{title}» không bước chấm nào dùng. Thêm vào một bước chấm, hoặc xóa phiếu này.")),
    "subject_unscored": (
        "warn",
        N_("Không bước chấm nào có phiếu cho «{title}». Thêm phiếu cho đối tượng này, hoặc bỏ khỏi phong trào."),
    ),
    "no_score_stage": ("warn", N_('Phong trào chưa có bước chấm điểm. Thêm một bước kind = "score".')),
    "few_judges": (
        "warn",
        N_("Bước «{stage}» giao ít nhất {count} người chấm, «{title}» cần {limit} phiếu. Tăng judges_min lên {limit}."),
    ),
    "vote_without_stage": (
        "warn",
        N_("«{title}» cần phiếu bầu của Hội đồng mà không có bước bỏ phiếu. Thêm bước bỏ phiếu, hoặc bỏ mục vote."),
    ),
    "levels_overlap": (
        "warn",
        N_("«{title}»: mức «{upper}» và «{lower}» cùng nhận {points} điểm. Sửa để mỗi điểm thuộc một mức."),
    ),
    "levels_gap": (
        "warn",
        N_("«{title}»: {points} điểm không thuộc mức nào. Nối mức «{lower}» với mức «{upper}»."),
    ),
    "criterion_no_guidance": (
        "warn",
        N_("«{title}» không có hướng dẫn, cũng không chia mức. Ghi thế nào thì được điểm cao, điểm thấp."),
    ),
    "levels_no_guidance": (
        "note",
        N_("«{title}»: {count} mức chỉ có tên, chưa có hướng dẫn. Ghi dấu hiệu để hai người chấm hiểu như nhau."),
    ),
    "above_scale": (
        "note",
        N_("«{title}»: điểm cộng ngoài thang có thể đưa tổng lên {points}, quá thang {limit}. Nói rõ trong văn bản."),
    ),
    "group_clipped": (
        "note",
        N_("«{title}»: các mục con cộng được {points} nhưng nhóm chặn ở {limit}. Nói rõ cho người chấm biết."),
    ),
    "value_below_max": (
        "warn",
        N_("«{title}»: bậc cao nhất cho {points} điểm, không tới {limit}. Sửa bậc hoặc sửa điểm tối đa."),
    ),
    "min_pass_never": (
        "warn",
        N_("«{title}»: điểm tối thiểu {points} không loại ai vì không ai thấp hơn. Tăng lên, hoặc bỏ mục này."),
    ),
    "min_pass_always": (
        "warn",
        N_("«{title}»: điểm tối thiểu {points} cao hơn điểm tối đa {limit} nên ai cũng trượt. Giảm điểm tối thiểu."),
    ),
    "min_pass_full": (
        "warn",
        N_("«{title}»: điểm tối thiểu {points} bằng điểm tối đa, chỉ đạt trọn điểm mới qua. Giảm điểm tối thiểu."),
    ),
    "band_unreachable": (
        "warn",
        N_("Loại «{title}» từ {points} điểm mà tổng cao nhất là {limit}: không ai đạt. Giảm mức điểm của loại."),
    ),
    "band_shadowed": (
        "warn",
        N_("Loại «{title}» không ai xếp vào: tổng thấp nhất {points} đã thuộc loại cao hơn. Bỏ loại, hoặc sửa mức."),
    ),
    "band_failed": (
        "warn",
        N_("Loại «{title}» không ai xếp vào: dưới {points} điểm đã không đạt. Bỏ loại, hoặc hạ mức không đạt."),
    ),
    "below_bands": (
        "note",
        N_("«{title}»: tổng dưới {points} không thuộc loại nào. Thêm một loại thấp nhất, hoặc điều kiện không đạt."),
    ),
    "gate_never": ("warn", N_("Điều kiện «{title}» không bao giờ xảy ra. Sửa mức điểm, hoặc bỏ điều kiện.")),
    "gate_always": ("warn", N_("Điều kiện «{title}» luôn xảy ra với mọi hồ sơ. Sửa mức điểm, hoặc bỏ điều kiện.")),
    "cap_no_effect": (
        "warn",
        N_("Điều kiện «{title}» hạ xuống loại cao nhất nên không hạ ai. Chọn loại thấp hơn, hoặc bỏ điều kiện."),
    ),
    "tier_quota_zero": ("warn", N_("«{title}» có số giải bằng 0 nên không trao được. Ghi số giải, hoặc bỏ hạng này.")),
    "tier_unreachable": (
        "warn",
        N_("«{title}» không ai đạt: cần {points} điểm, cao nhất có thể là {limit}. Giảm điểm, hoặc sửa xếp loại."),
    ),
    "tier_no_band": ("warn", N_("«{title}» chỉ trao cho những loại không ai đạt. Chọn loại khác, hoặc sửa xếp loại.")),
    "tier_shadowed": (
        "warn",
        N_("«{title}» không còn ai để trao: «{upper}» không giới hạn số giải và nhận hết. Đặt số giải cho hạng trên."),
    ),
    "no_tie_break": (
        "warn",
        N_("«{title}» không ghi cách phân định khi bằng điểm. Ghi tiêu chí hoặc dữ kiện xét trước ở tie_break."),
    ),
    "disparity_never": (
        "warn",
        N_("«{title}»: so lệch giữa các phiếu không bao giờ xảy ra vì chấm lại ở {count} phiếu. Đặt resolve_at từ 3."),
    ),
    "disparity_few_judges": (
        "warn",
        N_("«{title}» so lệch giữa các phiếu mà bước «{stage}» chỉ cần 1 người chấm. Đặt judges_min từ 2."),
    ),
    "column_gap_alone": (
        "warn",
        N_("«{title}» so lệch giữa các cột mà chỉ có một cột. Thêm cột, hoặc bỏ column_gap."),
    ),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark: its code, the path of the format where it stands («sheets[0].bands[1]»), what its sentence names."""

    code: str
    place: str
    values: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def level(self) -> Weight:
        """How much it matters: `warn` is hardly meant, `note` is worth a look."""
        return REMARKS[self.code][0]

    @property
    def template(self) -> str:
        """The sentence before its values are put in, as the catalogue knows it."""
        return REMARKS[self.code][1]

    @property
    def sentence(self) -> str:
        """The sentence in Vietnamese: cause and next act."""
        return self.template.format(**self.values)

    def as_dict(self) -> dict[str, str]:
        """Return code, level, place and sentence as plain values for JSON."""
        return {"code": self.code, "level": self.level, "place": self.place, "sentence": self.sentence}


def remark(code: str, place: str, **values: object) -> Remark:
    """Make a remark; values are what its sentence names."""
    return Remark(code, place, {name: str(value) for name, value in values.items()})


def title_length(kind: str, title: str, place: str) -> Iterator[Remark]:
    """Yield a remark on a title that is longer than its kind should be."""
    limit = TITLE_LIMITS[kind]
    if len(title) > limit:
        yield remark("title_long", f"{place}.title", title=shortened(title), count=len(title), limit=limit)


def source_mark(source: Source | None, place: str) -> Iterator[Remark]:
    """Yield a remark on a source that nobody has verified."""
    if source is not None and source.mark == "UNVERIFIED":
        yield remark("unverified", place, title=shortened(source.document))


def shortened(title: str, limit: int = 80) -> str:
    """Return a title for the inside of a sentence."""
    return title if len(title) <= limit else f"{title[: limit - 1].rstrip()}…"
