"""The one crossing into arithmetic: rows of sheets and facts become the plain values that scoring reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from core.entries.models import Entry
from core.judging import queries
from core.judging.models import Scoresheet
from core.scoring.exact import plain, written
from core.scoring.facts import fact_number
from core.scoring.filled import FilledSheet, check_sheet
from core.scoring.movement import Column, Criterion, Fact, Sheet
from core.scoring.rules import Rules
from core.seasons.amending import snapshots
from core.seasons.frozen import SeasonRules, rules_in, rules_of
from core.seasons.models import Season

PANEL_COLUMNS = frozenset({"judge", "council"})


def scoring_rules(rules: SeasonRules, stage_slug: str, subject: str) -> Rules:
    """Return what scores `subject` in a stage: the season's sheet, quotas applied, and the movement's facts."""
    sheet = rules.sheet(stage_slug, subject)
    return Rules(sheet, rules.facts, rules.choices.scorers.get(sheet.id))


def rules_for(entry: Entry, stage_slug: str) -> Rules:
    """Return what scores `entry` in a stage of its season: the rules it keeps, else those in force."""
    return scoring_rules(entry_rules(entry), stage_slug, str(entry.subject))


def entry_rules(entry: Entry) -> SeasonRules:
    """Return the rules by which an entry is scored: kept through an amendment, else the season's."""
    kept = queries.kept_rules(entry.season, entry)
    return rules_in(kept[0].snapshot) if kept else rules_of(entry.season)


def kept_by_entry(season: Season) -> dict[int, SeasonRules]:
    """Return the rules that differ from the season's own, by the id of the entry that keeps them."""
    return {row.entry_id: rules_in(row.snapshot) for row in queries.kept_rules(season)}


def sheet_rules(sheet: Scoresheet) -> Rules:
    """Return the rules that a sheet is read by: those it was sealed under, else those that score its entry."""
    season = sheet.entry.season
    if sheet.sealed_at is not None and season.amendments:
        digest = sheet.rules_sha256 or season.amendments[0].from_snapshot.sha256
        return rules_at(season, digest, sheet.stage.slug, str(sheet.entry.subject))
    return rules_for(sheet.entry, sheet.stage.slug)


def rules_at(season: Season, digest: str, stage_slug: str, subject: str) -> Rules:
    """Return what scores `subject` by the rules of that digest; by those in force where the season never had it."""
    found = next((one for one in snapshots(season) if one.sha256 == digest), None)
    return scoring_rules(rules_of(season) if found is None else rules_in(found), stage_slug, subject)


def panel_column(sheet: Sheet) -> Column | None:
    """Return the column that the panel's judges fill: the official one where it is theirs, else their first."""
    theirs = [column for column in sheet.columns if column.by in PANEL_COLUMNS]
    official = sheet.official or sheet.columns[-1].id
    return next((column for column in theirs if column.id == official), theirs[0] if theirs else None)


def column_by(sheet: Sheet, by: str) -> Column | None:
    """Return the first column that `by` (self, unit) fills; None where the sheet has none."""
    return next((column for column in sheet.columns if column.by == by), None)


def mark_values(sheet: Scoresheet) -> dict[str, dict[str, str]]:
    """Return the marks of a sheet as {criterion: {points, level, comment}}, absent things left out."""
    marks: dict[str, dict[str, str]] = {}
    for mark in sheet.marks:
        values = {}
        if mark.points is not None:
            values["points"] = plain(mark.points)
        if mark.level:
            values["level"] = mark.level
        if mark.comment.strip():
            values["comment"] = mark.comment
        if values:
            marks[mark.criterion] = values
    return marks


def filled_values(sheet: Scoresheet) -> dict[str, Any]:
    """Return a sheet as scoring reads it: {id, column, marks}."""
    return {"id": sheet.public_id, "column": sheet.column_slug, "marks": mark_values(sheet)}


def problems_of(sheet: Scoresheet, rules: Rules) -> tuple[str, ...]:
    """Return what keeps a sheet from counting, as `code:criterion`; the check that guards sealing and scoring."""
    return check_sheet(rules, FilledSheet.from_mapping(filled_values(sheet)))


def effective_points(criterion: Criterion, points: Decimal | None, level: str | None) -> Decimal | None:
    """Return the points that a mark shows: those typed, else those of its fixed level; None where nothing is scored."""
    if points is not None:
        return points
    return next((one.points for one in criterion.levels or () if one.id == level), None)


def sheet_total(sheet: Scoresheet, rules: Rules) -> Decimal:
    """Return the sum of a sheet's own marks, for the judge who fills it; scoring computes the official total itself."""
    marks = {mark.criterion: mark for mark in sheet.marks}
    judged = (c for c in rules.filled_by(sheet.column_slug) if c.is_judged and c.id in marks)
    return sum((effective_points(c, marks[c.id].points, marks[c.id].level) or Decimal(0) for c in judged), Decimal(0))


def highest_total(rules: Rules, column: str) -> Decimal:
    """Return the most points that a sheet of `column` can add up to."""
    return sum((c.highest for c in rules.filled_by(column) if c.is_judged), Decimal(0))


def facts_of(entry: Entry, facts: Iterable[Fact]) -> dict[str, Any]:
    """Return the known facts of an entry: recorded ones, else those that stand in its form. Yes and no are bools."""
    recorded = {row.fact_id: row.value for row in entry.facts}
    known: dict[str, Any] = {}
    for fact in facts:
        value: Any = recorded.get(fact.id)
        if value is not None and fact.kind == "yesno":
            value = {"true": True, "false": False}.get(value, value)
        if value is None and fact.field is not None:
            value = (entry.answers or {}).get(fact.field)
        if value is not None and not isinstance(value, list):
            known[fact.id] = value
    return known


def season_maxima(rules: Rules, facts: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return `<id>.max` for each fact that the sheet divides by the season's greatest: of all entries it scores.

    Source: the movement format, format 1, §3. A fact nobody has is left out; the score then says that it is missing.
    """
    every = list(facts)
    maxima = {}
    for key, fact, is_max in rules.used_facts:
        if is_max:
            given = (known.get(fact.id, fact.default) for known in every)
            numbers = [n for n in (fact_number(fact, value) for value in given) if n is not None]
            if numbers:
                maxima[key] = plain(written(max(numbers)))
    return maxima


def score_inputs(
    entry: Entry, stage_slug: str, rules: Rules, sheets: Iterable[Scoresheet], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Return everything the score of an entry is computed from, as plain values; equal inputs are equal bytes.

    :param sheets: sealed ones of this stage.
    :param facts: with the season's maxima.
    """
    return {
        "entry": entry.public_id,
        "stage": stage_slug,
        "sheet": rules.sheet.id,
        "subject": str(entry.subject),
        "facts": dict(facts),
        "sheets": sorted((filled_values(sheet) for sheet in sheets), key=lambda values: values["id"]),
    }
