"""A real server process on the test database, for tests that speak HTTP and websockets to it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.db import connection

OWN = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"  # this worker's prefix on Redis
ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_redis() -> str:
    """This worker's Redis database: the given one for one worker, the next ones for more; "" for none."""
    base, _, number = str(settings.REDIS_URL).rpartition("/")
    worker = int("".join(c for c in OWN if c.isdecimal()) or 0)
    return f"{base}/{int(number) + worker}" if base else ""


def database_url() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    host, port = connection.settings_dict["HOST"], connection.settings_dict["PORT"] or 5432
    return f"postgres://{connection.settings_dict['USER']}@{host}:{port}/{name}"


@dataclass
class Server:
    """One server process; `url` is where it answers."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and wait until it is gone."""
        self.process.send_signal(how)
        self.process.wait(timeout=20)


SITE = ("manage.py", "serve")


def start(port: int | None = None, program: Sequence[str] = SITE, database: str = "") -> Server:
    """Start a server on the test database, or another one, and wait until it answers."""
    port = port or free_port()
    env = {
        **os.environ,
        "DATABASE_URL": database or database_url(),
        "REDIS_URL": own_redis(),
        "REDIS_PREFIX": OWN,
        "PORT": str(port),
        "DEMO": "",
    }
    command = [sys.executable, "-W", "ignore", *program, "--port", str(port)]
    server = Server(port, subprocess.Popen(command, cwd=ROOT, env=env))
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with urlopen(f"{server.url}/keeping/", timeout=5):
                return server
        except (URLError, ConnectionError):
            time.sleep(0.05)  # until it listens
    raise RuntimeError(f"the server did not answer on port {port}")


@contextmanager
def running(program: Sequence[str] = SITE, database: str = "") -> Iterator[Server]:
    server = start(None, program, database)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
