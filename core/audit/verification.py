"""Holds the trail against itself, against the tables it witnesses, and against a checkpoint from outside."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.audit import chain, witness
from core.audit.models import AuditEvent, AuditHead, AuditWitness, Checkpoint
from core.db import Base, Instant

EVENTS_AT_ONCE = 2_000
ROWS_AT_ONCE = 2_000
EVENT_TABLE = AuditEvent.__tablename__


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not agree.

    `kind`: broken, gap, head, detail, erased (the chain); changed, deleted, inserted, unreadable, orphan (a row);
    checkpoint. `table` and `row` name what is wrong, `event` the line of the trail that shows it, where there is one.
    """

    kind: str
    table: str
    row: str
    event: int | None = None

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence."""
        facts = {"table": self.table, "row": self.row, "event": self.event}
        return _SENTENCES[self.kind](facts)


_SENTENCES = {
    "broken": lambda facts: _("Nhật ký dòng %(event)s đã bị sửa: mã băm không khớp với nội dung.", **facts),
    "gap": lambda facts: _("Nhật ký thiếu dòng %(row)s.", **facts),
    "head": lambda facts: _(
        "Cuối nhật ký đã bị cắt hoặc thêm: số dòng cuối đã lưu là %(row)s, dòng cuối tìm thấy là %(event)s.", **facts
    ),
    "detail": lambda facts: _("Nhật ký dòng %(event)s: phần chi tiết đã bị sửa.", **facts),
    "erased": lambda facts: _(
        "Nhật ký dòng %(event)s: phần chi tiết đã mất mà không có lệnh xóa nào được ghi lại.", **facts
    ),
    "changed": lambda facts: _(
        "Bảng %(table)s, bản ghi %(row)s đã bị sửa ngoài hệ thống, sau nhật ký dòng %(event)s.", **facts
    ),
    "deleted": lambda facts: _(
        "Bảng %(table)s, bản ghi %(row)s đã bị xóa ngoài hệ thống, sau nhật ký dòng %(event)s.", **facts
    ),
    "inserted": lambda facts: _(
        "Bảng %(table)s, bản ghi %(row)s được thêm ngoài hệ thống: nhật ký không có bản ghi này.", **facts
    ),
    "unreadable": lambda facts: _(
        "Bảng %(table)s, bản ghi %(row)s không đối chiếu được: dấu ở nhật ký dòng %(event)s đã mất số ngẫu nhiên.",
        **facts,
    ),
    "orphan": lambda facts: _(
        "Bảng %(table)s, bản ghi %(row)s có dấu của nhật ký dòng %(event)s, nhưng nhật ký không có dòng đó.", **facts
    ),
    "checkpoint": lambda facts: _(
        "Mã chốt %(row)s không có trong nhật ký: dữ liệu đã bị thay bằng bản cũ, hoặc nhật ký đã bị viết lại.", **facts
    ),
}


def verify(session: Session, *, checkpoint: str | None = None) -> list[Fault]:
    """Return everything that does not agree; an empty list says that the trail and the rows are as they were written.

    :param checkpoint: the text of a checkpoint kept outside. Without one, a whole older copy put in place of the
        database cannot be told from the truth.
    :raise ValueError: the text of the checkpoint cannot be read.
    """
    outside = [chain.parse_checkpoint(checkpoint)] if checkpoint else []
    if session.get_bind().dialect.name == "postgresql" and not session.in_transaction():
        # All statements see one moment, so that people may go on working meanwhile.
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    walk = _Walk(session, [*outside, *_kept_checkpoints(session)])
    walk.run()
    faults = walk.faults
    for model in witness.models():
        faults += row_faults(session, model)
    return faults


def _kept_checkpoints(session: Session) -> list[tuple[int, bytes]]:
    columns = Checkpoint.__table__.c
    return [(row.event_id, row.hash) for row in session.execute(sa.select(columns.event_id, columns.hash))]


# --- The chain -----------------------------------------------------------------------------------------------------


@dataclass
class _Walk:
    """One pass over the events in order."""

    session: Session
    checkpoints: list[tuple[int, bytes]]
    faults: list[Fault] = field(default_factory=list)
    last_id: int = 0
    last_hash: bytes = chain.NO_HASH
    without_detail: list[int] = field(default_factory=list)
    erased: set[int] = field(default_factory=set)
    met: set[tuple[int, bytes]] = field(default_factory=set)

    def run(self) -> None:
        """Walk to the end and judge what only the end tells."""
        wanted = {number for number, _hash in self.checkpoints}
        self.met.add((0, chain.NO_HASH))
        for event, witnesses in self._events():
            self._check(event, witnesses)
            if event["id"] in wanted:
                self.met.add((event["id"], event["hash"]))
        columns = AuditHead.__table__.c
        head = self.session.execute(sa.select(columns.last_id, columns.last_hash)).one_or_none()
        if head is None or (head.last_id, head.last_hash) != (self.last_id, self.last_hash):
            self._fault("head", str(head.last_id) if head else "–", self.last_id)
        for number in self.without_detail:
            if number not in self.erased:
                self._fault("erased", str(number), number)
        for number, hash_ in dict.fromkeys(self.checkpoints):
            if (number, hash_) not in self.met:
                self._fault("checkpoint", chain.checkpoint_text(number, hash_), number)

    def _check(self, event: dict[str, Any], witnesses: list[chain.Witnessed]) -> None:
        number = event["id"]
        follows = number == self.last_id + 1
        if number > self.last_id + 1:
            first, last = self.last_id + 1, number - 1
            self._fault("gap", str(first) if first == last else f"{first}–{last}", number)
        if (follows and event["prev_hash"] != self.last_hash) or chain.event_hash(event, witnesses) != event["hash"]:
            self._fault("broken", str(number), number)
        detail, nonce = event["detail"], event["nonce"]
        if detail is None or nonce is None:
            self.without_detail.append(number)
        elif chain.digest(nonce, detail) != event["detail_digest"]:
            self._fault("detail", str(number), number)
        elif event["verb"] == "erased":
            self.erased.update(named for named in json.loads(detail)["after"]["events"] if named < number)
        self.last_id, self.last_hash = number, event["hash"]

    def _fault(self, kind: str, row: str, event: int) -> None:
        self.faults.append(Fault(kind, EVENT_TABLE, row, event))

    def _events(self) -> Iterator[tuple[dict[str, Any], list[chain.Witnessed]]]:
        """Yield events with their witnesses, in batches by number."""
        columns = [
            sa.type_coerce(column, sa.BigInteger).label("at") if isinstance(column.type, Instant) else column
            for column in AuditEvent.__table__.c
        ]
        number = AuditEvent.__table__.c.id
        after: int | None = None
        while True:
            query = sa.select(*columns).order_by(number).limit(EVENTS_AT_ONCE)
            batch = self.session.execute(query if after is None else query.where(number > after)).mappings().all()
            last = batch[-1]["id"] if len(batch) == EVENTS_AT_ONCE else None
            witnesses = self._witnesses(after, last)
            for event in batch:
                yield dict(event), witnesses.pop(event["id"], [])
            for event_id, orphans in sorted(witnesses.items()):
                self.faults += [Fault("orphan", table, key, event_id) for table, key, _digest in orphans]
            if last is None:
                return
            after = last

    def _witnesses(self, after: int | None, last: int | None) -> dict[int, list[chain.Witnessed]]:
        columns = AuditWitness.__table__.c
        query = sa.select(columns.event_id, columns.table_name, columns.row_key, columns.digest)
        if after is not None:
            query = query.where(columns.event_id > after)
        if last is not None:
            query = query.where(columns.event_id <= last)
        found: dict[int, list[chain.Witnessed]] = defaultdict(list)
        for event_id, table, key, digest in self.session.execute(query):
            found[event_id].append((table, key, digest))
        return found


# --- The rows ------------------------------------------------------------------------------------------------------


def row_faults(session: Session, model: type[Base]) -> list[Fault]:
    """Return what is wrong with a model's rows: each against its last witness, then the witnesses without a row."""
    table, faults, met = model.__tablename__, [], 0
    for batch in _batches(session, model):
        last = witness.last_witnesses(session, table, batch)
        for key, row in batch.items():
            seen = last.get(str(key))
            if seen is None or seen.digest is None:
                if row.is_expected:
                    faults.append(Fault("inserted", table, str(key), seen.event_id if seen else None))
                continue
            met += 1
            if seen.nonce is None:
                faults.append(Fault("unreadable", table, str(key), seen.event_id))
            elif not seen.agrees(row.payload):
                faults.append(Fault("changed", table, str(key), seen.event_id))
    live = _live(table)
    if session.scalar(sa.select(sa.func.count()).select_from(live.subquery())) != met:
        faults += _deleted(session, model, live)
    return faults


def _batches(session: Session, model: type[Base]) -> Iterator[dict[Any, witness.Row]]:
    """Yield a model's rows by key, in the order of the key."""
    key, query = witness.primary_key(model), witness.row_query(model)
    batch = dict(witness.read(session, query.order_by(key).limit(ROWS_AT_ONCE), model))
    while batch:
        yield batch
        after = query.where(key > next(reversed(batch))).order_by(key).limit(ROWS_AT_ONCE)
        batch = dict(witness.read(session, after, model))


def _live(table: str) -> sa.Select[Any]:
    """Return the query for the rows of `table` that, by their last witness, should be there."""
    columns = AuditWitness.__table__.c
    newest = (
        sa.select(columns.row_key, sa.func.max(columns.event_id).label("event_id"))
        .where(columns.table_name == table)
        .group_by(columns.row_key)
        .subquery()
    )
    return sa.select(columns.row_key, columns.event_id).where(
        columns.table_name == table,
        columns.row_key == newest.c.row_key,
        columns.event_id == newest.c.event_id,
        columns.digest.is_not(None),
    )


def _deleted(session: Session, model: type[Base], live: sa.Select[Any]) -> list[Fault]:
    column = witness.primary_key(model)
    present = {str(key) for key in session.scalars(sa.select(column))}
    return [
        Fault("deleted", model.__tablename__, key, event_id)
        for key, event_id in session.execute(live.order_by(AuditWitness.__table__.c.row_key))
        if key not in present
    ]
