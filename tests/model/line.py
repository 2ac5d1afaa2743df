"""A real hub on a loop of its own, and pages that do with a frame what `static/ring.js` does.

The machines drive it from their own thread: they change the ring by its commands, wait until the hub
has nothing left to say, and compare. What the hub does by itself every few seconds is done here when
a machine says so, since its time is the machine's.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import unified_diff
from functools import partial
from threading import Barrier, Thread
from typing import Any

from django.db import connections
from django.test import Client

from rings import access, live
from rings.hub import Hub, Socket
from rings.live import Audience
from rings.models import Ring

BOUND = 30  # seconds for anything that should be done at once
WORD_EVERY = 64 * 1024  # characters read after which a page says so (ring.js)


class Line:
    """The hub of this test's process, and the sockets that are open in it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = Thread(target=self.loop.run_forever, name="hub")
        self.thread.start()
        self.hub = Hub()
        self.hub.loop = self.loop  # begun, but for what goes on by itself
        live.listen(self.hub.announce)

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(BOUND)

    def settle(self) -> None:
        """Wait until the hub has drawn and sent all it knows of."""
        self.run(self._idle())

    async def _idle(self) -> None:
        while self.hub._tasks:
            await asyncio.wait(set(self.hub._tasks))

    def look_round(self) -> None:
        """What the hub does every few seconds: who is here, and which words were lost."""
        self.run(self.hub._look_round())
        self.settle()

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """A process that dies between commit and announcement: nobody is told."""
        live.listen(lambda word: None)
        try:
            yield
        finally:
            live.listen(self.hub.announce)

    def close(self) -> None:
        both = Barrier(2)
        for drawn in [self.hub._threads.submit(partial(_give_back, both)) for _ in range(2)]:
            drawn.result(BOUND)
        self.hub._threads.shutdown()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(BOUND)
        self.loop.close()
        live.listen(lambda word: None)


def _give_back(both: Barrier) -> None:
    """In each of the hub's two threads: close its connection, which would hold the test database."""
    both.wait(BOUND)
    connections.close_all()


@dataclass(eq=False, repr=False)
class Page:
    """An open page: what it shows, and until which version. Loaded by HTTP, then told by its socket."""

    line: Line
    ring: Ring
    audience: Audience
    client: Client
    seat: int | None = None
    key: str = ""
    user: int = 0
    version: int = -1
    now: int = 0
    shown: dict[str, str] = field(default_factory=dict)
    closed: int | None = None
    socket: Socket | None = None
    wrong: list[str] = field(default_factory=list)
    here: bool = True
    unsaid: int = 0

    def __repr__(self) -> str:
        return f"<{self.audience} {self.seat or ''}>"

    @classmethod
    def phone(cls, line: Line, ring: Ring, seat: int, key: str) -> "Page":
        client = Client()
        client.cookies[access.seat_cookie(ring.pk)] = key
        return cls(line, ring, Audience.PHONE, client, seat, key)

    @property
    def path(self) -> str:
        return {
            Audience.PHONE: f"/r/{self.ring.code}/screen/",
            Audience.STAGE: f"/stage/{self.ring.stage_token}/screen/",
            Audience.DESK: f"/desk/{self.ring.pk}/screen/",
        }[self.audience]

    def fresh(self) -> dict[str, Any] | None:
        """What a page loaded just now shows, in the form of a frame; None where there is nothing to see."""
        answer = self.client.get(self.path)
        return answer.json() if answer.status_code == 200 else None

    def load(self) -> None:
        frame = self.fresh()
        if frame:
            self.version, self.now, self.shown = frame["version"], frame["now"], frame["fragments"]

    def connect(self) -> None:
        """Open the line, as the consumer does for somebody whose seat it is."""
        if self.seat:
            self.seat = self._seat_of_its_key()
            if self.seat is None:
                self.closed = 4404
                return
        self.socket = Socket(
            self.ring.pk,
            self.audience,
            self._hear,
            self._shut,
            seat=self.seat,
            key_hash=access.key_hash(self.key) if self.key else "",
            user=self.user,
            since=-1 if "data-lost" in self.shown.get("phone_host", "") else self.version,
        )
        self.line.run(self._call(partial(self.line.hub.join, self.socket)))

    def disconnect(self) -> None:
        if self.socket:
            self.line.run(self._call(partial(self.line.hub.leave, self.socket)))
            self.socket = None

    def say(self, *, here: bool) -> None:
        """A word of the page: it reads, and is looked at or not."""
        self.here = here
        if self.socket:
            self.line.run(self._call(partial(self.line.hub.heard, self.socket, here=here)))

    def equals_a_reload(self) -> None:
        """Unless its line is down, or it was closed: then there must be nothing of its seat to see any more.

        The key of a phone whose seat was brought together with another may open that one from then on.
        """
        if self.socket is None and self.closed is None:
            return
        fresh = self.fresh()
        assert self.wrong == []
        if self.closed is not None:
            assert fresh is None or self._seat_of_its_key() != self.seat, self.closed
            return
        assert fresh is not None
        for name, html in fresh["fragments"].items():
            shown = self.shown.get(name, "")
            assert shown == html, f"{self.audience}: {name}{difference(shown, html)}"

    def _seat_of_its_key(self) -> int | None:
        cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}
        me = access.phone_seat(self.ring.code, cookies)
        return me.pk if me else None

    async def _call(self, work: Callable[[], None]) -> None:
        work()

    async def _hear(self, text: str) -> None:
        frame = json.loads(text)
        if self.closed is not None:
            self.wrong.append("a frame came after the close")
        newer = (frame["version"], frame["now"]) >= (self.version, self.now)
        if newer and frame["fragments"]:
            self.version, self.now = frame["version"], frame["now"]
            self.shown.update(frame["fragments"])
        elif not newer:
            self.wrong.append(f"version {frame['version']} came after {self.version}")

        self.unsaid += len(text)
        if self.unsaid > WORD_EVERY and self.socket:
            self.unsaid = 0
            self.line.loop.call_soon(partial(self.line.hub.heard, self.socket, here=self.here))

    async def _shut(self, code: int) -> None:
        self.closed, self.socket = code, None


def difference(shown: str, fresh: str) -> str:
    """Where two fragments differ, line by line: a whole one says nothing to a reader."""
    lines = unified_diff(shown.splitlines(), fresh.splitlines(), "shown", "fresh", n=0, lineterm="")
    return "\n".join(["", *lines])
