"""`thidua doctor`: what an operator should know before the telephone rings."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: ok, warning or fault, and a sentence with the next act."""

    part: str
    level: str
    sentence: str


@click.command(epilog="Ví dụ: thidua doctor --json")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def doctor(as_json: bool) -> None:
    """Kiểm tra cấu hình, cơ sở dữ liệu, chỗ chứa tệp, phong trào; mã thoát 0 chỉ khi không có lỗi."""
    from core.cli.context import app_context

    with app_context() as app:
        found = [*_database(), *_folder(app), *_movements(app), *_rooms(app)]
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        for one in found:
            click.echo(f"{ {'ok': '✓', 'warning': '!', 'fault': '✗'}[one.level] } {one.part}: {one.sentence}")
    if any(one.level == "fault" for one in found):
        raise SystemExit(1)


def _database() -> list[Finding]:
    from core.extensions import db
    from core.migrations import runner

    try:
        waiting = runner.pending(db.engine)
    except Exception as error:  # Whatever the driver says is the answer to «why does it not start?».
        return [Finding("Cơ sở dữ liệu", "fault", f"không kết nối được ({error}). Kiểm tra THIDUA_DATABASE_URL.")]
    if waiting:
        return [Finding("Cơ sở dữ liệu", "fault", "chưa ở bản mới nhất. Chạy: thidua db upgrade")]
    return [Finding("Cơ sở dữ liệu", "ok", f"{db.engine.dialect.name}, đúng bản.")]


def _folder(app: Any) -> list[Finding]:
    settings = app.extensions["thidua_settings"]
    instance: Path = settings.instance
    found = []
    free = shutil.disk_usage(instance).free // (1024 * 1024)
    level = "ok" if free > 1024 else "warning"
    found.append(Finding("Ổ đĩa", level, f"còn trống {free} MB ở {instance}."))
    secret = instance / "secret.key"
    if secret.exists() and secret.stat().st_mode & 0o077:
        found.append(Finding("Khóa bí mật", "fault", f"người khác đọc được {secret}. Chạy: chmod 600 {secret}"))
    if settings.base_url.startswith("http://127.0.0.1"):
        found.append(
            Finding("Địa chỉ công khai", "warning", "mã QR sẽ trỏ về máy này. Đặt THIDUA_BASE_URL trước khi chạy thật.")
        )
    return found


def _movements(app: Any) -> list[Finding]:
    settings = app.extensions["thidua_settings"]
    plugins = app.extensions["thidua_registry"].plugins
    known = {plugin.name.replace("-", "_") for plugin in plugins} | set(settings.rooms)
    found = [
        Finding("THIDUA_DISABLED_PLUGINS", "warning", f"không có plugin nào tên «{name}». Kiểm tra lại tên.")
        for name in settings.disabled_plugins
        if name.replace("-", "_") not in known
    ]
    for plugin in plugins:
        part = f"Phong trào {plugin.name}"
        if plugin.off:
            setting = f"THIDUA_{plugin.off.upper()}"
            found.append(Finding(part, "warning", f"đang tắt do {setting}. Bỏ cài đặt này rồi khởi động lại để dùng."))
            continue
        if plugin.failure is None:
            found.append(Finding(part, "ok", f"dùng được ({', '.join(plugin.movement_ids)})."))
            found += [
                Finding(part, "warning", f"{warning.message} Đến lúc đó chưa mở được đợt xét mới.")
                for warning in plugin.warnings
            ]
            continue
        details = " ".join(problem.sentence for problem in plugin.failure.problems)
        found.append(Finding(part, "fault", f"{plugin.failure.message} {details}".strip()))
    return found


def _rooms(app: Any) -> list[Finding]:
    from core import rooms
    from core.extensions import db

    found = []
    for each, wrong in app.extensions["thidua_rooms"].states():
        part = f"Phần {each.name}"
        differing = [] if wrong else rooms.differences(db.engine, each)
        sentence = wrong or "; ".join(differing) or "đang mở."
        found.append(Finding(part, "fault" if wrong or differing else "ok", sentence))
    return found
