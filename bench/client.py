"""The load client: thousands of phones in one process, on raw sockets and one selector.

It parses as little of a frame as tells its version, so that it costs a few microseconds a frame; the
fan-out row shows that by the same client against the limit in C. A `Line` holds all sockets of a run
(every server's pings must be answered while another is measured); a `Crowd` is the phones of one server.
"""

import base64
import hashlib
import re
import selectors
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

KEY = base64.b64encode(b"ringsite's bench").decode()
ACCEPT = base64.b64encode(
    hashlib.sha1(
        f"{KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode(), usedforsecurity=False
    ).digest()
)
VERSION = re.compile(rb'"version":\s*(-?\d+)')
HEARTBEAT = 90  # bytes: a frame shorter than this holds no fragment, and the page answers it
A_WORD_EVERY = 64 * 1024  # bytes: the page also says a word after so many, since it reads them
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class TooLate(Exception):
    """What was waited for did not happen; the message says how far it came."""


class Line:
    """All sockets of a run, and the one loop that reads them."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()

    def turn(self, wait: float = 0.0) -> None:
        """Let everything that can happen now happen; wait for it at most `wait` seconds."""
        for key, _ in self.selector.select(wait):
            key.data.ready()

    def rest(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.turn(left)

    def until(self, condition: Callable[[], bool], timeout: float, what: str) -> None:
        end = time.perf_counter() + timeout
        while not condition():
            if time.perf_counter() > end:
                raise TooLate(f"{what}: not within {timeout:.0f} s")
            self.turn(0.1)


def masked(opcode: int, payload: bytes = b"") -> bytes:
    """A frame as a page sends it: masked (with zeros, which is cheap and allowed), below 126 bytes."""
    return bytes((0x80 | opcode, 0x80 | len(payload), 0, 0, 0, 0)) + payload


HERE = masked(TEXT, b'{"here":true}')


@dataclass(slots=True, eq=False)
class Phone:
    """One websocket: what came last and when."""

    crowd: "Crowd"
    sock: socket.socket
    request: bytes
    open: bool = False
    inbox: bytes = b""
    version: int = -1
    at: float = 0.0  # when the version last grew
    frames: int = 0
    longest: int = 0
    unsaid: int = 0
    closed: int | None = None

    def ready(self) -> None:
        if self.request:
            self._knock()
            return
        try:
            data = self.sock.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.end(0)
        elif self.open:
            self._take(self.inbox + data if self.inbox else data)
        else:
            self._handshake(self.inbox + data)

    def _knock(self) -> None:
        try:
            self.sock.sendall(self.request)
        except OSError:
            self.end(0)
            return
        self.request = b""
        self.crowd.line.selector.modify(self.sock, selectors.EVENT_READ, self)

    def _handshake(self, data: bytes) -> None:
        head, end, rest = data.partition(b"\r\n\r\n")
        self.inbox = b"" if end else data
        if not end:
            return
        if b" 101 " not in head.split(b"\r\n", 1)[0] or ACCEPT not in head:
            self.end(0)
            return
        self.open = True
        if rest:
            self._take(rest)

    def _take(self, data: bytes) -> None:
        now, at, size = time.perf_counter(), 0, len(data)
        while size - at >= 2:
            length, start = data[at + 1], at + 2
            if length >= 126:
                wide = 2 if length == 126 else 8
                start += wide
                length = int.from_bytes(data[at + 2 : start])
            if size < start + length:
                break
            opcode = data[at] & 15
            at = start + length
            if opcode == TEXT:
                self._frame(data, start, length, now)
            elif opcode == PING:
                self.say(masked(PONG, data[start:at]))
            elif opcode == CLOSE:
                self.end(int.from_bytes(data[start : start + 2]))
                return
        self.inbox = data[at:]

    def _frame(self, data: bytes, start: int, length: int, now: float) -> None:
        found = VERSION.search(data, start, start + 40)
        version = int(found[1]) if found else -1
        self.unsaid += length
        if length >= HEARTBEAT:
            self.frames += 1
            self.longest = max(self.longest, length)
        if self.crowd.talks and (length < HEARTBEAT or self.unsaid > A_WORD_EVERY):
            self.unsaid = 0
            self.say(HERE)
        if version > self.version:
            if self.version < self.crowd.awaited <= version:
                self.crowd.arrived += 1
            self.version, self.at = version, now

    def say(self, frame: bytes) -> None:
        try:
            self.sock.send(frame)
        except OSError:
            self.end(0)

    def end(self, code: int) -> None:
        if self.closed is None:
            self.closed = code
            self.crowd.line.selector.unregister(self.sock)
            self.sock.close()


@dataclass
class Crowd:
    """The phones of one server, and the moments at which they came to know a version."""

    line: Line
    port: int
    talks: bool = True  # whether its phones answer as our pages do
    phones: list[Phone] = field(default_factory=list)
    awaited: int = 1 << 62
    arrived: int = 0  # how many phones have reached the awaited version

    def connect(self, pages: Iterable[tuple[str, str]], buffer: int = 0) -> list[Phone]:
        """Begin to open a socket for each (path, cookie); `buffer` bounds what the kernel takes in."""
        new = []
        for path, cookie in pages:
            sock = socket.socket()
            if buffer:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", self.port))
            head = (
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n"
                f"Origin: http://127.0.0.1:{self.port}\r\nCookie: {cookie}\r\n\r\n"
            )
            phone = Phone(self, sock, head.encode())
            self.line.selector.register(sock, selectors.EVENT_WRITE, phone)
            new.append(phone)
        self.phones += new
        return new

    def sit(self, pages: Sequence[tuple[str, str]], *, told: bool = True) -> None:
        """Open a socket for each page, some at a time: a storm is a row of its own."""
        for start in range(0, len(pages), 50):
            self.connect(pages[start : start + 50])
            self.opened(told=told)

    def await_version(self, version: int) -> None:
        self.awaited = version
        self.arrived = sum(phone.version >= version for phone in self.phones)

    def reach(self, version: int, timeout: float = 60.0) -> list[float]:
        """Wait until every phone knows `version`; the moments at which they did, in order."""
        self.await_version(version)
        wanted = len(self.phones)
        self.line.until(
            lambda: self.arrived >= wanted, timeout, f"{self.arrived} of {wanted} phones"
        )
        return sorted(phone.at for phone in self.phones)

    def opened(self, timeout: float = 120.0, *, told: bool = True) -> None:
        """Wait until all are open (and `told` their first screen)."""

        def done() -> bool:
            lost = next((phone for phone in self.phones if phone.closed is not None), None)
            if lost:
                raise TooLate(f"a phone was closed with {lost.closed} while the crowd connected")
            return all(phone.version >= 0 if told else phone.open for phone in self.phones)

        self.line.until(done, timeout, f"{len(self.phones)} sockets open")

    @property
    def lost(self) -> int:
        return sum(phone.closed is not None for phone in self.phones)

    def close(self) -> None:
        for phone in self.phones:
            phone.end(1000)
        self.phones.clear()


OPS = count(1)


@dataclass(slots=True, eq=False)
class Post:
    """A kept HTTP connection on the line, for one request at a time: triggers, pledges, reads."""

    line: Line
    port: int
    sock: socket.socket | None = None
    inbox: bytes = b""
    status: int = 0
    body: bytes = b""
    began: float = 0.0
    ended: float = 0.0

    def __post_init__(self) -> None:
        self._open()

    def _open(self) -> socket.socket:
        self.sock = socket.create_connection(("127.0.0.1", self.port))
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.line.selector.register(self.sock, selectors.EVENT_READ, self)
        return self.sock

    def send(self, path: str, body: str = "", cookie: str = "", method: str = "POST") -> None:
        """Send it as the page's script does; `began` is the moment before its first byte left."""
        token = "b" * 32
        request = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Origin: http://127.0.0.1:{self.port}\r\nCookie: csrftoken={token}; {cookie}\r\n"
            f"X-CSRFToken: {token}\r\nHX-Request: true\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()
        sock = self.sock or self._open()
        self.status, self.inbox = 0, b""
        self.began = time.perf_counter()
        sock.sendall(request)

    def ready(self) -> None:
        assert self.sock
        data = self.sock.recv(65536)
        if not data:
            self.close()  # a server does not keep an idle connection for ever
            if self.began and not self.status:
                raise TooLate(f"the server on port {self.port} closed without an answer")
            return
        self.inbox += data
        head, end, body = self.inbox.partition(b"\r\n\r\n")
        if not end:
            return
        lowered = head.lower()
        if b"content-length: " in lowered:
            whole = len(body) >= int(lowered.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        else:
            whole = b"\r\n0\r\n\r\n" in self.inbox or b" 204 " in head
        if whole:
            self.status, self.body, self.ended = int(head[9:12]), body, time.perf_counter()

    def answered(self, timeout: float = 60.0) -> bytes:
        self.line.until(lambda: self.status > 0, timeout, "an answer to a POST")
        if self.status >= 400:
            raise TooLate(f"a POST was answered {self.status}: {self.body[:300]!r}")
        return self.body

    def close(self) -> None:
        if self.sock:
            self.line.selector.unregister(self.sock)
            self.sock.close()
            self.sock = None


def pledge(code: str, ask: int) -> tuple[str, str]:
    """Path and body of an offer as the tray posts it, under an op of its own."""
    op = f"00000000-0000-4000-8000-{next(OPS):012x}"
    return f"/r/{code}/offer/{ask}/", f"kind=advice&strength=firm&note=Call+me.&stay=1&op={op}"


def quantile(values: list[float], q: float) -> float:
    """Of sorted `values`, the one that a share `q` of them does not exceed."""
    return values[min(len(values) - 1, int(q * len(values)))]


def milliseconds(moments: list[float], began: float) -> dict[str, Any]:
    """Trigger to the first, the median, the 99th hundredth and the last phone."""
    spans = [(moment - began) * 1000 for moment in moments]
    named = {"first": 0.0, "median": 0.5, "p99": 0.99}
    return {name: quantile(spans, q) for name, q in named.items()} | {"last": spans[-1]}
