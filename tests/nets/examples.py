"""One example at least for what stands in each address; a new route without one fails the nets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from core.accounts.models import Account
from core.accounts.rules import Actor
from core.awards.models import Citation
from core.entries.models import Entry
from core.entries.rules import State
from core.extensions import db
from core.judging.models import Judge, Panel, Scoresheet
from core.movements.models import MovementDraft
from core.organisations.models import Unit
from core.people.models import Person
from core.seasons.models import Season, Stage
from core.seasons.rules import MilestoneKind
from tests.nets import world

ABSENT = "khong-co-dau"


@dataclass(frozen=True)
class Example:
    """An address of a route: what stands in it, and the thing it names (None: the address names none)."""

    label: str
    values: dict[str, Any] = field(default_factory=dict)
    thing: Any = None
    key: str = ""
    # What blind judges know an entry by; drawn by chance.
    judging_code: str = ""
    # What a reader should find on the page: the thing by its name.
    datum: str = ""

    def absent(self) -> dict[str, Any]:
        """Return the same address naming a thing that does not exist."""
        return {**self.values, self.key: ABSENT}


SEASONS = {
    "demo": {
        "open season": ("LDST", 2027), "season in judging": ("LDST", 2026), "published season": ("LDST", 2025),
        "season of people, open": ("TMG", 2027), "season of people, in judging": ("TMG", 2026),
        "season of people, published": ("TMG", 2025), "season in preparation": ("LDST", 2028),
    },
    "ranked": {"ranked season": ("LDST", 2026)},
    "decided": {"decided season": ("LDST", 2026)},
}  # fmt: skip
ENTRIES = {
    "demo": {
        "returned entry": "LDST-27-0002", "entry at its base": "LDST-27-0007", "entry at its commune": "LDST-27-0006",
        "endorsed entry": "LDST-27-0005", "received entry": "LDST-27-0001", "nomination returned": "TMG-27-0003",
        "nomination received": "TMG-27-0001",
        "entry being judged": "LDST-26-0003", "entry sealed by the judge": "LDST-26-0004",
        "entry of others being judged": "LDST-26-0010", "nomination being judged": "TMG-26-0003",
        "team being judged": "TMG-26-0005", "entry awarded": "LDST-25-0002", "entry not awarded": "LDST-25-0005",
        "nomination awarded": "TMG-25-0001",
    },
    "ranked": {"entry scored": "LDST-26-0001"},
    "decided": {"entry decided": "LDST-26-0001"},
}  # fmt: skip
UNITS = {
    "base of the officer": "cs-che-tan-uyen", "team of the worker": "to-sao-che", "commune": "cx-tan-uyen",
    "province": "ldld-lc", "far commune": "cx-phong-tho",
}  # fmt: skip
NAMED = ("worker", "officer", "judge", "other_worker", "organiser")


def _season(prefix: str, year: int) -> Season:
    return db.session.scalars(sa.select(Season).where(Season.code_prefix == prefix, Season.year == year)).unique().one()


def _entry(code: str) -> Entry:
    return db.session.scalars(sa.select(Entry).where(Entry.code.startswith(code + "-"))).unique().one()


def _seasons(variant: str) -> dict[str, Any]:
    return {label: _season(*key) for label, key in SEASONS[variant].items()}


def _entries(variant: str) -> dict[str, Any]:
    found = {label: _entry(code) for label, code in ENTRIES[variant].items()}
    if variant == "demo":
        for label, name in (("draft of the worker", "worker"), ("draft of an officer", "Trần Thị Hải Yến")):
            person = world.account_of(name).person if name in world.PEOPLE else _person(name)
            query = sa.select(Entry).where(Entry.owner_id == person.id, Entry.state == State.DRAFT)
            found[label] = db.session.scalars(query).unique().one()
    return found


def _person(name: str) -> Person:
    return db.session.scalars(sa.select(Person).where(Person.full_name == name)).one()


def _sheets(_variant: str) -> dict[str, Any]:
    def of(code: str, name: str) -> Scoresheet:
        return db.session.scalars(
            sa.select(Scoresheet).where(
                Scoresheet.entry_id == _entry(code).id, Scoresheet.filler_id == world.account_of(name).id
            )
        ).one()

    return {
        "sheet sealed by the judge": of("LDST-26-0004", "judge"),
        "sheet of the judge, open": of("LDST-26-0003", "judge"),
        "own sheet of the nominee": of("TMG-26-0003", "nominee"),
    }


def _citations(_variant: str) -> dict[str, Any]:
    query = sa.select(Citation).join(Citation.award).where(Citation.award.has(entry_id=_entry("LDST-25-0002").id))
    other = sa.select(Citation).where(Citation.award.has(entry_id=_entry("TMG-25-0001").id))
    return {
        "citation of the worker": db.session.scalars(query).unique().one(),
        "citation of a nominee": db.session.scalars(other).unique().first(),
    }


def _units(_variant: str) -> dict[str, Any]:
    return {label: db.session.scalars(sa.select(Unit).where(Unit.code == code)).one() for label, code in UNITS.items()}


def _drafts(_variant: str) -> dict[str, Any]:
    labels = {"draft": "movement in the making", "offered": "movement on offer"}
    return {labels[row.state]: row for row in db.session.scalars(sa.select(MovementDraft)).unique()}


THINGS: dict[type, Callable[[str], dict[str, Any]]] = {
    Season: _seasons,
    MovementDraft: _drafts,
    Entry: _entries,
    Scoresheet: _sheets,
    Citation: _citations,
    Unit: _units,
    Person: lambda _variant: {name: world.account_of(name).person for name in NAMED},
    Account: lambda _variant: {name: world.account_of(name) for name in NAMED},
}
# Kinds that look different in the later variants of the world.
LATER = {Season, Entry}


def _judges(season: Season) -> list[Judge]:
    query = sa.select(Judge).join(Panel).join(Stage).where(Stage.season_id == season.id)
    return list(db.session.scalars(query.order_by(Judge.id)))


def _panel(season: Season) -> list[dict[str, Any]]:
    query = sa.select(Panel).join(Stage).where(Stage.season_id == season.id).order_by(Panel.id)
    return [{"panel_id": panel.public_id} for panel in db.session.scalars(query)][:1]


def _judge(season: Season) -> list[dict[str, Any]]:
    return [{"judge_id": judge.public_id} for judge in _judges(season)][:1]


def _files(entry: Entry) -> list[dict[str, Any]]:
    return [{"file_id": row.public_id} for row in entry.attachments][:1]


def _pictures(entry: Entry) -> list[dict[str, Any]]:
    return [{"file_id": row.public_id} for row in entry.attachments if row.preview_sha256][:1]


def _steps(entry: Entry) -> list[dict[str, Any]]:
    from core.entries import answers, checks

    return [{"number": section.number} for section in answers.sections(checks.form_of(entry))]


def _sealed(entry: Entry) -> list[dict[str, Any]]:
    query = sa.select(Scoresheet).where(Scoresheet.entry_id == entry.id, Scoresheet.status == "sealed")
    return [{"sheet_id": sheet.public_id} for sheet in db.session.scalars(query.order_by(Scoresheet.id)).unique()][:1]


def _proposed(season: Season) -> list[dict[str, Any]]:
    query = sa.select(Entry).where(Entry.season_id == season.id).order_by(Entry.id)
    return [{"entry_id": entry.public_id} for entry in db.session.scalars(query).unique()][:1]


def _milestones(season: Season) -> list[dict[str, Any]]:
    known = {milestone.kind for milestone in season.milestones}
    return [{"kind": kind.value} for kind in MilestoneKind if kind.value in known]


def _columns(_entry: Entry) -> list[dict[str, Any]]:
    return [{"cot": "tu-cham"}, {"cot": "don-vi"}]


def _amendments(season: Season) -> list[dict[str, Any]]:
    return [{"number": amendment.number} for amendment in season.amendments]


# What else stands in an address besides the thing, from the thing; nothing where the thing has none of it.
BESIDES: dict[str, Callable[[Any], list[dict[str, Any]]]] = {
    "awards.choose": _proposed,
    "entries.autosave": _steps,
    "entries.file": _files,
    "entries.preview": _pictures,
    "entries.remove_file": _files,
    "entries.save_section": _steps,
    "entries.section": _steps,
    "judging.add_judge": _panel,
    "judging.autosave_self_sheet": _columns,
    "judging.judge_progress": _judge,
    "judging.make_chair": _judge,
    "judging.remove_judge": _judge,
    "judging.reopen_sheet": _sealed,
    "judging.save_self_sheet": _columns,
    "judging.seal_self_sheet": _columns,
    "judging.self_sheet": _columns,
    "seasons.amendment": _amendments,
    "seasons.earlier_rules": _amendments,
    "seasons.earlier_rules_file": _amendments,
    "movements.step": lambda _draft: [{"number": number} for number in range(1, 9)],
    "seasons.move_milestone": _milestones,
}


def _all_seasons(name: str) -> Callable[[str], list[Example]]:
    def of(variant: str) -> list[Example]:
        announced = {label: row for label, row in _seasons(variant).items() if row.phase != "draft"}
        return [Example(label, {name: row.public_id}) for label, row in announced.items()]

    return of


# Addresses that name no thing of the policy, or whose view finds it itself.
UNNAMED: dict[str, Callable[[str], list[Example]]] = {
    "entries.start": _all_seasons("public_id"),
    # Vietnamese: a visit to English would turn every page after it.
    "front.language": lambda _variant: [Example("Tiếng Việt", {"code": "vi"})],
    "front.movement": lambda variant: [
        Example(f"movement {prefix}", {"movement_id": _season(prefix, 2026).movement_id}) for prefix in ("LDST", "TMG")
    ],
    "front.movement_rules": lambda variant: [
        Example(f"movement {prefix}", {"movement_id": _season(prefix, 2026).movement_id}) for prefix in ("LDST", "TMG")
    ],
    **dict.fromkeys(
        ("previews.show", "previews.picture", "previews.citation", "previews.pack"),
        lambda _variant: [
            Example(f"movement {prefix}", {"movement_id": _season(prefix, 2026).movement_id})
            for prefix in ("LDST", "TMG")
        ],
    ),
    "front.verify_code": lambda variant: [
        Example(label, {"code": row.code}, datum=row.award.recipient_name) for label, row in _citations(variant).items()
    ],
    "movements.switch": lambda variant: [
        Example("movement of a plugin", {"movement_id": _season("LDST", 2026).movement_id}),
        Example("movement of the web", {"movement_id": _drafts(variant)["movement on offer"].movement_id}),
    ],
    "judging.seal": lambda variant: [Example("season in judging", {"season_id": _season("LDST", 2026).public_id})],
}


def routes(app: Flask, method: str) -> list[Rule]:
    """Return the rules that answer `method`, static files left out, in a fixed order."""
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and rule.endpoint != "static"]
    return sorted(found, key=lambda rule: (rule.endpoint, rule.rule))


def of(app: Flask, rule: Rule, variant: str) -> list[Example]:
    """Return the examples of a route in a variant of the world.

    :raise LookupError: there are none in any variant: say here what may stand in the address.
    """
    kind = app.view_functions[rule.endpoint].__policy__[1]  # type: ignore[attr-defined]
    if kind is None:
        if not rule.arguments:
            return [Example("")] if variant == "demo" else []
        if rule.endpoint not in UNNAMED:
            raise LookupError(f"no example for {rule.rule} ({rule.endpoint}) in tests/nets/examples.py")
        return UNNAMED[rule.endpoint](variant) if variant == "demo" else []
    if variant != "demo" and kind not in LATER:
        return []
    return list(_of_things(rule, kind, variant))


def _of_things(rule: Rule, kind: type, variant: str) -> Iterator[Example]:
    key = "code" if "code" in rule.arguments else "public_id"
    more = rule.arguments - {key}
    if more and rule.endpoint not in BESIDES:
        raise LookupError(f"no example for {sorted(more)} of {rule.rule} ({rule.endpoint}) in tests/nets/examples.py")
    for label, thing in THINGS[kind](variant).items():
        for beside in BESIDES[rule.endpoint](thing) if more else [{}]:
            # What a person may choose shows in the label; random ids do not.
            said = [f"{value}" for name, value in beside.items() if not name.endswith("_id")]
            code = getattr(thing, "judging_code", None) or ""
            values = {key: getattr(thing, key), **beside}
            yield Example(" ".join([label, *said]), values, thing, key, code, _name_of(thing))


def _name_of(thing: Any) -> str:
    """Return the words by which people know a thing."""
    match thing:
        case Season() | Entry() | MovementDraft():
            return thing.title
        case Unit():
            return thing.name
        case Person():
            return thing.full_name
        case Account():
            return thing.person.full_name
        case Citation():
            return thing.award.recipient_name
        case Scoresheet():
            return thing.entry.title
    return ""


def expected(app: Flask, rule: Rule, example: Example, actor: Actor) -> int:
    """Return what the policy says a GET of this address answers: 200, 303 (sign in first), 403 or 404."""
    from core.accounts import policy

    verb = app.view_functions[rule.endpoint].__policy__[0]  # type: ignore[attr-defined]
    if not policy.may(actor, verb):
        return 403 if actor.is_signed_in else 303
    if example.thing is None or policy.allows(actor, verb, example.thing):
        return 200
    return 403 if policy.sees(actor, example.thing) else 404
