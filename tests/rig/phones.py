"""Light phones: `rings.player`'s screens that log what they send, send it once more under the same key
until it is answered, and come back by themselves as the page's script does."""

import asyncio
import json
import random
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from rings.player import Refused, Screen
from tests.rig.history import FAILED, OK, History, Op

NO_TLS = ssl.create_default_context()  # made once: making one takes as long as ten requests
CSRF = "r" * 32  # a browser holds any token it likes, as long as cookie and header agree
SILENCE = 35.0  # seconds without a word after which the page takes a new socket (ring.js)


def browser(server: str, cookies: dict[str, str]) -> httpx.AsyncClient:
    """A browser that holds these cookies and a form token."""
    http = httpx.AsyncClient(
        base_url=server,
        timeout=httpx.Timeout(15, pool=None),
        headers={"Referer": server},
        verify=NO_TLS,
    )
    for name, value in {"csrftoken": CSRF, **cookies}.items():
        http.cookies.set(name, value, domain="127.0.0.1")
    return http


@dataclass
class Light(Screen):
    """A screen of any audience that survives faults.

    `changed_at` is when what it shows last became different; `reached` says when it came to each
    version, `gap` how long it was once without a line; `frames` keeps all that came, if asked to.
    """

    history: History = field(default_factory=History)
    patience: float = 60.0  # seconds it goes on sending the same thing
    changed_at: float = 0.0
    said_at: float = 0.0
    gap: float = 0.0
    reached: list[tuple[int, float]] = field(default_factory=list)
    keep: bool = False
    frames: list[str] = field(default_factory=list)
    _now: int = 0
    _lost_at: float = 0.0
    _following: asyncio.Task[None] | None = None

    # --- commands ---

    async def send(self, path: str, op: Op, **fields: object) -> Op:
        """Post until it is answered, always under the same key; a refusal is an answer."""
        deadline = time.monotonic() + self.patience
        while True:
            op.tries += 1
            try:
                answer = await self.post(path, op=op.key, **fields)
            except Refused as refused:
                status = refused.status
                if status < 500:
                    op.answer(FAILED, status, str(refused))
                    return op
                op.errors.append(f"{status} {refused}"[:200])
            except httpx.TransportError as error:
                op.errors.append(repr(error))
            else:
                op.answer(OK, answer.status_code)
                self.history.acknowledged += 1
                return op
            if time.monotonic() > deadline:
                return op
            await asyncio.sleep(random.uniform(0.05, 0.3))  # as fast as somebody taps again

    # --- the socket, as ring.js keeps it ---

    async def follow(self, seconds: float = 20) -> None:
        """Follow the ring from now on through every fault; returns at the first word."""
        self._following = asyncio.create_task(self._follow())
        await self.until(lambda: self.version >= 0 or self.closed is not None, seconds)

    async def _follow(self) -> None:
        attempts = 0
        while True:
            said = self.said_at
            if attempts < 3 or await self._knock():
                await self._follow_once()
            if self.closed is not None:
                return
            attempts = 0 if self.said_at > said else attempts + 1
            await asyncio.sleep(random.uniform(0, min(2.0, 0.25 * 2**attempts)))

    async def _knock(self) -> bool:
        """Whether anybody is there: asked before the next socket of a page whose last three failed."""
        try:
            return (await self.http.get("/healthz", timeout=8)).is_success
        except httpx.TransportError:
            return False

    async def _follow_once(self) -> None:
        with suppress(OSError, TimeoutError, InvalidHandshake, ConnectionClosed):
            since = f"?since={self.version}" if self.version >= 0 else ""
            async with asyncio.timeout(20):
                socket = await self.connect(f"{self.path}live/{since}")
            with suppress(TimeoutError, ConnectionClosed):
                await self._listen(socket)
            if 4400 <= (socket.close_code or 0) < 4500:
                self.closed = socket.close_code
                self._news.set()

    async def connect(self, path: str) -> ClientConnection:
        """A socket at this address, with the browser's cookies."""
        url = f"{self.server.replace('http', 'ws', 1)}{path}"
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.http.cookies.jar)
        headers = {"Cookie": cookies, "Origin": self.server}
        return await connect(
            url, additional_headers=headers, max_size=None, open_timeout=None, ping_interval=None
        )

    async def _listen(self, socket: ClientConnection) -> None:
        """Take frames until the line ends, or is silent for too long."""
        self._socket = socket
        try:
            while True:
                async with asyncio.timeout(SILENCE):
                    message = await socket.recv()
                if self._lost_at:
                    self.gap = max(self.gap, time.monotonic() - self._lost_at)
                    self._lost_at = 0.0
                self.take(str(message))
                await socket.send('{"here": true}')
        finally:
            self._socket, self._lost_at = None, self._lost_at or time.monotonic()
            socket.transport.abort()  # as a page that is through with a socket does not wait for it

    def take(self, message: str) -> None:
        """A frame, by the page's rule: one no newer than what is shown changes nothing."""
        frame: dict[str, Any] = json.loads(message)
        self.said_at = self.heard_at = time.monotonic()
        if self.keep:
            self.frames.append(message)
        if (frame["version"], frame["now"]) < (self.version, self._now):
            return
        if frame["version"] > self.version:
            self.reached.append((frame["version"], self.said_at))
        self.version, self._now = frame["version"], frame["now"]
        changed = {k: v for k, v in frame["fragments"].items() if self.fragments.get(k) != v}
        if changed:
            self.fragments.update(changed)
            self.changed_at = self.said_at
        self._news.set()

    @property
    def following(self) -> bool:
        """Whether its socket is open just now."""
        return self._socket is not None

    async def shut(self) -> None:
        if self._following:
            self._following.cancel()
            await asyncio.wait([self._following])
        await super().shut()


@dataclass
class Circle:
    """One ring as its people know it.

    `word` stands in all its names, asks and pledges and in no other ring's; `sign` in its title,
    which whoever has the code may see. `shown` are the asks that take offers.
    """

    pk: int
    code: str
    stage_token: str
    word: str
    sign: str
    version: int
    shown: list[int]
    sessions: list[str]
    seats: list[dict[str, Any]]

    def phone(self, server: str, seat: int, history: History | None = None) -> "Phone":
        """The phone of the seat with this number."""
        me = self.seats[seat]
        http = browser(server, {f"seat-{self.pk}": me["key"]})
        log = history or History()
        return Phone(server, f"/r/{self.code}/", http, history=log, circle=self, seat=me)

    def phones(self, server: str, history: History, count: int | None = None) -> "list[Phone]":
        return [self.phone(server, n, history) for n in range(count or len(self.seats))]

    def desk(self, server: str, session: int = 0, history: History | None = None) -> Light:
        """The facilitator's page in one of three browsers."""
        http = browser(server, {"sessionid": self.sessions[session]})
        return Light(server, f"/desk/{self.pk}/", http, history=history or History())

    def stage(self, server: str) -> Light:
        return Light(server, f"/stage/{self.stage_token}/", browser(server, {}))


@dataclass
class Phone(Light):
    """The phone of one seat."""

    circle: Circle = None  # type: ignore[assignment]  # always given: a dataclass wants a default here
    seat: dict[str, Any] = field(default_factory=dict)

    async def pledge(self, ask: int, note: str) -> Op:
        """Offer help on an ask; a second pledge on it rewords the first."""
        op = self.history.begin(self.circle.pk, "offer", helper=self.seat["pk"], ask=ask, note=note)
        path = f"/r/{self.circle.code}/offer/{ask}/"
        return await self.send(path, op, kind="advice", stay="1", note=note)


async def settled(screens: Sequence[Light], quiet: float, at_most: float = 60) -> None:
    """Leave the screens to themselves until none has become different for `quiet` seconds.

    Fresh pages cost their servers far more than what is waited for: 320 of them take some seconds.
    """
    began = time.monotonic()
    while (now := time.monotonic()) < began + at_most:
        if now > max(began, *(screen.changed_at for screen in screens)) + quiet:
            return
        await asyncio.sleep(0.2)


async def all_equal(screens: Sequence[Light], seconds: float = 30) -> "Equality":
    """Wait until every screen shows what a fresh page shows."""
    deadline = time.monotonic() + seconds
    errors = 0
    while True:
        wrong: list[str] = []
        for part in batches(screens, 20):
            found = await asyncio.gather(*(_differences(screen) for screen in part))
            wrong += [name for names in found for name in names]
        errors += sum(name.endswith(ERROR) for name in wrong)
        if not wrong or time.monotonic() > deadline:
            return Equality(wrong, errors)
        await asyncio.sleep(0.5)


@dataclass
class Equality:
    """The fragments that never became what a fresh page shows; pages that answered with an error."""

    wrong: list[str]
    errors: int


ERROR = "an error page"


async def _differences(screen: Light) -> list[str]:
    try:
        return [f"{screen.path} {name}" for name in await screen.differs()]
    except (Refused, httpx.TransportError):
        return [f"{screen.path} {ERROR}"]


def batches[T](items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


async def shut_all(screens: Sequence[Light]) -> None:
    await asyncio.gather(*(screen.shut() for screen in screens))


def share(sorted_figures: list[float], part: float) -> float:
    """The figure below which that part of the sorted figures lies."""
    return sorted_figures[min(len(sorted_figures) - 1, int(len(sorted_figures) * part))]


async def load(
    phones: "list[Phone]", a_second: float, until: Callable[[], bool], dice: random.Random
) -> None:
    """Pledges on asks that are shown, at a steady pace, until told; returns when all are answered."""
    began, number = time.monotonic(), 0
    async with asyncio.TaskGroup() as under_way:
        while not until():
            number += 1
            under_way.create_task(pledge_somewhere(phones, number, dice))
            await asyncio.sleep(max(0.0, began + number / a_second - time.monotonic()))


async def pledge_somewhere(phones: "list[Phone]", number: int, dice: random.Random) -> None:
    """Somebody's pledge on an ask that is shown; returns when it is answered."""
    phone = dice.choice(phones)
    ask = dice.choice([ask for ask in phone.circle.shown if ask != phone.seat["ask"]])
    await phone.pledge(ask, f"{phone.circle.word} {number}")
