"""`thidua results`: compute stored results anew from frozen rules, sealed sheets and facts, and compare."""

from __future__ import annotations

import json
import sys
from typing import Any

import click


@click.group(epilog="Ví dụ: thidua results verify")
def results() -> None:
    """Kết quả: tính lại và đối chiếu."""


@results.command(epilog="Ví dụ: thidua results verify --season 3f9k2m --json")
@click.option("--season", "public_id", help="Chỉ kiểm tra đợt xét có mã này (phần cuối địa chỉ trang của đợt).")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
def verify(public_id: str | None, as_json: bool) -> None:
    """Tính lại mọi điểm và xếp hạng đã lưu; mã thoát 0 chỉ khi tất cả khớp."""
    from core.cli.context import app_context
    from core.db import reading

    with app_context(), reading():
        checked = _check(public_id)
    if public_id is not None and not checked:
        raise click.ClickException(f"Không có đợt xét nào mang mã {public_id}, hoặc đợt đó chưa mở.")
    if as_json:
        ok = not any(season["differences"] for season in checked)
        click.echo(json.dumps({"ok": ok, "seasons": checked}, ensure_ascii=False, indent=2))
    else:
        _tell(checked)
    if any(season["differences"] for season in checked):
        raise SystemExit(1)


def _check(public_id: str | None) -> list[dict[str, Any]]:
    import sqlalchemy as sa

    from core.extensions import db
    from core.judging import service
    from core.judging.words import difference_text
    from core.seasons.models import Season
    from core.seasons.rules import Phase

    query = sa.select(Season).where(Season.phase != Phase.DRAFT).order_by(Season.id)
    if public_id is not None:
        query = query.where(Season.public_id == public_id)
    seasons = list(db.session.scalars(query))
    checked = []
    with click.progressbar(seasons, label="Đang tính lại", file=sys.stderr) as bar:
        for season in bar:
            found = service.verify(season)
            checked.append(
                {
                    "season": season.public_id,
                    "title": season.title,
                    "rules": season.snapshot.sha256 if season.snapshot is not None else None,
                    "checked": dict(found.counts),
                    "recomputable": not found.scorers_gone,
                    "stored": found.stored,
                    "scorers_gone": list(found.scorers_gone),
                    "scorers_changed": list(found.scorers_changed),
                    "differences": [
                        {"code": one.code, "subject": one.subject, "text": difference_text(one)}
                        for one in found.differences
                    ],
                }
            )
            db.session.rollback()
    return checked


def _tell(checked: list[dict[str, Any]]) -> None:
    for season in checked:
        for one in season["differences"]:
            click.echo(f"{season['title']} ({season['season']}): {one['text']}")
    wrong = sum(1 for season in checked if season["differences"])
    if not checked:
        click.echo("Chưa có đợt xét nào đã mở để tính lại.")
        return
    total = {key: sum(season["checked"][key] for season in checked) for key in checked[0]["checked"]}
    click.echo(
        f"Đã kiểm tra {len(checked)} đợt xét: {total['rules']} bản quy tắc, {total['amendments']} lần sửa đổi, "
        f"{total['sheets']} phiếu niêm phong, {total['scores']} điểm, {total['rankings']} bảng xếp hạng."
    )
    for season in checked:
        where = f"{season['title']} ({season['season']})"
        for name in season["scorers_changed"]:
            click.echo(f"{where}: mã của hàm chấm {name} đã khác lúc mở đợt.")
        if season["scorers_gone"]:
            gone, count = ", ".join(season["scorers_gone"]), season["stored"]
            click.echo(
                f"{where}: đã lưu, không tính lại được {count} điểm vì không còn hàm chấm {gone}. "
                "Cài lại phần bổ sung để tính lại."
            )
    stored = sum(1 for season in checked if season["scorers_gone"])
    if wrong:
        click.echo(f"{wrong} trong {len(checked)} đợt xét không khớp. Giữ nguyên dữ liệu và báo người quản trị.")
    else:
        if stored:
            click.echo(f"Đã lưu, không tính lại được: {stored} đợt xét.")
        if len(checked) > stored:
            click.echo(f"Khớp: {len(checked) - stored} đợt xét, mọi điểm và xếp hạng tính lại đúng như đã lưu.")
