"""The room as the house sees it: pages, tables, permissions, menu, settings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l

from core.roomkit import MenuItem, Role, Room, Row, hookimpl
from plugins.tuyen_truyen import office_views, words
from plugins.tuyen_truyen.models import ROOM, Base
from plugins.tuyen_truyen.rules import check_ancestors

THIDUA_API = (1, 0)
AWARDED = frozenset({"awarded"})
WRITTEN, WAITING, APPROVED, OUT = (frozenset({state}) for state in ("draft", "waiting", "approved", "published"))

# An officer works for the units of the grant, an organiser for the seasons.
OFFICES = ((Role.OFFICER, "subtree"), (Role.ORGANISER, "owner"))
POLICY = (
    Row("tuyen_truyen.read", Role.PUBLIC, "recognised", OUT),
    Row("tuyen_truyen.consent", Role.WORKER, "author", AWARDED),
    *(Row("tuyen_truyen.read", role, relation) for role, relation in OFFICES),
    *(Row("tuyen_truyen.handle", role, relation) for role, relation in OFFICES),
    *(Row("tuyen_truyen.draft", role, relation, AWARDED) for role, relation in OFFICES),
    *(Row("tuyen_truyen.edit", role, relation, WRITTEN) for role, relation in OFFICES),
    *(Row("tuyen_truyen.log", role, relation, OUT | {"withdrawn"}) for role, relation in OFFICES),
    Row("tuyen_truyen.return", Role.ORGANISER, "owner", WAITING | APPROVED),
    Row("tuyen_truyen.approve", Role.ORGANISER, "owner", WAITING),
    Row("tuyen_truyen.publish", Role.ORGANISER, "owner", APPROVED),
    Row("tuyen_truyen.withdraw", Role.ORGANISER, "owner", OUT),
)


def _demo(at: datetime) -> None:
    from plugins.tuyen_truyen import demo

    demo.fill(at)


@hookimpl
def thidua_rooms() -> Iterable[Room]:
    """Return the room."""
    yield Room(
        id=ROOM,
        title=_l("Tuyên truyền"),
        version="1.0",
        url_prefix="/tin",
        blueprint=office_views.bp,
        metadata=Base.metadata,
        policy=POLICY,
        menu=(
            MenuItem(endpoint=f"{ROOM}.index", label=_l("Tin sáng kiến"), verb="public.read", for_visitors=True),
            MenuItem(endpoint=f"{ROOM}.board", label=_l("Tuyên truyền"), verb="tuyen_truyen.handle"),
            MenuItem(endpoint=f"{ROOM}.own_consents", label=_l("Đồng ý đăng tin"), verb="tuyen_truyen.consent"),
        ),
        settings={"frame_ancestors": "'none'"},
        check_settings=lambda given: check_ancestors(given["frame_ancestors"]),
        phrases=words.PHRASES,
        demo=_demo,
    )
