"""What an organiser sees and does with seasons, what others may not, what everybody can read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.accounts.models import Account
from core.accounts.rules import Role
from core.db import begin_writing
from core.extensions import db
from core.organisations.models import Unit
from core.registry import Registry
from core.seasons.frozen import read_rules
from core.seasons.models import Season
from core.seasons.rules import MilestoneKind, Phase
from tests.conftest import NOW, SettableClock
from tests.makers import make_account, make_person, make_season, make_unit
from tests.pages import h1_of, send, text_of

pytestmark = pytest.mark.usefixtures("session")
SignIn = Callable[[Account], FlaskClient]


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


def _made(**changes: Any) -> Season:
    # A page seen before in this test left the session reading.
    db.session.rollback()
    begin_writing()
    season = make_season(**changes)
    db.session.commit()
    return season


def _fresh(season: Season) -> Season:
    db.session.expire_all()
    found = db.session.get(Season, season.id)
    assert found is not None
    return found


def test_an_organiser_prepares_and_opens_a_season(organiser: FlaskClient, province: Unit) -> None:
    page = organiser.get("/dot-xet/moi")
    assert h1_of(page) == "Lập đợt xét mới"
    page = send(organiser, page, button="Lưu và tiếp tục", source="phong-trao:lao-dong-gioi", year="2026")
    assert h1_of(page) == "Căn cứ, phạm vi"
    assert "Còn 4 việc trước khi mở đợt" in text_of(page)
    page = send(organiser, page, button="Lưu và tiếp tục", legal_document="Kế hoạch 12/KH-LĐLĐ", code_prefix="ldst")
    assert h1_of(page) == "Phiếu chấm, tiêu chí"
    page = send(organiser, page, button="Lưu và tiếp tục", **{"cham-diem--initiative": "son-la-m03"})
    assert h1_of(page) == "Mốc thời gian"
    page = send(
        organiser, page, button="Lưu và tiếp tục", opens_on="1/4/2026", opens_time="8h", closes_on="15/05/2026",
        closes_time="17:00", judging_on="10/06/2026", published="25/06/2026",
    )  # fmt: skip
    assert h1_of(page) == "Giải thưởng"
    page = send(organiser, page, button="Lưu và tiếp tục")
    assert h1_of(page) == "Xem thử như đoàn viên"
    season = db.session.scalars(db.select(Season)).unique().one()
    db.session.refresh(season)
    assert (season.code_prefix, season.legal_document) == ("LDST", "Kế hoạch 12/KH-LĐLĐ")
    assert season.closes_at == datetime(2026, 5, 15, 10, 0, tzinfo=UTC)
    assert season.judging_closes_at == datetime(2026, 6, 10, 10, 0, tzinfo=UTC)

    page = organiser.get(f"/dot-xet/{season.public_id}/mo")
    assert h1_of(page) == "Mở đợt xét"
    page = send(organiser, page, button="Mở đợt xét")
    assert h1_of(page) == "Lao động giỏi – Lao động sáng tạo, đợt 2026"
    season = _fresh(season)
    assert season.phase == Phase.OPEN
    assert season.snapshot is not None
    assert season.snapshot.sha256 in text_of(page)
    assert "Đang nhận hồ sơ" in text_of(page)


def test_the_preview_shows_the_digest_that_opening_freezes(organiser: FlaskClient, province: Unit) -> None:
    season = _made(owner_unit=province, is_open=False)
    before = text_of(organiser.get(f"/dot-xet/{season.public_id}/xem-thu"))
    page = organiser.get(f"/dot-xet/{season.public_id}/mo")
    asked = text_of(page)
    send(organiser, page, button="Mở đợt xét")
    snapshot = _fresh(season).snapshot
    assert snapshot is not None
    assert f"Mã kiểm tra quy tắc (SHA-256): {snapshot.sha256}" in before
    assert snapshot.sha256 in asked


def test_opening_lists_what_is_missing_with_a_way_to_each(organiser: FlaskClient, province: Unit) -> None:
    season = _made(owner_unit=province, is_open=False, legal_document="", judging_closes_at=None)
    page = organiser.get(f"/dot-xet/{season.public_id}/mo")
    assert h1_of(page) == "Chưa mở được đợt xét"
    text = text_of(page)
    assert "Còn 2 việc trước khi mở đợt" in text
    assert "Nhập số văn bản làm căn cứ mở đợt" in text
    assert "Nhập hạn chấm" in text
    assert f'href="/dot-xet/{season.public_id}/can-cu"' in page.text
    assert f'href="/dot-xet/{season.public_id}/cac-moc"' in page.text


def test_a_season_that_became_unready_is_refused_at_the_last_moment(
    organiser: FlaskClient, province: Unit, clock: SettableClock
) -> None:
    season = _made(owner_unit=province, is_open=False, closes_at=NOW + timedelta(minutes=10))
    page = organiser.get(f"/dot-xet/{season.public_id}/mo")
    clock.forward(minutes=11)
    refused = send(organiser, page, button="Mở đợt xét")
    assert refused.status_code == 422
    assert "Hạn nộp 09:10, 04/05/2026 đã qua. Chọn hạn nộp khác" in text_of(refused)
    assert _fresh(season).phase == Phase.DRAFT


def test_every_step_can_be_left_as_a_draft(organiser: FlaskClient, province: Unit) -> None:
    season = _made(owner_unit=province, is_open=False)
    page = organiser.get(f"/dot-xet/{season.public_id}/can-cu")
    page = send(organiser, page, button="Lưu bản chuẩn bị", title="Đợt thử")
    assert h1_of(page) == "Đợt thử"
    assert "Đã lưu bản chuẩn bị lúc 09:00" in text_of(page)


@pytest.mark.parametrize(
    ("step", "typed", "sentence"),
    [
        ("can-cu", {"title": ""}, "Nhập tên đợt xét"),
        ("can-cu", {"title": "x" * 251}, "Tên đợt xét dài quá 250 ký tự. Rút bớt"),
        ("can-cu", {"code_prefix": "LĐ 1"}, "Chữ đầu mã hồ sơ gồm 1 đến 8 chữ cái không dấu, ví dụ LDST"),
        ("can-cu", {"code_prefix": "DUNG"}, "Chữ đầu mã DUNG đã dùng cho một đợt khác của năm 2026. Chọn chữ khác"),
        ("can-cu", {"year": "26"}, "Nhập số nguyên từ 2000 đến 2099"),
        ("cac-moc", {"closes_on": "31/03/2026"}, "Hạn nộp phải sau ngày mở nhận"),
        ("cac-moc", {"judging_on": "15/05/2026"}, "Hạn chấm phải sau hạn nộp 17:00, 15/05/2026. Dời hạn chấm trước"),
        ("cac-moc", {"council": "01/05/2026"}, "Mốc «Họp Hội đồng» phải sau hạn nộp 17:00, 15/05/2026"),
        ("cac-moc", {"grace_minutes": ""}, "Nhập số phút, ví dụ 15"),
        ("phieu-cham", {"cham-diem--initiative": "khong-co"}, "Chọn một mục trong danh sách"),
        ("giai-thuong", {"phieu-chung--nhat--quota": "1,5"}, "Nhập số nguyên từ 0 đến 100000"),
    ],
)
def test_a_mistake_is_said_at_its_box_and_nothing_is_saved(
    organiser: FlaskClient, province: Unit, step: str, typed: dict[str, str], sentence: str
) -> None:
    _made(owner_unit=province, is_open=False, code_prefix="DUNG")
    season = _made(owner_unit=province, is_open=False)
    revision = season.revision
    page = organiser.get(f"/dot-xet/{season.public_id}/{step}")
    refused = send(organiser, page, button="Lưu và tiếp tục", **typed)
    assert refused.status_code == 422
    assert "Có 1 chỗ cần sửa" in text_of(refused)
    assert text_of(refused).count(sentence) == 2
    assert _fresh(season).revision == revision


def test_a_page_opened_before_another_save_is_refused(organiser: FlaskClient, province: Unit) -> None:
    season = _made(owner_unit=province, is_open=False)
    old = organiser.get(f"/dot-xet/{season.public_id}/can-cu")
    send(organiser, organiser.get(f"/dot-xet/{season.public_id}/can-cu"), button="Lưu và tiếp tục", title="Tên mới")
    refused = send(organiser, old, button="Lưu và tiếp tục", title="Tên cũ")
    assert refused.status_code == 409
    assert "Đợt xét vừa được lưu ở trang hoặc máy khác. Tải lại trang để xem bản mới rồi sửa tiếp." in text_of(refused)
    assert _fresh(season).title == "Tên mới"


def test_numbers_of_prizes_that_equal_the_movements_are_not_stored(organiser: FlaskClient, province: Unit) -> None:
    season = _made(owner_unit=province, is_open=False)
    page = organiser.get(f"/dot-xet/{season.public_id}/giai-thuong")
    send(organiser, page, button="Lưu và tiếp tục", **{"phieu-chung--nhat--quota": "1"})
    assert _fresh(season).choices["quotas"] == {"phieu-chung": {"nhat": {"quota": 1}}}


def test_copying_begins_with_last_years_choices(organiser: FlaskClient, province: Unit) -> None:
    earlier = _made(owner_unit=province, code_prefix="LDST")
    page = organiser.get("/dot-xet/moi")
    assert "Sao chép «Sáng kiến của người lao động, đợt 2026»" in text_of(page)
    page = send(organiser, page, button="Lưu và tiếp tục", source=f"dot:{earlier.public_id}", year="2027")
    assert "Sáng kiến của người lao động, đợt 2027" in text_of(page)


def test_the_board_lists_the_organisers_seasons_and_says_when_there_are_none(
    organiser: FlaskClient, province: Unit
) -> None:
    empty = organiser.get("/dot-xet")
    assert h1_of(empty) == "Đợt xét"
    assert "Chưa có đợt xét nào." in text_of(empty)
    _made(owner_unit=province)
    _made(owner_unit=province, is_open=False, title="Đợt đang chuẩn bị")
    _made(owner_unit=make_unit("LĐLĐ tỉnh khác"), title="Đợt của nơi khác")
    text = text_of(organiser.get("/dot-xet"))
    assert "Sáng kiến của người lao động, đợt 2026" in text
    assert "Đang nhận hồ sơ" in text
    assert "Hạn nộp 15/05/2026" in text
    assert "Đợt đang chuẩn bị" in text
    assert "Đợt của nơi khác" not in text


def test_others_do_not_enter_the_organisers_pages(province: Unit, sign_in: SignIn, client: FlaskClient) -> None:
    season = _made(owner_unit=province, is_open=False)
    worker, foreigner = make_account(), make_account(None, (Role.ORGANISER, make_unit("LĐLĐ tỉnh khác")))
    db.session.commit()
    for path in ("", "/can-cu", "/xem-thu", "/mo"):
        assert sign_in(worker).get(f"/dot-xet/{season.public_id}{path}").status_code == 403
        assert sign_in(foreigner).get(f"/dot-xet/{season.public_id}{path}").status_code == 404
    assert client.get("/dot-xet").status_code == 303
    assert client.get(f"/dot-xet/{season.public_id}/quy-tac").status_code == 404


def test_a_foreign_organiser_sees_an_open_season_and_may_not_manage_it(province: Unit, sign_in: SignIn) -> None:
    season = _made(owner_unit=province)
    foreigner = make_account(None, (Role.ORGANISER, make_unit("LĐLĐ tỉnh khác")))
    db.session.commit()
    browser = sign_in(foreigner)
    assert browser.get(f"/dot-xet/{season.public_id}").status_code == 403
    assert browser.get(f"/dot-xet/{season.public_id}/gia-han").status_code == 403
    assert browser.get(f"/dot-xet/{season.public_id}/quy-tac").status_code == 200


def test_an_open_season_is_not_edited(organiser: FlaskClient, province: Unit) -> None:
    season = _made(owner_unit=province)
    assert organiser.get(f"/dot-xet/{season.public_id}/can-cu").status_code == 403


def test_everybody_reads_the_rules_after_the_plugin_is_gone(app: Flask, client: FlaskClient, province: Unit) -> None:
    season = _made(owner_unit=province)
    snapshot = season.snapshot
    assert snapshot is not None
    app.extensions["thidua_registry"] = Registry()
    read_rules.cache_clear()
    page = client.get(f"/dot-xet/{season.public_id}/quy-tac")
    text = text_of(page)
    assert h1_of(page) == "Quy tắc: Sáng kiến của người lao động, đợt 2026"
    assert "Tính mới và sáng tạo" in text
    assert "Đột phá hoàn toàn: 25–30" in text
    assert "Tổng điểm dưới 50: không công nhận: không đạt" in text
    assert "Giải Nhất (từ 90 điểm): 3 giải; mỗi lĩnh vực nhiều nhất 1" in text
    assert "Kế hoạch 12/KH-LĐLĐ ngày 05/03/2026" in text
    assert "[chưa kiểm chứng]" in text
    assert snapshot.sha256 in text


def test_the_file_of_rules_has_the_digest_on_the_page(client: FlaskClient, province: Unit) -> None:
    season = _made(owner_unit=province)
    assert season.snapshot is not None
    answer = client.get(f"/dot-xet/{season.public_id}/quy-tac.json")
    assert answer.mimetype == "application/json"
    assert hashlib.sha256(answer.data).hexdigest() == season.snapshot.sha256
    assert answer.headers["Content-Disposition"] == 'attachment; filename="quy-tac-LDG-2026.json"'


def test_an_extension_is_confirmed_and_then_public(organiser: FlaskClient, client: FlaskClient, province: Unit) -> None:
    season = _made(owner_unit=province)
    page = organiser.get(f"/dot-xet/{season.public_id}/gia-han")
    page = send(
        organiser, page, button="Xem lại trước khi gia hạn", closes_on="20/05/2026", closes_time="17:00",
        document="Công văn 45/CV-LĐLĐ", reason="Mưa lũ",
    )  # fmt: skip
    assert "Các mốc sau không tự dời" in text_of(page)
    assert _fresh(season).closes_at == datetime(2026, 5, 15, 10, 0, tzinfo=UTC)
    page = send(organiser, page, button="Gia hạn")
    assert "Gia hạn đến 17:00, 20/05/2026 theo Công văn 45/CV-LĐLĐ" in text_of(page)
    assert _fresh(season).closes_at == datetime(2026, 5, 20, 10, 0, tzinfo=UTC)
    public = text_of(client.get(f"/dot-xet/{season.public_id}/quy-tac"))
    assert "Gia hạn đến 17:00, 20/05/2026 theo Công văn 45/CV-LĐLĐ (Mưa lũ)" in public


def test_an_extension_says_what_is_missing(organiser: FlaskClient, province: Unit) -> None:
    season = _made(owner_unit=province)
    page = organiser.get(f"/dot-xet/{season.public_id}/gia-han")
    empty = text_of(send(organiser, page, button="Xem lại"))
    for sentence in (
        "Có 4 chỗ cần sửa", "Nhập ngày hết hạn mới, ví dụ 20/05/2026", "Nhập lý do gia hạn",
        "Nhập số văn bản gia hạn, ví dụ Công văn 45/CV-LĐLĐ",
    ):  # fmt: skip
        assert sentence in empty
    early = send(
        organiser, page, button="Xem lại", closes_on="14/05/2026", closes_time="17:00", document="CV 1", reason="Mưa"
    )
    assert "Hạn mới phải chưa qua và sau hạn hiện tại 17:00, 15/05/2026" in text_of(early)


def test_a_milestone_of_a_running_season_is_moved(organiser: FlaskClient, province: Unit) -> None:
    council = datetime(2026, 6, 20, 10, 0, tzinfo=UTC)
    season = _made(owner_unit=province, milestones={MilestoneKind.COUNCIL: council})
    page = organiser.get(f"/dot-xet/{season.public_id}/moc/council")
    assert h1_of(page) == "Dời mốc «Họp Hội đồng»"
    page = send(organiser, page, button="Dời mốc", on="22/06/2026")
    assert "Đã dời mốc «Họp Hội đồng» sang 17:00, 22/06/2026" in text_of(page)
    assert organiser.get(f"/dot-xet/{season.public_id}/moc/khong-co").status_code == 404
    refused = send(
        organiser, organiser.get(f"/dot-xet/{season.public_id}/moc/council"), button="Dời mốc", on="01/05/2026"
    )
    assert "Mốc «Họp Hội đồng» phải sau hạn nộp 17:00, 15/05/2026" in text_of(refused)


def test_a_very_long_title_and_a_movement_of_two_subjects_are_shown(organiser: FlaskClient, province: Unit) -> None:
    title = "Ẳ Ễ Ợ " * 35
    season = _made(movement_id="tham-muu-gioi", owner_unit=province, title=title, is_open=False)
    for path in ("", "/can-cu", "/phieu-cham", "/cac-moc", "/giai-thuong", "/xem-thu", "/mo"):
        page = organiser.get(f"/dot-xet/{season.public_id}{path}")
        assert page.status_code == 200, path
        assert h1_of(page)
    assert "cá nhân" in text_of(organiser.get(f"/dot-xet/{season.public_id}/xem-thu"))


def test_the_season_page_leads_to_the_pages_of_later_rooms_that_its_phase_opens(
    organiser: FlaskClient, province: Unit
) -> None:
    season = _made(owner_unit=province)
    page = organiser.get(f"/dot-xet/{season.public_id}")
    assert f'href="/dot-xet/{season.public_id}/ho-so"' in page.text
    assert f'href="/dot-xet/{season.public_id}/bat-dau-cham"' in page.text
    assert f'href="/dot-xet/{season.public_id}/dong-cham"' not in page.text
    assert f'href="/dot-xet/{season.public_id}/xep-hang"' not in page.text
