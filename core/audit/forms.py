"""What the trail is filtered by."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from core.web.forms import DateField, Form, LineField


class TrailForm(Form):
    """The filters of the trail, read from the address."""

    viec = SelectField(_l("Việc"), choices=[], validate_choice=False)
    nguoi = LineField(_l("Người làm"), description=_l("Một phần của tên, gõ có dấu."))
    tu = DateField(_l("Từ ngày"))
    den = DateField(_l("Đến ngày"))
