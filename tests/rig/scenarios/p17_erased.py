"""Erased means erased.

A canary in every text of rings that everybody has open. In each of them somebody erases themselves, on the
way, and then its owner the whole ring: afterwards no table, no log line, no page and no frame that is
newer than the erasing holds what was erased, and the ring's numbers are those of before.
"""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from secrets import token_hex

import httpx

from rings.player import Refused
from tests.rig.findings import Finding
from tests.rig.history import History
from tests.rig.phones import Circle, Light, Phone, shut_all
from tests.rig.rig import UNTIMED, Rig, Size

on = ("small", "large")
at_once = UNTIMED
TAIL = 10  # signs: an index keeps of a word perhaps only what its neighbour has not
PHASES = ("turns", "wall", "closing", "follow_up")


async def scenario(rig: Rig, size: Size) -> Finding:
    circles = await rig.furnish(rings=size.pick(2, 10), people=size.pick(5, 20))
    rooms = [Room(rig, circle) for circle in circles]
    for room in rooms:
        await room.open()
    await asyncio.gather(*(room.plant() for room in rooms))
    mine, everything = [], []
    for room in rooms:
        mine += room.mine
        everything += room.everything()
    seen = sum(
        any(word in frame for frame in room.frames(0)) for room in rooms for word in room.mine
    )
    planted = await _left(rig, mine)
    finding = Finding()
    finding.at_least("canaries planted", len(everything), len(rooms) * 20)
    finding.at_least("of those who go, in tables before", len(planted), len(mine))
    finding.at_least("and in frames", seen, len(rooms) * 3)

    await asyncio.gather(*(room.erase_person() for room in rooms))
    finding.count("of people, then in a table", len(await _left(rig, mine)))
    finding.count("in a newer frame or page", sum([await room.shown(room.mine) for room in rooms]))

    for room in rooms:
        await room.end()
    numbers = await rig.read("SELECT * FROM rings_tally ORDER BY ring_id")
    await asyncio.gather(*(room.erase_ring() for room in rooms))
    finding.count("of rings, then in a table", len(await _left(rig, everything)))
    finding.count("in a newer frame", sum([await room.shown(room.everything()) for room in rooms]))
    finding.at_least("numbers kept", len(numbers), len(rooms))
    after = await rig.read("SELECT * FROM rings_tally ORDER BY ring_id")
    finding.count("numbers that changed", sum(a != b for a, b in zip(numbers, after, strict=True)))
    logs = rig.logs()
    finding.count("words in the logs", sum(logs.count(word) for word in everything))
    finding.count("links that still open", sum([await room.opens() for room in rooms]))
    finding.count("answers 5xx", sum(room.errors for room in rooms))
    for room in rooms:
        await shut_all(room.screens)
    return finding


@dataclass
class Room:
    """One ring and all its screens. `mine` is what goes with the one who leaves: the second or first seat."""

    rig: Rig
    circle: Circle
    phones: list[Phone] = field(default_factory=list)
    mine: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    since: int = 0  # the version of the last erasing
    errors: int = 0

    async def open(self) -> None:
        url = self.rig.url
        self.phones = self.circle.phones(url, History())
        self.desk, self.stage = self.circle.desk(url), self.circle.stage(url)
        first, second = self.phones[:2]
        self.goes, self.stays = self.rig.dice.choice([(first, second), (second, first)])
        for screen in self.screens:
            screen.keep = True
            await screen.get()
        await asyncio.gather(*(screen.follow() for screen in self.screens))

    @property
    def screens(self) -> list[Light]:
        return [*self.phones, self.desk, self.stage]

    def everything(self) -> list[str]:
        """What was planted, the ring's title and host, and what its people were called and asked at first."""
        circle = self.circle
        return [*self.mine, *self.others, circle.sign, *(seat["name"] for seat in circle.seats)]

    def frames(self, since: int) -> list[str]:
        """What came to any screen of that version or newer."""
        frames = [frame for screen in self.screens for frame in screen.frames]
        return [frame for frame in frames if json.loads(frame)["version"] >= since]

    async def post(self, screen: Light, path: str, **fields: object) -> None:
        try:
            await screen.post(path, **fields)
        except Refused as refused:
            self.errors += refused.status >= 500
            raise

    def canary(self, kept: list[str]) -> str:
        kept.append(f"c{token_hex(12)}")
        return kept[-1]

    async def plant(self) -> None:
        """Everybody asks in words of their own; who goes has a name, a note and an answer besides."""
        r = f"/r/{self.circle.code}"
        for phone in self.phones:
            kept = self.mine if phone is self.goes else self.others
            words = {"text": self.canary(kept), "why": self.canary(kept), "by": ""}
            await self.post(phone, f"{r}/ask/", **words)
        name = f"/desk/{self.circle.pk}/seats/{self.goes.seat['pk']}/name/"
        await self.post(self.desk, name, name=self.canary(self.mine))
        my, their, third = (phone.seat["ask"] for phone in (self.goes, self.stays, self.phones[2]))
        note = {"kind": "advice", "stay": "1"}
        await self.post(self.goes, f"{r}/offer/{their}/", note=self.canary(self.mine), **note)
        await self.post(
            self.goes, f"{r}/reply/{third}/", kind="later", words=self.canary(self.mine)
        )
        # what is said to their ask goes with it
        await self.post(self.phones[3], f"{r}/offer/{my}/", note=self.canary(self.mine), **note)
        words = self.canary(self.mine)
        await self.post(self.phones[4], f"{r}/reply/{my}/", kind="later", words=words)
        await self.post(
            self.phones[3], f"{r}/offer/{their}/", note=self.canary(self.others), **note
        )
        await self._reach(await self._version())

    async def erase_person(self) -> None:
        await self.post(self.goes, f"/r/{self.circle.code}/erase/")
        self.since = await self._version("erase_person")
        await self._reach(self.since)

    async def end(self) -> None:
        for here, to in pairwise(PHASES):
            await self.post(self.desk, f"/desk/{self.circle.pk}/move/", to=to, believing=here)

    async def erase_ring(self) -> None:
        past = f"/past/{self.circle.pk}/"
        await self.desk.get(past)  # it has been looked at, and searched for
        await self.desk.get(f"/past/?q={self.others[0]}")
        await self.post(self.desk, f"{past}erase/")
        self.since = await self._version("erase_ring")
        await self._reach(self.since)

    async def shown(self, words: Iterable[str]) -> int:
        """How often one of these stands in a frame since the erasing, or on a page as it is now."""
        texts = self.frames(self.since)
        for screen in self.screens:
            try:
                texts.append(await screen.get())
            except Refused as refused:  # there is nothing here any more
                self.errors += refused.status >= 500
        return sum(word in text for word in words for text in texts)

    async def opens(self) -> int:
        """How many of the old addresses still show a seat or a stage."""
        answers: list[httpx.Response] = [
            await screen.http.get(path)
            for screen, path in (
                (self.stays, f"/r/{self.circle.code}/screen/"),
                (self.stage, f"/stage/{self.circle.stage_token}/"),
            )
        ]
        return sum(answer.status_code != 404 for answer in answers)

    async def _version(self, kind: str = "") -> int:
        which = f"AND kind = '{kind}'" if kind else ""
        sql = f"SELECT max(version) FROM rings_event WHERE ring_id = {self.circle.pk} {which}"  # noqa: S608  (own words)
        [(version,)] = await self.rig.read(sql)
        return int(str(version))

    async def _reach(self, version: int) -> None:
        """Until every screen that is still told of the ring shows this version."""
        told = [screen for screen in self.screens if screen is not self.goes]
        await asyncio.gather(
            *(s.until(lambda s=s: s.version >= version or s.closed is not None, 30) for s in told)  # type: ignore[misc]  # bound now
        )


async def _left(rig: Rig, words: Iterable[str]) -> list[str]:
    """Those of these words that stand in any table of the database, an index's own among them."""
    tables = "\n".join([await _rows(rig, str(name)) for name in await _tables(rig)])
    return [word for word in words if (word if " " in word else word[-TAIL:]) in tables]


async def _tables(rig: Rig) -> list[object]:
    lite = "SELECT name FROM sqlite_master WHERE type = 'table'"
    large = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    return [name for (name,) in await rig.read(large if rig.postgres else lite)]


async def _rows(rig: Rig, table: str) -> str:
    what = "t::text" if rig.postgres else "*"
    rows = await rig.read(f'SELECT {what} FROM "{table}" t')  # noqa: S608  (a table's own name)
    return "\n".join(_text(value) for row in rows for value in row)


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
