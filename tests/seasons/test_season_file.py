"""A season in one TOML file, read, scored and ranked; and the command that prints it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.cli import main
from core.cli.season_file import SeasonFileRefused, rank_season, read_season
from core.registry import Registry

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "season.toml"

MOVEMENT = """
format = 1
[movement]
id = "nho"
title = "Phong trào nhỏ"
subjects = ["initiative"]
rules_version = 1
effective_from = 2026-01-01
legal_basis = [{ document = "Kế hoạch 1/KH", mark = "UNVERIFIED" }]
[[facts]]
id = "lam-loi"
title = "Làm lợi"
kind = "number"
[[sheets]]
id = "phieu"
title = "Phiếu"
subject = "initiative"
criteria = [
  { id = "moi", title = "Mới", levels = [
    { id = "cao", title = "Cao", from = 21, to = 40 }, { id = "vua", title = "Vừa", from = 0, to = 20 },
  ] },
  { id = "tot", title = "Tốt", max = 40 },
  { id = "loi", title = "Lợi", max = 20, value = { fact = "lam-loi", share_of = "max", round = { to = 1 } } },
]
tiers = [{ id = "nhat", title = "Nhất", quota = 1 }, { id = "nhi", title = "Nhì" }]
"""
SEASON = """
movement = "nho.toml"
[[entries]]
id = "B"
facts = { lam-loi = 50 }
sheets = [{ marks = { moi = { level = "vua", points = 20 }, tot = 30 } }]
[[entries]]
id = "A"
facts = { lam-loi = 100 }
sheets = [{ marks = { moi = 30, tot = 20 } }]
"""


@pytest.fixture
def season_path(tmp_path: Path) -> Path:
    (tmp_path / "nho.toml").write_text(MOVEMENT, encoding="utf-8")
    path = tmp_path / "season.toml"
    path.write_text(SEASON, encoding="utf-8")
    return path


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["season", *arguments])


def test_a_file_is_scored_with_the_seasons_greatest_fact_and_ranked(season_path: Path) -> None:
    lines = rank_season(read_season(season_path, lambda _id: None))
    assert [(line.entry.id, str(line.score.total), line.placed.rank, line.placed.tier) for line in lines] == [
        ("A", "70", 1, "nhat"),
        ("B", "60", 2, "nhi"),
    ]


def test_the_files_own_numbers_of_prizes_apply(season_path: Path) -> None:
    season_path.write_text(SEASON.replace("[[entries]]", "[quotas]\nnhat = 0\n[[entries]]", 1), encoding="utf-8")
    lines = rank_season(read_season(season_path, lambda _id: None))
    assert [(line.placed.tier, line.placed.reasons) for line in lines] == [
        ("nhi", ("quota_full:nhat",)),
        ("nhi", ("quota_full:nhat",)),
    ]


def test_every_mistake_of_a_file_is_said_with_its_place(season_path: Path) -> None:
    season_path.write_text(
        SEASON.replace('id = "A"', 'id = "B"\nmau = 1')
        .replace("lam-loi = 100", "khac = 1")
        .replace("tot = 20", 'tot = true, la = 1, loi = "x"'),
        encoding="utf-8",
    )
    with pytest.raises(SeasonFileRefused) as refused:
        read_season(season_path, lambda _id: None)
    assert [problem.sentence for problem in refused.value.problems] == [
        "entries[1].mau: không có mục «mau». Các mục được dùng: id, title, field, unit, facts, vote, sheets.",
        "entries[1].id: mã «B» bị dùng hai lần.",
        "entries[1].facts.khac: không tìm thấy «khac».",
        "entries[1].sheets[0].marks.tot: cần một số, ví dụ 12.5.",
        "entries[1].sheets[0].marks.la: không tìm thấy «la».",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("movement = nho.toml\n", "Tệp không đọc được: dòng 1, cột 12 viết sai."),
        ('movement = "khong-co"\nentries = []', "movement: không tìm thấy «khong-co»."),
        ("entries = []", "tệp: thiếu mục «movement»."),
        ('movement = "nho.toml"\nsheet = "b"\nentries = []', "sheet: «b» không dùng được. Chọn một trong: phieu."),
        ('movement = "nho.toml"\nentries = 1', "entries: cần một danh sách trong ngoặc vuông."),
        (
            'movement = "nho.toml"\nentries = []\nquotas = { ba = 1 }',
            "quotas.ba: không tìm thấy «ba».",
        ),
    ],
)
def test_a_file_that_cannot_be_used_ends_the_command_with_a_sentence(
    season_path: Path, text: str, sentence: str
) -> None:
    season_path.write_text(text, encoding="utf-8")
    result = _run("rank", str(season_path))
    assert result.exit_code == 1
    assert sentence in result.output


def test_the_example_of_the_documentation_ranks_as_its_comments_say() -> None:
    lines = rank_season(read_season(EXAMPLE, Registry.load().find))
    assert [(line.entry.id, line.score.status, line.placed.rank, line.placed.tier) for line in lines] == [
        ("HS-02", "passed", 1, "nhat"),
        ("HS-03", "passed", 2, "nhi"),
        ("HS-01", "passed", 3, "ba"),
        ("HS-04", "pending", None, None),
        ("HS-05", "failed", None, None),
        ("HS-06", "unscored", None, None),
    ]
    assert [str(line.score.total) for line in lines] == ["93", "89", "89", "78.5", "59.5", "None"]


def test_the_command_prints_the_ranking_with_reasons() -> None:
    result = _run("rank", str(EXAMPLE))
    assert result.exit_code == 0
    rows = [line.split() for line in result.output.splitlines()]
    assert rows[0][:4] == ["Đợt", "xét", "ví", "dụ:"]
    assert rows[2][:3] == ["1", "HS-02", "Van"]
    assert "Giải Nhì đã hết chỗ" in result.output
    assert "Điểm trung bình về tính mới dưới một nửa: không công nhận" in result.output
    assert "Chưa đủ phiếu ở cột «Giám khảo chấm»" in result.output


def test_the_command_gives_scripts_json() -> None:
    answer = json.loads(_run("rank", str(EXAMPLE), "--json").output)
    first = answer["entries"][0]
    assert (answer["movement"]["id"], answer["sheet"]) == ("lao-dong-gioi", "phieu-chung")
    assert (first["id"], first["rank"], first["tier"], first["score"]["total"]) == ("HS-02", 1, "nhat", "93")


@pytest.mark.parametrize("command", ["rank", "list", "show", "set-deadline"])
def test_every_command_shows_an_example(command: str) -> None:
    result = _run(command, "--help")
    assert result.exit_code == 0
    assert f"Ví dụ: thidua season {command}" in result.output
