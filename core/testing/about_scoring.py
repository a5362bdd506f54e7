"""Requirements on scoring, tried on sheets filled by a fixed chance."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from core.scoring.exact import plain
from core.scoring.result import Score
from core.scoring.rules import Rules
from core.testing.requirements import requirement
from core.testing.samples import raised, random_facts, random_sheets, seeded
from core.testing.subject import Subject

Lacking = Iterator[tuple[str, str]]


def trials() -> int:
    """Return how often chance is tried for each sheet: `THIDUA_TRIALS`, else 40."""
    return int(os.environ.get("THIDUA_TRIALS", "40"))


def _cases(subject: Subject, name: str) -> Iterator[tuple[str, Rules, list[dict[str, Any]], dict[str, Any], Any]]:
    for sheet in subject.rules.sheets:
        rules, chance = Rules.of(subject.rules, sheet.id), seeded(name, sheet.id)
        for _trial in range(trials()):
            yield sheet.id, rules, random_sheets(rules, chance), random_facts(subject.rules, chance), chance


def _unknown_facts(found: Score) -> bool:
    """Whether nothing was scored for want of a fact, or because of one, and not because of the sheets."""
    return found.status == "disqualified" or any(reason.startswith("fact_") for reason in found.reasons)


@requirement("in_range", "Điểm chấm đúng quy định thì phiếu có hiệu lực và tổng nằm trong thang")
def in_range(subject: Subject) -> Lacking:
    """Every sheet within the rules counts; the total lies between 0 and the scale, bonus and malus aside."""
    for sheet_id, rules, sheets, facts, _chance in _cases(subject, "in_range"):
        score = subject.scoring(sheet_id)
        found = score(rules, sheets, facts)
        invalid = [result.problems for result in found.sheets.values() if not result.valid]
        if invalid:
            yield sheet_id, f"Phiếu chấm đúng quy định mà không có hiệu lực: {', '.join(invalid[0])}."
            return
        if found.total is None and not _unknown_facts(found):
            yield sheet_id, f"Chấm đủ phiếu mà chưa ra điểm: {', '.join(found.reasons)}."
            return
        scale = rules.sheet.scale
        if found.total is None or isinstance(scale, str) or any(c.outside for c in rules.criteria):
            continue
        if not 0 <= found.total <= scale:
            yield sheet_id, f"Tổng {plain(found.total)} vượt thang điểm. Xem lại cách làm tròn và điểm trừ."
            return


@requirement("monotone", "Chấm cao hơn không bao giờ làm tổng điểm thấp đi")
def monotone(subject: Subject) -> Lacking:
    """One mark goes up by what a person could type next; everything else stays."""
    for sheet_id, rules, sheets, facts, chance in _cases(subject, "monotone"):
        score = subject.scoring(sheet_id)
        before = score(rules, sheets, facts).total
        changed = chance.choice(sheets)
        codes = [code for code in changed["marks"] if code in rules.judged]
        if not codes:
            continue
        code = chance.choice(codes)
        higher = raised(rules.judged[code], changed["marks"][code])
        if higher is None:
            continue
        lower, changed["marks"][code] = changed["marks"][code], higher
        after = score(rules, sheets, facts).total
        if before is not None and (after is None or after < before):
            typed = f"{lower['points']} lên {higher['points']}"
            yield f"{sheet_id} / {code}", f"Nâng từ {typed} thì tổng giảm từ {before} xuống {after}. Sửa cách tính."
            return


@requirement("order_free", "Thứ tự giám khảo không đổi kết quả")
def order_free(subject: Subject) -> Lacking:
    """Sheets shuffled, facts in another order: the same result, reasons included."""
    for sheet_id, rules, sheets, facts, chance in _cases(subject, "order_free"):
        score = subject.scoring(sheet_id)
        before = score(rules, sheets, facts)
        chance.shuffle(sheets)
        if score(rules, sheets, dict(reversed(facts.items()))) != before:
            yield sheet_id, "Đổi thứ tự phiếu thì kết quả khác. Cách tính không được phụ thuộc thứ tự."
            return


@requirement("repeatable", "Tính lại luôn ra đúng kết quả cũ")
def repeatable(subject: Subject) -> Lacking:
    """The same inputs once more, by rules prepared anew."""
    for sheet_id, rules, sheets, facts, _chance in _cases(subject, "repeatable"):
        score = subject.scoring(sheet_id)
        if score(Rules.of(subject.rules, sheet_id), sheets, facts).as_dict() != score(rules, sheets, facts).as_dict():
            yield sheet_id, "Tính hai lần ra hai kết quả. Cách tính không được dựa vào giờ máy hay ngẫu nhiên."
            return
