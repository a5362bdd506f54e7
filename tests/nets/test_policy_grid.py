"""The whole of who may do what, committed as a table; and proof that every row of the policy shows in it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.accounts import policy
from core.accounts.policy import ANY, Row
from core.accounts.rules import Role
from core.app import create_app
from core.config import Settings
from core.extensions import db
from tests import databases
from tests.nets import grid, stage
from tests.nets.grid import Remembered, Spot
from tests.nets.stage import Company

GOLDEN = Path(__file__).with_name("permissions.tsv")


@pytest.fixture(scope="module")
def company() -> Iterator[Company]:
    """Return everybody and everything, in a transaction on a fresh database that is never committed."""
    url, instance = databases.fresh("sqlite"), databases.empty_instance()
    app = create_app(Settings(instance=instance, database_url=url, secret_key="test", password_cost=1), strict=True)
    with app.app_context():
        yield stage.build()
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()
    databases.drop(url)


@pytest.fixture(scope="module")
def observed(company: Company) -> tuple[list[Spot], list[str]]:
    """Return how everybody stands to everything in each phase."""
    return grid.observe(company)


@pytest.fixture
def remembered(company: Company, observed: tuple[list[Spot], list[str]]) -> Iterator[Remembered]:
    """Return the policy, quick to ask."""
    with Remembered(company, observed[0]) as found:
        yield found


def test_every_kind_of_thing_stands_on_the_stage(company: Company) -> None:
    # An optional room registers tables of its own; its tests put them on a stage.
    ours = {kind for kind in policy._entities if kind.__module__.startswith("core.")}
    assert {type(scene.thing) for scene in company.scenes} == ours


def test_permissions_are_those_of_the_table(remembered: Remembered) -> None:
    """`THIDUA_WRITE_GOLDEN=1 pytest tests/nets/test_policy_grid.py` writes the table anew; review what changed."""
    found = grid.lines(remembered.cells(policy.VERBS), remembered.spots)
    if os.environ.get("THIDUA_WRITE_GOLDEN"):
        GOLDEN.write_text("\n".join(["actor\tthing\tverb\tphases", *found]) + "\n", encoding="utf-8")
    kept = GOLDEN.read_text(encoding="utf-8").splitlines()[1:]
    assert (sorted(set(found) - set(kept)), sorted(set(kept) - set(found))) == ([], [])


def test_clause_and_predicate_agree_on_the_stage(observed: tuple[list[Spot], list[str]]) -> None:
    assert observed[1] == []


# Changes of a row that nobody could notice, each with the reason why: (verb, role, relation, change).
UNNOTICED: dict[tuple[str, Role, str, str], str] = {
    ("entry.edit", Role.OFFICER, "filer", "deleted"): "an officer is signed in, and that row says the same",
    ("entry.submit", Role.OFFICER, "filer", "deleted"): "an officer is signed in, and that row says the same",
    ("sheet.read", Role.JUDGE, "filler", "deleted"): "a judge is signed in, and that row says the same",
    **{
        ("entry.read", Role.JUDGE, "assigned_openly", f"without {group}"): "who is assigned openly is assigned"
        for group in ("confidential", "content", "files")
    },
}


def _changes(row: Row) -> Iterator[tuple[str, Row | None]]:
    yield "deleted", None
    if row.relation != "anyone":
        yield "for anyone", dataclasses.replace(row, relation="anyone")
    if row.phases:
        yield "in any phase", dataclasses.replace(row, phases=ANY)
    for group in sorted(row.fields):
        yield f"without {group}", dataclasses.replace(row, fields=row.fields - {group})


def test_every_row_of_the_policy_shows_in_the_grid(remembered: Remembered, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row whose loss or widening changes nothing is either superfluous, or the grid is blind there."""
    table, unnoticed = policy.TABLE, set()
    for row in table:
        before = remembered.cells({row.verb})
        for change, other in _changes(row):
            changed = tuple(other if one is row else one for one in table if one is not row or other is not None)
            monkeypatch.setattr(policy, "TABLE", changed)
            if remembered.cells({row.verb}) == before:
                unnoticed.add((row.verb, row.role, row.relation, change))
        monkeypatch.setattr(policy, "TABLE", table)
    assert sorted(unnoticed) == sorted(UNNOTICED)


def test_nobody_gains_by_an_unknown_verb_or_thing(company: Company) -> None:
    for actor in company.actors.values():
        assert policy.may(actor, "no.such_verb") is False
        assert all(policy.allows(actor, "no.such_verb", scene.thing) is False for scene in company.scenes)


def test_an_administrator_has_no_way_to_content(remembered: Remembered) -> None:
    found = {
        cell for cell in remembered.cells(policy.VERBS)
        if cell[0] == "admin" and cell[1].startswith(("entry", "nomination", "sheet"))
    }  # fmt: skip
    assert found == set()


def test_a_recused_judge_reads_no_more_than_a_stranger(remembered: Remembered) -> None:
    cells = remembered.cells(policy.VERBS)
    of = {name: {cell[1:] for cell in cells if cell[0] == name and cell[1]} for name in ("recused_judge", "idle_judge")}
    assert of["recused_judge"] == of["idle_judge"]


def test_a_blind_judge_reads_no_identity(remembered: Remembered) -> None:
    read = {
        (cell[1], cell[3]) for cell in remembered.cells({"entry.read"})
        if cell[0] == "judge" and cell[3].startswith("reads ")
    }  # fmt: skip
    assert read == {
        ("entry waiting for its base", "reads confidential content files"),
        ("nomination typed by the officer", "reads confidential content files identity"),
    }
