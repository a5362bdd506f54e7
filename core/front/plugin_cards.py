"""What an administrator reads about each plugin: what it is, what uses it, what is wrong with it and what to do."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from core.extensions import db
from core.registry import CheckTrouble, Failure, PluginInfo, Registry
from core.scoring.canonical import digest
from core.scoring.movement import Movement
from core.seasons.models import Season
from core.seasons.rules import Phase
from core.seasons.words import phase_words


@dataclass(frozen=True, slots=True)
class PluginCard:
    """A plugin with its movement (None where it has none in use) and the seasons that use it, as (words, number)."""

    plugin: PluginInfo
    movement: Movement | None
    sha256: str
    seasons: tuple[tuple[str, int], ...]
    trouble: CheckTrouble | None

    @property
    def season_count(self) -> int:
        """How many seasons run, ran or are prepared by this movement."""
        return sum(count for _words, count in self.seasons)


@dataclass(frozen=True, slots=True)
class Orphan:
    """A movement that seasons use and no plugin brings any more."""

    movement_id: str
    seasons: tuple[tuple[str, int], ...]


def plugin_cards(registry: Registry) -> list[PluginCard]:
    """Return every plugin that was found, in the order in which it was found; one query, whatever the number."""
    used = _seasons_by_movement()
    return [_card(registry, plugin, used) for plugin in registry.plugins]


def _card(registry: Registry, plugin: PluginInfo, used: dict[str, tuple[tuple[str, int], ...]]) -> PluginCard:
    movement = registry.find(plugin.movement_ids[0]) if plugin.movement_ids else None
    movement_id = movement.id if movement is not None else plugin.name.replace("_", "-")
    return PluginCard(
        plugin, movement, digest(movement) if movement is not None else "", used.get(movement_id, ()),
        registry.trouble(plugin.name),
    )  # fmt: skip


def orphans(registry: Registry) -> list[Orphan]:
    """Return the movements of seasons that no plugin, working, broken or switched off, stands for."""
    known = set(registry.movements) | {plugin.name.replace("_", "-") for plugin in registry.plugins}
    return [Orphan(each, seasons) for each, seasons in sorted(_seasons_by_movement().items()) if each not in known]


def _seasons_by_movement() -> dict[str, tuple[tuple[str, int], ...]]:
    rows = db.session.execute(
        sa.select(Season.movement_id, Season.phase, sa.func.count()).group_by(Season.movement_id, Season.phase)
    )
    counts: dict[str, dict[Phase, int]] = defaultdict(dict)
    for movement_id, phase, count in rows:
        counts[movement_id][phase] = count
    order = list(Phase)
    return {
        movement_id: tuple((phase_words(phase), by[phase]) for phase in sorted(by, key=order.index))
        for movement_id, by in counts.items()
    }


def next_act(failure: Failure) -> str:
    """Return what to do about a plugin that is not in use, by the stage at which it failed."""
    acts = {
        "import": _("Sửa mã, hoặc cài gói còn thiếu, rồi khởi động lại máy chủ."),
        "api": _("Cài bản plugin viết cho giao diện này, hoặc nâng cấp hệ thống, rồi khởi động lại máy chủ."),
        "hooks": _("Sửa tên hook hoặc tham số như trong docs/plugins.md rồi khởi động lại máy chủ."),
        "movements": _("Để plugin trả về đúng một phong trào rồi khởi động lại máy chủ."),
        "rules": _("Sửa từng chỗ đã nêu, kiểm tra bằng «thidua movements check», rồi khởi động lại máy chủ."),
        "identity": _("Đặt mã phong trào trùng tên thư mục, mỗi mã một nơi, rồi khởi động lại máy chủ."),
    }
    return acts.get(failure.stage, _("Sửa chỗ đã nêu rồi khởi động lại máy chủ."))


def off_sentence(plugin: PluginInfo) -> str:
    """Return why a plugin was left out on purpose, and how to have it back."""
    if plugin.off == "safe_mode":
        return _("Hệ thống đang chạy an toàn nên không nạp mã. Bỏ THIDUA_SAFE_MODE rồi khởi động lại máy chủ để dùng.")
    return _("Người quản trị đã tắt. Bỏ tên này khỏi THIDUA_DISABLED_PLUGINS rồi khởi động lại máy chủ để dùng.")
