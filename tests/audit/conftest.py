"""A trail of its own for the tests of this room: plain sessions on a fresh database, strict, without an application."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from core.audit import service
from tests import databases, rows

rows.load_models()


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
