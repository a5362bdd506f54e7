"""A trail of its own for the tests of this room: plain sessions on a fresh database, strict, without an application."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from core.accounts.rules import SYSTEM
from core.audit import service
from core.db import Base
from core.judging.models import Scoresheet
from core.judging.rules import SheetStatus
from tests import databases, rows
from tests.conftest import NOW

TABLES = rows.load_models()
MODELS = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}


def fill(session: Session, numbers: tuple[int, ...] = (1, 2)) -> None:
    """Write rows of every table but the trail's, one act for each number, and seal the sheets."""
    for n in numbers:
        for table in TABLES:
            if not table.name.startswith("audit_"):
                session.add(MODELS[table](**rows.values(table, n)))
                session.flush()
        service.record("test.fill", ("test", n), actor=SYSTEM, at=NOW, session=session)
    session.commit()
    for sheet in session.scalars(sa.select(Scoresheet)):
        sheet.status = SheetStatus.SEALED
    service.record("test.seal", ("test", 0), actor=SYSTEM, at=NOW, session=session)
    session.commit()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database at head, without rows."""
    if request.param == "postgres" and databases.postgres_server() is None:
        pytest.skip("no PostgreSQL on this machine")
    url = databases.fresh(request.param)
    made = sa.create_engine(url)
    yield made
    made.dispose()
    databases.drop(url)


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """The sessions of a strict application."""
    made = sessionmaker(engine, expire_on_commit=False, info={"audit_strict": True})
    service.install(made)
    return made


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One of them."""
    with sessions() as opened:
        yield opened


@pytest.fixture
def filled(session: Session) -> Session:
    """A session on two rows of every table, committed, with both score sheets sealed."""
    fill(session)
    return session
