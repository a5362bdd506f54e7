"""Which rows are witnessed when, what a change without an act is, and what costs no lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from core.accounts.rules import SYSTEM
from core.audit import service, witness
from core.audit.models import AuditEvent, AuditWitness
from core.audit.rules import BulkChange, UnrecordedChange
from core.entries.models import Authorship, Entry
from core.entries.rules import State
from core.judging.models import Judge, Mark, Scoresheet
from core.judging.rules import SheetStatus
from core.organisations.models import Unit, UnitKind
from core.seasons.models import Season
from tests import rows
from tests.conftest import NOW

DRAFT = {"state": State.DRAFT, "code": None}


def act(session: Session, verb: str = "test.act") -> None:
    """Record an act and commit."""
    service.record(verb, ("test", 1), actor=SYSTEM, at=NOW, session=session)
    session.commit()


def last_lines(session: Session) -> list[tuple[str, str, bool]]:
    """Return the witnesses of the last event: table, key, and whether the row is there."""
    newest = sa.select(sa.func.max(AuditEvent.id)).scalar_subquery()
    query = sa.select(AuditWitness).where(AuditWitness.event_id == newest)
    found = [(line.table_name, line.row_key, line.digest is not None) for line in session.scalars(query)]
    return sorted(found)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Collect the SQL sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(engine, "before_cursor_execute", note)


def make_draft(session: Session, n: int = 3) -> Entry:
    """A draft with one author, saved without an act, beside the rows there are."""
    entry = Entry(**rows.values(Entry.__table__, n) | {"season_id": 1, "unit_id": 1, "owner_id": 1, "nominee_id": None,
                  "filed_by_id": None, "holder_unit_id": None} | DRAFT)  # fmt: skip
    session.add(entry)
    session.flush()
    session.add(Authorship(**rows.values(Authorship.__table__, n) | {"person_id": 1, "entry_id": entry.id}))
    session.commit()
    return entry


def test_every_witnessed_row_of_a_commit_is_vouched_for_by_its_last_act(filled: Session) -> None:
    assert service.verify(filled) == []
    counted = dict(
        filled.execute(
            sa.select(AuditWitness.table_name, sa.func.count(sa.distinct(AuditWitness.row_key))).group_by(
                AuditWitness.table_name
            )
        ).all()
    )
    assert counted == {model.__tablename__: 2 for model in witness.models()}


def test_a_witnessed_change_without_an_act_is_refused(filled: Session) -> None:
    filled.get_one(UnitKind, "code-1").name = "Khác"
    with pytest.raises(UnrecordedChange) as caught:
        filled.commit()
    assert caught.value.tables == ["unit_kind"]
    filled.rollback()
    assert filled.get_one(UnitKind, "code-1").name == "name-1"


def test_outside_strict_mode_the_system_answers_for_it(filled: Session) -> None:
    filled.info["audit_strict"] = False
    filled.get_one(UnitKind, "code-1").name = "Khác"
    filled.commit()
    event = filled.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.verb, event.actor_id, event.actor_name, event.subject_table, event.subject_id) == (
        "change", None, "thidua", "unit_kind", "code-1",
    )  # fmt: skip
    assert service.verify(filled) == []


def test_columns_that_are_not_witnessed_change_without_an_act(filled: Session, engine: Engine) -> None:
    with statements(engine) as sent:
        filled.get_one(Season, 1).last_entry_number = 12
        filled.commit()
    assert [text for text in sent if "audit_" in text] == []
    assert service.verify(filled) == []


def test_a_draft_is_saved_without_an_act_and_without_the_lock(filled: Session, engine: Engine) -> None:
    entry = make_draft(filled)
    with statements(engine) as sent:
        entry.title = "Cải tiến máy sao chè"
        entry.authorships[0].share = Decimal(60)
        filled.commit()
    assert [text for text in sent if "audit_head" in text or "INSERT INTO audit" in text] == []
    assert service.verify(filled) == []


def test_submitting_brings_the_entry_and_its_authors_under_witness(filled: Session) -> None:
    entry = make_draft(filled)
    entry.state, entry.code = State.SUBMITTED, "SK-003"
    act(filled)
    assert last_lines(filled) == [("authorship", "3", True), ("entry", str(entry.id), True)]
    entry.state = State.ENDORSED
    act(filled)
    assert last_lines(filled) == [("entry", str(entry.id), True)]
    assert service.verify(filled) == []


def test_a_returned_entry_is_its_authors_to_change_until_it_comes_again(filled: Session) -> None:
    entry = make_draft(filled)
    entry.state, entry.code = State.SUBMITTED, "SK-003"
    act(filled)
    entry.state = State.RETURNED
    act(filled)
    assert last_lines(filled) == [("authorship", "3", False), ("entry", str(entry.id), False)]
    entry.title = "Tên khác"
    entry.authorships[0].share = Decimal(70)
    filled.commit()
    assert service.verify(filled) == []
    entry.state = State.SUBMITTED
    act(filled)
    assert last_lines(filled) == [("authorship", "3", True), ("entry", str(entry.id), True)]
    assert service.verify(filled) == []


def test_an_open_sheet_is_saved_without_an_act_and_a_sealed_one_brings_its_marks(filled: Session) -> None:
    sheet = Scoresheet(**rows.values(Scoresheet.__table__, 3) | {"entry_id": 1, "stage_id": 1, "filler_id": 1,
                       "judge_id": 1, "sealed_at": None})  # fmt: skip
    sheet.marks = [Mark(id=11, criterion="moi", points=Decimal("7.5")), Mark(id=12, criterion="loi", points=None)]
    filled.add(sheet)
    filled.commit()
    sheet.marks[1].points = Decimal(20)
    filled.commit()
    sheet.status, sheet.sealed_at = SheetStatus.SEALED, NOW
    act(filled)
    assert last_lines(filled) == [("mark", "11", True), ("mark", "12", True), ("scoresheet", "3", True)]
    sheet.status, sheet.void_reason = SheetStatus.VOID, "Giám khảo cùng đơn vị"
    act(filled)
    assert last_lines(filled) == [("scoresheet", "3", True)]
    assert service.verify(filled) == []


def test_a_row_tampered_with_is_not_vouched_for_because_its_parent_changes(filled: Session) -> None:
    filled.execute(sa.text("UPDATE authorship SET full_name = 'Ai đó' WHERE id = 1"))
    filled.get_one(Entry, 1).state = State.ENDORSED
    act(filled)
    assert [(fault.kind, fault.table, fault.row) for fault in service.verify(filled)] == [
        ("changed", "authorship", "1")
    ]


def test_bulk_statements_on_witnessed_columns_are_refused(filled: Session) -> None:
    for statement in (
        sa.update(UnitKind).values(name="x"),
        sa.update(UnitKind.__table__).values({UnitKind.__table__.c.name: "x"}),
        sa.delete(UnitKind),
        sa.insert(UnitKind).values(code="x", name="x", rank=1),
    ):
        with pytest.raises(BulkChange, match="unit_kind"):
            filled.execute(statement)
    with pytest.raises(BulkChange, match="unit_kind"):
        filled.execute(sa.update(UnitKind), [{"code": "code-1", "name": "x"}])
    filled.execute(sa.update(Season).values(last_entry_number=Season.last_entry_number + 1))
    filled.commit()
    assert service.verify(filled) == []


def test_a_bulk_statement_may_say_which_rows_it_wrote(filled: Session) -> None:
    filled.execute(
        sa.insert(UnitKind).execution_options(audited=True),
        [{"code": code, "name": code, "rank": 1} for code in ("x", "y")],
    )
    service.include(UnitKind, ["x", "y"], session=filled)
    act(filled)
    assert last_lines(filled) == [("unit_kind", "x", True), ("unit_kind", "y", True)]
    assert service.verify(filled) == []


def test_a_change_taken_back_before_the_commit_needs_no_act(filled: Session) -> None:
    kind = filled.get_one(UnitKind, "code-1")
    kind.name = "Khác"
    filled.flush()
    kind.name = "name-1"
    filled.commit()
    with filled.begin_nested() as savepoint:
        kind.name = "Khác"
        filled.flush()
        savepoint.rollback()
    filled.commit()
    assert service.verify(filled) == []


def test_both_databases_witness_a_row_with_the_same_bytes(filled: Session) -> None:
    moment = int((NOW + timedelta(days=1)).timestamp()) + 3600 * list(Season.__table__.c.keys()).index("opens_at")
    payload = witness.rows(filled, Season, [1])[1].payload.decode()
    assert '"choices":"x:7b226e223a317d"' in payload
    assert f'"opens_at":{moment}000000' in payload
    assert '"is_chair":0' in witness.rows(filled, Judge, [1])[1].payload.decode()
    assert '"valid_from":"2026-01-01"' in witness.rows(filled, Unit, [1])[1].payload.decode()
