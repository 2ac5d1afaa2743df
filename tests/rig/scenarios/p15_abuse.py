"""Abuse is contained.

A ring goes on behind the real nginx with deploy/nginx.conf. By turns it is left in peace, and strangers
(tests/rig/strangers.py) hold slow lines, send 60 MB bodies, flood sockets and guess codes. Where nginx is
not installed the phones go straight to the servers, and what nginx guards is left out.
"""

import asyncio
import json
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests import nginx
from tests.rig.findings import Finding, Measure
from tests.rig.history import OK, History
from tests.rig.phones import CSRF, Circle, Phone, load, share, shut_all
from tests.rig.rig import Rig, Size
from tests.rig.services import ROOT
from tests.rig.strangers import ANY, AT_ONCE

PEOPLE, A_SECOND = 40, 4
FLOODERS = 4  # seats of the ring whose holders mean no good
TIMES = 2
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
COMING = 5  # who scan the QR meanwhile, in peace and beside the abuse


@dataclass
class Outside(Phone):
    """A phone that comes through the proxy, whose certificate nobody signed."""

    async def connect(self, path: str) -> ClientConnection:
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.http.cookies.jar)
        return await connect(
            f"{self.server.replace('http', 'ws', 1)}{path}",
            additional_headers={"Cookie": cookies, "Origin": self.server},
            ssl=ANY if self.server.startswith("https") else None,
            max_size=None,
            open_timeout=None,
            ping_interval=None,
        )


async def scenario(rig: Rig, size: Size) -> Finding:
    [circle] = await rig.furnish(rings=1, people=PEOPLE + FLOODERS)
    with _front(rig) as url:
        if url != rig.web[0].url:
            await _behind(rig, url)
        trial = Trial(rig, size, circle, url)
        await trial.run()
    return trial.finding


@contextmanager
def _front(rig: Rig) -> Iterator[str]:
    """Where everybody goes: the proxy before both servers, or a server itself."""
    if not shutil.which("nginx"):
        yield rig.web[0].url
        return
    folder = rig.folder / "nginx"
    folder.mkdir()
    with nginx.running(folder, (rig.web[0].port, rig.web[-1].port)) as front:
        yield front.url


async def _behind(rig: Rig, url: str) -> None:
    """The servers learn their site's address and that a proxy is before them, as in production."""
    rig.env |= {"SITE_URL": url, "TRUSTED_PROXIES": "1"}
    for web in rig.web:
        await web.stop()
        await web.start()


@dataclass
class Trial:
    """The same load in peace and beside the abuse, by turns, so that a busy machine weighs on both."""

    rig: Rig
    size: Size
    circle: Circle
    url: str
    history: History = field(default_factory=History)
    finding: Finding = field(default_factory=Finding)
    seen: list[dict[str, int]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    kept_out: int = 0
    guests: Iterator[int] = field(default_factory=count)

    @property
    def proxied(self) -> bool:
        return self.url.startswith("https")

    async def run(self) -> None:
        phones = [self._phone(seat) for seat in range(PEOPLE)]
        await asyncio.gather(*(phone.follow(60) for phone in phones))
        seconds = self.size.pick(6, 15)
        await self._write(phones, 3)  # so that every process has drawn everything once
        calm, abused = [], []
        for _ in range(self.size.pick(2, 4)):  # of few pledges, the p95 is a matter of luck
            calm += await self._live(phones, seconds)
            abused += await self._beside(phones, seconds)
        self._find(sorted(calm), sorted(abused))
        lost = sum(phone.gap > 0 or not phone.following for phone in phones)
        self.finding.count("of their sockets lost", lost)
        await shut_all([*phones])

    def _find(self, calm: list[float], abused: list[float]) -> None:
        finding, times = self.finding, share(abused, 0.95) / share(calm, 0.95)
        finding.measures.append(
            Measure("write p95", f"{times:.2f} ×", f"≤ {TIMES} ×", times <= TIMES, timed=True)
        )
        wrong = [op for op in self.history.ops if op.state != OK or op.errors]
        finding.count("errors of the honest", len(wrong))
        finding.count("who came by the QR kept out", self.kept_out)
        total = {name: sum(seen[name] for seen in self.seen) for name in self.seen[0]}
        finding.at_least("frames", total["frames"], self.size.pick(4_000, 100_000))
        finding.count("floods not closed with 4429", total["floods_let_be"])
        finding.at_least("guesses", total["guesses"], self.size.pick(50, 500))
        finding.count("codes found", total["found"])
        finding.count("answers 5xx to guessers", total["fell_over"])
        if self.proxied:
            slow = min(seen["slow"] for seen in self.seen)
            finding.at_least("slow lines", slow, self.size.pick(100, 500))
            finding.at_least("60 MB bodies", total["bodies"], self.size.pick(2, 20))
            finding.count("such bodies not refused", total["bodies_taken"])
        where = "through nginx" if self.proxied else "without nginx, slow lines and bodies left out"
        finding.words = "; ".join(
            [
                f"{where}: p95 {share(abused, 0.95) * 1000:.0f} ms beside the abuse, "
                f"{share(calm, 0.95) * 1000:.0f} ms in peace",
                *(f"{op.status} {op.errors} {op.said}"[:200] for op in wrong[:3]),
                *self.words[:3],
            ]
        )

    async def _live(self, phones: list[Outside], seconds: float) -> list[float]:
        """The same as in `_write`, while people come in: their pages are work for the servers, too."""
        coming = asyncio.create_task(self._come(seconds))
        took = await self._write(phones, seconds)
        await coming
        return took

    async def _write(self, phones: list[Outside], seconds: float) -> list[float]:
        """The seconds that each pledge took, from its first try to its answer."""
        first, until = len(self.history.ops), time.monotonic() + seconds
        await load([*phones], A_SECOND, lambda: time.monotonic() > until, self.rig.dice)
        return [op.seconds for op in self.history.ops[first:]]

    async def _beside(self, phones: list[Outside], seconds: float) -> list[float]:
        """The same while strangers are at it."""
        abuse = {
            "url": self.url,
            "live": f"/r/{self.circle.code}/live/",
            "cookies": [self._cookie(PEOPLE + number) for number in range(FLOODERS)],
            "slow": self.size.pick(100, 500) if self.proxied else 0,
            "bodies": self.size.pick(1, 10) if self.proxied else 0,
            "floods": self.size.pick(4_000, 52_000) // AT_ONCE // FLOODERS,
            "guessers": self.size.pick(20, 50),
        }
        strangers = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.rig.strangers", json.dumps(abuse)),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert strangers.stdout
            async with asyncio.timeout(60):
                await strangers.stdout.readline()
            took = await self._live(phones, seconds)
            async with asyncio.timeout(60):
                told, _ = await strangers.communicate()
        finally:
            if strangers.returncode is None:
                strangers.kill()
                await strangers.wait()
        seen = json.loads(told)
        self.words += seen.pop("words")
        self.seen.append(seen)
        return took

    async def _come(self, seconds: float) -> None:
        """People scan the QR, give a name, and come to the ring's door."""
        [(invite,)] = await self.rig.read(
            f"SELECT invite FROM rings_ring WHERE id = {self.circle.pk}"  # noqa: S608  (own number)
        )
        for guest in islice(self.guests, COMING):
            await asyncio.sleep(seconds / (COMING + 1))
            async with self._browser({}) as http:
                page = await http.get(f"/j/{invite}/", follow_redirects=True)
                data = {
                    **dict(HIDDEN.findall(page.text)),
                    "name": f"Guest {guest}",
                }
                join, headers = f"/r/{self.circle.code}/join/", {"Origin": self.url}
                door = await http.post(join, data=data, headers=headers, follow_redirects=True)
                if "One moment" not in door.text:
                    self.kept_out += 1
                    self.words.append(f"came by the QR: {page.status_code}, {door.status_code}")

    # --- who they are ---

    def _cookie(self, seat: int) -> str:
        prefix = "__Host-" if self.proxied else ""
        return f"{prefix}seat-{self.circle.pk}={self.circle.seats[seat]['key']}"

    def _phone(self, seat: int) -> Outside:
        name, key = self._cookie(seat).split("=")
        return Outside(
            self.url,
            f"/r/{self.circle.code}/",
            self._browser({name: key}),
            history=self.history,
            circle=self.circle,
            seat=self.circle.seats[seat],
        )

    def _browser(self, cookies: dict[str, str]) -> httpx.AsyncClient:
        token = "__Host-csrf" if self.proxied else "csrftoken"
        http = httpx.AsyncClient(
            base_url=self.url, timeout=30, headers={"Referer": self.url}, verify=ANY
        )
        for name, value in {token: CSRF, **cookies}.items():
            http.cookies.set(name, value, domain="127.0.0.1")
        return http
