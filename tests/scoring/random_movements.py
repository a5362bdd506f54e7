"""Random movements that are valid by construction, with every part of the format, and how one is written as TOML."""

from __future__ import annotations

import json
import os
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# How often each property is tried. Without the variable the trials are always the same ones; with it they are new.
TRIALS = int(os.environ.get("THIDUA_TRIALS", "120"))
TRY = settings(
    max_examples=TRIALS,
    deadline=None,
    derandomize="THIDUA_TRIALS" not in os.environ,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)

Table = dict[str, Any]

# Accents joined and apart, quotes, line ends of two systems, an outer blank, a sign beyond the first plane.
TEXTS = ["Điểm", "Tie\u0302\u0301ng", 'Nói «"\\"»', "Một\nhai", "Một\r\nhai", " có lề ", "🏅", "a\u007fb", "x" * 300]
DAY = date(2026, 1, 1)


class Raw(str):
    """A value that stands in the file as it is."""

    __slots__ = ()


def to_toml(tables: Any) -> str:
    """Write tables as a file: plain keys first, then `[table]` and `[[table]]`, everything below in one line."""
    plain, sections = [], []
    for key, value in tables.items():
        if isinstance(value, dict):
            sections += [f"[{_key(key)}]", *_lines(value)]
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            for item in value:
                sections += [f"[[{_key(key)}]]", *_lines(item)]
        else:
            plain.append(f"{_key(key)} = {_inline(value)}")
    return "\n".join([*plain, *sections]) + "\n"


def _lines(table: Table) -> list[str]:
    return [f"{_key(key)} = {_inline(value)}" for key, value in table.items()]


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\u007f", "\\u007f")


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(_lines(value)) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(value).lower().replace("infinity", "inf")
    return value.isoformat() if isinstance(value, date) else str(value)


@st.composite
def movements(draw: st.DrawFn) -> Table:
    """Make the tables of one valid movement."""
    return _Maker(draw).movement()


class _Maker:
    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.fields: list[Table] = []
        self.facts: list[Table] = []

    # -- small choices -----------------------------------------------------------------------------------------

    def chance(self, one_in: int = 2) -> bool:
        return self.draw(st.integers(1, one_in)) == 1

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def one(self, choices: Any) -> Any:
        return self.draw(st.sampled_from(list(choices)))

    def some(self, choices: list[Any]) -> list[Any]:
        """Return at least one of the choices, each once."""
        return self.draw(st.lists(st.sampled_from(choices), min_size=1, max_size=3, unique_by=str))

    def decimal(self, low: int, high: int) -> Decimal:
        return Decimal(self.number(low * 100, high * 100)) / 100

    def day(self) -> date:
        return DAY + timedelta(days=self.number(0, 900))

    def named(self, prefix: str, position: int) -> Table:
        return {"id": f"{prefix}{position}", "title": self.one(TEXTS)}

    def maybe(self, table: Table, key: str, value: Any, one_in: int = 3) -> None:
        """Give a table a key now and then; `value` makes it."""
        if self.chance(one_in):
            table[key] = value()

    def source(self) -> Table:
        table = {"document": self.one(TEXTS), "mark": self.one(["V", "V2", "D", "UNVERIFIED"])}
        self.maybe(table, "article", lambda: self.one(TEXTS))
        self.maybe(table, "date", self.day)
        return table

    def choices(self) -> list[Table]:
        return [{"id": f"l{n}", "title": self.one(TEXTS)} for n in range(self.number(2, 4))]

    # -- the movement ------------------------------------------------------------------------------------------

    def movement(self) -> Table:
        head = {
            "id": "phong-trao",
            "title": self.one(TEXTS),
            "subjects": self.some(["initiative", "person", "collective"]),
            "rules_version": self.number(1, 9),
            "effective_from": DAY,
            "legal_basis": [self.source() for _ in range(self.number(1, 2))],
        }
        self.maybe(head, "summary", lambda: self.one(TEXTS))
        self.maybe(head, "effective_to", lambda: DAY + timedelta(days=self.number(1, 900)))
        tables: Table = {"format": 1, "movement": head}
        self.maybe(tables, "form", self.form, 1)
        self.facts = [self.fact(n) for n in range(self.number(1, 3))]
        sheets = [self.sheet(n) for n in range(self.number(1, 2))]
        parts = {
            "facts": self.facts,
            "eligibility": [self.eligibility(n) for n in range(self.number(0, 2))],
            "stages": [self.stage(n, sheets) for n in range(self.number(0, 3))],
            "sheets": sheets,
            "awards": [self.award(n) for n in range(self.number(0, 1))],
        }
        return tables | {key: value for key, value in parts.items() if value}

    def form(self) -> Table:
        for n in range(self.number(0, 4)):
            self.fields.append(self.field(n))
        form: Table = {"fields": self.fields} if self.fields else {}
        if self.chance():
            form["authors"] = authors = {}
            self.maybe(authors, "max", lambda: self.number(1, 12))
            self.maybe(authors, "shares", self.chance)
            self.maybe(authors, "share_step", lambda: self.one([5, Decimal("0.5")]))
            self.maybe(authors, "lead", self.chance)
        return form

    def field(self, n: int) -> Table:
        kinds = ["text", "longtext", "number", "money", "date", "choice", "choices", "yesno", "file"]
        field = self.named("f", n) | {"kind": self.one(kinds)}
        kind = field["kind"]
        for key in ("required", "confidential", "identifies"):
            self.maybe(field, key, self.chance, 4)
        for key in ("help", "section"):
            self.maybe(field, key, lambda: self.one(TEXTS), 4)
        if kind in {"number", "money"}:
            self.maybe(field, "min", lambda: self.decimal(-5, 5))
            self.maybe(field, "max", lambda: self.decimal(6, 9))
        elif kind in {"text", "longtext"}:
            self.maybe(field, "max_length", lambda: self.number(1, 6000))
        elif kind == "file":
            self.maybe(field, "max_files", lambda: self.number(1, 9))
            self.maybe(field, "max_mb", lambda: self.number(1, 50), 1)
            self.maybe(field, "extensions", lambda: self.some(["pdf", "jpg", "docx"]), 1)
        elif kind in {"choice", "choices"}:
            field["choices"] = self.choices()
        asked = [other for other in self.fields if other["kind"] != "file"]
        if asked and self.chance(3):
            earlier = self.one(asked)
            field["show_if"] = {"field": earlier["id"], "is": self.answer(earlier)}
        return field

    def answer(self, field: Table) -> Any:
        if field["kind"] in {"choice", "choices"}:
            return self.one(field["choices"])["id"]
        makers = {"number": lambda: self.decimal(-5, 9), "money": lambda: self.number(0, 10**11), "date": self.day,
                  "yesno": self.chance}  # fmt: skip
        return makers.get(field["kind"], lambda: self.one(TEXTS))()

    def fact(self, n: int) -> Table:
        fact = self.named("su-kien-", n) | {"kind": self.one(["count", "number", "yesno", "choice"])}
        self.maybe(fact, "by", lambda: self.one(["organiser", "unit", "system"]))
        if self.fields and self.chance(4):
            fact |= {"by": "field", "field": self.one(self.fields)["id"]}
        if fact["kind"] == "choice":
            fact["choices"] = self.choices()
        if fact["kind"] in {"count", "number"}:
            self.maybe(fact, "min", lambda: self.number(-2, 2))
        self.maybe(fact, "default", lambda: self.fact_value(fact))
        return fact

    def fact_value(self, fact: Table) -> Any:
        if fact["kind"] == "choice":
            return self.one(fact["choices"])["id"]
        makers = {"yesno": self.chance, "count": lambda: self.number(2, 9), "number": lambda: self.decimal(2, 9)}
        return makers[fact["kind"]]()

    def eligibility(self, n: int) -> Table:
        rule = self.named("dk", n)
        self.maybe(rule, "effect", lambda: self.one(["block", "warn"]))
        self.maybe(rule, "source", self.source)
        dates = [field for field in self.fields if field["kind"] == "date"]
        asked = [field for field in self.fields if field["kind"] != "file"]
        tests = ["member", "tenure", "unit_kind", "not_awarded"]
        tests += ["field_is"] * bool(asked) + ["date_window", "within_months"] * bool(dates)
        rule["test"] = test = self.one(tests)
        if test == "field_is":
            field = self.one(asked)
            rule |= {"field": field["id"], "is": self.answer(field)}
        elif test == "date_window":
            start = self.day()
            rule |= {"field": self.one(dates)["id"], "from": start, "to": start + timedelta(days=self.number(1, 400))}
        elif test == "within_months":
            rule |= {"field": self.one(dates)["id"], "months": self.number(1, 24)}
        else:
            rule |= {
                "member": {},
                "tenure": {"months": 6},
                "unit_kind": {"units": ["cdcs", "ldld-tinh"]},
                "not_awarded": {"award": "bang", "years": 2},
            }[test]
        return rule

    def stage(self, n: int, sheets: list[Table]) -> Table:
        stage = self.named("b", n) | {"kind": self.one(["endorse", "check", "score", "vote", "decide"])}
        self.maybe(stage, "unit_kind", lambda: "ldld-tinh")
        if stage["kind"] == "score":
            stage["sheets"] = self.some([sheet["id"] for sheet in sheets])
            self.maybe(stage, "panels", lambda: self.one(["one", "by_field"]), 2)
            self.maybe(stage, "judges_min", lambda: self.number(1, 5))
            self.maybe(stage, "blind", lambda: self.one(["open", "authors", "double"]))
            self.maybe(stage, "advance_min", lambda: self.decimal(0, 90))
            self.maybe(stage, "advance_top", lambda: self.number(1, 9))
        elif stage["kind"] == "vote":
            stage["majority"] = self.one(["1/2", "2/3", 1, Decimal("0.75")])
            self.maybe(stage, "base", lambda: self.one(["all_members", "present", "valid_ballots"]))
        return stage

    def award(self, n: int) -> Table:
        persons = [self.named("nguoi-", k) for k in range(self.number(1, 2))]
        rows: list[Table] = []
        for k in range(self.number(1, 3)):
            start = DAY + timedelta(days=k)
            row = {"person": self.one(persons)["id"], "route": self.one(["mot", "hai"]), "valid_from": start,
                   "mark": self.one(["V", "D"])}  # fmt: skip
            self.maybe(row, "valid_to", lambda day=start: day + timedelta(days=self.number(1, 99)))
            self.maybe(row, "min_count", lambda: self.number(0, 4))
            self.maybe(row, "min_value", lambda: self.number(0, 10**11))
            self.maybe(row, "window_years", lambda: self.number(1, 5))
            self.maybe(row, "every_year", self.chance)
            self.maybe(row, "solution_kind", lambda: "ky-thuat")
            self.maybe(row, "min_level", lambda: self.one(["co-so", "tren-co-so", "tinh", "toan-quoc"]))
            rows.append(row)
        subject = self.one(["initiative", "person", "collective"])
        return self.named("bang-", n) | {"subject": subject, "source": self.source(), "person_kinds": persons,
                                         "thresholds": rows}  # fmt: skip

    # -- one sheet ---------------------------------------------------------------------------------------------

    def sheet(self, n: int) -> Table:
        sheet = self.named("phieu-", n) | {"subject": self.one(["initiative", "person", "collective"])}
        self.maybe(sheet, "source", self.source)
        self.columns = [self.column(k) for k in range(self.number(0, 3))]
        methods = {(column.get("method"), column.get("over", "sheet")) for column in self.columns}
        self.sums = any(method == "sum" for method, _ in methods)
        self.drops = not methods.isdisjoint({("median", "sheet"), ("trimmed_mean", "sheet")})
        self.step, self.mark = self.one([(1, None), (1, None), (Decimal("0.5"), 1), (Decimal("0.25"), None), (2, 2)])
        self.codes: list[str] = []
        if self.step != 1:
            sheet["step"] = self.step
        criteria = [self.points(self.code(""))]
        criteria += [self.criterion("", 1) for _ in range(self.number(0, 3))]
        inside = sum((highest(each) for each in criteria if not each.get("outside")), Decimal(0))
        sheet["criteria"] = self.draw(st.permutations(criteria))
        sheet["scale"] = "open" if self.sums or self.chance(4) else inside
        if self.columns:
            sheet["columns"] = self.columns
            self.maybe(sheet, "official", lambda: self.one(self.columns)["id"])
        rounding = {"mark": {"to": self.mark}} if self.mark else {}
        if not self.drops:
            self.maybe(rounding, "criterion", lambda: self.rounding(["0.1", "1", "3"]))
        self.maybe(rounding, "total", lambda: self.rounding(["0.01", "0.1", "0.5", "7"]))
        self.maybe(sheet, "rounding", lambda: rounding, 1 if rounding else 3)
        self.outcome(sheet, criteria)
        return sheet

    def outcome(self, sheet: Table, criteria: list[Table]) -> None:
        """Add bands, gates, disagreement, ranking and prizes."""
        bands = [
            {"id": f"muc-{k}", "title": self.one(TEXTS), "min": Decimal(80 - 25 * k)} for k in range(self.number(0, 3))
        ]
        for band in bands:
            self.maybe(band, "next", lambda: self.one(TEXTS))
        scored = [code for each in criteria for code in scored_codes(each)]
        gates = [self.gate(k, bands, scored) for k in range(self.number(0, 3))]
        sheet |= {key: value for key, value in (("bands", bands), ("gates", gates)) if value}
        if self.chance():
            sheet["disparity"] = disparity = {}
            self.maybe(disparity, "classes", lambda: bool(bands))
            self.maybe(disparity, "spread", lambda: self.number(0, 20))
            self.maybe(disparity, "resolve_at", lambda: self.number(1, 4))
            self.maybe(disparity, "column_gap", lambda: self.decimal(0, 10))
        if self.chance():
            steps = [{"criterion": code} for code in scored] + [{"fact": fact["id"]} for fact in self.facts]
            chain = [dict(step) for step in self.some(steps)]
            for step in chain:
                self.maybe(step, "prefer", lambda: self.one(["high", "low"]))
            sheet["ranking"] = ranking = {"tie_break": chain}
            self.maybe(ranking, "within", lambda: self.one(["season", "field", "unit"]))
            self.maybe(ranking, "tie_at_quota", lambda: self.one(["council", "all", "none"]))
            self.maybe(ranking, "vote", lambda: self.one(["1/2", "2/3", 1]))
        sheet["tiers"] = [self.tier(k, bands) for k in range(self.number(0, 3))]

    def column(self, n: int) -> Table:
        column = self.named("cot-", n) | {"by": self.one(["judge", "self", "unit", "council"])}
        method = self.one(["mean", "mean", "mean", "median", "trimmed_mean", "sum"])
        if method != "mean" or self.chance(4):
            column["method"] = method
        if method == "trimmed_mean":
            column["drop"] = self.number(1, 2)
        if method in {"median", "trimmed_mean"}:
            self.maybe(column, "over", lambda: "criterion", 2)
        least = 2 * column.get("drop", 0) + 1
        self.maybe(column, "min_sheets", lambda: self.number(least, least + 1))
        return column

    def rounding(self, units: list[str]) -> Table:
        rounding: Table = {"to": Decimal(self.one(units))}
        self.maybe(rounding, "mode", lambda: self.one(["half_up", "half_even", "up"]))
        return rounding

    def gate(self, n: int, bands: list[Table], scored: list[str]) -> Table:
        gate: Table = {"id": f"dk-{n}", "text": self.one(TEXTS), "effect": self.one(["note", "fail", "disqualify"])}
        if bands and self.chance():
            gate |= {"effect": "cap", "band": self.one(bands)["id"]}
        tests: list[Any] = [
            lambda: {"total_below": self.number(0, 90)},
            lambda: {"points_below": self.decimal(0, 9), "criteria": self.some(scored)},
        ]
        if not self.sums:
            tests += [lambda: {"fraction_below": self.one(["1/2", Decimal("0.4")])}]
            tests += [lambda: {"fraction_below": "1/3", "criteria": self.some(scored)}]
        if self.facts:
            tests.append(self.fact_test)
        return gate | self.one(tests)()

    def fact_test(self) -> Table:
        fact = self.one(self.facts)
        return {"fact": fact["id"], self.one(["is", "at_least", "below"]): self.fact_value(fact)}

    def tier(self, n: int, bands: list[Table]) -> Table:
        tier = self.named("giai-", n)
        self.maybe(tier, "min", lambda: 90 - 20 * n)
        if bands:
            self.maybe(tier, "bands", lambda: self.some([band["id"] for band in bands]))
        for key in ("quota", "quota_per_field", "quota_per_unit"):
            self.maybe(tier, key, lambda: self.number(0, 2))
        return tier

    # -- criteria ----------------------------------------------------------------------------------------------

    def code(self, parent: str) -> str:
        self.codes.append(f"{parent}.{len(self.codes)}" if parent else f"K_{len(self.codes)}")
        return self.codes[-1]

    def criterion(self, parent: str, depth: int) -> Table:
        kinds = ["points", "levels", "remark", *["value"] * bool(self.facts), *["group", "group"] * (depth < 4)]
        kind = self.one(kinds)
        code = self.code(parent)
        if kind == "group":
            return self.group(code, depth)
        if kind == "remark":
            remark = {"id": code, "title": self.one(TEXTS), "scored": False}
            self.maybe(remark, "comment", lambda: self.one(["optional", "always"]))
            return remark
        criterion = self.value(code) if kind == "value" else getattr(self, kind)(code)
        if depth == 1:
            self.maybe(criterion, "outside", lambda: True, 4)
        return criterion

    def about(self, criterion: Table) -> Table:
        """Add what a criterion of any kind that has points may say."""
        self.maybe(criterion, "guidance", lambda: self.one(TEXTS), 5)
        self.maybe(criterion, "mark", lambda: self.one(["V", "V2", "D", "UNVERIFIED"]), 5)
        self.maybe(criterion, "evidence", lambda: ["Ảnh"], 6)
        if self.chance(4):
            low, high = lowest(criterion), highest(criterion)
            criterion["min_pass"] = low + (high - low) * self.number(0, 4) / 4
            # Rounded it may lie a hair outside of a range with more decimals.
            criterion["min_pass"] = min(max(round(criterion["min_pass"], 2), low), high)
            self.maybe(criterion, "below_min", lambda: self.one(["note", "fail", "disqualify"]), 2)
        return criterion

    def judged(self, criterion: Table) -> Table:
        self.maybe(criterion, "comment", lambda: self.one(["none", "optional", "always", "extremes"]))
        if self.columns:
            self.maybe(criterion, "column", lambda: self.one(self.columns)["id"], 6)
        if self.facts and not self.drops and self.chance(4):
            points = self.one([1, Decimal("0.5"), Decimal("1.25")])
            criterion["deductions"] = [{"fact": self.one(self.facts)["id"], "points": points}]
            self.maybe(criterion, "floor", lambda: self.decimal(-3, 3))
        return self.about(criterion)

    def unit(self, criterion: Table) -> Decimal:
        """Return what the bounds of a mark must be multiples of; every step here is half or double of another."""
        self.maybe(criterion, "step", lambda: self.one([Decimal("0.5"), 1, 2]), 6)
        return max(Decimal(criterion.get("step", self.step)), Decimal(self.mark or 0))

    def points(self, code: str) -> Table:
        criterion: Table = {"id": code, "title": self.one(TEXTS)}
        unit = self.unit(criterion)
        criterion["max"] = unit * self.number(1, 40)
        self.maybe(criterion, "min", lambda: -unit * self.number(0, 5), 4)
        return self.judged(criterion)

    def levels(self, code: str) -> Table:
        criterion: Table = {"id": code, "title": self.one(TEXTS)}
        unit = self.unit(criterion)
        criterion["levels"] = []
        for n in range(self.number(1, 4)):
            low = unit * self.number(0, 10)
            level = {"id": f"{code}.{n}", "title": self.one(TEXTS)}
            self.maybe(level, "guidance", lambda: self.one(TEXTS), 5)
            ranged = {"from": low, "to": low + unit * self.number(0, 10)}
            criterion["levels"].append(level | (ranged if self.chance() else {"points": low}))
        return self.judged(criterion)

    def value(self, code: str) -> Table:
        fact = self.one(self.facts)["id"]
        rule: Table = {"fact": fact}
        how = self.one(["rate", "share_of", "steps"])
        if how == "rate":
            rule["rate"] = self.decimal(-3, 9)
            self.maybe(rule, "base", lambda: self.decimal(-3, 3))
        elif how == "share_of":
            rule |= {"share_of": self.one(["max", self.one(self.facts)["id"]]), "round": self.rounding(["0.1", "1"])}
        else:
            rule["steps"] = [{"from": 2 * k, "points": self.decimal(0, 9)} for k in range(self.number(1, 3))]
        if how != "share_of":
            self.maybe(rule, "round", lambda: self.rounding(["0.1", "0.5", "1"]))
        criterion: Table = {"id": code, "title": self.one(TEXTS), "max": self.number(1, 20), "value": rule}
        self.maybe(criterion, "min", lambda: -self.number(0, 9), 4)
        return self.about(criterion)

    def group(self, code: str, depth: int) -> Table:
        children = [self.points(self.code(code))]
        children += [self.criterion(code, depth + 1) for _ in range(self.number(0, 2))]
        for child in children:
            child.pop("outside", None)
        group: Table = {"id": code, "title": self.one(TEXTS), "criteria": children}
        total = highest(group)
        if not self.drops and not self.sums and self.chance(4):
            group |= {"clip": True, "max": self.one([total, total / 2])}
        else:
            self.maybe(group, "max", lambda: total, 2)
        return self.about(group)


def scored_codes(criterion: Table) -> list[str]:
    """Return the codes of a criterion and everything below it that has points."""
    own = [criterion["id"]] if criterion.get("scored", True) else []
    return own + [code for child in criterion.get("criteria", []) for code in scored_codes(child)]


def highest(criterion: Table) -> Decimal:
    """Return the most points of a criterion, as the rules say it."""
    if "max" in criterion:
        return Decimal(criterion["max"])
    if "levels" in criterion:
        return max(Decimal(level.get("points", level.get("to"))) for level in criterion["levels"])
    return sum((highest(child) for child in criterion.get("criteria", [])), Decimal(0))


def lowest(criterion: Table) -> Decimal:
    """Return the fewest points of a criterion before deductions."""
    if "levels" in criterion:
        return min(Decimal(level.get("points", level.get("from"))) for level in criterion["levels"])
    if "criteria" in criterion:
        return sum((lowest(child) for child in criterion["criteria"]), Decimal(0))
    return Decimal(criterion.get("min", 0))
