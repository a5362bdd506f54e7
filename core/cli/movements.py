"""`thidua movements …`: what is installed, whether rules are sound, whether the engine still gives what it gave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

NOT_FOUND = "Không có tệp hay phong trào nào mang tên này. Xem các mã bằng: thidua movements list."


@click.group(epilog="Ví dụ: thidua movements check phong-trao/movement.toml")
def movements() -> None:
    """Phong trào: liệt kê, kiểm tra quy tắc, chạy lại ví dụ đã giải thích."""


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
        elif plugin.failure is not None:
            row |= {"stage": plugin.failure.stage, "message": str(plugin.failure)}
        rows.append(row)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for row in rows:
            if row["status"] == "ok":
                click.echo(f"{row['id']}  bản {row['rules_version']}  {row['title']}")
            else:
                click.echo(f"HỎNG  {row['message']}")
        if not rows:
            click.echo("Chưa có phong trào nào. Đặt thư mục có movement.toml vào plugins/.")
    if registry.failures:
        raise SystemExit(1)


@movements.command(epilog="Ví dụ: thidua movements check phong-trao/movement.toml lao-dong")
@click.argument("names", nargs=-1, required=True, metavar="TỆP_HOẶC_MÃ…")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def check(names: tuple[str, ...], as_json: bool) -> None:
    """Kiểm tra quy tắc của phong trào: in mọi chỗ sai kèm dòng, mã, vị trí và cách sửa."""
    results = [_check_one(name) for name in names]
    if as_json:
        click.echo(json.dumps(results, ensure_ascii=False))
    else:
        for result in results:
            if result["ok"]:
                click.echo(f"{result['name']}: dùng được. sha256 {result['sha256']}")
            for problem in result["problems"]:
                line = f"dòng {problem['line']}" if problem.get("line") else "-"
                told = (result["name"], line, problem["code"], problem["place"] or "-", problem["sentence"])
                click.echo("  ".join(told))
    if not all(result["ok"] for result in results):
        raise SystemExit(1)


@movements.command(epilog="Ví dụ: thidua movements vectors tests/scoring/vectors/golden.jsonl")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="TỆP.jsonl")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def vectors(file: Path, as_json: bool) -> None:
    """Chạy lại ví dụ đã giải thích; in từng chỗ khác, mã thoát 0 chỉ khi không khác chỗ nào."""
    from core.scoring.vectors import replay_file

    replayed = replay_file(file)
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


@movements.command(epilog="Ví dụ: thidua movements export cong-nhan-xanh --toml movement.toml")
@click.argument("name", metavar="TỆP_HOẶC_MÃ")
@click.option("--toml", "target", type=click.Path(dir_okay=False, path_type=Path), help="Ghi vào tệp này.")
def export(name: str, target: Path | None) -> None:
    """Xuất quy tắc của phong trào thành movement.toml; không nói tệp thì in ra màn hình."""
    from core.doors.toml_text import to_toml

    text = to_toml(_movement_named(name))
    if target is None:
        click.echo(text, nl=False)
        return
    target.write_text(text, encoding="utf-8")
    click.echo(f"Đã ghi {target}. Kiểm tra bằng: thidua movements check {target}")


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
    settings = Settings()
    return Registry.load(plugins_dir=settings.plugins_dir, movements_dir=settings.movements_dir)


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
