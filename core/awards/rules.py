"""Proposals, decisions, citations: their states, quotas and refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.errors import DomainError
from core.scoring.movement import Tier


class DecisionStatus(StrEnum):
    """A decision is prepared, then issued with number, date and signer."""

    DRAFT = "draft"
    ISSUED = "issued"


class CitationStatus(StrEnum):
    """What the verify page says of a citation."""

    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"


class DecisionNumberTaken(DomainError):
    """The number is used in this unit, series and year. Facts: label, year."""

    status = 409


class NothingProposed(DomainError):
    """A decision needs at least one proposal."""


class ProposalsOutdated(DomainError):
    """The rules were amended after these proposals were made. Facts: count, amended_at."""

    status = 409


class TieUnresolved(DomainError):
    """Equal entries compete for the last place of a tier. Facts: entries (codes)."""

    status = 409


class QuotaExceeded(DomainError):
    """More proposals than the tier's quota leaves. Facts: tier (title), quota, count, scope (season, field, unit)."""

    status = 409


class TierUnknown(DomainError):
    """The rules of the season have no such tier for this sheet. Facts: tier."""


class NotRanked(DomainError):
    """Only an entry that passed can be proposed. Facts: entry (code), standing."""


class CitationAlreadyRevoked(DomainError):
    """A citation is recalled once. Facts: code, on (date)."""

    status = 409


class AwardReasonMissing(DomainError):
    """A choice that the ranking does not make needs its reason."""


@dataclass(frozen=True, slots=True)
class Place:
    """One proposal as the quota counts it."""

    sheet: str
    tier: str
    field: str
    unit: str


def check_quotas(places: Iterable[Place], tiers: dict[tuple[str, str], Tier]) -> None:
    """Check that no tier holds more than its quotas: over the season, in each field, from each unit.

    :param tiers: tiers by (sheet, tier id), with the season's own quotas applied.
    :raise QuotaExceeded: naming the first tier that is over.
    """
    whole: Counter[tuple[str, str]] = Counter()
    fields: Counter[tuple[str, str, str]] = Counter()
    units: Counter[tuple[str, str, str]] = Counter()
    for place in places:
        key = (place.sheet, place.tier)
        whole[key] += 1
        fields[(*key, place.field)] += 1
        units[(*key, place.unit)] += 1
    for key, tier in tiers.items():
        over = (
            ("season", tier.quota, whole[key]),
            ("field", tier.quota_per_field, max((n for k, n in fields.items() if k[:2] == key), default=0)),
            ("unit", tier.quota_per_unit, max((n for k, n in units.items() if k[:2] == key), default=0)),
        )
        for scope, quota, count in over:
            if quota is not None and Decimal(count) > quota:
                raise QuotaExceeded(tier=tier.title, quota=int(quota), count=count, scope=scope)
