"""`thidua demo`: a whole province to try, on this machine only, in its own folder."""

from __future__ import annotations

import json
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from core.cli.context import is_taken

HOST = "127.0.0.1"
ROLES = {
    "worker": "Đoàn viên",
    "officer": "Cán bộ CĐCS",
    "upper_officer": "Cán bộ công đoàn xã",
    "judge": "Giám khảo",
    "organiser": "Ban tổ chức",
    "admin": "Quản trị hệ thống",
}


@click.command(epilog="Ví dụ: thidua demo --port 8080")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Cổng trên máy này.")
@click.option("--no-serve", is_flag=True, help="Chỉ dựng dữ liệu, không chạy máy chủ.")
@click.option("--json", "as_json", is_flag=True, help="In tài khoản dạng JSON cho chương trình khác đọc.")
def demo(port: int, no_serve: bool, as_json: bool) -> None:
    """Dựng (lần đầu) và chạy bản dùng thử: cây công đoàn Lai Châu, 30 sáng kiến, các đợt xét ở từng giai đoạn."""
    folder = Path(os.environ.get("THIDUA_INSTANCE") or Path("instance") / "demo").resolve()
    if not no_serve and is_taken(HOST, port):
        raise click.ClickException(f"Cổng {port} đang có chương trình khác dùng. Thử: thidua demo --port {port + 1}")
    app, summary, is_new = _prepared(folder, port)
    if as_json:
        click.echo(json.dumps({"url": f"http://{HOST}:{port}/", "new": is_new, **summary}, ensure_ascii=False))
    else:
        _print(summary, port, is_new=is_new, serves=not no_serve)
    if no_serve:
        return
    from core.server import serve

    sys.stdout.flush()
    serve(app, host=HOST, port=port, threads=app.extensions["thidua_settings"].threads)


def _settings(folder: Path, port: int) -> Any:
    from core.config import Settings
    from core.rooms import with_demo

    # A demonstration never touches another database or store than its own folder's.
    return Settings(
        instance=folder, database_url=f"sqlite:///{folder / 'thidua.sqlite3'}", storage_url=str(folder),
        base_url=f"http://{HOST}:{port}", trusted_hosts=[], proxies=0, rooms=with_demo(Settings()),
    )  # fmt: skip


def _prepared(folder: Path, port: int) -> tuple[Any, dict[str, Any], bool]:
    """Return the application, what to print, and whether the data were built just now."""
    from core import installation, rooms
    from core.app import create_app
    from core.extensions import db
    from core.migrations import runner

    folder.mkdir(parents=True, exist_ok=True)
    note = folder / "demo.json"
    app = create_app(_settings(folder, port))
    with app.app_context():
        with db.engine.connect() as connection:
            found = installation.find(connection)
            is_empty = found is None and installation.is_blank(connection)
        if found == (installation.DEMO, True) and note.is_file():
            runner.upgrade(db.engine)
            rooms.upgrade(db.engine, app.extensions["thidua_rooms"].found)
            return app, json.loads(note.read_text(encoding="utf-8")), False
        if not is_empty and (found is None or found[0] != installation.DEMO):
            raise click.ClickException(
                f"Thư mục {folder} đang chứa dữ liệu thật, bản dùng thử không ghi vào đó. "
                "Đặt THIDUA_INSTANCE sang một thư mục trống rồi chạy lại."
            )
        db.session.remove()
        db.engine.dispose()
    return _build(folder, port, note)


def _build(folder: Path, port: int, note: Path) -> tuple[Any, dict[str, Any], bool]:
    """Build from nothing; what an interrupted build left behind is cleared first."""
    from core import installation, rooms
    from core.app import create_app
    from core.demo.build import build
    from core.extensions import db
    from core.migrations import runner

    for left in (*folder.glob("thidua.sqlite3*"), note):
        left.unlink(missing_ok=True)
    shutil.rmtree(folder / "files", ignore_errors=True)
    click.echo("Đang dựng bản dùng thử…", err=True)
    app = create_app(_settings(folder, port))
    at = datetime.now(UTC)
    with app.app_context():
        runner.upgrade(db.engine)
        rooms.upgrade(db.engine, app.extensions["thidua_rooms"].found)
        with db.engine.begin() as connection:
            installation.declare(connection, installation.DEMO, at=at, ready=False)
        made = build(app, at=at)
        summary = {"accounts": made.accounts, "password": made.password}
        note.write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
        with db.engine.begin() as connection:
            installation.finish(connection, at=at)
        db.session.remove()
    return app, summary, True


def _print(summary: dict[str, Any], port: int, *, is_new: bool, serves: bool) -> None:
    click.echo("Bản dùng thử đã sẵn sàng." if is_new else "Bản dùng thử có sẵn, dữ liệu giữ như lần trước.")
    click.echo(f"\n  Địa chỉ:   http://{HOST}:{port}/\n  Mật khẩu:  {summary['password']} (chung cho mọi tài khoản)\n")
    for account in summary["accounts"]:
        role = ROLES.get(account["role"], account["role"])
        click.echo(f"  {role:<22} {account['phone']}   {account['name']}, {account['unit']}")
    click.echo("\nNhấn Ctrl+C để dừng." if serves else "\nChạy máy chủ: thidua demo")
