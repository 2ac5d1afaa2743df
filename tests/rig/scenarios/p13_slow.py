"""A slow phone harms nobody."""

import asyncio
import select
import socket
import time
from bisect import bisect_left
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.rig.findings import Finding, Measure
from tests.rig.history import OK, History
from tests.rig.phones import Circle, Light, share, shut_all
from tests.rig.rig import Rig, Size

on = ("small", "large")
PEOPLE, SLOW, A_SECOND = 100, 10, 2
TIMES, MEGABYTES = 1.2, 30  # the targets: the others' p95, and what the servers grow by


async def scenario(rig: Rig, size: Size) -> Finding:
    """The same load goes on at the same time in a second set-up without slow phones.

    So what else the machine does weighs on both alike.
    """
    async with Rig(rig.workshop, rig.setup, 0) as calm:
        rooms = [
            Room(where, *await where.furnish(rings=1, people=PEOPLE), reading)
            for where, reading in ((rig, PEOPLE - SLOW), (calm, PEOPLE))
        ]
        for room in rooms:
            await room.begin()
        await _go_on(rooms, 4)  # so that every process has drawn everything once
        for room in rooms:
            room.history.ops.clear()
        async with _stopped_reading(rig, rooms[0].circle) as slow:
            await _go_on(rooms, size.pick(15, 120))
        lags, calm_lags = [await room.end() for room in rooms]
    finding = Finding()
    times = share(lags, 0.95) / share(calm_lags, 0.95)
    most = f"≤ {TIMES} ×"
    finding.measures += [
        Measure("others' p95", f"{times:.2f} ×", most, times <= TIMES, timed=True),
        Measure(
            "servers grew by", f"{slow.grown:.1f} MB", f"≤ {MEGABYTES} MB", slow.grown <= MEGABYTES
        ),
    ]
    finding.count("changes that failed", sum(room.failed for room in rooms))
    finding.words = (
        f"p95 {share(lags, 0.95) * 1000:.0f} ms beside {SLOW} of {PEOPLE} that do not read, "
        f"{share(calm_lags, 0.95) * 1000:.0f} ms without; they were dropped {slow.dropped} times"
    )
    return finding


class Room:
    """A ring whose phones note when each change came; the last `reading` seats' phones read."""

    def __init__(self, rig: Rig, circle: Circle, reading: int) -> None:
        self.rig, self.circle, self.history = rig, circle, History()
        self.phones = [circle.phone(rig.url, seat) for seat in range(PEOPLE - reading, PEOPLE)]
        self.desk = circle.desk(rig.url, history=self.history)

    async def begin(self) -> None:
        await asyncio.gather(*(screen.follow(60) for screen in self.screens))

    @property
    def screens(self) -> list[Light]:
        return [*self.phones, self.desk]

    @property
    def failed(self) -> int:
        return sum(op.state != OK or bool(op.errors) for op in self.history.ops)

    async def change(self, number: int) -> None:
        """What every page shows: the ring is paused, or goes on."""
        op = self.history.begin(self.circle.pk, "pause")
        paused = "no" if number % 2 else "yes"
        await self.desk.send(f"{self.desk.path}pause/", op, paused=paused)

    async def end(self) -> list[float]:
        """For each change and phone the seconds from its sending until it was there, sorted."""
        rows = await self.rig.rows()
        version, newest = (
            {row.op: row.version for row in rows.events},
            rows.versions[self.circle.pk],
        )
        await asyncio.gather(*(p.until(lambda p=p: p.version >= newest, 30) for p in self.phones))
        sent = [(version[op.key], op.invoked) for op in self.history.ops if op.state == OK]
        await shut_all(self.screens)
        return sorted(_reached(phone, v) - at for phone in self.phones for v, at in sent)


def _reached(phone: Light, version: int) -> float:
    return phone.reached[bisect_left(phone.reached, (version, 0.0))][1]


async def _go_on(rooms: list[Room], seconds: float) -> None:
    """Changes at a steady pace, in the one room and then in the other, never in both at once."""
    began, changes = time.monotonic(), int(seconds * A_SECOND)
    for number in range(changes * len(rooms)):
        room = rooms[number % len(rooms)]
        await room.change(number // len(rooms))
        due = began + (number + 1) / A_SECOND / len(rooms)
        await asyncio.sleep(max(0.0, due - time.monotonic()))


# --- phones that do not read ------------------------------------------------------------------------


class Slow:
    """Ten phones that have stopped reading, and what became of their servers."""

    def __init__(self, rig: Rig, circle: Circle) -> None:
        self.rig, self.circle = rig, circle
        self.lines: dict[int, socket.socket] = {}
        self.before = self.most = self._memory()
        self.dropped = -SLOW  # coming for the first time is not coming back

    @property
    def grown(self) -> float:
        return self.most - self.before

    async def watch(self) -> None:
        """Whoever was dropped comes back, and again reads nothing."""
        while True:
            for number in range(SLOW):
                if number not in self.lines or _is_gone(self.lines[number]):
                    self.lines[number] = await self._open(number)
                    self.dropped += 1
            self.most = max(self.most, self._memory())
            await asyncio.sleep(0.5)

    async def _open(self, number: int) -> socket.socket:
        """A page's socket as far as the server's yes, with little room for what comes after it."""
        loop, me = asyncio.get_running_loop(), self.circle.seats[number]
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.setblocking(False)
        port = self.rig.web[number % len(self.rig.web)].port
        await loop.sock_connect(line, ("127.0.0.1", port))
        asked = (
            f"GET /r/{self.circle.code}/live/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: cmVhZHMgbm90aGluZy4uLg==\r\n"
            f"Cookie: seat-{self.circle.pk}={me['key']}\r\n\r\n"
        )
        await loop.sock_sendall(line, asked.encode())
        answer = await asyncio.wait_for(loop.sock_recv(line, 12), 20)
        if answer != b"HTTP/1.1 101":
            raise RuntimeError(f"a slow phone was answered {answer!r}")
        return line

    def _memory(self) -> float:
        """What the server processes hold in memory, in MB (Linux)."""
        kilobytes = 0
        for web in self.rig.web:
            assert web.process
            status = Path(f"/proc/{web.process.pid}/status").read_text()
            kilobytes += int(status.partition("VmRSS:")[2].split()[0])
        return kilobytes / 1024


def _is_gone(line: socket.socket) -> bool:
    """Whether the server has reset it; can be seen without reading."""
    poll = select.poll()
    poll.register(line, 0)
    if not poll.poll(0):
        return False
    line.close()
    return True


@asynccontextmanager
async def _stopped_reading(rig: Rig, circle: Circle) -> AsyncIterator[Slow]:
    slow = Slow(rig, circle)
    watching = asyncio.create_task(slow.watch())
    try:
        yield slow
        if watching.done():
            watching.result()  # what went wrong in it
    finally:
        watching.cancel()
        for line in slow.lines.values():
            line.close()
