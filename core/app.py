"""The application: a list of steps, and the only file that imports every room."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from core import rooms
from core.accounts import views as accounts_views
from core.audit import service as audit
from core.audit import views as audit_views
from core.awards import views as awards_views
from core.config import ROOT, Settings
from core.entries import views as entries_views
from core.extensions import babel, csrf, db
from core.front import navigation
from core.front import views as front_views
from core.judging import views as judging_views
from core.movements import views as movements_views
from core.organisations import views as organisations_views
from core.people import views as people_views
from core.previews import views as previews_views
from core.registry import Registry
from core.seasons import views as seasons_views
from core.storage import Storage
from core.web import access, compression, errors, frame, headers, requests, signed_in
from core.web import words as web_words  # noqa: F401  # Registers the sentences that belong to no room.

BLUEPRINTS = (
    front_views.bp,
    accounts_views.bp,
    organisations_views.bp,
    people_views.bp,
    movements_views.bp,
    seasons_views.bp,
    entries_views.bp,
    judging_views.bp,
    awards_views.bp,
    previews_views.bp,
    audit_views.bp,
)
MEGABYTE = 1024 * 1024


def create_app(
    settings: Settings | None = None,
    *,
    clock: requests.Clock = requests.system_clock,
    strict: bool = False,
    registry: Registry | None = None,
) -> Flask:
    """Return the WSGI application.

    :param clock: gives the moment of each request; tests put their own here.
    :param strict: a broken plugin, or a change without an audit line, stops everything (tests, CI).
    :param registry: the movements; found as the settings say where not given.
    """
    settings = (settings or Settings()).resolved()
    app = Flask("core", template_folder=str(template_folder()))
    configure(app, settings, strict=strict)
    optional = rooms.before_pages(app, settings)
    babel.init_app(app, locale_selector=frame.choose_locale)
    db.init_app(app)
    audit.install(db)
    if registry is None:
        load_movements(app, settings, strict=strict)
    else:
        app.extensions["thidua_registry"] = registry
    connect_requests(app, clock)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.extensions["thidua_navigation"] = navigation.for_actor
    frame.install(app, settings)
    errors.install(app)
    headers.install(app)
    compression.install(app)
    rooms.install(app, optional, strict=strict)
    access.check_routes(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    return app


def template_folder() -> Path:
    """Return where the templates are: beside the packages in a checkout, inside `core` in an installed wheel."""
    checkout = ROOT / "templates"
    return checkout if checkout.is_dir() else ROOT / "core" / "_templates"


def configure(app: Flask, settings: Settings, *, strict: bool) -> None:
    """Turn the settings into what the extensions read."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SESSION_COOKIE_NAME="thidua",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        # The token lives as long as the session's cookie, so a form never expires before its session.
        WTF_CSRF_TIME_LIMIT=None,
        TRUSTED_HOSTS=settings.trusted_hosts or None,
        MAX_CONTENT_LENGTH=(settings.max_upload_mb * 6 + 2) * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=4 * MEGABYTE,
        MAX_FORM_PARTS=2000,
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE="Asia/Ho_Chi_Minh",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "core" / "translations"),
        AUDIT_STRICT=strict,
    )
    app.json.sort_keys = True  # type: ignore[attr-defined]
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions["thidua_settings"] = settings
    app.extensions["thidua_storage"] = Storage(settings.storage_url)


def load_movements(app: Flask, settings: Settings, *, strict: bool) -> None:
    """Collect the movements once; nothing asks a plugin again while pages are made."""
    app.extensions["thidua_registry"] = Registry.of_settings(settings, strict=strict)


def connect_requests(app: Flask, clock: requests.Clock) -> None:
    """Set the order in which a request is prepared: its moment, its actor, its token, its form key."""
    requests.install(app, clock)
    signed_in.install(app)
    csrf.init_app(app)
    app.before_request(requests.admit_post)
