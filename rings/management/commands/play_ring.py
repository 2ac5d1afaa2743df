"""Play a whole ring from a file against a running server, then check every screen and the database."""

import asyncio
import json
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from rings import insights
from rings.models import Offer, Request, Ring
from rings.picture import Picture
from rings.plans import PRESETS
from rings.player import Screen, phone, sign_in

PACE = 2.0  # seconds a person takes for an act at speed 1
LATE_AFTER = 5  # turns before the late ones come


class Command(BaseCommand):
    help = "Play the ring in FILE against --server; at the end every check must be true."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--server", action="append", required=True, help="URL; give it twice for two processes"
        )
        parser.add_argument("--speed", type=float, default=1.0, help="times human pace")
        parser.add_argument("--quiet", action="store_true", help="the summary only")

    def handle(self, *args: Any, **options: Any) -> None:
        data = json.loads(options["file"].read_text())
        say = (lambda line: None) if options["quiet"] else self.stdout.write
        play = Play(data, options["server"], options["speed"], say)
        asyncio.run(play.whole())
        for line, ok in play.checks.items():
            self.stdout.write(f"{'ok  ' if ok else 'FAIL'}  {line}")
        spans = sorted(play.spans)
        p99 = spans[min(len(spans) - 1, int(len(spans) * 0.99))]
        self.stdout.write(
            f"seconds to the last screen, {len(spans)} changes: "
            f"median {statistics.median(spans):.3f}, p99 {p99:.3f}, worst {spans[-1]:.3f}"
        )
        if not all(play.checks.values()):
            raise CommandError("Not every check is true.")


@dataclass
class Play:
    """One run: the screens open, what was measured, what was checked."""

    data: dict[str, Any]
    servers: list[str]
    speed: float
    say: Any
    phones: dict[str, Screen] = field(default_factory=dict)
    checks: dict[str, bool] = field(default_factory=dict)
    spans: list[float] = field(default_factory=list)
    done: set[tuple[str, str]] = field(default_factory=set)
    ring_pk: int = 0

    async def whole(self) -> None:
        await self.open_ring()
        try:
            await self.arrive()
            await self.write()
            await self.turns()
            await self.wall_and_close()
            await self.check_database()
        finally:
            for screen in (self.desk, self.stage, *self.phones.values()):
                await screen.shut()
            await sync_to_async(connections.close_all)()

    # --- the steps of the session ---

    async def open_ring(self) -> None:
        email, password = f"player-{uuid4().hex[:8]}@example.org", uuid4().hex
        await sync_to_async(_facilitator)(email, password)
        self.desk = await sign_in(self.servers[0], email, password)
        preset = PRESETS[self.data["preset"]].as_form()
        preset["people_expected"] = len(self.data["participants"])
        answer = await self.desk.post(
            "/rings/new/",
            title=self.data["title"],
            host=self.data["facilitator"],
            scope="both",
            **preset,
        )
        self.desk.path = answer.headers["Location"]
        self.ring_pk = int(self.desk.path.split("/")[2])
        ring = await Ring.objects.aget(pk=self.ring_pk)
        self.code = ring.code
        self.stage = Screen.at(self.servers[-1], f"/stage/{ring.stage_token}/")
        await self.desk.get()
        await self.desk.open()
        await self.stage.open()
        self.say(f"ring {self.ring_pk} is open with code {self.code}")

    async def arrive(self) -> None:
        absent = {*self.data["proxies"], *self.data["late"]}
        present = [name for name in self.data["participants"] if name not in absent]
        await asyncio.gather(*(self.come(name) for name in present))
        for name in self.data["proxies"]:
            await self.desk.post(f"{self.desk.path}seats/", name=name)
        self.say(f"{len(present)} phones and {len(self.data['proxies'])} without a phone are in")
        await self.compare("the lobby")

    async def come(self, name: str) -> None:
        server = self.servers[len(self.phones) % len(self.servers)]
        self.phones[name] = screen = await phone(server, self.code, name)
        if name not in self.data["late"]:
            await screen.open()

    async def write(self) -> None:
        await self.move("welcome", "lobby")
        await self.move("writing", "welcome")
        for ask in self.data["requests"]:
            if ask["participant"] not in self.data["late"]:
                await self.write_one(ask)
        await self.compare("writing")

    async def write_one(self, ask: dict[str, Any]) -> None:
        fields = {k: ask[k] for k in ("text", "why", "by", "kind")}
        fields["privacy"] = "on" if ask["privacy"] == "ring_only" else None
        name = ask["participant"]
        await self.pause()
        if name in self.phones:
            await self.phones[name].post(f"/r/{self.code}/ask/", **fields)
        else:
            seat = await sync_to_async(_seat)(self.ring_pk, name)
            await self.desk.post(f"{self.desk.path}seats/{seat}/ask/", **fields)

    async def turns(self) -> None:
        await self.move("turns", "writing")
        deferred: set[str] = set()
        turn = 0
        while current := await sync_to_async(_current)(self.ring_pk):
            pk, name = current
            turn += 1
            if turn == LATE_AFTER:
                await self.come_late()
            if name in self.data["deferred"] and name not in deferred:
                deferred.add(name)
                self.say(f"{name} asks later")
                await self.timed(self.desk.post(f"{self.desk.path}turn/defer/", believing=pk))
                continue
            await self.offers_on(pk, name)
            self.say(f"turn {turn}: {name}")
            if turn in (2, 9, 17):
                await self.compare(f"turn {turn}")
            if not await sync_to_async(_somebody_waits)(self.ring_pk):
                break
            await self.timed(self.desk.post(f"{self.desk.path}turn/next/", believing=pk))

    async def come_late(self) -> None:
        """The late ones knock, are let in, write, and offer on what they missed."""
        for name in self.data["late"]:
            await self.come(name)
            seat = await sync_to_async(_seat)(self.ring_pk, name)
            await self.desk.post(f"{self.desk.path}seats/{seat}/admit/")
            screen = self.phones[name]
            await screen.get()
            await screen.open()
            await self.write_one(next(a for a in self.data["requests"] if a["participant"] == name))
            for offer in self.data["offers"]:
                ask = await sync_to_async(_open_ask)(self.ring_pk, offer["asker"])
                if offer["helper"] == name and ask:
                    await self.pledge(ask, offer)
            self.say(f"{name} came late and is in")

    async def offers_on(self, ask: int, asker: str) -> None:
        for offer in self.data["offers"]:
            known = offer["helper"] in self.phones or offer["helper"] in self.data["proxies"]
            if offer["asker"] == asker and known and (offer["helper"], asker) not in self.done:
                await self.pledge(ask, offer)

    async def pledge(self, ask: int, offer: dict[str, Any]) -> None:
        fields = {k: offer[k] for k in ("kind", "strength", "note")}
        fields["private"] = "on" if offer["private"] else None
        name = offer["helper"]
        await self.pause()
        if name in self.data["proxies"]:
            seat = await sync_to_async(_seat)(self.ring_pk, name)
            act = self.desk.post(f"{self.desk.path}asks/{ask}/offers/", helper=seat, **fields)
        else:
            path = f"/r/{self.code}/offer/{ask}/"
            act = self.phones[name].post(path, stay="1", **fields)
        current = await sync_to_async(_current)(self.ring_pk)
        earlier = () if current and current[0] == ask else (name, offer["asker"])
        await self.timed(act, *earlier)
        self.done.add((name, offer["asker"]))

    async def wall_and_close(self) -> None:
        await self.move("wall", "turns")
        await self.compare("the wall")
        await self.move("closing", "wall")
        await self.compare("the closing")
        await self.move("follow_up", "closing")
        await self.compare("the end")

    # --- small things ---

    async def pause(self) -> None:
        await asyncio.sleep(PACE / self.speed)

    async def move(self, to: str, believing: str) -> None:
        await self.pause()
        await self.timed(self.desk.post(f"{self.desk.path}move/", to=to, believing=believing))
        self.say(f"to {to}")

    async def timed(self, act: Awaitable[Any], *people: str) -> None:
        """Do it, and wait until all it concerns have heard of it; keeps the seconds to the last.

        A turn, a phase and an offer on the current ask concern every screen; an offer on an earlier
        ask only the phones of `people`.
        """
        began = time.perf_counter()
        await act
        version = await sync_to_async(_version)(self.ring_pk)
        if people:
            told = [self.phones[name] for name in people if name in self.phones]
        else:
            told = [*(p for p in self.phones.values() if p.version >= 0), self.stage, self.desk]
        await asyncio.gather(*(screen.reach(version) for screen in told))
        self.spans.append(max(s.heard_at for s in told) - began)

    async def compare(self, moment: str) -> None:
        """Every open screen must show what a fresh page shows, once nothing more is under way."""
        screens = [self.desk, self.stage, *self.phones.values()]
        for _ in range(20):
            wrong = [name for s in screens for name in await s.differs()]
            if not wrong:
                break
            await asyncio.sleep(0.5)
        line = f"{moment}: {len(screens)} screens equal a fresh page"
        self.checks[
            f"{line} ({', '.join(sorted(set(wrong)))} differ)" if wrong else line
        ] = not wrong

    async def check_database(self) -> None:
        self.checks.update(await sync_to_async(_check)(self.ring_pk, self.data))
        if self.data.get("declined"):
            self.say(
                f"{len(self.data['declined'])} easy noes in the file are not played: not built yet"
            )


# --- looking at the database ------------------------------------------------------------------------


def _facilitator(email: str, password: str) -> None:
    user = User.objects.create_user(email, email, password)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)


def _version(ring: int) -> int:
    return Ring.objects.values_list("version", flat=True).get(pk=ring)


def _current(ring: int) -> tuple[int, str] | None:
    ask = Ring.objects.select_related("current__participant").get(pk=ring).current
    return (ask.pk, ask.participant.name) if ask else None


def _somebody_waits(ring: int) -> bool:
    return Request.objects.filter(ring=ring).in_queue().exists()


def _seat(ring: int, name: str) -> int:
    return Ring.objects.get(pk=ring).participants.get(name=name).pk


def _open_ask(ring: int, asker: str) -> int | None:
    ask = Request.objects.filter(ring=ring, participant__name=asker, status="open").first()
    return ask.pk if ask else None


def _check(ring: int, data: dict[str, Any]) -> dict[str, bool]:
    """Exactly the file's asks and offers, and the numbers that follow from them."""
    names = ("text", "why", "kind", "privacy")
    asks = {
        (a.participant.name, str(a.by), *(getattr(a, n) for n in names))
        for a in Request.objects.filter(ring=ring).select_related("participant")
    }
    wanted_asks = {(a["participant"], a["by"], *(a[n] for n in names)) for a in data["requests"]}
    terms = ("kind", "strength", "note", "private")
    offers = sorted(
        (o.helper.name, o.asker.name, *(getattr(o, t) for t in terms))
        for o in Offer.objects.filter(ring=ring).select_related("helper", "asker")
    )
    wanted_offers = sorted(
        (o["helper"], o["asker"], *(o[t] for t in terms)) for o in data["offers"]
    )
    numbers = insights.numbers(Picture.of(ring))
    everyone = len(data["participants"])
    return {
        f"the database holds exactly the file's {len(wanted_asks)} asks": asks == wanted_asks,
        f"the database holds exactly the file's {len(wanted_offers)} offers": offers
        == wanted_offers,
        f"{numbers.gave_and_got} of {everyone} gave and got": 0 <= numbers.gave_and_got <= everyone,
        f"generalised share {numbers.onward}/{numbers.offers}": numbers.offers
        == len(wanted_offers),
    }
