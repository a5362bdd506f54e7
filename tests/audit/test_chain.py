"""Acts are queued, chained in one step before the commit, and read back in pages."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from core.accounts.rules import SYSTEM, Actor, Role
from core.audit import chain, service
from core.audit.models import AuditEvent, AuditHead, AuditWitness
from core.audit.queries import events_page, verbs
from core.db import reading
from core.organisations.models import Cluster, UnitKind
from tests.conftest import NOW

MAI = Actor(account_id=7, person_id=7, name="Lò Thị Mai")


def kinds(session: Session, *codes: str) -> list[UnitKind]:
    """Add unit kinds with one act each."""
    made = [UnitKind(code=code, name=code.upper(), rank=1) for code in codes]
    for kind in made:
        session.add(kind)
        service.record("unit_kind.add", kind, actor=MAI, at=NOW, after={"name": kind.name})
    return made


def numbers(session: Session) -> list[int]:
    """Return the numbers of the trail's events."""
    return list(session.scalars(sa.select(AuditEvent.id).order_by(AuditEvent.id)))


def test_events_are_numbered_from_one_and_each_covers_the_one_before(session: Session) -> None:
    kinds(session, "a", "b")
    session.commit()
    kinds(session, "c")
    session.commit()
    events = list(session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)))
    assert [event.id for event in events] == [1, 2, 3]
    assert [event.prev_hash for event in events] == [chain.NO_HASH, events[0].hash, events[1].hash]
    head = session.scalars(sa.select(AuditHead)).one()
    assert (head.last_id, head.last_hash) == (3, events[2].hash)
    assert service.verify(session) == []


def test_a_row_without_a_key_yet_is_named_by_the_one_it_gets(session: Session) -> None:
    cluster = Cluster(code="k1", name="Khối 1", year=2026)
    session.add(cluster)
    service.record("cluster.add", cluster, actor=SYSTEM, at=NOW)
    session.commit()
    (event,) = session.scalars(sa.select(AuditEvent))
    assert (event.subject_table, event.subject_id, event.actor_id, event.actor_name) == (
        "cluster", str(cluster.id), None, "thidua",
    )  # fmt: skip


def test_a_deleted_row_keeps_its_name_in_the_trail(session: Session) -> None:
    (kind,) = kinds(session, "a")
    session.commit()
    service.record("unit_kind.drop", kind, actor=MAI, at=NOW)
    session.delete(kind)
    session.commit()
    last = session.scalars(sa.select(AuditWitness).order_by(AuditWitness.event_id.desc())).first()
    assert last is not None
    assert (last.event_id, last.table_name, last.row_key, last.digest) == (2, "unit_kind", "a", None)
    assert service.verify(session) == []


def test_an_act_that_is_rolled_back_leaves_nothing(session: Session) -> None:
    kinds(session, "a")
    session.rollback()
    kinds(session, "b")
    session.close()
    kinds(session, "c")
    session.commit()
    assert [line.subject_id for line in events_page(session).events] == ["c"]


def test_an_act_inside_an_undone_savepoint_leaves_nothing(session: Session) -> None:
    kinds(session, "a")
    kept = session.begin_nested()
    kinds(session, "b")
    undone = session.begin_nested()
    kinds(session, "c")
    undone.rollback()
    kept.commit()
    lost = session.begin_nested()
    inner = session.begin_nested()
    kinds(session, "d")
    inner.commit()
    lost.rollback()
    session.commit()
    assert [line.subject_id for line in events_page(session).events] == ["b", "a"]
    assert service.verify(session) == []


def test_a_failing_commit_leaves_the_chain_whole(session: Session) -> None:
    kinds(session, "a")
    session.commit()
    session.expunge_all()
    kinds(session, "a")
    with pytest.raises(sa.exc.IntegrityError):
        session.commit()
    session.rollback()
    kinds(session, "b")
    session.commit()
    assert numbers(session) == [1, 2]
    assert service.verify(session) == []


def test_writers_side_by_side_make_one_chain_without_a_gap(sessions: sessionmaker[Session]) -> None:
    def write(name: str) -> None:
        for n in range(10):
            with sessions() as own:
                kinds(own, f"{name}{n}", f"{name}{n}b")
                own.commit()

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as own:
        assert numbers(own) == list(range(1, 81))
        assert service.verify(own) == []


def test_values_of_every_kind_are_kept_as_json_says_them(session: Session) -> None:
    after = {
        "share": Decimal("12.50"), "at": datetime(2026, 5, 4, 9, tzinfo=UTC), "on": date(2026, 5, 4),
        "role": Role.JUDGE, "list": (1, True, None), "raw": b"\x01", "set": {"b", "a"},
    }  # fmt: skip
    service.record("test.values", ("unit", 5), actor=SYSTEM, at=NOW, after=after, note="Ghi chú", session=session)
    session.commit()
    (line,) = events_page(session).events
    assert (line.before, line.after, line.note) == (
        {},
        {
            "share": "12.50", "at": "2026-05-04T09:00:00+00:00", "on": "2026-05-04", "role": "judge",
            "list": [1, True, None], "raw": "01", "set": ["a", "b"],
        },
        "Ghi chú",
    )  # fmt: skip


def test_reading_verifies_without_writing(session: Session) -> None:
    kinds(session, "a")
    session.commit()
    with reading():
        assert service.verify(session) == []
        session.rollback()


# --- Checkpoints and erasure ------------------------------------------------------------------------------------------


def test_a_checkpoint_covers_the_acts_of_its_own_transaction(session: Session) -> None:
    kinds(session, "a", "b")
    row = service.checkpoint(session, at=NOW, reason="Công bố")
    session.commit()
    (last,) = session.scalars(sa.select(AuditEvent).where(AuditEvent.id == 2))
    assert row.text == f"2:{last.hash.hex()}"
    kinds(session, "c")
    session.commit()
    assert service.verify(session, checkpoint=row.text) == []
    assert service.verify(session, checkpoint=f" {row.text.upper()} ") == []


def test_a_checkpoint_of_an_empty_trail_is_number_zero(session: Session) -> None:
    row = service.checkpoint(session, at=NOW, reason="")
    session.commit()
    assert row.text == "0:" + "0" * 64
    assert service.verify(session, checkpoint=row.text) == []


@pytest.mark.parametrize("text", ["x", "1:", "1:12", "-1:" + "0" * 64, "1:" + "g" * 64])
def test_a_checkpoint_that_cannot_be_read_is_refused(session: Session, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        service.verify(session, checkpoint=text)


def test_an_erased_subject_is_forgotten_and_the_chain_still_verifies(session: Session) -> None:
    first, _second = kinds(session, "a", "b")
    session.commit()
    first.name = "Khác"
    service.record("unit_kind.rename", first, actor=MAI, at=NOW, before={"name": "A"}, after={"name": "Khác"})
    service.erase(first, actor=MAI, at=NOW, note="Theo đơn ngày 04/05/2026")
    session.commit()
    lines = {line.id: line for line in events_page(session).events}
    assert {number: line.is_erased for number, line in lines.items()} == {1: True, 2: False, 3: True, 4: False}
    assert (lines[4].after, lines[4].note) == ({"events": [1, 3]}, "Theo đơn ngày 04/05/2026")
    nonces = session.execute(
        sa.select(AuditWitness.event_id, AuditWitness.nonce.is_(None))
        .where(AuditWitness.row_key == "a")
        .order_by(AuditWitness.event_id)
    )
    assert [tuple(row) for row in nonces] == [(2, True), (4, False)]
    assert service.verify(session) == []


def test_a_detail_that_went_without_an_erasure_is_a_fault(session: Session, engine: Engine) -> None:
    kinds(session, "a")
    session.commit()
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_event SET detail = NULL, nonce = NULL")
    assert [(fault.kind, fault.event) for fault in service.verify(session)] == [("erased", 1)]


# --- Pages ----------------------------------------------------------------------------------------------------------


def test_events_are_read_by_key_newest_first(session: Session) -> None:
    kinds(session, *"abcde")
    session.commit()
    page = events_page(session, limit=2)
    assert ([line.id for line in page.events], page.next_after) == ([5, 4], 4)
    page = events_page(session, limit=2, after=4)
    assert ([line.id for line in page.events], page.next_after) == ([3, 2], 2)
    page = events_page(session, limit=2, after=2)
    assert ([line.id for line in page.events], page.next_after) == ([1], None)


def test_events_are_found_by_what_they_say(session: Session) -> None:
    for number, (verb, path) in enumerate(
        [("entry.submit", "1.4."), ("entry.return", "1.41."), ("sheet.seal", "1.4.2.")]
    ):
        at = NOW + timedelta(days=number)
        actor = MAI if number else SYSTEM
        service.record(verb, ("entry", number), actor=actor, at=at, season_id=number, unit_path=path, session=session)
    session.commit()

    def found(**filters: object) -> list[str]:
        return [line.subject_id for line in events_page(session, **filters).events]

    assert found(verb="entry.submit") == ["0"]
    assert found(verb="entry.") == ["1", "0"]
    assert found(subject_table="entry", subject_id="2") == ["2"]
    assert found(actor_id=7) == ["2", "1"]
    assert found(actor_name="Thị") == ["2", "1"]
    assert found(actor_name="%") == []
    assert found(season_id=0) == ["0"]
    assert found(unit_path="1.4.") == ["2", "0"]
    assert found(since=NOW + timedelta(days=1), until=NOW + timedelta(days=2)) == ["1"]
    assert verbs(session) == ["entry.return", "entry.submit", "sheet.seal"]
