"""Ranks and prizes of a season: a pure function of frozen rules and stored scores.

Source: the movement format, format 1, §5.1 and §5.2.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from core.scoring.facts import fact_number
from core.scoring.movement import TieBreak, Tier
from core.scoring.result import Score
from core.scoring.rules import Rules

# After the ranked ones, entries stand in this order.
_UNRANKED = ("pending", "failed", "disqualified", "unscored")

# What a counter of prizes counts: the season, one field or one unit. Entries of one scope share its places.
Scope = tuple[str, str]
# Sorts from best to worst; an absent value stands behind every other.
SortKey = tuple[tuple[bool, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Vote:
    """The votes for an entry, and of how many the rules count (all members, those present, valid ballots)."""

    for_: int
    base: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RankEntry:
    """What ranking knows of an entry: its score as written, where it belongs, its facts, its vote (None: not yet)."""

    id: str
    status: str
    total: Decimal | None
    by_criterion: Mapping[str, Decimal] = dataclasses.field(default_factory=dict)
    band: str | None = None
    field: str = ""
    unit: str = ""
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)
    vote: Vote | None = None

    @classmethod
    def of(cls, entry_id: str, score: Score, **known: Any) -> RankEntry:
        """Make an entry of a score; field, unit, facts and vote as keywords."""
        return cls(
            id=entry_id,
            status=score.status,
            total=score.total,
            by_criterion=score.by_criterion,
            band=score.band,
            **known,
        )

    @classmethod
    def from_mapping(cls, raw: Mapping[str, Any]) -> RankEntry:
        """Make an entry of `{id, score, field, unit, facts, vote: {for, base} | null}`, points as strings."""
        score, vote = raw["score"], raw.get("vote")
        total = score.get("total")
        return cls(
            id=raw["id"],
            status=score["status"],
            total=None if total is None else Decimal(total),
            by_criterion={code: Decimal(points) for code, points in score.get("by_criterion", {}).items()},
            band=score.get("band"),
            field=raw.get("field") or "",
            unit=raw.get("unit") or "",
            facts=raw.get("facts") or {},
            vote=None if vote is None else Vote(for_=int(vote["for"]), base=int(vote["base"])),
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an entry ends: its rank and its prize (None: none), and the reasons."""

    rank: int | None
    tier: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RankedSeason:
    """All entries in order, and the place of each by id."""

    order: tuple[str, ...]
    entries: Mapping[str, Placed]

    def as_dict(self) -> dict[str, Any]:
        """Return the ranking as plain values for JSON."""
        return {
            "order": list(self.order),
            "entries": {
                entry: {"rank": placed.rank, "tier": placed.tier, "reasons": list(placed.reasons)}
                for entry, placed in self.entries.items()
            },
        }


def rank(rules: Rules, entries: Iterable[RankEntry | Mapping[str, Any]]) -> RankedSeason:
    """Rank the entries of a season and give out its prizes, as a proposal to the council.

    :param entries: in any order; values or plain mappings.
    """
    given = [entry if isinstance(entry, RankEntry) else RankEntry.from_mapping(entry) for entry in entries]
    keys = {entry.id: _sort_key(rules, entry) for entry in given if entry.status == "passed"}
    ranked = sorted((entry for entry in given if entry.id in keys), key=lambda entry: (keys[entry.id], entry.id))
    others = sorted((entry for entry in given if entry.id not in keys), key=_unranked_key)
    reasons: dict[str, list[str]] = {entry.id: [] for entry in given}
    ranks = _ranks(rules, ranked, keys, reasons)
    prizes = _Prizes(rules, reasons)
    for _, group in groupby(ranked, key=lambda entry: keys[entry.id]):
        prizes.give(list(group))
    order = [*ranked, *others]
    return RankedSeason(
        order=tuple(entry.id for entry in order),
        entries={
            entry.id: Placed(ranks.get(entry.id), prizes.won.get(entry.id), tuple(reasons[entry.id])) for entry in order
        },
    )


def _sort_key(rules: Rules, entry: RankEntry) -> SortKey:
    total = None if entry.total is None else Fraction(entry.total)
    chain = rules.sheet.ranking.tie_break
    return (_part(total, high=True), *(_part(_chain_value(rules, entry, s), high=s.prefer == "high") for s in chain))


def _part(value: Fraction | None, *, high: bool) -> tuple[bool, Fraction]:
    if value is None:
        return True, Fraction(0)
    return False, -value if high else value


def _chain_value(rules: Rules, entry: RankEntry, step: TieBreak) -> Fraction | None:
    if step.criterion is not None:
        points = entry.by_criterion.get(step.criterion)
        return None if points is None else Fraction(points)
    fact = rules.facts[step.fact or ""]
    value = entry.facts.get(fact.id)
    return fact_number(fact, fact.default if value is None else value)


def _unranked_key(entry: RankEntry) -> tuple[int, bool, Fraction, str]:
    place = _UNRANKED.index(entry.status) if entry.status in _UNRANKED else len(_UNRANKED)
    return (place, entry.total is None, -Fraction(entry.total or 0), entry.id)


def _ranks(
    rules: Rules, ranked: Sequence[RankEntry], keys: Mapping[str, SortKey], reasons: Mapping[str, list[str]]
) -> dict[str, int]:
    """Count «1-2-2-4» within the season, each field or each unit, and note who shares a rank."""
    within = rules.sheet.ranking.within
    groups: dict[str, list[RankEntry]] = {}
    for entry in ranked:
        groups.setdefault("" if within == "season" else getattr(entry, within), []).append(entry)
    ranks: dict[str, int] = {}
    for members in groups.values():
        sharing = Counter(keys[entry.id] for entry in members)
        before = 0
        for key, group in groupby(members, key=lambda entry: keys[entry.id]):
            for entry in group:
                ranks[entry.id] = before + 1
                if sharing[key] > 1:
                    reasons[entry.id].append("tied")
            before += sharing[key]
    return ranks


class _Prizes:
    """Gives out the tiers to groups of equal entries, best group first, and keeps the counters."""

    def __init__(self, rules: Rules, reasons: Mapping[str, list[str]]) -> None:
        self.sheet = rules.sheet
        self.reasons = reasons
        self.won: dict[str, str] = {}
        self.used: Counter[tuple[str, Scope]] = Counter()
        self.closed: set[tuple[str, Scope]] = set()
        self.waiting: set[Scope] = set()

    def give(self, group: Sequence[RankEntry]) -> None:
        """Give every member of one group of equals the highest tier that it fits and that has room."""
        seekers = [entry for entry in group if self._may_seek(entry)]
        for tier in self.sheet.tiers:
            seekers = self._give_tier(tier, seekers)

    def _may_seek(self, entry: RankEntry) -> bool:
        majority = self.sheet.ranking.vote
        if majority is not None and entry.vote is None:
            self.reasons[entry.id].append("vote_pending")
        elif majority is not None and entry.vote is not None and not _carried(entry.vote, majority):
            self.reasons[entry.id].append("vote_not_reached")
            return False
        if self.waiting.intersection({("season", ""), ("field", entry.field), ("unit", entry.unit)}):
            self.reasons[entry.id].append("waits_for_tie")
            return False
        return True

    def _give_tier(self, tier: Tier, seekers: Sequence[RankEntry]) -> list[RankEntry]:
        """Serve one tier; return who goes on to the next one."""
        onward: list[RankEntry] = []
        contenders: list[RankEntry] = []
        for entry in seekers:
            if not _fits(tier, entry):
                onward.append(entry)
            elif any(self._left(tier, scope) <= 0 for scope in _counters(tier, entry)):
                self.reasons[entry.id].append(f"quota_full:{tier.id}")
                onward.append(entry)
            else:
                contenders.append(entry)
        wanted = Counter(scope for entry in contenders for scope in _counters(tier, entry))
        crowded = {scope for scope, count in wanted.items() if count > self._left(tier, scope)}
        # Members outside a crowded counter are served first.
        for entry in contenders:
            if crowded.isdisjoint(_counters(tier, entry)):
                self._win(tier, entry)
        stuck = [entry for entry in contenders if entry.id not in self.won]
        return onward + self._settle_tie(tier, stuck, crowded)

    def _settle_tie(self, tier: Tier, stuck: Sequence[RankEntry], crowded: set[Scope]) -> list[RankEntry]:
        """Do what the rules say when more equals want a tier than it has places; return who goes on."""
        mode = self.sheet.ranking.tie_at_quota
        for entry in stuck:
            if mode == "all":
                self._win(tier, entry)
                self.reasons[entry.id].append(f"over_quota:{tier.id}")
            else:
                self.reasons[entry.id].append(f"quota_tie:{tier.id}")
        if mode == "none":
            self.closed |= {(tier.id, scope) for scope in crowded}
            return list(stuck)
        if mode == "council":
            self.waiting |= crowded
        return []

    def _win(self, tier: Tier, entry: RankEntry) -> None:
        self.won[entry.id] = tier.id
        self.used.update((tier.id, scope) for scope in _counters(tier, entry))

    def _left(self, tier: Tier, scope: Scope) -> int:
        if (tier.id, scope) in self.closed:
            return 0
        quota = {"season": tier.quota, "field": tier.quota_per_field, "unit": tier.quota_per_unit}[scope[0]]
        assert quota is not None
        return quota - self.used[tier.id, scope]


def _carried(vote: Vote, majority: Fraction) -> bool:
    return vote.base > 0 and vote.for_ >= majority * vote.base


def _fits(tier: Tier, entry: RankEntry) -> bool:
    if tier.min is not None and (entry.total is None or entry.total < tier.min):
        return False
    return not tier.bands or entry.band in tier.bands


def _counters(tier: Tier, entry: RankEntry) -> list[Scope]:
    """Return the counters that a prize of this tier takes a place from."""
    scopes = [("season", ""), ("field", entry.field), ("unit", entry.unit)]
    quotas = (tier.quota, tier.quota_per_field, tier.quota_per_unit)
    return [scope for scope, quota in zip(scopes, quotas, strict=True) if quota is not None]
