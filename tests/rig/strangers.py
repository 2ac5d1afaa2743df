"""Strangers who mean no good, all in a process of their own: slow lines, huge bodies, floods, guessers.

`python -m tests.rig.strangers '{...}'` takes an `Abuse`, prints "begun" when every slow line is held,
goes on until its standard input ends, and then prints what it has seen. Every kind comes from addresses
of its own (all of 127.0.0.0/8 is this machine), as strangers do; nothing ever leaves the machine.
"""

import asyncio
import json
import os
import random
import socket
import ssl
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.rig.phones import CSRF

BODY = 60_000_000
SYMBOLS = "23456789BCDFGHJKMNPQRSTVWXYZ"
WORD = b'{"here": true}'
FRAME = b"\x81" + bytes([0x80 | len(WORD)]) + bytes(4) + WORD  # masked with nothing
AT_ONCE = 1_000  # frames of one flood
ANY = ssl.create_default_context()  # the proxy's certificate is its own
ANY.check_hostname, ANY.verify_mode = False, ssl.CERT_NONE


@dataclass
class Abuse:
    """What is to be done. `live` is the address of the ring's sockets, `cookies` hold a seat in it."""

    url: str
    live: str
    cookies: list[str]
    slow: int
    bodies: int
    floods: int
    guessers: int


@dataclass
class Seen:
    """What became of it."""

    slow: int = 0  # lines held at once
    bodies: int = 0
    bodies_taken: int = 0  # answered with something else than "too large"
    frames: int = 0
    floods: int = 0
    floods_let_be: int = 0  # not closed with 4429
    guesses: int = 0
    found: int = 0
    fell_over: int = 0  # answers 5xx
    words: list[str] = field(default_factory=list)  # what was odd


class Strangers:
    def __init__(self, abuse: Abuse) -> None:
        self.abuse, self.seen = abuse, Seen()
        parts = urlsplit(abuse.url)
        self.host, self.port = str(parts.hostname), parts.port
        self.tls = ANY if parts.scheme == "https" else None
        self.held = 0

    async def go_on(self) -> None:
        """Until the standard input ends."""
        abuse = self.abuse
        async with asyncio.TaskGroup() as group:
            work = [group.create_task(self._slow(n)) for n in range(abuse.slow)]
            while self.held < abuse.slow:
                await asyncio.sleep(0.05)
            print("begun", flush=True)
            work += [group.create_task(self._guess(n)) for n in range(abuse.guessers)]
            work += [group.create_task(self._flood(n)) for n in range(len(abuse.cookies))]
            work += [group.create_task(self._send_bodies())]
            await asyncio.to_thread(sys.stdin.read)
            for task in work:
                task.cancel()

    async def _line(self, address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection from that address, with little room for what comes."""
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.setblocking(False)
        line.bind((address, 0))
        await asyncio.get_running_loop().sock_connect(line, (self.host, self.port))
        name = self.host if self.tls else None
        return await asyncio.open_connection(
            sock=line, ssl=self.tls, server_hostname=name, limit=1024
        )

    # --- slow lines: a head, a body, an answer in drops ---

    async def _slow(self, number: int) -> None:
        ways = (self._slow_head, self._slow_body, self._slow_reader)
        while True:
            with suppress(OSError):
                reader, writer = await self._line(f"127.0.1.{1 + number % 5}")
                self._count(1)
                try:
                    await ways[number % len(ways)](reader, writer)
                finally:
                    self._count(-1)
                    writer.transport.abort()
            await asyncio.sleep(0.2)

    def _count(self, step: int) -> None:
        self.held += step
        self.seen.slow = max(self.seen.slow, self.held)

    async def _slow_head(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"GET / HTTP/1.1\r\nHost: {self.host}\r\nX-Slow: ".encode())
        await self._drip(reader, writer)

    async def _slow_body(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self._head("POST", 60_000))
        await self._drip(reader, writer)

    async def _drip(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(random.uniform(0.5, 1.5))

    async def _slow_reader(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(self._head("GET", 0, "/static/ring.js"))
        while await reader.read(64):
            await asyncio.sleep(random.uniform(0.5, 1.5))

    def _head(self, method: str, length: int, path: str = "/") -> bytes:
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Length: {length}\r\n"
        return f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode()

    # --- bodies of 60 MB, announced or in pieces ---

    async def _send_bodies(self) -> None:
        for number in range(self.abuse.bodies):
            with suppress(OSError):
                await self._send_body(in_pieces=number % 2 == 1)
            self.seen.bodies += 1

    async def _send_body(self, *, in_pieces: bool) -> None:
        """All of it, whatever the answer, until the line is cut."""
        reader, writer = await self._line("127.0.3.1")
        head, piece = self._head("POST", BODY), b"x" * 50_000
        if in_pieces:
            head = head.replace(b"Content-Length: %d" % BODY, b"Transfer-Encoding: chunked")
            piece = b"%x\r\n%s\r\n" % (len(piece), piece)
        try:
            writer.write(head)
            with suppress(OSError):
                for _ in range(BODY // 50_000):
                    writer.write(piece)
                    await writer.drain()
            answer = await reader.read(12)
            if answer and b" 413" not in answer:
                self.seen.bodies_taken += 1
                self.seen.words.append(f"a body was answered {answer!r}")
        finally:
            writer.transport.abort()

    # --- floods of frames by somebody who has a seat ---

    async def _flood(self, number: int) -> None:
        for _ in range(self.abuse.floods):
            with suppress(OSError, InvalidHandshake):
                await self._flood_once(self.abuse.cookies[number])

    async def _flood_once(self, cookie: str) -> None:
        line = await connect(
            f"{self.abuse.url.replace('http', 'ws', 1)}{self.abuse.live}",
            additional_headers={"Cookie": cookie, "Origin": self.abuse.url},
            ssl=self.tls,
            local_addr=("127.0.4.1", 0),
            ping_interval=None,
        )
        line.transport.write(FRAME * AT_ONCE)
        self.seen.frames += AT_ONCE
        with suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(20):
                while True:
                    await line.recv()
        self.seen.floods += 1
        if line.close_code != 4429:
            self.seen.floods_let_be += 1
            self.seen.words.append(f"a flood was closed with {line.close_code}")
        line.transport.abort()

    # --- guessers of codes ---

    async def _guess(self, number: int) -> None:
        """A code a second, typed on the front page or into the address."""
        transport = httpx.AsyncHTTPTransport(verify=ANY, local_address=f"127.0.2.{1 + number}")
        headers = {"Origin": self.abuse.url, "X-CSRFToken": CSRF}
        async with httpx.AsyncClient(
            base_url=self.abuse.url, transport=transport, headers=headers, timeout=30
        ) as http:
            for name in ("csrftoken", "__Host-csrf"):
                http.cookies.set(name, CSRF, domain=self.host)
            await asyncio.sleep(random.random())  # not all in the same moment
            while True:
                code = "".join(random.choices(SYMBOLS, k=8))
                with suppress(httpx.TransportError):
                    if random.random() < 0.5:
                        self._guessed(await http.post("/", data={"code": code}))
                    else:
                        self._guessed(await http.get(f"/r/{code}/"))
                await asyncio.sleep(1)

    def _guessed(self, answer: httpx.Response) -> None:
        self.seen.guesses += 1
        self.seen.found += answer.status_code < 400
        self.seen.fell_over += answer.status_code >= 500


def _only_when_idle() -> None:
    """Compute only while nobody else would: elsewhere other machines do this, and no server waits for it."""
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.nice(19)


async def main() -> None:
    strangers = Strangers(Abuse(**json.loads(sys.argv[1])))
    await strangers.go_on()
    print(json.dumps(asdict(strangers.seen)), flush=True)


if __name__ == "__main__":
    _only_when_idle()
    asyncio.run(main())
