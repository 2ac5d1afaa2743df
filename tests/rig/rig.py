"""The rig: a set-up of real services that a scenario works with, and what it may ask of them.

`small` is one Daphne with SQLite and the in-memory layer; `large` two Daphnes with PostgreSQL and
Redis. Phones go through the rig's proxy (`rig.url`), or to one process (`rig.web[0].url`).
"""

import asyncio
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.rig.history import EventRow, OfferRow, Rows
from tests.rig.phones import Circle
from tests.rig.proxy import Proxy
from tests.rig.services import ROOT, Postgres, Redis, Service, Web

# How many scenarios run beside one another: of those that mostly wait, and of those that load the machine
# and hold whatever the seconds are.
WAITS, UNTIMED = 8, 2


@dataclass(frozen=True)
class Size:
    """How much a scenario does: the short form in `make test`, the full one in `make rig`."""

    full: bool

    def pick[T](self, short: T, full: T) -> T:
        return full if self.full else short


@dataclass(frozen=True)
class Mutant:
    """A mechanism switched off, and the scenario that must notice."""

    name: str
    caught_by: str
    patch: str = ""  # a function of tests/rig/mutants.py, applied in the server's process
    sql: str = ""
    postgres: tuple[tuple[str, str], ...] = ()  # settings of the rig's own PostgreSQL


MUTANTS = (
    Mutant(
        "no unique key on op",
        "p02",
        patch="forget_ops",
        sql="ALTER TABLE rings_event DROP CONSTRAINT event_op_once_a_ring",
    ),
    Mutant("a blind advance", "p03", patch="blind_advance"),
    Mutant("announcing before commit", "p04", patch="early_word"),
    Mutant(
        "synchronous_commit=off",
        "p01",
        postgres=(
            ("synchronous_commit", "off"),
            # nothing else may happen to write what was not synced
            ("wal_writer_delay", "10s"),
            ("wal_writer_flush_after", "256MB"),
            ("wal_buffers", "64MB"),
        ),
    ),
    Mutant("a group name taken from the client", "p05", patch="client_group"),
    Mutant("no repair loop", "p04", patch="no_repair"),
    Mutant("a planted cross-ring leak", "p05", patch="shared_slot"),
)


class Workshop:
    """The folder of a run, with an empty, migrated database of each kind to copy from."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rig-"))
        self.folder.chmod(0o755)  # PostgreSQL's user must get in
        self._rigs = 0
        self._making = (
            threading.Lock()
        )  # scenarios beside one another have a thread and a loop each

    def __enter__(self) -> "Workshop":
        return self

    def __exit__(self, *error: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def next_folder(self) -> Path:
        self._rigs += 1
        folder = self.folder / str(self._rigs)
        folder.mkdir()
        return folder

    async def sqlite(self) -> Path:
        made = self.folder / "template.sqlite3"
        with self._making:
            if not made.exists():
                await manage({"DATABASE_URL": f"sqlite:///{made}"}, "manage.py", "migrate", "-v0")
        return made

    async def postgres(self) -> Path:
        made = self.folder / "template"
        with self._making:
            if not made.exists():
                await self._make_postgres(made)
        return made

    async def _make_postgres(self, made: Path) -> None:
        making = self.folder / "making"
        await asyncio.to_thread(Postgres.make, making)
        service = Postgres(self.next_folder(), making, {"fsync": "off"})
        await service.start()
        await manage({"DATABASE_URL": service.url}, "manage.py", "migrate", "-v0")
        await service.stop_fast()
        service.data.rename(made)


async def manage(env: dict[str, str], *arguments: str) -> str:
    """Run Python in the project with this environment; what it printed."""

    def run() -> str:
        command = [sys.executable, "-W", "ignore", *arguments]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)[:80]} failed:\n{done.stderr[-2000:]}")
        return done.stdout

    return await asyncio.to_thread(run)


class Rig:
    """One set-up, for one scenario: `async with Rig(workshop, "large", seed) as rig:`."""

    def __init__(
        self, workshop: Workshop, setup: str, seed: int, mutant: Mutant | None = None
    ) -> None:
        self.workshop, self.setup, self.mutant = workshop, setup, mutant
        self.dice = random.Random(seed)
        self.folder = workshop.next_folder()
        self.web: list[Web] = []
        self.postgres: Postgres | None = None
        self.redis: Redis | None = None
        self.env = {"DEMO": "", "PROCESSES": "1", "REDIS_URL": ""}
        self._stack = AsyncExitStack()

    @property
    def services(self) -> list[Service]:
        return [s for s in (*self.web, self.postgres, self.redis) if s is not None]

    @property
    def url(self) -> str:
        """Where phones go: the proxy before the server processes."""
        return self.line.url

    async def __aenter__(self) -> "Rig":
        try:
            await (self._large() if self.setup == "large" else self._small())
            if self.mutant and self.mutant.sql:
                await self.execute(self.mutant.sql)
            await asyncio.gather(*(web.start() for web in self.web))
            ports = [web.port for web in self.web]
            self.line = await self._stack.enter_async_context(Proxy(ports, self.dice))
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()
        for service in self.services:
            service.end()

    async def _small(self) -> None:
        self.database = self.folder / "db.sqlite3"
        shutil.copy(await self.workshop.sqlite(), self.database)
        self.env["DATABASE_URL"] = f"sqlite:///{self.database}"
        self.web = [self._serve("web1")]

    async def _large(self) -> None:
        template = await self.workshop.postgres()
        options = dict(self.mutant.postgres) if self.mutant else {}
        self.postgres = Postgres(self.folder, template, options)
        self.redis = Redis(self.folder)
        self.env |= {"DATABASE_URL": self.postgres.url, "REDIS_URL": self.redis.url}
        self.env["PROCESSES"] = "2"
        await asyncio.gather(self.postgres.start(), self.redis.start())
        self.web = [self._serve("web1"), self._serve("web2")]

    def _serve(self, name: str) -> Web:
        return Web(self.folder, name, self.env, self.mutant.patch if self.mutant else "")

    # --- what a scenario asks ---

    async def furnish(
        self, *, rings: int, people: int, phase: str = "turns", shown: int = 3
    ) -> list[Circle]:
        """New rings with everybody in and every ask written; see tests/rig/furnish.py."""
        wanted = {"rings": rings, "people": people, "phase": phase, "shown": shown}
        told = await manage(self.env, "-m", "tests.rig.furnish", json.dumps(wanted))
        return [Circle(**ring) for ring in json.loads(told)]

    async def read(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of the rig's database, read beside the product."""
        return await asyncio.to_thread(self._query, sql, True)

    async def execute(self, sql: str) -> None:
        await asyncio.to_thread(self._query, sql, False)

    def _query(self, sql: str, rows: bool) -> list[tuple[object, ...]]:
        if self.postgres:
            with psycopg.connect(self.postgres.url, autocommit=True) as connection:
                cursor = connection.execute(sql)
                return cursor.fetchall() if rows else []
        lite = sqlite3.connect(self.database, timeout=20)
        try:
            with lite:
                return lite.execute(sql).fetchall()
        finally:
            lite.close()

    async def rows(self) -> Rows:
        """All that the checker holds a history against."""
        versions = await self.read("SELECT id, version FROM rings_ring")
        events = await self.read("SELECT ring_id, version, op, kind FROM rings_event")
        offers = await self.read(
            "SELECT helper_id, ask_id, note FROM rings_offer WHERE status <> 'withdrawn'"
        )
        return Rows(
            {int(str(pk)): int(str(version)) for pk, version in versions},
            [EventRow(*row) for row in events],  # type: ignore[arg-type]  # typed by the columns
            [OfferRow(*row) for row in offers],  # type: ignore[arg-type]  # typed by the columns
        )

    def logs(self) -> str:
        """All that the server processes have said."""
        return "\n".join(web.log.read_text(errors="replace") for web in self.web)
