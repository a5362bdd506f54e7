"""The extensions, created once and without an application inside."""

from __future__ import annotations

from flask_babel import Babel
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from core.db import Base

db = SQLAlchemy(model_class=Base, session_options={"autoflush": True, "expire_on_commit": False})
csrf = CSRFProtect()
babel = Babel()
