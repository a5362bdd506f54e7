"""`thidua movements`: prints every difference and problem, and says by its exit code whether there was one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.cli.movements import movements

VECTORS = Path(__file__).parent / "vectors"
MINI = (VECTORS / "mini.toml").read_text("utf-8")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(movements, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_vectors_without_a_difference_end_well() -> None:
    result = run("vectors", VECTORS / "vectors.jsonl")
    assert (result.exit_code, result.output) == (0, "42 ví dụ, 0 khác.\n")


def test_each_difference_is_a_line(tmp_path: Path) -> None:
    good = {"id": "good", "kind": "check", "toml": MINI, "expect": {"codes": []}}
    bad = good | {"id": "bad", "expect": {"codes": ["too_deep"]}}
    path = tmp_path / "v.jsonl"
    path.write_text(json.dumps(good) + "\n\n" + json.dumps(bad) + "\n", "utf-8")
    result = run("vectors", path)
    assert result.exit_code == 1
    assert result.output == 'bad  codes: cần ["too_deep"], có []\n2 ví dụ, 1 khác.\n'
    as_json = json.loads(run("vectors", path, "--json").output)
    assert (as_json["total"], as_json["differing"]) == (2, 1)
    assert as_json["vectors"][1] == {"id": "bad", "line": 3, "differences": ['codes: cần ["too_deep"], có []']}


def test_a_file_that_is_no_text_is_named_and_a_line_that_is_no_vector_is_a_difference(tmp_path: Path) -> None:
    (tmp_path / "utf16.jsonl").write_bytes("{}".encode("utf-16"))
    refused = run("vectors", tmp_path / "utf16.jsonl")
    assert (refused.exit_code, refused.exception.__class__) == (1, SystemExit)
    assert "Tệp không phải văn bản UTF-8. Lưu lại tệp ở bảng mã UTF-8 rồi chạy lại." in refused.output

    golden = [json.loads(line) for line in (VECTORS / "vectors.jsonl").read_text("utf-8").splitlines()]
    beside = [each for each in golden if "/" not in each.get("rules", "/")]
    score, rank = (next(each for each in beside if each["kind"] == kind) for kind in ("score", "rank"))
    wrong = [
        {**score, "sheets": ["p1"]},
        {**rank, "entries": [{"id": "a", "score": {"status": "passed", "total": "x"}}]},
    ]
    for number, each in enumerate(wrong):
        (tmp_path / f"{number}.toml").write_bytes((VECTORS / each["rules"]).read_bytes())
        each["rules"] = f"{number}.toml"
    lines = [*(json.dumps(each) for each in wrong), "[" * 100_000]
    (tmp_path / "odd.jsonl").write_text("\n".join(lines), "utf-8")
    result = run("vectors", tmp_path / "odd.jsonl")
    assert result.exit_code == 1
    assert [line.split("  ")[0] for line in result.output.splitlines()] == [
        score["id"], rank["id"], "dòng 3", "3 ví dụ, 3 khác.",
    ]  # fmt: skip


def test_a_file_without_vectors_is_not_a_success(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n", "utf-8")
    assert run("vectors", tmp_path / "empty.jsonl").exit_code == 1
    assert run("vectors", tmp_path / "absent.jsonl").exit_code == 2


def test_check_prints_line_code_place_and_sentence(tmp_path: Path) -> None:
    (tmp_path / "movement.toml").write_text(MINI.replace("max = 40", "max = 35, clip = true"), "utf-8")
    result = run("check", tmp_path)
    assert result.exit_code == 1
    assert result.output.splitlines()[:2] == [
        f"{tmp_path}  dòng 25  key_not_here  sheets[0].criteria[1].clip  "
        "sheets[0].criteria[1]: mục «clip» không dùng cho loại này.",
        f"{tmp_path}  dòng 23  sum_mismatch  sheets[0].criteria  "
        "sheets[0].criteria: tổng điểm các mục con là 95, cần đúng 100.",
    ]
    rows = json.loads(run("check", "--json", tmp_path).output)
    assert [(each["place"], each["line"]) for each in rows[0]["problems"]] == [
        ("sheets[0].criteria[1].clip", 25),
        ("sheets[0].criteria", 23),
    ]


def test_check_explains_a_decimal_comma_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "movement.toml").write_text(MINI.replace("max = 40", "max = 12,5"), "utf-8")
    assert run("check", tmp_path).output == (
        f"{tmp_path}  dòng 25  toml_syntax  -  Tệp không đọc được: dòng 25, số «12,5» phải viết là 12.5. "
        "Số thập phân viết bằng dấu chấm, ví dụ 12.5.\n"
    )


def test_export_writes_a_file_that_gives_the_same_digest(tmp_path: Path) -> None:
    out = tmp_path / "ra.toml"
    result = run("export", VECTORS / "mini.toml", "--toml", out)
    assert result.output == f"Đã ghi {out}. Kiểm tra bằng: thidua movements check {out}\n"
    rows = json.loads(run("check", "--json", VECTORS / "mini.toml", out).output)
    assert rows[0]["sha256"] == rows[1]["sha256"]
    assert run("export", out).output == out.read_text("utf-8")


def test_a_movement_goes_to_excel_and_back_by_the_command_line(tmp_path: Path) -> None:
    book, out = tmp_path / "so.xlsx", tmp_path / "lai.toml"
    assert run("export", VECTORS / "mini.toml", "--excel", book).output == (
        f"Đã ghi {book}. Sửa bằng Excel rồi chạy: thidua movements import {book} --toml movement.toml\n"
    )
    digest = json.loads(run("check", "--json", VECTORS / "mini.toml").output)[0]["sha256"]
    assert run("import", book, "--toml", out).output == f"Đã ghi {out}. sha256 {digest}\n"
    assert json.loads(run("check", "--json", out).output)[0]["sha256"] == digest


def test_an_excel_file_that_is_not_a_movement_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    book, out = tmp_path / "khac.xlsx", tmp_path / "lai.toml"
    book.write_bytes(b"khong phai")
    result = run("import", book, "--toml", out)
    assert result.exit_code == 1
    assert result.output == (
        "not_excel  -  Không mở được tệp này như một tệp Excel. "
        "Mở bằng Excel, chọn «Lưu thành» loại .xlsx rồi nạp lại.\n"
    )
    assert not out.exists()


def test_export_refuses_what_is_absent_or_not_sound(tmp_path: Path) -> None:
    absent = run("export", "khong-co")
    assert absent.exit_code == 1
    assert absent.output.endswith("Xem các mã bằng: thidua movements list.\n")
    (tmp_path / "movement.toml").write_text(MINI.replace("max = 40", "max = 41"), "utf-8")
    wrong = run("export", tmp_path)
    assert wrong.exit_code == 1
    assert "sheets[0].criteria: tổng điểm các mục con là 101, cần đúng 100." in wrong.output
    assert wrong.output.endswith(f"Xem từng chỗ bằng: thidua movements check {tmp_path}\n")


def test_check_accepts_files_folders_and_ids_and_reports_each() -> None:
    result = run("check", "--json", VECTORS / "mini.toml", "khong-co")
    rows = json.loads(result.output)
    assert result.exit_code == 1
    assert [(row["ok"], len(row["problems"])) for row in rows] == [(True, 0), (False, 1)]
    assert rows[0]["sha256"] == "01b3cb9114046ed68ddc7f8f3fb6ffaa986ba2b71062c2b293c0499b40b1fdfc"
    assert rows[1]["problems"][0]["code"] == "not_found"


def test_list_and_check_name_what_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data" / "nho").mkdir(parents=True)
    (tmp_path / "data" / "nho" / "movement.toml").write_text(MINI.replace('"mini"', '"nho"'), "utf-8")
    monkeypatch.setenv("THIDUA_MOVEMENTS_DIR", str(tmp_path / "data"))
    result = run("list")
    assert result.exit_code == 0
    assert "nho  bản 1  Phong trào nhỏ" in result.output.splitlines()
    assert run("check", "--rules-only", "nho").exit_code == 0
    (tmp_path / "data" / "nho" / "movement.toml").write_text(MINI, "utf-8")
    assert run("list").exit_code == 1
    assert json.loads(run("check", "nho", "--json").output)[0]["problems"][0]["code"] == "identity"
    rows = json.loads(run("list", "--json").output)
    assert [row["status"] for row in rows if row["plugin"] == "nho"] == ["failed"]


def test_check_of_a_folder_asks_what_the_kit_asks(tmp_path: Path) -> None:
    (tmp_path / "mini").mkdir()
    (tmp_path / "mini" / "movement.toml").write_text(MINI, "utf-8")
    result = run("check", tmp_path / "mini", "--json")
    (row,) = json.loads(result.output)
    assert (result.exit_code, row["ok"], row["problems"]) == (1, False, [])
    states = {one["id"]: one["state"] for one in row["kit"]}
    assert (states["loads"], states["monotone"], states["rules_lock"]) == ("ok", "ok", "fault")
    lock = next(one for one in row["kit"] if one["id"] == "rules_lock")
    assert lock["flaws"][0]["place"] == "rules.lock"
    assert f"{tmp_path / 'mini'}  rules_lock  rules.lock  Chưa có rules.lock." in run("check", tmp_path / "mini").output
    assert run("lock", tmp_path / "mini").exit_code == 0
    assert "rules_lock" not in run("check", tmp_path / "mini").output
    assert "kit" not in json.loads(run("check", tmp_path / "mini" / "movement.toml", "--json").output)[0]


@pytest.mark.parametrize("command", [(), ("new",), ("lock",), ("list",), ("check",), ("vectors",)])
def test_every_help_has_an_example(command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Ví dụ: thidua movements" in result.output
