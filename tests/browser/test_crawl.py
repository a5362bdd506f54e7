"""Every shape of page in a real browser: accessible, quiet, never wider than a phone, and light."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import shapes
from tests.browser.shapes import Shape

PARTS = 6
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
KILOBYTE = 1024
VERIFY_BUDGET, WORKER_BUDGET, BUDGET = 30 * KILOBYTE, 60 * KILOBYTE, 100 * KILOBYTE
WORKERS = {"visitor", "worker", "nominee"}


@dataclass
class Desk:
    """A browser window of one person on one site, and what it heard."""

    context: BrowserContext
    page: Page
    console: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    received: list[int] = field(default_factory=list)

    @classmethod
    def opened(cls, browser: Browser, app: Flask, address: str, role: str) -> Desk:
        """Sign somebody in and listen."""
        context = browser.new_context(
            viewport={"width": 360, "height": 640}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", base_url=address,
            reduced_motion="reduce",
        )  # fmt: skip
        context.add_cookies(shapes.cookies(app, role, address))  # type: ignore[arg-type]
        desk = cls(context, context.new_page())
        desk.page.on("console", lambda said: said.type in ("error", "warning") and desk.console.append(said.text))
        desk.page.on("pageerror", lambda error: desk.console.append(str(error)))
        desk.page.on(
            "request",
            lambda sent: not sent.url.startswith((address, "data:", "blob:")) and desk.foreign.append(sent.url),
        )
        network = context.new_cdp_session(desk.page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        network.on("Network.loadingFinished", lambda event: desk.received.append(int(event["encodedDataLength"])))
        return desk

    def look_at(self, shape: Shape) -> list[str]:
        """Open a page and return what is wrong with it."""
        for heard in (self.console, self.foreign, self.received):
            heard.clear()
        self.page.set_viewport_size({"width": 360, "height": 640})
        if shape.body:
            self.page.route(
                f"**{shape.path}", lambda route: route.fulfill(body=shape.body, content_type="text/html; charset=utf-8")
            )
        self.page.goto(shape.path, wait_until="load")
        if shape.body:
            self.page.unroute(f"**{shape.path}")
        weight = sum(self.received)
        found = [f"axe: {each}" for each in self._violations()]
        for width, height in ((320, 640), (360, 640), (1280, 800)):
            self.page.set_viewport_size({"width": width, "height": height})
            if (wide := self.page.evaluate("document.documentElement.scrollWidth")) > width:
                found.append(f"{wide} px wide on {width}")
        found += [f"console: {each}" for each in self.console]
        found += [f"from another site: {each}" for each in self.foreign]
        budget = VERIFY_BUDGET if shape.endpoint == "front.verify_code" else BUDGET
        if shape.endpoint != "front.verify_code" and shape.role in WORKERS:
            budget = WORKER_BUDGET
        if weight > budget:
            found.append(f"{weight / KILOBYTE:.1f} KB transferred of {budget // KILOBYTE}")
        return found

    def _violations(self) -> list[str]:
        self.page.evaluate(AXE_SCRIPT)
        options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
        answer: dict[str, Any] = self.page.evaluate("options => axe.run(document, options)", options)
        return [
            f"{rule['id']} at {node['target'][0]} – {node.get('failureSummary', '').splitlines()[-1].strip()}"
            for rule in answer["violations"]
            for node in rule["nodes"]
        ]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_shape_of_page_is_accessible_quiet_narrow_and_light(
    browser: Browser, sites: dict[str, tuple[Flask, str]], part: int, record_property: Any
) -> None:
    found = sorted(shapes.all_shapes(), key=lambda shape: (shape.variant, shape.role))
    size = -(-len(found) // PARTS)
    mine, began = found[part * size : (part + 1) * size], time.perf_counter()
    desks: dict[tuple[str, str], Desk] = {}
    wrong = []
    for shape in mine:
        key = (shape.variant, shape.role)
        if key not in desks:
            desks[key] = Desk.opened(browser, *sites[shape.variant], shape.role)
        wrong += [f"{shape}: {fault}" for fault in desks[key].look_at(shape)]
    for desk in desks.values():
        desk.context.close()
    record_property("seconds", round(time.perf_counter() - began, 1))
    print(f"{len(mine)} of {len(found)} shapes in {time.perf_counter() - began:.1f} s")
    assert len(found) > 100
    assert not wrong, "\n".join(wrong)
