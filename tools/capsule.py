"""Makes the time capsule of this release: python tools/capsule.py

A capsule is a small database with its files as this release leaves them: a season that was amended twice, judged,
decided and published, with a citation. Later releases unpack it, upgrade it and must still verify and show it
(tests/capsules/test_capsules.py); it is made once, when a release is cut, and never again.
"""

from __future__ import annotations

import json
import lzma
import sys
import tarfile
import tempfile
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import sqlalchemy as sa

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

CAPSULES = ROOT / "tests" / "capsules"
LARGEST = 400_000
START = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
BASE_URL = "https://thidua.example"
MARKS = (("25", "28", "38"), ("22", "25.5", "30"), ("20", "20", "20"), ("1", "5", "5"))


def build(instance: Path, movements: Path) -> dict[str, Any]:
    """Make the season in an instance of its own and return what a later release needs to find it again."""
    from core.app import create_app
    from core.config import Settings
    from core.extensions import db
    from core.migrations import runner

    url = f"sqlite:///{instance / 'thidua.sqlite3'}"
    engine = sa.create_engine(url)
    runner.upgrade(engine)
    engine.dispose()
    settings = Settings(
        instance=instance, database_url=url, storage_url=str(instance), plugins_dir=movements,
        secret_key="capsule",  # noqa: S106  # It signs nothing that outlives this process.
        password_cost=1,
    )  # fmt: skip
    app = create_app(settings, clock=lambda: START, strict=True)
    with app.app_context():
        facts = _season(app)
        db.session.commit()
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql(f"VACUUM INTO '{instance / 'capsule.sqlite3'}'")
            connection.exec_driver_sql("BEGIN")
        db.engine.dispose()
    return {"schema": runner.revisions()[-1], **facts}


def _season(app: Any) -> dict[str, Any]:
    """Run a season from its preparation to its citations, by the verbs of the program."""
    from core.accounts.queries import actor_of
    from core.accounts.rules import Role
    from core.awards import service as awards
    from core.extensions import db
    from core.judging import service as judging
    from core.seasons import amending
    from core.seasons import service as seasons
    from core.seasons.rules import Scope
    from tests import makers

    province = makers.make_unit("LĐLĐ tỉnh Lai Châu", code="ldld")
    school, factory = (makers.make_unit(name, province) for name in ("CĐCS Trường Cao đẳng", "CĐCS Chè Tân Uyên"))
    organiser_account = makers.make_account(makers.make_person("Nguyễn Văn Tổ", province), (Role.ORGANISER, province))
    organiser = actor_of(organiser_account, START.date())
    season = seasons.create_season(
        "ban-mau-luu-tru", owner_unit=province, title="Sáng kiến mẫu, đợt 2026", year=2026, actor=organiser, at=START
    )  # fmt: skip
    seasons.edit_draft(
        season, actor=organiser, at=START, legal_document="Kế hoạch 12/KH-LĐLĐ ngày 05/03/2026",
        opens_at=START - timedelta(days=30), closes_at=START + timedelta(days=10),
        judging_closes_at=START + timedelta(days=40),
    )  # fmt: skip
    seasons.open_season(season, actor=organiser, at=START)
    filed = _file(season, factory, organiser)

    def amend(at: datetime, number: str, reason: str, scope: Scope, **wanted: Any) -> None:
        proposal = amending.propose(season, **wanted)
        grounds = amending.Grounds(number, date(2026, 5, 4), reason, scope)
        judging.amend(season, proposal, grounds, actor=organiser, at=at)
        db.session.commit()

    (stage,) = season.stages
    panel = judging.create_panel(stage, title="Tổ chấm", actor=organiser, at=START)
    seats = [
        judging.add_judge(
            panel, makers.make_account(makers.make_person(name, school), (Role.JUDGE, province)), actor=organiser,
            at=START,
        )
        for name in ("Vũ Thị Hà", "Trần Văn Nam")
    ]  # fmt: skip
    for entry in filed:
        for seat in seats:
            judging.assign(entry, seat, stage, actor=organiser, at=START)
    judging.start_judging(season, actor=organiser, at=START)
    db.session.commit()
    for entry, marks in list(zip(filed, MARKS, strict=True))[:2]:
        _seal(entry, stage, seats, marks)
    # Two entries are complete and keep the rules; the others go by the new ones.
    later = {"movement": _later_version(app)}
    amend(START + timedelta(hours=1), "15/QĐ-LĐLĐ", "Hạ điểm xếp loại", Scope.NOT_YET_SCORED, **later)
    for entry, marks in list(zip(filed, MARKS, strict=True))[2:]:
        _seal(entry, stage, seats, marks)
    judging.close_judging(season, actor=organiser, at=START + timedelta(hours=2))
    db.session.commit()
    prizes = {"quotas": {"phieu": {"nhi": {"quota": 2}}}}
    amend(START + timedelta(hours=3), "19/QĐ-LĐLĐ", "Thêm một giải Nhì", Scope.RESCORE_ALL, **prizes)
    at = START + timedelta(hours=4)
    awards.propose(season, actor=organiser, at=at)
    awards.decide(
        season, number=41, series="QĐ-LĐLĐ", signed_on=date(2026, 5, 4), place="Lai Châu",
        authority="TM. BAN THƯỜNG VỤ", signer_title="CHỦ TỊCH", signer_name="Nguyễn Văn An",
        basis="Biên bản số 05/BB-HĐ ngày 04/05/2026", base_url=BASE_URL, actor=organiser, at=at,
    )  # fmt: skip
    citations = awards.publish(
        season, base_url=BASE_URL, storage=app.extensions["thidua_storage"], actor=organiser, at=at
    )  # fmt: skip
    db.session.commit()
    return {
        "season": season.public_id, "entry": filed[0].public_id, "organiser": organiser_account.public_id,
        "citation": citations[0].code, "recipient": citations[0].award.recipient_name, "title": season.title,
        "rules": [amendment.from_snapshot.sha256 for amendment in season.amendments] + [season.snapshot.sha256],
    }  # fmt: skip


def _file(season: Any, unit: Any, actor: Any) -> list[Any]:
    """File four initiatives of a unit and receive them."""
    from core.entries import service as entries
    from core.entries.rules import Subject
    from tests import makers

    filed = []
    for number, name in enumerate(("Lò Thị Mai", "Vàng A Dí", "Tẩn Láo San", "Hà Văn Dũng"), start=1):
        owner = makers.make_person(name, unit, phone=f"091234567{number}")
        entry = entries.start_draft(season, owner=owner, unit=unit, subject=Subject.INITIATIVE, at=START)
        answers = {"linh-vuc": "che", "cach-moi": f"Cách làm mới số {number}.", "tiet-kiem": str(number * 1_000_000)}
        entries.save_answers(entry, answers, title=f"Cải tiến giàn héo chè số {number}", at=START)
        entries.submit(entry, actor=actor, received_at=START, at=START)
        if entry.state == "endorsed":
            entries.receive(entry, actor=actor, at=START)
        filed.append(entry)
    return filed


def _later_version(app: Any) -> Any:
    """Return the movement in its second version, in which fewer points make the highest band."""
    from core.scoring.reading import read_toml

    text = (CAPSULES / "movement.toml").read_text(encoding="utf-8")
    text = text.replace("rules_version = 1", "rules_version = 2").replace("min = 85", "min = 75")
    movement = read_toml(text.encode()).require("movement.toml")
    app.extensions["thidua_registry"].movements[movement.id] = movement
    return movement


def _seal(entry: Any, stage: Any, seats: list[Any], points: tuple[str, ...]) -> None:
    """Fill and seal the sheets of every judge, by the verbs of the program."""
    from decimal import Decimal

    from core.accounts.queries import actor_of
    from core.extensions import db
    from core.judging import service as judging

    for place, seat in enumerate(seats):
        judge = actor_of(seat.account, START.date())
        new, use, effect = (Decimal(value) for value in points)
        sheet = judging.open_sheet(entry, stage, judge=seat, actor=judge, at=START)
        marks = {
            "moi": judging.MarkTyped(new, "cao" if new > 20 else "vua"),
            "ap-dung": judging.MarkTyped(use, None, "Làm được ở nhiều nơi."),
            "hieu-qua": judging.MarkTyped(effect - place),
        }
        judging.save_marks(sheet, marks, revision=sheet.revision, received_at=START)
        judging.finish(sheet, at=START)
        judging.seal(sheet, actor=judge, at=START)
    db.session.commit()


def pack(instance: Path, facts: dict[str, Any], target: Path) -> int:
    """Write database, files and facts as one compressed archive; return its size in bytes."""
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        named = {"thidua.sqlite3": (instance / "capsule.sqlite3").read_bytes()}
        named |= {
            str(path.relative_to(instance)): path.read_bytes()
            for path in sorted((instance / "files").rglob("*"))
            if path.is_file()
        }
        named["capsule.json"] = json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True).encode()
        for name, content in sorted(named.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(lzma.compress(out.getvalue(), preset=9))
    return target.stat().st_size


def main() -> None:
    """Make the capsule of the release that this checkout is; refuse to replace one."""
    from core import __version__

    target = CAPSULES / __version__ / "capsule.tar.xz"
    if target.exists():
        sys.exit(f"{target.relative_to(ROOT)} is there already: a capsule is never made twice.")
    with tempfile.TemporaryDirectory() as place:
        instance, movements = Path(place, "instance"), Path(place, "movements")
        instance.mkdir()
        (movements / "ban_mau_luu_tru").mkdir(parents=True)
        (movements / "ban_mau_luu_tru" / "movement.toml").write_bytes((CAPSULES / "movement.toml").read_bytes())
        size = pack(instance, build(instance, movements), target)
    if size > LARGEST:
        target.unlink()
        sys.exit(f"{size} bytes are more than the {LARGEST} that a capsule may have.")
    print(f"{target.relative_to(ROOT)}: {size} bytes")


if __name__ == "__main__":
    main()
