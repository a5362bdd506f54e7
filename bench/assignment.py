"""What an exact plan costs, against the even plan made by hand-written rules: python bench/assignment.py

2,000 entries × 150 judges × 3 with every condition: conflicts, one expert of the field, no two judges of one unit,
loads within one of each other, one connected graph. Each answer is judged by the checker of the tests, which shares
nothing with the solver.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core.matching import Plan, Problem, plan  # noqa: E402
from tests.matching import checker  # noqa: E402
from tests.matching.evenly import Case, Seat, plan_evenly  # noqa: E402
from tests.matching.problems import large_problem  # noqa: E402

PROMISE_SECONDS = 10.0
PROMISE_RATIO = 2.0
ROUNDS = 3


def evenly(problem: Problem) -> dict[str, frozenset[str]]:
    """Return the even plan of the same problem, as judges of each entry."""
    cases = [Case(one.id, one.id, one.field, one.barred) for one in problem.entries]
    seats = [Seat(one.id, one.id, one.panel, one.expertise, one.unit) for one in problem.judges]
    made = plan_evenly(cases, seats, {}, per_case=problem.rules.per_entry, seed=problem.seed)
    given: dict[str, set[str]] = {one.id: set() for one in problem.entries}
    for pair in made.pairs:
        given[pair.case].add(pair.seat)
    return {entry: frozenset(judges) for entry, judges in given.items()}


def main() -> int:
    """Make both plans of the same problems in turns; print seconds, ratio and what each leaves wrong."""
    exact, even, wrong, worst = [], [], 0, 0
    for number in range(ROUNDS):
        problem = large_problem(number, entries=2000, judges=150)
        began = time.perf_counter()
        answer = plan(problem)
        exact.append(time.perf_counter() - began)
        began = time.perf_counter()
        by_rules = evenly(problem)
        even.append(time.perf_counter() - began)
        assert isinstance(answer, Plan), answer
        pairs = checker.given(answer, problem)
        broken = checker.violations(problem, pairs)
        wrong += len(broken) + (checker.groups_of(pairs) != 1)
        loads = checker.loads_of(problem, pairs).values()
        worst = max(worst, max(loads) - min(loads))
        print(
            f"exact {exact[-1]:.2f} s, wrong {len(broken)}, spread {max(loads) - min(loads)}; "
            f"even plan {even[-1]:.2f} s, wrong {len(checker.violations(problem, by_rules))}"
        )
    ratio = sum(exact) / sum(even)
    print(
        f"slowest {max(exact):.2f} s (promise: {PROMISE_SECONDS}); ratio {ratio:.2f} (promise: at most {PROMISE_RATIO})"
    )
    kept = wrong == 0 and worst <= 1 and max(exact) <= PROMISE_SECONDS and ratio <= PROMISE_RATIO
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
