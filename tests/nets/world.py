"""The demonstration as a world for the nets: built once a test session, copied as a folder, with everybody signed in.

Three databases of one instance: `demo` as the command builds it (and a season in preparation), `ranked` with the
initiatives of the year ranked and proposed, `decided` with their decision issued and not yet published.
"""

from __future__ import annotations

import atexit
import fcntl
import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, session
from flask_wtf.csrf import generate_csrf

from core.accounts.models import Account, LoginKey, WebSession
from core.accounts.queries import actor_of
from core.accounts.rules import VISITOR, Actor, Role
from core.app import create_app
from core.config import Settings
from core.extensions import db
from core.organisations.queries import by_code
from core.people.models import Person
from core.seasons.models import Season
from core.web.signed_in import hash_of
from tests import databases, makers

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 09:00 in Viet Nam, on the day the tree was drawn
TODAY = date(2026, 11, 24)
VARIANTS = ("demo", "ranked", "decided")

# name: phone of the demonstration's own account, or the full name of somebody in it.
PEOPLE = {
    "worker": "0900000001",
    "officer": "0900000002",
    "upper_officer": "0900000003",
    "judge": "0900000004",
    "organiser": "0900000005",
    "admin": "0900000006",
    "other_worker": "Lường Thị Ban",
    "other_judge": "Trương Mỹ Duyên",
    "nominee": "Vũ Ngọc Sang",
    "other_officer": "Nguyễn Mạnh Tưởng",
    "foreign_organiser": "Lò Văn Hiêng",
}
ROLES = ("visitor", *PEOPLE)


@functools.cache
def folder() -> Path:
    """Return the folder of the built world; the first worker of a run builds it, the last one to leave removes it."""
    parent = Path("/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir())
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"alone-{os.getpid()}"
    place = parent / f"thidua-world-{hashlib.sha256(run.encode()).hexdigest()[:12]}"
    place.mkdir(exist_ok=True)
    with _locked(place):
        (place / f"user-{os.getpid()}").touch()
        if not (place / "done").exists():
            _build(place)
            (place / "done").touch()
    atexit.register(_leave, place)
    return place


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _leave(place: Path) -> None:
    with _locked(place):
        (place / f"user-{os.getpid()}").unlink(missing_ok=True)
        if not list(place.glob("user-*")):
            shutil.rmtree(place, ignore_errors=True)


def application(instance: Path, database: Path, **more: Any) -> Flask:
    """Return the application on a copy of the world; its clock stands at AT."""
    settings = Settings(
        instance=instance, database_url=f"sqlite:///{database}", storage_url=str(instance), secret_key="world",
        password_cost=1, session_hours=72, session_idle_minutes=1440, **more,
    )  # fmt: skip
    app = create_app(settings, clock=lambda: AT, strict=True)
    app.testing = True
    # The pages of faults are looked at too, instead of stopping the test where the fault is.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@contextmanager
def copied(variant: str = "demo") -> Iterator[Flask]:
    """Yield the application on a private copy of one of the world's databases, with its files."""
    instance = databases.empty_instance()
    database = copy_database(variant, instance)
    shutil.copytree(folder() / "files", instance / "files")
    app = application(instance, database)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    shutil.rmtree(instance, ignore_errors=True)


def copy_database(variant: str, instance: Path) -> Path:
    """Put a fresh copy of a database into an instance, over the one that was there."""
    target = instance / "thidua.sqlite3"
    for suffix in ("-wal", "-shm"):
        Path(f"{target}{suffix}").unlink(missing_ok=True)
    shutil.copyfile(folder() / f"{variant}.sqlite3", target)
    return target


def restore(app: Flask, variant: str) -> None:
    """Undo everything that was committed to the application's copy."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    copy_database(variant, app.extensions["thidua_settings"].instance)


def token_of(name: str) -> str:
    """Return the session id with which somebody of the world is signed in."""
    return f"world-{name}"


def cookie_of(app: Flask, name: str) -> tuple[str, str]:
    """Return (cookie, token for forms) of a browser in which `name` is signed in; a visitor has only the token."""
    with app.test_request_context("/"):
        if name != "visitor":
            session["sid"] = token_of(name)
        token = generate_csrf()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return serializer.dumps(dict(session)), token


def account_of(name: str) -> Account:
    """Return the account of somebody of the world."""
    known = PEOPLE[name]
    query = sa.select(Account)
    if known.isdigit():
        query = query.join(LoginKey).where(LoginKey.folded == known)
    else:
        query = query.join(Person, Person.id == Account.person_id).where(Person.full_name == known)
    return db.session.scalars(query).one()


def actors() -> dict[str, Actor]:
    """Return everybody as the policy sees them."""
    return {"visitor": VISITOR} | {name: actor_of(account_of(name), TODAY) for name in PEOPLE}


# --- Building -------------------------------------------------------------------------------------------------------


def _build(place: Path) -> None:
    database = place / "work.sqlite3"
    shutil.copyfile(databases._sqlite_template(), database)
    app = application(place, database)
    with app.app_context():
        from core.demo.build import build

        build(app, at=AT, cost=1)
        _complete()
        _keep(place, "demo")
        _rank()
        _keep(place, "ranked")
        _decide()
        _keep(place, "decided")
        db.session.remove()
        db.engine.dispose()
    database.unlink()


def _keep(place: Path, variant: str) -> None:
    """Copy the database as it stands; SQLite's own copy, so that what is still in the log comes along."""
    db.session.commit()
    db.session.remove()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql(f"VACUUM INTO '{place / variant}.sqlite3'")
        connection.exec_driver_sql("BEGIN")


def _season(prefix: str, year: int) -> Season:
    return db.session.scalars(sa.select(Season).where(Season.code_prefix == prefix, Season.year == year)).unique().one()


def _complete() -> None:
    """Add who and what the demonstration lacks: a foreign organiser, a season in preparation, open sessions."""
    from core.judging import panels
    from core.judging.queries import own_seats
    from core.seasons import service as seasons

    # The demonstration's second organiser becomes one of another place.
    foreign = account_of("foreign_organiser")
    elsewhere = by_code("cx-phong-tho")
    assert elsewhere is not None
    for grant in foreign.grants:
        if grant.role == Role.ORGANISER:
            grant.unit, grant.unit_id = elsewhere, elsewhere.id
    db.session.flush()
    makers.audit.record("test.make", foreign, actor=VISITOR, at=AT)
    organiser = actor_of(account_of("organiser"), TODAY)
    earlier = _season("LDST", 2027)
    seasons.copy_season(earlier, owner_unit=earlier.owner_unit, year=2028, actor=organiser, at=AT)
    _amend(_season("LDST", 2026), organiser)
    _make_movements(earlier, organiser)
    other = actor_of(account_of("other_judge"), TODAY)
    panels.declare(own_seats(other), people=[], units=[], actor=other, at=AT)
    for name in PEOPLE:
        db.session.add(
            WebSession(
                id_hash=hash_of(token_of(name)), account_id=account_of(name).id, created_at=AT, seen_at=AT,
                expires_at=AT + timedelta(days=1),
            )
        )  # fmt: skip
    db.session.commit()


def _amend(season: Season, organiser: Actor) -> None:
    """One more prize of the lowest tier, while the season is being judged."""
    from core.judging import service as judging
    from core.seasons import amending
    from core.seasons.frozen import rules_of
    from core.seasons.rules import Scope

    sheet = rules_of(season).sheets()[0]
    tier = sheet.tiers[-1]
    proposal = amending.propose(season, quotas={sheet.id: {tier.id: {"quota": int(tier.quota or 0) + 1}}})
    grounds = amending.Grounds("31/QĐ-LĐLĐ", TODAY, "Nhiều sáng kiến tốt hơn dự kiến", Scope.NOT_YET_SCORED)
    judging.amend(season, proposal, grounds, actor=organiser, at=AT)


def _make_movements(like: Season, organiser: Actor) -> None:
    """Add a movement in the making, and one like an installed one that is on offer."""
    from core.movements import queries
    from core.movements import service as movements

    movements.create(title="Xanh hóa nơi làm việc", owner_unit=like.owner_unit, actor=organiser, at=AT)
    source = queries.find(like.movement_id)
    draft = movements.create(
        title="Cải tiến ở tổ sản xuất", owner_unit=like.owner_unit, actor=organiser, at=AT, source=source
    )
    movements.check(draft, actor=organiser, at=AT)
    movements.offer(draft, actor=organiser, at=AT, switch_on=True)


def _rank() -> None:
    from core.awards import service as awards
    from core.judging import service as judging

    organiser, season = actor_of(account_of("organiser"), TODAY), _season("LDST", 2026)
    judging.close_judging(season, actor=organiser, at=AT, allow_missing=True)
    awards.propose(season, actor=organiser, at=AT)
    db.session.commit()


def _decide() -> None:
    from core.awards import service as awards

    organiser, season = actor_of(account_of("organiser"), TODAY), _season("LDST", 2026)
    for line in awards.lines(season):
        if line.waits_for_council:
            awards.choose(season, line.entry, None, reason="Hội đồng bỏ phiếu", actor=organiser, at=AT)
    awards.decide(
        season, number=77, series="QĐ-LĐLĐ", signed_on=TODAY, place="Lai Châu", authority="TM. BAN THƯỜNG VỤ",
        signer_title="CHỦ TỊCH", signer_name="Nguyễn Văn An", basis="Biên bản họp Hội đồng ngày 20/11/2026",
        base_url="http://127.0.0.1:8000", actor=organiser, at=AT,
    )  # fmt: skip
    db.session.commit()
