"""A movement as each of its pages would show it, filled with invented data; no row of a table is read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _

from core.documents.citation import CitationValues
from core.entries import answers, forms
from core.entries.rules import Subject
from core.judging import filling
from core.judging import words as judging_words
from core.judging.inputs import highest_total, panel_column
from core.previews import invented, trial
from core.previews.invented import Dice, InventedEntry, Size
from core.previews.trial import Trial, TrialPlace
from core.scoring.canonical import SeasonChoices, digest, season_document
from core.scoring.filled import FilledSheet
from core.scoring.movement import Column, Movement, Sheet
from core.seasons.frozen import SeasonRules, chosen_sheets, newest_scorer, read_rules
from core.vietnamese.numbers import format_number

DAYS_OPEN = 30
VERIFY_CODE = "BAN-MAU"


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody chose to look at: one column of one sheet, one set of invented data."""

    movement: Movement
    sheet: Sheet
    column: Column
    size: Size

    @property
    def seed(self) -> str:
        """From what the invented data is drawn: the rules themselves."""
        return digest(self.movement)

    @property
    def trial(self) -> Trial:
        """The 200 invented entries of the sheet."""
        return trial.run(self.movement, self.sheet.id, self.size, newest_scorer(self.movement, self.sheet.id))


def shown(movement: Movement, sheet_and_column: str, size: str) -> Shown:
    """Return what an address asks for; what it does not name, or names wrongly, falls back to the first.

    :param sheet_and_column: ids joined by a slash, as `choices` gives them.
    """
    sheet_id, _slash, column_id = sheet_and_column.partition("/")
    sheet = next((each for each in movement.sheets if each.id == sheet_id), movement.sheets[0])
    panel = panel_column(sheet) or sheet.columns[-1]
    column = next((each for each in sheet.columns if each.id == column_id), panel)
    return Shown(movement, sheet, column, Size.LONG if size == Size.LONG else Size.SHORT)


def choices(movement: Movement) -> list[tuple[str, str]]:
    """Return every column of every sheet to choose from: (ids, titles)."""
    return [
        (f"{sheet.id}/{column.id}", sheet.title if len(sheet.columns) == 1 else f"{sheet.title} – {column.title}")
        for sheet in movement.sheets
        for column in sheet.columns
    ]


# --- The page of the movement -------------------------------------------------------------------------------------


def season_rules(movement: Movement, sheet: Sheet) -> SeasonRules:
    """Return the rules as a season that chose this sheet would freeze them."""
    scored = {
        stage.id: chosen_sheets(movement, stage, (sheet.id,)) for stage in movement.stages if stage.kind == "score"
    }
    return read_rules(season_document(movement, SeasonChoices(sheets=scored)))


def season_page(what: Shown, union: str, at: datetime) -> dict[str, Any]:
    """Return what the page of a season shows, for a season that nobody opened."""
    rules = season_rules(what.movement, what.sheet)
    title = _("%(movement)s, đợt %(year)s", movement=what.movement.title, year=at.year)
    season = SimpleNamespace(
        title=title,
        closes_at=at + timedelta(days=DAYS_OPEN),
        milestones=(),
        owner_unit=SimpleNamespace(name=invented.unit_name(Dice(what.seed), Size.LONG, 1) if _is_long(what) else union),
        legal_document="",
    )
    return {
        "season": season,
        "rules": rules,
        "sheets": rules.sheets() or (what.sheet,),
        "required_fields": [asked for asked in rules.form.fields if asked.required],
        "starts_from_unit": rules.form.authors is None,
    }


def _is_long(what: Shown) -> bool:
    return what.size == Size.LONG


# --- The form -----------------------------------------------------------------------------------------------------


def form_steps(what: Shown, today: date) -> list[tuple[answers.Section, forms.SectionForm]]:
    """Return the steps of the form as an entrant would have filled them: (step, its boxes).

    The longest data asks every question; the shortest leaves out those that its answers close.
    """
    movement, subject = what.movement, Subject(what.sheet.subject)
    questions = answers.with_evidence(movement.form, [what.sheet])
    stored = invented.stored_answers(questions, what.size, today)
    title = invented.entry_title(Dice(what.seed), what.size, 1)
    first_use = answers.first_use_fields(movement.eligibility)
    steps = []
    for section in answers.sections(questions):
        asked = tuple(field for field in section.fields if _is_long(what) or answers.is_asked(field, questions, stored))
        narrowed = replace(section, fields=asked)
        kind = forms.build_form(questions, narrowed, subject=subject, first_use=first_use)
        steps.append((narrowed, forms.fill_form(kind, stored, title)))
    return steps


def authors(what: Shown) -> forms.AuthorsForm:
    """Return the authors of the form: one, or as many as the rules allow, at most ten, with equal shares."""
    rule = what.movement.form.authors
    count = 1 if rule is None or not _is_long(what) else min(rule.max, 10)
    dice = Dice(what.seed)
    share, rest = divmod(100, count)
    rows = [
        {
            "name": invented.person_name(dice, what.size, number),
            "workplace": invented.unit_name(dice, what.size, number),
            "share": Decimal(share + (number <= rest)),
        }
        for number in range(1, count + 1)
    ]
    return forms.AuthorsForm(formdata=None, data={"authors": rows})


# --- The score sheet ----------------------------------------------------------------------------------------------


def score_sheet(what: Shown) -> dict[str, Any]:
    """Return the boxes of the sheet as one filler left them, with the running total."""
    found = what.trial
    sheet = next(each for each in found.top.entry.sheets if each.column == what.column.id)
    values = box_values(sheet)
    return {
        "blocks": filling.blocks(found.rules, what.column.id, values, {}, readonly=False),
        "total": filling.running_total(found.rules, what.column.id, values),
        "highest": format_number(highest_total(found.rules, what.column.id)),
        "entry_title": found.top.entry.title,
        "code": found.top.entry.code,
    }


def box_values(sheet: FilledSheet) -> dict[str, str]:
    """Return an invented sheet as the boxes of its page hold it."""
    values: dict[str, str] = {"remark": ""}
    for code, mark in sheet.marks.items():
        values[f"points-{code}"] = "" if mark.points is None else format_number(Decimal(mark.points))
        values[f"level-{code}"] = mark.level or ""
        values[f"comment-{code}"] = mark.comment or ""
    return values


# --- The ranking --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the invented ranking, in words."""

    entry: InventedEntry
    rank: int | None
    total: Decimal | None
    span: str
    band: str
    tier: str
    status: str
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Board:
    """The invented ranking as its page shows it: lines in order, ties that the council must part."""

    title: str
    places: list[Line]
    ties: list[tuple[str, list[Line]]]


def board(found: Trial) -> Board:
    """Return the ranking in words."""
    lines = [line_of(found, place) for place in found.places]
    tied = [
        (tier.title, [line for line, place in zip(lines, found.places, strict=True)
                      if f"quota_tie:{tier.id}" in place.placed.reasons])
        for tier in found.rules.sheet.tiers
    ]  # fmt: skip
    return Board(found.rules.sheet.title, lines, [(title, group) for title, group in tied if group])


def line_of(found: Trial, place: TrialPlace) -> Line:
    """Return one line of the ranking in words."""
    sheet = found.rules.sheet
    bands = {band.id: band.title for band in sheet.bands}
    tiers = {tier.id: tier.title for tier in sheet.tiers}
    reasons = [*place.score.reasons, *place.placed.reasons]
    return Line(
        entry=place.entry,
        rank=place.placed.rank,
        total=place.score.total,
        span=trial.span_text(place),
        band=bands.get(place.score.band or "", ""),
        tier=tiers.get(place.placed.tier or "", ""),
        status=judging_words.outcome_text(place.score.status),
        reasons=list(dict.fromkeys(judging_words.reason_text(reason, found.rules) for reason in reasons)),
    )


# --- The citation -------------------------------------------------------------------------------------------------


def citation(what: Shown, *, union: str, base_url: str, on: date) -> CitationValues:
    """Return a citation for the first line of the invented ranking; «BẢN MẪU» is printed across it."""
    found = what.trial
    tiers = [tier.title for tier in what.sheet.tiers]
    line = line_of(found, found.top)
    longest = max(tiers, key=len) if tiers else line.band
    award = (longest if _is_long(what) else line.tier) or line.band or _("Giấy chứng nhận")
    entry = found.top.entry
    is_person = what.sheet.subject != "collective"
    return CitationValues(
        deciding_office=_("Ban Thường vụ %(union)s", union=union),
        award_name=award,
        recipient=entry.author if is_person else entry.unit,
        recipient_role=entry.unit if is_person else "",
        achievement=f"{entry.title} ({what.movement.title})",
        decision_number="00/QĐ",
        decided_on=on,
        place=_("Nơi ký"),
        signed_on=on,
        authority=(_("TM. Ban Thường vụ"), _("Chủ tịch")),
        signer_name=invented.person_name(Dice(what.seed), what.size, 0),
        register_number=1,
        verify_url=f"{base_url.rstrip('/')}/x/{VERIFY_CODE}",
        citation_code=VERIFY_CODE,
        specimen=True,
    )
