"""The sample data hold together: every reference exists, nobody judges at home, and the seasons end as they say."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import date
from fractions import Fraction
from functools import cache
from math import floor
from pathlib import Path
from typing import Any

import pytest

from core.accounts.rules import Role
from core.people.rules import MembershipKind, Sex
from core.registry import PLUGINS, Registry
from core.scoring.engine1 import score
from core.scoring.movement import Movement
from core.scoring.ranking import rank
from core.scoring.result import Score
from core.scoring.rules import Rules

CORE_DATA = PLUGINS.parent / "core" / "demo" / "data"
REGISTRY = Registry.load(entry_points=False, strict=True)
MOVEMENTS = [
    pytest.param(movement, id=movement.id)
    for movement in REGISTRY.movements.values()
    if (PLUGINS / movement.id.replace("-", "_") / "demo").is_dir()
]


@cache
def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def tree() -> dict[str, dict[str, Any]]:
    return {unit["code"]: unit for unit in read(CORE_DATA / "tree.toml")["units"]}


def people() -> dict[str, dict[str, Any]]:
    return {person["code"]: person for person in read(CORE_DATA / "people.toml")["people"]}


def entries(movement: Movement) -> dict[str, dict[str, Any]]:
    path = PLUGINS / movement.id.replace("-", "_") / "demo" / "entries.toml"
    return {entry["key"]: entry for entry in read(path)["entries"]}


def seasons(movement: Movement) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(PLUGINS / movement.id.replace("-", "_") / "demo" / "seasons.toml")["seasons"]
    return found


def base_unit(code: str) -> str:
    """The grassroots union, office or board to which a unit or team belongs."""
    unit = tree()[code]
    while unit["kind"] in {"to-cd", "cdbp"}:
        unit = tree()[unit["parent"]]
    return str(unit["code"])


# --- The tree and the people ----------------------------------------------------------------------------------------


def test_every_unit_stands_below_a_kind_that_may_be_above_it() -> None:
    kinds = {kind["code"]: kind for kind in read(CORE_DATA / "tree.toml")["kinds"]}
    seen: dict[str, str] = {}
    for code, unit in tree().items():
        if "parent" in unit:
            assert seen[unit["parent"]] in kinds[unit["kind"]]["parents"], code
        seen[code] = unit["kind"]
    assert [code for code, unit in tree().items() if "parent" not in unit] == ["tld"]


def test_every_closed_unit_has_a_successor_that_is_still_open() -> None:
    closed = {code: unit for code, unit in tree().items() if "valid_to" in unit}
    assert len(closed) == 20
    for code, unit in closed.items():
        assert unit["successors"], code
        assert [after for after in unit["successors"] if "valid_to" in tree()[after]] == []
        assert unit["close_reason"]
        assert unit["valid_to"] > unit["valid_from"]


def test_only_a_family_shares_a_phone() -> None:
    counts = Counter(person["phone"] for person in people().values())
    shared = sorted(code for code, person in people().items() if counts[person["phone"]] > 1)
    assert shared == ["lo-thi-en", "tao-van-im"]
    assert all(people()[code]["shared_phone"] for code in shared)
    assert [p["phone"] for p in people().values() if len(p["phone"]) != 10 or not p["phone"].startswith("0900")] == []


def test_people_use_the_words_of_the_core() -> None:
    assert len(people()) >= 120
    for code, person in people().items():
        assert person["unit"] in tree(), code
        assert "valid_to" not in tree()[person["unit"]], code
        assert person["since"] >= tree()[person["unit"]]["valid_from"], code
        Sex(person["sex"])
        MembershipKind(person["membership"])
        assert ("member_code" in person) == (person["membership"] == "member"), code
        assert person["person_kind"] in {"cn", "ch", "ld"}
        for past in person.get("past", []):
            assert past["to"] <= tree()[past["unit"]]["valid_to"]
        for role in person.get("roles", []):
            Role(role["role"])
            assert role["unit"] in tree()
    codes = [p["member_code"] for p in people().values() if "member_code" in p]
    codes += [past["member_code"] for p in people().values() for past in p.get("past", [])]
    assert len(set(codes)) == len(codes)


def test_there_is_one_printed_account_per_role() -> None:
    printed = {person["demo_account"]: person["phone"] for person in people().values() if "demo_account" in person}
    assert printed == {
        "worker": "0900000001",
        "officer": "0900000002",
        "upper_officer": "0900000003",
        "judge": "0900000004",
        "organiser": "0900000005",
        "admin": "0900000006",
    }


def test_every_grassroots_unit_of_today_has_an_officer() -> None:
    kinds = {"cdcs", "nghiep-doan", "cd-xa", "co-quan"}
    led = {role["unit"] for p in people().values() for role in p.get("roles", []) if role["role"] == "officer"}
    today = {code for code, unit in tree().items() if unit["kind"] in kinds and "valid_to" not in unit}
    assert today - led == set()


def test_the_core_data_name_no_movement() -> None:
    words = [word for movement in REGISTRY.movements.values() for word in (movement.id, movement.title)]
    for name in ("tree.toml", "people.toml"):
        text = (CORE_DATA / name).read_text("utf-8")
        assert [word for word in words if word in text] == []


# --- The entries of each movement -----------------------------------------------------------------------------------


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_every_answer_has_a_question_and_its_kind(movement: Movement) -> None:
    fields = {field.id: field for field in movement.form.fields}
    kinds = {"yesno": bool, "money": int, "date": date}
    for key, entry in entries(movement).items():
        for field_id, value in entry["answers"].items():
            field = fields[field_id]
            assert type(value) is kinds.get(field.kind, str), (key, field_id)
            if field.kind == "choice":
                assert value in {choice.id for choice in field.choices}, (key, field_id)
            if field.max_length is not None:
                assert len(value) <= field.max_length
        assert set(entry.get("facts", {})) <= {fact.id for fact in movement.facts}
        assert {file["field"] for file in entry.get("files", [])} <= set(fields)


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_every_entry_names_a_unit_and_its_people(movement: Movement) -> None:
    for key, entry in entries(movement).items():
        assert entry["subject"] in movement.subjects
        assert entry["unit"] in tree()
        if entry["subject"] == "initiative":
            shares = [author["share"] for author in entry["authors"]]
            assert sum(shares) == 100, key
            assert [author["lead"] for author in entry["authors"]].count(True) == 1, key
            assert {author["person"] for author in entry["authors"]} <= set(people())
        elif entry["subject"] == "person":
            assert people()[entry["person"]]["unit"] == entry["unit"]
        else:
            assert entry["collective"]


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_only_drafts_and_returned_entries_lack_required_answers(movement: Movement) -> None:
    files = {field.id for field in movement.form.fields if field.kind == "file"}
    required = [field for field in movement.form.fields if field.required]
    for season in seasons(movement):
        for placed in season["entries"]:
            if placed.get("state") == "draft":
                continue
            entry = entries(movement)[placed["key"]]
            given = set(entry["answers"]) | {file["field"] for file in entry.get("files", [])}
            asked = {f.id for f in required if f.show_if is None or entry["answers"].get(f.show_if.field) is True}
            assert asked - given == set(), placed["key"]
            assert not files & set(entry["answers"])


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_every_entry_stands_in_one_season(movement: Movement) -> None:
    placed = [entry["key"] for season in seasons(movement) for entry in season["entries"]]
    assert sorted(placed) == sorted(entries(movement))
    assert [season["phase"] for season in seasons(movement)] == ["open", "judging", "published"]
    assert len({(s["owner"], s["code_prefix"], s["year"]) for s in seasons(movement)}) == 3


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_entries_come_inside_the_dates_of_their_season(movement: Movement) -> None:
    months = {rule.field: rule.months for rule in movement.eligibility if rule.test == "within_months"}
    for season in seasons(movement):
        for placed in season["entries"]:
            at = placed.get("submitted_at")
            assert (at is None) == (placed.get("state") == "draft")
            if at is None:
                continue
            assert season["opens_at"] <= at <= season["closes_at"], placed["key"]
            answers = entries(movement)[placed["key"]]["answers"]
            for field_id, limit in months.items():
                assert limit == 12
                first = answers[field_id]
                assert first <= at.date() <= first.replace(year=first.year + 1), placed["key"]


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_nobody_judges_an_entry_of_the_own_unit(movement: Movement) -> None:
    for season in seasons(movement):
        for placed in season["entries"]:
            entry = entries(movement)[placed["key"]]
            own = {author["person"] for author in entry.get("authors", [])} | {entry.get("person")}
            homes = {base_unit(entry["unit"])} | {base_unit(people()[each]["unit"]) for each in own if each}
            judges = [sheet["judge"] for sheet in placed.get("sheets", []) if "judge" in sheet]
            assert set(judges) <= set(season["judges"])
            assert len(judges) == len(set(judges))
            assert [judge for judge in judges if judge in own or base_unit(people()[judge]["unit"]) in homes] == []
            recused = {each["judge"] for each in placed.get("recused", [])}
            assert not recused & set(judges)


# --- How the seasons come out ---------------------------------------------------------------------------------------


def aimed_marks(rules: Rules, column: str, target: int) -> dict[str, dict[str, str]]:
    """The marks that the head of seasons.toml derives from a quality: whole, in range, summing to the target."""
    marks: dict[str, dict[str, str]] = {}
    upto = before = 0
    for criterion in rules.filled_by(column):
        judged = rules.judged[criterion.id]
        upto += int(judged.highest)
        now = floor(Fraction(upto * target, 100) + Fraction(1, 2))
        points, before = now - before, now
        marks[criterion.id] = {"points": str(points), "comment": "Có nhận xét."}
        if judged.levels:
            marks[criterion.id]["level"] = next(
                id_ for id_, level in judged.levels.items() if level.lowest <= points <= level.highest
            )
    return marks


def sealed_sheets(rules: Rules, placed: dict[str, Any]) -> list[dict[str, Any]]:
    sheets, judges = [], 0
    for filled in placed["sheets"]:
        if "judge" in filled:
            aim, column = placed["quality"] + (0, -2, 2, -1, 1)[judges], rules.official
            judges += 1
        else:
            column = filled["column"]
            aim = placed["quality"] + {"self": 4, "unit": 1}[next(c.by for c in rules.sheet.columns if c.id == column)]
        if filled["sheet"] == "sealed":
            marks = aimed_marks(rules, column, max(0, min(100, aim)))
            sheets.append({"id": filled.get("judge", column), "column": column, "marks": marks})
    return sheets


def scored(movement: Movement, season: dict[str, Any]) -> dict[str, tuple[str, Score]]:
    """The sheet and the score of every entry of a season."""
    found = {}
    for placed in season["entries"]:
        entry = entries(movement)[placed["key"]]
        sheets = [sheet for chosen in season["sheets"].values() for sheet in chosen]
        sheet = next(each for each in sheets if movement.sheet(each).subject == entry["subject"])
        rules = Rules.of(movement, sheet)
        found[placed["key"]] = sheet, score(rules, sealed_sheets(rules, placed), entry.get("facts", {}))
    return found


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_the_judged_season_is_about_half_done(movement: Movement) -> None:
    season = next(each for each in seasons(movement) if each["phase"] == "judging")
    states = Counter(sheet["sheet"] for placed in season["entries"] for sheet in placed["sheets"])
    assert 0.4 <= states["sealed"] / states.total() <= 0.65
    assert states["draft"] >= 1
    statuses = Counter(result.status for _, result in scored(movement, season).values())
    assert statuses["unscored"] >= 3
    assert statuses["passed"] >= 1


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_the_published_season_has_prizes_a_refusal_and_nothing_open(movement: Movement) -> None:
    season = next(each for each in seasons(movement) if each["phase"] == "published")
    results = scored(movement, season)
    assert {result.status for _, result in results.values()} <= {"passed", "failed", "disqualified"}
    assert [key for key, (_, result) in results.items() if not all(s.valid for s in result.sheets.values())] == []
    placed = {each["key"]: each for each in season["entries"]}
    members = len(season["council"])
    for sheet in {sheet for sheet, _ in results.values()}:
        ranked = rank(
            Rules.of(movement, sheet),
            [
                {
                    "id": key,
                    "score": result.as_dict(),
                    "field": entries(movement)[key]["answers"]["linh-vuc"],
                    "unit": entries(movement)[key]["unit"],
                    "facts": {},
                    "vote": {"for": placed[key]["vote"]["for"], "base": members},
                }
                for key, (own, result) in results.items()
                if own == sheet
            ],
        ).as_dict()["entries"]
        tiers = [tier.id for tier in movement.sheet(sheet).tiers]
        given = {each["tier"] for each in ranked.values()} - {None}
        assert given == set(tiers) if len(ranked) > 2 else given <= set(tiers)
        assert not [key for key, each in ranked.items() if {"waits_for_tie", "vote_pending"} & set(each["reasons"])]
    votes = [sum(each["vote"].get(word, 0) for word in ("for", "against", "blank")) for each in placed.values()]
    assert set(votes) == {members}
    assert any(result.status != "passed" for _, result in results.values())
