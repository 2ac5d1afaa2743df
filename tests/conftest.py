"""The cast, and the helpers every test may use.

Ada asks, Bo offers, Cy watches, Fay facilitates, Sol is staff, Mal is from another ring.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import OperationalError
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import Client
from django.utils import translation

from rings import access, actions, limits, live
from rings.actions import By
from rings.models import Participant, Request, Ring
from rings.phases import Phase
from tests.server import OWN, Server, running


def pytest_configure() -> None:
    """No new static files are looked for, no example is timed; on Redis a worker has words of its own."""
    hypothesis.settings.register_profile("untimed", deadline=None)
    hypothesis.settings.load_profile("untimed")
    settings.WHITENOISE_AUTOREFRESH = True
    if settings.REDIS_URL:
        settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = OWN


def _flush_again(self: Any, sql_list: list[str]) -> None:
    """Empty the tables after a test, once more where a server was just reading several of them.

    PostgreSQL ends one of the two, and a server that reads comes to an end of it by itself.
    """
    for _ in range(4):
        try:
            return _flush(self, sql_list)
        except OperationalError:
            continue
    return _flush(self, sql_list)


_flush = BaseDatabaseOperations.execute_sql_flush
BaseDatabaseOperations.execute_sql_flush = _flush_again


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark by folder and by fixture: what .ci/run repeats on PostgreSQL and Redis."""
    names = set(getattr(item, "fixturenames", ()))
    if "browser" in item.path.parts:
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.live)
    elif item.get_closest_marker("browser"):
        pass  # the page's machine: its server is a fake line, and it knows nothing of databases
    elif names & {"db", "transactional_db"} or item.get_closest_marker("django_db"):
        item.add_marker(pytest.mark.database)
    if names & {"server", "server_process"}:
        item.add_marker(pytest.mark.live)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last, since Playwright's loop stays in the thread."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(autouse=True)
def forget() -> None:
    """No drawing, no count and no language goes from one test to the next."""
    live.window.forget()
    translation.deactivate()  # a page in another language leaves it active in its thread
    limits.forget()
    cache.clear()


def key_of(name: str) -> str:
    """The key of a test seat, as its device holds it in a cookie."""
    return f"key-of-{quote(name)}"


class Cast:
    """Somebody to do things with: the ring, its facilitator, and seats made on demand."""

    def __init__(self) -> None:
        self.fay = User.objects.create_user("fay", "fay@example.org")
        self.ring = actions.open_ring(self.fay, "first", title="Spring ring", host="Fay")

    def another(self) -> Ring:
        """A second ring of the same facilitator."""
        return actions.open_ring(self.fay, "another", title="Another ring", host="Fay")

    def seat(self, name: str, ring: Ring | None = None) -> Participant:
        """A phone in the ring, by its command; its key is made of the name."""
        ring = ring or self.ring
        event = actions.join(ring, By(None), name=name, key_hash=access.key_hash(key_of(name)))
        return Participant.objects.select_related("ring").get(pk=event.refs["participant"])

    def proxy(self, name: str) -> Participant:
        event = actions.add_seat(self.ring, self.by, name=name)
        return Participant.objects.get(pk=event.refs["participant"])

    @property
    def by(self) -> By:
        return By(self.fay)

    def write(self, who: Participant, text: str = "", **fields: Any) -> Request:
        text = text or f"What {who.name} asks for."
        actions.write(self.ring, By(who), participant=who, text=text, **fields)
        return who.asks.get()

    def move(self, to: Phase) -> None:
        self.ring.refresh_from_db()
        actions.move(self.ring, self.by, to=to, believing=self.ring.phase)
        self.ring.refresh_from_db()

    def next(self) -> None:
        self.ring.refresh_from_db()
        actions.next_turn(self.ring, self.by, believing=self.ring.current_id)
        self.ring.refresh_from_db()

    def offer(self, helper: Participant, asker: Participant, **fields: Any) -> None:
        actions.offer(self.ring, By(helper), ask=asker.asks.get(), helper=helper, **fields)

    def phone(self, who: Participant) -> Client:
        """A browser that holds this seat."""
        client = Client()
        client.cookies[access.seat_cookie(who.ring_id)] = key_of(who.name)
        return client

    def desk(self) -> Client:
        client = Client()
        client.force_login(self.fay)
        return client


@dataclass
class Circle:
    """A ring of three in its turns: Ada has the ring, Bo and Cy wait."""

    cast: Cast
    ring: Ring
    ada: Participant
    bo: Participant
    cy: Participant


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def circle(cast: Cast) -> Circle:
    ada, bo, cy = (cast.seat(name) for name in ("Ada", "Bo", "Cy"))
    for who in (ada, bo, cy):
        cast.write(who)
    cast.move(Phase.TURNS)
    return Circle(cast, cast.ring, ada, bo, cy)


SECRET = "heliotrope"  # a word that only those may read to whom it was said


@pytest.fixture
def over(circle: Circle) -> Circle:
    """Ada's ask has a shared offer of Bo and a private one of Cy, all have asked; the ring is over."""
    cast = circle.cast
    cast.write(circle.ada, f"A ladder, {SECRET}.")
    cast.offer(circle.bo, circle.ada, note="Ours is long.")
    cast.offer(circle.cy, circle.ada, note=f"I know one, {SECRET}.", private=True)
    cast.next()
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        cast.move(phase)
    return circle


def signed_in(user: User) -> Client:
    """A browser of this account."""
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, address: str) -> str:
    """What stands at an address that is there."""
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def sol(db: None) -> User:
    return User.objects.create_user("sol", "sol@example.org", is_staff=True)


@pytest.fixture
def mal(cast: Cast) -> Participant:
    """Mal sits in a ring of somebody else."""
    other = User.objects.create_user("gus", "gus@example.org")
    ring = actions.open_ring(other, "second", title="Other ring", host="Gus")
    return cast.seat("Mal", ring)


@pytest.fixture(scope="session")
def server_process(django_db_setup: None, django_db_blocker: Any) -> Iterator[Server]:
    with django_db_blocker.unblock(), running() as server:
        yield server


@pytest.fixture
def server(transactional_db: None, server_process: Server) -> Server:
    """A server of its own process on this test's database; the data is committed and really shared."""
    return server_process


@pytest.fixture
def live_cast(server: Server) -> Cast:
    """The cast in the database of a running server."""
    return Cast()
