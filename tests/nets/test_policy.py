"""The policy as a whole: its page in docs, the start-up that refuses a route without a rule, relations said twice."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Blueprint, Flask

from core.accounts import policy
from core.accounts.queries import actor_of
from core.accounts.rules import VISITOR, Actor, Role
from core.awards.models import Citation, Decision
from core.db import Base
from core.entries.models import Entry
from core.entries.rules import State
from core.extensions import db
from core.judging.models import Scoresheet
from core.judging.rules import SheetStatus
from core.movements.models import MovementDraft
from core.organisations.models import Unit
from core.people.models import Membership
from core.seasons.models import Season
from core.seasons.rules import Phase
from core.web import access
from tests import makers
from tests.nets import source, stage
from tests.nets.tools import tool

TRIALS = int(os.environ.get("THIDUA_TRIALS", "200"))


def test_the_page_in_docs_says_what_the_table_says() -> None:
    page = tool("policy_doc")
    assert page.TARGET.read_text(encoding="utf-8") == page.text()


@pytest.mark.usefixtures("app")
def test_every_relation_of_the_table_is_explained_and_registered() -> None:
    used = {row.relation for row in policy.TABLE}
    registered = {name for kind in policy._entities for name in policy.relations(kind)}
    assert used <= registered
    assert used <= set(tool("policy_doc").RELATIONS)


def test_every_phase_of_the_table_exists() -> None:
    assert {phase for row in policy.TABLE for phase in row.phases} <= {*State, *Phase}


# Verbs that a page asks under another's name, because one form does them all.
TOGETHER = {"entry.refuse": "entry.endorse"}


def test_every_verb_is_asked_by_a_route_a_list_or_a_page(app: Flask) -> None:
    """A row that nothing asks is a promise that nothing keeps."""
    asked = {getattr(view, "__policy__", ("",))[0] for view in app.view_functions.values()}
    asked |= {known.read for known in policy._entities.values()}
    pages = [path.read_text(encoding="utf-8") for path in source.templates()]
    for text in [*pages, *(module.text for module in source.modules())]:
        asked |= set(
            re.findall(r"\b(?:allows|may|require|visible)\((?:[^()]|\(\))*?[\"']([a-z_]+\.[a-z_]+)[\"']", text)
        )
    assert sorted(policy.VERBS - asked) == sorted(TOGETHER)


def test_verbs_asked_under_another_have_the_same_rows() -> None:
    for verb, other in TOGETHER.items():
        said = [(r.role, r.relation, r.phases) for r in policy.TABLE if r.verb == verb]
        assert said == [(r.role, r.relation, r.phases) for r in policy.TABLE if r.verb == other]


def test_a_route_without_a_rule_stops_the_start(app: Flask) -> None:
    page = Blueprint("throwaway", __name__)
    page.add_url_rule("/bo-quen", "forgotten", lambda: "")
    app._got_first_request = False
    app.register_blueprint(page)
    with pytest.raises(RuntimeError, match=r"/bo-quen \(throwaway.forgotten\) declares no verb"):
        access.check_routes(app)


def test_a_route_with_an_unknown_verb_stops_the_start(app: Flask) -> None:
    page = Blueprint("throwaway", __name__)
    page.add_url_rule("/go-sai", "misspelt", access.requires("entry.sumbit")(lambda: ""))
    app.register_blueprint(page)
    with pytest.raises(RuntimeError, match=r"no policy row for 'entry.sumbit'"):
        access.check_routes(app)


# --- Every relation is said twice, in SQL and in Python ---------------------------------------------------------------


def disagreements(actors: list[Actor], things: dict[type, list[Base]]) -> list[str]:
    """Return where the ids that a clause selects are not the things for which its predicate holds."""
    found = []
    for kind, rows in things.items():
        for actor in actors:
            for role in sorted(actor.roles):
                for relation, (clause, holds) in policy.relations(kind).items():
                    selected = set(db.session.scalars(sa.select(kind.id).where(clause(actor, role))))
                    held = {row.id for row in rows if holds(actor, role, row)}
                    if selected != held:
                        found.append(
                            f"{kind.__name__} {relation}, {actor.name or 'visitor'} as {role}: {selected ^ held}"
                        )
    return found


def visible_and_seen(actors: list[Actor], things: dict[type, list[Base]]) -> list[str]:
    """Return where a list would show other things than the pages of single things open."""
    found = []
    for kind, rows in things.items():
        for actor in actors:
            listed = {row.id for row in db.session.scalars(policy.visible(actor, kind)).unique()}
            seen = {row.id for row in rows if policy.sees(actor, row)}
            if listed != seen:
                found.append(f"{kind.__name__}, {actor.name or 'visitor'}: {listed ^ seen}")
    return found


@pytest.fixture
def nothing_kept(session: object) -> Iterator[None]:
    """Undo what a trial made."""
    yield
    db.session.rollback()


@pytest.mark.usefixtures("nothing_kept")
def test_a_predicate_that_says_more_than_its_clause_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    actors, things = _random_world(random.Random(0))
    clause, _ = policy.relations(Entry)["author"]
    monkeypatch.setitem(policy.relations(Entry), "author", (clause, lambda *_: True))
    assert disagreements(actors, things) != []


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("part", range(4))
def test_relations_agree_in_random_worlds(part: int) -> None:
    """Trees, grants, entries and sheets drawn at random; a failing trial names its seed."""
    wrong = {}
    for seed in range(part, TRIALS, 4):
        db.session.begin_nested()
        actors, things = _random_world(random.Random(seed))
        found = disagreements(actors, things) + visible_and_seen(actors, things)
        if found:
            wrong[seed] = found
        db.session.rollback()
    assert wrong == {}


def _random_world(chance: random.Random) -> tuple[list[Actor], dict[type, list[Base]]]:
    units: list[Unit] = []
    for n in range(chance.randint(3, 6)):
        units.append(makers.make_unit(f"u{n}", chance.choice([None, *units, *units])))
    accounts = []
    for n in range(4):
        person = makers.make_person(f"p{n}", chance.choice([None, *units]))
        roles = chance.sample([Role.OFFICER, Role.JUDGE, Role.ORGANISER, Role.ADMIN], chance.randint(0, 2))
        accounts.append(makers.make_account(person, *((role, chance.choice(units)) for role in roles)))
        if person.memberships and chance.random() < 0.3:
            person.memberships[0].valid_to = stage.TODAY
            if chance.random() < 0.5:
                unit = chance.choice(units)
                person.memberships.append(Membership(person_id=person.id, unit_id=unit.id, unit=unit, kind="member"))
    db.session.flush()
    seasons = [
        stage.season_of(chance.choice(units), chance.choice(list(Phase)), chance.choice(["open", "authors"]))
        for _ in range(2)
    ]
    for _ in range(2):
        stage.movement_of(chance.choice(units))
    for _ in range(3):
        _random_entry(chance, chance.choice(seasons), units, accounts)
    db.session.flush()
    db.session.expire_all()
    person = type(accounts[0].person)
    kinds = (Unit, Season, MovementDraft, Entry, Scoresheet, Decision, Citation, type(accounts[0]), person)
    things = {kind: list(db.session.scalars(sa.select(kind)).unique()) for kind in kinds}
    return [VISITOR, *(actor_of(account, stage.TODAY) for account in accounts)], things


def _random_entry(chance: random.Random, season: Season, units: list[Unit], accounts: list) -> None:
    people = [account.person for account in accounts]
    maybe = [None, *accounts]
    nominee, filer, holder = chance.choice(maybe), chance.choice(maybe), chance.choice([None, *units])
    entry = stage.entry_of(
        season, chance.choice(units), chance.choice(people), state=chance.choice(list(State)),
        nominee_id=nominee.person_id if nominee else None, filed_by_id=filer.id if filer else None,
        holder_unit_id=holder.id if holder else None,
    )  # fmt: skip
    for position, person in enumerate(chance.sample(people, chance.randint(0, 2)), 1):
        stage.author(entry, person, position)
    for _ in range(chance.randint(0, 3)):
        stage.step(entry, chance.choice(["submit", "endorse", "return"]), chance.choice([None, *units]))
    for column, account in enumerate(chance.sample(accounts, 2)):
        judge = stage.seat(season, account)
        if chance.random() < 0.3:
            judge.left_at = stage.NOW
        if chance.random() < 0.7:
            stage.assign(entry, judge, withdrawn_at=stage.NOW if chance.random() < 0.2 else None)
        if chance.random() < 0.3:
            stage.recuse(entry, account)
        status = chance.choice(list(SheetStatus))
        stage.sheet_of(entry, account, status, chance.choice([None, judge]), f"cot-{column}")
    if chance.random() < 0.5:
        given = chance.choice(maybe)
        stage.citation_of(stage.decision_of(season), entry, given.person if given else None)
