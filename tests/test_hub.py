"""The hub by itself, with sockets that only remember: bursts, slow pages, many tabs, heartbeats."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from threading import Barrier, Event
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connections
from django.utils import timezone
from django.utils.translation import get_language

from rings import actions, hub, live, readings, team
from rings.actions import By
from rings.hub import CloseCode, Hub, Socket
from rings.live import Audience
from rings.models import Participant, Ring
from rings.phases import Phase
from rings.picture import Picture
from tests.conftest import Cast


@dataclass
class Page:
    """A page that remembers what it was sent, and how it was closed."""

    frames: list[dict[str, Any]] = field(default_factory=list)
    closed: int | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, frame: str) -> None:
        self.frames.append(json.loads(frame))
        self.news.set()

    async def close(self, code: int) -> None:
        self.closed = code
        self.news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self.news.clear()
                await self.news.wait()

    @property
    def shown(self) -> dict[str, str]:
        return {id: html for frame in self.frames for id, html in frame["fragments"].items()}

    @property
    def version(self) -> int:
        return max((frame["version"] for frame in self.frames), default=-1)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return Cast()


async def sit(
    own: Hub, who: Participant, *, since: int = -1, language: str = "en"
) -> tuple[Page, Socket]:
    """A phone's page, connected and up to date."""
    page = Page()
    ring, key = who.ring_id, who.key_hash
    socket = Socket(
        ring,
        Audience.PHONE,
        page.send,
        page.close,
        seat=who.pk,
        key_hash=key,
        since=since,
        language=language,
    )
    own.join(socket)
    await page.until(lambda: page.version >= 0)
    return page, socket


def run(work: Callable[[Hub], Awaitable[None]]) -> None:
    async def main() -> None:
        own = Hub()
        own.start()
        try:
            await work(own)
        finally:
            for task in own._tasks:
                task.cancel()
            both = Barrier(2)  # the hub's two threads and the one for commands, each its connection
            await asyncio.gather(own.read(partial(_close, both)), own.read(partial(_close, both)))
            await sync_to_async(connections.close_all)()
            live.listen(lambda *word: None)

    asyncio.run(main())


def _close(both: Barrier) -> None:
    both.wait(10)
    connections.close_all()


def _write(cast: Cast, who: Participant, number: int) -> None:
    actions.write(cast.ring, By(who), participant=who, text=f"Ask number {number}.")


def _write_silently(cast: Cast, who: Participant, number: int) -> None:
    """The word of it is lost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "announce", lambda word: None)
        _write(cast, who, number)


def test_a_burst_of_changes_reaches_a_page_in_a_few_frames(cast: Cast) -> None:
    ada = cast.seat("Ada")
    cast.move(Phase.WRITING)

    async def work(own: Hub) -> None:
        page, _ = await sit(own, ada)
        for number in range(30):
            await sync_to_async(_write)(cast, ada, number)
        await page.until(lambda: page.version == 33)
        assert "Ask number 29." in json.dumps(page.frames)
        assert len(page.frames) < 30

    run(work)


def test_beside_sqlite_rings_that_draw_at_the_same_time_share_half_of_a_core(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many changes come: without a rest the drawing threads keep those who write waiting."""

    async def scenario() -> tuple[float, float, float]:
        own, busy = Hub(), asyncio.Event()
        for pk in (1, 2, 3):
            own.rooms[pk] = hub.Room(pk, pump=asyncio.create_task(busy.wait()))  # type: ignore[arg-type]  # gives True
        own.rooms[4] = hub.Room(4)
        three = own._rest(0.01)
        busy.set()
        await asyncio.gather(*(room.pump for room in own.rooms.values() if room.pump))
        own.rooms[4].pump = asyncio.create_task(asyncio.sleep(0))
        return three, own._rest(0.01), own._rest(60)

    monkeypatch.setattr(hub, "connection", SimpleNamespace(vendor="sqlite"))
    three, one, most = asyncio.run(scenario())
    assert 3 * 0.01 / (three + 0.01) == pytest.approx(0.5)
    assert 0.01 / (one + 0.01) == pytest.approx(0.5)
    assert most == hub.REST_AT_MOST
    monkeypatch.setattr(hub, "connection", SimpleNamespace(vendor="postgresql"))
    assert asyncio.run(scenario()) == (0, 0, 0)


def test_a_page_is_not_taken_for_current_when_another_was_drawn_newer(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the hub's reading and its drawing somebody changed the ring and somebody loaded a page."""
    ada = cast.seat("Ada")
    cast.seat("Bo")
    read = Picture.of(cast.ring.pk)
    cast.seat("Cy")
    newest = Ring.objects.get(pk=cast.ring.pk).version
    live.screen(cast.ring.pk, Audience.PHONE, newest)
    monkeypatch.setattr(Picture, "of", lambda pk: read)

    async def work(own: Hub) -> None:
        page, _ = await sit(own, ada, since=read.ring.version)
        assert page.version == newest
        assert "3 people are in the ring" in json.dumps(page.frames)

    run(work)


def test_a_page_that_comes_during_a_reading_is_told_by_the_next_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bo was let in after that reading began: it knows no seat of his, and must not put him out."""
    ada = cast.seat("Ada")
    begun, go_on = Event(), Event()

    def slow(*asked: Any) -> readings.Drawing:
        read = draw(*asked)
        begun.set()
        go_on.wait(10)
        return read

    draw = readings.draw
    monkeypatch.setattr(readings, "draw", slow)

    async def work(own: Hub) -> None:
        sits = asyncio.create_task(sit(own, ada))
        await asyncio.to_thread(begun.wait, 10)
        bo = await sync_to_async(cast.seat)("Bo")
        comes = asyncio.create_task(sit(own, bo))
        await asyncio.sleep(0)  # until Bo's page is in the room
        go_on.set()
        await sits
        page, _ = await comes
        assert page.closed is None
        assert page.version == bo.ring.version

    run(work)


def test_a_page_that_says_nothing_is_sent_no_more_until_it_does(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = cast.seat("Ada")
    monkeypatch.setattr(hub, "UNHEARD_BOUND", 10)

    async def work(own: Hub) -> None:
        page, socket = await sit(own, ada)
        await sync_to_async(_write)(cast, ada, 1)
        room = own.rooms[ada.ring_id]
        while room.version < 3:  # drawn, and told to those who listen
            await asyncio.sleep(0.01)
        assert len(page.frames) == 1
        own.heard(socket, here=True)
        await page.until(lambda: page.version == 3)

    run(work)


def test_who_comes_back_before_anybody_looked_is_shown_as_here(cast: Cast) -> None:
    """Drawn as away by some other change, then here again: the stage must hear of it."""
    ada = cast.seat("Ada")

    def seen(ago: int) -> None:
        moment = timezone.now() - timedelta(seconds=ago)
        Participant.objects.filter(pk=ada.pk).update(seen_at=moment)
        actions.add_seat(cast.ring, cast.by, name=f"Guest {ago}") if ago else None

    async def work(own: Hub) -> None:
        stage = Page()
        own.join(Socket(ada.ring_id, Audience.STAGE, stage.send, stage.close))
        await stage.until(lambda: "stage_scene" in stage.shown)
        await own._look_round()
        await sync_to_async(seen)(300)
        await stage.until(lambda: "1 of us stepped away" in stage.shown["stage_scene"])
        await sync_to_async(seen)(0)
        await own._look_round()
        await stage.until(lambda: "stepped away" not in stage.shown["stage_scene"])

    run(work)


def test_the_oldest_of_too_many_tabs_gives_way(cast: Cast) -> None:
    ada = cast.seat("Ada")

    async def work(own: Hub) -> None:
        pages = [(await sit(own, ada))[0] for _ in range(hub.TABS + 1)]
        await pages[0].until(lambda: pages[0].closed is not None)
        assert [page.closed for page in pages] == [CloseCode.REPLACED] + [None] * hub.TABS

    run(work)


def test_a_heartbeat_carries_version_and_clock(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = cast.seat("Ada")
    monkeypatch.setattr(hub, "HEARTBEAT_EVERY", 0.05)

    async def work(own: Hub) -> None:
        page, _ = await sit(own, ada)
        await page.until(lambda: page.frames[-1]["fragments"] == {})
        assert page.frames[-1]["version"] == 2
        assert abs(page.frames[-1]["now"] - hub.clock()) < 60_000

    run(work)


def test_a_page_that_is_gone_does_not_keep_the_others_waiting(cast: Cast) -> None:
    ada, bo = cast.seat("Ada"), cast.seat("Bo")

    async def work(own: Hub) -> None:
        _, gone = await sit(own, ada)
        page, _ = await sit(own, bo)

        async def broken(frame: str) -> None:
            raise ConnectionResetError

        gone.send = broken
        await sync_to_async(cast.move)(Phase.WELCOME)
        await page.until(lambda: page.version == 4)
        assert gone not in own.rooms[ada.ring_id].sockets

    run(work)


def test_a_room_that_comes_back_at_once_costs_two_readings_at_most(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [cast.seat(name) for name in ("Ada", "Bo", "Cy", "Dan", "Eve", "Flo")]
    made = []
    monkeypatch.setattr(
        readings, "draw", lambda *how, draw=readings.draw: made.append(0) or draw(*how)
    )

    async def work(own: Hub) -> None:
        pages = await asyncio.gather(*(sit(own, who) for who in people))
        assert all("phone_mine" in page.frames[0]["fragments"] for page, _ in pages)
        assert len(made) <= 2  # the first at once, and one for all the others

    run(work)


def test_a_change_is_drawn_once_for_each_language_in_the_room(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [cast.seat(name) for name in ("Ada", "Bo", "Cy", "Dan", "Eve")]
    drawn: list[str | None] = []
    monkeypatch.setattr(
        live, "draw", lambda *how, draw=live.draw: drawn.append(get_language()) or draw(*how)
    )

    async def work(own: Hub) -> None:
        spoken = ("de", "fr", "de", "fr", "de")
        pages = [
            (await sit(own, who, language=language))[0]
            for who, language in zip(people, spoken, strict=True)
        ]
        drawn.clear()
        version = pages[-1].version
        await sync_to_async(cast.move)(Phase.WELCOME)
        for page in pages:
            await page.until(lambda page=page: page.version > version)
        assert sorted(map(str, drawn)) == ["de", "fr"]
        titles = [page.shown["phone_head"] for page in pages]
        assert titles[0] == titles[2] == titles[4]
        assert titles[1] == titles[3]
        assert titles[0] != titles[1]

    run(work)


def test_a_phone_that_shows_this_very_version_is_told_only_that(cast: Cast) -> None:
    ada = cast.seat("Ada")
    version = ada.ring.version

    async def work(own: Hub) -> None:
        page = Page()
        own.join(
            Socket(
                ada.ring_id,
                Audience.PHONE,
                page.send,
                page.close,
                seat=ada.pk,
                key_hash=ada.key_hash,
                since=version,
            )
        )
        await page.until(lambda: page.version >= 0)
        assert [frame["fragments"] for frame in page.frames] == [{}]
        await sync_to_async(cast.move)(Phase.WELCOME)
        await page.until(lambda: page.version == version + 1)
        assert "phone" in " ".join(page.frames[-1]["fragments"])

    run(work)


def test_a_phone_that_comes_back_beside_others_has_its_first_word_though_nothing_changed(
    cast: Cast,
) -> None:
    """It is veiled until then, and the others, who need no word, come before it in the room."""
    ada, bo = cast.seat("Ada"), cast.seat("Bo")
    version = bo.ring.version

    async def work(own: Hub) -> None:
        await sit(own, ada, since=version)
        page, _ = await sit(own, bo, since=version)
        assert [frame["fragments"] for frame in page.frames] == [{}]

    run(work)


def test_a_process_that_stops_tells_every_page_to_come_back(cast: Cast) -> None:
    people = [cast.seat(name) for name in ("Ada", "Bo")]

    async def work(own: Hub) -> None:
        pages = [(await sit(own, who))[0] for who in people]
        await own.move_everybody()
        assert [page.closed for page in pages] == [CloseCode.AGAIN] * 2
        assert own.sockets() == []

    run(work)


def test_a_lost_word_between_two_is_made_good_at_once_for_those_it_concerned(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Word 4 concerns Ada and is lost; word 5 concerns Bo, and shows that one is missing."""
    monkeypatch.setattr(hub, "REPAIR_EVERY", 3600)
    ada, bo = cast.seat("Ada"), cast.seat("Bo")
    cast.move(Phase.WRITING)

    async def work(own: Hub) -> None:
        page, _ = await sit(own, ada)
        await sit(own, bo)
        await own._look_round()  # because they came
        own._look_soon.clear()
        await sync_to_async(_write_silently)(cast, ada, 1)
        await sync_to_async(_write)(cast, bo, 2)
        await page.until(lambda: "Ask number 1." in json.dumps(page.frames))

    run(work)


def test_a_lost_word_after_which_none_comes_is_made_good_by_the_loop(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "REPAIR_EVERY", 0.1)
    ada = cast.seat("Ada")
    cast.move(Phase.WRITING)

    async def work(own: Hub) -> None:
        page, _ = await sit(own, ada)
        await sync_to_async(_write_silently)(cast, ada, 1)
        await page.until(lambda: "Ask number 1." in json.dumps(page.frames))

    run(work)


def test_words_in_another_order_are_not_taken_for_lost() -> None:
    room = hub.Room(1, heard=4)
    for version in (6, 7, 5):
        room.hears(version)
    assert (room.heard, room.ahead) == (7, set())


def desk_of(cast: Cast, user: User) -> tuple[Page, Socket]:
    page = Page()
    ring = cast.ring.pk
    return page, Socket(ring, Audience.DESK, page.send, page.close, session="any", user=user.pk)


def test_every_phone_is_told_once_that_the_desk_went_and_that_it_is_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "REPAIR_EVERY", 0.05)
    monkeypatch.setattr(hub, "PRESENCE_EVERY", 0.05)
    monkeypatch.setattr(team, "DESK_GRACE", timedelta(seconds=0.5))
    monkeypatch.setattr(hub.access, "valid_sessions", lambda keys: dict.fromkeys(keys, 1))
    ada, bo = cast.seat("Ada"), cast.seat("Bo")
    for who in (ada, bo):
        cast.write(who)
    cast.move(Phase.TURNS)
    version = Ring.objects.get().version

    async def work(own: Hub) -> None:
        phones = [(await sit(own, who))[0] for who in (ada, bo)]
        _, desk = desk_of(cast, cast.fay)
        own.join(desk)
        room = own.rooms[cast.ring.pk]
        while await sync_to_async(Ring.objects.filter(desk_seen_at=None).exists)():
            await asyncio.sleep(0.01)
        own.leave(desk)
        for phone in phones:
            await phone.until(lambda page=phone: "finding the ring" in said(page))
        _, desk = desk_of(cast, cast.fay)
        own.join(desk)
        for phone in phones:
            await phone.until(lambda page=phone: "data-lost" not in said(page))
            assert [set(frame["fragments"]) for frame in phone.frames[1:]] == [{"phone_host"}] * 2
            assert {frame["version"] for frame in phone.frames} == {version}
        assert not room.lost

    def said(page: Page) -> str:
        told = [frame["fragments"].get("phone_host", "") for frame in page.frames]
        return next((html for html in reversed(told) if html), "")

    run(work)


def test_a_phone_that_comes_while_the_desk_is_away_is_told_though_its_version_is_current(
    cast: Cast,
) -> None:
    ada = cast.seat("Ada")
    cast.move(Phase.TURNS)
    Ring.objects.update(desk_lost=True)
    version = Ring.objects.get().version

    async def work(own: Hub) -> None:
        page, _ = await sit(own, ada, since=version)
        assert "finding the ring" in page.frames[0]["fragments"]["phone_host"]

    run(work)


def test_a_desk_that_is_back_before_anybody_looked_is_shown_as_back(cast: Cast) -> None:
    """Drawn as away by some other change, then back again: the phones must hear of it."""
    ada = cast.seat("Ada")
    cast.move(Phase.TURNS)

    def lose() -> None:
        Ring.objects.update(desk_lost=True)
        actions.add_seat(cast.ring, cast.by, name="Bo")

    async def work(own: Hub) -> None:
        page, _ = await sit(own, ada)
        await own._look_round()
        await sync_to_async(lose)()
        await page.until(lambda: "data-lost" in page.shown["phone_host"])
        await sync_to_async(Ring.objects.update)(desk_lost=False)
        await own._look_round()
        await page.until(lambda: "data-lost" not in page.shown["phone_host"])

    run(work)


def test_the_desk_of_somebody_taken_off_the_team_closes(cast: Cast) -> None:
    gil = User.objects.create_user("gil")
    actions.join_team(cast.ring, By(gil), user=gil, believing=0)

    async def work(own: Hub) -> None:
        page, desk = desk_of(cast, gil)
        kept, fays = desk_of(cast, cast.fay)
        own.join(desk)
        own.join(fays)
        await page.until(lambda: page.version >= 0)
        await sync_to_async(actions.take_off)(cast.ring, cast.by, user=gil)
        await page.until(lambda: page.closed is not None)
        assert (page.closed, kept.closed) == (CloseCode.NOT_FOUND, None)

    run(work)
