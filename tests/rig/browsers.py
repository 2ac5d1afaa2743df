"""Real pages in Chromium, for what only a browser can show: sleep, wrong clocks, a dead laptop.

Each `Chromium` is a device of its own, with its own processes, that can fall asleep and be killed. It
opens the page of a light screen (`await device.open(circle.phone(rig.url, 0))`) with that one's cookies.
"""

import os
import signal
from contextlib import suppress
from typing import Any

from playwright.async_api import Page, async_playwright

from tests.rig.phones import CSRF, Light

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
STAGE = {"width": 1920, "height": 1080}
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync"
ARGS = [*QUIET.split(), "--disable-background-networking", "--disable-component-update"]

# What a page notes for the rig, before any script of its own runs: when it woke, when it opened a
# socket, when a word came from the server, when it was veiled. `rig.now` is the true clock; the page's
# own is wrong by SHIFT ms.
NOTES = """(() => {
  const True = Date, now = () => True.now(), notes = [], note = what => notes.push(what);
  window.rig = { notes, now };
  if (SHIFT) window.Date = class extends True {
    constructor(...given) { given.length ? super(...given) : super(now() + SHIFT); }
    static now() { return now() + SHIFT; }
  };
  const Socket = WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given);
      note('socket');
      this.addEventListener('message', () => note('word'));
    }
  };
  addEventListener('pageshow', event => { if (event.persisted) note('woke'); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) note('woke'); });
  addEventListener('DOMContentLoaded', () => {
    let veiled = false;
    new MutationObserver(() => {
      if (veiled !== document.body.classList.contains('veiled')) note((veiled = !veiled) ? 'veiled' : 'bare');
    }).observe(document.body, { attributeFilter: ['class'] });
  });
})();"""

# By how many seconds the shown timer is off at the moment its figure changes: shown minus true.
TIMER_OFF = """() => new Promise(done => {
  const find = () => document.querySelector('[data-deadline]'), was = find().textContent;
  const look = () => {
    const timer = find(), text = timer.textContent;
    if (text === was) return setTimeout(look, 5);
    const [, over, minutes, seconds] = text.match(/([+]?)([0-9]+):([0-9]+)/);
    const shown = (over ? -1 : 1) * (60 * minutes + Number(seconds));
    done(shown - (Number(timer.dataset.deadline) - rig.now()) / 1000);
  };
  look();
})"""

HIDE = """hidden => {
  Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""


class Chromium:
    """One device: `async with Chromium() as phone:`."""

    def __init__(self) -> None:
        self.trouble: list[str] = []  # script errors and blocked content; there must be none
        self.pids: list[int] = []

    async def __aenter__(self) -> "Chromium":
        self._driver = await async_playwright().start()
        self._browser = await self._driver.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=ARGS,
        )
        return self

    async def __aexit__(self, *error: object) -> None:
        self._send(signal.SIGCONT)
        with suppress(Exception):  # it may be dead, as a scenario wished
            await self._browser.close()
        await self._driver.stop()

    async def open(self, screen: Light, size: dict[str, int] = PHONE, *, shift: float = 0) -> Page:
        """The page of this screen; its clock is wrong by `shift` seconds."""
        context = await self._browser.new_context(
            viewport=size, base_url=screen.server, locale="en-GB", timezone_id="Europe/London"
        )  # type: ignore[arg-type]  # a size is what it says
        await context.add_init_script(NOTES.replace("SHIFT", str(int(shift * 1000))))
        await context.add_cookies(
            [
                {"name": cookie.name, "value": str(cookie.value), "url": screen.server}
                for cookie in screen.http.cookies.jar
                if cookie.value != CSRF
            ]
        )
        page = await context.new_page()
        page.on("pageerror", lambda error: self.trouble.append(f"{screen.path}: {error}"))
        page.on("console", self._heard)
        await page.goto(screen.path)
        return page

    def _heard(self, said: Any) -> None:
        network = ("Failed to load resource", "WebSocket connection", "ERR_")
        if said.type == "error" and not any(words in said.text for words in network):
            self.trouble.append(said.text)

    # --- what can happen to a device ---

    async def processes(self) -> list[int]:
        """The ids of all its processes, the browser's own first."""
        devtools = await self._browser.new_browser_cdp_session()
        found = (await devtools.send("SystemInfo.getProcessInfo"))["processInfo"]
        await devtools.detach()
        found.sort(key=lambda process: process["type"] != "browser")
        return [int(process["id"]) for process in found]

    async def sleep(self) -> None:
        """All of it stands still: no timer runs, nothing is read from any line."""
        self.pids = await self.processes()
        self._send(signal.SIGSTOP)

    def wake(self) -> None:
        self._send(signal.SIGCONT)

    async def kill(self) -> None:
        """It is gone without a goodbye."""
        self.pids = await self.processes()
        self._send(signal.SIGKILL)

    def _send(self, how: signal.Signals) -> None:
        for pid in self.pids:
            with suppress(ProcessLookupError):
                os.kill(pid, how)
