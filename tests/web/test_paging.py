"""Pages by key: every row once, forwards and backwards, with equal keys, and cursors that nobody made."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.accounts.models import LimitCount
from core.entries.models import Entry
from core.entries.rules import State
from core.extensions import db
from core.people.models import Person
from core.web.paging import page_of
from tests import makers
from tests.conftest import NOW
from tests.judging.makers import make_scene

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("session")]

# Newest first; rows of one moment by their name.
ORDER = [(LimitCount.window_start, True), (LimitCount.bucket, False)]


@pytest.fixture
def names() -> list[str]:
    """Rows in threes of one moment, and their names in the order of the list."""
    rows = [(NOW + timedelta(microseconds=n // 3), f"r{n:02d}") for n in range(11)]
    db.session.add_all(LimitCount(bucket=name, window_start=at, count=1) for at, name in rows)
    db.session.commit()
    return [name for at, name in sorted(rows, key=lambda row: (-row[0].timestamp(), row[1]))]


def page(**cursor):
    return page_of(sa.select(LimitCount), ORDER, size=4, **cursor)


def shown(found) -> list[str]:
    return [row.bucket for row in found.rows]


def test_every_row_stands_on_one_page_forwards(names):
    pages, cursor = [], None
    while True:
        found = page(after=cursor)
        pages.append(shown(found))
        cursor = found.next_cursor
        if cursor is None:
            break
    assert pages == [names[:4], names[4:8], names[8:]]


def test_the_way_back_shows_the_same_pages(names):
    first = page()
    second = page(after=first.next_cursor)
    third = page(after=second.next_cursor)
    assert (first.previous_cursor, third.next_cursor) == (None, None)
    back = page(before=third.previous_cursor)
    assert shown(back) == names[4:8]
    again = page(before=back.previous_cursor)
    assert shown(again) == names[:4]
    assert again.previous_cursor is None
    assert shown(page(after=again.next_cursor)) == names[4:8]


def test_a_list_that_fits_has_no_neighbours(names):
    whole = page_of(sa.select(LimitCount), ORDER, size=11)
    assert (shown(whole), whole.next_cursor, whole.previous_cursor) == (names, None, None)
    none = page_of(sa.select(LimitCount).where(LimitCount.bucket == "x"), ORDER)
    assert (none.rows, none.next_cursor, none.previous_cursor) == ([], None, None)


def test_rows_that_come_and_go_repeat_nothing(names):
    first = page()
    db.session.execute(sa.delete(LimitCount).where(LimitCount.bucket == names[3]))
    db.session.add(LimitCount(bucket="a", window_start=NOW + timedelta(days=1), count=1))
    db.session.commit()
    assert shown(page(after=first.next_cursor)) == names[4:8]


@pytest.mark.parametrize("is_descending", [False, True])
def test_rows_without_the_key_stand_at_one_end_and_are_not_lost(is_descending):
    for n in range(7):
        makers.make_person(f"Người {n}", birth_year=1980 + n if n % 2 else None)
    db.session.commit()
    order = [(Person.birth_year, is_descending), (Person.id, False)]
    seen, cursor, previous = [], None, None
    for _ in range(4):
        found = page_of(sa.select(Person), order, size=2, after=cursor)
        seen += [row.full_name[-1] for row in found.rows]
        cursor, previous = found.next_cursor, found.previous_cursor
    whole = ["0", "2", "4", "6", "1", "3", "5"]
    assert seen == ([*whole[:3:-1], *whole[:4]] if is_descending else whole)
    assert cursor is None
    back = page_of(sa.select(Person), order, size=2, before=previous)
    assert [row.full_name[-1] for row in back.rows] == seen[4:6]


def test_states_are_keys_too():
    scene = make_scene(entries=3)
    scene.entries[0].state = State.IN_JUDGING
    makers.audit.record("test.change", scene.entries[0], actor=makers.SYSTEM, at=NOW)
    db.session.commit()
    order = [(Entry.state, False), (Entry.id, False)]
    first = page_of(sa.select(Entry), order, size=2)
    second = page_of(sa.select(Entry), order, size=2, after=first.next_cursor)
    assert [*first.rows, *second.rows] == scene.entries
    assert page_of(sa.select(Entry), order, size=2, after=made_up(["no-state", 1])).rows == scene.entries[1:]


def made_up(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "", "x", "không", "%%%", "AAAA", made_up([1]), made_up([1, "r01", 2]), made_up({"a": 1, "b": 2}), made_up("ab"),
        made_up(["r01", 1]), made_up([None, None]), made_up([[1], "r"]), made_up([1, {"a": 1}]), made_up([True, "r"]),
        made_up([10**30, "r"]), made_up([1.5, "r"]), made_up([1, "a\x00"]),
        made_up([1, "\ud800"]),
    ],
)  # fmt: skip
def test_a_cursor_that_nobody_gave_out_is_the_first_page(names, cursor):
    for direction in ("after", "before"):
        assert shown(page(**{direction: cursor})) in (names[:4], names[-4:])
