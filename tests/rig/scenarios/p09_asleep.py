"""Sleeping phones catch up."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from playwright.async_api import Page, TimeoutError

from tests.rig.browsers import HIDE, TIMER_OFF, Chromium
from tests.rig.findings import Finding
from tests.rig.phones import Circle
from tests.rig.proxy import Proxy
from tests.rig.rig import WAITS, Rig, Size

at_once = WAITS
WITHIN, TIMER = 3, 0.5  # seconds
SLOW = 0.6  # seconds each piece of data takes on a slow line

# What the right screen is: this version, these words, nothing over it and nothing said about the line.
RIGHT = """([version, words]) => Number(document.body.dataset.version) >= version
  && document.querySelector('main').textContent.includes(words)
  && document.getElementById('banner').hidden && !document.body.classList.contains('veiled')"""

# The page goes into the browser's cache, or comes out of it.
TURN_OVER = "name => dispatchEvent(new PageTransitionEvent(name, {persisted: true}))"


async def scenario(rig: Rig, size: Size) -> Finding:
    finding = Finding()
    circles = await rig.furnish(rings=6, people=6)
    async with Chromium() as sleeper, Chromium() as phone:
        pocket, lid, cached, offline, hole, slow = (
            Trial(rig, finding, circle, device)
            for circle, device in zip(circles, (sleeper, sleeper, *[phone] * 4), strict=True)
        )
        await asyncio.gather(
            _sleep(pocket, lid, size.pick(20, 300)),
            cached.out_of_the_page_cache(size.pick(5, 60)),
            offline.offline(size.pick(5, 60)),
            hole.black_hole(size.pick(45, 120)),
            slow.slow_line_after(size.pick(45, 60)),
        )
        trouble = [*sleeper.trouble, *phone.trouble]
    finding.count("script errors", len(trouble))
    finding.words += "; ".join(trouble[:3])
    return finding


async def _sleep(pocket: "Trial", lid: "Trial", seconds: float) -> None:
    """A whole device stands still with two pages: one is told that it is hidden and shown, one is not."""
    hidden, open_page = await pocket.opens(pocket.rig.url), await lid.opens(lid.rig.url)
    await hidden.evaluate(HIDE, True)
    before = len(await open_page.evaluate("rig.notes"))
    await pocket.device.sleep()
    await pocket.next()
    await lid.next()
    await asyncio.sleep(seconds)
    pocket.device.wake()

    async def shown() -> None:
        await hidden.evaluate(HIDE, False)

    async def nothing() -> None:
        pass

    await asyncio.gather(
        pocket.wakes("in a pocket", hidden, shown), lid.wakes("lid closed", open_page, nothing)
    )
    await pocket.was_veiled("in a pocket", hidden)
    after = (await open_page.evaluate("rig.notes"))[before:]
    lid.finding.count("lid closed: times without a veil", int("veiled" not in after))


class Trial:
    """One phone, in a ring of its own, that misses the moment when it gets the ring itself."""

    def __init__(self, rig: Rig, finding: Finding, circle: Circle, device: Chromium) -> None:
        self.rig, self.finding, self.circle, self.device = rig, finding, circle, device

    async def out_of_the_page_cache(self, seconds: float) -> None:
        """Back to the ring from another page, and the browser shows what it has kept.

        Chromium keeps no page that must not be stored and has had a socket; others do. So the events
        are made here as they come there.
        """
        page = await self.opens(self.rig.url)
        await page.evaluate(TURN_OVER, "pagehide")
        await self.next()
        await asyncio.sleep(seconds)

        async def back() -> None:
            await page.evaluate(TURN_OVER, "pageshow")

        await self.wakes("bfcache", page, back)
        await self.was_veiled("bfcache", page)

    async def offline(self, seconds: float) -> None:
        page = await self.opens(self.rig.url)
        before = (await page.evaluate("rig.notes")).count("socket")
        await page.context.set_offline(True)
        await self.next()
        await asyncio.sleep(seconds)
        await self.said_so("offline", page)
        # a browser holds up, for up to 5 s, the next socket of a page whose sockets failed often
        tried = (await page.evaluate("rig.notes")).count("socket") - before
        self.finding.count("offline: sockets tried in vain after the third", max(0, tried - 3))

        async def back() -> None:
            await page.context.set_offline(False)

        await self.wakes("offline", page, back)

    async def black_hole(self, seconds: float) -> None:
        """The line swallows everything, and nobody is told."""
        async with Proxy([web.port for web in self.rig.web], self.rig.dice) as line:
            page = await self.opens(line.url)
            line.black_hole()
            await self.next()
            await asyncio.sleep(seconds)
            await self.said_so("black hole", page)

            async def back() -> None:
                line.restore()

            await self.wakes("black hole", page, back)

    async def slow_line_after(self, seconds: float) -> None:
        """After a silence the line is back, but every piece of data takes its time."""
        async with Proxy([web.port for web in self.rig.web], self.rig.dice) as line:
            page = await self.opens(line.url)
            line.black_hole()
            await self.next()
            await asyncio.sleep(seconds)

            async def back() -> None:
                line.restore()
                line.delay(SLOW)

            await self.wakes("slow line", page, back, timed=False)

    # --- what is looked at ---

    async def opens(self, server: str) -> Page:
        """The phone of the fourth seat, while the third has the ring."""
        page = await self.device.open(self.circle.phone(server, 3))
        await self.shows(page, f"What {self.circle.seats[2]['name']} asks.")
        return page

    async def next(self) -> None:
        """The facilitator presses Next: the fourth seat has the ring."""
        desk = self.circle.desk(self.rig.url)
        await desk.post(f"{desk.path}turn/next/", believing=self.circle.seats[2]["ask"])
        await desk.shut()

    async def shows(self, page: Page, words: str) -> None:
        """Wait until the page shows the ring's newest state, with these words in it."""
        version = (await self.rig.rows()).versions[self.circle.pk]
        await page.wait_for_function(RIGHT, arg=[version, words], timeout=60_000, polling=20)

    async def wakes(
        self, what: str, page: Page, back: Callable[[], Awaitable[None]], *, timed: bool = True
    ) -> None:
        """Seconds until the right screen, and how far off its timer is (a slow line adds its own)."""
        woke = time.monotonic()
        await back()
        try:
            await self.shows(page, "The ring is yours")
        except TimeoutError:
            self.finding.seconds(f"{what}: right after", float("inf"), WITHIN)
            return
        self.finding.seconds(f"{what}: right after", time.monotonic() - woke, WITHIN)
        if timed:
            off = float(await page.evaluate(TIMER_OFF))
            self.finding.seconds(f"{what}: timer off by", abs(off), TIMER)

    async def was_veiled(self, what: str, page: Page) -> None:
        """From waking until the first word from the server nothing old was to be seen."""
        notes = await page.evaluate("rig.notes")
        woke = len(notes) - notes[::-1].index("woke") if "woke" in notes else 0
        word = notes.index("word", woke) if "word" in notes[woke:] else 0
        veils = [note for note in notes[:word] if note in ("veiled", "bare")]
        bare = veils[-1:] != ["veiled"] or "bare" in notes[woke:word]
        self.finding.count(f"{what}: times without a veil", int(bare))

    async def said_so(self, what: str, page: Page) -> None:
        """While the line is down the page says what it shows is not now."""
        quiet = await page.locator("#banner").is_hidden()
        self.finding.count(f"{what}: not said to the reader", int(quiet))
