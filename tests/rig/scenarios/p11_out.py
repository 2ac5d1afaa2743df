"""Somebody who is out is out and stays out.

Out is a seat that went to another device (claimed, and admitted at the desk), one that was removed or
blocked, and somebody who was turned away at the door. Who was removed may knock; the others may not.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from websockets.exceptions import ConnectionClosed

from rings.player import Refused
from tests.rig.findings import Finding
from tests.rig.phones import Circle, Light, Phone, browser, load, shut_all
from tests.rig.rig import Rig, Size, manage

on = ("small", "large")
TABS = 3


@dataclass(frozen=True)
class Way:
    """One way in which the first seat's device is put out.

    `within` are the seconds it may take; the others write all the time if they are `busy`, else only
    afterwards, so that nothing but the repair loop can notice.
    """

    name: str
    put_out: Callable[[Rig, Circle], Awaitable[float]]  # when that was done
    within: float
    busy: bool
    knocks: bool = True  # by the code it comes to the door; a blocked one does not even do that


def ways() -> list[Way]:
    return [
        Way("taken over", _taken_over, 1, busy=True),
        Way("the word lost", _taken_over_unheard, 6, busy=False),
        Way("removed", _removed, 1, busy=True),
        Way("blocked", _blocked, 1, busy=True, knocks=False),
    ]


async def scenario(rig: Rig, size: Size) -> Finding:
    finding = Finding()
    circles = await rig.furnish(rings=len(ways()), people=5)
    for way, circle in zip(ways(), circles, strict=True):
        await _out(rig, size, finding, circle, way)
    await _turned_away(rig, finding, circles[0])
    return finding


async def _out(rig: Rig, size: Size, finding: Finding, circle: Circle, way: Way) -> None:
    """Three tabs of the first seat's device are open, and the ring goes on, when it is put out."""
    tabs = [circle.phone(rig.web[n % len(rig.web)].url, 0) for n in range(TABS)]
    others = [circle.phone(rig.url, seat) for seat in range(1, len(circle.seats))]
    for tab in tabs:
        tab.keep = True
    await asyncio.gather(*(screen.follow() for screen in (*tabs, *others)))
    over, begin = asyncio.Event(), asyncio.Event()
    writing = asyncio.create_task(_write(rig, others, begin, over))
    if way.busy:
        begin.set()
    closing = [asyncio.create_task(_closed_at(tab)) for tab in tabs]
    out = await way.put_out(rig, circle)
    closed = await asyncio.gather(*closing)
    await asyncio.sleep(max(0.0, out + way.within - time.monotonic()))
    heard = sum(map(_heard, tabs))
    begin.set()
    await asyncio.sleep(size.pick(1, 5))  # the others go on, and nothing of it may come here
    finding.seconds(f"{way.name}: last of {TABS} tabs closed", max(closed) - out, way.within)
    finding.count(f"{way.name}: not with 4403", sum(tab.closed != 4403 for tab in tabs))
    finding.count(f"{way.name}: bytes later", sum(map(_heard, tabs)) - heard)
    over.set()
    await writing
    await _stays_out(rig, finding, circle, way, tabs[0])
    await shut_all([*tabs, *others])


async def _write(rig: Rig, phones: list[Phone], begin: asyncio.Event, over: asyncio.Event) -> None:
    await begin.wait()
    await load(phones, 5, over.is_set, rig.dice)


async def _closed_at(tab: Light) -> float:
    """When the socket was closed for good; never, if it still is open a while later."""
    with suppress(TimeoutError):
        await tab.until(lambda: tab.closed is not None, 20)
        return time.monotonic()
    return float("inf")


def _heard(tab: Light) -> int:
    return sum(map(len, tab.frames))


async def _stays_out(rig: Rig, finding: Finding, circle: Circle, way: Way, old: Phone) -> None:
    """What the old device sends once more, and how it comes back by the code."""
    before = await _everything(rig)
    ask = next(ask for ask in circle.shown if ask != old.seat["ask"])
    answers = [
        await _post(old, f"offer/{ask}/", kind="advice", note="out", stay="1"),
        await _post(old, "ask/", text="out"),
        await _post(old, f"withdraw/{await _an_offer(rig, circle)}/"),
        (await old.http.get(f"{old.path}screen/?since=0")).status_code,
        (await old.http.get(f"{old.path}return/")).status_code,
    ]
    code, came = await _bytes_on_return(old)
    finding.count(f"{way.name}: old requests not 404", sum(a != 404 for a in answers))
    finding.count(f"{way.name}: bytes to its new socket", came)
    finding.count(f"{way.name}: its new socket not closed with 4404", int(code != 4404))
    changes = int(await _everything(rig) != before)
    finding.count(f"{way.name}: changed by it", changes)
    await old.post(f"{old.path}join/", name="Somebody else")
    at_the_door = await _page(old)
    code, came = await _bytes_on_return(old)
    others = at_the_door.replace(f"0 {circle.word}", "")  # its own name it may read
    within = int(("One moment" in at_the_door) != way.knocks or circle.word in others)
    finding.count(f"{way.name}: by the code past the door", within + came + int(code != 4404))


async def _page(phone: Light) -> str:
    """What the device shows; nothing where there is nothing for it."""
    try:
        return await phone.get()
    except Refused:
        return ""


async def _post(phone: Light, what: str, **fields: str) -> int:
    try:
        return (await phone.post(f"{phone.path}{what}", **fields)).status_code
    except Refused as refused:
        return refused.status


async def _bytes_on_return(phone: Light) -> tuple[int | None, int]:
    """A new socket of this device, that says again what the old one said: its end, and what it got."""
    came, socket = 0, await phone.connect(f"{phone.path}live/")
    async with asyncio.timeout(15):
        with suppress(ConnectionClosed):
            while True:
                await socket.send('{"here": true}')
                came += len(await socket.recv())
    return socket.close_code, came


async def _everything(rig: Rig) -> list[list[tuple[object, ...]]]:
    """All that the rings keep, but when somebody was seen."""
    people = "id, ring_id, name, seat, key_hash, proxy, claims_id FROM rings_participant"
    tables = (people, *(f"* FROM rings_{table}" for table in ("ring", "request", "offer", "event")))
    return [await rig.read(f"SELECT {table} ORDER BY id") for table in tables]


async def _an_offer(rig: Rig, circle: Circle) -> object:
    rows = await rig.read(f"SELECT id FROM rings_offer WHERE ring_id = {circle.pk}")  # noqa: S608  (own number)
    return rows[0][0]


# --- ways out -------------------------------------------------------------------------------------


async def _taken_over(rig: Rig, circle: Circle) -> float:
    """Admitted at the desk: every process hears of it by a word."""
    waiting, desk = await _claim(rig, circle), circle.desk(rig.url)
    await desk.post(f"{desk.path}seats/{waiting}/admit/")
    out = time.monotonic()
    await desk.shut()
    return out


async def _removed(rig: Rig, circle: Circle) -> float:
    return await _put_out(rig, circle, "remove")


async def _blocked(rig: Rig, circle: Circle) -> float:
    return await _put_out(rig, circle, "block")


async def _put_out(rig: Rig, circle: Circle, act: str) -> float:
    """By a press at the desk of the ring."""
    desk = circle.desk(rig.url)
    await desk.post(f"{desk.path}seats/{circle.seats[0]['pk']}/{act}/")
    out = time.monotonic()
    await desk.shut()
    return out


async def _taken_over_unheard(rig: Rig, circle: Circle) -> float:
    """Admitted by a process that tells nobody, as when the word is lost."""
    code = f"""
import time
from rings import actions
ring = Ring.objects.get(pk={circle.pk})
waiting = Participant.objects.get(pk={await _claim(rig, circle)})
actions.admit(ring, actions.By(ring.facilitator), participant=waiting)
print(time.monotonic())
"""
    return float(await manage(rig.env, "manage.py", "shell", "-v0", "-c", code))


async def _claim(rig: Rig, circle: Circle) -> object:
    """Another device says "that's me" to the first seat; who waits at the door now."""
    other = Light(rig.url, f"/r/{circle.code}/", browser(rig.url, {}))
    await other.post(f"{other.path}claim/{circle.seats[0]['pk']}/")
    await other.shut()
    return await _at_the_door(rig, circle)


async def _at_the_door(rig: Rig, circle: Circle) -> object:
    """The newest of those who wait."""
    rows = await rig.read(
        f"SELECT max(id) FROM rings_participant WHERE ring_id = {circle.pk} AND seat = 'waiting'"  # noqa: S608  (own number)
    )
    return rows[0][0]


async def _turned_away(rig: Rig, finding: Finding, circle: Circle) -> None:
    """A newcomer waits at the door and is not let in."""
    stranger = Light(rig.url, f"/r/{circle.code}/", browser(rig.url, {}))
    await stranger.post(f"{stranger.path}join/", name="A stranger")
    waiting, desk = await _at_the_door(rig, circle), circle.desk(rig.url)
    await desk.post(f"{desk.path}seats/{waiting}/turn-away/")
    answers = [
        await _post(stranger, f"offer/{circle.shown[0]}/", kind="advice"),
        (await stranger.http.get(f"{stranger.path}screen/")).status_code,
    ]
    code, came = await _bytes_on_return(stranger)
    page = await stranger.get()
    finding.count("turned away: requests not 404", sum(a != 404 for a in answers))
    finding.count("turned away: past the door", came + int(code != 4404 or circle.word in page))
    await shut_all([stranger, desk])
