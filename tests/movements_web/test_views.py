"""What an organiser reads and does on the pages of a movement; what others may not."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.accounts.models import Account
from core.accounts.rules import SYSTEM, Role
from core.db import begin_writing
from core.extensions import db
from core.movements import queries, service
from core.movements.models import MovementDraft
from core.organisations.models import Unit
from tests.conftest import NOW
from tests.makers import make_account, make_person, make_season, make_unit
from tests.pages import form, h1_of, send, text_of

pytestmark = pytest.mark.usefixtures("session")
SignIn = Callable[[Account], FlaskClient]
HOME = "/phong-trao-cua-toi"
STAY = "Lưu bản nháp"
INSTALLED = ("lao-dong-gioi", "tham-muu-gioi", "xanh-sach-dep")


@pytest.fixture
def province(session: Any) -> Unit:
    unit = make_unit("LĐLĐ tỉnh Lai Châu")
    db.session.commit()
    return unit


@pytest.fixture
def organiser(province: Unit, sign_in: SignIn) -> FlaskClient:
    account = make_account(make_person("Hoàng Văn Tổ"), (Role.ORGANISER, province))
    db.session.commit()
    return sign_in(account)


def _writing() -> None:
    # A page seen before in this test left the session reading.
    db.session.rollback()
    begin_writing()


def _draft(province: Unit, source: str = "", title: str = "Công nhân xanh") -> MovementDraft:
    _writing()
    movement = queries.find(source) if source else None
    draft = service.create(title=title, owner_unit=province, actor=SYSTEM, at=NOW, source=movement)
    db.session.commit()
    return draft


def _content(draft: MovementDraft) -> Any:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(MovementDraft, draft.id).content


def _step(draft: MovementDraft, number: int) -> str:
    return f"{HOME}/{draft.public_id}/buoc/{number}"


def _save(client: FlaskClient, page: TestResponse, **typed: Any) -> TestResponse:
    return send(client, page, button=STAY, **typed)


def test_an_empty_list_says_how_to_begin(organiser: FlaskClient) -> None:
    page = organiser.get(HOME)
    assert h1_of(page) == "Phong trào của tôi"
    assert "Đơn vị chưa lập phong trào nào" in text_of(page)
    assert "LĐLĐ tỉnh Lai Châu: Đang bật" in text_of(page)


def test_the_list_says_where_each_movement_stands_and_what_it_lacks(organiser: FlaskClient, province: Unit) -> None:
    _draft(province)
    _draft(province, INSTALLED[0], "Bản sao đầy đủ")
    text = text_of(organiser.get(HOME))
    assert "Công nhân xanh LĐLĐ tỉnh Lai Châu Bản nháp Còn 3 việc" in text
    assert "Bản sao đầy đủ LĐLĐ tỉnh Lai Châu Bản nháp Đã đủ" in text


@pytest.mark.parametrize("source", INSTALLED)
def test_saving_every_page_of_a_copy_untouched_changes_nothing(
    organiser: FlaskClient, province: Unit, source: str
) -> None:
    draft = _draft(province, source)
    before = _content(draft)
    for number in range(1, 9):
        for sheet in range(1, len(before["sheets"]) + 1):
            page = organiser.get(f"{_step(draft, number)}?phieu={sheet}")
            assert page.status_code == 200
            assert "Không còn việc nào phải sửa" in text_of(page)
            _save(organiser, page)
    assert _content(draft) == before


def test_the_list_of_what_is_left_leads_to_each_box(organiser: FlaskClient, province: Unit) -> None:
    draft = _draft(province)
    page = organiser.get(_step(draft, 1))
    assert "Còn 3 việc" in text_of(page)
    assert "Văn bản 1, Văn bản: chưa nhập" in text_of(page)
    assert f'href="{_step(draft, 1)}#movement-legal_basis-0-document"' in page.text
    assert 'id="movement-legal_basis-0-document"' in page.text
    assert f'href="{_step(draft, 4)}#sheets-0-subject"' in page.text


def test_a_decimal_comma_is_understood_and_shown_again(organiser: FlaskClient, province: Unit) -> None:
    draft = _draft(province)
    page = send(organiser, organiser.get(_step(draft, 4)), button="Thêm tiêu chí")
    page = _save(organiser, page, **{"sheets[0].criteria[0].max": "12,5"})
    assert _content(draft)["sheets"][0]["criteria"][0]["max"] == {"#": "12.5"}
    assert form(page, button=STAY).values["sheets[0].criteria[0].max"] == "12,5"
    assert "Tổng 12,5, cần đúng 100" in text_of(page)


def test_an_ambiguous_number_is_asked_about_and_kept(organiser: FlaskClient, province: Unit) -> None:
    draft = _draft(province)
    page = send(organiser, organiser.get(_step(draft, 4)), button="Thêm tiêu chí")
    page = _save(organiser, page, **{"sheets[0].criteria[0].max": "1.234"})
    assert "Có thể hiểu là 1.234 hoặc 1,234" in text_of(page)
    assert form(page, button=STAY).values["sheets[0].criteria[0].max"] == "1.234"


def test_rows_are_added_moved_and_removed_without_losing_what_was_typed(organiser: FlaskClient, province: Unit) -> None:
    draft = _draft(province)
    page = organiser.get(_step(draft, 6))
    page = send(organiser, page, button="Thêm xếp loại")
    page = send(organiser, page, button="Thêm xếp loại", **{"sheets[0].bands[0].title": "Đạt"})
    page = send(organiser, page, button="Lên Xếp loại 2", **{"sheets[0].bands[1].title": "Xuất sắc"})
    assert [band.get("title") for band in _content(draft)["sheets"][0]["bands"]] == ["Xuất sắc", "Đạt"]
    page = send(organiser, page, button="Xóa Xếp loại 1: Xuất sắc")
    assert [band.get("title") for band in _content(draft)["sheets"][0]["bands"]] == ["Đạt"]
    page = send(organiser, page, action="hoan-tac", button="Hoàn tác")
    assert [band.get("title") for band in _content(draft)["sheets"][0]["bands"]] == ["Xuất sắc", "Đạt"]


def test_a_button_for_a_row_that_is_gone_is_refused_and_keeps_the_rest(organiser: FlaskClient, province: Unit) -> None:
    draft = _draft(province)
    page = organiser.get(_step(draft, 1))
    found = form(page, button=STAY)
    answer = organiser.post(_step(draft, 1), data={**found.values, "act": "remove:movement.legal_basis[7]"})
    assert answer.status_code == 409
    assert "Dòng này không còn nữa" in text_of(answer)
    assert _content(draft)["movement"]["legal_basis"] == [{}]


def test_two_tabs_are_told_of_each_other(organiser: FlaskClient, province: Unit) -> None:
    draft = _draft(province)
    first, second = organiser.get(_step(draft, 1)), organiser.get(_step(draft, 1))
    _save(organiser, first, **{"movement.title": "Một"})
    answer = _save(organiser, second, **{"movement.title": "Hai"})
    assert answer.status_code == 409
    assert "Phong trào vừa được lưu ở trang hoặc máy khác" in text_of(answer)
    assert _content(draft)["movement"]["title"] == "Một"


def test_a_choice_of_another_kind_brings_its_own_boxes(organiser: FlaskClient, province: Unit) -> None:
    draft = _draft(province)
    page = send(organiser, organiser.get(_step(draft, 4)), button="Thêm tiêu chí")
    page = _save(organiser, page, **{"sheets[0].criteria[0].~kind": "levels"})
    assert "Thêm mức" in text_of(page)
    assert 'name="sheets[0].criteria[0].max"' not in page.text
    page = send(organiser, page, button="Thêm mức")
    assert 'name="sheets[0].criteria[0].levels[0].points"' in page.text


def test_checking_offering_and_switching_are_said_before_they_are_done(organiser: FlaskClient, province: Unit) -> None:
    draft = _draft(province, INSTALLED[0])
    page = organiser.get(f"{HOME}/{draft.public_id}/kiem-tra")
    assert "Không còn việc nào phải sửa" in text_of(page)
    page = send(organiser, page, action="/kiem-tra", button="Kiểm tra")
    page = organiser.get(f"{HOME}/{draft.public_id}/dua-vao-dung")
    assert "Phiên bản này được giữ nguyên vẹn" in text_of(page)
    page = send(organiser, page, button="Đưa vào dùng", switch_on="")
    assert "Đã đưa vào dùng phiên bản 1" in text_of(page)
    assert "Công nhân xanh" not in text_of(organiser.get("/dot-xet/moi"))
    page = organiser.get(f"{HOME}/bat-tat/{draft.movement_id}")
    page = send(organiser, page, button="Xem việc sẽ xảy ra", is_on="1")
    assert h1_of(page) == "Bật «Công nhân xanh»"
    page = send(organiser, page, button="Bật")
    assert "Đã bật «Công nhân xanh» ở LĐLĐ tỉnh Lai Châu" in text_of(page)
    assert "Bắt đầu mới: Công nhân xanh" in text_of(organiser.get("/dot-xet/moi"))


def test_the_next_version_is_offered_to_a_running_season_as_an_amendment(
    organiser: FlaskClient, province: Unit
) -> None:
    draft = _draft(province, INSTALLED[0])
    service.check(draft, actor=SYSTEM, at=NOW)
    service.offer(draft, actor=SYSTEM, at=NOW, switch_on=True)
    season = make_season(draft.movement_id, province)
    db.session.commit()
    _writing()
    service.edit(draft, lambda content: content["movement"].update(summary="Ngắn hơn."), actor=SYSTEM, at=NOW)
    service.check(draft, actor=SYSTEM, at=NOW)
    service.offer(draft, actor=SYSTEM, at=NOW)
    db.session.commit()
    assert "Dùng quy tắc phiên bản 2 của phong trào" in text_of(organiser.get(f"/dot-xet/{season.public_id}/sua-doi"))


def test_switching_off_says_which_seasons_go_on(organiser: FlaskClient, province: Unit) -> None:
    _writing()
    make_season(INSTALLED[0], province)
    make_season(INSTALLED[0], province, is_open=False, year=2027)
    db.session.commit()
    page = organiser.get(f"{HOME}/bat-tat/{INSTALLED[0]}")
    page = send(organiser, page, button="Xem việc sẽ xảy ra", is_on="0")
    assert "1 đợt đang chạy vẫn tiếp tục theo quy tắc đã chốt." in text_of(page)
    assert "1 đợt đang chuẩn bị sẽ chưa mở được cho đến khi bật lại." in text_of(page)
    send(organiser, page, button="Tắt")
    page = organiser.get("/dot-xet/moi")
    page = send(organiser, page, button="Lưu và tiếp tục", source=_earlier(page), year="2028")
    assert page.status_code == 422
    assert "đang tắt ở LĐLĐ tỉnh Lai Châu" in text_of(page)


def _earlier(page: TestResponse) -> str:
    return str(form(page, button="Lưu và tiếp tục").values["source"])


def test_an_unfinished_movement_is_not_offered_and_the_page_counts_what_is_left(
    organiser: FlaskClient, province: Unit
) -> None:
    draft = _draft(province)
    page = send(organiser, organiser.get(f"{HOME}/{draft.public_id}/kiem-tra"), action="/kiem-tra", button="Kiểm tra")
    assert page.status_code == 422
    assert "Chưa dùng được: còn 3 việc phải sửa." in text_of(page)
    assert h1_of(organiser.get(f"{HOME}/{draft.public_id}/dua-vao-dung")) == "Chưa đưa vào dùng được"
    assert h1_of(organiser.get(f"{HOME}/{draft.public_id}/rut")) == "Chưa có gì để rút"


def test_a_draft_is_seen_in_the_owners_subtree_only(organiser: FlaskClient, province: Unit, sign_in: SignIn) -> None:
    _writing()
    commune, other = make_unit("CĐ xã Tân Uyên", province), make_unit("LĐLĐ tỉnh khác")
    below = make_account(make_person("Tổ chức cấp dưới"), (Role.ORGANISER, commune))
    foreign = make_account(make_person("Tổ chức nơi khác"), (Role.ORGANISER, other))
    admin = make_account(make_person("Quản trị"), (Role.ADMIN, province))
    worker = make_account(make_person("Đoàn viên"))
    db.session.commit()
    draft = _draft(province)
    codes = [sign_in(one).get(_step(draft, 1)).status_code for one in (below, foreign, admin, worker)]
    assert codes == [404, 404, 403, 403]
    assert "Công nhân xanh" not in text_of(sign_in(below).get(HOME))
    own = _draft(commune, title="Xanh xã")
    assert organiser.get(_step(own, 1)).status_code == 200
    assert "Bật, tắt theo đơn vị" in text_of(sign_in(admin).get(HOME))
    assert "Lập phong trào mới" not in text_of(sign_in(admin).get(HOME))


def test_the_exported_file_is_the_movement(organiser: FlaskClient, province: Unit) -> None:
    from core.scoring.reading import read_toml

    draft = _draft(province, INSTALLED[1])
    answer = organiser.get(f"{HOME}/{draft.public_id}/movement.toml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cong-nhan-xanh.toml"'
    _writing()
    assert read_toml(answer.data).movement == service.read(db.session.get_one(MovementDraft, draft.id)).movement


# --- Files -----------------------------------------------------------------------------------------------------------

PASTED = """STT\tTiêu chí\tĐiểm tối đa
1\tTiết kiệm điện\t40
2\tTiết kiệm nước\t35,5
3\tTrồng cây\t24,5
"""


def _take(client: FlaskClient, page: TestResponse) -> TestResponse:
    return send(client, page, action="/tep/nhan", button="Lấy nội dung này")


def test_a_pasted_score_sheet_is_shown_before_it_replaces_anything_and_can_be_undone(
    organiser: FlaskClient, province: Unit
) -> None:
    draft = _draft(province)
    before = _content(draft)
    page = organiser.get(f"{HOME}/{draft.public_id}/tep")
    page = send(organiser, page, button="Xem trước phiếu", **{"phieu-pasted": PASTED})
    assert "2 Tiết kiệm nước 35,5" in text_of(page)
    assert "Thay toàn bộ tiêu chí của phiếu «Phiếu chấm điểm»" in text_of(page)
    assert _content(draft) == before
    page = _take(organiser, page)
    assert h1_of(page) == "Tiêu chí và mức"
    assert "Tổng 100, đúng 100" in text_of(page)
    sheet = _content(draft)["sheets"][0]
    assert [row["max"] for row in sheet["criteria"]] == [{"#": "40"}, {"#": "35.5"}, {"#": "24.5"}]
    assert (sheet["id"], sheet["title"]) == ("phieu", "Phiếu chấm điểm")
    send(organiser, page, action="hoan-tac", button="Hoàn tác")
    assert _content(draft) == before


def test_a_score_sheet_may_come_in_as_a_sheet_of_its_own(organiser: FlaskClient, province: Unit) -> None:
    draft = _draft(province)
    page = organiser.get(f"{HOME}/{draft.public_id}/tep")
    page = send(organiser, page, button="Xem trước phiếu", **{"phieu-pasted": PASTED, "phieu-sheet": "1"})
    assert "Thêm thành một phiếu chấm mới." in text_of(page)
    _take(organiser, page)
    assert [len(sheet["criteria"]) for sheet in _content(draft)["sheets"]] == [0, 3]


@pytest.mark.parametrize("kind", ["toml", "xlsx"])
def test_a_movement_comes_back_by_its_file_with_the_same_rules(
    organiser: FlaskClient, province: Unit, kind: str
) -> None:
    draft, blank = _draft(province, INSTALLED[0]), _draft(province, title="Trang trắng")
    answer = organiser.get(f"{HOME}/{draft.public_id}/movement.{kind}")
    assert answer.status_code == 200
    page = organiser.get(f"{HOME}/{blank.public_id}/tep")
    found = form(page, button="Xem trước phong trào")
    chosen = {"tep-file": (io.BytesIO(answer.data), f"phong-trao.{kind}")}
    page = organiser.post(found.action, data={**found.values, **chosen}, content_type="multipart/form-data")
    assert "Thay toàn bộ nội dung của «Trang trắng»" in text_of(page)
    _take(organiser, page)
    _writing()
    source, copy = (service.read(db.session.get_one(MovementDraft, one.id)).movement for one in (draft, blank))
    assert source is not None
    assert copy is not None
    assert copy.id == "trang-trang"
    assert (copy.sheets, copy.form, copy.stages, copy.facts) == (
        source.sheets,
        source.form,
        source.stages,
        source.facts,
    )


def test_a_file_that_cannot_be_read_changes_nothing_and_says_why(organiser: FlaskClient, province: Unit) -> None:
    draft = _draft(province)
    page = organiser.get(f"{HOME}/{draft.public_id}/tep")
    found = form(page, button="Xem trước phong trào")
    for data, name in ((b"title = ", "a.toml"), (b"PK\x03\x04 hong", "a.xlsx"), (b"\xff\xfe", "b.toml")):
        chosen = {"tep-file": (io.BytesIO(data), name)}
        page = organiser.post(found.action, data={**found.values, **chosen}, content_type="multipart/form-data")
        assert "Chưa đọc được nội dung. Bản đang có không thay đổi." in text_of(page)
        assert "Lấy nội dung này" not in text_of(page)
    page = organiser.post(found.action, data=found.values, content_type="multipart/form-data")
    assert page.status_code == 422
    assert "Chọn tệp movement.toml hoặc tệp Excel" in text_of(page)


def test_an_unknown_key_of_a_file_is_named_and_can_be_taken_out(organiser: FlaskClient, province: Unit) -> None:
    draft = _draft(province, INSTALLED[0])
    text = organiser.get(f"{HOME}/{draft.public_id}/movement.toml").text.replace("[movement]", '[movement]\nla = "x"')
    found = form(organiser.get(f"{HOME}/{draft.public_id}/tep"), button="Xem trước phong trào")
    chosen = {"tep-file": (io.BytesIO(text.encode()), "a.toml")}
    page = organiser.post(found.action, data={**found.values, **chosen}, content_type="multipart/form-data")
    page = _take(organiser, page)
    assert "có mục lạ «la». Bỏ mục này" in text_of(page)
    page = send(organiser, page, action="bo-muc", button="Bỏ mục movement.la")
    assert "Không còn việc nào phải sửa" in text_of(page)


def test_content_that_no_page_carried_is_refused(organiser: FlaskClient, province: Unit) -> None:
    draft = _draft(province)
    page = organiser.get(f"{HOME}/{draft.public_id}/tep")
    page = send(organiser, page, button="Xem trước phiếu", **{"phieu-pasted": PASTED})
    found = form(page, action="/tep/nhan")
    for content in ("", "[]", "{", "[" * 9000, '{"a": ' * 60 + "1" + "}" * 60):
        keyed = {**found.values, "content": content, "form_key": f"khoa-{len(content)}-dung-mot-lan-thoi"}
        answer = organiser.post(found.action, data=keyed)
        assert answer.status_code == 422
        assert "Nội dung xem trước không còn nguyên vẹn" in text_of(answer)


def test_a_step_is_sent_compressed_to_browsers_that_take_it(organiser: FlaskClient, province: Unit) -> None:
    path = _step(_draft(province, "lao-dong-gioi"), 3)
    plain, sent = organiser.get(path), organiser.get(path, headers={"Accept-Encoding": "gzip"})
    assert (plain.headers.get("Content-Encoding"), sent.headers.get("Content-Encoding")) == (None, "gzip")
    assert "<h1" in gzip.decompress(sent.data).decode()
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert len(sent.data) < 20_000 < len(plain.data)


def test_other_pages_are_never_compressed(organiser: FlaskClient) -> None:
    """They may repeat what an address carries beside a form's token; see docs/decisions/0022."""
    answer = organiser.get(HOME, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
