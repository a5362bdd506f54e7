"""One maker per table, with honest defaults; a test states only what matters. Makers add and flush, never commit."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core.accounts.models import Account, LoginKey, RoleGrant
from core.accounts.rules import SYSTEM, LoginKind, Role
from core.audit import service as audit
from core.entries.models import Entry
from core.extensions import db
from core.judging.models import Assignment, Judge, Mark, Panel, Scoresheet
from core.judging.rules import SheetStatus
from core.organisations.models import Unit, UnitKind
from core.people.models import Membership, Person
from core.people.rules import MembershipKind
from core.seasons.models import Season, Stage
from core.vietnamese.codes import new_public_id
from core.vietnamese.names import alphabet_key, sort_key
from core.vietnamese.text import fold
from tests.conftest import NOW

_numbers = itertools.count(1)


def _kept(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    # A strict application commits no witnessed row without an act.
    audit.record("test.make", row, actor=SYSTEM, at=NOW)
    return row


def make_unit(name: str = "CĐCS Công ty CP Chè Tân Uyên", parent: Unit | None = None, **more: Any) -> Unit:
    """A unit under `parent`."""
    kind = more.pop("kind_code", "cdcs" if parent else "ldld_tinh")
    if db.session.get(UnitKind, kind) is None:
        _kept(UnitKind(code=kind, name=kind, rank=0))
    n = next(_numbers)
    unit = _kept(
        Unit(
            public_id=new_public_id(),
            code=more.pop("code", f"u-{n}"),
            kind_code=kind,
            name=name,
            folded=fold(name),
            sort_key=alphabet_key(name),
            parent_id=parent.id if parent else None,
            path=f"?{n}",
            **more,
        )
    )
    unit.path = f"{parent.path if parent else ''}{unit.id}."
    db.session.flush()
    return unit


def make_person(full_name: str = "Lò Thị Mai", unit: Unit | None = None, **more: Any) -> Person:
    """A person, member of `unit` where one is given."""
    kind = more.pop("kind", MembershipKind.MEMBER)
    person = _kept(
        Person(
            public_id=new_public_id(), full_name=full_name, folded=fold(full_name), sort_key=sort_key(full_name), **more
        )
    )
    if unit is not None:
        person.memberships.append(Membership(person_id=person.id, unit_id=unit.id, unit=unit, kind=kind))
        db.session.flush()
    return person


def make_account(
    person: Person | None = None, *roles: tuple[Role, Unit], phone: str | None = None, **more: Any
) -> Account:
    """An account of `person` with roles over units."""
    person = person or make_person()
    account = _kept(Account(public_id=new_public_id(), person_id=person.id, person=person, created_at=NOW, **more))
    number = phone or f"09{next(_numbers):08d}"
    account.keys.append(LoginKey(account_id=account.id, kind=LoginKind.PHONE, folded=number))
    for role, unit in roles:
        account.grants.append(RoleGrant(account_id=account.id, role=role, unit_id=unit.id, unit=unit))
    db.session.flush()
    return account


# --- Judging ------------------------------------------------------------------------------------------------------


def make_panel(stage: Stage, title: str = "Tổ chấm", **more: Any) -> Panel:
    """A panel of a score stage, for all fields."""
    return _kept(Panel(public_id=new_public_id(), stage_id=stage.id, stage=stage, title=title, **more))


def make_judge(panel: Panel, account: Account, **more: Any) -> Judge:
    """A seat of an account on a panel; the one question about people close to the judge is answered."""
    more.setdefault("declared_at", NOW)
    return _kept(
        Judge(
            public_id=new_public_id(),
            panel_id=panel.id,
            panel=panel,
            person_id=account.person_id,
            person=account.person,
            account_id=account.id,
            account=account,
            expertise=more.pop("expertise", []),
            **more,
        )
    )


def make_assignment(entry: Entry, judge: Judge, **more: Any) -> Assignment:
    """An entry given to a judge in the panel's stage."""
    stage_id = judge.panel.stage_id
    return _kept(
        Assignment(
            entry_id=entry.id, entry=entry, judge_id=judge.id, judge=judge, stage_id=stage_id, assigned_at=NOW, **more
        )
    )


def make_sealed_sheet(entry: Entry, judge: Judge, points: Mapping[str, str], **more: Any) -> Scoresheet:
    """A sheet of a judge in the panel's column, sealed, with points by criterion; levels are found by the points."""
    from core.judging.forms import typed_mark
    from core.judging.inputs import panel_column, rules_for

    stage = judge.panel.stage
    rules = rules_for(entry, stage.slug)
    column = panel_column(rules.sheet)
    assert column is not None
    sheet = _kept(
        Scoresheet(
            public_id=new_public_id(), entry_id=entry.id, entry=entry, stage_id=stage.id, stage=stage,
            sheet_slug=rules.sheet.id, column_slug=column.id, filler_id=judge.account_id, judge_id=judge.id,
            created_at=NOW, saved_at=NOW, finished_at=NOW, **more,
        )
    )  # fmt: skip
    for criterion in rules.filled_by(column.id):
        if criterion.id in points:
            typed, _ = typed_mark(criterion, points[criterion.id], "", "Có nhận xét.")
            sheet.marks.append(
                Mark(criterion=criterion.id, points=typed.points, level=typed.level, comment=typed.comment)
            )
    db.session.flush()
    sheet.status, sheet.sealed_at = SheetStatus.SEALED, NOW
    db.session.flush()
    return sheet


# --- Seasons ------------------------------------------------------------------------------------------------------


def make_season(movement_id: str = "lao-dong-gioi", owner_unit: Unit | None = None, **changes: Any) -> Season:
    """A season of an installed movement, made by its own verbs: open since 01/04/2026, deadline 17:00, 15/05/2026.

    :param changes: what `edit_draft` takes; `is_open=False` leaves it in preparation, `title` and `year` name it.
    """
    from core.seasons import service

    is_open = changes.pop("is_open", True)
    year = changes.pop("year", 2026)
    unit = owner_unit or make_unit("LĐLĐ tỉnh Lai Châu")
    title = changes.pop("title", f"Sáng kiến của người lao động, đợt {year}")
    season = service.create_season(movement_id, owner_unit=unit, title=title, year=year, actor=SYSTEM, at=NOW)
    planned: dict[str, Any] = {
        "legal_document": "Kế hoạch 12/KH-LĐLĐ ngày 05/03/2026",
        "opens_at": datetime(2026, 4, 1, 1, 0, tzinfo=UTC),
        "closes_at": datetime(2026, 5, 15, 10, 0, tzinfo=UTC),
        "judging_closes_at": datetime(2026, 6, 10, 10, 0, tzinfo=UTC),
    }
    service.edit_draft(season, actor=SYSTEM, at=NOW, **(planned | changes))
    if is_open:
        service.open_season(season, actor=SYSTEM, at=NOW)
    return season


# --- Entries ------------------------------------------------------------------------------------------------------

ANSWERS: dict[str, Any] = {
    "linh-vuc": "che",
    "cach-cu": "Mùa mưa chè héo chậm, phải đốt thêm củi và chạy quạt suốt đêm.",
    "cach-moi": "Làm giàn héo hai tầng bằng lưới thép, dẫn hơi nóng thừa của lò sao lên dưới giàn.",
    "khong-vi-pham": True,
    "ngay-ap-dung": "2026-03-05",
    "hieu-qua": "Héo đều hơn, bớt ba giờ mỗi mẻ, bớt củi.",
}


def make_entry(
    season: Season | None = None, unit: Unit | None = None, owner: Person | None = None, **more: Any
) -> Entry:
    """A draft of an initiative, by its own verbs, with everything that filing asks for.

    :param more: `answers` over the default ones, `title`, `files` (number of pictures), `officer=False` for a unit
        without an officer, and what `start_draft` takes.
    """
    from core.entries import service
    from core.entries.rules import Subject
    from core.files.kinds import FileFacts, Kind

    season = season or make_season()
    unit = unit or make_unit(parent=season.owner_unit)
    if more.pop("officer", True):
        make_account(make_person("Hà Thị Thủy", unit), (Role.OFFICER, unit))
    owner = owner or make_person("Lò Thị Mai", unit, phone="0912345678")
    answers, title = {**ANSWERS, **more.pop("answers", {})}, more.pop("title", "Cải tiến giàn héo chè")
    files = more.pop("files", 1)
    more.setdefault("subject", Subject.INITIATIVE)
    entry = service.start_draft(season, owner=owner, unit=unit, at=more.pop("at", NOW), **more)
    service.save_answers(entry, answers, title=title, at=NOW)
    for number in range(files):
        facts = FileFacts(Kind.JPG, "image/jpeg", "jpg", 286_000, f"{next(_numbers):064x}", None, 800, 600)
        service.attach(
            entry, field_id="minh-chung", filename=f"anh-{number + 1}.jpg", facts=facts, preview_sha256=None, by=None,
            at=NOW,
        )  # fmt: skip
    return entry


def make_filed_entry(season: Season | None = None, unit: Unit | None = None, **more: Any) -> Entry:
    """An entry that was filed at NOW and waits for its unit's officer (or for receipt, where there is none)."""
    from core.entries import service

    entry = make_entry(season, unit, **more)
    service.submit(entry, actor=SYSTEM, received_at=NOW, at=NOW)
    return entry


def make_received_entry(season: Season | None = None, unit: Unit | None = None, **more: Any) -> Entry:
    """An entry that went its whole way to receipt."""
    from core.entries import service
    from core.entries.rules import State

    entry = make_filed_entry(season, unit, **more)
    while entry.state == State.SUBMITTED:
        service.endorse(entry, actor=SYSTEM, at=NOW)
    service.receive(entry, actor=SYSTEM, at=NOW)
    return entry
