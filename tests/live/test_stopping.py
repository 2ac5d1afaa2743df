"""A server that is told to stop: nobody loses what they had sent, and nobody waits for long."""

import asyncio
import signal
from collections.abc import Iterator
from threading import Event

import httpx
import pytest
from django.db import connection, transaction

from rings.hub import CloseCode
from rings.models import Offer, Ring
from rings.phases import Phase
from tests.conftest import Cast
from tests.live.test_sockets import holding, run
from tests.server import Server, running


@pytest.fixture
def own_server(server: Server) -> Iterator[Server]:
    """A server of this test's own, beside the shared one, that it may stop."""
    with running() as own:
        yield own


def _hold(ring: Ring, held: Event, release: Event) -> None:
    """Keep the ring locked, so that a write to it waits."""
    with transaction.atomic():
        Ring.objects.select_for_update().get(pk=ring.pk)
        held.set()
        release.wait(20)
    connection.close()


def test_a_write_in_flight_is_answered_and_pages_are_told_to_come_back(
    own_server: Server, live_cast: Cast
) -> None:
    ada, bo = live_cast.seat("Ada"), live_cast.seat("Bo")
    ask = live_cast.write(ada)
    live_cast.move(Phase.TURNS)
    held, release = Event(), Event()

    async def stop_it() -> tuple[int, int | None]:
        phone = holding(own_server, bo)
        await phone.get()
        await phone.open()
        holder = asyncio.create_task(asyncio.to_thread(_hold, live_cast.ring, held, release))
        await asyncio.to_thread(held.wait, 20)
        path = f"/r/{live_cast.ring.code}/offer/{ask.pk}/"
        pledge = asyncio.create_task(phone.post(path, kind="advice", stay="1"))
        async with httpx.AsyncClient(base_url=own_server.url) as other:
            await other.get("/keeping/")  # sent later and answered: the pledge is in its hands
        own_server.process.send_signal(signal.SIGTERM)
        await phone.until(lambda: phone.closed is not None)
        with pytest.raises(httpx.ConnectError):
            await asyncio.to_thread(httpx.get, own_server.url)
        release.set()
        answer = await pledge
        await holder
        await phone.shut()
        return answer.status_code, phone.closed

    assert run(stop_it) == (204, CloseCode.AGAIN)
    assert own_server.process.wait(20) == 0
    assert Offer.objects.get().helper == bo
