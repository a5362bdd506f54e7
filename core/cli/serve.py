"""`thidua serve`: the web server of an installation."""

from __future__ import annotations

import click


@click.command(epilog="Ví dụ: thidua serve --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ lắng nghe.")
@click.option("--port", default=8000, show_default=True, help="Cổng.")
def serve(host: str, port: int) -> None:
    """Chạy máy chủ web; cơ sở dữ liệu phải đã được nâng cấp (thidua db upgrade)."""
    from core.app import create_app
    from core.server import serve as run

    app = create_app()
    click.echo(f"thidua: http://{host}:{port}")
    run(app, host=host, port=port, threads=app.extensions["thidua_settings"].threads)
