"""The commands that read and extend the seasons of an installation."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from core.cli import main
from core.config import Settings
from core.db import begin_writing
from core.extensions import db
from core.seasons.models import Season
from tests.makers import make_season


@pytest.fixture
def kept(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Season:
    """An open season in the database that the commands are pointed at; its dates are far off, the clock is real."""
    monkeypatch.setenv("THIDUA_INSTANCE", str(settings.instance))
    monkeypatch.setenv("THIDUA_DATABASE_URL", settings.database_url)
    with app.app_context():
        season = make_season(
            code_prefix="LDST",
            closes_at=datetime(2090, 5, 15, 10, 0, tzinfo=UTC),
            judging_closes_at=datetime(2090, 6, 10, 10, 0, tzinfo=UTC),
        )
        db.session.commit()
        assert season.snapshot is not None
    return season


def _run(*arguments: str) -> Result:
    begin_writing()
    return CliRunner().invoke(main, ["season", *arguments])


def test_seasons_are_listed(kept: Season) -> None:
    result = _run("list")
    assert result.exit_code == 0
    assert "17:00, 15/05/2090  Sáng kiến của người lao động, đợt 2026" in result.output
    assert json.loads(_run("list", "--json").output)[0]["code_prefix"] == "LDST"


def test_a_season_is_found_by_its_letters_and_year_or_its_address(kept: Season) -> None:
    assert kept.snapshot is not None
    for code in ("LDST-2026", "ldst-2026", kept.public_id):
        result = _run("show", code)
        assert result.exit_code == 0
        assert f"Mã kiểm tra quy tắc (SHA-256): {kept.snapshot.sha256}" in result.output
        assert "Hạn nộp: 17:00, 15/05/2090" in result.output
    missing = _run("show", "KHAC-2026")
    assert missing.exit_code == 1
    assert "Không có đợt xét «KHAC-2026». Xem mã bằng: thidua season list." in missing.output


def test_the_deadline_is_extended_with_its_grounds(kept: Season) -> None:
    grounds = ("--reason", "Mưa lũ", "--document", "Công văn 45/CV-LĐLĐ")
    result = _run("set-deadline", "LDST-2026", "17:00 20/05/2090", *grounds)
    assert result.exit_code == 0
    assert result.output == "Gia hạn đến 17:00, 20/05/2090 theo Công văn 45/CV-LĐLĐ\n"
    shown = json.loads(_run("show", "LDST-2026", "--json").output)
    assert shown["closes_at"] == "2090-05-20T10:00:00+00:00"
    assert shown["timeline"][1] == {
        "kind": "extension",
        "at": "2090-05-20T10:00:00+00:00",
        "document": "Công văn 45/CV-LĐLĐ",
        "reason": "Mưa lũ",
    }
    early = _run("set-deadline", "LDST-2026", "17:00 19/05/2090", *grounds)
    assert early.exit_code == 1
    assert "Hạn mới phải chưa qua và sau hạn hiện tại 17:00, 20/05/2090" in early.output
    wrong = _run("set-deadline", "LDST-2026", "mai", *grounds)
    assert wrong.exit_code == 2
    assert "Viết giờ rồi ngày, ví dụ 17:00 20/05/2026." in wrong.output
