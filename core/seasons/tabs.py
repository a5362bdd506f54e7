"""The pages of one season as its organiser goes between them, whichever room they are in."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l

from core.accounts import policy
from core.accounts.rules import Actor
from core.seasons.models import Season
from core.seasons.rules import Phase

# (endpoint, label): a tab shows when its room has the page and the policy lets the actor in. Every page takes the
# season's public id.
TABS = (
    ("seasons.show", _l("Tổng quan")),
    ("entries.of_season", _l("Hồ sơ")),
    ("judging.panels", _l("Giám khảo")),
    ("judging.assign", _l("Phân công")),
    ("judging.progress", _l("Tiến độ chấm")),
    ("judging.ranking", _l("Xếp hạng")),
    ("awards.proposals", _l("Giải thưởng")),
    ("awards.decision", _l("Quyết định")),
    ("awards.citations", _l("Giấy chứng nhận")),
    ("seasons.rules", _l("Quy tắc")),
)

# What moves a season on, each on a page that asks once more.
ACTS = (
    ("judging.start", _l("Bắt đầu chấm")),
    ("judging.close", _l("Đóng chấm điểm")),
    ("judging.amend", _l("Sửa đổi quy tắc")),
    ("awards.decide", _l("Ghi quyết định khen thưởng")),
    ("awards.publish", _l("Công bố kết quả")),
)


def tabs_of(season: Season, actor: Actor) -> list[dict[str, Any]]:
    """Return the tabs of a season for `ui.tabs`; none while it is a draft, which has a wizard instead."""
    if season.phase == Phase.DRAFT:
        return []
    return [
        {
            "label": str(label),
            "url": url_for(endpoint, public_id=season.public_id),
            "current": request.endpoint == endpoint,
        }
        for endpoint, label in TABS
        if endpoint in current_app.view_functions and _is_open(endpoint, season, actor)
    ]


def acts_of(season: Season, actor: Actor) -> list[tuple[str, str]]:
    """Return the acts that the season's phase and the actor's rights leave open: text and address."""
    return [
        (str(label), url_for(endpoint, public_id=season.public_id))
        for endpoint, label in ACTS
        if endpoint in current_app.view_functions and _is_open(endpoint, season, actor)
    ]


def _is_open(endpoint: str, season: Season, actor: Actor) -> bool:
    verb, kind = vars(current_app.view_functions[endpoint])["__policy__"]
    return policy.allows(actor, verb, season if kind is Season else None)
