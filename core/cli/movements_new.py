"""`thidua movements new`: asks in Vietnamese on a terminal, nothing without one, and writes a folder that is sound."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from core.scaffold.plan import Plan

SUBJECTS = {"1": "initiative", "2": "person", "3": "collective"}
FORBIDDEN = '"\\`|'
LONGEST_TITLE = 120


@click.command(epilog='Ví dụ: thidua movements new "Công nhân xanh" --defaults')
@click.argument("title", required=False, metavar="[TÊN]")
@click.option("--python", "with_python", is_flag=True, help="Thêm mã Python với cả hai hook.")
@click.option("--from", "source", metavar="MÃ", help="Chép từ phong trào đã cài, giữ mọi tên gọi bên trong.")
@click.option("--package", "as_package", is_flag=True, help="Làm thành gói cài riêng, có pyproject.toml.")
@click.option("--defaults", is_flag=True, help="Không hỏi gì, dùng giá trị khởi tạo.")
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), metavar="THƯ_MỤC", help="Ghi vào thư mục này."
)
def new(
    title: str | None, with_python: bool, source: str | None, as_package: bool, defaults: bool, into: Path | None
) -> None:
    """Làm một phong trào mới: thư mục đủ quy tắc, ví dụ chấm, README và bài kiểm tra, chạy được ngay."""
    from core.config import Settings
    from core.scaffold import writing

    asks = not defaults and sys.stdin.isatty()
    settings = Settings()
    plan = _plan(_title(title, asks), source, settings, asks=asks)
    if source is None:
        made = writing.folder_of(plan, with_python=with_python)
    else:
        made = _copied(plan, source, settings, with_python=with_python)
    parent = _parent(settings, into, with_python=with_python, as_package=as_package)
    if as_package:
        target, inside = parent / f"thidua-{plan.slug}", Path(plan.module)
        made = writing.package_of(plan, made)
    else:
        target, inside = parent / plan.module, Path()
        made = writing.with_test(plan, made)
    try:
        writing.write(target, made)
    except FileExistsError as error:
        raise click.ClickException(f"{target} đã có. Đặt tên khác, hoặc dời thư mục đó đi.") from error
    except OSError as error:
        raise click.ClickException(
            f"Không ghi được vào {parent} ({error.strerror}). Chọn chỗ khác bằng --into."
        ) from error
    _next_steps(target, inside, as_package=as_package)


def _title(given: str | None, asks: bool) -> str:
    from core.vietnamese.text import clean_line

    if given is None and not asks:
        raise click.UsageError('Ghi tên phong trào, ví dụ: thidua movements new "Công nhân xanh"')
    title = clean_line(given if given is not None else click.prompt("Tên phong trào"))
    if not title or len(title) > LONGEST_TITLE or set(FORBIDDEN) & set(title):
        raise click.ClickException(f"Tên phong trào từ 1 đến {LONGEST_TITLE} chữ, không dùng các dấu {FORBIDDEN}")
    return title


def _plan(title: str, source: str | None, settings: Any, *, asks: bool) -> Plan:
    from core.registry import candidates
    from core.scaffold.naming import refused, slug_of
    from core.scaffold.plan import DEFAULT_CRITERIA, Plan

    slug = slug_of(title)
    said = refused(slug, {one.movement_id for one in candidates(settings.plugins_dir, settings.movements_dir)})
    if said:
        raise click.ClickException(said)
    year = date.today().year  # noqa: DTZ011  # The year that the person at the keyboard reads on the wall.
    if source is not None or not asks:
        return Plan(slug, title, year)
    subject = _ask_subject()
    criteria = _ask_criteria(DEFAULT_CRITERIA[subject])
    return Plan(slug, title, year, subject, criteria, _ask_pass_mark())  # type: ignore[arg-type]


def _ask_subject() -> str:
    click.echo("Xét khen ai?  1: sáng kiến, giải pháp   2: cá nhân   3: tập thể")
    return SUBJECTS[click.prompt("Chọn", type=click.Choice(list(SUBJECTS)), default="1", show_choices=False)]


def _ask_criteria(usual: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """Ask until the points sum to a hundred; an empty first answer takes the usual ones."""
    from core.scaffold.plan import WHOLE
    from core.vietnamese.text import clean_line

    shown = ", ".join(f"{title} {points}" for title, points in usual)
    click.echo(f"Các tiêu chí chấm, cộng đúng {WHOLE} điểm. Bỏ trống ngay từ đầu thì dùng: {shown}.")
    found: list[tuple[str, int]] = []
    while (left := WHOLE - sum(points for _title, points in found)) > 0:
        name = clean_line(click.prompt(f"Tiêu chí {len(found) + 1} (còn {left} điểm)", default="", show_default=False))
        if not name and not found:
            return usual
        if not name or set(FORBIDDEN) & set(name):
            click.echo(f"Gõ tên tiêu chí, không dùng các dấu {FORBIDDEN}")
            continue
        points = click.prompt(f"Điểm tối đa của «{name}»", type=click.IntRange(1, left), default=left)
        found.append((name, points))
    return tuple(found)


def _ask_pass_mark() -> int:
    from core.scaffold.plan import PASS_MARKS

    within = click.IntRange(PASS_MARKS[0], PASS_MARKS[-1])
    mark: int = click.prompt("Từ bao nhiêu điểm là đạt", type=within, default=50)
    return mark


def _copied(plan: Plan, source: str, settings: Any, *, with_python: bool) -> dict[str, str]:
    from core.scaffold.writing import copy_of
    from core.testing.subject import NoSuchPlugin, find_installed

    try:
        subject = find_installed(source, settings.plugins_dir, settings.movements_dir)
    except NoSuchPlugin as error:
        raise click.ClickException(f"Chưa cài phong trào «{source}». Xem các mã bằng: thidua movements list") from error
    if subject.movement is None:
        raise click.ClickException(f"Phong trào «{source}» đang hỏng. Chạy: thidua movements check {source}")
    made = copy_of(plan, subject.folder, subject.movement, with_python=with_python)
    if subject.sources and not with_python:
        click.echo("Chỉ chép quy tắc. Muốn chép cả phần mã thì thêm --python.")
    return made


def _parent(settings: Any, into: Path | None, *, with_python: bool, as_package: bool) -> Path:
    """Return the folder in which the new one is made: code never comes to stand among data."""
    from core.config import ROOT

    data: Path | None = settings.movements_dir
    is_checkout = (ROOT / "pyproject.toml").is_file()
    if into is not None:
        parent = into
    elif as_package:
        parent = Path.cwd()
    elif is_checkout or settings.plugins_dir != ROOT / "plugins":
        parent = settings.plugins_dir
    elif data is not None and not with_python:
        parent = data
    else:
        raise click.ClickException(
            "Không có bản mã nguồn để ghi vào plugins/. Dùng --package, hoặc --into THƯ_MỤC"
            + (", hoặc đặt THIDUA_MOVEMENTS_DIR." if not with_python else ".")
        )
    if with_python and data is not None and parent.resolve() == data.resolve():
        raise click.ClickException(
            "Thư mục dữ liệu không chạy mã Python. Bỏ --python, hoặc chọn thư mục khác bằng --into."
        )
    return parent


def _next_steps(target: Path, inside: Path, *, as_package: bool) -> None:
    rules = target / inside
    click.echo(f"Đã làm {target}. Ba bước tiếp theo:")
    click.echo(f"1. Sửa {rules / 'movement.toml'} theo văn bản của đơn vị; ghi nguồn vào {rules / 'README.md'}.")
    click.echo(f"2. Kiểm tra: thidua movements check {rules}")
    click.echo("   Chưa mở đợt nào mà sửa quy tắc: xóa rules.lock rồi chạy thidua movements lock với thư mục này.")
    if as_package:
        click.echo(f"3. Cài: pip install -e {target}, khởi động lại máy chủ, rồi mở đợt xét.")
    else:
        click.echo("3. Khởi động lại máy chủ, rồi mở đợt xét ở trang Đợt xét.")
