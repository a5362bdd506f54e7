"""Which function scores by frozen rules: engine 1, or the movement's own scorer in the version that was frozen."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import current_app

from core.entries.models import Entry
from core.extensions import db
from core.judging.rules import ScorerGone
from core.registry import Registry
from core.scoring.engine1 import score
from core.scoring.rules import Rules
from core.scoring.scorers import ScorerFailed, run

log = logging.getLogger(__name__)


def score_values(rules: Rules, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the score that inputs give, as plain values.

    :raise ScorerGone: the rules name a scorer that no plugin brings.
    :raise ScorerFailed: it does not answer soundly; facts name plugin and entry.
    """
    frozen = rules.scorer
    if frozen is None:
        return score(rules, inputs["sheets"], inputs["facts"]).as_dict()
    registry: Registry = current_app.extensions["thidua_registry"]
    installed = registry.scorers.get((frozen.id, frozen.version))
    if installed is None:
        raise ScorerGone(scorer=frozen.name)
    try:
        return run(installed.scorer, rules, inputs["sheets"], inputs["facts"]).as_dict()
    except ScorerFailed as failed:
        code = db.session.scalar(sa.select(Entry.code).where(Entry.public_id == inputs["entry"])) or inputs["entry"]
        log.exception("plugin %s: scorer %s failed on entry %s", installed.plugin, frozen.name, code)
        raise ScorerFailed(**{**failed.facts, "plugin": installed.plugin, "entry": code}) from failed


def changed_code(rules: Rules) -> bool:
    """Whether the scorer that the rules name is installed with other code than it had when it was frozen."""
    frozen = rules.scorer
    registry: Registry = current_app.extensions["thidua_registry"]
    installed = registry.scorers.get((frozen.id, frozen.version)) if frozen is not None else None
    return frozen is not None and installed is not None and installed.code != frozen.code
