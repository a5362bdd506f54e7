"""The Vietnamese of seasons: phases, milestones, what is entered, blockers, refusals."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

NOUNS: dict[str, Callable[[], str]] = {
    "initiative": lambda: _("sáng kiến"),
    "person": lambda: _("cá nhân"),
    "collective": lambda: _("tập thể"),
}


def noun(subject: str) -> str:
    """Return what is entered, inside a sentence: «sáng kiến», «cá nhân», «tập thể»."""
    return NOUNS[subject]()
