"""Scorers of plugins: frozen by version at opening, looked at before they count, missed without loss."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.extensions import db
from core.judging import service as judging
from core.judging.models import Score
from core.judging.queries import current_scores, score_stages
from core.judging.rules import ScorerGone
from core.previews.reading import shown
from core.registry import Registry
from core.scaffold.plan import Plan
from core.scaffold.writing import folder_of, write
from core.scoring.canonical import SeasonChoices, season_document
from core.scoring.rules import Rules
from core.scoring.scorers import Scorer, ScorerFailed
from core.seasons import amending
from core.seasons.frozen import read_rules, rules_of
from core.testing.samples import extreme_sheets
from core.testing.season import Trial, installation
from core.testing.subject import find
from core.web.sentences import say

PLAN = Plan("cong-nhan-xanh", "Công nhân xanh", 2026)
HEAD = """
from decimal import Decimal
from core.api import Scorer, Score, hookimpl, score, with_total
THIDUA_API = (1, 1)
def made(version, fn):
    return Scorer(id="cong_nhan_xanh.rieng", version=version, movement="cong-nhan-xanh", sheet="phieu-cham", fn=fn)
"""
HALF = """
def half(rules, sheets, facts):
    found = score(rules, sheets, facts)
    return found if found.total is None else with_total(rules, found, found.total / 2)
"""
FIRST = HALF + "@hookimpl\ndef thidua_scorers():\n    return [made(1, half)]\n"
BOTH = HALF + "@hookimpl\ndef thidua_scorers():\n    return [made(2, lambda *given: score(*given)), made(1, half)]\n"


def plugin(folder: Path, code: str) -> Registry:
    """Return a registry with one plugin whose `__init__.py` is this code."""
    if not (folder / PLAN.module).exists():
        write(folder / PLAN.module, folder_of(PLAN, with_python=False))
    (folder / PLAN.module / "__init__.py").write_text(HEAD + code, "utf-8")
    return find(folder / PLAN.module).registry


@contextmanager
def judged(registry: Registry) -> Iterator[tuple[Any, Trial]]:
    """A season opened with these plugins, everything sealed and nothing computed yet."""
    with installation(registry) as app, app.test_request_context():
        trial = Trial(registry.movements[PLAN.slug])
        trial.open()
        trial.file_all()
        trial.judge_all()
        db.session.commit()
        read_rules.cache_clear()
        yield app, trial


def totals(trial: Trial) -> list[Any]:
    (stage,) = score_stages(trial.season)
    return [score.result["total"] for score in current_scores(stage)]


def test_a_season_goes_on_with_the_version_that_was_newest_when_it_opened(tmp_path: Path) -> None:
    with judged(plugin(tmp_path, FIRST)) as (app, trial):
        frozen = json.loads(trial.season.snapshot.canonical)["season"]["scorers"]["phieu-cham"]
        assert (frozen["id"], frozen["version"], len(frozen["code"])) == ("cong_nhan_xanh.rieng", "1", 64)
        newer = app.extensions["thidua_registry"] = plugin(tmp_path, BOTH)
        assert newer.frozen_scorers(PLAN.slug)["phieu-cham"].version == 2
        trial.rank()
        # Engine 1 says 100 and 70.
        assert totals(trial) == ["50", "35"]
        (checked,) = [judging.verify(trial.season)]
        assert (checked.differences, checked.scorers_gone) == ([], ())
        # Both versions stand in one file, so the newer one changed the code of the older.
        assert checked.scorers_changed == ("cong_nhan_xanh.rieng v1",)


def test_without_its_scorer_a_season_is_not_closed_by_another_arithmetic(tmp_path: Path) -> None:
    with judged(plugin(tmp_path, FIRST)) as (app, trial):
        app.extensions["thidua_registry"] = Registry()
        assert judging.disagreements(trial.season) == []
        with pytest.raises(ScorerGone) as refused:
            trial.rank()
        db.session.rollback()
        assert "hàm chấm riêng cong_nhan_xanh.rieng v1" in say(refused.value)
        assert trial.season.phase == "judging"
        assert db.session.query(Score).count() == 0


def test_a_scorer_that_raises_names_plugin_and_entry_and_loses_nothing(tmp_path: Path) -> None:
    with judged(plugin(tmp_path, FIRST)) as (app, trial):
        broken = FIRST.replace("found = score(rules, sheets, facts)", "found = 1 / 0")
        app.extensions["thidua_registry"] = plugin(tmp_path, broken)
        code = trial.entries[0].code
        with pytest.raises(ScorerFailed) as refused:
            trial.rank()
        db.session.rollback()
        said = say(refused.value)
        assert ["«cong_nhan_xanh»" in said, str(code) in said, "ZeroDivisionError" in said] == [True, True, True]
        assert (trial.season.phase, db.session.query(Score).count()) == ("judging", 0)


def test_the_rules_of_a_season_say_by_what_it_is_scored(tmp_path: Path) -> None:
    with judged(plugin(tmp_path, FIRST)) as (app, trial):
        page = app.test_client().get(f"/dot-xet/{trial.season.public_id}/quy-tac").text
        assert "hàm riêng cong_nhan_xanh.rieng v1" in page
        assert rules_of(trial.season).choices.scorers["phieu-cham"].code in page


def test_only_an_amendment_to_a_newer_version_moves_a_season_to_the_newest_scorer(tmp_path: Path) -> None:
    with judged(plugin(tmp_path, FIRST)) as (app, trial):
        rules = tmp_path / PLAN.module / "movement.toml"
        rules.write_text(rules.read_text("utf-8").replace("rules_version = 1", "rules_version = 2"), "utf-8")
        newer = app.extensions["thidua_registry"] = plugin(tmp_path, BOTH)
        kept = amending.propose(trial.season, quotas={"phieu-cham": {"nhi": {"quota": 9}}}).after
        assert kept.choices.scorers["phieu-cham"].version == 1
        moved = amending.propose(trial.season, movement=newer.movements[PLAN.slug])
        assert moved.after.choices.scorers["phieu-cham"].version == 2
        named = [(one.before, one.after) for one in moved.differences if one.key == "scorer"]
        assert named == [("cong_nhan_xanh.rieng v1", "cong_nhan_xanh.rieng v2")]


def test_a_preview_is_scored_as_a_season_would_be(tmp_path: Path) -> None:
    registry = plugin(tmp_path, FIRST)
    with installation(registry) as app, app.test_request_context():
        places = shown(registry.movements[PLAN.slug], "phieu-cham", "short").trial.places
        totals = [place.score.total for place in places if place.score.total is not None]
        assert max(totals) <= 50


def test_stored_results_are_counted_when_the_scorer_is_gone_and_compared_when_it_is_there(tmp_path: Path) -> None:
    with judged(plugin(tmp_path, FIRST)) as (app, trial):
        trial.rank()
        db.session.commit()
        app.extensions["thidua_registry"] = Registry()
        gone = judging.verify(trial.season)
        assert (gone.differences, gone.counts["scores"], gone.stored) == ([], 2, 2)
        assert gone.scorers_gone == ("cong_nhan_xanh.rieng v1",)
        app.extensions["thidua_registry"] = plugin(tmp_path, FIRST.replace("found.total / 2", "found.total / 4"))
        wrong = judging.verify(trial.season)
        assert {(one.code, one.facts.get("stored"), one.facts.get("computed")) for one in wrong.differences} >= {
            ("result_differs", "50", "25"),
            ("result_differs", "35", "17.5"),
        }
        assert wrong.scorers_changed == ("cong_nhan_xanh.rieng v1",)
        app.extensions["thidua_registry"] = plugin(tmp_path, FIRST.replace("found.total / 2", "found.total / 0"))
        assert {one.code for one in judging.verify(trial.season).differences} == {"scorer_failed"}


def test_seasons_without_a_scorer_freeze_the_bytes_they_always_did(tmp_path: Path) -> None:
    movement = plugin(tmp_path, "").movements[PLAN.slug]
    document = json.loads(season_document(movement, SeasonChoices()))
    assert sorted(document["season"]) == ["dates", "quotas", "sheets"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("42", "not Score"),
        ("replace(found, total=1.5)", "finite Decimals"),
        ("replace(found, total=Decimal('NaN'))", "finite Decimals"),
        ("replace(found, by_criterion={'la': Decimal(1)})", "unknown criteria la"),
        ("replace(found, status='great')", "unknown status"),
        ("replace(found, band='best')", "unknown band"),
        ("replace(found, columns={})", "columns must be"),
        ("replace(found, sheets={})", "sheets must be those"),
        ("with_total(rules, found, Decimal(len(seen)))", "two results"),
        ("with_total(rules, found, Decimal(sheets[0]['id'][-1]))", "two results"),
    ],
)
def test_an_answer_that_is_no_sound_score_is_refused(tmp_path: Path, answer: str, reason: str) -> None:
    code = (
        "from dataclasses import replace\nseen = []\ndef wrong(rules, sheets, facts):\n    seen.append(1)\n"
        f"    found = score(rules, sheets, facts)\n    return {answer}\n"
        "@hookimpl\ndef thidua_scorers():\n    return [made(1, wrong)]\n"
    )
    registry = plugin(tmp_path, code)
    subject = find(tmp_path / PLAN.module)
    rules = Rules.of(registry.movements[PLAN.slug], "phieu-cham")
    with pytest.raises(ScorerFailed) as refused:
        subject.scoring("phieu-cham")(rules, extreme_sheets(rules), {})
    assert reason in refused.value.reason


@pytest.mark.parametrize("wrong", [{"id": "Hoa"}, {"version": 0}, {"version": True}, {"fn": None}])
def test_a_scorer_that_could_not_be_frozen_is_refused(wrong: dict[str, Any]) -> None:
    sound = {"id": "a.b", "version": 1, "movement": "a", "sheet": "b", "fn": print}
    with pytest.raises((ValueError, TypeError)):
        Scorer(**{**sound, **wrong})
