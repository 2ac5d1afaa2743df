"""No screen shows another ring's data."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, pairwise
from uuid import uuid4

import httpx
from websockets.exceptions import ConnectionClosed

from tests.rig.findings import Finding
from tests.rig.history import History
from tests.rig.phones import Circle, Light, Phone, browser, pledge_somewhere, shut_all
from tests.rig.rig import UNTIMED, Rig, Size

on = ("small", "large")
at_once = UNTIMED
LONGEST = 300.0  # seconds for which it goes on until enough was read


@dataclass
class Bytes:
    """All that the people of one ring were sent: (from which address, what)."""

    circle: Circle
    seen: list[tuple[str, str]] = field(default_factory=list)

    def listen(self, http: httpx.AsyncClient) -> None:
        http.event_hooks = {"response": [self._keep]}

    async def _keep(self, answer: httpx.Response) -> None:
        await answer.aread()
        self.seen.append((answer.url.path, f"{answer.headers} {answer.text}"))

    def foreign(self, other: Circle) -> int:
        """How often another ring's words stand in it. Whoever has a ring's code may see its title."""
        return sum(
            text.count(other.word) + (other.code not in path and text.count(other.sign))
            for path, text in self.seen
        )


async def scenario(rig: Rig, size: Size) -> Finding:
    finding, history = Finding(), History()
    circles = await rig.furnish(rings=size.pick(3, 10), people=size.pick(4, 12))
    kept = [Bytes(circle) for circle in circles]
    screens: list[Light] = []
    for one in kept:
        screens += await _open_all(rig, one, history)
    phones = [screen for screen in screens if isinstance(screen, Phone)]
    over = asyncio.Event()
    writing = asyncio.create_task(_pledge_on(rig, phones, over))
    keys: list[str] = []
    statuses: list[int] = []
    await asyncio.sleep(size.pick(0.5, 2))  # so that there are pledges to be seen
    for _ in range(size.pick(1, 2)):
        for mine, theirs in pairwise([*kept, kept[0]]):
            statuses += await _forge(rig, mine, theirs.circle, keys)
    enough = size.pick(100, 2000)  # frames and answers; a quick machine has forged before that
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST):
            while _read(kept, screens) < enough:
                await asyncio.sleep(0.1)
    over.set()
    await writing
    for screen in screens:
        await screen.get()
    for one in kept:
        own = [s for s in screens if s.history is history and _belongs(s, one.circle)]
        one.seen += [(s.path, frame) for s in own for frame in s.frames]
    await shut_all(screens)
    places = sum(one.foreign(other) for one in kept for other in circles if other is not one.circle)
    logs = rig.logs()
    rows = await rig.rows()
    finding.at_least("forged requests and sockets", len(statuses), size.pick(40, 500))
    finding.at_least("frames and answers read", _read(kept, []), enough)
    finding.count("foreign words in frames and answers", places)
    finding.count(
        "words of any ring in the logs",
        sum(logs.count(c.word) + logs.count(c.sign) for c in circles),
    )
    finding.count("forged commands applied", sum(row.op in set(keys) for row in rows.events))
    finding.count("forgeries answered with a server error", sum(s >= 500 for s in statuses))
    return finding


async def _pledge_on(rig: Rig, phones: list[Phone], over: asyncio.Event) -> None:
    """One after another: at a steady pace they would pile up where the machine is busy with others."""
    for number in count(1):
        if over.is_set():
            return
        await pledge_somewhere(phones, number, rig.dice)
        await asyncio.sleep(0.05)


def _read(kept: list[Bytes], screens: list[Light]) -> int:
    """How much was sent so far: answers, and the frames that screens still hold."""
    return sum(len(one.seen) for one in kept) + sum(len(screen.frames) for screen in screens)


def _belongs(screen: Light, circle: Circle) -> bool:
    return screen.path in (
        f"/r/{circle.code}/",
        f"/desk/{circle.pk}/",
        f"/stage/{circle.stage_token}/",
    )


async def _open_all(rig: Rig, one: Bytes, history: History) -> list[Light]:
    """Every screen of a ring, all it is sent kept."""
    circle = one.circle
    screens: list[Light] = [
        *circle.phones(rig.url, history),
        circle.desk(rig.url),
        circle.stage(rig.url),
    ]
    for screen in screens:
        screen.history, screen.keep = history, True
        one.listen(screen.http)
        await screen.get()
    await asyncio.gather(*(screen.follow() for screen in screens))
    return screens


async def _forge(rig: Rig, mine: Bytes, other: Circle, keys: list[str]) -> list[int]:
    """Somebody of one ring, and its facilitator, try another ring's addresses, ids and cookie names."""
    me, circle = mine.circle.seats[0], mine.circle
    # the own key under the other ring's cookie name too
    cookies = {f"seat-{circle.pk}": me["key"], f"seat-{other.pk}": me["key"]}
    phone = browser(rig.url, cookies)
    desk = browser(rig.url, {"sessionid": circle.sessions[0], **cookies})
    rows = await rig.read(f"SELECT id FROM rings_offer WHERE ring_id = {other.pk} LIMIT 3")  # noqa: S608  (own number)
    attempts = [*_attempts(circle, other), *_withdrawals(circle, [pk for (pk,) in rows])]
    statuses = []
    for http in (phone, desk):
        mine.listen(http)
        for method, path, fields in attempts:
            keys.append(uuid4().hex)
            data = {"op": keys[-1], **fields} if method == "POST" else None
            headers = {"X-CSRFToken": http.cookies["csrftoken"], "HX-Request": "true"}
            answer = await http.request(method, path, data=data, headers=headers, timeout=60)
            statuses.append(answer.status_code)
    for path in _sockets(circle, other):
        statuses.append(await _listen_in(mine, desk, path))
    await phone.aclose()
    await desk.aclose()
    return statuses


Attempt = tuple[str, str, dict[str, str]]  # method, address, fields


def _withdrawals(mine: Circle, offers: list[object]) -> list[Attempt]:
    places = [f"/r/{mine.code}/withdraw", f"/desk/{mine.pk}/offers"]
    paths = [f"{places[0]}/{pk}/" for pk in offers] + [
        f"{places[1]}/{pk}/withdraw/" for pk in offers
    ]
    return [("POST", path, {}) for path in paths]


def _attempts(mine: Circle, other: Circle) -> list[Attempt]:
    theirs = other.seats[0]
    offer = {"kind": "advice", "stay": "1", "note": "forged", "ring": str(other.pk)}
    offer["helper"] = str(theirs["pk"])
    asks = [other.shown[0], other.seats[-1]["ask"]]
    inside = [("GET", path, {}) for path in (f"/r/{other.code}/", f"/r/{other.code}/screen/")]
    inside += [("GET", f"/r/{mine.code}/offer/{ask}/", {}) for ask in asks]
    inside += [("POST", f"/r/{code}/offer/{asks[0]}/", offer) for code in (mine.code, other.code)]
    inside += [("POST", f"/r/{other.code}/ask/", {"text": "forged"})]
    inside += [("GET", f"/back/{other.pk}/{mine.seats[0]['key']}/", {})]
    inside += [("GET", f"/desk/{other.pk}/{part}", {}) for part in ("", "screen/")]
    inside += [("POST", f"/desk/{pk}/asks/{asks[0]}/offers/", offer) for pk in (mine.pk, other.pk)]
    inside += [("GET", f"/desk/{mine.pk}/seats/{theirs['pk']}/ask/", {})]
    inside += [("POST", f"/desk/{mine.pk}/seats/{theirs['pk']}/ask/", {"text": "forged"})]
    inside += [("POST", f"/desk/{mine.pk}/asks/{mine.shown[0]}/offers/", offer)]
    inside += [("POST", f"/desk/{other.pk}/turn/next/", {"believing": str(other.shown[-1])})]
    return inside


def _sockets(mine: Circle, other: Circle) -> list[str]:
    own = f"/r/{mine.code}/live/?ring={other.pk}&code={other.code}"
    return [
        own,
        f"/r/{other.code}/live/",
        f"/desk/{other.pk}/live/",
        f"/desk/{mine.pk}/live/?ring={other.pk}",
    ]


async def _listen_in(mine: Bytes, http: httpx.AsyncClient, path: str) -> int:
    """Open a socket with the cookies of the own ring and keep what comes first; its close code, or 101."""
    screen = Light(str(http.base_url).rstrip("/"), path, http)
    socket = await screen.connect(path)
    try:
        async with asyncio.timeout(15):
            mine.seen.append((path, str(await socket.recv())))
    except ConnectionClosed:
        pass  # with a code, and nothing was sent
    code = socket.close_code or 101
    await socket.close()
    return 404 if code >= 4000 else code
