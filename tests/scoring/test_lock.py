"""`rules.lock`: rules that change under a known version are found at start, and no new season begins with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from core.cli import main
from core.registry import Registry
from core.scoring.canonical import digest
from core.scoring.lock import append_lock, check_lock, read_lock
from core.scoring.reading import load_movement

VECTORS = Path(__file__).parent / "vectors"
MINI = (VECTORS / "mini.toml").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A movement of data, locked at version 1."""
    made = tmp_path / "plugins" / "mini"
    made.mkdir(parents=True)
    (made / "movement.toml").write_text(MINI, "utf-8")
    append_lock(load_movement(made / "movement.toml"), made / "rules.lock")
    return made


def change(folder: Path, old: str, new: str) -> None:
    text = (folder / "movement.toml").read_text("utf-8")
    assert old in text
    (folder / "movement.toml").write_text(text.replace(old, new), "utf-8")


def state(folder: Path) -> str:
    return check_lock(load_movement(folder / "movement.toml"), folder / "rules.lock").state


def test_the_first_lock_writes_one_line_and_the_second_nothing(folder: Path) -> None:
    wanted = f'1 = "sha256:{digest(load_movement(folder / "movement.toml"))}"\n'
    assert (folder / "rules.lock").read_text("utf-8") == wanted
    append_lock(load_movement(folder / "movement.toml"), folder / "rules.lock")
    assert (folder / "rules.lock").read_text("utf-8") == wanted


def test_changed_rules_need_a_new_version_and_get_a_line_of_their_own(folder: Path) -> None:
    before = (folder / "rules.lock").read_text("utf-8")
    change(folder, "Phong trào nhỏ", "Phong trào nhỏ xíu")
    assert state(folder) == "drifted"
    assert append_lock(load_movement(folder / "movement.toml"), folder / "rules.lock").state == "drifted"
    assert (folder / "rules.lock").read_text("utf-8") == before
    change(folder, "rules_version = 1", "rules_version = 2")
    assert state(folder) == "unlocked"
    append_lock(load_movement(folder / "movement.toml"), folder / "rules.lock")
    assert (folder / "rules.lock").read_text("utf-8").startswith(before)
    assert sorted(read_lock((folder / "rules.lock").read_text("utf-8"))) == [1, 2]


def test_a_version_below_the_last_locked_one_is_no_new_version(folder: Path) -> None:
    line = (folder / "rules.lock").read_text("utf-8")
    (folder / "rules.lock").write_text(line.replace("1 =", "3 ="), "utf-8")
    assert state(folder) == "lowered"


@pytest.mark.parametrize("line", ['1 = "sha256:12"', "một = 1", '1 = "sha256:' + "a" * 64 + '"\n' * 2, "1 = 2", "="])
def test_a_lock_that_cannot_be_read_says_so(folder: Path, line: str) -> None:
    (folder / "rules.lock").write_text(line if line != "=" else "= =", "utf-8")
    assert state(folder) in {"unreadable", "drifted"}
    (folder / "rules.lock").write_text('1 = "x"\n1 = "y"\n', "utf-8")
    assert state(folder) == "unreadable"


def test_the_registry_warns_and_the_commands_show_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(folder, "Phong trào nhỏ", "Phong trào nhỏ xíu")
    registry = Registry.load(plugins_dir=folder.parent, entry_points=False, strict=True)
    drift = registry.drift("mini")
    assert drift is not None
    assert (drift.stage, registry.plugins[0].status) == ("lock", "ok")
    assert "Nâng rules_version lên 2" in drift.message
    assert registry.drift("khong-co") is None
    monkeypatch.setenv("THIDUA_PLUGINS_DIR", str(folder.parent))
    listed = CliRunner().invoke(main, ["movements", "list"])
    assert (listed.exit_code, "  !  Quy tắc đã đổi" in listed.output) == (0, True)
    refused = CliRunner().invoke(main, ["movements", "lock", str(folder)])
    assert (refused.exit_code, "Nâng rules_version lên 2" in refused.output) == (1, True)
    change(folder, "rules_version = 1", "rules_version = 2")
    assert CliRunner().invoke(main, ["movements", "lock", str(folder)]).exit_code == 0


def test_no_new_season_opens_with_drifted_rules_and_a_running_one_goes_on(app: Flask, session: object) -> None:
    from core.accounts.rules import SYSTEM
    from core.registry import Failure, PluginInfo
    from core.seasons import service
    from core.seasons.frozen import rules_of
    from core.seasons.rules import SeasonNotReady
    from core.web.sentences import say
    from tests.conftest import NOW
    from tests.makers import make_season

    running = make_season()
    waiting = make_season(is_open=False, title="Đợt sau", owner_unit=running.owner_unit, code_prefix="SAU")
    registry = app.extensions["thidua_registry"]
    known = registry.owner("lao-dong-gioi")
    failure = Failure(known.name, "lock", "Quy tắc đã đổi.")
    changed = PluginInfo(known.name, known.origin, "", "ok", known.movement_ids, known.hooks, warnings=(failure,))
    registry.plugins[registry.plugins.index(known)] = changed
    with app.test_request_context(), pytest.raises(SeasonNotReady) as refused:
        service.open_season(waiting, actor=SYSTEM, at=NOW)
    with app.test_request_context():
        assert "đã đổi mà vẫn ghi là bản 1" in say(refused.value)
    assert rules_of(running).movement.id == "lao-dong-gioi"


def test_the_page_of_movements_says_what_to_mend(app: Flask, sign_in: object, session: object) -> None:
    from core.accounts.rules import Role
    from core.extensions import db
    from core.registry import Failure, PluginInfo
    from tests.makers import make_account, make_unit

    unit = make_unit("LĐLĐ tỉnh Lai Châu")
    account = make_account(None, (Role.ORGANISER, unit))
    db.session.commit()
    registry = app.extensions["thidua_registry"]
    known = registry.owner("lao-dong-gioi")
    failure = Failure(known.name, "lock", "Quy tắc đã đổi. Nâng rules_version lên 2.")
    registry.plugins[registry.plugins.index(known)] = PluginInfo(
        known.name, known.origin, "", "ok", known.movement_ids, known.hooks, warnings=(failure,)
    )
    page = sign_in(account).get("/phong-trao").text
    assert "Nâng rules_version lên 2." in page
    assert page.count("Chưa mở được đợt mới") == 1
