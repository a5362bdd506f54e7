"""Requirements on a plugin's own scorers: pure, in every released version, each with examples that hold for ever."""

from __future__ import annotations

from collections.abc import Iterator

from core.scoring.rules import Rules
from core.scoring.scorers import ScorerFailed, run
from core.testing.about_golden import vectors_of
from core.testing.about_scoring import trials
from core.testing.requirements import requirement
from core.testing.samples import random_facts, random_sheets, seeded
from core.testing.subject import GOLDEN_FILE, Subject

Lacking = Iterator[tuple[str, str]]


@requirement("scorers", "Hàm chấm riêng trả lời đúng dạng, hỏi lại hay đổi thứ tự phiếu vẫn một kết quả")
def scorers(subject: Subject) -> Lacking:
    """Every version on seeded random sheets, and on none at all; `run` asks twice and looks at both answers."""
    for one in subject.registry.scorers.values():
        rules, chance = Rules.of(subject.rules, one.scorer.sheet), seeded("scorers", one.scorer.name)
        cases = [(random_sheets(rules, chance), random_facts(subject.rules, chance)) for _trial in range(trials())]
        for sheets, facts in [([], {}), *cases]:
            try:
                run(one.scorer, rules, sheets, facts)
            except ScorerFailed as failed:
                yield failed.scorer, f"{failed.reason}. Sửa hàm chấm: chỉ dùng rules, sheets, facts và số Decimal."
                break


@requirement("scorer_golden", "Mỗi phiên bản của hàm chấm riêng có ví dụ ra điểm")
def scorer_golden(subject: Subject) -> Lacking:
    """A version without an example could be changed unseen, and past seasons are scored by it."""
    named = [v["scorer"] for v in vectors_of(subject) if isinstance(v.get("scorer"), dict) and _has_total(v)]
    shown = {(one.get("id"), one.get("version")) for one in named}
    every = sorted(subject.registry.scorers)
    for id_, version in every:
        if (id_, version) not in shown:
            line = f'"scorer": {{"id": "{id_}", "version": {version}}}'
            yield f"{GOLDEN_FILE} / {id_} v{version}", f"Chưa có ví dụ nào chấm bằng hàm này. Thêm một ví dụ có {line}."
    for id_ in sorted({id_ for id_, _version in every}):
        versions = {version for known, version in every if known == id_}
        for missing in sorted(set(range(1, max(versions))) - versions):
            yield id_, f"Thiếu phiên bản {missing}. Phiên bản đã phát hành ở lại mãi: đợt cũ tính lại bằng nó."


def _has_total(vector: dict[str, object]) -> bool:
    expected = vector.get("expect")
    return isinstance(expected, dict) and expected.get("total") is not None
