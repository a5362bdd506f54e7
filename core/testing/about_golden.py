"""Requirements on `golden.jsonl`: examples with their arithmetic, which hold for ever."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from core.scoring.vectors import replay_file
from core.testing.about_readme import chunks, says
from core.testing.requirements import requirement
from core.testing.subject import GOLDEN_FILE, Subject

Lacking = Iterator[tuple[str, str]]

UNSHOWN = "chưa có ví dụ"
"""A paragraph of the README with these words says which gates, bands and tiers no example shows."""


def vectors_of(subject: Subject) -> list[dict[str, Any]]:
    """Return the examples, none where the file is missing; lines that are none are left to `golden_replays`."""
    path = subject.folder / GOLDEN_FILE
    found = []
    for line in path.read_text("utf-8").split("\n") if path.is_file() else ():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            found.append(value)
    return found


@requirement("golden", "Có ví dụ chấm, mỗi phiếu ít nhất một, nói rõ phép cộng")
def golden(subject: Subject) -> Lacking:
    """An example without arithmetic cannot be checked by a person with a pencil."""
    found = vectors_of(subject)
    if not found:
        yield GOLDEN_FILE, "Chưa có ví dụ nào. Thêm ít nhất một ví dụ cho mỗi phiếu, mỗi ví dụ một dòng."
        return
    scored = Counter(v.get("sheet") for v in found if v.get("kind") == "score" and _total(v) is not None)
    for sheet in subject.rules.sheets:
        if not scored[sheet.id]:
            yield f"{GOLDEN_FILE} / {sheet.id}", "Chưa có ví dụ nào ra điểm cho phiếu này. Thêm một ví dụ."
    for vector in found:
        why = str(vector.get("why", "")).strip()
        if not why:
            yield f"{GOLDEN_FILE} / {vector.get('id')}", "Ví dụ thiếu why. Viết lời giải."
        elif vector.get("kind") == "score" and _total(vector) is not None and not re.search(r"\d.*\d", why):
            yield f"{GOLDEN_FILE} / {vector.get('id')}", "Lời giải chưa có phép tính. Viết các số được cộng và tổng."
    for id_, count in Counter(str(vector.get("id")) for vector in found).items():
        if count > 1:
            yield f"{GOLDEN_FILE} / {id_}", f"Mã ví dụ dùng {count} lần. Đặt mã khác."


def _total(vector: dict[str, Any]) -> Any:
    expected = vector.get("expect")
    return expected.get("total") if isinstance(expected, dict) else None


@requirement("golden_replays", "Chạy lại mọi ví dụ ra đúng kết quả đã ghi")
def golden_replays(subject: Subject) -> Lacking:
    """Replayed by the engine of this release."""
    path = subject.folder / GOLDEN_FILE
    scorers = {key: one.scorer for key, one in subject.registry.scorers.items()}
    for each in replay_file(path, scorers) if path.is_file() else ():
        for difference in each.differences:
            yield f"{GOLDEN_FILE}:{each.line} {each.id}", f"{difference}. Sửa ví dụ nếu quy tắc đúng, hoặc sửa quy tắc."


@requirement("golden_shows", "Mỗi điều kiện, xếp loại, hạng giải có ví dụ, hoặc README nói là chưa có", optional=True)
def golden_shows(subject: Subject) -> Lacking:
    """What no example shows stands, by its id, in a paragraph of the README that says «chưa có ví dụ»."""
    shown = set(_shown(vectors_of(subject)))
    admitted = [chunk for chunk in chunks(subject) if UNSHOWN in chunk]
    for sheet in subject.rules.sheets:
        wanted = [("gates", gate.id, "Điều kiện") for gate in sheet.gates]
        wanted += [("bands", band.id, "Xếp loại") for band in sheet.bands]
        wanted += [("tiers", tier.id, "Hạng") for tier in sheet.tiers]
        for kind, id_, word in wanted:
            is_admitted = any(says(chunk, sheet.id, id_) for chunk in admitted)
            if (sheet.id, kind, id_) not in shown and not is_admitted:
                yield (
                    f"{GOLDEN_FILE} / {sheet.id} / {id_}",
                    f"{word} này {UNSHOWN}. Thêm một ví dụ, hoặc ghi mã phiếu và mã này vào một đoạn «{UNSHOWN}» của "
                    "README.md.",
                )


def _shown(vectors: list[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    for vector in vectors:
        sheet, expected = str(vector.get("sheet")), vector.get("expect")
        if not isinstance(expected, dict):
            continue
        if vector.get("kind") == "score":
            yield sheet, "bands", str(expected.get("band"))
            yield from ((sheet, "gates", str(gate["id"])) for gate in expected.get("gates", ()))
        elif vector.get("kind") == "rank":
            yield from ((sheet, "tiers", str(one["tier"])) for one in expected.get("entries", {}).values())
