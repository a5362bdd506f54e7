"""A broken plugin closes its own movement, is named where an administrator looks, and the rest works."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from core.app import create_app
from core.cli import main
from core.config import ROOT, Settings
from core.extensions import db
from core.registry import PluginsFailed
from tests.nets import world
from tests.pages import text_of

BROKEN = ("hook_sai", "nhap_hong", "tep_hong")


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """A folder with the two real movements and three broken plugins."""
    folder = tmp_path / "extra_plugins"
    shutil.copytree(ROOT / "plugins", folder, ignore=shutil.ignore_patterns("__pycache__", "demo"))
    for name, source in {
        "hook_sai": "from core.api import hookimpl\n\n\n@hookimpl\ndef thidua_movement():\n    return []\n",
        "nhap_hong": "import khong_co_goi_nay\n",
    }.items():
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(source, encoding="utf-8")
    (folder / "tep_hong").mkdir()
    (folder / "tep_hong" / "movement.toml").write_text("format = 1\nx = 12,5\n", encoding="utf-8")
    return folder


@pytest.fixture
def app(plugins: Path) -> Iterator[Flask]:
    """The application of the world with these plugins, not strict: as an installation runs."""
    with world.copied() as whole:
        instance = whole.extensions["thidua_settings"].instance
        made = create_app(_settings(instance, plugins), clock=lambda: world.AT)
        yield made
        with made.app_context():
            db.session.remove()
            db.engine.dispose()


def _settings(instance: Path, plugins: Path) -> Settings:
    return Settings(
        instance=instance, database_url=f"sqlite:///{instance / 'thidua.sqlite3'}", storage_url=str(instance),
        secret_key="world", password_cost=1, session_hours=72, session_idle_minutes=1440, plugins_dir=plugins,
    )  # fmt: skip


def test_the_administrator_reads_which_plugin_is_broken_and_the_rest_works(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/").status_code == 200
    client.set_cookie("thidua", world.cookie_of(app, "admin")[0])
    text = text_of(client.get("/he-thong"))
    assert [name for name in BROKEN if f"Phong trào «{name}» không dùng được" not in text] == []
    client.set_cookie("thidua", world.cookie_of(app, "organiser")[0])
    assert client.get("/dot-xet/moi").status_code == 200


def test_doctor_names_every_broken_plugin(app: Flask, plugins: Path) -> None:
    settings = app.extensions["thidua_settings"]
    environment = {
        "THIDUA_INSTANCE": str(settings.instance), "THIDUA_DATABASE_URL": settings.database_url,
        "THIDUA_STORAGE_URL": str(settings.instance), "THIDUA_PLUGINS_DIR": str(plugins),
    }  # fmt: skip
    done = CliRunner().invoke(main, ["doctor"], env=environment)
    assert done.exit_code == 1
    assert [name for name in BROKEN if f"✗ Phong trào {name}" not in done.output] == []


def test_strict_refuses_to_start_and_names_all(app: Flask, plugins: Path) -> None:
    with pytest.raises(PluginsFailed) as refused:
        create_app(_settings(app.extensions["thidua_settings"].instance, plugins), strict=True)
    assert [name for name in BROKEN if name not in str(refused.value)] == []
