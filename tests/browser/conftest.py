"""A real room in Chromium: a desk, a stage, and phones, on a real server process."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from rings import access
from rings.models import Participant, Ring
from rings.phases import Phase
from tests.conftest import Cast, key_of
from tests.server import Server

# Playwright's loop stays in this thread, and Django would refuse its database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
STAGE = {"width": 1920, "height": 1080}
TOUCHED: dict[str, Any] = {"is_mobile": True, "has_touch": True}
DEVICES: dict[str, dict[str, Any]] = {
    "iPhone": {
        **TOUCHED,
        "viewport": {"width": 390, "height": 664},
        "device_scale_factor": 3,
        "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    },
    "small Android": {
        **TOUCHED,
        "viewport": {"width": 360, "height": 560},
        "device_scale_factor": 2,
        "user_agent": "Mozilla/5.0 (Linux; Android 12; SM-A135F) AppleWebKit/537.36 "
        "(KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
    },
}

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    quiet = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync"
    args = [*quiet.split(), "--disable-background-networking", "--disable-component-update"]
    return {"executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"), "args": args}


class Room:
    """The browsers of one ring. Every page must stay free of script errors and blocked content."""

    def __init__(self, browser: Browser, server: Server, cast: Cast) -> None:
        self.browser, self.server, self.cast = browser, server, cast
        self.contexts: list[BrowserContext] = []
        self.trouble: list[str] = []
        self.device: dict[str, Any] = {}  # what phones are, beside their size

    @property
    def ring(self) -> Ring:
        return Ring.objects.get(pk=self.cast.ring.pk)

    def context(self, size: dict[str, int], **options: Any) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.server.url,
            reduced_motion="reduce",
            timezone_id="Europe/London",
            # a service worker would keep tests from losing a request on its way
            **{"viewport": size, "locale": "en-GB", "service_workers": "block", **options},
        )
        self.contexts.append(context)
        return context

    def page(
        self, size: dict[str, int], path: str, cookies: dict[str, str] | None = None, **options: Any
    ) -> Page:
        """Open a page in a browser of its own, holding these cookies."""
        context = self.context(size, **options)
        held = [{"name": n, "value": v, "url": self.server.url} for n, v in (cookies or {}).items()]
        context.add_cookies(held)
        page = context.new_page()
        page.on("pageerror", lambda error: self.trouble.append(f"{path}: {error}"))
        page.on("console", lambda said: self._heard(path, said.type, said.text))
        page.goto(path)
        return page

    def _heard(self, path: str, kind: str, text: str) -> None:
        network = re.search("Failed to load resource|Failed to fetch|WebSocket connection", text)
        if kind == "error" and not network:
            self.trouble.append(f"{path}: {text}")

    def desk(self, **options: Any) -> Page:
        session = self.cast.desk().cookies["sessionid"].value
        page = self.page(DESK, f"/desk/{self.ring.pk}/", {"sessionid": session}, **options)
        if options.get("java_script_enabled", True):  # its scripts have run, and set what folds
            expect(page.locator("body[data-line]")).to_be_attached()
        return page

    def stage(self, **options: Any) -> Page:
        return self.page(STAGE, f"/stage/{self.ring.stage_token}/", **options)

    def phone(self, who: Participant, path: str = "", **options: Any) -> Page:
        cookies = {access.seat_cookie(who.ring_id): key_of(who.name)}
        address = f"/r/{self.ring.code}/{path}"
        page = self.page(PHONE, address, cookies, **{**self.device, **options})
        expect(page.locator("body[data-line=live]")).to_be_attached()
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def room(browser: Browser, server: Server, live_cast: Cast) -> Iterator[Room]:
    room = Room(browser, server, live_cast)
    yield room
    room.close()
    assert room.trouble == []


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest, room: Room) -> None:
    """Phones are one after the other of the devices people hold."""
    room.device = DEVICES[request.param]


@pytest.fixture
def turns(room: Room) -> Room:
    """Ada has the ring, Bo and Cy wait; all have written."""
    for name in ("Ada", "Bo", "Cy"):
        room.cast.write(room.cast.seat(name))
    room.cast.move(Phase.TURNS)
    return room


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """No violation of WCAG 2.2 AA in light; nor in dark, in which nothing but colours differs."""
    wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    rules = {"light": wcag, "dark": ["color-contrast"]}
    tool = Axe()

    def check(page: Page) -> None:
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            options = {"runOnly": rules[scheme], "resultTypes": ["violations"]}
            found = tool.run(page, options=options)
            assert found.violations_count == 0, f"{page.url} {scheme}\n{found.generate_report()}"

    return check
