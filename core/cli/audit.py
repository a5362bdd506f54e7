"""`thidua audit …`: take the trail's checkpoint, and hold the data against the trail."""

from __future__ import annotations

import json

import click


@click.group(epilog="Ví dụ: thidua audit verify --checkpoint 1204:9f2c…")
def audit() -> None:
    """Nhật ký: chốt và kiểm tra chuỗi."""


@audit.command(epilog='Ví dụ: thidua audit checkpoint --reason "Công bố kết quả 2026"')
@click.option("--reason", default="", help="Chốt vì việc gì, ghi cùng mã.")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def checkpoint(reason: str, as_json: bool) -> None:
    """Lưu và in mã chốt của nhật ký lúc này; giữ mã ở ngoài hệ thống: in ra, gửi thư, ghi vào biên bản."""
    from datetime import UTC, datetime

    from core.audit import service
    from core.cli.context import app_context
    from core.extensions import db

    with app_context():
        row = service.checkpoint(db.session(), at=datetime.now(UTC), reason=reason)
        db.session.commit()
        if as_json:
            click.echo(json.dumps({"checkpoint": row.text, "at": row.at.isoformat(), "reason": row.reason}))
        else:
            click.echo(row.text)


@audit.command(epilog="Ví dụ: thidua audit verify --checkpoint 1204:9f2c…")
@click.option("--checkpoint", "text", default=None, metavar="MÃ", help="Mã chốt giữ ở ngoài, dạng SỐ:MÃ_BĂM.")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON cho chương trình khác đọc.")
def verify(text: str | None, as_json: bool) -> None:
    """Đối chiếu dữ liệu với nhật ký; mã thoát 0 chỉ khi không có sai lệch nào."""
    from flask_babel import gettext as _

    from core.audit import service
    from core.cli.context import app_context
    from core.db import reading
    from core.extensions import db

    with app_context(), reading():
        try:
            faults = service.verify(db.session(), checkpoint=text)
        except ValueError:
            raise click.BadParameter(
                _("Mã chốt có dạng SỐ:MÃ_BĂM với 64 chữ số thập lục phân. Chép lại nguyên mã đã in."),
                param_hint="--checkpoint",
            ) from None
        if as_json:
            rows = [
                {"kind": f.kind, "table": f.table, "row": f.row, "event": f.event, "sentence": f.sentence}
                for f in faults
            ]
            click.echo(json.dumps({"ok": not faults, "faults": rows}, ensure_ascii=False))
        else:
            for fault in faults:
                click.echo(fault.sentence)
            if not faults:
                click.echo(_("Nhật ký liền mạch, dữ liệu khớp với nhật ký."))
                if text is None:
                    click.echo(_("Chưa đối chiếu với mã chốt: thêm --checkpoint để phát hiện việc thay bằng bản cũ."))
    if faults:
        raise SystemExit(1)
