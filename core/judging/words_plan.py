"""The Vietnamese of an automatic plan: what stands in its way, and what may be given up."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from core.judging import rules
from core.judging.assignment import Proposal
from core.matching import Infeasible, Kind
from core.web.sentences import sentence


@dataclass(frozen=True, slots=True)
class Blocking:
    """Why some entries cannot be served: a sentence, their codes, and conditions of which one must go."""

    text: str
    codes: tuple[str, ...]
    ways: tuple[str, ...]


def blockings(made: Proposal) -> list[Blocking]:
    """Return what stands in the way of a plan; entries of one unit with the same trouble stand together."""
    if not isinstance(made.answer, Infeasible):
        return []
    alike: dict[tuple[str, int, tuple[Kind, ...]], list[str]] = {}
    for block in made.answer.blocks:
        entry = made.entries[block[0].entry]
        key = (entry.unit.name, made.answer.able[block[0].entry], tuple(one.kind for one in block))
        alike.setdefault(key, []).append(entry.code or entry.draft_code)
    return [
        Blocking(_trouble(len(codes), unit, able, kinds, made.rules.per_entry), tuple(codes), tuple(map(_way, kinds)))
        for (unit, able, kinds), codes in alike.items()
    ]


def _trouble(count: int, unit: str, able: int, kinds: tuple[Kind, ...], wanted: int) -> str:
    facts = {"n": count, "unit": unit, "able": able, "wanted": wanted}
    if Kind.EXPERT in kinds:
        return _("%(n)s hồ sơ của %(unit)s không còn chuyên gia cùng lĩnh vực nào chấm được.", **facts)
    if Kind.APART in kinds:
        return _(
            "%(n)s hồ sơ của %(unit)s có %(able)s giám khảo không vướng nhưng không đủ %(wanted)s đơn vị khác nhau.",
            **facts,
        )
    if kinds == (Kind.BARRED,):
        return _("%(n)s hồ sơ của %(unit)s đang do một giám khảo thuộc diện né tránh chấm.", **facts)
    return _("%(n)s hồ sơ của %(unit)s chỉ còn %(able)s giám khảo không vướng, cần %(wanted)s.", **facts)


def _way(kind: Kind) -> str:
    texts = {
        Kind.WANTED: _("Số giám khảo cho mỗi hồ sơ: giảm số này, hoặc thêm giám khảo vào tổ chấm"),
        Kind.BARRED: _("Né tránh: luôn được giữ, nên cần thêm giám khảo không vướng với đơn vị này"),
        Kind.EXPERT: _("Mỗi hồ sơ có chuyên gia cùng lĩnh vực: đánh dấu «Không buộc có chuyên gia»"),
        Kind.APART: _("Hai giám khảo của một hồ sơ khác đơn vị: đánh dấu «Cho phép cùng đơn vị»"),
    }
    return texts[kind]


@sentence(rules.NoPlan)
def _no_plan(_error: rules.NoPlan) -> str:
    return _(
        "Chưa phân công được: các điều kiện không thể cùng giữ. Xem các điều kiện bên dưới và bỏ bớt một điều kiện."
    )


@sentence(rules.PlanChanged)
def _changed(_error: rules.PlanChanged) -> str:
    return _("Hồ sơ, giám khảo hoặc né tránh vừa thay đổi nên phương án đã khác. Xem lại phương án rồi bấm Áp dụng.")
