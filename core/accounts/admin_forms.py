"""What administrators type about accounts and roles."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, ValidationError

from core.accounts.rules import Role
from core.accounts.words import role_name
from core.organisations.forms import UnitField
from core.web.forms import Form, required

GRANTABLE = (Role.OFFICER, Role.JUDGE, Role.ORGANISER, Role.ADMIN)


class GrantForm(Form):
    """A role over a unit and everything below it."""

    role = RadioField(_l("Vai trò"), [required(_l("Chọn vai trò"))], choices=[])
    unit = UnitField(_l("Ở đơn vị"), [required(_l("Chọn đơn vị"))], description=_l("Gồm cả các đơn vị trực thuộc."))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.role.choices = [(role.value, role_name(role)) for role in GRANTABLE]
        # The list is ours; a value from elsewhere gets our sentence, not the library's.
        self.role.validate_choice = False

    def validate_role(self, field: Any) -> None:
        """A role that can be given."""
        if field.data and field.data not in {role.value for role in GRANTABLE}:
            raise ValidationError(_("Chọn một vai trò trong danh sách"))
