"""The arithmetic of the chain: what exactly is hashed. Changing a line here makes every older trail unverifiable."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from core.db import canonical_json

NONCE_BYTES = 16
NO_HASH = bytes(32)

# (table, row key, digest or None), as one event left the row.
Witnessed = tuple[str, str, bytes | None]


def new_nonce() -> bytes:
    """Return fresh random bytes; without them a digest says nothing about what it covers."""
    return secrets.token_bytes(NONCE_BYTES)


def digest(nonce: bytes, payload: bytes) -> bytes:
    """Return sha256(nonce ‖ payload)."""
    return hashlib.sha256(nonce + payload).digest()


def detail_bytes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, note: str) -> bytes:
    """Return what was said about an act as canonical JSON {after, before, note}."""
    return canonical_json({"before": _plain(before), "after": _plain(after), "note": note})


def row_bytes(values: Mapping[str, Any]) -> bytes:
    """Return a row's raw database values as canonical JSON, equal on SQLite and PostgreSQL."""
    return canonical_json({name: _raw(value) for name, value in values.items()})


def event_hash(event: Mapping[str, Any], witnesses: Iterable[Witnessed]) -> bytes:
    """Return the hash of an event: over the one before, its plain columns, and its witnesses in order.

    :param event: id, at (microseconds), verb, actor_id, actor_name, subject_table, subject_id, season_id, unit_path,
        detail_digest, prev_hash.
    """
    covered = [
        event["prev_hash"].hex(),
        event["id"],
        event["at"],
        event["verb"],
        event["actor_id"],
        event["actor_name"],
        event["subject_table"],
        event["subject_id"],
        event["season_id"],
        event["unit_path"],
        event["detail_digest"].hex(),
        sorted([table, key, value.hex() if value is not None else ""] for table, key, value in witnesses),
    ]
    return hashlib.sha256(canonical_json(covered)).digest()


def checkpoint_text(event_id: int, hash_: bytes) -> str:
    """Return a checkpoint as people print and type it: «1204:9f2c…»."""
    return f"{event_id}:{hash_.hex()}"


def parse_checkpoint(text: str) -> tuple[int, bytes]:
    """Return the event number and hash of a checkpoint's text.

    :raise ValueError: it is not a number, a colon and 64 hexadecimal digits.
    """
    match = re.fullmatch(r"([0-9]{1,18}):([0-9a-fA-F]{64})", text.strip())
    if match is None:
        raise ValueError(text)
    return int(match[1]), bytes.fromhex(match[2])


def _plain(value: Any) -> Any:
    """Return a value of our models as JSON knows it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


def _raw(value: Any) -> Any:
    """Return a driver's value in the one form both drivers share: booleans are 0 and 1, dates ISO text, bytes hex."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, bytes | memoryview):
        return f"x:{bytes(value).hex()}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        return str(value)
    return value
