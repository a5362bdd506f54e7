"""What visitors and signed-in people meet first: home, seasons, results, checks, tasks, the state of the system."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.accounts.models import LimitCount
from core.accounts.rules import Role
from core.app import create_app
from core.awards import service as awards
from core.awards.models import Citation
from core.awards.rules import CitationStatus
from core.entries.rules import State
from core.extensions import db
from core.seasons.models import Season
from core.seasons.rules import Phase
from core.vietnamese.codes import new_citation_code
from tests import makers
from tests.accounts.office import kept, reading, writing
from tests.awards import ranked
from tests.conftest import NOW
from tests.judging.makers import make_received, make_scene, make_season
from tests.nets import pages
from tests.pages import form, h1_of, send, text_of

EMPTY = (
    "Hiện chưa có đợt nào nhận hồ sơ. Xem kết quả các đợt trước, hoặc hỏi cán bộ công đoàn về đợt tiếp theo."
)  # fmt: skip


def season(app, **changes) -> str:
    """Make a season of the sample rules and return its address part."""
    with writing(app):
        made = make_season(makers.make_unit("LĐLĐ tỉnh Lai Châu"), **changes)
        public_id = made.public_id
        db.session.commit()
    return public_id


def change(app, **values) -> None:
    """Set columns of the one season."""
    with writing(app):
        row = db.session.scalars(sa.select(Season)).unique().one()
        for name, value in values.items():
            setattr(row, name, value)
        makers.audit.record("test.change", row, actor=makers.SYSTEM, at=NOW)
        db.session.commit()


def announced(app, *totals: int, authors: int = 1) -> tuple[str, list[str]]:
    """Publish a season with these totals and return its address part and the codes of its citations."""
    with writing(app):
        scene = ranked.initiatives(*totals, authors=authors)
        made = ranked.published(scene)
        return scene.season.public_id, [one.code for one in made]


# --- Home and seasons ---------------------------------------------------------------------------------------------


def test_home_without_anything_says_what_to_do(client):
    said = text_of(client.get("/"))
    assert EMPTY in said
    assert "Đang nhận hồ sơ (0)" in said
    assert "Chưa có kết quả nào được công bố." in said
    assert EMPTY in text_of(client.get("/dang-nhan"))


def test_home_names_the_month_of_the_next_opening_as_people_here_count_it(app, client):
    season(app)
    # 00:30 on the first of June in Viet Nam is still May in UTC.
    change(app, opens_at=datetime(2026, 5, 31, 17, 30, tzinfo=UTC), closes_at=NOW + timedelta(days=60))
    expected = "Hiện chưa có đợt nào nhận hồ sơ. Đợt tiếp theo dự kiến mở tháng 06/2026."
    assert expected in text_of(client.get("/"))


def test_home_lists_open_seasons_by_deadline(app, client):
    public_id = season(app)
    change(app, closes_at=NOW + timedelta(days=11, hours=8))
    page = client.get("/")
    assert "Đang nhận hồ sơ (1)" in text_of(page)
    assert f'href="/dot/{public_id}"' in page.text
    assert "17:00 thứ Sáu, 15/05/2026" in text_of(page)


@pytest.mark.parametrize(
    ("opens", "closes", "said", "unsaid"),
    [
        (-1, 1, "Đang nhận hồ sơ", "Đã hết hạn nhận"),
        (1, 2, "Chưa mở nhận", "Bắt đầu nộp hồ sơ"),
        (-2, -1, "Đợt này đã hết hạn nhận lúc 09:00, 03/05/2026.", "Bắt đầu nộp hồ sơ"),
    ],
)
def test_a_season_says_whether_it_takes_entries(app, client, opens, closes, said, unsaid):
    public_id = season(app)
    change(app, opens_at=NOW + timedelta(days=opens), closes_at=NOW + timedelta(days=closes))
    page = client.get(f"/dot/{public_id}")
    assert h1_of(page) == "Phong trào mẫu, đợt 2026"
    assert said in text_of(page)
    assert unsaid not in text_of(page)


def test_a_season_in_preparation_is_not_there(app, client):
    public_id = season(app, phase=Phase.DRAFT)
    assert client.get(f"/dot/{public_id}").status_code == 404
    assert client.get("/phong-trao/phong-trao-mau").status_code == 404


def test_a_movement_lists_its_announced_seasons(app, client):
    public_id = season(app)
    page = client.get("/phong-trao/phong-trao-mau")
    assert h1_of(page) == "Phong trào mẫu"
    assert f'href="/dot/{public_id}"' in page.text


# --- Results ------------------------------------------------------------------------------------------------------


def test_results_are_closed_until_announced(app, client, sign_in):
    with writing(app):
        scene = ranked.initiatives(90, 80)
        ranked.decided(scene)
        public_id = scene.season.public_id
        author = makers.make_account(ranked.author(scene.entries[0]))
        kept(author)
    for browser in (client, sign_in(author)):
        # That the season exists is no secret; its results are.
        assert browser.get(f"/ket-qua/{public_id}").status_code == 403
        assert public_id not in browser.get("/ket-qua").text
    assert "Chưa có kết quả nào được công bố." in text_of(client.get("/ket-qua"))


def test_results_name_the_awarded_and_nothing_of_the_rest(app, client):
    public_id, _ = announced(app, 90, 80, 71)
    page = client.get(f"/ket-qua/{public_id}")
    assert h1_of(page) == "Kết quả: Phong trào mẫu, đợt 2026"
    said = text_of(page)
    assert "Quyết định số 41/QĐ-LĐLĐ ngày 25/06/2026 · LĐLĐ tỉnh Lai Châu" in said
    assert "Giải Nhất (1) Lò Thị Mai , CĐCS Chè Tân Uyên Cải tiến giàn héo chè số 1" in said
    assert "Giải Nhì (1)" in said
    # The third was not placed; nobody's points, rank, phone or code stand here.
    for secret in ("chè số 3", "MAU-26-", "71", "Hạng", "điểm:", "Tỷ lệ 3:1"):
        assert secret not in said, secret
    assert f'href="/ket-qua/{public_id}"' in client.get("/").text


def test_results_are_filtered_by_unit(app, client):
    with writing(app):
        scene = make_scene(entries=0)
        scene.entries = [
            make_received(scene.season, unit, makers.make_person(name, unit))
            for unit, name in ((scene.factory, "Lò Thị Mai"), (scene.school, "Vũ Thị Sen"))
        ]
        scene.judges = [makers.make_account(makers.make_person(name, scene.province)) for name in ("Đỗ An", "Hà Bình")]
        for judge in scene.judges:
            judge.grants.append(makers.RoleGrant(account_id=judge.id, role=Role.JUDGE, unit_id=scene.province.id,
                                                 unit=scene.province))  # fmt: skip
        ranked.judged(scene, [ranked.points(90), ranked.points(80)])
        ranked.published(scene)
        path = f"/ket-qua/{scene.season.public_id}"
    both = text_of(client.get(path))
    assert "Lò Thị Mai" in both
    assert "Vũ Thị Sen" in both
    one = text_of(client.get(path, query_string={"don-vi": "CĐCS Trường Cao đẳng"}))
    assert "Vũ Thị Sen" in one
    assert "Lò Thị Mai" not in one
    assert "Không có giải nào khớp bộ lọc." in text_of(client.get(path, query_string={"don-vi": "Nơi khác"}))


def test_a_recalled_award_leaves_the_results(app, client):
    public_id, codes = announced(app, 90, 80)
    with writing(app):
        citation = db.session.scalars(sa.select(Citation).where(Citation.code == codes[0])).one()
        awards.revoke(citation, reason="Sai", on=NOW.date(), actor=makers.SYSTEM, at=NOW)
        db.session.commit()
    said = text_of(client.get(f"/ket-qua/{public_id}"))
    assert "Giải Nhất" not in said
    assert "Giải Nhì (1)" in said


# --- Checking a citation ------------------------------------------------------------------------------------------


def test_a_valid_citation_shows_what_was_printed_and_when_it_was_checked(app, client):
    _, (code,) = announced(app, 90)
    page = client.get(f"/x/{code}")
    assert h1_of(page) == "Giấy chứng nhận có thật"
    said = text_of(page)
    for part in (
        "Có hiệu lực", "Kiểm tra lúc 09:00, 04/05/2026", "Lò Thị Mai · Giải Nhất · CĐCS Chè Tân Uyên",
        "Cải tiến giàn héo chè số 1 (Phong trào mẫu, đợt 2026)",
        "Quyết định số 41/QĐ-LĐLĐ ngày 25/06/2026 · LĐLĐ tỉnh Lai Châu · Số sổ vàng: 1", code,
    ):  # fmt: skip
        assert part in said, part
    assert '<meta name="robots" content="noindex">' in page.text
    assert pages.weight(page.text) <= 30 * 1024
    # However it is typed.
    assert client.get(f"/x/{code.lower().replace('-', '')}").status_code == 200


def test_a_replaced_citation_names_the_new_one(app, client):
    _, (code,) = announced(app, 90)
    with writing(app):
        old = db.session.scalars(sa.select(Citation)).one()
        new = makers._kept(Citation(code=new_citation_code(), award_id=old.award_id, values=old.values, issued_at=NOW))
        old.status, old.replaced_by_id = CitationStatus.REPLACED, new.id
        makers.audit.record("test.change", old, actor=makers.SYSTEM, at=NOW)
        new_code = new.code
        db.session.commit()
    page = client.get(f"/x/{code}")
    assert h1_of(page) == "Giấy chứng nhận đã được thay thế"
    assert f"Đã được thay thế bởi {new_code}" in text_of(page)


@pytest.mark.parametrize("code", ["ABCD-EFGH-JKMN-PQRST", "khong-phai-ma", "<script>", "Ẵ" * 60])
def test_an_unknown_code_says_whom_to_call(client, code):
    page = client.get(f"/x/{code}")
    assert page.status_code == 404
    assert h1_of(page) == "Không tìm thấy mã này"
    assert "Kiểm tra lại từng ký tự, hoặc gọi 0213 000 0000." in text_of(page)
    assert "<script>alert" not in page.text


def test_the_box_for_a_code_leads_to_its_page(app, client):
    _, (code,) = announced(app, 90)
    page = send(client, client.get("/x"), button="Kiểm tra", code=code.replace("-", " ").lower())
    assert h1_of(page) == "Giấy chứng nhận có thật"
    empty = send(client, client.get("/x"), button="Kiểm tra", code=" ")
    assert (empty.status_code, "Nhập mã in trên giấy chứng nhận" in text_of(empty)) == (422, True)
    assert client.get("/tra-cuu", query_string={"ma": code}).location == f"/x/{code}"


def test_sixty_misses_from_one_address_slow_it_down_and_hits_are_not_counted(app, client, clock):
    _, (code,) = announced(app, 90)
    for _ in range(70):
        assert client.get(f"/x/{code}").status_code == 200
    with reading(app):
        assert db.session.scalars(sa.select(LimitCount.count)).all() == []
    for _ in range(60):
        assert client.get("/x/SAI").status_code == 404
    slowed = client.get("/x/SAI")
    assert slowed.status_code == 429
    assert "Thao tác quá nhanh. Đợi 600 giây rồi bấm lại." in text_of(slowed)
    # Somebody else is not held up, and nobody for long.
    assert client.get("/x/SAI", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 404
    clock.forward(minutes=10)
    assert client.get(f"/x/{code}").status_code == 200


# --- Looking an entry up ------------------------------------------------------------------------------------------


def look_up(client, code: str, digits: str):
    return send(client, client.get("/tra-cuu"), button="Tra cứu", code=code, digits=digits)


@pytest.fixture
def filed(app) -> str:
    """An entry whose author has a phone; its code."""
    with writing(app):
        scene = make_scene(entries=0)
        author = makers.make_person("Lò Thị Mai", scene.factory, phone="0912345678")
        entry = make_received(scene.season, scene.factory, author)
        db.session.commit()
        return str(entry.code)


def test_code_and_digits_together_show_the_state_and_nothing_else(client, filed):
    for code, digits in ((filed, "5678"), (filed.lower().replace("-", ""), " 56 78 ")):
        page = look_up(client, code, digits)
        assert page.status_code == 200
        assert "Tình trạng: Đã tiếp nhận" in text_of(page)
        assert filed in text_of(page)
        for secret in ("Lò Thị Mai", "giàn héo chè", "Tân Uyên", "0912"):
            assert secret not in text_of(page)


def test_wrong_digits_and_a_wrong_code_are_answered_alike(client, filed):
    answers = []
    for code, digits in (
        (filed, "0000"), ("MAU-26-9999-4", "5678"), ("chẳng phải mã", "5678"), (filed[:-1] + "0", "5678"),
        (filed, "678"), (filed, "345678"), (filed, "%678"),
    ):  # fmt: skip
        page = look_up(client, code, digits)
        assert page.status_code == 404
        answers.append(pages.anonymous(page.text, f'value="{code}"', f'value="{digits.replace(" ", "")}"'))
    assert len(set(answers)) == 1
    assert "Không tìm thấy hồ sơ nào khớp cả mã và số điện thoại." in text_of(page)


def test_guessing_digits_is_limited(client, filed):
    page = client.get("/tra-cuu")
    for _ in range(60):
        assert send(client, page, button="Tra cứu", code=filed, digits="0000").status_code == 404
    assert send(client, page, button="Tra cứu", code=filed, digits="5678").status_code == 429


def test_what_is_decided_and_not_announced_still_waits_for_the_council(app, client):
    with writing(app):
        scene = ranked.initiatives(90, 45)
        for entry in scene.entries:
            ranked.author(entry).phone = "0912345678"
            makers.audit.record("test.change", entry, actor=makers.SYSTEM, at=NOW)
        ranked.decided(scene)
        codes = [entry.code for entry in scene.entries]
        assert {entry.state for entry in scene.entries} == {State.DECIDED}
    for code in codes:
        assert "Tình trạng: Chờ Hội đồng" in text_of(look_up(client, code, "5678"))


def test_an_empty_box_names_what_to_type(client):
    page = look_up(client, "", "")
    assert page.status_code == 422
    assert "Nhập mã hồ sơ ghi trên phiếu" in text_of(page)
    assert "Nhập 4 số cuối điện thoại" in text_of(page)
    # A code typed into the home page's box waits in the form.
    waiting = client.get("/tra-cuu", query_string={"ma": "MAU-26-0001-7"})
    assert form(waiting, "/tra-cuu").values["code"] == "MAU-26-0001-7"


# --- «Việc cần làm» -----------------------------------------------------------------------------------------------


def test_tasks_of_a_judge_count_sheets_left_and_unsealed(app, sign_in):
    with writing(app):
        scene = make_scene(entries=3)
        panel = makers.make_panel(scene.stage)
        seats = [makers.make_judge(panel, account) for account in scene.judges]
        for entry in scene.entries:
            for seat in seats:
                makers.make_assignment(entry, seat)
            entry.state = State.IN_JUDGING
            makers.audit.record("test.change", entry, actor=makers.SYSTEM, at=NOW)
        scene.season.phase = Phase.JUDGING
        makers.audit.record("test.change", scene.season, actor=makers.SYSTEM, at=NOW)
        db.session.flush()
        makers.make_sealed_sheet(scene.entries[0], seats[0], {"moi": "24", "ap-dung": "20", "hieu-qua": "30"})
        first, second, organiser = *scene.judges, scene.organiser
        kept(first, second, organiser)
    assert "2 hồ sơ chưa chấm xong" in text_of(sign_in(first).get("/viec-can-lam"))
    assert "3 hồ sơ chưa chấm xong" in text_of(sign_in(second).get("/viec-can-lam"))
    board = text_of(sign_in(organiser).get("/viec-can-lam"))
    assert "3 đang chấm" in board
    assert "1/6 phiếu niêm phong" in board


def test_the_board_expects_no_sheet_of_who_recused(app, sign_in):
    from core.judging import service as judging
    from core.judging.rules import RecusalReason

    with writing(app):
        scene = make_scene(entries=2)
        organiser = ranked.organiser(scene)
        panel = makers.make_panel(scene.stage)
        seats = [makers.make_judge(panel, account) for account in scene.judges]
        for entry in scene.entries:
            for seat in seats:
                judging.assign(entry, seat, scene.stage, actor=organiser, at=NOW)
        judging.start_judging(scene.season, actor=organiser, at=NOW)
        judging.recuse(
            scene.entries[0], scene.judges[0].person, reason=RecusalReason.OTHER, actor=organiser, at=NOW, note="Quen"
        )
        kept(scene.organiser, scene.judges[0])
        account, judge = scene.organiser, scene.judges[0]
    assert "0/3 phiếu niêm phong" in text_of(sign_in(account).get("/viec-can-lam"))
    assert "1 hồ sơ chưa chấm xong" in text_of(sign_in(judge).get("/viec-can-lam"))


def test_tasks_of_author_officer_and_organiser(app, sign_in):
    with writing(app):
        season = makers.make_season()
        unit = makers.make_unit(parent=season.owner_unit)
        mai = makers.make_person("Lò Thị Mai", unit)
        makers.make_filed_entry(season, unit, owner=mai)
        makers.make_entry(season, unit, owner=mai, officer=False, title="Bản còn dở")
        author = makers.make_account(mai, (Role.WORKER, unit))
        officer = makers.make_account(makers.make_person("Hà Thị Thu", unit), (Role.OFFICER, unit))
        organiser = makers.make_account(
            makers.make_person("Tổ", season.owner_unit), (Role.ORGANISER, season.owner_unit)
        )
        idle = makers.make_account(makers.make_person("Rảnh", unit), (Role.WORKER, unit))
        kept(author, officer, organiser, idle)
    mine = text_of(sign_in(author).get("/viec-can-lam"))
    assert "Hồ sơ đang soạn (1)" in mine
    assert "Bản còn dở" in mine
    assert "1 hồ sơ chờ xác nhận" in text_of(sign_in(officer).get("/viec-can-lam"))
    board = text_of(sign_in(organiser).get("/viec-can-lam"))
    assert "1 đã nộp 1 chờ đơn vị 0 chờ tiếp nhận" in board
    nothing = text_of(sign_in(idle).get("/viec-can-lam"))
    assert "Không có việc nào đang chờ anh/chị." in nothing
    assert "Sáng kiến của người lao động, đợt 2026" in nothing


def test_tasks_ask_a_visitor_to_sign_in(client):
    assert client.get("/viec-can-lam").location == "/dang-nhap?tiep=%2Fviec-can-lam"


# --- The system ---------------------------------------------------------------------------------------------------


def test_the_system_page_names_a_broken_movement_and_the_rest_works(settings, app, clock):
    from tests.pages import signed_in_client

    folder = settings.instance / "phong-trao"
    (folder / "hong-roi").mkdir(parents=True)
    Path(folder / "hong-roi" / "movement.toml").write_text("format = 1\n[movement]\nid = 'sai'\n", encoding="utf-8")
    with writing(app):
        root = makers.make_unit("LĐLĐ tỉnh Lai Châu")
        admin = makers.make_account(makers.make_person("Quản trị"), (Role.ADMIN, root))
        kept(admin)
    other = create_app(settings.model_copy(update={"movements_dir": folder}), clock=clock)
    other.testing = True
    browser = signed_in_client(other, admin)
    page = browser.get("/he-thong")
    assert page.status_code == 200
    assert "Phong trào «hong-roi" in text_of(page)
    assert "Sửa từng chỗ đã nêu, kiểm tra bằng «thidua movements check», rồi khởi động lại máy chủ." in text_of(page)
    assert "Các phong trào khác vẫn chạy bình thường." in text_of(page)
    assert "Không dùng được" in text_of(browser.get("/phong-trao"))
    assert browser.get("/").status_code == 200
    with other.app_context():
        db.engine.dispose()
    assert "Mọi phong trào đã nạp đều dùng được." in text_of(signed_in_client(app, admin).get("/he-thong"))


def test_health_is_answered_to_anybody(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("referrer", "lands"),
    [
        ("http://localhost/ket-qua?x=1", "/ket-qua?x=1"),
        ("http://localhost/", "/"),
        ("", "/"),
        ("https://evil.example/ket-qua", "/"),
        ("http://localhost.evil.example/ket-qua", "/"),
        ("http://localhost//evil.example", "/"),
        ("http://localhost/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_a_change_of_language_stays_on_the_page_of_this_site(client, referrer, lands):
    answer = client.get("/ngon-ngu/en", headers={"Referer": referrer} if referrer else {})
    assert (answer.status_code, answer.location) == (303, lands)
    assert '<html lang="en"' in client.get("/ket-qua").text
    client.get("/ngon-ngu/vi")
    assert '<html lang="vi"' in client.get("/ket-qua").text
    client.get("/ngon-ngu/xx")
    assert '<html lang="vi"' in client.get("/ket-qua").text


def test_a_qr_code_is_drawn_of_this_site_only(client):
    inside = client.get("/-/qr", query_string={"d": "/x/ABCD"})
    assert inside.mimetype == "image/svg+xml"
    home = client.get("/-/qr").data
    assert client.get("/-/qr", query_string={"d": "https://evil.example/"}).data == home
    assert inside.data != home


def test_privacy_page_says_whom_to_call(client):
    assert "Gọi 0213 000 0000, trả lời trong 2 ngày làm việc." in text_of(client.get("/du-lieu-ca-nhan"))
