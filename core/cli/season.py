"""`thidua season …`: rank a season from one file without a database; list, show, and extend the seasons kept here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from core.cli.season_file import Line, SeasonFile
    from core.seasons.models import Season


@click.group(epilog="Ví dụ: thidua season rank docs/examples/season.toml")
def season() -> None:
    """Đợt xét: xếp hạng từ tệp, xem, dời hạn."""


@season.command("rank", epilog="Ví dụ: thidua season rank docs/examples/season.toml --json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="TỆP.toml")
@click.option("--json", "as_json_text", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def rank_file(file: Path, as_json_text: bool) -> None:
    """Chấm và xếp hạng cả đợt ghi trong một tệp TOML; không dùng cơ sở dữ liệu."""
    from core.cli.season_file import SeasonFileRefused, as_json, rank_season, read_season
    from core.config import Settings
    from core.registry import Registry
    from core.scoring.misuse import MovementRefused
    from core.scoring.scorers import ScorerFailed

    registry = Registry.of_settings(Settings())
    try:
        found = read_season(file, registry.find)
    except (SeasonFileRefused, MovementRefused) as refused:
        for problem in refused.problems:
            click.echo(problem.sentence, err=True)
        raise SystemExit(1) from None
    own = registry.newest_scorer(found.movement, found.rules.sheet.id)
    try:
        lines = rank_season(found, own)
    except ScorerFailed as failed:
        raise click.ClickException(f"Hàm chấm riêng {failed.scorer} hỏng: {failed.reason}") from failed
    if as_json_text:
        click.echo(json.dumps(as_json(found, lines), ensure_ascii=False))
        return
    movement = found.movement
    click.echo(f"{found.title}: {found.rules.sheet.title} ({movement.id}, bản quy tắc {movement.rules_version})")
    click.echo(
        _table(("Hạng", "Mã", "Tên", "Tổng", "Xếp loại", "Giải", "Ghi chú"), [_row(found, one) for one in lines])
    )


def _row(found: SeasonFile, line: Line) -> tuple[str, ...]:
    from core.judging.words import outcome_text, reason_text
    from core.vietnamese.numbers import format_number

    sheet, result = found.rules.sheet, line.score
    bands = {band.id: band.title for band in sheet.bands}
    tiers = {tier.id: tier.title for tier in sheet.tiers}
    notes = [] if result.status == "passed" else [outcome_text(result.status)]
    notes += [reason_text(reason, found.rules) for reason in (*result.reasons, *line.placed.reasons)]
    return (
        "–" if line.placed.rank is None else str(line.placed.rank),
        line.entry.id,
        line.entry.title,
        "–" if result.total is None else format_number(result.total),
        bands.get(result.band or "", "–"),
        tiers.get(line.placed.tier or "", "–"),
        "; ".join(dict.fromkeys(notes)),
    )


@season.command("list", epilog="Ví dụ: thidua season list --json")
@click.option("--json", "as_json_text", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def list_seasons(as_json_text: bool) -> None:
    """Liệt kê các đợt xét, năm mới nhất trước."""
    import sqlalchemy as sa

    from core.cli.context import app_context
    from core.db import reading
    from core.extensions import db
    from core.seasons.models import Season

    with app_context(), reading():
        found = db.session.scalars(sa.select(Season).order_by(Season.year.desc(), Season.id.desc())).unique().all()
        rows = [_facts(each) for each in found]
        if as_json_text:
            click.echo(json.dumps(rows, ensure_ascii=False))
        elif rows:
            heads = ("Mã địa chỉ", "Chữ đầu", "Năm", "Bước", "Hạn nộp", "Tên")
            keys = ("public_id", "code_prefix", "year", "phase_text", "closes_text", "title")
            click.echo(_table(heads, [tuple(str(row[key]) for key in keys) for row in rows]))
        else:
            click.echo("Chưa có đợt xét nào.")


@season.command("show", epilog="Ví dụ: thidua season show LDST-2026")
@click.argument("code", metavar="MÃ")
@click.option("--json", "as_json_text", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def show(code: str, as_json_text: bool) -> None:
    """Xem một đợt xét: bước, các mốc, mã kiểm tra quy tắc. MÃ là mã địa chỉ, hoặc chữ đầu và năm (LDST-2026)."""
    from datetime import UTC, datetime

    from core.cli.context import app_context
    from core.db import reading
    from core.seasons import queries, words
    from core.vietnamese.dates import format_instant

    with app_context(), reading():
        found = _find(code)
        row = _facts(found)
        steps = queries.timeline(found, datetime.now(UTC))
        if as_json_text:
            row["timeline"] = [
                {"kind": step.kind, "at": step.at.isoformat(), "document": step.document, "reason": step.note}
                for step in steps
            ]
            click.echo(json.dumps(row, ensure_ascii=False))
            return
        click.echo(f"{row['title']} ({row['code_prefix']}, năm {row['year']})")
        click.echo(f"Đơn vị tổ chức: {row['owner']}")
        click.echo(f"Bước: {row['phase_text']}")
        for step in steps:
            text = words.extension_line(step.at, step.document) if step.kind == "extension" else ""
            click.echo(text or f"{words.milestone_title(step.kind)}: {format_instant(step.at)}")
        click.echo(f"Mã kiểm tra quy tắc (SHA-256): {row['sha256'] or 'chưa chốt'}")


@season.command(
    "set-deadline",
    epilog='Ví dụ: thidua season set-deadline LDST-2026 "17:00 20/05/2026" '
    '--reason "Mưa lũ" --document "Công văn 45/CV-LĐLĐ"',
)
@click.argument("code", metavar="MÃ")
@click.argument("moment", metavar="GIỜ_NGÀY")
@click.option("--reason", required=True, help="Lý do, công khai cùng hạn mới.")
@click.option("--document", required=True, help="Số văn bản gia hạn, công khai cùng hạn mới.")
def set_deadline(code: str, moment: str, reason: str, document: str) -> None:
    """Gia hạn nộp hồ sơ đến GIỜ_NGÀY, giờ Việt Nam."""
    from datetime import UTC, datetime

    from core.accounts.rules import SYSTEM
    from core.cli.context import app_context
    from core.errors import DomainError
    from core.extensions import db
    from core.seasons import service, words
    from core.web.sentences import say

    with app_context():
        found = _find(code)
        closes_at = _moment(moment)
        try:
            service.extend_deadline(
                found, closes_at=closes_at, reason=reason, document=document, actor=SYSTEM, at=datetime.now(UTC)
            )
        except DomainError as refused:
            raise click.ClickException(say(refused)) from None
        db.session.commit()
        click.echo(words.extension_line(closes_at, document))


def _find(code: str) -> Season:
    """Return the season of a public id, or of letters and year («LDST-2026»)."""
    import sqlalchemy as sa

    from core.extensions import db
    from core.seasons.models import Season

    prefix, _dash, year = code.strip().upper().rpartition("-")
    named = sa.and_(Season.code_prefix == prefix, Season.year == int(year)) if year.isdecimal() else sa.false()
    query = sa.select(Season).where(sa.or_(Season.public_id == code.strip().lower(), named))
    found = db.session.scalars(query).unique().all()
    if len(found) != 1:
        raise click.ClickException(f"Không có đợt xét «{code}». Xem mã bằng: thidua season list.")
    return found[0]


def _moment(text: str) -> Any:
    """Return the instant of «17:00 20/05/2026» or «17:00, 20/05/2026»."""
    from core.vietnamese.dates import (
        DateImpossible,
        DateNotUnderstood,
        TimeNotUnderstood,
        from_local,
        parse_date,
        parse_time,
    )

    hour, _blank, day = text.strip().replace(",", " ").partition(" ")
    try:
        return from_local(parse_date(day), parse_time(hour))
    except (DateImpossible, DateNotUnderstood, TimeNotUnderstood):
        raise click.BadParameter("Viết giờ rồi ngày, ví dụ 17:00 20/05/2026.", param_hint="GIỜ_NGÀY") from None


def _facts(found: Season) -> dict[str, Any]:
    from datetime import UTC, datetime

    from core.seasons import words
    from core.vietnamese.dates import format_instant

    phase_text, _kind = words.phase_chip(
        found.phase, found.opens_at, found.closes_at, datetime.now(UTC), is_insider=True
    )
    return {
        "public_id": found.public_id,
        "title": found.title,
        "movement_id": found.movement_id,
        "year": found.year,
        "code_prefix": found.code_prefix,
        "owner": found.owner_unit.name,
        "phase": found.phase.value,
        "phase_text": phase_text,
        "closes_at": found.closes_at.isoformat() if found.closes_at is not None else None,
        "closes_text": format_instant(found.closes_at) if found.closes_at is not None else "chưa đặt",
        "sha256": found.snapshot.sha256 if found.snapshot is not None else None,
    }


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of text, columns as wide as their widest cell; the last one is not padded."""
    widths = [max(len(row[place]) for row in (heads, *rows)) for place in range(len(heads) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)), row[-1]]).rstrip()
        for row in (heads, *rows)
    )
