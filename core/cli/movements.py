"""`thidua movements …`: what is installed, whether rules are sound, whether the engine still gives what it gave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from core.cli.movements_new import new

NOT_FOUND = "Không có tệp hay phong trào nào mang tên này. Xem các mã bằng: thidua movements list."


@click.group(epilog="Ví dụ: thidua movements check phong-trao/movement.toml")
def movements() -> None:
    """Phong trào: làm mới, liệt kê, kiểm tra, khóa quy tắc, chạy lại ví dụ đã giải thích."""


movements.add_command(new)


@movements.command("list", epilog="Ví dụ: thidua movements list --json")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def list_movements(as_json: bool) -> None:
    """Liệt kê phong trào đang dùng và phong trào bị hỏng; mã thoát 0 chỉ khi không có gì hỏng."""
    from core.scoring.canonical import digest

    registry = _registry()
    rows: list[dict[str, Any]] = []
    for plugin in registry.plugins:
        row: dict[str, Any] = {"plugin": plugin.name, "origin": plugin.origin, "status": plugin.status}
        movement = registry.find(plugin.movement_ids[0]) if plugin.movement_ids else None
        if movement is not None:
            row |= {"id": movement.id, "title": movement.title, "rules_version": movement.rules_version}
            row |= {"sha256": digest(movement), "hooks": list(plugin.hooks)}
            row["warnings"] = [{"stage": each.stage, "message": each.message} for each in plugin.warnings]
        elif plugin.failure is not None:
            row |= {"stage": plugin.failure.stage, "message": str(plugin.failure)}
        elif plugin.off:
            row["setting"] = f"THIDUA_{plugin.off.upper()}"
        rows.append(row)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for row in rows:
            if row["status"] == "ok":
                click.echo(f"{row['id']}  bản {row['rules_version']}  {row['title']}")
                for warning in row["warnings"]:
                    click.echo(f"  !  {warning['message']}")
            elif row["status"] == "off":
                click.echo(f"TẮT   {row['plugin']}: do {row['setting']}. Bỏ cài đặt này rồi chạy lại để dùng.")
            else:
                click.echo(f"HỎNG  {row['message']}")
        if not rows:
            click.echo("Chưa có phong trào nào. Đặt thư mục có movement.toml vào plugins/.")
    if registry.failures:
        raise SystemExit(1)


@movements.command(epilog="Ví dụ: thidua movements check phong-trao/movement.toml plugins/lao_dong lao-dong")
@click.argument("names", nargs=-1, required=True, metavar="TỆP_THƯ_MỤC_HOẶC_MÃ…")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
@click.option("--rules-only", is_flag=True, help="Chỉ kiểm tra quy tắc, không chạy bộ kiểm tra của plugin.")
def check(names: tuple[str, ...], as_json: bool, rules_only: bool) -> None:
    """Kiểm tra phong trào. Tệp: quy tắc. Thư mục hoặc mã phong trào đã cài: quy tắc và toàn bộ yêu cầu với plugin."""
    results = []
    for name in names:
        result = _check_one(name)
        if not rules_only and (result["ok"] or result["problems"][0]["code"] != "not_found"):
            result |= _check_kit(name)
        results.append(result)
        if not as_json:
            _tell(result)
    if as_json:
        click.echo(json.dumps(results, ensure_ascii=False))
    if not all(result["ok"] for result in results):
        raise SystemExit(1)


def _tell(result: dict[str, Any]) -> None:
    name = result["name"]
    for problem in result["problems"]:
        line = f"dòng {problem['line']}" if problem.get("line") else "-"
        click.echo("  ".join((name, line, problem["code"], problem["place"] or "-", problem["sentence"])))
    outcomes = result.get("kit", ())
    for outcome in outcomes:
        if outcome["state"] == "skipped":
            click.echo(f"{name}  {outcome['id']}  bỏ qua: {outcome['reason']}")
        for flaw in outcome["flaws"]:
            click.echo(f"{name}  {outcome['id']}  {flaw['place'] or '-'}  {flaw['sentence']}")
    if result["ok"]:
        kept = sum(outcome["state"] == "ok" for outcome in outcomes)
        said = f" Đạt {kept} yêu cầu với plugin." if outcomes else ""
        click.echo(f"{name}: dùng được. sha256 {result['sha256']}{said}")


@movements.command(epilog="Ví dụ: thidua movements vectors tests/scoring/vectors/golden.jsonl")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="TỆP.jsonl")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def vectors(file: Path, as_json: bool) -> None:
    """Chạy lại ví dụ đã giải thích; in từng chỗ khác, mã thoát 0 chỉ khi không khác chỗ nào."""
    from core.config import Settings
    from core.registry import Registry
    from core.scoring.vectors import replay_file

    scorers = {key: one.scorer for key, one in Registry.of_settings(Settings()).scorers.items()}
    try:
        replayed = replay_file(file, scorers)
    except UnicodeDecodeError as error:
        raise click.ClickException("Tệp không phải văn bản UTF-8. Lưu lại tệp ở bảng mã UTF-8 rồi chạy lại.") from error
    wrong = [each for each in replayed if each.differences]
    if as_json:
        click.echo(
            json.dumps(
                {"total": len(replayed), "differing": len(wrong), "vectors": [each.as_dict() for each in replayed]},
                ensure_ascii=False,
            )
        )
    else:
        for each in wrong:
            for difference in each.differences:
                click.echo(f"{each.id}  {difference}")
        click.echo(f"{len(replayed)} ví dụ, {len(wrong)} khác.")
    if wrong or not replayed:
        raise SystemExit(1)


@movements.command(epilog="Ví dụ: thidua movements lock plugins/cong_nhan_xanh")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="THƯ_MỤC")
def lock(folder: Path) -> None:
    """Ghi quy tắc của phiên bản hiện tại vào rules.lock; không bao giờ sửa dòng đã ghi."""
    from core.scoring.lock import LOCK_FILE, append_lock, check_lock

    subject = _found(str(folder))
    if subject is None or subject.movement is None:
        raise click.ClickException(f"Chưa đọc được phong trào. Chạy: thidua movements check {folder}")
    path = subject.folder / LOCK_FILE
    before = check_lock(subject.movement, path)
    if append_lock(subject.movement, path).is_broken:
        raise click.ClickException(before.sentence)
    done = "đã ghi từ trước" if before.state == "locked" else "đã ghi"
    click.echo(f"{path}: phiên bản {subject.movement.rules_version} {done}.")


@movements.command(epilog="Ví dụ: thidua movements export cong-nhan-xanh --excel cong-nhan-xanh.xlsx")
@click.argument("name", metavar="TỆP_HOẶC_MÃ")
@click.option("--toml", "toml", type=click.Path(dir_okay=False, path_type=Path), help="Ghi movement.toml vào tệp này.")
@click.option("--excel", "excel", type=click.Path(dir_okay=False, path_type=Path), help="Ghi sổ Excel vào tệp này.")
def export(name: str, toml: Path | None, excel: Path | None) -> None:
    """Xuất quy tắc của phong trào thành movement.toml hoặc Excel; không nói tệp thì in TOML ra màn hình."""
    from core.doors.excel import to_workbook
    from core.doors.toml_text import to_toml

    movement = _movement_named(name)
    if excel is not None:
        excel.write_bytes(to_workbook(movement))
        click.echo(f"Đã ghi {excel}. Sửa bằng Excel rồi chạy: thidua movements import {excel} --toml movement.toml")
    if toml is not None:
        toml.write_text(to_toml(movement), encoding="utf-8")
        click.echo(f"Đã ghi {toml}. Kiểm tra bằng: thidua movements check {toml}")
    if toml is None and excel is None:
        click.echo(to_toml(movement), nl=False)


@movements.command("import", epilog="Ví dụ: thidua movements import cong-nhan-xanh.xlsx --toml movement.toml")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="TỆP.xlsx")
@click.option("--toml", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Ghi vào tệp này.")
def import_workbook(file: Path, toml: Path) -> None:
    """Đọc sổ Excel của một phong trào thành movement.toml; còn chỗ sai thì in từng ô và không ghi gì."""
    from core.doors.excel import read_workbook
    from core.doors.toml_text import to_toml
    from core.scoring.canonical import digest

    reading = read_workbook(file.read_bytes())
    if reading.movement is None:
        for problem in reading.problems:
            click.echo(f"{problem.code}  {problem.place or '-'}  {problem.sentence}")
        raise SystemExit(1)
    toml.write_text(to_toml(reading.movement), encoding="utf-8")
    click.echo(f"Đã ghi {toml}. sha256 {digest(reading.movement)}")


def _rules_file(name: str) -> Path | None:
    """Return the file that a name on the command line means: itself, or `movement.toml` in that folder."""
    path = Path(name)
    if path.is_dir():
        path /= "movement.toml"
    return path if path.is_file() else None


def _movement_named(name: str) -> Any:
    """Return the sound movement of a file, a folder or an id.

    :raise click.ClickException: there is none, or it has problems.
    """
    from core.scoring.misuse import MovementRefused
    from core.scoring.reading import load_movement

    path = _rules_file(name)
    try:
        movement = load_movement(path) if path else _registry().find(name)
    except MovementRefused as error:
        raise click.ClickException(f"{error}\nXem từng chỗ bằng: thidua movements check {name}") from error
    if movement is None:
        raise click.ClickException(NOT_FOUND)
    return movement


def _registry() -> Any:
    """Return the movements in use, found as the web finds them; no database is opened."""
    import logging

    from core.config import Settings
    from core.registry import Registry

    # The command prints every failure itself; the log would say it a second time.
    logging.getLogger("core.registry").addHandler(logging.NullHandler())
    return Registry.of_settings(Settings())


def _check_one(name: str) -> dict[str, Any]:
    """Check a file, a folder with a `movement.toml`, or the id of a movement that is installed."""
    from core.doors.problems import toml_problems
    from core.scoring.canonical import digest
    from core.scoring.reading import read_toml

    path = _rules_file(name)
    if path is None:
        return _check_installed(name)
    content = path.read_bytes()
    reading = read_toml(content)
    if reading.movement is None:
        found = toml_problems(content.decode("utf-8-sig", "replace"), reading)
        problems = [
            {"code": each.code, "place": each.place, "line": each.line, "sentence": each.sentence} for each in found
        ]
        return {"name": name, "ok": False, "problems": problems}
    return {"name": name, "ok": True, "sha256": digest(reading.movement), "problems": []}


def _check_installed(name: str) -> dict[str, Any]:
    from core.scoring.canonical import digest

    registry = _registry()
    movement = registry.find(name)
    if movement is not None:
        return {"name": name, "ok": True, "sha256": digest(movement), "problems": []}
    failure = next((each for each in registry.failures if each.plugin.replace("_", "-") == name), None)
    if failure is not None:
        stage = {"code": failure.stage, "place": failure.plugin, "sentence": failure.message}
        return {"name": name, "ok": False, "problems": [stage, *(each.as_dict() for each in failure.problems)]}
    return {"name": name, "ok": False, "problems": [{"code": "not_found", "place": "", "sentence": NOT_FOUND}]}


def _found(name: str) -> Any:
    """Return a folder's or an installed plugin as the kit looks at it, None where there is none."""
    import logging

    from core.config import Settings
    from core.testing.subject import NoSuchPlugin, find, find_installed

    logging.getLogger("core.registry").addHandler(logging.NullHandler())
    settings = Settings()
    try:
        if Path(name).is_dir():
            return find(name, movements_dir=settings.movements_dir)
        return find_installed(name, settings.plugins_dir, settings.movements_dir)
    except NoSuchPlugin:
        return None


def _check_kit(name: str) -> dict[str, Any]:
    """Ask everything of a folder or an installed plugin; a bare file has only rules."""
    from core.testing.requirements import run

    subject = None if Path(name).is_file() else _found(name)
    if subject is None:
        return {}
    outcomes = [outcome.as_dict() for outcome in run(subject)]
    # What the rules lack stands among the problems already.
    rest = [o for o in outcomes if o["id"] != "loads" or subject.failure is None or not subject.failure.problems]
    is_sound = all(outcome["state"] in {"ok", "skipped"} for outcome in outcomes)
    return {"kit": rest} | ({} if is_sound else {"ok": False})
