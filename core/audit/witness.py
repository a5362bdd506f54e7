"""Which rows a transaction touched, and what their witnesses say when it commits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.audit import chain
from core.audit.models import AuditWitness
from core.db import Base

# How many rows one statement names: well below what either database takes.
BATCH = 500

Touched = dict[type[Base], set[Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands: its raw values as bytes, and whether it should have a witness."""

    payload: bytes
    is_expected: bool


@dataclass(frozen=True, slots=True)
class Last:
    """The last witness of a row; no digest says that it was deleted or let go."""

    event_id: int
    nonce: bytes | None
    digest: bytes | None

    def agrees(self, payload: bytes) -> bool:
        """Whether the row stood like this when the witness was made."""
        return self.nonce is not None and chain.digest(self.nonce, payload) == self.digest


@dataclass(frozen=True, slots=True)
class Line:
    """A witness to write."""

    table: str
    key: str
    nonce: bytes | None
    digest: bytes | None


def models() -> list[type[Base]]:
    """Return the witnessed models in the order of their tables' names."""
    found = [mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__witnessed__]
    return sorted(found, key=lambda model: model.__tablename__)


def table_of(model: type[Base]) -> sa.Table:
    """Return the table of a model, as the table it is."""
    table = model.__table__
    assert isinstance(table, sa.Table)
    return table


def covered(model: type[Base]) -> tuple[str, ...]:
    """Return the columns of a model that its witnesses cover."""
    return (*model.__witnessed__, *model.__witnessed_if_set__)


def primary_key(model: type[Base]) -> sa.Column[Any]:
    """Return the one primary key column; a witnessed table with a compound key is a mistake in the model."""
    (column,) = table_of(model).primary_key
    return column


def collect(session: Session, touched: Touched) -> None:
    """Note the rows that the flush just finished wrote; called after the flush, when foreign keys are filled in."""
    for row in (*session.new, *session.deleted):
        if isinstance(row, Base) and row.__witnessed__:
            touched[type(row)].add(_identity(row))
    for row in session.dirty:
        if isinstance(row, Base) and any(_changed(row, name) for name in covered(type(row))):
            touched[type(row)].add(_identity(row))


def plan(session: Session, touched: Touched) -> list[Line]:
    """Return the witnesses that the touched rows need now, and the children that come under witness with them."""
    lines: list[Line] = []
    for model in sorted(touched, key=lambda model: model.__tablename__):
        turned: list[Any] = []
        for key, row, last in _states(session, model, touched[model]):
            is_live = last is not None and last.digest is not None
            if row is not None and row.is_expected:
                if last is None or not last.agrees(row.payload):
                    lines.append(_line(model, key, row))
            elif is_live:
                lines.append(_line(model, key, None))
            if is_live != (row is not None and row.is_expected):
                turned.append(key)
        for child in _children(model) if turned else ():
            lines += _follow(session, child, turned, touched.get(child, set()))
    return lines


def rows(session: Session, model: type[Base], keys: Iterable[Any]) -> dict[Any, Row]:
    """Return the rows of `model` with these keys, read as the database holds them."""
    found: dict[Any, Row] = {}
    for batch in _batches(keys):
        found.update(read(session, row_query(model).where(primary_key(model).in_(batch)), model))
    return found


def row_query(model: type[Base]) -> sa.Select[Any]:
    """Return the query for key, «has a witness» and the raw witnessed values of a model's rows."""
    table = model.__table__
    values = [sa.type_coerce(table.c[name], sa.types.NullType()).label(f"v_{name}") for name in covered(model)]
    return sa.select(primary_key(model).label("k"), _expected(model).label("w"), *values)


def read(session: Session, query: sa.Select[Any], model: type[Base]) -> Iterator[tuple[Any, Row]]:
    """Yield key and row for what a `row_query` finds."""
    for key, is_expected, *values in session.execute(query):
        given = dict(zip(covered(model), values, strict=True))
        payload = chain.row_bytes(
            {name: value for name, value in given.items() if value is not None or name in model.__witnessed__}
        )
        yield key, Row(payload, bool(is_expected))


def last_witnesses(session: Session, table: str, keys: Iterable[Any]) -> dict[str, Last]:
    """Return the last witness of each row that ever had one, by the key's text."""
    found: dict[str, Last] = {}
    columns = AuditWitness.__table__.c
    query = sa.select(columns.row_key, columns.event_id, columns.nonce, columns.digest).where(
        columns.table_name == table
    )
    for batch in _batches(keys):
        named = query.where(columns.row_key.in_([str(key) for key in batch])).order_by(columns.event_id)
        for key, event_id, nonce, digest in session.execute(named):
            found[key] = Last(event_id, nonce, digest)
    return found


def _states(session: Session, model: type[Base], keys: Iterable[Any]) -> Iterator[tuple[Any, Row | None, Last | None]]:
    """Yield each key with its row and its last witness, in a stable order."""
    ordered = sorted(keys)
    present, last = rows(session, model, ordered), last_witnesses(session, model.__tablename__, ordered)
    for key in ordered:
        yield key, present.get(key), last.get(str(key))


def _follow(session: Session, child: type[Base], parents: list[Any], touched: set[Any]) -> list[Line]:
    """Return the lines of rows that begin or cease to be witnessed because their parent does.

    A child that stays witnessed is left alone: a new witness would vouch for what nobody here has looked at.
    """
    lines: list[Line] = []
    link = child.__table__.c[child.__witnessed_with__]
    keys: set[Any] = set()
    for batch in _batches(parents):
        keys.update(session.scalars(sa.select(primary_key(child)).where(link.in_(batch))))
    for key, row, last in _states(session, child, keys - touched):
        is_live = last is not None and last.digest is not None
        if row is not None and row.is_expected != is_live:
            lines.append(_line(child, key, row if row.is_expected else None))
    return lines


def _line(model: type[Base], key: Any, row: Row | None) -> Line:
    if row is None:
        return Line(model.__tablename__, str(key), None, None)
    nonce = chain.new_nonce()
    return Line(model.__tablename__, str(key), nonce, chain.digest(nonce, row.payload))


def _expected(model: type[Base]) -> sa.ColumnElement[bool]:
    """Return the condition under which a row of `model` has a witness: its own, or that of the row it belongs to."""
    if not model.__witnessed_with__:
        return model.__witness_when__()
    parent = _parent(model)
    belongs = primary_key(parent) == model.__table__.c[model.__witnessed_with__]
    return sa.exists(sa.select(sa.literal(1)).where(belongs, parent.__witness_when__()).correlate(model.__table__))


def _parent(model: type[Base]) -> type[Base]:
    (foreign,) = model.__table__.c[model.__witnessed_with__].foreign_keys
    return next(found for found in models() if found.__table__ is foreign.column.table)


def _children(model: type[Base]) -> list[type[Base]]:
    return [child for child in models() if child.__witnessed_with__ and _parent(child) is model]


def _identity(row: Base) -> Any:
    (key,) = sa.inspect(row).mapper.primary_key_from_instance(row)
    return key


def _changed(row: Base, name: str) -> bool:
    return bool(sa.inspect(row).attrs[name].history.has_changes())


def _batches(keys: Iterable[Any]) -> Iterator[list[Any]]:
    ordered = list(keys)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def nothing_touched() -> Touched:
    """Return an empty note of touched rows."""
    return defaultdict(set)
