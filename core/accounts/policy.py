"""The one place that says who may do what: a table of verb × role × relation × phases, and the questions put to it.

Rooms register how a relation looks for their tables (one SQL clause and one equal Python predicate); routes, templates,
files, search and exports ask `allows`, `visible` and `fields`. `docs/policy.md` is written from this table, and a
test compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from core.accounts.rules import Actor, NotAllowed, NotFoundHere, Role

ANY = frozenset[str]()
"""No restriction on the phase."""

CONTENT = frozenset({"content", "files"})
IDENTITY = frozenset({"identity"})
CONFIDENTIAL = frozenset({"confidential"})
RESULT = frozenset({"result"})
ALL_FIELDS = CONTENT | IDENTITY | CONFIDENTIAL | RESULT


@dataclass(frozen=True, slots=True)
class Row:
    """One permission: `role` may `verb` a thing to which it stands in `relation`, in `phases` (empty: any)."""

    verb: str
    role: Role
    relation: str = "anyone"
    phases: frozenset[str] = ANY
    fields: frozenset[str] = frozenset()


def _phases(words: str) -> frozenset[str]:
    return frozenset(words.split())


# States of an entry and phases of a season, by the names that the rows below use.
FILED = _phases(
    "submitted returned refused endorsed received in_judging scored decided awarded not_awarded withdrawn ineligible "
    "shelved annulled"
)
EDITABLE = _phases("draft returned")
WITHDRAWABLE = _phases("draft submitted returned endorsed received")
JUDGED = _phases("in_judging scored decided awarded not_awarded")
ANNOUNCED = _phases("open judging ranked decided published")
PUBLISHED = _phases("published")

P, W, O, J, M, A = Role.PUBLIC, Role.WORKER, Role.OFFICER, Role.JUDGE, Role.ORGANISER, Role.ADMIN  # noqa: E741

TABLE: tuple[Row, ...] = (
    # Everybody
    Row("public.read", P),
    Row("session.open", P),
    Row("citation.verify", P),
    Row("status.look_up", P),
    Row("season.read", P, phases=ANNOUNCED),
    Row("result.read", P, phases=PUBLISHED),
    # Everybody who is signed in
    Row("account.use", W),
    Row("task.list", W),
    Row("entry.list_own", W),
    Row("entry.start", W, phases=_phases("open")),
    Row("entry.read", W, "author", fields=CONTENT | IDENTITY | CONFIDENTIAL),
    Row("entry.edit", W, "filer", phases=EDITABLE),
    Row("entry.submit", W, "filer", phases=EDITABLE),
    Row("entry.withdraw", W, "filer", phases=WITHDRAWABLE),
    Row("entry.revise", W, "filer", phases=_phases("submitted")),
    Row("entry.confirm_share", W, "author"),
    Row("sheet.read", W, "filler"),
    Row("sheet.fill", W, "self_filler", phases=_phases("draft returned submitted endorsed received in_judging")),
    # Officers of a unit, over its subtree
    Row("endorsement.list", O),
    Row("unit.entries", O),
    Row("unit.members", O),
    Row("entry.file_on_behalf", O, phases=_phases("open")),
    Row("entry.read", O, "subtree", phases=FILED, fields=CONTENT | IDENTITY),
    Row("entry.read", O, "filer", fields=CONTENT | IDENTITY | CONFIDENTIAL),
    Row("entry.edit", O, "filer", phases=EDITABLE),
    Row("entry.submit", O, "filer", phases=EDITABLE),
    Row("entry.endorse", O, "endorser", phases=_phases("submitted")),
    Row("entry.unendorse", O, "last_endorser", phases=_phases("submitted endorsed")),
    Row("entry.return", O, "endorser", phases=_phases("submitted")),
    Row("entry.refuse", O, "endorser", phases=_phases("submitted")),
    Row("sheet.fill", O, "subtree", phases=_phases("submitted endorsed received in_judging")),
    Row("person.read", O, "subtree"),
    Row("person.add", O),
    Row("person.edit", O, "subtree"),
    Row("unit.read", O, "subtree"),
    Row("account.read", O, "subtree"),
    Row("account.issue_code", O, "subtree"),
    # Judges
    Row("sheet.list", J),
    Row("entry.read", J, "assigned", phases=JUDGED, fields=CONTENT | CONFIDENTIAL),
    Row("entry.read", J, "assigned_openly", phases=JUDGED, fields=CONTENT | CONFIDENTIAL | IDENTITY),
    Row("sheet.fill", J, "assigned", phases=_phases("in_judging")),
    Row("sheet.seal", J),
    Row("sheet.read", J, "filler"),
    Row("sheet.recuse", J, "assigned", phases=_phases("in_judging")),
    # Organisers, over the movements and seasons of their unit
    Row("movement.list", M),
    Row("movement.create", M),
    Row("movement.edit", M, "owner"),
    Row("movement.offer", M, "owner"),
    Row("movement.switch", M, "subtree"),
    Row("season.list", M),
    Row("season.create", M),
    Row("season.read", M, "owner"),
    Row("season.manage", M, "owner"),
    Row("season.edit", M, "owner", phases=_phases("draft")),
    Row("season.open", M, "owner", phases=_phases("draft")),
    Row("season.extend", M, "owner", phases=_phases("open")),
    Row("season.amend", M, "owner", phases=_phases("open judging ranked")),
    Row("entry.read", M, "owner", phases=FILED, fields=ALL_FIELDS),
    Row("entry.receive", M, "owner", phases=_phases("endorsed")),
    Row("entry.return", M, "owner", phases=_phases("endorsed received")),
    Row("entry.find_ineligible", M, "owner", phases=_phases("endorsed received")),
    Row("entry.export", M, "owner"),
    Row("fact.set", M, "owner", phases=_phases("received in_judging")),
    Row("panel.edit", M, "owner", phases=_phases("open judging")),
    Row("assignment.edit", M, "owner", phases=_phases("open judging")),
    Row("judging.start", M, "owner", phases=_phases("open")),
    Row("judging.watch", M, "owner", phases=_phases("judging ranked decided published")),
    Row("judging.close", M, "owner", phases=_phases("judging")),
    Row("judging.reopen", M, "owner", phases=_phases("ranked")),
    Row("sheet.reopen", M, "owner", phases=_phases("in_judging")),
    Row("ranking.read", M, "owner", phases=_phases("ranked decided published")),
    Row("score.read", M, "owner", phases=_phases("scored decided awarded not_awarded annulled")),
    Row("award.propose", M, "owner", phases=_phases("ranked")),
    Row("award.decide", M, "owner", phases=_phases("ranked")),
    Row("result.publish", M, "owner", phases=_phases("decided")),
    Row("citation.read", W, "recipient"),
    Row("citation.read", M, "owner"),
    Row("citation.print", M, "owner"),
    Row("decision.read", M, "owner"),
    Row("citation.revoke", M, "owner"),
    # Administrators: people, tree, plugins, trail; no relation to content
    Row("system.read", A),
    Row("user.manage", A),
    Row("account.read", A),
    Row("account.issue_code", A),
    Row("person.read", A),
    Row("person.add", A),
    Row("person.edit", A),
    Row("unit.manage", A),
    Row("unit.read", A),
    Row("movement.list", A),
    Row("movement.switch", A),
    Row("movement.read", A),
    Row("movement.read", M),
    Row("movement.preview", A),
    Row("movement.preview", M),
    Row("audit.read", A),
    Row("style.read", A),
    Row("style.read", M),
    Row("style.read", O),
    Row("style.read", J),
)

VERBS: frozenset[str] = frozenset(row.verb for row in TABLE)

# What optional rooms add, by room; the core's own rows stand above and no room reaches them.
_added: dict[str, tuple[Row, ...]] = {}


def add_rows(room: str, rows: Iterable[Row]) -> None:
    """Add the permissions of an optional room, in place of those it added before.

    :raise ValueError: a verb that does not begin with the room's id and a dot, or an id that the core's verbs have.
    """
    kept = tuple(rows)
    if any(verb.startswith(f"{room}.") for verb in VERBS):
        raise ValueError(f"verbs of the core begin with «{room}.» already")
    foreign = sorted({row.verb for row in kept if not row.verb.startswith(f"{room}.")})
    if foreign:
        raise ValueError(f"verbs of the room {room} begin with «{room}.», these do not: {', '.join(foreign)}")
    _added[room] = kept


def known_verbs() -> frozenset[str]:
    """Return the verbs of the core and of the rooms that are switched on."""
    return VERBS | {row.verb for rows in _added.values() for row in rows}


Clause = Callable[[Actor, Role], sa.ColumnElement[bool]]
Holds = Callable[[Actor, Role, Any], bool]


@dataclass(frozen=True, slots=True)
class _Entity:
    read: str
    phase: Any | None
    relations: dict[str, tuple[Clause, Holds]]


_entities: dict[type, _Entity] = {}


def entity(kind: type, *, read: str, phase: Any | None = None) -> None:
    """Register a table: the verb that reads its rows, and the column its phases stand in."""
    _entities[kind] = _Entity(read, phase, {"anyone": (lambda *_: sa.true(), lambda *_: True)})


def relate(kind: type, name: str, *, clause: Clause, holds: Holds) -> None:
    """Register how `name` looks for `kind`: a SQL condition and a predicate that say the same."""
    _entities[kind].relations[name] = (clause, holds)


def relations(kind: type) -> dict[str, tuple[Clause, Holds]]:
    """Return the registered relations of `kind`, for the test that compares clause and predicate."""
    return _entities[kind].relations


def rows(verb: str, actor: Actor) -> list[Row]:
    """Return the rows of `verb` whose role the actor holds."""
    # The part before the dot names the room; what no room added is the core's.
    table = _added.get(verb.partition(".")[0], TABLE)
    return [row for row in table if row.verb == verb and (actor.has(row.role) or row.role == Role.PUBLIC)]


def may(actor: Actor, verb: str) -> bool:
    """Whether the actor's roles open `verb` at all, before any object is looked at."""
    return bool(rows(verb, actor))


def _phase(obj: Any) -> str:
    column = _entities[type(obj)].phase
    return "" if column is None else str(getattr(obj, column.key))


def _granting(actor: Actor, verb: str, obj: Any) -> Iterable[Row]:
    known = _entities[type(obj)].relations
    for row in rows(verb, actor):
        if row.phases and _phase(obj) not in row.phases:
            continue
        # A relation that this table does not have (a season has no endorser) grants nothing.
        if row.relation in known and known[row.relation][1](actor, row.role, obj):
            yield row


def allows(actor: Actor, verb: str, obj: Any = None) -> bool:
    """Whether the actor may do `verb`, to `obj` where one is given."""
    return may(actor, verb) if obj is None else any(True for _ in _granting(actor, verb, obj))


def sees(actor: Actor, obj: Any) -> bool:
    """Whether the actor may know that `obj` exists."""
    return allows(actor, _entities[type(obj)].read, obj)


def fields(actor: Actor, obj: Any) -> frozenset[str]:
    """Return the groups of fields of `obj` that the actor may read: content, files, identity, confidential, result."""
    groups: frozenset[str] = frozenset()
    for row in _granting(actor, _entities[type(obj)].read, obj):
        groups |= row.fields
    return groups


def require(actor: Actor, verb: str, obj: Any = None) -> None:
    """Pass, or refuse in a way that tells nothing about what the actor may not see.

    :raise NotFoundHere: the actor may not know that the object exists.
    :raise NotAllowed: the actor sees it but may not do this.
    """
    if allows(actor, verb, obj):
        return
    if obj is not None and not sees(actor, obj):
        raise NotFoundHere()
    raise NotAllowed(verb=verb)


def visible(actor: Actor, kind: type, verb: str = "") -> sa.Select[Any]:
    """Return the select of the rows of `kind` that the actor may read, or do `verb` to, before any other filter."""
    known = _entities[kind]
    allowed: list[sa.ColumnElement[bool]] = []
    for row in rows(verb or known.read, actor):
        if row.relation not in known.relations:
            continue
        condition = known.relations[row.relation][0](actor, row.role)
        if row.phases and known.phase is not None:
            condition = sa.and_(known.phase.in_(sorted(row.phases)), condition)
        allowed.append(condition)
    return sa.select(kind).where(sa.or_(sa.false(), *allowed))
