"""Requirements on the README: where every number comes from, and what nobody has verified yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from core.scoring.movement import Movement, Source
from core.testing.requirements import requirement
from core.testing.subject import README_FILE, Subject

Lacking = Iterator[tuple[str, str]]


def chunks(subject: Subject) -> tuple[str, ...]:
    """Return the README in chunks: a paragraph, a list or a table each, on one line and in one case."""
    path = subject.folder / README_FILE
    return _chunks(path, path.stat().st_mtime_ns) if path.is_file() else ()


@lru_cache(maxsize=16)
def _chunks(path: Path, _changed: int) -> tuple[str, ...]:
    return tuple(" ".join(chunk.split()).casefold() for chunk in path.read_text("utf-8").split("\n\n"))


def says(chunk: str, *words: str) -> bool:
    """Whether a chunk holds every word or phrase, each standing on its own."""
    return all(re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", chunk) for word in words)


def sources(movement: Movement) -> Iterator[tuple[str, Source]]:
    """Yield every source that a movement names, with where."""
    yield from (("legal_basis", source) for source in movement.legal_basis)
    named = [(f"eligibility / {rule.id}", rule.source) for rule in movement.eligibility]
    named += [(sheet.id, sheet.source) for sheet in movement.sheets]
    named += [(award.id, award.source) for award in movement.awards]
    yield from ((place, source) for place, source in named if source is not None)


@requirement("readme_sources", "README nêu nguồn của mọi con số", optional=True)
def readme_sources(subject: Subject) -> Lacking:
    """Every document by its name, every sheet by its id; every scored criterion has its own source or its sheet's."""
    whole = " ".join(chunks(subject))
    if not whole:
        yield README_FILE, "Chưa có README.md. Viết nguồn của từng con số."
        return
    if not subject.rules.legal_basis:
        yield "movement.toml", 'legal_basis trống. Ghi văn bản làm căn cứ, chưa có thì ghi mark = "UNVERIFIED".'
    for place, source in sources(subject.rules):
        if source.document.casefold() not in whole:
            yield f"{README_FILE} / {place}", f"Chưa nhắc đến «{source.document}». Thêm vào phần căn cứ."
    for sheet in subject.rules.sheets:
        if not says(whole, sheet.id):
            yield f"{README_FILE} / {sheet.id}", "Chưa nói điểm của phiếu này lấy từ đâu. Thêm một mục có mã phiếu."
        for criterion in sheet.walk():
            if sheet.source is None and criterion.mark is None and criterion.kind not in {"group", "remark"}:
                yield f"{sheet.id} / {criterion.id}", "Điểm chưa có nguồn. Ghi source cho phiếu hoặc mark cho tiêu chí."


@requirement("readme_unverified", "README liệt kê mọi chỗ UNVERIFIED", optional=True)
def readme_unverified(subject: Subject) -> Lacking:
    """In a paragraph, list or table with the word UNVERIFIED stand the ids of what it is said of."""
    marked = [chunk for chunk in chunks(subject) if "unverified" in chunk]
    for place, words in _unverified(subject.rules):
        if not any(says(chunk, *words) for chunk in marked):
            listed = ", ".join(words)
            yield f"{README_FILE} / {place}", f"Chưa ghi là UNVERIFIED: {listed}. Thêm vào một đoạn có chữ UNVERIFIED."


def _unverified(movement: Movement) -> Iterator[tuple[str, tuple[str, ...]]]:
    for place, source in sources(movement):
        if source.mark == "UNVERIFIED":
            yield place, (source.document,)
    for sheet in movement.sheets:
        for criterion in sheet.walk():
            if criterion.mark == "UNVERIFIED":
                yield f"{sheet.id} / {criterion.id}", (sheet.id, criterion.id)
    for award in movement.awards:
        for row in award.thresholds:
            if row.mark == "UNVERIFIED":
                # An award's rows stand in a table under the heading that names the award.
                yield award.id, (row.person, row.route)
