"""Quotas of a tier: over the season, in each field of work, from each unit."""

from __future__ import annotations

import pytest

from core.awards.rules import Place, QuotaExceeded, check_quotas
from core.awards.words import citation_status
from core.scoring.movement import Tier
from core.web.sentences import say


def tier(**quotas: int) -> dict[tuple[str, str], Tier]:
    return {("phieu", "nhat"): Tier(id="nhat", title="Giải Nhất", **quotas)}


def places(*pairs: tuple[str, str], sheet: str = "phieu") -> list[Place]:
    return [Place(sheet, "nhat", field, unit) for field, unit in pairs]


@pytest.mark.parametrize(
    ("quotas", "given", "scope", "count", "sentence"),
    [
        (
            {"quota": 2}, places(("che", "1"), ("lua", "2"), ("y", "3")), "season", 3,
            "Giải Nhất có 3 hồ sơ trong cả đợt, chỉ được 2. Bỏ bớt hoặc chuyển sang hạng khác.",
        ),
        (
            {"quota_per_field": 1}, places(("che", "1"), ("che", "2"), ("y", "3")), "field", 2,
            "Giải Nhất có 2 hồ sơ trong một lĩnh vực, chỉ được 1. Bỏ bớt hoặc chuyển sang hạng khác.",
        ),
        (
            {"quota_per_unit": 1}, places(("che", "1"), ("lua", "2"), ("y", "2")), "unit", 2,
            "Giải Nhất có 2 hồ sơ trong một đơn vị, chỉ được 1. Bỏ bớt hoặc chuyển sang hạng khác.",
        ),
    ],
)  # fmt: skip
def test_a_tier_over_its_quota_is_named_with_scope_and_counts(app, quotas, given, scope, count, sentence):
    with pytest.raises(QuotaExceeded) as refused:
        check_quotas(given, tier(**quotas))
    error = refused.value
    assert (error.tier, error.scope, error.count) == ("Giải Nhất", scope, count)
    with app.test_request_context("/"):
        assert say(error) == sentence


@pytest.mark.parametrize(
    ("quotas", "given"),
    [
        ({"quota": 2}, places(("che", "1"), ("che", "1"))),
        ({"quota": 0}, []),
        ({"quota_per_field": 1}, places(("che", "1"), ("lua", "1"), ("", "1"))),
        ({"quota_per_unit": 1}, places(("che", "1"), ("che", "2"))),
        ({}, places(*[("che", "1")] * 9)),
        ({"quota": 1}, [*places(("che", "1")), *places(("che", "1"), sheet="phieu-khac")]),
    ],
)
def test_a_full_tier_one_without_a_quota_and_another_sheet_pass(quotas, given):
    check_quotas(given, tier(**quotas))


def test_a_tier_that_may_hold_nobody_holds_nobody():
    with pytest.raises(QuotaExceeded):
        check_quotas(places(("che", "1")), tier(quota=0))


def test_states_of_a_citation_have_their_words(app):
    with app.test_request_context("/"):
        assert [citation_status(state) for state in ("valid", "replaced", "revoked")] == [
            "Có hiệu lực", "Đã được thay thế", "Đã thu hồi",
        ]  # fmt: skip
