"""What is asked of a plugin: requirements as plain functions, and how they are run one by one."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.testing.subject import Subject

MODULES = (
    "about_plugin",
    "about_rules",
    "about_scoring",
    "about_scorers",
    "about_golden",
    "about_readme",
    "about_season",
)

State = Literal["ok", "fault", "skipped", "not_run"]
Yielded = Iterator["Flaw"]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that a plugin lacks.

    :param id: of the requirement.
    :param sentence: Vietnamese: the cause and the next act.
    :param place: file, line or key; empty for the plugin as a whole.
    """

    id: str
    sentence: str
    place: str = ""

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing asked of every plugin.

    :param title: what must hold, in Vietnamese.
    :param optional: a plugin may switch it off with a reason.
    :param needs_rules: it is asked only of a plugin whose movement could be read.
    """

    id: str
    title: str
    ask: Callable[[Subject], Iterator[tuple[str, str]]]
    optional: bool = False
    needs_rules: bool = True

    def flaws(self, subject: Subject) -> list[Flaw]:
        """Return what is lacking; a plugin that makes the question itself fail lacks it too."""
        try:
            return [Flaw(self.id, sentence, place) for place, sentence in self.ask(subject)]
        except Exception as error:
            return [Flaw(self.id, f"Không kiểm tra được: {type(error).__name__}: {error}. Sửa lỗi này rồi kiểm lại.")]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one requirement."""

    id: str
    title: str
    state: State
    flaws: tuple[Flaw, ...] = ()
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "id": self.id,
            "title": self.title,
            "state": self.state,
            "reason": self.reason,
            "flaws": [{"place": flaw.place, "sentence": flaw.sentence} for flaw in self.flaws],
        }


_ALL: dict[str, Requirement] = {}


def requirement(
    id: str,  # noqa: A002  # The word of the reports and of `skip`.
    title: str,
    *,
    optional: bool = False,
    needs_rules: bool = True,
) -> Callable[[Callable[[Subject], Iterator[tuple[str, str]]]], Requirement]:
    """Make a requirement of a function that yields (place, sentence) for everything lacking."""

    def keep(ask: Callable[[Subject], Iterator[tuple[str, str]]]) -> Requirement:
        _ALL[id] = Requirement(id, title, ask, optional, needs_rules)
        return _ALL[id]

    return keep


def all_requirements() -> Mapping[str, Requirement]:
    """Return every requirement by id, in the order in which they are asked."""
    for name in MODULES:
        importlib.import_module(f"core.testing.{name}")
    return dict(_ALL)


def run(subject: Subject, skip: Mapping[str, str] | None = None) -> Iterator[Outcome]:
    """Ask everything of a plugin and yield what came of it, one by one.

    :param skip: reasons by requirement, for those that are optional.
    """
    skip = skip or {}
    for each in all_requirements().values():
        if each.id in skip and not refused_skip(each.id, skip[each.id]):
            yield Outcome(each.id, each.title, "skipped", reason=skip[each.id])
        elif each.needs_rules and subject.movement is None:
            yield Outcome(each.id, each.title, "not_run", reason="Chưa đọc được phong trào.")
        else:
            flaws = tuple(each.flaws(subject))
            yield Outcome(each.id, each.title, "fault" if flaws else "ok", flaws)


def refused_skip(id: str, reason: object) -> str:  # noqa: A002
    """Return why a requirement may not be switched off so; empty where it may."""
    known = all_requirements()
    if id not in known:
        return f"skip: không có yêu cầu «{id}». Các yêu cầu bỏ qua được: {', '.join(optional_ids())}."
    if not known[id].optional:
        return f"skip: yêu cầu «{id}» không bỏ qua được. Bỏ dòng này và sửa phong trào."
    if not isinstance(reason, str) or not reason.strip():
        return f"skip: ghi lý do bỏ qua «{id}»."
    return ""


def optional_ids() -> tuple[str, ...]:
    """Return the requirements that a plugin may switch off with a reason."""
    return tuple(each.id for each in all_requirements().values() if each.optional)
