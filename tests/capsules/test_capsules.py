"""What past releases left behind is read, verified and shown by this one, without the movement it came from."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from core.accounts.models import Account
from core.app import create_app
from core.cli import main
from core.config import Settings
from core.db import begin_writing
from core.extensions import db
from core.judging import service
from core.migrations import compare, runner
from core.seasons import amending
from core.seasons.frozen import read_rules
from core.seasons.models import Season
from tests.conftest import NOW
from tests.pages import h1_of, signed_in_client, text_of

CAPSULES = sorted(Path(__file__).parent.glob("*/capsule.tar.xz"))
LARGEST = 400_000


@pytest.fixture(params=CAPSULES, ids=lambda path: path.parent.name)
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A capsule unpacked, as old as it is."""
    with tarfile.open(request.param, "r:xz") as archive:
        archive.extractall(tmp_path, filter="data")
    (tmp_path / "no-movements").mkdir()
    return tmp_path


@pytest.fixture
def facts(instance: Path) -> dict[str, Any]:
    """What the release wrote down about its capsule."""
    found: dict[str, Any] = json.loads((instance / "capsule.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def opened(instance: Path) -> Iterator[Flask]:
    """This release on the capsule, its schema upgraded, no movement installed."""
    begin_writing()
    url = f"sqlite:///{instance / 'thidua.sqlite3'}"
    engine = sa.create_engine(url)
    runner.upgrade(engine)
    assert compare.differences(engine) == []
    engine.dispose()
    read_rules.cache_clear()
    settings = Settings(
        instance=instance, database_url=url, storage_url=str(instance), secret_key="capsule", password_cost=1,
        plugins_dir=instance / "no-movements",
    )  # fmt: skip
    app = create_app(settings, clock=lambda: NOW, strict=True)
    app.testing = True
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def command(instance: Path, *words: str) -> Any:
    environment = {
        "THIDUA_INSTANCE": str(instance), "THIDUA_DATABASE_URL": f"sqlite:///{instance / 'thidua.sqlite3'}",
        "THIDUA_STORAGE_URL": str(instance), "THIDUA_PLUGINS_DIR": str(instance / "no-movements"),
        "THIDUA_SECRET_KEY": "capsule",
    }  # fmt: skip
    return CliRunner().invoke(main, list(words), env=environment)


def test_there_is_a_capsule_and_none_is_large() -> None:
    assert [path.parent.name for path in CAPSULES][:1] == ["0.1.0"]
    assert [path for path in CAPSULES if path.stat().st_size > LARGEST] == []


def test_results_and_trail_of_a_past_release_verify(opened: Flask, instance: Path, facts: dict[str, Any]) -> None:
    assert opened.extensions["thidua_registry"].movements == {}
    with opened.app_context():
        season = db.session.scalars(sa.select(Season).where(Season.public_id == facts["season"])).one()
        found = service.verify(season)
        assert found.differences == []
        assert found.counts == {"scores": 8, "rankings": 2, "sheets": 8, "amendments": 2, "rules": 3}
        assert [snapshot.sha256 for snapshot in amending.snapshots(season)] == facts["rules"]
    done = command(instance, "results", "verify")
    assert (done.exit_code, "Khớp: 1 đợt xét" in done.output) == (0, True), done.output
    trail = command(instance, "audit", "verify")
    assert (trail.exit_code, "Nhật ký liền mạch" in trail.output) == (0, True), trail.output


def test_pages_of_a_past_season_open(opened: Flask, facts: dict[str, Any]) -> None:
    client = opened.test_client()
    season, title = facts["season"], facts["title"]
    results = client.get(f"/ket-qua/{season}")
    assert h1_of(results) == f"Kết quả: {title}"
    assert facts["recipient"] in text_of(results)
    citation = client.get(f"/x/{facts['citation']}")
    assert facts["recipient"] in text_of(citation)
    rules = text_of(client.get(f"/dot-xet/{season}/quy-tac"))
    assert "Sửa đổi theo quyết định số 15/QĐ-LĐLĐ ngày 04/05/2026" in rules
    assert facts["rules"][-1] in rules
    amendment = text_of(client.get(f"/dot-xet/{season}/sua-doi/2"))
    assert "«Phiếu chấm sáng kiến» › hạng giải «Giải Nhì» › số giải 1 2" in amendment
    with opened.app_context():
        organiser = db.session.scalars(sa.select(Account).where(Account.public_id == facts["organiser"])).one()
        staff = signed_in_client(opened, organiser)
    assert "Trước sửa đổi" in text_of(staff.get(f"/dot-xet/{season}/xep-hang"))
    assert "Trước và sau sửa đổi quy tắc" in text_of(staff.get(f"/ho-so/{facts['entry']}/diem"))


def test_one_changed_mark_in_a_capsule_is_found(opened: Flask, instance: Path) -> None:
    with opened.app_context():
        db.session.execute(sa.text("DROP TRIGGER trg_mark_no_update"))
        db.session.execute(sa.text("UPDATE mark SET points = points + 500000 WHERE id = 1"))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    for words, said in ((("results", "verify"), "không còn khớp với số liệu đã tính"), (("audit", "verify"), "mark")):
        done = command(instance, *words)
        assert (done.exit_code, said in done.output) == (1, True), done.output
