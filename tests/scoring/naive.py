"""A second scoring function, written apart from the engine: straight from the rules as text, slow, all in fractions.

It reads the plain tables of a `movement.toml` and fills in what it needs itself; it shares no code with the core.
"""

from __future__ import annotations

import math
import re
import tomllib
from decimal import Decimal
from fractions import Fraction

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


def load(text):
    """Return the tables of a movement file with exact numbers."""
    return tomllib.loads(text, parse_float=Decimal)


def naive_score(tables, sheet_id, filled, facts):
    """Return the whole result of one entry, in the shape of a score vector's `expect`."""
    return _Naive(tables, sheet_id).score(filled, facts)


def show(value):
    """Write a fraction to at most six decimals, half away from zero."""
    micro = abs(value) * 10**6
    whole = math.floor(micro)
    if micro - whole >= Fraction(1, 2):
        whole += 1
    text = f"{whole // 10**6}.{whole % 10**6:06d}".rstrip("0").rstrip(".")
    return text if value >= 0 or text == "0" else "-" + text


def rounded(value, rule):
    """Round to a multiple by counting whole units below and looking at what is left."""
    unit, mode = Fraction(rule["to"]), rule.get("mode", "half_up")
    below = math.floor(value / unit)
    rest = value / unit - below
    if mode == "up":
        return (below + (1 if rest > 0 else 0)) * unit
    if rest == Fraction(1, 2):
        if mode == "half_even":
            return (below if below % 2 == 0 else below + 1) * unit
        return (below + 1 if value > 0 else below) * unit
    return (below + 1 if rest > Fraction(1, 2) else below) * unit


class _Naive:
    def __init__(self, tables, sheet_id):
        self.facts = {f["id"]: f for f in tables.get("facts", [])}
        self.sheet = next(s for s in tables["sheets"] if s["id"] == sheet_id)
        self.columns = self.sheet.get("columns") or [{"id": "cham"}]
        self.official = self.sheet.get("official", self.columns[-1]["id"])
        self.order = []
        self._collect(self.sheet["criteria"])
        self.by_id = {c["id"]: c for c in self.order}

    def _collect(self, criteria):
        for c in criteria:
            self.order.append(c)
            self._collect(c.get("criteria", []))

    # -- the criteria ------------------------------------------------------------------------------------------

    def scored(self, c):
        return c.get("scored", True)

    def judged(self, c):
        return self.scored(c) and "value" not in c and "criteria" not in c

    def low(self, c):
        if "levels" in c:
            return min(Fraction(x.get("points", x.get("from"))) for x in c["levels"])
        if "criteria" in c:
            return sum((self.low(x) for x in c["criteria"] if self.scored(x)), Fraction(0))
        return Fraction(c.get("min", 0))

    def high(self, c):
        if "max" in c:
            return Fraction(c["max"])
        if "levels" in c:
            return max(Fraction(x.get("points", x.get("to"))) for x in c["levels"])
        return sum((self.high(x) for x in c["criteria"] if self.scored(x)), Fraction(0))

    # -- facts -------------------------------------------------------------------------------------------------

    def number(self, fact, value):
        kind = fact["kind"]
        if kind == "yesno":
            return {True: Fraction(1), False: Fraction(0)}[value] if isinstance(value, bool) else None
        if kind == "choice":
            ids = [c["id"] for c in fact["choices"]]
            return Fraction(ids.index(value)) if value in ids else None
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            return None
        if isinstance(value, str) and not NUMBER.fullmatch(value):
            return None
        number = Fraction(str(value))
        return None if kind == "count" and number != int(number) else number

    def read_facts(self, given):
        wanted = []
        for c in self.order:
            if "value" in c:
                wanted.append(c["value"]["fact"])
                share = c["value"].get("share_of")
                if share is not None:
                    wanted.append(c["value"]["fact"] + ".max" if share == "max" else share)
            wanted += [d["fact"] for d in c.get("deductions", [])]
        wanted += [g["fact"] for g in self.sheet.get("gates", []) if "fact" in g]
        known, reasons = {}, []
        for key in dict.fromkeys(wanted):
            name, _, most = key.partition(".")
            fact = self.facts[name]
            value = given.get(key)
            if value is None and not most:
                value = fact.get("default")
            if value is None:
                reasons.append("fact_missing:" + key)
                continue
            number = self.number(fact, value)
            bad = number is None or (fact["kind"] in ("count", "number") and number < Fraction(fact.get("min", 0)))
            if bad or (most and name in known and number < known[name]):
                reasons.append("fact_invalid:" + key)
            else:
                known[key] = number
        return known, reasons

    # -- sheets ------------------------------------------------------------------------------------------------

    def check(self, sheet):
        if sheet["column"] not in [c["id"] for c in self.columns]:
            return ["column_unknown"], {}
        problems, marks, mine = [], {}, set()
        for c in self.order:
            remark = not self.scored(c)
            if not (remark or self.judged(c)) or c.get("column", sheet["column"]) != sheet["column"]:
                continue
            mine.add(c["id"])
            mark = sheet["marks"].get(c["id"]) or {}
            blank = not (mark.get("comment") or "").strip()
            if remark:
                if mark.get("points") or mark.get("level"):
                    problems.append("mark_unknown:" + c["id"])
                if c.get("comment") == "always" and blank:
                    problems.append("comment_missing:" + c["id"])
                continue
            problem, points = self.one_mark(c, mark.get("points") or None, mark.get("level") or None, blank)
            if problem:
                problems.append(f"{problem}:{c['id']}")
            marks[c["id"]] = points
        problems += ["mark_unknown:" + i for i in sorted(sheet["marks"]) if i not in mine]
        return problems, marks

    def one_mark(self, c, points, level, blank):
        low, high = self.low(c), self.high(c)
        wrong = "mark_out_of_range"
        if "levels" in c:
            wrong = "points_outside_level"
            if level is None:
                return ("mark_missing" if points is None else "level_missing"), None
            picked = [x for x in c["levels"] if x["id"] == level]
            if not picked:
                return "level_unknown", None
            low = Fraction(picked[0].get("points", picked[0].get("from")))
            high = Fraction(picked[0].get("points", picked[0].get("to")))
            if points is None and "points" in picked[0]:
                points = str(picked[0]["points"])
        elif level is not None:
            return "level_unknown", None
        if points is None:
            return "mark_missing", None
        if not NUMBER.fullmatch(points):
            return "mark_not_number", None
        number = Fraction(points)
        if number < low or number > high:
            return wrong, None
        if "mark" in self.sheet.get("rounding", {}):
            number = rounded(number, self.sheet["rounding"]["mark"])
        step = Fraction(c.get("step", self.sheet.get("step", 1)))
        if number / step != int(number / step):
            return "mark_off_step", None
        rule = c.get("comment", "optional")
        if blank and (rule == "always" or (rule == "extremes" and number in (self.low(c), self.high(c)))):
            return "comment_missing", None
        return None, number

    # -- points ------------------------------------------------------------------------------------------------

    def needed(self, official):
        names = {c["column"] for c in self.order if self.scored(c) and "column" in c}
        if any(self.judged(c) and "column" not in c for c in self.order):
            names.add(official)
        return [c for c in self.columns if c["id"] in names]

    def short(self, by_column, official):
        def least(c):
            return c.get("min_sheets", max(1, 2 * c.get("drop", 0) + 1))

        return [c["id"] for c in self.needed(official) if len(by_column[c["id"]]) < least(c)]

    def combined(self, column, sheets, code, alone):
        method, n = column.get("method", "mean"), len(sheets)
        if method == "sum":
            return sum(s[code] for s in sheets)
        d = {"median": (n - 1) // 2, "trimmed_mean": column.get("drop", 0)}.get(method, 0)
        if alone:
            d = 0
        if column.get("over", "sheet") == "criterion":
            kept = sorted(s[code] for s in sheets)[d : n - d]
        else:
            in_order = sorted(sheets, key=lambda s: [sum(s.values()), *s.values()])
            kept = [s[code] for s in in_order[d : n - d]]
        return sum(kept) / Fraction(len(kept))

    def evaluate(self, by_column, official, known, alone=False):
        values, notes = {}, {}
        columns = {c["id"]: c for c in self.columns}

        def settle(c):
            if "criteria" in c:
                points = sum((settle(x) for x in c["criteria"] if self.scored(x)), Fraction(0))
                if c.get("clip") and points > self.high(c):
                    points, notes[c["id"]] = self.high(c), "clipped:" + c["id"]
            elif "value" in c:
                points = self.from_fact(c, known)
            else:
                name = c.get("column", official)
                points = self.combined(columns[name], by_column[name], c["id"], alone and name == official)
                points = self.deducted(c, points, known, notes)
                if "criterion" in self.sheet.get("rounding", {}):
                    points = rounded(points, self.sheet["rounding"]["criterion"])
            values[c["id"]] = Fraction(points)
            return Fraction(points)

        total = sum((settle(c) for c in self.sheet["criteria"] if self.scored(c)), Fraction(0))
        rule = self.sheet.get("rounding", {}).get("total", {"to": Decimal("0.01")})
        return values, notes, rounded(total, rule)

    def deducted(self, c, points, known, notes):
        taken = sum((Fraction(d["points"]) * known[d["fact"]] for d in c.get("deductions", [])), Fraction(0))
        if not c.get("deductions"):
            return points
        least = min(points, Fraction(c["floor"]) if "floor" in c else self.low(c))
        if points - taken < least:
            notes[c["id"]] = "floored:" + c["id"]
        return max(points - taken, least)

    def from_fact(self, c, known):
        rule, v = c["value"], known[c["value"]["fact"]]
        if "rate" in rule:
            points = Fraction(rule.get("base", 0)) + Fraction(rule["rate"]) * v
        elif "share_of" in rule:
            most = known[rule["fact"] + ".max" if rule["share_of"] == "max" else rule["share_of"]]
            points = Fraction(0) if most == 0 else self.high(c) * v / most
        else:
            points = self.low(c)
            for step in rule["steps"]:
                if Fraction(step["from"]) <= v:
                    points = Fraction(step["points"])
        points = max(self.low(c), min(self.high(c), points))
        return rounded(points, rule["round"]) if "round" in rule else points

    # -- the result --------------------------------------------------------------------------------------------

    def band(self, total):
        for band in self.sheet.get("bands", []):
            if total >= Fraction(band["min"]):
                return band["id"]
        return None

    def fact_fires(self, gate, known):
        if gate.get("fact") not in known:
            return False
        fact, v = self.facts[gate["fact"]], known[gate["fact"]]
        if "is" in gate:
            return v == self.number(fact, gate["is"])
        if "at_least" in gate:
            return v >= self.number(fact, gate["at_least"])
        return v < self.number(fact, gate["below"])

    def gate_fires(self, gate, values, total, known):
        if "fact" in gate:
            return self.fact_fires(gate, known)
        if "total_below" in gate:
            return total < Fraction(gate["total_below"])
        if "points_below" in gate:
            return any(values[c] < Fraction(gate["points_below"]) for c in gate["criteria"])
        inside = [c["id"] for c in self.sheet["criteria"] if self.scored(c) and not c.get("outside")]
        part = Fraction(str(gate["fraction_below"]))
        return any(values[c] < part * self.high(self.by_id[c]) for c in gate.get("criteria", inside))

    def score(self, filled, given):
        known, reasons = self.read_facts(given)
        all_gates = self.sheet.get("gates", [])
        knocked = any(g["effect"] == "disqualify" and self.fact_fires(g, known) for g in all_gates)
        sheets, by_column = {}, {c["id"]: [] for c in self.columns}
        for sheet in sorted(filled, key=lambda s: s["id"]):
            problems, marks = self.check(sheet)
            sheets[sheet["id"]] = {
                "valid": not problems,
                "total": None if problems else show(sum(marks.values(), Fraction(0))),
                "problems": problems,
            }
            if not problems:
                by_column[sheet["column"]].append(marks)
        invalid = ["sheet_invalid:" + i for i, s in sheets.items() if not s["valid"]]
        short = ["too_few_sheets:" + c for c in self.short(by_column, self.official)]
        totals = {
            c["id"]: None if reasons or self.short(by_column, c["id"]) else self.evaluate(by_column, c["id"], known)[2]
            for c in self.columns
        }
        result = {
            "columns": {c: None if t is None else show(t) for c, t in totals.items()},
            "sheets": sheets,
        }
        if reasons or short:
            fired = [g for g in all_gates if self.fact_fires(g, known)]
            return result | {
                "status": "disqualified" if knocked else "unscored",
                "total": None,
                "by_criterion": {},
                "band": None,
                "gates": [{"id": g["id"], "effect": g["effect"]} for g in fired],
                "reasons": reasons + invalid + short + [f"{g['effect']}:{g['id']}" for g in fired],
            }
        values, notes, total = self.evaluate(by_column, self.official, known)
        fired = [
            {"id": "min." + c["id"], "effect": c.get("below_min", "note")}
            for c in self.order
            if "min_pass" in c and values[c["id"]] < Fraction(c["min_pass"])
        ]
        fired += [g for g in all_gates if self.gate_fires(g, values, total, known)]
        band, capped = self.band(total), []
        ranks = [b["id"] for b in self.sheet.get("bands", [])]
        for gate in fired:
            if gate["effect"] == "cap" and band is not None and ranks.index(band) < ranks.index(gate["band"]):
                band = gate["band"]
                capped.append("capped:" + band)
        doubts = self.doubts(by_column, known)
        effects = [g["effect"] for g in fired]
        if knocked:
            status = "disqualified"
        elif doubts:
            status = "pending"
        elif "disqualify" in effects:
            status = "disqualified"
        else:
            status = "failed" if "fail" in effects else "passed"
        gap = self.sheet.get("disparity", {}).get("column_gap")
        gaps = [c for c, t in totals.items() if gap is not None and t is not None and abs(t - total) > Fraction(gap)]
        return result | {
            "status": status,
            "total": show(total),
            "by_criterion": {c: show(v) for c, v in values.items()},
            "band": None if status in ("disqualified", "failed") else band,
            "gates": [{"id": g["id"], "effect": g["effect"]} for g in fired],
            "reasons": invalid
            + [notes[c["id"]] for c in self.order if c["id"] in notes]
            + [f"{g['effect']}:{g['id']}" for g in fired]
            + capped
            + doubts
            + ["column_gap:" + c for c in gaps],
        }

    def doubts(self, by_column, known):
        rule, official = self.sheet.get("disparity", {}), by_column[self.official]
        if not 2 <= len(official) < rule.get("resolve_at", 3):
            return []
        alone = [self.evaluate(by_column | {self.official: [s]}, self.official, known, alone=True)[2] for s in official]
        found = []
        if rule.get("classes") and len({self.band(t) for t in alone}) > 1:
            found.append("third_judge:classes")
        if "spread" in rule and max(alone) - min(alone) > Fraction(rule["spread"]):
            found.append("third_judge:spread")
        return found
