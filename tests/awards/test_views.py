"""The organiser's pages from ranking to citation, and what everybody else meets there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from core.accounts.rules import Role
from core.awards import service
from core.awards.models import Citation, Decision, Proposal
from core.entries.models import Entry
from core.extensions import db
from core.seasons.models import Season
from tests import makers
from tests.accounts.office import reading, writing
from tests.awards import ranked
from tests.conftest import NOW
from tests.judging.makers import Scene, make_scene
from tests.pages import form, h1_of, send, text_of

DECISION = {
    "number": "41", "series": "QĐ-LĐLĐ", "signed_on": "25/06/2026", "place": "Lai Châu",
    "authority": "TM. BAN THƯỜNG VỤ", "signer_title": "CHỦ TỊCH", "signer_name": "Nguyễn Văn An",
    "basis": "Biên bản số 05/BB-HĐ ngày 20/06/2026",
}  # fmt: skip


@dataclass
class Desk:
    """A season as its organiser has it before them, in browsers of several people."""

    app: Flask
    base: str
    entries: list[tuple[str, str]]  # (public id, code)
    organiser: FlaskClient
    author: FlaskClient
    stranger: FlaskClient
    codes: list[str]

    def tied(self, number: int) -> str:
        """The page on which an entry's tier is chosen."""
        return f"{self.base}/de-nghi/{self.entries[number][0]}"

    def count(self, kind: type) -> int:
        """Return how many rows of a table there are."""
        with reading(self.app):
            return int(db.session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0)


@pytest.fixture
def desk(app: Flask, sign_in: Callable[..., FlaskClient]) -> Callable[..., Desk]:
    """A function that lays out a season: `desk(scene=…, upto=…)`."""

    def lay(make: Callable[[], Scene], upto: Callable[[Scene], Any] | None = None) -> Desk:
        with writing(app):
            scene = make()
            made = upto(scene) if upto else None
            person = ranked.author(scene.entries[0]) if scene.entries[0].authorships else makers.make_person()
            accounts = [
                scene.organiser,
                makers.make_account(person, (Role.WORKER, scene.factory)),
                makers.make_account(makers.make_person("Giàng A Páo", scene.school), (Role.OFFICER, scene.school)),
            ]
            db.session.commit()
            base = f"/dot-xet/{scene.season.public_id}"
            entries = [(entry.public_id, entry.code) for entry in scene.entries]
            codes = (
                [one.code for one in made] if isinstance(made, list) and made and isinstance(made[0], Citation) else []
            )
        return Desk(app, base, entries, *[sign_in(account) for account in accounts], codes)

    return lay


def list_made(scene: Scene) -> None:
    service.propose(scene.season, actor=ranked.organiser(scene), at=NOW)


# --- Proposals ----------------------------------------------------------------------------------------------------


def test_the_list_is_made_from_the_ranking(desk):
    office = desk(lambda: ranked.initiatives(90, 80, 70))
    page = office.organiser.get(f"{office.base}/de-nghi")
    assert h1_of(page) == "Đề nghị khen thưởng: Phong trào mẫu, đợt 2026"
    assert "CHƯA CÔNG BỐ — chỉ Ban tổ chức xem" in text_of(page)
    assert "Ghi quyết định" not in text_of(page)
    page = send(office.organiser, page, button="Lập danh sách đề nghị từ bảng xếp hạng")
    assert "Đã lập danh sách đề nghị: 2 hồ sơ." in text_of(page)
    assert "Ghi quyết định" in text_of(page)
    assert office.count(Proposal) == 2


def test_the_page_before_the_ranking_leads_back(desk):
    office = desk(make_scene)
    assert office.organiser.get(f"{office.base}/de-nghi").status_code == 403


def test_a_tie_is_shown_and_settled_with_reasons(desk):
    office = desk(lambda: ranked.initiatives(90, 80, 80), list_made)
    page = office.organiser.get(f"{office.base}/de-nghi")
    assert "Có 2 hồ sơ đồng điểm ở suất cuối" in text_of(page)
    assert text_of(page).count("Đồng điểm, chờ chọn") == 2

    box = office.organiser.get(office.tied(1))
    assert h1_of(box) == f"Chọn hạng giải: {office.entries[1][1]}"
    page = send(office.organiser, box, button="Ghi lựa chọn", tier="nhi", reason="Biên bản số 05/BB-HĐ")
    assert f"Đã ghi lựa chọn cho hồ sơ {office.entries[1][1]}." in text_of(page)
    assert text_of(page).count("Đồng điểm, chờ chọn") == 1

    page = send(
        office.organiser, office.organiser.get(office.tied(2)), button="Ghi lựa chọn", tier="", reason="Phiếu 3/5"
    )
    assert "Đồng điểm, chờ chọn" not in text_of(page)
    assert "Không Phiếu 3/5" in text_of(page)
    page = send(
        office.organiser, office.organiser.get(f"{office.base}/quyet-dinh"), button="Ghi quyết định", **DECISION
    )
    assert "Đã ghi Quyết định số 41/QĐ-LĐLĐ." in text_of(page)


def test_an_undecided_tie_stops_the_decision_and_names_the_codes(desk):
    office = desk(lambda: ranked.initiatives(90, 80, 80), list_made)
    page = send(
        office.organiser, office.organiser.get(f"{office.base}/quyet-dinh"), button="Ghi quyết định", **DECISION
    )
    assert page.status_code == 409
    codes = ", ".join(code for _, code in office.entries[1:])
    assert (
        f"Còn hồ sơ đồng điểm ở suất cuối chưa chọn: {codes}. Chọn hạng giải và ghi lý do cho từng hồ sơ."
    ) in text_of(page)
    assert office.count(Decision) == 0


@pytest.mark.parametrize(
    ("number", "typed", "sentence"),
    [
        (2, {"tier": "nhat", "reason": ""}, "Ghi lý do, ví dụ số biên bản họp Hội đồng"),
        (
            2, {"tier": "nhat", "reason": "Có"},
            "Giải Nhất có 2 hồ sơ trong cả đợt, chỉ được 1. Bỏ bớt hoặc chuyển sang hạng khác.",
        ),
        (
            2, {"tier": "ba", "reason": "Có"},
            "Hạng giải này không có trong quy tắc của đợt. Chọn một hạng trong danh sách.",
        ),
        (3, {"tier": "nhi", "reason": "Có"}, "chưa đạt nên không đề nghị được. Xem lý do ở bảng xếp hạng."),
        (2, {"tier": "", "reason": "x" * 501}, "Viết ngắn lại: tối đa 500 ký tự"),
    ],
)  # fmt: skip
def test_a_choice_that_cannot_be_made_says_why_and_changes_nothing(desk, number, typed, sentence):
    office = desk(lambda: ranked.initiatives(90, 80, 70, 45), list_made)
    page = send(office.organiser, office.organiser.get(office.tied(number)), button="Ghi lựa chọn", **typed)
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert office.count(Proposal) == 2
    # The refused form keeps its key: corrected, it passes.
    page = send(office.organiser, page, button="Ghi lựa chọn", tier="", reason="Hội đồng")
    assert page.status_code == 200


# --- Decision -----------------------------------------------------------------------------------------------------


def test_the_decision_is_registered_and_shown_with_its_list(desk):
    office = desk(lambda: ranked.initiatives(90, 80, authors=2), list_made)
    page = office.organiser.get(f"{office.base}/quyet-dinh")
    assert "Quyết định gồm 2 hồ sơ, 4 người và tập thể." in text_of(page)
    found = form(page, "/quyet-dinh")
    assert (found.values["series"], found.values["place"]) == ("QĐ-LĐLĐ", "Lai Châu")
    page = send(office.organiser, page, button="Ghi quyết định", **DECISION)
    assert h1_of(page) == "Quyết định số 41/QĐ-LĐLĐ"
    said = text_of(page)
    assert "TM. BAN THƯỜNG VỤ · CHỦ TỊCH · Nguyễn Văn An" in said
    assert said.index("Lò Thị Mai") < said.index("Vàng A Dí")
    assert office.count(Decision) == 1


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("number", "", "Nhập số quyết định lấy ở sổ văn thư"),
        ("number", "0", "Số quyết định là số nguyên từ 1, ví dụ 123"),
        ("number", "4,5", "Số quyết định là số nguyên từ 1, ví dụ 123"),
        ("number", "một", "Chỉ nhập chữ số, ví dụ 8,5"),
        ("series", "", "Nhập ký hiệu, ví dụ QĐ-LĐLĐ"),
        ("signed_on", "", "Nhập ngày ký, ví dụ 25/06/2026"),
        ("signed_on", "31/06/2026", "Ngày phải là ngày có thật, ví dụ 05/03/2026"),
        ("place", "", "Nhập nơi ký, ví dụ Lai Châu"),
        ("authority", "", "Nhập thẩm quyền ký, ví dụ TM. BAN THƯỜNG VỤ"),
        ("signer_title", "", "Nhập chức vụ người ký"),
        ("signer_name", "", "Nhập họ và tên người ký"),
        ("basis", "", "Nhập số và ngày biên bản họp Hội đồng"),
        ("basis", "x" * 301, "Viết ngắn lại: tối đa 300 ký tự"),
        (
            "signer_name", ("Nguyễn Thị Hường Phượng " * 5).strip(),
            "không đủ chỗ cho họ và tên người ký. Rút gọn phần đó rồi làm lại.",
        ),
    ],
)  # fmt: skip
def test_a_decision_with_a_fault_names_the_field_and_keeps_what_was_typed(desk, field, typed, sentence):
    office = desk(lambda: ranked.initiatives(90), list_made)
    sheet = office.organiser.get(f"{office.base}/quyet-dinh")
    page = send(office.organiser, sheet, button="Ghi quyết định", **(DECISION | {field: typed}))
    assert page.status_code == 422
    assert sentence in text_of(page)
    again = form(page, "/quyet-dinh").values
    assert {name: again[name] for name in DECISION} == DECISION | {field: typed}
    assert office.count(Decision) == 0


def test_a_number_in_use_is_refused_beside_its_box(desk):
    def used(scene: Scene) -> None:
        list_made(scene)
        makers._kept(
            Decision(
                public_id=makers.new_public_id(), season_id=scene.season.id, unit_id=scene.province.id, number=41,
                series="QĐ-LĐLĐ", year=2026, signed_on=NOW.date(), status="issued", place="", authority="",
                signer_title="", signer_name="", decided_at=NOW,
            )
        )  # fmt: skip

    office = desk(lambda: ranked.initiatives(90), used)
    page = send(
        office.organiser, office.organiser.get(f"{office.base}/quyet-dinh"), button="Ghi quyết định", **DECISION
    )
    assert page.status_code == 422
    assert "Số 41/QĐ-LĐLĐ đã dùng trong năm 2026. Lấy số tiếp theo ở sổ văn thư." in text_of(page)


def test_a_decision_without_proposals_is_refused(desk):
    office = desk(lambda: ranked.initiatives(90))
    page = send(
        office.organiser, office.organiser.get(f"{office.base}/quyet-dinh"), button="Ghi quyết định", **DECISION
    )
    assert page.status_code == 422
    assert "Chưa có hồ sơ nào được đề nghị. Lập danh sách đề nghị từ bảng xếp hạng trước." in text_of(page)


def test_a_trial_copy_is_marked_and_needs_a_proposal(desk):
    office = desk(lambda: ranked.initiatives(90))
    empty = office.organiser.get(f"{office.base}/giay-chung-nhan/in-thu.pdf")
    assert empty.status_code == 422
    assert "Chưa có hồ sơ nào được đề nghị." in text_of(empty)
    send(office.organiser, office.organiser.get(f"{office.base}/de-nghi"), button="Lập danh sách")
    copy = office.organiser.get(f"{office.base}/giay-chung-nhan/in-thu.pdf")
    assert (copy.status_code, copy.mimetype) == (200, "application/pdf")
    assert len(pypdf.PdfReader(BytesIO(copy.data)).pages) == 1


# --- Publishing and printing --------------------------------------------------------------------------------------


def test_results_are_announced_after_one_confirmation(desk):
    office = desk(lambda: ranked.initiatives(90, 80, 70), ranked.decided)
    page = office.organiser.get(f"{office.base}/cong-bo")
    assert h1_of(page) == "Công bố kết quả: Phong trào mẫu, đợt 2026"
    said = text_of(page)
    assert "41/QĐ-LĐLĐ ngày 25/06/2026" in said
    assert "http://127.0.0.1:8000/ket-qua/" in said
    page = send(office.organiser, page, button="Công bố kết quả")
    assert "Đã công bố kết quả và lập 2 giấy chứng nhận." in text_of(page)
    assert h1_of(page) == "Giấy chứng nhận: Phong trào mẫu, đợt 2026"


def test_the_same_announcement_sent_twice_makes_one_set_of_citations(desk):
    office = desk(lambda: ranked.initiatives(90, 80), ranked.decided)
    page, other = (office.organiser.get(f"{office.base}/cong-bo") for _ in range(2))
    first = send(office.organiser, page, button="Công bố kết quả", follow=False)
    repeated = send(office.organiser, page, button="Công bố kết quả", follow=False)
    assert (first.status_code, repeated.status_code, repeated.location) == (303, 303, first.location)
    # A second page of the same act carries another key: the phase refuses it.
    assert send(office.organiser, other, button="Công bố kết quả").status_code == 403
    assert office.count(Citation) == 2


def test_citations_are_listed_and_printed_together(desk):
    office = desk(lambda: ranked.initiatives(90, 80), ranked.published)
    page = office.organiser.get(f"{office.base}/giay-chung-nhan")
    assert text_of(page).count("Có hiệu lực") == 2
    for code in office.codes:
        assert code in text_of(page)
    joined = office.organiser.get(f"{office.base}/giay-chung-nhan/tat-ca.pdf")
    assert joined.headers["Content-Disposition"] == "attachment; filename=giay-chung-nhan-MAU-2026.pdf"
    assert len(pypdf.PdfReader(BytesIO(joined.data)).pages) == 2


def test_there_is_nothing_to_print_before_the_announcement(desk):
    office = desk(lambda: ranked.initiatives(90), ranked.decided)
    assert "Công bố kết quả trước khi tạo giấy chứng nhận" in text_of(
        office.organiser.get(f"{office.base}/giay-chung-nhan")
    )
    assert office.organiser.get(f"{office.base}/giay-chung-nhan/tat-ca.pdf").status_code == 404


def test_a_recipient_keeps_the_own_paper_and_a_stranger_finds_none(desk):
    office = desk(lambda: ranked.initiatives(90), ranked.published)
    path = f"/giay-chung-nhan/{office.codes[0]}.pdf"
    own = office.author.get(path)
    assert (own.status_code, own.mimetype, own.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert own.headers["Cache-Control"] == "no-store"
    assert office.stranger.get(path).status_code == 404
    assert office.app.test_client().get(path).location.startswith("/dang-nhap?tiep=")
    # Nor may the recipient recall it, nor anybody else know that it could be.
    assert office.author.get(f"/giay-chung-nhan/{office.codes[0]}/thu-hoi").status_code == 403
    assert office.stranger.get(f"/giay-chung-nhan/{office.codes[0]}/thu-hoi").status_code == 403


# --- Recalling ----------------------------------------------------------------------------------------------------


def test_a_recalled_citation_says_so_where_it_is_checked(desk):
    office = desk(lambda: ranked.initiatives(90), ranked.published)
    path = f"/giay-chung-nhan/{office.codes[0]}/thu-hoi"
    refused = send(office.organiser, office.organiser.get(path), button="Thu hồi", reason=" ")
    assert refused.status_code == 422
    assert "Ghi lý do thu hồi và số văn bản" in text_of(refused)
    page = send(office.organiser, refused, button="Thu hồi", reason="Quyết định 50/QĐ-LĐLĐ")
    assert f"Đã thu hồi giấy chứng nhận {office.codes[0]}." in text_of(page)
    assert "Đã thu hồi" in text_of(page)
    seen = office.app.test_client().get(f"/x/{office.codes[0]}")
    assert h1_of(seen) == "Giấy chứng nhận đã bị thu hồi"
    assert "Đã thu hồi ngày 04/05/2026" in text_of(seen)
    with reading(office.app):
        assert db.session.scalars(sa.select(Entry.state)).one() == "annulled"
    # It is recalled once, from whatever page.
    late = send(office.organiser, refused, button="Thu hồi", reason="Lần nữa", form_key="k" * 24)
    assert late.status_code == 409
    assert f"Giấy chứng nhận {office.codes[0]} đã thu hồi ngày 04/05/2026." in text_of(late)


# --- Everybody else -----------------------------------------------------------------------------------------------

PAGES = (
    "de-nghi", "quyet-dinh", "quyet-dinh/xem", "cong-bo", "giay-chung-nhan", "giay-chung-nhan/tat-ca.pdf",
    "giay-chung-nhan/in-thu.pdf",
)  # fmt: skip


def test_these_pages_are_the_organisers_alone(desk):
    office = desk(lambda: ranked.initiatives(90), ranked.published)
    for page in (*PAGES, f"de-nghi/{office.entries[0][0]}"):
        path = f"{office.base}/{page}"
        assert office.author.get(path).status_code == 403, path
        assert office.stranger.get(path).status_code == 403, path
        assert office.app.test_client().get(path).location.startswith("/dang-nhap?tiep="), path
        assert office.organiser.get(f"/dot-xet/khong-co/{page}").status_code == 404, path


def test_a_foreign_organiser_sees_nothing_of_it(desk, app, sign_in):
    office = desk(lambda: ranked.initiatives(90), list_made)
    with writing(app):
        elsewhere = makers.make_unit("CĐ xã Phong Thổ", db.session.scalars(sa.select(Season)).one().owner_unit)
        foreign = makers.make_account(makers.make_person("Lò Văn Hiêng", elsewhere), (Role.ORGANISER, elsewhere))
        db.session.commit()
    browser = sign_in(foreign)
    for page in ("de-nghi", "quyet-dinh", "giay-chung-nhan", "giay-chung-nhan/in-thu.pdf"):
        # A season is announced, so its existence is no secret; its work is.
        assert browser.get(f"{office.base}/{page}").status_code == 403


def test_a_decided_season_takes_no_more_proposals(desk):
    office = desk(lambda: ranked.initiatives(90), ranked.decided)
    page = text_of(office.organiser.get(f"{office.base}/de-nghi"))
    assert "Lập danh sách đề nghị" not in page
    assert "Xem Quyết định 41/QĐ-LĐLĐ" in page
    assert office.organiser.get(f"{office.base}/quyet-dinh").status_code == 403
    assert office.organiser.get(office.tied(0)).status_code == 403
