"""A past ring played again in a browser: by keyboard, at speed, without scripts, and for everybody."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from playwright.sync_api import Page, expect

from rings import actions
from rings.actions import By
from rings.models import Event
from rings.phases import Phase
from tests.browser.conftest import DESK, PHONE, Room

SECONDS = 30  # from one change of the ring to the next


@pytest.fixture
def over(room: Room) -> Room:
    """Ada and Bo have had their turns, each with an offer; half a minute from change to change."""
    cast = room.cast
    ada, bo = (cast.seat(name) for name in ("Ada", "Bo"))
    for who in (ada, bo):
        cast.write(who)
    cast.move(Phase.TURNS)
    cast.offer(bo, ada)
    cast.next()
    cast.offer(ada, bo, kind="introduction")
    actions.reply(
        cast.ring, By(None), ask=ada.asks.get(), participant=cast.proxy("Cy"), kind="cheer"
    )
    for phase in (Phase.WALL, Phase.CLOSING, Phase.FOLLOW_UP):
        cast.move(phase)
    last = room.ring.version
    for event in room.ring.events.all():
        before = timedelta(seconds=SECONDS * (last - event.version))
        Event.objects.filter(pk=event.pk).update(at=F("at") - before)
    return room


def player(room: Room, size: dict[str, int] = DESK, **options: Any) -> Page:
    session = {"sessionid": room.cast.desk().cookies["sessionid"].value}
    return room.page(size, f"/past/{room.ring.pk}/replay/", session, **options)


def test_the_ring_is_gone_through_by_keyboard_alone(
    over: Room, axe: Callable[[Page], None]
) -> None:
    page = player(over)
    stage = page.frame_locator("iframe")
    time = page.get_by_role("slider", name="Time")
    expect(stage.get_by_role("heading", name="Spring ring")).to_be_visible()
    time.focus()
    page.keyboard.press("PageUp")
    expect(stage.get_by_role("heading", name="Ada asks")).to_be_visible()
    expect(time).to_have_attribute(
        "aria-valuetext", re.compile(r"^\d\d:\d\d, turns: Ada has the ring$")
    )
    expect(stage.locator(".thread")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(stage.locator(".thread")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    expect(stage.locator(".thread")).to_have_count(0)
    page.keyboard.press("End")
    expect(stage.get_by_text("offers are on their way")).to_be_visible()
    axe(page)
    page.keyboard.press("PageDown")
    expect(stage.get_by_text("Every line began with an ask")).to_be_visible()
    page.reload()
    expect(stage.get_by_text("Every line began with an ask")).to_be_visible()
    page.keyboard.press("Home")


def test_it_plays_at_sixty_times_and_stops_at_the_end(over: Room) -> None:
    page = player(over)
    stage = page.frame_locator("iframe")
    page.get_by_role("radio", name="60×").check()
    page.get_by_role("slider", name="Time").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(stage.get_by_role("heading", name="Ada asks")).to_be_visible(timeout=60_000)
    expect(stage.locator(".thread")).to_have_count(1)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.get_by_label("Go to").select_option(label=page.locator("option").last.inner_text())
    page.get_by_role("button", name="Show").click()
    expect(stage.get_by_text("offers are on their way")).to_be_visible()
    page.get_by_role("link", name="Previous turn").click()
    page.get_by_role("button", name="Play").click()
    expect(stage.get_by_text("offers are on their way")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_it_is_gone_through_without_scripts(over: Room) -> None:
    page = player(over, java_script_enabled=False)
    stage = page.frame_locator("iframe")
    page.get_by_role("link", name="Next turn").click()
    expect(stage.get_by_role("heading", name="Ada asks")).to_be_visible()
    page.get_by_role("link", name="Next turn").click()
    expect(stage.get_by_role("heading", name="Bo asks")).to_be_visible()
    page.get_by_label("Go to").select_option(index=3)
    page.get_by_role("button", name="Show").click()
    expect(stage.get_by_role("heading", name="All asks are open")).to_be_visible()
    expect(page.get_by_role("slider")).to_have_count(0)
    expect(page.get_by_role("button", name="Play")).to_have_count(0)


def test_it_fits_a_phone(over: Room, axe: Callable[[Page], None]) -> None:
    page = player(over, PHONE)
    expect(page.frame_locator("iframe").get_by_role("heading", name="Spring ring")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    axe(page)
