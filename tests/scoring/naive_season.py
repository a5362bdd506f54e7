"""Ranking, prizes and the check of an award, written a second time from the rules as text; no code of the core."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cmp_to_key

from tests.scoring import naive


def naive_rank(tables, sheet_id, entries):
    """Return order, ranks and prizes, in the shape of a rank vector's `expect`."""
    return _NaiveSeason(tables, sheet_id, entries).settle()


class _NaiveSeason:
    def __init__(self, tables, sheet_id, entries):
        self.rules = naive._Naive(tables, sheet_id)
        self.sheet = self.rules.sheet
        self.how = self.sheet.get("ranking", {})
        self.entries = {e["id"]: e for e in entries}
        self.notes = {e["id"]: [] for e in entries}
        self.prize = {e["id"]: None for e in entries}

    def passed(self, e):
        return e["score"]["status"] == "passed"

    def chain_value(self, e, step):
        if "criterion" in step:
            points = e["score"].get("by_criterion", {}).get(step["criterion"])
            return None if points is None else Fraction(points)
        fact = self.rules.facts[step["fact"]]
        value = (e.get("facts") or {}).get(step["fact"])
        value = fact.get("default") if value is None else value
        return None if value is None else self.rules.number(fact, value)

    def compare(self, a, b):
        """Return below 0 where a stands before b, 0 where nothing tells them apart."""
        steps = [(Fraction(a["score"]["total"]), Fraction(b["score"]["total"]), "high")]
        steps += [
            (self.chain_value(a, step), self.chain_value(b, step), step.get("prefer", "high"))
            for step in self.how.get("tie_break", [])
        ]
        for mine, other, prefer in steps:
            if mine == other:
                continue
            if mine is None or other is None:
                return 1 if mine is None else -1
            return -1 if (mine > other) == (prefer == "high") else 1
        return 0

    def in_order(self):
        ranked = sorted((e for e in self.entries.values() if self.passed(e)), key=lambda e: e["id"])
        ranked.sort(key=cmp_to_key(self.compare))
        rest = []
        for status in ("pending", "failed", "disqualified", "unscored"):
            group = [e for e in self.entries.values() if e["score"]["status"] == status]
            group.sort(key=lambda e: e["id"])
            with_total = [e for e in group if e["score"]["total"] is not None]
            with_total.sort(key=lambda e: Fraction(e["score"]["total"]), reverse=True)
            rest += with_total + [e for e in group if e["score"]["total"] is None]
        return ranked, rest

    def settle(self):
        ranked, rest = self.in_order()
        within = self.how.get("within", "season")
        ranks = {}
        for e in ranked:
            rivals = [o for o in ranked if within == "season" or (o.get(within) or "") == (e.get(within) or "")]
            ranks[e["id"]] = 1 + sum(1 for o in rivals if self.compare(o, e) < 0)
            if any(o is not e and self.compare(o, e) == 0 for o in rivals):
                self.notes[e["id"]].append("tied")
        self.give_prizes(ranked)
        return {
            "order": [e["id"] for e in ranked + rest],
            "entries": {
                e["id"]: {"rank": ranks.get(e["id"]), "tier": self.prize[e["id"]], "reasons": self.notes[e["id"]]}
                for e in ranked + rest
            },
        }

    def scopes(self, e):
        return {"quota": ("", ""), "quota_per_field": ("f", e.get("field") or ""),
                "quota_per_unit": ("u", e.get("unit") or "")}  # fmt: skip

    def give_prizes(self, ranked):
        self.left, self.waiting = {}, set()
        while ranked:
            group = [e for e in ranked if self.compare(e, ranked[0]) == 0]
            ranked = ranked[len(group) :]
            seekers = [e for e in group if self.may_have_one(e)]
            for tier in self.sheet.get("tiers", []):
                seekers = self.one_tier(tier, seekers)

    def may_have_one(self, e):
        notes = self.notes[e["id"]]
        if "vote" in self.how:
            vote = e.get("vote")
            if vote is None:
                notes.append("vote_pending")
            elif vote["base"] == 0 or Fraction(vote["for"], vote["base"]) < Fraction(str(self.how["vote"])):
                notes.append("vote_not_reached")
                return False
        if any(scope in self.waiting for scope in self.scopes(e).values()):
            notes.append("waits_for_tie")
            return False
        return True

    def counters(self, tier, e):
        keys = {(tier["id"], scope): tier[quota] for quota, scope in self.scopes(e).items() if quota in tier}
        for key, places in keys.items():
            self.left.setdefault(key, places)
        return list(keys)

    def one_tier(self, tier, seekers):
        later, here = [], []
        for e in seekers:
            reached = "min" not in tier or Fraction(e["score"]["total"]) >= Fraction(tier["min"])
            if not reached or (tier.get("bands") and e["score"]["band"] not in tier["bands"]):
                later.append(e)
            elif all(self.left[key] > 0 for key in self.counters(tier, e)):
                here.append(e)
            else:
                self.notes[e["id"]].append("quota_full:" + tier["id"])
                later.append(e)
        asked = [key for e in here for key in self.counters(tier, e)]
        crowded = {key for key in asked if asked.count(key) > self.left[key]}
        tied = [e for e in here if crowded & set(self.counters(tier, e))]
        for e in here:
            if e not in tied or self.how.get("tie_at_quota", "council") == "all":
                self.prize[e["id"]] = tier["id"]
                for key in self.counters(tier, e):
                    self.left[key] -= 1
        for e in tied:
            word = "over_quota:" if self.prize[e["id"]] else "quota_tie:"
            self.notes[e["id"]].append(word + tier["id"])
        if self.how.get("tie_at_quota", "council") == "none":
            self.left.update(dict.fromkeys(crowded, 0))
            return later + tied
        if self.how.get("tie_at_quota", "council") == "council":
            self.waiting |= {scope for _, scope in crowded}
        return later


def naive_award(tables, award_id, person, year, on, achievements):
    """Return every route to an award, in the shape of an award vector's `expect`."""
    award = next(a for a in tables["awards"] if a["id"] == award_id)
    day, reach = date.fromisoformat(on), ["co-so", "tren-co-so", "tinh", "toan-quoc"]
    mine = [row for row in award["thresholds"] if row["person"] == person]
    routes = []
    for route in dict.fromkeys(row["route"] for row in mine):
        begun = [row for row in mine if row["route"] == route and row["valid_from"] <= day]
        if not begun:
            continue
        row = max(begun, key=lambda r: r["valid_from"])
        if row.get("valid_to", day) < day:
            continue
        years = [year - back for back in range(row.get("window_years", 1))]
        counted = [
            a for a in achievements
            if a["recognised"] and a["year"] in years
            and row.get("solution_kind") in (None, a.get("kind"))
            and ("min_level" not in row or a.get("level") in reach[reach.index(row["min_level"]) :])
        ]  # fmt: skip
        value = sum((Fraction(str(a.get("value") or 0)) for a in counted), Fraction(0))
        missing = ["count"] if len(counted) < row.get("min_count", 1) else []
        if value < Fraction(row.get("min_value", 0)):
            missing.append("value")
        if row.get("every_year") and any(all(a["year"] != y for a in counted) for y in years):
            missing.append("every_year")
        routes.append({"route": route, "count": len(counted), "value": naive.show(value), "met": not missing,
                       "missing": missing})  # fmt: skip
    return {"qualifies": any(r["met"] for r in routes), "routes": routes}


def naive_expect(tables, vector):
    """Return what a vector of kind score, rank or award expects."""
    if vector["kind"] == "score":
        return naive.naive_score(tables, vector["sheet"], vector["sheets"], vector["facts"])
    if vector["kind"] == "rank":
        return naive_rank(tables, vector["sheet"], vector["entries"])
    wanted = ("award", "person", "year", "on", "achievements")
    return naive_award(tables, *(vector[key] for key in wanted))
