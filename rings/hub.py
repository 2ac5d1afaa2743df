"""The hub: all open pages of a process, one reading and one drawn frame for all of a ring's.

It hears "ring 7 is now at version 42", reads and draws once, and sends each socket only what became
different since that socket's last frame. A new socket's first screen is one of these drawings too, so
that a whole room coming back at once costs one reading. Nothing on the channel layer is precious: a
lost word is made good by the repair loop. Everything here runs on the event loop, drawing in two
threads of its own; no lock is needed but the loop's own turn.
"""

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from uuid import uuid4

from channels.layers import BaseChannelLayer, get_channel_layer
from django.conf import settings
from django.db import connection

from rings import access, live, metrics, readings
from rings.live import Audience, Word

log = logging.getLogger(__name__)

# seconds at least between two drawings of a ring: bursts coalesce, and the longer one lasts the more
DRAW_EVERY, DRAW_SELDOM = 0.05, 0.2
DRAW_SHARE = 0.5  # of a core: what all drawing may take, so that it never keeps changes waiting
REST_AT_MOST = 1.0  # seconds, also where a whole cohort comes at once
ON_ITS_WAY = 0.3  # seconds a word may take before it counts as lost
REPAIR_EVERY = 4.0  # seconds between looking for lost words; a screen is at most 12 s stale
TABS = 6  # open pages a seat may have; the oldest gives way
PRESENCE_EVERY = 1.0  # seconds at least between two pushes of who is here
HEARTBEAT_EVERY = 12.0  # seconds; a page that hears nothing for 35 s reconnects
# bytes sent to a phone that has not said a word since: further frames are held back
UNHEARD_BOUND = 256 * 1024
A_FEW = 25  # pages that are told the same thing at once, where all are told
MOVE_WITHIN = 1.0  # seconds over which the pages are told to move when this process stops

Send = Callable[[str], Awaitable[None]]
Close = Callable[[int], Awaitable[None]]


class CloseCode:
    SIGN_IN = 4401
    REMOVED = 4403
    NOT_FOUND = 4404
    REPLACED = 4408
    OVER = 4410
    FLOOD = 4429
    AGAIN = 4503  # nothing is wrong with the page: come back in a moment (another process answers)


# One group for the words of all rings: they are some 100 bytes, and a process without that ring's
# sockets drops them at once. No page ever subscribes, so no name comes from outside.
GROUP = "rings"


@dataclass(eq=False)
class Socket:
    """One open page: which ring and audience, who opened it, and how far it has been told.

    A phone has a seat and its key, a desk the session and account of who leads; a stage has neither.
    `language` is the page's own.
    `since` is the version the page shows when it connects (-1: nothing yet).
    """

    ring_pk: int
    audience: Audience
    send: Send
    close: Close
    seat: int | None = None
    key_hash: str = ""
    session: str = ""
    user: int = 0
    since: int = -1
    language: str = settings.LANGUAGE_CODE
    here: bool = True
    stamp: int = -1
    unheard: int = 0

    @property
    def sight(self) -> readings.Sight:
        return self.audience, self.language

    @property
    def own(self) -> readings.Own:
        return self.seat or 0, self.language


@dataclass
class Room:
    """The sockets of one ring in this process, and what is still to be told to them."""

    pk: int
    sockets: dict[Socket, None] = field(default_factory=dict)  # in the order they came
    tabs: Counter[int] = field(default_factory=Counter)  # open pages of each seat
    version: int = -1  # drawn and sent
    wanted: int = -1  # announced
    heard: int = -1  # every word up to this version came, so all whom it concerns were told
    ahead: set[int] = field(default_factory=set)  # words that came before an earlier one
    seats: set[int] = field(default_factory=set)
    everyone: bool = False
    fresh: dict[Socket, None] = field(default_factory=dict)  # have not had their first screen
    came: asyncio.Event = field(default_factory=asyncio.Event)  # set while there are any
    presence: bool = False
    here: frozenset[int] = frozenset()  # as last drawn
    lost: bool = False  # the leader's desk is missed, which every page shows; as last drawn
    changed_at: float = 0.0  # when the oldest change not yet told was committed; 0: none is waiting
    pump: asyncio.Task[None] | None = None

    @property
    def dirty(self) -> bool:
        if self.presence or self.everyone or self.seats or self.fresh:
            return True
        return self.wanted > self.version

    def hears(self, version: int) -> None:
        """The word of this version came; they may come in another order than they were said."""
        self.ahead.add(version)
        while self.heard + 1 in self.ahead:
            self.heard += 1
        self.ahead = {later for later in self.ahead if later > self.heard}


def _layer() -> BaseChannelLayer:
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("CHANNEL_LAYERS names no default layer.")
    return layer


def clock() -> int:
    """The server's clock in epoch milliseconds."""
    return int(time.time() * 1000)


class Hub:
    """All open pages of this process. Started by the first request or socket the process serves."""

    def __init__(self) -> None:
        self.id = uuid4().hex
        self.rooms: dict[int, Room] = {}
        self.loop: asyncio.AbstractEventLoop | None = None
        self.stopping = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="draw")
        self._look_soon = asyncio.Event()

    # --- life ---

    def start(self) -> None:
        """Begin to listen on the running loop; harmless when already begun."""
        loop = asyncio.get_running_loop()
        if self.loop is loop:
            return
        self.loop, self._look_soon = loop, asyncio.Event()
        live.listen(self.announce)
        for forever in (self._listen, self._repair, self._heartbeat):
            self._spawn(forever())

    async def move_everybody(self) -> None:
        """This process stops: tell every page to come back in a moment, a few at a time."""
        self.stopping = True
        async for socket in self._spread(MOVE_WITHIN):
            await self._close(socket, CloseCode.AGAIN)

    def sockets(self) -> list[Socket]:
        return [socket for room in self.rooms.values() for socket in room.sockets]

    async def _spread(self, seconds: float) -> AsyncIterator[Socket]:
        """Every page open now, a few at a time over so many seconds: all of them answer."""
        sockets = self.sockets()
        for number, socket in enumerate(sockets, 1):
            room = self.rooms.get(socket.ring_pk)
            if room and socket in room.sockets:
                yield socket
            if number % A_FEW == 0:
                await asyncio.sleep(seconds * A_FEW / len(sockets))

    def _spawn(self, work: Awaitable[None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def read[T](self, work: Callable[[], T]) -> T:
        """Run a reading in one of the drawing threads (each keeps its database connection)."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    # --- words in and out ---

    def announce(self, word: Word) -> None:
        """From any thread: tell this process at once, the others by the channel layer."""
        if self.loop and self.loop.is_running():
            self.loop.call_soon_threadsafe(self._announce, word)

    def _announce(self, word: Word) -> None:
        self.hear(word)
        self._spawn(self._publish(word))

    async def _publish(self, word: Word) -> None:
        message = {"type": "word", "from": self.id, **asdict(word)}
        try:
            async with asyncio.timeout(5):
                await _layer().group_send(GROUP, message)
        except Exception as error:  # the layer may be down: the others' repair loops will see it
            log.warning(
                "a word was not taken by the channel layer: %r", error, extra=_of(word.ring)
            )

    async def _listen(self) -> None:
        """Hear the other processes. When this dies or goes deaf the repair loop still sees everything."""
        while True:
            try:
                layer = _layer()
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
                while True:
                    message = await layer.receive(channel)
                    if message.pop("from") != self.id:
                        del message["type"]
                        self.hear(Word(**message))
            except Exception as error:
                log.warning("listening to the channel layer again in a second: %r", error)
                await asyncio.sleep(1)

    def hear(self, word: Word) -> None:
        """A ring has a new version: draw and send, unless nobody here looks at it."""
        metrics.WORDS.inc()
        if word.ring is None:
            self._spawn(self._check_sign_ins())
            return
        room = self.rooms.get(word.ring)
        if room is None:
            return
        room.wanted = max(room.wanted, word.version)
        room.changed_at = room.changed_at or word.at
        if word.seats is None:
            room.everyone = True
        else:
            room.seats.update(word.seats)
        room.hears(word.version)
        if room.heard >= 0 and room.ahead:  # one before it was lost, or is on its way
            self._look_soon.set()
        self._pump(room)

    # --- sockets ---

    def join(self, socket: Socket) -> None:
        """Take a socket in, before its first screen is read: nothing can fall between the two."""
        room = self.rooms.setdefault(socket.ring_pk, Room(socket.ring_pk))
        room.sockets[socket] = room.fresh[socket] = None
        room.came.set()
        metrics.SOCKETS.labels(socket.audience).inc()
        if socket.seat:
            room.tabs[socket.seat] += 1
            if room.tabs[socket.seat] > TABS:
                oldest = next(other for other in room.sockets if other.seat == socket.seat)
                self._spawn(self._close(oldest, CloseCode.REPLACED))
        self._look_soon.set()
        self._pump(room)

    def leave(self, socket: Socket) -> None:
        room = self.rooms.get(socket.ring_pk)
        if room is None or socket not in room.sockets:
            return
        del room.sockets[socket]
        room.fresh.pop(socket, None)
        if socket.seat:
            room.tabs[socket.seat] -= 1
        metrics.SOCKETS.labels(socket.audience).dec()
        if not room.sockets:
            del self.rooms[socket.ring_pk]

    def heard(self, socket: Socket, *, here: bool) -> None:
        """The page has said a word: it reads what it is sent, and is seen or not."""
        held_back, socket.unheard = socket.unheard > UNHEARD_BOUND, 0
        if here != socket.here:
            socket.here = here
            self._look_soon.set()
        room = self.rooms.get(socket.ring_pk)
        if held_back and room:
            room.everyone = True
            self._pump(room)

    # --- drawing and sending ---

    def _pump(self, room: Room) -> None:
        if room.dirty and (room.pump is None or room.pump.done()):
            room.pump = self._spawn(self._drain(room))

    async def _drain(self, room: Room) -> None:
        """Draw and send until nothing new is known: the first at once, the next after a pause."""
        pause = DRAW_EVERY
        while room.dirty and room.sockets:
            began = time.monotonic()
            sockets = list(room.sockets)  # who comes meanwhile is told by the next reading
            own = {s.own for s in sockets if s.seat and (room.everyone or s.seat in room.seats)}
            since: dict[readings.Own, int] = {}
            for socket in room.fresh:
                if socket.seat:  # two new pages of one seat: the one that shows less
                    since[socket.own] = min(socket.since, since.get(socket.own, socket.since))
            sights = {socket.sight for socket in sockets}
            fresh, wanted, changed_at = room.fresh, room.wanted, room.changed_at
            room.seats, room.everyone, room.presence = set(), False, False
            room.fresh, room.changed_at = {}, 0.0
            room.came.clear()
            try:
                drawing, busy = await self.read(
                    partial(_timed, readings.draw, room.pk, wanted, sights, own, since)
                )
            except Exception as error:
                log.warning("drawn once more soon, after %r", error, extra=_of(room.pk))
                room.everyone, room.changed_at = True, changed_at
                room.fresh = {socket: None for socket in fresh if socket in room.sockets}
                await asyncio.sleep(1)
                continue
            frames: dict[tuple[readings.Sight, int, bool], str] = {}
            for socket in sockets:
                if socket in room.sockets:
                    await self._tell(socket, drawing, frames, first=socket in fresh)
            room.version = max(room.version, drawing.version)
            room.here, room.lost = drawing.here, drawing.lost
            if room.heard < 0:  # the first drawing: nothing before it was missed
                room.heard = drawing.version
                room.hears(drawing.version)
            if changed_at:
                metrics.TOLD.observe(max(0.0, time.time() - changed_at))
            await asyncio.sleep(max(0.0, pause - (time.monotonic() - began)))
            with suppress(TimeoutError):  # who comes meanwhile has no screen yet, and ends the rest
                async with asyncio.timeout(self._rest(busy) - pause):
                    await room.came.wait()
            pause = min(2 * pause, DRAW_SELDOM)

    def _rest(self, busy: float) -> float:
        """Seconds a room rests after a drawing of so many: all that draw now have one share of the core.

        Only beside SQLite, whose writers need the interpreter; a command on PostgreSQL mostly waits outside.
        """
        if connection.vendor != "sqlite":
            return 0.0
        drawing = sum(1 for room in self.rooms.values() if room.pump and not room.pump.done())
        return min(busy * (drawing / DRAW_SHARE - 1), REST_AT_MOST)

    async def _tell(
        self,
        socket: Socket,
        drawing: readings.Drawing,
        frames: dict[tuple[readings.Sight, int, bool], str],
        *,
        first: bool,
    ) -> None:
        """Send what became different for this socket; `frames` keeps what was packed for its likes."""
        if socket.seat and drawing.keys.get(socket.seat) != socket.key_hash:
            await self._close(socket, CloseCode.REMOVED)
            return
        if socket.audience == Audience.DESK and socket.user not in drawing.desks:
            await self._close(socket, CloseCode.NOT_FOUND)
            return
        if socket.unheard > UNHEARD_BOUND:
            return
        shown = drawing.screens[socket.sight]
        version = max(drawing.version, shown.version)  # a page was drawn after this reading
        phone = socket.audience == Audience.PHONE
        current = first and socket.since == version and phone and not drawing.lost
        if current:  # presence alone changes desk and stage, so only a phone's page can be current
            socket.stamp = shown.stamp
        mine = {} if current else drawing.personal.get(socket.own, {})
        if mine:
            frame = _pack(version, {**shown.since(socket.stamp), **mine})
        else:
            key = (socket.sight, socket.stamp, first)
            if key not in frames:
                changes = shown.since(socket.stamp)
                frames[key] = _pack(version, changes) if changes or first else ""
            frame = frames[key]
        socket.stamp = max(socket.stamp, shown.stamp)
        if frame:
            await self._send(socket, frame)

    async def _send(self, socket: Socket, frame: str) -> None:
        socket.unheard += len(frame)
        try:
            await socket.send(frame)
        except Exception as error:  # the page is gone; its consumer will say so
            log.debug("a socket is gone: %r", error, extra=_of(socket.ring_pk))
            self.leave(socket)

    async def _close(self, socket: Socket, code: int) -> None:
        self.leave(socket)
        metrics.CLOSED.labels(code).inc()
        try:
            await socket.close(code)
        except Exception as error:
            log.debug("a socket was already gone: %r", error, extra=_of(socket.ring_pk))

    # --- what goes on by itself ---

    async def _heartbeat(self) -> None:
        took = 0.0
        while True:
            await asyncio.sleep(max(0.0, HEARTBEAT_EVERY - took))
            began = time.monotonic()
            async for socket in self._spread(HEARTBEAT_EVERY):
                await self._send(socket, _pack(self.rooms[socket.ring_pk].version, {}))
            took = time.monotonic() - began

    async def _repair(self) -> None:
        """Every few seconds, and soon after somebody came: who is here, and which words were lost."""
        while True:
            try:
                async with asyncio.timeout(max(0.0, REPAIR_EVERY - PRESENCE_EVERY)):
                    await self._look_soon.wait()
            except TimeoutError:
                pass
            self._look_soon.clear()
            try:
                await self._look_round()
                await self._check_sign_ins()
            except Exception as error:
                log.warning("could not look round for lost words: %r", error)
            await asyncio.sleep(PRESENCE_EVERY)

    async def _look_round(self) -> None:
        if not self.rooms:
            return
        here = {s.seat for s in self.sockets() if s.seat and s.here}
        desks = {(s.ring_pk, s.user) for s in self.sockets() if s.audience == Audience.DESK}
        look = partial(readings.look, list(self.rooms), here, desks)
        versions, present, lost = await self.read(look)
        gone = present.keys() - versions  # deleted: rehearsals that somebody has had enough of
        for socket in [socket for socket in self.sockets() if socket.ring_pk in gone]:
            await self._close(socket, CloseCode.NOT_FOUND)
        await asyncio.sleep(ON_ITS_WAY)
        for pk, version in versions.items():
            room = self.rooms.get(pk)
            if room is None:
                continue
            if 0 <= room.heard < version:  # a word was lost, and whom it concerned with it
                metrics.REPAIRS.inc()
                room.wanted, room.everyone, room.heard = max(room.wanted, version), True, version
                room.hears(version)
            room.presence |= (pk in lost) != room.lost
            now_here = frozenset(present[pk])
            if now_here != room.here:
                room.presence |= any(s.audience != Audience.PHONE for s in room.sockets)
            self._pump(room)

    async def _check_sign_ins(self) -> None:
        """Close the pages of those who have signed out, or whose account or password changed."""
        desks = [socket for socket in self.sockets() if socket.session]
        if not desks:
            return
        keys = {socket.session for socket in desks}
        valid = await self.read(partial(access.valid_sessions, keys))
        for socket in desks:
            if socket.session not in valid:
                await self._close(socket, CloseCode.SIGN_IN)


def _timed[**P, T](work: Callable[P, T], *args: P.args, **fields: P.kwargs) -> tuple[T, float]:
    """What the work gives, and the seconds of processor it took."""
    began = time.thread_time()
    return work(*args, **fields), time.thread_time() - began


def _of(ring_pk: int | None) -> dict[str, int | None]:
    """The field by which a line of the log says which ring it is about."""
    return {"ring": ring_pk}


def _pack(version: int, fragments: dict[str, str]) -> str:
    return json.dumps({"version": version, "now": clock(), "fragments": fragments})


hub = Hub()
