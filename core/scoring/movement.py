"""What a movement is, as one immutable value: the tables of movement format 1, each as a dataclass.

A field is named like its key, with a trailing underscore where Python keeps the word (`from_`, `is_`). Its annotation
is the whole schema: the reader and the canonical form are derived from it. None means that the key is absent; in a
movement that was read, every default is filled in, computed ones too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from core.scoring.kinds import (
    BelowMin,
    ChoiceId,
    Code,
    CriterionKind,
    FactKind,
    FieldKind,
    Filled,
    GateEffect,
    Method,
    ReachLevel,
    RoundingMode,
    Scalar,
    Scale,
    Slug,
    Subject,
    Test,
    Verified,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule stands, and how far that was verified."""

    document: Filled
    article: str = ""
    date: date | None = None
    mark: Verified


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer of a choice field or one value of a choice fact."""

    id: ChoiceId
    title: Filled


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowIf:
    """Ask a question only when an earlier answer equals `is_`."""

    field: str
    is_: Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One question of the entry form."""

    id: Slug
    title: Filled
    help: str = ""
    section: str = ""
    kind: FieldKind
    required: bool = False
    confidential: bool = False
    identifies: bool = False
    min: Decimal | None = None
    max: Decimal | None = None
    max_length: int | None = None
    max_files: int | None = None
    max_mb: int | None = None
    extensions: tuple[Filled, ...] = ()
    choices: tuple[Choice, ...] = ()
    show_if: ShowIf | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authors:
    """How many authors an entry may name and how they share it; shares are per cent and sum to 100."""

    max: int = 10
    shares: bool = True
    share_step: Decimal = Decimal(1)
    lead: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What an entrant is asked; `authors` None means that the entry names no authors."""

    fields: tuple[FormField, ...] = ()
    authors: Authors | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A value about the entry that is not a mark; without a default an unknown value keeps the entry waiting."""

    id: Slug
    title: Filled
    kind: FactKind
    choices: tuple[Choice, ...] = ()
    by: Literal["organiser", "unit", "system", "field"] = "organiser"
    field: str | None = None
    min: Decimal = Decimal(0)
    default: Scalar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """A condition on an entry that does not touch its score."""

    id: Slug
    title: Filled
    effect: Literal["block", "warn"] = "block"
    source: Source | None = None
    test: Test
    field: str | None = None
    is_: Scalar | None = None
    from_: date | None = None
    to: date | None = None
    months: int | None = None
    units: tuple[Filled, ...] | None = None
    award: str | None = None
    years: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step in the life of the season, in the order of the file."""

    id: Slug
    title: Filled
    kind: Literal["endorse", "check", "score", "vote", "decide"]
    unit_kind: str = ""
    sheets: tuple[str, ...] = ()
    panels: Literal["one", "by_field"] = "one"
    judges_min: int = 1
    blind: Literal["open", "authors", "double"] = "open"
    advance_min: Decimal | None = None
    advance_top: int | None = None
    majority: Fraction | None = None
    base: Literal["all_members", "present", "valid_ballots"] = "all_members"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounding:
    """Round to a multiple of `to`; `up` is towards +∞, half_up takes halves away from zero."""

    to: Decimal
    mode: RoundingMode = "half_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRounding:
    """Where a sheet rounds: each mark, each judged criterion, the total. Nothing else does."""

    mark: Rounding | None = None
    criterion: Rounding | None = None
    total: Rounding = Rounding(to=Decimal("0.01"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of a criterion: `points` alone, or a range `from_`..`to` in which the typed points lie."""

    id: Code
    title: Filled
    guidance: str = ""
    points: Decimal | None = None
    from_: Decimal | None = None
    to: Decimal | None = None

    @property
    def lowest(self) -> Decimal:
        """The fewest points that this level gives."""
        return self.points if self.points is not None else self.from_ or Decimal(0)

    @property
    def highest(self) -> Decimal:
        """The most points that this level gives."""
        return self.points if self.points is not None else self.to or Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueStep:
    """From this value of the fact on, these points."""

    from_: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """Points computed from a fact by exactly one of rate (on top of base), share_of or steps."""

    fact: str
    rate: Decimal | None = None
    base: Decimal | None = None
    share_of: str | None = None
    steps: tuple[ValueStep, ...] | None = None
    round: Rounding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """Take `points` away for each unit of the fact."""

    fact: str
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A criterion of exactly one kind: points, levels, value, group or remark."""

    id: Code
    title: Filled
    guidance: str = ""
    mark: Verified | None = None
    max: Decimal | None = None
    min: Decimal | None = None
    levels: tuple[Level, ...] | None = None
    value: Value | None = None
    criteria: tuple[Criterion, ...] | None = None
    scored: bool = True
    step: Decimal | None = None
    clip: bool = False
    outside: bool = False
    column: str | None = None
    comment: Literal["none", "optional", "always", "extremes"] = "optional"
    evidence: tuple[Filled, ...] = ()
    min_pass: Decimal | None = None
    below_min: BelowMin = "note"
    deductions: tuple[Deduction, ...] = ()
    floor: Decimal | None = None

    @property
    def kind(self) -> CriterionKind:
        """What fills the criterion: typed points, a picked level, a fact, its children, or only words."""
        if not self.scored:
            return "remark"
        if self.levels is not None:
            return "levels"
        if self.value is not None:
            return "value"
        return "points" if self.criteria is None else "group"

    @property
    def is_judged(self) -> bool:
        """Whether a person gives it points, typed or by a level."""
        return self.kind in {"points", "levels"}

    @property
    def lowest(self) -> Decimal:
        """The fewest points it can have before deductions."""
        if self.levels is not None:
            return min((level.lowest for level in self.levels), default=Decimal(0))
        if self.criteria is not None:
            return sum((child.lowest for child in self.criteria), Decimal(0))
        return self.min or Decimal(0)

    @property
    def highest(self) -> Decimal:
        """The most points it can have."""
        if self.max is not None:
            return self.max
        if self.levels is not None:
            return max((level.highest for level in self.levels), default=Decimal(0))
        return sum((child.highest for child in self.criteria or ()), Decimal(0))

    def walk(self) -> Iterator[Criterion]:
        """Yield this criterion and everything below it, in document order."""
        yield self
        for child in self.criteria or ():
            yield from child.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Who fills the sheet, and how several filled sheets become one value."""

    id: Slug
    title: Filled
    by: Literal["judge", "self", "unit", "council"]
    method: Method = "mean"
    drop: int = 0
    over: Literal["sheet", "criterion"] = "sheet"
    min_sheets: int | None = None

    @property
    def sheets_needed(self) -> int:
        """The fewest valid sheets that give a score."""
        return self.fewest if self.min_sheets is None else self.min_sheets

    @property
    def fewest(self) -> int:
        """The fewest sheets that dropping leaves something of."""
        return max(1, 2 * self.drop + 1)


DEFAULT_COLUMNS = (Column(id="cham", title="Điểm chấm", by="judge"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A class (xếp loại) from `min` points on; `next` suggests in words what follows."""

    id: Slug
    title: Filled
    min: Decimal
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A condition tested after scoring, with its effect; exactly one test is given."""

    id: Slug
    text: Filled
    effect: GateEffect
    band: str | None = None
    total_below: Decimal | None = None
    points_below: Decimal | None = None
    fraction_below: Fraction | None = None
    criteria: tuple[str, ...] | None = None
    fact: str | None = None
    is_: Scalar | None = None
    at_least: Scalar | None = None
    below: Scalar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disparity:
    """When the judges of one entry disagree so much that another one must score it."""

    classes: bool = False
    spread: Decimal | None = None
    resolve_at: int = 3
    column_gap: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TieBreak:
    """One step of the chain that orders equal totals: a criterion or a fact."""

    criterion: str | None = None
    fact: str | None = None
    prefer: Literal["high", "low"] = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Within what entries are ranked, how ties break, and what a tie at the last place of a prize does."""

    within: Literal["season", "field", "unit"] = "season"
    tie_break: tuple[TieBreak, ...] = ()
    tie_at_quota: Literal["council", "all", "none"] = "council"
    vote: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A prize (hạng giải), highest first, by points, band and number of places."""

    id: Slug
    title: Filled
    min: Decimal | None = None
    bands: tuple[str, ...] = ()
    quota: int | None = None
    quota_per_field: int | None = None
    quota_per_unit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One score sheet (mẫu phiếu) of the movement, with everything that makes a score of it."""

    id: Slug
    title: Filled
    subject: Subject
    source: Source | None = None
    scale: Scale = Decimal(100)
    step: Decimal = Decimal(1)
    criteria: tuple[Criterion, ...]
    columns: tuple[Column, ...] = DEFAULT_COLUMNS
    official: str | None = None
    rounding: SheetRounding = SheetRounding()
    bands: tuple[Band, ...] = ()
    gates: tuple[Gate, ...] = ()
    disparity: Disparity = Disparity()
    ranking: Ranking = Ranking()
    tiers: tuple[Tier, ...] = ()

    def walk(self) -> Iterator[Criterion]:
        """Yield every criterion of the sheet in document order, groups before their children."""
        for criterion in self.criteria:
            yield from criterion.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonKind:
    """A kind of person for whom an award has thresholds of its own."""

    id: Slug
    title: Filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What a kind of person needs by one route to an award, in the time from `valid_from` to `valid_to`."""

    person: str
    route: Slug
    valid_from: date
    valid_to: date | None = None
    min_count: int = 1
    min_value: Decimal = Decimal(0)
    window_years: int = 1
    every_year: bool = False
    solution_kind: str | None = None
    min_level: ReachLevel | None = None
    mark: Verified


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardKind:
    """An award above the season, with its dated thresholds; values are in đồng."""

    id: Slug
    title: Filled
    subject: Subject
    source: Source
    person_kinds: tuple[PersonKind, ...]
    thresholds: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The table `[movement]`: what it is called, whom it judges, since when, by which documents."""

    id: Slug
    title: Filled
    summary: str = ""
    subjects: tuple[Subject, ...]
    rules_version: int
    effective_from: date
    effective_to: date | None = None
    legal_basis: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement(Head):
    """A movement (phong trào): who enters, what the form asks, how it is scored, ranked and awarded."""

    form: Form = Form()
    facts: tuple[Fact, ...] = ()
    eligibility: tuple[Eligibility, ...] = ()
    stages: tuple[Stage, ...] = ()
    sheets: tuple[Sheet, ...]
    awards: tuple[AwardKind, ...] = ()

    def sheet(self, sheet_id: str) -> Sheet:
        """Return the score sheet of that id.

        :raise KeyError: the movement has no such sheet.
        """
        for sheet in self.sheets:
            if sheet.id == sheet_id:
                return sheet
        raise KeyError(sheet_id)

    def award(self, award_id: str) -> AwardKind:
        """Return the award kind of that id.

        :raise KeyError: the movement has no such award kind.
        """
        for award in self.awards:
            if award.id == award_id:
                return award
        raise KeyError(award_id)
