"""Pages of long lists by key: the work of a page does not grow with the table."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import default
from sqlalchemy.types import TypeDecorator

from core.extensions import db

PAGE_SIZE = 50
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its rows, and the cursors of its neighbours (None where there is none)."""

    rows: list[Any]
    next_cursor: str | None
    previous_cursor: str | None


def page_of(
    query: sa.Select[Any],
    keys: list[tuple[Any, bool]],
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """Return the rows of `query` after (or before) a cursor.

    :param keys: the order as (column, descending); together they must be unique, so end with a primary key.
    """
    backwards = before is not None and not after
    cursor = _read(before if backwards else after, keys)
    if cursor is not None:
        query = query.where(_beyond(keys, cursor, backwards=backwards))
    order = [
        _stored(column).desc() if descending != backwards else _stored(column).asc() for column, descending in keys
    ]
    rows = list(db.session.scalars(query.order_by(None).order_by(*order).limit(size + 1)).unique())
    has_more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    more_after = has_more if not backwards else cursor is not None
    more_before = has_more if backwards else cursor is not None
    return Page(
        rows=rows,
        next_cursor=_write(keys, rows[-1]) if rows and more_after else None,
        previous_cursor=_write(keys, rows[0]) if rows and more_before else None,
    )


def _beyond(keys: list[tuple[Any, bool]], cursor: list[Any], *, backwards: bool) -> sa.ColumnElement[bool]:
    options = []
    stored = [(_stored(column), descending) for column, descending in keys]
    for place, (column, descending) in enumerate(stored):
        equal = [earlier == cursor[i] for i, (earlier, _) in enumerate(stored[:place])]
        step = column < cursor[place] if descending != backwards else column > cursor[place]
        options.append(sa.and_(*equal, step))
    return sa.or_(*options)


def _kind(column: Any) -> Any:
    """Return the type of what the database holds: a decorated column is compared as what it stores."""
    if isinstance(column.type, TypeDecorator):
        return column.type.impl_instance
    return sa.String() if isinstance(column.type, sa.Enum) else column.type


def _stored(column: Any) -> sa.ColumnElement[Any]:
    """Return what the rows are ordered by. A key that may be absent counts as the least there is.

    The databases disagree on where NULL stands, and nothing is before or after it.
    """
    plain: sa.ColumnElement[Any] = sa.type_coerce(column, _kind(column))
    return sa.func.coalesce(plain, _least(column)) if column.property.columns[0].nullable else plain


def _least(column: Any) -> Any:
    return -(2**31) if isinstance(_kind(column), sa.Integer) else ""


def _write(keys: list[tuple[Any, bool]], row: Any) -> str:
    values = [_as_stored(column, getattr(row, column.key)) for column, _ in keys]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _as_stored(column: Any, value: Any) -> Any:
    if value is None:
        return _least(column)
    if isinstance(column.type, TypeDecorator):
        return column.type.process_bind_param(value, default.DefaultDialect())
    return value


def _read(text: str | None, keys: list[tuple[Any, bool]]) -> list[Any] | None:
    """Return the values of a cursor; None where it is not one that this list could have given out."""
    if not text:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, list) or len(values) != len(keys):
        return None
    return values if all(_fits(value, _kind(column)) for value, (column, _) in zip(values, keys, strict=True)) else None


def _fits(value: Any, stored: Any) -> bool:
    """Whether a value from an address can be compared with a column: databases refuse what is not of its type."""
    if isinstance(stored, sa.Integer):
        limit = 2**63 if isinstance(stored, sa.BigInteger) else 2**31
        return type(value) is int and -limit <= value < limit
    # PostgreSQL keeps no NUL, and half of a surrogate pair is no text.
    return isinstance(value, str) and "\x00" not in value and not _SURROGATES.search(value)
