"""The stage on which permissions are tried: one actor for each way of standing to a thing, one thing of each kind.

Rows only, no services: what matters is how people and things are related, and every state and phase can be set by hand.
Nothing here is ever committed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from core.accounts.models import Account
from core.accounts.queries import actor_of
from core.accounts.rules import VISITOR, Actor, Role
from core.awards.models import Award, Citation, Decision
from core.entries.models import Authorship, Entry, EntryStep
from core.entries.rules import State, Subject
from core.extensions import db
from core.judging.models import Assignment, Judge, Panel, Recusal, Scoresheet
from core.judging.rules import RecusalReason, SheetStatus
from core.movements.models import MovementDraft
from core.organisations.models import Unit
from core.people.models import Person
from core.seasons.models import RuleSnapshot, Season, Stage
from core.seasons.rules import Phase
from tests import makers
from tests.conftest import NOW

_numbers = itertools.count(1)
TODAY = date(2026, 5, 4)


def _kept(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def season_of(owner: Unit, phase: Phase = Phase.JUDGING, blind: str = "authors") -> Season:
    """A season of `owner` with one score stage; its rules are bytes that nobody reads."""
    n = next(_numbers)
    snapshot = _kept(
        RuleSnapshot(
            sha256=f"{n:064d}", kind="season", canonical=b"{}", movement_id="mau", rules_version=1, engine="1",
            created_at=NOW,
        )
    )  # fmt: skip
    season = _kept(
        Season(
            public_id=f"season-{n}", movement_id="mau", title=f"Đợt {n}", year=2026, code_prefix=f"M{n}",
            owner_unit_id=owner.id, phase=phase, snapshot_id=snapshot.id, movement_snapshot_id=snapshot.id,
            created_at=NOW,
        )
    )  # fmt: skip
    _kept(Stage(season_id=season.id, slug="cham", kind="score", title="Chấm", position=1, blind=blind))
    return season


def stage_of(season: Season) -> Stage:
    """Return the season's one stage."""
    return db.session.scalars(sa.select(Stage).where(Stage.season_id == season.id)).one()


def entry_of(season: Season, unit: Unit, owner: Person, **more: Any) -> Entry:
    """An entry with a code, so that any state may be set."""
    n = next(_numbers)
    return _kept(
        Entry(
            public_id=f"entry-{n}", season_id=season.id, subject=more.pop("subject", Subject.INITIATIVE),
            code=f"E-{n}", draft_code=f"N-{n}", title=f"Hồ sơ {n}", unit_id=unit.id, owner_id=owner.id,
            created_at=NOW, saved_at=NOW, **more,
        )
    )  # fmt: skip


def author(entry: Entry, person: Person, position: int = 1, share: int = 50) -> Authorship:
    """An author of an entry."""
    return _kept(
        Authorship(
            entry_id=entry.id, person_id=person.id, position=position, full_name=person.full_name,
            share=Decimal(share), is_lead=position == 1,
        )
    )  # fmt: skip


def step(entry: Entry, verb: str, unit: Unit | None, to: State = State.SUBMITTED) -> EntryStep:
    """An act on an entry by an office."""
    return _kept(
        EntryStep(
            entry_id=entry.id, at=NOW, verb=verb, from_state=State.SUBMITTED, to_state=to,
            unit_id=unit.id if unit else None,
        )
    )  # fmt: skip


def seat(season: Season, account: Account) -> Judge:
    """A seat of an account on a panel of the season's stage."""
    n = next(_numbers)
    panel = _kept(Panel(public_id=f"panel-{n}", stage_id=stage_of(season).id, title=f"Tổ {n}"))
    return _kept(Judge(public_id=f"judge-{n}", panel_id=panel.id, person_id=account.person_id, account_id=account.id))


def assign(entry: Entry, judge: Judge, **more: Any) -> Assignment:
    """An entry given to a judge."""
    return _kept(
        Assignment(
            entry_id=entry.id, judge_id=judge.id, stage_id=judge.panel.stage_id, assigned_at=NOW, **more
        )
    )  # fmt: skip


def recuse(entry: Entry, account: Account) -> Recusal:
    """A person kept off an entry."""
    return _kept(
        Recusal(entry_id=entry.id, person_id=account.person_id, reason=RecusalReason.RELATIVE, declared_at=NOW)
    )


def sheet_of(
    entry: Entry, filler: Account, status: SheetStatus = SheetStatus.OPEN, judge: Judge | None = None, column: str = "c"
) -> Scoresheet:
    """A sheet of `filler`, in a status that only its row knows."""
    return _kept(
        Scoresheet(
            public_id=f"sheet-{next(_numbers)}", entry_id=entry.id, stage_id=stage_of(entry.season).id,
            sheet_slug="phieu", column_slug=column, filler_id=filler.id, judge_id=judge.id if judge else None,
            status=status, created_at=NOW, saved_at=NOW,
            sealed_at=NOW if status in (SheetStatus.SEALED, SheetStatus.VOID) else None,
            void_reason="né tránh" if status == SheetStatus.VOID else "",
        )
    )  # fmt: skip


def decision_of(season: Season) -> Decision:
    """A decision of the season's owner."""
    n = next(_numbers)
    return _kept(
        Decision(
            public_id=f"decision-{n}", season_id=season.id, unit_id=season.owner_unit_id, series="QĐ", year=2026,
            number=n, signed_on=TODAY, place="Lai Châu", authority="Ban Thường vụ", signer_title="Chủ tịch",
            signer_name="Nguyễn Văn A", decided_at=NOW,
        )
    )  # fmt: skip


def citation_of(decision: Decision, entry: Entry, person: Person | None) -> Citation:
    """The citation of an award to a person, or to a collective."""
    n = next(_numbers)
    award = _kept(
        Award(
            decision_id=decision.id, entry_id=entry.id, tier="nhat", tier_title="Giải Nhất",
            person_id=person.id if person else None, recipient_key=f"r-{n}", recipient_name="Người được khen",
            achievement="Sáng kiến", register_number=n,
        )
    )  # fmt: skip
    return _kept(Citation(code=f"C-{n}", award_id=award.id, values={}, issued_at=NOW))


def movement_of(owner: Unit) -> MovementDraft:
    """A movement that a unit makes; its content is nothing that anybody reads."""
    n = next(_numbers)
    return _kept(
        MovementDraft(
            public_id=f"movement-{n}", movement_id=f"movement-{n}", owner_unit_id=owner.id, title=f"Phong trào {n}",
            content={"movement": {}}, created_at=NOW, saved_at=NOW,
        )
    )  # fmt: skip


@dataclass
class Scene:
    """A thing and the phases it is tried in; `set_phase` puts it there."""

    label: str
    thing: Any
    phases: tuple[str, ...] = ("",)
    set_phase: Callable[[str], None] = lambda _phase: None

    def each(self) -> Iterator[str]:
        """Put the thing into each of its phases in turn."""
        for phase in self.phases:
            if phase:
                self.set_phase(phase)
                db.session.flush()
            yield phase


@dataclass
class Company:
    """Who and what stands on the stage."""

    actors: dict[str, Actor] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    scenes: list[Scene] = field(default_factory=list)

    def person(self, name: str) -> Person:
        """Return the person behind an actor."""
        return self.accounts[name].person


UNITS = {
    # name: (parent, kind)
    "province": ("", "ldld_tinh"),
    "commune": ("province", "cd_xa"),
    "factory": ("commune", "cdcs"),
    "workshop": ("factory", "to_cd"),
    "school": ("commune", "cdcs"),
    "far_commune": ("province", "cd_xa"),
    "far_factory": ("far_commune", "cdcs"),
    "other_province": ("", "ldld_tinh"),
}
ACTORS: dict[str, tuple[str, tuple[tuple[Role, str], ...]]] = {
    # name: (unit of the membership, roles over units)
    "worker": ("factory", ()),
    "coauthor": ("far_factory", ()),
    "nominee": ("factory", ()),
    "colleague": ("factory", ()),
    "officer": ("factory", ((Role.OFFICER, "factory"),)),
    "sibling_officer": ("school", ((Role.OFFICER, "school"),)),
    "upper_officer": ("commune", ((Role.OFFICER, "commune"),)),
    "far_officer": ("far_commune", ((Role.OFFICER, "far_commune"),)),
    "judge": ("province", ((Role.JUDGE, "province"),)),
    "recused_judge": ("province", ((Role.JUDGE, "province"),)),
    "idle_judge": ("province", ((Role.JUDGE, "province"),)),
    "organiser": ("province", ((Role.ORGANISER, "province"),)),
    "foreign_organiser": ("other_province", ((Role.ORGANISER, "other_province"),)),
    "recipient": ("far_factory", ()),
    "admin": ("province", ((Role.ADMIN, "province"),)),
}


def build() -> Company:
    """Put everybody and everything on the stage, in the current transaction."""
    company = Company()
    for name, (parent, kind) in UNITS.items():
        company.units[name] = makers.make_unit(name, company.units.get(parent), code=name, kind_code=kind)
    for name, (unit, roles) in ACTORS.items():
        person = makers.make_person(name, company.units[unit])
        company.accounts[name] = makers.make_account(person, *((role, company.units[place]) for role, place in roles))
    company.actors = {"visitor": VISITOR} | {
        name: actor_of(account, TODAY) for name, account in company.accounts.items()
    }
    entries = _entries(company)
    company.scenes += _seasons(company) + _movements(company) + entries + _sheets(company, entries)
    company.scenes += _awards(company) + _places(company)
    db.session.flush()
    return company


def _entry_scene(label: str, entry: Entry) -> Scene:
    return Scene(label, entry, tuple(State), lambda state: setattr(entry, "state", State(state)))


def _season_scene(label: str, season: Season) -> Scene:
    return Scene(label, season, tuple(Phase), lambda phase: setattr(season, "phase", Phase(phase)))


def _seasons(company: Company) -> list[Scene]:
    return [
        _season_scene("season", season_of(company.units["province"])),
        _season_scene("season of another province", season_of(company.units["other_province"])),
    ]


def _movements(company: Company) -> list[Scene]:
    units = company.units
    return [
        Scene("movement in the making", movement_of(units["province"])),
        Scene("movement of a commune", movement_of(units["commune"])),
        Scene("movement of another province", movement_of(units["other_province"])),
    ]


def _entries(company: Company) -> list[Scene]:
    """Entries that stand differently: in a blind stage, in an open one, typed for somebody, of strangers, abroad."""
    units, accounts = company.units, company.accounts
    blind, open_, abroad = (
        season_of(units["province"]),
        season_of(units["province"], blind="open"),
        season_of(units["other_province"]),
    )
    own = entry_of(
        blind, units["factory"], company.person("worker"), holder_unit_id=units["factory"].id,
        filed_by_id=accounts["worker"].id,
    )  # fmt: skip
    author(own, company.person("worker"), 1)
    author(own, company.person("coauthor"), 2)
    seats = {name: seat(blind, accounts[name]) for name in ("judge", "recused_judge", "idle_judge")}
    assign(own, seats["judge"])
    assign(own, seats["recused_judge"])
    recuse(own, accounts["recused_judge"])
    passed_on = entry_of(
        blind, units["factory"], company.person("worker"), holder_unit_id=units["commune"].id,
        filed_by_id=accounts["worker"].id,
    )  # fmt: skip
    step(passed_on, "submit", None)
    step(passed_on, "endorse", units["factory"])
    nomination = entry_of(
        open_, units["factory"], company.person("nominee"), subject=Subject.PERSON, is_on_behalf=True,
        nominee_id=company.person("nominee").id, filed_by_id=accounts["officer"].id,
        holder_unit_id=units["commune"].id,
    )  # fmt: skip
    assign(nomination, seat(open_, accounts["judge"]))
    strange = entry_of(blind, units["far_factory"], company.person("recipient"))
    foreign = entry_of(abroad, units["other_province"], company.person("foreign_organiser"))
    return [
        _entry_scene("entry waiting for its base", own),
        _entry_scene("entry endorsed by its base", passed_on),
        _entry_scene("nomination typed by the officer", nomination),
        _entry_scene("entry of a far unit", strange),
        _entry_scene("entry of another province", foreign),
    ]


def _sheets(company: Company, entries: list[Scene]) -> list[Scene]:
    accounts = company.accounts
    own: Entry = entries[0].thing
    nomination: Entry = entries[2].thing
    judges = {
        row.account_id: row
        for row in db.session.scalars(sa.select(Judge).join(Panel).where(Panel.stage_id == stage_of(own.season).id))
    }

    def of(name: str, status: SheetStatus, column: str = "giam-khao") -> Scoresheet:
        return sheet_of(own, accounts[name], status, judges[accounts[name].id], column)

    return [
        Scene("sheet being filled", of("judge", SheetStatus.OPEN)),
        Scene("sheet sealed", of("judge", SheetStatus.SEALED, "lan-hai")),
        Scene("sheet void", of("judge", SheetStatus.VOID, "lan-ba")),
        Scene("sheet of the recused judge", of("recused_judge", SheetStatus.OPEN)),
        Scene("own sheet of the nominee", sheet_of(nomination, accounts["nominee"], column="tu-cham")),
        Scene("sheet of the unit", sheet_of(nomination, accounts["officer"], column="don-vi")),
    ]


def _awards(company: Company) -> list[Scene]:
    """A citation is read by its recipient only once the season is published, so it has that phase."""
    units = company.units
    season, abroad = season_of(units["province"], Phase.PUBLISHED), season_of(units["other_province"])
    decision = decision_of(season)
    entry = entry_of(season, units["far_factory"], company.person("recipient"))
    citation = citation_of(decision, entry, company.person("recipient"))

    def set_phase(phase: str) -> None:
        season.phase = Phase(phase)

    return [
        Scene("decision", decision),
        Scene("decision of another province", decision_of(abroad)),
        Scene("citation", citation, (Phase.DECIDED, Phase.PUBLISHED), set_phase),
        Scene("citation of a collective", citation_of(decision, entry, None)),
    ]


def _places(company: Company) -> list[Scene]:
    named = ("province", "commune", "factory", "workshop", "school", "other_province")
    people = ("worker", "officer", "sibling_officer", "recipient", "organiser")
    return [
        *(Scene(f"unit {name}", company.units[name]) for name in named),
        *(Scene(f"person {name}", company.person(name)) for name in people),
        *(Scene(f"account {name}", company.accounts[name]) for name in people),
    ]
