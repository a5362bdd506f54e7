"""What a new movement is made of: answers to the questions, or the defaults, and the numbers that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.scaffold.naming import distinct_slugs

WHOLE = 100
PASS_MARKS = range(10, 91)

Subject = Literal["initiative", "person", "collective"]

DEFAULT_CRITERIA: dict[str, tuple[tuple[str, int], ...]] = {
    "initiative": (("Tính mới", 30), ("Hiệu quả", 40), ("Khả năng áp dụng", 30)),
    "person": (("Kết quả công việc", 50), ("Tinh thần hợp tác", 30), ("Học tập, rèn luyện", 20)),
    "collective": (("Kết quả chung", 50), ("Đoàn kết, kỷ luật", 30), ("Chăm lo đoàn viên", 20)),
}
SUBJECT_WORDS = {"initiative": "sáng kiến, giải pháp", "person": "cá nhân", "collective": "tập thể"}


@dataclass(frozen=True, slots=True)
class Threshold:
    """A class or a prize from so many points on; `quota` None means as many as there are."""

    id: str
    title: str
    points: int
    quota: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A movement with one score sheet of whole points that sum to a hundred."""

    slug: str
    title: str
    year: int
    subject: Subject = "initiative"
    criteria: tuple[tuple[str, int], ...] = DEFAULT_CRITERIA["initiative"]
    pass_mark: int = 50

    def __post_init__(self) -> None:
        """Refuse what no sound movement can be made of; whoever asks the questions never lets it come to this."""
        if sum(points for _title, points in self.criteria) != WHOLE or any(points < 1 for _t, points in self.criteria):
            raise ValueError(f"the criteria must sum to {WHOLE}")
        if self.pass_mark not in PASS_MARKS:
            raise ValueError(f"the pass mark must lie in {PASS_MARKS}")

    @property
    def module(self) -> str:
        """The name of the folder and the package."""
        return self.slug.replace("-", "_")

    @property
    def class_name(self) -> str:
        """The name of the test class, after the movement."""
        return "Test" + "".join(part.capitalize() for part in self.slug.split("-"))

    @property
    def ids(self) -> list[str]:
        """The ids of the criteria."""
        return distinct_slugs([title for title, _points in self.criteria])

    @property
    def bands(self) -> tuple[Threshold, ...]:
        """Classes, best first: the lowest begins at the pass mark."""
        return (
            Threshold("xuat-sac", "Xuất sắc", self._above(7)),
            Threshold("kha", "Khá", self._above(4)),
            Threshold("dat", "Đạt", self.pass_mark),
        )

    @property
    def tiers(self) -> tuple[Threshold, ...]:
        """Prizes, best first."""
        return (
            Threshold("nhat", "Giải Nhất", self._above(8), 1),
            Threshold("nhi", "Giải Nhì", self._above(6), 2),
            Threshold("ba", "Giải Ba", self._above(4), 3),
            Threshold("khuyen-khich", "Giải Khuyến khích", self._above(2)),
        )

    @property
    def effective_from(self) -> date:
        """The first day of the year in which the movement is made."""
        return date(self.year, 1, 1)

    def _above(self, tenths: int) -> int:
        """Return the points that lie so many tenths of the way from the pass mark to a hundred."""
        return self.pass_mark + (WHOLE - self.pass_mark) * tenths // 10
