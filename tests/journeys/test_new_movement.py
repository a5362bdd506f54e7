"""A new movement in an afternoon: made by the command, certified, opened, scored, ranked, decided, cited on paper."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from core.api import EntryView, SeasonView
from core.cli import main
from core.entries import checks
from core.judging.queries import current_rankings, current_scores, score_stages
from core.testing.season import Trial, differences, installation
from core.testing.subject import find


def command(*arguments: object) -> str:
    done = CliRunner().invoke(main, ["movements", *(str(argument) for argument in arguments)])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("kind", ["toml", "python"])
def test_from_a_title_to_a_citation(tmp_path: Path, kind: str) -> None:
    command("new", "Công nhân xanh", "--into", tmp_path, *(["--python"] if kind == "python" else []))
    folder = tmp_path / "cong_nhan_xanh"
    assert "yêu cầu với plugin" in command("check", folder)
    subject = find(folder)
    with installation(subject.registry) as app, app.test_request_context():
        trial = Trial(subject.rules)
        season = trial.open()
        assert (season.movement_id, season.phase) == ("cong-nhan-xanh", "open")
        trial.file_all()
        # The plugin's own check is asked where it has one: the sample entry has a picture, so it has nothing to say.
        assert [checks.check_plugins(entry) for entry in trial.entries] == [[], []]
        bare = subject.registry.check_entry(subject.rules, EntryView(id="1"), SeasonView(id="1"))
        assert [finding.rule for finding in bare] == (["minh-chung"] if kind == "python" else [])
        trial.judge_all()
        assert trial.rank() == 2
        (stage,) = score_stages(season)
        # Best marks: 30 + 40 + 30. The second entry has nothing for the first criterion.
        assert [(str(s.total), s.band) for s in current_scores(stage)] == [("100", "xuat-sac"), ("70", "kha")]
        (ranking,) = current_rankings(season)
        placed = ranking.result["entries"]
        assert [placed[entry.public_id]["tier"] for entry in trial.entries] == ["nhat", "ba"]
        pages = ["".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages) for pdf in trial.award()]
        assert season.phase == "published"
        assert ["Lò Thị Mai" in pages[0], "giải nhất" in pages[0].casefold()] == [True, True]
        assert ["Tao Văn Ím" in pages[1], "giải ba" in pages[1].casefold()] == [True, True]
        assert differences(season.id) == []
