"""The ring outlives a restart of its servers, in the middle of a turn."""

import asyncio

from playwright.async_api import Page

from tests.rig.browsers import Chromium
from tests.rig.findings import Finding
from tests.rig.history import OK, History, check
from tests.rig.phones import Light, all_equal, load, shut_all
from tests.rig.rig import Rig, Size

on = ("small", "large")
TYPED = "A line that nobody has sent yet"


async def scenario(rig: Rig, size: Size) -> Finding:
    history, finding = History(), Finding()
    [circle] = await rig.furnish(rings=1, people=size.pick(8, 30))
    phones = circle.phones(rig.url, history)
    screens: list[Light] = [*phones, circle.desk(rig.url), circle.stage(rig.url)]
    await asyncio.gather(*(screen.follow() for screen in screens))
    over = asyncio.Event()
    async with Chromium() as device:
        page = await device.open(phones[0])
        await page.fill("form.tray textarea[name=note]", TYPED)
        writing = asyncio.create_task(load(phones, 2, over.is_set, rig.dice))
        for web in rig.web:
            await asyncio.sleep(size.pick(1, 5))
            await web.stop()
            await web.start()
        await asyncio.sleep(size.pick(2, 5))
        finding.count("typed texts lost", int(not await _still_typed(page)))
    over.set()
    await writing
    equal = await all_equal(screens)
    await shut_all(screens)
    verdict = check(history, await rig.rows(), {circle.pk: circle.version})
    finding.count("screens that differ", len(equal.wrong))
    finding.count("error pages afterwards", equal.errors)
    finding.count(
        "history and database differ", len(verdict.lost + verdict.doubled + verdict.wrong)
    )
    finding.count("writes never answered", sum(op.state != OK for op in history.ops))
    finding.seconds("longest write", max(op.seconds for op in history.ops), 5)
    finding.seconds("longest without a line", max(screen.gap for screen in screens), 5)
    finding.words = f"{verdict.first} {'; '.join(equal.wrong[:3])}"
    return finding


async def _still_typed(page: Page) -> bool:
    """Whether the page is live again and holds what was typed."""
    await page.wait_for_selector("body[data-line=live]", timeout=20_000)
    return await page.input_value("form.tray textarea[name=note]") == TYPED
