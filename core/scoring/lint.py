"""What a sound movement could still do better: a list of remarks for whoever offers it, never a refusal.

The validator (`reading`) refuses what cannot be computed; a remark points at what is computed but hardly meant (a band
that nobody reaches) or left for people to guess (a question without a hint). Source: ux P25 and its lint list.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.scoring.facts import facts_read
from core.scoring.lint_sheet import sheet_remarks
from core.scoring.movement import AwardKind, Movement
from core.scoring.remarks import TITLE_LIMITS, Remark, remark, shortened, source_mark, title_length

LONGEST_SUMMARY = 400
LONGEST_HELP = 240
# Goal G1 of the interface: an initiative on a phone asks at most eight answers, its title among them.
MOST_REQUIRED = 8


def lint(movement: Movement) -> list[Remark]:
    """Return every remark on a complete movement, as `reading` gives it, in the order of the document."""
    found = [*_head(movement), *_form(movement), *_facts(movement), *_eligibility(movement), *_stages(movement)]
    for number, sheet in enumerate(movement.sheets):
        found += sheet_remarks(movement, sheet, f"sheets[{number}]")
    for number, award in enumerate(movement.awards):
        found += _award(award, f"awards[{number}]")
    return found


def _head(movement: Movement) -> Iterator[Remark]:
    yield from title_length("movement", movement.title, "movement")
    if not movement.summary.strip():
        yield remark("no_summary", "movement.summary")
    elif len(movement.summary) > LONGEST_SUMMARY:
        yield remark("summary_long", "movement.summary", count=len(movement.summary), limit=LONGEST_SUMMARY)
    if not movement.legal_basis:
        yield remark("no_legal_basis", "movement.legal_basis")
    for number, source in enumerate(movement.legal_basis):
        yield from source_mark(source, f"movement.legal_basis[{number}]")


def _form(movement: Movement) -> Iterator[Remark]:
    # The system itself asks the title of an entry, always.
    required = 1 + sum(asked.required and asked.show_if is None for asked in movement.form.fields)
    if required > MOST_REQUIRED:
        yield remark("too_many_required", "form.fields", count=required, limit=MOST_REQUIRED)
    sections: set[str] = set()
    for number, asked in enumerate(movement.form.fields):
        place = f"form.fields[{number}]"
        yield from title_length("question", asked.title, place)
        if asked.section not in sections and len(asked.section) > TITLE_LIMITS["section"]:
            yield remark("title_long", f"{place}.section", title=shortened(asked.section), count=len(asked.section),
                         limit=TITLE_LIMITS["section"])  # fmt: skip
        sections.add(asked.section)
        if not asked.help.strip():
            code = "question_no_help" if asked.required else "optional_no_help"
            yield remark(code, f"{place}.help", title=shortened(asked.title))
        elif len(asked.help) > LONGEST_HELP:
            yield remark("help_long", f"{place}.help", title=shortened(asked.title), count=len(asked.help),
                         limit=LONGEST_HELP)  # fmt: skip
        for position, choice in enumerate(asked.choices):
            yield from title_length("choice", choice.title, f"{place}.choices[{position}]")


def _facts(movement: Movement) -> Iterator[Remark]:
    used = set().union(*(facts_read(sheet) for sheet in movement.sheets))
    for number, fact in enumerate(movement.facts):
        yield from title_length("fact", fact.title, f"facts[{number}]")
        if fact.id not in used:
            yield remark("fact_unused", f"facts[{number}]", title=shortened(fact.title))


def _eligibility(movement: Movement) -> Iterator[Remark]:
    for number, rule in enumerate(movement.eligibility):
        place = f"eligibility[{number}]"
        yield from title_length("eligibility", rule.title, place)
        if rule.source is None:
            yield remark("eligibility_no_source", f"{place}.source", title=shortened(rule.title))
        yield from source_mark(rule.source, f"{place}.source")


_SUBJECTS = {"initiative": "sáng kiến", "person": "cá nhân", "collective": "tập thể"}


def _stages(movement: Movement) -> Iterator[Remark]:
    for number, stage in enumerate(movement.stages):
        yield from title_length("stage", stage.title, f"stages[{number}]")
        for sheet in movement.sheets:
            if sheet.id in stage.sheets:
                needed = max((c.sheets_needed for c in sheet.columns if c.by in {"judge", "council"}), default=0)
                if stage.judges_min < needed:
                    yield remark("few_judges", f"stages[{number}].judges_min", stage=stage.title,
                                 count=stage.judges_min, title=sheet.title, limit=needed)  # fmt: skip
    score_stages = [stage for stage in movement.stages if stage.kind == "score"]
    if not score_stages:
        yield remark("no_score_stage", "stages")
        return
    chosen = {sheet for stage in score_stages for sheet in stage.sheets}
    covered = {sheet.subject for sheet in movement.sheets if sheet.id in chosen}
    for subject in movement.subjects:
        if subject not in covered:
            yield remark("subject_unscored", "movement.subjects", title=_SUBJECTS[subject])


def _award(award: AwardKind, place: str) -> Iterator[Remark]:
    yield from title_length("award", award.title, place)
    yield from source_mark(award.source, f"{place}.source")
    unverified = sum(row.mark == "UNVERIFIED" for row in award.thresholds)
    if unverified:
        yield remark("thresholds_unverified", f"{place}.thresholds", title=award.title, count=unverified)
