"""What an optional room gets and what it may not do, shown with a tiny room."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pluggy
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from core import roomkit, rooms
from core.accounts import policy
from core.accounts.rules import Role
from core.audit.models import AuditEvent
from core.audit.service import verify
from core.config import Settings
from core.extensions import db
from core.hookspecs import PROJECT
from core.registry import Registry
from tests.makers import make_account, make_person, make_unit
from tests.nets.source import ROOT
from tests.pages import h1_of, send, signed_in_client, text_of

Installed = Callable[..., Flask]


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Break the room: put other words into one of its files."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def officer_of(app: Flask) -> FlaskClient:
    with app.app_context():
        account = make_account(make_person("Hà Thị Thủy"), (Role.OFFICER, make_unit("CĐCS Chè Tân Uyên")))
        db.session.commit()
        return signed_in_client(app, account)


def failure_of(app: Flask) -> tuple[str, str]:
    (found,) = app.extensions["thidua_rooms"].found
    assert found.failure is not None
    return found.failure.stage, found.failure.message


# --- The hook ---------------------------------------------------------------------------------------------------------


def test_every_hook_of_rooms_has_an_example_that_implements_it_and_a_test_of_its_own() -> None:
    hooks = sorted(name for name in vars(rooms) if name.startswith(f"{PROJECT}_"))
    (example,) = re.findall(r"(?ms)^```python\n(.*?)^```$", (ROOT / "docs" / "rooms.md").read_text(encoding="utf-8"))
    module = ModuleType("so_tay")
    exec(compile(example, "docs/rooms.md", "exec"), module.__dict__)
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(rooms)
    manager.register(module)
    manager.check_pending()
    assert hooks == [found.name for found in manager.get_hookcallers(module) or ()]
    own = [name for name in globals() if name.startswith("test_hook_")]
    assert [hook for hook in hooks if not any(name.startswith(f"test_hook_{hook}") for name in own)] == []


def test_hook_thidua_rooms_is_asked_once_and_gives_one_room(installed: Installed, so_tay: Path) -> None:
    app = installed(so_tay)
    (found,) = app.extensions["thidua_rooms"].found
    assert (found.room.id, found.room.title, found.failure) == ("so_tay", "Sổ tay", None)


# --- What a room gets -------------------------------------------------------------------------------------------------


def test_a_room_has_pages_a_menu_entry_and_permissions(installed: Installed, so_tay: Path) -> None:
    app = installed(so_tay)
    officer, visitor = officer_of(app), app.test_client()
    page = officer.get("/so-tay")
    assert h1_of(page) == "Sổ tay"
    assert re.search(r'<a href="/so-tay" aria-current="page">Sổ tay</a>', page.text)
    assert "Sổ tay" not in text_of(visitor.get("/"))
    assert visitor.post("/so-tay/ghi").status_code == 400
    assert "Ghi nhanh" in text_of(send(officer, page, action="/so-tay/ghi"))
    # What was written is not shown to everybody: the policy filters lists and answers like an absent thing.
    with app.app_context():
        note = db.session.execute(sa.text("SELECT public_id, state FROM x_so_tay_note")).one()
        assert note.state == "kept"
    assert "Ghi nhanh</p>" not in visitor.get("/so-tay").text
    assert visitor.get(f"/so-tay/ghi/{note.public_id}").status_code == 404
    assert officer.get(f"/so-tay/ghi/{note.public_id}").status_code == 200


def test_its_acts_stand_in_the_trail_in_its_words(installed: Installed, so_tay: Path) -> None:
    app = installed(so_tay)
    officer = officer_of(app)
    send(officer, officer.get("/so-tay"), action="/so-tay/ghi")
    with app.test_request_context("/"):
        from core.audit.words import verb_phrase

        event = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert event is not None
        assert (event.verb, event.subject_table) == ("so_tay.write", "x_so_tay_note")
        assert verb_phrase("so_tay.write") == "Ghi sổ tay"
        assert verify(db.session()) == []


def test_it_brings_its_own_english_and_the_core_keeps_its_words(installed: Installed, so_tay: Path) -> None:
    app = installed(so_tay)
    client = officer_of(app)
    client.get("/ngon-ngu/en")
    assert h1_of(client.get("/so-tay")) == "Notebook"
    visitor = app.test_client()
    visitor.get("/ngon-ngu/en")
    said = text_of(visitor.get("/"))
    assert "Sign in" in said
    assert "Knock and enter" not in said


def test_its_files_are_sent_from_its_own_prefix(installed: Installed, so_tay: Path) -> None:
    sent = installed(so_tay).test_client().get("/so-tay/static/so_tay.css")
    assert (sent.status_code, sent.mimetype) == (200, "text/css")
    sent.close()


def test_its_settings_have_defaults_and_the_operator_decides(installed: Installed, so_tay: Path) -> None:
    assert "Xin chào" in text_of(officer_of(installed(so_tay)).get("/so-tay"))
    app = installed(so_tay, room_settings={"so_tay": {"greeting": "Chào buổi sáng"}})
    assert "Chào buổi sáng" in text_of(officer_of(app).get("/so-tay"))


def test_its_templates_cannot_stand_for_the_core_s(installed: Installed, so_tay: Path) -> None:
    for name in ("base.html", "front/home.html"):
        path = so_tay / "templates" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("mẫu trang của phần khác", "utf-8")
    app = installed(so_tay)
    assert "mẫu trang của phần khác" not in app.test_client().get("/").text
    assert h1_of(officer_of(app).get("/so-tay")) == "Sổ tay"


def test_a_room_is_switched_on_by_name_and_else_not_even_imported(installed: Installed, so_tay: Path) -> None:
    change(so_tay, "__init__.py", '"""A tiny', 'raise RuntimeError\n"""A tiny')
    app = installed(so_tay, rooms=())
    assert app.extensions["thidua_rooms"].found == []
    assert app.test_client().get("/so-tay").status_code == 404


@pytest.mark.parametrize("typed", ["so_tay, thong_bao", "so_tay,thong_bao,"])
def test_rooms_are_named_with_commas(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setenv("THIDUA_ROOMS", typed)
    assert Settings().rooms == ("so_tay", "thong_bao")


def test_a_folder_with_a_room_is_no_movement(so_tay: Path) -> None:
    assert Registry.load(plugins_dir=so_tay.parent, entry_points=False, strict=True).plugins == []


def test_a_room_may_come_from_an_installed_package(so_tay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(so_tay.parent.rename(so_tay.parent.parent / "site").as_posix()))
    point = EntryPoint("so_tay", "so_tay.room", rooms.ENTRY_POINT_GROUP)
    monkeypatch.setattr(rooms, "entry_points", lambda group: [point] if group == rooms.ENTRY_POINT_GROUP else [])
    (found,) = rooms.find(Settings(rooms=("so_tay",)))
    assert found.failure is None
    assert found.origin == "package"
    assert found.line is not None
    assert found.line.version_table == "alembic_version_so_tay"


# --- What a room may not do: it is named and closed, and nothing else is ----------------------------------------------

BROKEN: dict[str, tuple[str, str, str, str, str]] = {
    # what: (file, old, new, stage, words of the message)
    "fails to import": ("models.py", "class State", 'raise KeyError("lạ")\nclass State', "import", "KeyError: 'lạ'"),
    "leaves the program": ("models.py", "class State", "raise SystemExit(3)\nclass State", "import", "SystemExit: 3"),
    "wants a later interface": ("room.py", "(1, 0)", "(1, 9)", "api", "cần giao diện phiên bản (1, 9)"),
    "wants another interface": ("room.py", "(1, 0)", "(2, 0)", "api", "cần giao diện phiên bản (2, 0)"),
    "misspells the hook": ("room.py", "def thidua_rooms", "def thidua_room", "hooks", "thidua_room"),
    "raises in the hook": ("room.py", "    yield Room(", "    1 / 0\n    yield Room(", "hooks", "ZeroDivisionError"),
    "returns something else": ("room.py", "    yield Room(", "    yield dict(", "hooks", "đúng một Room"),
    "has another's id": ("room.py", 'id="so_tay"', 'id="so_khac"', "identity", "so_khac"),
    "has another blueprint": ("room.py", 'Blueprint("so_tay"', 'Blueprint("front"', "identity", "front"),
    "brings templates at large": ("room.py", '__name__, static', '__name__, template_folder="templates", static',
                                  "identity", "template_folder"),
    "names tables at large": ("models.py", '"x_so_tay_note"', '"note"', "tables", "note"),
    "has no steps": ("migrations/0001_note.py", "", "", "migrations", "không có bước nào"),
    "has broken steps": ("migrations/0001_note.py", '"0001"', "1 / 0", "migrations", "ZeroDivisionError"),
    "grants a verb of the core": ("room.py", 'Row("so_tay.write"', 'Row("entry.read"', "policy", "entry.read"),
    "relates the core's rows": ("models.py", "    Note,\n", "    Unit,\n", "import", "belongs to the core"),
    "reaches every request": ("room.py", "@bp.get(\"\")", "bp.before_app_request(lambda: None)\n\n@bp.get(\"\")",
                              "handlers", "before_request_funcs"),
    "reaches every answer": ("room.py", "@bp.get(\"\")", "bp.after_app_request(lambda answer: answer)\n\n@bp.get(\"\")",
                             "handlers", "after_request_funcs"),
    "reaches every error": ("room.py", "@bp.get(\"\")", "bp.app_errorhandler(404)(lambda _: '')\n\n@bp.get(\"\")",
                            "handlers", "error_handler_spec"),
    "reaches every template": ("room.py", "@bp.get(\"\")", "bp.app_template_filter('date')(str)\n\n@bp.get(\"\")",
                               "handlers", "jinja_env.filters"),
    "changes the settings": ("room.py", "@bp.get(\"\")",
                             "bp.record(lambda s: s.app.config.update(SECRET_KEY='x'))\n\n@bp.get(\"\")",
                             "handlers", "config"),
    "declares no verb": ("room.py", '@requires("so_tay.write")\n', "", "routes",
                         "/so-tay/ghi (so_tay.write) không khai quyền"),
    "declares an unknown verb": ("room.py", '@requires("so_tay.write")', '@requires("so_tay.wirte")', "routes",
                                 "không có quyền so_tay.wirte"),
    "sits on the core's pages": ("room.py", 'url_prefix="/so-tay"', 'url_prefix="/ho-so"', "routes", "/ho-so đã có"),
    "wants the root": ("room.py", 'url_prefix="/so-tay"', 'url_prefix="/"', "routes", "url_prefix"),
    "leads the menu astray": ("room.py", 'endpoint="so_tay.index"', 'endpoint="so_tay.home"', "menu", "so_tay.home"),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(BROKEN))
def test_a_room_that_breaks_the_contract_is_named_and_closed(installed: Installed, so_tay: Path, what: str) -> None:
    file, old, new, stage, words = BROKEN[what]
    if old or new:
        change(so_tay, file, old, new)
    else:
        (so_tay / file).unlink()
    before = {kind: dict(policy.relations(kind)) for kind in policy._entities if kind.__module__.startswith("core.")}
    app = installed(so_tay, strict=False)
    assert failure_of(app)[0] == stage
    assert words in failure_of(app)[1]
    assert not [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("so_tay")]
    assert app.test_client().get("/").status_code == 200
    assert before == {kind: dict(policy.relations(kind)) for kind in before}
    # The administrator reads its name and the reason.
    with app.app_context():
        admin = make_account(make_person("Trần Văn Quản"), (Role.ADMIN, make_unit("LĐLĐ tỉnh")))
        db.session.commit()
    said = text_of(signed_in_client(app, admin).get("/he-thong"))
    assert "Phần «so_tay» chưa mở được" in said
    with pytest.raises(Exception, match="so_tay"):
        installed(so_tay, strict=True)


def test_an_unknown_room_is_named(installed: Installed, so_tay: Path) -> None:
    app = installed(so_tay, rooms=("so_khac",), strict=False)
    assert failure_of(app)[0] == "import"
    assert "so_khac" in failure_of(app)[1]


def test_a_setting_that_the_room_does_not_have_closes_it(installed: Installed, so_tay: Path) -> None:
    app = installed(so_tay, strict=False, room_settings={"so_tay": {"greting": "x"}})
    assert failure_of(app) == ("settings", "không có thiết đặt greting. Các thiết đặt: greeting.")


def test_one_broken_room_leaves_the_other_open(installed: Installed, so_tay: Path) -> None:
    app = installed(so_tay, rooms=("so_khac", "so_tay"), strict=False)
    assert [each.name for each in app.extensions["thidua_rooms"].open] == ["so_tay"]
    assert officer_of(app).get("/so-tay").status_code == 200


def test_a_page_that_raises_is_alone(installed: Installed, so_tay: Path) -> None:
    change(so_tay, "room.py", "    page = page_of", "    1 / 0\n    page = page_of")
    app = installed(so_tay)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    officer = officer_of(app)
    broken = officer.get("/so-tay")
    assert broken.status_code == 500
    assert "Mã sự cố" in text_of(broken)
    assert officer.get("/").status_code == 200


# --- Tables ---------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_tables_are_what_the_models_say(installed: Installed, so_tay: Path) -> None:
    app = installed(so_tay)
    with app.app_context():
        (found,) = app.extensions["thidua_rooms"].found
        assert rooms.differences(db.engine, found) == []
        with db.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE x_so_tay_note ADD COLUMN extra INTEGER")
        assert rooms.differences(db.engine, found) == ["x_so_tay_note.extra: only in the database: INTEGER NULL"]


def test_a_room_waits_for_its_tables_and_opens_without_a_restart(installed: Installed, so_tay: Path) -> None:
    app = installed(so_tay, upgraded=False)
    client = officer_of(app)
    closed = client.get("/so-tay")
    assert closed.status_code == 503
    assert "Phần «Sổ tay» đang chờ nâng cấp dữ liệu" in text_of(closed)
    assert 'href="/so-tay"' not in client.get("/").text
    with app.app_context():
        states = app.extensions["thidua_rooms"].states()
        assert [wrong for _, wrong in states] == ["Dữ liệu chưa nâng cấp. Chạy: thidua db upgrade"]
        rooms.upgrade(db.engine, app.extensions["thidua_rooms"].found)
    assert client.get("/so-tay").status_code == 200
    assert 'href="/so-tay"' in client.get("/").text


# --- The public module ----------------------------------------------------------------------------------------------


def test_what_a_room_may_import_changes_only_in_the_open() -> None:
    """`tests/rooms/roomkit.txt` lists the names; what is taken away breaks rooms elsewhere: raise API_VERSION."""
    kept = Path(__file__).with_name("roomkit.txt").read_text("utf-8").split()
    assert [f"{part}" for part in roomkit.API_VERSION] + sorted(roomkit.__all__) == kept
    assert [name for name in roomkit.__all__ if not hasattr(roomkit, name)] == []


def test_the_page_about_rooms_explains_every_name() -> None:
    page = (Path(__file__).parents[2] / "docs" / "rooms.md").read_text("utf-8")
    assert [name for name in roomkit.__all__ if not re.search(rf"`{name}\b", page)] == []
    fields = rooms.Room.__dataclass_fields__
    assert [name for name in fields if f"`{name}`" not in page] == []
