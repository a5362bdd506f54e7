"""What is wrong with a draft, its running totals, and the ids that the system gives where nobody typed one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.movements.content import number_of, unpack
from core.movements.rules import slug_of
from core.movements.schema import kind_of, rows_of, slots
from core.scoring.canonical import canonical_bytes
from core.scoring.misuse import Problem
from core.scoring.movement import Criterion, Level
from core.scoring.reading import LARGEST_BYTES, Reading, from_mapping


def read(content: Any, *, taken: Collection[str] = ()) -> Reading:
    """Read a draft with the one validator.

    Beyond its problems: `id_taken` where another movement has the id, `file_too_big` where the file would be.
    """
    reading = from_mapping(unpack(content))
    found = list(reading.problems)
    movement_id = content.get("movement", {}).get("id")
    if movement_id in taken:
        found.append(Problem("id_taken", "movement.id", {"value": str(movement_id)}))
    if reading.movement is not None and len(canonical_bytes(reading.movement)) > LARGEST_BYTES:
        found.append(Problem("file_too_big", ""))
    return Reading(reading.movement if not found else None, tuple(found))


@dataclass(frozen=True, slots=True)
class Total:
    """What the criteria of a sheet come to, and what they must; `wanted` None for an open scale or one mistyped."""

    sum: Decimal
    wanted: Decimal | None

    @property
    def is_right(self) -> bool:
        """Whether nothing is left to do about it."""
        return self.wanted is None or self.sum == self.wanted


def total_of(sheet: Any) -> Total:
    """Return the running total of a sheet as typed so far: what cannot be read yet counts nothing."""
    scale = sheet.get("scale") if isinstance(sheet, dict) else None
    wanted = Decimal(100) if scale is None else number_of(scale)
    criteria = sheet.get("criteria") if isinstance(sheet, dict) else None
    inside = [each for each in criteria or [] if isinstance(each, dict) and each.get("outside") is not True]
    return Total(sum((highest(each) for each in inside), Decimal(0)), wanted)


def highest(criterion: Any) -> Decimal:
    """Return the most points that a criterion gives as typed so far."""
    if not isinstance(criterion, dict):
        return Decimal(0)
    kind = kind_of(Criterion, criterion)
    if kind == "remark":
        return Decimal(0)
    if kind == "levels":
        tops = [number_of(level.get(key)) for level in _tables(criterion.get("levels")) for key in ("points", "to")]
        return max((top for top in tops if top is not None), default=Decimal(0))
    own = number_of(criterion.get("max"))
    if kind == "group" and own is None:
        return sum((highest(child) for child in _tables(criterion.get("criteria"))), Decimal(0))
    return own or Decimal(0)


def _tables(rows: Any) -> Iterable[dict[str, Any]]:
    return (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def give_ids(content: dict[str, Any]) -> None:
    """Give every row that needs an id and has none one of its own: made of its title, criteria and levels by number."""
    groups: dict[str, list[tuple[type, str, dict[str, Any]]]] = {}
    for table, place, row in rows_of(content):
        if "id" in slots(table):
            groups.setdefault(_scope(table, place), []).append((table, place, row))
    for rows in groups.values():
        used = {row["id"] for _, _, row in rows if isinstance(row.get("id"), str) and row["id"]}
        for table, place, row in rows:
            if not row.get("id"):
                row["id"] = _new_id(table, place, row, used)
                used.add(row["id"])


def _scope(table: type, place: str) -> str:
    """Return what ids must differ within: codes of criteria in the whole sheet, other ids in their list."""
    return place.partition(".")[0] + ".criteria" if table is Criterion else place.rpartition("[")[0]


def _new_id(table: type, place: str, row: dict[str, Any], used: set[str]) -> str:
    number = int(place.rpartition("[")[2].rstrip("]")) + 1
    if table in (Criterion, Level):
        above = place.rpartition(".criteria[")[0]
        depth = above.count(".criteria[")
        start = "" if table is Level or depth == 0 else f"{_path(above)}."
        wanted, tries = f"{start}{number}", number
        while wanted in used:
            tries += 1
            wanted = f"{start}{tries}"
        return wanted
    title = row.get("title") or row.get("text") or ""
    base = (slug_of(title) if isinstance(title, str) and title else "muc")[:36].strip("-")
    if base[:1].isdigit():
        base = f"m-{base}"[:36]
    wanted, tries = base, 1
    while wanted in used:
        tries += 1
        wanted = f"{base}-{tries}"
    return wanted


def _path(place: str) -> str:
    """Return the numbers of the criteria on the way to a place, joined by points: «2.1»."""
    return ".".join(str(int(part.partition("]")[0]) + 1) for part in place.split(".criteria[")[1:])
