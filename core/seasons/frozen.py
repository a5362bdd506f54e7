"""The rules of a season as one value: read from its frozen bytes alone, so they outlive the plugin they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app

from core.movements import queries as movements
from core.scoring.canonical import (
    ChoiceUnknown,
    Quota,
    SeasonChoices,
    SeasonDocument,
    digest_of,
    effective_sheet,
    read_season_document,
    season_document,
)
from core.scoring.movement import Fact, Form, Movement, Sheet, Stage
from core.scoring.rules import FrozenScorer
from core.scoring.scorers import Scorer
from core.seasons.models import RuleSnapshot, Season
from core.seasons.rules import FrozenRulesDamaged, MovementGone, Phase
from core.seasons.words import noun


@dataclass(frozen=True, slots=True, eq=False)
class SeasonRules:
    """What a season runs by: the movement and the season's own choices, exactly as frozen.

    `digest` is the SHA-256 of `canonical`; of a draft it is the one that opening it now would freeze. `by_subject`
    holds the sheets, quotas applied, by (stage, subject).
    """

    document: SeasonDocument
    canonical: bytes
    digest: str
    by_subject: Mapping[tuple[str, str], Sheet]

    @property
    def movement(self) -> Movement:
        """The movement as it was frozen."""
        return self.document.movement

    @property
    def choices(self) -> SeasonChoices:
        """What the season decided itself: sheets, quotas, dates."""
        return self.document.choices

    @property
    def engine(self) -> str:
        """The number of the scoring engine the rules were written for."""
        return self.document.engine

    @property
    def form(self) -> Form:
        """What an entrant is asked."""
        return self.movement.form

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The values about an entry that are not marks."""
        return self.movement.facts

    @property
    def nouns(self) -> dict[str, str]:
        """What is entered, by subject, in the words of the page: {"person": «cá nhân»}."""
        return {subject: noun(subject) for subject in self.movement.subjects}

    def score_stages(self) -> tuple[Stage, ...]:
        """Return the stages in which sheets are filled, in order."""
        return tuple(stage for stage in self.movement.stages if stage.kind == "score")

    def stage(self, slug: str) -> Stage:
        """Return the stage of that id.

        :raise ChoiceUnknown: the movement has no such stage.
        """
        for stage in self.movement.stages:
            if stage.id == slug:
                return stage
        raise ChoiceUnknown(kind="stage", value=slug)

    def sheet(self, stage: str, subject: str) -> Sheet:
        """Return the sheet by which `stage` scores `subject`, with the season's quotas in its tiers.

        :raise ChoiceUnknown: nothing of that kind is scored there.
        """
        try:
            return self.by_subject[stage, str(subject)]
        except KeyError:
            raise ChoiceUnknown(kind="subject", value=subject) from None

    def sheets(self) -> tuple[Sheet, ...]:
        """Return the chosen sheets, each once, in the order of stages and subjects."""
        return tuple({sheet.id: sheet for sheet in self.by_subject.values()}.values())


def rules_of(season: Season) -> SeasonRules:
    """Return the rules of a season: frozen ones past draft, else what opening it now would freeze.

    :raise FrozenRulesDamaged: the stored bytes do not have the digest they are stored under.
    :raise UnreadableSnapshot: the bytes need another release.
    :raise MovementGone: a draft whose movement is neither installed nor offered.
    """
    if season.phase == Phase.DRAFT:
        return read_rules(draft_document(season, movement_of_draft(season.movement_id)))
    assert season.snapshot is not None  # The table's own constraint: open means frozen.
    return rules_in(season.snapshot)


def rules_in(snapshot: RuleSnapshot) -> SeasonRules:
    """Return the rules that a snapshot of a season holds.

    :raise FrozenRulesDamaged: the stored bytes do not have the digest they are stored under.
    :raise UnreadableSnapshot: the bytes need another release.
    """
    rules = read_rules(snapshot.canonical)
    if rules.digest != snapshot.sha256:
        raise FrozenRulesDamaged(digest=rules.digest, expected=snapshot.sha256)
    return rules


@lru_cache(maxsize=64)
def read_rules(canonical: bytes) -> SeasonRules:
    """Read the bytes of a season document; the same bytes give the same object.

    :raise UnreadableSnapshot: they are not such a document.
    """
    document = read_season_document(canonical)
    by_subject: dict[tuple[str, str], Sheet] = {
        (stage, subject): effective_sheet(document, stage, subject)
        for stage, chosen in document.choices.sheets.items()
        for subject in document.movement.subjects
        if any(document.movement.sheet(sheet_id).subject == subject for sheet_id in chosen)
    }
    return SeasonRules(document=document, canonical=canonical, digest=digest_of(canonical), by_subject=by_subject)


def movement_of_draft(movement_id: str) -> Movement:
    """Return a movement that is installed or offered on the web.

    :raise MovementGone: there is no such movement (any more).
    """
    movement = movements.find(movement_id)
    if movement is None:
        raise MovementGone(movement_id=movement_id)
    return movement


def frozen_scorers(movement_id: str) -> Mapping[str, FrozenScorer]:
    """Return what a season opening now would freeze: by sheet the newest scorer, where the plugin brings one."""
    scorers: Mapping[str, FrozenScorer] = current_app.extensions["thidua_registry"].frozen_scorers(movement_id)
    return scorers


def newest_scorer(movement: Movement, sheet: str) -> Scorer | None:
    """Return what scores a sheet of a movement in use, None for engine 1."""
    scorer: Scorer | None = current_app.extensions["thidua_registry"].newest_scorer(movement, sheet)
    return scorer


def has_drifted(movement_id: str) -> bool:
    """Whether an installed movement's rules changed without a new version, so that no season may begin with them."""
    return current_app.extensions["thidua_registry"].drift(movement_id) is not None


def draft_document(season: Season, movement: Movement) -> bytes:
    """Return the bytes that opening `season` with `movement` would freeze."""
    return season_document(movement, choices_of(season, movement))


def choices_of(season: Season, movement: Movement) -> SeasonChoices:
    """Return a draft's choices as far as the movement still has what they name; the rest falls back to its defaults.

    Sheets: for each score stage one for each subject, the chosen one or the stage's first. Dates: by name, those set.
    """
    stored: Mapping[str, Any] = season.choices or {}
    sheets = {
        stage.id: chosen_sheets(movement, stage, stored.get("sheets", {}).get(stage.id, ()))
        for stage in movement.stages
        if stage.kind == "score"
    }
    quotas: dict[str, dict[str, Quota]] = {}
    for sheet in movement.sheets:
        known = {tier.id for tier in sheet.tiers}
        own = stored.get("quotas", {}).get(sheet.id, {})
        kept = {tier: Quota(**numbers) for tier, numbers in own.items() if tier in known}
        if kept and any(sheet.id in chosen for chosen in sheets.values()):
            quotas[sheet.id] = kept
    dates = {"opens-at": season.opens_at, "closes-at": season.closes_at, "judging-closes-at": season.judging_closes_at}
    dates |= {f"milestone-{milestone.kind}": milestone.at for milestone in season.milestones}
    return SeasonChoices(
        sheets=sheets,
        quotas=quotas,
        dates={name: at for name, at in dates.items() if at is not None},
        scorers=frozen_scorers(movement.id),
    )


def chosen_sheets(movement: Movement, stage: Stage, wanted: Any) -> tuple[str, ...]:
    """Return one sheet id for each subject that `stage` can score, those in `wanted` before the stage's first."""
    chosen = []
    for subject in movement.subjects:
        fitting = [sheet for sheet in stage.sheets if movement.sheet(sheet).subject == subject]
        if fitting:
            chosen.append(next((sheet for sheet in fitting if sheet in wanted), fitting[0]))
    return tuple(chosen)
