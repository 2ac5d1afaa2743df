"""A proxy of the rig's own between phones and servers, that can break the line in every usual way.

It passes bytes, one upstream after the other, and goes to the next where one refuses. What is held
back is delivered when the line is good again, as TCP does after lost packets.
"""

import asyncio
import random
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 s: closing sends a reset


@dataclass(eq=False)
class Line:
    """One connection through the proxy."""

    phone: asyncio.StreamWriter
    server: asyncio.StreamWriter
    websocket: bool = False
    tasks: tuple[asyncio.Task[None], ...] = ()

    def reset(self) -> None:
        for writer in (self.phone, self.server):
            _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


class Proxy:
    """Listens on a port of its own for as long as it is entered: `async with Proxy(ports) as line:`."""

    def __init__(self, upstreams: Sequence[int], dice: random.Random | None = None) -> None:
        self.upstreams = list(upstreams)
        self.dice = dice or random.Random()
        self.lines: set[Line] = set()
        self.port = 0
        self._turn = 0
        self._open = asyncio.Event()  # cleared: nothing gets through
        self._open.set()
        self._wait = 0.0
        self._dropped = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- what can go wrong ---

    def cut(self) -> None:
        """Reset every connection there is; new ones are taken as before."""
        for line in list(self.lines):
            line.reset()

    def delay(self, seconds: float) -> None:
        """Hold each piece of data that long, both ways."""
        self._wait = seconds

    def black_hole(self) -> None:
        """Take connections, and let nothing through."""
        self._open.clear()

    def drop_answers(self, share: float) -> None:
        """Let that share of the requests through, throw their answer away, and reset the connection."""
        self._dropped = share

    def restore(self) -> None:
        self._wait = self._dropped = 0.0
        self._open.set()

    # --- passing on ---

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0, backlog=4096)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        self.restore()
        self.cut()

    async def _take(self, reader: asyncio.StreamReader, phone: asyncio.StreamWriter) -> None:
        await self._open.wait()
        found = await self._reach()
        if found is None:
            _reset(phone)
            return
        answers, server = found
        line = Line(phone, server)
        self.lines.add(line)
        line.tasks = (
            asyncio.create_task(self._pass(line, reader, server, up=True)),
            asyncio.create_task(self._pass(line, answers, phone, up=False)),
        )
        await asyncio.gather(*line.tasks)
        self.lines.discard(line)

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """The next server in turn that takes the connection."""
        self._turn += 1
        for step in range(len(self.upstreams)):
            port = self.upstreams[(self._turn + step) % len(self.upstreams)]
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
        return None

    async def _pass(
        self, line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool
    ) -> None:
        try:
            while data := await reader.read(65536):
                if self._wait:
                    await asyncio.sleep(self._wait)
                await self._open.wait()
                if up:
                    line.websocket = line.websocket or b"upgrade: websocket" in data.lower()
                elif not line.websocket and self.dice.random() < self._dropped:
                    line.reset()
                    return
                writer.write(data)
                await writer.drain()
        except OSError:
            line.reset()
        finally:
            if not writer.is_closing():
                writer.close()
