"""The pack by which the leadership approves a movement («Gói trình duyệt»): A4 pages, from values to PDF bytes.

Layout: domain notes on reports and documents §3 (NĐ 30/2020/NĐ-CP, Phụ lục I).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from core.documents.citation import FOLDER, FONT_FAMILY, MOTTO, NATION, typeset
from core.vietnamese.dates import administrative_date
from core.vietnamese.text import clean_line

# A line of a list: what stands first, and what is said of it.
Pair = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of the form, with how it is answered («chọn một», «tệp, nhiều nhất 10»)."""

    section: str
    title: str
    answer: str
    help: str = ""


@dataclass(frozen=True, kw_only=True)
class CriterionRow:
    """One criterion of a sheet: `depth` 0 is a top one; levels with their points; what else judges must know."""

    depth: int
    title: str
    points: str
    levels: tuple[Pair, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RankRow:
    """One line of the invented ranking."""

    rank: str
    title: str
    total: str
    band: str
    tier: str


@dataclass(frozen=True, kw_only=True)
class SheetPart:
    """One score sheet with everything that follows from it.

    :param best: the first ten of the invented ranking; `borderline`: those on both sides of each prize.
    :param figures: how the invented entries fall, a sentence each.
    """

    title: str
    source: str
    scale: str
    criteria: tuple[CriterionRow, ...]
    rules: tuple[str, ...]
    bands: tuple[Pair, ...]
    gates: tuple[Pair, ...]
    tiers: tuple[Pair, ...]
    best: tuple[RankRow, ...]
    borderline: tuple[RankRow, ...]
    figures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AwardPart:
    """One award above the season: thresholds as (who and by which route, what is needed)."""

    title: str
    source: str
    thresholds: tuple[Pair, ...]


@dataclass(frozen=True, kw_only=True)
class ApprovalValues:
    """Everything that is printed; texts are shown literally, whatever they hold.

    :param office: who submits the movement, printed in capitals at the top left.
    :param digest: SHA-256 of the rules, by which the approved ones are told from any others.
    :param legal_basis: documents with how far each was verified.
    :param remarks: (weight in words, sentence).
    :param signer: the lines above the approving signature («TM. Ban Thường vụ», «Chủ tịch»), printed in capitals.
    """

    office: str
    place: str
    on: date
    title: str
    summary: str
    version: str
    effective: str
    digest: str
    legal_basis: tuple[str, ...]
    subjects: str
    conditions: tuple[str, ...]
    stages: tuple[str, ...]
    questions: tuple[Question, ...]
    sheets: tuple[SheetPart, ...]
    awards: tuple[AwardPart, ...]
    remarks: tuple[Pair, ...]
    signer: tuple[str, ...]


def render_approval(values: ApprovalValues) -> bytes:
    """Return the pack as a PDF (PDF/A-2b and PDF/UA-1), the same bytes for the same values.

    :raise DocumentOverflow: a word is wider than its place; the fact `field` says where.
    :raise DocumentFault: anything typst warns of or refuses, such as a character that no bundled font has.
    """
    return typeset(FOLDER / "approval.typ", _inputs(values))


def _inputs(values: ApprovalValues) -> dict[str, Any]:
    texts = _cleaned(asdict(values))
    day = values.on
    return texts | {
        "font": FONT_FAMILY,
        "nation": NATION,
        "motto": MOTTO,
        "office": texts["office"].upper(),
        "signer": [line.upper() for line in texts["signer"]],
        "place_and_date": f"{texts['place']}, {administrative_date(day)}",
        "on": "",
        "date": {"year": day.year, "month": day.month, "day": day.day},
    }


def _cleaned(value: Any) -> Any:
    """Return plain values with every text on one line."""
    if isinstance(value, str):
        return clean_line(value)
    if isinstance(value, dict):
        return {name: _cleaned(each) for name, each in value.items() if not isinstance(each, date)}
    if isinstance(value, (list, tuple)):
        return [_cleaned(each) for each in value]
    return value
