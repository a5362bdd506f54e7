"""What a plugin can and cannot do to the rest: left out before its import, suspended when it keeps failing, shown.

The stages of loading (import, api, hooks, movements, rules, identity) have their tests in
tests/scoring/test_registry.py; strict mode and the pages beside broken plugins in
tests/journeys/test_broken_plugins.py.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from core.app import create_app
from core.cli import main
from core.config import Settings
from core.extensions import db
from core.registry import SUSPENDED_AFTER, Registry
from core.scoring.canonical import digest
from tests.nets import world
from tests.pages import text_of
from tests.scoring.test_registry import CHECKING, ENTRY, FROM_FILE, SEASON, load, make_plugin

# Whoever imports it leaves a trace.
TRACED = FROM_FILE + "import sys\nsys.modules['thidua_traced'] = sys\n"
STOPS_THE_SERVER = "import os\nos._exit(3)\n"
COUNTING = (
    FROM_FILE
    + """
from core.api import Finding
calls = []
broken = True
@hookimpl
def thidua_check_entry(entry):
    calls.append(entry.id)
    if broken:
        raise KeyError("lam-loi")
    yield Finding(rule="ten", level="info", message=entry.title)
"""
)


@pytest.fixture
def traced() -> Iterator[None]:
    sys.modules.pop("thidua_traced", None)
    yield
    sys.modules.pop("thidua_traced", None)


@contextmanager
def installation(plugins: Path, **more: object) -> Iterator[Flask]:
    """Yield the application of the world with a folder of plugins, as an installation runs."""
    with world.copied() as whole:
        known = whole.extensions["thidua_settings"]
        settings = known.model_copy(update={"plugins_dir": plugins, **more})
        made = create_app(settings, clock=lambda: world.AT)
        yield made
        with made.app_context():
            db.session.remove()
            db.engine.dispose()


def page(app: Flask, name: str, path: str) -> str:
    """Return what somebody of the world reads on a page."""
    client = app.test_client()
    client.set_cookie("thidua", world.cookie_of(app, name)[0])
    answer = client.get(path)
    assert answer.status_code == 200
    return text_of(answer)


# --- Left out -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["co_loi", "co-loi"])
def test_a_disabled_plugin_is_not_even_imported(tmp_path: Path, traced: None, name: str) -> None:
    make_plugin(tmp_path, "co_loi", TRACED)
    make_plugin(tmp_path, "khac", CHECKING)
    registry = load(tmp_path, disabled=(name,), strict=True)
    assert "thidua_traced" not in sys.modules
    assert [(plugin.name, plugin.status, plugin.off) for plugin in registry.plugins] == [
        ("co_loi", "off", "disabled_plugins"), ("khac", "ok", ""),
    ]  # fmt: skip
    assert list(registry.movements) == ["khac"]
    assert load(tmp_path).find("co-loi") is not None
    assert "thidua_traced" in sys.modules


def test_safe_mode_loads_rules_and_no_code(tmp_path: Path, traced: None) -> None:
    make_plugin(tmp_path / "plugins", "co_ma", TRACED)
    make_plugin(tmp_path / "plugins", "chi_quy_tac", None)
    make_plugin(tmp_path / "data", "cua-so-nha", None)
    registry = load(tmp_path / "plugins", movements_dir=tmp_path / "data", safe_mode=True)
    assert "thidua_traced" not in sys.modules
    assert list(registry.movements) == ["chi-quy-tac", "cua-so-nha"]
    assert [plugin.off for plugin in registry.plugins] == ["", "safe_mode", ""]
    assert registry.failures == ()


def test_safe_mode_starts_what_a_plugin_keeps_from_starting(tmp_path: Path) -> None:
    """A plugin that ends the process at its import stops every command; safe mode is the way out."""
    make_plugin(tmp_path, "dung_may", STOPS_THE_SERVER)
    with installation(tmp_path, safe_mode=True) as app:
        assert app.test_client().get("/").status_code == 200
        assert "Hệ thống đang chạy an toàn: không nạp mã của plugin nào." in page(app, "admin", "/he-thong")
        listed = page(app, "admin", "/phong-trao")
    assert "dung_may Đang tắt Hệ thống đang chạy an toàn nên không nạp mã. Bỏ THIDUA_SAFE_MODE" in listed


def test_settings_name_the_plugins_to_leave_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_DISABLED_PLUGINS", " lao_dong , khac ")
    monkeypatch.setenv("THIDUA_SAFE_MODE", "1")
    settings = Settings()
    assert (settings.disabled_plugins, settings.safe_mode) == (("lao_dong", "khac"), True)


def test_the_command_line_says_what_is_left_out_and_why(tmp_path: Path) -> None:
    make_plugin(tmp_path / "plugins", "mot", CHECKING)
    environment = {
        "THIDUA_PLUGINS_DIR": str(tmp_path / "plugins"), "THIDUA_INSTANCE": str(tmp_path / "instance"),
        "THIDUA_DISABLED_PLUGINS": "mot,viet_sai",
    }  # fmt: skip
    listed = CliRunner().invoke(main, ["movements", "list"], env=environment)
    assert listed.exit_code == 0
    assert "TẮT   mot: do THIDUA_DISABLED_PLUGINS. Bỏ cài đặt này rồi chạy lại để dùng." in listed.output
    rows = json.loads(CliRunner().invoke(main, ["movements", "list", "--json"], env=environment).stdout)
    assert [row for row in rows if row["plugin"] == "mot"] == [
        {"plugin": "mot", "origin": "folder", "status": "off", "setting": "THIDUA_DISABLED_PLUGINS"}
    ]
    told = CliRunner().invoke(main, ["doctor"], env=environment).output
    assert "! THIDUA_DISABLED_PLUGINS: không có plugin nào tên «viet_sai». Kiểm tra lại tên." in told
    assert "! Phong trào mot: đang tắt do THIDUA_DISABLED_PLUGINS." in told


# --- Failing at work ------------------------------------------------------------------------------------------------


def test_a_check_that_keeps_failing_is_asked_no_more(tmp_path: Path) -> None:
    make_plugin(tmp_path, "hay_hong", COUNTING)
    registry = load(tmp_path)
    module = registry.module("hay_hong")
    assert registry.trouble("hay_hong") is None
    found = [registry.check_entry("hay-hong", ENTRY, SEASON) for _ in range(SUSPENDED_AFTER + 3)]
    assert len(module.calls) == SUSPENDED_AFTER
    assert {(one.rule, one.level) for findings in found for one in findings} == {("plugin", "warning")}
    trouble = registry.trouble("hay_hong")
    assert (trouble.in_a_row, trouble.is_suspended, trouble.last) == (SUSPENDED_AFTER, True, "KeyError: 'lam-loi'")


def test_one_good_answer_begins_the_count_anew(tmp_path: Path) -> None:
    make_plugin(tmp_path, "hay_hong", COUNTING)
    registry = load(tmp_path)
    module = registry.module("hay_hong")
    for is_broken in (True, True, True, True, False, True, True, True, True, False):
        module.broken = is_broken
        registry.check_entry("hay-hong", ENTRY, SEASON)
    assert len(module.calls) == 10
    assert registry.trouble("hay_hong") is None


def test_one_failing_check_keeps_no_other_movement_from_its_own(tmp_path: Path) -> None:
    make_plugin(tmp_path, "hay_hong", COUNTING)
    make_plugin(tmp_path, "lanh", CHECKING)
    registry = load(tmp_path)
    for _ in range(SUSPENDED_AFTER):
        registry.check_entry("hay-hong", ENTRY, SEASON)
    assert [one.message for one in registry.check_entry("lanh", ENTRY, SEASON)] == ["lanh: Cải tiến máy sấy chè"]


# --- What an administrator reads ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The world with one plugin of its own whose check fails, one that is data, and none for its past seasons."""
    plugins = tmp_path_factory.mktemp("plugins")
    make_plugin(plugins, "hay_hong", COUNTING + '__version__ = "2.1"\n')
    make_plugin(plugins, "chi_quy_tac", None)
    with installation(plugins) as app:
        registry: Registry = app.extensions["thidua_registry"]
        for _ in range(SUSPENDED_AFTER):
            registry.check_entry("hay-hong", ENTRY, SEASON)
        yield app


def test_the_plugin_page_says_what_each_is_and_what_fails(shown: Flask) -> None:
    text = page(shown, "admin", "/phong-trao")
    registry: Registry = shown.extensions["thidua_registry"]
    assert "Phần kiểm tra riêng tạm ngừng Hỏng 5 lần liền; lần cuối: KeyError: 'lam-loi'." in text
    assert "Tên plugin hay_hong Nơi đặt thư mục plugins Phiên bản plugin 2.1" in text
    assert (
        f"Hook đang dùng thidua_check_entry, thidua_movements Mã băm quy tắc {digest(registry.movements['hay-hong'])}"
        in text
    )
    assert "Hook đang dùng Không có, chỉ có quy tắc" in text
    assert "Các đợt Chưa có đợt nào" in text


def test_the_plugin_page_names_movements_whose_plugin_is_gone(shown: Flask) -> None:
    text = page(shown, "admin", "/phong-trao")
    rest = text.partition("lao-dong-gioi Đã gỡ")[2]
    assert rest.startswith(" Plugin của phong trào này không còn. Các đợt vẫn xem, chấm và kiểm tra được")
    assert "Đang chấm: 1" in rest


def test_an_organiser_reads_no_technical_details(shown: Flask) -> None:
    text = page(shown, "organiser", "/phong-trao")
    assert "Phiên bản quy tắc" in text
    assert "Chi tiết kỹ thuật" not in text


def test_the_start_page_of_the_administrator_tells_of_a_failing_check(shown: Flask) -> None:
    text = page(shown, "admin", "/he-thong")
    assert "cần xem Phần kiểm tra riêng của phong trào đang hỏng nên hồ sơ chưa có nhận xét của phong trào." in text
