"""The phases of a season, its dates and its codes: rules on plain values."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.seasons.rules import (
    CodePrefixWrong,
    DatesInWrongOrder,
    JudgingEndsTooEarly,
    MilestoneTooEarly,
    Phase,
    WrongPhase,
    YearOutOfRange,
    check_dates,
    check_prefix,
    check_year,
    next_phase,
    same_day_in,
    suggested_prefix,
)


def _day(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 10, 0, tzinfo=UTC)


def test_a_season_goes_through_its_life_in_order() -> None:
    phase = Phase.DRAFT
    passed = [phase]
    for verb in ("open", "start_judging", "close_judging", "decide", "publish"):
        phase = next_phase(verb, phase)
        passed.append(phase)
    assert passed == [Phase.DRAFT, Phase.OPEN, Phase.JUDGING, Phase.RANKED, Phase.DECIDED, Phase.PUBLISHED]


def test_a_ranked_season_can_go_back_to_judging() -> None:
    assert next_phase("reopen_judging", Phase.RANKED) == Phase.JUDGING


def test_a_verb_that_does_not_begin_here_is_refused_with_its_facts() -> None:
    with pytest.raises(WrongPhase) as refused:
        next_phase("publish", Phase.OPEN)
    assert (refused.value.verb, refused.value.phase) == ("publish", Phase.OPEN)


def test_dates_that_follow_each_other_pass() -> None:
    check_dates(_day(4, 1), _day(5, 15), _day(6, 10), [("published", _day(6, 25))])


def test_unknown_dates_are_not_compared() -> None:
    check_dates(None, _day(5, 15), None)
    check_dates(_day(5, 15), None, _day(4, 1))


def test_the_deadline_must_come_after_the_opening() -> None:
    with pytest.raises(DatesInWrongOrder):
        check_dates(_day(5, 15), _day(5, 15), None)


def test_judging_must_end_after_the_deadline() -> None:
    with pytest.raises(JudgingEndsTooEarly):
        check_dates(_day(4, 1), _day(5, 15), _day(5, 15))


def test_a_milestone_must_come_after_the_deadline_and_an_extension_need_not() -> None:
    check_dates(_day(4, 1), _day(5, 15), None, [("extension-1", _day(5, 15))])
    with pytest.raises(MilestoneTooEarly) as refused:
        check_dates(_day(4, 1), _day(5, 15), None, [("council", _day(5, 1))])
    assert refused.value.kind == "council"


@pytest.mark.parametrize("prefix", ["", "LDSTLDSTX", "ldst", "LĐST", "LD-ST", "LD1"])
def test_letters_before_the_codes_are_one_to_eight_capitals(prefix: str) -> None:
    with pytest.raises(CodePrefixWrong):
        check_prefix(prefix)


@pytest.mark.parametrize("year", [1999, 2100])
def test_a_year_must_be_one_that_two_digits_name(year: int) -> None:
    with pytest.raises(YearOutOfRange):
        check_year(year)


def test_suggested_letters_are_the_initials_made_unique() -> None:
    assert suggested_prefix("cai-tien-ky-thuat", []) == "CTKT"
    assert suggested_prefix("cai-tien-ky-thuat", ["CTKT"]) == "CTKTB"
    assert suggested_prefix("cai-tien-ky-thuat", ["CTKT", "CTKTB"]) == "CTKTC"
    assert suggested_prefix("1-2-3", []) == "HS"


def test_the_same_day_in_another_year() -> None:
    assert same_day_in(_day(5, 15), 1) == _day(5, 15, 2027)
    assert same_day_in(_day(2, 29, 2028), 1) == _day(2, 28, 2029)
    assert same_day_in(None, 1) is None
