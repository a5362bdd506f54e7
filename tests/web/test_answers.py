"""What every answer has in common: errors as pages or JSON, headers, sessions that end."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.accounts.models import WebSession
from core.accounts.rules import Role
from core.app import create_app
from core.extensions import db
from core.web import headers
from tests import makers
from tests.accounts.office import kept, writing
from tests.conftest import NOW
from tests.pages import h1_of, send, text_of
from tests.web import sample

ASK_JSON = {"Accept": "application/json"}


@pytest.fixture
def quiet(app):
    """The application as it runs outside of tests: a fault becomes a page."""
    sample.install(app)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def worker(app):
    """Somebody with an account."""
    with writing(app):
        unit = makers.make_unit()
        account = makers.make_account(makers.make_person("Lò Thị Mai", unit), (Role.WORKER, unit))
        kept(account)
    return account


# --- Errors -------------------------------------------------------------------------------------------------------


def test_an_unknown_page_leads_back(client):
    page = client.get("/khong-co")
    assert (page.status_code, h1_of(page)) == (404, "Không tìm thấy trang")
    assert "Không tìm thấy trang. Có thể đường dẫn gõ thiếu." in text_of(page)
    assert client.put("/ket-qua").status_code == 404


def test_a_script_gets_json(quiet, worker, sign_in):
    client = sign_in(worker)
    absent = client.get("/khong-co", headers=ASK_JSON)
    assert (absent.status_code, absent.json) == (404, {"error": "Không tìm thấy trang. Có thể đường dẫn gõ thiếu."})
    refused = client.get("/nhat-ky", headers=ASK_JSON)
    assert refused.status_code == 403
    assert refused.json["error"].startswith("Việc này dành cho người có quyền khác")
    broken = client.get("/thu/hong", headers=ASK_JSON)
    assert broken.status_code == 500
    assert re.fullmatch(
        r"Hệ thống đang trục trặc\. Những gì đã lưu vẫn còn\. Mã sự cố [0-9A-F]{8}\.", broken.json["error"]
    )
    keyless = client.post("/thu/dang", headers=ASK_JSON, data={})
    assert (keyless.status_code, keyless.json["error"][:37]) == (400, "Trang này đã mở quá lâu nên chưa gửi ")


def test_a_fault_shows_its_number_and_nothing_of_its_cause(quiet, client, caplog):
    page = client.get("/thu/hong")
    assert (page.status_code, h1_of(page)) == (500, "Hệ thống đang trục trặc")
    found = re.search(r"Mã sự cố ([0-9A-F]{8})\.", text_of(page))
    assert found
    assert f"fault {found[1]} at GET /thu/hong" in caplog.text
    assert "bí mật" not in page.text
    assert "Gọi 0213 000 0000" in text_of(page)


def test_without_its_database_the_fault_still_has_its_page(settings, quiet, worker, sign_in):
    client = sign_in(worker)
    broken = create_app(settings.model_copy(update={"database_url": "sqlite:////khong/co/thidua.sqlite3"}))
    browser = broken.test_client()
    browser.set_cookie("thidua", client.get_cookie("thidua").value)
    for path in ("/", "/viec-can-lam", "/healthz"):
        page = browser.get(path)
        assert page.status_code == 500, path
        assert re.search(r"Mã sự cố [0-9A-F]{8}\.", text_of(page)), path
        assert page.headers["Content-Security-Policy"] == headers.CONTENT_POLICY


def test_a_foreign_host_name_is_answered_with_a_page(settings, app):
    strict = create_app(settings.model_copy(update={"trusted_hosts": ["thidua.example"]}))
    client = strict.test_client()
    assert client.get("/healthz", base_url="http://thidua.example").status_code == 200
    refused = client.get("/", base_url="http://evil.example")
    assert refused.status_code == 400
    assert "evil.example" not in refused.text
    with strict.app_context():
        db.engine.dispose()


def test_a_body_too_large_says_how_much_may_be_sent(settings, app):
    small = create_app(settings.model_copy(update={"max_upload_mb": 1}))
    sample.install(small)
    client = small.test_client()
    answer = client.post("/thu/dang", data={"ma": "x" * (9 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "Mỗi tệp tối đa 1 MB." in text_of(answer)
    with small.app_context():
        db.engine.dispose()


# --- Headers ------------------------------------------------------------------------------------------------------


def test_every_kind_of_answer_carries_the_headers(quiet, worker, sign_in):
    client = sign_in(worker)
    page = client.get("/thu/dang")
    answers = {
        "page": client.get("/"), "own page": client.get("/viec-can-lam"), "redirect": client.get("/ngon-ngu/vi"),
        "to sign in": quiet.test_client().get("/viec-can-lam"), "absent": client.get("/khong-co"),
        "refused": client.get("/nhat-ky"), "fault": client.get("/thu/hong"), "json": client.get("/healthz"),
        "picture": client.get("/-/qr?d=/"), "bad form": client.post("/thu/dang", data={}),
        "wrong form": send(client, page, button="Gửi", ma=""),
        "done": send(client, page, button="Gửi", ma="a", follow=False),
        "static": client.get("/static/app.css", buffered=True), "static absent": client.get("/static/khong.css"),
    }  # fmt: skip
    for name, answer in answers.items():
        found = answer.headers
        assert found["Content-Security-Policy"] == headers.CONTENT_POLICY, name
        assert found["X-Content-Type-Options"] == "nosniff", name
        assert found["X-Frame-Options"] == "DENY", name
        assert found["Referrer-Policy"] == "same-origin", name
        if name != "static":
            assert found["Cache-Control"] == "no-store", name
    assert answers["static"].headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_style_that_is_not_there_is_not_kept_for_a_year(client):
    assert client.get("/static/khong.css").headers["Cache-Control"] == "no-store"


# --- Sessions -----------------------------------------------------------------------------------------------------


def is_signed_in(client) -> bool:
    return client.get("/viec-can-lam").status_code == 200


def test_a_session_ends_when_nobody_uses_it(worker, sign_in, clock):
    client = sign_in(worker)
    for _ in range(3):
        clock.forward(minutes=119)
        assert is_signed_in(client)
    clock.forward(minutes=121)
    assert not is_signed_in(client)


def test_a_session_ends_after_its_hours_however_much_it_is_used(worker, sign_in, clock):
    client = sign_in(worker)
    for _ in range(11):
        clock.forward(hours=1)
        assert is_signed_in(client)
    clock.forward(minutes=59)
    assert is_signed_in(client)
    clock.forward(minutes=1)
    assert not is_signed_in(client)


def test_a_revoked_session_and_a_disabled_account_are_visitors(app, worker, sign_in):
    first, second = sign_in(worker), sign_in(worker)
    with writing(app):
        one = db.session.scalars(sa.select(WebSession)).first()
        db.session.delete(one)
        db.session.commit()
    assert [is_signed_in(first), is_signed_in(second)] == [False, True]
    with writing(app):
        row = db.session.get(type(worker), worker.id)
        row.disabled_at = NOW
        makers.audit.record("test.change", row, actor=makers.SYSTEM, at=NOW)
        db.session.commit()
    assert not is_signed_in(second)


def test_signing_out_ends_the_session_on_the_server(app, worker, sign_in):
    client = sign_in(worker)
    stolen = client.get_cookie("thidua").value
    page = client.get("/viec-can-lam")
    found = form_to_sign_out(page)
    client.post("/dang-xuat", data=found)
    thief = app.test_client()
    thief.set_cookie("thidua", stolen)
    assert not is_signed_in(client)
    assert not is_signed_in(thief)


def form_to_sign_out(page) -> dict[str, str]:
    from tests.pages import forms

    return next(one.values for one in forms(page) if "/dang-xuat" in one.action)


def test_use_is_noted_every_five_minutes_and_not_at_every_page(app, worker, sign_in, clock):
    client = sign_in(worker)
    for minutes, seen in ((4, NOW), (2, NOW + timedelta(minutes=6)), (3, NOW + timedelta(minutes=6))):
        clock.forward(minutes=minutes)
        assert is_signed_in(client)
        with writing(app):
            assert db.session.scalars(sa.select(WebSession.seen_at)).one() == seen


def test_a_cookie_that_was_changed_opens_nothing(app, worker, sign_in):
    value = sign_in(worker).get_cookie("thidua").value
    forged = app.test_client()
    forged.set_cookie("thidua", value[:-2] + ("AA" if value[-2:] != "AA" else "BB"))
    assert not is_signed_in(forged)


def test_cookies_stay_out_of_reach_of_scripts_and_other_sites(app, client):
    raw = client.get("/tra-cuu").headers["Set-Cookie"]
    assert "HttpOnly" in raw
    assert "SameSite=Lax" in raw
    assert "Secure" not in raw


def test_behind_https_cookies_travel_encrypted_only(settings, app):
    public = create_app(settings.model_copy(update={"base_url": "https://thidua.example"}))
    raw = public.test_client().get("/tra-cuu", base_url="https://thidua.example").headers["Set-Cookie"]
    assert "Secure" in raw
    with public.app_context():
        db.engine.dispose()
