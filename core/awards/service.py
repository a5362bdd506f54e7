"""From the ranking to the signed decision and the printed citation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from core.accounts.rules import Actor
from core.audit import service as audit
from core.awards import queries
from core.awards.models import Award, Citation, Decision, Proposal
from core.awards.rules import (
    AwardReasonMissing,
    CitationAlreadyRevoked,
    CitationStatus,
    DecisionNumberTaken,
    DecisionStatus,
    NothingProposed,
    NotRanked,
    Place,
    ProposalsOutdated,
    TierUnknown,
    TieUnresolved,
    check_quotas,
)
from core.documents.citation import CitationValues, DocumentOverflow, render_citation
from core.entries import service as entries
from core.entries.models import Entry
from core.entries.rules import State, Subject
from core.extensions import db
from core.judging.models import Ranking, Score
from core.scoring.movement import Sheet, Tier
from core.seasons import service as seasons
from core.seasons.frozen import rules_of
from core.seasons.models import Season
from core.seasons.rules import next_phase
from core.storage import Storage
from core.vietnamese.codes import new_citation_code, new_public_id
from core.vietnamese.text import fold

UNDECIDED = ("quota_tie:", "waits_for_tie")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the proposal page: an entry with its place, and the tier it is put forward for, if any."""

    entry: Entry
    sheet: Sheet
    rank: int | None
    total: Decimal | None
    band: str | None
    status: str
    suggested: str | None
    reasons: tuple[str, ...]
    chosen: Proposal | None

    @property
    def proposal(self) -> Proposal | None:
        """What the entry is put forward for."""
        return self.chosen if self.chosen is not None and self.chosen.tier else None

    @property
    def declined(self) -> Proposal | None:
        """The council's word, with its reason, that the entry is not put forward."""
        return self.chosen if self.chosen is not None and not self.chosen.tier else None

    @property
    def waits_for_council(self) -> bool:
        """Whether a tie at a quota leaves this place open until somebody decides."""
        return self.chosen is None and any(reason.startswith(UNDECIDED) for reason in self.reasons)


def lines(season: Season) -> list[Line]:
    """Return every scored entry in the order of its ranking, with what is proposed for it."""
    known = queries.scored_entries(season)
    scores = queries.scores(season)
    chosen = {row.entry_id: row for row in queries.choices(season)}
    return [
        line
        for ranking in queries.current_rankings(season)
        for line in _lines_of(season, ranking, known, scores, chosen)
    ]


def _lines_of(
    season: Season, ranking: Ranking, known: dict[str, Entry], scores: dict[int, Score], chosen: dict[int, Proposal]
) -> list[Line]:
    sheet = next(sheet for sheet in rules_of(season).sheets() if sheet.id == ranking.sheet_slug)
    found = []
    for public_id in ranking.result["order"]:
        entry = known[public_id]
        score = scores[entry.id]
        placed: dict[str, Any] = ranking.result["entries"][public_id]
        found.append(
            Line(
                entry=entry, sheet=sheet, rank=placed["rank"], total=score.total, band=score.band, status=score.status,
                suggested=placed["tier"], reasons=tuple(placed["reasons"]), chosen=chosen.get(entry.id),
            )
        )  # fmt: skip
    return found


def propose(season: Season, *, actor: Actor, at: datetime) -> list[Proposal]:
    """Put forward what the ranking gives: every entry that reached a tier, in order. Earlier proposals are replaced.

    Ties at a quota are left open: `choose` decides them, with a reason.

    :raise WrongPhase: the season is not ranked.
    """
    next_phase("decide", season.phase)
    for old in queries.choices(season):
        db.session.delete(old)
    db.session.flush()
    made = []
    for position, line in enumerate((line for line in lines(season) if line.suggested), start=1):
        made.append(_add(season, line, str(line.suggested), position, note="", actor=actor, at=at))
    audit.record("award.propose", season, actor=actor, at=at, after={"count": len(made)}, season_id=season.id)
    db.session.flush()
    return made


def _add(season: Season, line: Line, tier_id: str, position: int, *, note: str, actor: Actor, at: datetime) -> Proposal:
    row = Proposal(
        season_id=season.id, entry_id=line.entry.id, entry=line.entry, tier=tier_id,
        tier_title=_tier(line.sheet, tier_id).title if tier_id else "", position=position, note=note,
        proposed_by_id=actor.account_id, proposed_at=at,
    )  # fmt: skip
    db.session.add(row)
    return row


def _tier(sheet: Sheet, tier_id: str) -> Tier:
    for tier in sheet.tiers:
        if tier.id == tier_id:
            return tier
    raise TierUnknown(tier=tier_id)


def choose(season: Season, entry: Entry, tier_id: str | None, *, reason: str, actor: Actor, at: datetime) -> None:
    """Put an entry forward for a tier, or decline it, where the ranking leaves the choice to people.

    What was declined stays on record with its reason: a tie is settled when each of its entries has a word.

    :raise AwardReasonMissing: no reason given.
    :raise NotRanked: the entry did not pass.
    :raise QuotaExceeded: the tier would hold more than its quota.
    """
    next_phase("decide", season.phase)
    if not reason.strip():
        raise AwardReasonMissing()
    line = next((line for line in lines(season) if line.entry.id == entry.id), None)
    if line is None or (tier_id and line.status != "passed"):
        raise NotRanked(entry=entry.code, standing=line.status if line else "unscored")
    before = line.chosen.tier if line.chosen else ""
    if line.chosen is not None:
        db.session.delete(line.chosen)
        db.session.flush()
    _add(season, line, tier_id or "", len(queries.choices(season)) + 1, note=reason.strip(), actor=actor, at=at)
    db.session.flush()
    _check_quotas(season)
    _reorder(season)
    audit.record(
        "award.choose", entry, actor=actor, at=at, before={"tier": before}, after={"tier": tier_id or ""}, note=reason,
        season_id=season.id,
    )  # fmt: skip
    db.session.flush()


def _reorder(season: Season) -> None:
    """Number the choices as the ranking orders them within each tier."""
    order = {line.entry.id: place for place, line in enumerate(lines(season))}
    tiers = {tier.id: place for sheet in rules_of(season).sheets() for place, tier in enumerate(sheet.tiers)}
    # What was declined stands last.
    rows = sorted(queries.choices(season), key=lambda row: (tiers.get(row.tier, len(tiers)), order[row.entry_id]))
    for position, row in enumerate(rows, start=1):
        row.position = position


def _check_quotas(season: Season) -> None:
    sheet_of = {line.entry.id: line.sheet for line in lines(season)}
    check_quotas(
        (
            Place(sheet_of[row.entry_id].id, row.tier, row.entry.field, str(row.entry.unit_id))
            for row in queries.proposals(season)
        ),
        {(sheet.id, tier.id): tier for sheet in rules_of(season).sheets() for tier in sheet.tiers},
    )


def check_ready(season: Season) -> list[Proposal]:
    """Return the proposals a decision would carry.

    :raise NothingProposed: there are none.
    :raise ProposalsOutdated: the rules were amended after they were made.
    :raise TieUnresolved: a tie at a quota waits for the council's choice.
    :raise QuotaExceeded: a tier holds more than its quota.
    """
    rows = queries.proposals(season)
    if not rows:
        raise NothingProposed()
    amended_at = max((amendment.at for amendment in season.amendments), default=None)
    old = sum(1 for row in queries.choices(season) if amended_at is not None and row.proposed_at < amended_at)
    if old:
        raise ProposalsOutdated(count=old, amended_at=amended_at)
    waiting = sorted(str(line.entry.code) for line in lines(season) if line.waits_for_council)
    if waiting:
        raise TieUnresolved(entries=waiting)
    _check_quotas(season)
    return rows


def decide(
    season: Season,
    *,
    number: int,
    series: str,
    signed_on: date,
    place: str,
    authority: str,
    signer_title: str,
    signer_name: str,
    basis: str,
    base_url: str,
    actor: Actor,
    at: datetime,
) -> Decision:
    """Issue the decision: one award for each recipient of each proposal, numbered in the register («số sổ vàng»).

    Every citation is set once as a trial, so that a name too long for the page stops the decision and not the printer.

    :raise WrongPhase, NothingProposed, ProposalsOutdated, TieUnresolved, QuotaExceeded: see `check_ready`.
    :raise DecisionNumberTaken: the unit used the number in this series and year.
    :raise DocumentOverflow, DocumentFault: a citation cannot be printed.
    """
    next_phase("decide", season.phase)
    rows = check_ready(season)
    taken = sa.select(Decision.id).where(
        Decision.unit_id == season.owner_unit_id, Decision.series == series, Decision.year == signed_on.year,
        Decision.number == number,
    )  # fmt: skip
    if db.session.scalar(taken) is not None:
        raise DecisionNumberTaken(label=f"{number:02d}/{series}", year=signed_on.year)
    decision = Decision(
        public_id=new_public_id(), season_id=season.id, season=season, unit_id=season.owner_unit_id,
        status=DecisionStatus.ISSUED, series=series, year=signed_on.year, number=number, signed_on=signed_on,
        place=place, authority=authority, signer_title=signer_title, signer_name=signer_name, basis=basis,
        decided_by_id=actor.account_id, decided_at=at,
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()
    register = 0
    for row in rows:
        for recipient in recipients_of(row.entry):
            register += 1
            award = _award(decision, row, recipient, register)
            _try_to_print(award, base_url=base_url)
    for line in lines(season):
        entries.record_outcome(line.entry, "decide", actor=actor, at=at)
    seasons.move(season, "decide", actor=actor, at=at)
    audit.record(
        "award.decide", decision, actor=actor, at=at, after={"label": decision.label, "awards": register},
        season_id=season.id,
    )  # fmt: skip
    db.session.flush()
    return decision


def _try_to_print(award: Award, *, base_url: str) -> None:
    try:
        render_citation(citation_values(award, code=new_citation_code(), base_url=base_url))
    except DocumentOverflow as error:
        raise DocumentOverflow(**error.facts, recipient=award.recipient_name) from error


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a citation: a person, or a collective by name."""

    key: str
    name: str
    detail: str
    person_id: int | None


def recipients_of(entry: Entry) -> list[Recipient]:
    """Return who an entry's award goes to: each author of an initiative, the person, or the collective."""
    if entry.subject == Subject.INITIATIVE:
        return [
            Recipient(
                f"person:{author.person_id}" if author.person_id else f"name:{fold(author.full_name)}",
                author.full_name,
                ", ".join(part for part in (author.job_title, author.workplace) if part),
                author.person_id,
            )
            for author in entry.authorships
        ]
    if entry.subject == Subject.PERSON and entry.nominee is not None:
        detail = ", ".join(part for part in (entry.nominee.job_title, entry.unit.name) if part)
        return [Recipient(f"person:{entry.nominee_id}", entry.nominee.full_name, detail, entry.nominee_id)]
    name = entry.collective_name or entry.unit.name
    return [
        Recipient(f"unit:{entry.unit_id}:{fold(name)}", name, entry.unit.name if name != entry.unit.name else "", None)
    ]


def _award(decision: Decision, row: Proposal, recipient: Recipient, register: int) -> Award:
    award = Award(
        decision_id=decision.id, decision=decision, entry_id=row.entry_id, entry=row.entry, tier=row.tier,
        tier_title=row.tier_title, person_id=recipient.person_id, recipient_key=recipient.key,
        recipient_name=recipient.name, recipient_detail=recipient.detail, achievement=_achievement(row.entry),
        register_number=register,
    )  # fmt: skip
    db.session.add(award)
    return award


def _achievement(entry: Entry) -> str:
    return f"{entry.title} ({entry.season.title})"[:500]


def citation_values(award: Award, *, code: str, base_url: str, specimen: bool = False) -> CitationValues:
    """Return what the citation of an award prints."""
    decision = award.decision
    unit = decision.season.owner_unit
    return CitationValues(
        deciding_office=unit.name,
        award_name=award.tier_title,
        recipient=award.recipient_name,
        recipient_role=award.recipient_detail,
        achievement=award.achievement,
        decision_number=decision.label,
        decided_on=decision.signed_on,
        place=decision.place,
        signed_on=decision.signed_on,
        authority=tuple(part for part in (decision.authority, decision.signer_title) if part),
        signer_name=decision.signer_name,
        register_number=award.register_number,
        verify_url=f"{base_url.rstrip('/')}/x/{code}",
        citation_code=code,
        specimen=specimen,
    )


def specimen_values(season: Season, row: Proposal, recipient: Recipient, *, base_url: str) -> CitationValues:
    """Return what a trial copy prints before there is a decision: the real recipient, an invented number."""
    return CitationValues(
        deciding_office=season.owner_unit.name,
        award_name=row.tier_title,
        recipient=recipient.name,
        recipient_role=recipient.detail,
        achievement=_achievement(row.entry),
        decision_number="00/QĐ",
        decided_on=row.proposed_at.date(),
        place="Nơi ký",
        signed_on=row.proposed_at.date(),
        authority=("TM. Ban Thường vụ",),
        signer_name="Họ và tên người ký",
        register_number=row.position,
        verify_url=f"{base_url.rstrip('/')}/x/BAN-MAU",
        citation_code="BAN-MAU",
        specimen=True,
    )


def publish(season: Season, *, base_url: str, storage: Storage, actor: Actor, at: datetime) -> list[Citation]:
    """Announce the results in one transaction: awards and the rest told apart, citations issued and kept as printed.

    :raise WrongPhase: nothing is decided, or it is announced already.
    """
    next_phase("publish", season.phase)
    awarded = {award.entry_id for award in queries.awards_of(season)}
    decided = sa.select(Entry).where(Entry.season_id == season.id, Entry.state == State.DECIDED)
    for entry in db.session.scalars(decided).unique():
        entries.record_outcome(entry, "award" if entry.id in awarded else "pass_over", actor=actor, at=at)
    made = [
        _issue(award, base_url=base_url, storage=storage, actor=actor, at=at) for award in queries.awards_of(season)
    ]
    seasons.move(season, "publish", actor=actor, at=at)
    season.published_at = at
    audit.record("result.publish", season, actor=actor, at=at, after={"citations": len(made)}, season_id=season.id)
    audit.checkpoint(db.session(), at=at, reason=f"publish {season.code_prefix}-{season.year}", season_id=season.id)
    db.session.flush()
    return made


def _issue(award: Award, *, base_url: str, storage: Storage, actor: Actor, at: datetime) -> Citation:
    code = new_citation_code()
    values = citation_values(award, code=code, base_url=base_url)
    citation = Citation(
        code=code, award_id=award.id, award=award, status=CitationStatus.VALID, values=_plain(values), issued_at=at,
        # The bytes are kept before the row that names them, so that a reprint years later is the same page.
        pdf_sha256=storage.put(render_citation(values)),
    )  # fmt: skip
    db.session.add(citation)
    audit.record("citation.issue", citation, actor=actor, at=at, after={"register": award.register_number})
    return citation


def _plain(values: CitationValues) -> dict[str, Any]:
    return {
        "deciding_office": values.deciding_office, "award_name": values.award_name, "recipient": values.recipient,
        "recipient_role": values.recipient_role, "achievement": values.achievement,
        "decision_number": values.decision_number, "decided_on": values.decided_on.isoformat(), "place": values.place,
        "authority": list(values.authority), "signer_name": values.signer_name,
        "register_number": values.register_number, "verify_url": values.verify_url,
    }  # fmt: skip


def revoke(citation: Citation, *, reason: str, on: date, actor: Actor, at: datetime) -> None:
    """Recall a citation and the award behind it; the verify page says so from now on.

    Source: Luật Thi đua, khen thưởng 06/2022/QH15, Điều 93 [V].

    :raise AwardReasonMissing: no reason given.
    :raise CitationAlreadyRevoked: it was recalled before.
    """
    if citation.status == CitationStatus.REVOKED:
        raise CitationAlreadyRevoked(code=citation.code, on=citation.revoked_on)
    if not reason.strip():
        raise AwardReasonMissing()
    citation.status = CitationStatus.REVOKED
    citation.revoked_on = on
    citation.award.revoked_at = at
    audit.record("citation.revoke", citation, actor=actor, at=at, note=reason)
    # The entry keeps its award while another recipient of it keeps theirs.
    if not any(
        award.entry_id == citation.award.entry_id for award in queries.awards_of(citation.award.decision.season)
    ):
        entries.record_outcome(citation.award.entry, "annul", actor=actor, at=at, note=reason)
    db.session.flush()
