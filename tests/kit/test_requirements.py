"""Every requirement of the kit finds what it is there for: one thing of a sound plugin is spoiled, one says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.scaffold.plan import Plan
from core.scaffold.writing import folder_of, write
from core.scoring.lock import append_lock
from core.scoring.reading import read_toml
from core.testing.requirements import all_requirements, optional_ids, refused_skip, run
from core.testing.subject import NoSuchPlugin, Subject, find

PLAN = Plan("cong-nhan-xanh", "Công nhân xanh", 2026)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound plugin with code."""
    made = tmp_path / "plugins" / PLAN.module
    write(made, folder_of(PLAN, with_python=True))
    return made


def replaced(name: str, old: str, new: str, *, relock: bool = True) -> Callable[[Path], None]:
    """Return what changes a text in a file; rules are locked anew unless the lock is the point."""

    def change(folder: Path) -> None:
        path = folder / name
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), "utf-8")
        movement = read_toml((folder / "movement.toml").read_bytes()).movement
        if relock and name == "movement.toml" and movement is not None:
            (folder / "rules.lock").unlink()
            append_lock(movement, folder / "rules.lock")

    return change


def added(name: str, text: str) -> Callable[[Path], None]:
    """Return what adds to a file, made where there is none."""

    def change(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text((path.read_text("utf-8") if path.exists() else "") + text, "utf-8")

    return change


def gone(name: str) -> Callable[[Path], None]:
    """Return what takes a file away."""
    return lambda folder: (folder / name).unlink()


def many(*changes: Callable[[Path], None]) -> Callable[[Path], None]:
    """Return what does all of these."""

    def change(folder: Path) -> None:
        for each in changes:
            each(folder)

    return change


CLOCK = replaced(
    "__init__.py",
    'return [Path(__file__).with_name("movement.toml")]',
    "import dataclasses, datetime\n    from core.api import load_movement\n"
    '    movement = load_movement(Path(__file__).with_name("movement.toml"))\n'
    "    return [dataclasses.replace(movement, summary=str(datetime.date.today().year))]",
)

SCORER = (
    "\n\nfrom core.api import Scorer, score\n\ndef own(*given):\n    return {answer}\n\n@hookimpl\n"
    "def thidua_scorers():\n"
    '    return [Scorer(id="cong_nhan_xanh.a", version=1, movement="cong-nhan-xanh", sheet="phieu-cham", fn=own)]\n'
)

# requirement: (what spoils a sound plugin, words of the finding)
SPOILED: dict[str, tuple[Callable[[Path], None], str]] = {
    "loads": (replaced("movement.toml", "max = 40", "max = 41"), "tổng điểm các mục con là 101"),
    "hooks": (replaced("__init__.py", "@hookimpl\ndef thidua_check", "def thidua_check"), "thiếu @hookimpl"),
    "api": (replaced("__init__.py", "THIDUA_API = (1, 1)", ""), "Thêm dòng THIDUA_API = (1, 1)"),
    "imports": (added("__init__.py", "\n\ndef late():\n    from core import db\n"), "Không được dùng «core.db»"),
    "only_rules": (added("templates/show.html", "<p>"), "Bỏ thư mục này"),
    "rules_lock": (
        replaced("movement.toml", 'title = "Công nhân xanh"', 'title = "Công nhân đỏ"', relock=False),
        "Nâng rules_version lên 2",
    ),
    "same_again": (CLOCK, "Bỏ phần dựa vào giờ máy"),
    "tiers": (replaced("movement.toml", "min = 90\nquota = 1", 'min = 90\nbands = ["dat"]'), "không khi nào cùng đạt"),
    "quotas": (replaced("movement.toml", "quota = 2", "quota = 2\nquota_per_field = 1"), "không hỏi lĩnh vực"),
    "scorers": (added("__init__.py", SCORER.format(answer="0")), "returned int, not Score"),
    "scorer_golden": (
        added("__init__.py", SCORER.format(answer="score(*given)")),
        '"scorer": {"id": "cong_nhan_xanh.a", "version": 1}',
    ),
    "golden": (gone("golden.jsonl"), "Chưa có ví dụ nào"),
    "golden_replays": (replaced("golden.jsonl", '"total": "85.5"', '"total": "86"'), 'cần "86", có "85.5"'),
    "golden_shows": (replaced("golden.jsonl", '"tier": "ba"', '"tier": "nhi"'), "Hạng này chưa có ví dụ"),
    "readme_sources": (replaced("README.md", "Kế hoạch phát động phong trào", "Văn bản"), "Chưa nhắc đến"),
    "readme_unverified": (replaced("README.md", "`hieu-qua`", "mã"), "Chưa ghi là UNVERIFIED: phieu-cham, hieu-qua"),
    "season": (
        many(
            replaced("__init__.py", "if not entry.files:", "if entry.files:"),
            replaced("__init__.py", 'level="info"', 'level="block"'),
        ),
        "sample.toml",
    ),
}


def ask(id_: str, folder: Path) -> list[str]:
    return [str(flaw) for flaw in all_requirements()[id_].flaws(find(folder))]


@pytest.mark.parametrize("id_", SPOILED)
def test_each_requirement_finds_what_it_is_there_for(folder: Path, id_: str) -> None:
    spoil, words = SPOILED[id_]
    spoil(folder)
    found = ask(id_, folder)
    assert found != []
    assert words in "\n".join(found)


# The reader refuses a sheet that does not sum up, and levels outside their criterion; the engine keeps these promises.
BY_CONSTRUCTION = {"totals", "levels", "round_trip", "in_range", "monotone", "order_free", "repeatable", "app_starts"}


def test_every_requirement_is_shown_to_bite_or_held_by_construction() -> None:
    assert set(SPOILED) | BY_CONSTRUCTION | {"slugs"} == set(all_requirements())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (replaced("__init__.py", "def thidua_check_entry(entry: EntryView)", "def thidua_check_entry(entry=None)"),
         "không được có giá trị mặc định"),
        (replaced("__init__.py", "def thidua_check_entry", "def thidua_chek_entry"), "Không có hook này"),
    ],
)  # fmt: skip
def test_a_hook_with_a_default_or_a_wrong_name_is_named(folder: Path, change: object, words: str) -> None:
    assert callable(change)
    change(folder)
    # Pluggy itself refuses a misspelt one with the marker, so that the module is looked at in the loading, too.
    said = "\n".join([*ask("hooks", folder), *ask("loads", folder)])
    assert words in said or "viết sai tên" in said


@pytest.mark.parametrize("name", ["json", "class", "Hoa", "công_nhân", "a" * 41])
def test_a_folder_that_cannot_be_a_movement_says_why(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, folder_of(PLAN, with_python=False))
    assert ask("slugs", tmp_path / name) != []


def test_a_taken_id_is_named_with_its_owner(tmp_path: Path) -> None:
    write(tmp_path / "lao_dong_gioi", folder_of(PLAN, with_python=False))
    assert "Mã đã có ở «lao_dong_gioi»" in ask("slugs", tmp_path / "lao_dong_gioi")[0]


def test_code_in_a_folder_of_data_is_neither_run_nor_passed(folder: Path) -> None:
    (folder / "__init__.py").write_text("raise SystemExit(3)\n", "utf-8")
    subject = find(folder, movements_dir=folder.parent)
    assert subject.movement is not None
    assert [flaw.place for flaw in all_requirements()["only_rules"].flaws(subject)] == ["__init__.py"]


def test_a_plugin_that_writes_dates_in_python_is_not_blamed_for_the_clock(folder: Path) -> None:
    code = (
        "import dataclasses\n    from datetime import date\n    from core.api import load_movement\n"
        '    movement = load_movement(Path(__file__).with_name("movement.toml"))\n'
        "    return [dataclasses.replace(movement, effective_from=date(2026, 1, 1))]"
    )
    replaced("__init__.py", 'return [Path(__file__).with_name("movement.toml")]', code)(folder)
    assert ask("loads", folder) == ask("same_again", folder) == []


def test_a_sound_sample_lets_a_demanding_plugin_through(folder: Path) -> None:
    replaced("__init__.py", "if not entry.files:", 'if entry.answers["cach-cu"] != "Gánh nước.":')(folder)
    replaced("__init__.py", 'level="info"', 'level="block"')(folder)
    assert len(ask("season", folder)) == 1
    (folder / "sample.toml").write_text('[answers]\ncach-cu = "Gánh nước."\n', "utf-8")
    assert ask("season", folder) == []


def test_what_cannot_be_loaded_is_reported_once_and_nothing_crashes(folder: Path) -> None:
    (folder / "__init__.py").write_text("1 / 0\n", "utf-8")
    outcomes = {outcome.id: outcome for outcome in run(find(folder))}
    assert [flaw.place for flaw in outcomes["loads"].flaws] == ["import"]
    assert "ZeroDivisionError" in outcomes["loads"].flaws[0].sentence
    assert {outcome.state for outcome in outcomes.values() if outcome.id in {"season", "golden", "totals"}} == {
        "not_run"
    }


def test_only_optional_requirements_are_skipped_and_only_with_a_reason(folder: Path) -> None:
    skipped = {o.id: (o.state, o.reason) for o in run(find(folder), {"season": "Hội đồng bỏ phiếu ngoài hệ thống"})}
    assert skipped["season"] == ("skipped", "Hội đồng bỏ phiếu ngoài hệ thống")
    assert "season" in optional_ids()
    assert refused_skip("season", "") == "skip: ghi lý do bỏ qua «season»."
    assert "không bỏ qua được" in refused_skip("rules_lock", "Chưa kịp")
    assert "không có yêu cầu" in refused_skip("khong-co", "x")


def test_a_plugin_is_found_by_name_folder_file_and_relative_path(folder: Path) -> None:
    def named(subject: Subject) -> tuple[str, Path]:
        return subject.rules.id, subject.folder

    (folder / "tests").mkdir()
    for given in (folder, folder / "movement.toml", folder / "tests" / ".."):
        assert named(find(given)) == (PLAN.slug, folder)
    assert named(find("..", beside=folder / "tests")) == (PLAN.slug, folder)
    assert find("plugins.tham_muu_gioi").rules.id == "tham-muu-gioi"
    for wrong in ("plugins.khong_co", "khong/co", "core.không", ""):
        with pytest.raises(NoSuchPlugin, match="Không tìm thấy"):
            find(wrong, beside=folder.parent)
