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

    @property
    def ring(self) -> Ring:
        return Ring.objects.get(pk=self.cast.ring.pk)

    def context(self, size: dict[str, int], **options: Any) -> BrowserContext:
        context = self.browser.new_context(
            viewport=size,
            base_url=self.server.url,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/London",
            **options,
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
        return self.page(DESK, f"/desk/{self.ring.pk}/", {"sessionid": session}, **options)

    def stage(self, **options: Any) -> Page:
        return self.page(STAGE, f"/stage/{self.ring.stage_token}/", **options)

    def phone(self, who: Participant, path: str = "", **options: Any) -> Page:
        cookies = {access.seat_cookie(who.ring_id): key_of(who.name)}
        page = self.page(PHONE, f"/r/{self.ring.code}/{path}", cookies, **options)
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


@pytest.fixture
def turns(room: Room) -> Room:
    """Ada has the ring, Bo and Cy wait; all have written."""
    for name in ("Ada", "Bo", "Cy"):
        room.cast.write(room.cast.seat(name))
    room.cast.move(Phase.TURNS)
    return room


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """No violation of WCAG 2.2 AA, in light and in dark."""
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

    def check(page: Page) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options=rules)
            assert found.violations_count == 0, f"{page.url} {scheme}\n{found.generate_report()}"
        page.emulate_media(color_scheme="light")

    return check
