"""A ring from its close to the next one: day 2, 14 and 30 by a moved clock, with mails from a real server.

The worker is a process of its own, and is killed twice: after the mail server took a mail and before that
was recorded, and before it took one.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page, expect

from rings.models import Circle, Offer, Participant, Reminder, Ring
from rings.phases import OfferStatus, Phase
from tests.browser.conftest import DESK, PHONE, Room
from tests.conftest import Cast
from tests.server import ROOT, database_url, free_port, own_redis, running

LONDON = ZoneInfo("Europe/London")  # where the browsers of these tests are


@dataclass
class Post:
    """A mail server that keeps what it takes. It may kill who brings a mail, before or after it takes it."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    victim: int = 0
    when: str = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (its name for it)
        when, self.when = self.when, ""
        if when == "before":
            os.kill(self.victim, signal.SIGKILL)
            return "451 Try again later"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        if when == "after":
            os.kill(self.victim, signal.SIGKILL)
        return "250 OK"

    def link(self, path: str, to: str = "") -> str:
        """The address of this form in the newest mail, or the newest to somebody."""
        text = [sent for sent in self.mails if to in sent["To"]][-1].get_content()
        found = re.search(rf"https?://\S+?{path}\S*", text)
        assert found, text
        return found[0]


@contextmanager
def post_office() -> Iterator[Post]:
    post = Post(free_port())
    controller = Controller(post, hostname="127.0.0.1", port=post.port)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with post_office() as post:
        monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{post.port}")
        yield post


@pytest.fixture
def over(browser: Browser, live_cast: Cast, post: Post) -> Iterator[Room]:
    """The ring of Lantern Street is over: Bo and Cy have promised Ada something."""
    with running() as site:
        room = Room(browser, site, live_cast)
        cast = room.cast
        ada, bo, cy = (cast.seat(name) for name in ("Ada", "Bo", "Cy"))
        for who in (ada, bo, cy):
            cast.write(who)
        cast.move(Phase.TURNS)
        cast.offer(bo, ada, note="Bees.")
        cast.offer(cy, ada, note="Wasps.")
        cast.next()
        cast.offer(cy, bo, note="Ants.")
        for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
            cast.move(phase)
        group = Circle.objects.create(owner=cast.fay, name="Lantern Street")
        Ring.objects.filter(pk=room.ring.pk).update(circle=group)
        yield room
        room.close()
        assert room.trouble == []


def noon(days: int) -> datetime:
    """Noon in London, so many days after today."""
    then = datetime.now(LONDON) + timedelta(days=days)
    return then.replace(hour=12, minute=0, second=0, microsecond=0)


def later(moment: datetime, site: Room, *command: str) -> subprocess.Popen[bytes]:
    """A command of manage.py, in a process of its own on that day."""
    env = {**os.environ, "DATABASE_URL": database_url(), "REDIS_URL": own_redis()}
    env |= {"PORT": str(site.server.port), "DEMO": ""}
    words = [sys.executable, "-W", "ignore", "-m", "tests.later", moment.isoformat(), *command]
    return subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)


def look(moment: datetime, room: Room, post: Post, *, kill: str = "") -> int:
    """Look round and let a worker work until nothing waits or it is killed; how many mails came."""
    before = len(post.mails)
    assert later(moment, room, "remind").wait(60) == 0
    worker = later(moment, room, "db_worker", "--batch", "--no-startup-delay", "--no-reload")
    post.victim, post.when = worker.pid, kill
    assert worker.wait(60) == (-signal.SIGKILL if kill else 0)
    return len(post.mails) - before


def wants_reminders(room: Room, who: Participant, post: Post) -> None:
    """By their own phone, and the link in the mail it sends."""
    phone = room.phone(who)
    phone.get_by_role("link", name="Remind me by mail").click()
    phone.get_by_label("Your mail address").fill(f"{who.name.lower()}@example.org")
    phone.get_by_role("button", name="Remind me").click()
    expect(phone.get_by_text("A mail is on its way")).to_be_visible()
    phone.goto(post.link("/back/"))
    phone.get_by_role("button", name="Take my seat").click()
    expect(
        phone.get_by_text("You get a short mail after two days, two weeks and a month")
    ).to_be_visible()


def from_the_mail(room: Room, post: Post) -> Page:
    """A browser that knows nothing, at the link of the newest mail."""
    page = room.page(PHONE, post.link("/mail/"))
    expect(page.get_by_role("heading", name="My promises")).to_be_visible()
    return page


def offer() -> Offer:
    return Offer.objects.get(note="Bees.")


def test_from_the_close_of_a_ring_to_the_next_one(over: Room, post: Post) -> None:
    _, bo, cy = over.ring.participants.order_by("pk")
    wants_reminders(over, bo, post)
    assert look(noon(1), over, post) == 0

    # day 2: the worker dies after the mail server took the mail, and before that is recorded
    assert look(noon(2), over, post, kill="after") == 1
    assert Reminder.objects.get().sent_at is None
    assert look(noon(2) + timedelta(minutes=5), over, post) == 0
    assert look(noon(2) + timedelta(minutes=20), over, post) == 1
    twice = [sent["Message-ID"] for sent in post.mails[-2:]]
    assert (
        twice[0] == twice[1]
    )  # the one case in which a mail comes twice, and how it is known for one
    assert look(noon(2) + timedelta(minutes=40), over, post) == 0
    page = from_the_mail(over, post)
    page.get_by_role("button", name="Still coming").click()
    expect(page.get_by_text("You said it is still coming.")).to_be_visible()

    # day 14: it dies before the mail server took it; nothing is lost
    assert look(noon(14), over, post, kill="before") == 0
    assert look(noon(14) + timedelta(minutes=20), over, post) == 1
    page = from_the_mail(over, post)
    page.get_by_role("button", name="Kept").click()
    expect(page.locator(".chip.thanks")).to_have_text("kept")
    assert offer().status == OfferStatus.KEPT

    # day 30: of Bo only an ask is open; Cy asks to be reminded, and then for no more of it
    wants_reminders(over, cy, post)
    assert look(noon(30), over, post) == 2
    page = over.page(PHONE, post.link("/mail/[^ ]+/stop/", to="cy@example.org"))
    page.get_by_role("button", name="No more reminders").click()
    expect(page.get_by_role("heading", name="No more reminders")).to_be_visible()
    assert not Participant.objects.get(pk=cy.pk).reminders
    assert look(noon(31), over, post) == 0

    _the_next_ring(over)


def _the_next_ring(over: Room) -> None:
    """It is planned from the last one, and opens with what was kept."""
    session = over.cast.desk().cookies["sessionid"].value
    desk = over.page(DESK, "/rings/", {"sessionid": session})
    desk.get_by_role("link", name="Plan the next one").click()
    expect(desk.get_by_text("The next ring after Spring ring")).to_be_visible()
    expect(desk.get_by_label("Circle, if this group meets again")).to_have_value("Lantern Street")
    desk.get_by_label("Name of the ring").fill("Summer ring")
    desk.locator(".send").get_by_role("button", name="Open the ring").click()
    expect(desk.locator("body[data-line]")).to_be_attached()
    ring = Ring.objects.get(title="Summer ring")
    stage = over.page(DESK, f"/stage/{ring.stage_token}/")
    desk.get_by_role("button", name="Begin the welcome").first.click()
    expect(stage.get_by_role("heading", name="Since last time")).to_be_visible()
    expect(stage.get_by_text("1 of 3 promises were kept.")).to_be_visible()
