"""The hook, the pages and the permissions."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from core.roomkit import (
    MenuItem,
    Role,
    Room,
    Row,
    actor,
    db,
    finish,
    hookimpl,
    new_public_id,
    now,
    page_of,
    record,
    requires,
    setting,
    visible,
)  # fmt: skip

from .models import Base, Note

THIDUA_API = (1, 0)
bp = Blueprint("so_tay", __name__, static_folder="static")


@bp.get("")
@requires("so_tay.read")
def index():
    page = page_of(visible(actor(), Note), [(Note.id, True)])
    return render_template("so_tay/list.html", page=page, greeting=setting("so_tay", "greeting"))


@bp.get("/ghi/<public_id>")
@requires("so_tay.read", Note)
def note(subject):
    return render_template("so_tay/list.html", page=None, note=subject)


@bp.post("/ghi")
@requires("so_tay.write")
def write():
    unit_id = actor().grants[0].unit_id
    row = Note(public_id=new_public_id(), unit_id=unit_id, text="Ghi nhanh", written_at=now())
    db.session.add(row)
    db.session.flush()
    record("so_tay.write", row, actor=actor(), at=now())
    return finish("/so-tay")


@hookimpl
def thidua_rooms():
    yield Room(
        id="so_tay",
        title=_l("Sổ tay"),
        version="1.0",
        url_prefix="/so-tay",
        blueprint=bp,
        metadata=Base.metadata,
        policy=(
            Row("so_tay.read", Role.PUBLIC, phases=frozenset({"shown"})),
            Row("so_tay.read", Role.OFFICER, "subtree"),
            Row("so_tay.write", Role.OFFICER),
        ),
        menu=(MenuItem(endpoint="so_tay.index", label=_l("Sổ tay"), verb="so_tay.write"),),
        settings={"greeting": "Xin chào"},
        phrases={"so_tay.write": _l("Ghi sổ tay")},
    )
