"""The sockets of a real server: who gets in, what comes down, and what happens when words are lost."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connection, connections
from django.test import Client
from websockets.asyncio.client import connect

from rings import access, actions, live
from rings.actions import By
from rings.models import Participant, Ring
from rings.phases import Phase
from rings.player import Screen
from tests.conftest import Cast, key_of
from tests.server import Server


def holding(server: Server, who: Participant) -> Screen:
    """A phone that holds `who`'s seat."""
    screen = Screen.at(server.url, f"/r/{who.ring.code}/")
    screen.http.cookies.set(access.seat_cookie(who.ring_id), key_of(who.name), domain="127.0.0.1")
    return screen


def run[T](work: Callable[[], Awaitable[T]]) -> T:
    async def main() -> T:
        async with asyncio.timeout(30):
            try:
                return await work()
            finally:
                await sync_to_async(connections.close_all)()

    return asyncio.run(main())


async def closed_with(server: Server, path: str, **more: object) -> int | None:
    async with connect(server.url.replace("http", "ws") + path, **more) as socket:
        await socket.wait_closed()
        return socket.close_code


def test_an_unknown_path_is_closed_with_4404(server: Server) -> None:
    assert run(lambda: closed_with(server, "/nothing/here/")) == 4404


def test_a_phone_without_a_seat_is_closed_with_4404(server: Server, live_cast: Cast) -> None:
    assert run(lambda: closed_with(server, f"/r/{live_cast.ring.code}/live/")) == 4404


def test_a_ring_that_does_not_exist_is_closed_alike(server: Server) -> None:
    assert run(lambda: closed_with(server, "/r/BBBBBBBB/live/")) == 4404


def test_a_desk_that_is_signed_out_is_closed_with_4401(server: Server, live_cast: Cast) -> None:
    assert run(lambda: closed_with(server, f"/desk/{live_cast.ring.pk}/live/")) == 4401


def test_somebody_else_s_desk_is_closed_with_4404(server: Server, live_cast: Cast) -> None:
    other = Client()
    other.force_login(User.objects.create_user("gus"))
    headers = {"Cookie": f"sessionid={other.cookies['sessionid'].value}"}
    path = f"/desk/{live_cast.ring.pk}/live/"
    assert run(lambda: closed_with(server, path, additional_headers=headers)) == 4404


def test_a_cancelled_ring_is_closed_with_4410(server: Server, live_cast: Cast) -> None:
    live_cast.move(Phase.CANCELLED)
    path = f"/stage/{live_cast.ring.stage_token}/live/"
    assert run(lambda: closed_with(server, path)) == 4410


def test_a_page_of_another_origin_is_closed_with_4404(server: Server, live_cast: Cast) -> None:
    path = f"/stage/{live_cast.ring.stage_token}/live/"
    assert run(lambda: closed_with(server, path, origin="http://127.0.0.1:1")) == 4404


def test_a_page_that_says_too_much_is_closed_with_4429(server: Server, live_cast: Cast) -> None:
    async def flood() -> int | None:
        url = server.url.replace("http", "ws") + f"/stage/{live_cast.ring.stage_token}/live/"
        async with connect(url, max_size=None) as socket:
            await socket.recv()
            for _ in range(100):
                await socket.send(json.dumps({"here": True}))
            await socket.wait_closed()
            return socket.close_code

    assert run(flood) == 4429


def test_who_flooded_gets_no_screen_for_a_while(server: Server, live_cast: Cast) -> None:
    ada = live_cast.seat("Ada")

    async def flood_and_come_again() -> Screen:
        phone = holding(server, ada)
        await phone.open()
        assert phone._socket
        for _ in range(100):
            await phone._socket.send(json.dumps({"here": True}))
        await phone.until(lambda: phone.closed is not None)
        again = holding(server, ada)
        await again.open()
        return again

    again = run(flood_and_come_again)
    assert (again.closed, again.fragments) == (4429, {})


def test_a_change_reaches_phone_stage_and_desk(server: Server, live_cast: Cast) -> None:
    ada = live_cast.seat("Ada")
    cookie = live_cast.desk().cookies["sessionid"].value

    async def watch() -> list[int]:
        phone = holding(server, ada)
        stage = Screen.at(server.url, f"/stage/{live_cast.ring.stage_token}/")
        screens = [phone, stage]
        for screen in screens:
            await screen.get()
            await screen.open()
        desk = Screen.at(server.url, f"/desk/{live_cast.ring.pk}/")
        desk.http.cookies.set("sessionid", cookie, domain="127.0.0.1")
        await desk.get()
        await desk.open()
        await desk.post(f"{desk.path}move/", to="welcome", believing="lobby")
        version = (await Ring.objects.aget(pk=live_cast.ring.pk)).version
        for screen in (*screens, desk):
            await screen.until(lambda s=screen: s.version >= version)
        versions = [screen.version for screen in (*screens, desk)]
        for screen in (*screens, desk):
            await screen.shut()
        return versions

    version = run(watch)
    assert version == [Ring.objects.get().version] * 3


def test_a_word_that_was_lost_is_made_good(server: Server, live_cast: Cast) -> None:
    """The change is made in this process and announced to nobody: only the repair loop can see it."""
    ada = live_cast.seat("Ada")

    async def watch() -> None:
        phone = holding(server, ada)
        await phone.get()
        await phone.open()
        await asyncio.to_thread(_move_in_silence, live_cast)
        version = (await Ring.objects.aget(pk=live_cast.ring.pk)).version
        await phone.until(lambda: phone.version >= version, seconds=12)
        await phone.shut()

    run(watch)


def _move_in_silence(cast: Cast) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "announce", lambda *word, **seats: None)
        cast.move(Phase.WELCOME)
    connection.close()


def test_a_seat_given_to_another_device_closes_the_old_one(server: Server, live_cast: Cast) -> None:
    ada = live_cast.seat("Ada")
    hashed = access.key_hash("a new phone")
    event = actions.claim(live_cast.ring, By(None), participant=ada, key_hash=hashed)
    waiting = Participant.objects.get(pk=event.refs["participant"])

    async def watch() -> int | None:
        phone = holding(server, ada)
        await phone.get()
        await phone.open()
        await asyncio.to_thread(_admit, live_cast, waiting)
        await phone.until(lambda: phone.closed is not None, seconds=12)
        await phone.shut()
        return phone.closed

    assert run(watch) == 4403


def _admit(cast: Cast, waiting: Participant) -> None:
    actions.admit(cast.ring, cast.by, participant=waiting)
    connection.close()


def test_who_opens_the_page_is_here(server: Server, live_cast: Cast) -> None:
    ada = live_cast.seat("Ada")
    Participant.objects.update(seen_at=None)

    async def watch() -> bool:
        phone = holding(server, ada)
        await phone.get()
        await phone.open()
        for _ in range(100):
            fresh = await Participant.objects.aget(pk=ada.pk)
            if fresh.seen_at:
                break
            await asyncio.sleep(0.05)  # until the presence loop has looked round
        await phone.shut()
        return fresh.seen_at is not None

    assert run(watch)


def _sign_out(cast: Cast, session: str) -> None:
    client = Client()
    client.cookies["sessionid"] = session
    client.logout()


def _new_password(cast: Cast, session: str) -> None:
    cast.fay.set_password("a quite different one")
    cast.fay.save()


def _disabled(cast: Cast, session: str) -> None:
    User.objects.filter(pk=cast.fay.pk).update(is_active=False)


@pytest.mark.parametrize("how", [_sign_out, _new_password, _disabled])
def test_an_open_desk_closes_when_its_sign_in_ends(
    server: Server, live_cast: Cast, how: Callable[[Cast, str], None]
) -> None:
    """It ends in another process here, which tells nobody: the loop sees it (and a word is quicker)."""
    session = live_cast.desk().cookies["sessionid"].value

    def ends() -> None:
        how(live_cast, session)
        connection.close()

    async def watch() -> int | None:
        desk = Screen.at(server.url, f"/desk/{live_cast.ring.pk}/")
        desk.http.cookies.set("sessionid", session, domain="127.0.0.1")
        await desk.get()
        await desk.open()
        await asyncio.to_thread(ends)
        await desk.until(lambda: desk.closed is not None, seconds=12)
        await desk.shut()
        return desk.closed

    assert run(watch) == 4401


def test_signing_out_in_one_tab_closes_the_desk_in_the_other(
    server: Server, live_cast: Cast
) -> None:
    session = live_cast.desk().cookies["sessionid"].value

    async def watch() -> int | None:
        desk = Screen.at(server.url, f"/desk/{live_cast.ring.pk}/")
        desk.http.cookies.set("sessionid", session, domain="127.0.0.1")
        await desk.get()
        await desk.open()
        await desk.post("/accounts/logout/")
        await desk.until(lambda: desk.closed is not None, seconds=12)
        await desk.shut()
        return desk.closed

    assert run(watch) == 4401
