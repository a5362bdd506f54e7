"""What people read when a rule refuses: one sentence per kind, cause and next act, registered by the rooms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from core.errors import DomainError

Sentence = Callable[[Any], str]
_sentences: dict[type[DomainError], Sentence] = {}
F = TypeVar("F", bound=Sentence)


def sentence(kind: type[DomainError]) -> Callable[[F], F]:
    """Register the function that words `kind`; it receives the error and its facts."""

    def keep(function: F) -> F:
        _sentences[kind] = function
        return function

    return keep


def say(error: DomainError) -> str:
    """Return the sentence for `error`, looking along its class line.

    :raise LookupError: no room has words for it; a test makes sure this never happens.
    """
    for kind in type(error).__mro__:
        if kind in _sentences:
            return _sentences[kind](error)
    raise LookupError(f"no sentence for {type(error).__name__}")


def worded() -> frozenset[type[DomainError]]:
    """Return the kinds that have words, for the test of completeness."""
    return frozenset(_sentences)
