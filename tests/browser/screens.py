"""The pictures in docs/screens: `make screens` plays the classic ring and photographs each state.

Not a test; it is run by name. Each picture stays under 250 kB.
"""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from rings import access, actions
from rings.actions import By
from rings.models import Offer, Participant, Ring
from rings.phases import Phase
from tests.browser.conftest import Room
from tests.conftest import key_of

ROOT = Path(__file__).parent.parent.parent
DATA: dict[str, Any] = json.loads((ROOT / "data" / "classic_ring.json").read_text())
TO = ROOT / "docs" / "screens"
NOES = (  # who lets the ask of Mei-Ling Chen go by, and how
    ("Goran Petrović", "later", "the holidays"),
    ("Olena Kovalenko", "later", ""),
    ("Daniel O’Connor", "try", "the people at the allotment"),
)
POCKET = {"width": 390, "height": 844}


def shoot(page: Page, name: str) -> None:
    """Photograph a page; a `.jpg` for what has too many fine lines for a PNG."""
    page.wait_for_timeout(700)  # fonts and the first clock tick
    path = TO / (name if "." in name else f"{name}.png")
    options: dict[str, Any] = {"type": "jpeg", "quality": 80} if path.suffix == ".jpg" else {}
    page.screenshot(path=path, **options)
    assert path.stat().st_size <= 250_000


class Classic:
    """The ring of 24 in a room, played by commands up to the moment wanted."""

    def __init__(self, room: Room) -> None:
        self.room, self.cast, self.ring = room, room.cast, room.cast.ring
        Ring.objects.filter(pk=self.ring.pk).update(
            title=DATA["title"], host=DATA["facilitator"], people_expected=24, turn_seconds=270
        )
        self.people: dict[str, Participant] = {}

    def arrive(self, count: int) -> None:
        for name in DATA["participants"][len(self.people) : count]:
            self.people[name] = self.cast.seat(name)

    def write(self) -> None:
        for ask in DATA["requests"]:
            words = {k: ask[k] for k in ("text", "why", "kind", "privacy")}
            self.cast.write(
                self.people[ask["participant"]], by=date.fromisoformat(ask["by"]), **words
            )

    def offer_on_current(self, most: int = 9) -> None:
        self.ring.refresh_from_db()
        asker = self.ring.current.participant
        chosen = [o for o in DATA["offers"] if o["asker"] == asker.name][:most]
        for o in chosen:
            words = {k: o[k] for k in ("kind", "strength", "note", "private")}
            helper = self.people[o["helper"]]
            actions.offer(self.ring, By(helper), ask=asker.asks.get(), helper=helper, **words)

    def turn_of(self, name: str) -> None:
        while True:
            self.ring.refresh_from_db()
            if self.ring.current.participant.name == name:
                return
            self.offer_on_current()
            self.cast.next()

    def stage(self) -> Page:
        return self.room.page({"width": 1600, "height": 900}, f"/stage/{self.ring.stage_token}/")

    def all_here(self) -> None:
        """As if everybody's phone were open."""
        Participant.objects.update(seen_at=timezone.now() + timedelta(hours=1))

    def phone(self, name: str, path: str = "", **options: Any) -> Page:
        cookies = {access.seat_cookie(self.ring.pk): key_of(name)}
        return self.room.page(
            POCKET, f"/r/{self.ring.code}/{path}", cookies, device_scale_factor=2, **options
        )


@pytest.fixture
def classic(room: Room) -> Classic:
    return Classic(room)


def test_screens(classic: Classic, room: Room) -> None:
    TO.mkdir(exist_ok=True)
    classic.arrive(19)
    join = room.page(POCKET, f"/r/{classic.ring.code}/", device_scale_factor=2)
    join.get_by_label("What should we call you?").fill("Thu Hà")
    shoot(join, "phone-1-join")
    shoot(classic.stage(), "stage-1-lobby")
    shoot(room.desk(), "console-0-lobby")
    shoot(classic.phone("Mei-Ling Chen"), "phone-2-lobby")

    classic.arrive(24)
    classic.cast.move(Phase.WELCOME)
    shoot(classic.stage(), "stage-1b-welcome")
    classic.cast.move(Phase.WRITING)
    studio = classic.phone("Mei-Ling Chen", "ask/")
    ask = next(a for a in DATA["requests"] if a["participant"] == "Mei-Ling Chen")
    studio.get_by_label("What do you ask for?").fill(ask["text"])
    expect(studio.locator(".five .on").first).to_be_visible()
    shoot(studio, "phone-3-studio")
    shoot(classic.phone("Noah Weiss", "ask/"), "phone-3b-starters")
    classic.write()
    shoot(classic.stage(), "stage-1c-writing")

    classic.cast.move(Phase.TURNS)
    classic.turn_of("Mei-Ling Chen")
    classic.offer_on_current()
    Offer.objects.update(
        created_at=timezone.now() - timedelta(minutes=1)
    )  # no toast in the pictures
    for theme in ("light", "dark"):
        suffix = "" if theme == "light" else "-dark"
        mine = classic.phone("Mei-Ling Chen", color_scheme=theme)
        shoot(mine, f"phone-5-my-turn{suffix}")
        tray = classic.phone("Noah Weiss", color_scheme=theme)
        tray.get_by_text("How, how sure, and when").click()
        tray.get_by_role("radio", name="Information").check()
        tray.get_by_label("A line to go with it").fill("Dr Osei, two stops after the bridge.")
        shoot(tray, f"phone-4-offer{suffix}")
        classic.all_here()
        shoot(room.desk(color_scheme=theme), f"console-1-turn{suffix}")
    asked = classic.people["Mei-Ling Chen"].asks.get()
    shoot(classic.phone("Noah Weiss", f"reply/{asked.pk}/"), "phone-9-easy-no")
    for name, kind, words in NOES:
        who = classic.people[name]
        said = {"ask": asked, "participant": who, "kind": kind, "words": words}
        actions.reply(classic.ring, By(who), **said)
    shoot(classic.phone("Goran Petrović"), "phone-9b-let-go")
    first = asked.offers.first()
    assert first
    shoot(classic.phone("Mei-Ling Chen", f"help/{first.pk}/"), "phone-5b-answer")
    mine = classic.phone("Mei-Ling Chen")
    mine.locator(".curiosity").scroll_into_view_if_needed()
    shoot(mine, "phone-5c-curiosity")
    tray.context.set_offline(True)
    expect(tray.locator("#banner")).to_be_visible()
    shoot(tray, "phone-8-reconnecting")
    classic.all_here()
    session = room.cast.desk().cookies["sessionid"].value
    path = f"/desk/{classic.ring.pk}/"
    shoot(room.page(POCKET, path, {"sessionid": session}, device_scale_factor=2), "console-2-phone")
    classic.turn_of("Olena Kovalenko")
    classic.offer_on_current()
    stage = classic.stage()
    shoot(stage, "stage-2-turn")
    stage.keyboard.press("d")
    shoot(stage, "stage-2-turn-dark")

    classic.turn_of(DATA["participants"][-1])
    classic.offer_on_current(1)
    classic.cast.move(Phase.WALL)
    Offer.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    wall = classic.phone("Goran Petrović")
    expect(wall.locator("details[open]").first).to_be_visible()
    shoot(wall, "phone-6-wall")
    shoot(classic.stage(), "stage-2b-wall")
    for o in DATA["offers"]:
        helper, asker = classic.people[o["helper"]], classic.people[o["asker"]]
        words = {k: o[k] for k in ("kind", "strength", "note", "private")}
        actions.offer(classic.ring, By(helper), ask=asker.asks.get(), helper=helper, **words)
    classic.cast.move(Phase.CLOSING)
    shoot(classic.stage(), "stage-3-map.jpg")
    shoot(classic.phone("Mei-Ling Chen"), "phone-7-my-ring")
    classic.cast.move(Phase.FOLLOW_UP)
    User.objects.filter(pk=classic.cast.fay.pk).update(is_staff=True)
    shoot(
        room.page({"width": 1280, "height": 800}, "/past/", {"sessionid": session}), "admin-1-rings"
    )
    shoot(
        room.page({"width": 1280, "height": 800}, "/rings/new/", {"sessionid": session}),
        "host-1-new-ring",
    )
    shoot(
        room.page({"width": 1280, "height": 800}, "/rings/", {"sessionid": session}),
        "host-2-my-rings",
    )
