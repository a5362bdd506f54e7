"""Random amendments of random seasons: whatever was stored stays byte for byte, and everything recomputes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.app import create_app
from core.audit import service as audit
from core.config import Settings
from core.db import begin_writing
from core.extensions import db
from core.judging import queries, service
from core.judging.rules import AmendmentRefused, SheetStatus
from core.scoring.reading import read_toml
from core.seasons import amending
from core.seasons.frozen import rules_of
from core.seasons.rules import NothingAmended, Phase, Scope
from tests import databases
from tests.conftest import NOW
from tests.judging.makers import INITIATIVE, Scene, acting, make_scene
from tests.judging.test_service import begin

# What no later act may change in a row that is there: everything, but for the mark that it counts no longer.
KEPT = {
    "rule_snapshot": ("id", "sha256", "kind", "canonical", "movement_id", "rules_version", "engine"),
    "amendment": ("id", "season_id", "number", "from_snapshot_id", "to_snapshot_id", "decision_number", "decided_on",
                  "reason", "scope", "sha256", "at"),
    "kept_rules": ("id", "entry_id", "amendment_id", "snapshot_id"),
    "score": ("id", "entry_id", "stage_id", "version", "status", "total", "band", "result", "inputs", "inputs_sha256",
              "rules_sha256", "engine", "computed_at"),
    "ranking": ("id", "stage_id", "sheet_slug", "version", "result", "inputs", "inputs_sha256", "rules_sha256"),
}  # fmt: skip
SEALED = "SELECT id, entry_id, sheet_slug, column_slug, version, sealed_at, rules_sha256 FROM scoresheet WHERE sealed_at IS NOT NULL"  # noqa: E501
MARKS = "SELECT mark.* FROM mark JOIN scoresheet ON scoresheet.id = scoresheet_id WHERE sealed_at IS NOT NULL"


def stored() -> set[tuple[Any, ...]]:
    """Return every row that must stay, as the database holds it."""
    found = {("sealed", *row) for row in db.session.execute(sa.text(SEALED))}
    found |= {("mark", *row) for row in db.session.execute(sa.text(MARKS))}
    for table, columns in KEPT.items():
        query = sa.text(f"SELECT {', '.join(columns)} FROM {table}")  # Names of our own.
        found |= {(table, *row) for row in db.session.execute(query)}
    return found


@contextmanager
def season(chance: random.Random) -> Iterator[tuple[Scene, list[Any]]]:
    """A season being judged in a database of its own, with one to four entries."""
    begin_writing()
    url, instance = databases.fresh("sqlite"), databases.empty_instance()
    app = create_app(Settings(instance=instance, database_url=url, secret_key="test", password_cost=1), strict=True)
    with app.app_context():
        scene = make_scene(entries=chance.randint(1, 4))
        yield scene, begin(scene)
        db.session.remove()
        db.engine.dispose()
    databases.drop(url)


def amend(scene: Scene, _seats: list[Any], chance: random.Random) -> None:
    """Amend by whatever chance brings: prizes, bands, gates, points of criteria, a new criterion, another question."""
    version = rules_of(scene.season).movement.rules_version + 1
    top = chance.choice([20, 30, 40, 45])
    text = INITIATIVE.replace("rules_version = 1", f"rules_version = {version}")
    text = text.replace('title = "Xuất sắc", min = 85', f'title = "Xuất sắc", min = {chance.randint(51, 95)}')
    text = text.replace("total_below = 50", f"total_below = {chance.randint(1, 60)}")
    if chance.random() < 0.6:
        text = text.replace('title = "Hiệu quả", max = 40', f'title = "Hiệu quả", max = {top}')
        text = text.replace('title = "Khả năng áp dụng", max = 30', f'title = "Khả năng áp dụng", max = {70 - top}')
    if chance.random() < 0.3:
        text = text.replace("fields = [", 'fields = [\n  { id = "them", title = "Thêm", kind = "text" },')
    movement = read_toml(text.encode()).require("mau.toml") if chance.random() < 0.7 else None
    quotas = {"phieu": {chance.choice(["nhat", "nhi"]): {"quota": chance.randint(0, 4)}}}
    scope = chance.choice(list(Scope))
    try:
        proposal = amending.propose(scene.season, movement=movement, quotas=quotas)
        grounds = amending.Grounds("15/QĐ", date(2026, 5, 4), "Thử", scope)
        service.amend(scene.season, proposal, grounds, actor=acting(scene.organiser), at=NOW + timedelta(minutes=1))
    except (AmendmentRefused, NothingAmended):
        pass


def judge(scene: Scene, seats: list[Any], chance: random.Random) -> None:
    """Fill and seal some sheets; reopen what an amendment made invalid."""
    if scene.season.phase != Phase.JUDGING:
        return
    for missing in service.missing_sheets(scene.season):
        if missing.sheet is not None and missing.sheet.status == SheetStatus.SEALED and chance.random() < 0.7:
            service.reopen_sheet(missing.sheet, reason="Sửa đổi", actor=acting(scene.organiser), at=NOW)
    for entry in scene.entries:
        for seat in seats:
            sheet = queries.sheet_of(entry, scene.stage, "giam-khao", seat.account_id)
            if chance.random() < 0.5 or (sheet is not None and sheet.status == SheetStatus.SEALED):
                continue
            judge_ = acting(seat.account)
            sheet = sheet or service.open_sheet(entry, scene.stage, judge=seat, actor=judge_, at=NOW)
            marks = {
                "moi": service.MarkTyped(Decimal(chance.randint(21, 30)), "cao", "Mới."),
                "ap-dung": service.MarkTyped(Decimal(chance.randint(0, 25)), None, "Được."),
                "hieu-qua": service.MarkTyped(Decimal(chance.randint(0, 20)), None, "Tốt."),
            }
            service.save_marks(sheet, marks, revision=sheet.revision, received_at=NOW)
            service.finish(sheet, at=NOW)
            service.seal(sheet, actor=judge_, at=NOW)


def close(scene: Scene, _seats: list[Any], _chance: random.Random) -> None:
    """End judging whatever is missing, or take it back."""
    organiser = acting(scene.organiser)
    if scene.season.phase == Phase.JUDGING:
        service.close_judging(scene.season, actor=organiser, at=NOW, allow_missing=True)
    else:
        service.reopen_judging(scene.season, reason="Thử", actor=organiser, at=NOW)


Act = Callable[[Scene, list[Any], random.Random], None]
ACTS: dict[str, Act] = {"amend": amend, "judge": judge, "close": close}


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(["amend", "amend", "judge", "judge", "close"]), min_size=4, max_size=9), st.integers())
def test_whatever_is_amended_old_rows_stay_and_everything_verifies(acts: list[str], seed: int) -> None:
    chance = random.Random(seed)
    with season(chance) as (scene, seats):
        for act in acts:
            before = stored()
            ACTS[act](scene, seats, chance)
            db.session.commit()
            assert before - stored() == set(), act
            assert service.recompute(scene.season) == [], act
        assert audit.verify(db.session()) == []
