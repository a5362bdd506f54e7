"""Proposals, decisions, citations: their states and refusals."""

from __future__ import annotations

from enum import StrEnum

from core.errors import DomainError


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
    """The number is used in this unit, series and year. Facts: number, series, year."""

    status = 409


class NothingProposed(DomainError):
    """A decision needs at least one proposal."""


class TieUnresolved(DomainError):
    """Equal entries compete for the last place of a tier. Facts: tier, entries (codes)."""

    status = 409


class QuotaExceeded(DomainError):
    """More proposals than the tier's quota. Facts: tier (title), quota, count."""

    status = 409
