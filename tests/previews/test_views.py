"""The preview of a movement as organisers see it: the real surfaces, invented data, nothing to send."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pypdf
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from core.accounts.models import Account
from core.accounts.rules import Role
from core.extensions import db
from core.movements import queries as movement_queries
from core.movements import service as movements
from tests import makers
from tests.accounts.office import reading, writing
from tests.conftest import NOW
from tests.pages import h1_of, text_of

INITIATIVE, PEOPLE = "lao-dong-gioi", "tham-muu-gioi"
PARTS = ("trang", "ho-so", "phieu", "xep-hang", "giay", "bao-cao", "nhac")
LONG_NAME = "Ẳng Thị Ễ Ợ Ường Khuyến Nghiễm Thưởng Phượng Nguyệt Nguyễn P"

Preview = Callable[..., TestResponse]


@pytest.fixture
def office(app, sign_in) -> FlaskClient:
    """Return a browser of an organiser."""
    with writing(app):
        account = makers.make_account(None, (Role.ORGANISER, makers.make_unit("LĐLĐ tỉnh Lai Châu")))
        db.session.commit()
        return sign_in(account)


@pytest.fixture
def preview(office) -> Preview:
    """Return a function that opens a part: `preview("ho-so", size="dai-nhat")`."""

    def page(part: str, movement: str = INITIATIVE, size: str = "ngan-nhat", **query: str) -> TestResponse:
        return office.get(f"/phong-trao/{movement}/xem-thu", query_string={"muc": part, "du-lieu": size, **query})

    return page


def test_the_page_of_the_movement_says_what_a_season_would(preview):
    page = preview("trang")
    assert h1_of(page) == "Xem thử: Lao động giỏi – Lao động sáng tạo"
    said = text_of(page)
    assert "Lao động giỏi – Lao động sáng tạo, đợt 2026 Đang nhận hồ sơ Người lao động kể lại cách làm mới" in said
    assert "Giải thưởng 3 Giải Nhất, 7 Giải Nhì, 6 Giải Ba, 12 Giải Khuyến khích" in said
    assert "Dữ liệu trên trang này do máy dựng, không có thật và không lưu vào đâu." in said


def test_the_longest_form_asks_every_question_and_fills_it_to_the_brim(preview):
    page = preview("ho-so", size="dai-nhat")
    said = text_of(page)
    for question in ("Số tiền làm lợi trong năm đầu (đồng)", "Tính ra số tiền đó thế nào?", "Tác giả 10"):
        assert question in said
    assert f'value="{LONG_NAME}"' in page.text
    (story,) = re.findall(r'(?s)<textarea[^>]*name="f-cach-moi"[^>]*>\s*(.*?)</textarea>', page.text)
    assert len(story) == 6000
    (title,) = re.findall(r'<input[^>]*name="title"[^>]*>', page.text)
    assert "Ẳ Ễ Ợ" in title


def test_the_shortest_form_leaves_out_what_its_answers_close(preview):
    said = text_of(preview("ho-so"))
    assert "Từ khi làm cách mới, có gì tốt hơn?" in said
    assert "Tính ra số tiền đó thế nào?" not in said
    assert "Tác giả 2" not in said


@pytest.mark.parametrize("part", PARTS)
def test_nothing_on_the_page_can_be_sent(preview, part):
    page = preview(part, size="dai-nhat")
    assert page.status_code == 200
    inside = page.text[page.text.index('<section class="preview') : page.text.index("</main>")]
    assert (
        re.findall(r"<form|type=\"submit\"|<button(?![^>]*type=\"button\")|data-autosave|data-upload-url", inside) == []
    )


def test_a_score_sheet_stands_as_a_judge_left_it(preview):
    page = preview("phieu", size="dai-nhat")
    said = text_of(page)
    assert "1. Tính mới và sáng tạo (tối đa 30 điểm)" in said
    assert "Đột phá hoàn toàn 25–30" in said
    assert re.search(r"Tổng \d+/100", said)
    assert len(re.findall(r'type="radio"[^>]* checked', page.text)) == 5


def test_each_column_of_each_sheet_can_be_looked_at(preview):
    said = text_of(preview("phieu", PEOPLE, phieu="tap-the/tu-cham"))
    assert "Phiếu tập thể" in said
    own = preview("phieu", PEOPLE, phieu="ca-nhan/tu-cham")
    assert 'aria-current="true">Phiếu cá nhân' in own.text


def test_two_hundred_entries_are_ranked_with_ties_prizes_and_those_who_wait(preview):
    page = preview("xep-hang")
    said = text_of(page)
    assert "Xếp hạng 200 hồ sơ dựng thử" in said
    assert len(re.findall(r'<th scope="row" class="num">', page.text)) == 200
    for words in ("Giải Nhất", "Giải Khuyến khích", "Giải Nhất đã hết chỗ", "Chưa đủ phiếu ở cột «Giám khảo chấm»"):
        assert words in said


def test_the_report_counts_every_invented_entry_once(preview):
    page = preview("bao-cao")
    assert "Số liệu của 200 hồ sơ dựng thử" in text_of(page)
    for title, least in (("Theo tình trạng", 200), ("Theo lĩnh vực", 200)):
        table = re.search(rf"(?s)<table[^>]*>\s*<caption[^>]*>{title}</caption>.*?</table>", page.text)
        assert table is not None
        assert sum(int(n) for n in re.findall(r'<td class="num">(\d+)</td>', table[0])) == least


@pytest.mark.parametrize("size", ["ngan-nhat", "dai-nhat"])
@pytest.mark.parametrize("movement", [INITIATIVE, PEOPLE])
def test_the_citation_is_shown_and_printed_as_a_specimen(office, movement, size):
    query = {"du-lieu": size}
    page = office.get(f"/phong-trao/{movement}/xem-thu", query_string={"muc": "giay", **query})
    assert "Giấy chứng nhận mẫu:" in page.text
    printed = office.get(f"/phong-trao/{movement}/xem-thu/giay-chung-nhan.pdf", query_string=query)
    (sheet,) = pypdf.PdfReader(io.BytesIO(printed.data)).pages
    assert "BẢN MẪU" in sheet.extract_text()
    shown = office.get(f"/phong-trao/{movement}/xem-thu/giay-chung-nhan.png", query_string=query)
    assert Image.open(io.BytesIO(shown.data)).size == (1123, 794)


def test_remarks_are_counted_and_said_with_their_places(preview):
    page = preview("nhac")
    said = text_of(page)
    assert "Nhắc (20)" in said
    assert "«Bằng Lao động sáng tạo» có 5 mức điều kiện ghi UNVERIFIED." in said
    assert "sheets[2].criteria[0].guidance" in said


def test_the_frame_of_a_phone_is_a_narrow_box_and_kept_in_every_link(preview):
    page = preview("ho-so", khung="dien-thoai")
    assert '<section class="preview preview-phone"' in page.text
    assert "muc=xep-hang&amp;phieu=phieu-chung/giam-khao&amp;du-lieu=ngan-nhat&amp;khung=dien-thoai" in page.text


def test_words_that_name_nothing_fall_back_to_the_first(preview):
    page = preview("khong-co", size="khong-co", khung="khong-co", phieu="khong/co")
    assert page.status_code == 200
    assert "đợt 2026" in text_of(page)


def test_a_movement_that_is_not_there_is_not_found(office):
    assert office.get("/phong-trao/khong-co/xem-thu").status_code == 404


def test_an_officer_may_not_look(app, sign_in):
    with writing(app):
        account = makers.make_account(None, (Role.OFFICER, makers.make_unit("CĐCS Chè")))
        db.session.commit()
        client = sign_in(account)
    assert client.get(f"/phong-trao/{INITIATIVE}/xem-thu").status_code == 403


def test_looking_writes_nothing(app, preview):
    def rows() -> dict[str, int]:
        with reading(app):
            tables = db.metadata.sorted_tables
            return {t.name: db.session.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in tables}

    preview("trang")
    before = rows()
    for part in PARTS:
        preview(part, size="dai-nhat")
    assert rows() == before


# --- The approval pack --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("movement", [INITIATIVE, PEOPLE])
def test_the_approval_pack_is_offered_and_downloaded(office, preview, movement):
    assert "Tải gói trình duyệt (PDF)" in text_of(preview("nhac", movement))
    answer = office.get(f"/phong-trao/{movement}/xem-thu/goi-trinh-duyet.pdf", query_string={"du-lieu": "dai-nhat"})
    assert answer.headers["Content-Disposition"] == f"attachment; filename=goi-trinh-duyet-{movement}.pdf"
    first = pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "GÓI TRÌNH DUYỆT PHONG TRÀO" in first
    assert "LIÊN ĐOÀN LAO ĐỘNG TỈNH LAI CHÂU" in " ".join(first.split())


def test_the_pack_stays_vietnamese_for_a_reader_of_english(office):
    office.get("/ngon-ngu/en")
    answer = office.get(f"/phong-trao/{PEOPLE}/xem-thu/goi-trinh-duyet.pdf")
    said = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    assert "Nên sửa" in said
    assert "Better changed" not in said


# --- A movement in the making -------------------------------------------------------------------------------------


@pytest.fixture
def draft(app) -> Callable[..., tuple[str, Account]]:
    """Return a function that gives a movement in the making, of a unit with its organiser."""

    def make(source: str = "", **content: str) -> tuple[str, Account]:
        with writing(app):
            province = makers.make_unit("LĐLĐ tỉnh Lai Châu")
            account = makers.make_account(None, (Role.ORGANISER, province))
            found = movement_queries.find(source) if source else None
            made = movements.create(
                title="Công nhân xanh", owner_unit=province, actor=makers.SYSTEM, at=NOW, source=found
            )
            if content:
                made.content = {**made.content, "movement": {**made.content["movement"], **content}}
                makers.audit.record("test.change", made, actor=makers.SYSTEM, at=NOW)
            db.session.commit()
            return made.public_id, account

    return make


def test_a_sound_movement_in_the_making_is_previewed_by_its_organiser(draft, sign_in):
    public_id, account = draft(source=INITIATIVE)
    client = sign_in(account)
    home = f"/phong-trao-cua-toi/{public_id}"
    page = client.get(f"{home}/xem-thu", query_string={"muc": "phieu"})
    assert h1_of(page) == "Xem thử: Công nhân xanh"
    assert f"{home}/xem-thu/goi-trinh-duyet.pdf" in page.text
    assert client.get(f"{home}/xem-thu/goi-trinh-duyet.pdf").mimetype == "application/pdf"
    assert client.get(f"{home}/xem-thu/giay-chung-nhan.pdf").mimetype == "application/pdf"
    assert client.get(f"{home}/xem-thu/giay-chung-nhan.png").mimetype == "image/png"


def test_the_last_step_and_the_list_lead_to_the_preview(draft, sign_in):
    public_id, account = draft(source=INITIATIVE)
    client = sign_in(account)
    for page in ("/phong-trao-cua-toi", f"/phong-trao-cua-toi/{public_id}/kiem-tra"):
        assert f'href="/phong-trao-cua-toi/{public_id}/xem-thu"' in client.get(page).text


def test_an_unfinished_movement_leads_to_what_is_left(draft, sign_in):
    public_id, account = draft()
    client = sign_in(account)
    answer = client.get(f"/phong-trao-cua-toi/{public_id}/xem-thu")
    assert (answer.status_code, answer.location) == (303, f"/phong-trao-cua-toi/{public_id}/kiem-tra")
    for file in ("giay-chung-nhan.png", "giay-chung-nhan.pdf", "goi-trinh-duyet.pdf"):
        assert client.get(f"/phong-trao-cua-toi/{public_id}/xem-thu/{file}").status_code == 404


def test_a_movement_of_another_province_is_not_found(draft, app, sign_in):
    public_id, _account = draft(source=INITIATIVE)
    with writing(app):
        stranger = makers.make_account(None, (Role.ORGANISER, makers.make_unit("LĐLĐ tỉnh Sơn La")))
        db.session.commit()
    assert sign_in(stranger).get(f"/phong-trao-cua-toi/{public_id}/xem-thu").status_code == 404


def test_a_word_that_does_not_fit_the_pack_is_named_on_the_page(draft, sign_in):
    public_id, account = draft(source=INITIATIVE, title="Ẳ" * 60)
    answer = sign_in(account).get(f"/phong-trao-cua-toi/{public_id}/xem-thu/goi-trinh-duyet.pdf")
    assert answer.status_code == 422
    said = "Gói trình duyệt có một từ rộng quá chỗ ở tên phong trào. Tách từ đó ra rồi tải lại."
    assert said in text_of(answer)
