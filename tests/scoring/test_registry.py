"""Plugins are found by folder, each in its own guard: a broken one closes its own movement and nothing else."""

from __future__ import annotations

import logging
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from core import registry as registry_module
from core.hookspecs import EntryView, Finding, SeasonView
from core.registry import PLUGINS, PluginsFailed, Registry

MINI = (Path(__file__).parent / "vectors" / "mini.toml").read_text("utf-8")
ENTRY, SEASON = EntryView(id="e", title="Cải tiến máy sấy chè"), SeasonView(id="s", year=2026)

FROM_FILE = """
from pathlib import Path
from core.api import hookimpl
@hookimpl
def thidua_movements():
    return [Path(__file__).with_name("movement.toml")]
"""
CHECKING = (
    FROM_FILE
    + """
from core.api import Finding
@hookimpl
def thidua_check_entry(entry, movement):
    yield Finding(rule="ten", level="info", message=f"{movement.id}: {entry.title}")
"""
)
RAISING = (
    FROM_FILE
    + """
@hookimpl
def thidua_check_entry(entry):
    raise KeyError("lam-loi")
"""
)
WRONG_ANSWER = (
    FROM_FILE
    + """
@hookimpl
def thidua_check_entry(entry):
    return ["một câu"]
"""
)
MISSPELT = (
    FROM_FILE
    + """
@hookimpl
def thidua_check_entri(entry):
    return []
"""
)
UNKNOWN_ARGUMENT = (
    FROM_FILE
    + """
@hookimpl
def thidua_check_entry(entry, request):
    return []
"""
)
TWO = FROM_FILE.replace("return [", 'return [Path(__file__).with_name("movement.toml"), ')
IN_PYTHON = """
from core.api import hookimpl, read_toml
@hookimpl
def thidua_movements():
    text = '''{text}'''
    yield read_toml(text).require("here")
"""


def make_plugin(parent: Path, name: str, code: str | None = FROM_FILE, text: str | None = MINI) -> Path:
    folder = parent / name
    folder.mkdir(parents=True)
    if code is not None:
        (folder / "__init__.py").write_text(code, "utf-8")
    if text is not None:
        named = text.replace('id = "mini"', f'id = "{name.replace("_", "-")}"')
        (folder / "movement.toml").write_text(named, "utf-8")
    return folder


def load(plugins: Path, **options: object) -> Registry:
    return Registry.load(plugins, entry_points=False, **options)  # type: ignore[arg-type]


def stages(registry: Registry) -> dict[str, str]:
    return {failure.plugin: failure.stage for failure in registry.failures}


def test_a_folder_with_code_or_only_data_is_a_movement(tmp_path: Path) -> None:
    make_plugin(tmp_path, "co_ma", CHECKING)
    make_plugin(tmp_path, "chi_co_tep", None)
    make_plugin(tmp_path, "ma_va_tep", '"""Only a docstring."""')
    make_plugin(tmp_path, "bang_python", IN_PYTHON.replace("{text}", MINI.replace("mini", "bang-python")), None)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "trong").mkdir()
    registry = load(tmp_path)
    assert registry.failures == ()
    assert list(registry.movements) == ["bang-python", "chi-co-tep", "co-ma", "ma-va-tep"]
    infos = {plugin.name: plugin for plugin in registry.plugins}
    assert (infos["co_ma"].origin, infos["co_ma"].status, infos["co_ma"].movement_ids) == ("folder", "ok", ("co-ma",))
    assert infos["co_ma"].hooks == ("thidua_check_entry", "thidua_movements")
    assert infos["chi_co_tep"].hooks == ()


def test_only_the_owner_of_a_movement_is_asked(tmp_path: Path) -> None:
    make_plugin(tmp_path, "mot", CHECKING)
    make_plugin(tmp_path, "hai", RAISING)
    make_plugin(tmp_path, "ba", None)
    registry = load(tmp_path)
    expected = Finding(rule="ten", level="info", message="mot: Cải tiến máy sấy chè")
    assert registry.check_entry("mot", ENTRY, SEASON) == [expected]
    assert registry.check_entry(registry.movements["mot"], ENTRY, SEASON) == [expected]
    assert registry.check_entry("ba", ENTRY, SEASON) == []
    assert registry.check_entry("khong-co", ENTRY, SEASON) == []
    assert registry.owner("mot") == next(plugin for plugin in registry.plugins if plugin.name == "mot")
    assert registry.owner("khong-co") is None


@pytest.mark.parametrize("code", [RAISING, WRONG_ANSWER])
def test_a_check_that_fails_is_one_warning_with_the_name(
    tmp_path: Path, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    make_plugin(tmp_path, "hong", code)
    with caplog.at_level(logging.ERROR):
        found = load(tmp_path).check_entry("hong", ENTRY, SEASON)
    assert [(finding.rule, finding.level) for finding in found] == [("plugin", "warning")]
    assert "(hong)" in found[0].message
    assert "hong" in caplog.text
    assert "thidua_check_entry" in caplog.text


BROKEN = {
    "khong_nap_duoc": ("import khong_co_goi_nay", MINI, "import"),
    "dung_may": ("raise SystemExit(3)", MINI, "import"),
    "sai_cu_phap": ("def", MINI, "import"),
    "sai_ten_hook": (MISSPELT, MINI, "hooks"),
    "sai_tham_so": (UNKNOWN_ARGUMENT, MINI, "hooks"),
    "doi_ban_moi": (FROM_FILE + "THIDUA_API = (2, 0)", MINI, "api"),
    "khong_phong_trao": ('"""Nothing."""', None, "movements"),
    "hai_phong_trao": (TWO, MINI, "movements"),
    "thieu_tep": (FROM_FILE, None, "movements"),
    "tra_sai": (FROM_FILE.replace("[Path", "[str").replace("with_name", "format"), MINI, "movements"),
    "quy_tac_sai": (None, MINI.replace("max = 40", "max = 35"), "rules"),
    "toml_hong": (FROM_FILE, "format = ", "rules"),
    "sai_ten": (None, MINI.replace('"mini"', '"ten-khac"'), "identity"),
}


@pytest.mark.parametrize(("name", "broken"), BROKEN.items(), ids=list(BROKEN))
def test_a_broken_plugin_leaves_the_others_working(tmp_path: Path, name: str, broken: tuple) -> None:
    code, text, stage = broken
    make_plugin(tmp_path, "a_truoc", CHECKING)
    make_plugin(tmp_path, name, code, text)
    make_plugin(tmp_path, "z_sau", CHECKING)
    registry = load(tmp_path)
    assert list(registry.movements) == ["a-truoc", "z-sau"]
    assert stages(registry) == {name: stage}
    assert [plugin.status for plugin in registry.plugins if plugin.name == name] == ["failed"]
    assert registry.check_entry(name.replace("_", "-"), ENTRY, SEASON) == []
    assert len(registry.check_entry("z-sau", ENTRY, SEASON)) == 1


def test_bad_rules_come_with_all_their_problems(tmp_path: Path) -> None:
    make_plugin(tmp_path, "sai", None, MINI.replace("max = 40", "max = 35").replace("min = 50", "min = 90"))
    failure = load(tmp_path).failures[0]
    assert [problem.code for problem in failure.problems] == ["sum_mismatch", "bands_order"]
    assert "tổng điểm các mục con là 95" in str(failure)


def test_strict_loading_names_every_failure(tmp_path: Path) -> None:
    make_plugin(tmp_path, "tot")
    make_plugin(tmp_path, "sai_ten_hook", MISSPELT)
    make_plugin(tmp_path, "khong_nap_duoc", "import khong_co_goi_nay")
    with pytest.raises(PluginsFailed) as caught:
        load(tmp_path, strict=True)
    assert [failure.plugin for failure in caught.value.failures] == ["khong_nap_duoc", "sai_ten_hook"]
    assert "thidua_check_entri" in str(caught.value)
    assert "khong_co_goi_nay" in str(caught.value)


def test_a_data_folder_brings_rules_and_never_code(tmp_path: Path) -> None:
    data = tmp_path / "data"
    make_plugin(data, "cong-nhan-xanh", "raise SystemExit(3)")
    make_plugin(data, "khong_co_tep", "raise SystemExit(3)", None)
    registry = load(tmp_path / "plugins", movements_dir=data)
    assert list(registry.movements) == ["cong-nhan-xanh"]
    assert [(plugin.origin, plugin.hooks) for plugin in registry.plugins] == [("data", ())]


def test_the_first_of_two_equal_ids_stays(tmp_path: Path) -> None:
    make_plugin(tmp_path / "plugins", "mot_hai", CHECKING)
    make_plugin(tmp_path / "plugins", "mot-hai", None)
    make_plugin(tmp_path / "data", "mot_hai", None)
    registry = load(tmp_path / "plugins", movements_dir=tmp_path / "data")
    assert list(registry.movements) == ["mot-hai"]
    assert [(plugin.origin, plugin.name, plugin.status) for plugin in registry.plugins] == [
        ("folder", "mot-hai", "ok"),
        ("folder", "mot_hai", "failed"),
        ("data", "mot_hai", "failed"),
    ]
    assert {failure.stage for failure in registry.failures} == {"identity"}
    assert registry.check_entry("mot-hai", ENTRY, SEASON) == []


def test_an_installed_package_brings_a_movement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_plugin(tmp_path / "site", "goi_ngoai", CHECKING)
    monkeypatch.syspath_prepend(tmp_path / "site")
    points = [
        EntryPoint("goi_ngoai", "goi_ngoai", "thidua.movements"),
        EntryPoint("mat_roi", "khong_co_goi_nay", "thidua.movements"),
    ]
    monkeypatch.setattr(registry_module, "entry_points", lambda group: points if group == "thidua.movements" else [])
    registry = Registry.load(tmp_path / "plugins")
    assert list(registry.movements) == ["goi-ngoai"]
    assert stages(registry) == {"mat_roi": "import"}
    assert len(registry.check_entry("goi-ngoai", ENTRY, SEASON)) == 1


def test_a_plugin_may_import_its_own_modules(tmp_path: Path) -> None:
    folder = make_plugin(tmp_path, "co_mo_dun", FROM_FILE + "\nfrom .nguong import NGUONG\n__version__ = NGUONG\n")
    (folder / "nguong.py").write_text('NGUONG = "1.2"\n', "utf-8")
    registry = load(tmp_path, strict=True)
    assert [plugin.version for plugin in registry.plugins] == ["1.2"]


def test_the_shipped_folder_is_found_beside_the_core() -> None:
    registry = Registry.load(strict=True)
    folders = sorted(each.name for each in PLUGINS.iterdir() if (each / "movement.toml").is_file())
    assert [plugin.name for plugin in registry.plugins if plugin.origin == "folder"] == folders
    assert sorted(registry.movements) == sorted(name.replace("_", "-") for name in folders)


def test_a_finding_has_a_level_that_a_page_can_show() -> None:
    with pytest.raises(ValueError, match="level must be one of"):
        Finding(rule="r", level="error", message="m")  # type: ignore[arg-type]
