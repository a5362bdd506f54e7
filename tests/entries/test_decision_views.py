"""An officer's decision page refuses what was not chosen."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from core.accounts.rules import Role
from core.entries.models import Entry
from core.entries.rules import State
from core.extensions import db
from tests.makers import make_account, make_filed_entry, make_person
from tests.pages import send, text_of


def test_nothing_chosen_is_no_endorsement(app: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    with app.app_context():
        entry = make_filed_entry()
        unit = entry.holder_unit
        assert unit is not None
        officer = make_account(make_person("Hà Thị Thủy", unit), (Role.OFFICER, unit))
        db.session.commit()
        public_id = entry.public_id
    client = sign_in(officer)
    page = client.get(f"/ho-so/{public_id}")
    answer = send(client, page, action="quyet-dinh", decision="")
    assert answer.status_code == 422
    assert "Chọn xác nhận, trả lại hoặc không xác nhận" in text_of(answer)
    with app.app_context():
        found = db.session.query(Entry).filter_by(public_id=public_id).one()
        assert found.state == State.SUBMITTED
