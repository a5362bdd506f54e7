"""Verbs of seasons: prepare, open with frozen rules, extend, move from phase to phase."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack

from core.accounts.rules import Actor, NotAllowed, Role
from core.audit import service as audit
from core.extensions import db
from core.movements import queries as movement_queries
from core.movements import service as movements
from core.organisations.models import Unit
from core.scoring.canonical import ENGINE, Quota, SeasonChoices, canonical_bytes, digest_of, season_document
from core.scoring.movement import Movement
from core.seasons import queries
from core.seasons.frozen import draft_document, has_drifted, movement_of_draft
from core.seasons.models import Milestone, RuleSnapshot, Season, Stage
from core.seasons.rules import (
    DEFAULT_ENDORSE_DAYS,
    DEFAULT_GRACE_MINUTES,
    EXTENSION,
    Blocker,
    CodePrefixTaken,
    DocumentMissing,
    ExtensionNotLater,
    MilestoneKind,
    MovementGone,
    Phase,
    ReasonMissing,
    SeasonChanged,
    SeasonNotReady,
    WrongPhase,
    check_dates,
    check_prefix,
    check_year,
    next_phase,
    same_day_in,
    suggested_prefix,
)
from core.vietnamese.codes import new_public_id
from core.vietnamese.dates import local_date
from core.vietnamese.text import clean_line, clean_text

Quotas = Mapping[str, Mapping[str, Mapping[str, int]]]


class DraftChanges(TypedDict, total=False):
    """What may be changed while a season is prepared. `sheets`: per score stage the chosen ids; `quotas`: per sheet
    and tier the numbers of prizes that differ from the movement's; `milestones`: None takes one away."""

    title: str
    year: int
    code_prefix: str
    legal_document: str
    opens_at: datetime | None
    closes_at: datetime | None
    judging_closes_at: datetime | None
    grace_minutes: int
    endorse_days: int
    sheets: Mapping[str, list[str]]
    quotas: Quotas
    milestones: Mapping[MilestoneKind, datetime | None]


def create_season(movement_id: str, *, owner_unit: Unit, title: str, year: int, actor: Actor, at: datetime) -> Season:
    """Begin preparing a season of a movement, with the movement's defaults and no dates.

    :raise NotAllowed: the actor organises nothing over that unit.
    :raise MovementGone: the movement is neither installed nor offered.
    :raise MovementOff: it is switched off at that unit.
    """
    _require_organiser(actor, owner_unit)
    movement_of_draft(movement_id)
    movements.require_on(movement_id, owner_unit)
    check_year(year)
    season = Season(
        public_id=new_public_id(),
        movement_id=movement_id,
        title=clean_line(title),
        year=year,
        code_prefix=suggested_prefix(movement_id, queries.prefixes_in(year)),
        owner_unit=owner_unit,
        phase=Phase.DRAFT,
        grace_minutes=DEFAULT_GRACE_MINUTES,
        choices={"sheets": {}, "quotas": {}, "endorse_days": DEFAULT_ENDORSE_DAYS},
        created_at=at,
    )
    db.session.add(season)
    db.session.flush()
    _record("season.create", season, actor=actor, at=at, after={"title": season.title, "year": year})
    return season


def copy_season(earlier: Season, *, owner_unit: Unit, year: int, actor: Actor, at: datetime) -> Season:
    """Begin preparing a season like an earlier one: its sheets, quotas and dates, moved on by the years between.

    The document that founds it is not copied: every season rests on its own.

    :raise NotAllowed: the actor organises nothing over that unit.
    :raise MovementGone: the movement is neither installed nor offered.
    :raise MovementOff: it is switched off at that unit.
    """
    title = earlier.title.replace(str(earlier.year), str(year))
    season = create_season(earlier.movement_id, owner_unit=owner_unit, title=title, year=year, actor=actor, at=at)
    years = year - earlier.year
    if earlier.code_prefix not in queries.prefixes_in(year, but=season):
        season.code_prefix = earlier.code_prefix
    season.choices = dict(earlier.choices)
    season.grace_minutes = earlier.grace_minutes
    season.opens_at = same_day_in(earlier.opens_at, years)
    season.closes_at = same_day_in(earlier.closes_at, years)
    season.judging_closes_at = same_day_in(earlier.judging_closes_at, years)
    for kind in MilestoneKind:
        planned = queries.milestone_of(earlier, kind)
        moved = same_day_in(planned.at, years) if planned is not None else None
        if moved is not None:
            season.milestones.append(Milestone(season_id=season.id, kind=kind.value, at=moved))
    db.session.flush()
    _record("season.copy", season, actor=actor, at=at, after={"copied_from": earlier.public_id})
    return season


def edit_draft(
    season: Season, *, actor: Actor, at: datetime, revision: int | None = None, **changes: Unpack[DraftChanges]
) -> None:
    """Change what is given of a season in preparation; nothing is changed when anything is refused.

    :raise WrongPhase: the season is open already.
    :raise SeasonChanged: it was saved after `revision`.
    :raise DatesInWrongOrder, JudgingEndsTooEarly, MilestoneTooEarly: the dates do not follow each other.
    :raise CodePrefixWrong, CodePrefixTaken, YearOutOfRange: the codes of its entries would not be sound.
    :raise ChoiceUnknown: a sheet or tier that the movement does not have, or a negative quota.
    """
    if season.phase != Phase.DRAFT:
        raise WrongPhase(verb="edit", phase=season.phase)
    if revision is not None and revision != season.revision:
        raise SeasonChanged(revision=season.revision)
    _check_codes(season, changes)
    _check_draft_dates(season, changes)
    choices = _changed_choices(season, changes)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name in ("title", "year", "code_prefix", "legal_document", "opens_at", "closes_at", "judging_closes_at",
                 "grace_minutes"):  # fmt: skip
        if name in changes:
            value = changes[name]
            value = clean_line(value) if isinstance(value, str) else value
            if value != getattr(season, name):
                before[name], after[name] = getattr(season, name), value
                setattr(season, name, value)
    if choices != season.choices:
        before["choices"], after["choices"] = season.choices, choices
        season.choices = choices
    planned = _plan(season, changes.get("milestones", {}))
    if planned:
        after["milestones"] = planned
    if after:
        db.session.flush()
        _record("season.edit", season, actor=actor, at=at, before=before, after=after)


def _check_codes(season: Season, changes: DraftChanges) -> None:
    prefix, year = changes.get("code_prefix", season.code_prefix), changes.get("year", season.year)
    check_prefix(prefix)
    check_year(year)
    if prefix in queries.prefixes_in(year, but=season):
        raise CodePrefixTaken(prefix=prefix, year=year)


def _check_draft_dates(season: Season, changes: DraftChanges) -> None:
    planned = {milestone.kind: milestone.at for milestone in season.milestones}
    planned |= {kind.value: at for kind, at in changes.get("milestones", {}).items() if at is not None}
    gone = {kind.value for kind, at in changes.get("milestones", {}).items() if at is None}
    check_dates(
        changes.get("opens_at", season.opens_at),
        changes.get("closes_at", season.closes_at),
        changes.get("judging_closes_at", season.judging_closes_at),
        [(kind, at) for kind, at in planned.items() if kind not in gone],
    )


def _changed_choices(season: Season, changes: DraftChanges) -> dict[str, Any]:
    choices: dict[str, Any] = {**season.choices}
    for name in ("sheets", "quotas", "endorse_days"):
        if name in changes:
            choices[name] = changes[name]
    if "sheets" in changes or "quotas" in changes:
        quotas = changes.get("quotas", {})
        season_document(
            movement_of_draft(season.movement_id),
            SeasonChoices(
                sheets={stage: tuple(chosen) for stage, chosen in changes.get("sheets", {}).items()},
                quotas={sheet: {t: Quota(**numbers) for t, numbers in by.items()} for sheet, by in quotas.items()},
            ),
        )
    return choices


def _plan(season: Season, milestones: Mapping[MilestoneKind, datetime | None]) -> dict[str, datetime | None]:
    """Set or take away milestones; return those that changed."""
    changed: dict[str, datetime | None] = {}
    for kind, at in milestones.items():
        planned = queries.milestone_of(season, kind)
        if (planned.at if planned is not None else None) == at:
            continue
        changed[kind.value] = at
        if planned is None and at is not None:
            season.milestones.append(Milestone(season_id=season.id, kind=kind.value, at=at))
        elif planned is not None and at is None:
            season.milestones.remove(planned)
            db.session.delete(planned)
        elif planned is not None and at is not None:
            planned.at = at
    return changed


def blockers(season: Season, *, at: datetime) -> list[Blocker]:
    """Return what is still to do before a season can open, in the order of the wizard; empty when it can."""
    found = [] if season.legal_document else [Blocker("document_missing", "edit_basics")]
    try:
        movement = movement_of_draft(season.movement_id)
    except MovementGone:
        return [*found, Blocker("movement_gone", "edit_sheets", {"movement_id": season.movement_id})]
    if has_drifted(movement.id):
        found.append(Blocker("rules_drifted", "edit_sheets", {"version": movement.rules_version}))
    if not movement_queries.is_on(season.movement_id, season.owner_unit):
        found.append(Blocker("movement_off", "edit_sheets", {"title": movement.title}))
    return [*found, *_sheet_blockers(movement), *_date_blockers(season, movement, at)]


def _sheet_blockers(movement: Movement) -> list[Blocker]:
    stages = [stage for stage in movement.stages if stage.kind == "score"]
    if not stages:
        return [Blocker("no_score_stage", "edit_sheets")]
    scored = {movement.sheet(sheet).subject for stage in stages for sheet in stage.sheets}
    return [Blocker("sheet_missing", "edit_sheets", {"subject": s}) for s in movement.subjects if s not in scored]


def _date_blockers(season: Season, movement: Movement, at: datetime) -> list[Blocker]:
    names = ("opens", "closes", "judging_closes")
    found = [Blocker(f"{name}_missing", "edit_dates") for name in names if getattr(season, f"{name}_at") is None]
    if season.closes_at is not None and season.closes_at <= at:
        found.append(Blocker("closes_passed", "edit_dates", {"closes_at": season.closes_at}))
    day = local_date(season.opens_at) if season.opens_at is not None else None
    if day is not None and day < movement.effective_from:
        found.append(Blocker("rules_too_new", "edit_dates", {"from": movement.effective_from, "opens_on": day}))
    if day is not None and movement.effective_to is not None and day > movement.effective_to:
        found.append(Blocker("rules_too_old", "edit_dates", {"to": movement.effective_to, "opens_on": day}))
    return found


def open_season(season: Season, *, actor: Actor, at: datetime) -> None:
    """Freeze the rules and announce the season: two snapshots, the rows of its stages, phase open.

    From here on the season reads its rules from the snapshot alone (`frozen.rules_of`).

    :raise WrongPhase: it is open already.
    :raise SeasonNotReady: something is missing; the error lists it.
    """
    phase = next_phase("open", season.phase)
    missing = blockers(season, at=at)
    if missing:
        raise SeasonNotReady(blockers=missing)
    movement = movement_of_draft(season.movement_id)
    season.movement_snapshot = freeze("movement", canonical_bytes(movement), movement, actor=actor, at=at)
    season.snapshot = freeze("season", draft_document(season, movement), movement, actor=actor, at=at)
    for position, stage in enumerate(movement.stages):
        season.stages.append(
            Stage(season_id=season.id, slug=stage.id, kind=stage.kind, title=stage.title, position=position,
                  blind=stage.blind)
        )  # fmt: skip
    season.phase = phase
    db.session.flush()
    digests = {"rules": season.snapshot.sha256, "movement": season.movement_snapshot.sha256}
    _record("season.open", season, actor=actor, at=at, after=digests)


def freeze(kind: str, content: bytes, movement: Movement, *, actor: Actor, at: datetime) -> RuleSnapshot:
    """Return the snapshot of these bytes; seasons with the same rules share one."""
    digest = digest_of(content)
    known = queries.snapshot_by_digest(digest)
    if known is not None:
        return known
    snapshot = RuleSnapshot(
        sha256=digest, kind=kind, canonical=content, movement_id=movement.id, rules_version=movement.rules_version,
        engine=ENGINE, created_at=at, created_by_id=actor.account_id,
    )  # fmt: skip
    db.session.add(snapshot)
    db.session.flush()
    return snapshot


def extend_deadline(
    season: Season, *, closes_at: datetime, reason: str, document: str, actor: Actor, at: datetime
) -> None:
    """Give entrants more time. The new deadline, its document and reason are public from then on.

    :raise WrongPhase: entries are no longer taken, or not yet.
    :raise ExtensionNotLater: not after the present deadline, or already past.
    :raise ReasonMissing, DocumentMissing: an extension without its grounds.
    :raise JudgingEndsTooEarly, MilestoneTooEarly: a later step must be moved first.
    """
    reason, document = clean_text(reason), clean_line(document)
    if not reason:
        raise ReasonMissing()
    if not document:
        raise DocumentMissing()
    check_extension(season, closes_at=closes_at, at=at)
    before = season.closes_at
    number = len(queries.extensions_of(season)) + 1
    season.closes_at = closes_at
    season.milestones.append(
        Milestone(
            season_id=season.id, kind=f"{EXTENSION}{number}", title=document[:200], note=reason[:500], at=closes_at
        )
    )
    db.session.flush()
    after = {"closes_at": closes_at, "document": document}
    _record("season.extend", season, actor=actor, at=at, before={"closes_at": before}, after=after, note=reason)


def check_extension(season: Season, *, closes_at: datetime, at: datetime) -> None:
    """Pass where the deadline may be moved to `closes_at`; raises as `extend_deadline` does."""
    if season.phase != Phase.OPEN:
        raise WrongPhase(verb="extend", phase=season.phase)
    if closes_at <= at or (season.closes_at is not None and closes_at <= season.closes_at):
        raise ExtensionNotLater(closes_at=season.closes_at, wanted=closes_at)
    planned = [(milestone.kind, milestone.at) for milestone in season.milestones]
    check_dates(season.opens_at, closes_at, season.judging_closes_at, planned)


def move_milestone(season: Season, kind: str, *, to: datetime, actor: Actor, at: datetime) -> None:
    """Put another date to a later step of a running season: `judging`, or a MilestoneKind.

    :raise WrongPhase: the season is over.
    :raise JudgingEndsTooEarly, MilestoneTooEarly: it would come before the deadline for entries.
    """
    if season.phase == Phase.PUBLISHED:
        raise WrongPhase(verb="move_milestone", phase=season.phase)
    if kind == "judging":
        check_dates(season.opens_at, season.closes_at, to)
        before, season.judging_closes_at = season.judging_closes_at, to
    else:
        check_dates(season.opens_at, season.closes_at, None, [(kind, to)])
        planned = queries.milestone_of(season, kind)
        before = planned.at if planned is not None else None
        _plan(season, {MilestoneKind(kind): to})
    db.session.flush()
    _record("season.move_milestone", season, actor=actor, at=at, before={kind: before}, after={kind: to})


def move(season: Season, verb: str, *, actor: Actor, at: datetime) -> None:
    """Move a season on: start_judging, close_judging, reopen_judging, decide, publish. Later rooms call this.

    :raise WrongPhase: the verb does not begin where the season stands.
    """
    assert verb != "open"  # Opening freezes the rules: `open_season`.
    before, season.phase = season.phase, next_phase(verb, season.phase)
    if verb == "close_judging":
        season.judging_closed_at = at
    elif verb == "reopen_judging":
        season.judging_closed_at = None
    elif verb == "publish":
        season.published_at = at
    db.session.flush()
    _record(f"season.{verb}", season, actor=actor, at=at, before={"phase": before}, after={"phase": season.phase})


def _require_organiser(actor: Actor, unit: Unit) -> None:
    if not actor.is_system and not actor.covers(Role.ORGANISER, unit.path):
        raise NotAllowed(verb="season.create")


def _record(verb: str, season: Season, *, actor: Actor, at: datetime, **more: Any) -> None:
    audit.record(verb, season, actor=actor, at=at, season_id=season.id, unit_path=season.owner_unit.path, **more)
