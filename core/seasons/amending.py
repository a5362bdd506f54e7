"""Amending the rules of a running season: a new snapshot beside the old ones, on a decision that everybody can read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from core.accounts.rules import Actor
from core.audit import service as audit
from core.db import canonical_json
from core.extensions import db
from core.movements import queries as movements
from core.scoring.canonical import Quota, SeasonChoices, canonical_bytes, season_document
from core.scoring.differences import Difference, differences
from core.scoring.movement import Movement
from core.seasons.frozen import SeasonRules, chosen_sheets, frozen_scorers, read_rules, rules_in, rules_of
from core.seasons.models import Amendment, RuleSnapshot, Season
from core.seasons.rules import (
    AMENDABLE,
    DecidedInFuture,
    GroundsMissing,
    NothingAmended,
    RulesNotInForce,
    RulesNotNewer,
    Scope,
    SeasonChanged,
    WrongPhase,
)
from core.seasons.service import freeze
from core.vietnamese.dates import local_date
from core.vietnamese.text import clean_line, clean_text


@dataclass(frozen=True, slots=True)
class Proposal:
    """Amended rules before anything is written: the rules in force, the ones to be, and every difference."""

    before: SeasonRules
    after: SeasonRules
    differences: tuple[Difference, ...]

    @property
    def takes_over_movement(self) -> bool:
        """Whether a newer version of the movement comes in."""
        return self.before.movement.rules_version != self.after.movement.rules_version


@dataclass(frozen=True, slots=True)
class Grounds:
    """What an amendment rests on, and how far it reaches."""

    decision_number: str
    decided_on: date
    reason: str
    scope: Scope


def newer_movement(season: Season) -> Movement | None:
    """Return the version of a season's movement that is in use now if it is above the frozen one, else None."""
    found = movements.find(season.movement_id)
    if found is None or found.rules_version <= rules_of(season).movement.rules_version:
        return None
    return found


def propose(
    season: Season,
    *,
    movement: Movement | None = None,
    sheets: Mapping[str, list[str]] | None = None,
    quotas: Mapping[str, Mapping[str, Mapping[str, int]]] | None = None,
) -> Proposal:
    """Return what the rules would be: a newer version of the movement, other sheets, other numbers of prizes.

    What is not given stays as it is frozen, dates too; choices that the new version does not know fall away.

    :param sheets: per score stage the chosen ids.
    :param quotas: per sheet and tier the numbers that this amendment sets; the season's other numbers stay.
    :raise RulesNotNewer: a version that is not above the frozen one.
    :raise ChoiceUnknown: a sheet or tier that the movement does not have, or a negative number.
    :raise NothingAmended: nothing would differ.
    """
    before = rules_of(season)
    frozen = before.movement
    if movement is not None and (movement.id != frozen.id or movement.rules_version <= frozen.rules_version):
        raise RulesNotNewer(version=movement.rules_version, frozen=frozen.rules_version)
    wanted = movement or frozen
    choices = SeasonChoices(
        sheets=_sheets(wanted, before.choices.sheets, sheets or {}),
        quotas=_quotas(wanted, before.choices.quotas, quotas or {}),
        dates=before.choices.dates,
        # A newer version of the movement brings its newest scorers; any other change keeps the frozen ones.
        scorers=before.choices.scorers if movement is None else frozen_scorers(movement.id),
    )
    after = read_rules(season_document(wanted, choices))
    found = differences(before.document, after.document)
    if not found:
        raise NothingAmended()
    return Proposal(before, after, found)


def _sheets(
    movement: Movement, frozen: Mapping[str, tuple[str, ...]], wanted: Mapping[str, list[str]]
) -> dict[str, tuple[str, ...]]:
    stages = [stage for stage in movement.stages if stage.kind == "score"]
    return {
        stage.id: tuple(wanted[stage.id])
        if stage.id in wanted
        else chosen_sheets(movement, stage, frozen.get(stage.id, ()))
        for stage in stages
    }


def _quotas(
    movement: Movement,
    frozen: Mapping[str, Mapping[str, Quota]],
    wanted: Mapping[str, Mapping[str, Mapping[str, int]]],
) -> dict[str, dict[str, Quota]]:
    """Return the season's own numbers: those frozen that the movement still knows, with the wanted ones set."""
    tiers = {sheet.id: {tier.id for tier in sheet.tiers} for sheet in movement.sheets}
    own = {
        sheet: {tier: quota for tier, quota in by.items() if tier in tiers[sheet]}
        for sheet, by in frozen.items()
        if sheet in tiers
    }
    for sheet, by in wanted.items():
        for tier, numbers in by.items():
            kept = own.setdefault(sheet, {})
            kept[tier] = replace(kept.get(tier, Quota()), **numbers)
    return {sheet: by for sheet, by in own.items() if by}


def check_grounds(proposal: Proposal, grounds: Grounds, *, at: datetime) -> None:
    """Pass where a decision may carry the amendment.

    :raise GroundsMissing: no number of a decision, or no reason.
    :raise DecidedInFuture: the decision bears a day to come.
    :raise RulesNotInForce: the newer version is not in force on that day.
    """
    for what, text in (("decision", grounds.decision_number), ("reason", grounds.reason)):
        if not clean_text(text):
            raise GroundsMissing(what=what)
    if grounds.decided_on > local_date(at):
        raise DecidedInFuture(on=grounds.decided_on)
    movement = proposal.after.movement
    ends = movement.effective_to
    if proposal.takes_over_movement and (
        grounds.decided_on < movement.effective_from or (ends is not None and grounds.decided_on > ends)
    ):
        raise RulesNotInForce(on=grounds.decided_on, starts=movement.effective_from, ends=ends)


def amend_season(season: Season, proposal: Proposal, grounds: Grounds, *, actor: Actor, at: datetime) -> Amendment:
    """Put amended rules in force: a new snapshot, the amendment's row, the season pointing at the new rules.

    Whether what was filed and scored stays readable is asked before, by the room that knows it.

    :raise WrongPhase: the season is not running, or already decided.
    :raise SeasonChanged: its rules changed after the proposal was made.
    :raise GroundsMissing, DecidedInFuture, RulesNotInForce: see `check_grounds`.
    """
    if season.phase not in AMENDABLE:
        raise WrongPhase(verb="amend", phase=season.phase)
    if rules_of(season).digest != proposal.before.digest:
        raise SeasonChanged(revision=season.revision)
    check_grounds(proposal, grounds, at=at)
    assert season.snapshot is not None
    old, movement = season.snapshot, proposal.after.movement
    new = freeze("season", proposal.after.canonical, movement, actor=actor, at=at)
    season.movement_snapshot = freeze("movement", canonical_bytes(movement), movement, actor=actor, at=at)
    season.snapshot = new
    season.choices = {**season.choices, **_stored(proposal.after.choices)}
    for row, stage in zip(season.stages, movement.stages, strict=True):
        row.title = stage.title
    amendment = Amendment(
        season_id=season.id, number=len(season.amendments) + 1, from_snapshot_id=old.id, from_snapshot=old,
        to_snapshot_id=new.id, to_snapshot=new, decision_number=clean_line(grounds.decision_number)[:200],
        decided_on=grounds.decided_on, reason=clean_text(grounds.reason)[:500], scope=grounds.scope, sha256="",
        amended_by_id=actor.account_id, at=at,
    )  # fmt: skip
    amendment.sha256 = seal_of(amendment, season, season.amendments[-1].sha256 if season.amendments else "")
    season.amendments.append(amendment)
    db.session.flush()
    audit.record(
        "season.amend", season, actor=actor, at=at, season_id=season.id, unit_path=season.owner_unit.path,
        before={"rules": old.sha256}, note=amendment.reason,
        after={
            "rules": new.sha256, "amendment": amendment.sha256, "decision": amendment.decision_number,
            "decided_on": amendment.decided_on.isoformat(), "scope": str(amendment.scope),
        },
    )  # fmt: skip
    return amendment


def seal_of(amendment: Amendment, season: Season, earlier: str) -> str:
    """Return the digest of everything an amendment says, and of the one before it (empty before the first)."""
    said = [
        earlier, season.public_id, amendment.number, amendment.from_snapshot.sha256, amendment.to_snapshot.sha256,
        amendment.decision_number, amendment.decided_on.isoformat(), amendment.reason, str(amendment.scope),
        amendment.amended_by_id, amendment.at.astimezone(UTC).isoformat(),
    ]  # fmt: skip
    return hashlib.sha256(canonical_json(said)).hexdigest()


def _stored(choices: SeasonChoices) -> dict[str, Any]:
    """Return sheets and quotas as a season in preparation keeps them, so that next year's copy begins with them."""
    return {
        "sheets": {stage: list(chosen) for stage, chosen in choices.sheets.items()},
        "quotas": {
            sheet: {
                tier: {
                    name: count
                    for name in ("quota", "quota_per_field", "quota_per_unit")
                    if (count := getattr(quota, name)) is not None
                }
                for tier, quota in by.items()
            }
            for sheet, by in choices.quotas.items()
        },
    }


def snapshots(season: Season) -> list[RuleSnapshot]:
    """Return every snapshot that was ever in force, the first one first, each once."""
    if season.snapshot is None:
        return []
    every = [*(amendment.from_snapshot for amendment in season.amendments), season.snapshot]
    return list({snapshot.id: snapshot for snapshot in every}.values())


def rules_by_digest(season: Season) -> dict[str, SeasonRules]:
    """Return the rules that were ever in force in a season, by their digests.

    :raise FrozenRulesDamaged, UnreadableSnapshot: see `rules_in`.
    """
    return {snapshot.sha256: rules_in(snapshot) for snapshot in snapshots(season)}


def differences_of(amendment: Amendment) -> tuple[Difference, ...]:
    """Return what an amendment changed, from the two snapshots it names."""
    before, after = rules_in(amendment.from_snapshot), rules_in(amendment.to_snapshot)
    return differences(before.document, after.document)
