"""The corpus against a real server: lines, headers, bodies and frames that no browser sends.

Whatever comes, nothing answers 500, no socket dies of an exception, and the next one is served.
"""

import asyncio
import re
import socket
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests import corpus
from tests.conftest import Cast
from tests.server import Server

TOKEN = "c" * 32
MB = 1024 * 1024


def said(server: Server, *pieces: bytes, wait: float = 10) -> int:
    """The status of what a server answers to these bytes; 0 when it answers nothing and hangs up."""
    return status_of(server, pieces, wait)


def status_of(server: Server, pieces: Iterable[bytes], wait: float) -> int:
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as line:
        try:
            for piece in pieces:
                line.sendall(piece)
            answer = line.recv(4096)
        except (ConnectionError, TimeoutError):
            return 0
    found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(found[1]) if found else 0


def head(line: str, **headers: str) -> bytes:
    fields = {"Host": "127.0.0.1", "Connection": "close", **headers}
    lines = [line, *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


@pytest.fixture(autouse=True)
def still_serves(server: Server) -> Iterator[None]:
    """After all of it the same process answers as before."""
    yield
    assert server.process.poll() is None
    with urlopen(f"{server.url}/keeping/", timeout=10) as answer:
        assert answer.status == 200


PATHS = (
    *(b"/r/\xff\xfe/", b"/r/%ED%A0%80/", b"/r/%00/", b"/j/%00/", b"/%2e%2e/%2e%2e/etc/passwd", b"*"),
    *(b"/?\xff=\xfe", b"/static/../settings.py", b"/static/%2e%2e/%00", b"http://example.org/", b"/\x01"),
    b"//example.org/",
    *(b"/" + b"a" * 12_000 + b"/", b"/?" + b"a=1&" * 3_000, b"/desk/" + b"9" * 9_000 + b"/", b"/%zz/%"),
)  # fmt: skip


def test_no_address_falls(server: Server) -> None:
    for path in PATHS:
        status = said(
            server, b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        )
        assert status < 500, f"{path[:60]!r}: {status}"


def test_no_method_host_or_header_falls(server: Server) -> None:
    for method in corpus.METHODS:
        assert said(server, head(f"{method} / HTTP/1.1")) < 500, method
    for host in corpus.HOSTS:
        assert said(server, head("GET / HTTP/1.1", Host=host)) < 500, host
    for headers in corpus.HEADERS:
        for method in ("GET", "POST"):
            status = said(server, head(f"{method} / HTTP/1.1", **headers), wait=2)
            assert status < 500, f"{method} {str(headers)[:80]}: {status}"


CHUNKS = (
    *(b"zz\r\nAda\r\n0\r\n\r\n", b"-1\r\nAda\r\n0\r\n\r\n", b"ffffffffffffffff\r\nAda", b"3\r\nAd"),
    *(b"3;x=\xff\r\nAda\r\n0\r\nX: y\r\n\r\n", b"0x3\r\nAda\r\n0\r\n\r\n", b"3\nAda\n0\n\n"),
    *(b"\r\n\r\n", b"\0\0"),
)  # fmt: skip
LINES = (
    *(b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01"),
    b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\x01\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 2_000 + b"\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
    b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-maybe\r\nContent-Length: 0\r\n\r\n",
)  # fmt: skip


def test_no_broken_line_or_chunk_falls(server: Server) -> None:
    """Many of them wait for more and are answered nothing, so they are sent side by side."""
    chunked = head("POST / HTTP/1.1", Transfer_Encoding="chunked")
    sent = [*LINES, *(chunked + chunk for chunk in CHUNKS)]
    with ThreadPoolExecutor(len(sent)) as lines:
        answers = list(lines.map(lambda each: said(server, each, wait=3), sent))
    assert [
        (each[-60:], answer) for each, answer in zip(sent, answers, strict=True) if answer >= 500
    ] == []
    assert 400 in answers


def form(cast: Cast, kind: str, **length: str) -> bytes:
    return head(
        f"POST /r/{cast.ring.code}/join/ HTTP/1.1",
        Cookie=f"csrftoken={TOKEN}",
        X_CSRFToken=TOKEN,
        Content_Type=kind,
        **length,
    )


def chunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes without a length told before."""
    for piece in pieces:
        yield f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    yield b"0\r\n\r\n"


PARTS = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="name"'
LARGE = {
    "form": ("application/x-www-form-urlencoded", b"name="),
    "file": (PARTS, PART + b'; filename="f"\r\n\r\n'),
    "part": (PARTS, PART + b"\r\n\r\n"),
    "json": ("application/json", b'"'),
}


@pytest.mark.parametrize(("kind", "start"), LARGE.values(), ids=list(LARGE))
def test_sixty_megabytes_are_refused_and_nobody_comes_in(
    server: Server, live_cast: Cast, kind: str, start: bytes
) -> None:
    body = [start, *[b"a" * MB] * 60]
    told = form(live_cast, kind, Content_Length=str(len(start) + 60 * MB))
    untold = form(live_cast, kind, Transfer_Encoding="chunked")
    assert status_of(server, [told, *body], 60) in {400, 413}
    assert status_of(server, [untold, *chunked(body)], 60) in {400, 413}
    assert not live_cast.ring.participants.exists()


def test_no_frame_kills_a_socket(server: Server, live_cast: Cast) -> None:
    """Each on a page of its own: ignored, or the page is told in a code why it is closed."""
    path = f"ws://127.0.0.1:{server.port}/stage/{live_cast.ring.stage_token}/live/"

    async def send(name: str, frame: str | bytes | list[str]) -> str:
        async with connect(path, max_size=None) as page:
            await page.recv()
            try:
                await page.send(frame)
                await (await page.ping())
            except ConnectionClosed:
                pass
            # a frame of more than 4 kB ends the line without a word (Autobahn); any other is answered
            fine = {1006, 1009} if len(frame) > 4096 else {None, 4429}
            return "" if page.close_code in fine else f"{name}: {page.close_code}"

    async def all_of_them() -> list[str]:
        frames = list(corpus.FRAMES.items())
        found: list[str] = []
        for start in range(0, len(frames), 20):
            found += await asyncio.gather(*(send(*each) for each in frames[start : start + 20]))
        return [line for line in found if line]

    assert "\n".join(asyncio.run(all_of_them())) == ""


def test_no_address_or_header_kills_a_handshake(server: Server, live_cast: Cast) -> None:
    """Whatever stands where a code, a token or an id does is somebody else's."""
    code = live_cast.ring.code
    paths = [f"/{kind}/{{}}/live/" for kind in ("r", "stage", "desk")]
    places = [
        v for v in (*map(_quoted, corpus.NUMBERS), "%ED%A0%80", "%00x", "a%0d%0ab") if len(v) < 6000
    ]
    asked = [path.format(place) for path in paths for place in places if place]
    since = [
        f"/stage/{live_cast.ring.stage_token}/live/?since={_quoted(v)}" for v in corpus.NUMBERS[:20]
    ]

    async def code_of(path: str, **headers: str) -> int | None:
        url = f"ws://127.0.0.1:{server.port}{path}"
        try:
            async with connect(url, additional_headers=headers) as page:
                with suppress(ConnectionClosed):
                    await asyncio.wait_for(page.recv(), 20)
                return page.close_code
        except InvalidStatus as refused:  # what is no address at all ends in the handshake
            return refused.response.status_code

    async def all_of_them() -> list[str]:
        wrong = [f"{p}: {c}" for p in asked if (c := await code_of(p)) not in {400, 4401, 4404}]
        wrong += [f"{p}: {c}" for p in since if (c := await code_of(p)) is not None]
        for headers in corpus.HEADERS:
            if "Content-Length" not in headers and "".join(headers.values()).isprintable():
                found = await code_of(f"/r/{code}/live/", **headers)
                wrong += [f"{headers}: {found}"] if found not in {400, 4404} else []
        for origin in ("null", "http://[", "javascript:1", "x" * 500, "http://127.0.0.1:1"):
            found = await code_of(since[0], Origin=origin)
            wrong += [f"{origin}: {found}"] if found not in {400, 4404} else []
        return wrong

    assert "\n".join(asyncio.run(all_of_them())) == ""


def _quoted(value: str) -> str:
    return value if "%" in value else quote(value, safe="")
