"""What the rig starts and owns: PostgreSQL, Redis and Daphne, each on a port and in a folder of its own.

They can be killed, frozen and started again in the middle of a scenario. Each is ended by its own
id: when its rig ends, or at the latest when Python does. The machine's services are never touched.
"""

import asyncio
import atexit
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psycopg

ROOT = Path(__file__).parent.parent.parent
# PostgreSQL refuses to run as root; anybody else runs it as themselves.
POSTGRES_USER = "postgres" if os.getuid() == 0 else None


def free_port() -> int:
    """A port nobody listens on, below those the kernel lends to outgoing connections.

    While a service is down its port must not become a client's: on the loopback such a client could
    even connect to itself.
    """
    while True:
        port = random.randint(20_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def program(name: str) -> str:
    """Where a server program is: on the path, or where Debian keeps PostgreSQL's."""
    debian = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *debian]))
    if found is None:
        raise RuntimeError(f"The rig needs {name}, which is not installed.")
    return found


class Service:
    """One process of the rig's own, restartable on the same port; `log` keeps all it has said."""

    user: str | None = None

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.port = free_port()
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    async def answers(self) -> bool:
        raise NotImplementedError

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    async def start(self) -> None:
        """Start it and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=ROOT,
                env=self.environment(),
                user=self.user,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        _alive.append(self)
        deadline = time.monotonic() + 40
        while self.running and time.monotonic() < deadline:
            if await self.answers():
                return
            await asyncio.sleep(0.05)  # until it listens
        last = self.log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{self.name} did not start:\n{last}")

    def send(self, how: signal.Signals) -> None:
        if self.process is None:
            raise RuntimeError(f"{self.name} was never started.")
        self.process.send_signal(how)

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it by a signal and wait until it is gone."""
        self.send(how)
        process = self.process
        if process is not None:
            await asyncio.to_thread(process.wait, 30)

    async def kill(self) -> None:
        await self.stop(signal.SIGKILL)

    def freeze(self) -> None:
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.send(signal.SIGCONT)

    def end(self) -> None:
        """The last thing that happens to it, whatever state it is in."""
        if self.process is not None and self.running:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait(timeout=20)


_alive: list[Service] = []


@atexit.register
def end_all() -> None:
    """Nothing the rig started outlives it."""
    while _alive:
        _alive.pop().end()


class Postgres(Service):
    """A PostgreSQL cluster copied from `template`; data is synced to disk as in production."""

    user = POSTGRES_USER

    def __init__(self, folder: Path, template: Path, options: dict[str, str]) -> None:
        super().__init__(folder, "postgres")
        self.data = folder / "postgres"
        self.options = {"port": str(self.port), "listen_addresses": "127.0.0.1", **options}
        subprocess.run(["cp", "-a", template, self.data], check=True)

    @staticmethod
    def make(data: Path) -> None:
        """A new cluster in the folder `data`."""
        data.mkdir()
        if POSTGRES_USER:
            shutil.chown(data, POSTGRES_USER)
        command = [program("initdb"), "-D", str(data), "-U", "rig", "-A", "trust", "--no-sync"]
        command += ["-E", "UTF8", "--locale", "C.UTF-8"]
        subprocess.run(command, check=True, user=POSTGRES_USER, cwd="/", stdout=subprocess.DEVNULL)

    def command(self) -> list[str]:
        settings = [
            part for name, value in self.options.items() for part in ("-c", f"{name}={value}")
        ]
        return [program("postgres"), "-D", str(self.data), "-k", "", *settings]

    @property
    def url(self) -> str:
        return f"postgres://rig@127.0.0.1:{self.port}/postgres"

    async def answers(self) -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(self.url, connect_timeout=2)
        except psycopg.OperationalError:
            return False
        await connection.close()
        return True

    async def stop_at_once(self) -> None:
        """`pg_ctl stop -m immediate`: no goodbye, recovery at the next start."""
        await self.stop(signal.SIGQUIT)

    async def stop_fast(self) -> None:
        """`pg_ctl restart`'s way down: transactions are rolled back, all is written."""
        await self.stop(signal.SIGINT)


class Redis(Service):
    """A Redis that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "redis")

    def command(self) -> list[str]:
        quiet = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
        return [program("redis-server"), "--port", str(self.port), *quiet]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    async def say(self, word: str) -> bytes:
        """One command without arguments, as bytes on the line."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"{word}\r\n".encode())
        answer = await asyncio.wait_for(reader.readline(), 5)
        writer.close()
        return answer

    async def answers(self) -> bool:
        try:
            return await self.say("PING") == b"+PONG\r\n"
        except (OSError, TimeoutError):
            return False


class Web(Service):
    """One process of the product (`manage.py serve`), perhaps with a mutant's patch."""

    def __init__(self, folder: Path, name: str, env: dict[str, str], mutant: str = "") -> None:
        super().__init__(folder, name)
        self.env, self.mutant = env, mutant

    def command(self) -> list[str]:
        serve = [sys.executable, "-W", "ignore", "-m", "tests.rig.serve", "--port", str(self.port)]
        return [*serve, "--mutant", self.mutant] if self.mutant else serve

    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.env}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def answers(self) -> bool:
        try:
            async with httpx.AsyncClient(timeout=5, verify=False) as client:  # noqa: S501  (loopback)
                return (await client.get(f"{self.url}/healthz")).status_code == 200
        except httpx.TransportError:
            return False
