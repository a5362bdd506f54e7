"""What people read and do on the pages of entries, without JavaScript."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import current_app, g
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from core.accounts.models import Account
from core.accounts.rules import Role
from core.db import begin_writing
from core.entries import service
from core.entries.models import Attachment, Entry
from core.entries.rules import State
from core.extensions import db
from core.organisations.models import Unit
from core.seasons.models import Season
from tests.conftest import NOW, SettableClock
from tests.makers import make_account, make_entry, make_filed_entry, make_person, make_season, make_unit
from tests.pages import form, forms, h1_of, send, text_of

pytestmark = pytest.mark.usefixtures("session")
SignIn = Callable[[Account], FlaskClient]
CLOSES = datetime(2026, 5, 15, 10, 0, tzinfo=UTC)
KEY = "k" * 30


class Browser(FlaskClient):
    """A browser beside others: what one request left in the shared application context is gone before the next."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request as if no other had been."""
        for name in list(g):
            g.pop(name)
        return super().open(*args, **kwargs)


class Scene:
    """A province with an open season, a grassroots union below it, and the people who meet in it."""

    def __init__(self, sign_in: SignIn, movement: str = "lao-dong-gioi") -> None:
        current_app.test_client_class = Browser
        self.sign_in = sign_in
        self.province = make_unit("LĐLĐ tỉnh Lai Châu")
        self.season: Season = make_season(movement, owner_unit=self.province)
        self.unit = make_unit("CĐCS Chè Tân Uyên", self.province)
        self.worker_account = make_account(make_person("Lò Thị Mai", self.unit, phone="0912345678"))
        self.officer_account = make_account(make_person("Hà Thị Thủy", self.unit), (Role.OFFICER, self.unit))
        organiser = make_person("Trần Thị Ngọc Ánh", self.province)
        self.organiser_account = make_account(organiser, (Role.ORGANISER, self.province))
        db.session.commit()
        self.come_in()

    def come_in(self) -> None:
        """Sign everybody in, again after the clock moved on."""
        self.worker, self.officer = self.sign_in(self.worker_account), self.sign_in(self.officer_account)
        self.organiser = self.sign_in(self.organiser_account)

    def _entry(self, maker: Callable[..., Entry], **more: Any) -> Entry:
        # A page seen before in this test left the session reading.
        db.session.rollback()
        begin_writing()
        more.setdefault("owner", db.session.merge(self.worker_account.person, load=True))
        season, unit = db.session.get(Season, self.season.id), db.session.get(Unit, self.unit.id)
        entry = maker(season, unit, officer=False, **more)
        db.session.commit()
        return entry

    def draft(self, **more: Any) -> Entry:
        return self._entry(make_entry, **more)

    def filed(self, **more: Any) -> Entry:
        return self._entry(make_filed_entry, **more)


@pytest.fixture
def scene(session: Any, sign_in: SignIn) -> Scene:
    return Scene(sign_in)


def fresh(entry: Entry) -> Entry:
    db.session.rollback()
    db.session.expire_all()
    found = db.session.get(Entry, entry.id)
    assert found is not None
    return found


def count(kind: type = Entry) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0


def picture(size: tuple[int, int] = (40, 30)) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, "JPEG")
    out.seek(0)
    return out


def url(entry: Entry, rest: str = "") -> str:
    return f"/ho-so/{entry.public_id}{rest}"


# --- Three questions ----------------------------------------------------------------------------------------------


def answer_questions(scene: Scene, *given: str) -> TestResponse:
    """Go through the questions as a browser does, following each form of the page."""
    page = scene.worker.get(f"/nop/{scene.season.public_id}")
    for name, value in zip(("nguoi", "ap-dung", "da-nop"), given, strict=False):
        if f'name="{name}"' not in page.text:
            break
        shown = next(one for one in forms(page) if "/nop/" in one.action)
        values = {**shown.values, name: value}
        if shown.method == "post":
            page = scene.worker.post(shown.action, data=values, follow_redirects=True)
        else:
            page = scene.worker.get(shown.action, query_string=values)
    return page


def test_three_questions_lead_to_a_draft_with_its_list_of_steps(scene: Scene) -> None:
    page = scene.worker.get(f"/nop/{scene.season.public_id}")
    assert h1_of(page) == "Anh/chị có đang là đoàn viên hoặc người lao động ở đơn vị trong tỉnh không?"
    assert "Câu 1 trong 3" in text_of(page)
    page = answer_questions(scene, "co", "da", "chua")
    assert h1_of(page) == "Hồ sơ dự xét: chưa đặt tên"
    assert "Đã xong 1 trong 4 phần" in text_of(page)
    assert "Hạn nộp 17:00, 15/05/2026" in text_of(page)
    assert count() == 1


def test_a_question_without_an_answer_comes_back(scene: Scene) -> None:
    page = scene.worker.get(f"/nop/{scene.season.public_id}?gui=1")
    assert page.status_code == 422
    assert "Chọn một câu trả lời" in text_of(page)


@pytest.mark.parametrize(("given", "reason"), [
    (("khong",), "người nộp không phải đoàn viên, người lao động ở đơn vị trong tỉnh"),
    (("co", "chua"), "sáng kiến chưa được áp dụng hoặc áp dụng thử"),
    (("co", "da", "roi"), "sáng kiến đã nộp ở một đợt khác"),
])  # fmt: skip
def test_not_eligible_is_a_page_and_not_an_error(scene: Scene, given: tuple[str, ...], reason: str) -> None:
    page = answer_questions(scene, *given)
    assert page.status_code == 200
    assert f"Sáng kiến này chưa nộp được đợt 2026 vì {reason}." in text_of(page)
    assert count() == 0


def test_an_initiative_that_is_not_eligible_is_kept_for_the_next_season(scene: Scene) -> None:
    page = answer_questions(scene, "co", "chua")
    page = send(scene.worker, page, button="Lưu bản nháp cho đợt sau")
    assert h1_of(page) == "Hồ sơ dự xét: chưa đặt tên"
    assert "Sáng kiến này chưa nộp được đợt 2026 vì sáng kiến chưa được áp dụng hoặc áp dụng thử." in text_of(page)


def test_a_season_past_its_deadline_says_so(scene: Scene, clock: SettableClock) -> None:
    clock.now = CLOSES + timedelta(seconds=1)
    scene.come_in()
    assert "Đợt này đã hết hạn nhận lúc 17:00, 15/05/2026." in text_of(
        scene.worker.get(f"/nop/{scene.season.public_id}")
    )


def test_a_visitor_is_sent_to_sign_in(scene: Scene, client: FlaskClient) -> None:
    answer = client.get(f"/nop/{scene.season.public_id}")
    assert answer.status_code == 303
    assert answer.location.startswith("/dang-nhap?tiep=%2Fnop%2F")


def test_the_blank_form_shows_every_question_to_everybody(scene: Scene, client: FlaskClient) -> None:
    page = client.get(f"/nop/{scene.season.public_id}/mau")
    assert h1_of(page) == "Mẫu viết trước"
    assert "Trước đây làm thế nào, có gì chưa tốt?" in text_of(page)


# --- One step -----------------------------------------------------------------------------------------------------


def test_a_step_is_saved_incomplete_and_leads_on(scene: Scene) -> None:
    entry = scene.draft(title="")
    page = scene.worker.get(url(entry, "/phan/2"))
    assert h1_of(page) == "Sáng kiến là gì"
    page = send(scene.worker, page, button="Lưu và tiếp tục", title="Giàn héo hai tầng")
    assert h1_of(page) == "Hiệu quả"
    assert (fresh(entry).title, fresh(entry).answers["linh-vuc"]) == ("Giàn héo hai tầng", "che")


@pytest.mark.parametrize(("number", "typed", "sentence"), [
    (2, {"title": "a" * 151}, "Tên sáng kiến dài 151 ký tự. Rút xuống còn 150 ký tự"),
    (3, {"f-ngay-ap-dung": "31/02/2026"}, "Ngày áp dụng phải là ngày có thật, ví dụ 05/03/2026"),
    (3, {"f-ngay-ap-dung": "05/05/2026"}, "Ngày áp dụng không được sau hôm nay"),
    (3, {"f-tinh-duoc-tien": "co", "f-lam-loi": "nhiều lắm"}, "Số tiền chỉ gồm chữ số, ví dụ 12.000.000"),
    (1, {"authors-0-share": "90"}, "Tổng tỷ lệ của các tác giả đang là 90%. Sửa để bằng 100%"),
    (1, {"authors-0-name": ""}, "Nhập họ và tên tác giả ở dòng 1"),
    (1, {"authors-0-share": "nhiều"}, "Nhập tỷ lệ đóng góp của Lò Thị Mai, từ 1 đến 100"),
])  # fmt: skip
def test_what_cannot_be_kept_comes_back_as_typed_with_its_reason(
    scene: Scene, number: int, typed: dict[str, str], sentence: str
) -> None:
    entry = scene.draft()
    page = scene.worker.get(url(entry, f"/phan/{number}"))
    more = {"f-hieu-qua": "Đỡ củi, đỡ khói."} if number == 3 else {}
    answer = send(scene.worker, page, button="Lưu và tiếp tục", **typed, **more)
    assert answer.status_code == 422
    assert "Có 1 chỗ cần sửa" in text_of(answer)
    assert text_of(answer).count(sentence) >= 1
    assert re.search(r"<title>Lỗi: ", answer.text)
    shown = form(answer, f"/phan/{number}").values
    assert {name: shown[name] for name in (*typed, *more)} == {**typed, **more}


def test_money_is_shown_in_words_and_kept_as_a_number(scene: Scene) -> None:
    entry = scene.draft()
    page = scene.worker.get(url(entry, "/phan/3"))
    send(scene.worker, page, button="Lưu và tiếp tục", **{"f-tinh-duoc-tien": "co", "f-lam-loi": "12 triệu"})
    assert fresh(entry).answers["lam-loi"] == "12000000"
    page = scene.worker.get(url(entry, "/phan/3"))
    assert form(page, "/phan/3").values["f-lam-loi"] == "12.000.000"
    assert "Bằng chữ: mười hai triệu đồng" in text_of(page)


def test_rows_of_authors_are_added_and_dropped_without_losing_what_is_typed(scene: Scene) -> None:
    entry = scene.draft()
    page = scene.worker.get(url(entry, "/phan/1"))
    page = send(
        scene.worker, page, button="Thêm đồng tác giả", **{"authors-0-share": "60", "f-chu-dau-tu": "Công ty mẹ"}
    )
    assert page.status_code == 200
    shown = form(page, "/phan/1").values
    assert (shown["authors-0-share"], shown["authors-1-name"], shown["f-chu-dau-tu"]) == ("60", "", "Công ty mẹ")
    page = send(
        scene.worker, page, button="Lưu và tiếp tục", lead="authors-0",
        **{"authors-1-name": "Hà Thị Thủy", "authors-1-share": "40"},
    )  # fmt: skip
    assert page.status_code == 200
    found = [(one.full_name, one.person is not None, one.share, one.is_lead) for one in fresh(entry).authorships]
    assert found == [("Lò Thị Mai", True, 60, True), ("Hà Thị Thủy", True, 40, False)]


def test_two_authors_need_one_who_leads(scene: Scene) -> None:
    entry = scene.draft()
    page = send(scene.worker, scene.worker.get(url(entry, "/phan/1")), button="Thêm đồng tác giả")
    typed = {"authors-0-share": "60", "authors-1-name": "Người ngoài", "authors-1-share": "40"}
    values = {key: value for key, value in form(page, "/phan/1").values.items() if key != "lead"}
    answer = scene.worker.post(url(entry, "/phan/1"), data={**values, **typed})
    assert (answer.status_code, "Chọn một người chủ trì" in text_of(answer)) == (422, True)


def test_colleagues_are_suggested_from_the_own_unit_only(scene: Scene) -> None:
    entry = scene.draft()
    assert scene.worker.get(url(entry, "/tim-tac-gia?q=thuy")).json == [
        {"label": "Hà Thị Thủy · CĐCS Chè Tân Uyên", "value": "Hà Thị Thủy"}
    ]
    assert scene.worker.get(url(entry, "/tim-tac-gia?q=anh")).json == []


def test_a_page_that_was_overtaken_offers_both_versions(scene: Scene) -> None:
    entry = scene.draft()
    page = scene.worker.get(url(entry, "/phan/3"))
    second = scene.worker.get(url(entry, "/phan/3"))
    send(scene.worker, second, button="Lưu và tiếp tục", **{"f-hieu-qua": "Bản trên máy khác"})
    answer = send(scene.worker, page, button="Lưu và tiếp tục", **{"f-hieu-qua": "Bản ở đây"})
    assert answer.status_code == 409
    assert "Bản mới hơn lưu lúc 09:00 trên máy khác." in text_of(answer)
    assert fresh(entry).answers["hieu-qua"] == "Bản trên máy khác"
    kept = send(scene.worker, answer, button="Lưu và tiếp tục")
    assert (kept.status_code, fresh(entry).answers["hieu-qua"]) == (200, "Bản ở đây")


# --- Saving by itself ---------------------------------------------------------------------------------------------


def autosave(scene: Scene, entry: Entry, number: int, **typed: str) -> TestResponse:
    values = form(scene.worker.get(url(entry, f"/phan/{number}")), f"/phan/{number}").values
    return scene.worker.post(
        url(entry, f"/phan/{number}/luu"), data={**values, **typed}, headers={"Accept": "application/json"}
    )


def test_autosave_keeps_wrong_and_incomplete_answers(scene: Scene) -> None:
    entry = scene.draft()
    answer = autosave(scene, entry, 3, **{"f-ngay-ap-dung": "31/02/2026", "f-hieu-qua": "Đỡ kh"})
    assert (answer.status_code, answer.json) == (200, {"revision": fresh(entry).revision, "saved_at": "09:00"})
    assert fresh(entry).answers["ngay-ap-dung"] == {"typed": "31/02/2026"}
    shown = form(scene.worker.get(url(entry, "/phan/3")), "/phan/3").values
    assert (shown["f-ngay-ap-dung"], shown["f-hieu-qua"]) == ("31/02/2026", "Đỡ kh")
    assert "Ngày áp dụng phải là ngày có thật, ví dụ 05/03/2026" in text_of(scene.worker.get(url(entry, "/kiem-tra")))


def test_autosave_never_overwrites_a_newer_version(scene: Scene) -> None:
    entry = scene.draft()
    answer = autosave(scene, entry, 3, revision="1", **{"f-hieu-qua": "cũ"})
    assert answer.status_code == 409
    newer = answer.json["newer"]
    assert (newer["revision"], newer["saved_at"]) == (fresh(entry).revision, "09:00")
    assert newer["fields"]["f-ngay-ap-dung"] == "05/03/2026"


def test_autosave_leaves_half_a_table_of_authors_alone(scene: Scene) -> None:
    entry = scene.draft()
    assert autosave(scene, entry, 1, **{"authors-0-share": "60", "f-chu-dau-tu": "Công ty mẹ"}).status_code == 200
    assert ([one.share for one in fresh(entry).authorships], fresh(entry).answers["chu-dau-tu"]) == (
        [100],
        "Công ty mẹ",
    )


# --- Files --------------------------------------------------------------------------------------------------------


def send_file(scene: Scene, entry: Entry, content: io.BytesIO, name: str, **more: Any) -> TestResponse:
    values = form(scene.worker.get(url(entry, "/phan/4")), "/phan/4").values
    return post(scene.worker, url(entry, "/phan/4"), {**values, "f-minh-chung": FileStorage(content, name), **more})


def post(client: FlaskClient, to: str, values: dict[str, Any]) -> TestResponse:
    """Send a form from memory: the client's own way leaves an open temporary file behind when a form is large."""
    boundary, body = encode_multipart(values)
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post(to, data=body, content_type=kind, follow_redirects=True)


def test_files_come_with_the_form_and_can_be_taken_off(scene: Scene) -> None:
    entry = scene.draft(files=0)
    page = send_file(scene, entry, picture(), "gian-heo-moi.jpg")
    assert h1_of(page) == "Kiểm tra lại trước khi nộp"
    row = fresh(entry).attachments[0]
    assert (row.filename, row.field_id, row.media_type, row.width) == (
        "gian-heo-moi.jpg",
        "minh-chung",
        "image/jpeg",
        40,
    )
    page = scene.worker.get(url(entry, "/phan/4"))
    assert "gian-heo-moi.jpg 1 KB · 40 × 30" in text_of(page)
    send(scene.worker, page, action="/xoa")
    assert fresh(entry).attachments == []


@pytest.mark.parametrize(("content", "name", "sentence"), [
    (b"MZ\x90\x00" + b"x" * 100, "phan-mem.exe",
     "Chưa nhận được loại tệp .exe. Nhận: ảnh, PDF, Word, Excel, PowerPoint, MP4, MOV"),
    (b"%PDF-1.7 cut off", "bien-ban.pdf", 'Không mở được tệp "bien-ban.pdf". Chọn lại tệp này'),
    (b"\xff\xd8\xff" + b"0" * (25 * 1024 * 1024 - 3), "anh-lon.jpg",
     'Tệp "anh-lon.jpg" nặng 25 MB. Mỗi tệp tối đa 20 MB. Có thể chụp lại ở chế độ thường'),
])  # fmt: skip
def test_a_file_that_is_not_taken_says_why(scene: Scene, content: bytes, name: str, sentence: str) -> None:
    entry = scene.draft(files=0)
    answer = send_file(scene, entry, io.BytesIO(content), name)
    assert answer.status_code == 422
    assert text_of(answer).count(sentence) == 2
    page = scene.worker.get(url(entry, "/phan/4"))
    shown = form(page, "/phan/4").values
    sent = {"csrf_token": shown["csrf_token"], "file": FileStorage(io.BytesIO(content), name), "upload_id": "u1"}
    upload = post(scene.worker, url(entry, "/tep?cau=minh-chung"), sent)
    assert (upload.status_code, upload.json) == (422, {"error": sentence})
    assert count(Attachment) == 0


def test_one_bad_file_does_not_cost_the_good_ones(scene: Scene) -> None:
    entry = scene.draft(files=0)
    page = scene.worker.get(url(entry, "/phan/4"))
    files = [(picture(), "tot.jpg"), (io.BytesIO(b"%PDF-1.7"), "hong.pdf")]
    answer = scene.worker.post(url(entry, "/phan/4"), data={**form(page, "/phan/4").values, "f-minh-chung": files})
    assert answer.status_code == 422
    assert [one.filename for one in fresh(entry).attachments] == ["tot.jpg"]
    assert "tot.jpg" in text_of(answer)


def test_the_script_sends_a_file_once_however_often_it_retries(scene: Scene) -> None:
    entry = scene.draft(files=0)
    token = form(scene.worker.get(url(entry, "/phan/4")), "/phan/4").values["csrf_token"]
    answers = [
        scene.worker.post(
            url(entry, "/tep?cau=minh-chung"),
            data={"csrf_token": token, "file": (picture(), "a.jpg"), "upload_id": "1"},
        )
        for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json["html"].strip().startswith('<li class="file-row">')
    assert count(Attachment) == 1


def test_a_file_is_an_attachment_in_a_sandbox_and_its_preview_is_drawn_anew(scene: Scene) -> None:
    entry = scene.draft(files=0)
    send_file(scene, entry, picture(), "ảnh mới.jpg")
    row = fresh(entry).attachments[0]
    answer = scene.worker.get(url(entry, f"/tep/{row.public_id}"))
    assert answer.data == picture().getvalue()
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    preview = scene.worker.get(url(entry, f"/tep/{row.public_id}/xem"))
    assert (preview.status_code, preview.mimetype, preview.data == answer.data) == (200, "image/jpeg", False)
    small = scene.worker.get(url(entry, f"/tep/{row.public_id}/xem?co=nho"))
    assert Image.open(io.BytesIO(small.data)).size == (40, 30)


# --- Check, file, receipt -----------------------------------------------------------------------------------------


def test_check_file_and_receipt(scene: Scene) -> None:
    entry = scene.draft()
    page = scene.worker.get(url(entry, "/kiem-tra"))
    assert h1_of(page) == "Kiểm tra lại trước khi nộp"
    assert "Sau khi nộp, sửa được cho đến khi CĐCS xác nhận." in text_of(page)
    page = send(scene.worker, page, button="Nộp hồ sơ", pledge="y")
    assert h1_of(page) == "Đã nộp hồ sơ"
    text = text_of(page)
    assert "LDG-26-0001-8" in text
    assert "Nộp lúc 09:00:00, 04/05/2026 (giờ máy chủ)" in text
    assert "Đã nhận: 7 mục trả lời, 1 ảnh" in text
    assert "Việc tiếp theo: CĐCS Chè Tân Uyên xem và xác nhận trước 09/05/2026." in text
    assert "<svg" in page.text
    mine = text_of(scene.worker.get("/ho-so"))
    assert "Cải tiến giàn héo chè LDG-26-0001-8 Chờ CĐCS xác nhận" in mine


def test_what_the_movement_itself_remarks_stands_above_the_pledge(scene: Scene) -> None:
    page = scene.worker.get(url(scene.draft(), "/kiem-tra"))
    assert (
        "Lò Thị Mai: chưa ghi trình độ và chức vụ nên chưa biết mức xét Bằng Lao động sáng tạo. "
        "Nhờ cán bộ công đoàn cơ sở bổ sung ở danh sách đoàn viên."
    ) in text_of(page)
    assert h1_of(send(scene.worker, page, button="Nộp hồ sơ", pledge="y")) == "Đã nộp hồ sơ"


def test_without_the_pledge_nothing_is_filed(scene: Scene) -> None:
    entry = scene.draft()
    answer = send(scene.worker, scene.worker.get(url(entry, "/kiem-tra")), button="Nộp hồ sơ")
    assert answer.status_code == 422
    assert text_of(answer).count("Đánh dấu vào ô cam kết để nộp hồ sơ") == 2
    assert fresh(entry).state == State.DRAFT


def test_what_is_missing_leads_to_its_question_and_back(scene: Scene) -> None:
    entry = scene.draft(title="", answers={"hieu-qua": None}, files=0)
    page = scene.worker.get(url(entry, "/kiem-tra"))
    for sentence in ("Nhập tên sáng kiến", "Thêm ít nhất 1 ảnh hoặc tài liệu chứng minh"):
        assert sentence in text_of(page)
    answer = send(scene.worker, page, button="Nộp hồ sơ", pledge="y")
    assert (answer.status_code, "Có 3 chỗ cần sửa" in text_of(answer)) == (422, True)
    step = scene.worker.get(url(entry, "/phan/2?ve=kiem-tra"))
    assert text_of(step).count("Nhập tên sáng kiến") == 2
    back = send(scene.worker, step, button="Lưu và tiếp tục", title="Giàn héo")
    assert h1_of(back) == "Kiểm tra lại trước khi nộp"


def test_a_double_submit_gives_one_entry_and_the_same_receipt(scene: Scene) -> None:
    entry = scene.draft()
    values = form(scene.worker.get(url(entry, "/kiem-tra")), "/kiem-tra").values
    answers = [scene.worker.post(url(entry, "/kiem-tra"), data={**values, "pledge": "y"}) for _ in range(2)]
    assert [(one.status_code, one.location) for one in answers] == [(303, url(entry, "/bien-nhan"))] * 2
    again = fresh(entry)
    assert (count(), again.code, len(again.steps)) == (1, "LDG-26-0001-8", 1)


def test_a_start_sent_twice_opens_one_draft(scene: Scene) -> None:
    page = scene.worker.get(f"/nop/{scene.season.public_id}?nguoi=co&ap-dung=da")
    values = {**form(page, "/nop/").values, "da-nop": "chua"}
    answers = [scene.worker.post(f"/nop/{scene.season.public_id}", data=values) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert count() == 1


def test_at_the_deadline_it_counts_and_a_microsecond_later_the_draft_is_kept(
    scene: Scene, clock: SettableClock
) -> None:
    late, in_time = scene.draft(), scene.draft()
    clock.now = CLOSES
    scene.come_in()
    page = send(scene.worker, scene.worker.get(url(in_time, "/kiem-tra")), button="Nộp hồ sơ", pledge="y")
    assert h1_of(page) == "Đã nộp hồ sơ"
    page = scene.worker.get(url(late, "/kiem-tra"))
    clock.now = CLOSES + timedelta(microseconds=1)
    answer = send(scene.worker, page, button="Nộp hồ sơ", pledge="y")
    assert answer.status_code == 409
    sentence = "Đã hết hạn nộp lúc 17:00, 15/05/2026. Bản nháp vẫn được giữ. Liên hệ Ban tổ chức: 0213 000 0000"
    assert sentence in text_of(answer)
    assert (fresh(late).state, fresh(late).answers["linh-vuc"]) == (State.DRAFT, "che")


def test_what_was_typed_on_a_page_that_is_refused_is_shown_to_be_copied(scene: Scene) -> None:
    entry = scene.draft()
    page = scene.worker.get(url(entry, "/phan/3"))
    send(scene.worker, scene.worker.get(url(entry, "/kiem-tra")), button="Nộp hồ sơ", pledge="y")
    answer = send(scene.worker, page, button="Lưu và tiếp tục", **{"f-hieu-qua": "Đỡ 12 xe củi mỗi tháng"})
    assert answer.status_code == 403
    kept = re.search(r'<textarea class="input textarea" id="typed"[^>]*>(.*?)</textarea>', answer.text, re.DOTALL)
    assert kept
    assert "Đỡ 12 xe củi mỗi tháng" in kept[1].split("\n")
    assert form(page, "/phan/3").values["csrf_token"] not in kept[1]


def test_the_last_hour_is_announced_on_every_open_draft(scene: Scene, clock: SettableClock) -> None:
    entry = scene.draft()
    clock.now = CLOSES - timedelta(minutes=59)
    scene.come_in()
    assert "Sắp hết hạn nộp: 17:00, 15/05/2026" in text_of(scene.worker.get(url(entry, "/phan/1")))


# --- One's own entries --------------------------------------------------------------------------------------------


def test_an_empty_list_says_what_to_do(scene: Scene) -> None:
    page = scene.worker.get("/ho-so")
    assert "Chưa có hồ sơ nào. Xem đợt đang nhận hồ sơ" in text_of(page)


def test_a_foreign_entry_is_not_found(scene: Scene, sign_in: SignIn) -> None:
    entry = scene.filed()
    begin_writing()
    stranger = make_account(make_person("Người lạ", make_unit("CĐCS khác", db.session.get(Unit, scene.province.id))))
    db.session.commit()
    client = sign_in(stranger)
    for rest in ("", "/phan/1", "/kiem-tra", "/bien-nhan", f"/tep/{entry.attachments[0].public_id}", "/rut"):
        assert client.get(url(entry, rest)).status_code == 404, rest


def test_a_filed_entry_is_no_longer_edited(scene: Scene) -> None:
    entry = scene.filed()
    assert scene.worker.get(url(entry, "/phan/1")).status_code == 403
    page = scene.worker.get(url(entry))
    assert "Chờ CĐCS xác nhận" in text_of(page)
    page = send(scene.worker, page, button="Sửa hồ sơ")
    assert "Đã lấy lại hồ sơ để sửa." in text_of(page)
    assert fresh(entry).state == State.DRAFT


def test_an_entry_is_withdrawn_after_one_confirm_page(scene: Scene) -> None:
    entry = scene.filed()
    page = scene.worker.get(url(entry, "/rut"))
    assert h1_of(page) == "Rút hồ sơ"
    page = send(scene.worker, page, action="/rut", button="Rút hồ sơ")
    assert "Đã rút hồ sơ «Cải tiến giàn héo chè»." in text_of(page)
    assert fresh(entry).state == State.WITHDRAWN


def test_a_return_is_answered_from_the_list(scene: Scene) -> None:
    entry = scene.filed()
    page = scene.officer.get(url(entry))
    send(
        scene.officer, page, button="Gửi quyết định", decision="return", reasons=["photos", "figures"],
        due_on="20/05/2026", follow=False,
    )  # fmt: skip
    page = scene.worker.get("/ho-so")
    text = text_of(page)
    assert "Cần anh/chị bổ sung trước 20/05/2026 (2 chỗ)" in text
    assert "Thiếu ảnh trước/sau Số liệu hiệu quả chưa có căn cứ Bổ sung ngay" in text
    page = scene.worker.get(url(entry))
    assert "Trả lại để bổ sung CĐCS Chè Tân Uyên Thiếu ảnh trước/sau; Số liệu hiệu quả chưa có căn cứ" in text_of(page)
    page = send(scene.worker, scene.worker.get(url(entry, "/kiem-tra")), button="Nộp hồ sơ", pledge="y")
    assert h1_of(page) == "Đã nộp hồ sơ"


def test_what_an_officer_typed_is_labelled_and_confirmed_by_its_author(scene: Scene) -> None:
    entry = scene.filed(is_on_behalf=True, filed_by=scene.officer_account.id)
    page = scene.worker.get(url(entry))
    assert "CĐCS nhập hộ" in text_of(page)
    page = send(scene.worker, page, button="Xác nhận phần của tôi")
    assert "Đã xác nhận phần đóng góp của anh/chị." in text_of(page)
    assert fresh(entry).authorships[0].confirmed_at == NOW


# --- The officer --------------------------------------------------------------------------------------------------


def test_the_queue_is_endorsed_in_bulk_and_undone(scene: Scene, clock: SettableClock) -> None:
    entries = [scene.filed(title=f"Sáng kiến {n}") for n in range(2)]
    page = scene.officer.get("/xac-nhan")
    assert h1_of(page) == "Chờ tôi xác nhận (2)"
    ids = [entry.public_id for entry in entries]
    page = send(scene.officer, page, button="Xác nhận các hồ sơ đã chọn", chon=ids)
    assert "Đã chuyển 2 hồ sơ lên LĐLĐ tỉnh Lai Châu." in text_of(page)
    assert "Không còn hồ sơ chờ xác nhận." in text_of(page)
    assert fresh(entries[0]).state == State.ENDORSED
    clock.forward(minutes=9)
    page = send(scene.officer, page, button="Hoàn tác")
    assert "Đã hoàn tác 2 hồ sơ." in text_of(page)
    assert h1_of(page) == "Chờ tôi xác nhận (2)"


def test_after_ten_minutes_nothing_is_undone(scene: Scene, clock: SettableClock) -> None:
    entry = scene.filed()
    page = send(
        scene.officer, scene.officer.get("/xac-nhan"), button="Xác nhận các hồ sơ", chon=[entry.public_id]
    )  # fmt: skip
    clock.forward(minutes=11)
    page = send(scene.officer, page, button="Hoàn tác")
    assert "Chỉ hoàn tác được trong 10 phút và khi cấp trên chưa xử lý." in text_of(page)
    assert fresh(entry).state == State.ENDORSED


def test_the_queue_is_filtered(scene: Scene, clock: SettableClock) -> None:
    scene.filed(title="Giàn héo chè")
    clock.forward(days=4)
    scene.come_in()
    assert "Giàn héo chè" in text_of(scene.officer.get("/xac-nhan?tim=gian+heo&qua-han=1"))
    assert "Không có hồ sơ nào khớp bộ lọc." in text_of(scene.officer.get("/xac-nhan?tim=khoan"))


def test_an_officer_decides_one_entry(scene: Scene) -> None:
    entry = scene.filed()
    page = send(scene.officer, scene.officer.get(url(entry)), button="Gửi quyết định")
    assert "Đã chuyển 1 hồ sơ lên LĐLĐ tỉnh Lai Châu." in text_of(page)


@pytest.mark.parametrize(("decision", "sentence"), [
    ("return", "Chọn ít nhất một lý do trả lại"),
    ("refuse", "Chọn ít nhất một lý do"),
])  # fmt: skip
def test_a_decision_without_a_reason_is_refused(scene: Scene, decision: str, sentence: str) -> None:
    entry = scene.filed()
    answer = send(scene.officer, scene.officer.get(url(entry)), button="Gửi quyết định", decision=decision)
    assert (answer.status_code, text_of(answer).count(sentence) >= 2) == (422, True)
    assert fresh(entry).state == State.SUBMITTED


def test_an_officer_of_another_unit_finds_nothing(scene: Scene, sign_in: SignIn) -> None:
    entry = scene.filed()
    begin_writing()
    other = make_unit("CĐCS khác", db.session.get(Unit, scene.province.id))
    account = make_account(make_person("Cán bộ khác", other), (Role.OFFICER, other))
    db.session.commit()
    stranger = sign_in(account)
    assert stranger.get(url(entry)).status_code == 404
    token = re.findall(r'name="csrf_token" value="([^"]+)"', stranger.get("/ho-so").text)[0]
    posted = stranger.post(url(entry, "/quyet-dinh"), data={"csrf_token": token, "form_key": KEY})
    assert posted.status_code == 404
    assert fresh(entry).state == State.SUBMITTED


def test_confidential_answers_stay_with_the_author_and_the_council(scene: Scene) -> None:
    entry = scene.filed(answers={"bao-mat": "Tỷ lệ pha trộn bí mật"})
    assert "Tỷ lệ pha trộn bí mật" in text_of(scene.worker.get(url(entry)))
    assert "Tỷ lệ pha trộn bí mật" not in text_of(scene.officer.get(url(entry)))
    assert "Tỷ lệ pha trộn bí mật" in text_of(scene.organiser.get(url(entry)))


def test_an_officer_types_for_a_member(scene: Scene) -> None:
    page = scene.officer.get("/nhap-ho?tim=mai")
    page = send(scene.officer, page, button="Nhập hộ người này")
    assert "CĐCS nhập hộ Lò Thị Mai" in text_of(page)
    entry = db.session.scalars(sa.select(Entry)).unique().one()
    assert (entry.is_on_behalf, entry.owner.full_name) == (True, "Lò Thị Mai")
    paper = scene.officer.get(url(entry, "/phieu-ky"))
    assert "Tác giả (ký, ghi rõ họ tên)" in text_of(paper)
    assert "Hồ sơ đơn vị" in text_of(scene.officer.get("/don-vi/ho-so"))
    assert "CĐCS nhập hộ" in text_of(scene.officer.get("/don-vi/ho-so"))


def test_a_unit_nominates_a_person_and_a_collective(session: Any, sign_in: SignIn) -> None:
    scene = Scene(sign_in, "tham-muu-gioi")
    page = scene.worker.get(f"/nop/{scene.season.public_id}")
    assert "đơn vị là nơi đề nghị cá nhân, tập thể" in text_of(page)
    page = scene.officer.get("/nhap-ho?tim=mai")
    send(scene.officer, page, button="Đề nghị người này")
    answer = send(scene.officer, page, button="Đề nghị tập thể này")
    assert (answer.status_code, "Nhập tên tập thể" in text_of(answer)) == (422, True)
    page = send(scene.officer, scene.officer.get("/nhap-ho"), button="Đề nghị tập thể", **{"ten-tap-the": "Tổ Một cửa"})
    assert "Tổ Một cửa" in text_of(page)
    assert count() == 2
    assert "Bản nháp" in text_of(scene.worker.get("/ho-so"))


def test_the_unit_answers_its_facts_on_the_page(session: Any, sign_in: SignIn) -> None:
    scene = Scene(sign_in, "tham-muu-gioi")
    db.session.rollback()
    begin_writing()
    season, unit = db.session.get(Season, scene.season.id), db.session.get(Unit, scene.unit.id)
    nominee, officer = scene.worker_account.person, scene.officer_account
    entry = service.start_draft(
        season, owner=db.session.merge(officer.person), unit=unit, subject="person", at=NOW, filed_by=officer.id,
        nominee=db.session.merge(nominee),
    )  # fmt: skip
    filled = {"linh-vuc": "y-te", "tham-muu": "Gộp mẫu", "phuc-vu": "Đúng hẹn"}
    service.save_answers(entry, filled, title="Gộp ba mẫu báo cáo", at=NOW)
    db.session.commit()
    page = send(scene.officer, scene.officer.get(url(entry, "/kiem-tra")), button="Nộp hồ sơ", pledge="y")
    assert h1_of(page) == "Đã nộp hồ sơ"
    page = scene.officer.get(url(entry))
    answer = send(scene.officer, page, button="Gửi quyết định")
    sentence = "Đơn vị cần trả lời «Số việc trễ hạn trong năm» trước khi xác nhận"
    assert (answer.status_code, sentence in text_of(answer)) == (422, True)
    facts = {"fact-viec-tre-han": "2", "fact-ky-luat": "false"}
    page = send(scene.officer, answer, button="Gửi quyết định", **facts)
    assert "Đã chuyển 1 hồ sơ" in text_of(page)
    assert {one.fact_id: one.value for one in fresh(entry).facts} == {"viec-tre-han": "2", "ky-luat": "false"}


# --- The organiser ------------------------------------------------------------------------------------------------


def endorsed(scene: Scene, **more: Any) -> Entry:
    entry = scene.filed(**more)
    send(scene.officer, scene.officer.get(url(entry)), button="Gửi quyết định")
    return entry


def test_the_table_filters_sorts_and_receives(scene: Scene) -> None:
    first, second = endorsed(scene, title="Giàn héo chè"), endorsed(scene, title="Lưới chắn rác")
    table = f"/dot-xet/{scene.season.public_id}/ho-so"
    page = scene.organiser.get(table)
    assert h1_of(page) == "Hồ sơ: Sáng kiến của người lao động, đợt 2026 (2)"
    page = scene.organiser.get(f"{table}?tim=gian+heo&trang_thai=endorsed&xep=ten")
    assert ("Giàn héo chè" in text_of(page), "Lưới chắn rác" in text_of(page)) == (True, False)
    assert "Không có hồ sơ nào khớp bộ lọc. Xóa bộ lọc" in text_of(scene.organiser.get(f"{table}?tim=khoan"))
    ids = [first.public_id, second.public_id]
    page = send(scene.organiser, scene.organiser.get(table), button="Tiếp nhận", chon=ids)
    assert "Đã tiếp nhận 2 hồ sơ." in text_of(page)
    assert {fresh(first).state, fresh(second).state} == {State.RECEIVED}


def test_the_organiser_receives_returns_or_finds_ineligible(scene: Scene) -> None:
    entry = endorsed(scene)
    page = scene.organiser.get(url(entry))
    answer = send(scene.organiser, page, button="Trả lại", action="/tra-lai")
    assert (answer.status_code, "Chọn ít nhất một lý do trả lại" in text_of(answer)) == (422, True)
    answer = send(scene.organiser, page, action="/khong-du-dieu-kien")
    assert (answer.status_code, "Chọn ít nhất một lý do" in text_of(answer)) == (422, True)
    page = send(
        scene.organiser, page, action="/tiep-nhan", button="Tiếp nhận", work_field="y-te",
        **{"fact-uu-tien-nu": "true"},
    )  # fmt: skip
    assert "Đã tiếp nhận hồ sơ LDG-26-0001-8." in text_of(page)
    again = fresh(entry)
    assert (again.state, again.field, [one.value for one in again.facts]) == (State.RECEIVED, "y-te", ["true"])
    page = send(scene.organiser, scene.organiser.get(url(entry)), action="/thong-tin", work_field="che")
    assert "Đã ghi thông tin của hồ sơ." in text_of(page)
    send(scene.organiser, scene.organiser.get(url(entry)), action="/khong-du-dieu-kien", reasons=["subject"])
    assert fresh(entry).state == State.INELIGIBLE
    assert "Không đúng đối tượng" in text_of(scene.worker.get(url(entry)))


def test_the_table_goes_out_to_excel_as_filtered(scene: Scene) -> None:
    from python_calamine import CalamineWorkbook

    endorsed(scene, title="Giàn héo chè", answers={"tinh-duoc-tien": True, "lam-loi": "88000000"})
    endorsed(scene, title="=1+1")
    answer = scene.organiser.get(f"/dot-xet/{scene.season.public_id}/ho-so.xlsx")
    assert answer.headers["Content-Disposition"] == "attachment; filename=ho-so-LDG-2026.xlsx"
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert rows[0][:8] == [
        "Mã hồ sơ", "Tên hồ sơ", "Tác giả", "Đơn vị", "Điện thoại", "Lĩnh vực", "Trạng thái", "Nộp lúc",
    ]  # fmt: skip
    assert rows[1][:7] == [
        "LDG-26-0001-8", "Giàn héo chè", "Lò Thị Mai", "CĐCS Chè Tân Uyên", "0912345678", "Chè", "Chờ tiếp nhận",
    ]  # fmt: skip
    assert rows[1][7] == datetime(2026, 5, 4, 9, 0)  # noqa: DTZ001  # Excel knows no zones.
    assert rows[2][1] == "'=1+1"
    answer = scene.organiser.get(f"/dot-xet/{scene.season.public_id}/ho-so.xlsx?tim=gian")
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()) == 2


def test_a_worker_has_no_way_to_the_table(scene: Scene) -> None:
    for rest in ("/ho-so", "/ho-so.xlsx"):
        assert scene.worker.get(f"/dot-xet/{scene.season.public_id}{rest}").status_code == 403
