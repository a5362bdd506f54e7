"""What judges and organisers read and press, page by page, without JavaScript."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from core.accounts.rules import Role
from core.db import begin_writing
from core.entries.models import Attachment
from core.entries.rules import Subject
from core.extensions import db
from core.judging import service
from core.judging.models import Assignment, Judge, Scoresheet
from core.judging.rules import RecusalReason
from core.judging.service import MarkTyped
from core.matching import digest_of, seed_of
from core.vietnamese.codes import new_public_id
from tests import makers
from tests.conftest import NOW
from tests.judging.makers import INITIATIVE, PERSON, Scene, acting, make_received, make_scene
from tests.pages import form, h1_of, send, text_of

FULL = {"points-moi": "24", "points-ap-dung": "20,5", "points-hieu-qua": "30"}


@pytest.fixture
def scene(app):
    """A season being judged: two judges, two entries, everything assigned."""
    with app.app_context():
        made = make_scene()
        judging(made)
        yield made


def judging(made: Scene) -> None:
    organiser = acting(made.organiser)
    panel = makers.make_panel(made.stage)
    for account in made.judges:
        seat = makers.make_judge(panel, account)
        for entry in made.entries:
            service.assign(entry, seat, made.stage, actor=organiser, at=NOW)
    service.start_judging(made.season, actor=organiser, at=NOW)
    db.session.commit()


def seats(made: Scene) -> list[Judge]:
    return list(db.session.scalars(sa.select(Judge).order_by(Judge.id)))


def seal_all(made: Scene, points: dict | None = None) -> None:
    for seat in seats(made):
        for number, entry in enumerate(made.entries):
            chosen = (points or {}).get(number, {"moi": "24", "ap-dung": "20.5", "hieu-qua": "30"})
            makers.make_sealed_sheet(entry, seat, chosen)
    db.session.commit()


def closed(made: Scene, points: dict | None = None) -> None:
    seal_all(made, points)
    service.close_judging(made.season, actor=acting(made.organiser), at=NOW)
    db.session.commit()


def path(made: Scene, number: int = 0) -> str:
    return f"/cham/{made.entries[number].public_id}"


def writing() -> None:
    """Let the test write again: a page that was read left the session reading."""
    db.session.rollback()
    begin_writing()


def saved(client, url: str, **values: str):
    """Post to the autosave address as the page's script does."""
    token = form(client.get(url), "/cham/").values["csrf_token"]
    headers = {"Accept": "application/json"}
    return client.post(url + "/luu", data={"csrf_token": token, **values}, headers=headers)


# --- The judge ----------------------------------------------------------------------------------------------------


def test_queue_counts_what_is_left_and_leads_to_the_first(scene, sign_in):
    page = sign_in(scene.judges[0]).get("/cham")
    assert h1_of(page) == "Phiếu của tôi: còn 2 trên 2"
    text = text_of(page)
    assert "Đang dở (0)" in text
    assert "Chưa chấm (2)" in text
    assert "Chấm tiếp: GK-26-" in text


def test_first_visit_asks_once_about_people_and_units(scene, sign_in):
    for seat in seats(scene):
        seat.declared_at = None
    makers.audit.record("test.make", scene.season, actor=acting(scene.organiser), at=NOW)
    db.session.commit()
    client = sign_in(scene.judges[0])
    page = client.get("/cham", follow_redirects=True)
    assert h1_of(page) == "Đánh dấu tác giả, đơn vị có liên quan đến anh/chị"
    assert "CĐCS Chè Tân Uyên" in text_of(page)
    after = send(client, page, button="Ghi nhận và vào danh sách phiếu", **{"don-vi": scene.factory.public_id})
    assert "Đã ghi nhận né tránh 2 hồ sơ." in text_of(after)
    assert "Chưa có hồ sơ nào được giao để chấm." in text_of(after)
    assert h1_of(client.get("/cham")) == "Phiếu của tôi"


def test_blind_judge_reads_the_content_and_nothing_that_names_the_author(scene, sign_in):
    entry = scene.entries[0]
    page = sign_in(scene.judges[0]).get(path(scene))
    text = text_of(page)
    assert "Lắp ống dẫn khói." in text
    assert "Tỷ lệ 3:1" in text
    assert "(ẩn tác giả)" in text
    for secret in ("Lò Thị Mai", "Vàng A Dí", "Chè Tân Uyên", entry.code, entry.draft_code):
        assert secret not in page.text


def test_files_are_opened_to_a_blind_judge_without_their_own_names(scene, sign_in):
    entry = scene.entries[0]
    file = Attachment(
        entry_id=entry.id, public_id=new_public_id(), field_id="", filename="Lò Thị Mai - giàn héo.pdf",
        media_type="application/pdf", extension="pdf", size=2_100_000, sha256="0" * 64, pages=12, uploaded_at=NOW,
    )  # fmt: skip
    entry.attachments.append(file)
    makers.audit.record("test.make", entry, actor=acting(scene.organiser), at=NOW)
    db.session.commit()
    page = sign_in(scene.judges[0]).get(path(scene))
    assert "Tệp 1 (.pdf) 2,1 MB · 12 trang" in text_of(page)
    assert "giàn héo.pdf" not in page.text


def test_open_stage_shows_authors_and_the_public_code(scene, sign_in):
    scene.stage.blind = "open"
    makers.audit.record("test.make", scene.stage, actor=acting(scene.organiser), at=NOW)
    db.session.commit()
    text = text_of(sign_in(scene.judges[0]).get(path(scene)))
    assert "Lò Thị Mai" in text
    assert scene.entries[0].code in text


def test_finished_sheet_leads_to_the_next_entry_and_then_to_sealing(scene, sign_in):
    client = sign_in(scene.judges[0])
    page = send(client, client.get(path(scene)), action="/cham/", button="Xong, sang hồ sơ sau", **FULL)
    assert page.request.path == path(scene, 1)
    assert "Bài tôi đã chấm: 74,5" in text_of(page)
    page = send(client, page, action="/cham/", button="Xong, sang hồ sơ sau", **FULL)
    assert "Đã chấm xong cả 2 hồ sơ." in text_of(page)
    page = client.get(f"/cham/niem-phong/{scene.season.public_id}")
    assert h1_of(page) == "Niêm phong 2 phiếu chấm"
    text = text_of(page)
    assert "Trung bình 74,5 · thấp 74,5 · cao 74,5 · 0 phiếu thiếu" in text
    assert "Sau khi niêm phong, muốn sửa phải được Ban tổ chức mở lại và ghi lý do." in text
    page = send(client, page, button="Niêm phong 2 phiếu")
    assert "Đã niêm phong 2 phiếu chấm." in text_of(page)
    assert h1_of(page) == "Phiếu đã niêm phong"
    printed = client.get(path(scene), follow_redirects=True)
    assert h1_of(printed) == "Phiếu chấm điểm"
    assert "74,5" in text_of(printed)


def test_mark_above_its_maximum_is_refused_in_words_and_nothing_is_lost(scene, sign_in):
    client = sign_in(scene.judges[0])
    wrong = FULL | {"points-moi": "31", "points-hieu-qua": "bốn mươi", "comment-moi": "Rất mới."}
    page = send(client, client.get(path(scene)), action="/cham/", button="Xong, sang hồ sơ sau", **wrong)
    text = text_of(page)
    assert page.status_code == 422
    assert "Có 2 chỗ cần sửa" in text
    assert text.count("Tính mới tối đa 30 điểm") == 2
    assert text.count("Hiệu quả: nhập số điểm, ví dụ 8,5") == 2
    assert 'value="bốn mươi"' in page.text
    stored = {mark.criterion: mark.points for mark in db.session.scalar(sa.select(Scoresheet)).marks}
    assert stored == {"moi": Decimal(31), "ap-dung": Decimal("20.5")}
    page = send(client, page, action="/cham/", button="Xong, sang hồ sơ sau", **FULL)
    assert page.request.path == path(scene, 1)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"points-ap-dung": "30,5"}, "Khả năng áp dụng tối đa 30 điểm"),
        ({"points-ap-dung": "-1"}, "Khả năng áp dụng tối thiểu 0 điểm"),
        ({"points-ap-dung": ""}, "Khả năng áp dụng: chưa có điểm"),
        ({"points-ap-dung": "7,3"}, "Khả năng áp dụng: điểm phải là bội số của 0,5"),
        ({"points-moi": "30"}, "Tính mới: ghi nhận xét cho điểm này"),
        ({"level-moi": "vua"}, "Tính mới: mức «Cải tiến» từ 1 đến 20 điểm. Sửa điểm hoặc chọn mức khác"),
        ({"points-moi": "", "level-moi": "cao"}, "Tính mới: ghi số điểm trong mức đã chọn"),
    ],
)
def test_every_fault_of_a_sheet_has_its_sentence(scene, sign_in, values, sentence):
    client = sign_in(scene.judges[0])
    page = send(client, client.get(path(scene)), action="/cham/", button="Xong, sang hồ sơ sau", **(FULL | values))
    assert page.status_code == 422
    assert sentence in text_of(page)


def test_sheet_put_aside_keeps_what_was_typed(scene, sign_in):
    client = sign_in(scene.judges[0])
    page = send(client, client.get(path(scene)), action="/cham/", button="Để sau", **{"points-ap-dung": "12,5"})
    assert "Đang dở (1)" in text_of(page)
    again = client.get(path(scene))
    assert 'value="12,5"' in again.text
    assert "Tổng 12,5/100 · còn 2 tiêu chí" in text_of(again)


def test_autosave_keeps_incomplete_marks_and_answers_the_revision(scene, sign_in):
    client = sign_in(scene.judges[0])
    first = saved(client, path(scene), **{"points-moi": "9", "revision": "0"})
    assert first.json == {"revision": 2, "saved_at": "09:00"}
    second = saved(client, path(scene), **{"points-moi": "24", "points-ap-dung": "x", "revision": "2"})
    assert (second.status_code, second.json["revision"]) == (200, 3)
    stale = saved(client, path(scene), **{"points-moi": "1", "revision": "2"})
    assert stale.status_code == 409
    assert stale.json["newer"]["fields"]["points-moi"] == "24"


def test_two_devices_never_overwrite_each_other(scene, sign_in):
    client = sign_in(scene.judges[0])
    old = client.get(path(scene))
    send(client, client.get(path(scene)), action="/cham/", button="Để sau", **FULL)
    page = send(client, old, action="/cham/", button="Để sau", **{"points-moi": "1"})
    assert page.status_code == 409
    assert "Bản mới hơn lưu lúc" in text_of(page)


def test_sealed_sheet_edited_is_refused_in_words(scene, sign_in):
    client = sign_in(scene.judges[0])
    page = client.get(path(scene))
    writing()
    seal_all(scene)
    typed = {**FULL, "remark": "Lò mới đỡ tốn củi"}
    answer = send(client, page, action="/cham/", button="Xong, sang hồ sơ sau", **typed)
    assert answer.status_code == 409
    kept = re.search(r'<textarea class="input textarea" id="typed"[^>]*>(.*?)</textarea>', answer.text, re.DOTALL)
    assert kept
    numbers = [value for name, value in FULL.items() if name.startswith("points-")]
    assert set(kept[1].split("\n")) >= {*numbers, "Lò mới đỡ tốn củi"}
    sealed_at = "Phiếu đã niêm phong lúc 09:00, 04/05/2026. Muốn sửa phải được Ban tổ chức mở lại và ghi lý do."
    assert sealed_at in text_of(answer)


def test_judge_never_reads_the_points_of_another(scene, sign_in):
    first, second = seats(scene)
    makers.make_sealed_sheet(scene.entries[0], second, {"moi": "22.5", "ap-dung": "17.5", "hieu-qua": "33.5"})
    db.session.commit()
    client = sign_in(scene.judges[0])
    other = db.session.scalar(sa.select(Scoresheet).where(Scoresheet.judge_id == second.id))
    for url in ("/cham", path(scene), path(scene, 1), "/cham/da-niem-phong"):
        page = client.get(url)
        for secret in ("22,5", "17,5", "33,5", "73,5", "Trần Văn Nam"):
            assert secret not in page.text, (url, secret)
    assert client.get(f"/phieu/{other.public_id}").status_code == 404
    assert first.id != second.id


def test_recused_judge_sees_neither_page_nor_count(scene, sign_in):
    client = sign_in(scene.judges[0])
    page = client.get(path(scene) + "/xung-dot")
    assert h1_of(page) == f"Không chấm hồ sơ {scene.entries[0].judging_code}"
    empty = send(client, page, button="Ghi nhận và thôi chấm hồ sơ này")
    assert (empty.status_code, "Chọn một lý do" in text_of(empty)) == (422, True)
    after = send(client, page, button="Ghi nhận và thôi chấm hồ sơ này", reason="relative")
    assert h1_of(after) == "Phiếu của tôi: còn 1 trên 1"
    assert client.get(path(scene)).status_code == 404
    assert client.get(f"/ho-so/{scene.entries[0].public_id}").status_code == 404


def test_unassigned_judge_does_not_find_the_entry(scene, sign_in):
    stranger = makers.make_account(makers.make_person("Khách", scene.school), (Role.JUDGE, scene.province))
    db.session.commit()
    assert sign_in(stranger).get(path(scene)).status_code == 404


# --- The organiser ------------------------------------------------------------------------------------------------


def organiser_of(made: Scene, sign_in):
    return sign_in(made.organiser), f"/dot-xet/{made.season.public_id}"


def test_panel_is_made_and_a_judge_found_by_name(app, sign_in):
    with app.app_context():
        made = make_scene()
        db.session.commit()
        client, base = organiser_of(made, sign_in)
        page = client.get(base + "/hoi-dong-cham")
        assert "Chưa có giám khảo." in text_of(page)
        assert "Nhập tên tổ chấm" in text_of(send(client, page, button="Lập tổ chấm", title=" "))
        page = send(client, page, button="Lập tổ chấm", title="Tổ kỹ thuật")
        panel = page.text.split('id="to-')[1].split('"')[0]
        found = client.get(f"{base}/hoi-dong-cham?to={panel}&ten=vu+thi")
        page = send(client, found, action="/them", button="Thêm")
        assert "Đã thêm Vũ Thị Hà vào Tổ kỹ thuật." in text_of(page)
        again = send(client, client.get(f"{base}/hoi-dong-cham?to={panel}&ten=vu+thi"), action="/them", button="Thêm")
        assert "Vũ Thị Hà đã có trong tổ chấm này." in text_of(again)
        page = send(client, page, action="/to-truong")
        assert "Vũ Thị Hà Tổ trưởng" in text_of(page)
        page = send(client, page, action="/roi-to")
        assert "Vũ Thị Hà đã rời Tổ kỹ thuật." in text_of(page)


def test_judge_of_an_authors_own_unit_is_refused_in_words(scene, sign_in):
    author = makers.make_person("Giàng A Páo", scene.school)
    entry = make_received(scene.season, scene.factory, author)
    db.session.commit()
    client, base = organiser_of(scene, sign_in)
    page = client.get(base + "/phan-cong")
    assert "⊘ Vũ Thị Hà: cùng đơn vị với tác giả" in text_of(page)
    judge = seats(scene)[0]
    answer = send(client, page, action="/phan-cong/o", o=f"{entry.public_id}:{judge.public_id}")
    assert answer.status_code == 409
    assert "Vũ Thị Hà cùng đơn vị với tác giả nên không được giao hồ sơ này. Chọn giám khảo khác." in text_of(answer)


def test_cell_of_the_matrix_gives_and_takes_back(scene, sign_in):
    client, base = organiser_of(scene, sign_in)
    entry, judge = scene.entries[0], seats(scene)[0]
    page = client.get(base + "/phan-cong")
    assert "Mỗi hồ sơ cần 2 giám khảo · mỗi người 2–2 hồ sơ · 0 hồ sơ còn thiếu" in text_of(page)
    cell = f"{entry.public_id}:{judge.public_id}"
    page = send(client, page, action="/phan-cong/o", o=cell)
    assert f"Đã thôi giao {entry.code} cho Vũ Thị Hà." in text_of(page)
    assert "1/2 thiếu" in text_of(page)
    page = send(client, page, action="/phan-cong/o", o=cell)
    assert f"Đã giao {entry.code} cho Vũ Thị Hà." in text_of(page)
    listed = client.get(base + "/phan-cong?xem=danh-sach")
    assert "Vũ Thị Hà (2)" in text_of(listed)
    assert "Giao bằng tay" in text_of(listed)


def test_plan_is_shown_before_it_is_applied_with_its_seed_and_says_what_blocks_it(app, sign_in):
    with app.app_context():
        made = make_scene(judges=3, entries=4)
        panel = makers.make_panel(made.stage)
        for account in made.judges:
            makers.make_judge(panel, account)
        db.session.commit()
        client, base = organiser_of(made, sign_in)
        page = client.get(base + "/phan-cong/tu-dong")
        assert "4 hồ sơ của CĐCS Chè Tân Uyên có 3 giám khảo không vướng nhưng không đủ 2 đơn vị" in text_of(page)
        page = client.get(base + "/phan-cong/tu-dong?same_unit=y")
        assert h1_of(page) == "Phương án phân công"
        numbered = text_of(client.get(base + "/phan-cong/tu-dong?same_unit=y&number=27385"))
        assert seed_of(digest_of(entry.code for entry in made.entries), "27385") in numbered
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Assignment)) == 0
        page = send(client, page, button="Áp dụng: giao thêm 8 lượt")
        assert "Đã giao thêm 8 lượt chấm." in text_of(page)
        assert "mỗi người 2–3 hồ sơ · 0 hồ sơ còn thiếu" in text_of(page)
        assert "được giao (Chia đều: giữ" in text_of(page)
        short = text_of(client.get(base + "/phan-cong/tu-dong?same_unit=y&per_entry=4"))
        assert "chỉ còn 3 giám khảo không vướng, cần 4." in short
        assert "Bỏ bớt một trong các điều kiện sau: Số giám khảo cho mỗi hồ sơ: giảm số này" in short
        assert client.get(base + "/phan-cong/tu-dong?per_entry=99").status_code == 422


def test_start_and_close_are_confirmed_and_a_missing_sheet_stops_the_close(app, sign_in):
    with app.app_context():
        made = make_scene(entries=1)
        panel = makers.make_panel(made.stage)
        for account in made.judges:
            makers.make_assignment(made.entries[0], makers.make_judge(panel, account))
        db.session.commit()
        client, base = organiser_of(made, sign_in)
        page = client.get(base + "/bat-dau-cham")
        assert h1_of(page) == "Bắt đầu chấm 1 hồ sơ"
        page = send(client, page, button="Bắt đầu chấm")
        assert "Đã bắt đầu chấm 1 hồ sơ." in text_of(page)
        assert "Xong 0/2 phiếu, đã niêm phong 0" in text_of(page)
        page = client.get(base + "/dong-cham")
        assert "Còn 2 phiếu chưa niêm phong nên chưa xếp hạng được. Xem ai còn thiếu" in text_of(page)
        refused = send(client, page, button="Kết thúc chấm và xếp hạng")
        assert refused.status_code == 409
        page = send(client, page, button="Kết thúc chấm và xếp hạng", **{"du-thieu": "1"})
        assert h1_of(page) == "Xếp hạng"
        assert "Chưa chấm được: Chưa đủ phiếu ở cột «Giám khảo»" in text_of(page)


def test_progress_shows_no_points(scene, sign_in):
    seal_all(scene)
    client, base = organiser_of(scene, sign_in)
    judge = seats(scene)[0]
    for url in ("/tien-do", "/tien-do/bang", f"/tien-do/{judge.public_id}", "/dong-cham"):
        page = client.get(base + url)
        assert page.status_code == 200
        assert "74,5" not in page.text
    assert "Xong 4/4 phiếu, đã niêm phong 4" in text_of(client.get(base + "/tien-do"))


def test_large_disagreement_is_named_without_points(app, sign_in):
    with app.app_context():
        spread = INITIATIVE.replace("tiers = [", "disparity = { spread = 10 }\ntiers = [")
        made = make_scene(toml=spread, entries=0)
        made.entries = [make_received(made.season, made.factory)]
        judging(made)
        for seat, points in zip(seats(made), ("30", "11"), strict=True):
            makers.make_sealed_sheet(made.entries[0], seat, {"moi": "24", "ap-dung": "20", "hieu-qua": points})
        db.session.commit()
        client, base = organiser_of(made, sign_in)
        page = client.get(base + "/tien-do")
        assert "Hồ sơ lệch lớn (1)" in text_of(page)
        assert f"{made.entries[0].code} Cải tiến giàn héo chè số 1 Giao thêm giám khảo" in text_of(page)
        assert "74" not in text_of(page).replace(made.entries[0].code, "")


def test_ranking_lists_ties_under_a_watermark_and_leads_to_each_sheet(scene, sign_in):
    closed(scene)
    client, base = organiser_of(scene, sign_in)
    page = client.get(base + "/xep-hang")
    text = text_of(page)
    first, second = (entry.code for entry in scene.entries)
    assert "CHƯA CÔNG BỐ — chỉ Ban tổ chức xem" in text
    assert "Đồng điểm cần phân định" in text
    ordered = sorted([first, second], key=text.index)
    assert f"Giải Nhất: {ordered[0]}, {ordered[1]}" in text
    assert text.count("74,5–74,5") == 2
    assert text.count("Đồng điểm với hồ sơ khác; Đồng điểm ở chỗ cuối của Giải Nhất: chọn cách xử lý") == 2
    detail = client.get(f"/ho-so/{scene.entries[0].public_id}/diem")
    assert h1_of(detail) == f"Điểm của hồ sơ {first}"
    assert "Giám khảo: Vũ Thị Hà · 74,5" in text_of(detail)


def test_ranking_goes_out_as_a_spreadsheet(scene, sign_in):
    closed(
        scene, {0: {"moi": "24", "ap-dung": "20.5", "hieu-qua": "40"}, 1: {"moi": "9", "ap-dung": "1", "hieu-qua": "2"}}
    )
    client, base = organiser_of(scene, sign_in)
    answer = client.get(base + "/xep-hang.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["Phiếu", "Hạng", "Mã hồ sơ"]
    assert [row[1:3] + row[5:6] + row[9:11] for row in rows[1:]] == [
        [1.0, scene.entries[0].code, 84.5, "Giải Nhất", "Đủ điều kiện"],
        ["", scene.entries[1].code, 12.0, "", "Không đạt"],
    ]


def test_nobody_but_the_organiser_reads_the_ranking(scene, sign_in):
    closed(scene)
    _, base = organiser_of(scene, sign_in)
    writing()
    author = makers.make_account(scene.entries[0].owner)
    db.session.commit()
    for account in (scene.judges[0], author):
        client = sign_in(account)
        assert client.get(base + "/xep-hang").status_code in (403, 404)
        assert client.get(f"/ho-so/{scene.entries[0].public_id}/diem").status_code in (403, 404)


def test_sealed_sheet_is_reopened_by_the_organiser_with_a_reason(scene, sign_in):
    seal_all(scene)
    client, base = organiser_of(scene, sign_in)
    page = client.get(f"{base}/tien-do/{seats(scene)[0].public_id}")
    link = page.text.split('href="/ho-so/')[1].split('"')[0]
    page = client.get(f"/ho-so/{link}")
    refused = send(client, page, button="Mở lại phiếu", reason=" ")
    assert (refused.status_code, "Ghi lý do mở lại" in text_of(refused)) == (422, True)
    page = send(client, page, button="Mở lại phiếu", reason="Cộng nhầm")
    assert "Đã mở lại phiếu của Vũ Thị Hà. Phiếu cũ được giữ và không tính." in text_of(page)
    assert "Đang dở (1)" in text_of(sign_in(scene.judges[0]).get("/cham"))


def test_judging_is_reopened_with_a_reason(scene, sign_in):
    closed(scene)
    client, base = organiser_of(scene, sign_in)
    page = send(client, client.get(base + "/mo-lai-cham"), button="Mở lại việc chấm", reason="Thiếu phiếu")
    assert "Đã mở lại việc chấm của 2 hồ sơ." in text_of(page)


def test_recusal_on_paper_is_recorded_by_code(scene, sign_in):
    client, base = organiser_of(scene, sign_in)
    page = client.get(base + "/ne-tranh")
    judge = seats(scene)[0]
    wrong = send(client, page, button="Ghi né tránh", judge=judge.public_id, code="MAU-26-9999-0", reason="relative")
    assert "Không có hồ sơ mã MAU-26-9999-0 trong đợt này." in text_of(wrong)
    code = scene.entries[0].code.lower().replace("-", " ")
    page = send(
        client, page, button="Ghi né tránh", judge=judge.public_id, code=code, reason=RecusalReason.RELATIVE.value
    )
    assert "Đã ghi né tránh của Vũ Thị Hà." in text_of(page)
    assert f"{scene.entries[0].code} Vũ Thị Hà có quan hệ thân thích với tác giả" in text_of(page)


# --- Nominee and unit ---------------------------------------------------------------------------------------------


def test_nominee_and_officer_fill_their_columns_on_the_same_page(app, sign_in):
    with app.app_context():
        made = make_scene(judges=1, toml=PERSON)
        nominee = makers.make_person("Lý Văn Bình", made.factory)
        entry = make_received(made.season, made.factory, nominee, subject=Subject.PERSON, nominee_id=nominee.id)
        own = makers.make_account(nominee)
        officer = makers.make_account(makers.make_person("Cán bộ", made.factory), (Role.OFFICER, made.factory))
        db.session.commit()
        client = sign_in(own)
        page = client.get(f"/ho-so/{entry.public_id}/phieu/tu-cham")
        assert "Phiếu chấm : Tự chấm" in text_of(page) or "Phiếu chấm: Tự chấm" in text_of(page)
        page = send(client, page, action="tu-cham", button="Xong, sang bước niêm phong",
                    **{"points-A": "41", "points-B": "40"})  # fmt: skip
        assert "Tham mưu tối đa 40 điểm" in text_of(page)
        page = send(client, page, action="tu-cham", button="Xong, sang bước niêm phong", **{"points-A": "38,0"})
        assert h1_of(page) == "Niêm phong phiếu «Tự chấm»"
        page = send(client, page, button="Niêm phong phiếu")
        assert f"Đã niêm phong phiếu của hồ sơ {entry.code}." in text_of(page)
        assert client.get(f"/ho-so/{entry.public_id}/phieu/don-vi").status_code == 404
        assert h1_of(sign_in(officer).get(f"/ho-so/{entry.public_id}/phieu/don-vi")) == entry.title


# --- The command --------------------------------------------------------------------------------------------------


@pytest.fixture
def run(app, settings, monkeypatch):
    """Return a function that runs `thidua results …` on the test's database, without any movement installed."""
    from click.testing import CliRunner

    from core.cli.results import results

    monkeypatch.setenv("THIDUA_INSTANCE", str(settings.instance))
    monkeypatch.setenv("THIDUA_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("THIDUA_SECRET_KEY", "test")
    return lambda *words: CliRunner().invoke(results, list(words))


def test_results_verify_is_green_without_the_plugin_and_red_after_tampering(app, run):
    with app.app_context():
        made = make_scene(entries=1)
        judging(made)
        closed(made)
        code, season = made.entries[0].code, made.season.public_id
        assert app.extensions["thidua_registry"].find(made.season.movement_id) is None
    green = run("verify")
    assert (green.exit_code, green.output.splitlines()[-1]) == (
        0, "Khớp: 1 đợt xét, mọi điểm và xếp hạng tính lại đúng như đã lưu."
    )  # fmt: skip
    assert green.output.splitlines()[-2] == (
        "Đã kiểm tra 1 đợt xét: 1 bản quy tắc, 0 lần sửa đổi, 2 phiếu niêm phong, 1 điểm, 1 bảng xếp hạng."
    )
    with app.app_context():
        db.session.execute(sa.text("UPDATE score SET total = 99000000"))
        db.session.commit()
    red = run("verify", "--season", season)
    assert red.exit_code == 1
    assert f"{code}: cột điểm đang ghi 99, tính lại được 74,5." in red.output
    data = json.loads(run("verify", "--json").stdout)
    assert data["ok"] is False
    assert data["seasons"][0]["checked"]["scores"] == 1
    assert [one["code"] for one in data["seasons"][0]["differences"]] == ["columns_differ"]
    unknown = run("verify", "--season", "khong-co")
    assert (unknown.exit_code, "Không có đợt xét nào mang mã khong-co" in unknown.output) == (1, True)


def test_marks_typed_are_plain_values():
    assert MarkTyped(Decimal("8.5")) == MarkTyped(Decimal("8.5"), None, "")
