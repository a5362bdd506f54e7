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
    order = [column.desc() if descending != backwards else column.asc() for column, descending in keys]
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
    # Cursors hold stored integers, so a decorated column is compared as what it stores.
    stored = [
        (sa.type_coerce(column, column.type.impl) if isinstance(column.type, TypeDecorator) else column, descending)
        for column, descending in keys
    ]
    for place, (column, descending) in enumerate(stored):
        equal = [earlier == cursor[i] for i, (earlier, _) in enumerate(stored[:place])]
        step = column < cursor[place] if descending != backwards else column > cursor[place]
        options.append(sa.and_(*equal, step))
    return sa.or_(*options)


def _write(keys: list[tuple[Any, bool]], row: Any) -> str:
    values = [getattr(row, column.key) for column, _ in keys]
    plain = [
        column.type.process_bind_param(value, default.DefaultDialect())
        if isinstance(column.type, TypeDecorator)
        else value
        for (column, _), value in zip(keys, values, strict=True)
    ]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


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
    return values if all(_fits(value, column.type) for value, (column, _) in zip(values, keys, strict=True)) else None


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value from an address can be compared with a column: databases refuse what is not of its type."""
    stored = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    if isinstance(stored, sa.Integer):
        limit = 2**63 if isinstance(stored, sa.BigInteger) else 2**31
        return type(value) is int and -limit <= value < limit
    # PostgreSQL keeps no NUL, and half of a surrogate pair is no text.
    return isinstance(value, str) and "\x00" not in value and not _SURROGATES.search(value)
