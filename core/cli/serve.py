"""`thidua serve`: the web server of an installation."""

from __future__ import annotations

import click

from core.cli.context import is_taken

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@click.command(epilog="Ví dụ: thidua serve --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ lắng nghe.")
@click.option("--port", default=8000, show_default=True, help="Cổng.")
def serve(host: str, port: int) -> None:
    """Chạy máy chủ web; cơ sở dữ liệu phải đã được nâng cấp (thidua db upgrade)."""
    from core import installation
    from core.app import create_app
    from core.extensions import db
    from core.migrations import runner
    from core.server import serve as run

    app = create_app()
    with app.app_context():
        if runner.pending(db.engine):
            raise click.ClickException("Cơ sở dữ liệu chưa ở bản mới nhất. Chạy: thidua db upgrade")
        with db.engine.connect() as connection:
            found = installation.find(connection)
        if found is not None and found[0] == installation.DEMO and host not in LOOPBACK:
            raise click.ClickException("Đây là bản dùng thử: chỉ chạy được trên máy này (--host 127.0.0.1).")
        db.engine.dispose()
    if is_taken(host, port):
        raise click.ClickException(f"Cổng {port} đang có chương trình khác dùng. Thử: thidua serve --port {port + 1}")
    click.echo(f"thidua: http://{host}:{port}")
    run(app, host=host, port=port, threads=app.extensions["thidua_settings"].threads)
