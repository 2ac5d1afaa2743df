"""Serve the site with Daphne, with the limits and the listen queue our rooms need."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from daphne.cli import CommandLineInterface
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Serve on HOST:PORT (127.0.0.1:8000)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST_BIND", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        where = host.replace(":", r"\:")
        sys.argv[0] = "daphne"
        CommandLineInterface().run(
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
