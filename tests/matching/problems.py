"""Problems drawn at random: the same number, the same problem."""

from __future__ import annotations

import random

from core.matching import Entry, Judge, Problem, Rules, digest_of, seed_of


def small_problem(number: int, *, bounds: bool) -> Problem:
    """Return a problem small enough to try everything: at most 4 entries and 5 judges, often without an answer."""
    draw = random.Random(number)
    fields = ["", "che", "y-te"]
    judges = tuple(
        Judge(
            f"j{one}", panel=draw.choice(["", "", "", "che"]), unit=draw.choice(["", "1.", "2.", "3.", "4."]),
            expertise=frozenset(draw.sample(fields[1:], draw.randrange(3))), load=draw.choice([0, 0, 0, 1, 2]),
        )
        for one in range(draw.randint(2, 5))
    )  # fmt: skip
    rules = Rules(
        draw.randint(1, 3), expert=draw.random() < 0.6, apart=draw.random() < 0.6,
        floor=draw.choice([None, 1, 2]) if bounds else None, ceiling=draw.choice([None, 2, 3, 4]) if bounds else None,
    )  # fmt: skip
    ids = [judge.id for judge in judges]
    entries = []
    for one in range(draw.randint(1, 4)):
        barred = {judge for judge in ids if draw.random() < 0.2}
        begun = {judge for judge in ids if draw.random() < 0.08}
        held = {judge for judge in ids if draw.random() < 0.25}
        entries.append(Entry(f"e{one}", draw.choice(fields), frozenset(barred), frozenset(begun), frozenset(held)))
    return Problem(tuple(entries), judges, rules, seed_of(digest_of(one.id for one in entries), str(number)))


def large_problem(number: int, *, entries: int, judges: int, per_entry: int = 3, units: int = 60) -> Problem:
    """Return a problem like a province's: judges of `units` units, two fields each, one pair in ten a conflict."""
    draw = random.Random(number)
    fields = [f"f{one}" for one in range(8)]
    seats = tuple(
        Judge(f"j{one:03}", unit=f"u{draw.randrange(units)}", expertise=frozenset(draw.sample(fields, 2)))
        for one in range(judges)
    )
    cases = []
    for one in range(entries):
        unit = f"u{draw.randrange(units)}"
        barred = {seat.id for seat in seats if seat.unit == unit or draw.random() < 0.1}
        known = sorted({field for seat in seats if seat.id not in barred for field in seat.expertise})
        cases.append(Entry(f"e{one:04}", field=draw.choice(known), barred=frozenset(barred)))
    seed = seed_of(digest_of(one.id for one in cases), str(number))
    return Problem(tuple(cases), seats, Rules(per_entry), seed)
