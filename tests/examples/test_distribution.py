"""A movement released by somebody else, from its wheel: found, certified, scored by its own scorer, then taken away."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.nets.source import ROOT

SOURCE = ROOT / "examples" / "thidua-can-bang-hai-mat"
PROGRAM = str(Path(sys.executable).with_name("thidua"))

SEASON = """
import json, sys
from pathlib import Path
from core.extensions import db
from core.judging.queries import current_rankings, current_scores, score_stages
from core.registry import Registry
from core.testing.season import Trial, installation

registry = Registry.load(strict=True)
with installation(registry, folder=Path(sys.argv[1])) as app, app.test_request_context():
    trial = Trial(registry.movements["can-bang-hai-mat"])
    season = trial.open()
    trial.file_all()
    trial.judge_all()
    trial.rank()
    db.session.commit()
    (stage,) = score_stages(season)
    (ranking,) = current_rankings(season)
    print(json.dumps({
        "season": season.public_id,
        "frozen": json.loads(season.snapshot.canonical)["season"]["scorers"],
        "totals": [score.result["total"] for score in current_scores(stage)],
        "tiers": [ranking.result["entries"][entry.public_id]["tier"] for entry in trial.entries],
    }))
"""

PAGES = """
import sys
from pathlib import Path
from core.registry import Registry
from core.testing.season import installation

registry = Registry.load(strict=True)
assert registry.find("can-bang-hai-mat") is None
with installation(registry, folder=Path(sys.argv[1])) as app:
    for path in (f"/dot/{sys.argv[2]}", "/phong-trao/can-bang-hai-mat"):
        print(app.test_client().get(path).status_code)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the distribution is installed as pip does it: from its wheel, without its dependencies."""
    folder = tmp_path_factory.mktemp("example")
    source = shutil.copytree(SOURCE, folder / "source", ignore=shutil.ignore_patterns("__pycache__", "dist"))
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    done = subprocess.run(build, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(command: list[str], home: Path, site: Path | None) -> str:
    """Run a command in an installation, with the distribution or without it; it must end well."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("THIDUA_", "PYTHONPATH"))}
    own = {
        "THIDUA_INSTANCE": str(home), "THIDUA_DATABASE_URL": f"sqlite:///{home / 'kit.sqlite3'}",
        "THIDUA_STORAGE_URL": str(home), "PYTHONPATH": str(site or ""),
    }  # fmt: skip
    done = subprocess.run(command, env={**kept, **own}, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_wheel_holds_the_movement_and_nothing_else(site: Path) -> None:
    names = {path.name for path in site.iterdir()}
    assert names == {"can_bang_hai_mat", "thidua_can_bang_hai_mat-0.1.0.dist-info"}
    assert {path.name for path in (site / "can_bang_hai_mat").iterdir() if path.is_file()} == {
        "__init__.py", "scorer_v1.py", "movement.toml", "golden.jsonl", "rules.lock", "README.md",
    }  # fmt: skip


def test_it_is_listed_and_passes_the_kit(site: Path, tmp_path: Path) -> None:
    assert "can-bang-hai-mat" in run([PROGRAM, "movements", "list"], tmp_path, site)
    assert "dùng được" in run([PROGRAM, "movements", "check", "can-bang-hai-mat"], tmp_path, site)
    vectors = site / "can_bang_hai_mat" / "golden.jsonl"
    assert run([PROGRAM, "movements", "vectors", str(vectors)], tmp_path, site) == "8 ví dụ, 0 khác.\n"


def test_its_two_lines_of_test_pass(site: Path, tmp_path: Path) -> None:
    test = shutil.copy(SOURCE / "tests" / "test_can_bang_hai_mat.py", tmp_path)
    said = run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)], tmp_path, site)
    assert [" passed" in said, "failed" in said] == [True, False]


def test_a_season_is_scored_by_its_scorer_and_outlives_it(site: Path, tmp_path: Path) -> None:
    made = json.loads(run([sys.executable, "-c", SEASON, str(tmp_path)], tmp_path, site))
    # 2 × √(50 × 50); the second has nothing for A.1: 2 × √(20 × 50) = 63.2455…
    assert (made["totals"], made["tiers"]) == (["100", "63.25"], ["nhat", "khuyen-khich"])
    frozen = made["frozen"]["phieu-cham"]
    assert (frozen["id"], frozen["version"]) == ("can_bang_hai_mat.trung_binh_nhan", "1")
    with_it = run([PROGRAM, "results", "verify"], tmp_path, site)
    assert "Khớp: 1 đợt xét" in with_it
    assert run([sys.executable, "-c", PAGES, str(tmp_path), made["season"]], tmp_path, None).split() == ["200", "200"]
    without = run([PROGRAM, "results", "verify"], tmp_path, None)
    assert "Đã lưu, không tính lại được: 1 đợt xét." in without
    assert "can_bang_hai_mat.trung_binh_nhan v1" in without
    (season,) = json.loads(run([PROGRAM, "results", "verify", "--json"], tmp_path, None))["seasons"]
    assert (season["recomputable"], season["stored"], season["differences"]) == (False, 2, [])
