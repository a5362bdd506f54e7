"""Somebody with the database in hand: whatever is changed past the application is named by table and id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from core.accounts.rules import SYSTEM
from core.audit import chain, service, witness
from core.audit.models import AuditEvent, AuditWitness
from core.audit.verification import row_faults
from core.db import Base
from core.organisations.models import UnitKind
from tests import databases
from tests.audit.conftest import TABLES, fill
from tests.conftest import NOW

NAMES = [table.name for table in TABLES if not table.name.startswith("audit_")]
WITNESSED = {model.__tablename__: model for model in witness.models()}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def stored(request: pytest.FixtureRequest) -> Iterator[sessionmaker[Session]]:
    """Two rows of every table, committed once for all trials; each trial is rolled back."""
    if request.param == "postgres" and databases.postgres_server() is None:
        pytest.skip("no PostgreSQL on this machine")
    url = databases.fresh(request.param)
    engine = sa.create_engine(url)
    sessions = sessionmaker(engine, expire_on_commit=False)
    service.install(sessions)
    with sessions() as session:
        fill(session)
    yield sessions
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def intruder(stored: sessionmaker[Session]) -> Iterator[Session]:
    """A session whose database has lost its triggers and checks of references, until it is rolled back."""
    with stored() as session:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
            for name in session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                session.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        yield session
        session.rollback()


def named(session: Session, checkpoint: str | None = None) -> list[tuple[str, str, str]]:
    """Return what verifying finds: kind, table, row."""
    return [(fault.kind, fault.table, fault.row) for fault in service.verify(session, checkpoint=checkpoint)]


def key_of(model: type[Base], n: int) -> Any:
    """Return the key of a model's `n`-th row."""
    return f"code-{n}" if model is UnitKind else n


def raw(session: Session, model: type[Base], n: int) -> dict[str, Any]:
    """Return a row as the database holds it."""
    query = sa.text(f"SELECT * FROM {model.__tablename__} WHERE {witness.primary_key(model).name} = :key")
    return dict(session.execute(query, {"key": key_of(model, n)}).mappings().one())


def write(session: Session, model: type[Base], row: dict[str, Any]) -> None:
    """Insert a row as it is."""
    marks = ", ".join(f":{name}" for name in row)
    columns = ", ".join(f'"{name}"' for name in row)
    session.execute(sa.text(f"INSERT INTO {model.__tablename__} ({columns}) VALUES ({marks})"), row)


def change(session: Session, table: str, column: str, value: Any, where: str) -> None:
    """Change one cell."""
    session.execute(sa.text(f'UPDATE {table} SET "{column}" = :value WHERE {where}'), {"value": value})


def other(column: sa.Column[Any], value: Any) -> Any:
    """Return another raw value that the column's own checks let pass."""
    if isinstance(column.type, sa.Enum):
        used = value if isinstance(value, str) else None
        return next(word for word in reversed(column.type.enums) if word not in {used, "sealed", "open"})
    if isinstance(value, bool):
        return not value
    if isinstance(column.type, sa.Date):
        moved = date(2027 if column.name.endswith("_to") else 2025, 12, 31)
        return moved.isoformat() if isinstance(value, str) else moved
    if isinstance(value, bytes | memoryview):
        return bytes(value)[:-1] + b"!"
    if isinstance(value, int):
        return 1 - value if isinstance(column.type, sa.Boolean) else value + 7
    if value is None:
        return 77 if isinstance(column.type, sa.Integer) else "khac"
    words = {"kind": "movement" if column.table.name == "rule_snapshot" else "vote", "blind": "double"}
    if column.table.name in {"rule_snapshot", "stage"} and column.name in words:
        return words[column.name]
    return f"{value[:-1]}!" if len(value) >= (getattr(column.type, "length", None) or 999) else f"{value}!"


@pytest.mark.parametrize("name", list(WITNESSED))
def test_every_witnessed_cell_changed_is_named(intruder: Session, name: str) -> None:
    model = WITNESSED[name]
    table, row = witness.table_of(model), raw(intruder, model, 1)
    key = witness.primary_key(model).name
    where = f"{key} = '{key_of(model, 1)}'"
    missed = []
    for column in witness.covered(model):
        with intruder.begin_nested() as trial:
            change(intruder, name, column, other(table.c[column], row[column]), where)
            found = [(fault.kind, fault.row) for fault in row_faults(intruder, model)]
            if found != [("changed", str(key_of(model, 1)))]:
                missed.append((column, found))
            trial.rollback()
    assert missed == []
    assert named(intruder) == []


@pytest.mark.parametrize("name", list(WITNESSED))
def test_a_deleted_row_is_named(intruder: Session, name: str) -> None:
    model = WITNESSED[name]
    intruder.execute(sa.text(f"DELETE FROM {name} WHERE {witness.primary_key(model).name} = '{key_of(model, 2)}'"))
    assert named(intruder) == [("deleted", name, str(key_of(model, 2)))]


@pytest.mark.parametrize("name", list(WITNESSED))
def test_a_copied_row_is_named(intruder: Session, name: str) -> None:
    model = WITNESSED[name]
    table, row = witness.table_of(model), raw(intruder, model, 1)
    key = witness.primary_key(model).name
    copy = row | {key: "khac" if model is UnitKind else 88}
    uniques = [
        [column.name for column in constraint.columns]
        for constraint in (*table.constraints, *table.indexes)
        if isinstance(constraint, sa.UniqueConstraint) or getattr(constraint, "unique", False)
    ]
    for columns in uniques:
        free = [column for column in columns if column != model.__witnessed_with__]
        if all(copy[column] == row[column] for column in free):
            copy[free[-1]] = other(table.c[free[-1]], row[free[-1]])
    write(intruder, model, copy)
    assert named(intruder) == [("inserted", name, str(copy[key]))]


@pytest.mark.parametrize("name", list(WITNESSED))
def test_two_rows_swapped_are_both_named(intruder: Session, name: str) -> None:
    model = WITNESSED[name]
    key = witness.primary_key(model).name
    first, second = raw(intruder, model, 1), raw(intruder, model, 2)
    intruder.execute(sa.text(f"DELETE FROM {name}"))
    write(intruder, model, first | {key: second[key]})
    write(intruder, model, second | {key: first[key]})
    assert named(intruder) == [("changed", name, str(first[key])), ("changed", name, str(second[key]))]


def test_an_entry_put_back_into_its_authors_hands_is_named(intruder: Session) -> None:
    for state in ("draft", "returned"):
        change(intruder, "entry", "state", state, "id = 1")
        assert named(intruder) == [("changed", "entry", "1")]


def test_a_sealed_sheet_opened_is_named_with_the_mark_changed_in_it(intruder: Session) -> None:
    change(intruder, "scoresheet", "status", "open", "id = 1")
    change(intruder, "mark", "points", 1, "id = 1")
    assert named(intruder) == [("changed", "mark", "1"), ("changed", "scoresheet", "1")]


# --- The trail itself -------------------------------------------------------------------------------------------------

EVENT_CELLS = {
    "at": ("broken", 1), "verb": ("broken", "x"), "actor_id": ("broken", 5), "actor_name": ("broken", "x"),
    "subject_table": ("broken", "x"), "subject_id": ("broken", "x"), "season_id": ("broken", 5),
    "unit_path": ("broken", "9."), "detail": ("detail", b"{}"), "nonce": ("detail", b"x"),
    "detail_digest": ("broken", b"x"), "prev_hash": ("broken", b"x"),
}  # fmt: skip


@pytest.mark.parametrize("column", EVENT_CELLS)
def test_a_changed_cell_of_an_event_is_named(intruder: Session, column: str) -> None:
    kind, value = EVENT_CELLS[column]
    change(intruder, "audit_event", column, value, "id = 2")
    found = named(intruder)
    assert (kind, "audit_event", "2") in found
    assert {row for _kind, _table, row in found} == {"2"}


def test_a_changed_hash_breaks_its_event_and_the_next(intruder: Session) -> None:
    change(intruder, "audit_event", "hash", b"x", "id = 2")
    assert named(intruder) == [("broken", "audit_event", "2"), ("broken", "audit_event", "3")]


def test_a_missing_event_is_named(intruder: Session) -> None:
    intruder.execute(sa.text("DELETE FROM audit_witness WHERE event_id = 2"))
    intruder.execute(sa.text("DELETE FROM audit_event WHERE id = 2"))
    found = named(intruder)
    assert found[0] == ("gap", "audit_event", "2")
    assert {kind for kind, _table, _row in found[1:]} == {"inserted"}


def test_a_changed_witness_breaks_its_event(intruder: Session) -> None:
    change(intruder, "audit_witness", "digest", b"x", "table_name = 'person' AND row_key = '1'")
    assert named(intruder) == [("broken", "audit_event", "2"), ("changed", "person", "1")]


def test_a_witness_without_its_number_is_named(intruder: Session) -> None:
    change(intruder, "audit_witness", "nonce", None, "table_name = 'person' AND row_key = '1'")
    assert named(intruder) == [("unreadable", "person", "1")]


def test_a_witness_of_no_event_is_named(intruder: Session) -> None:
    change(intruder, "audit_witness", "event_id", 99, "table_name = 'person' AND row_key = '1'")
    assert named(intruder) == [("broken", "audit_event", "2"), ("orphan", "person", "1")]


def test_an_event_before_the_first_is_named(intruder: Session) -> None:
    intruder.execute(
        sa.text(
            "INSERT INTO audit_event (id, at, verb, actor_name, subject_table, subject_id, unit_path, detail_digest, "
            "prev_hash, hash) VALUES (0, 1, 'x', 'x', 'x', 'x', '', :bytes, :bytes, :bytes)"
        ),
        {"bytes": b"x"},
    )
    assert ("broken", "audit_event", "0") in named(intruder)


@pytest.mark.parametrize("with_head", [False, True])
def test_the_last_events_cut_off_are_named(intruder: Session, with_head: bool) -> None:
    last = intruder.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert last is not None
    intruder.execute(sa.text("DELETE FROM audit_witness WHERE event_id = 3"))
    intruder.execute(sa.text("DELETE FROM audit_event WHERE id = 3"))
    if with_head:
        change(intruder, "audit_head", "last_id", 2, "id = 1")
        change(intruder, "audit_head", "last_hash", last.prev_hash, "id = 1")
    rows = [("inserted", "mark", "1"), ("inserted", "mark", "2")]
    rows += [("inserted", "scoresheet", "1"), ("inserted", "scoresheet", "2")]
    assert named(intruder) == ([] if with_head else [("head", "audit_event", "3")]) + rows


def later(session: Session) -> str:
    """Return the checkpoint of a moment after this one, which the database then forgets."""
    with session.begin_nested() as future:
        session.get_one(UnitKind, "code-1").name = "Khác"
        service.record("test.later", ("test", 1), actor=SYSTEM, at=NOW, session=session)
        text = service.checkpoint(session, at=NOW, reason="Công bố").text
        assert named(session, text) == []
        future.rollback()
    return text


def test_an_older_copy_put_back_is_found_by_the_checkpoint_alone(stored: sessionmaker[Session]) -> None:
    with stored() as session:
        text = later(session)
        session.rollback()
        assert named(session) == []
        session.rollback()
        assert named(session, text) == [("checkpoint", "audit_event", text)]


def rewrite(session: Session) -> None:
    """Forge the whole trail from the first event on, as somebody who knows how it is made can."""
    hash_ = chain.NO_HASH
    change(session, "audit_event", "verb", "khac", "id = 1")
    events = session.execute(sa.text("SELECT * FROM audit_event ORDER BY id")).mappings().all()
    for event in events:
        witnesses = session.execute(
            sa.select(AuditWitness.table_name, AuditWitness.row_key, AuditWitness.digest).where(
                AuditWitness.event_id == event["id"]
            )
        )
        forged = chain.event_hash({**event, "prev_hash": hash_}, [tuple(row) for row in witnesses])
        change(session, "audit_event", "prev_hash", hash_, f"id = {event['id']}")
        change(session, "audit_event", "hash", forged, f"id = {event['id']}")
        hash_ = forged
    change(session, "audit_head", "last_hash", hash_, "id = 1")


def test_a_trail_written_anew_is_found_by_a_checkpoint(intruder: Session) -> None:
    text = service.checkpoint(intruder, at=NOW, reason="Khóa sổ").text
    rewrite(intruder)
    # The row kept inside tells as well, until the intruder finds it too.
    assert named(intruder) == [("checkpoint", "audit_event", text)]
    intruder.execute(sa.text("DELETE FROM audit_checkpoint"))
    assert named(intruder) == []
    assert named(intruder, text) == [("checkpoint", "audit_event", text)]


def test_every_fault_is_one_sentence_that_names_the_thing(intruder: Session) -> None:
    change(intruder, "person", "full_name", "Ai đó", "id = 2")
    intruder.execute(sa.text("DELETE FROM mark WHERE id = 1"))
    assert [fault.sentence for fault in service.verify(intruder)] == [
        "Bảng mark, bản ghi 1 đã bị xóa ngoài hệ thống, sau nhật ký dòng 3.",
        "Bảng person, bản ghi 2 đã bị sửa ngoài hệ thống, sau nhật ký dòng 2.",
    ]
