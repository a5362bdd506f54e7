"""`thidua movements new`: the folder it writes passes the kit as it is, and nothing is ever overwritten."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cli import main
from core.registry import PLUGINS, Registry
from core.scaffold.naming import distinct_slugs, refused, slug_of
from core.scaffold.plan import Plan
from core.scaffold.writing import folder_of
from core.scoring.reading import load_movement, read_toml
from core.testing.requirements import run as ask_all
from core.testing.subject import find
from tests.nets.source import ROOT

SHIPPED = sorted(Registry.load(entry_points=False, strict=True).movements)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THIDUA_PLUGINS_DIR", str(PLUGINS))


def new(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["movements", "new", *(str(argument) for argument in arguments)])


def lacking(folder: Path) -> list[str]:
    return [str(flaw) for outcome in ask_all(find(folder)) for flaw in outcome.flaws]


VARIANTS = {
    "toml": ((), "cong_nhan_xanh"),
    "python": (("--python",), "cong_nhan_xanh"),
    "package": (("--package", "--python"), "thidua-cong-nhan-xanh/cong_nhan_xanh"),
    "from": (("--from", SHIPPED[0], "--python"), "cong_nhan_xanh"),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_variant_passes_the_kit_as_it_is(tmp_path: Path, variant: str) -> None:
    options, folder = VARIANTS[variant]
    done = new("Công nhân xanh", "--into", tmp_path, *options)
    assert done.exit_code == 0, done.output
    assert [line[:2] for line in done.output.splitlines() if line[:1].isdigit()] == ["1.", "2.", "3."]
    assert lacking(tmp_path / folder) == []
    assert find(tmp_path / folder).rules.title == "Công nhân xanh"
    assert (tmp_path / folder / "__init__.py").exists() == (variant != "toml")


def test_its_own_test_is_two_lines_that_pass(tmp_path: Path) -> None:
    new("Công nhân xanh", "--into", tmp_path)
    file = tmp_path / "cong_nhan_xanh" / "tests" / "test_cong_nhan_xanh.py"
    assert [line for line in file.read_text("utf-8").splitlines() if line][0::2][:1] == [
        "from core.testing.suite import MovementConformance"
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file), "-k", "not season and not app"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout.splitlines()[-1]


def test_a_package_is_found_by_its_entry_point(tmp_path: Path) -> None:
    new("Công nhân xanh", "--package", "--into", tmp_path)
    home = tmp_path / "thidua-cong-nhan-xanh"
    project = tomllib.loads((home / "pyproject.toml").read_text("utf-8"))
    assert project["build-system"]["build-backend"] == "hatchling.build"
    points = project["project"]["entry-points"]["thidua.movements"]
    information = home / "thidua_cong_nhan_xanh-0.1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: thidua-cong-nhan-xanh\nVersion: 0.1.0\n")
    lines = "".join(f"{name} = {value}\n" for name, value in points.items())
    (information / "entry_points.txt").write_text(f"[thidua.movements]\n{lines}")
    program = (
        "from core.registry import Registry\n"
        "info = Registry.load(strict=True).owner('cong-nhan-xanh')\n"
        "print(info.origin, info.version, info.status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, "PYTHONPATH": f"{home}{os.pathsep}{ROOT}"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["package", "0.1.0", "ok"]


@pytest.mark.parametrize("source", SHIPPED)
def test_a_copy_keeps_every_title_and_changes_only_its_head(tmp_path: Path, source: str) -> None:
    assert new("Công nhân xanh", "--from", source, "--into", tmp_path).exit_code == 0
    original = load_movement(PLUGINS / source.replace("-", "_") / "movement.toml")
    copied = load_movement(tmp_path / "cong_nhan_xanh" / "movement.toml")
    assert copied == replace(original, id="cong-nhan-xanh", title="Công nhân xanh", rules_version=1)


def test_a_movement_made_in_python_is_copied_as_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_PLUGINS_DIR", str(tmp_path / "plugins"))
    assert new("Tổ xanh", "--python").exit_code == 0
    home = tmp_path / "plugins" / "to_xanh"
    (home / "movement.toml").rename(home / "rules.toml")
    code = home / "__init__.py"
    by_value = 'return [load_movement(Path(__file__).with_name("rules.toml"))]'
    text = code.read_text("utf-8").replace('return [Path(__file__).with_name("movement.toml")]', by_value)
    code.write_text(text.replace("hookimpl\n\nTHIDUA", "hookimpl, load_movement\n\nTHIDUA"), "utf-8")
    assert new("Công nhân xanh", "--from", "to-xanh", "--into", tmp_path).exit_code == 0
    copied = load_movement(tmp_path / "cong_nhan_xanh" / "movement.toml")
    assert copied == replace(load_movement(home / "rules.toml"), id="cong-nhan-xanh", title="Công nhân xanh")


# --- Where it goes, and what it never does --------------------------------------------------------------------------


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    assert new("Công nhân xanh", "--into", tmp_path).exit_code == 0
    rules = tmp_path / "cong_nhan_xanh" / "movement.toml"
    rules.write_text("của tôi", "utf-8")
    again = new("Công nhân xanh", "--into", tmp_path)
    assert (again.exit_code, "đã có. Đặt tên khác" in again.output) == (1, True)
    assert rules.read_text("utf-8") == "của tôi"


def test_it_goes_to_the_plugins_folder_and_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_PLUGINS_DIR", str(tmp_path / "plugins"))
    assert new("Công nhân xanh").exit_code == 0
    listed = CliRunner().invoke(main, ["movements", "list"])
    assert "cong-nhan-xanh  bản 1  Công nhân xanh" in listed.output
    assert "Đã có phong trào mang mã «cong-nhan-xanh»" in new("Công Nhân Xanh").output


def test_code_is_never_written_among_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_MOVEMENTS_DIR", str(tmp_path / "data"))
    refusal = new("Công nhân xanh", "--python", "--into", tmp_path / "data")
    assert (refusal.exit_code, "không chạy mã Python" in refusal.output) == (1, True)
    assert not (tmp_path / "data").exists()
    assert new("Công nhân xanh", "--into", tmp_path / "data").exit_code == 0


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("", "Tên phong trào từ 1 đến"),
        ("JSON", "trùng tên Python dùng"),
        ("Class", "trùng tên Python dùng"),
        ("!!!", "cần có chữ"),
        ('Ba "sạch"', "không dùng các dấu"),
        ("Tests", "trùng thư mục của hệ thống"),
    ],
)
def test_a_title_that_gives_no_id_says_why(tmp_path: Path, title: str, words: str) -> None:
    refusal = new(title, "--into", tmp_path)
    assert (refusal.exit_code, words in refusal.output) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_without_a_terminal_nothing_is_asked_not_even_the_title() -> None:
    refusal = new("--defaults")
    assert (refusal.exit_code, "Ghi tên phong trào" in refusal.output) == (2, True)
    assert "thidua movements list" in new("Công nhân xanh", "--from", "khong-co").output


# --- The questions --------------------------------------------------------------------------------------------------


def at_a_terminal(answers: str, folder: Path) -> str:
    """Run the command with a real terminal as its input, and return what it prints."""
    ours, theirs = pty.openpty()
    os.write(ours, answers.encode())
    done = subprocess.run(
        [sys.executable, "-c", "from core.cli import main; main()", "movements", "new", "--into", str(folder)],
        stdin=theirs, capture_output=True, text=True, check=False, timeout=60, cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
    )  # fmt: skip
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_questions_are_asked_until_the_points_sum_to_a_hundred(tmp_path: Path) -> None:
    said = at_a_terminal("Tổ xanh\n3\nTrồng cây\n60\nNhặt rác\n70\n30\nNhắc nhau\n\n65\n", tmp_path)
    movement = load_movement(tmp_path / "to_xanh" / "movement.toml")
    (sheet,) = movement.sheets
    assert movement.subjects == ("collective",)
    assert [(c.title, int(c.highest)) for c in sheet.criteria] == [
        ("Trồng cây", 60),
        ("Nhặt rác", 30),
        ("Nhắc nhau", 10),
    ]
    assert int(sheet.bands[-1].min) == 65
    assert "còn 40 điểm" in said
    assert lacking(tmp_path / "to_xanh") == []


# --- Names and numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Công nhân xanh", "cong-nhan-xanh"),
        ("Đoàn kết – Đổi mới", "doan-ket-doi-moi"),
        ("1 triệu sáng kiến", "phong-trao-1-trieu-sang-kien"),
        ("Xanh – Sạch – Đẹp, bảo đảm an toàn vệ sinh lao động", "xanh-sach-dep-bao-dam-an-toan-ve-sinh"),
        ("ĐƯỜNG", "duong"),
    ],
)
def test_an_id_is_the_title_without_marks(title: str, slug: str) -> None:
    assert slug_of(title) == slug
    assert refused(slug, ()) == ""


@given(st.text(max_size=200))
def test_every_title_gives_a_usable_id_or_none(title: str) -> None:
    slug = slug_of(title)
    assert len(slug) <= 40
    assert slug == "" or slug.replace("-", "_").isidentifier()
    assert slug.isascii()


def plans() -> Iterator[st.SearchStrategy[Plan]]:
    """Plans as the questions could give them."""
    words = st.text(st.characters(categories=("L", "N"), max_codepoint=0x1EFF), min_size=1, max_size=20)
    cuts = st.sets(st.integers(1, 99), max_size=8).map(lambda found: sorted({0, 100, *found}))
    points = cuts.map(lambda c: [after - before for before, after in pairwise(c)])
    criteria = points.flatmap(
        lambda p: st.lists(words, min_size=len(p), max_size=len(p)).map(lambda t: tuple(zip(t, p, strict=True)))
    )
    yield st.builds(
        Plan, st.just("thu"), st.just("Thử"), st.just(2026),
        st.sampled_from(["initiative", "person", "collective"]), criteria, st.integers(10, 90),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(next(plans()))
def test_whatever_is_answered_the_rules_are_sound_and_every_example_shows_its_sum(plan: Plan) -> None:
    made = folder_of(plan, with_python=False)
    assert [problem.sentence for problem in read_toml(made["movement.toml"]).problems] == []
    assert made["golden.jsonl"].count('"kind": "score"') == 4
    assert '"status": "failed"' in made["golden.jsonl"]
    assert len(set(distinct_slugs([t for t, _p in plan.criteria]))) == len(plan.criteria)
