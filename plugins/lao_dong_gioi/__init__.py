"""The movement «Lao động giỏi – Lao động sáng tạo»: its rules as data, and who of the authors reaches the diploma."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from core.api import (
    Achievement,
    AuthorView,
    AwardKind,
    EntryView,
    Finding,
    Movement,
    RouteCheck,
    SeasonView,
    Threshold,
    award_check,
    current_thresholds,
    hookimpl,
)

THIDUA_API = (1, 0)

DIPLOMA = "bang-lao-dong-sang-tao"
RULE = "bang-ldst"
SOURCE = "QĐ 1564/QĐ-TLĐ, Điều 16"

# What a recognition by the unit that runs the season is worth («cấp công nhận»); any other kind is the base.
REACH_BY_UNIT_KIND = {"tld": "toan-quoc", "ldld-tinh": "tinh", "ldld-huyen": "tren-co-so", "cd-xa": "tren-co-so"}

ROUTE_TITLES = {
    "mot-giai-phap": "một giải pháp trong năm",
    "ba-nam-lien-tuc": "ba năm liền",
    "quan-ly-cap-tinh": "giải pháp quản lý được công nhận cấp tỉnh",
}


@hookimpl
def thidua_movements() -> list[Path]:
    """Return the rules of the movement."""
    return [Path(__file__).with_name("movement.toml")]


@hookimpl
def thidua_check_entry(movement: Movement, entry: EntryView, season: SeasonView) -> Iterator[Finding]:
    """Say for each author whether this entry, once recognised, leads to the diploma, and what is still missing.

    It informs and never blocks: entering needs no membership and no benefit in money.
    Source: QĐ 1564/QĐ-TLĐ, Điều 16 [V2]; amounts since QĐ 999/QĐ-TLĐ of 29/5/2024 [UNVERIFIED].
    """
    award = movement.award(DIPLOMA)
    on = entry.submitted_on or season.closes_on or date(season.year, 12, 31)
    this = solution_of(entry, season)
    for author in entry.authors:
        yield _info(_sentence(award, author, this, season.year, on))
    in_force = [row for kind in award.person_kinds for row in current_thresholds(award, kind.id, on)]
    if entry.authors and any(row.mark == "UNVERIFIED" for row in in_force):
        yield _info(
            "Mức tiền của Bằng Lao động sáng tạo đang theo QĐ 1564/QĐ-TLĐ. QĐ 999/QĐ-TLĐ ngày 29/5/2024 có thể đã đổi: "
            "mở văn bản này trước khi lập danh sách đề nghị."
        )


def solution_of(entry: EntryView, season: SeasonView) -> Achievement:
    """Return the entry as the achievement that it becomes when the council of the season recognises it.

    The benefit counts whole for each author: the source does not divide it by shares.
    """
    kind = entry.answers.get("loai-giai-phap")
    owner = season.unit.kind.replace("_", "-") if season.unit else ""
    return Achievement(
        year=season.year,
        recognised=True,
        value=benefit_vnd(entry.answers),
        kind=str(kind) if kind else None,
        level=REACH_BY_UNIT_KIND.get(owner, "co-so"),
    )


def benefit_vnd(answers: Mapping[str, object]) -> Decimal | None:
    """Return the declared benefit of the first year in đồng, None where it cannot be counted in money."""
    value = answers.get("lam-loi")
    if answers.get("tinh-duoc-tien") is not True or value in (None, ""):
        return None
    return Decimal(str(value))


def _sentence(award: AwardKind, author: AuthorView, this: Achievement, year: int, on: date) -> str:
    known = {kind.id for kind in award.person_kinds}
    if author.is_member is False:
        return (
            f"{author.name}: Bằng Lao động sáng tạo chỉ xét cho đoàn viên. "
            "Sáng kiến vẫn được chấm và nhận giải của đợt xét."
        )
    if author.person_kind not in known:
        return (
            f"{author.name}: chưa ghi trình độ và chức vụ nên chưa biết mức xét Bằng Lao động sáng tạo. "
            "Nhờ cán bộ công đoàn cơ sở bổ sung ở danh sách đoàn viên."
        )
    check = award_check(award, author.person_kind, year, on, [*author.achievements, this])
    rows = {row.route: row for row in current_thresholds(award, author.person_kind, on)}
    met = next((route for route in check.routes if route.met), None)
    if met is not None:
        return (
            f"{author.name}: sáng kiến được công nhận thì đủ điều kiện xét Bằng Lao động sáng tạo, "
            f"theo đường {_reached(met, rows[met.route])}."
        )
    if not check.routes:
        return f"{author.name}: chưa có mức xét Bằng Lao động sáng tạo cho ngày {on:%d/%m/%Y}."
    missing = "; ".join(_lacking(route, rows[route.route]) for route in check.routes)
    return f"{author.name}: chưa đủ điều kiện xét Bằng Lao động sáng tạo. {missing}."


def _reached(route: RouteCheck, row: Threshold) -> str:
    title = ROUTE_TITLES.get(route.route, route.route)
    if not row.min_value:
        return title
    return f"{title}: làm lợi {_dong(route.value)}, mức cần là {_dong(row.min_value)}"


def _lacking(route: RouteCheck, row: Threshold) -> str:
    parts = []
    if "count" in route.missing:
        parts.append(f"còn thiếu {row.min_count - route.count} giải pháp phù hợp")
    if "every_year" in route.missing:
        parts.append("cần năm nào cũng có giải pháp")
    if "value" in route.missing:
        parts.append(f"còn thiếu {_dong(row.min_value - route.value)} để đủ {_dong(row.min_value)}")
    title = ROUTE_TITLES.get(route.route, route.route)
    return f"Đường {title}: {', '.join(parts)}"


def _info(message: str) -> Finding:
    return Finding(rule=RULE, level="info", message=message, source=SOURCE)


def _dong(value: Decimal) -> str:
    """Return an amount as pages write it: «80.000.000 đ» with a no-break space."""
    return f"{int(value):,}".replace(",", ".") + "\N{NO-BREAK SPACE}đ"
