"""Starting what is measured: the site on databases of its own, and its peers, each in its own process.

Servers are pinned to the first core and the client to the last, where the system can do that. What is
started here is ended here, by its process id.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent
POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")


def cores() -> list[int]:
    """The cores we may use; none where the system does not pin."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


ALL = cores()
Ring = dict[str, Any]  # as peers/make_rings.py prints it


def pin(pid: int, *which: int) -> None:
    """Keep a process to cores: 0 is the first we may use, -1 the last."""
    if len(ALL) > 1:
        os.sched_setaffinity(pid, {ALL[number] for number in which})


@dataclass
class Server:
    """One process that answers on `port`."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """CPU seconds all its threads have used so far (0.0 where /proc does not say)."""
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def memory(self) -> int:
        """Resident bytes now."""
        with suppress(OSError):
            pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
            return int(pages) * os.sysconf("SC_PAGE_SIZE")
        asked = subprocess.check_output(["ps", "-o", "rss=", "-p", str(self.process.pid)])
        return int(asked) * 1024

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=15)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Database:
    """A fresh database with its tables; `url` is how the site is told of it."""

    url: str

    def env(self, **more: str) -> dict[str, str]:
        own = {"DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": "ringsite.settings"}
        plain = {"REDIS_URL": "", "DEMO": "", "PRODUCTION": "", "SITE_URL": "", "PROCESSES": "1"}
        return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path[1:]), **plain, **own, **more}

    def call(self, module: str, *words: str, timeout: int = 300) -> Any:
        """Run one of our helpers with Django set up on this database; what it prints is JSON."""
        command = [sys.executable, "-W", "ignore", "-m", f"bench.peers.{module}", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self.env(), check=True, timeout=timeout, stdout=subprocess.PIPE
        )
        return json.loads(done.stdout)

    def ring(self, seats: int, *, rings: int = 1, phase: str = "turns") -> list[Ring]:
        """Rings of so many seats, each as {pk, code, invite, ask, version, seats: [[pk, cookie], …]}."""
        made: list[Ring] = self.call("make_rings", str(rings), str(seats), phase)
        return made


@dataclass
class Place:
    """Where a run keeps its files, and all it has started."""

    stack: ExitStack
    folder: Path
    made: int = 0

    def sqlite(self) -> Database:
        self.made += 1
        file = self.folder / f"bench-{self.made}.sqlite3"
        file.write_bytes(_empty())
        return Database(f"sqlite:///{file}")

    def postgres(self) -> Database | None:
        """A database of its own on the PostgreSQL of BENCH_POSTGRES; None where none answers."""
        import psycopg  # where it is not wanted, nobody waits for it

        self.made += 1
        name = f"ringsite_bench_{os.getpid()}_{self.made}"
        try:
            with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=5) as connection:
                connection.execute(f"CREATE DATABASE {name}")
        except psycopg.OperationalError:
            return None

        def drop() -> None:
            with psycopg.connect(POSTGRES, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

        self.stack.callback(drop)
        return _migrated(Database(urlsplit(POSTGRES)._replace(path=f"/{name}").geturl()))

    def redis(self) -> str:
        """The address of a Redis of our own; "" where there is no redis-server to start."""
        binary = shutil.which("redis-server")
        if binary is None:
            return ""
        port = free_port()
        words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        process = subprocess.Popen(
            [binary, *words, "--dir", str(self.folder)], stdout=subprocess.DEVNULL
        )
        server = Server("redis", port, process)
        self.stack.callback(server.stop)
        pin(process.pid, 0)
        _answers(server)
        return f"redis://127.0.0.1:{port}/0"

    def raw(self) -> Server | None:
        """The limit in C; None where there is no compiler, or no epoll."""
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None or sys.platform != "linux":
            return None
        program = self.folder / "raw"
        source = ROOT / "bench" / "peers" / "raw.c"
        subprocess.run([compiler, "-O2", "-o", str(program), str(source)], check=True, timeout=60)
        return self._start("raw sockets in C", [str(program)], dict(os.environ))

    def served(self, app: str, database: Database, core: int = 0, **env: str) -> Server:
        """Daphne exactly as `manage.py serve` runs it, around one of the applications in peers/served.py."""
        command = [sys.executable, "-W", "ignore", "-m", "bench.peers.served", app]
        return self._start(app, command, database.env(**env), core)

    def uvicorn(self, app: str, database: Database, **env: str) -> Server:
        """The same application on uvicorn, as docs/speed.md says for large events."""
        command = [sys.executable, "-W", "ignore", "-m", "bench.peers.served", f"{app}+uvicorn"]
        return self._start(f"{app} on uvicorn", command, database.env(**env))

    def _start(self, name: str, command: list[str], env: dict[str, str], core: int = 0) -> Server:
        port = free_port()
        with (self.folder / "servers.log").open("ab") as log:
            process = subprocess.Popen([*command, str(port)], cwd=ROOT, env=env, stderr=log)
        pin(process.pid, core)
        server = Server(name, port, process)
        self.stack.callback(server.stop)
        _answers(server)
        return server


def _migrated(database: Database) -> Database:
    command = [sys.executable, "-W", "ignore", "manage.py", "migrate", "-v", "0"]
    subprocess.run(command, cwd=ROOT, env=database.env(), check=True, timeout=120)
    return database


@cache
def _empty() -> bytes:
    """A SQLite file with its tables: made once, for it takes seconds."""
    with TemporaryDirectory(prefix="ringsite-bench-") as folder:
        file = Path(folder) / "empty.sqlite3"
        _migrated(Database(f"sqlite:///{file}"))
        return file.read_bytes()


def _answers(server: Server) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)  # until it listens
    raise RuntimeError(f"{server.name} did not answer on port {server.port}")


@contextmanager
def place() -> Iterator[Place]:
    """Files and processes for a while; everything is ended and removed at the end."""
    pin(0, -1)
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="ringsite-bench-"))
        yield Place(stack, Path(folder))
