"""The menu of each role, as the information architecture has it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l

from core.accounts import policy
from core.accounts.rules import Actor


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the menu."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


# (endpoint, label, verb): an item shows when the policy opens the verb and the page exists. Visitors and signed-in
# people share the first two.
PUBLIC_ITEMS = (
    ("front.open_seasons", _l("Đang nhận hồ sơ"), "public.read"),
    ("front.results", _l("Kết quả"), "public.read"),
    ("front.verify", _l("Xác minh"), "citation.verify"),
)
OWN_ITEMS = (
    ("front.tasks", _l("Việc cần làm"), "task.list"),
    ("entries.mine", _l("Hồ sơ của tôi"), "entry.list_own"),
    ("entries.queue", _l("Chờ xác nhận"), "endorsement.list"),
    ("entries.of_unit", _l("Hồ sơ đơn vị"), "unit.entries"),
    ("people.members", _l("Danh sách đoàn viên"), "unit.members"),
    ("judging.mine", _l("Phiếu của tôi"), "sheet.list"),
    ("seasons.board", _l("Đợt xét"), "season.list"),
    ("movements.board", _l("Phong trào của tôi"), "movement.list"),
    ("front.system", _l("Tình trạng hệ thống"), "system.read"),
    ("accounts.users", _l("Người dùng"), "user.manage"),
    ("organisations.tree", _l("Cây tổ chức"), "unit.manage"),
    ("front.movements", _l("Phong trào"), "movement.read"),
    ("audit.trail", _l("Nhật ký"), "audit.read"),
)


def for_actor(actor: Actor) -> list[Item]:
    """Return the menu of `actor`, with the current page marked."""
    optional = current_app.extensions["thidua_rooms"].menu(signed_in=actor.is_signed_in)
    items = (*OWN_ITEMS, *optional, PUBLIC_ITEMS[0]) if actor.is_signed_in else (*PUBLIC_ITEMS, *optional)
    return [
        Item(str(label), url_for(endpoint), current=request.endpoint == endpoint)
        for endpoint, label, verb in items
        if endpoint in current_app.view_functions and policy.may(actor, verb)
    ]
