"""The world of the nets, one application on a private copy of it for each variant and module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.accounts.rules import Actor
from tests.nets import examples, world
from tests.nets.examples import Example


class Address(NamedTuple):
    """Where a route leads on one example, and what the policy answers each role there."""

    endpoint: str
    example: Example
    said: dict[str, int]
    path: str


@dataclass
class World:
    """An application on a variant of the world, everybody's browser, and the addresses there are."""

    variant: str
    app: Flask
    actors: dict[str, Actor]
    _addresses: dict[str, list[Address]] = field(default_factory=dict)

    def browser(self, name: str) -> tuple[FlaskClient, str]:
        """Return a browser of somebody, and the token that its forms carry."""
        cookie, token = world.cookie_of(self.app, name)
        client = self.app.test_client()
        client.set_cookie("thidua", cookie)
        return client, token

    def restore(self) -> None:
        """Undo what was committed."""
        world.restore(self.app, self.variant)

    def addresses(self, method: str) -> list[Address]:
        """Return the addresses of every route with `method`."""
        if method not in self._addresses:
            with self.app.app_context():
                self._addresses[method] = list(self._found(method))
        return self._addresses[method]

    def _found(self, method: str) -> Iterator[Address]:
        for rule in examples.routes(self.app, method):
            for example in examples.of(self.app, rule, self.variant):
                said = {name: examples.expected(self.app, rule, example, actor) for name, actor in self.actors.items()}
                yield Address(rule.endpoint, example, said, self.path(rule.endpoint, example.values))

    def path(self, endpoint: str, values: dict) -> str:
        """Return the path of an address."""
        with self.app.test_request_context("/"):
            from flask import url_for

            return url_for(endpoint, **values)


@pytest.fixture(scope="module")
def worlds() -> Iterator[dict[str, World]]:
    """Return the three variants of the world."""
    with ExitStack() as stack:
        found = {}
        for variant in world.VARIANTS:
            app = stack.enter_context(world.copied(variant))
            with app.app_context():
                found[variant] = World(variant, app, world.actors())
        yield found
