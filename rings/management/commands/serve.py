"""Serve the site with Daphne: the one place for its limits, its listen queue, and how it stops."""

import asyncio
import os
import signal
import sys
import time
from argparse import ArgumentParser
from typing import Any

import daphne.server
from daphne.cli import CommandLineInterface
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server, reactor
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.core.management.base import BaseCommand

from rings.hub import CloseCode, hub
from ringsite import asgi

ANSWER_WITHIN = 10.0  # seconds that requests in flight have to finish when the process is to stop
A_BREATH = 100  # words of a page that may come at once


class BoundedRequest(WebRequest):  # type: ignore[misc]  # Daphne is not typed
    """A request whose body ends where ours do, where Daphne would keep and parse whatever comes.

    More is thrown away as it comes: one byte too many is enough for the answer 413 (ringsite/asgi.py).
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        # nobody here asks for Twisted's own reading of the form
        super().__init__(*args, parsePOSTFormSubmission=False, **options)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        # Twisted tells a request its path only when it is whole
        path = self.channel._path.partition(b"?")[0].decode("latin-1")
        room = asgi.body_max(path) + 1 - self.content.tell()
        super().handleContentChunk(data[: max(0, room)])

    def check_timeouts(self) -> None:
        """What began to answer in time may take its time: cut off, a file would look like a whole one."""
        if not self._response_started:
            super().check_timeouts()


class BoundedFactory(HTTPFactory):  # type: ignore[misc]  # Daphne is not typed
    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802  # Twisted's name
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol


class BoundedSocket(WebSocketProtocol):  # type: ignore[misc]  # Daphne is not typed
    """A page's line that is cut in the middle of a flood.

    Thousands of frames may come in one breath, and would all be parsed before the consumer, whose bound
    is a lower one (rings/consumers.py), has seen any of them: nobody else's line is served meanwhile.
    """

    breath, flooded = 0, False

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        self.breath = 0
        if not self.flooded:
            super().dataReceived(data)

    def processData(self) -> bool:  # noqa: N802  # Autobahn's name; True: go on with the next frame
        return not self.flooded and bool(super().processData())

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803  # Autobahn's names
        self.breath += 1
        self.flooded = self.breath > A_BREATH
        if self.flooded:
            self.serverClose(code=CloseCode.FLOOD)
        else:
            super().onMessage(payload, isBinary)


# Daphne has no seam for these
daphne.server.HTTPFactory, WebSocketFactory.protocol = BoundedFactory, BoundedSocket


class GracefulServer(Server):  # type: ignore[misc]  # Daphne is not typed
    """Daphne that stops without anybody losing what they had sent.

    On SIGTERM (or Ctrl-C) it takes no new connections, so that a proxy goes to the other process;
    tells every open page to come back in a moment; answers what is in flight; and ends. A second
    signal ends it at once.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, signal_handlers=False, **options)
        self.ports: list[Any] = []
        loop = reactor._asyncioEventloop
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, self.leave)

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self.ports.append(port)

    def leave(self) -> None:
        if hub.stopping:
            self.stop()
            return
        hub.stopping = True
        for port in self.ports:
            port.stopListening()
        self.leaving = asyncio.ensure_future(self._leave())

    async def _leave(self) -> None:
        deadline = time.monotonic() + ANSWER_WITHIN
        await hub.move_everybody()
        while asgi.http.at_work and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        self.stop()


class CommandLine(CommandLineInterface):  # type: ignore[misc]  # Daphne is not typed
    server_class = GracefulServer


class Command(BaseCommand):
    help = "Serve on HOST:PORT (127.0.0.1:8000)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST_BIND", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        where = host.replace(":", r"\:")
        sys.argv[0] = "daphne"
        CommandLine().run(
            [
                # a whole room scans at once: the default queue of 50 loses a tenth of a storm
                *("-e", f"tcp:port={port}:interface={where}:backlog=4096"),
                *("--websocket_connect_timeout", "20", "--http-timeout", "30"),
                *("--ping-interval", "10", "--ping-timeout", "15"),
                # frames from pages are tiny; the message bound counts what we send too (Autobahn
                # drops a longer one in silence), so rings.consumers holds the bound on what comes in
                *("--websocket-max-frame-size", "4096"),
                *("--websocket-max-message-size", str(1024 * 1024)),
                *("--server-name", "", "-v", "0"),
                "ringsite.asgi:application",
            ]
        )
