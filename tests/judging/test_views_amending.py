"""Amending the rules as an organiser does, and what everybody reads of it, without JavaScript."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from core.extensions import db
from core.judging import service
from core.seasons.frozen import rules_of
from core.seasons.models import Amendment, Season
from tests import makers
from tests.conftest import NOW
from tests.judging.makers import acting, make_scene
from tests.judging.test_service_amending import LOWER_BAND, LOWER_MAX, OPEN_QUESTION, version
from tests.judging.test_views import closed, judging, seal_all, writing
from tests.pages import h1_of, send, text_of

GROUNDS = {
    "decision_number": "15/QĐ-LĐLĐ", "decided_on": "04/05/2026", "reason": "Thêm giải cho cơ sở", "scope": "rescore_all"
}  # fmt: skip


@pytest.fixture
def scene(app):
    """A season being judged whose movement has a second version, with another lowest mark of a band."""
    with app.app_context():
        made = make_scene()
        judging(made)
        app.extensions["thidua_registry"].movements["phong-trao-mau"] = version(LOWER_BAND)
        yield made


def path(scene) -> str:
    return f"/dot-xet/{scene.season.public_id}"


def preview(scene, client, **values: str):
    return send(client, client.get(path(scene) + "/sua-doi"), action="sua-doi", **(GROUNDS | values))


def amended(scene, client, **values: str):
    return send(client, preview(scene, client, **values), action="sua-doi")


def test_the_way_from_the_season_to_an_amended_one(scene, sign_in) -> None:
    client = sign_in(scene.organiser)
    page = client.get(path(scene))
    assert "Sửa đổi quy tắc" in text_of(page)
    before = rules_of(scene.season).digest
    seen = preview(scene, client, movement="moi", **{"phieu--nhi--quota": "2"})
    text = text_of(seen)
    assert (seen.status_code, h1_of(seen)) == (200, "Sửa đổi quy tắc")
    assert "«Phiếu chấm sáng kiến» › xếp loại «Xuất sắc» › điểm tối thiểu 85 70" in text
    assert "«Phiếu chấm sáng kiến» › hạng giải «Giải Nhì» › số giải 1 2" in text
    assert "phiên bản quy tắc 1 2" in text
    assert before in text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Amendment)) == 0
    done = send(client, seen, action="sua-doi")
    assert h1_of(done) == "Quy tắc: Phong trào mẫu, đợt 2026"
    line = "Sửa đổi theo quyết định số 15/QĐ-LĐLĐ ngày 04/05/2026"
    assert text_of(done).count(line) == 2  # Said once as the answer, once on the page.
    writing()
    assert service.recompute(db.session.scalars(sa.select(Season)).one()) == []


def test_everybody_reads_the_decision_the_differences_and_the_rules_before(scene, sign_in, client) -> None:
    old = rules_of(scene.season)
    amended(scene, sign_in(scene.organiser), movement="moi")
    for page in (path(scene) + "/quy-tac", f"/dot/{scene.season.public_id}"):
        text = text_of(client.get(page))
        assert "Sửa đổi theo quyết định số 15/QĐ-LĐLĐ ngày 04/05/2026" in text
        assert "Thêm giải cho cơ sở" in text
    page = client.get(path(scene) + "/sua-doi/1")
    assert h1_of(page) == "Sửa đổi theo quyết định số 15/QĐ-LĐLĐ ngày 04/05/2026"
    assert "xếp loại «Xuất sắc» › điểm tối thiểu 85 70" in text_of(page)
    assert "Tính lại tất cả: mọi hồ sơ được tính theo quy tắc mới" in text_of(page)
    earlier = client.get(path(scene) + "/quy-tac/1")
    assert "Xuất sắc: từ 85 điểm" in text_of(earlier)
    assert old.digest in text_of(earlier)
    assert client.get(path(scene) + "/quy-tac/1.json").data == old.canonical
    for gone in ("/sua-doi/2", "/quy-tac/2", "/quy-tac/2.json"):
        assert client.get(path(scene) + gone).status_code == 404


def test_what_must_stay_readable_is_said_with_what_to_do(scene, app, sign_in) -> None:
    app.extensions["thidua_registry"].movements["phong-trao-mau"] = version((OPEN_QUESTION, ""))
    page = preview(scene, sign_in(scene.organiser), movement="moi")
    assert (page.status_code, h1_of(page)) == (422, "Chưa sửa đổi được quy tắc")
    assert "Câu hỏi «Điều cần giữ kín» không còn trong mẫu mới mà 2 hồ sơ đã trả lời." in text_of(page)
    assert "Giữ câu hỏi này trong tệp quy tắc của phong trào; bỏ ở đợt sau." in text_of(page)


def test_boxes_say_what_is_missing_or_wrong(scene, sign_in) -> None:
    client = sign_in(scene.organiser)
    page = preview(scene, client, decision_number="", decided_on="", reason="", scope="")
    assert page.status_code == 422
    for text in (
        "Nhập số quyết định sửa đổi, ví dụ 15/QĐ-LĐLĐ", "Nhập ngày ghi trên quyết định, ví dụ 12/05/2026",
        "Nhập lý do sửa đổi", "Chọn một mục trong danh sách",
    ):  # fmt: skip
        assert text in text_of(page)
    assert "Quy tắc mới giống hệt quy tắc đang áp dụng." in text_of(preview(scene, client))
    late = preview(scene, client, movement="moi", decided_on="05/05/2026")
    assert "Ngày quyết định chưa đến." in text_of(late)


def test_rules_that_changed_after_the_preview_are_shown_again(scene, app, sign_in) -> None:
    client = sign_in(scene.organiser)
    seen = preview(scene, client, movement="moi")
    app.extensions["thidua_registry"].movements["phong-trao-mau"] = version(LOWER_BAND, number=3)
    again = send(client, seen, action="sua-doi")
    assert again.status_code == 422
    assert "Quy tắc vừa thay đổi ở nơi khác sau khi trang này mở." in text_of(again)
    assert h1_of(send(client, again, action="sua-doi")).startswith("Quy tắc: ")


def test_sealed_sheets_that_no_longer_fit_are_listed_and_reopened_from_the_page_that_closes(
    scene, app, sign_in
) -> None:
    seal_all(scene)
    app.extensions["thidua_registry"].movements["phong-trao-mau"] = version(*LOWER_MAX)
    client = sign_in(scene.organiser)
    seen = preview(scene, client, movement="moi")
    assert "4 phiếu đã niêm phong không khớp quy tắc mới" in text_of(seen)
    assert f"{scene.entries[0].code} Vũ Thị Hà" in text_of(seen)
    assert "30" not in text_of(seen).partition("không khớp quy tắc mới")[2].partition("Mã quy tắc")[0].replace(
        "MAU-26", ""
    )  # No mark is shown before judging ends.
    send(client, seen, action="sua-doi")
    page = client.get(path(scene) + "/dong-cham")
    assert text_of(page).count("Cần mở lại: không khớp quy tắc sửa đổi") == 4
    link = page.text.partition("/mo-lai-phieu/")[2].partition('"')[0]
    assert h1_of(client.get(f"/ho-so/{scene.entries[0].public_id}/mo-lai-phieu/{link}")).startswith("Mở lại phiếu")


def test_old_and_new_results_stand_side_by_side(scene, sign_in) -> None:
    closed(scene)
    client = sign_in(scene.organiser)
    assert "Trước sửa đổi" not in text_of(client.get(path(scene) + "/xep-hang"))
    amended(scene, client, movement="moi")
    ranking = text_of(client.get(path(scene) + "/xep-hang"))
    assert "Trước sửa đổi" in ranking
    assert ranking.count("hạng 1; 74,5 điểm") == 2
    page = text_of(client.get(f"/ho-so/{scene.entries[0].public_id}/diem"))
    assert "Trước và sau sửa đổi quy tắc" in page
    assert "Xếp loại Khá Xuất sắc" in page


def test_an_entry_that_keeps_its_rules_says_so(scene, sign_in) -> None:
    for judge in (0, 1):
        seat = [*db.session.scalars(sa.select(makers.Judge).order_by(makers.Judge.id))][judge]
        makers.make_sealed_sheet(scene.entries[0], seat, {"moi": "24", "ap-dung": "20.5", "hieu-qua": "30"})
    db.session.commit()
    client = sign_in(scene.organiser)
    seen = preview(scene, client, movement="moi", scope="not_yet_scored")
    assert "Hồ sơ giữ quy tắc cũ vì đã niêm phong đủ phiếu 1" in text_of(seen)
    send(client, seen, action="sua-doi")
    writing()
    season = db.session.scalars(sa.select(Season)).one()
    service.close_judging(season, actor=acting(scene.organiser), at=NOW, allow_missing=True)
    db.session.commit()
    page = text_of(client.get(f"/ho-so/{scene.entries[0].public_id}/diem"))
    assert "được tính theo quy tắc trước sửa đổi" in page
    assert "Xếp loại Khá" in page


def test_nobody_else_amends(scene, sign_in) -> None:
    assert sign_in(scene.judges[0]).get(path(scene) + "/sua-doi").status_code == 403
