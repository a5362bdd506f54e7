"""Plans keep every condition, are as even as can be, come out the same again, and say why nothing can be done."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given as drawn_from
from hypothesis import settings
from hypothesis import strategies as st

from core.matching import (
    Code,
    Entry,
    Infeasible,
    Judge,
    Kind,
    Member,
    Plan,
    Problem,
    Rules,
    digest_of,
    plan,
    seed_of,
)
from tests.matching import checker
from tests.matching.problems import large_problem, small_problem

SEED = seed_of(digest_of(["A", "B"]), "27385")
NUMBERS = st.integers(0, 10**9)


def problem(entries, judges, *, per_entry=2, seed=SEED, **rules):
    return Problem(tuple(entries), tuple(judges), Rules(per_entry, **rules), seed)


def entries(count, **more):
    return [Entry(f"e{one}", **more) for one in range(count)]


def judges(count, **more):
    return [Judge(f"j{one}", **more) for one in range(count)]


def planned(asked):
    answer = plan(asked)
    assert isinstance(answer, Plan), answer
    pairs = checker.given(answer, asked)
    assert checker.violations(asked, pairs) == []
    assert (dict(answer.loads), answer.groups) == (checker.loads_of(asked, pairs), checker.groups_of(pairs))
    return answer


# --- Random problems ----------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@drawn_from(NUMBERS, st.booleans())
def test_every_small_problem_is_answered_as_trying_everything_answers_it(number, bounds):
    asked = small_problem(number, bounds=bounds)
    answer = plan(asked)
    possible = bool(checker.whole_loads(asked, checker.members_of(asked)))
    assert isinstance(answer, Plan) == possible
    if isinstance(answer, Infeasible):
        assert checker.wrong_with_blocks(asked, answer) == []
        assert answer.blocks != ()
        return
    pairs = checker.given(answer, asked)
    assert checker.violations(asked, pairs) == []
    assert (dict(answer.loads), answer.groups) == (checker.loads_of(asked, pairs), checker.groups_of(pairs))
    stayed = {
        one.id: frozenset(
            pair.judge for pair in answer.pairs if pair.entry == one.id and pair.code in {Code.BEGUN, Code.KEPT}
        )
        for one in asked.entries
    }
    evenest = min(sum(x * x for x in loads) for loads in checker.whole_loads(asked, checker.members_of(asked), stayed))
    assert sum(x * x for x in answer.loads.values()) == evenest
    assert not checker.better_by_a_swap(asked, pairs, stayed)


@settings(max_examples=60, deadline=None)
@drawn_from(NUMBERS, st.booleans(), st.randoms())
def test_order_of_the_lists_changes_nothing(number, bounds, mixed):
    asked = small_problem(number, bounds=bounds)
    shuffled = [list(asked.entries), list(asked.judges)]
    for one in shuffled:
        mixed.shuffle(one)
    assert plan(Problem(tuple(shuffled[0]), tuple(shuffled[1]), asked.rules, asked.seed)) == plan(asked)


def test_hundreds_of_entries_are_spread_within_one_and_connected():
    asked = large_problem(4, entries=200, judges=40, units=20)
    answer = planned(asked)
    assert (answer.spread, answer.groups) == (0, 1)
    assert plan(asked) == answer
    assert plan(replace(asked, seed=seed_of(digest_of([]), "5"))) != answer


# --- One condition at a time --------------------------------------------------------------------------------------


def test_seed_is_what_anyone_computes_with_sha256():
    digest = hashlib.sha256(b"A\nB").hexdigest()
    assert (digest_of(["B", "A"]), SEED) == (digest, hashlib.sha256(f"{digest}\n27385".encode()).hexdigest())


def test_another_public_number_gives_another_plan():
    seats, cases = judges(6), entries(12)
    other = seed_of(digest_of(["A", "B"]), "27386")
    assert planned(problem(cases, seats)).pairs != planned(problem(cases, seats, seed=other)).pairs


def test_each_entry_gets_an_expert_and_the_reason_names_the_field():
    seats = [*judges(3), Judge("nha", expertise=frozenset({"che"}))]
    answer = planned(problem(entries(2, field="che"), seats, per_entry=1))
    assert [(one.judge, one.code, one.field) for one in answer.pairs] == [("nha", Code.EXPERT, "che")] * 2
    free = planned(problem(entries(2, field="che"), seats, per_entry=1, expert=False))
    assert free.spread == 1


def test_field_without_experts_asks_for_none():
    assert planned(problem(entries(3, field="che"), judges(3))).spread == 0


def test_work_begun_stays_and_pairs_of_before_stay_where_they_can():
    cases = [Entry("e0", begun=frozenset({"j0"}), held=frozenset({"j0", "j1"})), Entry("e1", held=frozenset({"j2"})),
             Entry("e2", barred=frozenset({"j1"}), held=frozenset({"j1"}))]  # fmt: skip
    answer = planned(problem(cases, judges(4)))
    codes = {(one.entry, one.judge): one.code for one in answer.pairs}
    assert (codes["e0", "j0"], codes["e0", "j1"], codes["e1", "j2"]) == (Code.BEGUN, Code.KEPT, Code.KEPT)
    assert answer.dropped == (("e2", "j1"),)


def test_planning_again_on_its_own_answer_changes_nothing():
    asked = large_problem(7, entries=40, judges=9, units=7)
    first = planned(asked)
    given = checker.given(first, asked)
    again = replace(asked, entries=tuple(replace(one, held=given[one.id]) for one in asked.entries))
    second = planned(again)
    assert [(one.entry, one.judge) for one in second.pairs] == [(one.entry, one.judge) for one in first.pairs]
    assert ({one.code for one in second.pairs}, second.dropped) == ({Code.KEPT}, ())


def test_loads_held_elsewhere_are_made_up_for():
    seats = [Judge("ban", load=6), *judges(3)]
    answer = planned(problem(entries(6), seats))
    assert dict(answer.loads) == {"ban": 6, "j0": 4, "j1": 4, "j2": 4}


def test_groups_that_share_no_entry_are_linked_by_a_swap_with_its_reason():
    halves = [Entry("e0", held=frozenset({"j0"})), Entry("e1", held=frozenset({"j1"})),
              Entry("e2", held=frozenset({"j2"})), Entry("e3", held=frozenset({"j3"}))]  # fmt: skip
    answers = [planned(problem(halves, judges(4), seed=seed_of(digest_of([]), str(one)))) for one in range(30)]
    assert {one.groups for one in answers} == {1}
    assert any(pair.code == Code.LINKS for one in answers for pair in one.pairs)


def test_panels_of_their_own_fields_stay_apart_and_the_plan_says_so():
    seats = [Judge("a0", "che"), Judge("a1", "che"), Judge("b0", "y-te"), Judge("b1", "y-te")]
    cases = [Entry("e0", "che"), Entry("e1", "che"), Entry("e2", "y-te")]
    assert planned(problem(cases, seats)).groups == 2


# --- What cannot be -----------------------------------------------------------------------------------------------


def test_entries_whose_conflicts_leave_one_judge_are_named_one_by_one():
    barred = frozenset({"j0", "j1", "j2"})
    asked = problem([*entries(2, barred=barred), Entry("free")], judges(4))
    answer = plan(asked)
    assert isinstance(answer, Infeasible)
    assert answer.blocks == tuple((Member(Kind.BARRED, one), Member(Kind.WANTED, one)) for one in ("e0", "e1"))
    assert dict(answer.able) == {"e0": 1, "e1": 1}
    assert checker.wrong_with_blocks(asked, answer) == []


def test_rule_of_units_blocks_where_all_judges_are_of_one():
    asked = problem(entries(1), judges(3, unit="1."))
    answer = plan(asked)
    assert isinstance(answer, Infeasible)
    assert [{one.kind for one in block} for block in answer.blocks] == [{Kind.WANTED, Kind.APART}]
    assert planned(replace(asked, rules=Rules(2, apart=False))).groups == 1


def test_ceiling_of_the_only_expert_blocks_exactly_one_entry_more_than_it_allows():
    seats = [*judges(3), Judge("nha", expertise=frozenset({"che"}))]
    asked = problem(entries(4, field="che"), seats, per_entry=1, ceiling=2)
    answer = plan(asked)
    assert isinstance(answer, Infeasible)
    (block,) = answer.blocks
    assert sorted(one.kind for one in block) == [Kind.CEILING, *[Kind.EXPERT] * 3]
    assert checker.wrong_with_blocks(asked, answer) == []


def test_judge_who_has_begun_and_is_barred_now_blocks():
    asked = problem([Entry("e0", barred=frozenset({"j0"}), begun=frozenset({"j0"}))], judges(4))
    answer = plan(asked)
    assert isinstance(answer, Infeasible)
    assert answer.blocks == ((Member(Kind.BARRED, "e0"),),)
    assert checker.wrong_with_blocks(asked, answer) == []


@pytest.mark.parametrize(
    ("cases", "seats", "per_entry"),
    [
        ([Entry("e"), Entry("e")], [], 1),
        ([], [Judge("j"), Judge("j")], 1),
        ([], [], 0),
        ([Entry("e", begun=frozenset({"gone"}))], [], 1),
    ],
)
def test_question_that_contradicts_itself_is_refused(cases, seats, per_entry):
    with pytest.raises(ValueError, match=r"id|judge"):
        problem(cases, seats, per_entry=per_entry)


def test_nothing_to_plan_is_a_plan():
    assert planned(problem([], judges(2))).pairs == ()
