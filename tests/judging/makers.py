"""A season that is being judged, small enough to count by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from core.accounts import queries as account_queries
from core.accounts.models import Account
from core.accounts.rules import Actor, Role
from core.entries.models import Authorship, Entry
from core.entries.rules import State, Subject
from core.extensions import db
from core.organisations.models import Unit
from core.people.models import Person
from core.scoring.canonical import canonical_bytes, digest_of
from core.scoring.reading import read_toml
from core.seasons.frozen import draft_document
from core.seasons.models import RuleSnapshot, Season, Stage
from core.seasons.rules import Phase
from core.vietnamese.codes import make_code, new_public_id
from core.vietnamese.dates import local_date
from core.vietnamese.text import fold
from tests import makers
from tests.conftest import NOW

INITIATIVE = """
format = 1
[movement]
id = "phong-trao-mau"
title = "Phong trào mẫu"
subjects = ["initiative"]
rules_version = 1
effective_from = 2026-01-01
legal_basis = [{ document = "Mẫu thử", mark = "UNVERIFIED" }]
[form]
fields = [
  { id = "cach-moi", title = "Cách làm mới là gì?", kind = "longtext", required = true },
  { id = "nguoi-giup", title = "Ai giúp làm thử?", kind = "text", identifies = true },
  { id = "bi-quyet", title = "Điều cần giữ kín", kind = "text", confidential = true },
]
authors = { max = 5 }
[[stages]]
id = "cham"
title = "Giám khảo chấm"
kind = "score"
sheets = ["phieu"]
judges_min = 2
blind = "authors"
[[sheets]]
id = "phieu"
title = "Phiếu chấm sáng kiến"
subject = "initiative"
step = 0.5
columns = [{ id = "giam-khao", title = "Giám khảo", by = "judge", min_sheets = 2 }]
criteria = [
  { id = "moi", title = "Tính mới", comment = "extremes", levels = [
    { id = "cao", title = "Hoàn toàn mới", from = 21, to = 30 },
    { id = "vua", title = "Cải tiến", from = 1, to = 20 },
    { id = "khong", title = "Không mới", points = 0 } ] },
  { id = "ap-dung", title = "Khả năng áp dụng", max = 30 },
  { id = "hieu-qua", title = "Hiệu quả", max = 40 },
]
bands = [{ id = "a", title = "Xuất sắc", min = 85 }, { id = "b", title = "Khá", min = 50 }]
gates = [{ id = "san", text = "Tổng điểm dưới 50", effect = "fail", total_below = 50 }]
tiers = [{ id = "nhat", title = "Giải Nhất", quota = 1 }, { id = "nhi", title = "Giải Nhì", quota = 1 }]
"""

PERSON = """
format = 1
[movement]
id = "ca-nhan-mau"
title = "Cá nhân mẫu"
subjects = ["person"]
rules_version = 1
effective_from = 2026-01-01
legal_basis = [{ document = "Mẫu thử", mark = "UNVERIFIED" }]
[[facts]]
id = "tre-han"
title = "Số việc trễ hạn"
kind = "count"
by = "unit"
default = 0
[[facts]]
id = "so-viec"
title = "Số việc đã xong"
kind = "count"
[[stages]]
id = "cham"
title = "Hội đồng chấm"
kind = "score"
sheets = ["ca-nhan"]
[[sheets]]
id = "ca-nhan"
title = "Phiếu cá nhân"
subject = "person"
columns = [{ id = "tu", title = "Tự chấm", by = "self" }, { id = "don-vi", title = "Đơn vị chấm", by = "unit" },
  { id = "hoi-dong", title = "Hội đồng chấm", by = "council" }]
criteria = [
  { id = "A", title = "Tham mưu", max = 40, deductions = [{ fact = "tre-han", points = 1 }] },
  { id = "B", title = "Phục vụ", max = 40 },
  { id = "C", title = "Khối lượng", max = 20, value = { fact = "so-viec", share_of = "max", round = { to = 0.1 } } },
]
bands = [{ id = "tot", title = "Tốt", min = 80 }]
"""


ANSWERS = {"cach-moi": "Lắp ống dẫn khói.", "nguoi-giup": "Vàng A Dí", "bi-quyet": "Tỷ lệ 3:1"}


@dataclass
class Scene:
    """A season with its units and people."""

    province: Unit
    school: Unit
    factory: Unit
    season: Season
    organiser: Account
    judges: list[Account] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def stage(self) -> Stage:
        """The stage in which sheets are filled."""
        return next(stage for stage in self.season.stages if stage.kind == "score")


def acting(account: Account) -> Actor:
    """Return an account as the actor of a verb."""
    return account_queries.actor_of(account, local_date(NOW))


def make_season(owner: Unit, toml: str = INITIATIVE, **more: Any) -> Season:
    """A season of the movement in `toml`, its rules frozen and its stages laid, taking entries."""
    movement = read_toml(toml.encode()).require("mau.toml")
    phase = more.pop("phase", Phase.OPEN)
    season = Season(
        public_id=new_public_id(), movement_id=movement.id, title=more.pop("title", "Phong trào mẫu, đợt 2026"),
        year=2026, code_prefix=more.pop("code_prefix", "MAU"), owner_unit=owner, phase=Phase.DRAFT,
        opens_at=NOW - timedelta(days=30), closes_at=NOW - timedelta(days=1),
        judging_closes_at=NOW + timedelta(days=30), created_at=NOW, choices={}, **more,
    )  # fmt: skip
    makers._kept(season)
    for kind, content in (("movement", canonical_bytes(movement)), ("season", draft_document(season, movement))):
        digest = digest_of(content)
        snapshot = RuleSnapshot(
            sha256=digest, kind=kind, canonical=content, movement_id=movement.id, rules_version=1, engine="1",
            created_at=NOW,
        )  # fmt: skip
        makers._kept(snapshot)
        setattr(season, "snapshot" if kind == "season" else "movement_snapshot", snapshot)
    for position, stage in enumerate(movement.stages):
        season.stages.append(
            Stage(season_id=season.id, slug=stage.id, kind=stage.kind, title=stage.title, position=position,
                  blind=stage.blind)
        )  # fmt: skip
    season.phase = phase
    db.session.flush()
    return season


def make_received(season: Season, unit: Unit, *authors: Person, **more: Any) -> Entry:
    """An entry that the organiser received, by `authors` of `unit`."""
    season.last_entry_number += 1
    number = season.last_entry_number
    title = more.pop("title", f"Cải tiến giàn héo chè số {number}")
    authors = authors or (makers.make_person("Lò Thị Mai", unit),)
    entry = Entry(
        public_id=new_public_id(), season_id=season.id, season=season,
        subject=more.pop("subject", Subject.INITIATIVE), code=make_code(season.code_prefix, 2026, number),
        draft_code=f"N-{season.code_prefix}-{season.id}-{number}", state=more.pop("state", State.RECEIVED),
        title=title, folded=fold(title), unit_id=unit.id, unit=unit, owner_id=authors[0].id, owner=authors[0],
        answers=more.pop("answers", ANSWERS),
        created_at=NOW, saved_at=NOW, submitted_at=NOW, received_at=NOW, **more,
    )  # fmt: skip
    makers._kept(entry)
    if entry.subject == Subject.INITIATIVE:
        share = Decimal(100) / len(authors)
        for position, person in enumerate(authors):
            entry.authorships.append(
                Authorship(entry_id=entry.id, person_id=person.id, position=position, full_name=person.full_name,
                           workplace=unit.name, share=share, is_lead=position == 0)
            )  # fmt: skip
    db.session.flush()
    return entry


def make_scene(*, judges: int = 2, entries: int = 2, toml: str = INITIATIVE) -> Scene:
    """A province with a school and a tea factory; judges come from the school, entries from the factory."""
    province = makers.make_unit("LĐLĐ tỉnh Lai Châu", code="ldld")
    school = makers.make_unit("CĐCS Trường Cao đẳng", province)
    factory = makers.make_unit("CĐCS Chè Tân Uyên", province)
    season = make_season(province, toml)
    organiser = makers.make_account(makers.make_person("Nguyễn Văn Tổ", province), (Role.ORGANISER, province))
    scene = Scene(province, school, factory, season, organiser)
    names = ["Vũ Thị Hà", "Trần Văn Nam", "Đỗ Thị Lan", "Hoàng Anh Tú", "Lê Văn Sáu"]
    for name in names[:judges]:
        scene.judges.append(makers.make_account(makers.make_person(name, school), (Role.JUDGE, province)))
    if toml == INITIATIVE:
        scene.entries = [make_received(season, factory) for _ in range(entries)]
    return scene
