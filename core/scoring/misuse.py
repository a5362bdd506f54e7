"""What can be wrong with a movement file: one code, one sentence for organisers, and where it happened.

The sentences are those of the movement format, format 1, §8; `N_` only marks them, the edge translates.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from core.errors import DomainError


def N_(message: str) -> str:  # noqa: N802
    """Mark a sentence for the catalogue and return it unchanged."""
    return message


# The place of a problem that concerns the file as a whole.
WHOLE_FILE = N_("tệp")

SENTENCES: dict[str, str] = {
    "file_too_big": N_("Tệp lớn hơn 256 KB. Hãy bỏ bớt nội dung không phải quy tắc."),
    "toml_syntax": N_("Tệp không đọc được: {detail}. Số thập phân viết bằng dấu chấm, ví dụ 12.5."),
    "bad_format": N_("format phải là 1."),
    "unknown_key": N_("{place}: không có mục «{key}». Các mục được dùng: {known}."),
    "missing_key": N_("{place}: thiếu mục «{key}»."),
    "wrong_type": N_("{place}: cần {wanted}."),
    "bad_number": N_("{place}: số phải hữu hạn, dưới một nghìn tỷ, tối đa 6 chữ số thập phân."),
    "bad_choice": N_("{place}: «{value}» không dùng được. Chọn một trong: {known}."),
    "bad_id": N_("{place}: mã «{value}» chỉ gồm chữ không dấu, số, dấu gạch, tối đa 40 ký tự."),
    "duplicate_id": N_("{place}: mã «{value}» bị dùng hai lần."),
    "unknown_ref": N_("{place}: không tìm thấy «{value}»."),
    "not_positive": N_("{place}: phải lớn hơn 0."),
    "negative": N_("{place}: không được âm."),
    "empty_text": N_("{place}: chưa có nội dung."),
    "too_deep": N_("{place}: tiêu chí lồng quá 4 cấp."),
    "kind_unclear": N_("{place}: mỗi tiêu chí có đúng một trong max, levels, value, criteria hoặc scored = false."),
    "key_not_here": N_("{place}: mục «{key}» không dùng cho loại này."),
    "sum_mismatch": N_("{place}: tổng điểm các mục con là {value}, cần đúng {known}."),
    "level_range": N_("{place}: mỗi mức có points, hoặc có from và to với from không lớn hơn to."),
    "range_order": N_("{place}: giá trị nhỏ nhất phải nhỏ hơn giá trị lớn nhất."),
    "off_step": N_("{place}: {value} không phải bội số của {known}."),
    "min_pass_range": N_("{place}: điểm tối thiểu phải nằm trong khoảng điểm của tiêu chí."),
    "value_transform": N_("{place}: chọn đúng một cách tính: rate, share_of hoặc steps."),
    "share_round": N_("{place}: cách tính theo tỷ lệ phải ghi rõ round."),
    "steps_order": N_("{place}: các bậc phải tăng dần."),
    "min_sheets_drop": N_("{place}: bỏ {value} phiếu mỗi đầu thì cần ít nhất {known} phiếu."),
    "drop_method": N_("{place}: drop chỉ dùng với trimmed_mean và phải từ 1."),
    "drop_conflict": N_(
        "{place}: bỏ bớt phiếu theo tổng thì không làm tròn theo tiêu chí, không trừ điểm, không chặn trần nhóm; "
        'đặt over = "criterion".'
    ),
    "sum_conflict": N_('{place}: cộng dồn các phiếu chỉ dùng với scale = "open", không dùng fraction_below và clip.'),
    "bands_order": N_("{place}: các mức xếp loại phải giảm dần."),
    "gate_test": N_("{place}: mỗi điều kiện có đúng một phép thử."),
    "cap_band": N_('{place}: effect = "cap" đi cùng band, và chỉ khi đó.'),
    "fraction_range": N_("{place}: tỷ lệ phải lớn hơn 0 và không quá 1."),
    "tier_order": N_("{place}: điểm tối thiểu của hạng sau không được cao hơn hạng trước."),
    "tie_key": N_("{place}: mỗi bước phân định ghi đúng một trong criterion hoặc fact."),
    "date_order": N_("{place}: ngày kết thúc phải sau ngày bắt đầu."),
    "choices_missing": N_("{place}: loại lựa chọn cần ít nhất hai choices."),
    "scalar_kind": N_("{place}: giá trị không hợp với loại của «{value}»."),
    "test_keys": N_("{place}: phép thử «{value}» cần {known}."),
    "no_scored": N_("{place}: phiếu chưa có tiêu chí nào được chấm điểm."),
    "disparity_bands": N_("{place}: so sánh xếp loại cần có bands."),
    "stage_keys": N_("{place}: bước chấm điểm cần sheets; bước bỏ phiếu cần majority."),
}

# What a key needs, in the words that follow «cần» in `wrong_type`.
WANTED: dict[str, str] = {
    "text": N_("một đoạn chữ trong ngoặc kép"),
    "number": N_("một số, ví dụ 12.5"),
    "integer": N_("một số nguyên"),
    "boolean": N_("true hoặc false"),
    "date": N_("một ngày dạng 2026-01-31"),
    "fraction": N_('một số, hoặc phân số dạng "2/3"'),
    "scale": N_('một số hoặc "open"'),
    "scalar": N_("một số, một đoạn chữ, một ngày, true hoặc false"),
    "list": N_("một danh sách trong ngoặc vuông"),
    "table": N_("một bảng gồm các mục con"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a movement: its code, the path where it stands, and what the sentence names."""

    code: str
    place: str
    values: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def template(self) -> str:
        """The sentence before its values are put in, as the catalogue knows it."""
        return SENTENCES[self.code]

    @property
    def named(self) -> dict[str, str]:
        """Everything that the sentence may name, the place included."""
        return {"place": self.place or WHOLE_FILE, **self.values}

    @property
    def sentence(self) -> str:
        """The sentence in Vietnamese, complete."""
        return self.template.format(**self.named)

    def as_dict(self) -> dict[str, str]:
        """Return code, place and sentence, as the command line prints them."""
        return {"code": self.code, "place": self.place, "sentence": self.sentence}


class MovementRefused(DomainError):
    """A movement cannot be used as it is written. Facts: problems (tuple of Problem), name (where it came from)."""

    def __str__(self) -> str:
        """Return the name and every sentence, one a line."""
        return "\n".join([str(self.name), *(problem.sentence for problem in self.problems)])


class Log:
    """Collects problems while a movement is read, so that an organiser sees all of them at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, code: str, place: str, **values: object) -> None:
        """Note one problem; values are what its sentence names besides the place."""
        self.problems.append(Problem(code, place, {name: str(value) for name, value in values.items()}))
