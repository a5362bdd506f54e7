"""Requirements shown by living through a season: with only this plugin, and afterwards without it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.registry import Registry
from core.testing.requirements import requirement
from core.testing.subject import Subject

Lacking = Iterator[tuple[str, str]]

FILING = "nộp hồ sơ"


@requirement("app_starts", "Hệ thống chạy được khi chỉ có phong trào này")
def app_starts(subject: Subject) -> Lacking:
    """The start page and the health check answer."""
    from core.testing.season import installation

    with installation(subject.registry) as app:
        client = app.test_client()
        for path in ("/", "/healthz"):
            status = client.get(path).status_code
            if status != 200:
                yield path, f"Trang trả lời {status}. Xem nhật ký máy chủ."


@requirement(
    "season", "Mở đợt, nộp, chấm, xếp hạng, khen thưởng được; gỡ phong trào ra vẫn tính lại đúng", optional=True
)
def season(subject: Subject) -> Lacking:
    """A whole season in a throw-away installation; then the stored results verified by an application without it."""
    from core.errors import DomainError
    from core.extensions import db
    from core.testing.season import Trial, differences, installation
    from core.web.sentences import say

    with tempfile.TemporaryDirectory(prefix="thidua-kit-") as made:
        home = Path(made)
        with installation(subject.registry, folder=home) as app, app.test_request_context():
            step = "mở đợt"
            try:
                trial = Trial(subject.rules, subject.sample)
                season_id = trial.open().id
                step = FILING
                trial.file_all()
                step = "chấm điểm"
                trial.judge_all()
                step = "xếp hạng"
                passed = trial.rank()
                step = "khen thưởng"
                trial.award() if passed else None
                db.session.commit()
                address = trial.season.public_id
            except DomainError as error:
                db.session.rollback()
                hint = " Hồ sơ mẫu cần câu trả lời riêng thì ghi vào sample.toml (docs/plugins.md)."
                yield step, say(error) + (hint if step == FILING else "")
                return
            if not passed:
                yield step, "Hồ sơ được điểm cao nhất vẫn không đạt. Xem lại điều kiện loại và điểm tối thiểu."
        with installation(subject.registry, folder=home) as app:
            for path in (f"/dot/{address}", f"/phong-trao/{subject.rules.id}"):
                if (status := app.test_client().get(path).status_code) != 200:
                    yield path, f"Trang trả lời {status}. Xem nhật ký máy chủ."
        with installation(Registry(), folder=home) as app, app.test_request_context():
            yield from (("gỡ phong trào", f"{text} Báo cho người giữ mã nguồn.") for text in differences(season_id))
