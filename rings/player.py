"""Light clients that play a ring against a running server: a desk, a stage, and one phone a person.

They know only what a browser knows: pages, forms, cookies and frames. `manage.py play_ring`, the
tests and the bench drive them; nothing in the product imports them.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

TOKEN = re.compile(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>')


def plain(html: str) -> str:
    """HTML without the one thing that differs between a push and a page: the form token's value."""
    return TOKEN.sub("", html)


class Refused(Exception):
    """The server answered with an error; the message holds status and first words."""

    def __init__(self, what: str, status: int, words: str = "") -> None:
        super().__init__(f"{what}: {status} {words}".strip())
        self.status = status


@dataclass
class Screen:
    """One open page of one audience: a browser's cookies, its socket, and the fragments it shows."""

    server: str
    path: str
    http: httpx.AsyncClient
    fragments: dict[str, str] = field(default_factory=dict)
    version: int = -1
    heard_at: float = 0.0
    closed: int | None = None
    _socket: ClientConnection | None = None
    _reader: asyncio.Task[None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def at(cls, server: str, path: str = "/", http: httpx.AsyncClient | None = None) -> "Screen":
        client = http or httpx.AsyncClient(base_url=server, timeout=30, headers={"Referer": server})
        return cls(server, path, client)

    # --- pages and forms ---

    async def get(self, path: str = "") -> str:
        answer = await self.http.get(path or self.path, follow_redirects=True)
        if answer.status_code >= 400:
            raise Refused(f"GET {path or self.path}", answer.status_code)
        self.path = answer.url.path if not path else self.path
        return answer.text

    async def post(self, path: str, **fields: object) -> httpx.Response:
        """Post a form as the page's script does: with the token, an op, and HX-Request."""
        data = {name: str(value) for name, value in fields.items() if value is not None}
        data.setdefault("op", str(uuid4()))
        token = self.http.cookies.get("csrftoken") or self.http.cookies.get("__Host-csrf") or ""
        headers = {"X-CSRFToken": token, "HX-Request": "true", "Origin": self.server}
        answer = await self.http.post(path, data=data, headers=headers)
        if answer.status_code >= 400:
            words = re.sub(r"<[^>]+>|\s+", " ", answer.text)[:300]
            raise Refused(f"POST {path}", answer.status_code, unescape(words).strip())
        return answer

    # --- the socket ---

    async def open(self, path: str | None = None) -> None:
        """Connect, and wait for the first word."""
        url = self.server.replace("http", "ws", 1) + (path or self.path) + "live/"
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.http.cookies.jar)
        self._socket = await connect(
            url,
            additional_headers={"Cookie": cookies},
            origin=self.server,  # type: ignore[arg-type]  # a NewType of str
            max_size=None,
            open_timeout=30,
        )
        self._reader = asyncio.create_task(self._read(self._socket))
        await self.until(lambda: self.version >= 0 or self.closed is not None)

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for message in socket:
                frame = json.loads(message)
                self.fragments.update(frame["fragments"])
                self.version, self.heard_at = (
                    max(self.version, frame["version"]),
                    time.perf_counter(),
                )
                self._news.set()
                await socket.send(json.dumps({"here": True}))
        except ConnectionClosed:
            pass
        finally:
            self.closed = socket.close_code
            self._news.set()

    async def until(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        """Wait for news until the condition holds; TimeoutError says it did not."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def reach(self, version: int) -> None:
        """Wait until this screen shows `version` or newer; Refused says that its socket was closed."""
        await self.until(lambda: self.version >= version or self.closed is not None)
        if self.version < version:
            raise Refused(f"the socket of {self.path} was closed", self.closed or 0)

    async def shut(self) -> None:
        if self._reader:
            self._reader.cancel()
        if self._socket:
            await self._socket.close()
        await self.http.aclose()

    async def differs(self) -> list[str]:
        """The names of fragments that a fresh page would show otherwise. Empty is right."""
        page = plain(await self.get())
        return [name for name, html in self.fragments.items() if plain(html) not in page]


async def phone(server: str, code: str, name: str) -> Screen:
    """Join by code as a phone does: open the page, give a name, follow the ring."""
    screen = Screen.at(server, f"/r/{code}/")
    await screen.get()
    await screen.post(f"/r/{code}/join/", name=name)
    return screen


async def sign_in(server: str, email: str, password: str) -> Screen:
    """A facilitator's browser, signed in through the sign-in page."""
    screen = Screen.at(server)
    page = await screen.get("/accounts/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    fields = {"login": email, "password": password, "csrfmiddlewaretoken": token and token[1]}
    answer = await screen.http.post("/accounts/login/", data=fields, headers={"Origin": server})
    if answer.status_code != 302:
        raise Refused("sign-in", answer.status_code)
    return screen
