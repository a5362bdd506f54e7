"""A broken plugin closes its own movement, is named where an administrator looks, and the rest works."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from core.app import create_app
from core.cli import main
from core.config import ROOT, Settings
from core.extensions import db
from core.registry import PluginsFailed
from core.seasons.models import Season
from tests.nets import world
from tests.pages import text_of

# The folder of each broken plugin, and what an administrator must read of its fault.
BROKEN = {
    "hook_sai": "thidua_movement",
    "nhap_hong": "khong_co_goi_nay",
    "tep_hong": "dòng 2, số «12,5» phải viết là 12.5",
}


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


def _environment(app: Flask, plugins: Path) -> dict[str, str]:
    settings = app.extensions["thidua_settings"]
    return {
        "THIDUA_INSTANCE": str(settings.instance), "THIDUA_DATABASE_URL": settings.database_url,
        "THIDUA_STORAGE_URL": str(settings.instance), "THIDUA_PLUGINS_DIR": str(plugins),
    }  # fmt: skip


def test_the_administrator_reads_which_plugin_is_broken_and_why(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("thidua", world.cookie_of(app, "admin")[0])
    text = text_of(client.get("/he-thong"))
    parts = {name: text.partition(f"Phong trào «{name}» không dùng được")[2] for name in BROKEN}
    assert [name for name, reason in BROKEN.items() if reason not in parts[name][:400]] == []


def test_the_rest_of_the_house_works_beside_broken_plugins(app: Flask) -> None:
    with app.app_context():
        seasons = db.session.scalars(sa.select(Season.public_id).where(Season.phase == "open")).all()
        db.session.remove()
    client = app.test_client()
    pages = ["/", *(f"/dot/{public_id}" for public_id in seasons)]
    assert {path: client.get(path).status_code for path in pages} == dict.fromkeys(pages, 200)
    assert len(pages) > 1
    client.set_cookie("thidua", world.cookie_of(app, "organiser")[0])
    assert client.get("/dot-xet/moi").status_code == 200


def test_doctor_names_every_broken_plugin_and_its_fault(app: Flask, plugins: Path) -> None:
    done = CliRunner().invoke(main, ["doctor"], env=_environment(app, plugins))
    assert done.exit_code == 1
    parts = {name: done.output.partition(f"✗ Phong trào {name}")[2] for name in BROKEN}
    assert [name for name, reason in BROKEN.items() if reason not in parts[name][:400]] == []


@pytest.mark.parametrize("name", BROKEN)
def test_checking_a_broken_plugin_fails_with_its_fault(app: Flask, plugins: Path, name: str) -> None:
    done = CliRunner().invoke(main, ["movements", "check", name.replace("_", "-")], env=_environment(app, plugins))
    assert (done.exit_code, BROKEN[name] in done.output) == (1, True), done.output


def test_the_list_of_movements_fails_and_names_all(app: Flask, plugins: Path) -> None:
    done = CliRunner().invoke(main, ["movements", "list"], env=_environment(app, plugins))
    assert done.exit_code == 1
    assert [name for name in ("lao-dong-gioi", "tham-muu-gioi", *BROKEN) if name not in done.output] == []


def test_strict_refuses_to_start_and_names_all(app: Flask, plugins: Path) -> None:
    with pytest.raises(PluginsFailed) as refused:
        create_app(_settings(app.extensions["thidua_settings"].instance, plugins), strict=True)
    assert [failure.plugin for failure in refused.value.failures] == list(BROKEN)
    assert [name for name in BROKEN if name not in str(refused.value)] == []
