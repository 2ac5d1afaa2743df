"""A storm is survived: all sockets at once, after an outage too, and a cohort that joins."""

import asyncio
import time

import httpx

from rings.player import Refused
from tests.rig.findings import Finding
from tests.rig.history import OK, History, check
from tests.rig.phones import Circle, Light, Phone, all_equal, browser, shut_all
from tests.rig.rig import Rig, Size

PEOPLE = 30  # in each ring of those that are cut off


async def scenario(rig: Rig, size: Size) -> Finding:
    history, finding = History(), Finding()
    crowd = size.pick(60, 300)
    circles = await rig.furnish(rings=crowd // PEOPLE, people=PEOPLE)
    phones = [phone for circle in circles for phone in circle.phones(rig.url, history)]
    await asyncio.gather(*(phone.follow(60) for phone in phones))
    finding.seconds("blink: all have their word after", await _blink(rig, phones), 10)
    for name, outage in (("cut", 0), ("outage", size.pick(5, 60))):
        finding.seconds(f"{name}: all current after", await _cut(rig, circles, phones, outage), 10)
    equal = await all_equal(phones)
    finding.count(f"of {crowd} screens not like a fresh page", len(equal.wrong))
    await shut_all(phones)
    verdict = check(history, await rig.rows(), {circle.pk: circle.version for circle in circles})
    finding.count(
        "history and database differ", len(verdict.lost + verdict.doubled + verdict.wrong)
    )
    troubles = await _cohort(rig, size, finding, crowd)
    troubles += [error for op in history.ops for error in op.errors]
    finding.count("answers 5xx, or none", len(troubles) + equal.errors)
    finding.words = "; ".join([*equal.wrong[:2], *troubles[:2], verdict.first])
    return finding


async def _blink(rig: Rig, phones: list[Phone]) -> float:
    """Every line breaks at once, and nothing else happens; seconds until each page is told it is right."""
    began = time.monotonic()
    rig.line.cut()
    await asyncio.gather(*(p.until(lambda p=p: p.said_at > began, 60) for p in phones))
    return time.monotonic() - began


async def _cut(rig: Rig, circles: list[Circle], phones: list[Phone], outage: float) -> float:
    """Every line breaks at once, and the rings go on; seconds until all have caught up.

    After an outage they count from its end, otherwise from the break.
    """
    if outage:
        rig.line.black_hole()
    rig.line.cut()
    began = time.monotonic()
    for circle in circles:
        await _next(rig, circle, phones[0].history)
    await asyncio.sleep(max(0.0, began + outage - time.monotonic()))
    rig.line.restore()
    back = time.monotonic() if outage else began
    version = (await rig.rows()).versions
    await asyncio.gather(
        *(p.until(lambda p=p: p.version >= version[p.circle.pk], 60) for p in phones)
    )
    return time.monotonic() - back


async def _next(rig: Rig, circle: Circle, history: History) -> None:
    """Next, on a desk whose line still holds."""
    current = await rig.read(f"SELECT current_id FROM rings_ring WHERE id = {circle.pk}")  # noqa: S608  (own number)
    desk = circle.desk(rig.web[0].url, history=history)
    op = history.begin(circle.pk, "next")
    await desk.send(f"{desk.path}turn/next/", op, believing=current[0][0])
    await desk.shut()


async def _cohort(rig: Rig, size: Size, finding: Finding, crowd: int) -> list[str]:
    """Everybody scans the code and comes in, by pages, form and socket; what went wrong for whom."""
    [circle] = await rig.furnish(rings=1, people=0, phase="lobby")
    history, troubles = History(), list[str]()
    window = size.pick(5, 30)
    phones = [
        Light(rig.url, f"/r/{circle.code}/", browser(rig.url, {}), history=history)
        for _ in range(crowd)
    ]

    async def come(number: int, phone: Light) -> None:
        await asyncio.sleep(rig.dice.uniform(0, window))
        try:
            await phone.get()
            op = history.begin(circle.pk, "join")
            await phone.send(f"{phone.path}join/", op, name=f"Guest {number}")
            await phone.get()
            await phone.follow(60)
        except (Refused, httpx.TransportError, TimeoutError) as error:
            troubles.append(f"guest {number}: {error!r}"[:200])

    await asyncio.gather(*(come(number, phone) for number, phone in enumerate(phones)))
    last = max(op.answered or 0.0 for op in history.ops)
    equal = await all_equal(phones)
    finding.at_least(f"joined in {window} s", sum(op.state == OK for op in history.ops), crowd)
    finding.seconds("all current after the last", max(p.changed_at for p in phones) - last, 10)
    finding.count("of them not like a fresh page", len(equal.wrong))
    await shut_all(phones)
    return troubles + [error for op in history.ops for error in op.errors]
