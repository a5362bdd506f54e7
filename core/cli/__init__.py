"""The command line: `thidua …`; each group of commands in a file of its own, imported only when it is asked for."""

from __future__ import annotations

import importlib

import click

# command: (module, attribute, one line of help). Kept as text so that `thidua --help` answers at once.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "audit": ("core.cli.audit", "audit", "Nhật ký: chốt và kiểm tra chuỗi."),
    "db": ("core.cli.database", "database", "Cơ sở dữ liệu: nâng cấp, hạ cấp, kiểm tra."),
    "demo": ("core.cli.demo", "demo", "Dựng và chạy bản dùng thử trên máy này."),
    "doctor": ("core.cli.doctor", "doctor", "Kiểm tra cấu hình, dữ liệu, phong trào."),
    "movements": ("core.cli.movements", "movements", "Phong trào: liệt kê, kiểm tra, chạy lại ví dụ."),
    "results": ("core.cli.results", "results", "Kết quả: tính lại và đối chiếu."),
    "season": ("core.cli.season", "season", "Đợt xét: xếp hạng từ tệp, xem, dời hạn."),
    "serve": ("core.cli.serve", "serve", "Chạy máy chủ web."),
    "user": ("core.cli.user", "user", "Tài khoản: thêm người quản trị."),
}


class LazyGroup(click.Group):
    """A group that imports a command only when it runs or shows its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None where the name is unknown."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list from the table, without importing anything."""
        with formatter.section("Lệnh"):
            formatter.write_dl([(name, COMMANDS[name][2]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, epilog="Ví dụ: thidua demo")
@click.version_option(package_name="thidua", prog_name="thidua")
def main() -> None:
    """Thi đua: từ điện thoại của người lao động đến tờ giấy khen."""
