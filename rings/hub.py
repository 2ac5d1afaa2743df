"""The hub: one subscriber a process and ring, one drawn frame to all its sockets.

It hears "ring 7 is now at version 42", reads and draws once, and sends each socket only what became
different since that socket's last frame. Nothing on the channel layer is precious: a lost word is
made good by the repair loop. Everything here runs on the event loop, drawing in two threads of its
own; no lock is needed but the loop's own turn.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

from channels.layers import BaseChannelLayer, get_channel_layer
from django.db import close_old_connections
from django.utils import timezone

from rings import live
from rings.live import Audience
from rings.models import HERE_FOR, Participant, Ring
from rings.picture import Picture

log = logging.getLogger(__name__)

DRAW_EVERY = 0.05  # seconds at least between two drawings of a ring: bursts coalesce
REPAIR_EVERY = 4.0  # seconds between looking for lost words; a screen is at most 12 s stale
TABS = 6  # open pages a seat may have; the oldest gives way
PRESENCE_EVERY = 1.0  # seconds at least between two pushes of who is here
HEARTBEAT_EVERY = 12.0  # seconds; a page that hears nothing for 35 s reconnects
UNHEARD_BOUND = (
    256 * 1024
)  # bytes sent to a phone that has not said a word since: hold further frames

Send = Callable[[str], Awaitable[None]]
Close = Callable[[int], Awaitable[None]]


class CloseCode:
    SIGN_IN = 4401
    REMOVED = 4403
    NOT_FOUND = 4404
    REPLACED = 4408
    OVER = 4410
    FLOOD = 4429


# One group for the words of all rings: they are some 100 bytes, and a process without that ring's
# sockets drops them at once. No page ever subscribes, so no name comes from outside.
GROUP = "rings"


@dataclass(eq=False)
class Socket:
    """One open page: which ring and audience, whose seat (phones only), and how far it has been told."""

    ring_pk: int
    audience: Audience
    send: Send
    close: Close
    seat: int | None = None
    key_hash: str = ""
    here: bool = True
    stamp: int = -1
    unheard: int = 0


@dataclass
class Room:
    """The sockets of one ring in this process, and what is still to be told to them."""

    pk: int
    sockets: dict[Socket, None] = field(default_factory=dict)  # in the order they came
    version: int = -1  # drawn and sent
    wanted: int = -1  # announced
    seats: set[int] = field(default_factory=set)
    everyone: bool = False
    presence: bool = False
    here: frozenset[int] = frozenset()
    pump: asyncio.Task[None] | None = None

    @property
    def dirty(self) -> bool:
        return self.presence or self.everyone or bool(self.seats) or self.wanted > self.version


@dataclass
class Drawing:
    """What one reading gave: a screen an audience, the personal fragments, the seats' keys."""

    version: int
    screens: dict[Audience, live.Screen]
    personal: dict[int, dict[str, str]]
    keys: dict[int, str]


def _draw(
    pk: int, version: int, audiences: Collection[Audience], seats: Collection[int]
) -> Drawing:
    """In a drawing thread: read the ring once, draw what is asked for."""
    close_old_connections()
    picture = Picture.of(pk)
    return Drawing(
        version=max(version, picture.ring.version),
        screens={a: live.screen(pk, a, version, picture) for a in audiences},
        personal={
            seat: live.draw_personal(picture, picture.seat_of[seat])
            for seat in seats
            if seat in picture.seat_of
        },
        keys={seat: person.key_hash for seat, person in picture.seat_of.items()},
    )


def _versions_and_presence(
    ring_pks: Collection[int], here: Collection[int]
) -> tuple[dict[int, int], dict[int, set[int]]]:
    """In a drawing thread: renew the lease of those here, then read all versions and leases at once."""
    close_old_connections()
    now = timezone.now()
    if here:
        Participant.objects.filter(pk__in=here).update(seen_at=now)
    versions = dict(Ring.objects.filter(pk__in=ring_pks).values_list("pk", "version"))
    present: dict[int, set[int]] = {pk: set() for pk in ring_pks}
    rows = Participant.objects.filter(ring__in=ring_pks, seen_at__gt=now - HERE_FOR)
    for ring_pk, seat in rows.values_list("ring_id", "pk"):
        present[ring_pk].add(seat)
    return versions, present


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
        self._tasks: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="draw")
        self._presence_changed = asyncio.Event()

    # --- life ---

    def start(self) -> None:
        """Begin to listen on the running loop; harmless when already begun."""
        loop = asyncio.get_running_loop()
        if self.loop is loop:
            return
        self.loop, self._presence_changed = loop, asyncio.Event()
        live.listen(self.announce)
        for forever in (self._listen, self._repair, self._heartbeat):
            self._spawn(forever())

    def _spawn(self, work: Awaitable[None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def read[T](self, work: Callable[[], T]) -> T:
        """Run a reading in one of the drawing threads (each keeps its database connection)."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    # --- words in and out ---

    def announce(self, ring_pk: int, version: int, seats: Collection[int] | None) -> None:
        """From any thread: tell this process at once, the others by the channel layer."""
        if self.loop and self.loop.is_running():
            self.loop.call_soon_threadsafe(self._announce, ring_pk, version, seats)

    def _announce(self, ring_pk: int, version: int, seats: Collection[int] | None) -> None:
        self.wake(ring_pk, version, seats)
        self._spawn(self._publish(ring_pk, version, seats))

    async def _publish(self, ring_pk: int, version: int, seats: Collection[int] | None) -> None:
        word = {
            "type": "wake",
            "ring": ring_pk,
            "version": version,
            "seats": None if seats is None else list(seats),
            "from": self.id,
        }
        try:
            async with asyncio.timeout(5):
                await _layer().group_send(GROUP, word)
        except (
            Exception
        ) as error:  # the layer may be down: the repair loops of the others will see it
            log.warning(
                "ring %s: the channel layer did not take version %s: %r", ring_pk, version, error
            )

    async def _listen(self) -> None:
        """Hear the other processes. When this dies or goes deaf the repair loop still sees everything."""
        while True:
            try:
                layer = _layer()
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
                while True:
                    word = await layer.receive(channel)
                    if word["from"] != self.id:
                        self.wake(word["ring"], word["version"], word["seats"])
            except Exception as error:
                log.warning("listening to the channel layer again in a second: %r", error)
                await asyncio.sleep(1)

    def wake(self, ring_pk: int, version: int, seats: Collection[int] | None = ()) -> None:
        """A ring has a new version: draw and send, unless nobody here looks at it."""
        room = self.rooms.get(ring_pk)
        if room is None:
            return
        room.wanted = max(room.wanted, version)
        if seats is None:
            room.everyone = True
        else:
            room.seats.update(seats)
        self._pump(room)

    # --- sockets ---

    def join(self, socket: Socket) -> None:
        """Take a socket in, before its first screen is read: nothing can fall between the two."""
        room = self.rooms.setdefault(socket.ring_pk, Room(socket.ring_pk))
        room.sockets[socket] = None
        tabs = [other for other in room.sockets if socket.seat and other.seat == socket.seat]
        for replaced in tabs[:-TABS]:
            self._spawn(self._close(replaced, CloseCode.REPLACED))
        self._presence_changed.set()

    def leave(self, socket: Socket) -> None:
        room = self.rooms.get(socket.ring_pk)
        if room is None:
            return
        room.sockets.pop(socket, None)
        if not room.sockets:
            del self.rooms[socket.ring_pk]

    async def catch_up(self, socket: Socket, shown: int) -> None:
        """First word to a socket whose page already shows version `shown` (-1: nothing)."""
        room = self.rooms[socket.ring_pk]
        seats = [socket.seat] if socket.seat else []
        drawing = await self.read(partial(_draw, room.pk, -1, [socket.audience], seats))
        current = shown == drawing.version and socket.audience == Audience.PHONE
        if current:
            socket.stamp = drawing.screens[socket.audience].stamp
        await self._tell(socket, drawing, {}, always=True)
        room.version = max(room.version, drawing.version)

    def heard(self, socket: Socket, *, here: bool) -> None:
        """The page has said a word: it reads what it is sent, and is seen or not."""
        held_back, socket.unheard = socket.unheard > UNHEARD_BOUND, 0
        if here != socket.here:
            socket.here = here
            self._presence_changed.set()
        room = self.rooms.get(socket.ring_pk)
        if held_back and room:
            room.everyone = True
            self._pump(room)

    # --- drawing and sending ---

    def _pump(self, room: Room) -> None:
        if room.dirty and (room.pump is None or room.pump.done()):
            room.pump = self._spawn(self._drain(room))

    async def _drain(self, room: Room) -> None:
        """Draw and send until nothing new is known; the first at once, then at most every 50 ms."""
        while room.dirty and room.sockets:
            began = time.monotonic()
            connected = {socket.seat for socket in room.sockets if socket.seat}
            seats = connected if room.everyone else connected & room.seats
            wanted = room.wanted
            room.seats, room.everyone, room.presence = set(), False, False
            try:
                audiences = {socket.audience for socket in room.sockets}
                drawing = await self.read(partial(_draw, room.pk, wanted, audiences, seats))
            except Exception:
                log.exception("ring %s could not be drawn; once more in a second", room.pk)
                room.everyone = True
                await asyncio.sleep(1)
                continue
            frames: dict[tuple[Audience, int], str] = {}
            for socket in list(room.sockets):
                if socket.audience in drawing.screens:
                    await self._tell(socket, drawing, frames)
            room.version = max(room.version, drawing.version)
            await asyncio.sleep(max(0.0, DRAW_EVERY - (time.monotonic() - began)))

    async def _tell(
        self,
        socket: Socket,
        drawing: Drawing,
        frames: dict[tuple[Audience, int], str],
        *,
        always: bool = False,
    ) -> None:
        """Send what became different for this socket; `frames` keeps what was packed for its likes."""
        if socket.seat and drawing.keys.get(socket.seat) != socket.key_hash:
            await self._close(socket, CloseCode.REMOVED)
            return
        if socket.unheard > UNHEARD_BOUND:
            return
        shown = drawing.screens[socket.audience]
        mine = drawing.personal.get(socket.seat or 0, {})
        if mine:
            frame = _pack(drawing.version, {**shown.since(socket.stamp), **mine})
        else:
            key = (socket.audience, socket.stamp)
            if key not in frames:
                changes = shown.since(socket.stamp)
                frames[key] = _pack(drawing.version, changes) if changes or always else ""
            frame = frames[key]
        socket.stamp = max(socket.stamp, shown.stamp)
        if frame:
            await self._send(socket, frame)

    async def _send(self, socket: Socket, frame: str) -> None:
        socket.unheard += len(frame)
        try:
            await socket.send(frame)
        except Exception as error:  # the page is gone; its consumer will say so
            log.debug("a socket of ring %s is gone: %r", socket.ring_pk, error)
            self.leave(socket)

    async def _close(self, socket: Socket, code: int) -> None:
        self.leave(socket)
        try:
            await socket.close(code)
        except Exception as error:
            log.debug("a socket of ring %s was already gone: %r", socket.ring_pk, error)

    # --- what goes on by itself ---

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_EVERY)
            for room in list(self.rooms.values()):
                beat = _pack(room.version, {})
                for socket in list(room.sockets):
                    await self._send(socket, beat)

    async def _repair(self) -> None:
        """Every few seconds, and soon after somebody came: who is here, and which words were lost."""
        while True:
            try:
                async with asyncio.timeout(REPAIR_EVERY):
                    await self._presence_changed.wait()
            except TimeoutError:
                pass
            self._presence_changed.clear()
            try:
                await self._look_round()
            except Exception as error:
                log.warning("could not look round for lost words: %r", error)
            await asyncio.sleep(PRESENCE_EVERY)

    async def _look_round(self) -> None:
        if not self.rooms:
            return
        here = {s.seat for room in self.rooms.values() for s in room.sockets if s.seat and s.here}
        versions, present = await self.read(partial(_versions_and_presence, list(self.rooms), here))
        for pk, version in versions.items():
            room = self.rooms.get(pk)
            if room is None:
                continue
            if version > max(room.version, room.wanted):
                room.wanted, room.everyone = version, True
            now_here = frozenset(present[pk])
            if now_here != room.here:
                room.here, room.presence = now_here, True
            self._pump(room)


def _pack(version: int, fragments: dict[str, str]) -> str:
    return json.dumps({"version": version, "now": clock(), "fragments": fragments})


hub = Hub()
