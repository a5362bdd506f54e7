"""Seasons whose judging is closed, so small that places, ties and quotas are counted by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import current_app

from core.accounts.rules import Actor
from core.awards import service
from core.awards.models import Citation, Decision
from core.entries.models import Entry
from core.entries.rules import Subject
from core.extensions import db
from core.judging import service as judging
from core.people.models import Person
from tests import makers
from tests.conftest import NOW
from tests.judging.makers import INITIATIVE, Scene, acting, make_received, make_scene

BASE_URL = "https://thidua.example"

PEOPLE = """
format = 1
[movement]
id = "khen-mau"
title = "Khen mẫu"
subjects = ["person", "collective"]
rules_version = 1
effective_from = 2026-01-01
legal_basis = [{ document = "Mẫu thử", mark = "UNVERIFIED" }]
[[stages]]
id = "cham"
title = "Giám khảo chấm"
kind = "score"
sheets = ["ca-nhan", "tap-the"]
[[sheets]]
id = "ca-nhan"
title = "Phiếu cá nhân"
subject = "person"
columns = [{ id = "giam-khao", title = "Giám khảo", by = "judge" }]
criteria = [{ id = "viec", title = "Việc đã làm", max = 100 }]
tiers = [{ id = "ca-nhan", title = "Cá nhân tiêu biểu", quota = 2 }]
[[sheets]]
id = "tap-the"
title = "Phiếu tập thể"
subject = "collective"
columns = [{ id = "giam-khao", title = "Giám khảo", by = "judge" }]
criteria = [{ id = "viec", title = "Việc đã làm", max = 100 }]
tiers = [{ id = "tap-the", title = "Tập thể tiêu biểu", quota = 2 }]
"""


def points(total: int) -> dict[str, str]:
    """Return marks of an initiative that sum to `total`, from 45 to 95."""
    return {"moi": "25", "ap-dung": str(min(30, total - 25)), "hieu-qua": str(max(0, total - 55))}


def judged(scene: Scene, totals: Iterable[dict[str, str]]) -> Scene:
    """Let every judge of the scene seal the same marks for each entry, and close the judging."""
    organiser = acting(scene.organiser)
    panel = makers.make_panel(scene.stage)
    seats = [makers.make_judge(panel, account) for account in scene.judges]
    for entry in scene.entries:
        for seat in seats:
            judging.assign(entry, seat, scene.stage, actor=organiser, at=NOW)
    judging.start_judging(scene.season, actor=organiser, at=NOW)
    for entry, marks in zip(scene.entries, totals, strict=True):
        for seat in seats:
            makers.make_sealed_sheet(entry, seat, marks)
    judging.close_judging(scene.season, actor=organiser, at=NOW)
    db.session.commit()
    return scene


def initiatives(*totals: int, authors: int = 1, toml: str = INITIATIVE) -> Scene:
    """Return a ranked season with an initiative for each total: one first prize, one second prize, 50 to pass."""
    scene = make_scene(entries=0)
    if toml != INITIATIVE:
        scene = _with_rules(scene, toml)
    names = ("Lò Thị Mai", "Vàng A Dí", "Tẩn Láo San")
    for _ in totals:
        people = [makers.make_person(name, scene.factory) for name in names[:authors]]
        scene.entries.append(make_received(scene.season, scene.factory, *people))
    return judged(scene, [points(total) for total in totals])


def _with_rules(scene: Scene, toml: str) -> Scene:
    from tests.judging.makers import make_season

    scene.season = make_season(scene.province, toml, code_prefix="MAUB")
    return scene


def person_and_collective() -> Scene:
    """Return a ranked season with one person and one collective, both passed."""
    scene = make_scene(toml=PEOPLE)
    nominee = makers.make_person("Phạm Thị Hoa", scene.factory, job_title="Công nhân")
    people: dict[str, Any] = {"answers": {}}
    scene.entries = [
        make_received(scene.season, scene.factory, subject=Subject.PERSON, nominee=nominee, title="Làm tốt", **people),
        make_received(
            scene.season, scene.factory, subject=Subject.COLLECTIVE, collective_name="Tổ sao chè số 2",
            title="Tổ làm tốt", **people,
        ),
    ]  # fmt: skip
    return judged(scene, [{"viec": "90"}, {"viec": "80"}])


def organiser(scene: Scene) -> Actor:
    """Return who runs the season."""
    return acting(scene.organiser)


def decide(scene: Scene, **changes: Any) -> Decision:
    """Issue the decision 41/QĐ-LĐLĐ of 25/06/2026."""
    values: dict[str, Any] = {
        "number": 41, "series": "QĐ-LĐLĐ", "signed_on": date(2026, 6, 25), "place": "Lai Châu",
        "authority": "TM. BAN THƯỜNG VỤ", "signer_title": "CHỦ TỊCH", "signer_name": "Nguyễn Văn An",
        "basis": "Biên bản số 05/BB-HĐ ngày 20/06/2026", "base_url": BASE_URL,
    }  # fmt: skip
    return service.decide(scene.season, actor=organiser(scene), at=NOW, **(values | changes))


def decided(scene: Scene, **changes: Any) -> Decision:
    """Propose what the ranking gives, and decide."""
    service.propose(scene.season, actor=organiser(scene), at=NOW)
    decision = decide(scene, **changes)
    db.session.commit()
    return decision


def publish(scene: Scene) -> list[Citation]:
    """Announce the results."""
    storage = current_app.extensions["thidua_storage"]
    made = service.publish(scene.season, base_url=BASE_URL, storage=storage, actor=organiser(scene), at=NOW)
    db.session.commit()
    return made


def published(scene: Scene) -> list[Citation]:
    """Propose, decide and announce; return the citations in the order of the register."""
    decided(scene)
    return publish(scene)


def author(entry: Entry, number: int = 0) -> Person:
    """Return an author of an initiative."""
    person = entry.authorships[number].person
    assert person is not None
    return person
