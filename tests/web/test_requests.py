"""One request, one transaction: one-time keys, reading and writing, the moment of arrival, addresses of our own."""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.parse
import urllib.request
from datetime import datetime

import pytest
import sqlalchemy as sa

from core.accounts.models import FormKey, LimitCount
from core.extensions import db
from core.web import access, requests
from tests import makers
from tests.accounts.office import kept, reading, writing
from tests.conftest import NOW
from tests.nets.server import running
from tests.pages import form, send, text_of
from tests.web import sample

OLD = "Trang này đã mở quá lâu nên chưa gửi được. Quay lại, tải lại trang rồi gửi lần nữa; nội dung đã lưu vẫn còn."
BOTH = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def _routes(app):
    sample.install(app)


def codes(app) -> list[str]:
    with reading(app):
        return sorted(db.session.scalars(sa.select(LimitCount.bucket)))


@BOTH
@pytest.mark.parametrize("kind", ["dang", "cham"])
def test_a_repeated_form_leads_where_the_first_led_and_makes_one_row(app, client, kind):
    page = client.get(f"/thu/{kind}")
    answers = [send(client, page, button="Gửi", ma="a", follow=False) for _ in range(3)]
    assert [(one.status_code, one.location) for one in answers] == [(303, f"/thu/{kind}?xong=a")] * 3
    assert codes(app) == ["a"]
    # The key of a page sent once more with other words still counts as that sending.
    assert send(client, page, button="Gửi", ma="b", follow=False).location == f"/thu/{kind}?xong=a"
    assert codes(app) == ["a"]


@BOTH
@pytest.mark.parametrize("kind", ["dang", "cham"])
def test_a_refused_form_does_not_use_up_its_key(app, client, kind):
    page = client.get(f"/thu/{kind}")
    assert send(client, page, button="Gửi", ma="").status_code == 422
    with reading(app):
        assert db.session.scalars(sa.select(FormKey)).all() == []
    assert send(client, page, button="Gửi", ma="a", follow=False).status_code == 303


def test_a_key_of_another_account_or_another_form_is_refused(app, client, sign_in):
    with writing(app):
        mai, di = makers.make_account(), makers.make_account()
        kept(mai, di)
    first, second = sign_in(mai), sign_in(di)
    page = first.get("/thu/dang")
    key = form(page, "/thu/dang").values["form_key"]
    assert send(first, page, button="Gửi", ma="a", follow=False).status_code == 303
    sentence = "Biểu mẫu này đã được gửi từ một tài khoản hoặc trang khác. Mở lại trang rồi gửi lần nữa."
    for browser, path in ((second, "/thu/dang"), (first, "/thu/khac"), (client, "/thu/dang")):
        refused = send(browser, browser.get(path), button="Gửi", ma="b", form_key=key)
        assert refused.status_code == 409
        assert sentence in text_of(refused)
    assert codes(app) == ["a"]


@pytest.mark.parametrize("key", [None, "", "ngan", "x" * 65, "có dấu" * 4])
def test_a_form_without_its_key_says_what_to_do(app, client, key):
    page = client.get("/thu/dang")
    data = {"csrf_token": form(page, "/thu/dang").values["csrf_token"], "ma": "a"}
    answer = client.post("/thu/dang", data=data if key is None else {**data, "form_key": key})
    assert answer.status_code == 400
    assert OLD in text_of(answer)
    assert codes(app) == []


def test_a_form_without_its_token_says_the_same(client, app):
    answer = client.post("/thu/dang", data={"ma": "a", "form_key": requests.new_form_key()})
    assert answer.status_code == 400
    assert OLD in text_of(answer)
    assert codes(app) == []


@BOTH
def test_a_page_that_is_read_cannot_write(app, client, caplog):
    assert client.get("/thu/ghi").status_code == 500
    assert re.search(r"attempt to write a readonly database|read-only transaction", caplog.text)
    assert codes(app) == []
    # The next writing request is a writing one.
    assert send(client, client.get("/thu/dang"), button="Gửi", ma="a", follow=False).status_code == 303


@BOTH
def test_after_an_error_in_a_form_nothing_of_it_is_kept(app, client):
    with writing(app):
        db.session.add(LimitCount(bucket="a", window_start=NOW, count=9))
        db.session.commit()
    page = client.get("/thu/dang")
    assert send(client, page, button="Gửi", ma="a").status_code == 500
    with reading(app):
        assert db.session.scalars(sa.select(FormKey)).all() == []


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("/ket-qua", "/ket-qua"),
        ("/x?tiep=//a&b=1#c", "/x?tiep=//a&b=1#c"),
        ("/", "/"),
        ("/đường-dẫn", "/đường-dẫn"),
        (None, "/du-phong"),
        ("", "/du-phong"),
        ("ket-qua", "/du-phong"),
        ("//evil.example", "/du-phong"),
        ("///evil.example", "/du-phong"),
        ("/\\evil.example", "/du-phong"),
        ("\\\\evil.example", "/du-phong"),
        ("/a\\b", "/du-phong"),
        ("/\t/evil.example", "/du-phong"),
        ("/a\r\nSet-Cookie: b=1", "/du-phong"),
        ("/a\x00", "/du-phong"),
        ("/a\x7f", "/du-phong"),
        (" /a", "/du-phong"),
        ("https://evil.example/", "/du-phong"),
        ("javascript:alert(1)", "/du-phong"),
        ("data:text/html,x", "/du-phong"),
        ("https:/evil.example", "/du-phong"),
        ("/" + "a" * 3000, "/" + "a" * 3000),
    ],
)
def test_only_a_path_of_this_site_is_followed(target, found):
    assert requests.safe_path(target, "/du-phong") == found


def test_a_route_without_a_rule_stops_the_start(app):
    app.add_url_rule("/khong-luat", "khong_luat", lambda: "")
    with pytest.raises(RuntimeError, match=r"/khong-luat \(khong_luat\) declares no verb"):
        access.check_routes(app)


def test_a_request_that_waits_for_a_thread_keeps_the_moment_at_which_it_came(app):
    from core.web.requests import system_clock

    # The application's clock stands still in tests; the order of real moments is what counts here.
    app.before_request_funcs.setdefault(None, []).append(_now_by(system_clock))
    with running(app, threads=1) as port:
        with app.test_client() as client:
            page = client.get("/thu/dang")
            token = form(page, "/thu/dang").values["csrf_token"]
            cookie = client.get_cookie("thidua").value
        answers: dict[str, dict[str, str]] = {}

        def ask(name: str, **data: str) -> None:
            body = urllib.parse.urlencode({"csrf_token": token, **data}).encode()
            asked = urllib.request.Request(  # Our own server.
                f"http://127.0.0.1:{port}/thu/gio", data=body, headers={"Cookie": f"thidua={cookie}"}
            )
            with urllib.request.urlopen(asked, timeout=10) as answer:
                answers[name] = json.load(answer)

        slow = threading.Thread(target=ask, args=("slow",), kwargs={"cham": "1"})
        slow.start()
        time.sleep(0.2)
        ask("waiting")
        slow.join()
    moments = {name: {k: datetime.fromisoformat(v) for k, v in one.items()} for name, one in answers.items()}
    waited = (moments["waiting"]["now"] - moments["waiting"]["received"]).total_seconds()
    assert waited > 0.2
    assert moments["slow"]["now"] < moments["waiting"]["received"] < moments["waiting"]["now"]


def _now_by(clock):
    def tell() -> None:
        from flask import g

        g.now = clock()

    return tell


def test_without_a_server_in_front_a_request_came_when_it_began(client, clock):
    token = form(client.get("/thu/dang"), "/thu/dang").values["csrf_token"]
    answer = client.post("/thu/gio", data={"csrf_token": token}).json
    assert answer["received"] == answer["now"] == clock.now.isoformat()
