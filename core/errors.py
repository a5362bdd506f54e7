"""Refusals: what a rule raises when something may not be done."""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    """Something a rule refuses. Facts are keyword arguments and become attributes; the words live at the edge.

    `status` is what the web answers: 403 not yours, 404 absent, 409 too late or already done, 422 not acceptable.
    """

    status: ClassVar[int] = 422

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in facts.items())})")

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["facts"][name]
        except KeyError:
            raise AttributeError(name) from None
