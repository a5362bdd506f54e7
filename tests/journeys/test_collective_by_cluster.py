"""Collectives that score themselves and are scored by the head of their cluster: opened, filed, ranked, awarded."""

from __future__ import annotations

import io
from decimal import Decimal

from pypdf import PdfReader

from core.accounts import policy
from core.accounts.models import Account
from core.accounts.rules import Role
from core.entries.models import Entry
from core.judging import service as judging
from core.judging.queries import current_rankings, current_scores, score_stages
from core.testing.season import Trial, differences, installation
from core.testing.subject import find

OWN = (10, 10, 5, 10, 15, 10, 10, 10, 10)
# A 23, B 32, C 28 and 10 from the training that the unit declared: 93.
FIRST = (9, 9, 5, 9, 14, 9, 9, 9, 10)
# A 18, B 24, C 20 and 10: 72.
SECOND = (7, 7, 4, 7, 10, 7, 7, 7, 6)


def fill(trial: Trial, entry: Entry, by: str, account: Account, marks: tuple[int, ...]) -> None:
    """Fill and seal one column, as the pages do it."""
    (stage,) = score_stages(trial.season)
    actor, at = trial.actor(account), trial.at(8)
    assert policy.allows(actor, "sheet.fill", entry)
    sheet = judging.open_sheet(entry, stage, by=by, actor=actor, at=at)
    judged = [c.id for c in trial.movement.sheet("tap-the").walk() if c.is_judged]
    typed = {id_: judging.MarkTyped(Decimal(m), comment="Có giải trình.") for id_, m in zip(judged, marks, strict=True)}
    judging.save_marks(sheet, typed, revision=sheet.revision, received_at=at)
    judging.finish(sheet, at=at)
    judging.seal(sheet, actor=actor, at=at)


def test_the_cluster_decides_and_the_bonus_goes_beyond_the_scale() -> None:
    subject = find("plugins.xanh_sach_dep")
    safe = {
        "tai-nan-chet-nguoi": False, "su-co-nghiem-trong": False, "tai-nan-nang": 0, "ty-le-huan-luyen": 100,
        "co-chinh-phu": 0, "co-tinh-bo": 1, "sang-kien-an-toan": 0, "khen-nam-truoc": False,
        "tu-70-phan-tram-nu": False,
    }  # fmt: skip
    with installation(subject.registry) as app, app.test_request_context():
        trial = Trial(subject.rules, {"facts": safe})
        season = trial.open()
        trial.file_all()
        # The head of the cluster is an officer of the union above.
        cluster = trial._account("Giàng A Chư", trial.owner_unit, Role.OFFICER)
        for entry, marks in zip(trial.entries, (FIRST, SECOND), strict=True):
            fill(trial, entry, "self", trial.officer, OWN)
            fill(trial, entry, "unit", cluster, marks)
        judging.start_judging(season, actor=trial.actor(trial.organiser), at=trial.at(21))
        assert trial.rank() == 2
        (stage,) = score_stages(season)
        first, second = current_scores(stage)
        # A flag of the province: ten points more, over the hundred.
        assert (first.result["total"], first.band, first.result["columns"]) == (
            "103", "xuat-sac", {"tu-cham": "110", "cum": "103"},
        )  # fmt: skip
        assert (second.result["total"], second.band) == ("82", "kha")
        assert second.result["reasons"] == ["note:chua-khen-nam-truoc", "column_gap:tu-cham"]
        (ranking,) = current_rankings(season)
        placed = ranking.result["entries"]
        assert [placed[entry.public_id]["tier"] for entry in trial.entries] == ["dan-dau", "kha"]
        texts = ["".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages) for pdf in trial.award()]
        assert [name in text for name, text in zip(("Tổ 1", "Tổ 2"), texts, strict=True)] == [True, True]
        assert season.phase == "published"
        assert differences(season.id) == []


def test_a_fatal_accident_keeps_the_best_out() -> None:
    subject = find("plugins.xanh_sach_dep")
    with installation(subject.registry) as app, app.test_request_context():
        trial = Trial(subject.rules, {"facts": {"tai-nan-chet-nguoi": True}})
        trial.open()
        trial.file_all()
        trial.judge_all()
        assert trial.rank() == 0
        (stage,) = score_stages(trial.season)
        assert {score.status for score in current_scores(stage)} == {"disqualified"}
