"""Fixtures that every test may use: an application on a fresh database, a client, signing in, a clock to set."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.config import Settings
from core.extensions import db
from tests import databases

NOW = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)  # 09:00, Monday 04/05/2026 in Viet Nam


class SettableClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> datetime:
        """Move on by hours=…, days=… and return the new moment."""
        self.now += timedelta(**parts)
        return self.now


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run service tests and journeys on both databases, everything else on SQLite."""
    if "database_kind" not in metafunc.fixturenames:
        return
    name = metafunc.module.__name__.rpartition(".")[2]
    both = name.startswith(("test_service", "test_journey")) or metafunc.definition.get_closest_marker("both_databases")
    kinds = [pytest.param("sqlite")]
    if both:
        kinds.append(pytest.param("postgres", marks=pytest.mark.postgres))
    metafunc.parametrize("database_kind", kinds, indirect=True)


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """Return which database this run of the test is on."""
    kind: str = getattr(request, "param", "sqlite")
    if kind == "postgres" and databases.postgres_server() is None:
        pytest.skip("no PostgreSQL on this machine")
    return kind


@pytest.fixture
def clock() -> SettableClock:
    """Return the application's clock, standing at NOW."""
    return SettableClock()


@pytest.fixture
def settings(database_kind: str) -> Iterator[Settings]:
    """Return the settings of a fresh installation."""
    instance = databases.empty_instance()
    url = databases.fresh(database_kind)
    yield Settings(instance=instance, database_url=url, secret_key="test", password_cost=1)
    databases.drop(url)
    shutil.rmtree(instance, ignore_errors=True)


@pytest.fixture
def app(settings: Settings, clock: SettableClock) -> Iterator[Flask]:
    """Return the application on a fresh database, strict: a broken plugin or an unaudited change stops the test."""
    from core.app import create_app
    from core.db import begin_writing

    # The request of an earlier test leaves this thread reading.
    begin_writing()
    application = create_app(settings, clock=clock, strict=True)
    application.testing = True
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[object]:
    """Return the database session inside an application context, for service tests."""
    with app.app_context():
        yield db.session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., FlaskClient]:
    """Return a function that gives a client signed in as an account: `sign_in(account)`."""
    from tests.pages import signed_in_client

    return lambda account: signed_in_client(app, account)


def pytest_sessionfinish() -> None:
    """Remove the databases and folders of this process."""
    databases.clean_up()
