"""The second step of reading: whether the parts of a movement fit together (references, sums, order)."""

from __future__ import annotations

from datetime import date

from core.scoring.checks import (
    answer_fits,
    check_dates,
    check_filled,
    check_fraction,
    check_not_negative,
    check_positive,
    check_unique,
    value_fits,
)
from core.scoring.meaning_sheet import check_sheet_rules
from core.scoring.misuse import Log
from core.scoring.movement import AwardKind, Eligibility, Fact, Form, FormField, Movement, Stage

# The keys that each eligibility test takes, besides id, title, effect, source and test.
TEST_KEYS: dict[str, tuple[str, ...]] = {
    "field_is": ("field", "is"),
    "date_window": ("field", "from", "to"),
    "within_months": ("field", "months"),
    "member": (),
    "tenure": ("months",),
    "unit_kind": ("units",),
    "not_awarded": ("award", "years"),
}
_ALL_TEST_KEYS = ("field", "is", "from", "to", "months", "units", "award", "years")
# Keys of a form field that belong to some kinds only.
_FIELD_KEYS: dict[str, frozenset[str]] = {
    "min": frozenset({"number", "money"}),
    "max": frozenset({"number", "money"}),
    "max_length": frozenset({"text", "longtext"}),
    "max_files": frozenset({"file"}),
    "max_mb": frozenset({"file"}),
    "extensions": frozenset({"file"}),
    "choices": frozenset({"choice", "choices"}),
}


def check_meaning(movement: Movement, log: Log) -> None:
    """Note everything in a structurally sound movement that does not fit together, in the order of the document."""
    check_positive(log, "movement.rules_version", movement.rules_version)
    check_filled(log, "movement.subjects", movement.subjects)
    check_dates(log, "movement.effective_to", movement.effective_from, movement.effective_to)
    check_filled(log, "movement.legal_basis", movement.legal_basis)
    _check_form(log, movement.form)
    for number, fact in enumerate(movement.facts):
        _check_fact(log, f"facts[{number}]", fact, movement.form)
    check_unique(log, "facts", movement.facts)
    for number, rule in enumerate(movement.eligibility):
        _check_eligibility(log, f"eligibility[{number}]", rule, movement.form)
    check_unique(log, "eligibility", movement.eligibility)
    for number, stage in enumerate(movement.stages):
        _check_stage(log, f"stages[{number}]", stage, movement)
    check_unique(log, "stages", movement.stages)
    check_filled(log, "sheets", movement.sheets)
    for number, sheet in enumerate(movement.sheets):
        check_sheet_rules(log, f"sheets[{number}]", sheet, movement.facts)
    check_unique(log, "sheets", movement.sheets)
    for number, award in enumerate(movement.awards):
        _check_award(log, f"awards[{number}]", award)
    check_unique(log, "awards", movement.awards)


def _check_form(log: Log, form: Form) -> None:
    for number, field in enumerate(form.fields):
        place = f"form.fields[{number}]"
        _check_field_keys(log, place, field)
        if field.show_if is not None:
            earlier = {other.id: other for other in form.fields[:number]}
            asked = earlier.get(field.show_if.field)
            if asked is None:
                log.add("unknown_ref", f"{place}.show_if.field", value=field.show_if.field)
            elif not answer_fits(asked, field.show_if.is_):
                log.add("scalar_kind", f"{place}.show_if.is", value=asked.id)
    check_unique(log, "form.fields", form.fields)
    if form.authors is not None:
        check_positive(log, "form.authors.max", form.authors.max)
        check_positive(log, "form.authors.share_step", form.authors.share_step)


def _check_field_keys(log: Log, place: str, field: FormField) -> None:
    for key, kinds in _FIELD_KEYS.items():
        given = getattr(field, key)
        if given not in (None, ()) and field.kind not in kinds:
            log.add("key_not_here", place, key=key)
    if field.min is not None and field.max is not None and field.min >= field.max:
        log.add("range_order", place)
    for key in ("max_length", "max_files", "max_mb"):
        check_positive(log, f"{place}.{key}", getattr(field, key))
    if field.kind in {"choice", "choices"} and len(field.choices) < 2:
        log.add("choices_missing", place)
    check_unique(log, f"{place}.choices", field.choices)


def _check_fact(log: Log, place: str, fact: Fact, form: Form) -> None:
    if fact.kind == "choice" and len(fact.choices) < 2:
        log.add("choices_missing", place)
    if fact.kind != "choice" and fact.choices:
        log.add("key_not_here", place, key="choices")
    check_unique(log, f"{place}.choices", fact.choices)
    if fact.field is not None and fact.field not in {field.id for field in form.fields}:
        log.add("unknown_ref", f"{place}.field", value=fact.field)
    if fact.default is not None and not value_fits(fact, fact.default, at_least_min=True):
        log.add("scalar_kind", f"{place}.default", value=fact.id)


def _check_eligibility(log: Log, place: str, rule: Eligibility, form: Form) -> None:
    attributes = {"is": "is_", "from": "from_"}
    given = {key for key in _ALL_TEST_KEYS if getattr(rule, attributes.get(key, key)) is not None}
    wanted = TEST_KEYS[rule.test]
    if given != set(wanted):
        log.add("test_keys", place, value=rule.test, known=", ".join(wanted) or "test")
        return
    asked = next((field for field in form.fields if field.id == rule.field), None)
    if rule.field is not None and asked is None:
        log.add("unknown_ref", f"{place}.field", value=rule.field)
    if asked is not None and rule.test in {"date_window", "within_months"} and asked.kind != "date":
        log.add("scalar_kind", f"{place}.field", value=asked.id)
    if asked is not None and rule.is_ is not None and not answer_fits(asked, rule.is_):
        log.add("scalar_kind", f"{place}.is", value=asked.id)
    if rule.from_ is not None:
        check_dates(log, f"{place}.to", rule.from_, rule.to)
    check_positive(log, f"{place}.months", rule.months)
    check_positive(log, f"{place}.years", rule.years)
    if rule.units is not None:
        check_filled(log, f"{place}.units", rule.units)


def _check_stage(log: Log, place: str, stage: Stage, movement: Movement) -> None:
    if bool(stage.sheets) != (stage.kind == "score") or (stage.majority is not None) != (stage.kind == "vote"):
        log.add("stage_keys", place)
    known = {sheet.id for sheet in movement.sheets}
    for number, sheet_id in enumerate(stage.sheets):
        if sheet_id not in known:
            log.add("unknown_ref", f"{place}.sheets[{number}]", value=sheet_id)
        if sheet_id in stage.sheets[:number]:
            log.add("duplicate_id", f"{place}.sheets[{number}]", value=sheet_id)
    check_positive(log, f"{place}.judges_min", stage.judges_min)
    check_positive(log, f"{place}.advance_top", stage.advance_top)
    check_fraction(log, f"{place}.majority", stage.majority)


def _check_award(log: Log, place: str, award: AwardKind) -> None:
    check_filled(log, f"{place}.person_kinds", award.person_kinds)
    check_unique(log, f"{place}.person_kinds", award.person_kinds)
    check_filled(log, f"{place}.thresholds", award.thresholds)
    persons = {kind.id for kind in award.person_kinds}
    rows: set[tuple[str, str, date]] = set()
    for number, row in enumerate(award.thresholds):
        at = f"{place}.thresholds[{number}]"
        if row.person not in persons:
            log.add("unknown_ref", f"{at}.person", value=row.person)
        # Two rows of one route that begin on the same day would leave open which of them counts.
        if (row.person, row.route, row.valid_from) in rows:
            log.add("duplicate_id", f"{at}.route", value=row.route)
        rows.add((row.person, row.route, row.valid_from))
        check_dates(log, f"{at}.valid_to", row.valid_from, row.valid_to)
        check_positive(log, f"{at}.window_years", row.window_years)
        check_not_negative(log, f"{at}.min_count", row.min_count)
        check_not_negative(log, f"{at}.min_value", row.min_value)
