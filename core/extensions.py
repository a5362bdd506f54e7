"""The extensions, created once and without an application inside."""

from __future__ import annotations

from flask import current_app
from flask_babel import Babel, Domain
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from core.db import Base

db = SQLAlchemy(model_class=Base, session_options={"autoflush": True, "expire_on_commit": False})
csrf = CSRFProtect()
babel = Babel()


class _Catalogues(Domain):
    """The messages of one application: optional rooms that it has switched on bring their own."""

    def get_translations_cache(self, ctx: object) -> dict[tuple[str, str], object]:
        cache: dict[tuple[str, str], object] = current_app.extensions.setdefault("thidua_catalogues", {})
        return cache


babel.domain_instance = _Catalogues()
